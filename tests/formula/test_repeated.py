"""Sums over an index and cases, as they are shown; and powers whose exponents have symbols."""

from __future__ import annotations

import pytest
from sympy import Expr

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.symbols import NONNEGATIVE, symbol
from symcnn.formula import nodes as f
from symcnn.formula.express import express
from symcnn.formula.notation import latex, text

A = Arithmetic()
C, H, s = (symbol(name) for name in ("C", "H", "s"))
n = symbol("n", NONNEGATIVE)
INDEX, N, K = f.Name("i"), f.Name("n"), f.Name("K")
SUM = f.Iterated("sum", INDEX, f.Number(0), f.Sum((N, f.Number(1)), ("-",)), f.Sum((INDEX, N), ("+",)))
CASES = f.Cases(((N, f.Comparison((N, f.Number(1)), ("!=",))),), f.Number(2))


def test_brackets() -> None:
    assert text(SUM) == "Σ_{i=0}^{n−1} (i + n)"
    assert text(f.Sum((SUM, f.Number(3)), ("+",))) == "(Σ_{i=0}^{n−1} (i + n)) + 3"
    assert text(f.Product((N, SUM), ("*",))) == "n·(Σ_{i=0}^{n−1} (i + n))"
    assert text(f.Product((N, CASES), ("*",))) == "n·(n if n ≠ 1 else 2)"
    assert latex(SUM) == r"\sum_{i=0}^{n - 1} (i + n)"
    assert latex(CASES) == r"\begin{cases} n & \text{if } n \ne 1 \\ 2 & \text{else} \end{cases}"
    assert f.children(CASES)[-1] == f.Number(2)
    assert [name.name for name in f.names(SUM)] == ["i", "n", "i", "n"]


def test_names_are_put_in_but_for_the_index() -> None:
    changed = f.with_names(SUM, {"n": K, "i": K})
    assert text(changed) == "Σ_{i=0}^{K−1} (i + K)"
    assert text(f.with_names(CASES, {"n": K})) == "K if n ≠ 1 else 2"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (2 * 2**n, "2^(n + 1)"),
        (A.power(2, n) / 2, "2^(n − 1)"),
        (64 * 2**n, "64·2^n"),
        (6 * A.power(3, n), "6·3^n"),
        (H / 2**n, "H/2^n"),
        (1 / s**n, "1/s^n"),
        (s * s**n, "s^(n + 1)"),
        (A.power(2, 2 * n), "4^n"),
        (A.power(2, 12 * n), "2^(12n)"),
        (A.ceiling(H / 2 ** (n + 1)), "⌈H/2^(n + 1)⌉"),
        (A.floor(H / (64 * 2**n)), "⌊H/(64·2^n)⌋"),
        (C * A.power(2, n - 1), "C·2^(n − 1)"),
        (-2 * 2**n, "−2^(n + 1)"),
    ],
)
def test_powers(value: Expr, written: str) -> None:
    assert text(express(value)) == written


k, i, L, m = symbol("k"), symbol("i", NONNEGATIVE), symbol("L", NONNEGATIVE), symbol("m", NONNEGATIVE)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        # a sum of powers is a·(bⁿ − 1), and what is seen 1 more
        (k * 2**n - 2**n - k + 2, "(k − 1)·(2^n − 1) + 1"),
        ((k * 2**n - 2**n - 2 * k + 4) / 2, "(k − 1)·(2^(n − 1) − 1) + 1"),
        (-C * 2**n * (1 / 2**n - 1), "C·(2^n − 1)"),
        (2 ** (n + 1) * C - 2 * C, "2C·(2^n − 1)"),
        (2 ** (n - 1) - 1, "2^(n − 1) − 1"),
        (6 * C**2 * (A.power(4, n - 1) - 1), "6C²·(4^(n − 1) − 1)"),
        (2 * (2 ** (L - 1) - 1) * (2 * m + 1) + 2 * m + 2, "2^L·(2m + 1) − 2m"),
        (6 * 2 ** (L - 1) - 2, "3·2^L − 2"),
        (-(2**L * (1 - 4 * m) + 4 * m) / 2, "2^(L − 1)·(4m − 1) − 2m"),
        (64 * 2 ** (n - 1), "64·2^(n − 1)"),
        (H * 2 ** (L - n) * 2 ** (n - L), "H"),
        (9 * C**2 * A.power(2, 2 * n + 1), "18C²·4^n"),
        (A.power(2, 2 * n) * 3 + 2**n, "3·4^n + 2^n"),
        # sizes less what each repetition takes
        (H + i + 1 - i * k - k, "H − (i + 1)·(k − 1)"),
        (C * (H + i + 1 - i * k - k), "C·(H − (i + 1)·(k − 1))"),
        (C * (H - i * (k - 1)), "C·(H − i·(k − 1))"),
        # like terms meet
        ((L - 1) * (m - 1) + L + m - 1, "L·m"),
        (13888 * n + 5088, "13,888n + 5,088"),
        (24576 * A.power(4, n) - 24576, "24,576(4^n − 1)"),
        (9 * n + 18, "9n + 18"),
    ],
)
def test_forms_that_people_write(value: Expr, written: str) -> None:
    assert text(express(value)) == written
