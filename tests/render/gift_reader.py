"""A reader of GIFT, written from the published description of the format (docs.moodle.org/en/GIFT_format).

Questions stand in paragraphs. A backslash before one of ~ = # { } : takes its meaning away, and \\n is a new line.
`::name::` may come first, `[html]` says how the text is marked up, the answers are in braces: with # first they are
numbers with a tolerance, = begins a right answer (or one of a weight in percent), ~ a wrong one, # its comment.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

_TOKEN = re.compile(r"\\(.)|(.)", re.DOTALL)
_WEIGHT = re.compile(r"%(-?\d+(?:\.\d+)?)%")


@dataclass(frozen=True)
class Answer:
    text: str
    weight: Fraction
    comment: str
    tolerance: Fraction | None = None


@dataclass(frozen=True)
class Gift:
    name: str
    markup: str
    text: str
    kind: str
    answers: tuple[Answer, ...]


Letters = list[tuple[str, bool]]  # a character, and whether it is a sign of the format


def letters(text: str) -> Letters:
    found: Letters = []
    for escaped, plain in _TOKEN.findall(text):
        if escaped:
            assert escaped in "~=#{}:\\n", f"\\{escaped} means nothing"
            found.append(("\n" if escaped == "n" else escaped, False))
        else:
            found.append((plain, plain in "~=#{}:"))
    return found


def words(found: Letters) -> str:
    return "".join(letter for letter, _ in found).strip()


def split_at(found: Letters, signs: str) -> list[tuple[str, Letters]]:
    """Return what begins with each of some signs; what stands before the first has the empty sign."""
    parts: list[tuple[str, Letters]] = [("", [])]
    for letter, is_sign in found:
        if is_sign and letter in signs:
            parts.append((letter, []))
        else:
            parts[-1][1].append((letter, is_sign))
    return parts


def read_gift(text: str) -> list[Gift]:
    paragraphs = re.split(r"\n[ \t]*\n", text)
    kept = ["\n".join(line for line in part.split("\n") if not line.strip().startswith("//")) for part in paragraphs]
    return [read_question(part.strip()) for part in kept if part.strip()]


def read_question(part: str) -> Gift:
    found = letters(part)
    name = ""
    if found[:2] == [(":", True), (":", True)]:
        end = next(i for i in range(2, len(found)) if found[i : i + 2] == [(":", True), (":", True)])
        name, found = words(found[2:end]), found[end + 2 :]
    start, end = found.index(("{", True)), found.index(("}", True))
    assert not words(found[end + 1 :]), "something stands behind the answers"
    stem, inside = words(found[:start]), found[start + 1 : end]
    assert not any(is_sign and letter in "{}~=#" for letter, is_sign in found[:start]), "a bare sign in the text"
    markup = re.match(r"\[(html|moodle|plain|markdown)\]", stem)
    kind, answers = read_answers(inside)
    return Gift(name, markup[1] if markup else "moodle", stem[markup.end() :] if markup else stem, kind, answers)


def read_answers(inside: Letters) -> tuple[str, tuple[Answer, ...]]:
    body = inside
    while body and body[0][0].isspace():
        body = body[1:]
    numerical = body[:1] == [("#", True)]
    first, *parts = split_at(body[1:] if numerical else body, "=~")
    assert not words(first[1])
    choice = not numerical and any(sign == "~" for sign, _ in parts)
    answers = tuple(read_answer(sign, part, numerical) for sign, part in parts)
    return "numerical" if numerical else "choice" if choice else "short", answers


def read_answer(sign: str, part: Letters, numerical: bool) -> Answer:
    (_, stated), *comments = split_at(part, "#")
    assert len(comments) <= 1
    comment = words(comments[0][1]) if comments else ""
    while stated and stated[0][0].isspace():
        stated = stated[1:]
    weight = Fraction(100 if sign == "=" else 0)
    given = _WEIGHT.match("".join(letter for letter, _ in stated))
    if given:
        weight, stated = Fraction(given[1]), stated[given.end() :]
    if not numerical or sign == "~":
        return Answer(words(stated), weight, comment)
    number, *tolerance = split_at(stated, ":")
    assert re.fullmatch(r"-?\d+(\.\d+)?", words(number[1])), words(number[1])
    return Answer(words(number[1]), weight, comment, Fraction(words(tolerance[0][1])) if tolerance else Fraction(0))
