"""A mark sheet as a document: the learners' totals, the questions, the mistakes of the class, and every answer."""

from __future__ import annotations

from fractions import Fraction

from symcnn.answers.grading.row import Row
from symcnn.answers.grading.sheet import QuestionStatistics, Sheet, SlipStatistics
from symcnn.answers.questions import Question
from symcnn.answers.quiz_text import decimal_text
from symcnn.document.sheet_words import sheet_word
from symcnn.document.words import called, check_language
from symcnn.errors import printable
from symcnn.report import Column, Document, Line, Paragraph, Section, Table, Words

_LONGEST = 60  # characters of an answer in a table; the sheet as CSV and JSON has all of it


def sheet_document(*sheets: Sheet, language: str = "en") -> Document:
    """Return the document of mark sheets."""
    check_language(language)
    return Document(tuple(section for sheet in sheets for section in _Page(sheet, language).sections()))


def number_text(value: Fraction, places: int = 2) -> str:
    """Return a number of marks as a decimal number: exactly if it has so few places, else rounded."""
    return decimal_text(Fraction(round(value * 10**places), 10**places))


def share_text(value: Fraction) -> str:
    """Return a share as a whole percentage."""
    return f"{round(100 * value)} %"


def one_line(text: str | None) -> str:
    """Return an answer on one line, cut where it is long."""
    found = " ".join((text or "").split())
    return found if len(found) <= _LONGEST else f"{found[: _LONGEST - 1]}…"


def asked_text(question: Question, language: str) -> str:
    """Return what is asked, in short."""
    if question.reference is not None:
        return question.reference
    quantity = called(str(question.quantity), language)
    return f"{quantity}, {question.layer}" if question.layer is not None else quantity


def summary_text(sheet: Sheet, language: str) -> str:
    """Return how many learners answered, and how well."""
    learners = len(sheet.totals)
    mean = sum(sheet.totals.values(), Fraction(0)) / max(1, learners)
    share = mean / sheet.quiz.marks if sheet.quiz.marks else Fraction(0)
    return sheet_word("summary", language).format(
        learners=learners,
        questions=len({question.table or question.id for question in sheet.quiz.questions}),
        marks=number_text(sheet.quiz.marks),
        mean=number_text(mean),
        share=share_text(share),
    )


def verdicts_text(found: QuestionStatistics, language: str) -> str:
    """Return how many answers got which verdict."""
    return ", ".join(f"{count} {sheet_word(name, language)}" for name, count in found.verdicts.items())


class _Page:
    def __init__(self, sheet: Sheet, language: str) -> None:
        self._sheet, self._language = sheet, language

    def sections(self) -> list[Section]:
        title = self._sheet.quiz.title or self._word("Sheet")
        return [
            Section(title, (Paragraph(_line(summary_text(self._sheet, self._language))),)),
            Section(self._word("Questions"), (self._questions(),)),
            Section(self._word("Mistakes"), (self._slips(),)),
            Section(self._word("Learners"), (self._totals(),)),
            Section(self._word("Answers"), (self._rows(),)),
        ]

    def _word(self, name: str) -> str:
        return sheet_word(name, self._language)

    def _column(self, name: str, right: bool = False) -> Column:
        return Column(self._word(name), right)

    def _totals(self) -> Table:
        marks = self._sheet.quiz.marks or Fraction(1)
        columns = (self._column("learner"), self._column("marks", True), self._column("share", True))
        rows = tuple(_cells(who, number_text(m), share_text(m / marks)) for who, m in self._sheet.totals.items())
        return Table(columns, rows)

    def _questions(self) -> Table:
        names = ("question", "asked", "marks", "mean", "verdicts", "common")
        columns = tuple(self._column(name, name in ("marks", "mean")) for name in names)
        return Table(columns, tuple(map(self._question, self._sheet.questions)))

    def _question(self, found: QuestionStatistics) -> tuple[Line, ...]:
        common = "; ".join(f"{one_line(answer)} ({count}×)" for answer, count in found.common)
        question = found.question
        verdicts = verdicts_text(found, self._language)
        marks, mean = number_text(question.marks), share_text(found.mean)
        return _cells(question.id, asked_text(question, self._language), marks, mean, verdicts, common)

    def _slips(self) -> Table | Paragraph:
        if not self._sheet.slips:
            return Paragraph(_line(self._word("none")))
        columns = tuple(
            self._column(n, n in ("learners", "times"))
            for n in ("mistake", "instead", "learners", "times", "questions")
        )
        return Table(columns, tuple(map(self._slip, self._sheet.slips)))

    def _slip(self, found: SlipStatistics) -> tuple[Line, ...]:
        text = found.text.get(self._language, "")
        return _cells(found.id, text, str(found.learners), str(found.times), ", ".join(found.questions))

    def _rows(self) -> Table:
        names = ("learner", "question", "answer", "verdict", "marks", "mistakes", "message")
        columns = tuple(self._column(name, name == "marks") for name in names)
        return Table(columns, tuple(map(self._row, self._sheet.rows)))

    def _row(self, row: Row) -> tuple[Line, ...]:
        message = row.marked.message.get(self._language, "")
        marks, verdict = number_text(row.marks), self._word(row.verdict)
        return _cells(row.learner, row.question, one_line(row.answer), verdict, marks, ", ".join(row.slips), message)


def _cells(*texts: str) -> tuple[Line, ...]:
    return tuple(map(_line, texts))


def _line(text: str) -> Line:
    return (Words(" ".join(printable(text).split("\n"))),)
