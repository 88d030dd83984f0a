"""Formulas with numbers against Python: the same text, spelt for Python, evaluated on fractions."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from symcnn import SymcnnError
from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.symbols import symbol
from symcnn.formula.meaning import meaning
from symcnn.formula.nodes import names
from symcnn.formula.values import Frame, Function, Sides, number
from symcnn.source import Source
from symcnn.syntax import parse_formula
from tests.helpers import error_of, marked

PYTHON: dict[str, Any] = {"floor": math.floor, "ceil": math.ceil, "min": min, "max": max, "abs": abs}


def worth(text: str, **values: Any) -> Any:
    """Return what a formula is worth."""
    return meaning(parse_formula(Source("f", text)))(Frame(Arithmetic(), values))


numbers = st.integers(0, 12).map(str)
atoms = st.one_of(numbers, st.sampled_from(["a", "b", "c"]))


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    binary = st.sampled_from(["+", "-", "*", "/", "//", "%"])
    return st.one_of(
        st.builds("{} {} {}".format, inner, binary, inner),
        st.builds("({})".format, inner),
        st.builds("-{}".format, inner),
        st.builds("({})^{}".format, inner, st.integers(0, 3)),
        st.builds("{}({})".format, st.sampled_from(["floor", "ceil", "abs"]), inner),
        st.builds("{}({}, {})".format, st.sampled_from(["min", "max"]), inner, inner),
        st.builds(
            "({} if {} {} {} else {})".format, inner, inner, st.sampled_from(["<", "<=", "==", "!="]), inner, inner
        ),
        st.builds("({0} if {0} < {1} and not {1} == {2} or {2} >= {0} else {1})".format, inner, inner, inner),
    )


@given(st.recursive(atoms, _grown, max_leaves=12), st.tuples(*[st.integers(-6, 12)] * 3))
def test_formulas_mean_what_they_mean_in_python(text: str, point: tuple[int, int, int]) -> None:
    values = dict(zip("abc", map(Fraction, point), strict=True))
    python = "".join(f"Fraction({part})" if part.isdigit() else part for part in _split(text)).replace("^", "**")
    try:
        expected = eval(python, {"Fraction": Fraction, **PYTHON}, values)  # a text that this test has made
    except ZeroDivisionError:
        assert error_of(lambda: worth(text, **values)).message == "division by zero"
        return
    assume(abs(expected) < 10**9)
    assert worth(text, **values) == expected


def _split(text: str) -> list[str]:
    """Cut a formula into numbers and what is between them; an exponent stays a plain integer."""
    parts: list[str] = [""]
    for before, character in zip(" " + text, text, strict=False):
        if character.isdigit() != parts[-1].isdigit() or before == "^":
            parts.append("")
        parts[-1] += character
    return [
        f"int({part})" if earlier.endswith("^") else part for earlier, part in zip(["", *parts], parts, strict=False)
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("p + 1", Fraction(5, 2)),
        ("2p", 3),
        ("before(p)", 1),
        ("after(p)", 2),
        ("before(q)", 4),
        ("2q", 8),
        ("f(3)", 10),
        ("f(3)^2", 100),
        ("2f(3)", 20),
        ("f(f(1))", 13),
        ("t + t", 2),
        ('1 if w == "same" else 2', 1),
        ('1 if "valid" != w else 2', 1),
        ("(1, 2, (3, 4))", (1, 2, (3, 4))),
        ("1×2×3", (1, 2, 3)),
        ("true", True),
        ("1 < 2", True),
        ("not 1 < 2", False),
        ("1 < 2 < 2", False),
        ("7 % 4 == 3", True),
        ("3 == 7 % 4", True),
        ("7 % 4 != 3", False),
        ("7 % 4 == 7", False),  # a remainder is less than its divisor
        ("1 == 1 or 1/0 > 2", True),  # the rest is not looked at
        ("1 == 2 and 1/0 > 2", False),
        ("3 if true else 1/0", 3),
    ],
)
def test_values(text: str, value: Any) -> None:
    f = Function("f", ("v",), meaning(parse_formula(Source("f", "3v + 1"))), {})
    scope: dict[str, Any] = {"p": Sides(1, 2), "q": Sides(4, 4), "t": True, "w": "same"}
    assert worth(text, **scope, f=f) == value


@pytest.mark.parametrize(
    ("text", "guilty"),
    [
        ("1 + (2, 3)", "(2, 3)"),
        ('2 * "same"', '"same"'),
        ("2 ^ (1, 2)", "(1, 2)"),
        ("1 if 7 else 2", "7"),
        ("not 2", "2"),
        ("1/(3 - 3)", "(3 - 3)"),
        ("7 % 0 == 1", "0"),
        ("floor((1, 2))", "(1, 2)"),
        ("min(1)", "min(1)"),
        ("5(1, 2)", "(1, 2)"),
        ("(5)(1, 2)", "(5)"),
        ("0^-1", "0^-1"),
        ("2^0.5", "2^0.5"),
        ("9^9^9", "9^9^9"),
    ],
)
def test_errors_show_the_guilty_part(text: str, guilty: str) -> None:
    error = error_of(lambda: worth(text))
    assert error.span is not None
    assert error.span.text == guilty


def test_a_number_is_a_number() -> None:
    assert (number(True, None), number(Sides(3, 3), None), number(Sides(3, 4), None)) == (1, 3, Fraction(7, 2))
    for value in ("same", (1, 2)):
        with pytest.raises(SymcnnError, match="a number is wanted here"):
            number(value, None)


def test_names_are_listed_in_order() -> None:
    formula = parse_formula(Source("f", "b(a + c)^a - (b if x > 1 else max(d, 2e))"))
    assert [name.name for name in names(formula)] == ["b", "a", "c", "a", "b", "x", "max", "d", "e"]


def test_taps() -> None:
    assert worth("taps(8, 8, k, 1, 1, 1)", k=3) == 22
    assert worth("taps(n, 4, 3, 2, p, 1)", n=8, p=1) == 11


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("taps(8, ‹0›, 3, 1, 1, 1)", "taps takes a positive integer here, not 0"),
        ("taps(8, 8, 3, 1, 1, ‹0›)", "taps takes a positive integer here, not 0"),
        ("taps(8, 8, 3, 1, ‹1/2›, 1)", "taps takes an integer here, not 1/2"),
        ("‹taps(8, 8, 3)›", "taps takes 6 arguments, not 3"),
        (
            "‹taps(n, m, k, 2, 1, 3)›",
            "no closed form is known for a kernel that is a symbol, unless there is no padding",
        ),
    ],
)
def test_taps_of_what_is_none(text: str, message: str) -> None:
    place = marked(text)
    error = error_of(lambda: worth(place.text, n=symbol("n"), m=symbol("m"), k=symbol("k")))
    assert error.message.startswith(message)
    assert error.span is not None
    assert (error.span.start, error.span.end) == (place.start, place.end)
