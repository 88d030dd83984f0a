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
from symcnn.report import Advice, Indent, Line, Math, Rounded, Words

_INDENT = 10.0  # points of a level: an em at 10 pt
_ROUNDING = 0.01  # (a + b) - a may be a little less than b
_LEAST_ROOM = 20.0  # beside the indentation: a few letters
_Printed = Words | Math | Rounded


def line_latex(line: Line, style: Style) -> str:
    """Return a line of running text."""
    parts = _printed(line)
    return _indent(_level(line)) + "".join(_inline(part, style, alone=len(parts) == 1) for part in parts)


def _printed(line: Line) -> list[_Printed]:
    return [part for part in line if not isinstance(part, (Advice, Indent))]


def _level(line: Line) -> int:
    return sum(part.level for part in line if isinstance(part, Indent))


def _indent(level: int) -> str:
    return f"\\hspace{{{level}em}}" if level else ""


def _inline(part: _Printed, style: Style, alone: bool) -> str:
    return flowing(part.text) if isinstance(part, Words) else f"${breakable(_math(part, style, alone))}$"


def _math(part: Math | Rounded, style: Style, alone: bool) -> str:
    if isinstance(part, Rounded):
        return style.rounded(part.value, part.places, latex=True)
    notation = style.latex_inline_written if part.written else style.latex_inline
    return notation.written(part.formula, part.alone or alone)


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


def _piece(part: _Printed, style: Style, alone: bool) -> Piece:
    if isinstance(part, Words):
        return Piece(part.text, False, words_width(part.text))
    written = _math(part, style, alone)
    return Piece(written, True, formula_width(written))


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
