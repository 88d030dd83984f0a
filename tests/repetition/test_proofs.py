"""What is proved of counts and powers against their values: bounds, signs, and that something is an integer."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.facts import Facts
from symcnn.algebra.polynomial import as_expression, polynomial
from symcnn.algebra.proof import equal
from symcnn.repetition.sums import closed_sum
from tests.helpers import draws

from .unrolled import C, at, i, n, s

A = Arithmetic()
ATOMS = [
    1,
    n,
    2**n,
    A.power(3, n),
    s,
    s**n,
    1 / (s + 1),
    closed_sum(s**i, i, n, A),
    closed_sum(A.floor(C / 2**i), i, n, A),
]
terms = st.tuples(st.integers(-4, 4), st.sampled_from([1, 1, 2, 3, 4]), st.sampled_from(ATOMS), st.sampled_from(ATOMS))
POINTS = [{n: count, s: ratio, C: size} for count, ratio, size in product(range(7), range(1, 5), (1, 6))]


def built(parts: list[Any]) -> Any:
    return A.total([A.product([c, first, second], [over]) for c, over, first, second in parts])


@given(st.lists(terms, min_size=1, max_size=4))
@draws(200)
def test_what_is_proved_is_true_everywhere(parts: list[Any]) -> None:
    poly = polynomial(built(parts))
    sign, bound, whole = A.facts.is_nonnegative(poly), A.facts.lower_bound(poly), A.facts.integral(poly)
    values = [at(as_expression(poly), point) for point in POINTS]
    assert sign is None or all((value >= 0) == sign for value in values)
    assert bound is None or all(value >= bound for value in values)
    assert whole is None or all((Fraction(value).denominator == 1) == whole for value in values)


@given(st.lists(terms, min_size=1, max_size=3), st.lists(terms, min_size=1, max_size=3))
@draws(100)
def test_equality_that_is_proved(left: list[Any], right: list[Any]) -> None:
    first, second = built(left), built(right)
    proved = equal(first, second)
    agree = all(at(first, point) == at(second, point) for point in POINTS)
    assert proved is None or proved == agree
    assert equal(first, A.total([second, A.total([first, A.product([-1, second], [])])])) is True


def test_facts_exclude_ratios() -> None:
    above_one = Facts(lower={s: 2})
    assert above_one.is_nonnegative(polynomial((s**n - 1) / (s - 1))) is True
    assert Facts().is_nonnegative(polynomial(2**n - n - 1)) is True
    assert Facts().is_nonnegative(polynomial(n * (n - 1) / 2)) is True
    assert Facts().is_nonnegative(polynomial(n * (n - 2))) is None
    assert above_one.least(s ** (n + 1)) == 2
