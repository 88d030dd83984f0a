"""What repetitions come to together: sums over their indices, and conditions that hold in every one of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.conditions import Condition, Either, single
from symcnn.algebra.operations import product
from symcnn.algebra.symbols import Value
from symcnn.analysis.derivation import Derivation, Leaf, Loop, Nest
from symcnn.errors import NotSupportedError
from symcnn.formula.express import shown
from symcnn.repetition.forall import for_all
from symcnn.repetition.sums import closed_sum

Claim = Condition | Either


def together(value: Value, loops: Sequence[Loop], arithmetic: Arithmetic) -> Value:
    """Return the sum of a value over all repetitions around a layer, the innermost summed first."""
    for loop in reversed(loops):
        if loop.index is None:
            value = product((loop.count, value))
        else:
            value = closed_sum(value, loop.index, loop.count, arithmetic)
    return value


def quantified(
    derivation: Derivation, arithmetic: Arithmetic, loops: tuple[Loop, ...] = ()
) -> Iterator[tuple[Claim, Leaf | None]]:
    """Yield every condition with the layer it comes from, bodies once; what a body wants, for all of its repetitions."""
    for claim in derivation.conditions:
        for part in everywhere(claim, loops, arithmetic):
            yield part, None
    for item in derivation.items:
        if isinstance(item, Nest):
            around = loops if item.index is None else (*loops, item.loop)
            yield from quantified(item.body, arithmetic, around)
        else:
            for claim in item.outcome.conditions:
                for part in everywhere(claim, loops, arithmetic):
                    yield part, item


def everywhere(claim: Claim, loops: Sequence[Loop], arithmetic: Arithmetic) -> tuple[Claim, ...]:
    """Return what a condition in a repeated body asks of the network: that it holds in every repetition.

    Raises `NotSupportedError` where that cannot be said without the index.
    """
    claims: tuple[Claim, ...] = (claim,)
    for loop in reversed(loops):
        assert loop.index is not None
        claims = tuple(part for one in claims for part in _in_all(one, loop, arithmetic))
    return claims


def _in_all(claim: Claim, loop: Loop, arithmetic: Arithmetic) -> Iterator[Claim]:
    assert loop.index is not None
    found = for_all(claim, loop.index, loop.count, arithmetic)
    if found is None:
        what = f"the condition {shown(claim.relation())} for all {loop.index} < {shown(loop.count)}"
        raise NotSupportedError(what, hint="give the number of repetitions a value")
    for part in found if isinstance(found, (tuple, list)) else single(found):
        for one in single(part):
            if not isinstance(one, bool):
                yield one
