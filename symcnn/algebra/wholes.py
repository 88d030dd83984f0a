"""Powers over powers that are integers because an exponent is not negative: 2ᴸ/2ʲ⁺¹ where j < L."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache

from sympy import Expr, Integer, Pow, Symbol

from symcnn.algebra.polynomial import ONE, Monomial, Number, Polynomial, accumulate, add, polynomial, scale
from symcnn.algebra.quotient import is_integer_monomial


@lru_cache(maxsize=100_000)
def has_symbolic_power(monomial: Monomial) -> bool:
    """Tell whether a power with symbols in its exponent is among the factors."""
    return any(isinstance(atom, Pow) and bool(atom.exp.free_symbols) for atom, _ in monomial)


def is_whole_power(monomial: Monomial, coefficient: Number, is_nonnegative: Callable[[Polynomial], bool]) -> bool:
    """Tell whether a term is an integer: of every base that is divided by, the exponents add up to one ≥ 0."""
    exponents: dict[Expr, Polynomial] = {}
    rest: dict[Expr, int] = {}
    for atom, times in monomial:
        base, exponent = (atom.base, polynomial(atom.exp)) if isinstance(atom, Pow) else (atom, polynomial(1))
        if isinstance(base, (Integer, Symbol)) and base.is_integer and base.is_positive:
            exponents[base] = add(exponents.get(base, {}), exponent, times)
        else:
            rest[atom] = times
    left = Fraction(coefficient)
    for base in (base for base in exponents if isinstance(base, Integer) and base > 1):
        while left.denominator % int(base) == 0:
            left *= int(base)
            accumulate(exponents[base], ONE, -1)
    if left.denominator != 1 or not is_integer_monomial(frozenset(rest.items())):
        return False
    return all(_is_integral(exponent) and is_nonnegative(exponent) for exponent in exponents.values())


def _is_integral(exponent: Polynomial) -> bool:
    return all(c.denominator == 1 and is_integer_monomial(m) for m, c in scale(exponent, 1).items())
