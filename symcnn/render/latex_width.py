r"""How wide formulas and words are in print, roughly, and lines that fit: LaTeX breaks no table cell and no `align`.

Widths are points of Computer Modern at 10 pt, rounded up rather than down.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from symcnn.render.latex_words import escaped, seams

_TOKEN = re.compile(r"\{,\}| ?\\r(?:floor|ceil) ?|\\[A-Za-z]+ ?|\\.|.", re.DOTALL)
_SCRIPT = 0.75  # of the size of the base: indices and exponents
_FRACTION_EDGE = 2.4
_WIDTHS = {
    " ": 0.0, "{,}": 2.8, ",": 4.5, ".": 2.8, "(": 3.9, ")": 3.9, "[": 2.8, "]": 2.8, "/": 5.0, "'": 2.8,
    "+": 12.3, "-": 12.3, "=": 13.4, "<": 13.4, ">": 13.4,
    r"\cdot": 7.3, r"\times": 12.3, r"\le": 13.4, r"\ge": 13.4, r"\ne": 13.4,
    r"\approx": 13.4, r"\sim": 13.4, r"\land": 11.2, r"\lor": 11.2, r"\bmod": 29.0, r"\max": 19.0, r"\min": 17.5,
    r"\infty": 10.0, r"\quad": 10.0, r"\qquad": 20.0, r"\,": 1.7, r"\!": 0.0, r"\left": 1.5, r"\right": 1.5,
    r"\lfloor": 4.5, r"\rfloor": 4.5, r"\lceil": 4.5, r"\rceil": 4.5, r"\sum": 14.5, r"\prod": 13.0,
    r"\mathit": 0.0, r"\mathrm": 0.0, r"\operatorname": 1.7, r"\mathbin": 4.0, r"\text": 0.0, r"\allowbreak": 0.0,
    "i": 3.5, "j": 4.5, "l": 3.2, "t": 3.7, "m": 8.8, "w": 7.2, "W": 11.0, "M": 11.0, "N": 9.0, "H": 9.2, "K": 9.2,
}  # fmt: skip
_LONG = 160.0  # of a part of a formula in a line of text: TeX itself breaks only at operators
_DIGIT, _SMALL, _LARGE, _OTHER = 5.0, 5.4, 8.2, 7.0
_TEXT_WIDTHS = {" ": 3.4, ".": 2.8, ",": 2.8, ":": 2.8, "i": 2.8, "l": 2.8, "t": 3.9, "m": 8.4, "w": 7.3, "×": 7.8}
_TEXT_SMALL, _TEXT_LARGE, _TEXT_CJK = 5.1, 7.5, 10.0
_FIRST_CJK = "\u2e80"

_OPENING = {"(", "[", r"\lfloor", r"\lceil"}
_CLOSING = {")", "]", r"\rfloor", r"\rceil"}
_SIGNS = {"+", "-", "=", "<", ">", r"\times", r"\cdot", r"\le", r"\ge", r"\ne", r"\land", r"\lor"}
_NO_FACTOR = {
    *_SIGNS, ",", "{,}", "/", ":", "&", r"\approx", r"\sim", r"\to", r"\bmod", r"\pmod", r"\mid", r"\nmid", r"\equiv",
    r"\not", r"\in", r"\notin", r"\lnot", r"\mathbin", r"\text", r"\quad", r"\qquad", r"\,", r"\allowbreak",
}  # fmt: skip
_DOT = r"\cdot "
_ANYWHERE = {*_SIGNS, " ", "{,}", *_OPENING}
# Where a line may end, the best places first: how many brackets deep, and before which signs.
_PLACES = (
    (0, _SIGNS),
    (0, {*_SIGNS, *_OPENING, " "}),
    (1, _SIGNS),
    (9, {*_SIGNS, *_OPENING, " "}),
    (9, _ANYWHERE),  # within a number
)


@lru_cache(maxsize=20_000)  # tables say the same many times
def formula_width(formula: str) -> float:
    r"""Return how wide LaTeX of math mode is, in points.

    >>> formula_width(r"\frac{H}{2}") < formula_width("H + 2") < formula_width(r"H \times (W + 2)")
    True
    """
    return _sequence(iter(_TOKEN.findall(formula)))


def _sequence(tokens: Iterator[str]) -> float:
    """Return the width of what stands before the next closing brace."""
    total = 0.0
    for token in tokens:
        match token.strip() or " ":
            case "}":
                break
            case "{":
                total += _sequence(tokens)
            case "^" | "_":
                total += _SCRIPT * _argument(tokens)
            case r"\frac":
                total += max(_argument(tokens), _argument(tokens)) + _FRACTION_EDGE
            case sign:
                total += _sign(sign)
    return total


def _argument(tokens: Iterator[str]) -> float:
    token = next(tokens, "")
    return _sequence(tokens) if token == "{" else _sign(token.strip())


def _sign(sign: str) -> float:
    if sign in _WIDTHS:
        return _WIDTHS[sign]
    if len(sign) != 1:
        return _OTHER
    return _DIGIT if sign.isdigit() else _SMALL if sign.islower() else _LARGE if sign.isupper() else _OTHER


@lru_cache(maxsize=20_000)
def words_width(words: str) -> float:
    """Return how wide words are, in points."""
    return sum(map(_letter_width, words))


def _letter_width(c: str) -> float:
    if c >= _FIRST_CJK:
        return _TEXT_CJK
    return _TEXT_WIDTHS.get(c, _TEXT_LARGE if c.isupper() or not c.isascii() else _TEXT_SMALL)


@lru_cache(maxsize=20_000)
def broken_formula(formula: str, room: float) -> tuple[str, ...]:
    """Return a formula in lines that fit into the room, if it can be broken so; later lines begin with their sign."""
    if formula_width(formula) <= room:
        return (formula,)
    pieces = [(piece, formula_width(piece)) for piece in _pieces(formula, room)]
    lines = _with_dots(_filled(pieces, room))
    if max(map(formula_width, lines)) > room:
        lines = _with_dots(_filled(pieces, room - formula_width(_DOT)))
    first, *others = lines
    return (first, *("{} " + line for line in others))


def _with_dots(lines: list[str]) -> list[str]:
    """Return lines without spaces around them, with a dot where a product is broken that has none."""
    dots = ["", *(_DOT if _is_product(*pair) else "" for pair in pairwise(lines))]
    return [dot + line.strip() for dot, line in zip(dots, lines, strict=True)]


def _is_product(before: str, after: str) -> bool:
    """Whether two parts of a formula that nothing but a space divides are factors: not in `a, b`, `a + b`, `f(a)`."""
    if not (before.endswith(" ") or after.startswith(" ")):
        return False
    ends, starts = _TOKEN.findall(before.strip())[-1:], _TOKEN.findall(after.strip())[:1]
    return all(token.strip() not in _NO_FACTOR for token in ends + starts) and bool(ends and starts)


def broken_words(words: str, room: float) -> list[str]:
    """Return words, escaped, in lines that fit into the room; a name is broken at its dots, or else anywhere."""
    if words_width(words) <= room:
        return [escaped(words)]
    parts = [part for word in re.findall(r"[^ ]* ?", words) if word for part in seams(word)]
    short = [piece for part in parts for piece in ([part] if words_width(part) <= room else part)]
    *lines, last = _filled([(piece, words_width(piece)) for piece in short], room)
    return [*(escaped(line.rstrip(" ")) for line in lines), escaped(last)]


def least_formula_width(formula: str) -> float:
    """Return the width of the widest part of a formula between operators and factors outside of brackets."""
    parts = [part for part in _cut(formula, *_PLACES[1]) if part.strip()]
    return max((formula_width(part) for part in _with_dots([f"{part} " for part in parts])), default=0.0)


def least_words_width(words: str) -> float:
    """Return the width of the widest part of a word that stands in one line."""
    return max((words_width(part) for word in words.split() for part in seams(word)), default=0.0)


def breakable(formula: str) -> str:
    r"""Return a formula of running text, which TeX may break also between factors and groups of digits.

    >>> breakable("a + b")
    'a + b'
    """
    if formula_width(formula) <= _LONG:
        return formula
    return "".join(r"\allowbreak ".join(_pieces(part, _LONG)) for part in _cut(formula, *_PLACES[0]))


def _filled(pieces: list[tuple[str, float]], room: float) -> list[str]:
    lines, used = [""], 0.0
    for piece, width in pieces:
        if used and used + width > room:
            lines.append("")
            used = 0.0
        lines[-1] += piece
        used += width
    return lines


def _pieces(formula: str, room: float, places: int = 0) -> list[str]:
    """Return the parts of a formula, cut at the best places; what is still too wide is cut at the next best."""
    if places == len(_PLACES) or formula_width(formula) <= room:
        return [formula]
    depth, signs = _PLACES[places]
    loose = _loosened(formula) if depth else formula
    return [piece for part in _cut(loose, depth, signs) for piece in _pieces(part, room, places + 1)]


def _loosened(formula: str) -> str:
    r"""Return a formula whose brackets may stand in different lines: `\left` and `\right` may not."""
    return re.sub(r"\\(left|right)(?![A-Za-z]) ?", lambda found: rf"\big{found[1][0]}", formula)


_BRACES = {"{": 1, "}": -1, r"\begin": 1, r"\end": -1}  # cases are not torn apart


def _cut(formula: str, depth: int, signs: set[str]) -> list[str]:
    """Cut before each of the signs that stands in no braces and in at most `depth` brackets."""
    parts, braces, brackets, last = [""], 0, 0, "("
    for token in _TOKEN.findall(formula):
        sign = token.strip() or " "
        brackets -= sign in _CLOSING
        if sign in signs and sign != "{,}" and braces == 0 and brackets <= depth and _ends_operand(last):
            parts.append("")
        parts[-1] += token
        if sign == "{,}" and sign in signs and braces == 0:  # a line ends with the comma
            parts.append("")
        brackets += sign in _OPENING
        braces += _BRACES.get(sign, 0)
        last = last if sign == " " else sign
    return [part for part in parts if part]


def _ends_operand(sign: str) -> bool:
    r"""Whether a line may end after a sign: not after an operator, an opening bracket or the size of one."""
    return sign not in {*_SIGNS, *_OPENING, r"\left", r"\right", r"\bigl", r"\bigr", "^", "_"}
