"""A question ready to be printed: what is right, and the wrong answers that known mistakes lead to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import chain, islice, takewhile
from typing import Any

from symcnn.algebra.symbols import is_number
from symcnn.analysis import Analysis
from symcnn.answers.grading.marking import credit_of
from symcnn.answers.making.values import answer_text
from symcnn.answers.posing import Posed, posed
from symcnn.answers.questions import Question, Quiz
from symcnn.answers.slips import SlipMade, Wrong, canonical, wrong_values
from symcnn.errors import SymcnnError

MOST_WRONG = 12  # wrong answers of a question that are kept: more nobody reads
CHOICES = 5  # options of a multiple choice


@dataclass(frozen=True)
class WrongAnswer:
    """A wrong answer with the known mistakes, each of which alone leads to it, and the share of the marks it earns."""

    value: Any
    slips: tuple[SlipMade, ...]
    credit: Fraction = Fraction(0)


@dataclass(frozen=True)
class Problem:
    """A question with its key: `value`, a number, formula or shape, is right; `wrong` are plausible wrong answers."""

    posed: Posed
    value: Any
    wrong: tuple[WrongAnswer, ...]

    @property
    def question(self) -> Question:
        """The question as it stands in the quiz."""
        return self.posed.question

    @property
    def analysis(self) -> Analysis | None:
        """The network's analysis, of a formula None."""
        return self.posed.analysis

    def options(self, count: int = CHOICES) -> tuple[Any, ...]:
        """Return the right and some wrong answers, the smallest first, as exams have them."""
        found = [self.value, *(one.value for one in self.wrong[: count - 1])]
        return tuple(sorted(found, key=_order))

    def slips_of(self, value: Any) -> tuple[SlipMade, ...]:
        """Return the mistakes that lead to a wrong answer."""
        return next((one.slips for one in self.wrong if one.value == value), ())


@dataclass(frozen=True)
class Paper:
    """The problems of a quiz, in their order."""

    quiz: Quiz
    problems: tuple[Problem, ...]


def paper(quiz: Quiz) -> Paper:
    """Return a quiz with its keys and wrong answers; raises `SymcnnError` for what cannot be asked."""
    return Paper(quiz, tuple(problem(posed(question, quiz)) for question in quiz.questions))


def problem(question: Posed) -> Problem:
    """Return a posed question with its key and its wrong answers."""
    return Problem(question, question.asked.value, wrong_answers(question))


def wrong_answers(question: Posed, most: int = MOST_WRONG) -> tuple[WrongAnswer, ...]:
    """Return the plausible wrong answers of a question about a network, those that tell most first.

    None is right under what the question accepts, and each is explained by the mistakes that are named. Mistakes of the
    asked layer come first; of a whole network those that are made in all layers of a kind.
    """
    found: dict[Any, list[SlipMade]] = {}
    values: dict[Any, Any] = {}
    for wrong in single_mistakes(question):
        key = canonical(wrong.value)
        values.setdefault(key, wrong.value)
        found.setdefault(key, []).append(wrong.slips[0])
    answers = [WrongAnswer(values[key], tuple(slips)) for key, slips in found.items() if is_plausible(values[key])]
    ordered = list(_varied(_foremost(answers, question)))
    return tuple(islice((told for one in ordered if (told := _told(one, question))), most))


def single_mistakes(question: Posed) -> Iterator[Wrong]:
    """Yield what single known mistakes lead to; nothing where none are known, as of formulas."""
    asked = question.question
    if question.analysis is None or asked.quantity is None or asked.kind not in (None, "number", "shape"):
        return
    try:
        found = wrong_values(question.analysis, layer_path(question), asked.quantity)
        yield from takewhile(lambda wrong: len(wrong.slips) == 1, found)
    except SymcnnError:  # of this quantity, or of a whole block, no mistakes are known
        return


def is_plausible(value: Any) -> bool:
    """Tell whether somebody may believe an answer: formulas, and of numbers whole ones, none below 1."""
    parts = value if isinstance(value, tuple) else (value,)
    return all(not is_number(part) or (part.denominator == 1 and part >= 1) for part in parts)


def layer_path(question: Posed) -> str | None:
    """Return the path of the asked layer, which the question may call by its name."""
    return None if question.asked.path is None else question.asked.layers[0].path


def _foremost(answers: Iterable[WrongAnswer], question: Posed) -> list[WrongAnswer]:
    """Return wrong answers in order: of a network, mistakes in all of its layers before those in one."""
    if question.question.layer is not None:
        return list(answers)
    return sorted(answers, key=lambda one: -max(len(slip.layers) for slip in one.slips))


def _varied(answers: Iterable[WrongAnswer]) -> Iterator[WrongAnswer]:
    """Yield first answers by mistakes that none before has, then the others."""
    known: set[str] = set()
    later: list[WrongAnswer] = []
    for answer in answers:
        ids = {slip.id for slip in answer.slips}
        if ids <= known:
            later.append(answer)
            continue
        known |= ids
        yield answer
    yield from later


def _told(answer: WrongAnswer, question: Posed) -> WrongAnswer | None:
    """Return an answer with what it earns, if it is judged not right and one of its mistakes is named."""
    verdict = question.judge(answer_text(answer.value))
    if verdict.right or {s.id for s in verdict.slips}.isdisjoint(s.id for s in answer.slips):
        return None
    return replace(answer, credit=credit_of(verdict, question.question))


def _order(value: Any) -> Any:
    parts = value if isinstance(value, tuple) else (value,)
    return [(not is_number(part), part if is_number(part) else 0, str(part)) for part in chain(parts)]
