"""The operations of the formula language on exact values, under some facts."""

from __future__ import annotations

import operator as operators
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from math import prod
from typing import TypeGuard

from sympy import Add, Expr, Integer, Max, Min, Pow

from symcnn.algebra.conditions import Truth, above, at_least, either, equal_to, every, integral, opposite
from symcnn.algebra.evaluate import raise_power
from symcnn.algebra.factors import is_nonnegative_by_factors
from symcnn.algebra.facts import Facts
from symcnn.algebra.floors import ceiling_of, floor_of
from symcnn.algebra.operations import product, raised, total
from symcnn.algebra.polynomial import ONE, add, polynomial
from symcnn.algebra.solved import agreement, decided
from symcnn.algebra.symbols import Value, exact, expression, is_number
from symcnn.algebra.taps import Axis, real_pairs
from symcnn.errors import SymcnnError

_MOST_COMPARED = 16  # of more values the largest is not sought by proofs of pairs
_LARGEST_EXPONENT = 10_000  # of a symbol: no formula of a network comes near it
_COMPARISONS: dict[str, Callable[[int, int], bool]] = {
    ">=": operators.ge,
    "<=": operators.le,
    ">": operators.gt,
    "<": operators.lt,
    "==": operators.eq,
    "!=": operators.ne,
}


class Arithmetic:
    """Exact operations: integers stay Python integers, symbols give canonical SymPy expressions."""

    def __init__(self, facts: Facts | None = None, by_factors: bool = False) -> None:
        self.facts = facts or Facts()
        self._by_factors = by_factors  # the order of values is also sought in their factors, which takes its time
        self._compared: dict[tuple[str, Value, Value], Truth] = {}
        self._taps: dict[Axis, Value | None] = {}
        self._roundings: dict[tuple[Callable[[Value, Facts, int], Value], Value, Value], Value] = {}
        self._kept: dict[tuple[Value, ...], list[Value]] = {}
        self._products: dict[tuple[Value, ...], Value] = {}

    def total(self, terms: list[Value]) -> Value:
        """Return the sum."""
        return sum(terms) if _are_integers(terms) else total(terms)

    def product(self, factors: list[Value], divisors: list[Value]) -> Value:
        """Return the product of the factors over the product of the divisors; raises ZeroDivisionError."""
        if divisors:
            divisors = [divisor for divisor in divisors if divisor != 1]
        if not divisors:
            return prod(factors) if _are_integers(factors) else self._product(tuple(factors))
        if not all(map(polynomial, divisors)):
            raise ZeroDivisionError
        return self._product((*factors, *map(_reciprocal, divisors)))

    def _product(self, factors: tuple[Value, ...]) -> Value:
        for factor in factors:
            if isinstance(factor, Expr):
                break
        else:
            return exact(prod(factors))
        known = self._products.get(factors)
        if known is None:
            known = self._products[factors] = product(factors)
        return known

    def divide(self, top: Value, bottom: Value) -> Value:
        """Return top/bottom exactly; raises ZeroDivisionError."""
        return self.product([top], [bottom])

    def power(self, base: Value, exponent: Value) -> Value:
        """Return base**exponent."""
        if isinstance(base, (int, Fraction)) and isinstance(exponent, (int, Fraction)):
            return raise_power(base, exponent)
        if isinstance(exponent, (int, Integer)):
            _refuse_too_large(expression(base), int(exponent))
        return exact(Pow(expression(base), expression(exponent)))

    def floor(self, value: Value, divisor: Value = 1) -> Value:
        """Return ⌊value/divisor⌋ in canonical form."""
        return self._rounded(floor_of, value, divisor)

    def ceiling(self, value: Value, divisor: Value = 1) -> Value:
        """Return ⌈value/divisor⌉ in canonical form."""
        return self._rounded(ceiling_of, value, divisor)

    def _rounded(self, how: Callable[[Value, Facts, int], Value], value: Value, divisor: Value) -> Value:
        question = how, value, divisor
        if question not in self._roundings:
            if not (isinstance(divisor, int) and divisor > 0):
                value, divisor = self.divide(value, divisor), 1
            self._roundings[question] = how(value, self.facts, divisor)
        return self._roundings[question]

    def modulo(self, value: Value, modulus: Value) -> Value:
        """Return value − modulus·⌊value/modulus⌋."""
        return total((value, product((-1, modulus, self.floor(value, modulus)))))

    def largest(self, values: list[Value]) -> Value:
        """Return the maximum: without `Max` where the order is provable."""
        kept = self._undominated(values)
        return kept[0] if len(kept) == 1 else Max(*map(expression, kept), evaluate=False)

    def smallest(self, values: list[Value]) -> Value:
        """Return the minimum: without `Min` where the order is provable."""
        kept = [_negative(value) for value in self._undominated([_negative(value) for value in values])]
        return kept[0] if len(kept) == 1 else Min(*map(expression, kept), evaluate=False)

    def absolute(self, value: Value) -> Value:
        """Return |value|."""
        return self.largest([value, _negative(value)])

    def taps(self, values: list[Value]) -> Value | None:
        """Return how many products along an axis have a real input; None where no closed form is known. See `Axis`."""
        axis = Axis(*values)
        if axis not in self._taps:
            present = [add(polynomial(size), {ONE: -1}) for size in axis[:3] if isinstance(size, Expr)]
            facts = replace(self.facts, known=(*self.facts.known, *present))
            self._taps[axis] = real_pairs(axis, Arithmetic(facts) if present else self)
        return self._taps[axis]

    def compare(self, operator: str, left: Value, right: Value) -> Truth:
        """Decide `left operator right`, or return the condition for it; each question is worked out once."""
        if type(left) is int and type(right) is int:
            return _COMPARISONS[operator](left, right)
        question = operator, left, right
        if question not in self._compared:
            self._compared[question] = self._decided(operator, left, right)
        return self._compared[question]

    def _decided(self, operator: str, left: Value, right: Value) -> Truth:
        match operator:
            case ">=":
                return at_least(left, right, self.facts)
            case "<=":
                return at_least(right, left, self.facts)
            case ">":
                return above(left, right, self.facts)
            case "<":
                return above(right, left, self.facts)
            case "==":
                return equal_to(left, right, self.facts)
            case _:
                return opposite(equal_to(left, right, self.facts))

    def agree(self, left: Value, right: Value) -> Truth:
        """Decide by residues whether two sizes are equal, or return the conditions for it."""
        return True if left == right else agreement(left, right, self.facts)

    def settle(self, claim: Truth) -> Truth:
        """Decide a condition by residues, or return it in its shortest form."""
        return decided(claim, self.facts)

    def integral(self, value: Value) -> Truth:
        """Decide whether the value is an integer, or return the condition for it."""
        return integral(value, self.facts)

    def every(self, claims: list[Truth]) -> Truth:
        """Return the conjunction."""
        return every(claims)

    def either(self, claims: list[Truth]) -> Truth:
        """Return the disjunction."""
        return either(claims)

    def opposite(self, claim: Truth) -> Truth:
        """Return the negation."""
        return opposite(claim)

    def _undominated(self, values: list[Value]) -> list[Value]:
        values = list(dict.fromkeys(values))
        if all(map(is_number, values)):
            return [max(values)]
        if len(values) > _MOST_COMPARED:
            return values
        key = tuple(values)
        if key not in self._kept:
            self._kept[key] = self._compared_in_pairs(values)
        return self._kept[key]

    def _compared_in_pairs(self, values: list[Value]) -> list[Value]:
        kept: list[Value] = []
        for value in values:
            if any(self._at_least(other, value) for other in kept):
                continue
            kept = [other for other in kept if not self._at_least(value, other)] + [value]
        return kept

    def _at_least(self, left: Value, right: Value) -> bool:
        if self.facts.is_nonnegative(add(polynomial(left), polynomial(right), -1)) is True:
            return True
        if not self._by_factors:
            return False
        return is_nonnegative_by_factors(left, self.facts) and is_nonnegative_by_factors(_negative(right), self.facts)


def _are_integers(values: list[Value]) -> TypeGuard[list[int]]:
    """Tell whether all values are Python integers, as most are that an analysis adds and multiplies."""
    for value in values:  # noqa: SIM110 - in less than half the time of all( )
        if type(value) is not int:
            return False
    return True


def _negative(value: Value) -> Value:
    """Return −value, without what SymPy imports to negate its first sum."""
    return product((-1, value))


def _reciprocal(value: Value) -> Value:
    if isinstance(value, Add):  # of which SymPy would ask whether its terms are infinite
        return raised(value, -1)
    return 1 / value if isinstance(value, Expr) else Fraction(1, value)


def _refuse_too_large(base: Expr, exponent: int) -> None:
    """Raise `SymcnnError` for a power whose coefficient, or whose exponent in further powers, would fill the memory."""
    if abs(exponent) > _LARGEST_EXPONENT:
        raise SymcnnError("the number is too large to be written out")
    coefficient = base.as_coeff_Mul()[0]
    if coefficient:  # SymPy works its power out at once
        raise_power(exact(coefficient), exponent)
