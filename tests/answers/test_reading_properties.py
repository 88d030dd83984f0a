"""Whatever is written in plain text, Unicode or LaTeX reads back as what it is; whatever else is typed is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.evaluate import evaluator
from symcnn.algebra.symbols import symbol
from symcnn.answers.names import Names
from symcnn.answers.notation import latex
from symcnn.answers.read import read
from symcnn.answers.unreadable import Unreadable
from symcnn.answers.worth import worth
from symcnn.errors import SymcnnError
from tests.answers.table import rows
from tests.helpers import draws

SYMBOLS = ["H", "W", "K", "C_in", "C_out", "L"]
POINTS = [dict(zip(SYMBOLS, [Random(seed).randint(1, 9) for _ in SYMBOLS], strict=True)) for seed in range(4)]
NAMES = Names(SYMBOLS)


@dataclass(frozen=True)
class Written:
    """One formula in three notations, and its value as a function; `binds` tells whether it needs brackets."""

    plain: str
    unicode: str
    latex: str
    at: Callable[[dict[str, int]], Fraction]
    binds: int  # 0 a sum, 1 a product, 2 a factor


def bracketed(formula: Written, least: int) -> Written:
    if formula.binds >= least:
        return formula
    return Written(f"({formula.plain})", f"({formula.unicode})", rf"\left({formula.latex}\right)", formula.at, 2)


UNICODE_NAMES = {"C_in": "Cᵢₙ", "C_out": "Cₒᵤₜ"}
LATEX_NAMES = {"C_in": r"C_{\text{in}}", "C_out": r"C_\mathrm{out}"}
SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: int) -> Written:
    return Written(str(value), str(value), str(value), lambda _: Fraction(value), 2)


def name(word: str) -> Written:
    return Written(word, UNICODE_NAMES.get(word, word), LATEX_NAMES.get(word, word), lambda at: Fraction(at[word]), 2)


def added(left: Written, right: Written, minus: bool) -> Written:
    right = bracketed(right, 1)
    sign = -1 if minus else 1
    plain, pretty = ("-", " − ") if minus else (" + ", "+")
    return Written(
        left.plain + plain + right.plain,
        left.unicode + pretty + right.unicode,
        f"{left.latex}{'-' if minus else '+'}{right.latex}",
        lambda at: left.at(at) + sign * right.at(at),
        0,
    )


def multiplied(left: Written, right: Written, silent: bool) -> Written:
    left, right = bracketed(left, 1), bracketed(right, 2)
    # A number behind a factor needs a sign, and so does a fraction: 2½ is no product.
    silent = silent and not right.plain[0].isdigit() and not right.latex.startswith(r"\frac")
    return Written(
        left.plain + (" " if silent else "*") + right.plain,
        left.unicode + ("" if silent else "·") + right.unicode,
        left.latex + (" " if silent else r" \cdot ") + right.latex,
        lambda at: left.at(at) * right.at(at),
        1,
    )


def divided(left: Written, right: Written) -> Written:
    left, low = bracketed(left, 1), bracketed(right, 2)
    return Written(
        f"({left.plain}/{low.plain})",
        f"({left.unicode}÷{low.unicode})",
        rf"\frac{{{left.latex}}}{{{right.latex}}}",
        lambda at: left.at(at) / right.at(at),
        2,
    )


def raised(base: Written, exponent: int) -> Written:
    base = bracketed(base, 2)
    if base.latex.startswith((r"\frac", r"\left\l")) or "²" in base.unicode or base.plain.endswith(tuple("0123456789")):
        base = Written(f"({base.plain})", f"({base.unicode})", rf"\bigl({base.latex}\bigr)", base.at, 2)
    power = str(exponent)
    return Written(
        f"{base.plain}**{power}",
        base.unicode + power.translate(SUPERSCRIPTS),
        f"{base.latex}^{{{power}}}",
        lambda at: base.at(at) ** exponent,
        2,
    )


def rounded(inner: Written, up: bool) -> Written:
    word, signs, command = ("ceil", "⌈⌉", "ceil") if up else ("floor", "⌊⌋", "floor")
    operation = ceil if up else floor
    return Written(
        f"{word}({inner.plain})",
        signs[0] + inner.unicode + signs[1],
        rf"\left\l{command} {inner.latex} \right\r{command}",
        lambda at: Fraction(operation(inner.at(at))),
        2,
    )


LEAVES = st.integers(1, 12).map(number) | st.sampled_from(SYMBOLS).map(name)
FORMULAS = st.recursive(
    LEAVES,
    lambda inner: (
        st.builds(added, inner, inner, st.booleans())
        | st.builds(multiplied, inner, inner, st.booleans())
        | st.builds(divided, inner, st.integers(2, 9).map(number))
        | st.builds(raised, LEAVES | inner, st.integers(2, 3))
        | st.builds(rounded, inner, st.booleans())
    ),
    max_leaves=7,
)


def value(text: str, at: dict[str, int]) -> Fraction:
    (found,) = read(text, NAMES, form="formula")
    (member,) = found.members
    evaluate = evaluator({symbol(word): number for word, number in at.items()})
    return Fraction(evaluate(worth(member.items[0], Arithmetic())))


@given(FORMULAS)
@draws(300)
def test_three_notations_say_the_same(formula: Written) -> None:
    for at in POINTS[:2]:
        meant = formula.at(at)
        assert value(formula.plain, at) == meant
        assert value(formula.unicode, at) == meant
        assert value(formula.latex, at) == meant


@given(FORMULAS)
@draws(150)
def test_the_echo_says_the_same(formula: Written) -> None:
    (found,) = read(formula.plain, NAMES)
    for at in POINTS[:2]:
        assert value(latex(found), at) == formula.at(at)


@given(st.integers(0, 10**12), st.sampled_from(["en", "de", "fr", "ch", "none"]))
@draws(200)
def test_numbers_read_back_in_every_locale(number: int, locale: str) -> None:
    from symcnn.formula.digits import UNICODE_DIGITS, grouped

    for written in (grouped(number, UNICODE_DIGITS[locale]), str(number)):
        (found,) = read(written, NAMES, locale=locale, form="number")
        assert worth(found.members[0].items[0], Arithmetic()) == number


@given(st.fractions(0, 10**6, max_denominator=1).map(int), st.integers(0, 99))
@draws(100)
def test_decimals_have_half_a_unit_of_their_last_place(whole: int, cents: int) -> None:
    (found,) = read(f"{whole}.{cents:02}M", NAMES, locale="en", form="number")
    (member,) = found.members
    assert worth(member.items[0], Arithmetic()) == whole * 10**6 + cents * 10**4
    assert member.half_unit == 5_000


ANSWERS = [row.answer for row in rows()]
PIECES = [
    *"0123456789HWKCxX+-*/^=()[]{}⌊⌋⌈⌉_.,;:!%|~≈→×·²₂½ \t\n$&'\"\\@#?<>`",
    "\\frac",
    "\\sum_{l=1}^{L}",
    "\\left",
    "\\right",
    "\\lfloor",
    "\\text{",
    "\\boxed{",
    "floor(",
    "1e9",
    "9,248",
    "O(",
    "params",
    "or",
    "参数",
    "约",
    "GMACs",
    "M",
    "\u200b",
    "С",
]


def survives(text: str) -> None:
    """Read a text in every way; only readings and `Unreadable` may come out."""
    for form in ("formula", "number", "shape", "order", None):
        try:
            found = read(text, NAMES, form=form)
        except Unreadable as error:
            assert str(error)
            continue
        for reading in found:
            assert latex(reading)
            for member in reading.members:
                for item in member.items:
                    try:
                        worth(item, Arithmetic())
                    except Unreadable as error:
                        assert str(error)


@given(st.text(max_size=60))
@draws(400)
def test_any_text_is_read_or_refused(text: str) -> None:
    survives(text)


@given(st.lists(st.sampled_from(PIECES), max_size=20).map("".join))
@draws(1000)
def test_any_pieces_are_read_or_refused(text: str) -> None:
    survives(text)


@given(st.sampled_from(ANSWERS), st.integers(0, 60), st.integers(0, 6), st.sampled_from(["", *PIECES]))
@draws(600)
def test_answers_with_an_error_are_read_or_refused(answer: str, place: int, length: int, piece: str) -> None:
    place %= len(answer) + 1
    survives(answer[:place] + piece + answer[place + length :])


@given(st.sampled_from(ANSWERS), st.sampled_from(ANSWERS))
@draws(200)
def test_two_answers_are_read_or_refused(first: str, second: str) -> None:
    survives(first + second)


@pytest.mark.parametrize("text", ["~x3C²", "=x3", "(x3)", "x3C", "Hx3x", "+x3x4", "²x3", "xx3"])
def test_a_times_without_a_factor_is_read_or_refused(text: str) -> None:
    survives(text)


def test_errors_are_of_one_kind() -> None:
    assert issubclass(Unreadable, SymcnnError)
