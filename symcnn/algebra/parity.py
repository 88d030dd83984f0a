"""Signs that alternate, as floors: (−1)ᵉ is 1 where the integer e is even and −1 where it is odd.

With e mod 2 = e − 2·⌊e/2⌋ it is 1 − 2e + 4·⌊e/2⌋, which canonical forms and residues decide as any other floor.
"""

from __future__ import annotations

from fractions import Fraction

from sympy import Expr, Number, Pow

from symcnn.algebra.facts import Facts
from symcnn.algebra.floors import floor_of
from symcnn.algebra.operations import product, total
from symcnn.algebra.polynomial import Polynomial, accumulate, as_expression, polynomial
from symcnn.algebra.quotient import is_integer_monomial
from symcnn.algebra.symbols import Value, exact, expression

_MOST_TERMS = 60  # of an exponent


def alternating_power(base: int | Fraction, exponent: Value, facts: Facts | None = None) -> Value | None:
    """Return baseᵉ of a negative number as a product of a power and a sign; None where e need not be an integer.

    >>> from symcnn.algebra.symbols import symbol
    >>> alternating_power(-1, symbol("H") + 2)
    -2*H + 4*floor(H/2) + 1
    """
    sign = _sign(exponent, facts or Facts())
    if sign is None or base == -1:
        return sign
    return product((sign, exact(Pow(expression(-base), expression(exponent)))))


def with_parities(value: Value, facts: Facts | None = None) -> Value:
    """Return a value in which the signs that alternate are floors."""
    if not isinstance(value, Expr):
        return value
    found: dict[Expr, Expr] = {}
    for power in filter(_is_alternating, value.atoms(Pow)):
        known = alternating_power(exact(power.base), exact(power.exp), facts)
        if known is not None:
            found[power] = expression(known)
    return exact(value.xreplace(found)) if found else value


def _is_alternating(power: Pow) -> bool:
    return isinstance(power.base, Number) and bool(power.base.is_negative) and bool(power.exp.free_symbols)


def _sign(exponent: Value, facts: Facts) -> Value | None:
    poly = polynomial(exponent)
    if len(poly) > _MOST_TERMS or facts.integral(poly) is not True:
        return None
    odd = exact(as_expression(_modulo_two(poly)))
    return total((1, product((-2, odd)), product((4, floor_of(odd, facts, 2)))))


def _modulo_two(poly: Polynomial) -> Polynomial:
    """Return what is odd where a polynomial is: coefficients count modulo 2, and x² is odd where x is."""
    if not all(c.denominator == 1 and is_integer_monomial(m) for m, c in poly.items()):
        return poly
    found: Polynomial = {}
    for monomial, coefficient in poly.items():
        if coefficient % 2:
            accumulate(found, frozenset((atom, 1) for atom, _ in monomial), 1)
    return {monomial: 1 for monomial, coefficient in found.items() if coefficient % 2}
