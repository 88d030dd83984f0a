"""What answers earn on learning platforms: the right one, roundings where they are accepted, and known mistakes.

Answers are compared with one after the other, and the first that is equal counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

from symcnn.answers.making.problem import Problem
from symcnn.answers.verdict import APPROX
from symcnn.render.quiz.words import right_words, slip_words

_DIGITS = 3  # of a rounding that is right where roundings are
# The shares that Moodle knows, in percent, as it writes them itself (core/question/engine/bank.php).
_SHARES = (
    "100", "90", "83.33333", "80", "75", "70", "66.66667", "60", "50", "40", "33.33333", "30", "25", "20", "16.66667",
    "14.28571", "12.5", "11.11111", "10", "5", "0",
)  # fmt: skip


@dataclass(frozen=True)
class Graded:
    """An answer with its share of the marks and what is said of it; `tolerance` is how far one may be off."""

    value: Any
    share: Fraction
    said: str
    tolerance: Fraction = Fraction(0)


def graded(one: Problem, language: str) -> tuple[Graded, ...]:
    """Return the right and the known wrong answers, as `grade` marks them.

    With a tolerance the right one comes last, as a wrong one may be near by.
    """
    right = Graded(one.value, Fraction(1), right_words(language), tolerance_of(one))
    wrong = tuple(Graded(w.value, w.credit, slip_words(one, w.slips, language)) for w in one.wrong)
    return (*wrong, right) if right.tolerance else (right, *wrong)


def tolerance_of(one: Problem) -> Fraction:
    """Return how far a rounded answer may be off: half a unit of the third digit, where roundings are accepted."""
    if APPROX not in one.question.accept or not isinstance(one.value, int):
        return Fraction(0)
    return (
        Fraction(10 ** max(0, len(str(abs(one.value))) - _DIGITS), 2) if abs(one.value) >= 10**_DIGITS else Fraction(0)
    )


@cache
def share_text(share: Fraction) -> str:
    """Return a share in percent: the nearest that Moodle knows, of two the lower."""
    return min(reversed(_SHARES), key=lambda known: abs(Fraction(known) - 100 * share))
