"""Evaluation: Python's integers and fractions, and refusals in words."""

from __future__ import annotations

from fractions import Fraction

import pytest
from sympy import Max, Min, Symbol, ceiling, floor

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.evaluate import evaluator, raise_power
from symcnn.algebra.polynomial import polynomial
from symcnn.algebra.symbols import Value, expression
from symcnn.errors import SymcnnError

from .trees import H, W, n, s, α


def test_integers_are_exact_however_large() -> None:
    evaluate = evaluator({H: 10**30 + 1, W: 7})
    assert evaluate(floor(H / 3, evaluate=False)) == (10**30 + 1) // 3
    assert evaluate(ceiling(H / 7, evaluate=False)) == -(-(10**30 + 1) // 7)
    assert evaluate((H - 1) ** 3 * W) == 7 * 10**90
    assert isinstance(evaluate(H / W * 7), int)


def test_fractions_extrema_and_powers() -> None:
    evaluate = evaluator({α: Fraction(3, 4), H: 5, n: 3})
    assert evaluate(α * H) == Fraction(15, 4)
    assert evaluate(Max(α * H, 4, evaluate=False)) == 4
    assert evaluate(Min(α * H, 4, evaluate=False)) == Fraction(15, 4)
    assert evaluate(2**n * expression(Fraction(1, 2)) ** n) == 1
    assert evaluate(H**-2) == Fraction(1, 25)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (H + Symbol("H"), "'H' has no value"),
        (W, "'W' has no value"),
        (1 / (H - 5), "division by zero"),
        (H ** (H**20), "too large"),
        (2 ** (10**400 * H), "too large"),
        (Symbol("x") ** (H / 2), "no value"),
    ],
)
def test_refusals(value: Value, words: str) -> None:
    with pytest.raises(SymcnnError, match=words):
        evaluator({H: 5})(value)


@pytest.mark.parametrize("base", [2, -3, Fraction(2, 3), 10**1000])
def test_powers_are_refused_before_they_are_worked_out(base: int | Fraction) -> None:
    for exponent in (10**9, -(10**9), 10**400):
        with pytest.raises(SymcnnError, match="too large"):
            raise_power(base, exponent)
    assert raise_power(1, 10**400) == 1
    assert raise_power(0, 10**9) == 0
    assert raise_power(-1, 10**9 + 1) == -1


def test_a_root_is_no_power() -> None:
    with pytest.raises(SymcnnError, match="1/2"):
        raise_power(2, Fraction(1, 2))


def test_symbolic_powers_that_would_fill_the_memory() -> None:
    arithmetic = Arithmetic()
    large = arithmetic.power(2 * H, 10_000)
    for base, exponent in ((large, 10_000), (H, 10**9), (3 * H, 10**400)):
        with pytest.raises(SymcnnError, match="too large"):
            arithmetic.power(base, exponent)
    with pytest.raises(SymcnnError, match="too large"):
        polynomial(2 ** (n + 10**9))
    assert len(polynomial((H + W + 1) ** 5000)) == 1  # not expanded


def test_division_by_zero_is_seen_through() -> None:
    with pytest.raises(ZeroDivisionError):
        Arithmetic().divide(H, (s + 1) ** 2 - s**2 - 2 * s - 1)
    with pytest.raises(ZeroDivisionError):
        Arithmetic().divide(1, 0)
