r"""What \sum and \prod are worth: added up where both limits are numbers, in closed form where they are not.

A term is a sum of c·iᵈ·rⁱ, in which c and r are free of the index i: Faulhaber's formula serves r = 1, and d = 0 is a
geometric sum.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import comb

from sympy import Expr, Pow, Symbol

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.polynomial import Monomial, monomial_expression, polynomial
from symcnn.algebra.symbols import NONNEGATIVE, Value, exact, expression, is_number, symbol
from symcnn.answers.tree import Repeated
from symcnn.answers.unreadable import Unreadable

_MOST_ADDED = 400  # terms that are added up one by one
_HIGHEST_POWER = 12

Term = Callable[[Value], Value]


def repeated(node: Repeated, first: Value, last: Value, term: Term, arithmetic: Arithmetic) -> Value:
    """Return the sum or the product of `term` at all integers from `first` to `last`, none where they are fewer."""
    if is_number(first) and is_number(last):
        if first.denominator != 1 or last.denominator != 1:
            raise Unreadable("undefined", "the limits of a sum are integers", node.span)
        if last - first < _MOST_ADDED:
            values = [term(index) for index in range(int(first), int(last) + 1)]
            return arithmetic.total(values) if node.sign == "sum" else arithmetic.product(values, [])
    index = symbol(f"{node.index}#", NONNEGATIVE)
    work = _Closed(node, index, first, last, arithmetic)
    value = term(index)
    return work.sum(value) if node.sign == "sum" else work.product(value)


class _Closed:
    """A sum in closed form."""

    def __init__(self, node: Repeated, index: Symbol, first: Value, last: Value, arithmetic: Arithmetic) -> None:
        self.node, self.index, self.first, self.last, self.arithmetic = node, index, first, last, arithmetic
        self.count = arithmetic.total([last, 1, arithmetic.product([-1, first], [])])

    def sum(self, value: Value) -> Value:
        parts = []
        for monomial, coefficient in polynomial(value).items():
            rest, degree, ratio, start = self._parted(monomial)
            if ratio is None:
                added = self._powers(degree)
            elif degree == 0:
                added = self.arithmetic.product([start, self._geometric(ratio)], [])
            else:
                raise self._refused()
            parts.append(self.arithmetic.product([exact(coefficient), rest, added], []))
        return self.arithmetic.total(parts)

    def product(self, value: Value) -> Value:
        terms = polynomial(value)
        if len(terms) != 1:
            if isinstance(value, Expr) and self.index in value.free_symbols:
                raise self._refused()
            return self.arithmetic.power(value, self.count)
        ((monomial, coefficient),) = terms.items()
        rest, degree, ratio, start = self._parted(monomial)
        if degree:
            raise self._refused()
        fixed = self.arithmetic.product([exact(coefficient), rest, start], [])
        factors = [self.arithmetic.power(fixed, self.count)]
        if ratio is not None:
            factors.append(self.arithmetic.power(ratio, self._powers(1)))
        return self.arithmetic.product(factors, [])

    def _parted(self, monomial: Monomial) -> tuple[Value, int, Value | None, Value]:
        """Return what is free of the index, the power of the index, and r and s of the geometric s·rⁱ."""
        rest, degree = [], 0
        ratios: list[Value] = []
        starts: list[Value] = []
        for atom, exponent in monomial:
            if atom == self.index:
                degree += exponent
            elif self.index not in atom.free_symbols:
                rest.append((atom, exponent))
            else:
                step, start = self._steps(atom, exponent)
                ratios.append(step)
                starts.append(start)
        if degree < 0 or degree > _HIGHEST_POWER:
            raise self._refused()
        ratio = self.arithmetic.product(ratios, []) if ratios else None
        free = exact(monomial_expression(frozenset(rest)))
        return free, degree, None if ratio == 1 else ratio, self.arithmetic.product(starts, [])

    def _steps(self, atom: Expr, exponent: int) -> tuple[Value, Value]:
        """Return r and s of a power r^(a·i + b) = s·(r^a)ⁱ."""
        if not isinstance(atom, Pow) or self.index in atom.base.free_symbols:
            raise self._refused()
        terms = polynomial(exact(atom.exp * exponent))
        slope = terms.pop(frozenset(((self.index, 1),)), 0)
        rest = [exact(expression(exact(c)) * monomial_expression(m)) for m, c in terms.items()]
        offset = self.arithmetic.total(rest)
        if isinstance(offset, Expr) and self.index in offset.free_symbols:
            raise self._refused()
        base = exact(atom.base)
        return self.arithmetic.power(base, exact(slope)), self.arithmetic.power(base, offset)

    def _geometric(self, ratio: Value) -> Value:
        one_less = self.arithmetic.total([ratio, -1])
        below = self.arithmetic.total([self.arithmetic.power(ratio, self.count), -1])
        return self.arithmetic.product([self.arithmetic.power(ratio, self.first), below], [one_less])

    def _powers(self, degree: int) -> Value:
        """Return the sum of iᵈ."""
        before = self.arithmetic.total([self.first, -1])
        upto = [self._faulhaber(degree, self.last), self.arithmetic.product([-1, self._faulhaber(degree, before)], [])]
        return self.arithmetic.total(upto)

    def _faulhaber(self, degree: int, last: Value) -> Value:
        """Return Σ iᵈ for i = 1…last, plus 1 for d = 0, as a polynomial in `last`."""
        above = self.arithmetic.total([last, 1])
        terms = []
        for k, number in enumerate(_bernoulli(degree)):
            factor = Fraction(comb(degree + 1, k), degree + 1) * number
            if factor:
                terms.append(self.arithmetic.product([exact(factor), self.arithmetic.power(above, degree + 1 - k)], []))
        return self.arithmetic.total(terms)

    def _refused(self) -> Unreadable:
        return Unreadable("size", "this sum is not worked out in closed form", self.node.span)


def _bernoulli(most: int) -> list[Fraction]:
    """Return the Bernoulli numbers B₀…, with B₁ = −1/2."""
    numbers: list[Fraction] = []
    for m in range(most + 1):
        known = sum((comb(m + 1, k) * numbers[k] for k in range(m)), Fraction(0))
        numbers.append(Fraction(int(m == 0)) - (known / (m + 1) if m else 0))
    return numbers
