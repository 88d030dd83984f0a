"""Whatever the text, there is a result or one error that says what is wrong; never a traceback."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symcnn import SymcnnError, analyse, parse
from symcnn.source import Source
from symcnn.syntax import parse_assumptions, parse_formula
from tests.helpers import draws
from tests.programs import MANY

WORDS = """
net layer let assume use convention input add concat multiply path skip residual repeat as if else from crop batch
require source wrong otherwise rational true false and or not per_axis a b n C k ' ( ) ( ) { } [ ] , , ; : = == <= <
> ≠ + - * · / // % ^ ** ² × x ⌊ ⌋ ⌈ ⌉ 0 1 2 3 3.5 1e3 64 10 " "same" # Conv Conv2d MaxPool Linear ReLU Flatten
BatchNorm DepthwiseConv floor ceil min max abs prod before after channels height stride= padding= H W α _ é ½ ⁿ
"""
TOKENS = [*WORDS.split(), "\n", "\t", "\r", "\u0000", "\u202e", "\U0001f600"]
# A good start makes most of the soups reach the analysis.
SHELLS = ["{}", "net a {{ input 3×H×W; {} }}", "net a {{ input 3×32×32; Conv({}) }}", "layer L(q = 1) {{ {} }}"]


def survive(text: str) -> None:
    """Parse and analyse; only `SymcnnError` may be raised, and it can be shown."""
    try:
        for network in parse(text).values():
            try:
                a = analyse(network)
                assert a.params is not None and a.conditions is not None
                a.at(**dict.fromkeys(a.symbols, 33))
            except SymcnnError as error:
                shown(error)
    except SymcnnError as error:
        shown(error)


def shown(error: SymcnnError) -> None:
    text = str(error)
    assert error.message and "\n" not in error.message
    assert not re.search(r"[\x00-\x08\x0b-\x1f\u202e]", text)
    if error.span is not None:
        assert text.count("\n") >= 3
        assert "^" in text


# What makes the programs without an input reach the analysis.
USES = {
    "bottleneck": "\nnet main { input 64×32×32; bottleneck(64) }",
    "repetition": "\nnet main { input 64×32×32; pyramid(2); dense_block(3, 4) }",
    "conv": "\nnet main { input 64×H×32; Conv(64, 3, stride=s, padding=(1,0), groups=4) }",
}

soups = st.lists(st.sampled_from(TOKENS), max_size=25).map(" ".join)


@draws(400)
@given(st.sampled_from(SHELLS), soups)
def test_token_soup(shell: str, soup: str) -> None:
    survive(shell.format(soup))


@draws(300)
@given(st.text(max_size=60))
def test_any_text(text: str) -> None:
    for read in (parse, lambda t: parse_formula(Source("f", t)), lambda t: parse_assumptions(Source("f", t))):
        try:
            read(text)
        except SymcnnError as error:
            shown(error)


@draws(400)
@given(st.sampled_from(sorted(MANY)), st.integers(0, 2**32))
def test_mutated_programs(name: str, seed: int) -> None:
    """Cut, double, swap or replace a few tokens of a program that parses."""
    chance = random.Random(seed)
    tokens = re.findall(r"\s+|\w+|.", MANY[name])
    for _ in range(chance.randint(1, 3)):
        place, other = chance.randrange(len(tokens)), chance.randrange(len(tokens))
        match chance.randrange(4):
            case 0:
                del tokens[place : place + chance.randint(1, 3)]
            case 1:
                tokens.insert(place, tokens[other])
            case 2:
                tokens[place], tokens[other] = tokens[other], tokens[place]
            case _:
                tokens[place] = chance.choice(TOKENS)
    survive("".join(tokens) + USES.get(name, ""))


VALUES = ["0", "-1", "1/2", "1/3", "H", "w/2", "w - 5", "(3, 5)", "3×5×7", "((1,0),(0,1))", '"same"', '"valid"', "true"]
VALUES += ["H/W", "2^w", "10^40", "f", "w > 1", "min(w, H)", "⌊H/2⌋", "channels", "α", "p", "k % 2", "(1,)"]
NAMES = ["", "kernel_size=", "stride=", "padding=", "dilation=", "groups=", "bias=", "ceil_mode=", "multiplier="]
KINDS = ["Conv", "MaxPool", "AvgPool", "Linear", "DepthwiseConv", "SeparableConv", "BatchNorm", "PReLU", "Dropout"]
KINDS += ["Flatten", "GlobalAvgPool", "LeakyReLU", "Conv1d", "repeat", "b"]
arguments = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(VALUES)).map("".join), max_size=4)
steps = st.tuples(st.sampled_from(KINDS), arguments)


def _step(kind: str, given: list[str]) -> str:
    return f"repeat {(given or ['2'])[0]} {{ ReLU }}" if kind == "repeat" else f"{kind}({', '.join(given)})"


@draws(500)
@given(st.lists(steps, min_size=1, max_size=3), st.sampled_from(["3×H×W", "w×H", "C×4×5", "7", "(w/2)×H×9"]))
def test_any_arguments(chain: list[tuple[str, list[str]]], shape: str) -> None:
    lines = "; ".join(_step(*step) for step in chain)
    survive(f"assume α rational\nlet f(v) = v\nnet b(q, r = q) {{ Conv(q, r) }}\nnet a {{ input {shape}; {lines} }}")


DEEP = {
    "brackets": "net a { input 3; Linear(" + "(" * 50_000 + "2" + ")" * 50_000 + ") }",
    "fewer brackets": "net a { input 3; Linear(" + "(" * 90 + "2" + ")" * 90 + ") }",
    "signs": "net a { input 3; Linear(" + "-" * 100_000 + "2) }",
    "fewer signs": "net a { input 3; Linear(" + "-" * 230 + "2) }",
    "powers": "net a { input 3; Linear(" + "1^" * 20_000 + "2) }",
    "fewer powers": "net a { input 3; Linear(" + "w^" * 200 + "2) }",
    "nots": "net a { input 3; if " + "not " * 20_000 + "true { ReLU } }",
    "fewer nots": "net a { input 3; if " + "not " * 230 + "true { ReLU } }",
    "choices": "net a { input 3; Linear(" + "3 if false else " * 6_000 + "2) }",
    "fewer choices": "net a { input 3; Linear(" + "3 if w < 1 else " * 230 + "2) }",
    "sums": "net a { input 3; Linear(" + "1 + " * 10_000 + "2) }",
    "products": "net a { input 3; Linear(" + "1*" * 20_000 + "2) }",
    "symbols": "net a { input 3; Linear(" + "+".join(f"w{i}" for i in range(1_000)) + ") }",
    "calls": "let f(v) = v + 1\nnet a { input 3; Linear(" + "f(" * 95 + "w" + ")" * 95 + ") }",
    "functions": "\n".join(f"let f{i}(v) = f{i + 1}(v) + 1" for i in range(1_000)) + "\nnet a { input f0(2) }",
    "lets": "\n".join(f"let q{i} = q{i + 1}" for i in range(2_000)) + "\nnet a { input q0 }",
    "floors": "net a { input 3; Linear(" + "⌊" * 95 + "w/2" + "⌋" * 95 + ") }",
    "braces": "net a { input 3; " + "repeat 1 { " * 20_000 + "ReLU" + "}" * 20_000 + "}",
    "fewer braces": "net a { input 3; " + "repeat 2 { " * 98 + "ReLU" + "}" * 98 + "}",
    "else": "net a { input 3; if false { ReLU }" + " else if false { ReLU }" * 4_000 + "}",
    "fewer else": "net a { input 3; if false { ReLU }" + " else if false { ReLU }" * 80 + "}",
    "statements": "net a { input 3×H×W; " + "ReLU;" * 8_000 + "}",
    "nets in nets": "net b(n) { if n > 0 { b(n - 1) } }\nnet a { input 3; b(1000) }",
    "fewer nets in nets": "net b(n) { if n > 0 { repeat 1 { b(n - 1) } } }\nnet a { input 3; b(58) }",
    "a long line": "net a { input 3; Linear(" + " " * 100_000 + "§) }",
    "a long name": "net a { input 3; " + "Q" * 100_000 + "}",
    "a long number": "net a { input 3; Linear(" + "9" * 100_000 + ") }",
    "a long comment": "net a { input 3 } #" + "#" * 100_000,
    "newlines": "net a { input 3 }" + "\n" * 100_000 + "?",
    "quotations": "layer L { " + '"a" ' * 20_000 + "}",
    "powers of powers": "net a { input 3; Linear(9^9^9^9) }",
    "growing powers": "net a { input 3; let a = 9^99999; let b = a^9; let c = b^9; Linear(c) }",
    "repeats of repeats": "net a { input 3; repeat 10^9 { repeat 10^9 { repeat 10^9 { ReLU } } } }",
    "twice and twice": "net b(n) { if n > 0 { b(n - 1); b(n - 1) } else { ReLU } }\nnet a { input 3; b(55) }",
    "expansion": "net a { input 3; Linear((w + v + u + t)^400) }",
    "tiny numbers": "net a { input 3; Linear(1e-400 + 1e400) }",
    "exponents": "net a { input 3; Linear(1e99999) }",
}


@pytest.mark.parametrize("how", DEEP)
def test_deep_and_long_texts(how: str) -> None:
    survive(DEEP[how])
