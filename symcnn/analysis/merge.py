"""Many conditions into few: equal ones once, of several bounds on the same polynomial the strongest.

What follows from what divides is dropped: a multiple of 4 is even, and an even number that is positive is at least 2.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import TypeGuard

from sympy import Symbol

from symcnn.algebra.assumptions import ContradictionError, facts_from
from symcnn.algebra.conditions import INTEGRAL, NONNEGATIVE, ZERO, Claim, Condition, Either
from symcnn.algebra.facts import Facts
from symcnn.algebra.polynomial import ONE, Monomial, Number, constant, polynomial
from symcnn.algebra.solved import solved
from symcnn.algebra.symbols import expression
from symcnn.analysis.result import relation_string
from symcnn.errors import SymcnnError

_MOST_COMPARED = 40  # more bounds or divisibilities than that are not held against each other


def merged(
    claims: Iterable[Condition | Either], assumed: Iterable[Condition | Either] = ()
) -> tuple[Condition | Either, ...]:
    """Return the conditions without what others of them imply, in the order in which they first came up.

    `assumed` conditions are not repeated, nor is what follows from them. What floors, equations and divisibilities
    say of one symbol is solved. Raises `SymcnnError` where no input is legal.
    """
    strongest: dict[object, Condition | Either] = {}
    assumed = tuple(assumed)
    claims = _without_exceptions(tuple(dict.fromkeys(claims)), assumed)
    known = set(assumed)
    for claim in claims:
        if claim in known:
            continue
        if not _is_bound(claim):
            strongest.setdefault(claim, claim)
            continue
        key = _without_constant(claim)
        before = strongest.get(key)
        if not isinstance(before, Condition) or _constant(claim) < _constant(before):
            strongest[key] = claim
    claims, facts = list(strongest.values()), _facts(assumed)
    try:
        claims = list(solved(claims, facts, assumed))
    except ContradictionError:
        conflict = " and ".join(relation_string(claim.relation()) for claim in _conflict(claims, facts, assumed))
        raise SymcnnError(f"no input is legal: {conflict} never hold together") from None
    return tuple(_without_implied(claims, known))


def _without_exceptions(
    claims: tuple[Condition | Either, ...], assumed: Sequence[Condition | Either]
) -> tuple[Condition | Either, ...]:
    """Say `n == 1 or H >= n + 1` without the exception where the other claims leave none: where they say H ≥ 2.

    Alternatives of which one follows from the other claims are dropped.
    """
    for claim in claims:
        if not isinstance(claim, Either):
            continue
        others = [other for other in claims if other is not claim]
        facts, found = _facts([*assumed, *others]), _exception(claim)
        if any(_holds(part, facts) for part in claim.conditions):
            claims = tuple(others)
        elif found is not None:
            symbol, number, rule = found
            there = polynomial(rule.value.xreplace({symbol: expression(number)}))
            if _holds(Condition(frozenset(there.items()), rule.claim), facts):
                claims = tuple(rule if other is claim else other for other in claims)
    return claims


def _holds(claim: Claim, facts: Facts) -> bool:
    if not isinstance(claim, Condition):
        return False
    if claim.claim == NONNEGATIVE:
        return facts.is_nonnegative(claim.polynomial) is True
    return claim.claim == INTEGRAL and facts.integral(claim.polynomial) is True


def _exception(claim: Either) -> tuple[Symbol, Number, Condition] | None:
    """Read `x == number or rule`, a bound or a divisibility; None if it says anything else."""
    equations = [part for part in claim.conditions if isinstance(part, Condition) and part.claim == ZERO]
    rules = [x for x in claim.conditions if isinstance(x, Condition) and x.claim in (NONNEGATIVE, INTEGRAL)]
    if len(claim.conditions) != 2 or len(equations) != 1 or len(rules) != 1:
        return None
    poly = equations[0].polynomial
    ((monomial, coefficient), *more) = [item for item in poly.items() if item[0] != ONE]
    ((atom, exponent), *factors) = monomial
    if more or factors or exponent != 1 or not isinstance(atom, Symbol):
        return None
    return atom, -Fraction(constant(poly)) / coefficient, rules[0]


def _conflict(
    claims: list[Condition | Either], facts: Facts, assumed: Sequence[Condition | Either]
) -> list[Condition | Either]:
    """Return few of the claims that leave nothing: none of them can be taken out."""
    needed = claims
    for claim in claims:
        others = [other for other in needed if other is not claim]
        try:
            solved(others, facts, assumed)
        except ContradictionError:
            needed = others
    return needed


def _without_implied(claims: list[Condition | Either], assumed: set[Condition | Either]) -> list[Condition | Either]:
    bounds = [claim for claim in claims if _is_bound(claim)]
    if 1 < len(bounds) <= _MOST_COMPARED:
        # The first layers ask for least, so what the later ones imply goes first.
        for claim in bounds:
            others = [other for other in claims if other is not claim]
            if _is_bound(claim) and _facts([*assumed, *others]).is_nonnegative(claim.polynomial):
                claims = others
    return _without_divided(claims, assumed)


def _without_divided(claims: list[Condition | Either], assumed: set[Condition | Either]) -> list[Condition | Either]:
    congruences = [claim for claim in claims if isinstance(claim, Condition) and claim.claim == INTEGRAL]
    if not congruences:
        return claims
    # Those that others imply go first; of what is left, each says something of its own.
    for claim in reversed(congruences) if len(congruences) <= _MOST_COMPARED else ():
        others = [other for other in congruences if other != claim]
        if _facts([*assumed, *others]).integral(claim.polynomial):
            congruences = others
    facts, needed = _facts([*assumed, *congruences]), set(congruences)
    return [claim for claim in claims if claim in needed or not _implied(claim, facts)]


def _implied(claim: Condition | Either, facts: Facts) -> bool:
    if _is_bound(claim):
        return bool(facts.is_nonnegative(claim.polynomial))
    return isinstance(claim, Condition) and claim.claim == INTEGRAL


def _facts(claims: Sequence[Condition | Either]) -> Facts:
    try:
        return facts_from(claims)[0]
    except ContradictionError:
        return Facts()


def _is_bound(claim: Condition | Either) -> TypeGuard[Condition]:
    return isinstance(claim, Condition) and claim.claim == NONNEGATIVE


def _without_constant(claim: Condition) -> frozenset[tuple[Monomial, Number]]:
    return frozenset(item for item in claim.items if item[0] != ONE)


def _constant(claim: Condition) -> Number:
    return dict(claim.items).get(ONE, 0)
