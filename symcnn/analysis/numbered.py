"""A derived network with numbers in the place of its symbols; equal bodies and layers are evaluated once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from symcnn.algebra.symbols import Value, exact
from symcnn.analysis.derivation import Derivation, Leaf, Nest
from symcnn.analysis.outcome import Counted, Outcome
from symcnn.analysis.result import Evaluated
from symcnn.analysis.tensor import Tensor
from symcnn.analysis.window import Window, window_of

Evaluate = Callable[[Value], Any]


def in_numbers(derivation: Derivation, evaluate: Evaluate) -> Derivation:
    """Return a derivation with what `evaluate` makes of its values, those of rules when they are asked for.

    Indices of repetitions may be left in it. It has no conditions: where they hold is known before.
    """
    return _Numbers(evaluate).body(derivation)


class _Numbers:
    """One derivation, of which everything is kept by its identity."""

    def __init__(self, evaluate: Evaluate) -> None:
        self._evaluate = evaluate
        self._bodies: dict[int, Derivation] = {}
        self._outcomes: dict[int, Outcome] = {}
        self._tensors: dict[Tensor, Tensor] = {}
        self._windows: dict[tuple[Window, ...], tuple[Window, ...]] = {}

    def body(self, body: Derivation) -> Derivation:
        key = id(body)
        if key not in self._bodies:
            items = tuple(self._leaf(item) if isinstance(item, Leaf) else self._nest(item) for item in body.items)
            self._bodies[key] = Derivation(tuple(map(self._tensor, body.inputs)), items, body.result)
        return self._bodies[key]

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
            values = Evaluated(outcome.values, self._evaluate)
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
