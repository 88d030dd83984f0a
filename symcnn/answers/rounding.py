"""Rounded numbers: right within half a unit of the last place that is given."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from symcnn.answers.given import Number

ROUNDED, TRUNCATED, ROUNDED_UP = "rounded", "truncated", "rounded up"


def rounding(answer: Number, right: Number, half_unit: Fraction | None) -> str | None:
    """Say how a number was rounded to give `answer`: correctly, cut off, or up where down was nearer; None for no way.

    >>> rounding(25_600_000, 25_557_032, Fraction(50_000)), rounding(25_500_000, 25_557_032, Fraction(50_000))
    ('rounded', 'truncated')
    """
    if not half_unit or not answer:  # 0 G has no digit that says anything
        return None
    off = Fraction(right) - Fraction(answer)
    if abs(off) <= half_unit:
        return ROUNDED
    if abs(off) >= 2 * half_unit:
        return None
    towards_zero = off > 0 if right > 0 else off < 0
    return TRUNCATED if towards_zero else ROUNDED_UP


def has_digits(number: Number) -> bool:
    """Tell whether an integer has two digits at least before its last zeros: 830, and not 800."""
    digits = str(abs(int(number))).rstrip("0")
    return len(digits) > 1


def half_place(number: Number) -> Fraction:
    """Return half of the last place of an integer that is not 0: 5 for 830; of other numbers nothing is said."""
    if number.denominator != 1 or not number:
        return Fraction(0)
    place, rest = 1, int(number)
    while rest % 10 == 0:
        place, rest = 10 * place, rest // 10
    return Fraction(place, 2)
