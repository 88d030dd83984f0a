"""Proofs that a polynomial with floors is zero, against values; within work that is counted."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Expr

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.facts import Facts
from symcnn.algebra.polynomial import common_denominator, polynomial
from symcnn.algebra.symbols import Value, expression, symbol
from symcnn.algebra.vanishing import Proof, vanishes
from tests.helpers import draws

from .trees import H, W, n, s, value_at

A = Arithmetic()
C = symbol("C")
ENOUGH = 100_000


def hermite(x: Expr, count: int) -> Value:
    """Return Σ ⌊(x + i)/count⌋ − x, which is 0."""
    return A.total([A.floor((x + i) / expression(count)) for i in range(count)] + [-x])


def proved(value: Value, facts: Facts | None = None, most: int = ENOUGH) -> bool:
    numerator, _, _ = common_denominator(polynomial(value))
    return vanishes(numerator, facts or Facts(), most)


ZERO = {
    "floor and ceiling": A.floor(H / 2) + A.ceiling(H / 2) - H,
    "Hermite": hermite(H, 31),
    "two symbols": A.floor((H + W) / 2) + A.ceiling((H + W) / 2) - H - W,
    "a product of symbols": A.floor(H * W / 2) * 2 + A.modulo(H * W, 2) - H * W,
    "a square": A.floor(H**2 / 4) * 4 + A.modulo(H, 2) - H**2,
    "floors in floors": A.floor((H + A.floor(H / 2)) / 3) - A.floor(H / 2),
    "beside powers": 2**n * hermite(H, 3) + s ** (n + 1) - s * s**n,
    "beside floors over symbols": A.floor(H / s) * hermite(H, 5),
    "of two, one after the other": A.modulo(H, 2) * A.modulo(H + 1, 2) * hermite(W, 3),
    "of two together": A.modulo(H, 2) * A.modulo(W, 2) - A.modulo(H * W, 2),
    "beside other floors": hermite(C, 7) * (A.floor(H / 2) * A.floor(W / 2) + A.ceiling(H / 3)),
}
OTHERS = {
    "of one residue": A.floor((H + 30) / 31) - A.floor((H + 29) / 31),
    "of one of two": A.modulo(H, 2) * A.modulo(W, 2),
    "beside powers": 2**n * A.floor(H / 2) - A.floor(H / 2),
    "without floors": H - W,
}


@pytest.mark.parametrize("name", ZERO)
def test_zero_is_proved(name: str) -> None:
    assert proved(ZERO[name])
    assert not proved(ZERO[name] + H)


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_not_zero_is_not_proved(name: str) -> None:
    assert not proved(OTHERS[name])


def test_known_residues_are_used() -> None:
    halves = 2 * A.floor(H / 2) - H
    assert not proved(halves)
    assert proved(halves, Facts(residues={H: (4, 2)}))


def test_no_more_work_is_done_than_there_may_be() -> None:
    poly = polynomial(hermite(H, 31) * (W + 1))
    proof = Proof(Facts(), ENOUGH)
    assert proof.vanishes(poly)
    assert Proof(Facts(), proof.work).vanishes(poly)
    short = Proof(Facts(), proof.work - 1)
    assert not short.vanishes(poly)
    assert short.work < proof.work


@given(st.lists(st.tuples(st.integers(-2, 2), st.integers(-3, 3), st.integers(0, 4), st.integers(1, 4)), max_size=4))
@draws(300)
def test_what_is_proved_is_zero_everywhere(terms: list[tuple[int, int, int, int]]) -> None:
    value: Value = A.total([c * A.floor((a * H + W + b) / expression(m)) for c, a, b, m in terms] + [0])
    values = [value_at(value, {H: x, W: y}) for x, y in product(range(1, 26), repeat=2)]
    assert proved(value) == (not any(values))
