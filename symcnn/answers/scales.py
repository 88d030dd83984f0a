"""The number at a place with what scales it: 25.5M, 1.8e9, 236万, 4.1 billion."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from symcnn.answers.numerals import MOST_DIGITS, Numeral, exponent, numeral
from symcnn.answers.rounding import half_place
from symcnn.answers.units import LETTER_SCALES, scale_named, unit_named

if TYPE_CHECKING:
    from symcnn.answers.scanner import Scanner

_ONE = Fraction(1)
_LARGEST_EXPONENT = 99  # of ten
_LETTERS = re.compile(r"[ ~]?(Ki|Mi|Gi|Ti|ki|[kKMGTBm])(?![A-Za-z0-9_'^²³({\[\\])(\s*[A-Za-z-]+|\s*[一-鿿]+)?")
_WORD = re.compile(r"[ ~]*([A-Za-zéãõ]{2,10}\.?)(?![A-Za-z_0-9])")
_CHINESE = re.compile(r"\s*(百万|百萬|千万|千萬|十亿|万|萬|亿|億|千(?!字节|比特)|兆(?!字节|比特))")
_MORE_CHINESE, _YI = re.compile(r"(\d{1,4})[万萬]"), 10**8
_DECIMAL_FOLLOWS = re.compile(
    r"\s*(?:\\?%(?!\s*[\w(])|(?:\\times|\\cdot|[*×·xX])\s*10\s*(?:\^|\*\*)"
    r"|(?:kilo|mega|giga|tera|kibi|mebi|gibi|tebi)|[kmgt]b\b"
    r"|[kKMGTP]i?(?:FLOP|flop|Flop|MAC|mac|[BM]\b|[Bb]yte|[Pp]aram|bit|OP|Add))"
)


@dataclass(frozen=True, slots=True)
class Scaled:
    """What a number is worth with its scale, and half a unit in its last place where it is written as rounded."""

    value: int | Fraction
    half: Fraction | None = None

    @classmethod
    def plain(cls, value: int) -> Scaled:
        """Return an integer that is written in full."""
        return cls(value)


def number_at(scanner: Scanner, start: int) -> tuple[Scaled, int]:
    """Return the number that begins at `start`, and where it ends."""
    text = scanner.text
    in_list = scanner.form == "shape" or scanner.innermost.kind in (_LISTS if scanner.form is None else ("call",))
    if in_list and scanner.innermost.kind != "call" and scanner.mixed:
        scanner.seen.add("commas")
        in_list = not scanner.choices.get("commas")
    read = numeral(text, start, scanner.mark, in_list)
    if read is None:
        end = start
        while end < len(text) and (text[end].isdigit() or text[end] in ".,'_"):
            end += 1
        if "," in text[start:end]:
            raise scanner.refused("several", "these are several numbers, or digits in unusual groups", start, end)
        raise scanner.refused("syntax", "the digits of this number are grouped in no usual way", start, end)
    if read.end - start > MOST_DIGITS:
        raise scanner.refused("size", f"a number may have {MOST_DIGITS} digits at most", start, read.end)
    scale, end, rounded = _scale(scanner, read)
    scaled_down = rounded or _DECIMAL_FOLLOWS.match(text, end) is not None
    value, places = read.value, read.places
    if read.other is not None and not scaled_down:
        scanner.seen.add("dots")
        if scanner.choices.get("dots"):
            value, places = read.other, 0
    elif read.decides or read.rounded:
        scanner.decided.add(read.decides)
    if scale is not _ONE:
        value *= scale
    half = None
    if places or rounded:
        half = scale * (Fraction(1, 2 * 10**places) if places else _last_place(read.value))
    more = _MORE_CHINESE.match(text, end) if scale == _YI and half is not None else None
    if more is not None:  # 3亿4000万
        value, end, half = value + int(more[1]) * 10**4, more.end(), _last_place(int(more[1])) * 10**4
    return Scaled(value.numerator if value.denominator == 1 else value, half), end


def _last_place(value: Fraction | int) -> Fraction:
    """Return half of the last place of a whole number that is scaled: its zeros are none, as in 920k and 6900万."""
    return half_place(value) or Fraction(1, 2)


_LISTS = ("list", "call")


def _scale(scanner: Scanner, read: Numeral) -> tuple[Fraction, int, bool]:
    """Return what scales a number, where that ends, and whether there is anything."""
    text, end = scanner.text, read.end
    power = exponent(text, end)
    if power is not None and not ({"e", "E"} & {text[end]} and text[end] in scanner.names):
        if abs(power[0]) > _LARGEST_EXPONENT:
            raise scanner.refused("size", f"an exponent may be {_LARGEST_EXPONENT} at most", end, power[1])
        return Fraction(10) ** power[0], power[1], True
    if (chinese := _CHINESE.match(text, end)) is not None:
        return Fraction(scale_named(chinese[1]) or 1), chinese.end(), True
    letters = _LETTERS.match(text, end)
    if letters is not None and _is_scale(scanner, letters, read):
        if letters[1] == "B":  # billion
            return Fraction(10**9), letters.end(1), True
        if letters[1] == "m":
            scanner.plain.mended("m read as M", "m 按 M 读")
            return Fraction(10**6), letters.end(1), True
        return Fraction(scale_named(letters[1]) or 1), letters.end(1), True
    word = _WORD.match(text, end)
    if word is not None and word[1] not in LETTER_SCALES and word[1] not in scanner.names:
        scale = scale_named(word[1])
        if word[1].lower() == "mil" and scanner.mark != ",":  # a thousand in Spanish, and short for a million
            scanner.seen.add("mil")
            scale = 10**6 if scanner.choices.get("mil") else scale
        if scale is not None:
            return Fraction(scale), word.end(1), True
    return _ONE, end, False


def _is_scale(scanner: Scanner, found: re.Match[str], read: Numeral) -> bool:
    """Tell a scale from a symbol: a declared symbol is one; elsewhere decimals or a unit make it a scale."""
    letter = found[1]
    if letter == "B" and scanner.form == "bytes":
        return False
    if letter == "m" and (letter in scanner.names or found[2] or not read.rounded or scanner.form == "formula"):
        return False
    measured = found[2] is not None and unit_named(found[2].strip()) is not None
    if found[2] is not None and not measured and not found[2][0].isspace():
        return False
    if letter in scanner.names:
        return measured and read.rounded
    return measured or read.rounded or not scanner.names or scanner.form in ("number", "bytes")
