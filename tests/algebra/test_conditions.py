"""Conditions: what is decided, and what is left open, agrees with brute force; and the shortest form is shown."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import And, Eq, Expr, Ge, Gt, Integer, Le, Lt, Mod, Ne, Or, Symbol

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.conditions import Condition, Truth, above, at_least, either, equal_to, every, integral, opposite
from symcnn.algebra.evaluate import evaluator
from symcnn.algebra.facts import Facts
from symcnn.algebra.floors import ceiling_of, floor_of
from symcnn.algebra.symbols import symbol
from tests.helpers import draws

from .trees import H, Numbers, Tree, W, build, compute, n, p, points, s, symbols_of, trees, value_at, α

NOTHING = Facts()
k, g, C = symbol("k"), symbol("g"), symbol("C")
_COMPARED = {Ge: "__ge__", Gt: "__gt__", Le: "__le__", Lt: "__lt__", Eq: "__eq__", Ne: "__ne__"}


def oracle(relation: Any, values: Numbers) -> bool:
    """Read a SymPy relation with Python's own numbers."""
    if isinstance(relation, And):
        return all(oracle(part, values) for part in relation.args)
    if isinstance(relation, Or):
        return any(oracle(part, values) for part in relation.args)
    left, right = (_side(side, values) for side in relation.args)
    return bool(getattr(Fraction(left), _COMPARED[type(relation)])(Fraction(right)))


def _side(side: Expr, values: Numbers) -> int | Fraction:
    if isinstance(side, Mod):
        return Fraction(value_at(side.args[0], values)) % value_at(side.args[1], values)
    return value_at(side, values)


def agrees(truth: Truth, expected: bool, values: Numbers) -> bool:
    if isinstance(truth, bool):
        return truth == expected
    return truth.holds(evaluator(dict(values))) == expected == oracle(truth.relation(), values)


def relation(truth: Truth) -> Any:
    assert not isinstance(truth, bool)
    return truth.relation()


@given(trees((H, W, p), (1, 2, 3, 8, s)), trees((H, p), (2, 4)))
@draws(150)
def test_comparisons_of_any_formulas(left: Tree, right: Tree) -> None:
    check_comparisons(left, right, NOTHING, points(symbols_of(left) | symbols_of(right), 40))


@given(trees((H, α), (2, 3, s, α)), trees((H, α), (2, 4)))
@draws(150)
def test_comparisons_of_rational_formulas(left: Tree, right: Tree) -> None:
    check_comparisons(left, right, NOTHING, points(symbols_of(left) | symbols_of(right), 40))


@given(trees((H, W), (2, 3, 4, s)), st.integers(-9, 99), st.integers(0, 7))
@draws(150)
def test_comparisons_under_facts(left: Tree, bound: int, residue: int) -> None:
    facts = Facts(lower={H: 8 + residue, W: 3}, upper={W: 8}, residues={H: (8, residue)})
    some: list[dict[Symbol, int | Fraction]] = [
        {H: x, W: y, s: a} for x in range(8 + residue, 50, 8) for y in (3, 5, 8) for a in (1, 2, 3)
    ]
    check_comparisons(left, bound, facts, some)


def check_comparisons(left: Tree, right: Tree, facts: Facts, some: list[dict[Symbol, int | Fraction]]) -> None:
    arithmetic = Arithmetic(facts)
    a, b = build(left, arithmetic), build(right, arithmetic)
    claims = {sign: arithmetic.compare(sign, a, b) for sign in (">=", "<=", ">", "<", "==", "!=")}
    whole = arithmetic.integral(a)
    for values in some:
        x, y = compute(left, values), compute(right, values)
        order = {">=": x >= y, "<=": x <= y, ">": x > y, "<": x < y, "==": x == y, "!=": x != y}
        for sign, claim in claims.items():
            assert agrees(claim, order[sign], values)
            assert agrees(opposite(claim), not order[sign], values)
        assert agrees(whole, x.denominator == 1, values)
        both, one = every([claims[">="], whole]), either([claims["<"], whole, False])
        assert agrees(both, x >= y and x.denominator == 1, values)
        assert agrees(one, x < y or x.denominator == 1, values)
        assert agrees(opposite(both), not (x >= y and x.denominator == 1), values)


@pytest.mark.parametrize(
    ("truth", "shown"),
    [
        (at_least(H - 4, 1, NOTHING), Ge(H, 5)),
        (above(H, 4, NOTHING), Ge(H, 5)),
        (at_least(5, H, NOTHING), Le(H, 5)),
        (at_least(2 * H, 3, NOTHING), Ge(H, 2)),
        (at_least(floor_of((H + 2 * p - k) / s, NOTHING) + 1, 1, NOTHING), Ge(H + 2 * p, k)),
        (at_least(floor_of((H + 2 * p - k) / 2, NOTHING) + 1, 3, NOTHING), Ge(H + 2 * p, k + 4)),
        (at_least(3, floor_of(H / 2, NOTHING), NOTHING), Le(H, 7)),
        (at_least(3, ceiling_of(H / 2, NOTHING), NOTHING), Le(H, 6)),
        (at_least(0, p, NOTHING), Le(p, 0)),
        (at_least(H / s, 3, NOTHING), Ge(H, 3 * s)),
        (equal_to(H, 5, NOTHING), Eq(H, 5)),
        (equal_to(W + 3, H, NOTHING), Eq(H, W + 3)),
        (equal_to(H, W + 3, NOTHING), Eq(H, W + 3)),
        (opposite(equal_to(H, W, NOTHING)), Ne(H, W)),
        (integral(C / g, NOTHING), Eq(Mod(C, g, evaluate=False), 0)),
        (integral((H + 4) / 16, NOTHING), Eq(Mod(H, 16, evaluate=False), 12)),
        (integral((6 * H + 4) / 16, NOTHING), Eq(Mod(H, 8, evaluate=False), 2)),
        (integral(3 * H / 4, NOTHING), Eq(Mod(H, 4, evaluate=False), 0)),
        (opposite(integral(H / 4, NOTHING)), Ne(Mod(H, 4, evaluate=False), 0)),
        (integral(64 * α, NOTHING), Eq(Mod(64 * α, 1, evaluate=False), 0)),
        (above(α, Fraction(1, 2), NOTHING), Gt(α, Fraction(1, 2))),
        (at_least(1, α, NOTHING), Le(α, 1)),
        (above(1, α, NOTHING), Lt(α, 1)),
    ],
)
def test_the_shortest_form(truth: Truth, shown: Any) -> None:
    assert str(relation(truth)) == str(shown)


@pytest.mark.parametrize(
    ("truth", "decided"),
    [
        (at_least(H, 1, NOTHING), True),
        (at_least(0, H, NOTHING), False),
        (above(α, 0, NOTHING), True),
        (at_least(0, α, NOTHING), False),
        (at_least(H + C / g, 1, NOTHING), True),
        (equal_to(2 * H, 7, NOTHING), False),
        (equal_to(H, 5, Facts(residues={H: (32, 0)})), False),
        (equal_to(H + W, 0, NOTHING), False),
        (equal_to(C / g, 0, NOTHING), False),
        (integral((2 * H + 1) / 2, NOTHING), False),
        (integral(H / 4, Facts(residues={H: (32, 0)})), True),
        (integral(2**n / 2, Facts(lower={n: 1})), True),
        (integral(Integer(3) / 2, NOTHING), False),
    ],
)
def test_what_can_be_decided_is(truth: Truth, decided: bool) -> None:
    assert truth is decided


def test_what_may_be_either_stays_open() -> None:
    a, b = symbol("a", "rational"), symbol("b", "rational")
    facts = Facts(known=({frozenset({(a, 1), (b, 1)}): 1, frozenset(): -1},))  # a·b ≥ 1, so 1 − a·b may still be 0
    assert isinstance(at_least(1, a * b, facts), Condition)
    assert at_least(a * b, 1, facts) is True
    assert above(a * b, 0, facts) is True


def test_conjunctions_are_flat_and_say_nothing_twice() -> None:
    claim, other = at_least(H, 5, NOTHING), at_least(W, 5, NOTHING)
    assert every([claim, True, claim]) == claim
    assert every([claim, every([other, claim])]) == every([claim, other])
    assert every([]) is True
    assert every([claim, False]) is False
    assert either([claim, claim, False]) == claim
    assert either([claim, True]) is True
    assert str(relation(every([claim, other]))) == str(And(Ge(H, 5), Ge(W, 5)))
