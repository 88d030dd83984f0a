"""Leading terms against the limits of exact values."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Expr, Max, Symbol

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.evaluate import evaluator
from symcnn.algebra.facts import Facts
from symcnn.algebra.growth import leading_term, tendency, without_common_factor
from symcnn.algebra.polynomial import as_expression, polynomial
from symcnn.algebra.symbols import NONNEGATIVE, symbol

H, W, C, s = (symbol(name) for name in "HWCs")
p = symbol("p", NONNEGATIVE)
A = Arithmetic()
HUGE = 10**40


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
]


@pytest.mark.parametrize("value", UNSURE, ids=str)
def test_what_is_unsure_has_no_leading_term(value: Expr) -> None:
    assert leading_term(value, [H, W]) is None


N, M, G = symbol("n", NONNEGATIVE), symbol("m", NONNEGATIVE), symbol("g")
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


@pytest.mark.parametrize("value", [C**N + 1, A.power(2, C * N) + N, A.power(2, N**2) + N, A.ceiling(H / 2**N) + 2**N])
def test_powers_of_unknown_speed(value: Expr) -> None:
    assert leading_term(value, [N]) is None


SLOW = Facts()
FAST = Facts(lower={s: 2})
DOMINATED = [
    (2**N + G**2, [N, G], SLOW, 2**N),
    (C**2 * H * N + H * N**2 + 9 * H, [H, N], SLOW, H * N**2),
    (A.power(s, N) + N**3, [N], FAST, A.power(s, N)),
    (A.power(s, N) + N**3, [N], SLOW, None),  # s may be 1
    (A.power(s, N) + A.power(2, N), [N], FAST, None),  # s may be 2
    (A.power(s, 2 * N) * N + A.power(3, N), [N], FAST, N * A.power(s, 2 * N)),
    (A.power(2, N) + A.power(2, M), [N, M], SLOW, None),  # in different directions
    (A.power(2, N) * A.power(3, M) + A.power(2, M), [N, M], SLOW, A.power(2, N) * A.power(3, M)),
    (A.power(2, N) * H**2 + A.power(2, N) * H, [H], SLOW, A.power(2, N) * H**2),
]


@pytest.mark.parametrize(("value", "growing", "facts", "leading"), DOMINATED, ids=str)
def test_what_dominates_when_several_symbols_grow(
    value: Expr, growing: list[Symbol], facts: Facts, leading: Expr | None
) -> None:
    found = leading_term(value, growing, facts)
    assert (found is None) == (leading is None)
    if found is not None and leading is not None:
        assert polynomial(found) == polynomial(leading)
        at = [evaluator({N: 3000, M: 200, G: 400, H: 500, C: 7, s: x}) for x in (2, 3, 5)]
        assert all(abs(Fraction(e(value)) / Fraction(e(found)) - 1) < Fraction(1, 50) for e in at)


def test_tendencies() -> None:
    ((monomial, _),) = polynomial(A.power(2, N) * A.power(3, -N) * N**9).items()
    assert tendency(monomial, [N], Facts()) == -1
    assert tendency(monomial, [H], Facts()) == 0


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
