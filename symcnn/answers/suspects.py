"""Known mistakes that may have led to an answer: those that give, at one point in numbers, what it is worth there.

Numbers are cheap. Only what agrees in them is worked out in symbols, and the answer held against that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

from symcnn.analysis.result import Analysis
from symcnn.answers.asked import Answer, Asked
from symcnn.answers.given import BudgetError, Evaluation, Given, Number, UndefinedError
from symcnn.answers.slips import Case, Mistakes, SlipMade, mistakes_in
from symcnn.errors import SymcnnError

Made: TypeAlias = tuple[SlipMade, ...]
Cases: TypeAlias = tuple[Case, ...]

MOST_LAYERS = 24  # of a network in which two mistakes are sought: there are as many pairs as its square
_MOST_WORK = 8_000  # layers derived once more for mistakes of one layer, as many for those of a kind
_MOST_PAIRED_WORK = 600  # for pairs that change what comes after them
_MOST_COMPARED = 40  # mistakes that agree at the first point, and are worked out at the second
_MOST_PROVED = 8  # of those that agree there too
_POINTS_TRIED = 60


@dataclass(frozen=True)
class Place:
    """A point in the symbols of a question, and the network there."""

    at: Evaluation
    network: Analysis

    @cached_property
    def mistakes(self) -> Mistakes:
        """The mistakes in the network, in numbers."""
        return Mistakes(self.network)

    def worth(self, values: tuple[Any, ...]) -> Any:
        """Return what values are worth at the point; None where they have no value there."""
        try:
            return tuple(map(self.at, values))
        except (UndefinedError, BudgetError):
            return None


class Suspects:
    """The mistakes about a quantity of a network, by what comes of them in numbers. Raises `SymcnnError`."""

    def __init__(
        self, analysis: Analysis, path: str | None, quantity: str, given: Given, fitting: Mapping[str, int]
    ) -> None:
        self._analysis = analysis
        self._asked = Asked(quantity, mistakes_in(analysis).place(path))
        self._places = tuple(_places(analysis, given, fitting)) if analysis.symbols else ()
        if not self._places:
            if analysis.symbols:
                raise SymcnnError("no sizes are known at which the network is possible")
            self._places = (Place(Evaluation({}), analysis),)

    def of(self, values: tuple[Any, ...], several: bool) -> Iterator[tuple[tuple[Any, ...], Made]]:
        """Yield what single mistakes, or pairs, come to that may have led to these values, and the mistakes."""
        first, *others = self._places
        known = self._together if several else self._alone
        agreeing = known.get(first.worth(values), [])[:_MOST_COMPARED]
        for other in others:
            wanted = other.worth(values)
            agreeing = [cases for cases in agreeing if _parts(other.mistakes.worth(self._asked, cases)) == wanted]
        yield from self._in_symbols(agreeing[:_MOST_PROVED])
        if not several:
            for wrong in mistakes_in(self._analysis).of_the_whole(self._asked):
                yield _parts(wrong.value), wrong.slips

    def _in_symbols(self, agreeing: list[Cases]) -> Iterator[tuple[tuple[Any, ...], Made]]:
        """Yield what mistakes come to; of one in a layer and in all of a kind that come to the same the first."""
        mistakes = mistakes_in(self._analysis)
        seen: set[tuple[tuple[int, ...], Any]] = set()
        for cases in agreeing:
            value = mistakes.worth(self._asked, cases)
            key = (tuple(id(case.slip) for case in cases), value)
            several = any(len(case.places) > 1 for case in cases)
            if value is not None and not (several and key in seen):
                seen.add(key)
                yield _parts(value), mistakes.made(cases)

    @cached_property
    def _alone(self) -> dict[Any, list[Cases]]:
        """Single mistakes by what they come to at the first point, where some may come to what is right."""
        mistakes, asked = self._places[0].mistakes, self._asked
        right = _parts(mistakes.right(asked))
        found: dict[Any, list[Cases]] = {}
        singles = list(mistakes.tried(asked))
        effective = [case for case in singles if not mistakes.is_idle(case)]
        for cases in mistakes.affordable(asked, ((case,) for case in effective), _MOST_WORK):
            found.setdefault(_parts(mistakes.worth(asked, cases)), []).append(cases)
        if self._analysis.symbols:  # elsewhere they may make a difference
            found.setdefault(right, []).extend((case,) for case in singles if mistakes.is_idle(case))
        else:
            found.pop(right, None)
        found.pop(None, None)
        return found

    @cached_property
    def _together(self) -> dict[Any, list[Cases]]:
        """Pairs of mistakes by what they come to at the first point."""
        mistakes, asked = self._places[0].mistakes, self._asked
        found: dict[Any, list[Cases]] = {}
        if len(self._analysis.layers) > MOST_LAYERS:
            return found
        for cases in mistakes.tried_together(asked, _MOST_PAIRED_WORK):
            found.setdefault(_parts(mistakes.worth(asked, cases)), []).append(cases)
        if not self._analysis.symbols:
            found.pop(_parts(mistakes.right(asked)), None)
        found.pop(None, None)
        return found


def _parts(value: Answer | None) -> Any:
    return value if value is None or isinstance(value, tuple) else (value,)


def _places(analysis: Analysis, given: Given, fitting: Mapping[str, int]) -> Iterator[Place]:
    """Yield two points, of large numbers if they are possible: there sizes differ, and most mistakes leave some."""
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
