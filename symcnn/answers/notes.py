"""What stands around an answer and is no part of it: bold, quotes, notes on biases, on rounding, comments of a program.

All of it is taken away in the plain text, in which everything else stays where it stands.
"""

from __future__ import annotations

import re

from symcnn.answers.names import Names
from symcnn.answers.normalise import Normalised
from symcnn.answers.units import unit_named
from symcnn.answers.vocabulary import FILLERS, LABEL_WORDS, LAYER_KINDS

_MARKDOWN = re.compile(r"\s*(\*\*|`{1,3}|[\"'*_])(?=[^*`])(.*[^*`])\1\s*", re.DOTALL)
_LONGEST_NOTE = 60
_BIASES = re.compile(
    r"(\(?)\s{0,3}\b(with|incl\.?|including|mit|inkl\.?|no|without|excl\.?|excluding|ohne)\s{1,3}(?:the\s{1,3})?bias(?:es)?\s{0,3}(\)?)[\s.]{0,3}\Z",
    re.IGNORECASE,
)
_ROUNDED = re.compile(
    r"(?:,\s{0,3}|\s{0,3}(\()\s{0,3})((?:rounded\s(?:down|up)|abgerundet|aufgerundet|向下取整|向上取整))\s{0,3}(\))?[\s.]{0,3}\Z",
    re.IGNORECASE,
)
_BYTES = re.compile(r"(?<=\d)\s{1,3}\(\s{0,3}[\d.,]{1,12}\s{0,3}[KMGT]?i?B(?:ytes)?\s{0,3}\)[\s.]{0,3}\Z")
_COUNTED = re.compile(r"(?<=[\w)}])\s{0,3}\(\s{0,3}([A-Za-z\u4e00-\u9fff][\w.]{1,30})\s{0,3}\)")
_UNIT = re.compile(r"(?<=[\w)])\s{0,3}(\()\s{0,3}([A-Za-z\u4e00-\u9fff]{2,20})\s{0,3}(\))[\s.]{0,3}\Z")
_SPACE = re.compile(
    r"(?:^|(?<=[=$\s]))((?:\\mathbb\s{0,3}\{?\s{0,3}R\s{0,3}\}?|\\R|R)\s{0,3}\^\s{0,3}[({])(.*)[)}][\s$]{0,3}\Z",
    re.DOTALL,
)
_CROSSED = re.compile(r"[x×,*]|\\times")
_AXES = re.compile(
    r"(?<=[\d)\]}])\s{0,3}[(\[]\s{0,3}([NCDLHW](?:\s{0,3}[x×X,*]\s{0,3}[NCDLHW])+)\s{0,3}[)\]][\s.]{0,3}\Z"
)
_LAYER = re.compile(r"(?:conv|fc|linear|dense|layer|block|stage|stem|bn|pool)[\w.]*\d[\w.]*")
_COMMENT = re.compile(r"\s#\s.*\Z")


def without_notes(plain: Normalised, names: Names, form: str | None) -> None:
    """Take away what says nothing of the value; `names` are those of the question, and `form` is what is asked."""
    _without_markdown(plain)
    _without_comment(plain)
    if "bias" in plain.text.lower():
        _without_biases(plain)
    if form == "shape":
        _bare_space(plain)
        _take_axes(plain)
    if "(" in plain.text or "," in plain.text:
        _without_size(plain, form)
        _bare_rounding(plain)
        if "+" in plain.text and plain.text.count("(") > 1:
            _without_counted(plain, names)
        _bare_unit(plain)


def _blanked(text: str, start: int, end: int) -> str:
    return text[:start] + " " * (end - start) + text[end:]


def _without_markdown(plain: Normalised) -> None:
    """Leave out **bold**, `code` and quotes around the whole answer."""
    found = _MARKDOWN.fullmatch(plain.text)
    if found is not None:
        plain.text = " " * found.start(2) + found[2] + " " * (len(plain.text) - found.end(2))
        plain.mended("marks around the answer left out", "略去答案外的标记")


def _without_comment(plain: Normalised) -> None:
    """Leave out the comment of Python behind an answer of one line."""
    found = _COMMENT.search(plain.text) if "#" in plain.text and "\n" not in plain.text else None
    if found is not None and plain.text[: found.start()].strip():
        plain.text = _blanked(plain.text, *found.span())
        plain.mended("the comment left out", "略去注释")


def _without_biases(plain: Normalised) -> None:
    """Take the note (with bias) or (no bias) behind an answer: what it says must not be false."""
    found = _BIASES.search(plain.text, max(0, len(plain.text) - _LONGEST_NOTE))
    before = plain.text[: found.start()].rstrip(" ,;") if found is not None else ""
    if found is not None and before and bool(found[1]) == bool(found[3]):
        plain.text = before.ljust(len(plain.text))
        plain.biases = found[2].lower().startswith(("with", "in", "mit")) and found[2].lower() != "without"


def _without_size(plain: Normalised, form: str | None) -> None:
    """Leave out the memory that Keras prints behind a number of parameters: 832 (3.25 KB)."""
    found = None if form == "bytes" else _BYTES.search(plain.text, max(0, len(plain.text) - _LONGEST_NOTE))
    if found is not None:
        plain.text = _blanked(plain.text, *found.span())
        plain.mended("the size in bytes behind the number left out", "略去数字后的字节数")


def _bare_space(plain: Normalised) -> None:
    r"""Leave out the real numbers of which a shape is the exponent: \in \mathbb{R}^{32\times24\times24}."""
    found = _SPACE.search(plain.text)
    if found is not None and _CROSSED.search(found[2]):
        plain.text = _blanked(_blanked(plain.text, *found.span(1)), found.end(2), found.end(2) + 1)
        plain.mended("the exponent of ℝ read as the shape", "ℝ 的指数按形状读")


def _take_axes(plain: Normalised) -> None:
    """Take the letters of the axes behind a shape, 24×24×32 (H×W×C), as its label."""
    found = _AXES.search(plain.text, max(0, len(plain.text) - _LONGEST_NOTE))
    if found is not None:
        plain.axes = found[1]
        plain.text = _blanked(plain.text, *found.span())


def _bare_rounding(plain: Normalised) -> None:
    """Take the brackets, or the comma, from H/2 (rounded down)."""
    found = _ROUNDED.search(plain.text, max(0, len(plain.text) - _LONGEST_NOTE))
    if found is None or bool(found[1]) != bool(found[3]) or not plain.text[: found.start()].strip():
        return
    start, end = found.span(2)
    plain.text = _blanked(_blanked(plain.text, found.start(), start), end, found.end())


def _bare_unit(plain: Normalised) -> None:
    """Take the brackets from a unit: 832 (params)."""
    found = _UNIT.search(plain.text, max(0, len(plain.text) - _LONGEST_NOTE))
    if found is not None and unit_named(found[2]) is not None:
        for place in (found.start(1), found.start(3)):
            plain.text = _blanked(plain.text, place, place + 1)


def _says_what(word: str) -> bool:
    """Tell whether a word names layers or what is counted, and cannot be a symbol."""
    lower = word.lower()
    known = lower in LAYER_KINDS or unit_named(word) is not None or unit_named(lower) is not None
    return known or _LAYER.fullmatch(lower) is not None or (len(word) > 3 and lower in FILLERS | LABEL_WORDS)


def _without_counted(plain: Normalised, names: Names) -> None:
    """Leave out the words in brackets that say what a term counts: K²C (weights) + C (biases), 336 (conv1) + 10 (fc).

    Of one term alone it says what the whole is.
    """
    found = [one for one in _COUNTED.finditer(plain.text) if _says_what(one[1]) and not names.splits(one[1])]
    if len(found) > 1:
        for one in found:
            plain.text = _blanked(plain.text, *one.span())
        plain.mended("the words behind the terms left out", "略去各项后的说明")
