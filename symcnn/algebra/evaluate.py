"""Exact values for symbols: Python integers and fractions all the way, never floats."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import log2, prod

from sympy import Add, Expr, Integer, Max, Min, Mul, Pow, Rational, Symbol, ceiling, floor

from symcnn.algebra.symbols import Value, exact
from symcnn.errors import SymcnnError

_MOST_BITS = 1_000_000  # larger powers are refused instead of filling the memory


def evaluator(values: Mapping[Symbol, int | Fraction]) -> Callable[[Value], int | Fraction]:
    """Return a function that evaluates expressions at `values`; common parts are worked out once.

    It raises `SymcnnError` for a symbol without a value, a division by zero, or an astronomically large power.

    >>> from symcnn.algebra.symbols import symbol
    >>> H = symbol("H")
    >>> evaluator({H: 7})(9 * (H - 2) ** 2)
    225
    """
    known: dict[Expr, int | Fraction] = dict(values)

    def evaluate(value: Value) -> int | Fraction:
        if isinstance(value, (int, Fraction)):
            return value
        if value not in known:
            known[value] = _compute(value, evaluate)
        return known[value]

    return evaluate


def _compute(expr: Expr, evaluate: Callable[[Value], int | Fraction]) -> int | Fraction:
    if isinstance(expr, (Integer, Rational)):
        number = exact(expr)
        assert isinstance(number, (int, Fraction))
        return number
    if isinstance(expr, Symbol):
        raise SymcnnError(f"'{expr.name}' has no value")
    parts = [evaluate(part) for part in expr.args]
    if isinstance(expr, Pow):
        return raise_power(parts[0], parts[1])
    operation = next((how for kind, how in _OPERATIONS.items() if isinstance(expr, kind)), None)
    if operation is None:
        raise SymcnnError(f"cannot evaluate {expr.func.__name__}")
    return _tidy(operation(parts))


def raise_power(base: int | Fraction, exponent: int | Fraction) -> int | Fraction:
    """Return base**exponent exactly, for an integer exponent; raise `SymcnnError` otherwise."""
    if exponent.denominator != 1:
        raise SymcnnError(f"the exponent {exponent} of {base} is no integer")
    if exponent < 0 and base == 0:
        raise SymcnnError("division by zero")
    times, size = int(exponent), max(abs(base.numerator), base.denominator)
    if size > 1 and (abs(times) > _MOST_BITS or abs(times) * log2(size) > _MOST_BITS):
        raise SymcnnError("the number is too large to be written out")
    return base**times if isinstance(base, int) and times >= 0 else _tidy(Fraction(base) ** times)


def _tidy(number: int | Fraction) -> int | Fraction:
    return number.numerator if isinstance(number, Fraction) and number.denominator == 1 else number


_OPERATIONS: dict[type[Expr], Callable[[list[int | Fraction]], int | Fraction]] = {
    Add: sum,
    Mul: prod,
    floor: lambda parts: parts[0] // 1,
    ceiling: lambda parts: -(-parts[0] // 1),
    Max: max,
    Min: min,
}
