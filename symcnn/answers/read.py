"""Reading an answer: all ways in which the whole of it can be read, or the place that was not understood."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from itertools import product

from symcnn.answers.build import Builder, Chain
from symcnn.answers.names import Names
from symcnn.answers.normalise import Normalised, normalised
from symcnn.answers.notes import without_notes
from symcnn.answers.numerals import decimal_mark
from symcnn.answers.reading import Reading
from symcnn.answers.remarks import with_remark_told, without_brackets_of_working
from symcnn.answers.scanner import Scanner
from symcnn.answers.tokens import Token
from symcnn.answers.tree import depth
from symcnn.answers.unreadable import Unreadable
from symcnn.answers.words import Words
from symcnn.syntax.answer import NotParsedError, answer_parser

FORMS = ("formula", "number", "bytes", "shape", "order")
_NO_ANSWERS = frozenset(("n/a", "n.a.", "n. a."))
_LONE_DASH = re.compile(r"\s*-{1,3}\s*")
_IN_A_CELL = re.compile(r"\s*[=@]")  # how the formula of a cell begins
_OF_A_TABLE = re.compile(
    r"\b(?:ROUND|ROUNDUP|FLOOR|CEILING|AVERAGE|COUNT|IF|SUMPRODUCT)\s*\("
    r"|(?<![\w\\])\$?[A-Z]{1,2}\$?[1-9]\d{0,4}(?![\w(])"  # A1, $B$2
)
_MOST_DOUBTS = 3  # eight readings
_DEEPEST = 120  # levels of a tree
_SHALLOW = 60  # so few tokens make no deep tree
_CHOICES = ("dots", "commas", "mil", "loose", "floors", "crosses")  # where a text can be read in two ways
_BUILDER = Builder()


def read(text: str, names: Names, *, locale: str | None = None, form: str | None = None) -> tuple[Reading, ...]:
    """Return every way to read an answer; two or more say that it is ambiguous.

    `form` is what is asked: formula, number, bytes, shape or order. Raises `Unreadable` where there is no way.

    >>> from symcnn.answers.notation import latex
    >>> [latex(reading) for reading in read("9.248", Names(()))]
    ['9.248', '9{,}248']
    """
    plain = normalised(text)
    _refuse_templates(plain)
    _refuse_spreadsheets(plain, names)
    without_notes(plain, names, form)
    without_brackets_of_working(plain)
    mark = decimal_mark(locale)
    first = _Attempt(plain, names, mark, form, {})
    if first.has_decimal_commas():
        first = _Attempt(plain, names, ",", form, {})
        mark = ","
    found = [first.reading()]
    doubts = sorted(first.doubts(), key=_CHOICES.index)
    if not doubts:
        return tuple(found)
    if len(doubts) > _MOST_DOUBTS:
        raise Unreadable("size", "the answer can be read in too many ways", plain.span(0, len(plain.text)))
    for chosen in product((False, True), repeat=len(doubts)):
        choices = dict(zip(doubts, chosen, strict=True))
        if any(chosen):
            with suppress(Unreadable):  # what this choice would make of it is no way to read it
                found.append(_Attempt(plain, names, mark, form, choices).reading())
    return tuple(dict.fromkeys(found))


class _Attempt:
    """One way to read: what was chosen where there is a choice."""

    def __init__(
        self, plain: Normalised, names: Names, mark: str, form: str | None, choices: Mapping[str, bool]
    ) -> None:
        self.plain, self.names, self.form = plain, names, form
        self.scanner = Scanner(plain, names, mark, form, choices)
        self.scanner.scan()
        self.words = Words(self.scanner)

    def has_decimal_commas(self) -> bool:
        """Tell whether some number shows that the doubtful dots of others part thousands."""
        return "dots" in self.scanner.seen and self.scanner.decided >= {","} and "." not in self.scanner.decided

    def doubts(self) -> set[str]:
        """Return the choices that there are."""
        seen = set(self.scanner.seen)
        if self.scanner.decided & {"."}:
            seen.discard("dots")
        return seen

    def reading(self) -> Reading:
        tokens = self.words.resolved()
        chain = self._parsed(tokens)
        if len(tokens) > _SHALLOW:
            self._refuse_depth(chain)
        chain = with_remark_told(chain, self.plain.mended)
        members = chain.members
        if self.form == "order":
            members = tuple(
                replace(m, form="order", order="~") if m.form == "formula" and m.approximate else m for m in members
            )
        return Reading(
            members,
            chain.relations,
            self.words.phrases.label or self.plain.axes,
            tuple(repair.english for repair in self.plain.repairs),
            tuple(repair.chinese for repair in self.plain.repairs),
            tuple(self.words.assumed),
            self.words.phrases.factor,
            tuple(self.words.free),
            self.plain.biases,
        )

    def _parsed(self, tokens: list[Token]) -> Chain:
        try:
            chain: Chain = answer_parser(_BUILDER).parse(tokens)
        except NotParsedError as error:
            if error.word is None:
                end = len(self.plain.text)
                span = tokens[-1].span if tokens else self.plain.span(0, end)
                raise Unreadable(
                    "syntax", "the answer ends too early", span, "something is missing behind this"
                ) from None
            written = error.word.span.text
            message = f"'{written}' is not understood here" if len(written) < 30 else "this is not understood here"
            raise Unreadable("syntax", message, error.word.span) from None
        return chain

    def _refuse_depth(self, chain: Chain) -> None:
        for member in chain.members:
            for item in member.items:
                if depth(item) > _DEEPEST:
                    raise Unreadable("size", "the formula is nested too deeply", member.span)


def _refuse_spreadsheets(plain: Normalised, names: Names) -> None:
    """Refuse =SUM(A1:A3) and =B2*3, which say nothing outside of their table; =SUM(9216,64) does."""
    if _IN_A_CELL.match(plain.text) is None:
        return
    for found in _OF_A_TABLE.finditer(plain.text):
        if found[0] not in names and found[0].rstrip("( ") not in names:
            hint = "write the numbers themselves, as in 5*5*32 + 32"
            span = plain.span(found.start(), found.end())
            chinese = "这是电子表格的公式，请直接写出数字"
            raise Unreadable("unknown", "this is the formula of a spreadsheet", span, hint, chinese)


def _refuse_templates(plain: Normalised) -> None:
    """Refuse what is a program or a template, and no answer."""
    if not plain.text.strip():
        raise Unreadable("empty", "there is no answer", plain.span(0, 0))
    if _LONE_DASH.fullmatch(plain.text):
        raise Unreadable("empty", "a dash is no answer: nothing is given", plain.span(0, len(plain.text)))
    if plain.text.strip().lower() in _NO_ANSWERS:
        raise Unreadable("prose", "this is no answer", plain.span(0, len(plain.text)))
    dollars = plain.text.count("$") - plain.text.count("\\$")
    if dollars % 2 or ("${" in plain.text and "}$" not in plain.text):
        place = plain.text.index("$")
        raise Unreadable("syntax", "a $ has no partner", plain.span(place, place + 1))
    if "\\" not in plain.text and "{{" in plain.text:
        place = plain.text.index("{{")
        raise Unreadable("syntax", "two braces are not understood here", plain.span(place, place + 2))
