"""Closed sums and products against adding up in plain Python, and against SymPy's summation."""

from __future__ import annotations

import time
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Eq, Expr, Piecewise, Product, Sum, summation

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.facts import Facts
from symcnn.algebra.proof import equal
from symcnn.algebra.symbols import Value, expression
from symcnn.errors import NotSupportedError
from symcnn.formula.express import express
from symcnn.formula.notation import latex, text
from symcnn.repetition.faulhaber import bernoulli
from symcnn.repetition.substitution import replaced
from symcnn.repetition.sums import closed_product, closed_sum, is_unevaluated, split_sum
from tests.helpers import draws

from .unrolled import COUNTS, SAMPLES, C, H, at, i, k, m, n, points, s, t

A = Arithmetic()
HALF = Fraction(1, 2)

# A ratio as the algebra has it at index i, and as a number for numbers.
RATIOS: dict[str, tuple[Value, Callable[[Any], Any]]] = {
    "1": (1, lambda v: 1),
    "2": (2**i, lambda v: 2),
    "3": (A.power(3, i), lambda v: 3),
    "4": (A.power(2, 2 * i), lambda v: 4),
    "1/2": (A.power(2, -i), lambda v: HALF),
    "3/2": (A.power(Fraction(3, 2), i), lambda v: Fraction(3, 2)),
    "-1": (A.power(-1, i), lambda v: -1),
    "s": (s**i, lambda v: v[s]),
    "s²": (s ** (2 * i), lambda v: v[s] ** 2),
    "2s": (2**i * s**i, lambda v: 2 * v[s]),
    "s·t": (s**i * t**i, lambda v: v[s] * v[t]),
    "s/t": (s**i / t**i, lambda v: Fraction(v[s], v[t])),
    "2^k": (A.power(2, k * i), lambda v: 2 ** v[k]),
    "s−1": (A.power(s - 1, i), lambda v: v[s] - 1),
}
OUTSIDE: dict[str, tuple[Value, Callable[[Any], Any]]] = {
    "1": (1, lambda v: 1),
    "C": (C, lambda v: v[C]),
    "k/2": (k / 2, lambda v: Fraction(v[k], 2)),
    "C + k": (C + k, lambda v: v[C] + v[k]),
    "⌊H/2⌋": (A.floor(H / 2), lambda v: v[H] // 2),
}
summand = st.tuples(
    st.sampled_from([1, -1, 2, 7, Fraction(1, 3)]),
    st.sampled_from(list(OUTSIDE)),
    st.integers(0, 3),
    st.sampled_from(list(RATIOS)),
)


def built(parts: list[tuple[Any, str, int, str]]) -> Value:
    terms = [A.product([c, OUTSIDE[o][0], i**d, RATIOS[r][0]], []) for c, o, d, r in parts]
    return A.total(terms)


def number(parts: list[tuple[Any, str, int, str]], values: Any, place: int) -> Any:
    return sum(c * OUTSIDE[o][1](values) * place**d * RATIOS[r][1](values) ** place for c, o, d, r in parts)


@given(st.lists(summand, min_size=1, max_size=3))
@draws(120)
def test_polynomials_times_geometric_powers(parts: list[tuple[Any, str, int, str]]) -> None:
    closed = closed_sum(built(parts), i, n, A)
    assert not is_unevaluated(closed)
    names = expression_symbols(closed, built(parts))
    for values in points(names - {i, n}):
        for count in COUNTS[:8]:
            expected = sum(number(parts, {**FIRST, **values}, place) for place in range(count))
            assert at(closed, {**values, n: count}) == expected


FIRST = {symbol: values[0] for symbol, values in SAMPLES.items()}


def expression_symbols(*values: Value) -> set[Any]:
    return {symbol for value in values if isinstance(value, Expr) for symbol in value.free_symbols}


@pytest.mark.parametrize("ratio", RATIOS)
@pytest.mark.parametrize("degree", range(5))
def test_each_ratio_and_degree(ratio: str, degree: int) -> None:
    power, of = RATIOS[ratio]
    closed = closed_sum(A.product([C, i**degree, power], []), i, n, A)
    for values in points({C, s, t, k}):
        for count in COUNTS:
            expected = sum(values[C] * place**degree * of(values) ** place for place in range(count))
            assert at(closed, {**values, n: count}) == expected, (count, values)


def test_high_powers() -> None:
    for degree in range(17):
        closed = closed_sum(i**degree, i, n, A)
        assert not is_unevaluated(closed)
        assert all(at(closed, {n: count}) == sum(place**degree for place in range(count)) for count in COUNTS)
    assert is_unevaluated(closed_sum(i**17, i, n, A))
    assert [bernoulli(order) for order in (0, 1, 2, 3, 4, 6)] == [
        1,
        -HALF,
        Fraction(1, 6),
        0,
        -Fraction(1, 30),
        Fraction(1, 42),
    ]


@pytest.mark.parametrize(
    ("term", "written"),
    [
        (C, "C·n"),
        (i, "n·(n − 1)/2"),
        (2 * i + 1, "n²"),
        (2**i, "2^n − 1"),
        (C * 2**i, "C·(2^n − 1)"),
        (9 * (64 * 2**i) * (128 * 2**i), "24,576(4^n − 1)"),
        (A.power(2, -i), "2(1 − 1/2^n)"),
        (i * 2**i, "2^n·(n − 2) + 2"),
        (9 * k * (C + k * i), "9k·n·(k·(n − 1) + 2C)/2"),
        (C * s**i, "C·((s^n − 1)/(s − 1) if s ≠ 1 else n)"),
        (A.ceiling(H / 2**i), "Σ_{i=0}^{n−1} ⌈H/2^i⌉"),
        (A.ceiling(H / 2 ** (i + 1)), "Σ_{i=0}^{n−1} ⌈H/2^(i + 1)⌉"),
        (C * (A.ceiling(H / 2**i) + 2 * i + 1), "C·(n² + (Σ_{i=0}^{n−1} ⌈H/2^i⌉))"),
    ],
)
def test_sums_as_papers_print_them(term: Value, written: str) -> None:
    assert text(express(closed_sum(term, i, n, A))) == written


def test_other_notations() -> None:
    geometric = closed_sum(s**i, i, n, A)
    assert str(geometric) == "Piecewise(((s**n - 1)/(s - 1), Ne(s, 1)), (n, True))"
    cases = r"\begin{cases} \frac{s^{n} - 1}{s - 1} & \text{if } s \ne 1 \\ n & \text{else} \end{cases}"
    assert latex(express(geometric)) == cases
    rounded = closed_sum(A.floor(H / 2**i), i, n, A)
    assert str(rounded) == "Sum(floor(H/2**i), (i, 0, n - 1))"
    assert latex(express(rounded)) == r"\sum_{i=0}^{n - 1} \left\lfloor \frac{H}{2^{i}} \right\rfloor"
    assert text(express(closed_product(i + 1, i, n, A))) == "∏_{i=0}^{n−1} (i + 1)"


def test_counts_that_are_no_symbol() -> None:
    for term in (C, i, i**2, 2**i, s**i, C * i * 2**i):
        for count in (n, n + 2, 2 * n, 7, 0, 1, k * n):
            closed = closed_sum(term, i, count, A)
            for values in points(({C, s, k} & expression_symbols(term, closed)) | {k}):
                number_of = int(at(count, {**values, n: 3}))
                expected = sum(at(term, {**values, C: values.get(C, 1), i: place}) for place in range(number_of))
                assert at(closed, {**values, C: values.get(C, 1), n: 3}) == expected
    assert text(express(closed_sum(i, i, n - 1, A))) == "(n − 1)·(n − 2)/2"


def test_facts_leave_the_case_of_ratio_one_away() -> None:
    above_one = Arithmetic(Facts(lower={s: 2}))
    assert closed_sum(s**i, i, n, above_one) == (s**n - 1) / (s - 1)
    assert not expression(closed_sum(i * s**i, i, n, above_one)).has(Piecewise)
    one = Arithmetic(Facts(upper={s: 1}))
    assert at(closed_sum(s**i, i, n, one), {s: 1, n: 5}) == 5


def test_a_term_that_differs_at_the_first_index() -> None:
    term = Piecewise((3, Eq(i, 0)), (k * i, True))
    closed = closed_sum(C * term, i, n, A)
    for values in points({C, k}):
        for count in COUNTS:
            expected = sum(values[C] * (values[k] * place if place else 3) for place in range(count))
            assert at(closed, {**values, n: count}) == expected
    assert closed_sum(term, i, m, A) == split_sum(3, k * i, i, m, A) == 3 + k * m * (m - 1) / 2
    assert split_sum(0, k * i, i, n, A) == closed_sum(k * i, i, n, A)  # it follows the later ones


@pytest.mark.parametrize(
    "term",
    [
        A.floor(H / 2**i),
        64 * 2**i * A.ceiling(H / 2 ** (i + 1)) ** 2,
        A.floor((H + i) / (i + 1)),
        (i + 1) / (i + 2),
        2 ** (i * i),
    ],
)
def test_what_has_no_closed_form_evaluates(term: Expr) -> None:
    closed = expression(closed_sum(C * (term + 1), i, n, A))
    assert is_unevaluated(closed)
    assert closed.has(Sum)
    for values in points({C, H}):
        for count in COUNTS[:9]:
            expected = sum(values[C] * (at(term, {**values, i: place}) + 1) for place in range(count))
            assert at(closed, {**values, n: count}) == expected
            assert at(replaced(closed, {n: count, H: values[H]}, A), values) == expected
            assert at(closed.xreplace({n: n + count}), {**values, n: 0}) == expected
    assert not is_unevaluated(closed_sum(term, i, 5, A))


def test_sums_of_too_many_terms_say_so() -> None:
    twice = closed_sum(closed_sum(A.floor(H / (i + 1)), i, n, A) * (i + 1) ** 17, i, n, A)
    assert at(twice, {H: 9, n: 4}) == sum((j + 1) ** 17 for j in range(4)) * sum(9 // (j + 1) for j in range(4))
    with pytest.raises(NotSupportedError, match="terms that have no closed form"):
        at(closed_sum(A.floor(H / (i + 1)), i, n, A), {H: 9, n: 10**9})


def test_bound_indices_are_not_captured() -> None:
    rounded = closed_sum(A.floor(H / (i + 1)), i, n, A)
    moved = replaced(rounded, {H: i + 3}, A)
    for place in (0, 4):
        assert at(moved, {i: place, n: 5}) == sum((place + 3) // (j + 1) for j in range(5))
    nested = closed_sum(A.product([rounded, C], []), i, n, A)  # the inner index is another one
    assert at(nested, {H: 9, C: 2, n: 3}) == 3 * 2 * (9 + 4 + 3)


@pytest.mark.parametrize(
    ("term", "unrolled"),
    [
        (C, lambda v, j: v[C]),
        (3 * 2**i, lambda v, j: 3 * 2**j),
        (C * s ** (i + 1), lambda v, j: v[C] * v[s] ** (j + 1)),
        ((i + 1) * 2**i, lambda v, j: (j + 1) * 2**j),
        (A.ceiling(H / 2**i), lambda v, j: -(-v[H] // 2**j)),
    ],
)
def test_products(term: Value, unrolled: Callable[[Any, int], Any]) -> None:
    closed = closed_product(term, i, n, A)
    for values in points({C, s, H}):
        for count in COUNTS[:8]:
            expected = Fraction(1)
            for place in range(count):
                expected *= unrolled(values, place)
            assert at(closed, {**values, n: count}) == expected
    assert closed_product(2**i, i, n, A) == A.power(2, n * (n - 1) / 2)
    assert expression(closed_product(i + 1, i, n, A)).has(Product)


@pytest.mark.parametrize("term", [i, i**3, 2**i, i * 2**i, C * (i + k) ** 2, i**2 * A.power(3, i), A.power(2, -i) * C])
def test_sympy_agrees(term: Expr) -> None:
    assert equal(closed_sum(term, i, n, A), summation(term, (i, 0, n - 1))) is True


def test_sums_are_quick() -> None:
    terms = [C * (i + k) ** 3 * A.power(2, i), i * s**i * t**i, i**6 * A.power(3, i)]
    started = time.process_time()
    for term in terms:
        closed_sum(term, i, n, A)
    assert time.process_time() - started < 2  # expected 0.05 s; SymPy's summation takes many seconds


def test_equality_of_geometric_sums_is_proved_in_both_cases() -> None:
    doubled = closed_sum(s ** (i + 1), i, n, A)
    assert equal(doubled, A.product([s, closed_sum(s**i, i, n, A)], [])) is True
    assert equal(closed_sum(s**i, i, n + 1, A), A.total([closed_sum(s**i, i, n, A), s**n])) is True
    assert equal(closed_sum(s**i, i, n, A), n) is not True
    assert equal(closed_sum(s**i, i, n, A), (s**n - 1) / (s - 1)) is True  # where both have a value
