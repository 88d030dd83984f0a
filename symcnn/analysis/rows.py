"""The rows of the table: a derived network's layers with their shapes and counts as SymPy expressions."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, TypeAlias

from sympy import Expr

from symcnn.algebra.conditions import Condition, Either
from symcnn.algebra.symbols import Value, expression
from symcnn.analysis.counting import Counting
from symcnn.analysis.counts import Counts
from symcnn.analysis.derivation import Derivation, Visit, outcomes, visits
from symcnn.analysis.fields import Fields
from symcnn.analysis.layers import Layers, together
from symcnn.analysis.outcome import Outcome
from symcnn.analysis.result import Layer

Claims: TypeAlias = tuple[Condition | Either, ...]


class Rows:
    """Makes the rows of one network; `claimed` has the layers' own conditions by path, where they are facts later."""

    def __init__(
        self, batch: Value, fields: Fields, counting: Counting, claimed: Mapping[tuple[str, ...], Claims] | None
    ) -> None:
        self._batch, self._fields, self._counting, self._claimed = batch, fields, counting, claimed
        self._counts: dict[int, Counts] = {}  # of each different outcome, by its identity

    def of(self, derivation: Derivation) -> Layers:
        """Return the rows of all layers, in order."""
        return Layers(
            lambda: (self._row(visit, place) for place, visit in enumerate(visits(derivation))),
            lambda: together((times, outcome.counted) for times, outcome in outcomes(derivation)),
        )

    def _row(self, visit: Visit, place: int) -> Layer:
        leaf, outcome = visit.leaf, visit.leaf.outcome
        return Layer(
            name=leaf.name,
            path=".".join(visit.path),
            kind=leaf.kind,
            times=visit.times,
            input=shape(leaf.input.shape),
            inputs=tuple(shape(tensor.shape) for tensor in leaf.inputs),
            output=shape(outcome.output.shape),
            counted=self._counted(outcome),
            fields=self._fields,
            place=place,
            span=leaf.span,
            rules=outcome.kind,
            values=outcome.values,
            claims=outcome.conditions if self._claimed is None else self._claimed.get(visit.path, ()),
            counting=self._counting,
        )

    def _counted(self, outcome: Outcome) -> Counts:
        if id(outcome) not in self._counts:
            self._counts[id(outcome)] = Counts(outcome.counted, self._batch, expression)
        return self._counts[id(outcome)]


@lru_cache(maxsize=10_000)  # a layer's output is the next one's input
def shape(values: tuple[Any, ...]) -> tuple[Expr, ...]:
    """Return the sizes as SymPy expressions."""
    return tuple(map(expression, values))
