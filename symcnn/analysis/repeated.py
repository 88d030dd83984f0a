"""What repetitions come to together: sums over their indices, and conditions that hold in every one of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.conditions import Condition, Either, Truth, every, single
from symcnn.algebra.operations import product
from symcnn.algebra.symbols import Value
from symcnn.analysis.derivation import BY_NUMBER, Derivation, Leaf, Loop, Nest
from symcnn.analysis.everywhere import everywhere
from symcnn.analysis.falling import at_the_hardest
from symcnn.errors import NotSupportedError, SymcnnError
from symcnn.formula.express import express
from symcnn.formula.notation import text
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


class NeverError(SymcnnError):
    """What all repetitions ask holds for no input."""


class Asked(NamedTuple):
    """What a layer, or a body itself (which has no `leaf`), asks of the network; bodies are there once."""

    leaf: Leaf | None
    claims: tuple[Claim, ...]


def asked(derivation: Derivation, arithmetic: Arithmetic) -> list[Asked]:
    """Return what a body and its layers ask, in order; what a repeated body wants, for all of its repetitions.

    Raises `NotSupportedError` where that cannot be said without the index.
    """
    found: list[Asked] = []
    _ask(derivation, arithmetic, found)
    return found


def _ask(derivation: Derivation, arithmetic: Arithmetic, found: list[Asked]) -> None:
    found.append(Asked(None, derivation.conditions))
    for item in derivation.items:
        if isinstance(item, Leaf):
            found.append(Asked(item, item.outcome.conditions))
        elif item.index is None:
            _ask(item.body, arithmetic, found)
        else:
            found.extend(_everywhere(item, arithmetic))


def _everywhere(nest: Nest, arithmetic: Arithmetic) -> Iterator[Asked]:
    """Yield what all repetitions of a body ask: of its own sizes, or else of the states that its recurrences have."""
    assert nest.index is not None
    bodies = asked(nest.body, arithmetic)
    generic: list[Asked] | None = None
    for place, one in enumerate(bodies):
        claims = one.claims
        found = [everywhere(claim, nest.index, nest.times, arithmetic) for claim in claims]
        if None in found and nest.generic is not None:
            generic = asked(nest.generic, arithmetic) if generic is None else generic
            if len(generic) == len(bodies):  # layer by layer the same
                known = dict(zip(claims, found, strict=True))  # a claim that is also here speaks of no state
                claims = generic[place].claims
                found = [_found(claim, known, nest, generic, arithmetic) for claim in claims]
        for claim, parts in zip(claims, found, strict=True):
            if parts is None:
                # In the sizes of the repetition, which the reader knows, where there is a claim of its own.
                message = f"the condition {_for_all(one.claims[0] if one.claims else claim, nest)}"
                raise NotSupportedError(message, one.leaf.span if one.leaf else None, BY_NUMBER)
            if False in parts:
                raise NeverError(f"{_for_all(claim, nest)} never holds", one.leaf.span if one.leaf else None)
        yield Asked(one.leaf, tuple(_open(part for parts in found if parts for part in parts)))


def _found(
    claim: Claim,
    known: Mapping[Claim, list[Truth] | None],
    nest: Nest,
    generic: Iterable[Asked],
    arithmetic: Arithmetic,
) -> list[Truth] | None:
    for parts in (known.get(claim), at_the_hardest(claim, nest, arithmetic)):
        if parts is not None:
            return parts
    return _beside(claim, generic, nest, arithmetic)


def _beside(claim: Claim, generic: Iterable[Asked], nest: Nest, arithmetic: Arithmetic) -> list[Truth] | None:
    """Say for all repetitions what all layers ask of one size: together 4 may divide it where it is quartered."""
    spoken = claim.symbols()
    asked_of_it: list[Truth] = [other for one in generic for other in one.claims if other.symbols() == spoken]
    found: list[Truth] = []
    for part in single(arithmetic.settle(every(asked_of_it))):
        if isinstance(part, bool):
            parts: list[Truth] | None = [part or arithmetic.compare("==", nest.times, 0)]
        else:
            parts = at_the_hardest(part, nest, arithmetic)
        if parts is None:
            return None
        found += parts
    return found


def _for_all(claim: Claim, nest: Nest) -> str:
    said, count = text(express(claim.relation())), text(express(nest.times))
    return f"{said} for all {nest.index} below {count}"


def _open(claims: Iterable[Truth]) -> Iterator[Claim]:
    for claim in claims:
        for part in single(claim):
            if not isinstance(part, bool):
                yield part
