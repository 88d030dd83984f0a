"""How a layer is called: as the user wrote it; where a net of the library calls it, with the values of its names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.symbols import exact
from symcnn.analysis import Layer
from symcnn.analysis.arguments import SAME, default_value
from symcnn.document.lines import line
from symcnn.formula.express import express
from symcnn.formula.nodes import Formula, Shape, Truth, Tuple
from symcnn.formula.values import Frame, Sides
from symcnn.library.kind import positional
from symcnn.report import Inline, Line, Math
from symcnn.tree import LayerParameter


def call_line(layer: Layer) -> Line:
    """Return `Conv(64, 3, padding=1)`; the names inside a net of the library are nobody's who uses it."""
    if not layer.span.source.internal:
        return line(" ".join(layer.span.text.split()))
    arguments = list(_arguments(layer))
    if not arguments:
        return line(layer.kind)
    between = [part for argument in arguments for part in (*line(", "), *argument)][1:]
    return (*line(f"{layer.kind}("), *between, *line(")"))


def _arguments(layer: Layer) -> Iterator[Line]:
    """Yield the arguments that are not the defaults, the first ones without their names."""
    bare = positional(layer.rules.parameters)
    frame, axes = Frame(Arithmetic(), layer.values), len(layer.values["n"])
    for place, parameter in enumerate(layer.rules.definition.parameters):
        value = layer.values[parameter.symbol]
        known = parameter.name in layer.rules.defaults
        if known and value == default_value(layer.rules, parameter, frame, axes):
            bare = min(bare, place)
            continue
        label = f"{parameter.name}=" if place >= bare else ""
        yield (*(line(label) if label else ()), _written(layer, parameter, value))


def _written(layer: Layer, parameter: LayerParameter, value: Any) -> Inline:
    if parameter.name == "padding" and layer.values.get("same"):
        return line(f'"{SAME}"')[0]
    if isinstance(parameter.default, Truth):
        return line(str(bool(value)).lower())[0]
    parts = tuple(map(_part, value)) if isinstance(value, tuple) else (_part(value),)
    alike = all(part == parts[0] for part in parts)
    if alike and not isinstance(parts[0], Tuple):
        return Math(parts[0])
    return Math(Tuple(parts) if isinstance(parts[0], Tuple) else Shape(parts))


def _part(value: Any) -> Formula:
    if isinstance(value, Sides):
        return Tuple((_part(value.before), _part(value.after)))
    return express(exact(value))
