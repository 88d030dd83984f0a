"""An analysis in exact integers: the closed forms evaluated, and the rows of the network with these numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, overload

from symcnn.algebra.symbols import Value
from symcnn.analysis.fields import Fields
from symcnn.analysis.result import Analysis, Evaluated, Layer


def evaluated(analysis: Analysis, evaluate: Callable[[Value], Any], values: Mapping[str, Any]) -> Analysis:
    """Return an analysis for values of its symbols.

    Where there is a symbolic number of repetitions, the totals come from their closed forms, and the rows are those of
    the network that is derived once more with the numbers, when they are asked for.
    """

    @cache
    def numeric() -> Analysis:
        assert analysis.renewed is not None
        return analysis.renewed(values)

    @cache
    def unrolled() -> Analysis:
        own = numeric().symbols  # what no repetition speaks of is no symbol where there is none
        return numeric().at(**{name: value for name, value in values.items() if name in own})

    def fields_of() -> tuple[Fields, dict[str, int]]:
        return numeric().fields, {layer.path: layer.place for layer in numeric().layers}

    fields = analysis.fields.at(evaluate, [layer.path for layer in analysis.layers], fields_of)
    batch = None if analysis.batch is None else evaluate(analysis.batch)
    counting = None if analysis.counting is None else analysis.counting.at(batch or 1)
    deep = any(layer.loops for layer in analysis.layers)

    def layer_of(layer: Layer) -> Layer:
        return replace(
            layer,
            input=_tuple(layer.input, evaluate),
            inputs=tuple(_tuple(shape, evaluate) for shape in layer.inputs),
            output=_tuple(layer.output, evaluate),
            counted={name: evaluate(value) for name, value in layer.counted.items()},
            fields=fields,
            values=Evaluated(layer.values, evaluate),
            claims=(),
            counting=counting,
        )

    return Analysis(
        net=analysis.net,
        input=_tuple(analysis.input, evaluate),
        batch=batch,
        output=_tuple(analysis.output, evaluate),
        layers=_Later(lambda: unrolled().layers) if deep else tuple(map(layer_of, analysis.layers)),
        fields=fields,
        claims=(),
        assumed=(),
        symbols={},
        values=dict(values),
        symbolic=analysis,
        derived=(lambda: unrolled().derivation) if deep else analysis.derived,
        evaluate=evaluate,
        convention=analysis.convention,
        counting=counting,
        columns=analysis.columns,
    )


def _tuple(items: tuple[Value, ...], evaluate: Callable[[Value], Any]) -> tuple[Any, ...]:
    return tuple(evaluate(item) for item in items)


class _Later(Sequence[Layer]):
    """Layers that are derived when they are looked at."""

    def __init__(self, derive: Callable[[], Sequence[Layer]]) -> None:
        self._derive = derive

    def __len__(self) -> int:
        return len(self._derive())

    @overload
    def __getitem__(self, place: int) -> Layer: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Layer]: ...
    def __getitem__(self, place: Any) -> Any:
        return self._derive()[place]

    def __eq__(self, other: object) -> bool:
        return tuple(self) == (tuple(other) if isinstance(other, Sequence) else other)

    __hash__ = None  # type: ignore[assignment]
