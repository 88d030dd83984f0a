"""Proofs of equality: True and False by brute force, None where there is no proof."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import ceiling, floor

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.facts import Divisible, Facts
from symcnn.algebra.proof import equal
from symcnn.algebra.symbols import NONNEGATIVE, Value, symbol
from tests.helpers import draws

from .trees import H, Tree, W, build, compute, p, s, t, trees, value_at, α

A = Arithmetic()


@given(trees((H, W), (2, 3, 4), leaves=6), trees((H, W), (2, 3, 4), leaves=6))
@draws(200)
def test_verdicts_agree_with_brute_force(left: Tree, right: Tree) -> None:
    verdict = equal(build(left, A), build(right, A))
    same = all(compute(left, v) == compute(right, v) for v in grid(40))
    assert verdict is None or verdict == same


@given(st.lists(st.tuples(st.integers(-9, 9), st.sampled_from([2, 3, 4])), min_size=1, max_size=3), st.integers(2, 5))
@draws(100)
def test_the_parts_of_a_sum_of_residues(chain: list[tuple[int, int]], parts: int) -> None:
    """Σ ⌊(x + i)/m⌋ over i = 0 … m − 1 is x (Hermite), for x with floors of its own."""
    size: Value = H
    for before, stride in chain:
        size = A.floor(A.divide(size + before, stride))
    total = sum((A.floor(A.divide(size + i, parts)) for i in range(parts)), start=0 * H)
    assert equal(total, size) is True
    assert equal(total + A.floor(A.divide(H, 2)) - A.floor(A.divide(H + 1, 2)), size) is False


def grid(most: int) -> list[dict[object, int]]:
    return [{H: x, W: y} for x, y in product(range(1, most), range(1, most))]


def test_one_wrong_residue_of_32_is_found() -> None:
    # ⌊(H + 31)/32⌋ − ⌊(H + 30)/32⌋ is 1 where 32 divides H − 1, else 0.
    wrong = A.floor(A.divide(H + 31, 32)) - A.floor(A.divide(H + 30, 32))
    assert equal(H + wrong, H) is False
    assert equal(H + wrong, H, Facts(residues={H: (2, 0)})) is True


def test_one_wrong_pair_of_residues_is_found() -> None:
    first = A.floor(A.divide(H + 31, 32)) - A.floor(A.divide(H + 30, 32))
    second = A.floor(A.divide(W + 15, 16)) - A.floor(A.divide(W + 14, 16))
    assert equal(H * W + first * second, H * W) is False
    assert equal(first * second, second * first) is True
    assert equal(first * first, first) is True


@pytest.mark.parametrize(
    ("left", "right", "verdict"),
    [
        (ceiling(H / 2, evaluate=False), floor((H + 1) / 2, evaluate=False), True),
        (A.floor(H / 2) + A.ceiling(H / 2), H, True),
        (A.floor(H / 2) / H + A.ceiling(H / 2) / H, 1, True),
        (A.floor(H / 2) / H, A.ceiling(H / 2) / H, False),
        ((H + 1) ** 2, H**2 + 2 * H + 1, True),
        (A.floor(A.floor(H / 2) * A.ceiling(H / 2) / 2), A.floor(H**2 / 8), True),
        (A.floor(H / s) + A.floor(H / t), A.floor(H / t) + A.floor(H / s), True),
        (A.floor(H / s) + A.ceiling(-H / s), 0, True),
        (A.floor(2 * H / s), 2 * A.floor(H / s), None),
        (A.floor(α * H), A.ceiling(α * H), None),
        (A.largest([H, W]), A.largest([W, H]), True),
        (A.largest([H, W]), H, None),
        (2 ** (p + 1), 2 * 2**p, True),
        (4**p, 2 ** (2 * p), True),
        (6**p, 2**p * 3**p, True),
        (1 / (2 * s + 2), 1 / (s + 1) / 2, True),
        (1 / (s**2 + s), 1 / (s + 1) / s, True),
    ],
)
def test_verdicts(left: Value, right: Value, verdict: bool | None) -> None:
    assert equal(left, right) is verdict


def test_facts_that_leave_few_values_do_not_prove_a_difference() -> None:
    assert equal(H**2, 3 * H - 2, Facts(upper={H: 2})) is None  # H is 1 or 2
    assert equal(H**2, 3 * H - 2, Facts(upper={H: 3})) is False
    few: frozenset[Divisible] = frozenset({(frozenset({(frozenset(), 2)}), 1, frozenset({(s, 1)}))})  # s divides 2
    assert equal(s**2, 3 * s - 2, Facts(divisible=few)) is None
    assert equal(s**2, 4 * s, Facts(divisible=few)) is False


def test_a_symbol_that_looks_like_ours() -> None:
    twin = symbol("H_quotient", NONNEGATIVE)
    assert equal(A.floor(H / 2), twin) is False
    assert equal(A.floor(H / 2) + twin - twin, A.floor(H / 2)) is True


def test_too_many_classes_are_undecided() -> None:
    first, second = A.floor(H / 1009) * A.floor(W / 1013), A.floor(H / 1009)
    assert equal(first, second) is None


def test_the_square_of_a_half_at_points() -> None:
    value = A.floor(A.floor(H / 2) * A.ceiling(H / 2) / 2)
    assert all(value_at(value, {H: x}) == x * x // 8 for x in range(1, 99))
