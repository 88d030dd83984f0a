"""Conditions under which a formula holds: polynomials that are at least, equal to, or divisible by something."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm
from typing import TypeAlias

from sympy import Eq, Expr, Ge, Mod, Ne, Not, Or, Symbol, ceiling, floor
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from symcnn.algebra.facts import Facts
from symcnn.algebra.polynomial import (
    ONE,
    Monomial,
    Number,
    Polynomial,
    add,
    as_expression,
    constant,
    content,
    monomial_expression,
    multiply,
    polynomial,
    scale,
)
from symcnn.algebra.quotient import inside, inside_as_floor, is_integer_monomial, quotient
from symcnn.algebra.symbols import Value, expression

NONNEGATIVE, ZERO, NONZERO, INTEGRAL, FRACTIONAL = ">= 0", "== 0", "!= 0", "integer", "no integer"
_OPPOSITE = {ZERO: NONZERO, NONZERO: ZERO, INTEGRAL: FRACTIONAL, FRACTIONAL: INTEGRAL}


@dataclass(frozen=True, slots=True)
class Condition:
    """A polynomial, as frozen items, and what must be true of it (one of the five claims above)."""

    items: frozenset[tuple[Monomial, Number]]
    claim: str

    @property
    def polynomial(self) -> Polynomial:
        """The polynomial, as a new dictionary."""
        return dict(self.items)

    @property
    def value(self) -> Expr:
        """The polynomial as an expression."""
        return as_expression(dict(self.items))

    def relation(self) -> Boolean:
        """Return the SymPy relation in its shortest form: `H >= 5`, `Eq(Mod(C, g), 0)`."""
        if self.claim in (INTEGRAL, FRACTIONAL):
            eq = self._congruence()
            return eq if self.claim == INTEGRAL else Not(eq, evaluate=False)
        left = {m: c for m, c in self.items if m and c > 0}
        right = {m: -c for m, c in self.items if m and c < 0}
        offset = dict(self.items).get(ONE, 0)
        if not left and self.claim != NONNEGATIVE:
            left, right, offset = right, left, -offset
        if left and (not right or offset < 0):
            right = add(right, {ONE: -offset})
        else:
            left = add(left, {ONE: offset})
        kind = {NONNEGATIVE: Ge, ZERO: Eq, NONZERO: Ne}[self.claim]
        if not left:  # 5 >= H reads better as H <= 5
            return kind(as_expression(right), 0, evaluate=False) if kind is not Ge else _at_most(right, 0)
        if kind is Ge and set(left) == {ONE} and right:
            return _at_most(right, left[ONE])
        return kind(as_expression(left), as_expression(right), evaluate=False)

    def holds(self, evaluate: Callable[[Value], int | Fraction]) -> bool:
        """Tell whether it is true where `evaluate` gives the values."""
        number = evaluate(self.value)
        match self.claim:
            case ">= 0":
                return number >= 0
            case "== 0":
                return number == 0
            case "!= 0":
                return number != 0
            case "integer":
                return number.denominator == 1
            case _:
                return number.denominator != 1

    def negated(self) -> Condition:
        """Return the opposite condition."""
        if self.claim == NONNEGATIVE:
            return _normal(add({ONE: -1}, self.polynomial, -1), NONNEGATIVE)
        return Condition(self.items, _OPPOSITE[self.claim])

    def _congruence(self) -> Relational:
        over = quotient(self.polynomial)
        modulus = expression(over.number) * monomial_expression(over.monomial)
        numerator, offset = over.numerator, 0
        if not over.monomial:
            numerator, offset = add(numerator, {ONE: -constant(numerator)}), -int(constant(numerator)) % over.number
        return Eq(Mod(as_expression(numerator), modulus, evaluate=False), offset, evaluate=False)


@dataclass(frozen=True, slots=True)
class Every:
    """All of some conditions."""

    conditions: tuple[Claim, ...]

    def relation(self) -> Boolean:
        """Return the conjunction."""
        raise AssertionError("a conjunction is always taken apart first")

    def holds(self, evaluate: Callable[[Value], int | Fraction]) -> bool:
        """Tell whether every condition is true."""
        return all(c.holds(evaluate) for c in self.conditions)

    def negated(self) -> Claim:
        """Return the opposite."""
        return Either(tuple(c.negated() for c in self.conditions))


@dataclass(frozen=True, slots=True)
class Either:
    """At least one of some conditions."""

    conditions: tuple[Claim, ...]

    def relation(self) -> Boolean:
        """Return the disjunction."""
        return Or(*(c.relation() for c in self.conditions), evaluate=False)

    def holds(self, evaluate: Callable[[Value], int | Fraction]) -> bool:
        """Tell whether one of the conditions is true."""
        return any(c.holds(evaluate) for c in self.conditions)

    def negated(self) -> Claim:
        """Return the opposite."""
        return Every(tuple(c.negated() for c in self.conditions))


Claim: TypeAlias = Condition | Every | Either
Truth: TypeAlias = bool | Claim  # decided, or a condition on the symbols


def single(claim: Truth) -> Iterator[Condition | Either | bool]:
    """Yield the parts of a conjunction."""
    if isinstance(claim, Every):
        for part in claim.conditions:
            yield from single(part)
    else:
        yield claim


def every(claims: list[Truth]) -> Truth:
    """Return the conjunction."""
    if any(claim is False for claim in claims):
        return False
    open_claims = tuple(claim for claim in claims if not isinstance(claim, bool))
    return open_claims[0] if len(open_claims) == 1 else Every(open_claims) if open_claims else True


def either(claims: list[Truth]) -> Truth:
    """Return the disjunction."""
    if any(claim is True for claim in claims):
        return True
    open_claims = tuple(claim for claim in claims if not isinstance(claim, bool))
    return open_claims[0] if len(open_claims) == 1 else Either(open_claims) if open_claims else False


def opposite(claim: Truth) -> Truth:
    """Return the negation."""
    return not claim if isinstance(claim, bool) else claim.negated()


def at_least(value: Value, bound: Value, facts: Facts) -> Truth:
    """Decide value ≥ bound, or return the condition for it."""
    if isinstance(value, (int, Fraction)) and isinstance(bound, (int, Fraction)):
        return value >= bound
    poly = _without_floor(add(polynomial(value), polynomial(bound), -1))
    decided = facts.is_nonnegative(poly)
    return _normal(poly, NONNEGATIVE) if decided is None else decided


def above(value: Value, bound: Value, facts: Facts) -> Truth:
    """Decide value > bound, or return the condition for it."""
    return opposite(at_least(bound, value, facts))


def equal_to(value: Value, other: Value, facts: Facts) -> Truth:
    """Decide value = other, or return the condition for it."""
    poly = add(polynomial(value), polynomial(other), -1)
    if not set(poly) - {ONE}:
        return not poly
    if True in (
        facts.is_nonnegative(add(poly, {ONE: -1})) if facts.integral(poly) else False,
        facts.is_nonnegative(add({ONE: -1}, poly, -1)) if facts.integral(poly) else False,
    ):
        return False
    return Condition(frozenset(_primitive(poly).items()), ZERO)


def integral(value: Value, facts: Facts) -> Truth:
    """Decide whether value is an integer, or return the condition for it."""
    if isinstance(value, (int, Fraction)):
        return value.denominator == 1
    poly = polynomial(value)
    decided = facts.integral(poly)
    if decided is not None:
        return decided
    rest = {m: c % 1 if is_integer_monomial(m) else c for m, c in poly.items()}
    rest = {m: c for m, c in rest.items() if c}
    return _solved_congruence(rest)


def _solved_congruence(poly: Polynomial) -> Truth:
    """Bring (a·x + b)/m ∈ ℤ with one monomial x to x ≡ r (mod m/g), g = gcd(a, m)."""
    over = quotient(poly)
    monomials = [m for m in over.numerator if m]
    if over.monomial or len(monomials) != 1:
        return Condition(frozenset(poly.items()), INTEGRAL)
    a, b = int(over.numerator[monomials[0]]), int(constant(over.numerator))
    shared = gcd(a, over.number)
    if b % shared:
        return False
    modulus = over.number // shared
    residue = -b // shared * pow(a // shared, -1, modulus) % modulus
    solved = {monomials[0]: Fraction(1, modulus), ONE: Fraction(-residue, modulus)}
    return Condition(frozenset(add({}, solved).items()), INTEGRAL)


def _without_floor(poly: Polynomial) -> Polynomial:
    """Use ⌊x/m⌋ + c ≥ 0 ⟺ x + c·m ≥ 0, exact for integers, where one floor stands alone with a positive factor."""
    rounded = [m for m in poly if any(isinstance(a, (floor, ceiling)) for a, _ in m)]
    if len(rounded) != 1 or len(rounded[0]) != 1:
        return poly
    ((atom, exponent),) = rounded[0]
    factor = poly[rounded[0]]
    if exponent != 1 or factor.denominator != 1 or not all(is_integer_monomial(m) for m in inside(atom).numerator):
        return poly
    rest = {m: c for m, c in poly.items() if m != rounded[0]}
    if factor < 0:  # c − a·⌊y⌋ ≥ 0 ⟺ a·⌊y⌋ < c + 1: the opposite of ⌊y⌋ ≥ …
        opposed = add({ONE: -1}, poly, -1)
        return add({ONE: -1}, _without_floor(opposed), -1) if _whole(opposed) else poly
    if factor != 1:
        if set(rest) - {ONE}:
            return poly
        rest = {ONE: constant(rest) // factor}  # a·⌊y⌋ + b ≥ 0 ⟺ ⌊y⌋ ≥ ⌈−b/a⌉
    if not _whole(rest):
        return poly
    within = inside_as_floor(atom)
    return _without_floor(add(within.numerator, multiply(rest, {within.monomial: within.number})))


def _whole(poly: Polynomial) -> bool:
    return all(c.denominator == 1 and is_integer_monomial(m) for m, c in poly.items())


def _primitive(poly: Polynomial) -> Polynomial:
    """Divide by the content; the sign stays."""
    poly = scale(poly, lcm(*(c.denominator for c in poly.values())))
    return scale(poly, Fraction(1, content(poly.values()) or 1))


def _normal(poly: Polynomial, claim: str) -> Condition:
    """Divide by the common factor of all terms but the constant, which is cut down: 2H − 3 ≥ 0 ⟺ H ≥ 2."""
    whole = all(is_integer_monomial(m) for m in poly)
    poly = scale(poly, lcm(*(c.denominator for c in poly.values())))
    shared = content(c for m, c in poly.items() if m)
    offset = constant(poly)
    base = {m: Fraction(int(c), shared) for m, c in poly.items() if m}
    offset = offset // shared if whole else Fraction(offset, shared)
    return Condition(frozenset(add(add({}, base), {ONE: offset}).items()), claim)


def _at_most(left: Polynomial, bound: Number) -> Relational:
    return as_expression(left) <= expression(bound)


def linear_bound(condition: Condition) -> tuple[Symbol, int, Number] | None:
    """Read ±x + b ≥ 0 as (x, ±1, b); None if it says anything else."""
    others = [(m, c) for m, c in condition.items if m]
    if condition.claim != NONNEGATIVE or len(others) != 1:
        return None
    ((monomial, coefficient),) = others
    if len(monomial) != 1:
        return None
    ((atom, exponent),) = monomial
    if exponent != 1 or not isinstance(atom, Symbol):
        return None
    sign = 1 if coefficient > 0 else -1
    return atom, sign, Fraction(constant(condition.polynomial)) / abs(coefficient)
