"""Leading terms against the limits of exact values; signs against every integer up to far beyond all roots."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Expr, Max

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.evaluate import evaluator
from symcnn.algebra.growth import (
    coefficients,
    forward_difference,
    leading_term,
    sign_runs,
    value_at,
    without_common_factor,
)
from symcnn.algebra.polynomial import as_expression, polynomial
from symcnn.algebra.symbols import NONNEGATIVE, symbol

H, W, C, s = (symbol(name) for name in "HWCs")
p = symbol("p", NONNEGATIVE)
A = Arithmetic()
HUGE = 10**40


def horner(coeffs: list[int], x: int) -> int:
    return sum(c * x**degree for degree, c in enumerate(coeffs))


def root_bound(coeffs: list[int]) -> int:
    """Fujiwara: no root is larger than 2·max |cₖ/c|^(1/(n − k)) for the leading coefficient c and its degree n."""
    degree = max((d for d, c in enumerate(coeffs) if c), default=0)
    ratios = (abs(coeffs[d] / coeffs[degree]) ** (1 / (degree - d)) for d in range(degree))
    return 2 + int(2 * max(ratios, default=0))


polynomials = st.lists(st.integers(-60, 60), min_size=1, max_size=6)
by_roots = st.tuples(st.sampled_from([1, -1, 3]), st.lists(st.integers(-3, 30), min_size=1, max_size=5))


def from_roots(factor: int, roots: list[int]) -> list[int]:
    coeffs = [factor]
    for root in roots:
        shifted, scaled = [0, *coeffs], [*(-root * c for c in coeffs), 0]
        coeffs = [a + b for a, b in zip(shifted, scaled, strict=True)]
    return coeffs


@given(st.one_of(polynomials, by_roots.map(lambda given: from_roots(*given))), st.integers(-20, 40))
def test_signs_are_right_on_every_integer(coeffs: list[int], least: int) -> None:
    runs = sign_runs(coeffs, least)
    assert runs[0].start == least
    assert runs[-1].end is None
    for run, following in pairwise(runs):
        assert run.end == following.start - 1
        assert run.sign != following.sign
    end = max(least, root_bound(coeffs)) + 20
    for x in range(least, end):
        sign = next(r.sign for r in runs if r.start <= x and (r.end is None or x <= r.end))
        value = horner(coeffs, x)
        assert sign == (value > 0) - (value < 0)
    assert runs[-1].start < end


@pytest.mark.parametrize("root", [10**6, 10**30, 2**64 - 1])
def test_far_roots_are_found_exactly(root: int) -> None:
    runs = sign_runs([-root, 1], 0)
    assert [(r.start, r.end, r.sign) for r in runs] == [(0, root - 1, -1), (root, root, 0), (root + 1, None, 1)]


@given(polynomials, st.integers(-50, 50))
def test_differences_and_values(coeffs: list[int], x: int) -> None:
    assert value_at(coeffs, x) == horner(coeffs, x)
    assert horner(forward_difference(coeffs), x) == horner(coeffs, x + 1) - horner(coeffs, x)


def test_coefficients_are_of_one_symbol() -> None:
    assert coefficients(polynomial(H**2 / 6 - H / 4 + 1), H) == [12, -3, 2]
    assert coefficients(polynomial(H * W), H) is None
    assert coefficients(polynomial(1 / H), H) is None
    assert coefficients({}, H) == [0]


def test_only_positive_factors_are_divided_out() -> None:
    common, rest = without_common_factor(polynomial(C**2 * H * p - C**3 * p))
    assert as_expression({common: 1}) == C**2
    assert as_expression(rest) == H * p - C * p


F = A.floor
TABLE: list[tuple[object, object]] = [
    (9 * (H - 2) ** 2 + 9 * (H - 4) ** 2, 18 * H**2),
    (25 * (H - 4) ** 2, 25 * H**2),
    (C**2 * H * W + C * H**2 * W - 7, C * H**2 * W),
    (C * H + H + 5, C * H + H),
    (F(H / 2), H / 2),
    (F((H - 1) / 2) ** 2 + H, H**2 / 4),
    (A.ceiling(H / s) ** 2, H**2 / s**2),
    (F(F(H / 3) ** 2 / 2), H**2 / 18),
    (F(C / 2) * H**2, F(C / 2) * H**2),  # what does not grow stays as it is
    (F(H / 2) * F(W / 2), H * W / 4),
    (H * F(H / 2) - H * F(H / 3), H**2 / 6),
    (7, 7),
    (C + 3, C + 3),
    (0, 0),
]


@pytest.mark.parametrize(("value", "leading"), TABLE, ids=str)
def test_leading_terms(value: Expr, leading: Expr) -> None:
    assert leading_term(value, [H, W]) == leading


UNSURE = [
    H - 2 * F(H / 2),  # 0 or 1
    F(H / 2) - F(H / 3) - H / 6,
    H * F(H / 2) - H**2 / 2 + H,  # H or H/2
    A.ceiling(C / H),  # 1 in the end, not C/H
    A.ceiling(C / H) ** 3 + 1 / H,
    F(H / W) * H,
    F(H * F(H / 2) / 3) - H**2 / 6 + 5 * H,  # 5H or 5H − H/6
    Max(H, 7, evaluate=False),
    1 / (H + 1),
    2**H,
]


@pytest.mark.parametrize("value", UNSURE, ids=str)
def test_what_is_unsure_has_no_leading_term(value: Expr) -> None:
    assert leading_term(value, [H, W]) is None


N, G = symbol("n", NONNEGATIVE), symbol("g")
POWERS = [
    (2 ** (N + 1) - 1, 2 * 2**N),
    (2**N + N**5, 2**N),
    (N**2 * A.power(3, N) + N * A.power(3, N) - A.power(2, N), N**2 * A.power(3, N)),
    (C * (A.power(4, N) - 1) / 3, C * A.power(4, N) / 3),
    (5 - A.power(2, -N), 5),
    (A.power(6, N) + 7 * A.power(5, N), A.power(6, N)),
    (N * (N - 1) / 2 + A.power(2, -N), N**2 / 2),
]


@pytest.mark.parametrize(("value", "leading"), POWERS)
def test_powers_before_polynomials(value: Expr, leading: Expr) -> None:
    found = leading_term(value, [N])
    assert found is not None
    assert polynomial(found) == polynomial(leading)
    at = evaluator({N: 1000, C: 3})
    assert abs(Fraction(at(value)) / Fraction(at(found)) - 1) < Fraction(1, 100)


@pytest.mark.parametrize("value", [C**N + 1, A.power(2, C * N), A.power(2, N**2), A.ceiling(H / 2**N) + 2**N])
def test_powers_of_unknown_speed(value: Expr) -> None:
    assert leading_term(value, [N]) is None
    assert leading_term(2**N + G**2, [N, G]) is None


def rounded(numerator: Expr, divisor: int, up: bool) -> Expr:
    return (A.ceiling if up else A.floor)(A.divide(numerator, divisor))


small = st.integers(-5, 9)
sizes = st.recursive(
    st.one_of(st.just(H), st.builds(lambda a, b: a * H + b, st.integers(1, 4), small)),
    lambda inner: st.one_of(
        st.builds(rounded, inner, st.integers(2, 5), st.booleans()),
        st.builds(lambda a, b: a + b, inner, small),
    ),
    max_leaves=3,
)
grown = st.recursive(
    st.builds(lambda c, a, e: c * a**e, st.integers(-4, 9), sizes, st.integers(1, 2)),
    lambda inner: st.one_of(
        st.builds(lambda a, b: a + b, inner, inner),
        st.builds(lambda a, b: a - b, inner, inner),
        st.builds(lambda a, b: a * b, inner, sizes),
        st.builds(rounded, inner, st.integers(2, 4), st.booleans()),
    ),
    max_leaves=4,
)


@given(grown)
def test_values_tend_to_the_leading_term(value: Expr) -> None:
    leading = leading_term(value, [H])
    if leading is None or leading == 0:
        return
    for x in (HUGE, HUGE + 7, 3 * HUGE + 11):
        at = evaluator({H: x})
        if leading == value:
            continue
        assert abs(Fraction(at(value)) / Fraction(at(leading)) - 1) < Fraction(1, HUGE // 10**30)
