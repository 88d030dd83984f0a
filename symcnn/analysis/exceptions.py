"""Conditions with an exception, `n == 0 or H >= 3`: what there is to say of them is less where others say it too."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sympy import Symbol

from symcnn.algebra.conditions import INTEGRAL, NONNEGATIVE, ZERO, Claim, Condition, Either
from symcnn.algebra.facts import Facts
from symcnn.algebra.polynomial import ONE, Number, constant, polynomial
from symcnn.algebra.symbols import expression


@dataclass(frozen=True, slots=True)
class Exempt:
    """A rule that need not hold where a symbol is a number: `symbol == number or rule`."""

    equation: Condition
    rule: Condition
    symbol: Symbol
    number: Number


def without_exceptions(
    claims: tuple[Condition | Either, ...],
    assumed: Sequence[Condition | Either],
    facts_of: Callable[[Sequence[Condition | Either]], Facts],
) -> tuple[Condition | Either, ...]:
    """Say `n == 1 or H >= n + 1` without the exception where the other claims leave none: where they say H ≥ 2.

    Alternatives of which one follows from the other claims are dropped.
    """
    for claim in claims:
        if not isinstance(claim, Either):
            continue
        others = [other for other in claims if other is not claim]
        facts, found = facts_of([*assumed, *others]), exception(claim)
        if any(_holds(part, facts) for part in claim.conditions):
            claims = tuple(others)
        elif found is not None:
            there = polynomial(found.rule.value.xreplace({found.symbol: expression(found.number)}))
            if _holds(Condition(frozenset(there.items()), found.rule.claim), facts):
                claims = tuple(found.rule if other is claim else other for other in claims)
    return claims


def _holds(claim: Claim, facts: Facts) -> bool:
    if not isinstance(claim, Condition):
        return False
    if claim.claim == NONNEGATIVE:
        return facts.is_nonnegative(claim.polynomial) is True
    return claim.claim == INTEGRAL and facts.integral(claim.polynomial) is True


def exception(claim: Claim) -> Exempt | None:
    """Read `x == number or rule`, a bound or a divisibility; None if it says anything else."""
    if not isinstance(claim, Either) or len(claim.conditions) != 2:
        return None
    equations = [part for part in claim.conditions if isinstance(part, Condition) and part.claim == ZERO]
    rules = [x for x in claim.conditions if isinstance(x, Condition) and x.claim in (NONNEGATIVE, INTEGRAL)]
    if len(equations) != 1 or len(rules) != 1:
        return None
    poly = equations[0].polynomial
    ((monomial, coefficient), *more) = [item for item in poly.items() if item[0] != ONE]
    ((atom, exponent), *factors) = monomial
    if more or factors or exponent != 1 or not isinstance(atom, Symbol):
        return None
    return Exempt(equations[0], rules[0], atom, -Fraction(constant(poly)) / coefficient)
