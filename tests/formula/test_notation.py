"""Formulas as they were written, shown in Unicode and LaTeX; what is shown parses back to the same tree."""

from __future__ import annotations

from fractions import Fraction

import pytest

from symcnn.formula import nodes as f
from symcnn.formula.digits import grouped
from symcnn.formula.notation import latex, text
from symcnn.source import Source
from symcnn.syntax import parse_formula

WRITTEN = [
    # as typed, in Unicode, in LaTeX
    (
        "floor((n + 2p - d(k - 1) - 1)/s) + 1",
        "floor((n + 2p − d(k − 1) − 1)/s) + 1",
        r"\left\lfloor \frac{n + 2p - d(k - 1) - 1}{s} \right\rfloor + 1",
    ),
    ("ceil(n/s)", "ceil(n/s)", r"\left\lceil \frac{n}{s} \right\rceil"),
    ("⌊(H+2*p-k)/s⌋", "⌊(H + 2·p − k)/s⌋", r"\left\lfloor \frac{H + 2 p - k}{s} \right\rfloor"),
    ("a - (b + c)", "a − (b + c)", "a - (b + c)"),
    ("a - b + c", "a − b + c", "a - b + c"),
    ("(a/b)*c", "(a/b)·c", r"\left(\frac{a}{b}\right) c"),
    ("a/b*c", "a/b·c", r"\frac{a}{b} c"),
    ("a/(b*c)", "a/(b·c)", r"\frac{a}{b c}"),
    ("m*(C/g)*prod(k)", "m·(C/g)·prod(k)", r"m \left(\frac{C}{g}\right) \operatorname{prod}(k)"),
    ("2^(n+1)", "2^(n + 1)", "2^{n + 1}"),
    ("2^3^n", "2^3^n", "2^{3^{n}}"),
    ("(2^3)^n", "(2³)^n", "(2^{3})^{n}"),
    ("-(a + b)", "−(a + b)", "-(a + b)"),
    ("-a^2", "−a²", "-a^{2}"),
    ("2^-n", "2^(−n)", "2^{-n}"),
    ("a % b == 0", "a % b == 0", r"b \mid a"),
    ("H % 16 == 12", "H % 16 == 12", r"H \equiv 12 \pmod{16}"),
    ("H % 16 != 12", "H % 16 ≠ 12", r"H \not\equiv 12 \pmod{16}"),
    ("(64α) % 1 == 0", "(64α) % 1 == 0", r"64\alpha \in \mathbb{Z}"),
    ("α*C % 1 != 0", "α·C % 1 ≠ 0", r"\alpha C \notin \mathbb{Z}"),
    ("(H + 4) % 32 != 0", "(H + 4) % 32 ≠ 0", r"32 \nmid H + 4"),
    ("0 <= H % 16 < 12", "0 ≤ H % 16 < 12", r"0 \le H \bmod 16 < 12"),
    ("-a % b", "−a % b", r"-a \bmod b"),
    ("-(a % b)", "−(a % b)", r"-(a \bmod b)"),
    ("a*b/c % d", "a·b/c % d", r"\frac{a b}{c} \bmod d"),
    ("a and b or c", "a and b or c", r"a \land b \lor c"),
    ("a // b", "a // b", r"a \mathbin{/\!/} b"),
    ("0 < α <= 1", "0 < α ≤ 1", r"0 < \alpha \le 1"),
    ("k > 1 and not (s < 3 or s != 7)", "k > 1 and not (s < 3 or s ≠ 7)", r"k > 1 \land \lnot (s < 3 \lor s \ne 7)"),
    ("1.5*x", "1.5·x", "1.5 x"),
    ("x^0.5", "x^0.5", "x^{0.5}"),
    ("600e6", "600,000,000", "600{,}000{,}000"),
    ("5e-3*H", "0.005·H", "0.005 H"),
    ("3×5", "3×5", r"3 \times 5"),
    ("(kh, kw)", "(kh, kw)", r"(\mathit{kh}, \mathit{kw})"),
    ('"same"', '"same"', r"\text{``same''}"),
    ("true", "true", r"\text{true}"),
    (
        "max(8, 8⌊(v + 4)/8⌋)",
        "max(8, 8⌊(v + 4)/8⌋)",
        r"\max\left(8, 8\left\lfloor \frac{v + 4}{8} \right\rfloor\right)",
    ),
    ("a if k > 1 else b", "a if k > 1 else b", r"a \text{ if } k > 1 \text{ else } b"),
    ("prod(n')", "prod(n')", r"\operatorname{prod}(n')"),
    ("C_in*k_h", "C_in·k_h", r"C_{\mathrm{in}} k_{h}"),
    ("before(p) + after(p)", "before(p) + after(p)", r"\operatorname{before}(p) + \operatorname{after}(p)"),
]


@pytest.mark.parametrize(("typed", "unicode_form", "latex_form"), WRITTEN, ids=[row[0] for row in WRITTEN])
def test_forms(typed: str, unicode_form: str, latex_form: str) -> None:
    formula = parse_formula(Source("typed", typed))
    assert text(formula) == unicode_form
    assert latex(formula) == latex_form


@pytest.mark.parametrize("typed", [row[0] for row in WRITTEN if row[0] not in ("600e6", "2^-n")])
def test_unicode_forms_parse_back_to_the_same_tree(typed: str) -> None:
    formula = parse_formula(Source("typed", typed))
    assert parse_formula(Source("shown", text(formula))) == formula


def name(word: str) -> f.Name:
    return f.Name(word)


a, b, c = name("a"), name("b"), name("c")
BUILT = [
    (f.Sum((a, f.Sum((b, c), ("+",))), ("-",)), "a − (b + c)"),
    (f.Product((f.Product((a, b), ("/",)), c), ("*",)), "a/b·c"),
    (f.Product((a, f.Product((b, c), ("/",))), ("/",)), "a/(b/c)"),
    (f.Product((a, f.Sum((b, c), ("+",))), ("*",)), "a·(b + c)"),
    (f.Power(f.Sum((a, b), ("-",)), f.Number(2)), "(a − b)²"),
    (f.Power(f.Power(a, f.Number(2)), b), "(a²)^b"),
    (f.Power(a, f.Power(b, c)), "a^b^c"),
    (f.Power(f.Coefficient(f.Number(2), a), f.Number(3)), "(2a)³"),
    (f.Coefficient(f.Number(2), f.Sum((a, b), ("+",))), "2(a + b)"),
    (f.Sign("-", f.Sum((a, b), ("+",))), "−(a + b)"),
    (f.Product((a, f.Sign("-", b)), ("*",)), "a·(−b)"),
    (f.Logic("and", (f.Logic("or", (a, b)), c)), "(a or b) and c"),
    (f.Not(f.Logic("and", (a, b))), "not (a and b)"),
    (f.Comparison((f.Logic("and", (a, b)), c), ("==",)), "(a and b) == c"),
    (f.Floor(f.Choice(a, b, c)), "⌊a if b else c⌋"),
    (f.Sum((f.Choice(a, b, c), a), ("+",)), "(a if b else c) + a"),
    (f.Shape((f.Sum((a, b), ("+",)), c)), "(a + b)×c"),
]


@pytest.mark.parametrize(("tree", "written"), BUILT, ids=[row[1] for row in BUILT])
def test_brackets_stand_where_they_are_needed(tree: f.Formula, written: str) -> None:
    assert text(tree) == written


NAMES = {
    "C_in": r"C_{\mathrm{in}}",
    "γ": r"\gamma",
    "gamma": r"\gamma",
    "lambda_max": r"\lambda_{\mathrm{max}}",
    "Ω": r"\Omega",
    "n'": "n'",
    "w1": "w1",
    "width": r"\mathit{width}",
    "k_h_2": "k_{h,2}",
    "H_α": r"H_{\alpha}",
}


@pytest.mark.parametrize(("typed", "shown"), NAMES.items())
def test_names(typed: str, shown: str) -> None:
    assert latex(f.Name(typed)) == shown
    assert text(f.Name(typed)) == typed


def test_numbers_are_exact() -> None:
    assert grouped(138357544) == "138,357,544"
    assert grouped(-12345) == "-12,345"
    assert grouped(Fraction(3, 2)) == "1.5"
    assert grouped(Fraction(-1, 8)) == "-0.125"
    assert grouped(Fraction(1, 3)) == "1/3"
    assert grouped(Fraction(123456789, 10)) == "12,345,678.9"
