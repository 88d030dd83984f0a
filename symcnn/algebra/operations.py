"""Sums and products as SymPy makes them, without what its `Add` does for matrices, tensors and infinities.

The first `Add` of a process imports SymPy's tensors, a tenth of the time of importing SymPy; and sums are most of what
an analysis builds.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import prod

from sympy import Add, Expr, Integer, Mul, Rational
from sympy.core.add import _addsort

from symcnn.algebra.symbols import Value, exact, expression


def total(values: Iterable[Value]) -> Value:
    """Return the sum of exact values."""
    values = list(values)
    if all(isinstance(value, (int, Fraction)) for value in values):
        return exact(sum(values))
    return exact(sum_of(map(expression, values)))


def product(values: Iterable[Value]) -> Value:
    """Return the product of exact values."""
    values = list(values)
    if all(isinstance(value, (int, Fraction)) for value in values):
        return exact(prod(values))
    return exact(product_of(map(expression, values)))


def sum_of(terms: Iterable[Expr]) -> Expr:
    """Return exactly what `Add(*terms)` returns, for finite commutative terms.

    >>> from symcnn.algebra.symbols import symbol
    >>> H = symbol("H")
    >>> sum_of([2 * H, Integer(3), -H]) == 2 * H + 3 - H
    True
    """
    constant = Integer(0)
    collected: dict[Expr, Rational] = {}
    for term in terms:
        for part in term.args if isinstance(term, Add) else (term,):
            if isinstance(part, Rational):
                constant += part
                continue
            coefficient, rest = part.as_coeff_Mul() if isinstance(part, Mul) else (Integer(1), part)
            collected[rest] = collected[rest] + coefficient if rest in collected else coefficient
    return _assembled(constant, collected)


def product_of(factors: Iterable[Expr]) -> Expr:
    """Return exactly what `Mul(*factors)` returns, for finite commutative factors."""
    coefficient: Rational = Integer(1)
    others = []
    for factor in factors:
        if isinstance(factor, Rational):
            coefficient *= factor
        elif factor != 1:
            others.append(factor)
    if len(others) == 1 and isinstance(others[0], Add):  # as SymPy does, numbers are multiplied into a sum
        if not coefficient:
            return coefficient
        return sum_of(Mul(coefficient, term) for term in others[0].args) if coefficient != 1 else others[0]
    return Mul(coefficient, *others)


def _assembled(constant: Rational, collected: dict[Expr, Rational]) -> Expr:
    summands = [_scaled(rest, coefficient) for rest, coefficient in collected.items() if coefficient]
    _addsort(summands)
    if constant or not summands:
        summands.insert(0, constant)
    return Add._from_args(summands)


def _scaled(rest: Expr, coefficient: Rational) -> Expr:
    if coefficient == 1:
        return rest
    if isinstance(rest, Mul):
        return rest._new_rawargs(coefficient, *rest.args)
    return Mul(coefficient, rest, evaluate=not isinstance(rest, Add))
