"""LaTeX to be put into a paper: tables with booktabs, formulas in math mode."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from symcnn.formula.nodes import Name
from symcnn.formula.notation import latex
from symcnn.formula.style import PLAIN, Style
from symcnn.report import Block, Document, Equation, Line, Listing, Math, Paragraph, Section, Table, Working

_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"$\sim$", "—": "---", "–": "--", "…": r"\dots{}",
    "→": r"$\to$", "∞": r"$\infty$", "≤": r"$\le$", "≥": r"$\ge$", "≠": r"$\ne$", "×": r"$\times$", "<": "$<$",
    ">": "$>$", "·": r"$\cdot$", "−": "$-$", "⌊": r"$\lfloor$", "⌋": r"$\rfloor$", "⌈": r"$\lceil$",
    "⌉": r"$\rceil$",
}  # fmt: skip
_NEXT_LINE = r" \\ "
_RAISED = {"<super>": "^", "<sub>": "_"}
_HEAD = "% needs \\usepackage{amsmath,amssymb,booktabs,graphicx}\n"
# As wide as it is, but not wider than the text.
_FITTED = (
    "\\noindent\\resizebox{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}{!}"
    "{\\renewcommand{\\arraystretch}{1.2}%\n"
)


def latex_text(document: Document, style: Style = PLAIN) -> str:
    """Return a document as a LaTeX fragment; its first line names the packages it needs."""
    return _HEAD + "\n".join(_section(section, style) for section in document.sections)


def _section(section: Section, style: Style) -> str:
    title = f"\\subsubsection*{{\\raggedright {_escaped(section.title)}}}\n\n"
    return title + "\n".join(_block(block, style) for block in section.blocks)


def _block(block: Block, style: Style) -> str:
    match block:
        case Paragraph(line):
            return f"\\begin{{sloppypar}}\\noindent\n{_line(line, style)}\n\\end{{sloppypar}}\n"
        case Table():
            return _table(block, style)
        case Listing(items):
            return _listing((label, [_line(line, style) for line in lines]) for label, lines in items)
        case Working(steps):
            return _listing((label, [_equation(e, style) for e in equations]) for label, equations in steps)


def _equation(equation: Equation, style: Style) -> str:
    note = f" ({_line(equation.note, style)})" if equation.note else ""
    return f"${' = '.join(map(style.latex.write, equation.sides))}${note}"


def _table(table: Table, style: Style) -> str:
    columns = "".join("r" if column.right else "l" for column in table.columns)
    body = [_row(tuple(_escaped(column.title) for column in table.columns)), "\\midrule\n"]
    body += [_row(tuple(_line(cell, style) for cell in row)) for row in table.rows]
    if table.foot:
        body.append("\\midrule\n")
        body += [_row(tuple(_line(cell, style) for cell in row)) for row in table.foot]
    inner = "".join(body)
    return f"{_FITTED}\\begin{{tabular}}{{{columns}}}\n\\toprule\n{inner}\\bottomrule\n\\end{{tabular}}}}\n"


def _row(cells: tuple[str, ...]) -> str:
    return "  " + " & ".join(cells) + r" \\" + "\n"


def _listing(items: Iterable[tuple[str, list[str]]]) -> str:
    listed = "".join(f"  \\item[{_escaped(label)}] {_NEXT_LINE.join(lines)}\n" for label, lines in items)
    return f"\\begin{{description}}\\setlength{{\\itemsep}}{{0pt}}\\sloppy\n{listed}\\end{{description}}\n"


def _line(line: Line, style: Style) -> str:
    if len(line) == 1 and isinstance(line[0], Math):
        return f"${style.latex.show(line[0].formula)}$"
    written = (f"${style.latex.write(p.formula)}$" if isinstance(p, Math) else _escaped(p.text) for p in line)
    return "".join(written)


def _escaped(words: str) -> str:
    return "".join(_SPECIAL.get(c, c) if c.isascii() or c in _SPECIAL else _letter(c) for c in words)


def _letter(character: str) -> str:
    """Greek letters and superscripts are signs of mathematics to LaTeX."""
    kind, *codes = unicodedata.decomposition(character).split() or [""]
    if kind in _RAISED:
        base = "".join(chr(int(code, 16)) for code in codes).replace("−", "-")
        return f"${_RAISED[kind]}{{{base}}}$"
    return f"${latex(Name(character))}$" if "Α" <= character <= "ω" else character
