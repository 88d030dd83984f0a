"""A condition with an index, for all repetitions: by its alternatives, and at both ends of what bends downwards.

A margin whose second difference is never positive (a linear one, or H − i²) is smallest at an end, so it is ≥ 0
everywhere if it is at the first and at the last index.
"""

from __future__ import annotations

from sympy import Symbol

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.conditions import NONNEGATIVE, Condition, Either, Truth, at_least
from symcnn.algebra.operations import product, total
from symcnn.algebra.symbols import Value
from symcnn.repetition.forall import for_all
from symcnn.repetition.substitution import replaced


def everywhere(claim: Truth, index: Symbol, count: Value, arithmetic: Arithmetic) -> list[Truth] | None:
    """Return conditions without the index that say the claim for 0 ≤ index < count; None where they are not found."""
    found = for_all(claim, index, count, arithmetic)
    if found is not None or isinstance(claim, bool):
        return found
    if isinstance(claim, Either):
        return _alternatives(claim, index, count, arithmetic)
    return _at_both_ends(claim, index, count, arithmetic)


def _alternatives(claim: Either, index: Symbol, count: Value, arithmetic: Arithmetic) -> list[Truth] | None:
    """Say `a or b(i)` for all i as a, or b(i) for all i."""
    spoken = [part for part in claim.conditions if index in part.relation().free_symbols]
    others: list[Truth] = [part for part in claim.conditions if part not in spoken]
    found = everywhere(spoken[0], index, count, arithmetic) if len(spoken) == 1 else None
    if found is None:
        return None
    return [arithmetic.either([*others, part]) for part in found if part is not True]


def _at_both_ends(claim: Truth, index: Symbol, count: Value, arithmetic: Arithmetic) -> list[Truth] | None:
    if not isinstance(claim, Condition) or claim.claim != NONNEGATIVE:
        return None
    margin = claim.value
    next_, second = (replaced(margin, {index: index + step}, arithmetic) for step in (1, 2))
    if arithmetic.compare("<=", total((second, product((-2, next_)), margin)), 0) is not True:
        return None
    none = arithmetic.compare("<", count, 1)
    if not isinstance(none, bool):
        none = arithmetic.compare("==", count, 0)
    ends = (replaced(margin, {index: place}, arithmetic) for place in (0, total((count, -1))))
    return [arithmetic.either([none, at_least(end, 0, arithmetic.facts)]) for end in ends]
