"""Powers over powers: no floor where the exponent is known not to be negative, and only there."""

from __future__ import annotations

import pytest
from sympy import floor

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.evaluate import evaluator
from symcnn.algebra.facts import Facts
from symcnn.algebra.polynomial import polynomial
from symcnn.algebra.symbols import NONNEGATIVE, expression, symbol

h, s, L = symbol("h"), symbol("s"), symbol("L")
j = symbol("j", NONNEGATIVE)
BELOW = Arithmetic(Facts(known=(polynomial(L - 1 - j),)))  # j < L


@pytest.mark.parametrize(
    ("value", "whole"),
    [
        (h * 2**L / 2**j, True),
        (h * 2**L / 2 ** (j + 1), True),
        (h * 2**L / 2 ** (j + 2), False),
        (3 * 6**L / (2 * 3**j), True),
        (h * s**L / s ** (j + 1), True),
        (h * s**L / (2 * s**j), False),
        (2**L / (3 * 2**j), False),
        (2**j / 2**L, False),
    ],
)
def test_floors_of_powers_over_powers(value: object, whole: bool) -> None:
    floored = BELOW.floor(value)
    assert bool(expression(floored).has(floor)) is not whole
    for numbers in ((3, 2, 1, 0), (5, 3, 4, 2), (1, 2, 6, 5), (2, 5, 3, 1)):
        evaluate = evaluator(dict(zip((h, s, L, j), numbers, strict=True)))
        assert evaluate(floored) == evaluate(value) // 1
        if whole:
            assert evaluate(value).denominator == 1
