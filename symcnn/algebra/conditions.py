"""Conditions under which a formula holds: polynomials that are at least, equal to, or divisible by something."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import gcd, lcm
from typing import TypeAlias

from sympy import And, Eq, Expr, Ge, Gt, Le, Lt, Mod, Ne, Or, Symbol, ceiling, floor
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from symcnn.algebra.bounded import bounded_symbol, rooted
from symcnn.algebra.facts import Facts, cleared
from symcnn.algebra.polynomial import (
    ONE,
    Monomial,
    Number,
    Polynomial,
    add,
    as_expression,
    common_denominator,
    constant,
    content,
    has_denominator,
    inverse,
    monomial_expression,
    multiply,
    polynomial,
    scale,
)
from symcnn.algebra.quotient import inside, inside_as_floor, is_integer_monomial, quotient, spelling
from symcnn.algebra.symbols import Value, expression, is_number

NONNEGATIVE, POSITIVE, ZERO, NONZERO, INTEGRAL, FRACTIONAL = ">= 0", "> 0", "== 0", "!= 0", "integer", "no integer"
_RELATIONS = {NONNEGATIVE: (Ge, Le), POSITIVE: (Gt, Lt), ZERO: (Eq, Eq), NONZERO: (Ne, Ne)}
_OPPOSITE = {ZERO: NONZERO, NONZERO: ZERO, INTEGRAL: FRACTIONAL, FRACTIONAL: INTEGRAL}


@lru_cache(maxsize=4096)  # conditions are asked for at many points
def _expression_of(items: frozenset[tuple[Monomial, Number]]) -> Expr:
    return as_expression(dict(items))


@dataclass(frozen=True, slots=True)
class Condition:
    """A polynomial, as frozen items, and what must be true of it: one of the six claims above.

    Of integers nothing is claimed POSITIVE: x > 0 is x − 1 ≥ 0.
    """

    items: frozenset[tuple[Monomial, Number]]
    claim: str

    @property
    def polynomial(self) -> Polynomial:
        """The polynomial, as a new dictionary."""
        return dict(self.items)

    @property
    def value(self) -> Expr:
        """The polynomial as an expression."""
        return _expression_of(self.items)

    def symbols(self) -> set[Symbol]:
        """Return the symbols that it speaks of."""
        return {symbol for monomial, _ in self.items for atom, _ in monomial for symbol in atom.free_symbols}

    def relation(self) -> Boolean:
        """Return the SymPy relation in its shortest form: `H >= 5`, `Eq(Mod(C, g), 0)`."""
        if self.claim in (INTEGRAL, FRACTIONAL):
            return self._congruence()
        more, less = _RELATIONS[self.claim]
        if self.claim in (NONNEGATIVE, POSITIVE) and (bounded := bounded_symbol(self.polynomial)) is not None:
            return more(*bounded, evaluate=False)
        left = {m: c for m, c in self.items if m and c > 0}
        right = {m: -c for m, c in self.items if m and c < 0}
        offset = constant(self.polynomial)
        if not left:  # H <= 5 reads better than 5 >= H
            return less(as_expression(right), expression(offset), evaluate=False)
        if right and offset > 0:
            left = add(left, {ONE: offset})
        elif offset:
            right = add(right, {ONE: -offset})
        return more(as_expression(left), as_expression(right), evaluate=False)

    def holds(self, evaluate: Callable[[Value], int | Fraction]) -> bool:
        """Tell whether it is true where `evaluate` gives the values."""
        number = evaluate(self.value)
        match self.claim:
            case ">= 0":
                return number >= 0
            case "> 0":
                return number > 0
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
        poly = self.polynomial
        if self.claim == NONNEGATIVE:
            whole = _whole(poly)
            return _normal(add({ONE: -1} if whole else {}, poly, -1), NONNEGATIVE if whole else POSITIVE)
        if self.claim == POSITIVE:
            return _normal(scale(poly, -1), NONNEGATIVE)
        return Condition(self.items, _OPPOSITE[self.claim])

    def _congruence(self) -> Relational:
        over = quotient(self.polynomial)
        modulus = expression(over.number) * monomial_expression(over.monomial)
        numerator, offset = over.numerator, 0
        if not over.monomial:
            offset = -int(constant(numerator)) % over.number
            numerator = add(numerator, {ONE: -constant(numerator)})
        kind = Eq if self.claim == INTEGRAL else Ne
        return kind(Mod(as_expression(numerator), modulus, evaluate=False), offset, evaluate=False)


@dataclass(frozen=True, slots=True)
class Every:
    """All of some conditions."""

    conditions: tuple[Claim, ...]

    def symbols(self) -> set[Symbol]:
        """Return the symbols that they speak of."""
        return set().union(*(c.symbols() for c in self.conditions))

    def relation(self) -> Boolean:
        """Return the conjunction."""
        return And(*(c.relation() for c in self.conditions), evaluate=False)

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

    def symbols(self) -> set[Symbol]:
        """Return the symbols that they speak of."""
        return set().union(*(c.symbols() for c in self.conditions))

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
    if False in claims:
        return False
    claims = [claim for claim in claims if claim is not True]
    if not claims:
        return True
    parts = [part for claim in claims for part in single(claim)]
    open_claims = tuple(dict.fromkeys(part for part in parts if not isinstance(part, bool)))
    return open_claims[0] if len(open_claims) == 1 else Every(open_claims) if open_claims else True


def either(claims: list[Truth]) -> Truth:
    """Return the disjunction."""
    if any(claim is True for claim in claims):
        return True
    open_claims = tuple(dict.fromkeys(claim for claim in claims if not isinstance(claim, bool)))
    return open_claims[0] if len(open_claims) == 1 else Either(open_claims) if open_claims else False


def opposite(claim: Truth) -> Truth:
    """Return the negation."""
    return not claim if isinstance(claim, bool) else claim.negated()


def at_least(value: Value, bound: Value, facts: Facts) -> Truth:
    """Decide value ≥ bound, or return the condition for it."""
    if is_number(value) and is_number(bound):
        return bool(value >= bound)
    poly = _without_floor(cleared(add(polynomial(value), polynomial(bound), -1)))
    decided = facts.is_nonnegative(poly)
    return _normal(poly, NONNEGATIVE) if decided is None else decided


def above(value: Value, bound: Value, facts: Facts) -> Truth:
    """Decide value > bound, or return the condition for it."""
    return opposite(at_least(bound, value, facts))


def equal_to(value: Value, other: Value, facts: Facts) -> Truth:
    """Decide value = other, or return the condition for it."""
    poly = cleared(add(polynomial(value), polynomial(other), -1))
    if not any(common_denominator(poly)[0]):  # a number, perhaps over something
        return not poly
    if _is_above(poly, facts) or _is_above(scale(poly, -1), facts) or never_zero(poly, facts):
        return False
    poly = _primitive(poly)
    divided = _divided(poly)
    return Condition(frozenset(poly.items()), ZERO) if divided is None else integral(as_expression(divided), facts)


def _divided(poly: Polynomial) -> Polynomial | None:
    """Return x/m where `poly` is a multiple of x − m·⌊x/m⌋ or x − m·⌈x/m⌉, 0 where m divides x; else None."""
    rounded = [(m, a) for m in poly for a, _ in m if isinstance(a, (floor, ceiling))]
    if len(rounded) != 1:
        return None
    ((monomial, atom),) = rounded
    within = inside(atom)
    if dict(monomial).get(atom) != 1 or monomial - {(atom, 1)} != within.monomial:
        return None
    rest = {m: c for m, c in poly.items() if m != monomial}
    if rest != scale(within.numerator, -Fraction(poly[monomial]) / within.number):
        return None
    return multiply(within.numerator, {inverse(within.monomial): Fraction(1, within.number)})


def _is_above(poly: Polynomial, facts: Facts) -> bool:
    """Tell whether `poly` > 0 is proved; of whole numbers a floor is taken off first, since ⌊H/2⌋ ≥ 1 says H ≥ 2."""
    if facts.is_positive(poly):
        return True
    one_less = add(poly, {ONE: -1})
    return _whole(poly) and (bare := _without_floor(one_less)) != one_less and facts.is_nonnegative(bare) is True


def never_zero(poly: Polynomial, facts: Facts) -> bool:
    """See by a common factor, or by known residues, that 2·x − 7 and 32·x − 5 are never zero."""
    poly = _primitive(poly)
    if len(poly) < 2 or any(map(has_denominator, poly)):
        return False
    moduli = {content(c for m, c in poly.items() if m), *(modulus for modulus, _ in facts.residues.values())}
    return any(facts.integral(scale(poly, Fraction(1, modulus))) is False for modulus in moduli)


def integral(value: Value, facts: Facts) -> Truth:
    """Decide whether value is an integer, or return the condition for it."""
    if not isinstance(value, Expr):
        return value.denominator == 1
    poly = polynomial(value)
    decided = facts.integral(poly)
    if decided is not None:
        return decided
    rest = add(poly, facts.whole_terms(poly), -1)
    rest = {m: c % 1 if is_integer_monomial(m) else c for m, c in rest.items()}
    return _solved_congruence({m: c for m, c in rest.items() if c})


def _solved_congruence(poly: Polynomial) -> Truth:
    """Bring (a·x + b)/m ∈ ℤ with one integer x to x ≡ r (mod m/g), g = gcd(a, m)."""
    over = quotient(poly)
    monomials = [m for m in over.numerator if m]
    if over.monomial or len(monomials) != 1 or not is_integer_monomial(monomials[0]):
        return Condition(frozenset(poly.items()), INTEGRAL)
    a, b = int(over.numerator[monomials[0]]), int(constant(over.numerator))
    shared = gcd(a, over.number)
    if b % shared:
        return False
    modulus = over.number // shared
    residue = -b // shared * pow(a // shared, -1, modulus) % modulus
    solved: Polynomial = {monomials[0]: Fraction(1, modulus)}
    return Condition(frozenset(add(solved, {ONE: Fraction(-residue, modulus)}).items()), INTEGRAL)


def _without_floor(poly: Polynomial) -> Polynomial:
    """Use ⌊x/m⌋ + c ≥ 0 ⟺ x + c·m ≥ 0, exact for integers, where one floor stands alone with a positive factor."""
    rounded = [m for m in poly if any(isinstance(a, (floor, ceiling)) for a, _ in m)]
    if len(rounded) != 1 or len(rounded[0]) != 1:
        return poly
    ((atom, exponent),) = rounded[0]
    factor = poly[rounded[0]]
    if exponent != 1 or factor.denominator != 1 or not inside(atom).is_integral():
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
    """Divide by the content, and by the sign of the first term in the order of names."""
    numerator, _, monomial = common_denominator(poly)
    first = min((m for m in numerator if m), key=spelling)
    factor = content(numerator.values()) * (1 if numerator[first] > 0 else -1)
    return multiply(numerator, {inverse(monomial): Fraction(1, factor)})


def _normal(poly: Polynomial, claim: str) -> Condition:
    """Divide by the common factor of all terms but the constant, which is cut down: 2H − 3 ≥ 0 ⟺ H ≥ 2."""
    whole = claim == NONNEGATIVE and all(is_integer_monomial(m) for m in poly)
    poly = scale(poly, lcm(*(c.denominator for c in poly.values())))
    shared = content(c for m, c in poly.items() if m)
    if whole and shared == 1 and (root := rooted(poly)) is not None:
        poly = root
    if shared == 1:
        return Condition(frozenset(poly.items()), claim)
    offset = constant(poly)
    base = scale({m: c for m, c in poly.items() if m}, Fraction(1, shared))
    cut = offset // shared if whole else Fraction(offset, shared)
    return Condition(frozenset(add(base, {ONE: cut}).items()), claim)


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
    return atom, sign, Fraction(constant(condition.polynomial)) / (coefficient * sign)


def congruence(condition: Condition) -> tuple[Symbol, int, int] | None:
    """Read that x − r is divisible by m as (x, m, r), for an integer symbol x; None if it says anything else."""
    over = quotient(condition.polynomial)
    monomials = [m for m in over.numerator if m]
    if condition.claim != INTEGRAL or over.monomial or len(monomials) != 1 or over.numerator[monomials[0]] != 1:
        return None
    if len(monomials[0]) != 1:
        return None
    ((atom, exponent),) = monomials[0]
    if exponent != 1 or not isinstance(atom, Symbol) or not atom.is_integer:
        return None
    return atom, over.number, -int(constant(over.numerator)) % over.number
