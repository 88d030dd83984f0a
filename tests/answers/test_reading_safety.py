"""The text of a learner is hostile until it is read: nothing runs, hangs, fills the memory, or raises another error."""

from __future__ import annotations

import subprocess
import sys
import time
import unicodedata
from pathlib import Path

import pytest

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.answers.names import Names
from symcnn.answers.normalise import LONGEST
from symcnn.answers.notation import latex
from symcnn.answers.read import read
from symcnn.answers.unreadable import Unreadable
from symcnn.answers.worth import worth
from tests.helpers import slowness

NAMES = Names(["H", "W", "C", "K", "S", "P", "L", "C_in", "C_out", "k"])
FORMS = ("formula", "number", "shape", "order", None)
REFUSED_WITHIN, ANSWERED_WITHIN = 0.01, 0.2  # seconds of this process

CODE = [
    "__import__('os').system('echo hi')",
    "().__class__.__bases__[0].__subclasses__()",
    "lambda: 0",
    "lambda H: 18*H**2",
    "f'{7*7}'",
    'f"{H}"',
    "eval('1')",
    "ｅｖａｌ（１）",
    "exec",
    "H.__class__",
    "[x for x in range(9)]",
    "print(832)",
    "import os",
    "H if H else W",
    "open('/etc/passwd')",
]
MARKUP = [
    "<script>alert(1)</script>",
    "<b>832</b>",
    "{{7*7}}",
    "${7*7}",
    "{% if 1 %}",
    "<%= 7*7 %>",
    "#{7*7}",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://x")',
    "@SUM(A1:A9)",
    "-2+3+cmd|' /C calc'!A0",
    "\\input{/etc/passwd}",
    "\\write18{ls}",
    "\\def\\x{1}\\x",
    "\\newcommand{\\x}{1}",
    "\\catcode`\\@=11",
    "'; DROP TABLE answers; --",
]
CHARACTERS = [
    ("832\x00", "NUL"),
    ("\x1b[31m832", "control"),
    ("8\u202e32", "bidirectional"),
    ("\u2066832\u2069", "bidirectional"),
    ("832\u200f", "bidirectional"),
    ("\ud800", "surrogate"),
    ("832\udc00", "surrogate"),
    ("832\U000e0041", "tag"),
    ("8\u0336", "combining"),
    ("H\u20d7", "combining"),
    ("\ue000", "private-use"),
    ("\u0378", "unassigned"),
]
UNDEFINED = [
    "1/0",
    "H/0",
    "1/(H-H)",
    r"\frac{1}{0}",
    "0^-1",
    "0^0",
    "H % 0",
    "H // (1-1)",
    "floor(1/0)",
    "nan",
    "inf",
    "-inf",
    "∞",
    r"\infty",
    "infinity",
    "NaN",
    "sqrt(-1)",
    "sqrt(2)",
    "0^L",
    "(0-5)!",
]
HUGE = [
    "9^9^9^9",
    "9**9**9**9",
    "1e999999999",
    "1e100",
    "10^10^10",
    "(10^7)!",
    "1000!!",
    "2^2^2^2^2^2",
    "(H+W+C+K)^{200}",
    "((H+1)^30)^30",
    "H^10000000",
    "H^H^H^H^H",
    "9" * 401,
    "\\sum_{l=1}^{1000000000000} l!",
    "\\sum_{a=1}^{999}\\sum_{b=1}^{999} \\lfloor a/b \\rfloor",
    "\\prod_{l=1}^{1000000000000} l",
    "(1/3)^(10^6)",
    "\\prod_{l=1}^{1000000000000} 2",
    "2^(10^9)",
    "(2^10000)*(3^10000)*(5^10000)",
]
HEDGED = [
    "18H^2 or 1",
    "maybe 832",
    "832?",
    "832 and 9248",
    "832; 9248",
    "832, 9248 maybe",
    "I think 832",
    "probably 832",
    "832 或 9248",
    "832吗",
    "\\boxed{832} \\boxed{833}",
    "either 832",
    "not 832",
    "832 vs 9248",
]
PROSE = [
    "I don't know",
    "the same as before",
    "no idea",
    "dunno",
    "yes",
    "idk",
    "see above",
    "H is even",
    "hello world",
    "不知道",
    "параметры",
    "help me",
    "???",
    "...",
    "-",
    "N/A",
    "",
    "   ",
    "\n",
    ".",
    "$$",
    "()",
    "{}",
    "[]",
    "\\boxed{}",
]
BRACKETS = [
    "⌊H/2⌉",
    "⌊H/2",
    "H/2⌋",
    "⌊(H⌋)",
    "(H",
    "H)",
    "[H)",
    "\\lfloor H \\rceil",
    "\\left\\lfloor H",
    "\\frac{H}{2",
    "|H",
]
LONG = ["9" * 10**6, "a" * 10**6, " " * 10**6, "(" * 10**5 + "H" + ")" * 10**5, "-" * 10**5 + "H", "H" * 10**6]


def fill(piece: str) -> str:
    """Return as much of a piece as an answer may have."""
    return (piece * LONGEST)[:LONGEST]


FILLED = [
    *map(fill, "9aH( -+^!%'_,.;=²½С参\u200b\\$&*`[⌊x→~"),
    *map(
        fill,
        ["9^", "H^", "1,", "1.", "1,111", " 111", "1x", "HW+", "H/", "(H+1)", "H_", "1e5", "²³", "=832", "½9", "3→"],
    ),
    *map(
        fill,
        ["\\frac", "\\frac12", "\\frac{", "\\sqrt{", "\\left", "\\text{", "\\boxed{1}", "H_{", "√", "9.248+", "H/2W+"],
    ),
    *map(
        fill,
        [
            "the ",
            "maybe ",
            "参数",
            "C=1,",
            "floor(",
            "\\sum_{l=1}^{L}",
            "\\begin{aligned}",
            "1e99*",
            "[H/2]",
            "H%",
            "H//",
        ],
    ),
    *("(" * depth + "H" + ")" * depth for depth in (20, 24, 40)),
    *("floor(" * depth + "H" + "/S+1)" * depth for depth in (10, 23)),
    *("\\frac{1}{1+" * depth + "H" + "}" * depth for depth in (10, 23)),
    *("\\sqrt{" * depth + "H^2" + "}" * depth for depth in (10, 23)),
    "max(" + ",".join(f"H*{n}-W*{n * n % 17}" for n in range(40)) + ")",
    "(H+1)" * 90,
    " " * (LONGEST - 1) + "½",
    *map(fill, ["2 ½", " ½"]),
    "(H+W+1)" * 60,
    "[H/2W]" * 20,
    "9.248*" * 60 + "1",
]


def answered(text: str, form: str | None) -> str:
    """Read an answer, show it and work it out; return what was refused of it."""
    try:
        for reading in read(text, NAMES, form=form):
            assert latex(reading)
            for member in reading.members:
                for item in member.items:
                    worth(item, Arithmetic())
    except Unreadable as error:
        assert str(error)
        return error.message
    return ""


def quickest(text: str, form: str | None) -> tuple[float, float]:
    """Return the least of some times that reading, and everything, takes: other processes may disturb most."""
    reading: list[float] = []
    everything: list[float] = []
    for attempt in range(20):
        if attempt >= 3 and min(reading, default=0) < REFUSED_WITHIN and min(everything) < ANSWERED_WITHIN:
            break
        start = time.process_time()
        try:
            read(text, NAMES, form=form)
        except Unreadable:
            reading.append(time.process_time() - start)
        start = time.process_time()
        answered(text, form)
        everything.append(time.process_time() - start)
    return min(reading, default=0), min(everything)


@pytest.mark.parametrize("text", [*CODE, *MARKUP, *HUGE, *UNDEFINED, *HEDGED, *PROSE, *BRACKETS])
def test_what_is_no_answer_is_refused(text: str) -> None:
    for form in ("formula", "number", None):
        assert answered(text, form), text


@pytest.mark.parametrize(("text", "name"), CHARACTERS)
def test_characters_are_refused_by_name_and_never_echoed(text: str, name: str) -> None:
    with pytest.raises(Unreadable, match=name) as caught:
        read(text, NAMES)
    assert caught.value.reason == "characters"
    assert not {unicodedata.category(c) for c in str(caught.value).replace("\n", "")} & {"Cc", "Cf", "Cs"}


@pytest.mark.parametrize("text", LONG, ids=lambda text: f"{text[:1]}×{len(text)}")
def test_long_answers_are_refused_by_their_length(text: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read(text, NAMES)
    assert caught.value.reason == "size"
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("place", range(len(FILLED)))
def test_every_answer_comes_in_time(place: int) -> None:
    text = FILLED[place]
    for form in ("formula", "shape"):
        before = slowness()
        refused, everything = quickest(text, form)
        slower = max(before, slowness())
        assert refused < REFUSED_WITHIN * slower, (text[:40], form, refused)
        assert everything < ANSWERED_WITHIN * slower, (text[:40], form, everything)


def test_the_memory_stays_small() -> None:
    code = """
import resource, sys
from tests.answers.test_reading_safety import FILLED, FORMS, HUGE, LONG, answered
answered("H", None)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for text in (*HUGE, *FILLED, *(text[:100_000] for text in LONG)):
    for form in FORMS:
        answered(text, form)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""
    root = Path(__file__).parent.parent.parent
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 100


def test_errors_point_into_what_was_typed() -> None:
    for text, guilty in {
        "２×（Ｈ＋１": "（",
        "H² + + × W": "×",
        "18 H² oder 1": "oder",
        "C·Ｈ ⌊H": "⌊",
        "K² + nan": "nan",
        "½ H_out vielleicht": "vielleicht",
    }.items():
        with pytest.raises(Unreadable) as caught:
            read(text, NAMES, form="formula")
        assert caught.value.span is not None
        assert caught.value.span.text == guilty
