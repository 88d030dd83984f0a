"""Characters first: an answer in plain characters, where each of them stood, and what was mended, in words.

Superscripts become `^{…}`, subscripts `_{…}`, ½ becomes (1/2); what could hide something is refused by name.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from symcnn.answers import characters as c
from symcnn.answers.unreadable import Unreadable
from symcnn.source import Source, Span

_MOST_FRACTIONS = 100  # of one character, such as ½
LONGEST = 2_500  # characters of an answer; the longest of people have some hundreds
_CYRILLIC = re.compile("[Ѐ-ӿ]+")
_PLAIN = re.compile(r"[\t\n -~]*")


@dataclass(frozen=True, slots=True)
class Repair:
    """What was mended, in English and Chinese."""

    english: str
    chinese: str


@dataclass(slots=True)
class Normalised:
    """Plain text, the source it comes from, and where each character of it stood (None: where it stands)."""

    source: Source
    text: str
    places: list[int] | None = None
    repairs: list[Repair] = field(default_factory=list)
    axes: str = ""  # the letters that stood behind a shape
    biases: bool | None = None  # whether a note behind the answer says that they are counted

    def span(self, start: int, end: int) -> Span:
        """Return what was written where `start` to `end` stands in the plain text."""
        if self.places is None:
            return Span(self.source, start, end)
        last = self.places[end - 1] + 1 if end > start else self.places[start]
        return Span(self.source, self.places[start], last)

    def mended(self, english: str, chinese: str) -> None:
        """List a repair, once."""
        if all(repair.english != english for repair in self.repairs):
            self.repairs.append(Repair(english, chinese))


def normalised(text: str) -> Normalised:
    """Return an answer in plain characters; raises `Unreadable` for its length and for forbidden characters."""
    if len(text) > LONGEST:
        head = Source("answer", text[:LONGEST])
        hint = f"it has {len(text)} characters, and {LONGEST} may be read"
        raise Unreadable("size", "the answer is too long", Span(head, 0, 0), hint, "答案太长")
    if _PLAIN.fullmatch(text):
        return Normalised(Source("answer", text), text)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    work = _Work(Normalised(Source("answer", text), ""))
    work.run(text)
    return work.finished()


class _Work:
    """The characters that were written so far, and their places."""

    def __init__(self, result: Normalised) -> None:
        self.result = result
        self.written: list[str] = []
        self.places: list[int] = []
        self.run_end, self.run_is_latin = 0, True  # of the letters of another script that were looked at last
        self.fractions = 0

    def finished(self) -> Normalised:
        self.result.text = "".join(self.written)
        self.result.places = [*self.places, len(self.result.source.text)]
        return self.result

    def write(self, plain: str, place: int) -> None:
        self.written.extend(plain)
        self.places.extend([place] * len(plain))

    def run(self, text: str) -> None:
        place = 0
        while place < len(text):
            character = text[place]
            if " " <= character <= "~" or character in "\t\n":
                self.write(character, place)
            elif character in c.SUPERSCRIPTS or character in c.SUBSCRIPTS:
                place = self.script(text, place)
                continue
            else:
                self.one(character, place)
            place += 1

    def one(self, character: str, place: int) -> None:
        """Write what one character that is not plain is read as."""
        if character in c.LOOK_ALIKES and self.looks_latin(place):
            plain = c.LOOK_ALIKES[character]
            self.write(plain, place)
            script = "Cyrillic" if "Ѐ" <= character <= "ӿ" else "Greek"
            self.result.mended(f"{script} {character} read as {plain}", f"{character} 按拉丁字母 {plain} 读")
            return
        if character in _PLAIN_FORMS:
            plain, repair = _PLAIN_FORMS[character]
            self.write(plain, place)
            if repair is not None:
                self.result.mended(*repair)
        elif character in c.INVISIBLE:
            self.result.mended("invisible characters left out", "略去不可见字符")
        elif character in c.FRACTIONS:
            self.fraction(character, place)
        elif (refused := c.refusal(character)) is not None:
            span = Span(self.result.source, place, place + 1)
            message = f"the answer has {refused} (U+{ord(character):04X})"
            raise Unreadable("characters", message, span, "type it again without it")
        elif (other := c.compatible(character)) is not None:
            self.compatible(character, other, place)
        else:
            self.write(character, place)

    def looks_latin(self, place: int) -> bool:
        """Tell whether all the Cyrillic letters around a place look like Latin ones; of words some do not."""
        if place >= self.run_end:
            run = _CYRILLIC.match(self.result.source.text, place)
            self.run_end = place + 1 if run is None else run.end()
            self.run_is_latin = run is None or all(letter in c.LOOK_ALIKES for letter in run[0])
        return self.run_is_latin

    def compatible(self, character: str, plain: str, place: int) -> None:
        if any(c.refusal(other) for other in plain) or not plain.isprintable():
            raise Unreadable(
                "characters", f"'{character}' is not understood", Span(self.result.source, place, place + 1)
            )
        for other in plain:  # ～ is ~, and ℎ is h
            if other.isascii():
                self.write(other, place)
            else:
                self.one(other, place)
        width = unicodedata.east_asian_width(character) in "FW"
        kind = (
            ("full-width characters", "全角字符")
            if width
            else ("letters and digits of other alphabets", "其他字母数字")
        )
        self.result.mended(f"{kind[0]} read as plain ones", f"{kind[1]}按普通字符读")

    def fraction(self, character: str, place: int) -> None:
        """Write ½ as (1/2), and 2½ as (2+1/2): a mixed number."""
        self.fractions += 1
        if self.fractions > _MOST_FRACTIONS:
            raise Unreadable("size", "the answer has too many parts", Span(self.result.source, place, place + 1))
        last = len(self.written)
        while last and self.written[last - 1] == " ":
            last -= 1
        if last and self.written[last - 1].isdigit():  # 2 ½
            del self.written[last:], self.places[last:]
        digits: list[str] = []
        while self.written and self.written[-1].isdigit():
            digits.insert(0, self.written.pop())
        if digits:
            start = self.places[len(self.written)]
            del self.places[len(self.written) :]
            self.write(f"({''.join(digits)}+", start)
            self.write(f"{c.FRACTIONS[character]})", place)
        else:
            self.write(f"({c.FRACTIONS[character]})", place)
        self.result.mended(
            f"{character} read as {c.FRACTIONS[character]}", f"{character} 按 {c.FRACTIONS[character]} 读"
        )

    def script(self, text: str, place: int) -> int:
        """Write a run of superscripts or subscripts in braces; return the place behind it."""
        raised = text[place] in c.SUPERSCRIPTS
        table = c.SUPERSCRIPTS if raised else c.SUBSCRIPTS
        self.write("^{" if raised else "_{", place)
        while place < len(text) and text[place] in table:
            self.write(table[text[place]], place)
            place += 1
        self.write("}", place - 1)
        if raised:
            self.result.mended("superscripts read as powers", "上标按乘方读")
        else:
            self.result.mended("subscripts read as part of the name", "下标作为名称的一部分")
        return place


_TABLES: list[tuple[dict[str, str], str, str]] = [
    (c.TIMES, "{} read as times", "{} 按乘号读"),
    (c.MINUS, "{} read as minus", "{} 按减号读"),
    (c.OPERATORS, "an invisible operator read as {1}", "不可见运算符按 {1} 读"),
    (c.DIVIDED, "{} read as divided by", "{} 按除号读"),
    (c.SPACES, "special spaces read as spaces", "特殊空格按空格读"),
    (c.LINES, "", ""),
    (c.QUOTES, "", ""),
    (c.RELATIONS, "", ""),
    (c.SEPARATORS, "{} read as {}", "{} 按 {} 读"),
    (c.BRACKETS, "{} read as {}", "{} 按 {} 读"),
]
_PLAIN_FORMS: dict[str, tuple[str, tuple[str, str] | None]] = {
    written: (plain, (english.format(written, plain), chinese.format(written, plain)) if english else None)
    for table, english, chinese in _TABLES
    for written, plain in table.items()
}
