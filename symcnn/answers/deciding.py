"""One value, or one shape, against the right one: equal, right under something, rounded, or wrong and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from typing import Any

from sympy import Expr, Mul, Pow, ceiling, floor

from symcnn.algebra.operations import product
from symcnn.algebra.polynomial import as_expression, common_denominator, content, polynomial, scale
from symcnn.algebra.symbols import Value, is_number
from symcnn.answers import verdicts
from symcnn.answers.answered import Answered, Policy
from symcnn.answers.conditions import leaves_rounding_out, nonzero_condition, rounding_condition, special_case
from symcnn.answers.conventions import Convention, conventions
from symcnn.answers.equality import Counterexample, Equal, is_same, may_vanish, same, under
from symcnn.answers.explaining import explanations, fingerprint
from symcnn.answers.given import Given, Number, Stated
from symcnn.answers.order_verdicts import order_verdict
from symcnn.answers.places import Place, has_repetitions, places
from symcnn.answers.reference import Question
from symcnn.answers.rounding import ROUNDED, TRUNCATED, half_place, has_digits, rounding
from symcnn.answers.unit_verdicts import fits_convention, other_unit, unit_verdict
from symcnn.answers.verdict import Verdict
from symcnn.answers.work import size_of, uncounted

Values = tuple[Value, ...]

_MOST_PARTS = 100  # of a value in which rounding may have been forgotten: people write no longer ones


def decide(answer: Answered, asked: Question, policy: Policy) -> Verdict:
    """Return the verdict on what an answer is worth."""
    if answer.is_shape and asked.axes > 1 and len(set(answer.values)) == 1 and len(answer.values) == asked.axes:
        answer = replace(answer, values=answer.values[:1], is_shape=False)  # 24×24 where one size was asked is 24
    if answer.order or asked.kind == "order":
        return order_verdict(answer, asked, policy)
    expected = _comparable(answer, asked)
    if isinstance(expected, Verdict):
        return expected
    if len(expected) != len(answer.values):
        found = _by_convention(answer, asked, policy) or _by_slip(answer, asked)
        return found or verdicts.wrong("axes", expected=str(len(expected)), given=str(len(answer.values)))
    return _compared(answer, expected, asked, policy)


def _comparable(answer: Answered, asked: Question) -> Values | Verdict:
    """Return the right values in the form of the answer, or why there are none."""
    right: Any = asked.value
    if asked.kind == "shape":
        if answer.is_shape or len(right) == 1:
            return tuple(right)
        if is_same(answer.values[0], _product(right), asked.given):
            return verdicts.wrong("elements")
        return verdicts.wrong("wants_shape")
    if not answer.is_shape:
        return (right,)
    if asked.axes > 1:
        return (right,) * asked.axes
    return verdicts.wrong("wants_number")


def _is_area(value: Value, asked: Question) -> bool:
    return isinstance(same(value, _product((asked.value,) * asked.axes), asked.given), Equal)


def _product(values: Values) -> Value:
    return product(values)


def _compared(answer: Answered, expected: Values, asked: Question, policy: Policy) -> Verdict:
    findings = [same(a, r, asked.given) for a, r in zip(answer.values, expected, strict=True)]
    if all(isinstance(found, Equal) for found in findings):
        vanishing = tuple(d for found in findings if isinstance(found, Equal) for d in found.vanishing)
        vanishing = tuple(dict.fromkeys((*vanishing, *_cancelled(answer, expected, asked.given))))
        if vanishing:
            return verdicts.assume(nonzero_condition(vanishing), policy)
        return unit_verdict(answer, asked, policy) or verdicts.EXACT
    if answer.is_number and is_number(expected[0]):
        found = other_unit(answer, expected, asked, policy, exactly=True) or _rounded(
            answer, expected[0], asked, policy
        )
        if found is not None:
            return found
    better = other_unit(answer, expected, asked, policy) or _by_convention(answer, asked, policy)
    if better is not None:
        return better
    example = _example(answer.values, expected, findings)
    if example is None:  # nothing tells them apart: then neither a condition nor a mistake can be seen to
        return verdicts.UNDECIDED
    explained = _explained(answer, expected, asked, policy, example)
    if explained is not None:
        return explained
    if asked.axes > 1 and not answer.is_shape and _is_area(answer.values[0], asked):
        return verdicts.wrong("area", example)
    if answer.is_number and is_number(expected[0]):
        return _wrong_number(answer, expected[0], example)
    return verdicts.wrong(found=example)


def _cancelled(answer: Answered, expected: Values, given: Given) -> Iterator[Expr]:
    """Yield what an answer divides by and what is right does not, and may be zero: H − 3 of H·(H − 3)/(H − 3)."""
    powers = [power for value in expected if isinstance(value, Expr) for power in value.atoms(Pow)]
    known = {sign * power.base for power in powers if power.exp.could_extract_minus_sign() for sign in (1, -1)}
    for divisor in (base for whole in answer.divisors for base in _bases(whole)):
        primitive = _primitive(divisor)
        if not {divisor, primitive} & known and may_vanish(primitive, given) and not primitive.is_positive:
            yield primitive


def _where_defined(claims: tuple[Stated, ...], answer: Answered, expected: Values, given: Given) -> tuple[Stated, ...]:
    """Return conditions with those under which the answer is defined; nothing where under them it never is."""
    inside = given.assuming(*claims) if claims and answer.divisors else None
    if inside is None:
        return claims
    left: list[Expr] = []
    for divisor in _cancelled(answer, expected, given):
        value = under(divisor, inside)
        if is_same(value, 0, inside):
            return ()
        if isinstance(value, Expr) and may_vanish(value, inside):
            left.append(_primitive(value))
    return (*claims, *nonzero_condition(tuple(dict.fromkeys(left))))


def _bases(value: Expr) -> Iterator[Expr]:
    """Yield what must not be zero for a product of powers not to be."""
    for factor in Mul.make_args(value):
        base, _ = factor.as_base_exp()
        if base.free_symbols:
            yield base


def _primitive(value: Expr) -> Expr:
    """Return a value without denominators and a common factor of its numbers, its first term positive."""
    numerator, _, _ = common_denominator(polynomial(value))
    found = as_expression(scale(numerator, Fraction(1, content(numerator.values()))))
    return -found if found.could_extract_minus_sign() else found


def _rounded(answer: Answered, expected: Number, asked: Question, policy: Policy) -> Verdict | None:
    value = answer.values[0]
    assert not isinstance(value, Expr)
    if rounding(value, expected, answer.half_unit) != ROUNDED:
        return None
    return unit_verdict(answer, asked, policy) or verdicts.approx(policy)


def _wrong_number(answer: Answered, expected: Number, example: Counterexample) -> Verdict:
    value: Any = answer.values[0]
    how = rounding(value, expected, answer.half_unit)
    if how is not None:
        return verdicts.wrong("truncated" if how == TRUNCATED else "rounded_up", example)
    if expected.denominator == 1 and value.denominator != 1:
        return verdicts.wrong("not_whole", example)
    in_full = answer.half_unit is None and answer.unit is None and value % 100 == 0
    if in_full and has_digits(value) and rounding(value, expected, half_place(value)) == ROUNDED:
        return verdicts.wrong("zeros", example, number=_powered(int(value)))
    return verdicts.wrong(found=example)


def _powered(value: int) -> str:
    """Return a number as one that is rounded is written: 1.57·10^6."""
    digits, zeros = str(value).rstrip("0"), len(str(value)) - 1
    return f"{digits[0]}.{digits[1:]}·10^{zeros}"


def _explained(
    answer: Answered, expected: Values, asked: Question, policy: Policy, example: Counterexample
) -> Verdict | None:
    """Look for a condition or a slip that explains an answer, in the order in which they count."""
    symbolic = not all(map(is_number, expected)) and not all(map(is_number, answer.values))
    made = explanations(asked, answer, example)
    single = bool(made) and len(made[0]) == 1
    divided = rounding_condition(answer.values, expected, asked.given) if symbolic else ()
    divided = _where_defined(divided, answer, expected, asked.given)
    if divided and (not single or leaves_rounding_out(answer.values, expected)):
        return verdicts.assume(divided, policy)
    special = special_case(answer.values, expected, asked.given) if symbolic else ()
    special = _where_defined(special, answer, expected, asked.given)
    if special and (not single or _is_one_group(special)):
        return verdicts.assume(special, policy, made if single else ())
    if not made:
        return _rounded_slip(answer, expected, asked) if symbolic else None
    return verdicts.wrong(found=example, made=made, condition=divided or special)


def _rounded_slip(answer: Answered, expected: Values, asked: Question) -> Verdict | None:
    """Return the verdict on a mistake after which rounding was forgotten as well: (H − K)/S + 1."""
    rounded = any(isinstance(value, Expr) and value.has(floor, ceiling) for value in expected)
    if (
        not rounded
        or max(map(size_of, answer.values)) > _MOST_PARTS
        or not leaves_rounding_out(answer.values, expected)
    ):
        return None
    values = tuple(asked.given.quick_arithmetic.floor(value) for value in answer.values)
    made = () if values == answer.values else explanations(asked, replace(answer, values=values))
    if not made:
        return None
    findings = [same(a, r, asked.given) for a, r in zip(answer.values, expected, strict=True)]
    return verdicts.wrong(
        "wrong_slip_rounded", _example(answer.values, expected, findings), slip=verdicts.slip_words(made)
    )


def _is_one_group(claims: tuple[Any, ...]) -> bool:
    """Tell whether it is assumed that there is one group: a convolution of which nobody says more has one."""
    symbols = {s.name for claim in claims for s in claim.relation().free_symbols}
    return len(symbols) == 1 and symbols <= {"g", "G", "groups"}


def _by_slip(answer: Answered, asked: Question) -> Verdict | None:
    made = explanations(asked, answer)
    return verdicts.wrong(made=made) if made else None


def _by_convention(answer: Answered, asked: Question, policy: Policy) -> Verdict | None:
    """Return the verdict where an answer is exactly, or rounded, what another convention counts."""
    matching = [found for found in _matching(answer, asked) if fits_convention(answer, found.name, asked)]
    accepted = [found for found in matching if policy.accepts(found.name)]
    for found in (*accepted, *matching):
        return verdicts.convention(found, policy, explanations(asked, answer))
    if answer.half_unit and answer.is_number and not _is_cut(answer, asked.value):
        value: Any = answer.values[0]
        for found in _known(asked).all:
            number = found.value if fits_convention(answer, found.name, asked) else None
            if isinstance(number, (int, Fraction)) and rounding(value, number, answer.half_unit) == ROUNDED:
                return verdicts.convention(found, policy, (), rounded=True)
    return None


def _is_cut(answer: Answered, right: Any) -> bool:
    """Tell whether a number is the right one cut off or rounded to the wrong side: that is likelier a slip."""
    value: Any = answer.values[0]
    return not isinstance(right, (tuple, Expr)) and rounding(value, right, answer.half_unit) is not None


def _matching(answer: Answered, asked: Question) -> Iterator[Convention]:
    """Yield the conventions that give exactly the answer; nearly all others are told apart at a point."""
    for found in _known(asked).like(answer):
        if answer.named and found.name == "channels_last":
            continue
        if found.value is None or answer.is_shape != isinstance(found.value, tuple):
            continue
        values = found.value if answer.is_shape else (found.value,)
        if len(values) == len(answer.values):
            pairs = zip(answer.values, values, strict=True)
            if all(is_same(a, r, asked.given) for a, r in pairs):
                yield found


class _Known:
    """The conventions of a question, found again by what they are worth at a point."""

    def __init__(self, asked: Question) -> None:
        self.all = tuple(conventions(asked))
        self._given = asked.given
        self._place = _place_of(asked)
        self._at: dict[Any, list[Convention]] = {}
        there = {} if self._place is None else dict(_numbered(conventions(_question_at(asked, self._place))))
        for which, found in _numbered(self.all):
            value = there.get(which, found).value
            if value is not None:
                values = value if isinstance(value, tuple) else (value,)
                self._at.setdefault(self._key(values), []).append(found)

    def like(self, answer: Answered) -> list[Convention]:
        """Return the conventions that give what an answer is worth at the point."""
        return self._at.get(self._key(answer.values), [])

    def _key(self, values: Values) -> Any:
        return fingerprint(values, self._given) if self._place is None else self._place.worth(values)


def _numbered(found: Iterable[Convention]) -> Iterator[tuple[tuple[str, int], Convention]]:
    """Yield conventions with their names, and the how manyth of its name each is."""
    seen: Counter[str] = Counter()
    for one in found:
        seen[one.name] += 1
        yield (one.name, seen[one.name]), one


def _place_of(asked: Question) -> Place | None:
    """Return a point for a question about a network, unless it is one of numbers or a formula is told apart as well."""
    if asked.analysis is None or not asked.analysis.symbols or not asked.given.symbols or asked.free:
        return None
    if asked.path is not None and has_repetitions(asked.analysis):  # in numbers the layer is one of many
        return None
    return next(places(asked.analysis, asked.given, {}, spread=asked.path is None), None)


def _question_at(asked: Question, place: Place) -> Question:
    parts = place.worth(asked.value if isinstance(asked.value, tuple) else (asked.value,))
    own = {layer.path for layer in asked.layers}
    network: Any = place.network
    layers = network.layers if asked.path is None else tuple(one for one in network.layers if one.path in own)
    value = parts if isinstance(asked.value, tuple) or parts is None else parts[0]
    return replace(asked, value=value, given=Given({}), analysis=network, layers=layers)


@lru_cache(maxsize=4096)
def _known(asked: Question) -> _Known:
    with uncounted():
        return _Known(asked)


def _example(answers: Values, expected: Values, findings: list[Any]) -> Counterexample | None:
    """Return the counterexample of a value, or of a shape with all its sizes where they are numbers."""
    found = next((f for f in findings if isinstance(f, Counterexample)), None)
    if found is None or len(answers) == 1:
        return found
    if all(map(is_number, (*answers, *expected))):
        return Counterexample({}, answers, expected)
    return found
