"""Bounds without roundings: ⌊x⌋ is at most x, ⌈x⌉ at least; a product of sizes is bounded by those of its factors.

So 128·H·W is known to be no smaller than 1024·⌊H/8⌋·⌊W/8⌋, of which no other proof here knows anything.
"""

from __future__ import annotations

from fractions import Fraction
from functools import reduce
from math import prod

from sympy import Add, Expr, Integer, Mul, Pow, Rational, Symbol, ceiling, floor

from symcnn.algebra.facts import Facts
from symcnn.algebra.polynomial import ONE, Polynomial, add, common_denominator, multiply, polynomial, scale
from symcnn.algebra.symbols import Value, expression

_MOST_TERMS = 400  # of a product that is still worked out
_Bounds = tuple[Polynomial, Polynomial]


class Bounds:
    """Lower and upper bounds of expressions under some facts, each worked out once."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._known: dict[Expr, _Bounds | None] = {}

    def at_least(self, left: Value, right: Value) -> bool:
        """Tell whether left ≥ right is proved for all values."""
        if self._is_nonnegative(add(polynomial(left), polynomial(right), -1)):
            return True
        low, high = self._of(expression(left)), self._of(expression(right))
        return low is not None and high is not None and self._is_nonnegative(add(low[0], high[1], -1))

    def _is_nonnegative(self, poly: Polynomial) -> bool:
        return self._facts.is_nonnegative(poly) is True

    def _of(self, expr: Expr) -> _Bounds | None:
        if expr not in self._known:
            self._known[expr] = self._worked_out(expr)
        return self._known[expr]

    def _worked_out(self, expr: Expr) -> _Bounds | None:
        match expr:
            case Rational() | Symbol():
                return polynomial(expr), polynomial(expr)
            case Add():
                return self._sum(expr.args)
            case Mul():
                coefficient, rest = expr.as_coeff_Mul()
                return self._product(expr.args) if coefficient == 1 else _scaled(self._of(rest), coefficient)
            case Pow(exp=Integer()) if expr.exp > 0:
                return self._product((expr.base,) * int(expr.exp))
            case floor() | ceiling():
                return self._rounded(expr)
        return None

    def _all(self, parts: tuple[Expr, ...]) -> list[_Bounds] | None:
        found = [self._of(part) for part in parts]
        known = [bounds for bounds in found if bounds is not None]
        return known if len(known) == len(found) else None

    def _sum(self, terms: tuple[Expr, ...]) -> _Bounds | None:
        found = self._all(terms)
        if found is None:
            return None
        return reduce(add, (low for low, _ in found)), reduce(add, (high for _, high in found))

    def _product(self, factors: tuple[Expr, ...]) -> _Bounds | None:
        """Bound a product of factors that are not negative: one whose lower bound may be is at least 0."""
        found = self._all(factors)
        if found is None or prod(max(len(low), len(high)) for low, high in found) > _MOST_TERMS:
            return None
        if not all(factor.is_nonnegative or self._is_nonnegative(polynomial(factor)) for factor in factors):
            return None
        lows = (low if self._is_nonnegative(low) else {} for low, _ in found)
        return reduce(multiply, lows), reduce(multiply, (high for _, high in found))

    def _rounded(self, expr: Expr) -> _Bounds | None:
        (argument,) = expr.args
        found = self._of(argument)
        if found is None:
            return None
        _, number, monomial = common_denominator(polynomial(argument))
        fine = monomial == ONE and all(symbol.is_integer for symbol in argument.free_symbols)
        most = Fraction(number - 1, number) if fine else Fraction(1)  # what is rounded off at most
        low, high = found
        if isinstance(expr, floor):
            return add(low, polynomial(-most)), high
        return low, add(high, polynomial(most))


def _scaled(bounds: _Bounds | None, coefficient: Rational) -> _Bounds | None:
    if bounds is None:
        return None
    number = Fraction(int(coefficient.p), int(coefficient.q))
    low, high = (scale(bound, number) for bound in bounds)
    return (low, high) if number > 0 else (high, low)
