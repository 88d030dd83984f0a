"""Powers as they are spoken, H squared, 56 hoch 2, 2 to the power of n; and the colon that divides, 28:2."""

from __future__ import annotations

from collections.abc import Callable

from symcnn.answers.scales import Scaled
from symcnn.answers.tokens import ENDS, STARTS, Token
from symcnn.answers.vocabulary import POWERS, RAISED

_FACTORS = ENDS | {"WORD"}


def with_spoken_powers(tokens: list[Token], is_word: Callable[[Token], bool]) -> list[Token]:
    """Return the tokens with powers for the words that say them, behind a factor."""
    found: list[Token] = []
    place = 0
    while place < len(tokens):
        behind = bool(found) and found[-1].type in _FACTORS and not is_word(found[-1])
        said = _said(tokens[place:], is_word) if behind else None
        if said is None:
            found.append(tokens[place])
            place += 1
            continue
        power, count = said
        first, last = tokens[place], tokens[place + count - 1]
        found.append(Token("_POWER", "^", first.start, first.end, first.depth))
        if power:
            found.append(Token("NUMBER", Scaled.plain(power), last.start, last.end, last.depth))
        place += count
    return found


def _said(tokens: list[Token], is_word: Callable[[Token], bool]) -> tuple[int, int] | None:
    """Return the exponent that words say, 0 where it follows them, and how many words they are."""
    words = []
    for token in tokens[:_LONGEST]:
        if not is_word(token):
            break
        words.append(str(token.value).lower())
    for count in range(len(words), 0, -1):
        phrase = " ".join(words[:count])
        if phrase in POWERS:
            return POWERS[phrase], count
        if phrase in RAISED:
            return 0, count
    return None


def with_divisions(
    tokens: list[Token], is_factor: Callable[[Token], bool], mended: Callable[[str, str], None]
) -> list[Token]:
    """Read the colon of 28:2 as the sign of a division; that of a label has no space before it, and one behind."""
    found = list(tokens)
    for place in range(1, len(tokens) - 1):
        before, token, following = tokens[place - 1 : place + 2]
        if token.type != "MARK" or token.value != ":" or token.gap != following.gap:
            continue
        between = before.type in _FACTORS and following.type in STARTS | {"WORD"}
        if between and is_factor(before) and is_factor(following):
            found[place] = token.changed("TIMES", "/")
            mended(": read as divided by", ": 按除号读")
    return found


_LONGEST = max(len(phrase.split()) for phrase in (*POWERS, *RAISED))
