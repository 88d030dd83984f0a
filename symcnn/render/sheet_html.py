"""A mark sheet as one HTML page, with bars for the questions and the mistakes of the class."""

from __future__ import annotations

import re
from fractions import Fraction
from importlib.util import find_spec
from typing import Any

from symcnn.answers.grading.row import OUTCOMES, Row
from symcnn.answers.grading.sheet import QuestionStatistics, Sheet
from symcnn.answers.questions import Question
from symcnn.document.sheet import asked_text, number_text, one_line, share_text, summary_text
from symcnn.document.sheet_words import sheet_word
from symcnn.errors import SymcnnError, printable

_DRESS = re.compile(r"\\left|\\right|[\s,{}()×x]")
_PLACES = 2  # of a width in percent


def sheet_html(sheet: Sheet, language: str = "en") -> str:
    """Return a mark sheet as a page that needs nothing else; whatever learners wrote is text in it.

    Raises `SymcnnError` where Jinja2, the extra `marking`, is not installed.
    """
    require_jinja()
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("symcnn.render", "templates")
    environment = Environment(
        loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )
    page: str = environment.get_template("sheet.html.j2").render(_data(sheet, language))
    return page


def require_jinja() -> None:
    """Raise `SymcnnError` where pages cannot be made."""
    if find_spec("jinja2") is None:
        raise SymcnnError("HTML needs Jinja2", hint="pip install 'symcnn[marking]'")


def _data(sheet: Sheet, language: str) -> dict[str, Any]:
    most = max((slip.learners for slip in sheet.slips), default=1)
    marks = sheet.quiz.marks or Fraction(1)
    return {
        "lang": language,
        "word": lambda name: sheet_word(name, language),
        "title": printable(sheet.quiz.title) or sheet_word("Sheet", language),
        "summary": summary_text(sheet, language),
        "outcomes": [name for name in OUTCOMES if any(name in q.verdicts for q in sheet.questions)],
        "questions": [_question(q, language) for q in sheet.questions],
        "slips": [
            {
                "id": slip.id,
                "text": slip.text.get(language, ""),
                "learners": slip.learners,
                "times": slip.times,
                "questions": ", ".join(slip.questions),
                "width": _percent(Fraction(slip.learners, most)),
            }
            for slip in sheet.slips
        ],
        "totals": [
            {"learner": printable(learner), "marks": number_text(m), "share": share_text(m / marks)}
            | {"width": _percent(m / marks)}
            for learner, m in sheet.totals.items()
        ],
        "marks": number_text(sheet.quiz.marks),
        "rows": [_row(row, language) for row in sheet.rows],
    }


def _question(found: QuestionStatistics, language: str) -> dict[str, Any]:
    parts = [
        {"name": name, "count": count, "width": _percent(Fraction(count, found.answers))}
        for name, count in found.verdicts.items()
    ]
    return {
        "id": found.question.id,
        "asked": printable(asked_text(found.question, language)),
        "text": printable(found.question.text) if _begins(found.question) else "",
        "marks": number_text(found.question.marks),
        "mean": share_text(found.mean),
        "parts": parts,
        "common": [(printable(one_line(answer)), count) for answer, count in found.common],
    }


def _begins(question: Question) -> bool:
    """Tell whether it is alone, or the first row of its table, which says what is asked of all."""
    return question.table is None or not any(id_.startswith(f"{question.table}.") for id_ in question.after)


def _row(row: Row, language: str) -> dict[str, Any]:
    return {
        "learner": printable(row.learner),
        "question": row.question,
        "answer": printable(row.answer or ""),
        "verdict": row.verdict,
        "marks": number_text(row.marks),
        "slips": ", ".join(row.slips),
        "message": printable(row.marked.message.get(language, "")),
        "reading": printable(row.marked.reading) if row.credit < 1 and _says_more(row) else "",
    }


def _says_more(row: Row) -> bool:
    """Tell whether the answer as it was read is more than the answer in other dress: 9{,}216 for 9216."""
    read, typed = (_DRESS.sub("", text) for text in (row.marked.reading, row.answer or ""))
    return read != typed


def _percent(share: Fraction) -> str:
    return f"{float(100 * share):.{_PLACES}f}"
