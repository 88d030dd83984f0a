"""Points at which a network is possible: there, in numbers, much is told apart that symbols tell apart slowly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sympy import Expr, Symbol

from symcnn.analysis.evaluated import folded
from symcnn.analysis.result import Analysis
from symcnn.answers.given import BudgetError, Evaluation, Given, Number, UndefinedError
from symcnn.errors import SymcnnError

_POINTS_TRIED = 60
_MOST_KEPT = 24  # networks at points
_PERIOD, _ALIGNED = 12, 20  # of remainders, and how often it is in the least of the aligned numbers


@dataclass(frozen=True)
class Place:
    """A point in the symbols of a question, and the network there."""

    at: Evaluation
    network: Analysis

    def worth(self, values: tuple[Any, ...]) -> Any:
        """Return what values are worth at the point; None where they have no value there."""
        try:
            return tuple(map(self.at, values))
        except (UndefinedError, BudgetError):
            return None


def places(analysis: Analysis, given: Given, fitting: Mapping[str, int], spread: bool) -> Iterator[Place]:
    """Yield points, of large numbers if they are possible: there sizes differ, and most mistakes leave some.

    `fitting` has numbers by the names of symbols, which are tried first. Of the next point as much as possible is odd
    where it was even, and the other way. `spread`: the repetitions of a symbolic number are told apart.
    """
    for values in _candidates(given, fitting, _counts(analysis, given)):
        numbers = {sym.name: number for sym, number in values.items()} | {
            name: fitting[name] for name in analysis.symbols if name in fitting and name not in given.symbols
        }
        if (found := _place(analysis, values, numbers, spread)) is not None:
            yield found


def aligned_places(analysis: Analysis, given: Given, spread: bool) -> Iterator[Place]:
    """Yield points at which all symbols leave the same remainder: what is divided there is whole in all or in none."""
    free = sorted((s for s in given.symbols.values() if s not in given.replaced), key=str)
    for remainder in range(_PERIOD):
        chosen: dict[Any, Number] = {s: _PERIOD * (_ALIGNED + i) + remainder for i, s in enumerate(free)}
        values = given.completed(chosen)
        if values is not None:
            found = _place(analysis, values, {sym.name: number for sym, number in values.items()}, spread)
            if found is not None:
                yield found


def _place(
    analysis: Analysis, values: Mapping[Any, Number], numbers: Mapping[str, Number], spread: bool
) -> Place | None:
    if not analysis.symbols.keys() <= numbers.keys():
        return None
    network = _network_at(analysis, tuple((name, numbers[name]) for name in analysis.symbols), spread)
    return None if network is None else Place(Evaluation(values), network)


def _network_at(analysis: Analysis, numbers: tuple[tuple[str, Number], ...], spread: bool) -> Analysis | None:
    """Return a network in numbers, worked out once for all that is asked of it at the same point."""
    kept: dict[Any, Analysis | None] = vars(analysis).setdefault("_places", {})
    key = (numbers, spread)
    if key not in kept:
        if len(kept) >= _MOST_KEPT:
            kept.clear()
        try:
            kept[key] = folded(analysis, dict(numbers), spread)
        except SymcnnError:
            kept[key] = None
    return kept[key]


def has_repetitions(analysis: Analysis) -> bool:
    """Tell whether a network repeats something a symbolic number of times: in numbers it has other layers then."""
    return any(isinstance(layer.times, Expr) for layer in analysis.layers)


def _counts(analysis: Analysis, given: Given) -> frozenset[Symbol]:
    """Return the symbols that say how often something is repeated: of them small numbers make small networks."""
    names = {s.name for layer in analysis.layers if isinstance(layer.times, Expr) for s in layer.times.free_symbols}
    return frozenset(s for name, s in given.symbols.items() if name in names)


def _candidates(given: Given, fitting: Mapping[str, int], counts: frozenset[Symbol]) -> Iterator[Mapping[Any, Number]]:
    """Yield legal points, those at numbers that are known to fit first."""
    if fitting:
        chosen = {s: fitting.get(name, place + 2) for place, (name, s) in enumerate(given.symbols.items())}
        free: dict[Any, Number] = {s: number for s, number in chosen.items() if s not in given.replaced}
        found = given.completed(free)
        if found is not None:
            yield found
    first, *others = sorted(given.wide_points(_POINTS_TRIED, counts), key=lambda values: -min(values.values())) or ({},)
    yield first
    yield from sorted(others, key=lambda values: sum((values[s] - first[s]) % 2 == 0 for s in first))
