"""From values to formulas: what is printed reads well, and parses back to the same value."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Add, And, Eq, Expr, Max, Min, Mod, Mul, Ne, Not, Or, Pow, Rational, Symbol, floor, oo

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.evaluate import evaluator
from symcnn.algebra.quotient import inside
from symcnn.algebra.symbols import NONNEGATIVE, RATIONAL, expression, symbol
from symcnn.formula import express as module
from symcnn.formula import shorten
from symcnn.formula.digits import UNICODE_DIGITS
from symcnn.formula.express import express, express_shape
from symcnn.formula.meaning import meaning
from symcnn.formula.nodes import Ceiling, Floor, Formula
from symcnn.formula.notation import UNICODE, latex, text
from symcnn.formula.style import Style
from symcnn.formula.values import Frame
from symcnn.source import Source
from symcnn.syntax import parse_formula
from tests.helpers import draws

A = Arithmetic()
H, W, C, k, s, m = (symbol(name) for name in "HWCksm")
e2, x5, E, x, C_in, primed = (symbol(name) for name in ("e2", "x5", "E", "x", "C_in", "n'"))
p, n = symbol("p", NONNEGATIVE), symbol("n", NONNEGATIVE)
α = symbol("α", RATIONAL)
SYMBOLS = (H, W, C, k, s, m, e2, x5, E, x, C_in, primed, p, n, α)

UNGROUPED = replace(UNICODE, number=str)  # 12345, not 12,345: a comma stands between arguments


def read_back(written: str) -> Any:
    names = {sym.name: sym for sym in SYMBOLS}
    return meaning(parse_formula(Source("printed", written)))(Frame(A, names))


POINTS = [
    {sym: 5 + (5 * place + 3 * shift) % 11 for place, sym in enumerate(SYMBOLS)} | {α: Fraction(2 + shift, 3)}
    for shift in range(9)
]


def without_mod(value: Any) -> Expr:
    return expression(value).replace(Mod, lambda a, b: a - b * A.floor(a / b))


def assert_same(first: Any, second: Any) -> None:
    for point in POINTS:
        at = evaluator(dict(point))
        assert at(without_mod(first)) == at(without_mod(second))


# A table of what people should see.

PRINTED: list[tuple[object, str, str]] = [
    (0, "0", "0"),
    (-7, "−7", "-7"),
    (12345, "12,345", "12{,}345"),
    (9999, "9,999", "9{,}999"),
    (Fraction(-3, 2), "−3/2", r"-\frac{3}{2}"),
    (oo, "∞", r"\infty"),
    (C_in, "C_in", r"C_{\mathrm{in}}"),
    (α * H, "H·α", r"H \alpha"),
    (9 * (H - 2) ** 2 + 9 * (H - 4) ** 2, "9(H − 2)² + 9(H − 4)²", "9(H - 2)^{2} + 9(H - 4)^{2}"),
    (9 * C**2 * H * W, "9C²·H·W", "9C^{2} H W"),
    (C * (k * s - H - k) * (k * s - W - k), "C·(H + k − k·s)·(W + k − k·s)", "C (H + k - k s) (W + k - k s)"),
    ((k * s - H - k + 2) ** 2, "(H + k − k·s − 2)²", "(H + k - k s - 2)^{2}"),
    (-C * (k * s - H - k), "C·(H + k − k·s)", "C (H + k - k s)"),
    ((k**2 - k + 1) * (H - 2), "(H − 2)·(k² − k + 1)", "(H - 2) (k^{2} - k + 1)"),
    (
        A.floor((H + 2 * p - k) / s) + 1,
        "⌊(H + 2p − k)/s⌋ + 1",
        r"\left\lfloor \frac{H + 2p - k}{s} \right\rfloor + 1",
    ),
    (A.ceiling(H / 2), "⌈H/2⌉", r"\left\lceil \frac{H}{2} \right\rceil"),
    (3 * A.floor(H / 2), "3⌊H/2⌋", r"3\left\lfloor \frac{H}{2} \right\rfloor"),
    (
        A.floor(H / 2) ** 2 * C,
        "C·⌊H/2⌋²",
        r"C \left\lfloor \frac{H}{2} \right\rfloor^{2}",
    ),
    (5 * H - 6 - 3 * A.floor(H / 2), "5H − 3⌊H/2⌋ − 6", r"5H - 3\left\lfloor \frac{H}{2} \right\rfloor - 6"),
    (H / 2 - Rational(1, 2), "H/2 − 1/2", r"\frac{H}{2} - \frac{1}{2}"),
    (m * C / k, "C·m/k", r"\frac{C m}{k}"),
    (C / (k * m), "C/(k·m)", r"\frac{C}{k m}"),
    (C / (2 * m), "C/(2m)", r"\frac{C}{2m}"),
    (1 / (H + 1), "1/(H + 1)", r"\frac{1}{H + 1}"),
    ((H - 2) / (25 * (H - 4) ** 2), "(H − 2)/(25(H − 4)²)", r"\frac{H - 2}{25(H - 4)^{2}}"),
    (H - (W + C), "H − C − W", "H - C - W"),
    (-7 * (H - 2) * (W - 1) ** 2, "−7(H − 2)·(W − 1)²", "-7(H - 2) (W - 1)^{2}"),
    (-H * (W - 1), "−H·(W − 1)", "-H (W - 1)"),
    (Mul(-1, H + 1, evaluate=False), "−(H + 1)", "-(H + 1)"),
    (Add(W, Mul(-1, H + C, evaluate=False), evaluate=False), "W − C − H", "W - C - H"),
    (2**n, "2^n", "2^{n}"),
    (2 ** (n + 1), "2^(n + 1)", "2^{n + 1}"),
    (2 ** (2 * n), "4^n", "4^{n}"),
    (64 * 2**n, "64·2^n", r"64 \cdot 2^{n}"),
    (Pow(Rational(1, 2), 3, evaluate=False), "(1/2)³", r"\left(\frac{1}{2}\right)^{3}"),
    ((H / 2) ** n, "(H/2)^n", r"\left(\frac{H}{2}\right)^{n}"),
    (7 * e2, "7·e2", "7 e2"),
    (7 * x5 * E, "7·E·x5", "7 E x5"),
    (7 * x**2, "7·x²", "7 x^{2}"),
    (H**12, "H¹²", "H^{12}"),
    (Max(H, 7, evaluate=False), "max(H, 7)", r"\max(H, 7)"),
    (Max(H, 7, evaluate=False) ** 2, "max(H, 7)²", r"\max(H, 7)^{2}"),
    (3 * Min(H, W, evaluate=False), "3·min(H, W)", r"3 \min(H, W)"),
    (Mod(C, k, evaluate=False), "C % k", r"C \bmod k"),
    (Mul(-1, Mod(C, k, evaluate=False), evaluate=False), "−(C % k)", r"-(C \bmod k)"),
    (Mul(H, Mod(C, k, evaluate=False), evaluate=False), "H·(C % k)", r"H (C \bmod k)"),
]


@pytest.mark.parametrize(("value", "unicode_form", "latex_form"), PRINTED, ids=[row[1] for row in PRINTED])
def test_printed_forms(value: object, unicode_form: str, latex_form: str) -> None:
    formula = express(value)
    assert text(formula) == unicode_form
    assert latex(formula) == latex_form


@pytest.mark.parametrize("value", [row[0] for row in PRINTED if row[0] is not oo], ids=str)
def test_printed_forms_parse_back(value: object) -> None:
    assert_same(value, read_back(UNGROUPED.write(express(value))))


RELATIONS = [
    (H >= 5, "H ≥ 5", r"H \ge 5"),
    (H + 2 * p >= k, "H + 2p ≥ k", r"H + 2p \ge k"),
    (Eq(Mod(C, k, evaluate=False), 0, evaluate=False), "C % k == 0", r"k \mid C"),
    (Ne(H, 7), "H ≠ 7", r"H \ne 7"),
    (Or(H > 3, W < 2), "H > 3 or W < 2", r"H > 3 \lor W < 2"),
    (Or(And(H > 3, C > 1), W < 2), "C > 1 and H > 3 or W < 2", r"C > 1 \land H > 3 \lor W < 2"),
    (Not(Eq(Mod(C, k, evaluate=False), 0, evaluate=False), evaluate=False), "not C % k == 0", r"k \nmid C"),
]


@pytest.mark.parametrize(("relation", "unicode_form", "latex_form"), RELATIONS, ids=[row[1] for row in RELATIONS])
def test_relations(relation: object, unicode_form: str, latex_form: str) -> None:
    assert text(express(relation)) == unicode_form
    assert latex(express(relation)) == latex_form


def test_shapes() -> None:
    assert text(express_shape((C, H - 2, H - 2))) == "C×(H − 2)×(H − 2)"
    assert text(express_shape((C * 2, A.floor(H / 2), 7))) == "2C×⌊H/2⌋×7"
    assert latex(express_shape((C, H, W))) == r"C \times H \times W"
    assert text(express_shape((800,))) == "800"


def test_rounded_terms_stand_by_their_divisors() -> None:
    total = Add(*(9 * A.ceiling(H / 2**i) ** 2 for i in range(1, 6)))
    assert text(express(total)) == "9(⌈H/2⌉² + ⌈H/4⌉² + ⌈H/8⌉² + ⌈H/16⌉² + ⌈H/32⌉²)"
    total = Add(*(A.ceiling(H / s**i) for i in range(1, 4)))
    assert text(express(total)) == "⌈H/s⌉ + ⌈H/s²⌉ + ⌈H/s³⌉"


def test_the_order_of_terms_does_not_depend_on_how_they_came() -> None:
    terms = [C**2 * H, -3 * H * W, A.floor(H / 2), (H - 2) ** 2, Rational(-7, 2)]
    written = {text(express(Add(*order, evaluate=False))) for order in permutations(terms)}
    assert len(written) == 1
    factors = [H, W - 1, A.floor(H / 2), C**2, symbol("a")]
    assert len({text(express(Mul(*order, evaluate=False))) for order in permutations(factors)}) == 1


def test_no_other_kind_of_expression_is_written_wrongly() -> None:
    from sympy import sin

    with pytest.raises(TypeError, match="no notation for sin"):
        express(sin(H))


# Random values.


def together(operation: Any) -> Any:
    return lambda *parts: operation(*map(expression, parts))


def rounding(value: Any, divisor: Any, up: bool) -> Any:
    return (A.ceiling if up else A.floor)(A.divide(expression(value), divisor))


integers = st.integers(-20, 20)
divisors = st.one_of(st.integers(1, 6), st.sampled_from([k, s, 2 * s, s**2, k * m]))
values = st.recursive(
    st.one_of(integers, st.sampled_from(SYMBOLS)),
    lambda inner: st.one_of(
        st.builds(together(Add), inner, inner),
        st.builds(together(lambda a, b: a - b), inner, inner),
        st.builds(together(Mul), inner, inner),
        st.builds(together(Pow), inner, st.integers(1, 3)),
        st.builds(lambda a, b: expression(a) / b, inner, divisors),
        st.builds(lambda base, exponent: base**exponent, st.integers(2, 5), st.sampled_from([n, n + 1, 2 * n])),
        st.builds(rounding, inner, divisors, st.booleans()),
        st.builds(together(lambda a, b: Max(a, b, evaluate=False)), inner, inner),
        st.builds(together(lambda a, b: Min(a, b, evaluate=False)), inner, inner),
    ),
    max_leaves=10,
)


@draws(300)
@given(values)
def test_what_is_printed_parses_back(value: Expr) -> None:
    written = UNGROUPED.write(express(value))
    assert_same(value, read_back(written))
    assert written == UNGROUPED.write(parse_formula(Source("printed", written)))


def plain_length(value: Expr) -> int:
    """Return the length of the form in which nothing is collected, factored or rounded the other way."""

    def alone(poly: Any) -> Any:
        yield shorten.Way([shorten.Part(number, monomial) for monomial, number in poly.items()])

    patch = pytest.MonkeyPatch()
    clear_forms()
    try:
        patch.setattr(module, "ways", alone)
        patch.setattr(module, "read", lambda expr, tidied=True: shorten.read(expr, False))
        patch.setattr(module, "_rounded", as_it_is_rounded)
        return len(text(express(value)))
    finally:
        patch.undo()
        clear_forms()


def as_it_is_rounded(expr: Expr) -> Formula:
    inner = module._quotient(inside(expr))
    return Floor(inner) if isinstance(expr, floor) else Ceiling(inner)


def clear_forms() -> None:
    for function in (module._express, module._shortest, module._factor_order):
        function.cache_clear()


@draws(200)
@given(values)
def test_the_shortest_form_is_never_longer_than_the_plain_one(value: Expr) -> None:
    assert len(text(express(value))) <= plain_length(expression(value))


SHORTENED: list[tuple[object, str]] = [
    (9 * C**2 * (H - 2) ** 2 + 9 * C**2 * (H - 4) ** 2, "9C²·((H − 2)² + (H − 4)²)"),
    (440 * C * (H - 2) * (W - 2) + C * (160 * (H - 2) * (W - 2) + 10), "600C·(H − 2)·(W − 2) + 10C"),
    (Add(*(2 * C**2 * (H - 2**i + 1) for i in range(1, 11))), "4C²·(5H − 1,018)"),
    (Add(*(9 * C**2 * (H - 2 * i) ** 2 for i in range(1, 9))), "72C²·(H² − 18H + 102)"),
    ((4 * k - H) ** 2, "(H − 4k)²"),
    (C * (2 * W - 2), "2C·(W − 1)"),
    ((4 - 2 * W) * (6 - 3 * C) * (H - 2), "6(C − 2)·(H − 2)·(W − 2)"),
    (H**2 - 4 * H + 4, "(H − 2)²"),
    (C**2 * H**2 - 2 * C * H * k + k**2, "(C·H − k)²"),
    (C * H * W + 3 * H * W + 2 * k, "H·W·(C + 3) + 2k"),
    (64 * C * A.floor(H / 2) + 32 * A.floor(H / 2) + H, "32⌊H/2⌋·(2C + 1) + H"),
    (A.floor((H + 13) / 16), "⌈(H − 2)/16⌉"),
    (A.floor((H + 13) / 16) + 1, "⌊(H + 29)/16⌋"),
    (C * H / 2 + C * W / 2, "C·(H + W)/2"),
    (C * k * (H - 2) ** 2 + C * k * (H - 1) + W, "C·k·((H − 2)² + H − 1) + W"),
    # As they stand, where nothing is shorter.
    (C * (4 * k - H), "C·(4k − H)"),
    (H * (H - 1), "H·(H − 1)"),
    (2 * W - 2, "2W − 2"),
]


@pytest.mark.parametrize(("value", "shortest"), SHORTENED, ids=[row[1] for row in SHORTENED])
def test_shortest_forms(value: object, shortest: str) -> None:
    assert text(express(value)) == shortest
    assert_same(value, read_back(UNGROUPED.write(express(value))))


@draws(60)
@given(values, st.sampled_from(sorted(UNICODE_DIGITS)))
def test_digits_of_every_locale_read_back(value: Expr, locale: str) -> None:
    scaled = expression(value) * 1234567
    written = Style(digits=locale).unicode.write(express(scaled))
    separator = UNICODE_DIGITS[locale].separator
    ungrouped = re.sub(rf"(?<=\d){re.escape(separator)}(?=\d{{3}})", "", written) if separator else written
    assert_same(scaled, read_back(ungrouped))


@draws(100)
@given(values)
def test_every_value_has_a_balanced_latex_form(value: Expr) -> None:
    written = latex(express(value))
    depth = 0
    for character in written:
        depth += (character == "{") - (character == "}")
        assert depth >= 0
    assert depth == 0
    assert written.count(r"\left") == written.count(r"\right")
    assert "·" not in written
    assert written.isascii()


def test_names_of_any_letter_print_as_such() -> None:
    assert latex(express(Symbol("γ_max"))) == r"\gamma_{\mathrm{max}}"
