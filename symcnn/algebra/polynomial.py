"""Laurent polynomials over atoms, as plain dictionaries: the form in which floors and proofs are worked out.

An atom is a symbol or anything that is no sum or product (a floor, a `Max`, `2**n`). SymPy's own polynomials
want their generators in advance and do not pickle; these grow with what they meet.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache
from math import gcd, lcm, prod
from types import MappingProxyType
from typing import TypeAlias

from sympy import Add, Expr, Integer, Mul, Pow, Rational, Symbol, factorint

from symcnn.algebra.evaluate import raise_power
from symcnn.algebra.operations import product_of, raised, sum_of
from symcnn.algebra.symbols import Value, expression

Number: TypeAlias = int | Fraction
Monomial: TypeAlias = frozenset[tuple[Expr, int]]
Polynomial: TypeAlias = dict[Monomial, Number]  # no zero coefficients; {} is zero

ONE: Monomial = frozenset()  # the monomial of the constant term
_MOST_TERMS = 4096  # a power that would expand to more terms stays an atom
_LARGEST_PRIME = 1000  # what is left of a base after dividing by smaller primes counts as a prime


def polynomial(value: Value) -> Polynomial:
    """Return `value` expanded, as a new polynomial."""
    if not isinstance(value, Expr):
        return {ONE: value} if value else {}
    return dict(_expanded(value))


def constant(poly: Polynomial) -> Number:
    """Return the constant term."""
    return poly.get(ONE, 0)


def add(first: Polynomial, second: Polynomial, times: Number = 1) -> Polynomial:
    """Return `first + times·second`."""
    result = dict(first)
    for monomial, coefficient in second.items():
        accumulate(result, monomial, coefficient * times)
    return result


def multiply(first: Polynomial, second: Polynomial) -> Polynomial:
    """Return the product."""
    result: Polynomial = {}
    for left, a in first.items():
        for right, b in second.items():
            accumulate(result, times(left, right), a * b)
    return result


def scale(poly: Polynomial, factor: Number) -> Polynomial:
    """Return `factor·poly`."""
    if factor == 1:
        return dict(poly)
    return {monomial: _tidy(coefficient * factor) for monomial, coefficient in poly.items()} if factor else {}


def times(left: Monomial, right: Monomial) -> Monomial:
    """Return the product of two monomials."""
    if not left or not right:
        return left or right
    exponents = dict(left)
    for atom, exponent in right:
        total = exponents.get(atom, 0) + exponent
        if total:
            exponents[atom] = total
        else:
            del exponents[atom]
    return frozenset(exponents.items())


def inverse(monomial: Monomial) -> Monomial:
    """Return 1/monomial."""
    return frozenset((atom, -exponent) for atom, exponent in monomial)


@lru_cache(maxsize=100_000)
def has_denominator(monomial: Monomial) -> bool:
    """Tell whether an exponent is negative."""
    return any(exponent < 0 for _, exponent in monomial)


def common_denominator(poly: Polynomial) -> tuple[Polynomial, int, Monomial]:
    """Return N, D, M with poly = N/(D·M): integer coefficients and no negative exponents in N."""
    number = lcm(*(c.denominator for c in poly.values())) if poly else 1
    lowest: dict[Expr, int] = {}
    for monomial in filter(has_denominator, poly):
        for atom, exponent in monomial:
            if exponent < lowest.get(atom, 0):
                lowest[atom] = exponent
    if number == 1 and not lowest:
        return dict(poly), 1, ONE
    denominator = frozenset((atom, -exponent) for atom, exponent in lowest.items())
    return {times(m, denominator): int(c * number) for m, c in poly.items()}, number, denominator


def content(coefficients: Iterable[Number]) -> int:
    """Return the greatest common divisor of integers (0 of none)."""
    return gcd(*(int(c) for c in coefficients))


def atoms(poly: Polynomial) -> set[Expr]:
    """Return the atoms that occur."""
    return {atom for monomial in poly for atom, _ in monomial}


def symbols_of(poly: Polynomial) -> set[Symbol]:
    """Return the symbols that occur, those inside atoms too."""
    return {symbol for atom in atoms(poly) for symbol in atom.free_symbols}


def degree(monomial: Monomial) -> int:
    """Return the total degree."""
    return sum(exponent for _, exponent in monomial)


def separated(poly: Polynomial) -> tuple[Polynomial, Polynomial] | None:
    """Return a factor of several terms in one symbol alone, and another of several terms; None where there is none.

    >>> from symcnn.algebra.symbols import symbol
    >>> C, H, W = map(symbol, "CHW")
    >>> tuple(map(as_expression, separated(polynomial(36 * C * H - 36 * C * W + H - W))))
    (36*C + 1, H - W)
    """
    for symbol in sorted((atom for atom in atoms(poly) if isinstance(atom, Symbol)), key=str):
        parts: dict[Monomial, Polynomial] = {}
        for monomial, coefficient in poly.items():
            own = frozenset((atom, exponent) for atom, exponent in monomial if atom == symbol)
            parts.setdefault(monomial - own, {})[own] = coefficient
        first = next(iter(parts.values()))
        key = next(iter(first))
        ratios = {m: Fraction(part.get(key, 0)) / Fraction(first[key]) for m, part in parts.items()}
        if len(first) > 1 and len(parts) > 1 and all(part == scale(first, ratios[m]) for m, part in parts.items()):
            return first, {m: _tidy(ratio) for m, ratio in ratios.items()}
    return None


def as_expression(poly: Polynomial) -> Expr:
    """Return the SymPy sum."""
    if len(poly) == 1 and ONE in poly:
        return expression(poly[ONE])
    return sum_of(term_expression(monomial, coefficient) for monomial, coefficient in poly.items())


@lru_cache(maxsize=100_000)
def term_expression(monomial: Monomial, coefficient: Number) -> Expr:
    """Return the SymPy product of a coefficient and a monomial."""
    return product_of((expression(coefficient), monomial_expression(monomial)))


@lru_cache(maxsize=100_000)
def monomial_expression(monomial: Monomial) -> Expr:
    """Return the SymPy product."""
    return product_of(raised(atom, exponent) for atom, exponent in monomial)


def substitute(poly: Polynomial, values: dict[Expr, Polynomial]) -> Polynomial:
    """Return `poly` with atoms replaced by polynomials."""
    result: Polynomial = {}
    for monomial, coefficient in poly.items():
        product: Polynomial = {frozenset((a, e) for a, e in monomial if a not in values): coefficient}
        for atom, exponent in monomial:
            if atom in values:
                product = multiply(product, power(values[atom], exponent))
        result = add(result, product)
    return result


def power(base: Polynomial, exponent: int) -> Polynomial:
    """Return `base**exponent`; raises ZeroDivisionError for a negative power of zero."""
    if exponent < 0:
        return _reciprocal(base, -exponent)
    if len(base) == 1:
        ((monomial, coefficient),) = base.items()
        return {_raised(monomial, exponent): raise_power(coefficient, exponent)}
    result: Polynomial = {ONE: 1}
    for _ in range(exponent):
        result = multiply(result, base)
    return result


def _reciprocal(base: Polynomial, exponent: int) -> Polynomial:
    """Return 1/base**exponent: the common factor of the terms is taken out, what is left of a sum is an atom."""
    if not base:
        raise ZeroDivisionError
    numerator, number, monomial = common_denominator(base)
    shared = _shared_monomial(numerator)
    factor = Fraction(content(numerator.values()), number)
    primitive = {times(m, inverse(shared)): _tidy(Fraction(c) / (factor * number)) for m, c in numerator.items()}
    outside = times(monomial, inverse(shared))
    sum_left = as_expression(primitive)
    if sum_left.could_extract_minus_sign():
        sum_left, factor = -sum_left, -factor
    if sum_left != 1:
        outside = times(outside, frozenset(((sum_left, -1),)))
    return {_raised(outside, exponent): raise_power(1 / factor, exponent)}


def _shared_monomial(poly: Polynomial) -> Monomial:
    """Return the greatest monomial that divides all terms; no exponent is negative."""
    shared = dict(next(iter(poly)))
    for monomial in poly:
        exponents = dict(monomial)
        shared = {atom: min(exponent, exponents[atom]) for atom, exponent in shared.items() if atom in exponents}
    return frozenset(shared.items())


def _raised(monomial: Monomial, exponent: int) -> Monomial:
    return frozenset((atom, e * exponent) for atom, e in monomial) if exponent else ONE


def accumulate(poly: Polynomial, monomial: Monomial, coefficient: Number) -> None:
    """Add one term to `poly`, in place."""
    total = poly.get(monomial, 0) + coefficient
    if total:
        poly[monomial] = _tidy(total)
    else:
        poly.pop(monomial, None)


def _tidy(number: Number) -> Number:
    return number.numerator if number.denominator == 1 else number


@lru_cache(maxsize=100_000)
def _expanded(expr: Expr) -> MappingProxyType[Monomial, Number]:
    return MappingProxyType(_expand(expr))


def _expand(expr: Expr) -> Polynomial:
    if isinstance(expr, Symbol):
        return {frozenset(((expr, 1),)): 1}
    if isinstance(expr, Integer):
        return {ONE: int(expr)} if expr else {}
    if isinstance(expr, Rational):
        return {ONE: Fraction(int(expr.p), int(expr.q))}
    if isinstance(expr, Add):
        result: Polynomial = {}
        for term in expr.args:
            for monomial, coefficient in polynomial(term).items():
                accumulate(result, monomial, coefficient)
        return result
    if isinstance(expr, Mul):
        return _expand_product(expr)
    if isinstance(expr, Pow):
        return _expand_power(expr)
    return {frozenset(((expr, 1),)): 1}


def _expand_product(expr: Mul) -> Polynomial:
    factors = [polynomial(factor) for factor in expr.args]
    if prod(len(factor) for factor in factors) > _MOST_TERMS:
        return {frozenset(((expr, 1),)): 1}
    result: Polynomial = {ONE: 1}
    for factor in factors:
        result = multiply(result, factor)
    return result


def _expand_power(expr: Pow) -> Polynomial:
    base, exponent = expr.base, expr.exp
    if not isinstance(exponent, Integer):
        return _expand_symbolic_power(expr)
    inner = polynomial(base)
    if exponent < 0 or len(inner) <= 1 or len(inner) ** int(exponent) <= _MOST_TERMS:
        return power(inner, int(exponent))
    return {frozenset(((expr, 1),)): 1}


def _expand_symbolic_power(expr: Pow) -> Polynomial:
    """Take powers apart, so that 2·2ⁿ = 2ⁿ⁺¹ and 4ⁿ = (2ⁿ)²: one atom per prime factor and term of the exponent."""
    if not expr.base.is_positive:
        return {frozenset(((expr, 1),)): 1}
    result: Polynomial = {ONE: 1}
    for base, multiplicity in _prime_factors(expr.base):
        for monomial, coefficient in polynomial(expr.exp).items():
            exponent = Fraction(coefficient) * multiplicity
            whole, part = (0, exponent) if monomial else divmod(exponent, 1)
            result = multiply(result, power(polynomial(base), whole))
            if part:
                atom = Pow(base, Mul(monomial_expression(monomial), Rational(1, part.denominator)))
                result = multiply(result, {frozenset(((atom, part.numerator),)): 1})
    return result


def _prime_factors(base: Expr) -> list[tuple[Expr, int]]:
    if not isinstance(base, Rational):
        return [(base, 1)]
    above, below = (factorint(int(part), limit=_LARGEST_PRIME) for part in (base.p, base.q))
    factors = [*sorted(above.items()), *((prime, -times) for prime, times in sorted(below.items()))]
    return [(Integer(prime), multiplicity) for prime, multiplicity in factors]
