"""Numbers as people and locales write them: 9,248, 9'248, 9 248, 12,34,567, 1_000, 1.85e9, 236万, 25.5M."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from symcnn.answers.vocabulary import listed
from symcnn.errors import SymcnnError, did_you_mean

MOST_DIGITS = 400  # of one number, its exponent of ten included

_COMMA_LANGUAGES = listed(
    """
    de fr es it pt nl pl ru uk cs sk da sv nb nn no fi is tr el hu ro bg hr sr sl lt lv et id vi ca eu gl at
    """
)
_POINT_LANGUAGES = listed(
    """
    en zh ja ko th hi he ar us gb in ch si none ms fa bn ta
    """
)

# Digits with what may stand between groups of them; a space only before exactly three digits.
_RUN = re.compile(r"\d+(?:(?:[,.'_]|\{,\}|\\,|\\;|\\ |[ ~](?=\d{3}(?!\d)))\d+)*")
_RUN_IN_LIST = re.compile(r"\d+(?:(?:[.'_]|\{,\})\d+)*")
_POINT = re.compile(r"\.\d+|\d+\.(?!\d)")  # .5, and 5. where a sentence does not end
_EXPONENT = re.compile(r"[eE]([+-]?\d+)(?![\w.])")
_CHINESE_DIGITS = "零一二三四五六七八九"
_CHINESE_UNITS, _CHINESE_LARGE = {"十": 10, "百": 100, "千": 1000}, {"万": 10**4, "亿": 10**8}
_CHINESE = re.compile(r"[零一二两三四五六七八九十百千万亿]{1,30}(?=个|\s*\Z)")
_TWO_DIGITS = re.compile(r"[一二两三四五六七八九]零*[一二两三四五六七八九]|零零")
_SHORT = re.compile(r"([百千万亿])[一二两三四五六七八九]\Z")
_PIECE = re.compile(r"(\d+)(\D*)")
_SPACES = frozenset((" ", "~", "\\,", "\\;", "\\ "))
_COMMAS = {",": ",", "{,}": ",", ".": "."}


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number that was read up to `end`; `places` are its decimals, `other` its value where dots part thousands.

    `rounded` says that it is written as a rounded one, with decimals or with a power of ten.
    """

    value: Fraction
    end: int
    places: int = 0
    rounded: bool = False
    other: Fraction | None = None
    decides: str = ""  # what it says about the locale: "." or "," is the decimal mark


def decimal_mark(locale: str | None) -> str:
    """Return the decimal mark of a locale such as `de` or `en_GB`, or nothing where none is given."""
    if locale is None:
        return ""
    whole = locale.replace("-", "_").lower()
    language, _, country = whole.partition("_")
    if country[:2] in ("ch", "li") or (language == "es" and country[:2] in ("mx", "pr", "us")):
        return "."
    if language in _POINT_LANGUAGES:
        return "."
    if language in _COMMA_LANGUAGES:
        return ","
    known = sorted(_POINT_LANGUAGES | _COMMA_LANGUAGES)
    raise SymcnnError(f"unknown locale '{locale}'", hint=did_you_mean(language, known, "give one such as en or de"))


def numeral(text: str, start: int, mark: str, in_list: bool) -> Numeral | None:
    """Read the number that begins at `start`, as far as it goes; None where its groups of digits fit no locale.

    `mark` is the decimal mark of the locale, if there is one. In a list, a comma and a space part numbers.

    >>> numeral("9,248", 0, "", False).value, numeral("9.248", 0, "", False).other
    (Fraction(9248, 1), Fraction(9248, 1))
    """
    run = (_RUN_IN_LIST if in_list else _RUN).match(text, start)
    if run is None:
        found = _POINT.match(text, start)
        return None if found is None else _decimal("0", found[0][1:], found.end())
    pieces = _PIECE.findall(run[0])
    groups, separators = [digits for digits, _ in pieces], [between for _, between in pieces[:-1]]
    if not separators:
        return Numeral(Fraction(groups[0]), run.end())
    return _interpreted(groups, separators, mark, run.end())


def exponent(text: str, place: int) -> tuple[int, int] | None:
    """Return the exponent of ten written as in 1.8e9, and where it ends."""
    found = _EXPONENT.match(text, place)
    return None if found is None else (int(found[1]) if len(found[1]) < 6 else MOST_DIGITS + 1, found.end())


def chinese_number(text: str, place: int) -> tuple[int, int] | None:
    """Return the number written in Chinese at a place, 八百三十二, and where it ends; None where there is none.

    >>> chinese_number("二十四", 0), chinese_number("一共", 0)
    ((24, 3), None)
    >>> chinese_number("八三二", 0), chinese_number("九千二百八", 0)
    ((832, 3), (9280, 5))
    """
    found = _CHINESE.match(text, place)
    if found is None or not set(found[0]) & set(_CHINESE_DIGITS[1:] + "十"):
        return None
    if set(found[0]) <= set(_CHINESE_DIGITS):  # 八三二, one by one
        return int("".join(str(_CHINESE_DIGITS.index(digit)) for digit in found[0])), found.end()
    if _TWO_DIGITS.search(found[0]):
        return None
    total = section = digit = 0
    for character in found[0]:
        if character in _CHINESE_LARGE:
            total = (total + section + digit) * _CHINESE_LARGE[character]
            section = digit = 0
        elif character in _CHINESE_UNITS:
            section += (digit or 1) * _CHINESE_UNITS[character]
            digit = 0
        else:
            digit = max(_CHINESE_DIGITS.find(character), 2 * (character == "两"))
    short = _SHORT.search(found[0])
    if short is not None:  # 九千二百八, of tens
        digit *= (_CHINESE_UNITS | _CHINESE_LARGE)[short[1]] // 10
    return total + section + digit, found.end()


def _interpreted(groups: list[str], separators: list[str], mark: str, end: int) -> Numeral | None:
    whole = Fraction(int("".join(groups))) if _is_grouped(groups, separators, mark) else None
    last = _COMMAS.get(separators[-1])
    broken = None
    if last is not None and (mark or last) == last and _is_fraction(groups, separators, last):
        broken = _decimal("".join(groups[:-1]), groups[-1], end, last)
    if whole is None:
        return broken
    if broken is None or (last == "," and not mark):  # without a locale 9,248 is in thousands
        return Numeral(whole, end, decides="." if "," in separators else "," if "." in separators else "")
    return Numeral(broken.value, end, broken.places, True, None if mark else whole)


def _is_grouped(groups: list[str], separators: list[str], mark: str) -> bool:
    """Tell whether all separators part thousands: one kind of them, three digits each, or two as in India."""
    kinds = set(separators)
    if len(kinds) > 1 and not kinds <= _SPACES:
        return False
    kind = separators[0]
    if kind == "_":
        return True
    if len(groups[0]) > 3 or groups[0].startswith("0"):
        return False
    if mark and _COMMAS.get(kind) == mark and len(separators) == 1:
        return False  # of two decimal marks none is one
    if all(len(group) == 3 for group in groups[1:]):
        return True
    indian = kind == "," and len(groups[0]) <= 2 and len(groups) > 2 and all(len(g) == 2 for g in groups[1:-1])
    return indian and len(groups[-1]) == 3


def _is_fraction(groups: list[str], separators: list[str], last: str) -> bool:
    """Tell whether the last separator can be a decimal mark: it stands once, and thousands before it."""
    before = separators[:-1]
    if any(_COMMAS.get(separator) == last for separator in before):
        return False
    return not before or _is_grouped(groups[:-1], before, last)


def _decimal(whole: str, part: str, end: int, decides: str = "") -> Numeral:
    return Numeral(Fraction(int(whole + part), 10 ** len(part)), end, len(part), bool(part), None, decides)
