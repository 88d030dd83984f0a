"""Divisibilities of a size that is divided in each repetition, said for all of them: by a power of what divides it.

Where m divides x + c, a step ⌊(x + b)/m⌋ + e, or ⌈(x + b)/m⌉ + e, is (x + d)/m for an integer d, and m divides x + d.
With x₀ = start and Sₙ = 1 + m + … + mⁿ⁻¹, m divides xᵢ + d for all i < n if and only if mⁿ divides x₀ + d·Sₙ, since
xᵢ·mⁱ = x₀ + d·Sᵢ. Where a multiple M of m divides x, and the step is x/m, M divides all xᵢ if it does xₙ₋₁ = x₀/mⁿ⁻¹.
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from sympy import Symbol, ceiling, floor

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.conditions import INTEGRAL, Condition, Truth
from symcnn.algebra.operations import product, total
from symcnn.algebra.polynomial import ONE, Polynomial, constant, polynomial
from symcnn.algebra.quotient import Quotient, inside, quotient
from symcnn.algebra.symbols import Value
from symcnn.analysis.derivation import Recurrence


class _Shifted(NamedTuple):
    """(x + shift)/modulus for a state x."""

    shift: int
    modulus: int


def divided_in_all(claim: Truth, recurrence: Recurrence, count: Value, arithmetic: Arithmetic) -> Truth | None:
    """Return what says that a divisibility of the state holds in all repetitions; None where that is not found."""
    if not isinstance(claim, Condition) or claim.claim != INTEGRAL:
        return None
    asked, step = _shifted(quotient(claim.polynomial), recurrence.state), _step(recurrence)
    if asked is None or step is None or step[1].modulus < 2 or asked.modulus % step[1].modulus:
        return None
    rounded, (inner, modulus), more = step
    offset = Fraction(inner - asked.shift, modulus)
    less = asked.shift + modulus * ((-(-offset // 1) if rounded is ceiling else offset // 1) + more)
    power = arithmetic.power(modulus, count)
    if asked.modulus == modulus:
        summed = product((less, total((power, -1)), Fraction(1, modulus - 1)))
        return arithmetic.integral(arithmetic.divide(total((recurrence.start, summed)), power))
    if less or asked.shift:
        return None
    last = product((Fraction(asked.modulus, modulus), power))
    whole = arithmetic.integral(arithmetic.divide(recurrence.start, last))
    return arithmetic.either([arithmetic.compare("==", count, 0), whole])


def _step(recurrence: Recurrence) -> tuple[type, _Shifted, int] | None:
    """Read what a state becomes as a rounded quotient and an integer beside it."""
    poly = polynomial(recurrence.step)
    found = [monomial for monomial in poly if monomial]
    if len(found) != 1 or poly[found[0]] != 1 or len(found[0]) != 1 or constant(poly).denominator != 1:
        return None
    ((atom, exponent),) = found[0]
    if exponent != 1 or not isinstance(atom, (floor, ceiling)):
        return None
    within = _shifted(inside(atom), recurrence.state)
    return within and (atom.func, within, int(constant(poly)))


def _shifted(value: Quotient, state: Symbol) -> _Shifted | None:
    rest: Polynomial = dict(value.numerator)
    if value.monomial or rest.pop(frozenset(((state, 1),)), 0) != 1 or set(rest) - {ONE}:
        return None
    shift = constant(rest)
    return _Shifted(int(shift), value.number) if shift.denominator == 1 else None
