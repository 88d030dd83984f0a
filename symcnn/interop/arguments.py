"""The arguments of a derived layer as a framework takes them: by name, plain numbers."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any, NamedTuple

from sympy import Expr

from symcnn.analysis.arguments import SAME
from symcnn.analysis.outcome import Outcome
from symcnn.formula.nodes import Truth
from symcnn.formula.values import Sides
from symcnn.tree import LayerParameter

Evaluate = Callable[[Any], Any]


class NoIntegerError(Exception):
    """An argument, or a size, is no integer where it must be one."""


class Pair(NamedTuple):
    """The two sides of an axis."""

    before: int
    after: int


def arguments_of(outcome: Outcome, evaluate: Evaluate) -> dict[str, Any]:
    """Return a layer's arguments by name: numbers, words, truths; of those per axis a tuple.

    A padding that was written as the word "same" is that word. Raises `NoIntegerError` for an argument that is no
    integer where it should be one.
    """
    found = {p.name: _value(p, outcome.values[p.symbol], evaluate) for p in outcome.kind.parameters.values()}
    if outcome.values.get(SAME):
        found["padding"] = SAME
    return found


def _value(parameter: LayerParameter, value: Any, evaluate: Evaluate) -> Any:
    if isinstance(value, tuple):
        return tuple(_value(parameter, part, evaluate) for part in value)
    if isinstance(value, Sides):
        return Pair(_value(parameter, value.before, evaluate), _value(parameter, value.after, evaluate))
    if isinstance(value, str):
        return value
    number = evaluate(value) if isinstance(value, Expr) else value
    if isinstance(parameter.default, Truth):
        return bool(number)
    if isinstance(number, Fraction) and number.denominator == 1:
        return int(number)
    if isinstance(number, Fraction) and not parameter.rational:
        raise NoIntegerError(f"{parameter.name} would be {number}")
    return float(number) if isinstance(number, Fraction) else number


def sides(value: Any, axes: int) -> tuple[Pair, ...]:
    """Return what a number, or a tuple with one number or pair for each axis, is on both sides of each axis."""
    parts = value if isinstance(value, tuple) and not isinstance(value, Pair) else (value,) * axes
    return tuple(part if isinstance(part, Pair) else Pair(part, part) for part in parts)


def whole_shape(values: tuple[Any, ...], evaluate: Evaluate) -> tuple[int, ...]:
    """Return a shape in numbers; raises `NoIntegerError` where there is none."""
    numbers = tuple(map(evaluate, values))
    if not all(isinstance(number, int) and number >= 1 for number in numbers):
        raise NoIntegerError(f"the shape would be {'×'.join(map(str, numbers))}")
    return numbers
