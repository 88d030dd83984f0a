"""How learners may type a formula where answers are compared letter by letter."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from sympy import Expr, ceiling, expand, factor, floor, fraction, together

from symcnn.algebra.symbols import is_number
from symcnn.answers.making.values import answer_text

_SIGNS = str.maketrans({"·": "*", "−": "-", "×": "x", "⌊": "floor(", "⌋": ")", "⌈": "ceil(", "⌉": ")"})
_RAISED = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_COEFFICIENT = re.compile(r"(?<!\w)(\d+)(?=[^\W\d_]|\()")
_BRACKET = re.compile(r"(?<=[\w)])\*(?=[\w(])")


def spellings(value: Any) -> tuple[str, ...]:
    """Return how an answer with formulas may be typed, the one that is shown first.

    It is as it is, multiplied out or factored, with and without signs between factors and spaces, in Unicode, as 9*C^2
    and as 9*C**2; a size also as the working has it, ⌊(H − 3)/2⌋ + 1 for ⌈H/2⌉ − 1.

    >>> from symcnn import symbols
    >>> C, H = symbols("C H")
    >>> spellings(9 * C * H)
    ('9C·H', '9CH', '9*C*H')
    """
    found: dict[str, None] = {}
    for form in (value, _each(value, expand), _each(value, factor)):
        for text in _styles(answer_text(form), _is_short(form)):
            found |= dict.fromkeys((text, text.replace(" ", "")))
    for shown in _as_worked_out(value):
        for text in _styles(shown, _is_short(value)):
            found |= dict.fromkeys((text, text.replace(" ", "")))
    return tuple(found)


def _styles(shown: str, is_short: bool) -> Iterator[str]:
    yield shown
    if is_short:
        yield shown.replace("·", "")
    powers = _RAISED.sub(lambda found: f"^{found[0].translate(_DIGITS)}", shown).translate(_SIGNS)
    starred = _COEFFICIENT.sub(r"\1*", powers)
    yield starred
    yield starred.replace("^", "**")
    if is_short:
        yield _BRACKET.sub("", powers)


def _as_worked_out(value: Any) -> Iterator[str]:
    """Yield an answer with its sizes as ⌊…/s⌋ + 1, if it has some."""
    if not isinstance(value, tuple):
        text = _size(value)
        if text is not None:
            yield text
        return
    texts = [_size(part) for part in value]
    if any(texts):
        yield "×".join(
            answer_text((part,)) if text is None else f"({text})" for text, part in zip(texts, value, strict=True)
        )


def _size(value: Any) -> str | None:
    """Return ⌊p/s⌋ + c and ⌈p/s⌉ + c, where p is an integer, as ⌊q/s⌋ + 1; None for what is neither."""
    if not isinstance(value, Expr):
        return None
    offset, rounded = value.as_coeff_Add()
    if not isinstance(rounded, (floor, ceiling)) or not offset.is_Integer:
        return None
    whole, stride = fraction(together(rounded.args[0]))
    constant, rest = expand(whole).as_coeff_Add()
    if not (stride.is_Integer and constant.is_Integer and rest.is_integer):
        return None
    constant += stride * (offset - 1) + (stride - 1 if isinstance(rounded, ceiling) else 0)
    return f"⌊({answer_text(rest + constant)})/{stride}⌋ + 1" if constant else None


def _each(value: Any, act: Callable[[Any], Any]) -> Any:
    if isinstance(value, tuple):
        return tuple(_each(part, act) for part in value)
    return act(value) if isinstance(value, Expr) else value


def _is_short(value: Any) -> bool:
    """Tell whether all symbols are single letters, so that products need no sign."""
    parts = value if isinstance(value, tuple) else (value,)
    return all(is_number(part) or all(len(s.name) == 1 for s in part.free_symbols) for part in parts)
