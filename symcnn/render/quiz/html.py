"""An exam or its key as one HTML page: no scripts, nothing from elsewhere; formulas in Unicode."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from symcnn.errors import SymcnnError, printable
from symcnn.formula.style import Style
from symcnn.render.text import line_text
from symcnn.report import Block, Document, Equation, Line, Listing, Paragraph, Program, Table, Working

if TYPE_CHECKING:
    from jinja2 import Template


def html_text(document: Document, style: Style) -> str:
    """Return a document as an HTML page; all words in it are escaped.

    Raises `SymcnnError` where Jinja2, the extra `marking`, is not installed.
    """
    sections = [
        {"title": _clean(section.title), "blocks": [_block(block, style) for block in section.blocks]}
        for section in document.sections
    ]
    title = sections[0]["title"] if sections else ""
    return _template().render(title=title, language=style.language, sections=sections) + "\n"


@cache
def _template() -> Template:
    try:
        from jinja2 import Environment, PackageLoader, StrictUndefined
    except ImportError:
        raise SymcnnError("HTML needs Jinja2", hint="pip install 'symcnn[marking]'") from None
    loader = PackageLoader("symcnn.render", "templates")
    environment = Environment(
        loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )
    return environment.get_template("exam.html.j2")


def _block(block: Block, style: Style) -> dict[str, Any]:
    match block:
        case Paragraph(line):
            return {"kind": "paragraph", "text": _line(line, style)}
        case Program(text):
            return {"kind": "program", "text": _clean(text)}
        case Table(columns, rows, foot):
            heads = [(_clean(column.title) + _line(column.more, style), column.right) for column in columns]
            body, feet = ([[_line(cell, style) for cell in row] for row in part] for part in (rows, foot))
            return {"kind": "table", "heads": heads, "rows": body, "foot": feet}
        case Listing(items):
            listed = [(_clean(label), [_line(line, style) for line in lines]) for label, lines in items]
            return {"kind": "list", "items": listed}
        case Working(steps):
            listed = [(_clean(label), [_equation(e, style) for e in equations]) for label, equations in steps]
            return {"kind": "working", "items": listed}


def _equation(equation: Equation, style: Style) -> str:
    note = f" ({_line(equation.note, style)})" if equation.note else ""
    return " = ".join(map(style.unicode.write, equation.sides)) + note


def _line(line: Line, style: Style) -> str:
    return _clean(line_text(line, style))


def _clean(text: str) -> str:
    return printable(text)
