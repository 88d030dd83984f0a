"""Recurrences in closed form: what a size or a number of channels is after i iterations of a body.

x ↦ f(x, i) is solved where f is free of x, linear in it, or the floor or ceiling of a quotient of it. Floors nest:
⌊(⌊(x + B)/M⌋ + b)/m⌋ = ⌊(x + B + b·M)/(m·M)⌋ for integers and positive m, M, so i iterations of ⌊(x + b)/m⌋ are
⌊(x + b(1 + m + … + mⁱ⁻¹))/mⁱ⌋ by induction; the same holds for ceilings.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sympy import Eq, Expr, Symbol, ceiling, floor

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.operations import product, total
from symcnn.algebra.polynomial import (
    Monomial,
    Polynomial,
    accumulate,
    add,
    as_expression,
    inverse,
    polynomial,
    times,
)
from symcnn.algebra.proof import equal
from symcnn.algebra.quotient import Quotient, inside, is_integer_monomial, is_positive_integer
from symcnn.algebra.symbols import Value, exact, expression
from symcnn.errors import SymcnnError
from symcnn.repetition.substitution import cases, replaced
from symcnn.repetition.sums import closed_product, closed_sum, is_unevaluated
from symcnn.repetition.terms import depends, linear_in


@dataclass(frozen=True)
class Solution:
    """x₀ = start and xᵢ = rest for i ≥ 1, where xᵢ₊₁ = step: `step` is in the state and the index, `rest` in the index.

    `first_differs` tells that x₀ does not follow the formula of the later ones.
    """

    state: Symbol
    index: Symbol
    start: Value
    step: Value
    rest: Value
    first_differs: bool
    arithmetic: Arithmetic

    def at(self, i: Value) -> Value:
        """Return xᵢ; in two cases where the first one differs and i may be 0."""
        if i == 0:
            return self.start
        later = self.rest if i == self.index else replaced(self.rest, {self.index: i}, self.arithmetic)
        if not self.first_differs or self.arithmetic.compare(">=", i, 1) is True:
            return later
        return cases([(self.start, Eq(expression(i), 0)), (later, True)])

    @property
    def is_constant(self) -> bool:
        """Whether every iteration has the same value."""
        return not self.first_differs and not depends(self.rest, self.index)


def solve(
    step: Callable[[Value], Value] | Value, state: Symbol, index: Symbol, start: Value, arithmetic: Arithmetic
) -> Solution | None:
    """Solve x₀ = start, xᵢ₊₁ = step (a function of the state, or an expression in state and index); None if it cannot.

    >>> from symcnn.algebra.symbols import NONNEGATIVE, symbol
    >>> x, i, H = symbol("x"), symbol("i", NONNEGATIVE), symbol("H")
    >>> solve(Arithmetic().floor((x - 1) / 2) + 1, x, i, H, Arithmetic()).at(i)
    ceiling(H/2**i)
    """
    value: Value = step(state) if callable(step) and not isinstance(step, Expr) else step
    if not depends(value, state):
        return _of_index(value, state, index, start, arithmetic)
    rest = _rounded(value, state, index, start, arithmetic)
    if rest is None:
        rest = _linear(value, state, index, start, arithmetic)
    if rest is None or is_unevaluated(rest):
        return None
    return Solution(state, index, start, value, rest, False, arithmetic)


def _of_index(value: Value, state: Symbol, index: Symbol, start: Value, arithmetic: Arithmetic) -> Solution:
    """Solve xᵢ₊₁ = f(i): the start may happen to follow it, as 64 does 128·2ⁱ."""
    rest = replaced(value, {index: total((index, -1))}, arithmetic)
    try:
        before = replaced(value, {index: -1}, arithmetic)
        differs = equal(before, start, arithmetic.facts) is not True
    except (SymcnnError, ZeroDivisionError):  # f has no value before the first iteration
        differs = True
    return Solution(state, index, start, value, rest if differs else _shortened(rest), differs, arithmetic)


def _shortened(value: Value) -> Value:
    """Return a single term in one number and powers: 64·2ⁱ for 128·2ⁱ⁻¹."""
    poly = polynomial(value)
    return exact(as_expression(poly)) if len(poly) == 1 else value


def _linear(value: Value, state: Symbol, index: Symbol, start: Value, arithmetic: Arithmetic) -> Value | None:
    """Solve xᵢ₊₁ = a·xᵢ + g(i)."""
    found = linear_in(polynomial(value), state)
    if found is None:
        return None
    factor, more = (exact(as_expression(part)) for part in found)
    if depends(factor, index):
        return product((start, closed_product(factor, index, index, arithmetic))) if more == 0 else None
    if factor == 1:
        return total((start, closed_sum(more, index, index, arithmetic)))
    grown = arithmetic.power(factor, index)
    if not depends(more, index):
        powers = closed_sum(arithmetic.power(factor, index), index, index, arithmetic)
        return total((product((grown, start)), product((more, powers))))
    if arithmetic.compare("!=", factor, 0) is not True:  # g(i)/a^(1 + i) has no value where a is 0
        return None
    before = product((more, arithmetic.power(factor, total((-1, product((-1, index)))))))  # g(i)·a^(−1 − i)
    summed = product((grown, closed_sum(before, index, index, arithmetic)))
    return total((product((grown, start)), as_expression(polynomial(summed))))


def _rounded(value: Value, state: Symbol, index: Symbol, start: Value, arithmetic: Arithmetic) -> Value | None:
    """Solve xᵢ₊₁ = ⌊(xᵢ + b)/m⌋ + c, or with a ceiling; that is ⌊(xᵢ + b + c·m)/m⌋."""
    poly = polynomial(value)
    found = [monomial for monomial in poly if any(depends(atom, state) for atom, _ in monomial)]
    if len(found) != 1 or poly[found[0]] != 1 or len(found[0]) != 1:
        return None
    ((atom, exponent),) = found[0]
    if exponent != 1 or not isinstance(atom, (floor, ceiling)):
        return None
    within = inside(atom)
    shift = _shift(within, {m: c for m, c in poly.items() if m != found[0]}, state)
    if shift is None or index in _symbols(within.monomial):
        return None
    if not arithmetic.facts.integral(polynomial(start)):
        return None
    top = total((start, _shifted(shift, within, index, arithmetic)))
    modulus = as_expression({within.monomial: within.number})
    ratio = arithmetic.divide(top, arithmetic.power(modulus, index))
    return arithmetic.floor(ratio) if isinstance(atom, floor) else arithmetic.ceiling(ratio)


def _shift(within: Quotient, more: Polynomial, state: Symbol) -> Polynomial | None:
    """Return b + c·m, integers, of (x + b)/m rounded, plus c; None where the quotient is another one."""
    numerator = dict(within.numerator)
    if numerator.pop(frozenset(((state, 1),)), 0) != 1 or any(depends(a, state) for m in numerator for a, _ in m):
        return None
    if not is_positive_integer(within.monomial):
        return None
    shift = add(numerator, _times(more, within))
    whole = all(c.denominator == 1 and is_integer_monomial(m) for poly in (shift, more) for m, c in poly.items())
    return shift if whole else None


def _shifted(shift: Polynomial, within: Quotient, index: Symbol, arithmetic: Arithmetic) -> Value:
    """Return shift·(1 + m + … + mⁱ⁻¹), or Σ shift(j)·mʲ; what is a multiple of m − 1 needs no division."""
    modulus: Polynomial = {within.monomial: within.number}
    power = arithmetic.power(as_expression(modulus), index)
    if depends(as_expression(shift), index):
        return closed_sum(product((as_expression(shift), power)), index, index, arithmetic)
    whole, rest = _by_one_less(shift, within)
    powers = closed_sum(power, index, index, arithmetic)
    return total((product((as_expression(whole), total((power, -1)))), product((as_expression(rest), powers))))


def _by_one_less(shift: Polynomial, within: Quotient) -> tuple[Polynomial, Polynomial]:
    """Return q and r with shift = q·(m − 1) + r, for a modulus m with symbols; of numbers q is 0."""
    whole: Polynomial = {}
    rest: Polynomial = {}
    for monomial, coefficient in shift.items():
        left = times(monomial, inverse(within.monomial))
        if within.monomial and is_integer_monomial(left) and coefficient % within.number == 0:
            accumulate(whole, left, coefficient // within.number)
            accumulate(rest, left, coefficient // within.number)
        else:
            accumulate(rest, monomial, coefficient)
    return whole, rest


def _times(poly: Polynomial, within: Quotient) -> Polynomial:
    return {times(m, within.monomial): c * within.number for m, c in poly.items()}


def _symbols(monomial: Monomial) -> set[Symbol]:
    return {symbol for atom, _ in monomial for symbol in atom.free_symbols}
