"""Sums of polynomials, and of polynomials times geometric powers, by formulas of our own: exact for every count ≥ 0.

Σ i^d over i < n is Faulhaber's polynomial of the Bernoulli numbers. Σ p(i)·rⁱ is rⁿ·P(n) − P(0) for the polynomial P
with r·P(x + 1) − P(x) = p(x), whose coefficients have powers of r − 1 as denominators.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from math import comb, gcd, lcm

from symcnn.algebra.operations import product, total
from symcnn.algebra.polynomial import ONE, Number, Polynomial, add, as_expression, multiply, polynomial, power, scale
from symcnn.algebra.symbols import Value, expression
from symcnn.repetition.terms import Ratio

Coefficients = Mapping[int, Number]  # of a polynomial, by degree

# Faulhaber's polynomials have these roots: n, n − 1 and 2n − 1 are taken out; n + 1 stands in sums of them.
_ROOTS = (Fraction(0), Fraction(1), Fraction(1, 2), Fraction(-1))


@lru_cache(maxsize=256)
def bernoulli(order: int) -> Fraction:
    """Return the Bernoulli number, with B₁ = −1/2."""
    if order == 0:
        return Fraction(1)
    known = sum((comb(order + 1, lower) * bernoulli(lower) for lower in range(order)), start=Fraction(0))
    return -known / (order + 1)


def power_sum(coefficients: Coefficients, count: Value) -> Value:
    """Return Σ p(i) over 0 ≤ i < count, in factors.

    >>> from symcnn.algebra.symbols import symbol
    >>> power_sum({1: 1}, symbol("n"))
    n*(n - 1)/2
    """
    result: dict[int, Fraction] = {}
    for degree, coefficient in coefficients.items():
        for lower in range(degree + 1):
            part = coefficient * Fraction(comb(degree + 1, lower), degree + 1) * bernoulli(lower)
            result[degree + 1 - lower] = result.get(degree + 1 - lower, Fraction(0)) + part
    return in_factors(result, count)


def in_factors(coefficients: Coefficients, at: Value) -> Value:
    """Return a polynomial at a value: its small roots as factors, the rest by falling degree."""
    dense = [Fraction(coefficients.get(degree, 0)) for degree in range(max(coefficients, default=0) + 1)]
    while len(dense) > 1 and not dense[-1]:
        dense.pop()
    factors: list[Value] = []
    for root in _ROOTS:
        while len(dense) > 1 and (rest := _divided(dense, root)) is not None:
            dense = rest
            factors.append(total((product((root.denominator, at)), -root.numerator)))
            dense = [c / root.denominator for c in dense]
    shared = Fraction(gcd(*(c.numerator for c in dense)), lcm(*(c.denominator for c in dense))) or Fraction(1)
    rest_terms = [product((c / shared, *((at,) * degree))) for degree, c in enumerate(dense)]
    return product((shared, *factors, total(rest_terms)))


def _divided(dense: list[Fraction], root: Fraction) -> list[Fraction] | None:
    """Divide by x − root; None where it is no root."""
    result: list[Fraction] = []
    carry = Fraction(0)
    for coefficient in reversed(dense):
        carry = carry * root + coefficient
        result.append(carry)
    return list(reversed(result[:-1])) if not result[-1] else None


def geometric_sum(coefficients: Coefficients, ratio: Ratio, count: Value) -> Value:
    """Return Σ p(i)·rⁱ over 0 ≤ i < count, for a ratio that is not 1.

    >>> from symcnn.algebra.symbols import symbol
    >>> geometric_sum({1: 1}, Ratio(2), symbol("n"))
    2**n*(n - 2) + 2
    """
    if not ratio.monomial:
        return _of_number(coefficients, Fraction(ratio.number), count, ratio)
    top = max(coefficients)
    less = add(polynomial(ratio.value()), {ONE: -1})
    solved = [_solved(degree, ratio) for degree in range(top + 1)]
    by_power: list[Polynomial] = [{} for _ in range(top + 1)]  # of P, times (r − 1)^(top + 1)
    for degree, coefficient in coefficients.items():
        for lower, part in enumerate(solved[degree]):
            scaled = scale(multiply(part, power(less, top - degree + lower)), coefficient)
            by_power[lower] = add(by_power[lower], scaled)
    value = total(product((as_expression(part), *((count,) * lower))) for lower, part in enumerate(by_power))
    first = product((-1, as_expression(by_power[0])))
    if top == 0:
        difference = product((value, total((ratio.power(count), -1))))
    else:
        difference = total((product((ratio.power(count), value)), first))
    return product((difference, *((1 / expression(as_expression(less)),) * (top + 1))))


def _solved(degree: int, ratio: Ratio) -> list[Polynomial]:
    """Return q with P = Σ q[j]·xʲ/(r − 1)^(degree − j + 1) for p = x^degree."""
    r = polynomial(ratio.value())
    less = add(r, {ONE: -1})
    found: list[Polynomial] = [{} for _ in range(degree)] + [{ONE: 1}]
    for lower in range(degree - 1, -1, -1):
        for higher in range(lower + 1, degree + 1):
            part = multiply(found[higher], power(less, higher - lower - 1))
            found[lower] = add(found[lower], scale(multiply(r, part), -comb(higher, lower)))
    return found


def _of_number(coefficients: Coefficients, r: Fraction, count: Value, ratio: Ratio) -> Value:
    found: dict[int, Fraction] = {}
    for lower in range(max(coefficients), -1, -1):
        above = sum((comb(higher, lower) * c for higher, c in found.items()), start=Fraction(0))
        found[lower] = (coefficients.get(lower, 0) - r * above) / (r - 1)
    if len(found) == 1:
        return product((found[0], total((ratio.power(count), -1))))
    shared = Fraction(gcd(*(c.numerator for c in found.values())), lcm(*(c.denominator for c in found.values())))
    value = total(product((c / shared, *((count,) * degree))) for degree, c in found.items())
    return product((shared, total((product((ratio.power(count), value)), -found[0] / shared))))
