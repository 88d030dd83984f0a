r"""Numbers of combinations: \binom{n}{2}, C(n, 2) and C_n^2, and what they are worth as formulas without factorials."""

from __future__ import annotations

import re
from collections.abc import Callable
from math import comb, factorial
from typing import Any

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.polynomial import polynomial
from symcnn.algebra.symbols import Value, exact, is_number
from symcnn.answers.magnitude import MOST_BITS
from symcnn.answers.names import Names
from symcnn.answers.scales import Scaled
from symcnn.answers.tokens import Token
from symcnn.answers.unreadable import Unreadable
from symcnn.answers.vocabulary import COMBINATIONS

_FROM = re.compile(rf"{COMBINATIONS}_(\w+)")
_MOST_CHOSEN = 12  # of symbols: a polynomial of that degree
_REFUSED = {  # reasons for programs, and messages
    "whole": (
        "undefined",
        "binomial coefficients are of whole numbers that are not negative",
        "组合数只对非负整数有意义",
    ),
    "symbols": ("size", "this binomial coefficient is not worked out for these symbols", "这个组合数无法化为公式"),
    "degree": ("size", "this binomial coefficient is of too high a degree", "这个组合数的次数太高"),
    "large": ("size", "this binomial coefficient is too large", "这个组合数太大"),
}
_LONGEST = 9  # digits of a subscript


def combinations(above: Value, below: Value, arithmetic: Arithmetic, node: Any) -> Value:
    """Return in how many ways `below` are chosen from `above`: n(n − 1)/2 for two of n.

    Of n, n − 2 are chosen in as many ways as 2 are.
    """
    if is_number(above) and is_number(below):
        return _number(above, below, node)
    rest = arithmetic.total([above, arithmetic.product([-1, below], [])])
    if is_number(rest) and arithmetic.facts.is_nonnegative(polynomial(above)):
        below = rest
    if not is_number(below):
        raise _refused("symbols", node)
    if below.denominator != 1:
        raise _refused("whole", node)
    if below < 0:
        return 0
    if below > _MOST_CHOSEN:
        raise _refused("degree", node)
    factors = [arithmetic.total([above, -i]) for i in range(int(below))]
    return arithmetic.product(factors, [factorial(int(below))])


def _number(above: Any, below: Any, node: Any) -> Value:
    if above.denominator != 1 or below.denominator != 1 or above < 0:
        raise _refused("whole", node)
    if not 0 <= below <= above:
        return 0
    if min(int(below), int(above - below)) * int(above).bit_length() > MOST_BITS:
        raise _refused("large", node)
    return exact(comb(int(above), int(below)))


def _refused(why: str, node: Any) -> Unreadable:
    reason, message, chinese = _REFUSED[why]
    return Unreadable(reason, message, node.span, chinese=chinese)


def with_combinations(tokens: list[Token], names: Names, mended: Callable[[str, str], None]) -> list[Token]:
    """Read C_n^2 as n choose 2 where the question has no symbol C, which would be a number of channels."""
    if any(name.startswith(COMBINATIONS) for name in names.symbols):
        return tokens
    found: list[Token] = []
    for place, token in enumerate(tokens):
        above = _chosen_from(tokens[place : place + 3], names)
        if above is not None:
            mended(f"{token.value}^… read as a number of combinations", f"{token.value}^… 按组合数读")
            found += [token.changed("BINOMIAL", COMBINATIONS), above]
            tokens[place + 2].argument = True
        elif not (found and token.type == "_POWER" and found[-1].argument):
            found.append(token)
    return found


def _chosen_from(tokens: list[Token], names: Names) -> Token | None:
    """Return n where C_n and a power begin; None where they are a symbol and its power."""
    if [token.type for token in tokens[:2]] != ["WORD", "_POWER"] or len(tokens) < 3 or tokens[0].value in names:
        return None
    word = _FROM.fullmatch(tokens[0].value)
    if word is None or tokens[2].type not in ("NUMBER", "WORD", "_OPEN_BRACE"):
        return None
    if word[1].isdecimal() and len(word[1]) <= _LONGEST:
        found = tokens[0].changed("NUMBER", Scaled.plain(int(word[1])))
    elif word[1] in names:
        found = tokens[0].changed("WORD", word[1])
    else:
        return None
    found.argument = True
    return found


def is_combination(word: Token, names: Names) -> bool:
    """Tell whether a word before brackets may be the C of C(n, 2)."""
    return word.type == "WORD" and word.value == COMBINATIONS and word.value not in names
