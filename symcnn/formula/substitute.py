"""Putting values into a formula without working it out: what a textbook writes between the formula and the result.

The order and the brackets are the author's. A truth value is not shown: `b*m` is m with a bias and nothing without one,
`a if c else b` is the branch that is taken, and `prod(k)` is one factor for each axis.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from symcnn.formula import nodes as f
from symcnn.formula.values import Sides

_ZERO, _ONE = f.Number(0), f.Number(1)
_Resolved = f.Formula | bool  # a truth value, or the neutral factor, is dropped by the sum or product around it


@dataclass(frozen=True)
class Substitution:
    """What names become: `write` gives the formula of a value; `decide` decides a condition on an axis, or cannot.

    `worked` gives what a function `taps` of these comes to, where its value is to be shown. `values` has a tuple, one
    value for each axis, where a name has one per axis.
    """

    values: Mapping[str, Any]
    axes: int
    write: Callable[[str, Any, int | None], f.Formula]
    decide: Callable[[f.Formula, int | None], bool | None]
    worked: Callable[[f.Apply], f.Formula] | None = None

    def __call__(self, node: f.Formula, axis: int | None = None) -> f.Formula:
        """Return the formula with the values put in, on one axis for what has a value per axis."""
        return _plain(self._resolved(node, axis))

    def _resolved(self, node: f.Formula, axis: int | None) -> _Resolved:
        match node:
            case f.Name(name):
                return self._name(name, axis)
            case f.Truth(value):
                return value
            case f.Group(inner):
                return self._group(inner, axis)
            case f.Sign(sign, operand):
                return f.Sign(sign, self(operand, axis))
            case f.Sum(terms, signs):
                return _sum([self._resolved(term, axis) for term in terms], ("+", *signs))
            case f.Product(factors, operators):
                return _product([self._resolved(factor, axis) for factor in factors], ("*", *operators))
            case f.Coefficient(number, factor):
                return self._coefficient(number, factor, axis)
            case f.Apply():
                return self._apply(node, axis)
            case f.Power(base, exponent):
                return f.Power(self(base, axis), self(exponent, axis))
            case f.Floor(inner):
                return f.Floor(self(inner, axis))
            case f.Ceiling(inner):
                return f.Ceiling(self(inner, axis))
            case f.Choice():
                return self._choice(node, axis)
        return node

    def _value(self, name: str, axis: int | None) -> Any:
        value = self.values.get(name)
        return value[axis or 0] if isinstance(value, tuple) and value else value

    def _name(self, name: str, axis: int | None) -> _Resolved:
        value = self._value(name, axis)
        if isinstance(value, bool):
            return value
        return f.Name(name) if value is None else self.write(name, value, axis)

    def _group(self, inner: f.Formula, axis: int | None) -> _Resolved:
        resolved = self._resolved(inner, axis)
        product = isinstance(resolved, f.Product) and set(resolved.operators) == {"*"}
        if product or isinstance(resolved, (bool, f.Number, f.Name, f.Group, f.Floor, f.Ceiling)):
            return resolved  # the brackets held a sum of which one term is left
        return f.Group(resolved)

    def _coefficient(self, number: f.Number, factor: f.Formula, axis: int | None) -> _Resolved:
        sides = self._value(factor.name, axis) if isinstance(factor, f.Name) else None
        if number.value == 2 and isinstance(sides, Sides) and isinstance(factor, f.Name):
            both = tuple(self._side(which, factor, axis) for which in ("before", "after"))
            if sides.before != sides.after:  # 2p is the sum of both sides
                return f.Group(f.Sum(tuple(map(_plain, both)), ("+",)))
            return _times(number, both[0])
        return _times(number, self._resolved(factor, axis))

    def _apply(self, node: f.Apply, axis: int | None) -> _Resolved:
        name = node.head.name if isinstance(node.head, f.Name) else ""
        match name:
            case "floor":
                return f.Floor(self(node.arguments[0], axis))
            case "ceil":
                return f.Ceiling(self(node.arguments[0], axis))
            case "prod" | "first":
                axes = range(self.axes if name == "prod" else min(1, self.axes))
                factors = [self._resolved(node.arguments[0], place) for place in axes]
                return _product(factors, ("*",) * len(factors))
            case "before" | "after":
                return self._side(name, node.arguments[0], axis)
            case "min" | "max" | "abs" | "taps":
                applied = f.Apply(node.head, tuple(self(argument, axis) for argument in node.arguments))
                return self.worked(applied) if self.worked is not None and name == "taps" else applied
        head, argument = self._resolved(node.head, axis), self(node.arguments[0], axis)
        if isinstance(head, f.Name):
            return f.Apply(head, (argument,))
        return _product([head, argument], ("*", "*"))

    def _side(self, which: str, symbol: f.Formula, axis: int | None) -> _Resolved:
        value = self._value(symbol.name, axis) if isinstance(symbol, f.Name) else None
        if isinstance(value, Sides) and isinstance(symbol, f.Name):
            written = self.write(symbol.name, getattr(value, which), axis)
            named = isinstance(written, f.Name) and written.name.partition("_")[0] == symbol.name
            differ = value.before != value.after
            return f.Name(f"{symbol.name}_{which}") if named and differ else written
        return self._resolved(symbol, axis)

    def _choice(self, node: f.Choice, axis: int | None) -> _Resolved:
        decided = self.decide(node.condition, axis)
        if decided is None:
            return f.Choice(self(node.value, axis), self(node.condition, axis), self(node.otherwise, axis))
        chosen = self._resolved(node.value if decided else node.otherwise, axis)
        return False if chosen == _ZERO else chosen  # nothing is added


def _plain(resolved: _Resolved) -> f.Formula:
    if isinstance(resolved, bool):
        return _ONE if resolved else _ZERO
    return resolved


def _sum(terms: list[_Resolved], signs: tuple[str, ...]) -> _Resolved:
    """Join terms; what is not there (no bias) is left out."""
    kept = [(sign, _plain(term)) for sign, term in zip(signs, terms, strict=True) if term is not False]
    if not kept:
        return False
    (sign, first), *rest = kept
    first = first if sign == "+" else f.Sign("-", first)
    return f.Sum((first, *(term for _, term in rest)), tuple(sign for sign, _ in rest)) if rest else first


def _product(factors: list[_Resolved], operators: tuple[str, ...]) -> _Resolved:
    """Join factors; one that is `true`, or empty, is left out, and one that is `false` leaves nothing."""
    if any(factor is False for factor in factors):
        return False
    kept = [(o, factor) for o, factor in zip(operators, factors, strict=True) if not isinstance(factor, bool)]
    if not kept:
        return True
    if kept[0][0] != "*":
        kept.insert(0, ("*", _ONE))
    if len(kept) == 1:
        return kept[0][1]
    flat = [pair for operator, factor in kept for pair in _flat(operator, factor)]
    return f.Product(tuple(factor for _, factor in flat), tuple(operator for operator, _ in flat[1:]))


def _flat(operator: str, node: f.Formula) -> list[tuple[str, f.Formula]]:
    """Return the factors of a product that stands in a product; what is divided stays in brackets."""
    if isinstance(node, f.Product) and set(node.operators) == {"*"} and operator == "*":
        return [(operator, factor) for factor in node.factors]
    bracketed = isinstance(node, f.Product) or (operator == "/" and isinstance(node, f.Coefficient))  # x/(2s)
    return [(operator, f.Group(node) if bracketed else node)]


def _times(number: f.Number, factor: _Resolved) -> _Resolved:
    """Return 2p, 2(p + 1), and 2·5 for a number."""
    if isinstance(factor, (f.Name, f.Group)) or (isinstance(factor, f.Power) and _begins_with_name(factor)):
        return f.Coefficient(number, factor)
    return _product([number, factor], ("*", "*"))


def _begins_with_name(power: f.Power) -> bool:
    return isinstance(power.base, (f.Name, f.Group))
