"""Verdicts on values: conventions, rounding, units, shapes, and what a verdict says of itself."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from typing import Any

import pytest

from symcnn.answers.answered import Answered, Policy
from symcnn.answers.deciding import decide
from symcnn.answers.messages import _MESSAGES
from symcnn.answers.reading import Unit
from symcnn.answers.reference import question
from symcnn.answers.verdict import VERDICTS, Verdict
from tests.answers.values import verdict_on
from tests.helpers import analysed, error_of

CONVENTIONS = [
    ("K**2*C_in*C_out + C_out", "K^2*C_in*C_out", "no_bias"),
    ("K**2*C_in*C_out", "K^2*C_in*C_out + C_out", "bias"),
    ("2*C", "4C", "running_statistics"),
    ("2*K**2*C_in*C_out*H*W", "6*K^2*C_in*C_out*H*W", "training"),
    ("2*K**2*C_in*C_out*H*W", "K^2*C_in*C_out*H*W", "macs"),
    ("K**2*C_in*C_out*H*W", "2*K^2*C_in*C_out*H*W", "flops"),
    ("2*K**2*C_in*C_out*H*W", "(2*K^2*C_in - 1)*C_out*H*W", "mul_add"),
    ("2*K**2*C_in*C_out*H*W - C_out*H*W", "2*K^2*C_in*C_out*H*W", "two_macs"),
    ("N*K**2*C_in*C_out*H*W", "K^2*C_in*C_out*H*W", "one_sample"),
    ("K**2*C_in*C_out*H*W", "N*K^2*C_in*C_out*H*W", "whole_batch"),
    ("(K**2*C_in/g + 1)*C_out", "K^2*C_in*C_out/g", "no_bias"),
    ("4*C", "2C", "learned_only"),
    ("(64, 32, 16)", "(32, 16, 64)", "channels_last"),
    ("(N, C, H, W)", "(N, H, W, C)", "channels_last"),
    ("(N, C, H, W)", "(C, H, W)", "no_batch"),
    ("(C, H, W)", "(H, W)", "sizes_only"),
]


@pytest.mark.parametrize(("reference", "answer", "name"), CONVENTIONS)
def test_conventions_of_formulas(reference: str, answer: str, name: str) -> None:
    found = verdict_on(answer, reference)
    assert (found.verdict, found.convention, found.right, found.credit) == ("convention", name, False, Fraction(1, 2))
    accepted = verdict_on(answer, reference, accept=[name])
    assert (accepted.verdict, accepted.right, accepted.credit) == ("convention", True, Fraction(1))


NO_CONVENTION = [
    ("9*C**2", "3C^2"),
    ("H*W/4", "H*W"),
    ("K**2*C_in*C_out + C_out", "K^2*C_in*C_out + C_in"),
    ("C", "2C"),
]


@pytest.mark.parametrize(("reference", "answer"), NO_CONVENTION)
def test_what_looks_like_a_convention_and_is_none(reference: str, answer: str) -> None:
    assert verdict_on(answer, reference).verdict == "wrong"


NET = "net a { input 3×32×32, batch 8; conv: Conv(16, 3); bn: BatchNorm; act: ReLU; Flatten; Linear(10) }"
OF_NET = [
    ("params", None, 448 + 32 + 14400 * 10 + 10, None),
    ("params", "conv", 432, "no_bias"),
    ("weights", "conv", 448, "bias"),
    ("params", "bn", 64, "running_statistics"),
    ("params", "conv", 448 * 4, "bytes"),
    ("macs", "conv", 8 * 432 * 900 * 2, "two_macs"),
    ("macs", "conv", 8 * (432 * 900 * 2 + 16 * 900), "flops"),
    ("flops", "conv", 8 * 432 * 900, "macs"),
    ("macs", "conv", 8 * (432 * 900 + 16 * 900), "bias_mac"),
    ("macs", "conv", 3 * 8 * 432 * 900, "training"),
    ("macs", "conv", 432 * 900, "one_sample"),
    ("activations", "conv", 16 * 900, "one_sample"),
    ("macs", "bn", 2 * 8 * 16 * 900, "fvcore"),
]


@pytest.mark.parametrize(("quantity", "layer", "answer", "name"), OF_NET)
def test_conventions_of_a_network(quantity: str, layer: str | None, answer: int, name: str | None) -> None:
    asked = question(analysed(NET), quantity=quantity, layer=layer)
    found = decide(Answered((answer,)), asked, Policy())
    assert (found.verdict, found.convention) == ("convention" if name else "exact", name)


SHAPES = [
    ("output", "conv", (16, 30, 30), "exact", None),
    ("output", "conv", (30, 30, 16), "convention", "channels_last"),
    ("output", "conv", (8, 16, 30, 30), "convention", "batch"),
    ("output", "conv", (30, 30), "convention", "sizes_only"),
    ("output", "conv", (16, 30, 31), "wrong", None),
    ("output", "conv", (3, 16, 30, 30), "wrong", None),
    ("size", "conv", (30, 30), "exact", None),
    ("size", "conv", (16, 30, 30), "convention", "with_channels"),
]


@pytest.mark.parametrize(("quantity", "layer", "answer", "verdict", "name"), SHAPES)
def test_shapes(quantity: str, layer: str, answer: Any, verdict: str, name: str | None) -> None:
    asked = question(analysed(NET), quantity=quantity, layer=layer)
    found = decide(Answered(answer, True), asked, Policy())
    assert (found.verdict, found.convention) == (verdict, name)


def test_a_product_is_no_shape() -> None:
    asked = question(analysed(NET), quantity="output", layer="conv")
    found = decide(Answered((16 * 900,)), asked, Policy())
    assert found.verdict == "wrong"
    assert "number of values" in found.message["en"]
    assert "asked for" in decide(Answered((17,)), asked, Policy()).message["en"]


ROUNDED = [
    (25_557_032, 25_600_000, 50_000, "approx", "rounded"),
    (25_557_032, 25_500_000, 50_000, "wrong", "cut off"),
    (25_537_032, 25_600_000, 50_000, "wrong", "rounded up"),
    (25_557_032, 24_500_000, 50_000, "wrong", "Not right"),
    (1_814_073_344, 1_800_000_000, 50_000_000, "approx", "rounded"),
    (832, Fraction(8_319_999, 10_000), Fraction(1, 20_000), "wrong", "whole number"),
]


@pytest.mark.parametrize(("right", "answer", "half", "verdict", "words"), ROUNDED)
def test_rounding(right: int, answer: Any, half: Any, verdict: str, words: str) -> None:
    answered = Answered((answer,), half_unit=Fraction(half))
    found = decide(answered, question(right), Policy())
    assert (found.verdict, found.right) == (verdict, False)
    assert words in found.message["en"]
    assert decide(answered, question(right), Policy(frozenset({"approx"}))).right == (verdict == "approx")


UNITS = [
    ("macs", 4_089_184_256, 4_100_000_000, Unit("GMACs", "macs", 10**9), "approx", None),
    ("macs", 4_089_184_256, 4_089_184_256, Unit("FLOPs", "flops", 1), "wrong", None),
    ("flops", 4_089_184_256, 4_089_184_256, Unit("FLOPS", "flops_per_second", 1), "convention", "flops_per_second"),
    ("params", 832, 832, Unit("bytes", "bytes", 1), "wrong", None),
]


@pytest.mark.parametrize(("quantity", "right", "answer", "unit", "verdict", "name"), UNITS)
def test_units(quantity: str, right: int, answer: int, unit: Unit, verdict: str, name: str | None) -> None:
    half = None if answer == right else Fraction(50_000_000)
    found = decide(Answered((answer,), half_unit=half, unit=unit), question(right, quantity=quantity), Policy())
    assert (found.verdict, found.convention) == (verdict, name)


def test_megabytes_for_mebibytes() -> None:
    asked = question(98 * 2**20, kind="bytes")
    answered = Answered((98 * 10**6,), half_unit=Fraction(10**6, 2), unit=Unit("MB", "bytes", 10**6))
    found = decide(answered, asked, Policy())
    assert (found.verdict, found.convention) == ("convention", "MiB")


def test_a_verdict_is_data() -> None:
    found = verdict_on("H/2", "floor(H/2)")
    assert json.loads(found.to_json()) == {
        "verdict": "assume",
        "right": False,
        "credit": "1/2",
        "reading": "",
        "reading_text": "",
        "repairs": [],
        "repairs_zh": [],
        "condition": "H % 2 == 0",
        "convention": None,
        "slips": [],
        "counterexample": None,
        "message": {
            "en": "Right if H is even; in general it is not.",
            "zh": "当 H 为偶数时正确；一般情况下不成立。",
        },
    }
    assert json.loads(verdict_on("H + 1", "H").to_json())["counterexample"] == {
        "values": {"H": "4"},
        "answer": "5",
        "expected": "4",
    }


def test_html_of_a_verdict_is_escaped() -> None:
    shown = Verdict("wrong", False, Fraction(0), reading="<script>\u202e", message={"en": "a < b & c"})._repr_html_()
    assert "<script>" not in shown
    assert "\u202e" not in shown
    assert "a &lt; b &amp; c" in shown


def test_every_message_is_in_both_languages() -> None:
    for english, chinese in _MESSAGES.values():
        assert english.rstrip("}")[-1] in ".}s"
        assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese)
        assert set(re.findall(r"\{(\w+)\}", english)) == set(re.findall(r"\{(\w+)\}", chinese))
    assert len(set(VERDICTS)) == 10


UNUSABLE: list[tuple[Any, dict[str, Any], str]] = [
    ("H +", {}, "the text ends too early"),
    (1.5, {}, "a float is no reference"),
    ("H", {"kind": "size"}, "unknown kind of answer 'size'"),
    ("H", {"assume": ["H >= 5", "H <= 4"]}, "the assumptions contradict each other"),
    ("H", {"layer": "conv1"}, "a layer is one of an analysis"),
    ("H", {"symbols": {"H": "complex"}}, "'complex' is no domain of the symbol H"),
]


@pytest.mark.parametrize(("reference", "about", "message"), UNUSABLE)
def test_unusable_references(reference: Any, about: dict[str, Any], message: str) -> None:
    assert message in error_of(lambda: question(reference, **about)).message


def test_what_an_analysis_is_asked_for() -> None:
    a = analysed("net a { input 3×H×H; c: Conv(8, 3); c2: Conv(8, 3, stride=2) }")
    assert error_of(lambda: question(a)).message == "an analysis has many quantities"
    assert error_of(lambda: question(a, quantity="parms")).hint == "did you mean 'params'?"
    assert error_of(lambda: question(a, quantity="params", layer="d")).message == "a has no layer 'd'"
    assert question(a, quantity="params") is question(a, quantity="params")
    assert str(question(a, quantity="size", layer="c").value) == "H - 2"
    assert question(a.layers[0], quantity="params").value == 224
    assert question(a.at(H=9), quantity="output").value == (8, 3, 3)
