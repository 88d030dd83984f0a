"""What the numbers of a question tell apart: to which answer each known mistake leads with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

from symcnn.answers.making.neighbours import neighbours
from symcnn.answers.making.problem import single_mistakes
from symcnn.answers.posing import Posed, posed
from symcnn.answers.questions import Question, Quiz
from symcnn.answers.slips import SlipMade, canonical
from symcnn.errors import SymcnnError

MOST_NEIGHBOURS = 24  # questions with other numbers that are looked at
_LARGE = 24  # layers; of a larger network only so few
_FEW = 4

Told: TypeAlias = "dict[SlipMade, Any]"  # what each mistake leads to


def told_by(question: Posed) -> Told:
    """Return what mistakes in single layers, and those of the whole network, lead to."""
    return {wrong.slips[0]: canonical(wrong.value) for wrong in single_mistakes(question) if _is_single(wrong.slips[0])}


def _is_single(slip: SlipMade) -> bool:
    return len(slip.layers) <= 1


def groups_of(told: Told) -> int:
    """Return how many wrong answers there are: the more, the more is told apart."""
    return len(set(told.values()))


def neighbours_of(here: Posed, quiz: Quiz) -> Iterator[tuple[Question, Posed]]:
    """Yield the question with other numbers, where it has a network; fewer where that is large."""
    if here.analysis is not None:
        most = MOST_NEIGHBOURS if len(here.analysis.layers) <= _LARGE else _FEW
        yield from _posed(neighbours(here.question, here.analysis, most), quiz)


def _posed(questions: Iterable[Question], quiz: Quiz) -> Iterator[tuple[Question, Posed]]:
    """Yield those of some questions that can be asked."""
    for question in questions:
        try:
            yield question, posed(question, quiz)
        except SymcnnError:
            continue
