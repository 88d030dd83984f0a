"""Chains such as `18·H² = 18·56² = 56448`: every step is checked, and the first false one is named."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from sympy import Expr

from symcnn.algebra.operations import product
from symcnn.algebra.symbols import is_number
from symcnn.answers import verdict as v
from symcnn.answers import verdicts
from symcnn.answers.answered import Answered, Policy
from symcnn.answers.asked import FIELDS, SHAPES
from symcnn.answers.deciding import decide
from symcnn.answers.equality import Counterexample, Equal, Finding, same
from symcnn.answers.given import Given
from symcnn.answers.messages import Words
from symcnn.answers.orders import growth
from symcnn.answers.reference import Question
from symcnn.answers.rounding import half_place, has_digits
from symcnn.answers.verdict import Verdict
from symcnn.source import Span

ARROW, ABOUT = "→", "≈"
STEPPED = ("shape", *SHAPES, *FIELDS, "centre")  # what goes from layer to layer, as an arrow says
_LONGEST_SHOWN = 60
_ENDS: tuple[Words, Words] = (("beginning", "开头"), ("end", "结尾"))
_ORDERS = ("O", "Θ")
_RANKS = {code: place for place, code in enumerate(v.VERDICTS)}


def chain_verdict(
    members: tuple[Answered, ...],
    relations: tuple[str, ...],
    texts: tuple[str, ...],
    asked: Question,
    policy: Policy,
) -> Verdict:
    """Return the verdict on a chain: what stands before an arrow is a step on the way."""
    if asked.quantity and asked.quantity not in STEPPED:  # numbers of params come of no layers, one after the other
        relations = tuple("=" if _is_equality(place, relations) else sign for place, sign in enumerate(relations))
    after = max((place + 1 for place, sign in enumerate(relations) if sign == ARROW), default=0)
    undecided = False
    stated = after  # the first member that says what is asked, and not what it is worked out from
    for place, (left, right) in enumerate(pairwise(members)):
        if relations[place] == ARROW:
            continue
        if _puts_in(left, right, asked):
            stated = max(stated, place + 1)
            continue
        found = link(left, right, asked.given, relations[place] == ABOUT)
        if isinstance(found, Counterexample) or _grow_apart(left, right):
            step = _short(texts[place]), relations[place], _short(texts[place + 1])
            example = found if isinstance(found, Counterexample) else None
            return _inconsistent(members[after:], step, example, asked, policy)
        undecided |= found is None
    if undecided:
        return verdicts.UNDECIDED
    ends = dict.fromkeys(_ends(members, relations, stated))
    return min((decide(members[end], asked, policy) for end in ends), key=lambda found: _RANKS[found.verdict])


def _ends(members: tuple[Answered, ...], relations: tuple[str, ...], first: int) -> tuple[int, int]:
    """Return the last member and the first that say something of their own: of 6019 ≈ 6.02k that is 6019."""
    last = len(members) - 1
    while last > first and relations[last - 1] == ABOUT and members[last].half_unit and not members[last - 1].half_unit:
        last -= 1
    while last > first and relations[first] == ABOUT and members[first].half_unit and not members[first + 1].half_unit:
        first += 1
    return last, first


def _is_equality(place: int, relations: tuple[str, ...]) -> bool:
    """Tell whether an arrow says = between two numbers; between two equations it says that one is done next."""
    return relations[place] == ARROW and relations[place - 1 : place + 2 : 2] != ("=", "=")


def _puts_in(left: Answered, right: Answered, asked: Question) -> bool:
    """Tell whether something is put in for the letters that only the answer has: k·k·c·m = 5·5·1·32, k²CM = 9CM."""
    return bool(_own_names(left, asked)) and not _own_names(right, asked)


def _own_names(side: Answered, asked: Question) -> set[str]:
    symbols = {s.name for value in side.values if isinstance(value, Expr) for s in value.free_symbols}
    return symbols & set(asked.free)


def link(left: Answered, right: Answered, given: Given, about: bool = False) -> Finding:
    """Tell whether one step of a chain is true: equal, or equal as far as the numbers are written."""
    if left.order or right.order:
        return Equal()
    if len(left.values) != len(right.values):
        sides = [product(side.values) for side in (left, right)]
        return same(sides[0], sides[1], given) if 1 in (len(left.values), len(right.values)) else _differ(left, right)
    for first, second in zip(left.values, right.values, strict=True):
        found = same(first, second, given)
        if isinstance(found, Equal):
            continue
        if is_number(first) and is_number(second) and _close(left, right, about):
            continue
        return found
    return Equal()


def _grow_apart(left: Answered, right: Answered) -> bool:
    """Tell whether one of two sides is an order, and the other has a different one: O(n²) = O(n)."""
    if not (left.order in _ORDERS or right.order in _ORDERS):
        return False
    first, second = growth(left.values[0]), growth(right.values[0])
    return first is not None and second is not None and first.order != second.order


def _differ(left: Answered, right: Answered) -> Counterexample:
    return Counterexample({}, left.values, right.values)


def _close(left: Answered, right: Answered, about: bool) -> bool:
    """Tell whether two numbers are equal as far as they are written; `about`: in the places before the zeros."""
    (first, *_), (second, *_) = left.values, right.values
    assert not isinstance(first, Expr)
    assert not isinstance(second, Expr)
    halves = [x.half_unit for x in (left, right) if x.half_unit]
    halves += [half_place(second)] if about and right.half_unit is None and has_digits(second) else []
    return bool(halves) and abs(Fraction(first) - Fraction(second)) <= max(halves)


def _inconsistent(
    members: tuple[Answered, ...],
    step: tuple[str, str, str],
    found: Counterexample | None,
    asked: Question,
    policy: Policy,
) -> Verdict:
    ends = (decide(members[0], asked, policy), decide(members[-1], asked, policy))
    right_end = next((words for end, words in zip(ends, _ENDS, strict=True) if end.verdict == v.EXACT), None)
    return verdicts.inconsistent(right_end, step, found)


def bracketed(span: Span) -> str:
    """Return what stands at a place, with the brackets around it that are closed or opened inside."""
    text, start, end = span.source.text, span.start, span.end
    for opening, closing in ("()", "[]", "{}"):
        depth = least = 0
        for character in text[start:end]:
            depth += (character == opening) - (character == closing)
            least = min(least, depth)
        for _ in range(-least):
            start = max(text.rfind(opening, 0, start), 0)
        for _ in range(depth - least):
            end = text.find(closing, end) + 1 or end
    return text[start:end]


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"
