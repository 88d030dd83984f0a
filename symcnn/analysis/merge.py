"""Many conditions into few: equal ones once, of several bounds on the same polynomial the strongest."""

from __future__ import annotations

from collections.abc import Iterable

from symcnn.algebra.conditions import NONNEGATIVE, Condition, Either
from symcnn.algebra.polynomial import ONE, Monomial, Number


def merged(
    claims: Iterable[Condition | Either], assumed: Iterable[Condition | Either] = ()
) -> tuple[Condition | Either, ...]:
    """Return the conditions without what others of them imply, in the order in which they first came up.

    `assumed` conditions are not repeated.
    """
    strongest: dict[object, Condition | Either] = {}
    known = set(assumed)
    for claim in claims:
        if claim in known:
            continue
        if isinstance(claim, Either) or claim.claim != NONNEGATIVE:
            strongest.setdefault(claim, claim)
            continue
        key = _without_constant(claim)
        before = strongest.get(key)
        if not isinstance(before, Condition) or _constant(claim) < _constant(before):
            strongest[key] = claim
    return tuple(strongest.values())


def _without_constant(claim: Condition) -> frozenset[tuple[Monomial, Number]]:
    return frozenset(item for item in claim.items if item[0] != ONE)


def _constant(claim: Condition) -> Number:
    return dict(claim.items).get(ONE, 0)
