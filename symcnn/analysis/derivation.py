"""A network derived: the graph of its layers and bodies, each different body once, with the number of repetitions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from symcnn.algebra.conditions import Condition, Either
from symcnn.analysis.outcome import Outcome
from symcnn.analysis.tensor import Tensor
from symcnn.source import Span

Place = int  # of a value in a body: 0, 1, … the outputs of its items; INPUT, INPUT − 1, … its inputs
INPUT: Place = -1


class Leaf(NamedTuple):
    """One layer, or a join, which has several sources; `broadcast` says along which axes each of these is repeated."""

    name: str
    kind: str
    inputs: tuple[Tensor, ...]
    outcome: Outcome
    span: Span
    sources: tuple[Place, ...]
    broadcast: tuple[tuple[bool, ...], ...] = ()

    @property
    def input(self) -> Tensor:
        """The tensor that the layer is applied to; of a join the first."""
        return self.inputs[0]


@dataclass(frozen=True)
class Nest:
    """A body: a net used as a block, a path, or iterations of a repeat that are equal in all but the receptive field.

    The first source is that of the body's own input, in repetitions of the first.
    """

    name: str
    body: Derivation
    times: int
    sources: tuple[Place, ...]


@dataclass(frozen=True, eq=False)
class Derivation:
    """The items of a body, a graph: each has its sources among the inputs and the items before it.

    The first of the inputs is the body's own, the others are labelled tensors of the bodies around it. `conditions` are
    those of the body itself, not of its layers.
    """

    inputs: tuple[Tensor, ...]
    items: tuple[Leaf | Nest, ...]
    result: Place
    conditions: tuple[Condition | Either, ...] = ()

    @property
    def input(self) -> Tensor:
        """The body's own input."""
        return self.inputs[0]

    @cached_property
    def output(self) -> Tensor:
        """The tensor that leaves the body."""
        if self.result < 0:
            return self.inputs[INPUT - self.result]
        item = self.items[self.result]
        return item.outcome.output if isinstance(item, Leaf) else item.body.output

    @cached_property
    def rows(self) -> int:
        """How many layers `visits` yields."""
        return sum(1 if isinstance(item, Leaf) else item.body.rows for item in self.items)

    @cached_property
    def last_span(self) -> Span | None:
        """The text of the layer that the output comes from; None if it is an input."""
        item = self.items[self.result] if self.result >= 0 else None
        return item.body.last_span if isinstance(item, Nest) else item.span if item else None


@dataclass(frozen=True, slots=True)
class Visit:
    """A layer where it stands: its path, and how often it occurs."""

    path: tuple[str, ...]
    leaf: Leaf
    times: int


def visits(derivation: Derivation, path: tuple[str, ...] = (), times: int = 1) -> Iterator[Visit]:
    """Yield every different layer once, in order."""
    for item in derivation.items:
        if isinstance(item, Leaf):
            yield Visit((*path, item.name), item, times)
        else:
            yield from visits(item.body, (*path, item.name), times * item.times)


def outcomes(derivation: Derivation, times: int = 1) -> Iterator[tuple[int, Outcome]]:
    """Yield what each layer comes to, with the number of its repetitions."""
    for item in derivation.items:
        if isinstance(item, Leaf):
            yield times, item.outcome
        else:
            yield from outcomes(item.body, times * item.times)


def conditions(derivation: Derivation) -> Iterator[tuple[Condition | Either, Leaf | None]]:
    """Yield every condition with the layer it comes from, bodies once."""
    for condition in derivation.conditions:
        yield condition, None
    for item in derivation.items:
        if isinstance(item, Nest):
            yield from conditions(item.body)
        else:
            for condition in item.outcome.conditions:
                yield condition, item
