"""What a reader asked for: an author's notation, digits of a locale, M and G."""

from __future__ import annotations

import shutil
import subprocess
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symcnn import SymcnnError
from symcnn.formula import author
from symcnn.formula import nodes as f
from symcnn.formula.author import notated
from symcnn.formula.digits import UNICODE_DIGITS, abbreviated
from symcnn.formula.style import Style
from symcnn.source import Source
from symcnn.syntax import parse_formula
from tests.helpers import draws, error_of, marked

NOTATIONS = [
    # the author's LaTeX, how it reads as text
    ("N_{i-1}", "Nᵢ₋₁"),
    (r"\hat C", "Ĉ"),
    (r"\hat{h}_{i}", "ĥᵢ"),
    (r"\bar{x}", "x̄"),
    (r"\ell", "ℓ"),
    (r"\alpha_{\mathrm{max}}", "αₘₐₓ"),
    (r"C_{\mathrm{Zin}}", "C_Zin"),
    ("N_{c,d}", "N_(c,d)"),
    ("n_w'", "n_w'"),
    (r"\varepsilon", "ε"),
    ("x_12", "x₁2"),
    ("N1", "N1"),
    (r"\boldsymbol{C}_i", "𝐂ᵢ"),
    (r"\text{M}", "M"),
    (r"\text{in 2}_i", "in 2ᵢ"),
    ("x^{(2)}", "x⁽²⁾"),
]


@pytest.mark.parametrize(("code", "text"), NOTATIONS)
def test_notations_read_as_text(code: str, text: str) -> None:
    style = Style(names={"C_in": code})
    assert style.unicode.write(f.Name("C_in")) == text
    assert code in style.latex.write(f.Name("C_in"))
    assert style.unicode.write(f.Name("C")) == "C"


def test_a_notation_with_a_superscript_stays_one_thing() -> None:
    style = Style(names={"k": r"k^{(l)}"})
    squared = parse_formula(Source("f", "k^2 + k(a)"))
    assert style.latex.write(squared) == r"({k^{(l)}})^{2} + {k^{(l)}}(a)"
    assert style.unicode.write(squared) == "(k^(l))² + k^(l)(a)"


REFUSED = [
    # the guilty part is marked, a word of the message or the hint
    (r"‹\input›{/etc/passwd}", "not allowed"),
    (r"‹\write›18", "not allowed"),
    (r"x_{‹\def›}", "not allowed"),
    (r"\mathrm{a‹$›}", "math mode already"),
    ("a‹%›b", "not allowed"),
    ("a‹&›b", "not allowed"),
    ("a‹#›1", "not allowed"),
    ("a‹~›", "not allowed"),
    (r"a‹\\›b", "not allowed"),
    ("a‹{›b", "not closed"),
    ("N_‹{›i-1", "not closed"),
    ("a‹}›", "no brace that it closes"),
    ("N‹-›1", "a calculation"),
    ("{N‹-›1}", "a calculation"),
    ("x^a‹^›3", "two superscripts"),
    ("x_i‹_›j", "two subscripts"),
    ("x^a‹'›", "two superscripts"),
    ("a ‹b›", "a product"),
    ("a‹b›", "a product"),
    ("2‹N_i›", "a product"),
    (r"\alpha‹{x}›", "a product"),
    ("N^‹2›", "a power"),
    ("N_i^‹{12}›", "^{(12)}"),
    (r"‹\text›{a_b}", "letters, digits and spaces"),
    (r"‹\textrm›{in}", r"\mathrm"),
    (r"‹\frac›{a}{b}", r"\mathrm, \mathit, \mathbf, \boldsymbol"),
    ("‹γ›", r"write \gamma"),
    ("‹变›", "not allowed"),
    (r"x_‹\mathrm{in}›", "braces"),
    (r"‹\alhpa›", "did you mean 'alpha'?"),
    ("a‹\x07›", "not allowed"),
    ("‹ ›", "empty"),
    ("‹" + "a" * 81 + "›", "more than 80"),
]


@pytest.mark.parametrize(("program", "message"), REFUSED, ids=[row[0][:20] for row in REFUSED])
def test_what_is_not_harmless_is_refused(program: str, message: str) -> None:
    code, start, end = marked(program)
    error = error_of(lambda: notated(Source("--notation", f"C={code}"), 2))
    assert error.span is not None
    assert (error.span.start - 2, error.span.end - 2) == (start, end)
    assert message in str(error)
    assert "notation of C" in str(error_of(lambda: Style(names={"C": code})))


@pytest.mark.parametrize(
    ("names", "known"),
    [
        ({"C_in": "C_{out}"}, {"C_in", "C_out"}),
        ({"C_in": r"\text{C}_{\mathrm{out}}"}, {"C_in", "C_out"}),
        ({"a": "{N}", "b": "N"}, {"a", "b"}),
        ({"a": r"\gamma"}, {"a", "γ"}),
        ({"a": "b"}, {"a", "b"}),
    ],
)
def test_symbols_that_would_look_the_same_are_refused(names: dict[str, str], known: set[str]) -> None:
    assert "look the same" in error_of(lambda: Style(names=names).check_symbols(known)).message


def test_symbols_that_look_different_are_let_through() -> None:
    Style(names={"C_in": r"\mathbf{C}", "a": "b", "b": "a"}).check_symbols({"C_in", "C", "a", "b", "变"})


@draws(300)
@given(st.text(alphabet=r"\{}_^'abαN1+-$%& ~#", max_size=12))
def test_what_is_accepted_has_balanced_braces_and_nothing_active(code: str) -> None:
    try:
        accepted = notated(Source("n", code)).latex
    except SymcnnError:
        return
    assert accepted.count("{") == accepted.count("}")
    assert not set(accepted) & set("$%&~#α")


LOCALES = {
    "en": ("1,234,567", "0.5", "1{,}234{,}567"),
    "de": ("1.234.567", "0,5", "1.234.567"),
    "fr": ("1\u202f234\u202f567", "0,5", r"1\,234\,567"),
    "ch": ("1'234'567", "0.5", r"1\text{'}234\text{'}567"),
    "si": ("1\u2009234\u2009567", "0.5", r"1\,234\,567"),
    "none": ("1234567", "0.5", "1234567"),
}


def test_every_locale_is_tested() -> None:
    assert LOCALES.keys() == UNICODE_DIGITS.keys()


@pytest.mark.parametrize(("locale", "shown"), LOCALES.items())
def test_digits(locale: str, shown: tuple[str, str, str]) -> None:
    style = Style(digits=locale)
    assert style.unicode.write(f.Number(1234567)) == shown[0]
    assert style.unicode.write(f.Number(Fraction(1, 2))) == shown[1]
    assert style.latex.write(f.Number(1234567)) == shown[2]


def test_unknown_digits() -> None:
    assert "they are en, de" in str(error_of(lambda: Style(digits="us")))


ABBREVIATED = [
    (999_999, "999,999", "999{,}999"),
    (25_557_032, "≈ 25.6 M", r"\approx 25.6\,\mathrm{M}"),
    (25_600_000, "25.6 M", r"25.6\,\mathrm{M}"),
    (4_089_184_256, "≈ 4.09 G", r"\approx 4.09\,\mathrm{G}"),
    (4_000_000_000, "4.00 G", r"4.00\,\mathrm{G}"),
    (9_999_999, "≈ 10.0 M", r"\approx 10.0\,\mathrm{M}"),
    (999_999_999, "≈ 1,000 M", r"\approx 1{,}000\,\mathrm{M}"),
    (7_654_321_000_000_000, "≈ 7,654 T", r"\approx 7{,}654\,\mathrm{T}"),
]


@pytest.mark.parametrize(("number", "text", "latex"), ABBREVIATED)
def test_numbers_alone_in_m_and_g(number: int, text: str, latex: str) -> None:
    style = Style(si=True)
    assert style.unicode.show(f.Number(number)) == text
    assert style.latex.show(f.Number(number)) == latex
    negative = f"≈ −{text.removeprefix('≈ ')}" if "≈" in text else f"−{text}"
    assert style.unicode.show(f.Sign("-", f.Number(number))) == negative
    inside = f.Sum((f.Name("H"), f.Number(number)), ("+",))
    assert style.unicode.show(inside) == Style().unicode.write(inside)


@draws(200)
@given(st.integers(10**6, 10**15))
def test_an_abbreviation_is_right_to_three_digits(number: int) -> None:
    short = abbreviated(number, UNICODE_DIGITS["none"])
    assert short is not None
    value = Fraction(short.digits) * {"M": 10**6, "G": 10**9, "T": 10**12}[short.unit]
    assert abs(value - number) * 200 <= number
    assert short.exact == (value == number)


@pytest.mark.latex
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs pdflatex")
def test_every_allowed_command_compiles(tmp_path: Path) -> None:
    symbols = [f"\\{name}_{{i-1}}^{{(2)}}" for name in author._SYMBOLS]
    words = [rf"\{name}{{{letters}}}'" for name in (*author._ACCENTS, *author._FONTS) for letters in ("x", "in")]
    style = Style(names={f"n{place}": code for place, code in enumerate([*symbols, *words])}, digits="ch", si=True)
    shown = [style.latex.write(f.Power(f.Name(name), f.Number(2))) for name in style.names]
    shown += [style.latex.show(f.Number(25557032)), style.latex.write(f.Number(25557032))]
    shown += [style.latex.write(parse_formula(Source("f", t))) for t in ("H % 3 != 0", "H % 3 != 1", "α % 1 == 0")]
    body = "\n\n".join(f"${formula}$" for formula in shown)
    head = "\\documentclass{article}\\usepackage{amsmath,amssymb}\\begin{document}\n"
    (tmp_path / "all.tex").write_text(f"{head}{body}\n\\end{{document}}\n", encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "all.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout.decode(errors="replace")[-2000:]
