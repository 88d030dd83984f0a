"""The receptive field in words: of the output, before positions are gone, and what branches and gates make of it."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from symcnn.algebra.operations import product, total
from symcnn.algebra.symbols import exact, is_number
from symcnn.analysis import Analysis, Layer, ReceptiveField
from symcnn.analysis.layers import last_with_positions
from symcnn.document.lines import line, shape
from symcnn.report import Line

_UNKNOWN = "unknown"


def field_cell(values: tuple[Any, ...]) -> Line:
    """Return the cell of sizes or jumps, one per axis."""
    return line(_UNKNOWN) if None in values else shape(values)


def field_lines(analysis: Analysis) -> tuple[Line, ...]:
    """Return the lines on what the output sees; where it has no positions, also on the last layer that has them."""
    last = last_with_positions(analysis.layers, analysis.output)
    if last is None:
        return (_field_line(analysis.receptive_field), *_remarks(analysis, analysis.receptive_field))
    before, whole = last.receptive_field, analysis.receptive_field
    padded = ", padding included" if _begins_before(whole) else ""
    return (
        (*_field_line(before), *line(f" after {last.path}")),
        *_remarks(analysis, before),
        (*line(f"of the output{padded}: "), *field_cell(whole.size)),
    )


def _field_line(field: ReceptiveField) -> Line:
    if None in (*field.size, *field.jump, *field.centre):
        return line(f"{_UNKNOWN}: {field.reason}")
    parts = [*shape(field.size), *line(", jump "), *shape(field.jump), *line(", first centre ")]
    if len(set(field.centre)) == 1:
        return (*parts, *line(field.centre[0]))
    listed: list[Any] = ["("]
    for place, value in enumerate(field.centre):
        listed += [", ", value] if place else [value]
    return (*parts, *line(*listed, ")"))


def _remarks(analysis: Analysis, field: ReceptiveField) -> Iterator[Line]:
    if None not in field.least and field.least != field.size:
        yield (*line("along the path that sees least: "), *shape(field.least))
    if field.gated:
        yield line("beside gates, or normalisations over positions, which see everything before them")
    if field.aligned is not True:
        join = _misaligned(analysis)
        says = "joins" if join.receptive_field.aligned is False else "perhaps joins, depending on the symbols,"
        yield line(f"misaligned: {join.path} {says} branches whose outputs look at different places")


def _misaligned(analysis: Analysis) -> Layer:
    """Return the first join of branches that look at different places, or that perhaps do."""
    found = [layer for layer in analysis.layers if layer.receptive_field.aligned is not True]
    joins = [layer for layer in found if len(layer.inputs) > 1] or found
    return next((layer for layer in joins if layer.receptive_field.aligned is False), joins[0])


def _begins_before(field: ReceptiveField) -> bool:
    """Tell whether the first output sees what lies before the input, or may do so."""
    if None in (*field.size, *field.centre):
        return False
    ends = zip(field.size, field.centre, strict=True)
    starts = [total((exact(centre), product((Fraction(-1, 2), total((exact(size), -1)))))) for size, centre in ends]
    return any(not is_number(start) or start < 0 for start in starts)
