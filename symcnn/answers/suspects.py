"""Known mistakes that may have led to an answer: those that give, at one point in numbers, what it is worth there.

Numbers are cheap. Only what agrees in them is worked out in symbols, and the answer held against that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice
from typing import Any, TypeAlias

from symcnn.analysis.result import Analysis
from symcnn.answers.asked import Answer, Asked
from symcnn.answers.given import Evaluation, Given
from symcnn.answers.places import Place, aligned_places, places
from symcnn.answers.slips import Case, Mistakes, SlipMade, mistakes_in
from symcnn.answers.work import uncounted
from symcnn.errors import SymcnnError

Made: TypeAlias = tuple[SlipMade, ...]
Cases: TypeAlias = tuple[Case, ...]

MOST_LAYERS = 24  # of a network in which two mistakes, and those that few sizes allow, are sought
_MOST_WORK = 5_000  # layers derived once more for mistakes of one layer, as many for those of a kind
_MOST_PAIRED_WORK = 300  # for pairs that change what comes after them
_POINTS = 2  # at which an answer has to agree with a mistake
_MOST_OPEN = 60  # mistakes that are tried at further points, if they are impossible at the first
_MOST_COMPARED = 150  # mistakes that agree at the first point, and are worked out at the second
_MOST_PROVED = 12  # of those that agree there too


@dataclass(frozen=True, eq=False)
class _Guesses:
    """A point, and the mistakes in the network there."""

    place: Place

    @cached_property
    def mistakes(self) -> Mistakes:
        return Mistakes(self.place.network)


Index: TypeAlias = tuple[_Guesses, dict[Any, list[Cases]]]


class Suspects:
    """The mistakes about a quantity of a network, by what comes of them in numbers. Raises `SymcnnError`."""

    def __init__(
        self, analysis: Analysis, path: str | None, quantity: str, given: Given, fitting: Mapping[str, int]
    ) -> None:
        self._analysis, self._given, self._fitting = analysis, given, fitting
        self._asked = Asked(quantity, mistakes_in(analysis).place(path))
        self._spread = path is None
        self._points = places(analysis, given, fitting, self._spread) if analysis.symbols else iter(())
        first = next(self._points, None)
        if first is None:
            if analysis.symbols:
                raise SymcnnError("no sizes are known at which the network is possible")
            first = Place(Evaluation({}), analysis)
        self._first = _Guesses(first)

    @cached_property
    def _others(self) -> tuple[_Guesses, ...]:
        """The other points at which answers have to agree: only those that do at the first one come to them."""
        return tuple(map(_Guesses, islice(self._points, _POINTS - 1)))

    def of(self, values: tuple[Any, ...], several: bool) -> Iterator[tuple[tuple[Any, ...], Made]]:
        """Yield what single mistakes, or pairs, come to that may have led to these values, and the mistakes."""
        with uncounted():
            indices = (self._together,) if several else self._alone
        for guesses, known in indices:
            agreeing = known.get(guesses.place.worth(values), [])[:_MOST_COMPARED]
            for other in (self._first, *self._others) if agreeing else ():
                if other is not guesses:
                    wanted = other.place.worth(values)
                    agreeing = [cases for cases in agreeing if self._worth(other, cases) in (wanted, None)]
            yield from self._in_symbols(agreeing[:_MOST_PROVED])
        if not several:
            for wrong in mistakes_in(self._analysis).of_the_whole(self._asked):
                yield _parts(wrong.value), wrong.slips

    def _worth(self, guesses: _Guesses, cases: Cases) -> Any:
        return _parts(guesses.mistakes.worth(self._asked, cases))

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
    def _alone(self) -> list[Index]:
        """Single mistakes by what they come to at the first point, where some may come to what is right."""
        first = self._first
        idle: list[Cases] = []
        effective: list[Cases] = []
        for case in first.mistakes.tried(self._asked):
            (idle if first.mistakes.is_idle(case) else effective).append((case,))
        found, left = self._indexed(first, first.mistakes.affordable(self._asked, effective, _MOST_WORK))
        if self._analysis.symbols:  # elsewhere they may make a difference
            found.setdefault(_parts(first.mistakes.right(self._asked)), []).extend(idle)
        return [(first, found), *self._elsewhere(left)]

    def _elsewhere(self, left: list[Cases]) -> Iterator[Index]:
        """Yield what mistakes come to that are impossible at the first point: sizes may be whole at others only."""
        if not left or len(self._analysis.layers) > MOST_LAYERS:
            return
        more = () if self._fitting else map(_Guesses, aligned_places(self._analysis, self._given, self._spread))
        spent = 0
        for guesses in chain(self._others, more):
            left = left[: max(0, _MOST_OPEN - spent)]
            if not left or not self._analysis.symbols:
                return
            spent += len(left)
            found, left = self._indexed(guesses, left)
            yield guesses, found

    @cached_property
    def _together(self) -> Index:
        """Pairs of mistakes by what they come to at the first point."""
        first = self._first
        if len(self._analysis.layers) > MOST_LAYERS:
            return first, {}
        found, _ = self._indexed(first, first.mistakes.tried_together(self._asked, _MOST_PAIRED_WORK))
        return first, found

    def _indexed(self, guesses: _Guesses, tried: Iterable[Cases]) -> tuple[dict[Any, list[Cases]], list[Cases]]:
        """Return mistakes by what they come to at a point, and those that are impossible there."""
        found: dict[Any, list[Cases]] = {}
        for cases in tried:
            found.setdefault(self._worth(guesses, cases), []).append(cases)
        left = found.pop(None, [])
        if not self._analysis.symbols:
            found.pop(_parts(guesses.mistakes.right(self._asked)), None)
        return found, left


def _parts(value: Answer | None) -> Any:
    return value if value is None or isinstance(value, tuple) else (value,)
