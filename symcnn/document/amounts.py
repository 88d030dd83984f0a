"""Bytes and seconds for people: the exact number first, and beside it the size in a unit that one can remember."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from symcnn.algebra.symbols import exact
from symcnn.document.lines import line
from symcnn.report import Line, Rounded

_BYTES = ("KiB", "MiB", "GiB", "TiB")  # each 1024 of the one before
_SECONDS = (("s", 1), ("ms", 1000), ("µs", 10**6), ("ns", 10**9))
_STEP = 1024
_DIGITS = 3  # that are shown of a rounded number


def bytes_line(value: Any) -> Line:
    """Return `102,228,128 bytes (≈ 97.5 MiB)`; a formula has no unit beside it."""
    return (*line(value, " bytes"), *_in_units(value))


def numbers_line(number: Any, of_bytes: Any) -> Line:
    """Return `25,557,032 numbers, 102,228,128 bytes (≈ 97.5 MiB)`."""
    return (*line(number, " numbers, "), *bytes_line(of_bytes))


def _in_units(value: Any) -> Line:
    size = _number(value)
    if size is None or size < _STEP:
        return ()
    power = next((p for p in range(1, len(_BYTES)) if size < _STEP ** (p + 1)), len(_BYTES))
    return (*line(" ("), *_rounded(size / _STEP**power), *line(f" {_BYTES[power - 1]})"))


def seconds(value: Any) -> Line:
    """Return `≈ 1.23 ms`, always with three digits; a formula is in seconds."""
    time = _number(value)
    if time is None:
        return line(value, " s")
    if time == 0:
        return line("0")
    unit, factor = next((found for found in _SECONDS if time * found[1] >= 1), _SECONDS[-1])
    return (*_rounded(time * factor, whole=True), *line(f" {unit}"))


def decimal(value: Any) -> Line:
    """Return a ratio to three digits, marked where it is rounded; a formula as it is."""
    found = _number(value)
    return line(value) if found is None else _rounded(found)


def _rounded(value: Fraction, whole: bool = False) -> Line:
    """Return a number to three digits, marked where it is rounded; useless zeros are shown where it is `whole`."""
    places = max(0, _DIGITS - len(str(int(value)))) if value >= 1 else _places(value)
    while not whole and places and value * 10 ** (places - 1) % 1 == 0:
        places -= 1
    same = value * 10**places % 1 == 0
    return (*(() if same else line("≈ ")), Rounded(value, places))


def _places(value: Fraction) -> int:
    """Return to how many places a number below 1 has three digits."""
    places = _DIGITS
    while value and value * 10 ** (places - _DIGITS + 1) < 1 and places < 12:
        places += 1
    return places


def _number(value: Any) -> Fraction | None:
    found = exact(value)
    return Fraction(found) if isinstance(found, (int, Fraction)) else None
