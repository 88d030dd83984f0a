"""Words behind the terms of a sum: 9216 weights + 64 biases are parameters, 3 conv + 1 fc are layers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from symcnn.answers.reading import Unit
from symcnn.answers.tokens import ENDS, Token
from symcnn.answers.units import unit_named
from symcnn.answers.vocabulary import LAYER_KINDS

if TYPE_CHECKING:
    from symcnn.answers.scanner import Scanner

_PARAMETERS = ("weights", "biases", "params")
_LAYERS = ("layers", "weight_layers")
_READ = {
    "params": ("the words behind the terms of a sum read as parameters", "各项后的单位按参数读"),
    "layers": ("the words behind the terms of a sum read as layers", "各项后的单位按层数读"),
}


def counted_terms(segment: list[Token], is_word: Callable[[Token], bool], scanner: Scanner) -> list[Token]:
    """Return a sum whose terms are counted in words as one with a unit: the words belong to the terms."""
    ends = [i for i, token in enumerate(segment) if i and token.type == "SIGN" and not token.depth]
    if not ends or any(segment[i].value != "+" for i in ends):
        return segment
    for name, kinds in (("params", _PARAMETERS), ("layers", _LAYERS)):
        words = [place for end in (*ends, len(segment)) for place in _words_before(end, segment, is_word, kinds)]
        if words and (words[0] < ends[-1] or _says_part(segment[words[-1]])):
            unit = Token(
                "UNIT", Unit("parameters" if name == "params" else "layers", name, 1), segment[-1].end, segment[-1].end
            )
            scanner.plain.mended(*_READ[name])
            return [*(token for i, token in enumerate(segment) if i not in words), unit]
    return segment


def _says_part(token: Token) -> bool:
    """Tell whether a word at the end can only be that of the last term: biases."""
    named = unit_named(str(token.value))
    return named is not None and named.quantity == "biases"


def _words_before(
    end: int, segment: list[Token], is_word: Callable[[Token], bool], kinds: tuple[str, ...]
) -> list[int]:
    """Return the places of the words behind a term, the last of which says what is counted."""
    if not (is_word(segment[end - 1]) and _counts(segment[end - 1], kinds)):
        return []
    first = end - 1
    while first and is_word(segment[first - 1]) and _is_kind(segment[first - 1]):
        first -= 1
    return list(range(first, end)) if first and segment[first - 1].type in ENDS else []


def _counts(token: Token, kinds: tuple[str, ...]) -> bool:
    named = unit_named(str(token.value))
    if named is not None and named.factor == 1 and named.quantity in kinds:
        return True
    return kinds == _LAYERS and _is_kind(token)


def _is_kind(token: Token) -> bool:
    return str(token.value).lower() in LAYER_KINDS
