"""Signs of polynomials and sums of powers against every integer up to far beyond all sign changes."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.evaluate import evaluator
from symcnn.algebra.polynomial import polynomial
from symcnn.algebra.signs import PowerSum, by_rate, power_sum, scales
from symcnn.algebra.symbols import NONNEGATIVE, symbol
from tests.helpers import draws

H, W = symbol("H"), symbol("W")
N = symbol("n", NONNEGATIVE)
A = Arithmetic()


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
    runs = PowerSum.of({1: coeffs}).runs(least)
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
    runs = PowerSum.of({1: [-root, 1]}).runs(0)
    assert [(r.start, r.end, r.sign) for r in runs] == [(0, root - 1, -1), (root, root, 0), (root + 1, None, 1)]


@given(polynomials, st.integers(-50, 50))
def test_differences_and_values(coeffs: list[int], x: int) -> None:
    polynomial = PowerSum.of({1: coeffs})
    assert polynomial.at(x) == horner(coeffs, x)
    assert polynomial.difference().at(x) == horner(coeffs, x + 1) - horner(coeffs, x)


sums = st.dictionaries(st.integers(1, 6), st.lists(st.integers(-90, 90), min_size=1, max_size=4), max_size=4)


def value(parts: dict[int, list[int]], x: int) -> int:
    return sum(base**x * horner(coeffs, x) for base, coeffs in parts.items())


@draws(200)
@given(sums, st.integers(0, 30))
def test_signs_of_sums_of_powers(parts: dict[int, list[int]], least: int) -> None:
    """Beyond 300 the largest base decides: (6/5)³⁰⁰ is more than 10²³, and what stands before it is small."""
    runs = PowerSum.of(parts).runs(least)
    assert runs[0].start == least
    assert runs[-1].end is None
    for run, following in pairwise(runs):
        assert run.end == following.start - 1
        assert run.sign != following.sign
    assert runs[-1].start < 300
    for x in range(least, 320):
        sign = next(r.sign for r in runs if r.start <= x and (r.end is None or x <= r.end))
        assert sign == (value(parts, x) > 0) - (value(parts, x) < 0)


@given(sums, st.integers(0, 40))
def test_steps_of_sums_of_powers(parts: dict[int, list[int]], x: int) -> None:
    assert PowerSum.of(parts).at(x) == value(parts, x)
    assert PowerSum.of(parts).difference().at(x) == value(parts, x + 1) - value(parts, x)


def test_a_late_change_between_powers() -> None:
    runs = PowerSum.of({100: [-1, 0, 0, -1], 101: [1]}).runs(0)  # (101/100)ˣ > x³ + 1
    assert [run.sign for run in runs] == [0, -1, 1]
    last = runs[-1].start
    assert Fraction(101, 100) ** last > last**3 + 1
    assert Fraction(101, 100) ** (last - 1) < (last - 1) ** 3 + 1


def test_powers_too_large_to_write_down() -> None:
    with pytest.raises(OverflowError):
        PowerSum.of({1: [5], 2: [-(10**9), 1]}).runs(0)


def test_the_sum_of_powers_of_a_value() -> None:
    for expr in (N * A.power(4, N) / 6 - A.power(3, N) + N**2 / 4 - 7, A.power(2, -N) + N / 3 - A.power(6, N) / 5):
        parts = by_rate(polynomial(expr), N)
        assert parts is not None
        found = power_sum(parts, N)
        assert found is not None
        scale, below = scales(parts)
        for x in range(12):
            assert found.at(x) == scale * below**x * evaluator({N: x})(expr)


@pytest.mark.parametrize(
    "expr", [A.power(2, N**2), A.power(2, 2 * N * H), A.power(H, N), A.power(2, N + H) * A.power(H, N)], ids=str
)
def test_other_powers_are_left(expr: object) -> None:
    assert by_rate(polynomial(expr), N) is None


def test_a_sum_of_powers_is_of_one_symbol() -> None:
    for expr in (H * W, 1 / H, H * A.power(2, N)):
        parts = by_rate(polynomial(expr), H)
        assert parts is not None
        assert power_sum(parts, H) is None
    assert power_sum({}, H) == PowerSum(())
