"""Many conditions into few: equal ones once, of several bounds on the same polynomial the strongest.

What follows from what divides is dropped: a multiple of 4 is even, and an even number that is positive is at least 2.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import TypeGuard

from symcnn.algebra.assumptions import ContradictionError, facts_from, rewritten
from symcnn.algebra.conditions import INTEGRAL, NONNEGATIVE, ZERO, Claim, Condition, Either, equal_to
from symcnn.algebra.facts import Facts
from symcnn.algebra.polynomial import ONE, Monomial, Number, add
from symcnn.algebra.solved import solved
from symcnn.analysis.exceptions import exception, without_exceptions
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
    claims = _with_exceptions_merged(without_exceptions(tuple(dict.fromkeys(claims)), assumed, _facts), assumed)
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
    claims = _without_weaker(_without_implied(claims, known))
    _refuse_alternatives_without_any(claims, assumed)
    return tuple(claims)


def _without_weaker(claims: Sequence[Condition | Either]) -> list[Condition | Either]:
    """Leave out alternatives that others imply, part by part: `n <= 1 or k % 2 == 0` beside `n == 0 or k % 2 == 0`."""
    kept = list(claims)
    for claim in claims:
        others = (other for other in kept if other is not claim and isinstance(other, Either))
        if isinstance(claim, Either) and any(_implies(other, claim) for other in others):
            kept.remove(claim)
    return kept


def _implies(strong: Either, weak: Either) -> bool:
    return all(part in weak.conditions or any(_follows(x, part) for x in weak.conditions) for part in strong.conditions)


def _follows(claim: Claim, equation: Claim) -> bool:
    """Tell whether a claim is true where an equation is solved."""
    if not isinstance(equation, Condition) or equation.claim != ZERO:
        return False
    try:
        return rewritten(claim, facts_from([equation])[1]) is True
    except ContradictionError:
        return False


def _refuse_alternatives_without_any(
    claims: Sequence[Condition | Either], assumed: Sequence[Condition | Either]
) -> None:
    """Raise `SymcnnError` where each alternative of a claim contradicts the others: n == 0 where n·H ≥ 1."""
    for claim in claims:
        if isinstance(claim, Condition) and claim.claim != ZERO:
            continue
        others = [*assumed, *(other for other in claims if other is not claim)]
        parts = claim.conditions if isinstance(claim, Either) else (claim,)
        if all(_contradicts(part, others) for part in parts):
            said = relation_string(claim.relation())
            raise SymcnnError(f"no input is legal: {said} never holds together with the other conditions")


def _contradicts(claim: Claim, others: Sequence[Claim]) -> bool:
    try:
        facts_from([claim, *others])
    except ContradictionError:
        return True
    if not isinstance(claim, Condition):
        return False
    facts = _facts(others)
    if claim.claim == ZERO:
        return equal_to(claim.value, 0, facts) is False
    return claim.claim == NONNEGATIVE and facts.is_nonnegative(claim.polynomial) is False


def _with_exceptions_merged(
    claims: tuple[Condition | Either, ...], assumed: Sequence[Condition | Either]
) -> tuple[Condition | Either, ...]:
    """Merge what is said where there are repetitions: of `n == 0 or …` with the same exception."""
    groups: dict[Claim, list[Condition]] = {}
    for claim in claims:
        if (found := exception(claim)) is not None:
            groups.setdefault(found.equation, []).append(found.rule)
    for equation, rules in groups.items():
        try:
            kept = merged(rules, assumed)
        except SymcnnError:  # only the exception is left
            continue
        if len(kept) < len(rules) and all(isinstance(rule, Condition) for rule in kept):
            spoken = {Either((equation, rule)) for rule in rules} | {Either((rule, equation)) for rule in rules}
            first = next(claim for claim in claims if claim in spoken)
            few = [Either((equation, rule)) for rule in kept]
            parts = (few if claim == first else [] if claim in spoken else [claim] for claim in claims)
            claims = tuple(part for some in parts for part in some)
    return claims


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
            facts = _facts([*assumed, *others])
            if _is_bound(claim) and (facts.is_nonnegative(claim.polynomial) or _by_multiple(claim, others, facts)):
                claims = others
    return _without_divided(claims, assumed)


def _by_multiple(claim: Condition, others: Sequence[Condition | Either], facts: Facts) -> bool:
    """Tell whether a claim follows from a multiple of another: 2H + 4 ≥ 5·2ⁿ from H + 2 ≥ 3·2ⁿ."""
    poly = claim.polynomial
    for other in filter(_is_bound, others):
        known = other.polynomial
        factors = {Fraction(poly[m]) / known[m] for m in poly.keys() & known.keys() if m}
        for factor in factors:
            if factor > 0 and factor != 1 and facts.is_nonnegative(add(poly, known, -factor)):
                return True
    return False


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


def _facts(claims: Sequence[Claim]) -> Facts:
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
