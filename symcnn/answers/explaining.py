"""Which known slips give exactly an answer."""

from __future__ import annotations

from typing import Any

from symcnn.answers.answered import Answered
from symcnn.answers.reference import Question

Slips = tuple[Any, ...]


def explanations(asked: Question, answer: Answered) -> tuple[Slips, Slips]:
    """Return the slips of which one alone gives the answer, and if there are none those of pairs that do."""
    return (), ()
