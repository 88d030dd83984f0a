"""Maxima and minima come out of roundings, with the same values."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from sympy import Max, Min, ceiling, floor

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.evaluate import evaluator
from symcnn.algebra.extremes import Distributing, rounds_extremes
from symcnn.algebra.symbols import exact, symbol

H, W = symbol("H"), symbol("W")
VALUES = [
    Max(H / 3, 2),
    Min(H, W) / 2 + 1,
    -Max(H, W) / 3,
    (Max(H, 4) + Min(W, 3)) / 5,
    W * Max(H / 2, 1),
    Max(H, W, 3) / 2,
    Max(H / 3, W / 2) + W / 4,
]


@pytest.mark.parametrize("value", VALUES, ids=str)
def test_what_comes_out_has_the_same_values(value: Any) -> None:
    plain, better = Arithmetic(), Distributing()
    for one, two in ((plain.floor, better.floor), (plain.ceiling, better.ceiling)):
        before, found = one(exact(value)), two(exact(value))
        assert not rounds_extremes(found)
        for h, w in product(range(1, 8), repeat=2):
            evaluate = evaluator({H: h, W: w})
            assert evaluate(before) == evaluate(found)


def test_what_is_no_monotone_part_stays() -> None:
    value = exact(Max(H, W) ** 2 / 2)
    assert Distributing().floor(value) == Arithmetic().floor(value)
    assert rounds_extremes(floor(Max(H, W) / 2, evaluate=False))
    assert not rounds_extremes(ceiling(H / 2))
