"""Bounds as people write them: a symbol, and what it is at least."""

from __future__ import annotations

from sympy import Expr, Pow, Symbol, integer_nthroot

from symcnn.algebra.operations import product_of, sum_of
from symcnn.algebra.polynomial import (
    ONE,
    Polynomial,
    add,
    as_expression,
    constant,
    has_denominator,
    inverse,
    monomial_expression,
    multiply,
)
from symcnn.algebra.symbols import expression


def bounded_symbol(poly: Polynomial) -> tuple[Symbol, Expr] | None:
    """Return a symbol and its lower bound where that is a product or a power: H and n·(k − 1) + 1, H and 2ⁿ⁺¹ − 1.

    None where there is no such symbol, or it is one of several.
    """
    counted = [symbol for monomial in poly for atom, _ in monomial for symbol in atom.free_symbols]
    alone = {
        atom for m, c in poly.items() if c == 1 and len(m) == 1 for atom, e in m if e == 1 and counted.count(atom) == 1
    }
    if len(alone) != 1 or not isinstance(symbol := alone.pop(), Symbol):
        return None
    offset = constant(poly)
    rest = {m: -c for m, c in poly.items() if m and m != frozenset(((symbol, 1),))}
    if any(has_denominator(m) for m in rest) or not any(c > 0 for c in rest.values()):
        return None
    if len(rest) == 1:
        ((monomial, _),) = rest.items()
        power_ = any(isinstance(atom, Pow) for atom, _ in monomial) and offset > 0
        return (symbol, as_expression(add(rest, {ONE: -offset}))) if power_ else None
    shared = frozenset.intersection(*(frozenset(atom for atom, _ in m) for m in rest))
    if not shared or min(rest.values()) > 0:
        return None
    monomial = frozenset((atom, min(dict(m)[atom] for m in rest)) for atom in shared)
    inner = as_expression(multiply(rest, {inverse(monomial): 1}))
    if inner.could_extract_minus_sign():
        return None
    return symbol, sum_of((product_of((monomial_expression(monomial), inner)), -expression(offset)))


def rooted(poly: Polynomial) -> Polynomial | None:
    """Return n − r of nᵉ − c, for the least number r that has rᵉ ≥ c; None of anything else."""
    others = [(m, c) for m, c in poly.items() if m]
    if len(others) != 1 or others[0][1] != 1 or len(others[0][0]) != 1:
        return None
    ((atom, exponent),) = others[0][0]
    if exponent < 2 or not isinstance(atom, Symbol) or not atom.is_nonnegative:
        return None
    least, exactly = integer_nthroot(max(0, -int(constant(poly))), exponent)
    return {frozenset(((atom, 1),)): 1, ONE: -(least if exactly else least + 1)}
