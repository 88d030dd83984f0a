"""Sums and products as SymPy makes them, without what its `Add` does for matrices, tensors and infinities.

The first `Add` of a process imports SymPy's tensors, a tenth of the time of importing SymPy; and sums are most of what
an analysis builds.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable
from functools import cmp_to_key
from math import prod

from sympy import Add, Expr, Integer, Mul, Pow, Rational, Symbol
from sympy.concrete.expr_with_limits import ExprWithLimits
from sympy.core.basic import Basic

from symcnn.algebra.symbols import Value, exact, expression, is_number

_MANY = 4  # summands to be put among sorted ones, from which on sorting them all is quicker
_sort_key = cmp_to_key(Basic.compare)  # the order in which SymPy keeps the arguments of sums and products


def total(values: Iterable[Value]) -> Value:
    """Return the sum of exact values."""
    values = list(values)
    if all(map(is_number, values)):
        return exact(sum(values))
    return exact(sum_of(map(expression, values)))


def product(values: Iterable[Value]) -> Value:
    """Return the product of exact values."""
    values = list(values)
    if all(map(is_number, values)):
        return exact(prod(values))
    return exact(product_of(map(expression, values)))


def sum_of(terms: Iterable[Expr]) -> Expr:
    """Return exactly what `Add(*terms)` returns, for finite commutative terms.

    >>> from symcnn.algebra.symbols import symbol
    >>> H = symbol("H")
    >>> sum_of([2 * H, Integer(3), -H]) == 2 * H + 3 - H
    True
    """
    constant: Rational = Integer(0)
    whole: dict[Expr, Expr] = {}  # by what stands behind the coefficient: the summand
    in_order: set[Expr] = set()  # those of a first sum, as long as nothing is added to them
    for place, term in enumerate(terms):
        for part in term.args if isinstance(term, Add) else (term,):
            if isinstance(part, Rational):
                constant += part
                continue
            coefficient, rest = part.as_coeff_Mul() if isinstance(part, Mul) else (Integer(1), part)
            if rest in whole:  # taken out, it is put in again at the end
                in_order.discard(rest)
                part = _scaled(rest, coefficient + _coefficient(whole.pop(rest)))
            if part is not None:
                whole[rest] = part
        if place == 0 and isinstance(term, Add):
            in_order = set(whole)
    return _assembled(constant, list(whole.values()), len(in_order))


def _assembled(constant: Rational, summands: list[Expr], in_order: int) -> Expr:
    """Sort the summands, of which some are in order already: one more costs little."""
    if len(summands) - in_order > _MANY:
        ordered = sorted(summands, key=_sort_key)  # which sees the runs that are sorted already
    else:
        ordered = summands[:in_order]
        for summand in summands[in_order:]:
            insort(ordered, summand, key=_sort_key)
    if constant or not ordered:
        ordered.insert(0, constant)
    return Add._from_args(ordered)


def _coefficient(summand: Expr) -> Rational:
    return summand.as_coeff_Mul()[0] if isinstance(summand, Mul) else Integer(1)


def _scaled(rest: Expr, coefficient: Rational) -> Expr | None:
    if not coefficient:
        return None
    if coefficient == 1:
        return rest
    if isinstance(rest, Mul):
        return Mul._from_args((coefficient, *rest.args))
    if isinstance(rest, Pow) and not isinstance(rest.base, Symbol):  # 2·2ⁿ is a power
        return Mul(coefficient, rest)
    return Mul._from_args((coefficient, rest))


def product_of(factors: Iterable[Expr]) -> Expr:
    """Return exactly what `Mul(*factors)` returns, for finite commutative factors."""
    coefficient: Rational = Integer(1)
    powers: dict[Expr, int] = {}
    factors = list(factors)
    for factor in factors:
        for part in factor.args if isinstance(factor, Mul) else (factor,):
            if isinstance(part, Rational):
                coefficient *= part
                continue
            base, exponent = part.args if isinstance(part, Pow) else (part, Integer(1))
            if not isinstance(exponent, Integer) or isinstance(base, (Mul, Pow, Rational)):
                return Mul(*factors)  # powers whose exponents SymPy may join
            powers[base] = powers.get(base, 0) + int(exponent)
    return _multiplied(coefficient, [raised(base, exponent) for base, exponent in powers.items() if exponent])


def _multiplied(coefficient: Rational, factors: list[Expr]) -> Expr:
    if not coefficient or not factors:
        return coefficient
    if len(factors) == 1 and isinstance(factors[0], Add) and coefficient != 1:  # 2(H − 2) = 2H − 4, as in SymPy
        return sum_of(product_of((coefficient, term)) for term in factors[0].args)
    factors.sort(key=_sort_key)
    return Mul._from_args(factors if coefficient == 1 else [coefficient, *factors])


def outermost(expr: ExprWithLimits) -> tuple[Expr, Symbol, Expr, Expr]:
    """Return what a sum or product is over: the body, the index, its first value and its last.

    SymPy writes a sum of sums as one with several limits, the outermost last: then the body is a sum itself.
    """
    *inner, (index, start, end) = expr.limits
    return (expr.func(expr.function, *inner) if inner else expr.function), index, start, end


def raised(base: Expr, exponent: int) -> Expr:
    """Return a power; SymPy's evaluation would ask whether floors are finite, at great length."""
    return base if exponent == 1 else Pow(base, Integer(exponent), evaluate=isinstance(base, Pow))
