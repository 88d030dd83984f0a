"""The memory of a network as a document: the table of layers, what is stored and alive, and what bounds the time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from sympy.logic.boolalg import true

from symcnn.algebra.operations import total
from symcnn.analysis.counting import Unknown
from symcnn.document.amounts import bytes_line, decimal, numbers_line, seconds
from symcnn.document.legend import assumption_lines, condition_items, symbol_lines
from symcnn.document.lines import TITLES, alone, line, shape, width
from symcnn.document.tree import Row, rows
from symcnn.document.words import only_english
from symcnn.formula import nodes as f
from symcnn.memory import LayerBound, LayerMemory, Memory, Roofline
from symcnn.memory.live import Open
from symcnn.memory.roofline import MEMORY
from symcnn.report import Advice, Block, Column, Document, Line, Listing, Math, Paragraph, Section, Table

_WIDEST = 48  # characters of a cell that is a formula; a wider one is worth asking for in numbers
_WIDEST_CONDITION = 32  # as "memory if H·W ≤ 6,636"
_LISTED = 6  # names of layers that are listed
_UNKNOWN, _DEPENDS = "unknown", "depends"

_Result = Memory | Roofline


def memory_document(*results: _Result, language: str = "en") -> Document:
    """Return the document of some memories or rooflines; of one with values, the symbolic part comes first."""
    only_english(language)
    found = (part for result in results for part in (result.symbolic, result) if part is not None)
    return Document(tuple(map(_section, found)))


def _section(result: _Result) -> Section:
    found, bounds = (result.memory, result) if isinstance(result, Roofline) else (result, None)
    listed = rows(found.analysis, found.analysis.layers)
    blocks: list[Block] = [_table(found, bounds, listed), Paragraph(line(" ".join(_notes(found, listed))), note=True)]
    blocks.append(Listing(tuple(_stored(found))))
    if bounds is not None:
        blocks.append(Listing(tuple(_bounded(bounds))))
    if about := tuple(_about(found)):
        blocks.append(Listing(about))
    return Section(f"{found.analysis.net}: memory in {_precision(found)}", tuple(blocks), more=_values(found))


def _precision(found: Memory) -> str:
    mixed = " with float32 copies" if found.storing.mixed else ""
    return f"{found.storing.dtype.name}{mixed}"


def _values(found: Memory) -> Line:
    parts: list[Any] = []
    for name, value in (found.analysis.values or {}).items():
        parts += [", " if parts else " at ", Math(f.Name(name)), f" = {value}"]
    return line(*parts)


# the table


def _table(found: Memory, bounds: Roofline | None, listed: tuple[Row, ...]) -> Table:
    per_byte = f"{_operations(found)}/byte"
    columns = [Column("layer"), Column("kind", rank=3), Column("output", rank=-4)]
    titles = ("activations", "live", "access, bytes")
    columns += [Column(title, right=True, rank=rank) for title, rank in zip(titles, (-2, -3, -1), strict=True)]
    symbolic = bool(found.analysis.symbols or (bounds is not None and bounds.machine.symbols))
    # Asked for with a machine; their formulas are wide.
    columns.append(Column(per_byte, right=True, rank=2 if bounds is None or symbolic else -5))
    if bounds is not None:
        columns += [Column("bound", rank=-7), Column("time", right=True, rank=4 if symbolic else -6)]
    layers = {x.layer.place: x for x in found.layers}
    limits = {} if bounds is None else {x.memory.layer.place: x for x in bounds.layers}
    cells = [_row(row, layers, limits, len(columns)) for row in listed]
    start = _filled(len(columns), {0: line("input"), 2: shape(found.analysis.input), 4: line(found.input)})
    total = {0: line("total"), 2: shape(found.analysis.output), 3: _fitting(line(found.activations), "see below")}
    total |= {5: _fitting(line(found.access_bytes), "see below"), 6: _intensity(found)}
    if bounds is not None and not isinstance(found.operations, Unknown):
        total[8] = _fitting(seconds(bounds.time))
    foot = [_filled(len(columns), total)]
    if not isinstance(found.found_peaks, Open) and len(found.peaks) == 1:
        foot.append(_filled(len(columns), {0: line("peak"), 4: line(found.peak)}))
    return _without_empty(Table(tuple(columns), (start, *cells), tuple(foot)))


def _without_empty(table: Table) -> Table:
    """Leave out columns that say nothing of any layer."""
    kept = [i for i in range(len(table.columns)) if any(row[i] for row in table.rows)]

    def narrowed(rows: tuple[tuple[Line, ...], ...]) -> tuple[tuple[Line, ...], ...]:
        return tuple(tuple(row[i] for i in kept) for row in rows)

    return Table(tuple(table.columns[i] for i in kept), narrowed(table.rows), narrowed(table.foot))


def _filled(columns: int, cells: Mapping[int, Line]) -> tuple[Line, ...]:
    return tuple(cells.get(place, ()) for place in range(columns))


def _row(
    row: Row, layers: Mapping[int, LayerMemory], limits: Mapping[int, LayerBound], columns: int
) -> tuple[Line, ...]:
    if row.layer is None:
        return _filled(columns, {0: row.cell, 2: shape(row.output)})
    found = layers[row.layer.place]
    cells = {0: row.cell, 1: line(row.layer.kind), 2: shape(row.layer.output), 4: _live(found)}
    cells[3] = line("view") if found.is_view else line(found.activations)
    if not found.is_view:
        cells |= {5: line(found.access_bytes), 6: _intensity(found)}
    if limits:
        limit = limits[row.layer.place]
        cells |= {7: _bound(limit), 8: _time(limit)}
    return _filled(columns, cells)


def _live(found: LayerMemory) -> Line:
    return line(_UNKNOWN) if isinstance(found.alive, Open) else _fitting(line(found.live), _DEPENDS)


def _intensity(found: LayerMemory | Memory) -> Line:
    if isinstance(found.operations, Unknown):
        return line(_UNKNOWN)
    return () if found.intensity is None else _fitting(decimal(found.intensity))


def _bound(limit: LayerBound) -> Line:
    if isinstance(limit.memory.operations, Unknown):
        return line(_UNKNOWN)
    bound = limit.bound
    if bound is None or isinstance(bound, str):
        return line(bound or "")
    condition = line("memory if ", limit.memory_bound)
    return condition if width(condition) <= _WIDEST_CONDITION else line(_DEPENDS)


def _time(limit: LayerBound) -> Line:
    if isinstance(limit.memory.operations, Unknown):
        return line(_UNKNOWN)
    return () if limit.bound is None else _fitting(seconds(limit.time))


def _fitting(cell: Line, otherwise: str = "") -> Line:
    """Return a cell, or a word where it is too wide."""
    return cell if width(cell) <= _WIDEST else line(otherwise) if otherwise else ()


def _operations(found: Memory) -> str:
    return TITLES.get(found.convention, found.convention)


def _notes(found: Memory, listed: tuple[Row, ...]) -> Iterator[str]:
    yield "Activations and live are counted in numbers: a tensor lives from the layer that makes it to its last use,"
    yield "in the written order, nothing is done in place, and a view shares the storage of its source."
    yield "What a layer needs inside itself is not counted."
    yield "Access: inputs, parameters and buffers read once, the output written."
    if any(row.times != 1 for row in listed):
        yield "×n: n times, one after the other; the numbers are those of one, live is the largest of all."


# what is stored and alive


def _stored(found: Memory) -> Iterator[tuple[str, tuple[Line, ...]]]:
    yield "parameters", (numbers_line(found.params, found.params_bytes),)
    if found.buffers_bytes != 0:
        counters = found.analysis.counters
        more = line(" (with ", counters, f" counter{'' if counters == 1 else 's'} of 8 bytes)") if counters != 0 else ()
        yield "buffers", ((*numbers_line(found.analysis.buffers, found.buffers_bytes), *more),)
    yield "input", (numbers_line(found.input, found.input_bytes),)
    yield "activations", (numbers_line(found.activations, found.activations_bytes),)
    yield "peak", tuple(_peak(found))
    yield "inference", (_inference(found),)
    if found.trains:
        yield from _training(found)
    yield "access", (bytes_line(found.access_bytes),)
    yield f"{_operations(found)}/byte", (_whole_intensity(found),)


def _peak(found: Memory) -> Iterator[Line]:
    if isinstance(found.found_peaks, Open):
        yield line(f"{_UNKNOWN}: {found.found_peaks.reason}")
        return
    grouped = groupby(found.peaks, key=lambda peak: peak.when)
    told = [(when, list(peaks)) for when, peaks in grouped]
    for place, (when, peaks) in enumerate(told):
        condition = line(", if ", when) if when is not true else line(", otherwise") if place else ()
        if len(peaks) > 1:
            which = line("the largest of these numbers, which depends on the symbols", *condition)
            yield (*which, *(_advice(found) if len(told) == 1 else ()))
            yield from (line(peak.value, f" at {peak.layer}") for peak in peaks)
            continue
        (peak,) = peaks
        where = "the input, before the first layer" if peak.layer == "input" else f"at {peak.layer}"
        yield (*numbers_line(peak.value, found.in_bytes(peak.value)), *line(f", {where}", *condition))


def _advice(found: Memory) -> Line:
    """Say what would decide it: sizes that are not tiny."""
    analysis = found.analysis
    sizes = [size for size in analysis.input[1:] if size in analysis.symbols.values()]
    return (Advice(f"; assume more, as {sizes[0]} >= 64"),) if sizes else ()


def _inference(found: Memory) -> Line:
    if isinstance(found.found_peaks, Open) or len(found.peaks) > 1:
        return line("parameters, buffers and peak")
    return (*bytes_line(found.inference_bytes), *line(": parameters, buffers and peak"))


def _training(found: Memory) -> Iterator[tuple[str, tuple[Line, ...]]]:
    optimizer = found.storing.optimizer
    keeps = f"{optimizer.name}, which keeps {optimizer.meaning}"
    copies = ", and a float32 copy of the parameters" if found.storing.mixed else ""
    yield "gradients", (bytes_line(found.gradients_bytes),)
    yield "optimiser", ((*bytes_line(found.optimizer_bytes), *line(f": {keeps}{copies}")),)
    what = "parameters, buffers, gradients, optimiser, input and all activations, when the forward pass ends"
    yield "training", ((*bytes_line(found.training_bytes), *line(f": {what}")),)


def _whole_intensity(found: Memory) -> Line:
    unknown = found.operations
    if isinstance(unknown, Unknown):
        return line(f"{_UNKNOWN}, as {unknown.layer} ({unknown.kind}) is: {unknown.reason}")
    return line("0") if found.intensity is None else decimal(found.intensity)


# what bounds the time


def _bounded(bounds: Roofline) -> Iterator[tuple[str, tuple[Line, ...]]]:
    found = bounds.memory
    per_byte = f" {_operations(found)}/byte"
    unit = {"flops": "FLOP/s", "macs": "MACs/s"}.get(found.convention, f"operations/s, counted by {found.convention}")
    peak, bandwidth = alone(bounds.machine.peak), alone(bounds.machine.bandwidth)
    yield "machine", (line(peak, f" {unit}, ", bandwidth, " bytes/s"),)
    yield "ridge point", ((*decimal(bounds.ridge), *line(f"{per_byte}: below it, memory bounds the time")),)
    if isinstance(found.operations, Unknown):
        return
    paths = bounds.memory_bound
    conditional = [x for x in bounds.layers if not (x.bound is None or isinstance(x.bound, str))]
    undecided = total(x.memory.layer.times for x in conditional)
    layers = total(x.memory.layer.times for x in bounds.layers if x.bound is not None)
    bound = total(x.memory.layer.times for x in bounds.layers if x.bound == MEMORY)
    more = f": {', '.join(paths)}" if 0 < len(paths) <= _LISTED else ""
    depends = line("; of ", undecided, " it depends on the symbols") if conditional else ()
    yield "memory-bound", ((*line(bound, " of ", layers, f" layers{more}"), *depends),)
    hidden = [x for x in conditional if _bound(x) == line(_DEPENDS)][:_LISTED]
    if hidden:
        yield "memory-bound if", tuple(line(f"{x.memory.layer.path}: ", x.memory_bound) for x in hidden)
    time = seconds(bounds.time)
    if width(time) <= 2 * _WIDEST:
        yield "time", ((*line("at least "), *time, *line(": the layers one after the other, each at its bound")),)


def _about(found: Memory) -> Iterator[tuple[str, tuple[Line, ...]]]:
    analysis = found.analysis
    if analysis.batch is not None:
        yield "batch", (line(analysis.batch),)
    if analysis.symbols and analysis.values is None:
        yield "symbols", symbol_lines(analysis)
    if assumed := assumption_lines(analysis):
        yield "assuming", assumed
    yield from condition_items(analysis)
