r"""What \sum and \prod are worth: added up where both limits are numbers, in closed form where they are not."""

from __future__ import annotations

from collections.abc import Callable

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.symbols import NONNEGATIVE, Value, is_number, symbol
from symcnn.answers.magnitude import MOST_BITS, bits_repeated, bits_together
from symcnn.answers.tree import Repeated
from symcnn.answers.unreadable import Unreadable
from symcnn.repetition.substitution import cases, relation_of

MOST_ADDED = 400  # terms that are added up one by one
_CALLED = {"sum": "this sum", "prod": "this product"}

Term = Callable[[Value], Value]


def repeated(node: Repeated, first: Value, last: Value, term: Term, arithmetic: Arithmetic) -> Value:
    """Return the sum or the product of `term` at all integers from `first` to `last`, none where they are fewer."""
    multiplied = node.sign != "sum"
    if is_number(first) and is_number(last):
        if first.denominator != 1 or last.denominator != 1:
            raise Unreadable("undefined", "the limits of a sum are integers", node.span)
        if last - first < MOST_ADDED:
            values: list[Value] = []
            bits = 0
            for index in range(int(first), int(last) + 1):
                values.append(term(index))
                bits += bits_together(values[-1:], multiplied)
                if bits > 2 * MOST_BITS:
                    raise _too_large(node)
            return arithmetic.product(values, []) if multiplied else arithmetic.total(values)
    index = symbol(f"{node.index}#", NONNEGATIVE)
    count = arithmetic.total([last, 1, arithmetic.product([-1, first], [])])
    one = term(arithmetic.total([first, index]))
    if bits_repeated(one, index, count, multiplied) > MOST_BITS:
        raise _too_large(node)
    from symcnn.repetition.sums import closed_product, closed_sum, is_unevaluated  # few answers have such sums

    worked_out = closed_product if multiplied else closed_sum
    try:
        value = worked_out(one, index, count, arithmetic)
    except TypeError:  # a term in which no value can be put
        raise _refused(node) from None
    if is_unevaluated(value):
        raise _refused(node)
    there_are = relation_of(arithmetic.compare(">=", count, 0))
    return cases([(value, there_are), (int(multiplied), True)])


def _too_large(node: Repeated) -> Unreadable:
    return Unreadable("size", f"{_CALLED[node.sign]} has too large a number", node.span)


def _refused(node: Repeated) -> Unreadable:
    return Unreadable("size", f"{_CALLED[node.sign]} is not worked out in closed form", node.span)
