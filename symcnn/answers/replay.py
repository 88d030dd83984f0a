"""A derived network once more, with other rules at some of its layers: what follows from a mistake is worked out too.

The arguments of the layers stay as they are, but for crop(e1), which fits; tensors, and all that depends on them, are
new. What a mistake does not touch is taken over; a layer with the same rules, arguments and input is worked out once.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import accumulate
from operator import eq
from typing import Any

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.operations import product, total
from symcnn.algebra.symbols import Value, exact
from symcnn.analysis.arguments import Given
from symcnn.analysis.derivation import INPUT, Derivation, Leaf, Nest, by_place
from symcnn.analysis.fields import Views, layer_fields, output_field
from symcnn.analysis.joins import cropped, joined
from symcnn.analysis.numbered import chained, in_numbers
from symcnn.analysis.outcome import Outcome
from symcnn.analysis.recurring import NotRecurringError, recurring
from symcnn.analysis.repeated import together
from symcnn.analysis.result import Analysis
from symcnn.analysis.tensor import Tensor
from symcnn.answers.effects import Effects
from symcnn.answers.same import Same
from symcnn.answers.uses import Use, Uses
from symcnn.errors import NotSupportedError, SymcnnError
from symcnn.library.rules import RULES
from symcnn.tree import Slip

Made = Mapping[int, tuple[Slip, ...]]  # the mistakes by the place of the layer, in the order of the table

_MOST_ITERATIONS = 100  # of a repeated body that a mistake makes different each time


class Replay:
    """The layers of an analysis, to be derived again; `base` is what is right, in numbers where the analysis is."""

    def __init__(self, analysis: Analysis) -> None:
        if analysis.derivation is None:
            raise NotSupportedError("mistakes in a network that was not derived here")
        self.arithmetic = Arithmetic(analysis.facts)
        self.batch: Value = exact(analysis.batch) if analysis.batch is not None else 1
        self.evaluate = analysis.evaluate
        self.effects = Effects(self.arithmetic)
        self.uses = Uses(self.arithmetic)
        channels, *sizes = map(exact, analysis.input)
        self.input = Tensor(channels, tuple(sizes))
        self.base = analysis.derivation if analysis.values is None else _in_numbers(analysis, analysis.derivation)
        # Bodies without mistakes, on tensors that are not the right ones, and whether they see otherwise.
        self.nests: dict[Any, tuple[Nest, bool]] = {}
        self._fields: dict[int | None, Views] = {}  # what is seen in the right network
        self._starts: dict[Derivation, tuple[int, ...]] = {}
        self._right: dict[Derivation, tuple[Tensor, ...]] = {}  # what leaves the items of bodies
        self.repeated = by_place(self.base)
        self.leaves = tuple(one[0][0] for one in self.repeated)

    def different(self, place: int) -> Collection[Outcome]:
        """Return what different layers there are at a place: several where repetitions are told apart."""
        repeated = self.repeated[place]
        if len(repeated) == 1:
            return (repeated[0][0].outcome,)
        return {id(leaf.outcome): leaf.outcome for leaf, _ in repeated}.values()

    def right_outputs(self, body: Derivation) -> tuple[Tensor, ...]:
        """Return what leaves the items of a body where nobody errs."""
        if body not in self._right:
            self._right[body] = tuple(map(_output, body.items))
        return self._right[body]

    def right_field(self, place: int | None) -> Views:
        """Return what an output of a layer, or of the network, sees where nobody errs."""
        if place not in self._fields:
            if place is None:
                self._fields[place] = output_field(self.base, self.arithmetic)
            else:  # a layer is asked for only where repetitions are not told apart
                self._fields[place] = layer_fields(self.base, self.arithmetic)[place][1]
        return self._fields[place]

    def starts(self, body: Derivation) -> tuple[int, ...]:
        """Return how many layers are before each of the items of a body, and how many there are."""
        if body not in self._starts:
            rows = (1 if isinstance(item, Leaf) else self.places_in(item) for item in body.items)
            self._starts[body] = tuple(accumulate(rows, initial=0))
        return self._starts[body]

    def places_in(self, nest: Nest) -> int:
        """Return how many layers are in a body; those of repetitions once."""
        return self.starts(nest.bodies[0] if nest.bodies else nest.body)[-1]

    def run(self, made: Made, last: int | None = None) -> Run:
        """Derive the network with mistakes, up to a layer; raises `SymcnnError` where it then is not possible."""
        return Run(self, self.base, made, last)

    def recount(self, made: Made, place: int | None, quantity: str) -> Value:
        """Return a counted quantity of a layer, or of the network, with mistakes that leave all tensors as they are."""
        if place is not None:
            right, slips = self.leaves[place], made.get(place, ())
            before = counted(right, quantity)
            return total((before, self.effects.change(right.outcome, slips, quantity))) if slips else before
        changes: list[Value] = [self.total(self.base, quantity)]
        for at, slips in made.items():
            for leaf, loops in self.repeated[at]:
                change = self.effects.change(leaf.outcome, slips, quantity)
                if change != 0:
                    changes.append(together(change, loops, self.arithmetic) if loops else change)
        return total(changes)

    def total(self, derivation: Derivation, quantity: str) -> Value:
        """Return the sum over the layers of one sample, bodies that are shared once."""
        known: dict[str, Value] = vars(derivation).setdefault("_sums", {})  # with it, as its other cached values are
        if quantity not in known:
            known[quantity] = self._summed(derivation, quantity)
        return known[quantity]

    def _summed(self, derivation: Derivation, quantity: str) -> Value:
        """Sum up; in numbers only what is not as in the right network is looked at."""
        right: Derivation | None = vars(derivation).get("_right")
        if right is None or type(before := self.total(right, quantity)) is not int:
            return self.arithmetic.total([self._part(item, quantity) for item in derivation.items])
        pairs = [pair for pair in zip(derivation.items, right.items, strict=True) if pair[0] is not pair[1]]
        if 2 * len(pairs) > len(right.items):
            return self.arithmetic.total([self._part(item, quantity) for item in derivation.items])
        added = [self._part(new, quantity) for new, _ in pairs]
        taken = [self._part(old, quantity) for _, old in pairs]
        return exact(before + self.arithmetic.total(added) - self.arithmetic.total(taken))

    def _part(self, item: Leaf | Nest, quantity: str) -> Value:
        if isinstance(item, Leaf):
            return counted(item, quantity)
        part = self.total(item.body, quantity)
        return part if item.index is None and item.times == 1 else together(part, (item.loop,), self.arithmetic)

    def whole_batch(self, quantity: str, value: Value) -> Value:
        """Return what the batch together counts."""
        per_sample = quantity in RULES and RULES[quantity].per_sample
        return product((value, self.batch)) if per_sample and self.batch != 1 else value


@dataclass
class Run:
    """One derivation with mistakes: `leaves` are the layers that are new, by their places; of repetitions the first."""

    replay: Replay
    right: Derivation
    made: Made
    last: int | None = None
    leaves: dict[int, Leaf] = field(default_factory=dict)
    derivation: Derivation = field(init=False)
    _rows: list[tuple[int, int, int]] = field(default_factory=list)  # places, how many, and the rows where they are now
    sees_otherwise: bool = False  # whether an output of some layer sees other inputs
    _place: int = 0
    _row: int = 0

    def __post_init__(self) -> None:
        self._touched_places = sorted(self.made)
        self.derivation = self._body(self.right, (self.replay.input, *self.right.inputs[1:]))

    def leaf(self, place: int) -> Leaf:
        """Return a layer, by its place in the right network."""
        return self.leaves.get(place) or self.replay.leaves[place]

    def field(self, place: int | None) -> Views:
        """Return what an output of a layer, or of the network, sees, axis by axis."""
        if not self.sees_otherwise:
            return self.replay.right_field(place)
        if place is None:
            return output_field(self.derivation, self.replay.arithmetic)
        return layer_fields(self.derivation, self.replay.arithmetic)[self._row_of(place)][1]

    def _row_of(self, place: int) -> int:
        """Return where a layer is now; of repetitions the last."""
        return next(row + place - first for first, rows, row in reversed(self._rows) if first <= place < first + rows)

    def _body(self, body: Derivation, inputs: Sequence[Tensor]) -> Derivation:
        right = self.replay.right_outputs(body)
        known = self._untouched(body, inputs)
        items: list[Leaf | Nest] = [*body.items[:known]]
        outputs: list[Tensor] = [*right[:known]]
        for place in range(known, len(body.items)):
            item = body.items[place]
            tensors = tuple([outputs[source] if source >= 0 else inputs[INPUT - source] for source in item.sources])
            if isinstance(item, Nest):
                expected = [right[source] if source >= 0 else body.inputs[INPUT - source] for source in item.sources]
                made: Leaf | Nest = self._nest(item, tensors, all(map(eq, tensors, expected)))
            elif _is_fitted(item):
                joined_with = _joined_with(body, place)
                wanted = outputs[joined_with] if joined_with >= 0 else inputs[INPUT - joined_with]
                made = self._leaf(item, tensors, wanted)
            else:
                made = self._leaf(item, tensors)
            items.append(made)
            outputs.append(right[place] if made is item else _output(made))
        found = Derivation(tuple(inputs), tuple(items), body.result)
        vars(found)["_right"] = body
        return found

    def _untouched(self, body: Derivation, inputs: Sequence[Tensor]) -> int:
        """Return before how many of the items of a body on its right inputs nobody errs, and go past them."""
        after = bisect_left(self._touched_places, self._place)
        if after == len(self._touched_places) or tuple(inputs) != body.inputs:
            return 0
        starts = self.replay.starts(body)
        known = bisect_right(starts, self._touched_places[after] - self._place, 0, len(body.items)) - 1
        self._rows.append((self._place, starts[known], self._row))
        self._place, self._row = self._place + starts[known], self._row + starts[known]
        return known

    def _leaf(self, leaf: Leaf, tensors: tuple[Tensor, ...], wanted: Tensor | None = None) -> Leaf:
        place, slips = self._place, self.made.get(self._place, ())
        self._rows.append((place, 1, self._row))
        self._place, self._row = place + 1, self._row + 1
        fits = wanted is None or wanted.sizes == leaf.outcome.output.sizes
        if self._is_over(place) or (not slips and tensors == leaf.inputs and fits):
            return leaf
        use = self.replay.uses.of(leaf)
        if wanted is not None:
            use = self._fitted(use, tensors[0], wanted)
        tensor, broadcast = tensors[0], leaf.broadcast
        if len(tensors) > 1:
            found = joined(leaf.kind.lower(), tensors, self.replay.arithmetic, _agree)
            tensor, broadcast = found.tensor, found.broadcast
        outcome = self.replay.uses.outcome(use, slips, tensor)
        right = leaf.outcome
        self.sees_otherwise = self.sees_otherwise or (outcome.windows, broadcast) != (right.windows, leaf.broadcast)
        new = Leaf(leaf.name, leaf.kind, tensors, outcome, leaf.span, leaf.sources, broadcast)
        self.leaves.setdefault(place, new)
        return new

    def _nest(self, nest: Nest, tensors: tuple[Tensor, ...], is_right: bool) -> Nest:
        first, row, rows = self._place, self._row, self.replay.places_in(nest)
        if self._is_over(first) or (is_right and not self._touched(first, rows)):
            self._rows.append((first, rows, self._row))
            self._place, self._row = first + rows, self._row + rows
            return nest
        if nest.index is not None:
            return self._recurring(nest, first, tensors)
        if self._touched(first, rows) or (self.last is not None and self.last < first + rows):
            return self._derived(nest, first, tensors)
        key = (id(nest.body), nest.times, tensors)  # a body in which nobody errs and after which something is asked
        if key not in self.replay.nests:
            before, self.sees_otherwise = self.sees_otherwise, False
            self.replay.nests[key] = self._derived(nest, first, tensors), self.sees_otherwise
            self.sees_otherwise = before
        known, sees_otherwise = self.replay.nests[key]
        self.sees_otherwise = self.sees_otherwise or sees_otherwise
        self._place, self._row = first + rows, row + known.body.rows
        if known.name == nest.name and known.sources == nest.sources:
            return known
        return Nest(nest.name, known.body, known.times, nest.sources)

    def _derived(self, nest: Nest, first: int, tensors: tuple[Tensor, ...]) -> Nest:
        if nest.bodies:
            return self._one_by_one(nest, first, tensors)
        own, *taken = tensors
        bodies: list[Nest] = []
        done, count = 0, nest.times
        if not isinstance(count, int):
            raise NotSupportedError("what a mistake makes of a symbolic number of repetitions")
        if count == 1:
            return Nest(nest.name, self._body(nest.body, tensors), 1, nest.sources)
        while done != count:
            self._place = first
            body = self._body(nest.body, (own, *taken))
            # A body that gives back its input tensor is all the rest too.
            times = count - done if body.output == own else 1
            bodies.append(Nest(nest.name, body, times, (len(bodies) - 1, *self._outside(taken))))
            own, done = body.output, done + times
            if len(bodies) > _MOST_ITERATIONS:
                raise NotSupportedError(f"more than {_MOST_ITERATIONS} different repetitions")
        if len(bodies) == 1:
            return Nest(nest.name, bodies[0].body, nest.times, nest.sources)
        return Nest(nest.name, Derivation(tensors, tuple(bodies), len(bodies) - 1), 1, nest.sources)

    def _one_by_one(self, nest: Nest, first: int, tensors: tuple[Tensor, ...]) -> Nest:
        own, *taken = tensors
        made: list[Derivation] = []
        for body in nest.bodies:
            self._place = first
            made.append(self._body(body, (own, *taken)))
            own = made[-1].output
        return chained(nest, tensors, tuple(made))

    def _recurring(self, nest: Nest, first: int, tensors: tuple[Tensor, ...]) -> Nest:
        """Solve the recurrences of a symbolic number of repetitions once more, with what the mistakes make of them."""
        assert nest.index is not None
        own, *taken = tensors
        row, rows = self._row, nest.body.rows

        def derive(entering: Tensor) -> Derivation:
            self._place, self._row = first, row
            for place in range(first, first + rows):
                self.leaves.pop(place, None)
            return self._body(nest.body, (entering, *taken))

        try:
            found = recurring(own, nest.index, derive, self.replay.arithmetic)
        except NotRecurringError as error:
            what = f"what a mistake makes of a symbolic number of repetitions: {error.message}"
            raise NotSupportedError(what, error.span) from None
        times = exact(self.replay.evaluate(nest.times))
        made = replace(nest, body=found.body, times=times, recurrences=found.recurrences, generic=found.generic)
        return replace(made, last=found.at(times))

    def _fitted(self, use: Use, tensor: Tensor, wanted: Tensor) -> Use:
        margins, claims = cropped(tensor, wanted, self.replay.arithmetic)
        if False in claims:
            raise SymcnnError("a tensor cannot be cut from both sides alike")
        return self.replay.uses.use(use.kind, Given({next(iter(use.kind.parameters)): margins}, {}), use.span)

    def _outside(self, taken: Sequence[Tensor]) -> tuple[int, ...]:
        return tuple(INPUT - 1 - i for i in range(len(taken)))

    def _is_over(self, place: int) -> bool:
        return self.last is not None and place > self.last

    def _touched(self, first: int, rows: int) -> bool:
        after = bisect_left(self._touched_places, first)
        return after < len(self._touched_places) and self._touched_places[after] < first + rows


def _in_numbers(analysis: Analysis, derivation: Derivation) -> Derivation:
    origin = analysis.layers.origin
    found = None if origin is None or origin.derivation is None else origin.derivation()
    return in_numbers(derivation, analysis.evaluate) if found is None else found


def _output(item: Leaf | Nest) -> Tensor:
    return item.outcome.output if isinstance(item, Leaf) else item.output


def counted(leaf: Leaf, quantity: str) -> Value:
    """Return a quantity of a layer; params are what is learned, unless a mistake says otherwise."""
    found = leaf.outcome.counted
    if quantity == "params" and "params" not in found:
        return total((found["weights"], found["biases"]))
    return found[quantity]


def _is_fitted(leaf: Leaf) -> bool:
    """Tell whether a layer cuts a labelled tensor, crop(e1), to the sizes of the one that it is joined with."""
    return leaf.kind == "Crop" and leaf.span.text.startswith("crop")


def _joined_with(body: Derivation, place: int) -> int:
    """Return the place of the tensor with which the one that is cut at a place is joined next."""
    return next(item.sources[0] for item in body.items[place + 1 :] if place in item.sources)


def _agree(claim: Any, _: int) -> None:
    if claim is False:
        raise SymcnnError("the branches do not fit each other")


@lru_cache(maxsize=32)
def replay_of(same: Same[Analysis]) -> Replay:
    """Return the layers of an analysis, to be derived again, for all who ask at `BUILDING`; of the last analyses."""
    return Replay(same.it)
