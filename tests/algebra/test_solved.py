"""Conditions solved by residues: brute force over several periods, and their shortest form."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.assumptions import ContradictionError, facts_from
from symcnn.algebra.conditions import Claim, Truth, either, opposite, single
from symcnn.algebra.congruences import congruences, congruent
from symcnn.algebra.evaluate import evaluator
from symcnn.algebra.facts import Facts
from symcnn.algebra.solved import agreement, decided, solved
from symcnn.algebra.symbols import Value, symbol
from tests.helpers import draws

from .trees import H, Tree, W, build, compute, s, trees
from .u_nets import u_net

A = Arithmetic()
NOTHING = Facts()
B = symbol("B")
SIGNS = [">=", "<=", ">", "<", "==", "!="]
VALUES = range(1, 400)


def floors(symbols: tuple[Any, ...] = (H,)) -> st.SearchStrategy[Tree]:
    """Return random sums of nested floors."""
    small = st.integers(-9, 9)

    def grow(inner: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
        divided = st.tuples(st.just("/"), inner, st.sampled_from([2, 3, 4]))
        return st.one_of(
            st.tuples(st.just("+"), inner, st.one_of(inner, small)),
            st.tuples(st.just("*"), small, inner),
            st.tuples(st.sampled_from(["floor", "ceiling"]), divided),
        )

    return st.recursive(st.sampled_from(symbols), grow, max_leaves=4)


ATOMIC = st.one_of(
    st.tuples(st.sampled_from(SIGNS), floors(), st.one_of(floors(), st.integers(-9, 60))),
    st.tuples(st.sampled_from(["whole", "broken"]), floors(), st.integers(1, 6)),
    st.tuples(st.sampled_from(SIGNS), trees((H,), (2, 3), leaves=4), st.integers(-9, 60)),
)
CLAIMS = st.lists(st.one_of(ATOMIC, st.tuples(st.just("or"), ATOMIC, ATOMIC)), min_size=1, max_size=4)


def claim_of(drawn: Any, arithmetic: Arithmetic = A) -> Truth:
    sign, left, right = drawn
    if sign == "or":
        return either([claim_of(left, arithmetic), claim_of(right, arithmetic)])
    if sign in ("whole", "broken"):
        claim = arithmetic.integral(arithmetic.divide(build(left, arithmetic), right))
        return claim if sign == "whole" else opposite(claim)
    return arithmetic.compare(sign, build(left, arithmetic), build(right, arithmetic))


def truth_of(drawn: Any, values: Any) -> bool:
    sign, left, right = drawn
    if sign == "or":
        return truth_of(left, values) or truth_of(right, values)
    x, y = compute(left, values), compute(right, values)
    order: dict[str, bool] = {">=": x >= y, "<=": x <= y, ">": x > y, "<": x < y, "==": x == y, "!=": x != y}
    if sign in order:
        return order[sign]
    whole = (x / y) % 1 == 0
    return whole is bool(sign == "whole")


def holds(claims: Iterable[Claim | bool], values: Any) -> bool:
    evaluate = evaluator(values)
    return all(claim if isinstance(claim, bool) else claim.holds(evaluate) for claim in claims)


def shown(claims: Iterable[Claim]) -> list[str]:
    from symcnn.analysis.result import relation_string

    return [relation_string(claim.relation()) for claim in claims]


def congruence(modulus: int, *residues: int) -> Truth:
    return either([congruent(H, modulus, residue) for residue in residues])


@given(CLAIMS)
@draws(400)
def test_exactly_the_same_values(drawn: list[Any]) -> None:
    right = [x for x in VALUES if all(truth_of(claim, {H: x}) for claim in drawn)]
    try:
        found = solved([claim_of(claim) for claim in drawn], NOTHING)
    except ContradictionError:
        assert not right
        return
    assert [x for x in VALUES if holds(found, {H: x})] == right
    assert solved(found, NOTHING) == found


FACTS = st.builds(
    lambda low, span, modulus, residue: Facts(
        {} if low is None else {H: low},
        {} if span is None else {H: (low or 1) + span},
        {} if modulus == 1 else {H: (modulus, residue % modulus)},
    ),
    st.one_of(st.none(), st.integers(1, 40)),
    st.one_of(st.none(), st.integers(0, 150)),
    st.sampled_from([1, 2, 3, 4, 6]),
    st.integers(0, 5),
)


@given(CLAIMS, FACTS)
@draws(300)
def test_exactly_the_same_values_under_facts(drawn: list[Any], facts: Facts) -> None:
    modulus, residue = facts.residues.get(H, (1, 0))
    legal = [x for x in VALUES if x % modulus == residue and facts.lower.get(H, 1) <= x <= facts.upper.get(H, x)]
    right = [x for x in legal if all(truth_of(claim, {H: x}) for claim in drawn)]
    under = Arithmetic(facts)
    try:
        found = solved([claim_of(claim, under) for claim in drawn], facts)
    except ContradictionError:
        assert not right
        return
    assert [x for x in legal if holds(found, {H: x})] == right


@given(CLAIMS, CLAIMS)
@draws(100)
def test_what_is_assumed_is_used_and_not_said_again(drawn: list[Any], given_first: list[Any]) -> None:
    legal = [x for x in VALUES if all(truth_of(claim, {H: x}) for claim in given_first)]
    right = [x for x in legal if all(truth_of(claim, {H: x}) for claim in drawn)]
    try:
        assumed = solved([claim_of(claim) for claim in given_first], NOTHING)
        facts, _ = facts_from(assumed)
        found: tuple[Claim, ...] = solved([claim_of(claim) for claim in drawn], facts, assumed)
    except ContradictionError:
        assert not right
        return
    assert [x for x in legal if holds(found, {H: x})] == right
    assert not set(found) & set(assumed)


@given(CLAIMS)
@draws(200)
def test_facts_from_the_solution_are_sound(drawn: list[Any]) -> None:
    try:
        facts, replaced = facts_from(solved([claim_of(claim) for claim in drawn], NOTHING))
    except ContradictionError:
        return
    modulus, residue = facts.residues.get(H, (1, 0))
    for x in VALUES:
        if all(truth_of(claim, {H: x}) for claim in drawn):
            assert x % modulus == residue
            assert facts.lower.get(H, x) <= x <= facts.upper.get(H, x)
            assert replaced.get(H, x) == x


@given(ATOMIC)
@draws(300)
def test_one_condition_is_decided(drawn: Any) -> None:
    verdict = decided(claim_of(drawn), NOTHING)
    truths = {x: truth_of(drawn, {H: x}) for x in VALUES}
    if isinstance(verdict, bool):
        assert set(truths.values()) == {verdict}
    else:
        assert [x for x in VALUES if holds(single(verdict), {H: x})] == [x for x in VALUES if truths[x]]


@given(floors(), floors())
@draws(200)
def test_agreement_is_always_decided(left: Tree, right: Tree) -> None:
    """Of one symbol, what always or never holds is not left open."""
    verdict = agreement(build(left, A), build(right, A), NOTHING)
    same = {compute(left, {H: x}) == compute(right, {H: x}) for x in range(1, 1000)}
    assert (verdict if isinstance(verdict, bool) else None) == (same.pop() if len(same) == 1 else None)


@given(floors((H, W)), floors((H, W)), st.sampled_from([*SIGNS, "whole", "broken"]))
@draws(200)
def test_two_symbols(left: Tree, right: Tree, sign: str) -> None:
    drawn = sign, left, 3 if sign in ("whole", "broken") else right
    verdict = decided(claim_of(drawn), NOTHING)
    for x, y in product([*range(1, 14), 96, 97, 98], repeat=2):
        expected = truth_of(drawn, {H: x, W: y})
        assert verdict == expected if isinstance(verdict, bool) else holds(single(verdict), {H: x, W: y}) == expected


@given(st.integers(1, 60), st.data())
@draws(200)
def test_sets_of_residues(modulus: int, data: st.DataObject) -> None:
    step = data.draw(st.sampled_from([m for m in range(1, modulus + 1) if modulus % m == 0]))
    offset = data.draw(st.integers(0, step - 1))
    legal = range(offset, modulus, step)
    some = data.draw(st.sets(st.sampled_from(legal), min_size=1))
    found = congruences(H, some, modulus, (step, offset))
    assert {x for x in legal if holds(found, {H: x + modulus})} == some


@pytest.mark.parametrize(
    ("depth", "conditions", "lost"),
    [
        (1, ["H % 2 == 0", "H >= 18"], 16),
        (2, ["H % 4 == 0", "H >= 44"], 40),
        (3, ["H % 8 == 4", "H >= 92"], 88),
        (4, ["H % 16 == 12", "H >= 188"], 184),
        (9, ["H % 512 == 508", "H >= 6140"], 6136),
    ],
)
def test_unpadded_u_nets(depth: int, conditions: list[str], lost: int) -> None:
    claims, _ = u_net(H, depth, A, 0)
    found = solved(claims, NOTHING)
    assert shown(found) == conditions
    facts, _ = facts_from(found)
    again, output = u_net(H, depth, Arithmetic(facts), 0)
    assert output == H - lost
    assert solved(again, facts) == ()
    assert all(decided(claim, facts) is True for claim in claims)


@pytest.mark.parametrize("depth", [1, 2, 5])
def test_padded_u_nets(depth: int) -> None:
    claims, _ = u_net(H, depth, A, 1)
    assert shown(solved(claims, NOTHING)) == [f"H % {2**depth} == 0"]


def half(value: Value, parts: int = 2) -> Value:
    return A.floor(A.divide(value, parts))


@pytest.mark.parametrize(
    ("claims", "conditions"),
    [
        ([A.compare(">=", H, 5), A.compare(">=", H, 3)], ["H >= 5", "H >= 3"]),  # bounds alone are merged elsewhere
        ([congruence(2, 1), A.compare(">=", H, 2)], ["H % 2 == 1", "H >= 3"]),
        ([congruence(2, 0), congruence(3, 0)], ["H % 6 == 0"]),
        ([congruence(16, 12), A.compare(">=", H, 173)], ["H % 16 == 12", "H >= 188"]),
        ([congruence(16, 12), A.compare(">=", H, 12)], ["H % 16 == 12"]),
        ([congruence(100_003, 5)], ["H % 100003 == 5"]),
        ([opposite(congruence(3, 0))], ["H % 3 != 0"]),
        ([opposite(congruence(2, 0))], ["H % 2 == 1"]),
        ([congruence(4, 1, 2, 3)], ["H % 4 != 0"]),
        ([congruence(8, 1, 3, 5)], ["H % 2 == 1", "H % 8 != 7"]),
        ([congruence(2, 0), opposite(congruence(3, 0))], ["H % 2 == 0", "H % 3 != 0"]),
        ([congruence(4, 0, 1)], ["H % 4 == 0 or H % 4 == 1"]),
        ([congruence(8, 0, 4, 1)], ["H % 4 == 0 or H % 8 == 1"]),
        ([A.compare("==", half(H) * 3, H)], ["H == 3"]),
        ([A.compare("==", half(H) * 3, H + 1)], ["H == 2 or H == 5"]),
        ([A.compare("==", half(H), 4)], ["H >= 8", "H <= 9"]),
        ([A.compare("==", half(H, 5), 4)], ["H >= 20", "H <= 24"]),
        ([A.compare("<=", H, 30), congruence(8, 5)], ["H % 8 == 5", "H <= 29"]),
        ([A.compare("<=", H, 30), congruence(10, 5)], ["H % 10 == 5", "H <= 25"]),
        ([A.compare(">=", 3 * A.ceiling(A.divide(H, 2)) - H, 10)], ["H >= 17", "H != 18"]),
        ([A.compare(">=", 3 * A.ceiling(A.divide(H, 2)) - H, 1)], []),
        ([A.compare("<=", H, 30), congruence(16, 5)], ["H == 21 or H == 5"]),
        ([A.compare(">=", half(H) + half(H, 3), 10)], ["H >= 12"]),
        ([A.compare("!=", H, 7), congruence(2, 1)], ["H % 2 == 1", "H != 7"]),
        ([A.integral(A.divide(H * H, 12))], ["H % 6 == 0"]),
        ([A.compare("==", half(H) + half(W), 3), congruence(2, 0)], [None, "H % 2 == 0"]),
    ],
)
def test_the_shortest_form(claims: list[Truth], conditions: list[str | None]) -> None:
    found = shown(solved(claims, NOTHING))
    assert len(found) == len(conditions)
    assert all(wanted in (None, text) for text, wanted in zip(found, conditions, strict=True))


@pytest.mark.parametrize(
    ("claims", "facts", "conditions"),
    [
        ([congruence(16, 12), A.compare(">=", H, 173)], Facts(residues={H: (16, 12)}), ["H >= 188"]),
        ([congruence(4, 0)], Facts(residues={H: (32, 0)}), []),
        ([congruence(6, 4)], Facts(residues={H: (3, 1)}), ["H % 2 == 0"]),
        ([congruence(2, 1), A.compare(">=", H, 9)], Facts(lower={H: 20}), ["H % 2 == 1"]),
        ([congruence(7, 3)], Facts(upper={H: 9}), ["H == 3"]),
    ],
)
def test_the_shortest_form_under_facts(claims: list[Truth], facts: Facts, conditions: list[str]) -> None:
    assert shown(solved(claims, facts)) == conditions


@pytest.mark.parametrize(
    "claims",
    [
        [congruence(4, 1), congruence(6, 4)],
        [congruence(4, 1), A.compare("<=", H, 0)],
        [A.compare("==", 2 * half(H), H), A.compare("==", 2 * half(H) + 1, H)],
        [False],
    ],
)
def test_nothing_is_left(claims: list[Truth]) -> None:
    with pytest.raises(ContradictionError):
        solved(claims, NOTHING)


@pytest.mark.parametrize(
    ("left", "right", "verdict"),
    [
        (half(half(H)), half(H, 4), True),
        (half(H) + A.ceiling(A.divide(H, 2)), H, True),
        (2 * half(H), 2 * half(H + 2), False),
        (2 * half(H) + 1, 4 * half(H, 4), False),
        (2 * half(H), H, ["H % 2 == 0"]),
        (4 * half(H, 4), H, ["H % 4 == 0"]),
        (2 * half(half(H)), half(H), ["H % 4 == 0 or H % 4 == 1"]),
        (2 * half(H) + 2 * half(W), 4 * half(B) + 1, False),
        (half(H) + A.ceiling(A.divide(H, 2)) + W, H + half(W) + A.ceiling(A.divide(W, 2)), True),
        (H, W, ["H == W"]),
        (A.floor(A.divide(H, s)), W, ["W == floor(H/s)"]),
        (A.floor(A.divide(H, s)), A.floor(A.divide(H, s)), True),
        (A.floor(A.divide(H, s)), A.floor(A.divide(H, s)) + 1, False),
    ],
)
def test_agreement(left: Value, right: Value, verdict: bool | list[str]) -> None:
    found = agreement(left, right, NOTHING)
    assert verdict == (found if isinstance(found, bool) else shown(single(found)))  # type: ignore[arg-type]


def test_upper_bounds() -> None:
    assert shown(solved([A.compare("<=", H, 9), A.compare("<=", H, 7), A.compare(">=", H, 3)], NOTHING)) == [
        "H >= 3",
        "H <= 7",
    ]
    with pytest.raises(ContradictionError):
        solved([A.compare("<=", H, 5), A.compare(">=", H, 7)], NOTHING)


def test_moduli_that_nobody_can_factor() -> None:
    huge = (2**107 - 1) * (2**127 - 1)
    known = Facts(residues={H: (huge, 5)})
    assert shown(solved([congruence(huge, 5), congruence(3, 1)], NOTHING))[0].startswith(f"H % {3 * huge} == ")
    assert shown(solved([congruence(huge, 5), congruence(3, 1)], known)) == ["H % 3 == 1"]
    assert shown(solved([congruence(3, 1, 2)], known)) == ["H % 3 != 0"]


def test_what_cannot_be_read_stays() -> None:
    square = A.compare(">=", A.product([half(H), half(H)], []), 30)
    wide = opposite(congruence(99_991, 5))
    assert solved([square, wide, congruence(2, 0)], NOTHING) == (square, wide, congruence(2, 0))
    many = A.compare("==", 2 * half(H, 32), half(H, 16))
    assert solved([many], NOTHING) == (many,)


def test_alternatives_with_a_common_residue_are_facts() -> None:
    facts, _ = facts_from([congruence(8, 1, 5, 3)])
    assert facts.residues == {H: (2, 1)}
    facts, _ = facts_from([opposite(congruence(2, 0))])
    assert facts.residues == {H: (2, 1)}
