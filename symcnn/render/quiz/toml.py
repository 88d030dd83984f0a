"""A quiz as TOML: what `symcnn grade` marks answers by."""

from __future__ import annotations

from symcnn.answers.making.problem import Paper
from symcnn.answers.questions import quiz_toml


def toml_text(paper: Paper, choice: bool = False) -> str:
    """Return a quiz as TOML; that it is a multiple choice makes no difference there."""
    return quiz_toml(paper.quiz)
