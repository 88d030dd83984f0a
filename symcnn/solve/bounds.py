"""A relation solved for one symbol while others stay: linear or quadratic in it, or in a power that it is on top of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from sympy import Add, Expr, Integer, Pow, Symbol, ceiling, floor
from sympy.logic.boolalg import Boolean

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.assumptions import facts_from
from symcnn.algebra.conditions import Truth
from symcnn.algebra.facts import Facts
from symcnn.algebra.polynomial import (
    Polynomial,
    accumulate,
    as_expression,
    common_denominator,
    monomial_expression,
    polynomial,
    scale,
)
from symcnn.algebra.quotient import inside
from symcnn.algebra.symbols import Value, exact, expression
from symcnn.solve.squares import completed, ends

_TURNED = {"<=": ">=", "<": ">", ">=": "<=", ">": "<", "==": "==", "!=": "!="}


@dataclass(frozen=True)
class Bound:
    """What the relation says in one case, where `when` holds (None: in every case).

    It is `left operator value`, left the symbol itself, a power such as 2ⁿ, or a square; or, where the symbol does not
    matter (`left` is None), true for all of its values, for none, or for all where a condition holds: `holds`.
    """

    when: Boolean | None
    left: Expr | None
    operator: str
    value: Expr
    holds: Boolean | bool = True


def bounds(difference: Polynomial, unknown: Symbol, operator: str, facts: Facts) -> tuple[Bound, ...] | None:
    """Return when `difference operator 0`, case by case; None where it is of another form or of unknown direction."""
    difference = _over_one(difference, facts)
    parts = _parts(difference, unknown)
    if parts is None:
        return _of_square(difference, unknown, operator, facts)
    left, factor, rest = parts
    if not isinstance(left, Symbol) and not _grows(left, facts):
        return None
    return tuple(_cases(left, factor, rest, operator, facts)) or None


def _of_square(difference: Polynomial, unknown: Symbol, operator: str, facts: Facts) -> tuple[Bound, ...] | None:
    """Solve a·x² + b·x + c for the square of a·x + b/2; None where it is no such form, or a has no sign."""
    found = ends(difference, unknown)
    if found is None:
        return None
    factor, rest = found
    turn = next((t for t in (1, -1) if facts.is_nonnegative(scale(factor, t))), None)
    if turn is None:
        return None
    difference, operator = scale(difference, turn), operator if turn > 0 else _TURNED[operator]
    square = completed(difference, unknown)
    arithmetic = Arithmetic(facts)
    above = arithmetic.compare(">", as_expression(scale(factor, turn)), 0)
    none = arithmetic.compare("==", as_expression(factor), 0)
    if above is True:
        return (Bound(None, square.square, operator, square.value),)
    if isinstance(above, bool) or isinstance(none, bool) or unknown in as_expression(rest).free_symbols:
        return None
    flat = _constant(none.relation(), scale(rest, turn), operator, none, facts)
    return Bound(above.relation(), square.square, operator, square.value), flat


def _over_one(difference: Polynomial, facts: Facts) -> Polynomial:
    """Multiply by denominators that are positive: s − 1 for s ≥ 2."""
    numerator, number, monomial = common_denominator(difference)
    positive = all(facts.is_positive(polynomial(atom)) for atom, _ in monomial)
    return polynomial(as_expression(scale(numerator, Fraction(1, number)))) if positive else difference


def _parts(difference: Polynomial, unknown: Symbol) -> tuple[Expr, Polynomial, Polynomial] | None:
    """Return x, a and b for a·x + b, where x is the unknown or a power with it as the exponent."""
    factor: Polynomial = {}
    rest: Polynomial = {}
    found: Polynomial = {}
    for monomial, coefficient in difference.items():
        own = frozenset((atom, e) for atom, e in monomial if unknown in atom.free_symbols)
        accumulate(factor if own else rest, monomial - own, coefficient)
        if own:
            found[own] = 1
    if len(found) != 1 or len(next(iter(found))) != 1:
        return None
    ((atom, exponent),) = next(iter(found))
    linear = atom == unknown and exponent == 1
    power = isinstance(atom, Pow) and atom.exp == unknown and exponent > 0
    return (as_expression(found), factor, rest) if linear or power else None


def _grows(power: Expr, facts: Facts) -> bool:
    base = power.as_base_exp()[0]
    return base > 1 if isinstance(base, Integer) else (facts.least(base) or 0) >= 2


def _cases(left: Expr, factor: Polynomial, rest: Polynomial, operator: str, facts: Facts) -> Iterator[Bound]:
    arithmetic = Arithmetic(facts)
    if facts.is_positive(factor):
        yield _bound(None, left, factor, rest, operator, facts)
    elif facts.is_positive(scale(factor, -1)):
        yield _bound(None, left, scale(factor, -1), scale(rest, -1), _TURNED[operator], facts)
    elif (turn := next((t for t in (1, -1) if facts.is_nonnegative(scale(factor, t))), None)) is not None:
        factor, rest = scale(factor, turn), scale(rest, turn)
        operator = operator if turn > 0 else _TURNED[operator]
        above = arithmetic.compare(">", as_expression(factor), 0)
        if isinstance(above, bool):
            return
        later = replace(facts, known=(*facts.known, factor))
        yield _bound(above.relation(), left, factor, rest, operator, later)
        none = arithmetic.compare("==", as_expression(factor), 0)
        if not isinstance(none, bool):
            yield _constant(none.relation(), rest, operator, none, facts)


def _bound(
    when: Boolean | None, left: Expr, factor: Polynomial, rest: Polynomial, operator: str, facts: Facts
) -> Bound:
    """Solve a·x + b for a > 0; of the unknown itself as an integer."""
    arithmetic = Arithmetic(facts)
    value: Value = arithmetic.divide(as_expression(scale(rest, -1)), as_expression(factor))
    if isinstance(left, Symbol):
        match operator:
            case ">=":
                value = arithmetic.ceiling(value)
            case ">":
                operator, value = ">=", exact(expression(arithmetic.floor(value)) + 1)
            case "<=":
                value = arithmetic.floor(value)
            case "<":
                operator, value = "<=", exact(expression(arithmetic.ceiling(value)) - 1)
    return Bound(when, left, operator, _upwards(expression(value)))


def _upwards(value: Expr) -> Expr:
    """Write −⌊−x⌋ as ⌈x⌉."""
    return Add(*map(_upward, Add.make_args(value)))


def _upward(term: Expr) -> Expr:
    turned = -term
    if not isinstance(turned, floor):
        return term
    within = inside(turned)
    numerator = as_expression(scale(within.numerator, -1))
    return ceiling(numerator / (expression(within.number) * monomial_expression(within.monomial)))


def _constant(when: Boolean, rest: Polynomial, operator: str, none: Truth, facts: Facts) -> Bound:
    """Say of b alone whether the relation holds, for all values of the unknown or for none."""
    _, replaced = facts_from((none,))
    value = as_expression(rest).xreplace(replaced)
    holds = Arithmetic(facts).compare(operator, value, 0)
    return Bound(when, None, operator, value, holds if isinstance(holds, bool) else holds.relation())
