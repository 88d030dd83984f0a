"""Text for terminals and pipes: rich tables, Unicode formulas; colours only where a terminal wants them."""

from __future__ import annotations

import os
from io import StringIO

from rich import box
from rich.console import Console, RenderableType
from rich.table import Table as RichTable
from rich.text import Text

from symcnn.formula.notation import text as unicode_formula
from symcnn.report import Block, Document, Line, Listing, Math, Paragraph, Section, Table

_PIPE_WIDTH = 200  # of tables that no terminal cuts
_READABLE_WIDTH = 100  # of paragraphs
# No edges, a rule under the head and one above the totals.
_RULED = box.Box("    \n    \n ── \n    \n ── \n    \n    \n    \n")


def plain_text(document: Document) -> str:
    """Return a document without colours, as wide as $COLUMNS says, else up to 200 columns."""
    return _printed(document, terminal=False, width=None if "COLUMNS" in os.environ else _PIPE_WIDTH)


def terminal_text(document: Document) -> str:
    """Return a document for the terminal: as wide as it is, headings and labels marked unless $NO_COLOR is set."""
    return _printed(document, terminal=not os.environ.get("NO_COLOR"), width=None)


def _printed(document: Document, terminal: bool, width: int | None) -> str:
    buffer = StringIO()
    console = Console(file=buffer, width=width, force_terminal=terminal, highlight=False, emoji=False, markup=False)
    for section in document.sections:
        _section(section, console)
    return "\n".join(line.rstrip() for line in buffer.getvalue().split("\n")).rstrip("\n") + "\n"


def line_text(line: Line) -> str:
    """Return a line as Unicode text."""
    return "".join(unicode_formula(part.formula) if isinstance(part, Math) else part.text for part in line)


def _section(section: Section, console: Console) -> None:
    console.print(Text(section.title, style="bold"))
    for block in section.blocks:
        console.print()
        width = min(console.width, _READABLE_WIDTH) if isinstance(block, Paragraph) else None
        console.print(_block(block), width=width)
    console.print()


def _block(block: Block) -> RenderableType:
    match block:
        case Paragraph(line):
            return Text(line_text(line))
        case Table():
            return _table(block)
        case Listing():
            return _listing(block)


def _table(table: Table) -> RichTable:
    drawn = RichTable(box=_RULED, show_edge=False, pad_edge=False, padding=(0, 1))
    for column in table.columns:
        drawn.add_column(column.title, justify="right" if column.right else "left", overflow="fold")
    for place, row in enumerate(table.rows):
        last = place == len(table.rows) - 1
        drawn.add_row(*(Text(line_text(cell)) for cell in row), end_section=last and bool(table.foot))
    for row in table.foot:
        drawn.add_row(*(Text(line_text(cell), style="bold") for cell in row))
    return drawn


def _listing(listing: Listing) -> RichTable:
    drawn = RichTable.grid(padding=(0, 2))
    drawn.add_column(style="dim", no_wrap=True)
    drawn.add_column(overflow="fold")
    for label, lines in listing.items:
        for place, line in enumerate(lines):
            drawn.add_row("" if place else label, Text(line_text(line)))
    return drawn
