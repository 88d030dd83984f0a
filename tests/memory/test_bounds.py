"""Bounds without roundings, against the values themselves."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Expr, ceiling, floor

from symcnn.algebra.assumptions import facts_from
from symcnn.algebra.conditions import at_least
from symcnn.algebra.evaluate import evaluator
from symcnn.algebra.facts import Facts
from symcnn.algebra.floors import ceiling_of, floor_of
from symcnn.algebra.symbols import RATIONAL, expression, symbol
from symcnn.memory.bounds import Bounds
from tests.helpers import draws

H, W = symbol("H"), symbol("W")


@st.composite
def sizes(draw: st.DrawFn, of: Expr) -> Expr:
    step, shift = draw(st.integers(1, 5)), draw(st.integers(-3, 4))
    rounded = draw(st.sampled_from([floor_of, ceiling_of]))
    return expression(rounded((of + shift) / step, Facts()))


@st.composite
def sums(draw: st.DrawFn) -> Expr:
    terms = [draw(st.integers(1, 40)) * draw(sizes(H)) * draw(sizes(W)) for _ in range(draw(st.integers(1, 2)))]
    return expression(sum(terms) + draw(st.integers(-5, 20)) * draw(sizes(H)) + draw(st.integers(-9, 9)))


@draws(300)
@given(sums(), sums(), st.integers(1, 12))
def test_what_is_proved_holds(left: Expr, right: Expr, least: int) -> None:
    facts, _ = facts_from([at_least(H, least, Facts()), at_least(W, least, Facts())])
    if Bounds(facts).at_least(left, right):
        for h, w in product(range(least, least + 25), repeat=2):
            evaluate = evaluator({H: h, W: w})
            assert evaluate(left) >= evaluate(right), (h, w)


@pytest.mark.parametrize(
    ("left", "right", "least", "proved"),
    [
        (128 * H * W, 1024 * floor(H / 8) * floor(W / 8), 1, True),
        (64 * ceiling(H / 2) * ceiling(W / 2), 128 * ceiling(H / 8) * ceiling(W / 8), 1, False),
        (64 * ceiling(H / 2) * ceiling(W / 2), 128 * ceiling(H / 8) * ceiling(W / 8), 8, True),
        (H * W, H * W + 1, 1, False),
        (64 * floor(H / 8) ** 2 + 14 * H, H**2 + 40, 1, False),  # (H − 7)² bounds no square of what is 0 below 8
        (-2 * ceiling(H / 2), -H, 1, False),
        (-2 * floor(H / 2), -H, 1, True),
    ],
)
def test_what_is_proved(left: Expr, right: Expr, least: int, proved: bool) -> None:
    facts, _ = facts_from([at_least(H, least, Facts()), at_least(W, least, Facts())])
    assert Bounds(facts).at_least(left, right) is proved


def test_a_rational_is_rounded_by_up_to_one() -> None:
    """⌊α⌋ of a rational α may lose nearly 1, of H/2 only 1/2."""
    a = symbol("α", RATIONAL)
    bounds = Bounds(Facts())
    assert not bounds.at_least(floor(a, evaluate=False), a)
    assert not bounds.at_least(2 * floor(a / 2, evaluate=False), a - 1)
    assert bounds.at_least(2 * floor(H / 2, evaluate=False), H - 1)
