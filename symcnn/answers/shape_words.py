"""Words among the sizes of a shape: 24×24 with 32 channels, and height 24, width 24, depth 32."""

from __future__ import annotations

from collections.abc import Callable

from symcnn.answers.tokens import Token
from symcnn.answers.vocabulary import AXIS_WORDS, CHANNEL_WORDS, SIZE_JOINTS

_AXES = {1: ("L",), 2: ("H", "W"), 3: ("D", "H", "W")}  # by the number of sizes beside the channels
_CROSSES = ("x", "X", "by")
_PARTS = frozenset(("_COMMA", "TIMES", "MARK"))


def with_words(tokens: list[Token], is_word: Callable[[Token], bool]) -> list[Token]:
    """Return the tokens of a shape in which the words for its axes are names: C=32, H=24, W=24."""
    if not any(token.type in ("WORD", "CHINESE") and is_word(token) for token in tokens):
        return tokens
    return _channels_first(_equated(tokens, is_word), is_word)


def _equated(tokens: list[Token], is_word: Callable[[Token], bool]) -> list[Token]:
    """Put = between the name of an axis and its size, where there are several: height: 24, width: 24."""
    named = [i for i, token in enumerate(tokens) if _is_axis(token, is_word)]
    if len(named) < 2:
        return tokens
    found: list[Token] = []
    for place, token in enumerate(tokens):
        after_name = place - 1 in named
        if after_name and token.type == "MARK" and token.value == ":":
            found.append(token.changed("EQUALS", "="))
            continue
        if after_name and (token.type == "NUMBER" or (token.type == "WORD" and not is_word(token))):
            found.append(Token("EQUALS", "=", token.start, token.start, token.depth))
        if place in named and token.type == "CHINESE":
            token = token.changed("WORD", token.value)
        found.append(token)
    return found


def _is_axis(token: Token, is_word: Callable[[Token], bool]) -> bool:
    return token.type in ("WORD", "CHINESE") and is_word(token) and str(token.value).lower() in AXIS_WORDS


def _channels_first(tokens: list[Token], is_word: Callable[[Token], bool]) -> list[Token]:
    """Name the axes where a word behind a number says that it is that of the channels: C=32, H=24, W=24."""
    start = 1 + max((i for i, token in enumerate(tokens) if _ends_label(token)), default=-1)
    head, shape = tokens[:start], _without_brackets_of_words(tokens[start:], is_word)
    words = [i for i, token in enumerate(shape) if is_word(token) and str(token.value).lower() in CHANNEL_WORDS]
    if not words or words[-1] - words[0] >= len(words) or not words[0]:
        return tokens
    number = shape[words[0] - 1]
    if number.type not in ("NUMBER", "WORD") or number.depth:
        return tokens
    before, behind = _stripped(shape[: words[0] - 1], is_word), _stripped(shape[words[-1] + 1 :], is_word)
    sizes = [] if before and behind else _parted(_without_brackets(before or behind), is_word)
    axes = _AXES.get(len(sizes), ())
    if not axes or any(is_word(token) for size in sizes for token in size):
        return tokens
    named = zip(("C", *axes), ([number], *sizes), strict=True)
    return [*head, *(token for axis, size in named for token in _named(axis, size))]


def _ends_label(token: Token) -> bool:
    return token.type in ("EQUALS", "RELATION") or token.value == ":"


def _named(axis: str, size: list[Token]) -> list[Token]:
    start = size[0].start
    comma = [Token("_COMMA", ",", start, start)] if axis != "C" else []
    return [*comma, Token("WORD", axis, start, start), Token("EQUALS", "=", start, start), *size]


def _parted(tokens: list[Token], is_word: Callable[[Token], bool]) -> list[list[Token]]:
    """Return the sizes between the commas or the crosses."""
    found: list[list[Token]] = [[]]
    for token in tokens:
        cross = token.value == "×" or (is_word(token) and str(token.value) in _CROSSES)
        if (token.type == "_COMMA" or cross) and not token.depth:
            found.append([])
        else:
            found[-1].append(token)
    return found if all(found) else []


def _stripped(tokens: list[Token], is_word: Callable[[Token], bool]) -> list[Token]:
    """Leave out the words and signs between the channels and the other sizes: with, of size, a comma."""
    while tokens and _joins(tokens[0], is_word):
        tokens = tokens[1:]
    while tokens and _joins(tokens[-1], is_word):
        tokens = tokens[:-1]
    return tokens


def _joins(token: Token, is_word: Callable[[Token], bool]) -> bool:
    if token.type in _PARTS and not token.depth:
        return True
    return is_word(token) and str(token.value).lower() in SIZE_JOINTS


def _without_brackets_of_words(tokens: list[Token], is_word: Callable[[Token], bool]) -> list[Token]:
    """Take the brackets from the channels in 24×24 (32 channels)."""
    if len(tokens) < 4 or tokens[-1].type != "_CLOSE" or not is_word(tokens[-2]):
        return tokens
    place = max((i for i, token in enumerate(tokens) if token.type == "_OPEN" and not token.depth), default=0)
    return [*tokens[:place], *_without_brackets(tokens[place:])] if place else tokens


def _without_brackets(tokens: list[Token]) -> list[Token]:
    if [token.type for token in tokens[:1] + tokens[-1:]] != ["_OPEN", "_CLOSE"]:
        return tokens
    inner = tokens[1:-1]
    if any(token.depth == tokens[0].depth for token in inner):
        return tokens
    for token in inner:
        token.depth -= 1
    return inner
