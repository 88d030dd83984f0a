"""What people type as answers: read, judged, and told which slip was made; exams are set, a class is marked."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symcnn.answers.grading.run import grade
    from symcnn.answers.making.lint import lint
    from symcnn.answers.making.problem import paper
    from symcnn.answers.making.quiz import quiz
    from symcnn.answers.questions import load_quiz, parse_quiz, quiz_toml

_WHERE = {
    "grade": "symcnn.answers.grading.run",
    "lint": "symcnn.answers.making.lint",
    "load_quiz": "symcnn.answers.questions",
    "parse_quiz": "symcnn.answers.questions",
    "paper": "symcnn.answers.making.problem",
    "quiz": "symcnn.answers.making.quiz",
    "quiz_toml": "symcnn.answers.questions",
}

__all__ = ["grade", "lint", "load_quiz", "paper", "parse_quiz", "quiz", "quiz_toml"]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'symcnn.answers' has no attribute '{name}'")
    return getattr(import_module(_WHERE[name]), name)
