"""What the parser stumbled on, in words."""

from __future__ import annotations

from lark.exceptions import UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, UnexpectedToken

from symcnn.errors import SymcnnError, did_you_mean
from symcnn.source import Source

_STATEMENTS = ("input", "let", "assume", "add", "concat", "multiply", "from", "residual", "repeat", "if")
_DEFINITIONS = ("net", "layer", "convention", "let", "assume", "use")
# What may come next, from what the parser would accept; the first that fits is said.
_EXPECTED = (
    ({"NET"}, "a definition begins with net, layer, convention, let, assume or use"),
    ({"RBRACE", "REPEAT"}, "a statement is a layer such as Conv(64, 3), or begins with " + ", ".join(_STATEMENTS)),
    ({"RBRACE", "REQUIRE"}, "inside a layer stand rules such as 'macs = …', require, wrong and source"),
    ({"RPAR", "COMMA"}, "inside round brackets, values are separated by commas"),
    ({"_END", "RBRACE"}, "a statement ends at a newline or ';'"),
    ({"LBRACE"}, "a '{' is wanted here"),
    ({"COLON"}, "a label is followed by ':' and a step"),
    ({"EQUAL"}, "a '=' is wanted here"),
    ({"DIM_NUMBER"}, "an input is written 3×H×W, 3xHxW or (3, H, W)"),
    ({"NUMBER"}, "a value is wanted here: a number, a symbol or a formula"),
    ({"NAME"}, "a name is wanted here"),
)


def syntax_error(error: UnexpectedInput, source: Source) -> SymcnnError:
    """Return the error to show for what lark raised."""
    if isinstance(error, UnexpectedCharacters):
        span = source.span(error.pos_in_stream or 0, (error.pos_in_stream or 0) + 1)
        return SymcnnError(f"unexpected character '{span.text}'", span, _hint(set(error.allowed or ())))
    if isinstance(error, UnexpectedToken) and error.token.type != "$END":
        return _unexpected_token(error, source)
    end = len(source.text.rstrip())
    expected = set(error.expected) if isinstance(error, (UnexpectedEOF, UnexpectedToken)) else set()
    return SymcnnError("the text ends too early", source.span(max(end - 1, 0), end), _hint(expected))


def _unexpected_token(error: UnexpectedToken, source: Source) -> SymcnnError:
    token, expected = error.token, {_bare(name) for name in {*(error.accepts or ()), *error.expected}}
    span = source.span(token.start_pos or 0, token.end_pos or 0)
    if token.type == "_END":
        span = source.span(span.start, span.start + 1)
        return SymcnnError("the line ends too early", span, _hint(expected))
    word = str(token)
    if "GLUED" in expected:
        return SymcnnError(f"unexpected '{word}'", span, did_you_mean(word, (*_DEFINITIONS, *_STATEMENTS)))
    before = source.text[: span.start].rstrip().rpartition("\n")[2].strip()
    if "COLON" in expected and before:
        word_before = before.split()[-1]
        if word_before[0].isupper():
            hint = f"arguments stand in round brackets: {word_before}({word}, …)"
            return SymcnnError(f"unexpected '{word}'", span, hint)
        return SymcnnError(f"unexpected '{word}'", span, did_you_mean(word_before, _STATEMENTS, _hint(expected)))
    return SymcnnError(f"unexpected '{word}'", span, _hint(expected))


def _hint(expected: set[str]) -> str | None:
    bare = {_bare(name) for name in expected}
    return next((text for wanted, text in _EXPECTED if wanted <= bare), None)


def _bare(name: str) -> str:
    return name.rsplit("formula__", 1)[-1]
