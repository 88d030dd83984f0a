"""The marked sheet: rows, totals of the learners, and what the class did by question and by mistake."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from symcnn.answers.grading.row import OUTCOMES, Row
from symcnn.answers.questions import Question, Quiz
from symcnn.answers.verdict import EXACT

_MOST_WRONG = 3  # the most common wrong answers of a question


@dataclass(frozen=True)
class QuestionStatistics:
    """A question and its answers: the mean credit, how many of each verdict, the most common answers without credit."""

    question: Question
    mean: Fraction
    verdicts: dict[str, int]
    common: tuple[tuple[str, int], ...]
    answers: int

    @property
    def right(self) -> Fraction:
        """The share of the learners whose answer earns all marks on its own."""
        return Fraction(self.verdicts.get(EXACT, 0), self.answers)


@dataclass(frozen=True)
class SlipStatistics:
    """A known mistake: how many learners made it, how often in all, and in which questions."""

    id: str
    text: dict[str, str]
    learners: int
    times: int
    questions: dict[str, int]


@dataclass(frozen=True)
class Sheet:
    """One row for each learner and question, in the order of the answers."""

    quiz: Quiz
    rows: tuple[Row, ...]
    delimiter: str = ","
    byte_order_mark: bool = False
    unnamed: frozenset[str] = frozenset()  # no learners, but rows that do not say whose they are: they count for nobody

    @cached_property
    def totals(self) -> dict[str, Fraction]:
        """The marks of each learner."""
        found: dict[str, Fraction] = {}
        for row in self._counted():
            found[row.learner] = found.get(row.learner, Fraction(0)) + row.marks
        return found

    def _counted(self) -> Iterator[Row]:
        return (row for row in self.rows if row.learner not in self.unnamed)

    @cached_property
    def questions(self) -> tuple[QuestionStatistics, ...]:
        """What the class did, question by question."""
        by_question: dict[str, list[Row]] = {question.id: [] for question in self.quiz.questions}
        for row in self._counted():
            if row.question in by_question:  # and not one that somebody only wrote into the table
                by_question[row.question].append(row)
        return tuple(_statistics(question, by_question[question.id]) for question in self.quiz.questions)

    @cached_property
    def slips(self) -> tuple[SlipStatistics, ...]:
        """The known mistakes that were made, the most frequent first; of several explanations the first counts."""
        learners: dict[str, set[str]] = {}
        questions: dict[str, Counter[str]] = {}
        for row in self.rows:
            for slip in row.marked.likely if row.credit < 1 else ():
                learners.setdefault(slip, set()).add(row.learner)
                questions.setdefault(slip, Counter())[row.question] += 1
        texts = _slip_texts()
        found = (
            SlipStatistics(slip, texts.get(slip, {}), len(who), questions[slip].total(), dict(questions[slip]))
            for slip, who in learners.items()
        )
        return tuple(sorted(found, key=lambda s: (-s.learners, -s.times, s.id)))

    def data(self) -> dict[str, Any]:
        """Return the sheet as plain data; numbers are exact, as text."""
        return {
            "title": self.quiz.title,
            "marks": str(self.quiz.marks),
            "totals": {learner: str(marks) for learner, marks in self.totals.items()},
            "rows": [row.data() for row in self.rows],
            "questions": [
                {"id": q.question.id, "mean": str(q.mean), "verdicts": q.verdicts, "common": list(map(list, q.common))}
                for q in self.questions
            ],
            "slips": [
                {"id": s.id, "text": s.text, "learners": s.learners, "times": s.times, "questions": s.questions}
                for s in self.slips
            ],
        }


def _statistics(question: Question, rows: list[Row]) -> QuestionStatistics:
    counts = Counter(row.verdict for row in rows)
    wrong = Counter(row.answer.strip() for row in rows if row.answer is not None and row.credit == 0)
    wrong.pop("", None)
    mean = sum((row.credit for row in rows), Fraction(0)) / len(rows) if rows else Fraction(0)
    verdicts = {name: counts[name] for name in OUTCOMES if counts[name]}
    common = sorted(wrong.items(), key=lambda pair: (-pair[1], pair[0]))[:_MOST_WRONG]
    return QuestionStatistics(question, mean, verdicts, tuple(common), max(1, len(rows)))


def _slip_texts() -> dict[str, dict[str, str]]:
    """Return what to do instead of each mistake, by its id."""
    from symcnn.answers.creditable import known_slips

    return {slip.id: {"en": slip.text, "zh": slip.zh} for slip in known_slips()}
