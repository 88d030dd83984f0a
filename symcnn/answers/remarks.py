"""What stands in brackets behind a number and is no factor: `9280 (64*145)`, `9280 (= 64*145)`, `19 (19×19)`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.answers.build import Chain
from symcnn.answers.normalise import Normalised
from symcnn.answers.tree import Rounded, walked
from symcnn.answers.worth import worth
from symcnn.errors import SymcnnError
from symcnn.formula import nodes as f

_WORKING = re.compile(r"(?<=[\w)])\s*(\()\s*[=≈~][^()]*(?:\([^()]*\)[^()]*)*(\))[\s.]*\Z")
_TERMS = re.compile(
    r"(?<=\d)\s+(\()[^()+]*\d\s*(?:[A-Za-z]{3,}|[\u4e00-\u9fff]+)\s*\+[^()+]*\d\s*(?:[A-Za-z]{3,}|[\u4e00-\u9fff]+)\s*(\))[\s.]*\Z"
)
_MEASURED = re.compile(r"(?<=[A-Za-z])\s+(\()\s*[\d.,]+\s*[KMGT]?i?(?:B|[Bb]ytes?|[Bb]its?)\s*(\))[\s.]*\Z")
_RELATED = (  # what stands in brackets, and how it is related to the number before them
    (_TERMS, "=", "the working in brackets read as a step", "括号中的算式按一步计算读"),
    (_MEASURED, "≈", "what stands in brackets read as the same value", "括号中的内容按同一数值读"),
)
_OPENING = re.compile(r"\s+[(（]\s*")
_ARITHMETIC = (f.Number, f.Sum, f.Product, f.Power, f.Group, f.Sign)


def without_brackets_of_working(plain: Normalised) -> None:
    """Read 9280 (= 64*145) as 9280 = 64*145, and 832 (800 weights + 32 biases) as 832 = 800 weights + 32 biases."""
    for pattern, sign, *repair in _RELATED:
        found = pattern.search(plain.text)
        if found is not None:
            start, end = found.start(1), found.start(2)
            plain.text = f"{plain.text[:start]}{sign}{plain.text[start + 1 : end]} {plain.text[end + 1 :]}"
            plain.mended(*repair)
            return
    found = _WORKING.search(plain.text)
    if found is not None:
        for place in (found.start(1), found.start(2)):
            plain.text = plain.text[:place] + " " + plain.text[place + 1 :]
        plain.mended("the working in brackets read as a step", "括号中的算式按一步计算读")


def with_remark_told(chain: Chain, mended: Callable[[str, str], None]) -> Chain:
    """Read 9280 (64*145), whose brackets hold what the number is, as 9280 = 64*145, and 19 (19×19) as 19.

    The brackets of any other number, as in 32 (5*5+1), are a factor.
    """
    match chain.members:
        case (member,) if not member.names and member.unit is None and member.form == "formula":
            whole = member.items[0]
        case _:
            return chain
    match whole:
        case f.Product((f.Number() as number, f.Group(inner) as group), ("*",)) if _are_apart(number, group):
            first = replace(member, items=(number,), span=number.span)
        case _:
            return chain
    if _is_square_of(inner, number):
        mended("what stands in brackets behind the number left out", "略去数字后括号中的说明")
        return Chain((first,), ())
    last = replace(member, items=(inner,), span=inner.span, half_unit=_half(inner))
    relation = "=" if _worth(inner) == number.value else "≈" if _rounds(number, inner) else ""
    if not relation:
        return chain
    mended("the working in brackets read as a step", "括号中的算式按一步计算读")
    first = replace(first, half_unit=_half(number))
    if relation == "=":
        return Chain((first, last), (relation,))
    return Chain((last, first), (relation,)) if _half(number) else Chain((first, last), (relation,))


def _half(number: Any) -> Any:
    return number.half if isinstance(number, Rounded) else None


def _rounds(number: Any, inner: Any) -> bool:
    """Tell whether one of two numbers is the other one, rounded: 25.6M (25,557,032)."""
    if not isinstance(inner, f.Number):
        return False
    halves = [half for half in (_half(number), _half(inner)) if half is not None]
    return bool(halves) and bool(abs(number.value - inner.value) <= max(halves))


def _are_apart(number: Any, group: Any) -> bool:
    return _OPENING.fullmatch(number.span.source.text[number.span.end : group.span.start]) is not None


def _is_square_of(inner: Any, number: Any) -> bool:
    match inner:
        case f.Product((f.Number(first), f.Number(second)), ("*",)):
            return bool(first == second == number.value != 1)
    return False


def _worth(inner: Any) -> Any:
    """Return what arithmetic comes to; None for anything else."""
    if not all(isinstance(node, _ARITHMETIC) for node in walked(inner)):
        return None
    try:
        return worth(inner, Arithmetic())
    except (SymcnnError, ArithmeticError):
        return None
