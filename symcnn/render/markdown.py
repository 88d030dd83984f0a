"""Markdown, with formulas between dollar signs."""

from __future__ import annotations

import re

from symcnn.formula import nodes as f
from symcnn.formula.style import PLAIN, Style
from symcnn.report import (
    Block,
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

_INDENT = "&emsp;"  # spaces at the beginning of a cell are not shown
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|$~])")


def markdown_text(document: Document, style: Style = PLAIN) -> str:
    """Return a document as markdown."""
    return "\n".join(_section(section, style) for section in document.sections)


def _section(section: Section, style: Style) -> str:
    title = _escaped(section.title) + _line(section.more, style)
    return f"## {title}\n\n" + "\n".join(_block(block, style) for block in section.blocks)


def _block(block: Block, style: Style) -> str:
    match block:
        case Paragraph(line=line):
            return f"{_line(line, style)}\n"
        case Table():
            return _table(block, style)
        case Listing(items):
            return "".join(_item(label, [_line(line, style) for line in lines]) for label, lines in items)
        case Program(text):
            fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
            return f"{fence}\n{text}\n{fence}\n"
        case Working(steps):
            return "".join(_item(label, [_equation(e, style) for e in equations]) for label, equations in steps)


def _item(label: str, lines: list[str]) -> str:
    if not label:
        return "".join(f"* {line}\n" for line in lines)
    if len(lines) == 1:
        return f"* **{_escaped(label)}**: {lines[0]}\n"
    return f"* **{_escaped(label)}**:\n" + "".join(f"  * {line}\n" for line in lines)


def _equation(equation: Equation, style: Style) -> str:
    note = f" ({_line(equation.note, style)})" if equation.note else ""
    return f"${' = '.join(style.equation(equation.sides))}${note}"


def _table(table: Table, style: Style) -> str:
    head = [_escaped(column.title) + _line(column.more, style) for column in table.columns]
    rule = ["---:" if column.right else "---" for column in table.columns]
    rows = [[_line(cell, style) for cell in row] for row in table.rows]
    rows += [[f"**{_line(cell, style)}**" if cell else "" for cell in row] for row in table.foot]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in (head, rule, *rows))


def _line(line: Line, style: Style) -> str:
    return "".join(_inline(part, len(line) == 1, style) for part in line)


def _inline(part: Inline, alone: bool, style: Style) -> str:
    match part:
        case Math(f.Number() as number):
            return style.unicode.written(number, part.alone or alone)
        case Math(f.Sign(_, f.Number())) if part.alone:
            return style.unicode.show(part.formula)
        case Math():
            return f"${(style.latex_written if part.written else style.latex).write(part.formula)}$"
        case Rounded(value, places):
            return style.rounded(value, places)
        case Indent(level):
            return _INDENT * level
    return _escaped(part.text)


def _escaped(words: str) -> str:
    return _SPECIAL.sub(r"\\\1", words)
