"""How numbers are written: digits in groups, decimals, and large numbers in M and G."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

_MOST_PLACES = 400  # of a decimal; a number as it was written has fewer
_UNITS = {"M": 10**6, "G": 10**9, "T": 10**12}
_SIGNIFICANT = 1000  # three digits are shown of what is rounded


@dataclass(frozen=True, slots=True)
class Digits:
    """What stands between groups of three digits, and before the decimals."""

    separator: str
    point: str


# By locale: English, German, French, Swiss, the SI's (thin spaces), without groups.
UNICODE_DIGITS = {
    "en": Digits(",", "."),
    "de": Digits(".", ","),
    "fr": Digits("\N{NARROW NO-BREAK SPACE}", ","),
    "ch": Digits("'", "."),
    "si": Digits("\N{THIN SPACE}", "."),
    "none": Digits("", "."),
}
LATEX_DIGITS = {
    "en": Digits("{,}", "."),
    "de": Digits(".", "{,}"),
    "fr": Digits(r"\,", "{,}"),
    "ch": Digits(r"\text{'}", "."),
    "si": Digits(r"\,", "."),
    "none": Digits("", "."),
}


def grouped(value: int | Fraction, digits: Digits = UNICODE_DIGITS["en"]) -> str:
    """Return a number with its digits in groups of three; decimals are exact.

    >>> grouped(1234), grouped(Fraction(5, 4))
    ('1,234', '1.25')
    """
    if isinstance(value, Fraction) and value.denominator != 1:
        return _decimal(value, digits)
    return f"{int(value):,}".replace(",", digits.separator)


def _decimal(value: Fraction, digits: Digits) -> str:
    places = 1
    while pow(10, places, value.denominator):
        if places == _MOST_PLACES:
            return f"{grouped(value.numerator, digits)}/{grouped(value.denominator, digits)}"
        places += 1
    whole, part = divmod(abs(value), 1)
    sign = "-" if value < 0 else ""
    return f"{sign}{grouped(whole, digits)}{digits.point}{int(part * 10**places):0{places}d}"


@dataclass(frozen=True, slots=True)
class Abbreviation:
    """A number in M, G or T: three digits of it, and whether they are all."""

    digits: str
    unit: str
    exact: bool


def abbreviated(value: int | Fraction, digits: Digits) -> Abbreviation | None:
    """Return a number from a million on in the largest unit it reaches, rounded to three digits; None if it is less.

    >>> abbreviated(25_557_032, UNICODE_DIGITS["en"])
    Abbreviation(digits='25.6', unit='M', exact=False)
    """
    found = None
    value = Fraction(value)
    for unit, size in _UNITS.items():
        if abs(value) < size:
            break
        scaled = value / size
        places = max(0, 3 - len(str(int(abs(scaled)))))
        near = round(scaled * 10**places)
        if abs(near) == _SIGNIFICANT and places:  # 9.999 is 10.0, not 10.00
            places, near = places - 1, near // 10
        exact = Fraction(near, 10**places) == scaled
        found = Abbreviation(_with_places(near, places, digits), unit, exact)
    return found


def rounded(value: Fraction, places: int, digits: Digits) -> str:
    """Return a number rounded to so many decimals.

    >>> rounded(Fraction(200, 7), 1, UNICODE_DIGITS["de"]), rounded(Fraction(-2000), 1, UNICODE_DIGITS["en"])
    ('28,6', '-2,000.0')
    """
    return _with_places(round(value * 10**places), places, digits)


def _with_places(scaled: int, places: int, digits: Digits) -> str:
    """Return scaled/10^places, with all its places."""
    whole, part = divmod(abs(scaled), 10**places)
    decimals = f"{digits.point}{part:0{places}d}" if places else ""
    return f"{'-' if scaled < 0 else ''}{grouped(whole, digits)}{decimals}"
