"""A quadratic relation solved for one symbol by completing the square: exact, as a condition on the square.

For a > 0, a·x² + b·x + c has the sign of 4a(a·x² + b·x + c) = (2a·x + b)² − (b² − 4a·c).
"""

from __future__ import annotations

from fractions import Fraction
from math import gcd, lcm
from typing import NamedTuple

from sympy import Expr, Integer, Pow, Symbol

from symcnn.algebra.polynomial import (
    ONE,
    Monomial,
    Polynomial,
    accumulate,
    add,
    as_expression,
    inverse,
    multiply,
    scale,
)


class Square(NamedTuple):
    """`square operator value`, for a polynomial of which the leading coefficient is positive."""

    square: Expr
    value: Expr


def ends(difference: Polynomial, unknown: Symbol) -> tuple[Polynomial, Polynomial] | None:
    """Return the factor of x² in a polynomial of the second degree, and what is left without it; None of others.

    What is left speaks of x unless the factor of x is 0 anyway.
    """
    parts = _coefficients(difference, unknown)
    if parts is None:
        return None
    c, b, a = parts
    return a, add(c, multiply(b, {frozenset(((unknown, 1),)): 1}))


def completed(difference: Polynomial, unknown: Symbol) -> Square:
    """Return what `a·x² + b·x + c operator 0` says of a square, for a > 0; common factors are left out.

    >>> from symcnn.algebra.polynomial import polynomial
    >>> from symcnn.algebra.symbols import symbol
    >>> x, k, B = map(symbol, "xkB")
    >>> completed(polynomial(k * x**2 + k * x - B), x)
    Square(square=(2*x + 1)**2, value=4*B/k + 1)
    """
    parts = _coefficients(difference, unknown)
    assert parts is not None
    c, b, a = parts
    doubled = scale(a, 2)
    common = _common((doubled, b))
    root = add(multiply(multiply(doubled, common), {frozenset(((unknown, 1),)): 1}), multiply(b, common))
    right = multiply(add(multiply(b, b), scale(multiply(a, c), 4), -1), multiply(common, common))
    if not b:  # x² alone
        return Square(Pow(unknown, Integer(2)), as_expression(scale(c, -1)) / as_expression(a))
    return Square(Pow(as_expression(root), Integer(2), evaluate=False), as_expression(right))


def _coefficients(difference: Polynomial, unknown: Symbol) -> list[Polynomial] | None:
    found: list[Polynomial] = [{}, {}, {}]
    for monomial, coefficient in difference.items():
        own = frozenset((atom, e) for atom, e in monomial if unknown in atom.free_symbols)
        degree = dict(own).get(unknown, 0)
        if own - {(unknown, degree)} or not 0 <= degree <= 2:
            return None
        accumulate(found[degree], monomial - own, coefficient)
    return found if found[2] else None


def _common(polynomials: tuple[Polynomial, ...]) -> Polynomial:
    """Return 1 over the number and the monomial that all terms have in common; of symbols that are positive."""
    shared: Monomial | None = None
    for poly in polynomials:
        for monomial in poly:
            powers = {atom: e for atom, e in monomial if atom.is_positive}
            kept = powers if shared is None else {x: min(e, powers.get(x, 0)) for x, e in dict(shared).items()}
            shared = frozenset((atom, e) for atom, e in kept.items() if e > 0)
    numbers = [Fraction(c) for poly in polynomials for c in poly.values()]
    number = Fraction(gcd(*(c.numerator for c in numbers)), lcm(*(c.denominator for c in numbers)))
    return {inverse(shared or ONE): 1 / number}
