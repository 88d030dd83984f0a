"""What people type as answers: read, judged, and told which slip was made; a class of them is marked."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symcnn.answers.grading.run import grade
    from symcnn.answers.questions import load_quiz, parse_quiz, quiz_toml

_WHERE = {
    "grade": "symcnn.answers.grading.run",
    "load_quiz": "symcnn.answers.questions",
    "parse_quiz": "symcnn.answers.questions",
    "quiz_toml": "symcnn.answers.questions",
}

__all__ = ["grade", "load_quiz", "parse_quiz", "quiz_toml"]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'symcnn.answers' has no attribute '{name}'")
    return getattr(import_module(_WHERE[name]), name)
