"""Orders of growth, in every symbol."""

from __future__ import annotations

from fractions import Fraction

import pytest

from symcnn import check
from symcnn.answers.answered import Answered, Policy
from symcnn.answers.order_verdicts import order_verdict
from symcnn.answers.orders import leading
from tests.answers.values import asked_about
from tests.helpers import analysed

ORDERS = [
    ("2*K**2*C**2*H**2 + C*H**2", "K^2*C^2*H^2", "O", "asymp"),
    ("2*K**2*C**2*H**2 + C*H**2", "9K^2*C^2*H^2 + H", "Θ", "asymp"),
    ("2*K**2*C**2*H**2 + C*H**2", "K^2*C*H^2", "O", "wrong"),
    ("2**L", "L", "O", "wrong"),
    ("L**5", "2^L", "Θ", "wrong"),
    ("2**L + L**9", "2^(L + 3)", "Θ", "asymp"),
    ("n**2", "n^3", "O", "wrong"),
    ("n**2", "n^2", "o", "wrong"),
    ("floor((H + 3)/2)**2*C", "H^2*C", "O", "asymp"),
    ("H*W + H", "H*W + W", "O", "asymp"),
    ("H*W + C", "H*W", "O", "wrong"),
    ("3*C**2 + 2*C", "3C^2", "~", "asymp"),
    ("3*C**2 + 2*C", "C^2", "~", "wrong"),
    ("floor(H/2)*H", "H^2/2 - H", "~", "asymp"),
    ("n", "0 - n", "Θ", "wrong"),
    ("n", "n*(-1)^n", "Θ", "wrong"),
    ("n", "n*(1 + (-1)^n)", "O", "wrong"),
    ("n", "n - 1000", "O", "asymp"),
    ("C*(H - K)**2", "C*(K - H)^2", "O", "asymp"),
    ("n", "n*(n % 2) + 1", "O", "undecided"),  # of the odd ones it is n, of the even ones 1
]


@pytest.mark.parametrize(("reference", "answer", "order", "verdict"), ORDERS)
def test_orders(reference: str, answer: str, order: str, verdict: str) -> None:
    asked, value = asked_about(reference, answer)
    found = order_verdict(Answered((value,), order=order), asked, Policy())
    assert (found.verdict, found.right) == (verdict, False)  # the formula was asked for
    asked, value = asked_about(reference, answer, kind="order")
    assert order_verdict(Answered((value,), order=order), asked, Policy()).right == (verdict == "asymp")


def test_an_order_is_that_of_a_positive_function() -> None:
    asked, value = asked_about("O(n)", "0 - 2n")
    found = order_verdict(Answered((value,), order="Θ"), asked, Policy())
    assert found.counterexample is not None
    assert found.message["en"].startswith("An order is that of a positive function, and this is −")
    asked, value = asked_about("O(1)", "0")
    assert order_verdict(Answered((0,), order="O"), asked, Policy()).message["en"].endswith("this is 0.")


def test_a_bound_that_is_true_and_too_large_is_told() -> None:
    asked, value = asked_about("O(n^2)", "n^3")
    assert asked.kind == "order"
    assert "smaller bound" in order_verdict(Answered((value,), order="O"), asked, Policy()).message["en"]


def test_leading_terms_leave_rounding_away() -> None:
    asked, value = asked_about("H", "ceil(H/4) + 3")
    found = leading(value)
    assert found is not None
    assert found / asked.value == Fraction(1, 4)


POWERS = [
    ("2**n", "n", "O", "wrong"),
    ("2**L", "2^L", "Θ", "asymp"),
    ("2**(n + 1) - 1", "2^n", "O", "asymp"),
    ("4**n", "2^(2*n)", "O", "asymp"),
    ("4**n", "2^n", "O", "wrong"),
    ("n*2**n", "2^n", "O", "wrong"),
    ("S**L", "S^L", "O", "asymp"),
    ("3*C*S**L", "C*S^L", "Θ", "asymp"),
    ("S**L", "S^(L + 1)", "O", "wrong"),
    ("S**L", "S", "O", "wrong"),
    ("S**L + L", "S^L", "O", "undecided"),  # of S = 1 it is L that grows
]


@pytest.mark.parametrize(("reference", "answer", "order", "verdict"), POWERS)
def test_orders_of_powers(reference: str, answer: str, order: str, verdict: str) -> None:
    asked, value = asked_about(reference, answer, kind="order")
    assert order_verdict(Answered((value,), order=order), asked, Policy()).verdict == verdict


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Θ(C²+D²)", "asymp"),
        ("Θ(C²+CD+D²)", "asymp"),
        ("O((C+D)²)", "asymp"),
        ("Θ(CD)", "wrong"),
        ("Θ(CD+D²)", "wrong"),
        ("~ C²+CD+D²", "asymp"),
        ("~ C²+D²", "wrong"),
    ],
)
def test_products_beside_both_squares_are_no_larger(text: str, verdict: str) -> None:
    network = analysed("net n { input C; Linear(C, bias=false); Linear(D, bias=false); Linear(D, bias=false) }")
    assert check(text, network, quantity="params").verdict == verdict
