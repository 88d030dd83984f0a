"""Answers about networks that repeat a symbolic number of times: right ones are exact, wrong ones are wrong, soon."""

from __future__ import annotations

import time
from fractions import Fraction

import pytest

from symcnn import Analysis, check
from tests.helpers import analysed

DENSE = analysed("net dense { input k0×H×W; repeat L { concat { skip; path { Conv(k, 3, padding=1, bias=false) } } } }")
STACKED = analysed("net stacked { input C×H×W; repeat n { Conv(C, 3, padding=1) } }")
PYRAMID = analysed(
    'net pyramid { input C×(2^n*h); repeat n { Conv(2*channels, 3, stride=2, padding="same", bias=false) } }'
)
NETWORKS = {"dense": DENSE, "stacked": STACKED, "pyramid": PYRAMID}
RIGHT = [
    (DENSE, "params", "9k(L k0 + k L(L-1)/2)"),
    (DENSE, "params", r"\sum_{l=0}^{L-1} 9k(k0 + l k)"),
    (DENSE, "channels", "k0 + L k"),
    (DENSE, "receptive_field", "1 + 2L"),
    (STACKED, "params", "n C (9C + 1)"),
    (STACKED, "macs", "9 n C^2 H W"),
    (PYRAMID, "channels", "2^n C"),
    (PYRAMID, "params", "2C^2(4^n - 1)"),
    (PYRAMID, "params", r"\sum_{i=0}^{n-1} 6 C^2 4^i"),
]


@pytest.mark.parametrize(("network", "quantity", "answer"), RIGHT)
def test_right_answers_are_exact(network: Analysis, quantity: str, answer: str) -> None:
    assert check(answer, network, quantity=quantity).verdict == "exact"


@pytest.mark.parametrize(("network", "quantity", "answer"), RIGHT)
def test_wrong_answers_are_wrong_with_a_counterexample(network: Analysis, quantity: str, answer: str) -> None:
    found = check(f"{answer} + 7", network, quantity=quantity)
    assert found.verdict == "wrong"
    assert found.counterexample is not None
    assert Fraction(found.counterexample.answer) - Fraction(found.counterexample.expected) == 7


def test_a_layer_of_a_repetition_is_asked_for_by_its_index() -> None:
    layer = DENSE.layers[0].path
    assert check("9k(k0 + i k)", DENSE, quantity="params", layer=layer).verdict == "exact"
    found = check("9k(k0 + (i+1) k)", DENSE, quantity="params", layer=layer)
    assert found.verdict == "wrong"
    assert found.counterexample is not None
    assert found.counterexample.values["i"] >= 0


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("quantity", ["params", "macs", "activations", "output", "channels", "receptive_field"])
def test_whatever_is_answered_the_verdict_comes_soon(name: str, quantity: str) -> None:
    network = NETWORKS[name]
    for layer in (None, network.layers[0].path):
        for answer in ("832", "C^2 + 7", "(64, 32, 32)", "0"):
            start = time.process_time()
            assert check(answer, network, quantity=quantity, layer=layer).verdict in ("wrong", "invalid")
            assert time.process_time() - start < 2  # 36 seconds, where the points of a deep network were unrolled


def test_mistakes_in_what_is_counted_are_named() -> None:
    found = check("9 n C", STACKED, quantity="weights")
    assert [slip.text for slip in found.slips] == ["multiply by the input channels"]
