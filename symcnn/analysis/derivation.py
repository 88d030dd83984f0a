"""A network derived: the graph of its layers and bodies, each different body once, with the number of repetitions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from sympy import Symbol

from symcnn.algebra.conditions import Condition, Either
from symcnn.algebra.symbols import Value
from symcnn.analysis.outcome import Outcome
from symcnn.analysis.tensor import Tensor
from symcnn.source import Span

Place = int  # of a value in a body: 0, 1, … the outputs of its items; INPUT, INPUT − 1, … its inputs
INPUT: Place = -1
BY_NUMBER = "give the number of repetitions a value, as in assume n == 3"  # where it has no closed form


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


@dataclass(frozen=True, slots=True)
class Loop:
    """Repetitions of which the index counts 0, 1, … count − 1; None where they are equal, and the count a number.

    `alike` where each gives back its input and does not look at the index: then one stands for all, whatever the count.
    """

    index: Symbol | None
    count: Value
    alike: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Recurrence:
    """What becomes of some sizes of a tensor from one repetition to the next: `state` becomes `step`.

    `places` are those in the shape, of which the first repetition has `start` and the one with the index `value`.
    """

    places: tuple[int, ...]
    axes: int
    state: Symbol
    step: Value
    start: Value
    value: Value


@dataclass(slots=True, eq=False)
class Nest:
    """A body: a net used as a block, a path, or iterations of a repeat that are equal in all but the receptive field.

    The first source is that of the body's own input, in repetitions of the first. With an `index` it is repeated a
    symbolic number of times: `body` is the iteration with that index, which may stand in all its values, and
    `last` is what leaves the last. `generic` is the body on the states of the recurrences, if there are any.
    See `Loop` for `alike`. In numbers the repetitions of a symbolic number may be told apart: they are the `bodies`,
    and `body` has one after the other. Like a derivation, of which there may be many, it is not frozen, and yet never
    changed.
    """

    name: str
    body: Derivation
    times: Value
    sources: tuple[Place, ...]
    index: Symbol | None = None
    last: Tensor | None = None
    recurrences: tuple[Recurrence, ...] = ()
    generic: Derivation | None = None
    alike: bool = False
    bodies: tuple[Derivation, ...] = ()

    @property
    def output(self) -> Tensor:
        """The tensor that leaves the last repetition."""
        return self.last or self.body.output

    @property
    def loop(self) -> Loop:
        """The repetitions."""
        return Loop(self.index, self.times, self.alike)


@dataclass(eq=False)
class Derivation:
    """The items of a body, a graph: each has its sources among the inputs and the items before it.

    The first of the inputs is the body's own, the others are labelled tensors of the bodies around it. `conditions` are
    those of the body itself, not of its layers. `numbered`: numbers stand in the place of its symbols.
    """

    inputs: tuple[Tensor, ...]
    items: tuple[Leaf | Nest, ...]
    result: Place
    conditions: tuple[Condition | Either, ...] = ()
    numbered: bool = False

    @property
    def input(self) -> Tensor:
        """The body's own input."""
        return self.inputs[0]

    @property
    def output(self) -> Tensor:
        """The tensor that leaves the body."""
        if self.result < 0:
            return self.inputs[INPUT - self.result]
        item = self.items[self.result]
        return item.outcome.output if isinstance(item, Leaf) else item.output

    @cached_property
    def rows(self) -> int:
        """How many layers `visits` yields."""
        return sum(1 if isinstance(item, Leaf) else item.body.rows for item in self.items)

    @cached_property
    def last_span(self) -> Span | None:
        """The text of the layer that the output comes from; None if it is an input."""
        item = self.items[self.result] if self.result >= 0 else None
        return item.body.last_span if isinstance(item, Nest) else item.span if item else None


class Visit(NamedTuple):
    """A layer where it stands: its path, and the repetitions around it, the outermost first."""

    path: tuple[str, ...]
    leaf: Leaf
    loops: tuple[Loop, ...]


def visits(derivation: Derivation) -> list[Visit]:
    """Return every different layer once, in order."""
    found: list[Visit] = []
    _visit(derivation, (), (), found)
    return found


def _visit(body: Derivation, path: tuple[str, ...], loops: tuple[Loop, ...], found: list[Visit]) -> None:
    for item in body.items:
        if isinstance(item, Leaf):
            found.append(Visit((*path, item.name), item, loops))
        else:
            around = loops if item.index is None and item.times == 1 else (*loops, item.loop)
            _visit(item.body, (*path, item.name), around, found)


def by_place(derivation: Derivation) -> list[list[tuple[Leaf, tuple[Loop, ...]]]]:
    """Return for each layer that `visits` yields where repetitions are not told apart those that it is in them."""
    found: list[list[tuple[Leaf, tuple[Loop, ...]]]] = []

    def follow(body: Derivation, place: int, loops: tuple[Loop, ...]) -> int:
        for item in body.items:
            if isinstance(item, Leaf):
                if place == len(found):
                    found.append([])
                found[place].append((item, loops))
                place += 1
            elif item.bodies:
                place = [follow(one, place, loops) for one in item.bodies][-1]
            else:
                around = loops if item.index is None and item.times == 1 else (*loops, item.loop)
                place = follow(item.body, place, around)
        return place

    follow(derivation, 0, ())
    return found


def outcomes(derivation: Derivation, loops: tuple[Loop, ...] = ()) -> Iterator[tuple[Outcome, tuple[Loop, ...]]]:
    """Yield what each layer comes to, with the repetitions around it, as `visits` does."""
    for item in derivation.items:
        if isinstance(item, Leaf):
            yield item.outcome, loops
        else:
            around = loops if item.index is None and item.times == 1 else (*loops, item.loop)
            yield from outcomes(item.body, around)


def is_unrolled(derivation: Derivation) -> bool:
    """Tell whether no body in it is repeated a symbolic number of times."""
    nests = (item for item in derivation.items if isinstance(item, Nest))
    return all(nest.index is None and is_unrolled(nest.body) for nest in nests)
