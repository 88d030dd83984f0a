"""Lines of text with formulas in LaTeX: in one piece, or broken to fit into a cell."""

from __future__ import annotations

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
from symcnn.report import Advice, Inline, Line, Math


def line_latex(line: Line, style: Style) -> str:
    """Return a line of running text."""
    return "".join(_inline(part, style) for part in _printed(line))


def _printed(line: Line) -> list[Inline]:
    return [part for part in line if not isinstance(part, Advice)]


def _inline(part: Inline, style: Style) -> str:
    return f"${breakable(style.latex_inline.write(part.formula))}$" if isinstance(part, Math) else flowing(part.text)


def line_width(line: Line, style: Style) -> float:
    """Return about how wide a line is, in points."""
    return sum(_width(part, style) for part in _printed(line))


def _width(part: Inline, style: Style) -> float:
    if isinstance(part, Math):
        return formula_width(style.latex_inline.write(part.formula))
    return words_width(part.text)


def least_width(line: Line, style: Style) -> float:
    """Return how narrow a line can be made by breaking it at good places."""
    return max((_least(part, style) for part in _printed(line)), default=0.0)


def _least(part: Inline, style: Style) -> float:
    if isinstance(part, Math):
        return least_formula_width(style.latex_inline.write(part.formula))
    return least_words_width(part.text)


def broken_line(line: Line, room: float, style: Style) -> list[str]:
    """Return a line in as many as it needs to fit into the room, at least one."""
    lines, used = [""], 0.0
    for part in _printed(line):
        width = _width(part, style)
        first, *others = _broken(part, room, style)
        if used and used + width > room:
            lines.append("")
            used = 0.0
        lines[-1] += first
        lines += others
        used = room if others else used + width
    return lines


def _broken(part: Inline, room: float, style: Style) -> list[str]:
    if isinstance(part, Math):
        return [f"${piece}$" for piece in broken_formula(style.latex_inline.write(part.formula), room)]
    return broken_words(part.text, room)
