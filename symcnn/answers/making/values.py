"""Values as an exam writes them."""

from __future__ import annotations

from typing import Any

from sympy import Expr

from symcnn.algebra.symbols import is_number
from symcnn.answers.messages import value_text


def answer_text(value: Any) -> str:
    """Return an answer as one types it, without groups of digits: 8320, 6×28×28; a sum in a shape is in brackets.

    >>> answer_text((6, 28, 28)), answer_text(8320)
    ('6×28×28', '8320')
    """
    if isinstance(value, tuple):
        return "×".join(f"({answer_text(part)})" if is_sum(part) else answer_text(part) for part in value)
    return str(value) if is_number(value) else value_text(value)


def is_sum(value: Any) -> bool:
    """Tell whether a value is a sum, or a difference, of formulas."""
    return isinstance(value, Expr) and bool(value.is_Add)
