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
from symcnn.answers.given import Evaluation, Given
from symcnn.answers.places import Place, places
from symcnn.answers.slips import Case, Mistakes, SlipMade, mistakes_in
from symcnn.errors import SymcnnError

Made: TypeAlias = tuple[SlipMade, ...]
Cases: TypeAlias = tuple[Case, ...]

MOST_LAYERS = 24  # of a network in which two mistakes are sought: there are as many pairs as its square
_MOST_WORK = 8_000  # layers derived once more for mistakes of one layer, as many for those of a kind
_MOST_PAIRED_WORK = 600  # for pairs that change what comes after them
_MOST_COMPARED = 40  # mistakes that agree at the first point, and are worked out at the second
_MOST_PROVED = 8  # of those that agree there too


@dataclass(frozen=True)
class _Guesses:
    """A point, and the mistakes in the network there."""

    place: Place

    @cached_property
    def mistakes(self) -> Mistakes:
        return Mistakes(self.place.network)


class Suspects:
    """The mistakes about a quantity of a network, by what comes of them in numbers. Raises `SymcnnError`."""

    def __init__(
        self, analysis: Analysis, path: str | None, quantity: str, given: Given, fitting: Mapping[str, int]
    ) -> None:
        self._analysis = analysis
        self._asked = Asked(quantity, mistakes_in(analysis).place(path))
        self._places = tuple(map(_Guesses, places(analysis, given, fitting))) if analysis.symbols else ()
        if not self._places:
            if analysis.symbols:
                raise SymcnnError("no sizes are known at which the network is possible")
            self._places = (_Guesses(Place(Evaluation({}), analysis)),)

    def of(self, values: tuple[Any, ...], several: bool) -> Iterator[tuple[tuple[Any, ...], Made]]:
        """Yield what single mistakes, or pairs, come to that may have led to these values, and the mistakes."""
        first, *others = self._places
        known = self._together if several else self._alone
        agreeing = known.get(first.place.worth(values), [])[:_MOST_COMPARED]
        for other in others:
            wanted = other.place.worth(values)
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
