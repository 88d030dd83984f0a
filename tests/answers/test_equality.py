"""Equality is proved or refuted by a point, and never guessed."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st
from sympy import Expr

from symcnn import check
from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.symbols import symbol
from symcnn.answers.equality import Counterexample, Equal, same
from symcnn.answers.given import Given
from tests.answers.values import CHAIN, OUTPUT, H, K, S, asked_about, values
from tests.helpers import draws

SYMBOLS = {s.name: s for s in (H, K, S)}

EQUAL = [
    ("ceil(H/2)", "floor((H + 1)/2)", ()),
    (OUTPUT, "floor((H + 2P - K + S)/S)", CHAIN),
    ("floor((H - 1)/S) + 1", "ceil(H/S)", ()),
    ("ceiling(ceiling(H/2)/2)", "ceil(H/4)", ()),
    ("floor(H/2)", "(H - H % 2)/2", ()),
    ("floor(H/2) + ceil(H/2)", "H", ()),
    ("2**(L + 1)", "2*2^L", ()),
    ("4**L", "(2^L)^2", ()),
    ("2**(L + 1) - 1", "2*2^L - 1", ()),
    ("1/(H + 1) + 1/(K + 1)", "(H + K + 2)/((H + 1)(K + 1))", ()),
    ("(H**2 - 4)/(H + 2)", "H - 2", ()),
    ("Max(H, K) + Min(H, K)", "H + K", ()),
    ("abs(H - K)", "max(H, K) - min(H, K)", ()),
    ("max(H - K, 0)", "(H - K + abs(H - K))/2", ()),
    ("floor(H/2)", "H/2", ["H % 2 == 0"]),
    ("floor(H/32)*W", "H*W/32", ["H % 64 == 32"]),
    ("C**2*H", "56*C^2", ["H == 56"]),
    ("H*W", "H^2", ["W == H"]),
    ("max(H, K)", "H", ["H >= K"]),
    ("floor(floor(H/2)/3) + floor(H/7)", "floor(H/6) + floor(2H/14)", ()),
    ("floor(H/2)", "(2H - 1 + (-1)^H)/4", ()),
    ("H/2", "(2H - 1 + (-1)^H)/4", ["H % 2 == 0"]),
    ("(-1)**(H + 1) + H", "H - (-1)^H", ()),
    ("max(floor(H/3), floor(K/3))", "floor(max(H, K)/3)", ()),
    ("min(ceiling(H/2), 7)", "ceil(min(H, 13)/2)", ()),
    ("max(ceiling(H/3), 2)", "0 - floor(min(0 - H/3, 0 - 2))", ()),
]


@pytest.mark.parametrize(("reference", "answer", "assume"), EQUAL)
def test_equal_formulas_are_proved_equal(reference: str, answer: str, assume: Any) -> None:
    asked, value = asked_about(reference, answer, assume)
    assert same(value, asked.value, asked.given) == Equal()


DIFFERENT = [
    ("floor(H/32)", "floor((H + 1)/32)", ()),
    ("floor(H/97) + floor(W/89)", "floor(H/97) + floor((W + 1)/89)", ()),
    ("H**2", "7H - 12 + (H - 3)(H - 4)(H - 5)", ()),
    ("floor(H/S)", "floor((H + S - 2)/S)", ()),
    ("2**L", "2^L + (L - 1)(L - 2)(L - 3)", ()),
    ("max(H, K)", "H", ["H >= K - 1"]),
    ("H*(H - 1)*(H - 2)", "0", ()),
    ("floor(H/2)", "H/2", ["H % 3 == 0"]),
    ("floor(H/2)", "(2H + 1 - (-1)^H)/4", ()),
    ("min(ceiling(H/2), 7)", "ceil(min(H, 12)/2)", ()),
]


@pytest.mark.parametrize(("reference", "answer", "assume"), DIFFERENT)
def test_a_difference_comes_with_a_point_that_shows_it(reference: str, answer: str, assume: Any) -> None:
    asked, value = asked_about(reference, answer, assume)
    found = same(value, asked.value, asked.given)
    assert isinstance(found, Counterexample)
    assert found.answer != found.expected
    point = {asked.given.symbols[name]: x for name, x in found.values.items()}
    assert asked.given.holds_at({s: point.get(s, 1) for s in asked.given.symbols.values()} | point) or assume


def test_a_denominator_that_vanishes_is_said() -> None:
    asked, value = asked_about("H + 1", "(H^2 - 1)/(H - 1)")
    assert same(value, asked.value, asked.given) == Equal((H - 1,))


def test_what_neither_is_proved_nor_refuted_is_left_open() -> None:
    x = symbol("x")
    first, second = Arithmetic().floor(x**2 / (x + 1)), x - 1
    # Equal for all x ≥ 1, by a division with remainder that no canonical form knows.
    assert same(first, second, Given({"x": x})) is None


@draws(250)
@drawn(values, values)
def test_every_finding_holds_at_many_points(first: Any, second: Any) -> None:
    given = Given(SYMBOLS)
    found = same(first, second, given)
    if isinstance(found, Counterexample):
        point = {SYMBOLS[name]: x for name, x in found.values.items()}
        assert (by_hand(first, point), by_hand(second, point)) == (found.answer, found.expected)
        assert found.answer != found.expected
    if isinstance(found, Equal):
        for numbers in product(range(1, 13), repeat=3):
            point = dict(zip((H, K, S), numbers, strict=True))
            assert by_hand(first, point) == by_hand(second, point)
    assert found is not None


def by_hand(value: Any, point: dict[Any, Any]) -> Fraction:
    """Return a value at a point by SymPy's own substitution, which shares nothing with the judge."""
    if not isinstance(value, Expr):
        return Fraction(value)
    number = value.subs(point)
    return Fraction(int(number.p), int(number.q))


@draws(200)
@drawn(values, st.integers(1, 3))
def test_one_more_is_never_equal(value: Any, more: int) -> None:
    assert isinstance(same(Arithmetic().total([value, more]), value, Given(SYMBOLS)), Counterexample)


@pytest.mark.parametrize(
    ("answer", "right", "condition"),
    [
        ("H(H-3)/(H-3)", "H", "H != 3"),
        ("H*(H-3)^-1*(H-3)", "H", "H != 3"),
        ("H/(1-1/H)*(1-1/H)", "H", "H != 1"),
        ("H(H-W)/(H-W)", "H + W*0", "H != W"),
        ("H//(H-3)*0 + H", "H", "H != 3"),
        ("H/(2H-3)*(2H-3)", "H", None),
        ("H*W/W", "H", None),
        ("(H^2-9)/(H-3)", "(H**2-9)/(H-3)", None),
    ],
)
def test_what_is_cancelled_must_not_be_zero(answer: str, right: str, condition: str | None) -> None:
    found = check(answer, right, symbols="W")
    assert (found.verdict, found.condition) == ("exact" if condition is None else "assume", condition)
