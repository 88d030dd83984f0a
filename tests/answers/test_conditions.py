"""Conditions: the smallest one found, true both ways, and none where an answer is only right by chance."""

from __future__ import annotations

from typing import Any

import pytest

from symcnn import check
from tests.answers.values import CHAIN, OUTPUT, verdict_on

FOUND = [
    (OUTPUT, "(H - K + 2P)/S + 1", CHAIN, "(H - K + 2*P) % S == 0", "H + 2P − K is divisible by S"),
    ("floor(H/2)", "H/2", (), "H % 2 == 0", "H is even"),
    ("floor(H/2)", "ceil(H/2)", (), "H % 2 == 0", "H is even"),
    ("floor(H/2)", "(H - 1)/2", (), "H % 2 == 1", "H is odd"),
    ("floor(H/32)", "H/32", (), "H % 32 == 0", "H is divisible by 32"),
    ("floor(H/4) + floor(H/2)", "3H/4", (), "H % 4 == 0", "H is divisible by 4"),
    ("floor(H/2)*floor(W/2)", "H*W/4", (), "H % 2 == 0 and W % 2 == 0", "H is even and W is even"),
    ("C*floor(H/2)*floor(W/2)", "C*floor(H*W/4)", (), "H % 2 == 0 and W % 2 == 0", "H is even and W is even"),
    ("C*floor(H/2)*floor(W/3)", "C*floor(H*W/6)", (), "H % 2 == 0 and W % 3 == 0", "H is even and W is divisible by 3"),
    ("(H-1)*S - 2*P + D*(K-1) + O_p + 1", "S(H - 1) + K - 2P", (), "D == 1 and O_p == 0", "D = 1 and O_p = 0"),
    ("K**2*C_in*C_out/g", "K^2*C_in*C_out", (), "g == 1", "g = 1"),
    ("C*H*W", "C*H^2", (), "H == W", "H = W"),
    (OUTPUT, "ceil(H/S)", CHAIN, "K == 2*P + 1", "K = 2·P + 1"),
    ("(N, C_out, floor(H/2), floor(W/2))", "(N, C_out, H/2, W/2)", (), "H % 2 == 0 and W % 2 == 0", "H is even"),
    ("H + 1", "(H^2 - 1)/(H - 1)", (), "H != 1", "H ≠ 1"),
]


@pytest.mark.parametrize(("reference", "answer", "assume", "condition", "words"), FOUND)
def test_the_condition_is_found(reference: str, answer: str, assume: Any, condition: str, words: str) -> None:
    found = verdict_on(answer, reference, assume)
    assert (found.verdict, found.condition) == ("assume", condition)
    assert words in found.message["en"]
    assert not found.right
    assert verdict_on(answer, reference, [*assume, *condition.split(" and ")]).verdict == "exact"


BY_CHANCE = [
    ("floor(H/2)", "H - 3", ()),  # right for H = 5 and 6
    ("2*K**2 - 1", "1", ()),  # right for K = 1
    ("(H - K)**2", "-(K - H)^2", ()),  # right for H = K
    ("k**2*C*K", "K^2*C*k", ()),  # right for k = K
    (OUTPUT, "floor((H + P - K)/S) + 1", CHAIN),  # right for P = 0, and it has P
    ("K**2*C_in*C_out/G", "K^2*C_in*C_out/G^2", ()),  # right for G = 1, and it has G
    ("floor((H + 2*P - D*(K - 1) - 1)/S) + 1", "floor((H + 2P - D*K)/S) + 1", ["H + 2*P >= D*K + 1"]),
    ("(C_out, H, W)", "(C_in, H, W)", ()),
    ("C*H*W", "C*H", ()),  # right for W = 1
]


@pytest.mark.parametrize(("reference", "answer", "assume"), BY_CHANCE)
def test_right_by_chance_is_wrong(reference: str, answer: str, assume: Any) -> None:
    found = verdict_on(answer, reference, assume)
    assert (found.verdict, found.condition) == ("wrong", None)
    assert found.counterexample is not None


def test_no_condition_is_found_that_the_assumptions_exclude() -> None:
    assert verdict_on("H/2", "floor(H/2)", ["H % 2 == 1"]).verdict == "wrong"
    assert verdict_on("K^2*C", "K**2*C/g", ["g >= 2"]).verdict == "wrong"


def test_an_accepted_condition_is_right() -> None:
    assert verdict_on("H/2", "floor(H/2)", accept=["assume"]).right


DEFINED = [
    ("floor(H/2)", "H/2*(H%4)/(H%4)", "H % 2 == 0 and H % 4 != 0", "H is even and H is not divisible by 4"),
    ("floor(H/2)", "H/2 + 0/(H-2)", "H % 2 == 0 and H != 2", "H is even and H ≠ 2"),
    ("C*H*W", "C*H^2 + 0/(H-3)", "H == W and H != 3", "H = W and H ≠ 3"),
    ("18*H**2", "18H^2 + 0/(H%2)", "H % 2 != 0", "H is odd"),
    ("18*H**2", "18H^2 + 0/((H+1)%2)", "H % 2 != 1", "H is even"),
    ("18*H**2", "18H^2 + 0/((H+1)%3)", "H % 3 != 2", "H does not leave the remainder 2 by 3"),
    ("18*H**2 + 0*W", "18H^2 + 0/(H%W)", "H % W != 0", "H is not divisible by W"),
    ("18*H**2", "18H^2*(H-1)^0", "H != 1", "H ≠ 1"),
    ("18*H**2", "18H^2*(H%2)^0", "H % 2 != 0", "H is odd"),
    ("18*H**2", "18H^2 + (1-1)/(H^2-4)", "H**2 != 4", "H^2 ≠ 4"),
]


@pytest.mark.parametrize(("reference", "answer", "condition", "words"), DEFINED)
def test_what_an_answer_divides_by_is_in_its_condition(reference: str, answer: str, condition: str, words: str) -> None:
    found = check(answer, reference)
    assert (found.verdict, found.condition) == ("assume", condition)
    assert f"if {words};" in found.message["en"]


@pytest.mark.parametrize(
    ("reference", "answer"),
    [
        ("floor(H/2)", "H/2 + 0/(H%2)"),
        ("floor(H/2)", "H/2*(H%2)/(H%2)"),
        ("floor(H/2)", "(H-1)/2 + 0/(1 - H%2)"),
        ("C*H*W", "C*H^2 + 0/(H-W)"),
    ],
)
def test_what_is_right_only_where_it_is_undefined_is_wrong(reference: str, answer: str) -> None:
    assert (found := check(answer, reference)).verdict == "wrong"
    assert found.condition is None


def test_a_power_of_zero_needs_no_condition_where_its_base_is_positive() -> None:
    assert check("18H^2*H^0", "18*H**2").verdict == "exact"
    assert check("18H^2*(H-1)^0", "18*H**2", assume=["H >= 2"]).verdict == "exact"
