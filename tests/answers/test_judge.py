"""`check` from the text of an answer: rewritten answers, chains, what is not right, and texts of all kinds."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Expr, Integer, expand, factor, latex

import symcnn
from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.symbols import exact, symbol
from symcnn.answers.verdict import VERDICTS
from tests.helpers import analysed, draws, error_of

NAMES = ("C_in", "C_out", "K", "H", "W")
SYMBOLS = [symbol(name) for name in NAMES]
C_IN, C_OUT, K, H, W = SYMBOLS
ALIASES = {"cin": "C_in", "n_o": "C_out", "k": "K"}
_arithmetic = Arithmetic()

factors = st.lists(
    st.one_of(st.sampled_from(SYMBOLS), st.sampled_from([H - 2, W + 1, K**2, C_IN * K**2 + 1, H + 2 * K])),
    min_size=1,
    max_size=4,
)
terms = st.tuples(st.integers(1, 60), factors).map(lambda t: Integer(t[0]) * _product(t[1]))
formulas = st.lists(terms, min_size=1, max_size=3).map(lambda parts: _sum(parts))
rounded = st.tuples(formulas, st.integers(2, 9), st.booleans(), st.integers(0, 9)).map(lambda t: _rounded(*t))


def _sum(parts: list[Any]) -> Any:
    result = parts[0]
    for part in parts[1:]:
        result = result + part
    return result


def _product(parts: list[Any]) -> Any:
    result = parts[0]
    for part in parts[1:]:
        result = result * part
    return result


def _rounded(inner: Any, divisor: int, up: bool, more: int) -> Any:
    whole = (_arithmetic.ceiling if up else _arithmetic.floor)(_arithmetic.divide(inner, divisor))
    return _arithmetic.total([whole, more])


def shuffled(text: str, seed: int) -> str:
    """Return a sum with its terms in another order; only at the top, where no bracket is open."""
    parts, depth, start = [], 0, 0
    for place, letter in enumerate(text):
        depth += (letter in "(\\{") - (letter in ")}")
        if letter == "+" and depth == 0 and text[place - 1] == " ":
            parts.append(text[start:place])
            start = place + 1
    parts.append(text[start:])
    random.Random(seed).shuffle(parts)
    return "+".join(parts)


def aliased(text: str) -> str:
    return text.replace("C_in", "cin").replace("C_out", "n_o").replace("K", "k")


REWRITTEN: dict[str, Callable[[Any, int], str]] = {
    "expanded": lambda value, _: str(expand(value)),
    "factored": lambda value, _: str(factor(value)),
    "reordered": lambda value, seed: shuffled(str(expand(value)), seed),
    "aliased": lambda value, _: aliased(str(value)),
    "latex": lambda value, _: latex(value),
    "latex, expanded": lambda value, _: latex(expand(value)),
    "inline": lambda value, _: f"${latex(factor(value))}$",
}


@draws(150)
@given(formulas, st.sampled_from(sorted(REWRITTEN)), st.integers(0, 99))
def test_a_right_answer_rewritten_stays_exact(value: Any, how: str, seed: int) -> None:
    answer = REWRITTEN[how](value, seed)
    assert symcnn.check(answer, value, symbols=NAMES, aliases=ALIASES).verdict == "exact", answer


@draws(60)
@given(rounded)
def test_roundings_printed_and_read_back_stay_exact(value: Any) -> None:
    if isinstance(value, Expr):
        assert symcnn.check(latex(value), value, symbols=NAMES).verdict == "exact"
        assert symcnn.check(str(value), value, symbols=NAMES).verdict == "exact"


@draws(150)
@given(formulas, st.integers(0, 10), st.sampled_from([-7, -1, 1, 2, 30]))
def test_a_changed_coefficient_is_never_exact(value: Any, place: int, change: int) -> None:
    parts = expand(value).as_ordered_terms()
    other = expand(value) + change * parts[place % len(parts)] / parts[place % len(parts)].as_coeff_Mul()[0]
    found = symcnn.check(str(other), value, symbols=NAMES)
    assert found.verdict != "exact"
    assert found.verdict != "undecided"
    assert not found.right


@draws(100)
@given(rounded, rounded)
def test_exact_means_equal_at_every_point_that_is_tried(first: Any, second: Any) -> None:
    if symcnn.check(str(first), second, symbols=NAMES).verdict == "exact":
        for seed in range(40):
            point = {s: random.Random(f"{seed} {s}").randint(1, 99) for s in SYMBOLS}
            assert _at(first, point) == _at(second, point)


def _at(value: Any, point: dict[Any, int]) -> Any:
    return exact(value.subs(point)) if isinstance(value, Expr) else value


CHAINS = [
    ("832 = (5*5*1+1)*32", 832, (), "exact", ""),
    ("params = (5*5*1+1)*32 = 26*32 = 832", 832, (), "exact", ""),
    ("5*5*1*32 = 832", 832, (), "inconsistent", "The end is right"),
    ("832 = 5*5*1*32", 832, (), "inconsistent", "The beginning is right"),
    ("26*32 = 830 = 832", 832, (), "inconsistent", "26*32 = 830"),
    ("26*31 = 806", 832, (), "wrong", "Not right"),
    ("H/2 = (H+1)/2", "H/2", (), "inconsistent", "is false"),
    ("18H^2 = 18·56^2 = 56448", 56448, ["H == 56"], "exact", ""),
    ("18H^2 = 18·56^2 = 56448", 56448, (), "exact", ""),
    ("9*C^2*H^2 = (3*C*H)^2", "9*C**2*H**2", (), "exact", ""),
    ("2*15470264320 = 30940528640 ≈ 30.9 G", 30940528640, (), "exact", ""),
    ("26*32 ≈ 830", 832, (), "exact", ""),
    ("(1,28,28) -> (32,24,24) -> (32,12,12)", (32, 12, 12), (), "exact", ""),
    ("(32,12,12) -> (32,24,24)", (32, 12, 12), (), "wrong", ""),
    ("H = H", "H", (), "invalid", "equals itself"),
    ("832 = 832", 832, (), "invalid", "equals itself"),
    ("9CHW = 9*C*H*W", "9*C*H*W", (), "exact", ""),
    ("8CHW = 8*C*H*W", "9*C*H*W", (), "wrong", ""),
    ("k²CM = 9CM", "9*C*M", (), "exact", ""),
    ("k²CM = 9CM = 8CM", "9*C*M", (), "inconsistent", "9CM = 8CM"),
    ("k²CM = 8CM", "9*C*M", (), "wrong", ""),
    ("9CM + (k+1)^2 - k^2 - 2k - 1 = 8CM", "9*C*M", (), "wrong", ""),
    ("F²·C·K = 9·C·M", "9*C*M", (), "exact", ""),
    ("⌊(W-k+2p)/s⌋+1 = ⌊(W-3)/2⌋+1", "floor((W-3)/2) + 1", (), "exact", ""),
    ("⌊(W-k+2p)/s⌋+1 = ⌊(W-3)/2⌋", "floor((W-3)/2) + 1", (), "wrong", ""),
    ("9CQ", "9*C*M", (), "wrong", "no symbol Q; its symbols are C, M"),
    ("O(n²) = O(n)", "O(n)", (), "inconsistent", "O(n²) = O(n) is false"),
    ("O(n) = O(n²)", "O(n**2)", (), "inconsistent", "is false"),
    ("3n² + n = O(n²)", "O(n**2)", (), "asymp", ""),
    ("f(n) ∈ O(n²)", "O(n**2)", (), "asymp", ""),
    ("25.6M (25,557,032)", 25557032, (), "exact", ""),
    ("25.6M (26,557,032)", 25557032, (), "wrong", ""),
    ("6.02k (6019)", 6020, (), "wrong", ""),
    ("6019 ≈ 6.02k", 6020, (), "wrong", ""),
    ("6.02k ≈ 6019", 6020, (), "wrong", ""),
    ("6020 (≈6k)", 6020, (), "exact", ""),
    ("n!/((n-1)!)", "n", (), "exact", ""),
]


@pytest.mark.parametrize(("answer", "reference", "assume", "verdict", "words"), CHAINS)
def test_chains(answer: str, reference: Any, assume: Any, verdict: str, words: str) -> None:
    found = symcnn.check(answer, reference, assume=assume)
    assert (found.verdict, words in found.message["en"]) == (verdict, True)


OUTPUT = "floor((H + 2*P - K)/S) + 1"
ROUNDED_WRONGLY = [
    ("(H-K)/S+1", "add the padding: 2p; and round down", "要加上填充：2p；并且要向下取整"),
    ("(H+2P-K)/S", "count the first window too: + 1; and round down", "并且要向下取整"),
    ("(H+2P-K)*S", "for H = ", "当"),
]


@pytest.mark.parametrize(("answer", "english", "chinese"), ROUNDED_WRONGLY)
def test_a_mistake_after_which_rounding_was_forgotten(answer: str, english: str, chinese: str) -> None:
    found = symcnn.check(answer, OUTPUT, assume="H + 2*P >= K")
    assert (found.verdict, found.slips) == ("wrong", ())
    assert english in found.message["en"]
    assert chinese in found.message["zh"]


def test_a_rare_convention_names_the_mistake_beside_it() -> None:
    net = symcnn.parse("net a { input 3×224×224; Conv(64, 7, stride=2, padding=3, bias=false) }")["a"]
    found = symcnn.check("7*7*3*64*224*224", symcnn.analyse(net), quantity="macs")
    assert (found.verdict, found.convention) == ("convention", "training")
    assert "It also comes of a mistake: divide by the stride" in found.message["en"]
    assert "也可能出于错误" in found.message["zh"]


def test_an_exclamation_may_be_a_factorial() -> None:
    assert symcnn.check("832!", 832).verdict == "ambiguous"
    assert symcnn.check("3!", 6).verdict == "exact"
    assert symcnn.check("831!", 832).verdict == "wrong"


NOT_RIGHT = [
    ("", 832, "invalid"),
    ("   ", 832, "invalid"),
    ("I don't know", 832, "invalid"),
    ("832 or 800", 832, "invalid"),
    ("about 832?", 832, "invalid"),
    ("1/0", 832, "invalid"),
    ("__import__('os').system('ls')", 832, "invalid"),
    ("9^9^9^9", 832, "invalid"),
    ("(" * 5000, 832, "invalid"),
    ("9" * 100_000, 832, "invalid"),
    ("9.248", 9248, "ambiguous"),
    ("x", 832, "wrong"),
    ("2HC", "2*C*H + C", "wrong"),
    ("64x32", (64, 32, 32), "wrong"),
    ("65536", (64, 32, 32), "wrong"),
    ("(64, 32, 32)", 65536, "wrong"),
    ("O(n^3)", "O(n^2)", "wrong"),
]


@pytest.mark.parametrize(("answer", "reference", "verdict"), NOT_RIGHT)
def test_what_is_not_right(answer: str, reference: Any, verdict: str) -> None:
    found = symcnn.check(answer, reference)
    assert (found.verdict, found.right, found.credit) == (verdict, False, Fraction(0))


@pytest.mark.parametrize("answer", [None, 832, b"832", ["832"], 8.32])
def test_what_is_no_text_is_invalid(answer: Any) -> None:
    assert symcnn.check(answer, 832).verdict == "invalid"


def test_locale_and_repairs() -> None:
    assert symcnn.check("9.248", 9248, locale="de").verdict == "exact"
    assert symcnn.check("9.248", 9248, locale="en").verdict == "wrong"
    found = symcnn.check("18 H²", "18*H**2")
    assert found.reading
    assert found.repairs == ("superscripts read as powers",)


CASES = [
    ("18h^2", "18*H**2", "h == H"),
    ("M(3K^2 + 1)", "m*(3*k**2 + 1)", "M == m and K == k"),
    ("cin*k^2", "C_in*K**2", "cin == C_in and k == K"),
]


@pytest.mark.parametrize(("answer", "reference", "condition"), CASES)
def test_letters_in_the_other_case(answer: str, reference: str, condition: str) -> None:
    found = symcnn.check(answer, reference)
    assert (found.verdict, found.condition) == ("assume", condition)
    assert "case matters" in found.message["en"]


def test_an_accepted_name_must_be_known() -> None:
    assert error_of(lambda: symcnn.check("1", 1, accept="mac")).hint == "did you mean 'macs'?"


def test_the_batch_of_an_order() -> None:
    assert symcnn.check("O(n^2)", "O(n^2 + n)").right
    assert symcnn.check("Θ(n²)", "n**2 + n", kind="order").right
    assert not symcnn.check("O(n^2)", "n**2 + n").right


def test_an_analysis_with_values_knows_its_symbols() -> None:
    a = analysed("net a { input 1×H×H; c: Conv(2, 3, padding=1, bias=false) }").at(H=56)
    assert symcnn.check("18H^2 = 18*56^2 = 56448", a, quantity="macs").verdict == "exact"


FRAGMENTS = (
    *("H", "K", "C_in", "2", "0", "1", "-", "+", "*", "/", "^", "(", ")", "[", "]", "{", "}", "\\frac", "\\sum", "_"),
    *("\\left\\lfloor", "\\right\\rfloor", "=", ",", ".", "×", "x", "832", "1e9", "%", "!", "|", "O(", "→", "≈"),
    *("floor(", "ceil(", "max(", "int(", "params", "MACs", "GB", "万", "²", "₁", "½", "~", "?", "or", ";", ":", "$"),
    *("&", "#", "\u202e", "\x00", "\ud800", "𝐻", "Ｈ", "С", "'"),
)
fragments = st.sampled_from(FRAGMENTS)
texts = st.one_of(
    st.text(max_size=40), st.lists(fragments, max_size=14).map(" ".join), st.lists(fragments).map("".join)
)
REFERENCES = [832, "18*H**2", "floor((H - K)/2) + 1", (64, 32, 32), "O(H^2)", "2*C_in", "max(H - K, 0)", "1/2"]


@draws(600)
@given(texts, st.sampled_from(REFERENCES), st.sampled_from([None, "en", "de"]))
def test_nothing_but_a_verdict_comes_out(text: str, reference: Any, locale: str | None) -> None:
    found = symcnn.check(text, reference, locale=locale)
    assert found.verdict in VERDICTS
    assert found.right in (True, False)
    again = json.loads(found.to_json())
    assert again["verdict"] == found.verdict
    shown = found._repr_html_()
    assert not set("\u202e\x00") & set(shown + found.to_json() + found.message["en"])


def test_verdicts_are_the_same_in_threads_and_again() -> None:
    lenet = analysed("net a { input 1×28×28; c: Conv(32, 5); MaxPool(2); Flatten; Linear(10) }")
    asked: list[tuple[str, Any, dict[str, Any]]] = [
        (str(n), lenet, {"quantity": "params"}) for n in (832, 800, 26, 46922, 1)
    ]
    asked += [(f"{n}H^2", "18*H**2", {}) for n in range(12, 24)] + [("H/2", "floor(H/2)", {})]
    alone = [symcnn.check(a, r, **more).to_json() for a, r, more in asked]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda one: symcnn.check(one[0], one[1], **one[2]).to_json(), asked * 4))
    assert together == alone * 4


def test_verdicts_do_not_depend_on_the_seed_of_hashes() -> None:
    code = (
        "from tests.answers.test_examples import ROWS, judged\n"
        "print(*(judged(row).to_json() for row in list(ROWS.values())[::4]), sep='\\n')"
    )
    root = Path(__file__).parent.parent.parent
    done = [
        subprocess.run([sys.executable, "-c", code], cwd=root, env=environment, capture_output=True, check=False)
        for environment in (os.environ | {"PYTHONHASHSEED": seed} for seed in ("1", "77"))
    ]
    assert done[0].returncode == 0, done[0].stderr.decode()
    assert done[0].stdout == done[1].stdout


@pytest.mark.parametrize("answer", ["832 (with bias)", "832, incl. bias", "Conv1 has 832 parameters"])
def test_what_people_say_beside_a_number(answer: str) -> None:
    assert symcnn.check(answer, 832).verdict == "exact"


def test_numbers_are_put_into_a_formula_in_letters_of_the_learner() -> None:
    assert symcnn.check("k*k*c*m + m = 5*5*1*32 + 32 = 832", 832).verdict == "exact"
    found = symcnn.check("k*k*c*m + m = 5*5*1*32 + 32 = 833", 832)
    assert found.verdict == "inconsistent"
    assert symcnn.check("k*k*c*m + m", 832).verdict == "wrong"


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        ("三一", 31),
        ("八三二", 832),
        ("九二八零", 9280),
        ("九千二百八", 9280),
        ("九千二百零八", 9208),
        ("一万二", 12_000),
    ],
)
def test_digits_in_chinese(answer: str, value: int) -> None:
    assert symcnn.check(answer, value).verdict == "exact"


@pytest.mark.parametrize("answer", ["三一百", "八三二十", "一零零百"])
def test_digits_in_chinese_that_are_no_number(answer: str) -> None:
    assert symcnn.check(answer, 31).verdict == "invalid"


@pytest.mark.parametrize(
    ("answer", "kind", "verdict"),
    [
        ("61384 B", "bytes", "exact"),
        ("15346*4 B", "bytes", "exact"),
        ("61.384 kb", "bytes", "exact"),
        ("61.384 kilobytes", "bytes", "exact"),
        ("60 kB", "bytes", "approx"),
        ("60k", "number", "approx"),
        ("70k", "number", "wrong"),
        ("61384 B", "number", "wrong"),
    ],
)
def test_b_is_a_byte_where_bytes_are_asked(answer: str, kind: str, verdict: str) -> None:
    assert symcnn.check(answer, 61384, kind=kind).verdict == verdict


LAYER = analysed("net q { input 16×32×32; conv1: Conv(64, 3) }")


@pytest.mark.parametrize(
    ("answer", "verdict", "shown"),
    [
        ("9280 (64*145)", "exact", "9,280 = 64·145"),
        ("9280 (=64*145)", "exact", "9,280 = 64·145"),
        ("9280 (= 64*(144+1))", "exact", "9,280 = 64·(144 + 1)"),
        ("9280 (=64*144)", "inconsistent", "9,280 = 64·144"),
        ("64 (144+1)", "exact", "64·(144 + 1)"),
        ("9216(+64)", "invalid", ""),
        ("9216 + 64 biases", "exact", "9,216 + 64 parameters"),
        ("9216+64偏置", "exact", "9,216 + 64 parameters"),
        ("9216 weights + 64 biases = 9280", "exact", "9,216 + 64 parameters = 9,280"),
        ("9216个权重+64个偏置", "exact", "9,216 + 64 parameters"),
        ("9216 weights + 60 biases = 9276", "wrong", "9,216 + 60 parameters = 9,276"),
        ("9216 + 64 params", "exact", "9,216 + 64 params"),
        ("144*64 = 9216 => 9216+64 = 9280", "exact", "144·64 = 9,216 → 9,216 + 64 = 9,280"),
        ("144*64 = 9216 → 9216+64 = 9280", "exact", "144·64 = 9,216 → 9,216 + 64 = 9,280"),
        ("144*64 = 9000 → 9216+64 = 9280", "inconsistent", "144·64 = 9,000 → 9,216 + 64 = 9,280"),
        ("144*64 = 9216 → 9216+60 = 9276", "wrong", "144·64 = 9,216 → 9,216 + 60 = 9,276"),
        ("9216 → 9280", "inconsistent", "9,216 → 9,280"),
    ],
)
def test_what_stands_beside_the_number(answer: str, verdict: str, shown: str) -> None:
    found = symcnn.check(answer, LAYER, quantity="params")
    assert (found.verdict, found.reading_text) == (verdict, shown)


def test_the_size_of_both_sides_in_brackets_is_no_factor() -> None:
    assert symcnn.check("19 (19x19)", 19).verdict == "exact"
    assert symcnn.check("19 (18x18)", 19).verdict == "wrong"


@pytest.mark.parametrize(
    ("answer", "right", "verdict"),
    [
        ("=SUM(9216,64)", 9280, "exact"),
        ("=SUM(9216, 60+4)", 9280, "exact"),
        ("=PRODUCT(64,145)", 9280, "exact"),
        ("=PRODUCT(64, 144+1)", 9280, "exact"),
        ("=64*(POWER(12,2)+1)", 9280, "exact"),
        ("=INT(9280.5)", 9280, "exact"),
        ("=TRUNC(9280.5)", 9280, "exact"),
        ("=ROUNDDOWN(9280.5,0)", 9280, "exact"),
        ("=ROUNDDOWN(9280.5,1)", 9280, "invalid"),
        ("=QUOTIENT(18561,2)", 9280, "exact"),
        ("=SUM(A1:A3)", 9280, "invalid"),
        ("=A1*2", 9280, "invalid"),
        ("64*(144+1) is 9280", 9280, "exact"),
        ("64*(144+1) is 9281", 9280, "inconsistent"),
        ("9280.4 rounded down", 9280, "exact"),
        ("9279.6 rounded up", 9280, "exact"),
        ("取整(9280.4)", 9280, "exact"),
        ("9280 (no bias)", 9280, "exact"),
        ("9280 inputs", 9280, "exact"),
        ("28 percent", Fraction(28, 100), "exact"),
        ("28% saving", Fraction(28, 100), "exact"),
        ("25.6m", 25_557_032, "approx"),
        ("25.6 Mil", 25_557_032, "ambiguous"),
        ("4.09 GMac", 4_089_184_256, "approx"),
        ("69.12 MMac", 69_120_000, "exact"),
        ("(None, 12, 32, 32)", (12, 32, 32), "convention"),
        ("(-1, 12, 32, 32)", (12, 32, 32), "convention"),
        ("TensorShape([None, 12, 32, 32])", (12, 32, 32), "convention"),
        ("(None, 12, 32, 32)", "(N, 12, 32, 32)", "exact"),
        ("(None, 12, 32, 31)", "(N, 12, 32, 32)", "wrong"),
        ("(12, -1, 32, 32)", "(12, N, 32, 32)", "wrong"),
        ("19 by 19", (19, 19), "exact"),
    ],
)
def test_what_tools_and_people_write(answer: str, right: Any, verdict: str) -> None:
    assert symcnn.check(answer, right).verdict == verdict
