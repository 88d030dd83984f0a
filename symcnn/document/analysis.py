"""An analysis as a document: the table of layers, the totals, the conditions; with values, both ways."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from symcnn.analysis import Analysis, Layer, ReceptiveField
from symcnn.document.legend import assumption_lines, symbol_lines
from symcnn.document.lines import CONVENTION, TITLES, line, shape, width
from symcnn.document.words import only_english
from symcnn.formula import nodes as f
from symcnn.report import Block, Column, Document, Line, Listing, Math, Paragraph, Rounded, Section, Table

_COLUMNS = ("params", "macs")
_TOTALS = ("params", "weights", "biases", "macs", "flops", "activations")
_WIDEST_TOTAL = 60  # characters
_LEAST_SHARE = Fraction(1, 2000)  # which is rounded to 0.1 %
_IF_ANY = ("buffers", "counters")
_REPEATED = (
    "×n: n equal layers in equal repetitions. params and MACs are those of one of them, % is the part of all n, the "
    "receptive field that of the last."
)
_LAYERS = ("weight_layers", "nonlinearities")


def analysis_document(*analyses: Analysis, language: str = "en") -> Document:
    """Return the document of some analyses; of one with values, the symbolic part comes first."""
    only_english(language)
    found = (part for analysis in analyses for part in (analysis.symbolic, analysis) if part is not None)
    return Document(tuple(map(_section, found)))


def _section(analysis: Analysis) -> Section:
    blocks: list[Block] = [_table(analysis), _totals(analysis), Paragraph(line(CONVENTION), note=True)]
    if any(layer.times != 1 for layer in analysis.layers):
        blocks.insert(1, Paragraph(line(_REPEATED), note=True))
    return Section(analysis.net, tuple(blocks), more=_values(analysis))


def _values(analysis: Analysis) -> Line:
    """Return for which values an analysis is: ` at H = 32, W = 32`."""
    parts: list[Any] = []
    for name, value in (analysis.values or {}).items():
        parts += [", " if parts else " at ", Math(f.Name(name)), f" = {value}"]
    return line(*parts)


def _table(analysis: Analysis) -> Table:
    shared = [q for q in _COLUMNS if any(analysis.share(layer, q) is not None for layer in analysis.layers)]
    fields = bool(analysis.receptive_field.size)
    columns = [Column("layer"), Column("kind", rank=2), Column("output")]
    for quantity in _COLUMNS:
        columns.append(Column(TITLES[quantity], right=True))
        if quantity in shared:
            columns.append(Column("%", right=True, rank=3, called=f"% of {TITLES[quantity]}"))
    if fields:
        columns += [Column("receptive field", right=True, rank=1), Column("jump", right=True, rank=4)]
    rows = [_row(analysis, layer, shared, fields) for layer in analysis.layers]
    first = _cells(columns, {0: line("input"), 2: shape(analysis.input)})
    total = {0: line("total"), 2: shape(analysis.output)}
    for quantity in _COLUMNS:
        place = next(i for i, column in enumerate(columns) if column.title == TITLES[quantity])
        total[place] = _total(analysis, quantity)
    return Table(tuple(columns), (first, *rows), (_cells(columns, total),))


def _total(analysis: Analysis, quantity: str) -> Line:
    """Return a total, or where it stands if it would make its column much wider."""
    cell = line(analysis.count(quantity))
    if width(cell) <= _WIDEST_TOTAL:
        return cell
    widest = max((width(line(layer.count(quantity))) for layer in analysis.layers), default=0)
    return cell if width(cell) <= widest else line("see below")


def _cells(columns: list[Column], filled: dict[int, Line]) -> tuple[Line, ...]:
    return tuple(filled.get(place, ()) for place in range(len(columns)))


def _row(analysis: Analysis, layer: Layer, shared: list[str], fields: bool) -> tuple[Line, ...]:
    name = layer.path if layer.times == 1 else f"{layer.path} ×{layer.times}"
    cells: list[Line] = [line(name), line(layer.kind), shape(layer.output)]
    for quantity in _COLUMNS:
        cells.append(line(layer.count(quantity)))
        if quantity in shared:
            cells.append(_share(analysis.share(layer, quantity)))
    if fields:
        cells += [shape(layer.receptive_field.size), shape(layer.receptive_field.jump)]
    return tuple(cells)


def _share(ratio: Fraction | None) -> Line:
    if not ratio:
        return ()
    if ratio < _LEAST_SHARE:
        return line("< ", Rounded(Fraction(1, 10), 1))
    return (Rounded(100 * ratio, 0 if (100 * ratio).denominator == 1 else 1),)


def _totals(analysis: Analysis) -> Listing:
    items: list[tuple[str, tuple[Line, ...]]] = [(TITLES[name], (line(analysis.count(name)),)) for name in _TOTALS]
    items += [(TITLES[name], (line(analysis.count(name)),)) for name in _IF_ANY if analysis.count(name) != 0]
    items += [(TITLES[name], (line(analysis.count(name)),)) for name in _LAYERS]
    if analysis.batch is not None:
        items.append(("batch", (line(analysis.batch),)))
    if analysis.receptive_field.size:
        items.append(("receptive field", _field_lines(analysis)))
    if analysis.symbols and analysis.values is None:
        items.append(("symbols", symbol_lines(analysis)))
    if assumed := assumption_lines(analysis):
        items.append(("assuming", assumed))
    if analysis.conditions:
        items.append(("defined for", tuple(line(relation) for relation in analysis.conditions)))
    return Listing(tuple(items))


def _field_lines(analysis: Analysis) -> tuple[Line, ...]:
    """Where the output has no positions, the last layer that has them is said too."""
    spatial = [layer for layer in analysis.layers if any(size != 1 for size in layer.output[1:])]
    if not spatial or any(size != 1 for size in analysis.output[1:]):
        return (_field_line(analysis.receptive_field),)
    before = (*_field_line(spatial[-1].receptive_field), *line(f" after {spatial[-1].path}"))
    return before, (*line("of the output, padding included: "), *shape(analysis.receptive_field.size))


def _field_line(field: ReceptiveField) -> Line:
    parts = [*shape(field.size), *line(", jump "), *shape(field.jump), *line(", first centre ")]
    if len(set(field.centre)) == 1:
        return (*parts, *line(field.centre[0]))
    listed: list[Any] = ["("]
    for place, value in enumerate(field.centre):
        listed += [", ", value] if place else [value]
    return (*parts, *line(*listed, ")"))
