"""Markdown, with formulas between dollar signs."""

from __future__ import annotations

import re

from symcnn.formula import nodes as f
from symcnn.formula.notation import latex, text
from symcnn.report import Block, Document, Line, Listing, Math, Paragraph, Section, Table

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|$~])")


def markdown_text(document: Document) -> str:
    """Return a document as markdown."""
    return "\n".join(_section(section) for section in document.sections)


def _section(section: Section) -> str:
    return f"## {_escaped(section.title)}\n\n" + "\n".join(_block(block) for block in section.blocks)


def _block(block: Block) -> str:
    match block:
        case Paragraph(line):
            return f"{_line(line)}\n"
        case Table():
            return _table(block)
        case Listing(items):
            return "".join(_item(label, lines) for label, lines in items)


def _item(label: str, lines: tuple[Line, ...]) -> str:
    if len(lines) == 1:
        return f"* **{_escaped(label)}**: {_line(lines[0])}\n"
    return f"* **{_escaped(label)}**:\n" + "".join(f"  * {_line(line)}\n" for line in lines)


def _table(table: Table) -> str:
    head = [_escaped(column.title) for column in table.columns]
    rule = ["---:" if column.right else "---" for column in table.columns]
    rows = [[_line(cell) for cell in row] for row in table.rows]
    rows += [[f"**{_line(cell)}**" if cell else "" for cell in row] for row in table.foot]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in (head, rule, *rows))


def _line(line: Line) -> str:
    return "".join(_math(part.formula) if isinstance(part, Math) else _escaped(part.text) for part in line)


def _math(formula: f.Formula) -> str:
    return text(formula) if isinstance(formula, f.Number) else f"${latex(formula)}$"


def _escaped(words: str) -> str:
    return _SPECIAL.sub(r"\\\1", words)
