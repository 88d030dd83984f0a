"""Powers with symbols as exponents, as people write them: 2ⁿ⁺¹ for 2·2ⁿ, 4ⁿ for 2²ⁿ, and what is 2⁻ⁿ below the bar."""

from __future__ import annotations

from fractions import Fraction

from sympy import Add, Expr, Integer, Mul, Pow, Symbol

from symcnn.algebra.operations import sum_of
from symcnn.algebra.polynomial import Number, as_expression, multiply, polynomial

_MOST_JOINED = 2  # 4·2ⁿ is 2ⁿ⁺²; 64·2ⁿ stays, since 64 is a number that a reader may know
_MORE_THAN_ANY_DEGREE = 100
_LARGEST_BASE = 1000  # 2¹⁰ⁿ stays


def gathered(number: Number, rest: Expr) -> tuple[Number, list[Expr]]:
    """Return a positive number and factors with the same product: small powers of a base are in its exponent.

    >>> from symcnn.algebra.symbols import symbol
    >>> n, s = symbol("n"), symbol("s")
    >>> gathered(2, 2**n), gathered(1, s * s**n)
    ((1, [2**(n + 1)]), (1, [s**(n + 1)]))
    >>> gathered(1, Mul(2**n, 2 ** (n + 1), evaluate=False))
    (2, [2**(2*n)])
    """
    if rest == 1:
        return number, []
    factors = list(Mul.make_args(rest))
    exponents: dict[Expr, list[Expr]] = {}
    for power in filter(is_symbolic, factors):
        exponents.setdefault(power.base, []).append(power.exp)
    if not exponents:
        return number, factors
    factors = [factor for factor in factors if not is_symbolic(factor)]
    powers = []
    for base, parts in exponents.items():
        more, power = _joined(base, sum_of(parts))
        number, factors = number * more, [*factors, power] if power != 1 else factors
        powers += [power] if is_symbolic(power) else []
    for power in powers:
        if plain(power)[0] != power.base:  # 2·4ⁿ
            continue
        extra, number, factors = _taken(
            power.base, power.exp, number, [factor for factor in factors if factor != power]
        )
        factors.append(Pow(power.base, sum_of((power.exp, Integer(extra))), evaluate=False) if extra else power)
    return number, factors


def _joined(base: Expr, exponent: Expr) -> tuple[Number, Expr]:
    """Return a number and a power whose product is a power: 2 and 4ⁿ of 2²ⁿ⁺¹, 8 and no power of 2³."""
    shift, rest = exponent.as_coeff_Add()
    if not isinstance(base, Integer) or not isinstance(shift, Integer):
        return 1, Pow(base, exponent, evaluate=bool(exponent.is_number))
    times, _ = rest.as_coeff_Mul()
    if rest == 0 or (shift and abs(times) > 1 and plain(Pow(base, rest, evaluate=False))[0] != base):
        power_ = Pow(base, rest, evaluate=rest == 0)
        return (int(base) ** int(shift) if shift > 0 else Fraction(int(base)) ** int(shift)), power_
    return 1, Pow(base, exponent, evaluate=False)


def is_symbolic(factor: Expr) -> bool:
    """Tell whether it is a power whose exponent has symbols."""
    return isinstance(factor, Pow) and not factor.exp.is_number


def _taken(base: Expr, exponent: Expr, number: Number, factors: list[Expr]) -> tuple[int, Number, list[Expr]]:
    """Return how often the base stands in a number or among factors, and what is left of these."""
    if isinstance(base, Integer):
        for extra in range(-_MOST_JOINED, _MOST_JOINED + 1):
            if extra and number == Fraction(int(base)) ** extra:
                return extra, 1, factors
        short = -int(exponent.as_coeff_Add()[0])
        if short > 0 and number % int(base) ** short == 0 and _is_mixed(number, int(base)):  # 6·2ⁿ⁻¹ is 3·2ⁿ
            return short, number / Fraction(int(base) ** short), factors
        return 0, number, factors
    found = [f for f in factors if f == base or (isinstance(f, Pow) and f.base == base and not is_symbolic(f))]
    extra = sum(int(f.exp) if isinstance(f, Pow) else 1 for f in found if isinstance(base, Symbol))
    return extra, number, [f for f in factors if not (extra and f in found)]


def _is_mixed(number: Number, base: int) -> bool:
    """Tell whether a number is no power of the base: 64·2ⁿ⁻¹ has the number that a reader knows."""
    left = Fraction(number)
    while left.denominator == 1 and left % base == 0:
        left /= base
    return left != 1


def of_number(factor: Expr) -> bool:
    """Tell whether it is a number to a power with symbols."""
    return is_symbolic(factor) and isinstance(factor.base, Integer)


def cancelled(factors: tuple[Expr, ...]) -> tuple[Expr, ...]:
    """Multiply a power into a sum that has it below the bar: 2ⁿ·(1/2ⁿ − 1) is 1 − 2ⁿ."""
    for power_ in filter(of_number, factors):
        for other in factors:
            parts = other.args if isinstance(other, Add) else ()
            below = (f for part in parts for f in Mul.make_args(part) if of_number(f) and f.base == power_.base)
            if any(is_below(f.exp.as_coeff_Add()[1]) for f in below):
                whole = as_expression(multiply(polynomial(other), polynomial(power_)))
                return *(f for f in factors if f not in (power_, other)), whole
    return factors


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


def growth(power: Pow) -> int:
    """Return a number to put powers in order whose exponents have symbols: 4ⁿ grows faster than 2ⁿ, that than n⁹⁹."""
    base = plain(power)[0]
    return _MORE_THAN_ANY_DEGREE + (int(base) if isinstance(base, Integer) else 0)
