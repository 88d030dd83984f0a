"""Which known mistakes give exactly an answer: found by what they are worth at the first points, then proved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import dropwhile, takewhile
from threading import RLock
from typing import TYPE_CHECKING, Any, TypeAlias

from sympy import Expr

from symcnn.algebra.symbols import Value, exact, is_number
from symcnn.answers.answered import Answered
from symcnn.answers.equality import Equal, same
from symcnn.answers.given import BudgetError, Given, UndefinedError, rebuilt
from symcnn.answers.reference import Question
from symcnn.errors import SymcnnError

if TYPE_CHECKING:
    from symcnn.answers.slips import SlipMade, Wrong

Explanation: TypeAlias = "tuple[SlipMade, ...]"  # one mistake, or two that are made together
Explanations: TypeAlias = "tuple[Explanation, ...]"
_Index: TypeAlias = "dict[Any, list[tuple[tuple[Value, ...], Explanation]]]"

_MOST_EXPLANATIONS = 6
_MOST_LAYERS = 24  # of a network in which two mistakes are sought: there are as many pairs as its square
_BUILDING = RLock()  # derivations of networks are not made for several threads at once


def explanations(asked: Question, answer: Answered) -> Explanations:
    """Return all single mistakes that give exactly the answer; if there are none, all pairs of mistakes that do."""
    if asked.free and asked.layers:  # mistakes in a network bring no new symbols
        return ()
    key = fingerprint(answer.values, asked.given)
    for several in (False, True):
        found = (made for values, made in _index(asked, several).get(key, ()) if _equal(values, answer, asked.given))
        different = tuple(dict.fromkeys(found))[:_MOST_EXPLANATIONS]
        if different:
            return different
    return ()


def fingerprint(values: tuple[Value, ...], given: Given) -> Any:
    """Return what values are worth at the first points; what is equal has the same."""
    if all(map(is_number, values)):
        return values
    found: list[Any] = []
    for point in given.first_points:
        for value in values:
            try:
                found.append(point(value))
            except (UndefinedError, BudgetError):
                found.append(None)
    return tuple(found)


def _equal(values: tuple[Value, ...], answer: Answered, given: Given) -> bool:
    pairs = zip(values, answer.values, strict=False)
    return len(values) == len(answer.values) and all(
        isinstance(same(given.rebuilt(a), b, given), Equal) for a, b in pairs
    )


@lru_cache(maxsize=512)
def _index(asked: Question, several: bool) -> _Index:
    """Return the wrong values of a question by one mistake, or by two, with the mistakes, by their fingerprints."""
    found: _Index = {}
    with _BUILDING:
        for wrong in _wrong_values(asked, several):
            values = _in_symbols(wrong.value, asked.given)
            found.setdefault(fingerprint(values, asked.given), []).append((values, wrong.slips))
    return found


def _in_symbols(value: Any, given: Given) -> tuple[Value, ...]:
    """Return a value, or those of a shape, in the symbols of the question, which have the same names."""
    values = value if isinstance(value, tuple) else (value,)
    symbols = {s for part in values if isinstance(part, Expr) for s in part.free_symbols}
    meanings = {s: given.meanings[s.name] for s in symbols if s.name in given.meanings}
    if all(meaning is s for s, meaning in meanings.items()):
        return values  # what the conditions make of them is only worked out for what may be the answer
    return tuple(exact(rebuilt(part, given.arithmetic, meanings)) for part in values)


def _wrong_values(asked: Question, several: bool) -> Iterator[Wrong]:
    from symcnn.answers.slips import wrong_values  # only wrong answers pay for its import

    places = _places(asked)
    if several:  # of formulas the likeliest layer comes first
        places = tuple(place for place in places[:1] if len(place[0].layers) <= _MOST_LAYERS)
    for analysis, path, quantity in places:
        try:
            found = wrong_values(analysis, path, quantity)
            chosen = dropwhile(_is_single, found) if several else takewhile(_is_single, found)
            yield from chosen if asked.layers else map(_without_layers, chosen)
        except SymcnnError:  # of this quantity no mistakes are known
            continue


def _is_single(wrong: Wrong) -> bool:
    return len(wrong.slips) == 1


def _without_layers(wrong: Wrong) -> Wrong:
    """Leave out the layers of a network that only explains a formula: nobody has seen it."""
    return replace(wrong, slips=tuple(replace(slip, layers=()) for slip in wrong.slips))


@lru_cache(maxsize=512)
def _places(asked: Question) -> tuple[tuple[Any, str | None, str], ...]:
    """Return analyses with a layer and a quantity, of which the right value is that of the question."""
    quantity = {"shape": "output"}.get(asked.quantity, asked.quantity)
    if asked.kind == "bytes":
        return ()
    if asked.layers:
        if asked.analysis is None or (asked.path is not None and len(asked.layers) > 1):
            return ()
        return ((asked.analysis, None if asked.path is None else asked.layers[0].path, quantity),)
    parts = asked.value if isinstance(asked.value, tuple) else (asked.value,)
    if asked.value != 0 and all(map(is_number, parts)):
        return ()
    from symcnn.answers.textbook import textbook

    with _BUILDING:
        found = tuple(textbook(asked.value, list(asked.given.symbols.values())))
    return tuple(place for place in found if quantity in ("", place[2]))
