"""Staircases: functions of one integer that rise by the same amount in every period, such as x − 2·⌊x/3⌋.

Every sum of floors of one symbol, nested or not, over numbers is one. So it is known everywhere from one period.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import gcd, lcm

from sympy import Expr, Symbol, ceiling, floor

from symcnn.algebra.polynomial import Polynomial, constant
from symcnn.algebra.quotient import inside


@dataclass(frozen=True, slots=True)
class Staircase:
    """f(x + period) = f(x) + rise for all integers x; `at` is f, with integer values."""

    at: Callable[[int], int]
    period: int
    rise: int

    def period_modulo(self, divisor: int) -> int:
        """Return a period of f mod divisor."""
        return self.period * (divisor // gcd(self.rise, divisor))


def staircase(poly: Polynomial, x: Symbol) -> Staircase | None:
    """Return a polynomial with integer coefficients as a function of `x`; None where it is no staircase."""
    offset = int(constant(poly))
    steps: list[tuple[int, Staircase]] = []
    for monomial, coefficient in poly.items():
        if not monomial:
            continue
        ((atom, exponent), *others) = monomial
        part = staircase_of(atom, x) if exponent == 1 and not others else None
        if part is None:
            return None
        steps.append((int(coefficient), part))
    if len(steps) == 1 and steps[0][0] == 1 and not offset:
        return steps[0][1]
    period = lcm(*(part.period for _, part in steps))
    rise = sum(factor * part.rise * (period // part.period) for factor, part in steps)
    terms = [(factor, part.at) for factor, part in steps]
    return Staircase(lambda v: offset + sum(factor * at(v) for factor, at in terms), period, rise)


@lru_cache(maxsize=10_000)
def staircase_of(atom: Expr, x: Symbol) -> Staircase | None:
    """Return `x` itself, or a floor or ceiling of a staircase over a number, as a staircase; else None."""
    if atom == x:
        return Staircase(lambda v: v, 1, 1)
    if not isinstance(atom, (floor, ceiling)) or inside(atom).monomial:
        return None
    number, within = inside(atom).number, staircase(inside(atom).numerator, x)
    if within is None:
        return None
    period = within.period_modulo(number)
    rise = within.rise * (period // within.period) // number
    below = within.at
    if isinstance(atom, ceiling):
        return Staircase(lambda v: -(-below(v) // number), period, rise)
    return Staircase(lambda v: below(v) // number, period, rise)
