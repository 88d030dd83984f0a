"""The parser, made from the grammar files; its tables are kept in a private cache folder."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from lark import Lark, Token
from lark.exceptions import UnexpectedToken

from symcnn.syntax.folders import grammar_folder, kept_path

STARTS = ("file", "expr", "assumptions")


class _Newlines:
    """Inside round brackets a newline ends nothing; a `;` still does."""

    always_accept: tuple[str, ...] = ()

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        depth = 0
        before = Token("", "")
        for token in stream:
            _refuse_glued(before, token)
            before = token
            if token == "(":
                depth += 1
            elif token == ")":
                depth -= 1
            if not (token.type == "_END" and depth and ";" not in token):
                yield token


def _refuse_glued(before: Token, token: Token) -> None:
    """Where only a keyword may stand, the lexer cuts `nett` into `net` and `t`; here it is one word again."""
    glued = before.end_pos == token.start_pos and before.isalpha() and (token[0].isidentifier() or token[0].isdecimal())
    if glued and "x" not in (before, token):
        word = Token(token.type, before + token, start_pos=before.start_pos, end_pos=token.end_pos)
        raise UnexpectedToken(word, {"GLUED"})  # type: ignore[no-untyped-call]


@cache
def parser() -> Lark:
    """Return the parser for networks and formulas."""
    options: dict[str, Any] = {
        "parser": "lalr",
        "lexer": "contextual",
        "start": list(STARTS),
        "propagate_positions": True,
        "maybe_placeholders": True,
        "postlex": _Newlines(),
        "import_paths": [str(grammar_folder())],
    }
    text = (grammar_folder() / "network.lark").read_text(encoding="utf-8")
    tables = kept_path("network")
    return Lark(text, cache=str(tables) if tables else False, **options)
