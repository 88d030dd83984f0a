"""A mark sheet as CSV, JSON, HTML, text and markdown."""

from __future__ import annotations

import re

from symcnn.answers.grading.row import Row
from symcnn.answers.grading.sheet import Sheet
from symcnn.answers.quiz_text import decimal_text
from symcnn.document.sheet import sheet_document
from symcnn.document.words import check_language
from symcnn.errors import SymcnnError, did_you_mean, printable, writable_numbers
from symcnn.formula.style import PLAIN
from symcnn.render import TERMINAL, render_document
from symcnn.render.json import data_text

SHEET_FORMATS = ("csv", "html", "markdown", "text", "json")
COLUMNS = ("learner", "question", "answer", "verdict", "credit", "marks", "slips", "message", "reading")

# What a spreadsheet takes for a formula, and the mark that is put before it; it stands for itself once more.
_FORMULA = re.compile(r"[=+\-@\t\r＝＋－＠']")
_MARK = "'"


def render_sheet(sheet: Sheet, format: str = "csv", language: str | None = None) -> str:
    """Return a mark sheet in one of the formats csv, html, markdown, text, json.

    `language` is that of the words, by default the quiz's. Raises `SymcnnError` for an unknown format.
    """
    check_sheet_format(format)
    spoken = check_language(language or sheet.quiz.lang)
    with writable_numbers():
        if format == "csv":
            return sheet_csv(sheet, spoken)
        if format == "json":
            return data_text(sheet.data())
        if format == "html":
            from symcnn.render.sheet_html import sheet_html

            return sheet_html(sheet, spoken)
        return render_document(sheet_document(sheet, language=spoken), format, PLAIN)


def check_sheet_format(format: str) -> str:
    """Return a format of mark sheets; raises `SymcnnError` for one that is not there."""
    if format not in (*SHEET_FORMATS, TERMINAL):
        hint = did_you_mean(str(format), SHEET_FORMATS, f"formats are {', '.join(SHEET_FORMATS)}")
        raise SymcnnError(f"unknown format '{format}' of a mark sheet", hint=hint)
    return format


def sheet_csv(sheet: Sheet, language: str = "en") -> str:
    """Return a mark sheet as CSV, with the delimiter, and a byte order mark, as the answers had.

    A cell that a spreadsheet would take for a formula has a ' before it, and so has one that begins with '; without
    that one sign it is the answer as it was typed (`raw_cell`).
    """
    rows = [COLUMNS, *(map(safe_cell, _cells(row, language)) for row in sheet.rows)]
    lines = (sheet.delimiter.join(_quoted(cell, sheet.delimiter) for cell in row) for row in rows)
    return ("\ufeff" if sheet.byte_order_mark else "") + "".join(f"{line}\n" for line in lines)


def _quoted(cell: str, delimiter: str) -> str:
    """Return a cell in quotes where it needs them; Python's own writer leaves a lone carriage return without."""
    needs = any(sign in cell for sign in (delimiter, '"', "\r", "\n")) or cell != cell.strip()
    return '"' + cell.replace('"', '""') + '"' if needs else cell


def _cells(row: Row, language: str) -> tuple[str, ...]:
    return (
        row.learner,
        row.question,
        row.answer or "",
        row.verdict,
        decimal_text(row.credit),
        decimal_text(row.marks),
        " ".join(row.slips),
        printable(row.marked.message.get(language, "")),
        printable(row.marked.reading),
    )


def safe_cell(text: str) -> str:
    """Return a cell that no spreadsheet runs.

    >>> safe_cell("=1+1"), safe_cell("832")
    ("'=1+1", '832')
    """
    return _MARK + text if _FORMULA.match(text) else text


def raw_cell(text: str) -> str:
    """Return what `safe_cell` was given.

    >>> raw_cell(safe_cell("=1+1")), raw_cell(safe_cell("'a"))
    ('=1+1', "'a")
    """
    return text.removeprefix(_MARK)
