"""Verdicts on orders of growth and leading terms."""

from __future__ import annotations

from symcnn.algebra.symbols import Value, expression, is_number
from symcnn.answers import verdicts
from symcnn.answers.answered import Answered, Policy
from symcnn.answers.equality import Counterexample, Equal, same
from symcnn.answers.given import BudgetError, Evaluation, UndefinedError
from symcnn.answers.messages import point_words, value_text
from symcnn.answers.orders import growth, is_bounded, leading
from symcnn.answers.reference import Question
from symcnn.answers.rounding import ROUNDED, rounding
from symcnn.answers.verdict import Verdict

LEADING = "~"
_MOST_TRIED = 20  # points


def order_verdict(answer: Answered, asked: Question, policy: Policy) -> Verdict:
    """Return the verdict where an order is given or asked for.

    An order must be the smallest bound in every symbol: O(n³) is true of n², and is not its order.
    """
    if answer.is_shape or asked.kind == "shape":
        return verdicts.wrong("wants_shape" if asked.kind == "shape" else "wants_number")
    if answer.order == LEADING:
        return _leading_verdict(answer, asked, policy)
    if is_number(asked.value) and asked.kind != "order":
        return verdicts.wrong("order_of_number")
    ours, right = growth(answer.values[0]), growth(asked.value)
    if ours is None or any(coefficient <= 0 for coefficient in ours.terms.values()) or not ours.terms:
        found = _not_positive(answer.values[0], asked)
        if found is not None:
            key, point = "order_sign" if found.values else "order_sign_number", point_words(found.values)
            return verdicts.wrong(key, found, answer=value_text(found.answer), point=point)
    if ours is None or right is None:
        return verdicts.UNDECIDED
    if answer.order != "o" and ours.order == right.order:
        return verdicts.asymp("asymp", asked.kind == "order", policy)
    loose = answer.order in ("O", "o", "") and is_bounded(asked.value, answer.values[0])
    return verdicts.wrong("order_loose" if loose and ours.order != right.order else "order_wrong")


def _not_positive(value: Value, asked: Question) -> Counterexample | None:
    """Return large sizes at which an order is that of no positive function, though what grows is positive there."""
    for values in asked.given.wide_points(_MOST_TRIED):
        point = Evaluation(values)
        try:
            here, right = point(value), point(asked.value)
        except (UndefinedError, BudgetError):
            continue
        if here <= 0 < right:
            spoken = sorted(expression(value).free_symbols, key=str)
            return Counterexample({sym.name: values[sym] for sym in spoken}, here, right)
    return None


def _leading_verdict(answer: Answered, asked: Question, policy: Policy) -> Verdict:
    value, right = answer.values[0], asked.value
    if answer.is_number and not hasattr(right, "free_symbols"):
        near = rounding(value, right, answer.half_unit) == ROUNDED or value == right
        return verdicts.approx(policy) if near else verdicts.wrong("wrong")
    first, second = leading(value), leading(right)
    if first is None or second is None:
        return verdicts.UNDECIDED
    if isinstance(same(first, second, asked.given), Equal):
        return verdicts.asymp("asymp_leading", asked.kind == "order", policy)
    return verdicts.wrong("order_wrong")
