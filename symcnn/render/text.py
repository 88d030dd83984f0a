"""Text for terminals and pipes: lines and tables with Unicode formulas; looks only where a terminal wants them.

Lines are laid out here, as rich's tables and wrapped texts take longer than all the rest of a derivation's output;
rich knows the terminal, how wide letters are, and what must not be written to one.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from itertools import groupby
from typing import NamedTuple

from rich.cells import cell_len, chop_cells
from rich.console import Console
from rich.control import strip_control_codes
from rich.text import Text

from symcnn.formula.style import PLAIN, Style
from symcnn.render.text_width import BETWEEN, fitted, indent_of, total_width
from symcnn.report import (
    Document,
    Equation,
    Indent,
    Inline,
    Line,
    Listing,
    Math,
    Paragraph,
    Program,
    Rounded,
    Section,
    Table,
    Working,
)

_PIPE_WIDTH = 200  # of tables that no terminal cuts
_READABLE_WIDTH = 100  # of paragraphs
_AFTER_LABEL = "  "
_BEFORE_NOTE = "   "
_INDENT = "  "

_Part = tuple[str, str]  # a text, and its look: "" for none


class _Room(NamedTuple):
    """How wide lines may be; where that is `firm`, no table is wider."""

    width: int
    firm: bool = True


def plain_text(document: Document, style: Style = PLAIN) -> str:
    """Return a document without colours, as wide as $COLUMNS says, else up to 200 columns."""
    room = _Room(Console().width) if "COLUMNS" in os.environ else _Room(_PIPE_WIDTH, firm=False)
    return _unmarked(document, room, style)


def terminal_text(document: Document, style: Style = PLAIN) -> str:
    """Return a document for the terminal: as wide as it is, headings and labels marked unless $NO_COLOR is set."""
    if os.environ.get("NO_COLOR"):
        return _unmarked(document, _Room(Console().width), style)
    console = Console(file=StringIO(), force_terminal=True, highlight=False, emoji=False, markup=False)
    runs = groupby(_document(document, _Room(console.width), style), key=lambda part: part[1])
    console.print(Text.assemble(*(("".join(text for text, _ in run), look) for look, run in runs)), soft_wrap=True)
    assert isinstance(console.file, StringIO)
    return _trimmed(console.file.getvalue())


def _unmarked(document: Document, room: _Room, style: Style) -> str:
    return _trimmed(strip_control_codes("".join(text for text, _ in _document(document, room, style))))


def _trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.split("\n")).rstrip("\n") + "\n"


def _document(document: Document, room: _Room, style: Style) -> Iterator[_Part]:
    for section in document.sections:
        yield from _section(section, room, style)


def line_text(line: Line, style: Style = PLAIN) -> str:
    """Return a line as Unicode text."""
    return "".join(inline_text(part, len(line) == 1, style) for part in line)


def inline_text(part: Inline, alone: bool, style: Style) -> str:
    """Return a part of a line, which may stand `alone` in it, as Unicode text."""
    match part:
        case Math():
            return style.unicode.written(part.formula, part.alone or alone)
        case Rounded(value, places):
            return style.rounded(value, places)
        case Indent(level):
            return _INDENT * level
    return part.text


def _section(section: Section, room: _Room, style: Style) -> Iterator[_Part]:
    width = room.width
    yield from _lines(_broken(section.title + line_text(section.more, style), width), "bold")
    for block in section.blocks:
        yield "\n", ""
        match block:
            case Table():
                yield from _table(block, room, style)
            case Paragraph(line=line):
                yield from _lines(_fitting(line, min(width, _READABLE_WIDTH), style))
            case Listing(items):
                space = _space(items, width)
                yield from _labelled((x, [p for y in ys for p in _fitting(y, space, style)]) for x, ys in items)
            case Program(text):
                yield from _lines(_INDENT + one for one in text.split("\n"))
            case Working(steps):
                space = _space(steps, width)
                yield from _labelled((x, [line for y in ys for line in _equation(y, space, style)]) for x, ys in steps)
    yield "\n", ""


def _fitting(line: Line, room: int, style: Style) -> list[str]:
    return _broken(line_text(line, style), room)


def _lines(lines: Iterable[str], look: str = "") -> Iterator[_Part]:
    for line in lines:
        yield line + "\n", look


def _space(labelled: Sequence[tuple[str, object]], width: int) -> int:
    """Return the width that the widest label leaves."""
    return width - max((cell_len(label) for label, _ in labelled), default=0) - len(_AFTER_LABEL)


def _labelled(items: Iterable[tuple[str, list[str]]]) -> Iterator[_Part]:
    """Yield labels, each before the first of its lines."""
    items = list(items)
    width = max((cell_len(label) for label, _ in items), default=0)
    for label, lines in items:
        for place, line in enumerate(lines):
            yield _padded("" if place else label, width) + _AFTER_LABEL, "dim"
            yield line + "\n", ""


def _equation(equation: Equation, room: int, style: Style) -> list[str]:
    """Return the sides with = between them, in one line if there is room; else every further side in its own lines."""
    first, *others = (style.unicode.write(side) for side in equation.sides)
    note = f"{_BEFORE_NOTE}({line_text(equation.note, style)})" if equation.note else ""
    whole = " = ".join([first, *others]) + note
    if cell_len(whole) <= room:
        return [whole]
    if not others:
        return _broken(whole, room)
    before = " " * cell_len(first) if cell_len(first) < room // 2 else ""
    lines = [] if before else _broken(first, room)
    for place, side in enumerate(others):
        start = first if before and not place else before
        head, *rest = _broken(side, room - cell_len(before) - 3)
        lines += [f"{start} = {head}", *(f"{before}   {line}" for line in rest)]
    return [*lines[:-1], lines[-1] + note] if cell_len(lines[-1] + note) <= room else [*lines, before + note]


def _table(table: Table, room: _Room, style: Style) -> Iterator[_Part]:
    """Yield a table; where there is no room, columns are left out and cells broken, at spaces if possible."""
    cells = [[line_text(cell, style) for cell in row] for row in (*table.rows, *table.foot)]
    feet = range(len(table.rows) + 1, len(cells) + 1)
    titles = [column.title + line_text(column.more, style) for column in table.columns]
    texts = [[title, *(row[place] for row in cells)] for place, title in enumerate(titles)]
    widths = fitted(texts, table.columns, room.width, room.firm)
    kept = list(widths)
    rights = {place: table.columns[place].right for place in kept}
    for number, row in enumerate([titles, *cells]):
        lines = _row({place: row[place] for place in kept}, widths, rights)
        yield from _lines(lines, "bold" if number in (0, *feet) else "")
        if number in (0, len(table.rows) if feet else 0):
            yield "─" * total_width(widths.values()) + "\n", ""
    if len(kept) < len(texts):
        left_out = dict.fromkeys(table.columns[p].called or titles[p] for p in range(len(texts)) if p not in kept)
        note = f"left out, as {room.width} columns are too few: {', '.join(left_out)}"
        yield from _lines(_broken(note, room.width), "dim")


def _row(row: dict[int, str], widths: dict[int, int], rights: dict[int, bool]) -> Iterator[str]:
    """Yield the lines of a row."""
    broken = {place: _broken(text, widths[place]) for place, text in row.items()}
    for number in range(max(map(len, broken.values()))):
        lines = {place: lines[number] if number < len(lines) else "" for place, lines in broken.items()}
        yield (" " * BETWEEN).join(_padded(text, widths[place], rights[place]) for place, text in lines.items())


def _padded(text: str, width: int, right: bool = False) -> str:
    space = " " * (width - cell_len(text))
    return space + text if right else text + space


def _broken(text: str, width: int) -> list[str]:
    """Break a text at spaces into lines of some width, and elsewhere only in words that are longer.

    All lines are indented as the text is.
    """
    if cell_len(text) <= width:
        return [text]
    indent = indent_of(text)
    width -= len(indent)
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if cell_len(longer) <= width:
            lines[-1] = longer
            continue
        lines += chop_cells(word, max(width, 2)) if cell_len(word) > width else [word]
    return [indent + line for line in lines if line]
