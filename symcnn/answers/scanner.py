"""The characters of an answer told apart: numbers, runs of letters, signs, brackets, commands of LaTeX."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from symcnn.answers import commands
from symcnn.answers.dressing import commanded
from symcnn.answers.names import Names, canonical
from symcnn.answers.normalise import Normalised
from symcnn.answers.numerals import chinese_number
from symcnn.answers.scales import Scaled, number_at
from symcnn.answers.tokens import ENDS, PAIRS, SUBSCRIPT, Token
from symcnn.answers.unreadable import Unreadable
from symcnn.answers.vocabulary import CALLED, COMBINATIONS, FUNCTIONS

_DEEPEST = 24  # nested brackets; people need about six
_MOST_TOKENS = 500  # of an answer; the sum over all layers of a deep network has some 300
_LONGEST_WORD = 60  # letters in a run
_LETTER = "A-Za-zÀ-ÖØ-öø-ɏͰ-ϿЀ-ӿ∞"
_MASTER = re.compile(
    rf"""(?P<space>[\s$&∴✓✔☑]+|\#(?=\s?[A-Za-z])|\\\\(?:\[[^\]]*\])?|\\[()\[\]](?![A-Za-z])|\\[,;:!>\ ])
    |(?P<integer>\d{{1,15}}(?=[-+*^/)(\]}}=]|\s*\Z))
    |(?P<number>\d|\.(?=\d))
    |(?P<series>[∑Σ∏Π](?=\s*[_^])|(?:sum|prod)(?=[_^]))
    |(?P<wrapper>(?:(?:torch|tf)\.)?(?:Size|TensorShape)\s*(?=\()|(?:math|Math|np|numpy|torch|tf|sympy)\.(?=[a-z]))
    |(?P<word>[{_LETTER}](?:[{_LETTER}0-9]|_(?=[{_LETTER}0-9]))*'*)
    |(?P<chinese>[぀-ヿ㐀-鿿가-힯]+)
    |(?P<command>\\(?:[A-Za-z]+\*?|[%\#{{}}|&_$]))
    |(?P<sign>\*\*|//|-->|->|=>|<=|>=|==|!=|:=|\.\.+|…|[-+*/^=<>≈~→%!,;:@√|·×.。?？])
    |(?P<bracket>[()\[\]{{}}⌊⌋⌈⌉])
    |(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_LATEX = re.compile(r"\\[^ ]|\$")
_TIMES_NUMBER = re.compile(r"[xX](?=\d)")
_SUM_HINT = r"write \sum_{l=0}^{L-1}"
_TIMES = re.compile(r"\s*([xX])\s*(?=\d|\(|\.\d)")
_PLAIN_SUBSCRIPT = re.compile(r"[\w,+\-]+")
_LOWER = re.compile(r"\s*(?:\\limits\s*)?_\s*[{(]")
_UPPER = re.compile(r"\s*\^\s*(?:(\{)|(\()|(\d+)|([A-Za-z]))")
_LABELLED = re.compile(r"\s*[_^]\s*\{")
_TIGHT, _LOOSE = re.compile(r"(?<!\d)\d{1,3},\d{3}(?!\d)"), re.compile(r",\s")
_SIGNS = {"+": "SIGN", "-": "SIGN", "*": "TIMES", "·": "TIMES", "×": "TIMES", "/": "TIMES", "//": "TIMES",
    "%": "TIMES", "**": "_POWER", "^": "_POWER", "=": "EQUALS", "==": "EQUALS", ":=": "EQUALS", "!": "FACTORIAL",
    ",": "_COMMA", "√": "ROOT"}  # fmt: skip
_RELATIONS = {"->": "→", "-->": "→", "=>": "→", "<=": "≤", ">=": "≥", "!=": "≠"}


@dataclass(slots=True)
class Bracket:
    """An open bracket: what closes it, how many arguments a command in it still takes, the commas in it.

    `kind` is text, box, label, limit, upper, call or list; nothing: as it is written.
    """

    token: Token
    closing: str
    kind: str = ""
    pending: int = 0
    commas: list[Token] = field(default_factory=list)
    closed: Token | None = None


class Scanner:
    """One pass over the plain text; `choices` decide where it can be read in two ways, and `seen` lists these."""

    def __init__(
        self, plain: Normalised, names: Names, mark: str, form: str | None, choices: Mapping[str, bool]
    ) -> None:
        self.plain, self.text, self.names, self.form = plain, plain.text, names, form
        self.mark, self.choices = mark, choices
        self.tokens: list[Token] = []
        self.open: list[Bracket] = []
        self.brackets: list[Bracket] = []
        self.crosses: list[tuple[Token, Bracket | None]] = []
        self.outside = Bracket(Token("", "", 0, 0), "")
        self.gap = False
        self.depth = 0
        self.seen: set[str] = set()
        self.decided: set[str] = set()  # decimal marks that some number shows beyond doubt
        self.boxes = 0
        self.mixed = bool(_TIGHT.search(plain.text) and _LOOSE.search(plain.text))  # 1,024 and a comma with a space
        self.bar = ""

    def scan(self) -> list[Token]:
        """Return the tokens; raises `Unreadable` at the first place that is not understood."""
        place, text, match = 0, self.text, _MASTER.match
        while place < len(text):
            if self.innermost.pending and not text[place].isspace():
                place = self.argument(place)
                continue
            found = match(text, place)
            assert found is not None and found.lastgroup is not None
            place = _HANDLERS[found.lastgroup](self, found)
        if self.open:
            token = self.open[-1].token
            message = f"'{self.text[token.start]}' is never closed"
            raise self.refused("syntax", message, token.start, token.end, "close it")
        return self.tokens

    @property
    def innermost(self) -> Bracket:
        """The innermost bracket, or what is outside of all."""
        return self.open[-1] if self.open else self.outside

    def refused(self, reason: str, message: str, start: int, end: int, hint: str | None = None) -> Unreadable:
        """Return the error for a stretch of the plain text."""
        return Unreadable(reason, message, self.plain.span(start, end), hint)

    def add(self, type_: str, value: object, start: int, end: int) -> Token:
        token = Token(type_, value, start, end, self.depth)
        token.gap, self.gap = self.gap, False
        self.tokens.append(token)
        if len(self.tokens) > _MOST_TOKENS:
            raise self.refused("size", "the answer has too many parts", start, end)
        return token

    def argument(self, place: int) -> int:
        r"""Read the argument of a command: what is in braces, or the one character of \frac12."""
        self.innermost.pending -= 1
        character, count = self.text[place], len(self.tokens)
        if character == "{":
            place = self.opened("{", place, place + 1)
        elif character.isdigit():
            self.add("NUMBER", Scaled.plain(int(character)), place, place + 1)
            place += 1
        elif character.isalpha():
            self.add("WORD", character, place, place + 1)
            place += 1
        elif character == "\\" and (found := _MASTER.match(self.text, place)) and found.lastgroup == "command":
            place = self.command(found)
        else:
            raise self.refused("syntax", "an argument is missing here", place, place + 1, "write it in braces")
        if len(self.tokens) > count:
            self.tokens[count].argument = True
        return place

    # One method for each group of the master pattern; each returns the place behind what it read.

    def space(self, found: re.Match[str]) -> int:
        if found[0] == "\\ " and _LATEX.search(self.text) is None:  # H \ 2 divides in some languages
            raise self.refused("unknown", "'\\' is not understood", found.start(), found.start() + 1, "/ divides")
        self.gap = True
        return found.end()

    def wrapper(self, found: re.Match[str]) -> int:
        return found.end()

    def integer(self, found: re.Match[str]) -> int:
        self.add("NUMBER", Scaled.plain(int(found[0])), found.start(), found.end())
        return found.end()

    def number(self, found: re.Match[str]) -> int:
        scaled, end = number_at(self, found.start())
        self.add("NUMBER", scaled, found.start(), end)
        times = None if "x" in self.names else _TIMES.match(self.text, end)
        if times is None:
            return end
        self.times(times.start(1))
        return times.end()

    def times(self, place: int) -> None:
        self.crosses.append((self.add("TIMES", "×", place, place + 1), self.open[-1] if self.open else None))

    def word(self, found: re.Match[str]) -> int:
        word, end = found[0], found.end()
        if len(word) > _LONGEST_WORD:
            raise self.refused("prose", "this is not mathematics", found.start(), end)
        if word not in self.names and "x" not in self.names:
            if self.begins_with_times(word):
                self.times(found.start())
                return found.start() + 1
            cut = _TIMES_NUMBER.search(word)
            if cut is not None and cut.start() and self.names.splits(word[: cut.start()]):  # Hx3
                word, end = word[: cut.start()], found.start() + cut.start()
        if "∞" in word or word.lower() in ("nan", "infinity", "inf"):
            raise self.refused("undefined", f"'{word}' is no number", found.start(), end)
        while (subscript := SUBSCRIPT.match(self.text, end)) is not None:
            word, end = f"{word}_{self.subscript(subscript)}", subscript.end()
        self.add("WORD", word, found.start(), end)
        return end

    def begins_with_times(self, word: str) -> bool:
        """Tell whether a run of letters begins with a times, as in (5x5+1)x32 and 3xHxW."""
        if word[0] not in "xX" or len(word) == 1:
            return False
        before = self.tokens[-1].type if self.tokens else ""
        if word[1].isdigit():
            return before in ENDS or before in ("WORD", "")
        return before in ENDS and self.names.splits(word[1:])

    def subscript(self, found: re.Match[str]) -> str:
        plain = canonical(found[1] or found[3] or found[4] or "")
        if not _PLAIN_SUBSCRIPT.fullmatch(plain):
            raise self.refused("syntax", "this subscript is not understood", found.start(), found.end())
        return plain

    def chinese(self, found: re.Match[str]) -> int:
        if len(found[0]) > _LONGEST_WORD:
            raise self.refused("prose", "this is not mathematics", found.start(), found.end())
        if (number := chinese_number(self.text, found.start())) is not None:
            self.add("NUMBER", Scaled.plain(number[0]), found.start(), number[1])
            return number[1]
        self.add("CHINESE", found[0], found.start(), found.end())
        return found.end()

    def series(self, found: re.Match[str]) -> int:
        return self.summed(commands.SERIES[found[0]], found.start(), found.end())

    def summed(self, sign: str, start: int, end: int) -> int:
        lower = _LOWER.match(self.text, end)
        if lower is None:
            raise self.refused("syntax", "the limits of this sum are not understood", start, end, _SUM_HINT)
        self.add("SERIES", sign, start, end)
        self.add("_SUB", "_", end, lower.end() - 1).argument = True
        opening = self.add("_OPEN_BRACE", "{", lower.end() - 1, lower.end())
        return self.push(Bracket(opening, "}" if lower[0][-1] == "{" else ")", "limit"), lower.end())

    def upper(self, end: int) -> int:
        """Read the upper limit of a sum, which begins at `end`."""
        found = _UPPER.match(self.text, end)
        if found is None:
            raise self.refused("syntax", "the upper limit of this sum is missing", end - 1, end, _SUM_HINT)
        self.add("_TO", "^", end, end + 1).argument = True
        if found.lastindex is not None and found.lastindex < 3:
            return self.opened(self.text[found.end() - 1], found.end() - 1, found.end(), "upper")
        start = found.start(found.lastindex or 3)
        if found[3]:
            self.add("NUMBER", Scaled.plain(int(found[3][:9])), start, found.end())
        else:
            self.add("WORD", found[4], start, found.end())
        self.add("_OF", "", found.end(), found.end()).argument = True
        return found.end()

    def sign(self, found: re.Match[str]) -> int:
        return self.signed(found[0], found.start(), found.end())

    def signed(self, sign: str, start: int, end: int) -> int:
        if sign == "|":
            return self.barred(start, end)
        if sign == "×":
            self.times(start)
            return end
        if sign == "~" and ("\\" in self.text or "$" in self.text) and self.tokens and self.tokens[-1].type in ENDS:
            self.gap = True
            return end
        if sign == "@" and self.form == "shape":
            self.crosses.append((self.add("TIMES", "×", start, end), self.open[-1] if self.open else None))
            return end
        if sign == ";" and (self.open or self.form == "shape"):  # how lists are written where commas are decimal marks
            sign = ","
        value = "/" if sign == "÷" else "*" if sign == "·" else sign
        token = self.add(_SIGNS.get(sign, "RELATION"), _RELATIONS.get(sign, value), start, end)
        if sign == ",":
            self.innermost.commas.append(token)
        if sign in (";", ":", ".", "..", "...", "…", "。", "@", "?", "？"):
            token.type = "MARK"
        return end

    def barred(self, start: int, end: int) -> int:
        """Read a bar of an absolute value: it closes one behind something, else it opens one."""
        side, self.bar = self.bar, ""
        if not side:
            within = self.open and self.open[-1].closing == "|"
            side = "right" if within and self.tokens[-1].type in ENDS | {"WORD"} else "left"
        if side == "left":
            return self.push(Bracket(self.add("ABSOLUTE", "|", start, end), "|"), end)
        if side == "right" and self.open and self.open[-1].closing == "|":
            self.open.pop()
            self.depth -= 1
            self.add("CLOSE_ABSOLUTE", "|", start, end)
            return end
        raise self.refused("syntax", "a bar is not understood here", start, end, "as in |a - b|")

    def bracket(self, found: re.Match[str]) -> int:
        sign = found[0]
        if sign in PAIRS:
            return self.opened(sign, found.start(), found.end())
        return self.closed(sign, found.start(), found.end())

    def opened(self, sign: str, start: int, end: int, kind: str = "") -> int:
        before = self.tokens[-1] if self.tokens else None
        if sign in "([" and not kind:
            if (
                before is None
                or before.type in ("EQUALS", "RELATION")
                or before.value == ":"
                or (before.type == "_OPEN" and self.open and self.open[-1].kind == "list")
            ):
                kind = "list"
            elif before.type == "WORD" and before.value not in self.names:
                called = before.value in CALLED or before.value.lower() in FUNCTIONS or before.value == COMBINATIONS
                kind = "call" if called else ""
        if kind in ("text", "box"):
            token = Token(kind, sign, start, end, self.depth)
            if kind == "box":
                token = self.add("BOX", sign, start, end)
        else:
            token = self.add(PAIRS[sign][0], sign, start, end)
        return self.push(Bracket(token, PAIRS[sign][1], kind), end)

    def push(self, bracket: Bracket, end: int) -> int:
        self.open.append(bracket)
        self.brackets.append(bracket)
        self.depth += bracket.kind != "text"
        if len(self.open) > _DEEPEST:
            token = bracket.token
            raise self.refused("size", f"brackets are nested deeper than {_DEEPEST}", token.start, token.end)
        return end

    def closed(self, sign: str, start: int, end: int) -> int:
        if not self.open:
            raise self.refused("syntax", f"'{sign}' closes nothing", start, end, "remove it, or open it before")
        bracket = self.open.pop()
        self.depth -= bracket.kind != "text"
        if bracket.closing != sign:
            opened = bracket.token.value
            raise self.refused("syntax", f"'{opened}' is still open where '{sign}' closes", start, end)
        if bracket.pending:
            raise self.refused("syntax", "an argument is missing here", start, end, "write it in braces")
        if bracket.kind == "text":
            return self.dressed(end)
        type_ = "CLOSE_BOX" if bracket.kind == "box" else PAIRS[str(bracket.token.value)][2]
        bracket.closed = self.add(type_, sign, start, end)
        if bracket.kind == "limit":
            return self.upper(end)
        if bracket.kind == "upper":
            self.add("_OF", "", end, end).argument = True
        return self.skipped_label(end) if bracket.kind == "label" else end

    def dressed(self, end: int) -> int:
        r"""Attach the subscript behind the braces of \mathrm{C}_{in}."""
        found = SUBSCRIPT.match(self.text, end)
        if found is None or not self.tokens or self.tokens[-1].type != "WORD":
            return end
        self.tokens[-1].value += f"_{self.subscript(found)}"
        self.tokens[-1].end = found.end()
        return found.end()

    def skipped_label(self, end: int) -> int:
        """Leave out what is written under a brace."""
        found = _LABELLED.match(self.text, end)
        if found is None:
            return end
        depth, place = 1, found.end()
        while place < len(self.text) and depth:
            depth += {"{": 1, "}": -1}.get(self.text[place], 0)
            place += 1
        self.plain.mended("a label under a brace left out", "略去花括号下的说明")
        return place

    def command(self, found: re.Match[str]) -> int:
        return commanded(self, found[0][1:], found.start(), found.end())

    def other(self, found: re.Match[str]) -> int:
        raise self.refused("unknown", f"'{found[0]}' is not understood", found.start(), found.end())


_HANDLERS: dict[str, Callable[[Scanner, re.Match[str]], int]] = {
    name: getattr(Scanner, name) for name in _MASTER.groupindex
}
