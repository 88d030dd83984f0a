"""The memory of a symbolic number of repetitions against all of them unrolled, n = 0 … 12, and by hand."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st
from sympy.logic.boolalg import true

from symcnn import SymcnnError, analyse, load
from symcnn.algebra.evaluate import evaluator
from symcnn.analysis.derivation import BY_NUMBER
from symcnn.errors import NotSupportedError
from symcnn.memory import memory, roofline
from symcnn.memory.footprint import LayerMemory, Memory
from tests.cli.test_commands import printed
from tests.helpers import analysed, chain, draws, error_of
from tests.memory.unrolled import Body, Branches, Repeat, Statement, bodies, unrolled, written

NETS = load("examples/depth.cnn")
VALUES: dict[str, int] = {"C": 2, "H": 60, "W": 70, "T": 9, "k": 3, "s": 2, "k0": 5, "h": 2, "c": 3, "c0": 2, "d": 5}
MORE = {"w": 6, "m": 2, "b": 3}
TOTALS = ("params", "activations", "peak", "access", "input_bytes", "inference_bytes", "training_bytes", "intensity")


def with_counts(body: Body, times: Any) -> Body:
    """Return a body whose repetitions all have another number of times."""

    def changed(statement: Statement) -> Statement:
        match statement:
            case Repeat(_, inner):
                return Repeat(times, with_counts(inner, times))
            case Branches(joint, paths):
                return Branches(joint, tuple(with_counts(path, times) for path in paths))
        return statement

    return tuple(map(changed, body))


def known(act: Callable[[], Any]) -> Any:
    """Return what is known, or None."""
    try:
        return act()
    except NotSupportedError:
        return None


@draws(150)
@given(bodies(), st.integers(1, 5), st.integers(0, 6))
def test_the_peak_of_random_bodies_is_that_of_the_unrolled_network(body: Body, length: int, number: int) -> None:
    deep = with_counts(body, "n")
    assume(deep != body)
    try:
        found = memory(analysed(f"net a {{ input 2×H; {written(deep)} }}"))
        lives = unrolled(with_counts(body, number), length)
        there = memory(analysed(f"net a {{ input 2×H; {written(with_counts(body, number))} }}"))
    except (SymcnnError, AssertionError):
        assume(False)
        raise
    own = {name: value for name, value in {"H": length, "n": number}.items() if name in found.analysis.symbols}
    evaluate = evaluator({found.analysis.symbols[name]: value for name, value in own.items()})
    assume(all(claim.holds(evaluate) for claim in found.analysis.claims))
    peak = known(lambda: found.peak)
    event("the peak is known" if peak is not None else "the peak is not known")
    if peak is not None:
        assert evaluate(peak) == max(lives) == there.at(H=length).peak
        layers = [x.layer for x in found.peaks if x.when is true and len(found.peaks) == 1]
        assert all((name == "input") == (lives[0] == max(lives)) for name in layers)


@pytest.mark.parametrize("name", NETS)
@pytest.mark.parametrize("number", [0, 1, 2, 3, 4, 7, pytest.param(12, marks=pytest.mark.slow)])
def test_all_that_is_said_of_the_examples(name: str, number: int) -> None:
    if NETS[name].definition.input is None:
        return
    a = analyse(NETS[name])
    counts = {"n": number, "L": number, "m": number if name == "fsrcnn" else 2}
    own = {symbol: (VALUES | MORE | counts)[symbol] for symbol in a.symbols}
    try:
        numeric = memory(analyse(NETS[name], assume=[f"{s} == {v}" for s, v in own.items()]), optimizer="adam")
        numeric = numeric.at(**{s: v for s, v in own.items() if s in numeric.analysis.symbols})
        a.at(**own)
    except SymcnnError:
        return
    found = memory(a, optimizer="adam")
    evaluate = evaluator({a.symbols[symbol]: value for symbol, value in own.items()})
    formed = all(claim.holds(evaluate) for claim in a.formal)  # else the network with that depth has other formulas
    for total in TOTALS:
        there = getattr(numeric, total)
        assert there is None or not formed or evaluate(getattr(found, total)) == there, total
        assert getattr(found.at(**own), total) == there, total
    assert {x.layer.path: x.live for x in found.at(**own).layers} == {x.layer.path: x.live for x in numeric.layers}
    for layer in found.layers if formed else ():
        same = [x.live for x in numeric.layers if without_numbers(x) == without_numbers(layer)]
        if same and layer.layer.loops and not name.startswith("stages"):
            assert evaluate(layer.live) == max(same), layer.layer.path


def without_numbers(found: LayerMemory) -> str:
    return re.sub(r"\[[^\]]*\]", "", found.layer.path)


def peaks(steps: str, shape: str = "3×H") -> list[tuple[str, str, str]]:
    return [(str(p.value), p.layer, str(p.when)) for p in memory(analysed(chain(steps, shape=shape))).peaks]


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        # without a repetition there is only the input
        ("repeat n { Conv(3, 1) }", [("6*H", "repeat1.conv1", "n >= 1"), ("3*H", "input", "True")]),
        # what a label keeps is alive until the end, and is the tensor itself where nothing is repeated
        (
            "Conv(4, 1); e: Conv(4, 1); repeat n { Conv(4, 1) }; add e",
            [("12*H", "repeat1.conv1", "n >= 2"), ("12*H", "add1", "n >= 1"), ("8*H", "e", "True")],
        ),
        # a tensor that falls is largest in the first repetition
        ("repeat n { MaxPool(2) }", [("3*H + 3*floor(H/2)", "repeat1.maxpool1", "n >= 1"), ("3*H", "input", "True")]),
        # which layer has the peak depends on n
        (
            "Conv(8, 1); Conv(1, 1); repeat n as i { Conv(2^(i + 1), 1) }",
            [("2**n*H + 2**(n - 1)*H", "repeat1.conv1", "n >= 3"), ("11*H", "conv1", "True")],
        ),
    ],
)
def test_by_hand(steps: str, expected: list[tuple[str, str, str]]) -> None:
    found = peaks(steps)
    assert found == expected


def test_what_grows_is_largest_in_the_last_repetition() -> None:
    (peak, before) = memory(analysed(chain("repeat n { concat { skip; path { Conv(k, 1) } } }", shape="3×H"))).peaks
    assert (peak.layer, str(peak.when), str(before.value)) == ("repeat1.concat1", "n >= 1", "3*H")
    assert str(peak.value.expand()) == "2*H*k*n + 6*H"


UNKNOWN = "net a { input 1×H×H; repeat n as i { Conv(2^i, 3, stride=2, padding=1); ReLU } }"  # 2ⁱ times ⌈H/2ⁱ⁺¹⌉²


def test_what_is_not_known_is_said_of_it_alone() -> None:
    found = memory(analysed(UNKNOWN))
    for act in (lambda: found.peak, lambda: found.inference_bytes, lambda: found.layers[-1].live):
        error = error_of(act)
        assert "in which repetition of repeat1" in error.message
        assert error.hint == BY_NUMBER
    assert found.params_bytes == 4 * found.params
    assert found.access_bytes == 4 * found.access
    assert found.at(n=5, H=64).peak == 64 * 64 + 32 * 32
    assert repr(found) == "<Memory of a in float32: peak unknown>"


def test_what_the_command_says_of_it(tmp_path: Any) -> None:
    path = tmp_path / "a.cnn"
    path.write_text(UNKNOWN)
    shown = " ".join(printed("memory", str(path)).split())
    assert "peak unknown: in which repetition of repeat1[1..] it is largest" in shown
    assert "parameters" in shown
    data = json.loads(printed("memory", str(path), "--format", "json", "--at", "n=5,H=64"))
    assert data["numbers"]["peak"] == data["bytes"]["inference"] == data["peak"] == data["layers"][-1]["live"]
    assert data["peak"] == "unknown" != data["bytes"]["access"]
    assert data["at"]["numbers"]["peak"] == str(64 * 64 + 32 * 32)
    shown = " ".join(printed("memory", "examples/depth.cnn", "--net", "dense").split())
    assert "peak 2H·W·(L·k + k0) numbers, 8H·W·(L·k + k0) bytes, at repeat1.concat1, if L ≥ 1" in shown
    assert "H·W·k0 numbers, 4H·W·k0 bytes, the input, before the first layer, otherwise" in shown


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ("repeat n as i { repeat i { Conv(3, 1) } }", "depends on other repetitions"),
        ("repeat n { repeat m { repeat l { Conv(3, 1) } } }", "more than 2 symbolic numbers"),
    ],
)
def test_too_many_kinds_of_repetitions(steps: str, message: str) -> None:
    found = memory(analysed(chain(steps)))
    assert message in error_of(lambda: found.peak).message
    assert str(found.access) != ""


def test_the_roofline_of_a_symbolic_depth() -> None:
    a = analyse(NETS["dense"])
    bounds = roofline(memory(a), peak=312 * 10**12, bandwidth=2 * 10**12)
    values = {"k": 12, "k0": 16, "H": 8, "W": 8, "L": 6}
    assert bounds.at(**values).time == roofline(memory(a.at(**values)), 312 * 10**12, 2 * 10**12).time
    assert isinstance(replace(bounds).memory, Memory)
