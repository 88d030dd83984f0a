"""The working in LaTeX: an `align*` for each step, aligned at the signs of equality, no line wider than the text."""

from __future__ import annotations

from symcnn.formula.nodes import Formula
from symcnn.formula.style import Style
from symcnn.render.latex_line import broken_cell, cell_of, cell_width, line_latex
from symcnn.render.latex_width import broken_formula, formula_width
from symcnn.render.latex_words import flowing
from symcnn.report import Equation, Working

_LARGEST_LEFT = 0.4  # of the room, for what stands left of the signs of equality
_EQUALS = 14.0  # points of a sign of equality with its spaces
_INDENT = 20.0  # of lines that go on
_BEFORE_NOTE = 20.0
_NEW_LINE = " \\\\\n"


def working_latex(working: Working, room: float, style: Style) -> str:
    """Return the steps, each with its label and its equations within a room, in points."""
    return "".join(_step(label, equations, room, style) for label, equations in working.steps)


def _step(label: str, equations: tuple[Equation, ...], room: float, style: Style) -> str:
    title = f"\\par\\medskip\\noindent\\textbf{{{flowing(label)}}}\\nopagebreak\n" if label else ""
    if not equations:
        return title
    most = _LARGEST_LEFT * room
    lefts = [formula_width(style.equation(equation.sides)[0]) for equation in equations]
    left = max((width for width in lefts if width <= most), default=0.0)
    lines = [line for equation in equations for line in _equation(equation, left, room, style)]
    return f"{title}{{\\allowdisplaybreaks\n\\begin{{align*}}\n{_NEW_LINE.join(lines)}\n\\end{{align*}}}}\n"


def _equation(equation: Equation, left: float, room: float, style: Style) -> list[str]:
    """Return the lines of a chain: in one if there is room, else each side in its own, broken where it is too long."""
    first, *sides = equation.sides
    room -= left
    name, *written = style.equation(equation.sides)
    note = cell_width(cell_of(equation.note, style)) + _BEFORE_NOTE if equation.note else 0.0
    stands_left = formula_width(name) <= left  # else it has lines of its own
    lines = [] if stands_left else [f"  &{line}" for line in _continued(first, name, room, style)]
    if written and sum(formula_width(side) + _EQUALS for side in written) + note <= room:
        lines.append(f"  &= {' = '.join(written)}")
    else:
        for side, text in zip(sides, written, strict=True):
            first_line, *others = _continued(side, text, room - _EQUALS, style)
            lines += [f"  &= {first_line}", *(f"  &{line}" for line in others)]
    if stands_left:
        lines = [f"  {name} {lines[0].lstrip()}", *lines[1:]] if lines else [f"  {name} &"]
    return _noted(lines, equation, room, style)


def _continued(side: Formula, written: str, room: float, style: Style) -> list[str]:
    """Return a side in lines, the later ones indented; one with fractions too long for a line has them in the line."""
    if formula_width(written) <= room:
        return [written]
    first, *others = broken_formula(written, room - _INDENT)
    if max(map(formula_width, (first, *others))) > room - _INDENT:
        first, *others = broken_formula(style.latex_inline.write(side), room - _INDENT)
    return [first, *(f"\\quad {line}" for line in others)]


def _noted(lines: list[str], equation: Equation, room: float, style: Style) -> list[str]:
    r"""Set a note behind the last line, or under it where it is too long."""
    if not equation.note:
        return lines
    note = cell_of(equation.note, style)
    used = formula_width(lines[-1].split("&", 1)[-1]) + _BEFORE_NOTE + 8
    if used + cell_width(note) <= room:
        return [*lines[:-1], f"{lines[-1]} \\qquad\\text{{({line_latex(equation.note, style)})}}"]
    return [
        *lines,
        *(f"  &\\quad\\text{{{line}}}" for line in broken_cell(note, room - _INDENT)),
    ]
