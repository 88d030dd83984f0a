"""Roots in answers: exact ones are formulas, others are wrong at sizes where they are whole, or refused."""

from __future__ import annotations

from math import isqrt
from random import Random

import pytest

from symcnn import check
from symcnn.algebra.symbols import symbol
from symcnn.answers.roots import square_root

EXACT = [
    ("sqrt(H^2)", "H"),
    ("√(H²)", "H"),
    ("√H·√H", "H"),
    ("√(H²W)/√W", "H"),
    ("(√C-1)(√C+1)", "C-1"),
    ("sqrt(H^2+2*H*W+W^2)", "H+W"),
    ("sqrt(9C^2(2H-1)^2)", "3*C*(2*H-1)"),
    (r"\sqrt[3]{H^3}", "H"),
    ("H^(1/2)*H^0.5", "H"),
    ("sqrt((H-W)^2)", "abs(H-W)"),
]


@pytest.mark.parametrize(("answer", "right"), EXACT)
def test_exact_roots(answer: str, right: str) -> None:
    found = check(answer, right, symbols="H W C")
    assert found.verdict == "exact"


@pytest.mark.parametrize("answer", ["√(H·W)", "sqrt(H)", "sqrt(H)+sqrt(W)", "floor(sqrt(H))", "sqrt(H/4)"])
def test_a_root_that_is_left_is_wrong_at_sizes_where_it_is_whole(answer: str) -> None:
    found = check(answer, "H*W", symbols="C")
    assert found.verdict == "wrong"
    assert found.counterexample is not None
    sizes = found.counterexample.values
    assert set(sizes) == {"H", "W"}
    assert all(isqrt(int(size)) ** 2 == size for size in sizes.values())
    assert found.counterexample.expected == sizes["H"] * sizes["W"] != found.counterexample.answer


def test_a_root_that_is_never_whole_is_refused() -> None:
    found = check("sqrt(H^2 + 1)", "H")
    assert found.verdict == "invalid"
    assert "without a root" in found.message["en"]


def test_the_root_of_a_square_is_found() -> None:
    random, (a, b, c) = Random(1), map(symbol, "abc")
    for _ in range(40):
        root = sum(random.randint(-3, 3) * a ** random.randint(0, 2) * b ** random.randint(0, 2) * c for _ in range(3))
        if root == 0:
            continue
        found = square_root((root**2).expand())
        assert found is not None
        assert (found**2 - root**2).expand() == 0
        assert square_root((root**2 + 1).expand()) is None
