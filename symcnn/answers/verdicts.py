"""The verdicts one by one: how much each earns, and what is said with it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from symcnn.analysis.result import relation_text
from symcnn.answers import verdict as v
from symcnn.answers.answered import Policy
from symcnn.answers.conventions import Convention
from symcnn.answers.equality import Counterexample
from symcnn.answers.explaining import Explanations
from symcnn.answers.given import Stated
from symcnn.answers.messages import Words, condition_words, message, point_words, value_text
from symcnn.answers.verdict import Verdict

if TYPE_CHECKING:
    from symcnn.answers.slips import SlipMade

_MOST_SAID, _MOST_NAMED = 2, 3  # explanations in a message, and layers of one of them
_ALL, _PART, _NOTHING = Fraction(1), Fraction(1, 2), Fraction(0)

EXACT = Verdict(v.EXACT, True, _ALL, message=message("exact"))
UNDECIDED = Verdict(v.UNDECIDED, False, _NOTHING, message=message("undecided"))


def assume(claims: tuple[Stated, ...], policy: Policy, made: Explanations = ()) -> Verdict:
    """Return that an answer is right under conditions."""
    right = policy.accepts(v.ASSUME)
    key = "assume_slip" if made else "assume"
    said = message(key, condition=condition_words(claims), slip=slip_words(made))
    condition = " and ".join(map(relation_text, claims))
    return Verdict(
        v.ASSUME, right, _ALL if right else _PART, condition=condition, slips=_slips(made), causes=made, message=said
    )


def assume_case(pairs: tuple[tuple[str, str], ...], policy: Policy) -> Verdict:
    """Return that an answer is right if letters were meant in the other case: (as written, as meant)."""
    right = policy.accepts(v.ASSUME)
    meant = (
        " and ".join(f"{written} is meant as {read}" for written, read in pairs),
        "、".join(f"把 {written} 理解为 {read}" for written, read in pairs),
    )
    condition = " and ".join(f"{written} == {read}" for written, read in pairs)
    said = message("assume_case", repair=meant)
    return Verdict(v.ASSUME, right, _ALL if right else _PART, condition=condition, message=said)


def unknown_names(names: tuple[str, ...], known: list[str], found: Verdict) -> Verdict:
    """Return that an answer is wrong, which has symbols that the question does not have; `known` are those it has."""
    listed, having = ((", ".join(some), "、".join(some)) for some in (names, known))
    key = "wrong_unknown_of" if known else "wrong_unknown"
    return replace(found, message=message(key, names=listed, **({"known": having} if known else {})))


def convention(found: Convention, policy: Policy, made: Explanations, rounded: bool = False) -> Verdict:
    """Return that an answer is right under a convention."""
    right = policy.accepts(v.CONVENTION, found.name) and not (rounded and not policy.accepts(v.APPROX))
    either = bool(made) and found.is_rare
    key = (
        "convention_rounded"
        if rounded
        else "convention_accepted"
        if right
        else "convention_slip"
        if either
        else "convention"
    )
    said = message(key, convention=found.texts, slip=slip_words(made))
    credit = _ALL if right else _PART
    return Verdict(v.CONVENTION, right, credit, convention=found.name, slips=_slips(made), causes=made, message=said)


def unit(key: str, name: str, words: dict[str, Words | str], policy: Policy) -> Verdict:
    """Return that the number is right, and its unit is another one."""
    right = policy.accepts(v.CONVENTION, name)
    return Verdict(v.CONVENTION, right, _ALL if right else _PART, convention=name, message=message(key, **words))


def approx(policy: Policy) -> Verdict:
    """Return that an answer is a rounding of the right value."""
    right = policy.accepts(v.APPROX)
    said = message("approx_asked" if right else "approx")
    return Verdict(v.APPROX, right, _ALL if right else _PART, message=said)


def asymp(key: str, right: bool, policy: Policy) -> Verdict:
    """Return that an order of growth or a leading term is right."""
    right = right or policy.accepts(v.ASYMP)
    said = message(key if right else "asymp_unasked")
    return Verdict(v.ASYMP, right, _ALL if right else _PART, message=said)


def wrong(
    key: str = "wrong",
    found: Counterexample | None = None,
    made: Explanations = (),
    condition: tuple[Stated, ...] = (),
    **words: Words | str,
) -> Verdict:
    """Return that an answer is wrong: why, or a point that shows it."""
    if key == "wrong" and made:
        key, words = "wrong_slip", {"slip": slip_words(made)}
    elif key == "wrong" and found is not None and found.values:
        key = "undefined_at" if found.answer is None else "wrong_at"
        answer, expected = (value_text(x) for x in (found.answer, found.expected))
        words = {"point": point_words(found.values), "answer": answer, "expected": expected}
        if answer == expected and isinstance(found.answer, (int, Fraction)):  # ≈ 10^49 both
            key, words["answer"] = "wrong_by", value_text(found.answer - found.expected)
    text = " and ".join(map(relation_text, condition)) or None
    said = message(key, **words)
    return Verdict(
        v.WRONG, False, _NOTHING, condition=text, slips=_slips(made), causes=made, counterexample=found, message=said
    )


def inconsistent(right_end: Words | None, step: tuple[str, str, str], found: Counterexample | None) -> Verdict:
    """Return that a step (left, sign, right) of a chain is false; `right_end` says which end is right, if one is."""
    left, sign, right = step
    values = ("", "") if found is None else _not_equal(found)
    key = "inconsistent" if right_end is None else "inconsistent_right"
    said = message(key, left=left, sign=sign, right=right, values=values, end=right_end or "")
    return Verdict(v.INCONSISTENT, False, _NOTHING, counterexample=found, message=said)


def invalid(reason: Words, key: str = "invalid") -> Verdict:
    """Return that an answer cannot be read."""
    return Verdict(v.INVALID, False, _NOTHING, message=message(key, reason=reason))


def ambiguous(readings: tuple[str, ...], plain: tuple[str, ...]) -> Verdict:
    """Return that an answer has several readings, which are given in LaTeX and in plain text."""
    listed = (" or ".join(plain), " 或 ".join(plain))
    said = message("ambiguous", count=str(len(readings)), readings=listed)
    shown, text = r" \quad ".join(readings), listed[0]
    return Verdict(v.AMBIGUOUS, False, _NOTHING, reading=shown, reading_text=text, message=said)


def slip_words(made: Explanations) -> Words:
    """Return what should have been done; where several mistakes explain an answer, each of the different ones."""
    english = dict.fromkeys("; and ".join(_at(s, s.text, " (", ")") for s in one) for one in made)
    chinese = dict.fromkeys("；并且".join(_at(s, s.zh, "（", "）") for s in one) for one in made)
    return "; or: ".join(list(english)[:_MOST_SAID]), "；或者：".join(list(chinese)[:_MOST_SAID])


def _not_equal(found: Counterexample) -> Words:
    at = point_words(found.values)
    first, second = value_text(found.answer), value_text(found.expected)
    where = ("", "") if not found.values else (f" for {at[0]}", f"（当{at[1]}时）")
    return f": {first} is not {second}{where[0]}", f"：{first} 不等于 {second}{where[1]}"


def _at(slip: SlipMade, text: str, opening: str, closing: str) -> str:
    named = slip.layers and slip.layers[0] and len(slip.layers) <= _MOST_NAMED
    return f"{text}{opening}{', '.join(slip.layers)}{closing}" if named else text


def _slips(made: Explanations) -> tuple[SlipMade, ...]:
    return tuple(dict.fromkeys(slip for one in made for slip in one))
