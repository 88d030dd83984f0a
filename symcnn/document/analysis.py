"""An analysis as a document: the table of layers, the totals, the conditions; with values, both ways."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Any

from symcnn.algebra.symbols import expression
from symcnn.analysis import Analysis
from symcnn.derive.repetitions import repetitions
from symcnn.document.conventions import columns as beside
from symcnn.document.conventions import first_lines, layer_cell, meanings, title, total_cell, total_lines
from symcnn.document.field import field_cell, field_lines
from symcnn.document.legend import assumption_lines, condition_items, symbol_lines
from symcnn.document.lines import CONVENTION, TITLES, line, shape, width
from symcnn.document.timing import NOTE, time_lines
from symcnn.document.tree import Row, rows
from symcnn.document.words import only_english
from symcnn.formula import nodes as f
from symcnn.report import Block, Column, Document, Line, Listing, Math, Paragraph, Rounded, Section, Table

_COLUMNS = ("params", "macs")
_TOTALS = ("params", "weights", "biases", "macs", "flops", "activations")
_WIDEST_TOTAL = 60  # characters
_LEAST_SHARE = Fraction(1, 20)  # percent, which is rounded to 0.1
_IF_ANY = ("buffers", "counters")
_LAYERS = ("weight_layers", "nonlinearities")


def analysis_document(*analyses: Analysis, language: str = "en") -> Document:
    """Return the document of some analyses; of one with values, the symbolic part comes first."""
    only_english(language)
    found = (part for analysis in analyses for part in (analysis.symbolic, analysis) if part is not None)
    return Document(tuple(map(_section, found)))


def _section(analysis: Analysis) -> Section:
    found = rows(analysis, analysis.layers)
    notes = [line(text) for text in (" ".join(_notes(analysis, found)),) if text] + [*_numbered(analysis)]
    notes += first_lines(analysis)
    blocks: list[Block] = [_table(analysis, found), *(Paragraph(note, note=True) for note in notes)]
    blocks += [_totals(analysis), Paragraph(line(CONVENTION), note=True), *meanings(analysis)]
    blocks += [] if analysis.rate is None else [Paragraph(line(NOTE), note=True)]
    return Section(analysis.net, tuple(blocks), more=_values(analysis))


def _notes(analysis: Analysis, found: tuple[Row, ...]) -> Iterator[str]:
    """Say how the rows are to be read: those that are indented, and those with ×n."""
    if heads := " or ".join(_heads(found)):
        yield f"Rows are indented under the {heads} that they are part of, whose own row gives its output."
    if any(row.times != 1 for row in found):
        what = "the layer or block, with all that is indented under it," if heads else "the layer"
        parts = ["params and MACs are those of one layer"]
        parts += ["% is the part of all its repetitions together"] if _shared(analysis) else []
        parts += ["receptive field and jump are those of the last"] if analysis.receptive_field.size else []
        yield f"×n: {what} n times, one after the other. {', '.join(parts)}."


def _numbered(analysis: Analysis) -> Iterator[Line]:
    """Say which repetitions an index numbers that quantities speak of: `i = 0 … n − 1 numbers those of repeat1`."""
    found: dict[tuple[f.Formula, f.Formula], list[str]] = {}
    for body in repetitions(analysis):
        inside = [layer for layer in analysis.layers if layer.path.startswith(f"{body.path}.")]
        values = [value for x in inside for value in (*x.output, *x.input, *(x.count(name) for name in _COLUMNS))]
        if any(body.symbol in expression(value).free_symbols for value in values):
            found.setdefault((body.index, body.last), []).append(body.path)
    for (index, last), paths in found.items():
        listed = ", ".join(paths[:-1]) + (" and " if paths[1:] else "") + paths[-1]
        yield line(Math(index), " = 0 … ", Math(last), f" numbers the repetitions of {listed}.")
    if any("[-1]" in layer.path for layer in analysis.layers):
        yield line("[-1] is the last of the repetitions.")


def _heads(found: tuple[Row, ...]) -> Iterator[str]:
    """Yield what it is that rows are indented under."""
    joins = any(row.layer is not None and then.level > row.level for row, then in pairwise(found))
    if any(row.layer is None for row in found):
        yield "block"
    if joins:
        yield "join"


def _values(analysis: Analysis) -> Line:
    """Return for which values an analysis is: ` at H = 32, W = 32`."""
    parts: list[Any] = []
    for name, value in (analysis.values or {}).items():
        parts += [", " if parts else " at ", Math(f.Name(name)), f" = {value}"]
    return line(*parts)


def _shared(analysis: Analysis) -> list[str]:
    """Return the quantities of which the layers' parts are numbers."""
    return [q for q in _COLUMNS if any(analysis.share(layer, q) is not None for layer in analysis.layers)]


def _table(analysis: Analysis, found: tuple[Row, ...]) -> Table:
    shared = _shared(analysis)
    fields = bool(analysis.receptive_field.size)
    columns = [Column("layer"), Column("kind", rank=2), Column("output", rank=-2)]
    for quantity in _COLUMNS:
        columns.append(Column(TITLES[quantity], right=True))
        if quantity in shared:
            columns.append(Column("%", right=True, rank=3, called=f"% of {TITLES[quantity]}"))
    columns += [Column(title(name), right=True, rank=-3) for name in beside(analysis)]
    if fields:
        columns += [Column("receptive field", right=True, rank=1), Column("jump", right=True, rank=4)]
    listed = [_row(analysis, row, shared, fields, len(columns)) for row in found]
    first = _cells(columns, {0: line("input"), 2: shape(analysis.input)})
    total = {0: line("total"), 2: shape(analysis.output)}
    for quantity in _COLUMNS:
        place = next(i for i, column in enumerate(columns) if column.title == TITLES[quantity])
        total[place] = _total(analysis, quantity)
    first_beside = next((i for i, column in enumerate(columns) if column.title == "receptive field"), len(columns))
    for place, name in enumerate(beside(analysis), first_beside - len(beside(analysis))):
        total[place] = _fitting(total_cell(analysis, name), (layer_cell(x, name) for x in analysis.layers))
    return Table(tuple(columns), (first, *listed), (_cells(columns, total),))


def _total(analysis: Analysis, quantity: str) -> Line:
    """Return a total, or where it stands if it would make its column much wider."""
    return _fitting(line(analysis.count(quantity)), (line(layer.count(quantity)) for layer in analysis.layers))


def _fitting(total: Line, cells: Iterator[Line]) -> Line:
    if width(total) <= _WIDEST_TOTAL or width(total) <= max(map(width, cells), default=0):
        return total
    return line("see below")


def _cells(columns: list[Column], filled: dict[int, Line]) -> tuple[Line, ...]:
    return tuple(filled.get(place, ()) for place in range(len(columns)))


def _row(analysis: Analysis, row: Row, shared: list[str], fields: bool, columns: int) -> tuple[Line, ...]:
    """Return the cells of a row. A block has no numbers: those of its layers would be added up twice."""
    layer = row.layer
    if layer is None:
        return (row.cell, (), shape(row.output), *((),) * (columns - 3))
    cells: list[Line] = [row.cell, line(layer.kind), shape(layer.output)]
    for quantity in _COLUMNS:
        cells.append(line(layer.count(quantity)))
        if quantity in shared:
            cells.append(_share(analysis.share(layer, quantity), row.copies))
    cells += [layer_cell(layer, name) for name in beside(analysis)]
    if fields:
        cells += [field_cell(layer.receptive_field.size), field_cell(layer.receptive_field.jump)]
    return tuple(cells)


def _share(ratio: Fraction | None, copies: int) -> Line:
    if not ratio:
        return ()
    part = 100 * ratio * copies
    if part < _LEAST_SHARE:
        return line("< ", Rounded(Fraction(1, 10), 1))
    return (Rounded(part, 0 if part.denominator == 1 else 1),)


def _totals(analysis: Analysis) -> Listing:
    items: list[tuple[str, tuple[Line, ...]]] = [(TITLES[name], (line(analysis.count(name)),)) for name in _TOTALS]
    items += [(title(name), total_lines(analysis, name)) for name in beside(analysis) if name not in _TOTALS]
    if analysis.rate is not None:
        items.append(("ideal time", time_lines(analysis)))
    items += [(TITLES[name], (line(analysis.count(name)),)) for name in _IF_ANY if analysis.count(name) != 0]
    items += [(TITLES[name], (line(analysis.count(name)),)) for name in _LAYERS]
    if analysis.batch is not None:
        items.append(("batch", (line(analysis.batch),)))
    if analysis.receptive_field.size:
        items.append(("receptive field", field_lines(analysis)))
    if analysis.symbols and analysis.values is None:
        items.append(("symbols", symbol_lines(analysis)))
    if assumed := assumption_lines(analysis):
        items.append(("assuming", assumed))
    items += condition_items(analysis)
    return Listing(tuple(items))
