"""The one factory of symbols. `sympy.Symbol("H")` from elsewhere is another symbol, without these assumptions."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import Any, TypeAlias

from sympy import Expr, Integer, Mul, Pow, Rational, Symbol

Value: TypeAlias = int | Fraction | Expr  # what a formula is worth

POSITIVE = "positive"  # an integer ≥ 1: sizes, channels, kernels, strides
NONNEGATIVE = "nonnegative"  # an integer ≥ 0: paddings and repeat counts
RATIONAL = "rational"  # a rational > 0: width multipliers
INTEGER = "integer"  # any integer: only inside proofs

_ASSUMPTIONS: dict[str, dict[str, bool]] = {
    POSITIVE: {"integer": True, "positive": True},
    NONNEGATIVE: {"integer": True, "nonnegative": True},
    RATIONAL: {"rational": True, "positive": True},
    INTEGER: {"integer": True},
}


@cache
def symbol(name: str, domain: str = POSITIVE) -> Symbol:
    """Return the symbol of that name and domain; the same arguments always give the same symbol.

    >>> symbol("H") == symbol("H"), symbol("p", NONNEGATIVE).is_nonnegative
    (True, True)
    """
    return Symbol(name, **_ASSUMPTIONS[domain])


def domain_of(sym: Symbol) -> str | None:
    """Return the domain with which the factory made `sym`, or None if it is from elsewhere."""
    return next((domain for domain in _ASSUMPTIONS if symbol(sym.name, domain) == sym), None)


def exact(value: Value) -> Value:
    """Return a number as int or Fraction, whatever its type was; other expressions as they are."""
    if type(value) is int:
        return value
    if isinstance(value, Expr):
        if isinstance(value, Rational):
            return int(value.p) if value.q == 1 else Fraction(int(value.p), int(value.q))
        return value
    if isinstance(value, Fraction):
        return value.numerator if value.denominator == 1 else value
    return value


def is_positive(value: Expr) -> bool:
    """Tell whether an expression is known to be positive: of 16·w and 2ⁱ SymPy is not asked.

    It would also ask whether they are composite, and import its tensors for that.
    """
    if isinstance(value, Mul) and all(isinstance(part, (Symbol, Rational)) and part.is_positive for part in value.args):
        return True
    if isinstance(value, Pow) and isinstance(value.base, Rational) and isinstance(value.exp, Symbol):
        return bool(value.base.is_positive and value.exp.is_real)
    return bool(value.is_positive)


def is_number(value: Value) -> bool:
    """Tell whether a value is a Python number: `isinstance(value, Fraction)` is slow for everything else."""
    return not isinstance(value, Expr)


def expression(value: Any) -> Expr:
    """Return the SymPy expression of a value that this library made (never of a text)."""
    if isinstance(value, Expr):
        return value
    if type(value) is not int and isinstance(value, Fraction):
        return Rational(value.numerator, value.denominator)
    return Integer(int(value))
