"""Answers by other conventions: of a network counted by hand, and of formulas."""

from __future__ import annotations

from typing import Any

import pytest

import symcnn
from symcnn import Analysis, check
from tests.helpers import analysed

NET = "net q { input 3×32×32, batch 4;  Conv(8, 5, padding=1); BatchNorm; MaxPool(3, stride=2); Flatten; Linear(10) }"
# The convolution gives 8×30×30, the pooling 14×14 (⌊27/2⌋ + 1) or 15×15 (⌈27/2⌉ + 1).
CONV, POSITIONS, FLAT, CEILED = 8 * 3 * 5 * 5, 30 * 30, 8 * 14 * 14, 8 * 15 * 15
PARAMS = CONV + 8 + 16 + 10 * FLAT + 10
MACS = CONV * POSITIONS + 10 * FLAT
BIASES = 8 * POSITIONS + 10  # additions
ACTIVATIONS = 8 * POSITIONS * 2 + FLAT + 10  # a tensor that is only reshaped is no other one


@pytest.fixture(scope="module")
def network() -> Analysis:
    return analysed(NET)


def inside(out: int) -> int:
    """How many of 5 taps, the first on a padding of 1, are inside 32 inputs."""
    return sum(0 <= out - 1 + tap < 32 for tap in range(5))


EXACT = 8 * 3 * sum(map(inside, range(30))) ** 2 + 10 * FLAT
GRADIENTS = 2 * CONV * POSITIONS + 2 * 2 * 10 * FLAT  # of weights; and of inputs, but not of the first layer's

NUMBERS: list[tuple[str, int, str]] = [
    ("params", CONV + 8 + 10 * FLAT, "no_bias"),
    ("params", PARAMS + 16, "running_statistics"),
    ("params", 4 * PARAMS, "bytes"),
    ("params", CONV + 8 + 16 + 10 * CEILED + 10, "ceil_mode"),
    ("weights", PARAMS, "bias"),
    ("macs", 4 * (2 * MACS + BIASES), "flops"),
    ("macs", 8 * MACS, "two_macs"),
    ("macs", 4 * (MACS + BIASES), "bias_mac"),
    ("macs", MACS, "one_sample"),
    ("macs", 12 * MACS, "training"),
    ("macs", 4 * (2 * MACS + GRADIENTS), "training"),
    ("macs", 4 * EXACT, "exact_macs"),
    ("flops", 4 * MACS, "macs"),
    ("flops", 4 * (2 * MACS), "two_macs"),
    ("flops", 12 * (2 * MACS + BIASES), "training"),
    ("flops", 2 * MACS + BIASES, "one_sample"),
    ("flops", 4 * (2 * MACS + BIASES - BIASES), "two_macs"),
    ("activations", ACTIVATIONS, "one_sample"),
    ("activations", 16 * ACTIVATIONS, "bytes"),
]


@pytest.mark.parametrize(("quantity", "answer", "convention"), NUMBERS)
def test_numbers_of_a_network(network: Analysis, quantity: str, answer: int, convention: str) -> None:
    found = check(str(answer), network, quantity=quantity)
    assert (found.verdict, found.convention, found.right) == ("convention", convention, False)
    assert check(str(answer), network, quantity=quantity, accept=convention).right


def test_the_network_was_counted_by_hand(network: Analysis) -> None:
    assert (network.params, network.macs, network.flops) == (PARAMS, 4 * MACS, 4 * (2 * MACS + BIASES))


def test_additions_one_fewer_than_products(network: Analysis) -> None:
    """Of one layer without a bias: 2n − 1 operations for each output."""
    layer = analysed("net one { input 3×32×32; Conv(8, 5, bias=false) }")
    each = 3 * 5 * 5
    found = check(f"{8 * 28 * 28 * (2 * each - 1)}", layer, quantity="flops", layer="conv1")
    assert (found.verdict, found.convention) == ("convention", "mul_add")


UNITS = [
    ("params", f"{PARAMS} MACs", "wrong", None),
    ("macs", f"{4 * MACS} FLOPs", "wrong", None),
    ("flops", f"{4 * (2 * MACS + BIASES)} FLOPS", "convention", "flops_per_second"),
    ("flops", f"{4 * (2 * MACS + BIASES)} FLOP/s", "convention", "flops_per_second"),
    ("flops", f"{4 * (2 * MACS + BIASES)} MACs", "wrong", None),
    ("macs", f"{4 * MACS} MACs", "exact", None),
    ("params", f"{PARAMS} params", "exact", None),
    ("params", f"{4 * PARAMS} bytes", "convention", "bytes"),
]


@pytest.mark.parametrize(("quantity", "answer", "verdict", "convention"), UNITS)
def test_units(network: Analysis, quantity: str, answer: str, verdict: str, convention: str | None) -> None:
    found = check(answer, network, quantity=quantity)
    assert (found.verdict, found.convention) == (verdict, convention)


BYTES = [("1 MB", 10**6, "exact", None), ("1 MiB", 10**6, "convention", "MB"), ("1 MB", 2**20, "convention", "MiB")]


@pytest.mark.parametrize(("answer", "value", "verdict", "convention"), BYTES)
def test_prefixes(answer: str, value: int, verdict: str, convention: str | None) -> None:
    found = check(answer, value, kind="bytes", quantity="params")
    assert (found.verdict, found.convention) == (verdict, convention)


def test_elements_for_bytes(network: Analysis) -> None:
    assert check(str(PARAMS), network, quantity="params", kind="bytes").convention == "elements"
    assert check(str(4 * PARAMS), network, quantity="params", kind="bytes").right


SHAPES: list[tuple[str, str, str, str | None]] = [
    ("8×14×14", "exact", "maxpool1", None),
    ("14×14×8", "convention", "maxpool1", "channels_last"),
    ("(4, 8, 14, 14)", "convention", "maxpool1", "batch"),
    ("(None, 14, 14, 8)", "convention", "maxpool1", "channels_last"),
    ("(4, 14, 14, 8)", "convention", "maxpool1", "channels_last"),
    ("(?, 8, 14, 14)", "convention", "maxpool1", "batch"),
    ("14×14 with 8 channels", "exact", "maxpool1", None),
    ("8 × 14²", "exact", "maxpool1", None),
    ("(8, 14²)", "wrong", "maxpool1", None),
    ("14×14", "convention", "maxpool1", "sizes_only"),
    ("8×15×15", "convention", "maxpool1", "ceil_mode"),
]


@pytest.mark.parametrize(("answer", "verdict", "layer", "convention"), SHAPES)
def test_shapes_of_a_network(network: Analysis, answer: str, verdict: str, layer: str, convention: str | None) -> None:
    found = check(answer, network, quantity="output", layer=layer)
    assert (found.verdict, found.convention) == (verdict, convention)


FORMULAS: list[tuple[str, str, dict[str, Any], str]] = [
    ("2*K**2*C_in*C_out*H*W", "K^2*C_in*C_out*H*W", {}, "macs"),
    ("K**2*C_in*C_out*H*W", "2K^2*C_in*C_out*H*W", {}, "flops"),
    ("2*K**2*C_in*C_out*H*W", "6K^2*C_in*C_out*H*W", {}, "training"),
    ("2*K**2*C_in*C_out*H*W", "(2K^2*C_in - 1)*C_out*H*W", {}, "mul_add"),
    ("(2*K**2*C_in - 1)*C_out*H*W", "2K^2*C_in*C_out*H*W", {}, "two_macs"),
    ("K**2*C_in*C_out + C_out", "K^2*C_in*C_out", {}, "no_bias"),
    ("K**2*C_in*C_out", "K^2*C_in*C_out + C_out", {}, "bias"),
    ("2*C", "4C", {}, "running_statistics"),
    ("4*C", "2C", {}, "learned_only"),
    ("2*N*K**2*C_in*C_out*H*W", "2K^2*C_in*C_out*H*W", {}, "one_sample"),
    ("2*K**2*C_in*C_out*H*W", "2N*K^2*C_in*C_out*H*W", {"symbols": "N"}, "whole_batch"),
    ("(C, H, W)", "(H, W, C)", {}, "channels_last"),
    ("(N, C, H, W)", "(N, H, W, C)", {}, "channels_last"),
    ("(N, C, H, W)", "(C, H, W)", {}, "no_batch"),
    ("K**2*C_in*C_out", "4K^2*C_in*C_out", {"quantity": "params"}, "bytes"),
    ("4*K**2*C", "K^2*C", {"kind": "bytes"}, "elements"),
]


@pytest.mark.parametrize(("reference", "answer", "more", "convention"), FORMULAS)
def test_formulas(reference: str, answer: str, more: dict[str, Any], convention: str) -> None:
    found = check(answer, reference, **more)
    assert (found.verdict, found.convention) == ("convention", convention)


def test_conventions_of_a_network_in_symbols() -> None:
    symbolic = analysed("net s { input C×H×W; Conv(8, 3, bias=false); BatchNorm }")
    for answer, convention in [
        ("2*72*C*(H-2)*(W-2)", "flops"),
        ("3*72*C*(H-2)*(W-2)", "training"),
        ("288C(H-2)(W-2)", "training"),  # no gradient of the input
        ("72*C*H*W", None),
    ]:
        found = check(answer, symbolic, quantity="macs")
        assert (found.verdict, found.convention) == ("convention" if convention else "wrong", convention)


def test_products_with_padding_left_out_in_symbols() -> None:
    symbolic = analysed("net s { input 1×H×W; Conv(1, 3, padding=1, bias=false) }")
    found = check("(3H - 2)(3W - 2)", symbolic, quantity="macs")  # 3 taps for each of H, but 2 at both ends
    assert (found.verdict, found.convention) == ("convention", "exact_macs")


def test_a_size_is_not_shared_by_a_batch() -> None:
    assert check("7/2", analysed(NET), quantity="size", layer="maxpool1").verdict == "wrong"


def test_every_convention_is_told_in_both_languages(network: Analysis) -> None:
    for quantity, answer, _ in NUMBERS:
        said = symcnn.check(str(answer), network, quantity=quantity).message
        assert said["en"].startswith("Right under another convention: it ")
        assert said["zh"].startswith("按另一种约定是正确的：")


def test_two_n_minus_one_where_the_biases_are_left_out() -> None:
    network = analysed("net a { input 3×32×32; Conv(8, 3, padding=1) }")
    found = check(str((2 * 27 - 1) * 8 * 32 * 32), network, quantity="flops")
    assert (found.verdict, found.convention) == ("convention", "mul_add")


def test_a_field_before_all_positions_are_taken_together() -> None:
    """28n − 3 is quoted of a CIFAR ResNet; its global pooling sees 28 more."""
    net = "net r(n) { input 3×32×32; repeat n { Conv(4, 3, padding=1) }; GlobalAvgPool; Flatten; Linear(10) }"
    found = check("2n + 1", analysed(net), quantity="receptive_field")
    assert (found.verdict, found.convention) == ("convention", "last_positions")
    assert check("2n + 1", analysed(net), quantity="receptive_field", accept=("last_positions",)).right
    assert check("2n + 32", analysed(net), quantity="receptive_field").verdict == "exact"
    flat = analysed("net r(n) { input 3×32×32; repeat n { Conv(4, 3, padding=1) } }")
    assert check("2n + 2", flat, quantity="receptive_field").verdict == "wrong"
