"""Which known mistakes give exactly an answer: found by what they are worth at the first points, then proved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from sympy import Expr, Symbol

from symcnn.algebra.symbols import Value, exact, is_number
from symcnn.answers.answered import Answered
from symcnn.answers.building import BUILDING
from symcnn.answers.equality import Counterexample, is_same
from symcnn.answers.given import BudgetError, Evaluation, Given, UndefinedError, rebuilt
from symcnn.answers.reference import Question
from symcnn.answers.work import uncounted
from symcnn.errors import SymcnnError

if TYPE_CHECKING:
    from symcnn.answers.slips import SlipMade
    from symcnn.answers.suspects import Suspects

Explanation: TypeAlias = "tuple[SlipMade, ...]"  # one mistake, or two that are made together
Explanations: TypeAlias = "tuple[Explanation, ...]"

_MOST_EXPLANATIONS = 6


def explanations(asked: Question, answer: Answered, apart: Counterexample | None = None) -> Explanations:
    """Return all single mistakes that give exactly the answer; if there are none, all pairs of mistakes that do.

    Most that do not are told apart where the answer is `apart` from what is right.
    """
    if asked.free and asked.layers:  # mistakes in a network bring no new symbols
        return ()
    with BUILDING:
        point = None if apart is None else asked.given.point(apart.values)
        for several in (False, True):
            different = tuple(dict.fromkeys(_found(asked, answer, several, point)))[:_MOST_EXPLANATIONS]
            if different:
                return different
    return ()


def _found(asked: Question, answer: Answered, several: bool, point: Evaluation | None) -> Iterator[Explanation]:
    suspects = _suspects(asked)
    for one in suspects[:1] if several else suspects:  # of formulas the likeliest layer comes first
        with suppress(SymcnnError):  # what mistakes make of this quantity cannot be said
            for value, made in one.of(answer.values, several):
                values = _in_symbols(value, asked.given)
                if (point is None or _agree(values, answer.values, point)) and _equal(values, answer, asked.given):
                    yield made if asked.layers else _without_layers(made)


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


def _agree(values: tuple[Value, ...], others: tuple[Value, ...], point: Evaluation) -> bool:
    """Tell whether values are the same at a point, as far as they have any there."""
    try:
        return all(point(a) == point(b) for a, b in zip(values, others, strict=False))
    except (UndefinedError, BudgetError):
        return True


def _equal(values: tuple[Value, ...], answer: Answered, given: Given) -> bool:
    pairs = zip(values, answer.values, strict=False)
    return len(values) == len(answer.values) and all(is_same(given.rebuilt(a), b, given) for a, b in pairs)


def _in_symbols(value: Any, given: Given) -> tuple[Value, ...]:
    """Return a value, or those of a shape, in the symbols of the question, which have the same names."""
    values = value if isinstance(value, tuple) else (value,)
    symbols = {s for part in values if isinstance(part, Expr) for s in part.free_symbols}
    meanings = {s: given.meanings[s.name] for s in symbols if s.name in given.meanings}
    if all(meaning is s for s, meaning in meanings.items()):
        return values  # what the conditions make of them is only worked out for what may be the answer
    return tuple(exact(rebuilt(part, given.arithmetic, meanings)) for part in values)


def _without_layers(made: Explanation) -> Explanation:
    """Leave out the layers of a network that only explains a formula: nobody has seen it."""
    return tuple(replace(slip, layers=()) for slip in made)


@lru_cache(maxsize=512)
def _suspects(asked: Question) -> tuple[Suspects, ...]:
    from symcnn.answers.suspects import Suspects  # only wrong answers pay for its import

    found = []
    for analysis, path, quantity, fitting in _places(asked):
        with suppress(SymcnnError), uncounted():  # of this quantity no mistakes are known
            found.append(Suspects(analysis, path, quantity, asked.given, fitting))
    return tuple(found)


@lru_cache(maxsize=512)
def _places(asked: Question) -> tuple[tuple[Any, str | None, str, Mapping[str, int]], ...]:
    """Return analyses with a layer and a quantity, of which the right value is that asked for, and fitting numbers."""
    quantity = {"shape": "output"}.get(asked.quantity, asked.quantity)
    if asked.kind == "bytes":
        return ()
    if asked.layers:
        if asked.analysis is None or (asked.path is not None and len(asked.layers) > 1):
            return ()
        return ((asked.analysis, None if asked.path is None else asked.layers[0].path, quantity, {}),)
    parts = asked.value if isinstance(asked.value, tuple) else (asked.value,)
    if asked.value != 0 and all(map(is_number, parts)):
        return ()
    if isinstance(asked.value, Symbol) and not quantity:  # which may be anything
        return ()
    from symcnn.answers.textbook import recognised

    found = recognised(asked.value, list(asked.given.symbols.values()))
    return tuple(place for place in found if quantity in ("", place[2]))
