"""Points at which a network is possible: there, in numbers, much is told apart that symbols tell apart slowly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from symcnn.analysis.result import Analysis
from symcnn.answers.given import BudgetError, Evaluation, Given, Number, UndefinedError
from symcnn.errors import SymcnnError

_POINTS_TRIED = 60


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


def places(analysis: Analysis, given: Given, fitting: Mapping[str, int]) -> Iterator[Place]:
    """Yield two points, of large numbers if they are possible: there sizes differ, and most mistakes leave some.

    `fitting` has numbers by the names of symbols, which are tried first.
    """
    most = 2
    for values in _candidates(given, fitting):
        if not most:
            return
        numbers = {sym.name: number for sym, number in values.items()} | {
            name: fitting[name] for name in analysis.symbols if name in fitting and name not in given.symbols
        }
        if analysis.symbols.keys() <= numbers.keys():
            try:
                network = analysis.at(**{name: numbers[name] for name in analysis.symbols})
            except SymcnnError:
                continue
            most -= 1
            yield Place(Evaluation(values), network)


def _candidates(given: Given, fitting: Mapping[str, int]) -> Iterator[Mapping[Any, Number]]:
    """Yield legal points, those at numbers that are known to fit first."""
    if fitting:
        chosen = {s: fitting.get(name, place + 2) for place, (name, s) in enumerate(given.symbols.items())}
        free: dict[Any, Number] = {s: number for s, number in chosen.items() if s not in given.replaced}
        found = given.completed(free)
        if found is not None:
            yield found
    yield from sorted(given.wide_points(_POINTS_TRIED), key=lambda values: -min(values.values()))
