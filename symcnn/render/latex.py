"""LaTeX to be put into a paper, or a whole document: tables with booktabs, the working with amsmath."""

from __future__ import annotations

from symcnn.formula.style import PLAIN, Style
from symcnn.render.latex_line import line_latex
from symcnn.render.latex_table import table_latex, table_note
from symcnn.render.latex_width import words_width
from symcnn.render.latex_words import flowing, guarded, program_latex
from symcnn.render.latex_working import working_latex
from symcnn.report import Block, Document, Line, Listing, Paragraph, Program, Section, Table, Working

_PACKAGES = "\\usepackage{amsmath,amssymb,booktabs,longtable}"
_PREAMBLE = (
    "\\documentclass[a4paper]{article}\n"
    "\\usepackage[margin=25mm]{geometry}\n"
    f"{_PACKAGES}\n"
    "\\begin{document}\n"
    "\\setlength{\\parindent}{0pt}\n"
)
_CHINESE = "\\usepackage{CJKutf8}"  # of latex-cjk-chinese, with the font gbsn
_ARTICLE_WIDTH, _PAGE_WIDTH = 345.0, 455.0  # points: the text of `article` at 10 pt, and of the page above
_LONGEST_LABEL = 120.0  # points


def latex_text(document: Document, style: Style = PLAIN) -> str:
    """Return a document as LaTeX that pdflatex compiles; the first line of a fragment names the packages it needs."""
    sections = "\n".join(_section(section, style) for section in document.sections)
    packages = _PACKAGES
    if style.language == "zh":
        packages += _CHINESE
        sections = f"\\begin{{CJK*}}{{UTF8}}{{gbsn}}\n{sections}\\end{{CJK*}}\n"
    if style.standalone:
        return f"{_PREAMBLE.replace(_PACKAGES, packages)}\n{sections}\n\\end{{document}}\n"
    return f"% needs {packages}\n{sections}"


def _section(section: Section, style: Style) -> str:
    command = "section*" if style.standalone else "subsubsection*"
    title = f"\\{command}{{\\raggedright {flowing(section.title)}{line_latex(section.more, style)}}}\n\n"
    return title + "\n".join(_block(block, style) for block in _notes_at_tables(section.blocks))


def _notes_at_tables(blocks: tuple[Block, ...]) -> list[Block]:
    """Return the blocks, the notes right after the last table."""
    notes = [block for block in blocks if isinstance(block, Paragraph) and block.note]
    others = [block for block in blocks if block not in notes]
    place = max((i for i, block in enumerate(others, 1) if isinstance(block, Table)), default=len(others))
    return [*others[:place], *notes, *others[place:]]


def _block(block: Block, style: Style) -> str:
    room = _PAGE_WIDTH if style.standalone else _ARTICLE_WIDTH
    match block:
        case Paragraph(line, note=True):
            return table_note(line, style)
        case Paragraph(line):
            return f"\\begin{{sloppypar}}\\noindent\n{line_latex(line, style)}\n\\end{{sloppypar}}\n"
        case Table():
            return table_latex(block, room, style)
        case Listing(items):
            listed = "".join(_item(label, lines, style) for label, lines in items)
            return f"\\begin{{description}}\\setlength{{\\itemsep}}{{0pt}}\\raggedright\n{listed}\\end{{description}}\n"
        case Program(text):
            return program_latex(text)
        case Working():
            return working_latex(block, room, style)


def _item(label: str, lines: tuple[Line, ...], style: Style) -> str:
    written = " \\\\\n    ".join(filter(None, (guarded(line_latex(line, style)) for line in lines)))
    if words_width(label) <= _LONGEST_LABEL:
        return f"  \\item[{{{flowing(label)}}}] {written}\n"
    return f"  \\item[] \\textbf{{{flowing(label)}}} \\\\\n    {written}\n"
