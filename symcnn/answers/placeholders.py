"""The size of the batch in a shape, as frameworks print it: None, ?, -1, * or a word, before all other sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symcnn.answers.formula_conventions import BATCHES
from symcnn.answers.tokens import Token

if TYPE_CHECKING:
    from symcnn.answers.scanner import Scanner

_BEGINS = ("_OPEN", "EQUALS", "RELATION", "ABOUT")  # what stands before a shape, or nothing
_PRINTED = ("None", "-1", "?", "*")
_SPELT = ("batch size", "Batch size", "batch-size", "Batch", "BATCH")
_OPEN_SIZES = ("None", "?")  # what says of other sizes that they may be anything
_LONGEST = 3  # tokens of batch-size
_AXES = 3  # sizes behind the batch: channels, height and width


def with_batch(tokens: list[Token], scanner: Scanner) -> list[Token]:
    """Return the tokens of an answer in which what stands for the batch is a name, one of the question's if it can.

    Raises `Unreadable` where another size of a shape is left open.
    """
    if scanner.form not in ("shape", None):
        return tokens
    found: list[Token] = []
    place = 0
    while place < len(tokens):
        count = _length(tokens, place, scanner) if not found or found[-1].type in _BEGINS else 0
        if count:
            found.append(_named(tokens[place : place + count], scanner))
        else:
            _refuse_open(tokens, place, scanner)
            found.append(tokens[place])
        place += count or 1
    return found


def _length(tokens: list[Token], place: int, scanner: Scanner) -> int:
    """Return how many tokens are the batch before a comma or a cross; 0 where none are."""
    for count in range(1, _LONGEST + 1):
        following = tokens[place + count : place + count + 1]
        if following and _is_between_sizes(following[0]):
            said = _text(tokens[place : place + count], scanner)
            if said in scanner.names:
                return 0
            other = said in BATCHES and _has_axes(tokens[place:]) and any(name in scanner.names for name in BATCHES)
            return count if said in (*_PRINTED, *_SPELT) or other else 0
    return 0


def _has_axes(tokens: list[Token]) -> bool:
    """Tell whether so many sizes follow that the first can only be the batch."""
    return sum(map(_is_between_sizes, tokens)) >= _AXES


def _is_between_sizes(token: Token) -> bool:
    return token.type == "_COMMA" or str(token.value) in ("×", "x", "X")


def _text(tokens: list[Token], scanner: Scanner) -> str:
    return " ".join(scanner.text[tokens[0].start : tokens[-1].end].split())


def _named(tokens: list[Token], scanner: Scanner) -> Token:
    name = next((name for name in BATCHES if name in scanner.names), BATCHES[0])
    said = _text(tokens, scanner)
    scanner.plain.mended(f"{said} read as the batch {name}", f"{said} 按批大小 {name} 读")
    found = tokens[0].changed("WORD", name)
    found.end = tokens[-1].end
    return found


def _refuse_open(tokens: list[Token], place: int, scanner: Scanner) -> None:
    token = tokens[place]
    if token.value not in _OPEN_SIZES or token.value in scanner.names:
        return
    beside = tokens[max(0, place - 1) : place] + tokens[place + 1 : place + 2]
    if any(other.type == "_COMMA" for other in beside):
        raise scanner.refused("hedged", f"'{token.value}' leaves a size open", token.start, token.end, "give all sizes")
