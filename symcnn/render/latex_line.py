"""Lines of text with formulas in LaTeX: in one piece, or broken to fit into a cell."""

from __future__ import annotations

from dataclasses import dataclass

from symcnn.formula.style import Style
from symcnn.render.latex_width import (
    breakable,
    broken_formula,
    broken_words,
    formula_width,
    least_formula_width,
    least_words_width,
    words_width,
)
from symcnn.render.latex_words import flowing
from symcnn.report import Advice, Indent, Line, Math, Words

_INDENT = 10.0  # points of a level: an em at 10 pt
_ROUNDING = 0.01  # (a + b) - a may be a little less than b
_LEAST_ROOM = 20.0  # beside the indentation: a few letters


def line_latex(line: Line, style: Style) -> str:
    """Return a line of running text."""
    parts, indent = _printed(line), _indent(_level(line))
    if len(parts) == 1 and isinstance(parts[0], Math):
        return f"{indent}${breakable(style.latex_inline.show(parts[0].formula))}$"
    return indent + "".join(_inline(part, style) for part in parts)


def _printed(line: Line) -> list[Words | Math]:
    return [part for part in line if not isinstance(part, (Advice, Indent))]


def _level(line: Line) -> int:
    return sum(part.level for part in line if isinstance(part, Indent))


def _indent(level: int) -> str:
    return f"\\hspace{{{level}em}}" if level else ""


def _inline(part: Words | Math, style: Style) -> str:
    return f"${breakable(style.latex_inline.write(part.formula))}$" if isinstance(part, Math) else flowing(part.text)


@dataclass(frozen=True, slots=True)
class Piece:
    """Words, or a formula as LaTeX, and about how wide it is, in points."""

    text: str
    is_formula: bool
    width: float


@dataclass(frozen=True, slots=True)
class Cell:
    """A line whose formulas are written: once, as it is measured many times. `level` is that of its indentation."""

    pieces: tuple[Piece, ...]
    level: int

    @property
    def indent(self) -> float:
        """How far the line is indented, in points."""
        return _INDENT * self.level


def cell_of(line: Line, style: Style) -> Cell:
    """Return a line, written and measured."""
    parts = _printed(line)
    return Cell(tuple(_piece(part, style, alone=len(parts) == 1) for part in parts), _level(line))


def _piece(part: Words | Math, style: Style, alone: bool) -> Piece:
    if isinstance(part, Math):
        write = style.latex_inline.show if alone else style.latex_inline.write
        written = write(part.formula)
        return Piece(written, True, formula_width(written))
    return Piece(part.text, False, words_width(part.text))


def cell_width(cell: Cell) -> float:
    """Return about how wide a line is, in points."""
    return cell.indent + sum(piece.width for piece in cell.pieces)


def least_width(cell: Cell) -> float:
    """Return how narrow a line can be made by breaking it at good places."""
    least = (least_formula_width(p.text) if p.is_formula else least_words_width(p.text) for p in cell.pieces)
    return cell.indent + max(least, default=0.0)


def broken_cell(cell: Cell, room: float) -> list[str]:
    """Return a line in as many as it needs to fit into the room, at least one, all indented as the line is."""
    if cell.level:
        room = max(room - cell.indent + _ROUNDING, _LEAST_ROOM)
    lines, used = [""], 0.0
    for piece in cell.pieces:
        first, *others = _broken(piece, room)
        if used and used + piece.width > room:
            lines.append("")
            used = 0.0
        lines[-1] += first
        lines += others
        used = room if others else used + piece.width
    return [_indent(cell.level) + line for line in lines]


def _broken(piece: Piece, room: float) -> list[str]:
    if not piece.is_formula:
        return broken_words(piece.text, room)
    return [f"${line}$" for line in broken_formula(piece.text, room)]
