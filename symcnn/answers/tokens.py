"""The words of an answer, as the scanner tells them apart and the parser takes them."""

from __future__ import annotations

import re
from typing import Any

from symcnn.formula.nodes import NOWHERE
from symcnn.source import Span

# After these a factor is complete, and with these one begins: between them a product is meant.
ENDS = frozenset(
    (
        "NUMBER",
        "NAME",
        "_CLOSE",
        "_CLOSE_BRACE",
        "CLOSE_FLOOR",
        "CLOSE_CEILING",
        "CLOSE_ABSOLUTE",
        "FACTORIAL",
        "PERCENT",
    )
)
STARTS = frozenset(
    (
        "NUMBER",
        "NAME",
        "_OPEN",
        "_OPEN_BRACE",
        "FLOOR",
        "CEILING",
        "ABSOLUTE",
        "FRACTION",
        "BINOMIAL",
        "ROOT",
        "FUNCTION",
        "SERIES",
        "SUMMED",
    )
)

PAIRS = {"(": ("_OPEN", ")", "_CLOSE"), "[": ("_OPEN", "]", "_CLOSE"), "{": ("_OPEN_BRACE", "}", "_CLOSE_BRACE"),
    "⌊": ("FLOOR", "⌋", "CLOSE_FLOOR"), "⌈": ("CEILING", "⌉", "CLOSE_CEILING")}  # fmt: skip
SUBSCRIPT = re.compile(r"_(?:\{((?:[^{}]|\{[^{}]*\}){0,80})\}|(\\[A-Za-z]+)\s*\{([^{}]{0,40})\}|([^\W_]))")


class Token:
    """A word: a terminal of `answer.lark` (or WORD, not resolved yet), where it stands, and what it is worth.

    `gap` tells that white space stands before it, `argument` that it belongs to a command before it, `depth` in how
    many brackets it stands, `span` where it was written.
    """

    __slots__ = ("argument", "depth", "end", "gap", "span", "start", "type", "value")

    def __init__(self, type_: str, value: Any, start: int, end: int, depth: int = 0) -> None:
        self.type = type_
        self.value = value
        self.start = start
        self.end = end
        self.depth = depth
        self.gap = False
        self.argument = False
        self.span: Span = NOWHERE

    def __repr__(self) -> str:
        return f"{self.type}({self.value!r})"

    def changed(self, type_: str, value: Any) -> Token:
        """Return another token in this one's place."""
        token = Token(type_, value, self.start, self.end, self.depth)
        token.gap, token.argument, token.span = self.gap, self.argument, self.span
        return token
