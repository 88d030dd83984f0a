"""The front door: what Python users hand in by mistake is answered by one family of errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sympy import sqrt

import symcnn
from symcnn import load, parse
from tests.helpers import analysed, chain, error_of

BYTES: Any = b"net a {}"
ANY: Any = None  # what no function takes
# Without their types: what is tried here, no type checker lets pass.
analyse: Any = symcnn.analyse
asymptotics: Any = symcnn.asymptotics
compare: Any = symcnn.compare
render: Any = symcnn.render
TEXT = "net a(c = 4) { input 3×H; Conv(c, 3) }"


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda n, a: analyse(parse(TEXT)), "analyse takes a net, not a _Networks"),
        (lambda n, a: analyse(TEXT), "analyse takes a net, not a str"),
        (lambda n, a: parse(ANY), "parse takes a text, not a NoneType"),
        (lambda n, a: parse(BYTES), "parse takes a text, not a bytes"),
        (lambda n, a: parse(TEXT)["b"], "there is no net 'b'"),
        (lambda n, a: load(ANY), "load takes a path, not a NoneType"),
        (lambda n, a: compare(n, a), "compare takes analyses, not a Network"),
        (lambda n, a: compare(a, a, [1]), "unknown quantity '1'"),
        (lambda n, a: asymptotics(n), "asymptotics takes an analysis, not a Network"),
        (lambda n, a: asymptotics(a.at(H=9)), "asymptotics takes an analysis with symbols, not its values"),
        (lambda n, a: render(n), "there is no page of a Network"),
        (lambda n, a: render(asymptotics(a)), "there is no page of a Asymptotics"),
        (lambda n, a: render(a, ANY), "unknown format 'None'"),
        (lambda n, a: analyse(n, assume=[ANY]), "an assumption is a text, not a NoneType"),
        (lambda n, a: analyse(n, c=sqrt(2)), "the value of c is sqrt(2)"),
        (lambda n, a: analyse(n, c=1.5), "the value of c is 1.5"),
        (lambda n, a: symcnn.symbols(ANY), "symbols takes a text, not a NoneType"),
        (lambda n, a: a.at(H=10**5000).macs and render(a.at(H=10**5000)), "a number is too large to be written out"),
    ],
)
def test_wrong_arguments(act: Callable[[Any, Any], Any], message: str) -> None:
    net = parse(TEXT)["a"]
    assert error_of(lambda: act(net, analyse(net))).message == message


def test_one_assumption_is_a_text() -> None:
    assert str(analyse(parse(TEXT)["a"], assume="H % 2 == 0").assumptions) == "(Eq(Mod(H, 2), 0),)"


def test_functions_that_call_each_other_too_often() -> None:
    lets = "\n".join(f"let f{i + 1}(x) = f{i}(x) + f{i}(x)" for i in range(28))
    error = error_of(lambda: analysed(chain("Conv(f28(1), 1)", before=f"let f0(x) = x + 1\n{lets}")))
    assert error.message == "the functions call each other too often"


def test_an_error_says_where_its_block_is_used() -> None:
    text = "net a { input 8×99; repeat 10 { block(3) } }\nnet block(k) { Conv(8, k); MaxPool(2) }"
    error = error_of(lambda: analysed(text, "a"))
    assert error.context == ("in block(3), text:1:33", "in repetition 6 of 10, text:1:28")
    assert str(error).splitlines()[-3:] == [
        "  the window is larger than the padded input 8×1",
        "  in block(3), text:1:33",
        "  in repetition 6 of 10, text:1:28",
    ]


def test_an_analysis_shows_itself_in_a_line() -> None:
    a = analyse(parse("net two { input C×H×H; Conv(C, 3, bias=false); Conv(C, 3, bias=false) }")["two"])
    assert repr(a) == "<Analysis of two: C×H×H → C×(H − 4)×(H − 4), params 18C², MACs 9C²·((H − 2)² + (H − 4)²)>"
    assert repr(a.at(C=2, H=9)) == "<Analysis of two: 2×9×9 → 2×5×5, params 72, MACs 2,664>"
