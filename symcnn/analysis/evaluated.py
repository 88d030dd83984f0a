"""An analysis in exact integers: the closed forms evaluated, and the rows of the network with these numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from symcnn.algebra.symbols import Value, exact
from symcnn.analysis.derivation import Derivation
from symcnn.analysis.fields import NumericFields
from symcnn.analysis.layers import Layers
from symcnn.analysis.result import Analysis, Evaluated, Layer


def evaluated(analysis: Analysis, evaluate: Callable[[Value], Any], values: Mapping[str, Any]) -> Analysis:
    """Return an analysis for values of its symbols.

    Where there is a symbolic number of repetitions, the totals come from their closed forms, and the rows are those of
    the network that is derived once more with the numbers, when they are asked for.
    """
    return _Evaluation(analysis, evaluate, values).whole()


def derived_anew(analysis: Analysis, values: Mapping[str, Any]) -> Analysis:
    """Return the analysis of the network with numbers instead of symbols, for which the closed forms do not hold."""
    assert analysis.renewed is not None
    found = _in_integers(analysis.renewed(values), values)
    return replace(found, values=dict(values), symbolic=analysis, anew=True)


def _in_integers(numeric: Analysis, values: Mapping[str, Any]) -> Analysis:
    """Return a network of numbers in integers; what no repetition speaks of is no symbol where there is none."""
    return numeric.at(**{name: value for name, value in values.items() if name in numeric.symbols})


class _Evaluation:
    """One analysis at some values."""

    def __init__(self, analysis: Analysis, evaluate: Callable[[Value], Any], values: Mapping[str, Any]) -> None:
        self.analysis, self.evaluate, self.values = analysis, evaluate, values
        self.fields = analysis.fields.at(evaluate, [layer.path for layer in analysis.layers], self._numeric_fields)
        self.batch = None if analysis.batch is None else evaluate(analysis.batch)
        self.counting = None if analysis.counting is None else analysis.counting.at(self.batch or 1)

    def whole(self) -> Analysis:
        """Return the network's numbers."""
        analysis, deep = self.analysis, any(layer.loops for layer in self.analysis.layers)
        layers = () if deep else tuple(map(self._layer, analysis.layers))  # at once: some could not be evaluated
        return Analysis(
            net=analysis.net,
            input=self._tuple(analysis.input),
            batch=self.batch,
            output=self._tuple(analysis.output),
            layers=Layers(lambda: self.unrolled.layers if deep else layers),
            fields=self.fields,
            claims=(),
            assumed=(),
            symbols={},
            values=dict(self.values),
            symbolic=analysis,
            derived=self._derivation if deep else analysis.derived,
            evaluate=self.evaluate,
            convention=analysis.convention,
            counting=self.counting,
            columns=analysis.columns,
            rate=analysis.rate,
        )

    @cached_property
    def numeric(self) -> Analysis:
        """The network with numbers instead of symbols from the beginning."""
        assert self.analysis.renewed is not None
        return self.analysis.renewed(self.values)

    @cached_property
    def unrolled(self) -> Analysis:
        """The same in integers."""
        return _in_integers(self.numeric, self.values)

    def _derivation(self) -> Derivation | None:
        return self.unrolled.derivation

    def _numeric_fields(self) -> NumericFields:
        return self.numeric.fields, {layer.path: layer.place for layer in self.numeric.layers}

    def _tuple(self, items: tuple[Value, ...]) -> tuple[Any, ...]:
        return tuple(map(self.evaluate, items))

    def _layer(self, layer: Layer) -> Layer:
        return replace(
            layer,
            input=self._tuple(layer.input),
            inputs=tuple(map(self._tuple, layer.inputs)),
            output=self._tuple(layer.output),
            counted=layer.counted.at(self.evaluate, self.batch or 1, exact),
            fields=self.fields,
            values=Evaluated(layer.values, self.evaluate),
            claims=(),
            counting=self.counting,
        )
