"""Text for terminals and pipes: rich tables, Unicode formulas; colours only where a terminal wants them."""

from __future__ import annotations

import os
from collections.abc import Iterable
from io import StringIO

from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.constrain import Constrain
from rich.table import Table as RichTable
from rich.text import Text

from symcnn.formula.style import PLAIN, Style
from symcnn.report import Document, Equation, Line, Listing, Math, Paragraph, Section, Table, Working

_PIPE_WIDTH = 200  # of tables that no terminal cuts
_READABLE_WIDTH = 100  # of paragraphs
_BETWEEN = 3  # columns of space between the columns of a table


def plain_text(document: Document, style: Style = PLAIN) -> str:
    """Return a document without colours, as wide as $COLUMNS says, else up to 200 columns."""
    return _printed(document, style, terminal=False, width=None if "COLUMNS" in os.environ else _PIPE_WIDTH)


def terminal_text(document: Document, style: Style = PLAIN) -> str:
    """Return a document for the terminal: as wide as it is, headings and labels marked unless $NO_COLOR is set."""
    return _printed(document, style, terminal=not os.environ.get("NO_COLOR"), width=None)


def _printed(document: Document, style: Style, terminal: bool, width: int | None) -> str:
    buffer = StringIO()
    console = Console(file=buffer, width=width, force_terminal=terminal, highlight=False, emoji=False, markup=False)
    pending: list[RenderableType] = []  # printed together: each print of its own costs a millisecond
    for section in document.sections:
        _section(section, console, style, pending)
    _print_pending(console, pending)
    return "\n".join(line.rstrip() for line in buffer.getvalue().split("\n")).rstrip("\n") + "\n"


def line_text(line: Line, style: Style = PLAIN) -> str:
    """Return a line as Unicode text."""
    if len(line) == 1 and isinstance(line[0], Math):
        return style.unicode.show(line[0].formula)
    return "".join(style.unicode.write(part.formula) if isinstance(part, Math) else part.text for part in line)


def _section(section: Section, console: Console, style: Style, pending: list[RenderableType]) -> None:
    pending.append(Text(section.title + line_text(section.more, style), style="bold"))
    for block in section.blocks:
        pending.append(Text())
        if isinstance(block, Table):
            _print_pending(console, pending)
            _print_table(block, console, style)
        else:
            pending.append(_block(block, console.width, style))
    pending.append(Text())


def _print_pending(console: Console, pending: list[RenderableType]) -> None:
    if pending:
        console.print(Group(*pending))
    pending.clear()


def _block(block: Paragraph | Listing | Working, width: int, style: Style) -> RenderableType:
    match block:
        case Paragraph(line=line):
            return Constrain(Text(line_text(line, style)), _READABLE_WIDTH)
        case Listing(items):
            return _labelled((label, [line_text(line, style) for line in lines]) for label, lines in items)
        case Working(steps):
            room = width - max((cell_len(label) for label, _ in steps), default=0) - 2
            return _labelled((label, [_equation(e, room, style) for e in equations]) for label, equations in steps)


def _equation(equation: Equation, room: int, style: Style) -> str:
    """Return the sides with = between them, in one line if there is room; else every further side in its own line."""
    first, *others = (style.unicode.write(side) for side in equation.sides)
    note = f"   ({line_text(equation.note, style)})" if equation.note else ""
    line = " = ".join([first, *others]) + note
    if cell_len(line) <= room or not others:
        return line
    return "\n".join([f"{first} = {others[0]}", *(f"{' ' * cell_len(first)} = {side}" for side in others[1:])]) + note


def _print_table(table: Table, console: Console, style: Style) -> None:
    """Print a table; where there is no room, columns are left out, then cells broken at spaces, never elsewhere."""
    cells = [[line_text(cell, style) for cell in row] for row in (*table.rows, *table.foot)]
    feet = range(len(table.rows) + 1, len(cells) + 1)
    titles = [column.title + line_text(column.more, style) for column in table.columns]
    texts = [[title, *(row[place] for row in cells)] for place, title in enumerate(titles)]
    kept = list(range(len(texts)))
    while _total(max(map(cell_len, texts[place])) for place in kept) > console.width:
        least = max(kept, key=lambda place: table.columns[place].rank)
        if not table.columns[least].rank:
            break
        kept.remove(least)
    widths = _fitted({place: texts[place] for place in kept}, console.width)
    rights = {place: table.columns[place].right for place in kept}
    drawn = Text()
    for number, row in enumerate([titles, *cells]):
        _add_row({place: row[place] for place in kept}, widths, rights, drawn, bold=number in (0, *feet))
        if number in (0, len(table.rows) if feet else 0):
            drawn.append("─" * _total(widths.values()) + "\n")
    drawn.right_crop(1)
    console.print(drawn, soft_wrap=True)
    if len(kept) < len(texts):
        left_out = dict.fromkeys(titles[place] for place in range(len(texts)) if place not in kept)
        console.print(Text(f"left out, as {console.width} columns are too few: {', '.join(left_out)}", style="dim"))


def _add_row(row: dict[int, str], widths: dict[int, int], rights: dict[int, bool], drawn: Text, bold: bool) -> None:
    """Add the lines of a row: rich's own tables take longer than all the rest of a derivation's output."""
    broken = {place: _broken(text, widths[place]) for place, text in row.items()}
    for number in range(max(map(len, broken.values()))):
        lines = {place: lines[number] if number < len(lines) else "" for place, lines in broken.items()}
        padded = [_padded(text, widths[place], rights[place]) for place, text in lines.items()]
        drawn.append((" " * _BETWEEN).join(padded), "bold" if bold else None)
        drawn.append("\n")


def _padded(text: str, width: int, right: bool) -> str:
    space = " " * (width - cell_len(text))
    return space + text if right else text + space


def _broken(text: str, width: int) -> list[str]:
    """Break a text at spaces into lines of some width, which no word exceeds."""
    if cell_len(text) <= width:
        return [text]
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if cell_len(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _fitted(texts: dict[int, list[str]], most: int) -> dict[int, int]:
    """Return a width for each column: as wide as its cells, or narrower, down to its longest word, to fit in `most`."""
    widths = {place: max(map(cell_len, column)) for place, column in texts.items()}
    words = {place: max(map(cell_len, " ".join(column).split())) for place, column in texts.items()}
    while _total(widths.values()) > most and any(widths[place] > words[place] for place in widths):
        widest = max((place for place in widths if widths[place] > words[place]), key=lambda place: widths[place])
        widths[widest] -= 1
    return widths


def _total(widths: Iterable[int]) -> int:
    """Return the width of a table with columns of these widths."""
    widths = list(widths)
    return sum(widths) + _BETWEEN * (len(widths) - 1)


def _labelled(items: Iterable[tuple[str, list[str]]]) -> RichTable:
    drawn = RichTable.grid(padding=(0, 2))
    drawn.add_column(style="dim", no_wrap=True)
    drawn.add_column(overflow="fold")
    for label, lines in items:
        for place, line in enumerate(lines):
            drawn.add_row("" if place else label, Text(line))
    return drawn
