"""A body while it is being derived: its values so far, the names that are taken, and the labels that it sees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from symcnn.algebra.conditions import Condition, Either
from symcnn.algebra.symbols import Value
from symcnn.analysis.derivation import INPUT, Derivation, Leaf, Nest, Place
from symcnn.analysis.scope import Scope
from symcnn.analysis.tensor import Tensor
from symcnn.errors import SymcnnError, did_you_mean
from symcnn.source import Span
from symcnn.tree import File, Step


@cache
def _stem(kind: str) -> str:
    between = "_" if kind[-1].isdigit() else ""  # the first ReLU6 is no relu61
    return kind.lower() + between


@dataclass(slots=True)
class Body:
    """A net, a path or a repetition; `outer` is the body around a path or repetition, whose labels it sees too."""

    scope: Scope
    file: File  # where the names of kinds and nets are looked up
    step: Step | None = None  # by which the net is used
    outer: Body | None = None
    inputs: list[Tensor] = field(default_factory=list)  # its own, then the labelled ones that it takes from outside
    batch: Value = 1
    items: list[Leaf | Nest] = field(default_factory=list)
    outputs: list[Tensor] = field(default_factory=list)  # of the items
    place: Place = INPUT  # of the current tensor
    conditions: list[Condition | Either] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)  # of items by kind
    labels: dict[str, Place] = field(default_factory=dict)  # so far
    reserved: set[str] = field(default_factory=set)  # labels, later ones too
    taken: dict[str, Place] = field(default_factory=dict)  # the labels outside that are used here: the place there

    @property
    def tensor(self) -> Tensor | None:
        """The current tensor; None before the input."""
        return self.scope.tensor

    def inner(self) -> Body:
        """Return an empty body inside this one, which begins with the current tensor."""
        assert self.tensor is not None
        scope = Scope(self.scope, self.tensor)
        return Body(scope, self.file, self.step, self, [self.tensor])

    def begin(self, tensor: Tensor) -> None:
        """Make a tensor the input."""
        self.inputs = [tensor, *self.inputs[1:]]
        self.scope.tensor = tensor

    def name(self, kind: str) -> str:
        """Return the next free name, such as conv1, for a step without a label."""
        stem = _stem(kind)
        while True:
            number = self.counts[kind] = self.counts.get(kind, 0) + 1
            name = f"{stem}{number}"
            if name not in self.reserved:
                return name

    def append(self, item: Leaf | Nest, output: Tensor) -> None:
        """Add an item; its output is the current tensor from now on."""
        self.place = len(self.items)
        self.scope.tensor = output
        self.items.append(item)
        self.outputs.append(output)

    def go_to(self, place: Place) -> None:
        """Go on from a value."""
        self.place = place
        self.scope.tensor = self.tensor_at(place)

    def restorer(self, *others: list[Any]) -> Callable[[], None]:
        """Return what makes the body, and other lists that only grow, again what they are now."""
        place, counts = self.place, dict(self.counts)
        lists: tuple[list[Any], ...] = (self.items, self.outputs, self.conditions, *others)
        lengths = [(kept, len(kept)) for kept in lists]

        def restore() -> None:
            for kept, length in lengths:
                del kept[length:]
            self.counts = counts
            self.go_to(place)

        return restore

    def tensor_at(self, place: Place) -> Tensor:
        """Return the tensor at a place."""
        return self.outputs[place] if place >= 0 else self.inputs[INPUT - place]

    def origin_at(self, place: Place) -> Span | None:
        """Return the text of the layer that a value comes from; None for the input of the network or of a net in it."""
        if place >= 0:
            item = self.items[place]
            if isinstance(item, Leaf):
                return item.span
            handed_on = item.body.result < 0  # by a path that ends with `from`
            return self.origin_at(item.sources[INPUT - item.body.result]) if handed_on else item.body.last_span
        if self.outer is None:
            return None
        return self.outer.origin_at(self.sources[INPUT - place])

    @property
    def sources(self) -> tuple[Place, ...]:
        """Where the inputs of an inner body come from, in the body around it."""
        assert self.outer is not None
        return (self.outer.place, *self.taken.values())

    def labelled(self, label: str, span: Span) -> Place:
        """Return the place of a label; raises `SymcnnError` for one that is not set before."""
        place = self._find(label)
        if place is not None:
            return place
        if any(label in body.reserved for body in self._around()):
            raise SymcnnError(f"the label '{label}' is used before it is set", span)
        known = [name for body in self._around() for name in body.labels]
        listed = f"labels so far are {', '.join(known)}" if known else f"label a step so: {label}: Conv(64, 3)"
        raise SymcnnError(f"there is no label '{label}'", span, did_you_mean(label, known, listed))

    def set_label(self, label: str, span: Span) -> None:
        """Give the current value a label; raises `SymcnnError` where it is there already."""
        if any(label in body.labels for body in self._around()):
            name = Span(span.source, span.start, span.start + len(label))
            raise SymcnnError(f"the label '{label}' is there twice", name, "labels are unique in a net")
        self.labels[label] = self.place

    def derived(self) -> Derivation:
        """Return the finished body."""
        return Derivation(tuple(self.inputs), tuple(self.items), self.place, tuple(self.conditions))

    def _around(self) -> list[Body]:
        return [self, *(self.outer._around() if self.outer else [])]

    def _find(self, label: str) -> Place | None:
        if label in self.labels or self.outer is None:
            return self.labels.get(label)
        if label not in self.taken:
            outside = self.outer._find(label)
            if outside is None:
                return None
            self.taken[label] = outside
            self.inputs.append(self.outer.tensor_at(outside))
        return INPUT - 1 - list(self.taken).index(label)
