"""A network derived: layers and bodies in order, each different body once, with the number of its repetitions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from symcnn.algebra.conditions import Condition, Either
from symcnn.analysis.apply import Outcome
from symcnn.analysis.tensor import Tensor
from symcnn.analysis.window import IDENTITY, Window, forward
from symcnn.source import Span


@dataclass(frozen=True)
class Leaf:
    """One layer."""

    name: str
    kind: str
    input: Tensor
    outcome: Outcome
    span: Span


@dataclass(frozen=True)
class Nest:
    """A body: a net used as a block, or iterations of a repeat that are equal in all but the receptive field."""

    name: str
    body: Derivation
    times: int


@dataclass(frozen=True)
class Derivation:
    """The items of a body between two tensors; `conditions` are those of the body itself, not of its layers."""

    input: Tensor
    items: tuple[Leaf | Nest, ...]
    output: Tensor
    conditions: tuple[Condition | Either, ...] = ()

    @cached_property
    def rows(self) -> int:
        """How many layers `visits` yields."""
        return sum(1 if isinstance(item, Leaf) else item.body.rows for item in self.items)

    @cached_property
    def windows(self) -> tuple[Window, ...]:
        """What an output of the body sees of its input, per input axis."""
        seen = [windows for item in self.items if (windows := _seen(item))]  # none once the axes are gone
        columns = [tuple(windows[axis] for windows in seen) for axis in range(len(self.input.sizes))]
        alike = {column: forward(column) for column in dict.fromkeys(columns)}  # equal axes are worked out once
        return tuple(alike[column] for column in columns)


@dataclass(frozen=True, slots=True)
class Visit:
    """A layer where it stands: its path, and how often it occurs."""

    path: tuple[str, ...]
    leaf: Leaf
    times: int


def after(windows: tuple[Window, ...], item: Leaf | Nest) -> tuple[Window, ...]:
    """Return what the outputs of an item see, where `windows` is what its inputs see."""
    return tuple(_compose(windows, _seen(item)))


def _seen(item: Leaf | Nest) -> tuple[Window, ...]:
    """Return what an output of an item sees of its input."""
    if isinstance(item, Leaf):
        return item.outcome.windows
    return tuple(window.repeated(item.times) for window in item.body.windows)


def visits(derivation: Derivation, path: tuple[str, ...] = (), times: int = 1) -> Iterator[Visit]:
    """Yield every different layer once, in order."""
    for item in derivation.items:
        if isinstance(item, Leaf):
            yield Visit((*path, item.name), item, times)
        else:
            yield from visits(item.body, (*path, item.name), times * item.times)


def fields(derivation: Derivation) -> Iterator[tuple[tuple[Window, ...], tuple[Window, ...]]]:
    """Yield what an input, and what an output, of each visited layer sees of the network's input.

    In repetitions, that is of the last one.
    """
    yield from _fields(derivation, (IDENTITY,) * len(derivation.input.sizes))


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


def _fields(body: Derivation, windows: tuple[Window, ...]) -> Iterator[tuple[tuple[Window, ...], tuple[Window, ...]]]:
    for item in body.items:
        before = windows
        if isinstance(item, Nest):
            earlier = tuple(window.repeated(item.times - 1) for window in item.body.windows)
            yield from _fields(item.body, tuple(_compose(windows, earlier)))
        windows = after(windows, item)
        if isinstance(item, Leaf):
            yield before, windows


def _compose(first: tuple[Window, ...], then: tuple[Window, ...]) -> Iterator[Window]:
    """Compose axis by axis; a tensor that has lost its axes sees what it saw when it lost them."""
    if not then:
        yield from first
        return
    for before, later in zip(first, then, strict=True):
        yield before.then(later)
