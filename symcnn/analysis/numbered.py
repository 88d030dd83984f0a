"""A derived network with numbers in the place of its symbols; equal bodies and layers are evaluated once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

from sympy import Symbol

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.evaluate import evaluator
from symcnn.algebra.symbols import Value, exact
from symcnn.analysis.derivation import INPUT, Derivation, Leaf, Nest
from symcnn.analysis.outcome import Counted, Evaluated, Names, Outcome
from symcnn.analysis.tensor import Tensor
from symcnn.analysis.window import Window, window_of
from symcnn.formula.values import Frame, number
from symcnn.library.kind import Kind

Evaluate = Callable[[Value], Any]
_ARITHMETIC = Arithmetic()
_MOST_SPREAD, _MOST_TIMES = 1_000, 16  # layers in repetitions that are told apart, and repetitions of one body


def in_numbers(derivation: Derivation, evaluate: Evaluate) -> Derivation:
    """Return a derivation with what `evaluate` makes of its values, those of rules when they are asked for.

    Indices of repetitions may be left in it. It has no conditions: where they hold is known before.
    """
    return derivation if derivation.numbered else Numbers(evaluate).body(derivation)


class Numbers:
    """The numbers of one network; everything is found again by its identity.

    `whole`: no index of a repetition is left in them, so that the rules of what is counted can be worked out.
    """

    def __init__(self, evaluate: Evaluate, whole: bool = False) -> None:
        self._evaluate, self._whole = evaluate, whole
        self._bodies: dict[int, Derivation] = {}
        self._outcomes: dict[int, Outcome] = {}
        self._values: dict[int, Mapping[str, Any]] = {}
        self._tensors: dict[Tensor, Tensor] = {}
        self._windows: dict[tuple[Window, ...], tuple[Window, ...]] = {}

    def body(self, body: Derivation) -> Derivation:
        """Return a body with numbers."""
        key = id(body)
        if key not in self._bodies:
            items = tuple(self._leaf(item) if isinstance(item, Leaf) else self._nest(item) for item in body.items)
            inputs = tuple(map(self._tensor, body.inputs))
            self._bodies[key] = Derivation(inputs, items, body.result, numbered=True)
        return self._bodies[key]

    def values(self, kind: Kind, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the values of a layer's names."""
        key = id(values)
        if key not in self._values:
            made = _Counting(kind, values, self._evaluate) if self._whole else Evaluated(values, self._evaluate)
            self._values[key] = made
        return self._values[key]

    def _leaf(self, leaf: Leaf) -> Leaf:
        return leaf._replace(inputs=tuple(map(self._tensor, leaf.inputs)), outcome=self._outcome(leaf.outcome))

    def _nest(self, nest: Nest) -> Nest:
        times = exact(self._evaluate(nest.times))
        last = None if nest.last is None else self._tensor(nest.last)
        return replace(nest, body=self.body(nest.body), times=times, last=last, recurrences=(), generic=None)

    def _tensor(self, tensor: Tensor) -> Tensor:
        if tensor not in self._tensors:
            channels, *sizes = (exact(self._evaluate(value)) for value in tensor.shape)
            self._tensors[tensor] = Tensor(channels, tuple(sizes))
        return self._tensors[tensor]

    def _outcome(self, outcome: Outcome) -> Outcome:
        key = id(outcome)
        if key not in self._outcomes:
            values = self.values(outcome.kind, outcome.values)
            output, windows = self._tensor(outcome.output), self._through(outcome.windows)
            self._outcomes[key] = Outcome(output, windows, Counted(values), (), outcome.kind, values)
        return self._outcomes[key]

    def _through(self, windows: tuple[Window, ...]) -> tuple[Window, ...]:
        if windows not in self._windows:
            self._windows[windows] = tuple(map(self._window, windows))
        return self._windows[windows]

    def _window(self, window: Window) -> Window:
        if not window.known:
            return window
        parts = (window.reach, window.jump, window.upsampling, window.spacing, window.start)
        return window_of(*(exact(self._evaluate(part)) for part in parts))


class NotSpreadError(Exception):
    """The repetitions of a network are none, or too many to be told apart."""


class Spread(Numbers):
    """The numbers of a network in which the repetitions of every symbolic number are told apart; no index is left.

    Raises `NotSpreadError` where that cannot be.
    """

    def __init__(self, known: Mapping[Symbol, Any], rows: list[int] | None = None) -> None:
        super().__init__(evaluator(known), whole=True)
        self._known = known
        self._rows = [0] if rows is None else rows  # that were made, of all repetitions together

    def _nest(self, nest: Nest) -> Nest:
        if nest.index is None:
            return super()._nest(nest)
        times = self._evaluate(nest.times)
        if not isinstance(times, int) or not 1 <= times <= _MOST_TIMES:
            raise NotSpreadError
        if nest.alike:
            return Nest(nest.name, self.body(nest.body), times, nest.sources)
        self._rows[0] += times * nest.body.rows
        if self._rows[0] > _MOST_SPREAD:
            raise NotSpreadError
        bodies = tuple(Spread({**self._known, nest.index: i}, self._rows).body(nest.body) for i in range(times))
        if any(one.output != other.input for one, other in pairwise(bodies)):
            raise NotSpreadError
        return chained(nest, bodies[0].inputs, bodies)


def chained(nest: Nest, inputs: tuple[Tensor, ...], bodies: tuple[Derivation, ...]) -> Nest:
    """Return repetitions that are told apart, one after the other, in the place of a body."""
    taken = tuple(INPUT - 1 - i for i in range(len(inputs) - 1))
    items = tuple(Nest(nest.name, body, 1, (place - 1, *taken)) for place, body in enumerate(bodies))
    return Nest(nest.name, Derivation(inputs, items, len(items) - 1), 1, nest.sources, bodies=bodies)


class _Counting(Evaluated):
    """The values of a layer's names; what is counted, and has no closed form yet, is counted in numbers."""

    def __init__(self, kind: Kind, values: Mapping[str, Any], evaluate: Evaluate) -> None:
        super().__init__(values, evaluate)
        self._kind, self._frame = kind, Frame(_ARITHMETIC, self)

    def __missing__(self, name: str) -> Any:
        if name in self._kind.open_counts and isinstance(self._values, Names) and not self._values.has(name):
            self[name] = exact(number(self._kind.rules[name](self._frame), None))
            return self[name]
        return super().__missing__(name)
