"""The formulas of the textbooks: each derived from a network, proved for all values, and in the books' own numbers.

Both sides of a statement are formulas of the language: the left one over what the analysis of a network says, the right
one as the book writes it, over the symbols alone.
"""

# ruff: noqa: E501 — one row of a table is one line
from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sympy import fraction, together

from symcnn import Analysis, analyse, compare, load
from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.assumptions import facts_from
from symcnn.algebra.facts import Facts
from symcnn.algebra.proof import equal
from symcnn.algebra.symbols import symbol
from symcnn.analysis.window import Window, backward, forward
from symcnn.cli import main
from symcnn.formula.meaning import meaning
from symcnn.formula.nodes import names
from symcnn.formula.values import Frame
from symcnn.library.rules import QUANTITIES
from symcnn.source import Source
from symcnn.syntax import parse_formula
from tests.helpers import analysed, chain, error_of

PAGE = Path("examples/textbook.md").read_text(encoding="utf-8")
DATA = Path(__file__).parent / "data"
FACTS: list[dict[str, Any]] = json.loads((DATA / "textbook_facts.json").read_text(encoding="utf-8"))["facts"]
IDENTITIES: list[dict[str, Any]] = json.loads((DATA / "identities.json").read_text(encoding="utf-8"))["cases"]


def worth(text: str, known: Mapping[str, Any]) -> Any:
    """Return what a formula is worth; a name that is not known is a positive integer."""
    formula = parse_formula(Source("textbook", text))
    values = {name.name: known.get(name.name, symbol(name.name)) for name in names(formula)}
    return meaning(formula)(Frame(Arithmetic(), values))


def said(a: Analysis) -> dict[str, Any]:
    """Return what an analysis says, by the names that the left sides use."""
    counted = {name: a.count(name) for name in QUANTITIES}
    if not a.receptive_field.size:
        return counted
    return {
        **counted,
        "size": a.output[-1],
        "field": a.receptive_field.size[-1],
        "centre": a.receptive_field.centre[-1],
    }


def proved(a: Analysis, left: str, right: str, **numbers: int) -> bool | None:
    """Decide whether left = right for every input for which the network is defined."""
    facts, _ = facts_from((*a.assumed, *a.claims))
    return same(worth(left, said(a)), worth(right, {**a.symbols, **numbers}), facts)


def same(first: Any, second: Any, facts: Facts | None = None) -> bool | None:
    """Decide whether two values are equal; where there are sums below fractions, by the numerator of the difference."""
    verdict = equal(first, second, facts)
    return equal(fraction(together(first - second))[0], 0, facts) if verdict is None else verdict


def at(a: Analysis, values: Mapping[str, int]) -> Analysis:
    return a.at(**{name: values[name] for name in a.symbols})


# Steps, input, what the network says, what the book says, the book's numbers and its result.
STATEMENTS = [
    # sizes
    ("Conv(1, k, stride=s, padding=p)", "1×n", "size", "floor((n + 2p - k)/s) + 1", {"n": 32, "k": 5, "s": 1, "p": 0}, 28),
    ("Conv(1, k, stride=s, padding=p, dilation=d)", "1×n", "size", "floor((n + 2p - d(k - 1) - 1)/s) + 1", {"n": 32, "k": 3, "s": 2, "p": 1, "d": 2}, 15),
    ('Conv(1, k, stride=s, padding="valid")', "1×n", "size", "floor((n - k)/s) + 1", {"n": 32, "k": 5, "s": 2}, 14),
    ('Conv(1, k, stride=s, padding="valid")', "1×n", "size", "ceil((n - k + 1)/s)", {"n": 32, "k": 5, "s": 2}, 14),
    ('Conv(1, k, stride=s, padding="same")', "1×n", "size", "ceil(n/s)", {"n": 33, "k": 5, "s": 2}, 17),
    ('MaxPool(k, stride=s, padding="same")', "1×n", "size", "ceil(n/s)", {"n": 33, "k": 3, "s": 2}, 17),
    ("MaxPool(k, stride=s)", "1×n", "size", "floor((n - k)/s) + 1", {"n": 112, "k": 3, "s": 2}, 55),
    ("MaxPool(3, stride=2, ceil_mode=true)", "1×n", "size", "ceil((n - 3)/2) + 1", {"n": 112}, 56),
    ("MaxPool(2)", "1×n", "size", "floor(n/2)", {"n": 5}, 2),
    ("MaxPool(2, ceil_mode=true)", "1×n", "size", "ceil(n/2)", {"n": 5}, 3),
    ("Conv(1, 3, stride=2, padding=1)", "1×n", "size", "ceil(n/2)", {"n": 5}, 3),
    ("Conv(1, 2, padding=1)", "1×n", "size", "n + 1", {"n": 4}, 5),
    # parameters
    ("Conv(N, K)", "C×H×W", "params", "K^2*C*N + N", {"K": 5, "C": 1, "N": 32, "H": 28, "W": 28}, 832),
    ("MaxPool(K)", "C×H×W", "params", "0", {"K": 2, "C": 3, "H": 32, "W": 32}, 0),
    ("AvgPool(K)", "C×H×W", "params", "0", {"K": 2, "C": 3, "H": 32, "W": 32}, 0),
    ("Flatten; Linear(F)", "N×O×O", "params", "O^2*N*F + F", {"O": 5, "N": 32, "F": 256}, 205_056),
    ("Linear(F)", "E", "params", "E*F + F", {"E": 256, "F": 10}, 2570),
    ("Conv(m, 3)", "C×H×W", "weights", "3*3*C*m", {"C": 1, "m": 1, "H": 32, "W": 32}, 9),
    ("Conv(m, 3)", "C×H×W", "weights", "3*3*C*m", {"C": 10, "m": 3, "H": 32, "W": 32}, 270),
    ("Conv(m, 3)", "C×H×W", "weights", "3*3*C*m", {"C": 3, "m": 128, "H": 32, "W": 32}, 3456),
    ("BatchNorm", "n×H×W", "params", "2n", {"n": 64, "H": 8, "W": 8}, 128),
    ("BatchNorm", "n×H×W", "buffers", "2n", {"n": 64, "H": 8, "W": 8}, 128),
    ("SeparableConv(n_out, (k_h, k_w))", "n_in×H×W", "params", "n_in*k_w*k_h + n_out(n_in + 1)", {"n_in": 3, "k_w": 3, "k_h": 3, "n_out": 4, "H": 8, "W": 8}, 43),
    # receptive fields
    ("Conv(1, k, dilation=d)", "1×n", "field", "(d - 1)(k - 1) + k", {"n": 32, "k": 3, "d": 3}, 7),
    ("Conv(1, k, dilation=d)", "1×n", "field", "d(k - 1) + 1", {"n": 32, "k": 3, "d": 3}, 7),
    ("Conv(1, a, stride=s, padding=p); Conv(1, b, stride=t, padding=q)", "1×n", "field", "1 + (a - 1) + s(b - 1)", {"a": 3, "b": 2, "s": 2, "t": 2, "n": 64, "p": 0, "q": 0}, 5),
    ("Conv(1, a, stride=s, padding=p); Conv(1, b, stride=t, padding=q)", "1×n", "field", "s(b - 1) + a", {"a": 3, "b": 2, "s": 2, "t": 2, "n": 64, "p": 0, "q": 0}, 5),
    ("Conv(1, a, stride=s); Conv(1, b, stride=t); Conv(1, c, padding=p)", "1×n", "field", "1 + (a - 1) + s(b - 1) + s*t(c - 1)", {"a": 5, "b": 3, "c": 3, "s": 2, "t": 1, "n": 200, "p": 1}, 13),
    ("Conv(1, a, stride=s); Conv(1, b, stride=t); Conv(1, c, padding=p)", "1×n", "field", "s(t(c - 1) + b - 1) + a", {"a": 5, "b": 3, "c": 3, "s": 2, "t": 1, "n": 200, "p": 1}, 13),
    # operations and connections, f_w×f_h positions of the output
    ('Conv(n_out, (k_h, k_w), padding="same")', "n_in×f_h×f_w", "macs + neurons", "f_w*f_h*n_out(k_w*k_h*n_in + 1)", {"f_w": 28, "f_h": 28, "n_in": 3, "n_out": 8, "k_w": 3, "k_h": 3}, 175_616),
    ('Conv(n_out, (k_h, k_w), padding="same")', "n_in×f_h×f_w", "params*neurons/biases", "f_w*f_h*n_out(k_w*k_h*n_in + 1)", {"f_w": 28, "f_h": 28, "n_in": 3, "n_out": 8, "k_w": 3, "k_h": 3}, 175_616),
    ('Conv(n_out, (k_h, k_w), padding="same")', "n_in×f_h×f_w", "macs + (macs + neurons)", "f_w*f_h*n_out((k_w*k_h*n_in - 1) + 1) + f_w*f_h*n_out(k_w*k_h*n_in + 1)", {"f_w": 28, "f_h": 28, "n_in": 3, "n_out": 8, "k_w": 3, "k_h": 3}, 344_960),
    ('Conv(n_out, (k_h, k_w), padding="same")', "n_in×f_h×f_w", "flops", "f_w*f_h*n_out(2k_w*k_h*n_in + 1)", {"f_w": 28, "f_h": 28, "n_in": 3, "n_out": 8, "k_w": 3, "k_h": 3}, 344_960),
    ('Conv(m, k, padding="same")', "C×H×W", "connections/neurons", "k^2*C", {"m": 10, "k": 5, "C": 3, "H": 32, "W": 32}, 75),
    ('Conv(m, k, padding="same")', "C×H×W", "connections", "H*W*m*k^2*C", {"m": 10, "k": 5, "C": 3, "H": 32, "W": 32}, 768_000),
    ('LocallyConnected(m, k, padding="same")', "C×H×W", "weights", "H*W*m*k^2*C", {"m": 10, "k": 5, "C": 3, "H": 32, "W": 32}, 768_000),
    ('LocallyConnected(m, k, padding="same")', "C×H×W", "biases", "H*W*m", {"m": 10, "k": 5, "C": 3, "H": 32, "W": 32}, 10_240),
    ('Conv(m, k, padding="same")', "C×H×W", "weights", "m*k^2*C", {"m": 10, "k": 5, "C": 3, "H": 32, "W": 32}, 750),
    ('Conv(m, k, padding="same")', "C×H×W", "params", "m*k^2*C + m", {"m": 10, "k": 5, "C": 3, "H": 32, "W": 32}, 760),
]  # fmt: skip


@pytest.mark.parametrize(("steps", "shape", "left", "right", "values", "number"), STATEMENTS)
def test_statements(steps: str, shape: str, left: str, right: str, values: dict[str, int], number: int) -> None:
    a = analysed(chain(steps, shape=shape))
    assert proved(a, left, right) is True
    assert worth(left, said(at(a, values))) == number


# First and second steps, input, quantity, and first/second; both are the same where the ratio is 1.
RATIOS = [
    ("SeparableConv(m, k, padding=p, bias=false)", "Conv(m, k, padding=p, bias=false)", "C×H×W", "weights", "1/m + 1/k^2"),
    ("SeparableConv(m, k, padding=p, bias=false)", "Conv(m, k, padding=p, bias=false)", "C×H×W", "macs", "1/m + 1/k^2"),
    ("Flatten; Linear(F)", "Conv(F, O)", "N×O×O", "params", "1"),
    ("Flatten; Linear(F)", "Conv(F, O)", "N×O×O", "macs", "1"),
    ("GlobalAvgPool; Conv(F, 1)", "Conv(F, O)", "N×O×O", "weights", "1/O^2"),
    ("GlobalAvgPool; Conv(F, 1)", "Conv(F, O)", "N×O×O", "macs", "1/O^2"),
    ("Conv(F, 1)", "Flatten; Linear(F)", "E×1×1", "params", "1"),
    ("Conv(F, 1)", "Flatten; Linear(F)", "E×1×1", "macs", "1"),
    ('Conv(m, k, padding="same")', 'LocallyConnected(m, k, padding="same")', "C×H×W", "weights", "1/(H*W)"),
    ('Conv(m, k, padding="same")', 'LocallyConnected(m, k, padding="same")', "C×H×W", "connections", "1"),
    ("Conv(C, k, dilation=d)", "Conv(C, d(k - 1) + 1)", "C×H×W", "neurons", "1"),
    ("Conv(C, k, dilation=d)", "Conv(C, d(k - 1) + 1)", "C×H×W", "field", "1"),
]  # fmt: skip


@pytest.mark.parametrize(("first", "second", "shape", "quantity", "ratio"), RATIOS)
def test_ratios(first: str, second: str, shape: str, quantity: str, ratio: str) -> None:
    one, other = (analysed(chain(steps, shape=shape)) for steps in (first, second))
    assert equal(said(one)[quantity], worth(ratio, other.symbols) * said(other)[quantity]) is True


def test_who_rounds_how() -> None:
    """Four roundings of one pooling, all different: on 32 they give 15, 16, 15, 16, on 33 they give 16, 16, 16, 17."""
    poolings = [analyse(net) for net in load("examples/rounding.cnn").values()]
    books = ["floor((H - 3)/2) + 1", "ceil((H - 3)/2) + 1", "ceil((H - 2)/2)", "ceil(H/2)"]
    assert all(proved(a, "size", book) for a, book in zip(poolings, books, strict=True))
    assert [a.at(C=1, H=32).output[1] for a in poolings] == [15, 16, 15, 16]
    assert [a.at(C=1, H=33).output[1] for a in poolings] == [16, 16, 16, 17]


def test_that_pooling_always_rounds_up_is_false() -> None:
    assert proved(analysed(chain("MaxPool(2)", shape="1×n")), "size", "ceil(n/2)") is False


def test_even_kernels_keep_no_size_with_equal_sides() -> None:
    """What is added, n' − n = 2p − k + 1, is odd for k = 2j: twice its half rounded down, and one; so it is never 0."""
    a = analysed(chain("Conv(1, 2j, padding=p)", shape="1×n"))
    assert proved(a, "size - n", "2*floor((2p - 2j + 1)/2) + 1") is True
    keeping = analyse(load("examples/even_kernels.cnn")["keeping"])
    assert [str(c) for c in keeping.conditions] == ["Eq(Mod(k, 2), 1)"]
    even = error_of(lambda: analyse(load("examples/even_kernels.cnn")["keeping"], assume=["k % 2 == 0"]))
    assert even.span is not None and even.span.text == "padding=(k - 1)/2"
    assert [analyse(net).output[1] for net in load("examples/even_kernels.cnn").values()][:2] == [5, 3]


def test_a_padding_never_changes_the_size_of_the_receptive_field() -> None:
    padded = analysed(chain("Conv(1, a, stride=s, padding=p)", "MaxPool(b, stride=t)", "Conv(1, c, padding=q)"))
    bare = analysed(chain("Conv(1, a, stride=s)", "MaxPool(b, stride=t)", "Conv(1, c)"))
    assert padded.receptive_field.size == bare.receptive_field.size
    assert {"p", "q"} <= {sym.name for centre in padded.receptive_field.centre for sym in centre.free_symbols}


@pytest.mark.parametrize(("layers", "field"), [("ab", "a + s(b - 1)"), ("abc", "a + s(b - 1) + s*t(c - 1)")])
def test_receptive_fields_both_ways(layers: str, field: str) -> None:
    strides = [symbol(name) for name in "stu"]
    windows = [Window(symbol(k) - 1, s) for k, s in zip(layers, strides, strict=False)]
    assert equal(forward(windows).size, backward(windows).size) is True
    assert equal(backward(windows).size, worth(field, {})) is True


def test_the_head_of_vgg() -> None:
    pooled, convolution, dense = (analyse(net) for net in load("examples/dense_as_convolution.cnn").values())
    assert dense.params == convolution.params == 7 * 7 * 512 * 4096 + 4096 + 4096 * 1000 + 1000
    assert dense.macs == convolution.macs == 7 * 7 * 512 * 4096 + 4096 * 1000
    assert pooled.params == 512 * 4096 + 4096 + 4096 * 1000 + 1000
    assert [layer.params for layer in convolution.layers] == [layer.params for layer in dense.layers[1:]]


def test_the_first_stage_of_vgg() -> None:
    a = analyse(load("examples/vgg_stage.cnn")["vgg_stage"])
    assert [layer.params for layer in a.layers if layer.params] == [1792, 36_928]
    assert (a.batch, a.output) == (1, (64, 16, 16))


def test_the_neurons_of_alexnet() -> None:
    """Krizhevsky, Sutskever & Hinton 2012 round 659,272 to 650,000 neurons; a ReLU and a batch add none."""
    steps = """Conv(96, 11, stride=4); ReLU; MaxPool(3, stride=2); Conv(256, 5, padding=2, groups=2); ReLU; MaxPool(3, stride=2)
               Conv(384, 3, padding=1); ReLU; Conv(384, 3, padding=1, groups=2); ReLU; Conv(256, 3, padding=1, groups=2); ReLU
               MaxPool(3, stride=2); Flatten; Linear(4096); ReLU; Linear(4096); ReLU; Linear(1000)"""
    a = analysed(chain(steps, shape="3×227×227, batch N"))
    maps = 55 * 55 * 96 + 27 * 27 * 256 + 13 * 13 * (384 + 384 + 256)
    assert a.neurons == maps + 2 * 4096 + 1000 == 659_272
    assert a.at(N=128).connections == a.at(N=1).macs


# What a change of a 3×3 convolution of C channels leaves of its MACs, and of its weights.
CHEAPER = {
    "stride": ("1/4", "1"),
    "pooling": ("1/4", "1"),
    "bottleneck": ("17/144", "17/144"),
    "groups": ("1/g", "1/g"),
    "shuffle": ("2/(9g) + 1/C", "2/(9g) + 1/C"),
    "separable": ("1/C + 1/9", "1/C + 1/9"),
}


@pytest.mark.parametrize("net", CHEAPER)
def test_what_makes_it_cheaper(net: str) -> None:
    nets = load("examples/cheaper.cnn")
    assert list(nets) == [*CHEAPER, "standard"]
    found = compare(analyse(nets[net]), analyse(nets["standard"]), ("macs", "weights"))
    for quantity, book in zip(found.quantities, CHEAPER[net], strict=True):
        assert equal(quantity.ratio, worth(book, {})) is True


# What everybody's small examples come to: steps, input, what is asked, in the data's words.
LENET = "Conv(32, 5); ReLU; MaxPool(2); Conv(32, 3); ReLU; MaxPool(2); Flatten; Linear(256); ReLU; Linear(10)"
THIRTEEN = "Conv(1, 5, stride=2, padding=1); MaxPool(3, stride=1); Conv(1, 3, padding=1)"
EXAM = ("Conv(8, 3, padding=1)", "3×28×28")
EXAMPLES: dict[str, tuple[str, str, Any]] = {
    "params of the 1x28x28 LeNet-like net per layer": (LENET, "1×28×28", lambda a: [x.params for x in a.layers if x.params]),
    "its shapes (conv,relu,pool,conv,relu,pool,flat,fc,relu,fc)": (LENET, "1×28×28", lambda a: [list(x.output) for x in a.layers]),
    "total params": (LENET, "1×28×28", "params"),
    "total MACs (no bias)": (LENET, "1×28×28", "macs"),
    "200x200: conv5 s2 p1 > pool3 s1 > conv3 s1 p1: sizes": (THIRTEEN, "1×200×200", lambda a: [x.output[1] for x in a.layers]),
    "200x200 example receptive field": (THIRTEEN, "1×200×200", "field"),
    "conv3 s2 > pool2 s2 > conv3 s1 receptive field": ("Conv(1, 3, stride=2); MaxPool(2, stride=2); Conv(1, 3)", "1×200×200", "field"),
    "conv k3 pad1 keeps 32": ("Conv(1, 3, padding=1)", "1×32×32", "size"),
    "pool 2/2: 32 -> 16": ("MaxPool(2)", "1×32×32", "size"),
    "(Cin*K*K+1)*Cout at (3,3,8)": ("Conv(8, 3)", "3×32×32", "params"),
    "depthwise separable params (weights) Cin=3,K=3,Cout=4": ("SeparableConv(4, 3)", "3×32×32", "weights"),
    "textbook flops fw*fh*nout*(kw*kh*nin+1) for 28x28, 3->8, k3": (*EXAM, "macs + neurons"),
    "textbook MADD for the same": (*EXAM, "2macs + neurons"),
    "weight sharing 768000 vs 760": ("Conv(10, 5, padding=2)", "3×32×32", lambda a: [a.connections, a.params]),
}  # fmt: skip


@pytest.mark.parametrize("row", FACTS, ids=lambda row: row["fact"])
def test_small_examples(row: dict[str, Any]) -> None:
    steps, shape, asked = EXAMPLES[row["fact"]]
    a = analysed(chain(steps, shape=shape))
    assert (asked(a) if callable(asked) else worth(asked, said(a))) == row["value"]


def test_every_small_example_is_derived() -> None:
    assert set(EXAMPLES) == {row["fact"] for row in FACTS}


# Closed forms of the literature: the sides that the network says, one for each form, its steps and its input.
SAID: dict[str, tuple[tuple[str, ...], str, str]] = {
    "S001": (("params",), "Conv(Cout, (kh, kw), groups=gr)", "Cin×H×W"),
    "S003": (("size",), 'Conv(1, k, stride=s, padding="same")', "1×n"),
    "S007": (
        ("size",),
        "ConvTranspose(1, k, stride=s, padding=p, dilation=d, output_padding=a)",
        "1×n",
    ),
    "S011": (("macs",), "Conv(Cout, k, stride=s, padding=p)", "Cin×H×Wd"),
    "S013": (("macs + neurons",), 'Conv(nout, (kh, kw), padding="same")', "nin×fh×fw"),
    "S039": (
        ("weights",),
        "concat { path { Conv(a, 1, bias=false) } path { Conv(b1, 1, bias=false); Conv(b2, 3, padding=1, bias=false) }"
        " path { Conv(c1, 1, bias=false); Conv(c2, 5, padding=2, bias=false) }"
        " path { MaxPool(3, stride=1, padding=1); Conv(d, 1, bias=false) } }",
        "Cin×H×W",
    ),
    "S041": (("macs",), 'Conv(t0*d0, 1); DepthwiseConv(k, padding="same"); Conv(d1, 1)', "d0×H×Wd"),
    "S043": (("params",), "GlobalAvgPool; Conv(c/r, 1); ReLU; Conv(c, 1); Sigmoid", "c×H×W"),
    "S045": (("weights", "macs"), 'Conv(Cout, k, groups=gr, padding="same")', "Cin×H×H"),
    "S047": (("macs",), "Conv(m, 1, groups=gr); DepthwiseConv(3, padding=1); Conv(c, 1, groups=gr)", "c×H×Wd"),
}
# Those with a number n (L, b) of repetitions: with the symbol, and for each of the first such numbers.
REPEATED: dict[str, tuple[str, str, str]] = {
    "S015": ("field", "repeat n { Conv(1, k) }", "1×H"),
    "S017": ("field", "repeat n { Conv(1, k, stride=s) }", "1×H"),
    "S019": ("field", "repeat b { repeat n as i { Conv(1, 2, dilation=2^i) } }", "1×H"),
    "S021": ("field", "repeat L { repeat m { Conv(1, 3, padding=1) }; MaxPool(2) }", "1×H"),
    "S023": ("size", "repeat n { Conv(1, k) }", "1×H"),
    "S025": ("size", "repeat n { Conv(1, 3, stride=2, padding=1) }", "1×H"),
    "S027": ("weights/field^2", "repeat n { Conv(1, k, bias=false) }", "1×H×H"),
}
# Those that say where the first steps have fewer than the second: first − second is this factor, positive, times the
# difference of the two sides.
FEWER: dict[str, tuple[str, str, str, str]] = {
    "S033": ("Conv(m, (n, 1), bias=false); Conv(Cout, (1, n), bias=false)", "Conv(Cout, n, bias=false)", "Cin", "n*(Cin + Cout)"),
    "S035": ("SeparableConv(Cout, k, bias=false)", "Conv(Cout, k, bias=false)", "Cin", "Cin*Cout*k^2"),
    "S037": ("Conv(w/r, 1, bias=false); Conv(w/r, k, bias=false); Conv(w, 1, bias=false)", "Conv(w, k, bias=false)", "w", "w^2"),
}  # fmt: skip
# Crossovers in the size: the example file, its nets, and the condition that the first size of the last run is.
CROSSOVERS = {"S029": ("stacked", "stacked", "single", "H>{}", 1), "S031": ("seven", "three", "seven", "H>={}", 0)}
PADDING = "S005"  # the padding itself is no quantity, but the half of it that stands before is where the window begins
RESTORED = "S009"  # an output padding is no quantity, but the size that it restores is one
UNSAID = {
    "S049": "memory access is not counted yet",
}
CASES = {row["id"]: row for row in IDENTITIES}


def form(text: str) -> str:
    """Return a closed form of the data in the language's spelling."""
    for sympy, ours in (("**", "^"), ("ceiling", "ceil"), ("Max", "max")):
        text = text.replace(sympy, ours)
    return text


def test_every_identity_is_derived_or_has_its_reason() -> None:
    listed = [*SAID, *REPEATED, *FEWER, *CROSSOVERS, PADDING, RESTORED, *UNSAID]
    assert sorted(listed) == sorted(CASES)
    assert (len(CASES), len(UNSAID)) == (25, 1)


@pytest.mark.parametrize("name", SAID)
def test_identities(name: str) -> None:
    asked, steps, shape = SAID[name]
    a = analysed(chain(steps, shape=shape))
    forms = CASES[name]["closed_form"]
    for left, right in zip(asked, [forms] if isinstance(forms, str) else forms, strict=True):
        assert proved(a, left, form(right)) is True


@pytest.mark.parametrize("times", range(1, 6))
@pytest.mark.parametrize("name", REPEATED)
def test_identities_of_repetitions(name: str, times: int) -> None:
    left, steps, shape = REPEATED[name]
    numbers: dict[str, Any] = {count: times + place for place, count in enumerate(re.findall(r"repeat (\w)", steps))}
    a = analysed(f"net a({', '.join(numbers)}) {{ input {shape}; {steps} }}", **numbers)
    for right in (CASES[name]["closed_form"], *CASES[name].get("equivalent_forms", ())):
        assert proved(a, left, form(right), **numbers) is True


@pytest.mark.parametrize("name", REPEATED)
def test_identities_of_a_symbolic_number_of_repetitions(name: str) -> None:
    left, steps, shape = REPEATED[name]
    # a ratio s is not 1; where no repetition, or a size, is in the way of one formula, the book means some
    more = {"S017": ("s >= 2",), "S021": ("L >= 1", "m >= 1"), "S027": ("n >= 1",)}.get(name, ())
    a = analysed(f"net a {{ input {shape}; {steps} }}", assume=more)
    for right in (CASES[name]["closed_form"], *CASES[name].get("equivalent_forms", ())):
        assert proved(a, left, form(right)) is True


@pytest.mark.parametrize("name", FEWER)
def test_identities_of_what_is_fewer(name: str) -> None:
    first, second, channels, factor = FEWER[name]
    one, other = (analysed(chain(steps, shape=f"{channels}×H×W")).weights for steps in (first, second))
    left, right = form(CASES[name]["closed_form"]).split("<")
    assert same(one - other, worth(f"{factor}*(({left}) - ({right}))", {})) is True


@pytest.mark.parametrize("name", CROSSOVERS)
def test_identities_of_crossovers(name: str) -> None:
    file, first, second, condition, before = CROSSOVERS[name]
    nets = load(f"examples/{file}.cnn")
    crossover = compare(analyse(nets[first]), analyse(nets[second]), "macs")["macs"].crossover
    assert crossover is not None and (crossover.runs[-1].sign, crossover.runs[-1].end) == (-1, None)
    assert condition.format(crossover.runs[-1].start - before) == CASES[name]["closed_form"]


def test_the_output_padding_that_restores_a_size() -> None:
    restored = form(re.sub(r"Mod\((.+),(.+)\)", r"(\1) % \2", CASES[RESTORED]["closed_form"]))
    there = "Conv(1, k, stride=s, padding=p)"
    back = f"ConvTranspose(1, k, stride=s, padding=p, output_padding={restored})"
    assert proved(analysed(chain(f"{there}; {back}", shape="1×n")), "size", "n") is True


def test_the_padding_that_same_stands_for() -> None:
    a = analysed(chain('Conv(1, k, stride=s, padding="same")', shape="1×n"))
    assert proved(a, "(field - 1)/2 - centre", f"floor(({form(CASES[PADDING]['closed_form'])})/2)") is True


@pytest.mark.parametrize("command", re.findall(r"^\$ symcnn (.+)$", PAGE, re.MULTILINE))
def test_the_commands_of_the_page(command: str) -> None:
    result = CliRunner().invoke(main, shlex.split(command))
    assert (result.exit_code, result.stderr) == (0, "")


FORMULAS = """
output_size rounding even_kernels parameters vgg_stage batchnorm sharing dense_as_convolution receptive_field dilation madd
separable cheaper
"""


def test_the_page_speaks_of_every_example_of_a_formula() -> None:
    spoken = re.findall(r"\]\((\w+)\.cnn\)", PAGE)
    assert spoken == FORMULAS.split()
    assert all(Path(f"examples/{name}.cnn").is_file() for name in spoken)
