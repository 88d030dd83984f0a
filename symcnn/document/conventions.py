"""The reference of counting conventions, and what a table says of those beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from symcnn.analysis import Analysis, Layer
from symcnn.analysis.counting import Unknown, firsts
from symcnn.analysis.totals import network_total
from symcnn.document.lines import TITLES, line
from symcnn.formula.nodes import Formula
from symcnn.library.convention import Convention
from symcnn.library.rules import ASKED
from symcnn.library.standard import standard_library
from symcnn.report import Block, Column, Document, Line, Listing, Math, Paragraph, Section, Table, Words

_UNKNOWN = "unknown"
_SUMS = (
    "A sum of conventions is one too: macs+bias+norm+activation+pooling+addition, flops-bias. What both have is "
    "counted twice; flops has the bias already."
)


def conventions_document(conventions: Iterable[Convention]) -> Document:
    """Return the table of some conventions with what they count."""
    rows = tuple((line(c.name), line(c.doc)) for c in conventions)
    table = Table((Column("convention"), Column("what it counts")), rows)
    return Document((Section("Counting conventions", (table, Paragraph(line(_SUMS), note=True))),))


def convention_document(convention: Convention) -> Document:
    """Return the page of one convention: its words, and its formula for each kind."""
    found = [*_own_rules(convention), *((row.kinds, row.value) for row in convention.definition.rows)]
    rows = tuple((line(", ".join(kinds) or "otherwise"), (Math(formula, written=True),)) for kinds, formula in found)
    table = Table((Column("kind"), Column("counted for one sample")), rows)
    return Document((Section(convention.name, (Paragraph(line(convention.doc)), table)),))


def _own_rules(convention: Convention) -> Iterator[tuple[tuple[str, ...], Formula]]:
    """Yield the kinds of the library that have a rule of the convention's name themselves, with that."""
    if convention.name not in ASKED:
        return
    library = standard_library().layers
    rules = {name: dict(layer.rules).get(convention.name) for name, layer in library.items()}
    yield from (((name,), formula) for name, formula in rules.items() if formula is not None)


def conventions_data(conventions: Iterable[Convention]) -> dict[str, object]:
    """Return conventions as plain data, formulas as they are written."""
    return {
        "conventions": [
            {
                "name": c.name,
                "doc": c.doc,
                "rows": [
                    {"kinds": list(kinds), "formula": formula.span.text}
                    for kinds, formula in (*_own_rules(c), *((row.kinds, row.value) for row in c.definition.rows))
                ],
            }
            for c in conventions
        ]
    }


def columns(analysis: Analysis) -> tuple[str, ...]:
    """Return the conventions beside the quantities that a table has anyway."""
    return tuple(name for name in analysis.columns if name not in ("params", "macs"))


def title(name: str) -> str:
    """Return what a convention's column is called."""
    return TITLES.get(name, name)


def layer_cell(layer: Layer, name: str) -> Line:
    """Return what a convention counts in a layer, or that it does not say."""
    counting = layer.counting
    found = layer.count(name) if counting is None else counting.of(name, layer)
    return line(_UNKNOWN if isinstance(found, Unknown) else found)


def total_lines(analysis: Analysis, name: str) -> tuple[Line, ...]:
    """Return the total under a convention, or the first layer for which it is unknown, and why."""
    found = network_total(analysis, name)
    if isinstance(found, Unknown):
        return (line(f"{_UNKNOWN}, as {found.layer} ({found.kind}) is: {found.reason}"),)
    return (line(found),)


def total_cell(analysis: Analysis, name: str) -> Line:
    """Return the total under a convention as a cell."""
    found = network_total(analysis, name)
    return line(_UNKNOWN if isinstance(found, Unknown) else found)


def first_lines(analysis: Analysis) -> Iterator[Line]:
    """Yield what the first repetitions of layers count, where it is not what their rows say."""
    for name in columns(analysis):
        found = [part for layer, value in firsts(analysis, name) for part in ("; ", f"{layer.path} ", value)]
        if found:
            yield line(f"{title(name)} where nothing before the layer learns, as in the first repetition: ", *found[1:])


def meanings(analysis: Analysis) -> list[Block]:
    """Return what the conventions beside a table count."""
    if analysis.counting is None:
        return []
    found = (analysis.counting.convention(name) for name in columns(analysis) if name not in TITLES)
    items = tuple((c.name, ((Words(c.doc),),)) for c in found if c.doc)
    return [Listing(items)] if items else []
