"""Powers with symbols as exponents, as people write them: 2ⁿ⁺¹ for 2·2ⁿ, 4ⁿ for 2²ⁿ, and what is 2⁻ⁿ below the bar."""

from __future__ import annotations

from fractions import Fraction

from sympy import Add, Expr, Integer, Mul, Pow, Symbol

from symcnn.algebra.operations import sum_of
from symcnn.algebra.polynomial import Number

_MOST_JOINED = 2  # 4·2ⁿ is 2ⁿ⁺²; 64·2ⁿ stays, since 64 is a number that a reader may know
_LARGEST_BASE = 1000  # 2¹⁰ⁿ stays


def gathered(number: Number, rest: Expr) -> tuple[Number, list[Expr]]:
    """Return a positive number and factors with the same product: small powers of a base are in its exponent.

    >>> from symcnn.algebra.symbols import symbol
    >>> n, s = symbol("n"), symbol("s")
    >>> gathered(2, 2**n), gathered(1, s * s**n)
    ((1, [2**(n + 1)]), (1, [s**(n + 1)]))
    >>> gathered(1, Mul(2**n, 2 ** (n + 1), evaluate=False))
    (1, [2**(2*n + 1)])
    """
    if rest == 1:
        return number, []
    factors = list(Mul.make_args(rest))
    exponents: dict[Expr, list[Expr]] = {}
    for power in filter(is_symbolic, factors):
        exponents.setdefault(power.base, []).append(power.exp)
    if not exponents:
        return number, factors
    powers = [Pow(base, sum_of(parts), evaluate=False) for base, parts in exponents.items()]
    factors = [*(factor for factor in factors if not is_symbolic(factor)), *powers]
    for power in powers:
        extra, number, factors = _taken(power.base, number, [factor for factor in factors if factor != power])
        factors.append(Pow(power.base, sum_of((power.exp, Integer(extra))), evaluate=False) if extra else power)
    return number, factors


def is_symbolic(factor: Expr) -> bool:
    """Tell whether it is a power whose exponent has symbols."""
    return isinstance(factor, Pow) and not factor.exp.is_number


def _taken(base: Expr, number: Number, factors: list[Expr]) -> tuple[int, Number, list[Expr]]:
    """Return how often the base stands in a number or among factors, and what is left of these."""
    if isinstance(base, Integer):
        for extra in range(-_MOST_JOINED, _MOST_JOINED + 1):
            if extra and number == Fraction(int(base)) ** extra:
                return extra, 1, factors
        return 0, number, factors
    found = [f for f in factors if f == base or (isinstance(f, Pow) and f.base == base and not is_symbolic(f))]
    extra = sum(int(f.exp) if isinstance(f, Pow) else 1 for f in found if isinstance(base, Symbol))
    return extra, number, [f for f in factors if not (extra and f in found)]


def is_below(exponent: Expr) -> bool:
    """Tell whether a power stands below the bar: all of its exponent is negative."""
    return all(term.could_extract_minus_sign() for term in Add.make_args(exponent))


def plain(power: Pow) -> tuple[Expr, Expr]:
    """Return base and exponent: 4 and n of 2²ⁿ."""
    factor, rest = power.exp.as_coeff_Mul()
    if isinstance(power.base, Integer) and isinstance(factor, Integer) and factor > 1 and not isinstance(rest, Add):
        base = power.base**factor if factor < _LARGEST_BASE.bit_length() else power.base
        if power.base < base < _LARGEST_BASE:
            return base, rest
    return power.base, power.exp
