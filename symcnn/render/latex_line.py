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
from symcnn.report import Advice, Inline, Line, Math, Rounded, Words


def line_latex(line: Line, style: Style) -> str:
    """Return a line of running text."""
    parts = _printed(line)
    return "".join(_inline(part, style, alone=len(parts) == 1) for part in parts)


def _printed(line: Line) -> list[Inline]:
    return [part for part in line if not isinstance(part, Advice)]


def _inline(part: Inline, style: Style, alone: bool) -> str:
    return flowing(part.text) if isinstance(part, (Words, Advice)) else f"${breakable(_math(part, style, alone))}$"


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


Cell = tuple[Piece, ...]  # a line whose formulas are written: once, as it is measured many times


def cell_of(line: Line, style: Style) -> Cell:
    """Return a line, written and measured."""
    parts = _printed(line)
    return tuple(_piece(part, style, alone=len(parts) == 1) for part in parts)


def _piece(part: Inline, style: Style, alone: bool) -> Piece:
    if isinstance(part, (Words, Advice)):
        return Piece(part.text, False, words_width(part.text))
    written = _math(part, style, alone)
    return Piece(written, True, formula_width(written))


def cell_width(cell: Cell) -> float:
    """Return about how wide a line is, in points."""
    return sum(piece.width for piece in cell)


def least_width(cell: Cell) -> float:
    """Return how narrow a line can be made by breaking it at good places."""
    least = (least_formula_width(p.text) if p.is_formula else least_words_width(p.text) for p in cell)
    return max(least, default=0.0)


def broken_cell(cell: Cell, room: float) -> list[str]:
    """Return a line in as many as it needs to fit into the room, at least one."""
    lines, used = [""], 0.0
    for piece in cell:
        first, *others = _broken(piece, room)
        if used and used + piece.width > room:
            lines.append("")
            used = 0.0
        lines[-1] += first
        lines += others
        used = room if others else used + piece.width
    return lines


def _broken(piece: Piece, room: float) -> list[str]:
    if not piece.is_formula:
        return broken_words(piece.text, room)
    return [f"${line}$" for line in broken_formula(piece.text, room)]
