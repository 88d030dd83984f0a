"""Why two conventions count a network differently, as a document: a table that adds up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from symcnn.analysis.reconciliation import Reconciliation
from symcnn.document.conventions import title
from symcnn.document.lines import line
from symcnn.document.words import only_english
from symcnn.formula import nodes as f
from symcnn.formula.express import express
from symcnn.formula.notation import text
from symcnn.report import Block, Column, Document, Line, Listing, Math, Paragraph, Section, Table, Words


def reconciliation_document(*reconciliations: Reconciliation, language: str = "en") -> Document:
    """Return the document of some reconciliations: of one with values, only the numbers."""
    only_english(language)
    return Document(tuple(map(_section, reconciliations)))


def _section(found: Reconciliation) -> Section:
    first, second = (title(c.name) for c in found.conventions)
    columns = (Column("what differs"), Column("count", right=True))
    start = (line(second), line(found.totals[1]))
    rows = tuple((line(x.words), _signed(x.amount)) for x in found.lines)
    blocks: list[Block] = [Table(columns, (start, *rows), ((line(first), line(found.totals[0])),))]
    if not found.lines:
        blocks.append(Paragraph(line(f"{first} and {second} count the same here.")))
    said = tuple((title(c.name), ((Words(c.doc),),)) for c in found.conventions if c.doc)
    if said:
        blocks.append(Listing(said))
    net = found.analysis.net
    return Section(f"{net}: {first} against {second}", tuple(blocks), more=tuple(_values(found)))


def _signed(amount: Any) -> Line:
    """Return an amount that begins with its sign."""
    formula = express(amount)
    first = formula.terms[0] if isinstance(formula, f.Sum) else formula
    if text(first).startswith(("-", "−")):
        return (Math(formula),)
    if isinstance(formula, f.Sum):
        return (Math(f.Sum((f.Sign("+", first), *formula.terms[1:]), formula.signs)),)
    return (Math(f.Sign("+", f.Group(formula) if isinstance(formula, (f.Choice, f.Cases)) else formula)),)


def _values(found: Reconciliation) -> Iterator[Any]:
    for place, (name, value) in enumerate((found.analysis.values or {}).items()):
        yield from line(", " if place else " at ", Math(f.Name(name)), f" = {value}")
