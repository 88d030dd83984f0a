"""What the parser stumbled on, in words."""

from __future__ import annotations

import re

from lark.exceptions import UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, UnexpectedToken

from symcnn.errors import SymcnnError, did_you_mean
from symcnn.source import Source, Span

_STATEMENTS = ("input", "let", "assume", "add", "concat", "multiply", "from", "residual", "repeat", "if")
_DEFINITIONS = ("net", "layer", "convention", "let", "assume", "use")
_SHAPE = "an input is written 3×H×W, 3xHxW or (3, H, W), formulas in brackets, and may end in ', batch N'"
_VALUE = "a value is wanted here: a number, a symbol or a formula"
# What may come next, from what the parser would accept; the first that fits is said.
_EXPECTED = (
    ({"NET"}, "a definition begins with net, layer, convention, let, assume or use"),
    ({"RBRACE", "REPEAT"}, "a statement is a layer such as Conv(64, 3), or begins with " + ", ".join(_STATEMENTS)),
    ({"RBRACE", "REQUIRE"}, "inside a layer stand rules such as 'macs = …', require, show, wrong and source"),
    ({"PATH", "SKIP"}, "a join holds paths: add { path { … } skip }"),
    ({"CROP", "LBRACE"}, "name labels, as in concat e1, or join paths: concat { path { … } skip }"),
    ({"BATCH"}, _SHAPE),
    ({"RPAR", "COMMA"}, "inside round brackets, values are separated by commas"),
    ({"_END", "RBRACE"}, "a statement ends at a newline or ';'"),
    ({"LBRACE"}, "a '{' is wanted here"),
    ({"COLON"}, "a label is followed by ':' and a step"),
    ({"EQUAL"}, "a '=' is wanted here"),
    ({"DIM_NUMBER"}, _SHAPE),
    ({"NUMBER"}, _VALUE),
    ({"NOT"}, _VALUE),
    ({"NAME"}, "a name is wanted here"),
    ({"STRING"}, "words in double quotes are wanted here"),
)
# What people write who come from other languages.
_SLIPS = (
    (re.compile(r"\.(?<!\d\.)\d|\.(?<=\d\.)(?!\d)|\d+\.(?!\d)"), "a number has digits on both sides of its point"),
    (re.compile(r"['“”„«»‘’]"), 'words stand in double quotes, as in padding="same"'),
    (re.compile(r"[–—‐‑]"), "a minus is written -"),
    (re.compile(r"//"), "a comment begins with #"),
    (re.compile(r";\s*(else|\{)"), "what follows belongs to the statement before: remove the ';'"),
    (re.compile(r"&&|\|\||!"), "conditions are joined by and, or, not"),
)


def syntax_error(error: UnexpectedInput, source: Source) -> SymcnnError:
    """Return the error to show for what lark raised."""
    if isinstance(error, UnexpectedCharacters):
        span = source.span(error.pos_in_stream or 0, (error.pos_in_stream or 0) + 1)
        hint = _slip(span) or _around(source, span.start) or _hint(set(error.allowed or ()))
        return SymcnnError(f"unexpected character '{span.text}'", span, hint)
    if isinstance(error, UnexpectedToken) and error.token.type != "$END":
        return _unexpected_token(error, source)
    end = len(source.text.rstrip())
    expected = set(error.expected) if isinstance(error, (UnexpectedEOF, UnexpectedToken)) else set()
    return SymcnnError("the text ends too early", source.span(max(end - 1, 0), end), _hint(expected))


def _around(source: Source, start: int) -> str | None:
    """Return the hint for what the line before the unexpected text shows."""
    before = source.text[source.text.rfind("\n", 0, start) + 1 : start]
    if re.search(r"(?:^|[{;])\s*input\b[^{};]*$", before):
        return _SHAPE
    if re.search(r"(?:^|[^\w.])\w+$", before) and source.text[start : start + 1] == ".":
        return "layers stand without a prefix: Conv2d(64, 3)"
    return None


def _unexpected_token(error: UnexpectedToken, source: Source) -> SymcnnError:
    token, word = error.token, str(error.token)
    span = source.span(token.start_pos or 0, token.end_pos or 0)
    # `accepts` is exact, but leaves out the terminals that were imported, which are not in capitals.
    imported = {name for name in error.expected if not name.isupper()}
    expected = {_bare(name) for name in {*(error.accepts or error.expected), *imported}}
    if token.type == "_END":
        span = source.span(span.start, span.start + 1)
        return SymcnnError("the line ends too early", span, _hint(expected))
    if "GLUED" in error.expected:
        hint = did_you_mean(word, (*_DEFINITIONS, *_STATEMENTS))
    elif word == "=" and not expected & {"LBRACE", "STRING"}:
        name = re.search(r"[\w)\]]\s+(\w+)\s*$", source.text[: span.start])
        hint = f"a comma is missing before '{name[1]}'" if name else "equality is written '=='"
    elif "COLON" in expected and not _around(source, span.start):
        hint = _after_name(source.text[: span.start], word, _hint(expected))
    else:
        hint = _slip(span) or _around(source, span.start) or _hint(expected)
    return SymcnnError(f"unexpected '{word}'", span, hint)


def _after_name(text: str, word: str, otherwise: str | None) -> str | None:
    """Return the hint for what follows a step's name, or what was meant for a keyword."""
    name = re.split(r"\W", text.rstrip())[-1]
    if name.casefold() in (*_STATEMENTS, *_DEFINITIONS):
        return did_you_mean(name, (*_STATEMENTS, *_DEFINITIONS))
    if name[:1].isupper():
        return f"arguments stand in round brackets: {name}({word}, …)"
    if name in ("path", "skip"):
        return "path and skip stand inside add, concat or multiply"
    return did_you_mean(name, _STATEMENTS, otherwise)


def _slip(span: Span) -> str | None:
    return next((hint for pattern, hint in _SLIPS if pattern.match(span.source.text, span.start)), None)


def _hint(expected: set[str]) -> str | None:
    bare = {_bare(name) for name in expected}
    return next((text for wanted, text in _EXPECTED if wanted <= bare), None)


def _bare(name: str) -> str:
    return name.rsplit("formula__", 1)[-1]
