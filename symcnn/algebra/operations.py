"""Sums and products as SymPy makes them, without what its `Add` does for matrices, tensors and infinities.

The first `Add` of a process imports SymPy's tensors, a tenth of the time of importing SymPy; and sums and products are
most of what an analysis builds. Numbers are Python's until the result is put together.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable
from fractions import Fraction
from functools import cmp_to_key, lru_cache

from sympy import Add, Expr, Integer, Mul, Pow, Rational, Symbol
from sympy.concrete.expr_with_limits import ExprWithLimits
from sympy.core.basic import Basic

from symcnn.algebra.symbols import Value, exact, expression

_MANY = 4  # summands to be put among sorted ones, from which on sorting them all is quicker
_sort_key = cmp_to_key(Basic.compare)  # the order in which SymPy keeps the arguments of sums and products


def total(values: Iterable[Value]) -> Value:
    """Return the sum of exact values."""
    number: int | Fraction = 0
    whole: dict[Expr, Expr] = {}  # by what stands behind the coefficient: the summand
    in_order: set[Expr] = set()  # those of a first sum, as long as nothing is added to them
    summands: list[Expr] = []
    for value in values:
        if isinstance(value, Expr):
            summands.append(value)
        else:
            number += value
    if not summands:
        return exact(number)
    if not number and len(summands) == 1:
        return exact(summands[0])
    for place, value in enumerate(summands):
        for part in value.args if isinstance(value, Add) else (value,):
            if isinstance(part, Rational):
                number += exact(part)
                continue
            coefficient, rest = _apart(part)
            if rest in whole:  # taken out, it is put in again at the end
                in_order.discard(rest)
                coefficient += _apart(whole.pop(rest))[0]
                part = _scaled(rest, coefficient) if coefficient else None
            if part is not None:
                whole[rest] = part
        if place == 0:
            in_order = set(whole)
    return _summed(exact(number), list(whole.values()), len(in_order))


def weighted(parts: Iterable[tuple[int, Value]], factor: Value = 1) -> Value:
    """Return Σ times·value·factor of pairs (times, value): like terms are added up before they are multiplied."""
    common = factor if isinstance(factor, Expr) else None  # which a sum keeps in front of it: N·(H + 2)
    number: int | Fraction = 0
    coefficients: dict[Expr, int | Fraction] = {}
    for times, value in parts:
        if not isinstance(value, Expr):
            number += times * value
            continue
        for part in value.args if common is None and isinstance(value, Add) else (value,):
            if isinstance(part, Rational):
                number += times * exact(part)
                continue
            coefficient, rest = _apart(part)
            coefficients[rest] = coefficients.get(rest, 0) + times * coefficient
    summands = [product((coefficient, rest, factor)) for rest, coefficient in coefficients.items()]
    return total((*summands, product((number, factor))))


def product(values: Iterable[Value]) -> Value:
    """Return the product of exact values."""
    number: int | Fraction = 1
    powers: dict[Expr, int] = {}
    factors: list[Expr] = []
    for value in values:
        if isinstance(value, Expr):
            factors.append(value)
        else:
            number *= value
    if not factors or not number:
        return exact(number)
    if len(factors) == 1:
        only = factors[0]
        if number == 1:
            return exact(only)
        if isinstance(only, (Symbol, Mul)) and _factors(only) is not None:
            coefficient, rest = _apart(only)
            return _times(exact(number * coefficient), rest)
    coefficient = number
    for value in factors:
        known = _factors(value)
        if known is None:
            return exact(Mul(expression(coefficient), *factors))  # powers whose exponents SymPy may join
        number *= known[0]
        for base, exponent in known[1]:
            powers[base] = powers.get(base, 0) + exponent
    if not number or not powers:
        return exact(number)
    return _multiplied(exact(number), frozenset(power for power in powers.items() if power[1]))


def sum_of(terms: Iterable[Expr]) -> Expr:
    """Return exactly what `Add(*terms)` returns, for finite commutative terms.

    >>> from symcnn.algebra.symbols import symbol
    >>> H = symbol("H")
    >>> sum_of([2 * H, Integer(3), -H]) == 2 * H + 3 - H
    True
    """
    return expression(total(terms))


def product_of(factors: Iterable[Expr]) -> Expr:
    """Return exactly what `Mul(*factors)` returns, for finite commutative factors."""
    return expression(product(factors))


def raised(base: Expr, exponent: int) -> Expr:
    """Return a power; SymPy's evaluation would ask whether floors are finite, at great length."""
    return base if exponent == 1 else Pow(base, Integer(exponent), evaluate=isinstance(base, Pow))


def _summed(number: int | Fraction, summands: list[Expr], in_order: int) -> Value:
    """Sort the summands, of which some are in order already: one more costs little."""
    if not summands:
        return number
    if len(summands) - in_order > _MANY:
        ordered = sorted(summands, key=_sort_key)  # which sees the runs that are sorted already
    else:
        ordered = summands[:in_order]
        for summand in summands[in_order:]:
            insort(ordered, summand, key=_sort_key)
    if number:
        ordered.insert(0, expression(number))
    return Add._from_args(ordered, is_commutative=True)


def _apart(summand: Expr) -> tuple[int | Fraction, Expr]:
    """Return the coefficient, and what stands behind it."""
    if not (isinstance(summand, Mul) and isinstance(summand.args[0], Rational)):
        return 1, summand
    return exact(summand.args[0]), _behind(summand.args[1:])


@lru_cache(maxsize=100_000)  # as one object, of which the hash is known
def _behind(factors: tuple[Expr, ...]) -> Expr:
    return Mul._from_args(factors, is_commutative=True)


def _times(number: int | Fraction, rest: Expr) -> Value:
    """Return the product of a number and what it may stand before as it is."""
    if isinstance(rest, Add):
        return total(product((number, exact(term))) for term in rest.args)
    if number == 1:
        return rest
    return Mul._from_args((expression(number), *(rest.args if isinstance(rest, Mul) else (rest,))), is_commutative=True)


def _scaled(rest: Expr, coefficient: int | Fraction) -> Expr:
    coefficient = exact(coefficient)
    if coefficient == 1:
        return rest
    if isinstance(rest, Pow) and not isinstance(rest.base, Symbol):  # 2·2ⁿ is a power
        return Mul(expression(coefficient), rest)
    factors = rest.args if isinstance(rest, Mul) else (rest,)
    return Mul._from_args((expression(coefficient), *factors), is_commutative=True)


@lru_cache(maxsize=100_000)
def _factors(value: Expr) -> tuple[int | Fraction, tuple[tuple[Expr, int], ...]] | None:
    """Return the coefficient and the powers that a value is the product of; None where SymPy may join powers."""
    number: int | Fraction = 1
    powers: list[tuple[Expr, int]] = []
    for part in value.args if isinstance(value, Mul) else (value,):
        if isinstance(part, Rational):
            number *= exact(part)
            continue
        base, exponent = part.args if isinstance(part, Pow) else (part, Integer(1))
        if not isinstance(exponent, Integer) or isinstance(base, (Mul, Pow, Rational)):
            return None
        powers.append((base, int(exponent)))
    return number, tuple(powers)


def _multiplied(number: int | Fraction, powers: frozenset[tuple[Expr, int]]) -> Value:
    if not powers:
        return number
    monomial = _monomial(powers)
    if number == 1:
        return monomial
    if isinstance(monomial, Add):  # 2(H − 2) = 2H − 4, as in SymPy
        return total(product((number, exact(term))) for term in monomial.args)
    factors = monomial.args if isinstance(monomial, Mul) else (monomial,)
    return Mul._from_args((expression(number), *factors), is_commutative=True)


def outermost(expr: ExprWithLimits) -> tuple[Expr, Symbol, Expr, Expr]:
    """Return what a sum or product is over: the body, the index, its first value and its last.

    SymPy writes a sum of sums as one with several limits, the outermost last: then the body is a sum itself.
    """
    *inner, (index, start, end) = expr.limits
    return (expr.func(expr.function, *inner) if inner else expr.function), index, start, end


@lru_cache(maxsize=100_000)
def _monomial(powers: frozenset[tuple[Expr, int]]) -> Expr:
    """Return a product of powers in SymPy's order: most products are of the same few symbols and floors."""
    factors = sorted((raised(base, exponent) for base, exponent in powers), key=_sort_key)
    return Mul._from_args(factors, is_commutative=True)
