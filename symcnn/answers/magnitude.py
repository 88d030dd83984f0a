"""How large the numbers of a value are, and those of its sums would be: told before anything is worked out."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache

from sympy import Add, Expr, Integer, Mul, Pow, Rational, Symbol

from symcnn.algebra.polynomial import polynomial
from symcnn.algebra.symbols import Value, exact, expression, is_number

MOST_BITS = 14_000  # of a number: 4214 digits, where Python writes 4300


def bits_of(value: Value) -> int:
    """Return how many bits the largest number in a value has.

    >>> bits_of(Fraction(1, 1024)), bits_of(7)
    (11, 3)
    """
    if is_number(value):
        return max(value.numerator.bit_length(), value.denominator.bit_length())
    return _most_bits(value)


@lru_cache(maxsize=4096)
def _most_bits(value: Expr) -> int:
    return max((max(n.p.bit_length(), n.q.bit_length()) for n in value.atoms(Rational)), default=1)


@lru_cache(maxsize=4096)
def _denominator_bits(value: Expr) -> int:
    return max((n.q.bit_length() for n in value.atoms(Rational)), default=1)


def bits_together(values: Iterable[Value], multiplied: bool) -> int:
    """Return a bound of the bits of a product, or of the common denominator of a sum."""
    if multiplied:
        return sum(map(bits_of, values))
    return sum(v.denominator.bit_length() if is_number(v) else _denominator_bits(v) for v in values)


def largest_coefficient(value: Value) -> int | Fraction:
    """Return the largest number beside the symbols of a value, without its sign: 1000000 of 1000000 − n."""
    largest: int | Fraction = 0
    for number in polynomial(value).values():
        largest = max(largest, number, -number)
    return largest


def bits_repeated(term: Value, index: Symbol, count: Value, multiplied: bool) -> int | Fraction:
    """Return a bound of the bits of a sum, or a product, of so many terms: the powers at the last index decide.

    A sum of iᵈ has the power d + 1 of their number.

    >>> from symcnn.algebra.symbols import symbol
    >>> i = symbol("i")
    >>> bits_repeated(2**i, i, 10**12, False) > 10**12
    True
    >>> bits_repeated(i**9, i, 10**1000, False) > 10 * 3_000
    True
    """
    times = largest_coefficient(count)
    growing = [power for power in expression(term).atoms(Pow) if power.exp.has(index)]
    in_powers = sum(bits_of(power.base) * largest_coefficient(power.exp) for power in growing) * times
    multiplied_out = _bits_multiplied_out(expression(term))
    if multiplied:
        return (in_powers + multiplied_out) * times
    return in_powers + multiplied_out + (_degree(expression(term), index) + 1) * _bits_multiplied_out(expression(count))


def _bits_multiplied_out(value: Expr) -> int:
    """Return a bound of the bits of the coefficients of a value as a polynomial."""
    if isinstance(value, Pow) and isinstance(value.exp, Integer):
        return abs(int(value.exp)) * (_bits_multiplied_out(value.base) + 1)
    if isinstance(value, Mul):
        return sum(map(_bits_multiplied_out, value.args))
    if isinstance(value, Add):
        return max(map(_bits_multiplied_out, value.args)) + len(value.args).bit_length()
    return bits_of(exact(value)) if isinstance(value, Rational) else 0


def _degree(value: Expr, index: Symbol) -> int:
    """Return a bound of the degree of a value in a symbol."""
    if isinstance(value, Pow) and isinstance(value.exp, Integer):
        return max(0, int(value.exp)) * _degree(value.base, index)
    if isinstance(value, (Mul, Add)):
        degrees = [_degree(part, index) for part in value.args]
        return sum(degrees) if isinstance(value, Mul) else max(degrees)
    return int(value == index)
