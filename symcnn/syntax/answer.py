"""The parser of answers: their words were told apart before, by what the question declares."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, Protocol

from lark import Lark, Token
from lark.exceptions import UnexpectedToken

from symcnn.syntax.folders import grammar_folder, kept_path


class Word(Protocol):
    """What the parser looks at: the name of a terminal of the grammar."""

    @property
    def type(self) -> str:
        """The terminal."""


class NotParsedError(Exception):
    """A word that cannot stand where it stands; None is the end of the answer. `possible` are terminals."""

    def __init__(self, word: Any, possible: frozenset[str]) -> None:
        super().__init__()
        self.word = word
        self.possible = possible


def parse_answer(words: Iterable[Word], builder: object) -> Any:
    """Return what `builder`, which has a method for each rule of `answer.lark`, makes of an answer."""
    parser = answer_parser(builder).parse_interactive()
    try:
        for word in words:
            parser.feed_token(word)  # type: ignore[arg-type]
        return parser.feed_token(Token("$END", ""))
    except UnexpectedToken as error:
        word = None if error.token.type == "$END" else error.token
        raise NotParsedError(word, frozenset(error.expected)) from None


@cache
def answer_parser(builder: object) -> Lark:
    """Return the parser whose rules are built by `builder`."""
    text = (grammar_folder() / "answer.lark").read_text(encoding="utf-8")
    tables = kept_path("answer")
    options: dict[str, Any] = {"parser": "lalr", "lexer": "basic", "start": "answer", "maybe_placeholders": True}
    return Lark(text, cache=str(tables) if tables else False, transformer=builder, **options)
