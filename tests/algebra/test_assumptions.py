"""From conditions to facts: bounds, residues, equalities, contradictions; sound against brute force."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Symbol

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.assumptions import ContradictionError, facts_from
from symcnn.algebra.conditions import Truth, either, every
from symcnn.algebra.evaluate import evaluator
from symcnn.algebra.symbols import Value, expression, symbol
from tests.helpers import draws

from .trees import H, W, p, s, value_at, α

A = Arithmetic()
C, g = symbol("C"), symbol("g")


def congruent(value: Value, modulus: int, residue: int) -> Truth:
    return A.integral((value - residue) / expression(modulus))


def test_bounds() -> None:
    facts, replaced = facts_from([A.compare(">=", 2 * H, 9), A.compare("<", H, 20), A.compare(">", α, 0)])
    assert (facts.lower[H], facts.upper[H], replaced) == (5, 19, {})
    facts, _ = facts_from([A.compare("<=", 2 * α, 3)])
    assert facts.upper[α] * 2 == 3
    assert facts.least(α) == 0


def test_residues_by_the_chinese_remainder_theorem() -> None:
    facts, _ = facts_from([congruent(H, 4, 3), congruent(H, 6, 1), A.compare(">=", H, 10), A.compare("<=", H, 40)])
    assert facts.residues == {H: (12, 7)}
    assert (facts.lower[H], facts.upper[H]) == (19, 31)


@given(st.lists(st.tuples(st.integers(1, 12), st.integers(0, 11)), min_size=1, max_size=3))
def test_residues_by_brute_force(congruences: list[tuple[int, int]]) -> None:
    wanted = [x for x in range(1, 30_000) if all(x % m == r % m for m, r in congruences)]
    try:
        facts, _ = facts_from([congruent(H, m, r % m) for m, r in congruences])
    except ContradictionError:
        assert not wanted
        return
    modulus, residue = facts.residues.get(H, (1, 0))
    assert wanted[:5] == [x for x in range(1, 30_000) if x % modulus == residue][:5]


@pytest.mark.parametrize(
    "conditions",
    [
        [A.compare(">=", H, 5), A.compare("<", H, 5)],
        [congruent(H, 4, 1), congruent(H, 6, 4)],
        [A.compare("==", H, 5), congruent(H, 2, 0)],
        [A.compare("==", H, 5), A.compare("==", H, 7)],
        [A.compare("==", H, 5), A.compare("==", W, H + 2), A.compare("<=", W, 6)],
        [A.compare("==", H + W, 4), A.compare(">=", H, 4)],
        [congruent(H, 32, 0), A.compare("<", H, 32)],
        [False],
    ],
)
def test_contradictions(conditions: list[Truth]) -> None:
    with pytest.raises(ContradictionError):
        facts_from(conditions)


def test_equalities_replace_the_last_symbol() -> None:
    facts, replaced = facts_from([A.compare("==", H, W), congruent(W, 32, 0), A.compare(">=", W, 40)])
    assert replaced == {W: H}
    assert facts.residues == {H: (32, 0)}
    assert facts.lower == {H: 64}


def test_equalities_in_a_row() -> None:
    _, replaced = facts_from([A.compare("==", H, W), A.compare("==", W, s), A.compare("==", s, 5)])
    assert replaced == {H: 5, W: 5, s: 5}
    _, replaced = facts_from([A.compare("==", H, W), A.compare("==", W, H)])
    assert replaced == {W: H}


def test_what_replaces_a_symbol_is_in_its_domain() -> None:
    facts, replaced = facts_from([A.compare("==", W, H - 5)])
    assert (replaced, facts.lower) == ({W: H - 5}, {H: 6})
    facts, replaced = facts_from([A.compare("==", 2 * W, H)])
    assert replaced == {H: 2 * W}
    facts, replaced = facts_from([A.compare("==", 4 * s, 6 * W)])
    assert replaced == {}
    assert facts.is_nonnegative({frozenset({(s, 1)}): 2, frozenset({(W, 1)}): -3}) is True


def test_divisibility_and_width_multipliers() -> None:
    facts, _ = facts_from([A.integral(C / g), A.integral(64 * α)])
    under = Arithmetic(facts)
    assert under.integral(3 * C / g + 1) is True
    assert under.integral(128 * α * H) is True
    assert under.floor(64 * α) == 64 * α
    assert under.integral(32 * α) not in (True, False)


def test_alternatives_say_nothing() -> None:
    facts, replaced = facts_from([either([A.compare("==", H, 5), A.compare("==", H, 6)]), A.compare("!=", W, 3)])
    assert (facts.lower, facts.upper, facts.residues, replaced) == ({}, {}, {}, {})


def test_what_is_excluded_moves_the_end_of_a_range() -> None:
    excluded = [A.compare("!=", s, 1), A.compare("!=", s, 2), A.compare("!=", s, 5)]
    facts, _ = facts_from(excluded)
    assert facts.lower == {s: 3}
    assert Arithmetic(facts).floor(2 / s) == 0
    facts, _ = facts_from([*excluded, congruent(s, 2, 1), A.compare("<=", s, 5)])
    assert (facts.lower, facts.upper) == ({s: 3}, {s: 3})
    with pytest.raises(ContradictionError):
        facts_from([A.compare("!=", s, 1), A.compare("<", s, 2)])


CLAIMS = st.lists(
    st.one_of(
        st.tuples(st.just("apart"), st.just("!="), st.integers(-2, 2), st.integers(-6, 6)),
        st.tuples(st.just("bound"), st.sampled_from([">=", "<=", ">", "<"]), st.integers(-2, 3), st.integers(-9, 9)),
        st.tuples(st.just("equal"), st.just("=="), st.integers(-2, 2), st.integers(-6, 6)),
        st.tuples(st.just("residue"), st.just("%"), st.integers(1, 4), st.integers(0, 3)),
    ),
    min_size=1,
    max_size=4,
)


@given(CLAIMS)
@draws(200)
def test_every_solution_satisfies_the_facts(drawn: list[tuple[str, str, int, int]]) -> None:
    claims: list[Truth] = []
    for kind, sign, a, b in drawn:
        claims.append(congruent(H + W, a, b % a) if kind == "residue" else A.compare(sign, a * W + p, H + b))
    points = [dict(zip((H, W, p), v, strict=True)) for v in product(range(1, 9), range(1, 9), range(4))]
    solutions = [v for v in points if every(claims) is True or _holds(every(claims), v)]
    try:
        facts, replaced = facts_from(claims)
    except ContradictionError:
        assert not solutions
        return
    for v in solutions:
        assert all(v[sym] == value_at(value, v) for sym, value in replaced.items())
        assert all(v[sym] >= low for sym, low in facts.lower.items())
        assert all(v[sym] <= high for sym, high in facts.upper.items())
        assert all(v[sym] % m == r for sym, (m, r) in facts.residues.items())


def _holds(claim: Truth, values: dict[Symbol, int]) -> bool:
    return claim if isinstance(claim, bool) else claim.holds(evaluator(dict(values)))
