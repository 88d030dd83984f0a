"""Brackets are matched before parsing: a lost one is then named by its own place, and nesting is bounded."""

from __future__ import annotations

import re

from symcnn.errors import SymcnnError
from symcnn.source import Source, Span

_DEEPEST = 100  # nested brackets; people need about ten
_CLOSING = {"(": ")", "{": "}", "⌊": "⌋", "⌈": "⌉"}
_TOKEN = re.compile(r'#[^\n]*|"[^"\n]*"?|[(){}⌊⌋⌈⌉]')


def check_brackets(source: Source) -> None:
    """Raise `SymcnnError` for a bracket without its partner, an open quotation, or too deep nesting."""
    opened: list[Span] = []
    for found in _TOKEN.finditer(source.text):
        token, span = found[0], source.span(found.start(), found.end())
        if token[0] == '"' and (len(token) == 1 or token[-1] != '"'):
            raise SymcnnError("this quotation is never closed", span, 'close it with " in the same line')
        if token in _CLOSING:
            opened.append(span)
            if len(opened) > _DEEPEST:
                raise SymcnnError(f"brackets are nested deeper than {_DEEPEST}", span)
        elif token in _CLOSING.values():
            _close(opened, span)
    if opened:
        raise SymcnnError(f"'{opened[-1].text}' is never closed", opened[-1], f"add the missing '{_partner(opened)}'")


def _close(opened: list[Span], span: Span) -> None:
    if not opened or (span.text == ")" and opened[-1].text == "{"):
        raise SymcnnError(f"'{span.text}' closes nothing", span, "remove it, or open the bracket before")
    if _partner(opened) != span.text:
        raise SymcnnError(
            f"'{opened[-1].text}' is still open where '{span.text}' closes",
            opened[-1],
            f"add the missing '{_partner(opened)}'",
        )
    opened.pop()


def _partner(opened: list[Span]) -> str:
    return _CLOSING[opened[-1].text]
