"""A derived network once more, with other rules at some of its layers: what follows from a mistake is worked out too.

The arguments of the layers stay as they are; tensors, and all that depends on them, are new. What a mistake does not
touch is taken over, and a layer with the same rules, arguments and input is worked out once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.operations import product, total
from symcnn.algebra.symbols import Value, exact
from symcnn.analysis.apply import Application, Outcome
from symcnn.analysis.arguments import SAME, Given
from symcnn.analysis.derivation import INPUT, Derivation, Leaf, Nest, visits
from symcnn.analysis.fields import Views, layer_fields, output_field
from symcnn.analysis.joins import joined
from symcnn.analysis.result import Analysis
from symcnn.analysis.tensor import Tensor
from symcnn.answers.effects import is_counted, recounted
from symcnn.errors import NotSupportedError, SymcnnError
from symcnn.formula.values import Frame, Sides
from symcnn.library.kind import Kind
from symcnn.library.rules import RULES, WINDOW
from symcnn.tree import Slip, Step

Made = Mapping[int, tuple[Slip, ...]]  # the mistakes by the place of the layer, in the order of the table

_MOST_ITERATIONS = 100  # of a repeated body that a mistake makes different each time


class Replay:
    """The layers of an analysis, to be derived again; `base` is what is right, in numbers where the analysis is."""

    def __init__(self, analysis: Analysis) -> None:
        if analysis.derivation is None:
            raise NotSupportedError("mistakes in a network that was not derived here")
        self.arithmetic = Arithmetic(analysis.facts)
        self.batch: Value = exact(analysis.batch) if analysis.batch is not None else 1
        self._given = [_given(layer.rules, layer.values) for layer in analysis.layers]
        self._keys = [tuple(given.values.items()) for given in self._given]
        self._outcomes: dict[Any, Outcome | SymcnnError] = {}
        self._settled: set[Any] = set()  # kinds and arguments that fit each other, whatever the input is
        self._on_axes: dict[Any, Value] = {}  # what rules came to on single axes
        self._sums: dict[tuple[Derivation, str], Value] = {}
        channels, *sizes = map(exact, analysis.input)
        self.input = Tensor(channels, tuple(sizes))
        self.base = analysis.derivation
        if analysis.values is not None:
            self.base = Run(self, analysis.derivation, {}).derivation
        self.leaves = tuple(visit.leaf for visit in visits(self.base))

    def run(self, made: Made, last: int | None = None) -> Run:
        """Derive the network with mistakes, up to a layer; raises `SymcnnError` where it then is not possible."""
        return Run(self, self.base, made, last)

    def outcome(self, kind: Kind, place: int, slips: tuple[Slip, ...], tensor: Tensor, leaf: Leaf) -> Outcome:
        """Return what a layer makes of a tensor by mistake; raises `SymcnnError` where that is impossible."""
        key = (kind, tuple(map(id, slips)), self._keys[place], tensor)
        if key not in self._outcomes:
            try:
                self._outcomes[key] = self._outcome(kind, place, slips, tensor, leaf)
            except (SymcnnError, ZeroDivisionError) as error:
                self._outcomes[key] = error if isinstance(error, SymcnnError) else SymcnnError("division by zero")
        found = self._outcomes[key]
        if isinstance(found, SymcnnError):
            raise found
        return found

    def _right(self, kind: Kind, place: int, tensor: Tensor, leaf: Leaf) -> Outcome:
        """Return what a layer makes of a tensor by its own rules."""
        right = self.leaves[place].outcome
        same = (tensor.channels, tensor.sizes) == (right.values["C"], right.values["n"])
        return right if same else self.outcome(kind, place, (), tensor, leaf)

    def _outcome(self, kind: Kind, place: int, slips: tuple[Slip, ...], tensor: Tensor, leaf: Leaf) -> Outcome:
        """Work a layer out; a mistake about what is seen leaves its sizes, also where a padding is chosen by them."""
        if slips and all(map(is_counted, slips)):
            return recounted(self._right(kind, place, tensor, leaf), slips, self.arithmetic)
        step = Step(kind.name, (), leaf.span, leaf.span)
        others = tuple(slip for slip in slips if slip.quantity not in WINDOW)
        outcome = self._applied(kind, place, others, tensor, step)
        if len(others) < len(slips):
            outcome = replace(outcome, windows=self._applied(kind, place, slips, tensor, step).windows)
        return self._with_params(outcome, kind, slips)

    def _applied(self, kind: Kind, place: int, slips: tuple[Slip, ...], tensor: Tensor, step: Step) -> Outcome:
        mistaken = kind.mistaken(slips) if slips else kind
        arguments = (kind, self._keys[place], len(tensor.sizes))
        settled = arguments in self._settled
        application = Application(mistaken, step, self._given[place], tensor, self.arithmetic, settled, self._on_axes)
        outcome = application.outcome()
        if application.settled:
            self._settled.add(arguments)
        return outcome

    def _with_params(self, outcome: Outcome, kind: Kind, slips: tuple[Slip, ...]) -> Outcome:
        """Parameters are no rule of their own: who mistakes them all at once has another number for them."""
        for slip in slips:
            if slip.quantity == "params":
                value = exact(kind.mistake(slip)(Frame(self.arithmetic, outcome.values)))
                outcome = replace(outcome, counted={**outcome.counted, "params": value})
        return outcome

    def total(self, derivation: Derivation, quantity: str) -> Value:
        """Return the sum over the layers of one sample, bodies that are shared once."""
        key = (derivation, quantity)
        if key not in self._sums:
            self._sums[key] = total(self._part(item, quantity) for item in derivation.items)
        return self._sums[key]

    def _part(self, item: Leaf | Nest, quantity: str) -> Value:
        if isinstance(item, Leaf):
            return counted(item, quantity)
        part = self.total(item.body, quantity)
        return part if item.times == 1 else product((item.times, part))

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
    rows: dict[int, int] = field(default_factory=dict)  # where the layers are now; of repetitions the last
    derivation: Derivation = field(init=False)
    _place: int = 0
    _row: int = 0

    def __post_init__(self) -> None:
        self.derivation = self._body(self.right, (self.replay.input, *self.right.inputs[1:]))

    def leaf(self, place: int) -> Leaf:
        """Return a layer, by its place in the right network."""
        return self.leaves.get(place) or self.replay.leaves[place]

    def field(self, place: int | None) -> Views:
        """Return what an output of a layer, or of the network, sees, axis by axis."""
        if place is None:
            return output_field(self.derivation, self.replay.arithmetic)
        return layer_fields(self.derivation, self.replay.arithmetic)[self.rows[place]][1]

    def _body(self, body: Derivation, inputs: Sequence[Tensor]) -> Derivation:
        outputs: list[Tensor] = []
        items: list[Leaf | Nest] = []
        for item in body.items:
            tensors = tuple(outputs[p] if p >= 0 else inputs[INPUT - p] for p in item.sources)
            made = self._leaf(item, tensors) if isinstance(item, Leaf) else self._nest(item, tensors)
            items.append(made)
            outputs.append(made.outcome.output if isinstance(made, Leaf) else made.body.output)
        return Derivation(tuple(inputs), tuple(items), body.result)

    def _leaf(self, leaf: Leaf, tensors: tuple[Tensor, ...]) -> Leaf:
        place, slips = self._place, self.made.get(self._place, ())
        self.rows[place] = self._row
        self._place, self._row = place + 1, self._row + 1
        if self._is_over(place) or (not slips and tensors == leaf.inputs):
            return leaf
        tensor, broadcast = tensors[0], leaf.broadcast
        if len(tensors) > 1:
            found = joined(leaf.kind.lower(), tensors, self.replay.arithmetic, _agree)
            tensor, broadcast = found.tensor, found.broadcast
        outcome = self.replay.outcome(leaf.outcome.kind, place, slips, tensor, leaf)
        new = replace(leaf, inputs=tensors, outcome=outcome, broadcast=broadcast)
        self.leaves.setdefault(place, new)
        return new

    def _nest(self, nest: Nest, tensors: tuple[Tensor, ...]) -> Nest:
        first, rows = self._place, nest.body.rows
        if self._is_over(first) or (tensors == nest.body.inputs and not self._touched(first, rows)):
            self.rows |= {first + i: self._row + i for i in range(rows)}
            self._place, self._row = first + rows, self._row + rows
            return nest
        own, *taken = tensors
        bodies: list[Nest] = []
        done = 0
        while done < nest.times:
            self._place = first
            body = self._body(nest.body, (own, *taken))
            # A body that gives back its input tensor is all the rest too.
            times = nest.times - done if body.output == own else 1
            bodies.append(Nest(nest.name, body, times, (len(bodies) - 1, *self._outside(taken))))
            own, done = body.output, done + times
            if len(bodies) > _MOST_ITERATIONS:
                raise NotSupportedError(f"more than {_MOST_ITERATIONS} different repetitions")
        if len(bodies) == 1:
            return Nest(nest.name, bodies[0].body, nest.times, nest.sources)
        return Nest(nest.name, Derivation(tensors, tuple(bodies), len(bodies) - 1), 1, nest.sources)

    def _outside(self, taken: Sequence[Tensor]) -> tuple[int, ...]:
        return tuple(INPUT - 1 - i for i in range(len(taken)))

    def _is_over(self, place: int) -> bool:
        return self.last is not None and place > self.last

    def _touched(self, first: int, rows: int) -> bool:
        return any(first <= place < first + rows for place in self.made)


def counted(leaf: Leaf, quantity: str) -> Value:
    """Return a quantity of a layer; params are what is learned, unless a mistake says otherwise."""
    found = leaf.outcome.counted
    if quantity == "params" and "params" not in found:
        return total((found["weights"], found["biases"]))
    return found[quantity]


def _agree(claim: Any, _: int) -> None:
    if claim is False:
        raise SymcnnError("the branches do not fit each other")


def _given(kind: Kind, values: Mapping[str, Any]) -> Given:
    """Return the arguments of a layer as they can be given once more."""
    return Given({name: _argument(kind, name, values) for name in kind.parameters}, {})


def _argument(kind: Kind, name: str, values: Mapping[str, Any]) -> Any:
    value = values[kind.parameters[name].symbol]
    if SAME in kind.words.get(name, ()) and _is_same(values):
        return SAME
    if not isinstance(value, tuple):
        return value
    return tuple((item.before, item.after) if isinstance(item, Sides) else item for item in value)


def _is_same(values: Mapping[str, Any]) -> bool:
    try:
        return bool(values[SAME])
    except KeyError:
        return False
