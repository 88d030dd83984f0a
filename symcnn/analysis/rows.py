"""The rows of the table: a derived network's layers with their shapes and counts as SymPy expressions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, lru_cache, partial
from typing import Any, TypeAlias

from sympy import Expr

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.conditions import Condition, Either
from symcnn.algebra.symbols import Value, expression
from symcnn.analysis.counting import Counting
from symcnn.analysis.counts import Counts
from symcnn.analysis.derivation import Derivation, Leaf, Loop, Visit, outcomes, visits
from symcnn.analysis.fields import Fields
from symcnn.analysis.layers import Layers, Parts
from symcnn.analysis.outcome import Outcome
from symcnn.analysis.repeated import together
from symcnn.analysis.result import Layer
from symcnn.analysis.tensor import Tensor

Claims: TypeAlias = tuple[Condition | Either, ...]


class Rows:
    """Makes the rows of one network; `claimed` yields the layers' own conditions by path: they may be facts later."""

    def __init__(
        self, batch: Value, fields: Fields, counting: Counting, claimed: Callable[[], Mapping[tuple[str, ...], Claims]]
    ) -> None:
        self._batch, self._fields, self._counting, self._claimed = batch, fields, counting, cache(claimed)
        self._counts: dict[int, Counts] = {}  # of each different outcome, by its identity
        self._shapes: dict[int, tuple[Expr, ...]] = {}  # of each tensor, by its identity

    def of(self, derivation: Derivation) -> Layers:
        """Return the rows of all layers, in order."""
        return Layers(
            lambda: (self._row(visit, place) for place, visit in enumerate(visits(derivation))),
            lambda: parts_of(derivation, lambda: self._counting.arithmetic),
        )

    def _together(self, loops: tuple[Loop, ...], value: Value) -> Value:
        return together(value, loops, self._counting.arithmetic)

    def _row(self, visit: Visit, place: int) -> Layer:
        leaf, outcome = visit.leaf, visit.leaf.outcome
        inputs = tuple(map(self._shape, leaf.inputs))
        return _filled(
            name=leaf.name,
            path=".".join(visit.path),
            kind=leaf.kind,
            times=self._together(visit.loops, 1) if visit.loops else 1,
            loops=visit.loops if _speaks_of_an_index(visit.loops) else (),
            input=inputs[0],
            inputs=inputs,
            output=self._shape(outcome.output),
            counted=self._counted(outcome),
            fields=self._fields,
            place=place,
            span=leaf.span,
            rules=outcome.kind,
            values=outcome.values,
            claims=self._claimed().get(visit.path, ()),
            counting=self._counting,
        )

    def _shape(self, tensor: Tensor) -> tuple[Expr, ...]:
        known = self._shapes.get(id(tensor))
        if known is None:
            known = self._shapes[id(tensor)] = shape(tensor.shape)
        return known

    def _counted(self, outcome: Outcome) -> Counts:
        known = self._counts.get(id(outcome))
        if known is None:
            known = self._counts[id(outcome)] = Counts(outcome.counted, self._batch, expression)
        return known


def _filled(**values: Any) -> Layer:
    """Return the row of these values, all at once: a network has many, and what is frozen is slow to be filled."""
    row = Layer.__new__(Layer)
    object.__setattr__(row, "__dict__", values)
    return row


def parts_of(derivation: Derivation, arithmetic: Callable[[], Arithmetic]) -> Parts:
    """Return what the different layers of a derivation count for one sample, and how often."""
    parts = Parts([], [])
    found: dict[int, int] = {}  # the places of equal layers, by the identity of what they count

    def summed(loops: tuple[Loop, ...], value: Value) -> Value:
        return together(value, loops, arithmetic())

    def gather(body: Derivation, times: int, loops: tuple[Loop, ...]) -> None:
        for item in body.items:
            if isinstance(item, Leaf):
                counted = item.outcome.counted
                place = found.setdefault(id(counted), len(parts.equal))
                if place == len(parts.equal):
                    parts.equal.append((times, counted))
                else:
                    parts.equal[place] = (parts.equal[place][0] + times, counted)
            elif item.index is None:
                repeated = int(item.times)
                gather(item.body, times * repeated, loops if repeated == 1 else (*loops, item.loop))
            else:
                inner = outcomes(item.body, (*loops, item.loop))
                parts.looped.extend((partial(summed, loops), outcome.counted) for outcome, loops in inner)

    gather(derivation, 1, ())
    return parts


def _speaks_of_an_index(loops: tuple[Loop, ...]) -> bool:
    return any(loop.index is not None for loop in loops)


@lru_cache(maxsize=10_000)  # a layer's output is the next one's input
def shape(values: tuple[Any, ...]) -> tuple[Expr, ...]:
    """Return the sizes as SymPy expressions."""
    return tuple(map(expression, values))
