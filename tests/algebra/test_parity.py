"""Signs that alternate are floors, with the same values."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from sympy import Integer, Pow

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.evaluate import evaluator
from symcnn.algebra.facts import Facts
from symcnn.algebra.parity import alternating_power, with_parities
from symcnn.algebra.symbols import exact, symbol

H, W = symbol("H"), symbol("W")
EXPONENTS = [H, H + 1, 3 * H - W, H**2, H**5 * W + 7, H * (H + 1) / 2, H * W - 2, 2 * H + 1]


@pytest.mark.parametrize("exponent", EXPONENTS, ids=str)
@pytest.mark.parametrize("base", [-1, -2, -3])
def test_a_power_of_a_negative_number_keeps_its_values(base: int, exponent: Any) -> None:
    found = alternating_power(base, exact(exponent))
    assert found is not None
    for h, w in product(range(1, 7), repeat=2):
        evaluate = evaluator({H: h, W: w})
        power = evaluate(exact(exponent))
        assert evaluate(found) == Fraction(base) ** power


def test_an_exponent_that_need_not_be_whole_is_left() -> None:
    assert alternating_power(-1, H / 2) is None
    assert alternating_power(-1, H / 2, Facts(residues={H: (4, 2)})) == -1


def test_inside_other_values() -> None:
    value = Arithmetic().floor(exact((H + Pow(Integer(-1), H)) / 2))
    found = with_parities(value)
    assert all(evaluator({H: h})(found) == (h + (-1) ** h) // 2 for h in range(1, 9))
    assert with_parities(7) == 7
