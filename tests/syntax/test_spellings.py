"""Different spellings of the same program mean the same; each row stands for one freedom of the language."""

# ruff: noqa: E501 — one program is one line
from __future__ import annotations

import pytest

from symcnn import parse
from symcnn.source import Source
from symcnn.syntax import parse_file, parse_formula
from tests.helpers import analysed

PLAIN = "net a { input 3×H×W; Conv(2·w, 3×5, padding=(1,2)); ReLU; Conv(8, 3, stride=2) }"

SAME = {
    "ascii": "net a { input 3xHxW; Conv(2*w, 3x5, padding=(1,2)); ReLU; Conv(8, 3, stride=2) }",
    "spaced cross": "net a { input 3 x H x W; Conv(2*w, 3×5, padding=(1,2)); ReLU; Conv(8, 3, stride=2) }",
    "spaced sign": "net a { input 3 × H × W; Conv(2*w, 3 × 5, padding=(1,2)); ReLU; Conv(8, 3, stride=2) }",
    "tuples": "net a { input (3, H, W); Conv(2w, (3, 5), padding=1×2); ReLU; Conv(8, 3, stride=(2, 2)) }",
    "pairs": "net a { input 3×H×W; Conv(2w, 3×5, padding=((1,1),(2,2))); ReLU; Conv(8, 3, stride=2×2) }",
    "trailing commas": "net a() { input (3, H, W,); Conv(2w, (3, 5,), padding=(1,2),); ReLU(); Conv(8, 3, stride=2) }",
    "lines": "net a\n{\n\ninput 3×H×W\n\nConv(2w, 3×5, padding=(1,2))\nReLU\n\nConv(8, 3, stride=2)\n\n}\n\n",
    "semicolons": ";net a {; input 3×H×W;;; Conv(2w, 3×5, padding=(1,2));\n;ReLU ; Conv(8, 3, stride=2);; };;",
    "carriage returns": "net a {\r\ninput 3×H×W\r\nConv(2w, 3×5, padding=(1,2))\r\nReLU\r\nConv(8, 3, stride=2)\r\n}\r\n",
    "tabs": "\tnet\ta\t{\tinput\t3×H×W;\tConv(2w,\t3×5, padding=(1,2));\tReLU;\tConv(8, 3, stride=2)\t}\t",
    "inside brackets": "net a { input (3,\nH,\nW)\n Conv(\n2w\n,\n3×5,\npadding=(\n1\n,2)\n)\nReLU\nConv(8, 3, stride\n=\n2) }",
    "after operators": "net a { input 3×\nH×\nW; Conv(2 *\nw, 3×5, padding=(1,2)); ReLU; Conv(8, 3, stride=1 +\n1) }",
    "comments": "# one\nnet a { # two } (\n# three\ninput 3×H×W # four\nConv(2w, # five\n3×5, padding=(1,2)) # six;\n"
    "ReLU;# seven\nConv(8, 3, stride=2) # eight\n# nine\n} # ten",
    "names": "net a { input 3×H×W; Conv(kernel_size=3×5, out_channels=2w, padding=(1,2)); ReLU; Conv(8, 3, stride=2) }",
    "axes in the name": "net a { input 3×H×W; Conv2d(2w, 3×5, padding=(1,2)); ReLU; Conv2d(8, 3, stride=2) }",
    "labels": "net a { input 3×H×W; c1: Conv(2w, 3×5, padding=(1,2)); act : ReLU; c2:\nConv(8, 3, stride=2) }",
    "let": "let k = 3\nlet twice(v) = 2v\nnet a { input 3×H×W; let q = twice(1); Conv(twice(w), k×5, padding=(1,q)); ReLU;"
    "Conv(8, k, stride=q) }",
    "order": "net a { input 3×H×W; first; b(k) }\nnet first { Conv(2w, 3×5, padding=(1,2)); ReLU }\nlet k = 3\n"
    "net b(k, s = 2) { Conv(8, k, stride=s) }",
    "default sees channels": "net a { input 3×H×W; b }\nnet b(c = channels - 1) { Conv(c*w, 3×5, padding=(1,2)); ReLU;"
    "Conv(8, 3, stride=2) }",
    "if": "net a { input 3×H×W; if 1 < 2 { Conv(2w, 3×5, padding=(1,2)) }\nelse\n{ Tanh }\n ReLU; Conv(8, 3, stride=2) }",
    "else if": "net a { input 3×H×W; if false { Tanh } else if not false { Conv(2w, 3×5, padding=(1,2)) } else { Tanh };"
    "ReLU; Conv(8, 3, stride=2) }",
    "let inside if": "net a { input 3×H×W; if true { let q = 2w }\nConv(q, 3×5, padding=(1,2)); ReLU; Conv(8, 3, stride=2) }",
    "repeat once": "net a { input 3×H×W; repeat 1 as i { Conv(2w - i, 3×5, padding=(1,2+i)); ReLU; Conv(8, 3, stride=2) } }",
    "repeat never": "net a { input 3×H×W; repeat 0 { Linear(2) } Conv(2w, 3×5, padding=(1,2)); ReLU; Conv(8, 3, stride=2) }",
    "net with input as a step": "net a { input 3×H×W; b }\nnet b { input 3×H×W; Conv(2w, 3×5, padding=(1,2)); ReLU;"
    "Conv(8, 3, stride=2) }",
    "byte order": "\ufeff".removeprefix("\ufeff") + PLAIN,
}


@pytest.mark.parametrize("how", SAME)
def test_spellings_mean_the_same(how: str) -> None:
    plain, other = analysed(PLAIN, "a"), analysed(SAME[how], "a")
    assert other.output == plain.output
    assert other.counted == plain.counted
    assert other.receptive_field == plain.receptive_field
    assert other.conditions == plain.conditions


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ("784", "(784,)"),
        ("C", "(C,)"),
        ("C×L", "(C, L)"),
        ("CxL", "(C, L)"),
        ("C×D×H×W", "(C, D, H, W)"),
        ("3x28x28", "(3, 28, 28)"),
        ("k0xHxW", "(k0, H, W)"),
        ("3xH1xW1", "(3, H1, W1)"),
        ("3xH_inxW_in", "(3, H_inxW_in)"),  # `x` alone between spaces, or after a capital or digit
        ("3xH_in x W_in", "(3, H_in, W_in)"),
        ("2w×H×W", "(2*w, H, W)"),
        ("C_in×H×W", "(C_in, H, W)"),
        ("γ×H×W", "(γ, H, W)"),
        ("(C, H, W)", "(C, H, W)"),
        ("(3, 2H + 1, W²)", "(3, 2*H + 1, W**2)"),
        ("3×(2H)×W", "(3, 2*H, W)"),
        ("(2^5)×(H)", "(32, H)"),
    ],
)
def test_shapes(shape: str, expected: str) -> None:
    assert str(tuple(analysed(f"net a {{ input {shape}; Identity }}").input)) == expected


def test_a_batch_multiplies_what_is_computed_and_not_what_is_stored() -> None:
    one = analysed("net a { input 3×H×W; Conv(8, 3); ReLU }")
    many = analysed("net a { input 3xHxW, batch N; Conv(8, 3); ReLU }")
    n = many.symbols["N"]
    assert many.batch == n and one.batch is None
    assert (many.params, many.output) == (one.params, one.output)
    for quantity in ("macs", "flops", "activations"):
        assert (many.count(quantity) - n * one.count(quantity)).expand() == 0


# What a formula is written like, and a second spelling of the same tree or value (with a … k as symbols).
FORMULAS = [
    ("2w", "2*w"),
    ("2(w+1)", "2*(w + 1)"),
    ("d(k-1)", "d*(k - 1)"),
    ("d(k-1)^2", "d*((k - 1)^2)"),
    ("d(k-1)²", "d*(k - 1)*(k - 1)"),
    ("(a+1)(b+1)", "(a + 1)*(b + 1)"),
    ("2(a+1)(b+1)", "2*(a + 1)*(b + 1)"),
    ("a/2w", "a/(2*w)"),
    ("a/2(w+1)", "a/(2*(w + 1))"),
    ("a/d(k+1)", "a/(d*(k + 1))"),
    ("2w^2", "2*(w^2)"),
    ("2^3^2", "512"),
    ("(2^3)^2", "64"),
    ("-1^2", "-1"),
    ("(-1)^2", "1"),
    ("2^-1", "1/2"),
    ("2**3", "8"),
    ("a - b - c", "(a - b) - c"),
    ("a/b*c", "(a/b)*c"),
    ("a/b/c", "a/(b*c)"),
    ("7 // 2 * 2", "6"),
    ("-7 // 2", "-4"),
    ("7 % 4 * 2", "6"),
    ("-7 % 4", "1"),
    ("2 * 7 % 4", "2"),
    ("1.5", "3/2"),
    ("0.1 + 0.2", "3/10"),
    ("600e6", "600000000"),
    ("1.5e-3", "3/2000"),
    ("1.5w", "3*w/2"),
    ("⌊7/2⌋", "3"),
    ("⌈7/2⌉", "4"),
    ("floor(a/2)", "⌊a/2⌋"),
    ("ceil(a/2)", "⌊(a + 1)/2⌋"),
    ("8⌊a/8⌋", "8*floor(a/8)"),
    ("min(a, a + 1)", "a"),
    ("max(3, 7, 5)", "7"),
    ("abs(-3)", "3"),
    ("a·b⋅c", "a*b*c"),
    ("a − b", "a - b"),
    ("w¹⁰", "w^10"),
    ("true + true", "2"),
    ("3 if 1 <= 2 < 3 else 4", "3"),
    ("3 if 1 ≤ 2 and not 3 ≠ 3 else 4", "3"),
    ("3 if 2 > 2 or 2 ≥ 3 else 4 if true else 5", "4"),
    ("+a", "a"),
    ("--a", "a"),
    ("a % 1", "0"),
    ("(3 if a >= 1 else 4)", "3"),
]


@pytest.mark.parametrize(("written", "same"), FORMULAS)
def test_formulas(written: str, same: str) -> None:
    network = "net n(q) { input 1; Linear(6000q + 10^9) }"
    first, second = (analysed(network, q=text).output[0] for text in (written, same))
    assert (first - second).expand() == 0


def test_spans_cover_what_was_written() -> None:
    formula = parse_formula(Source("f", " 2(w+1) + a/2w "))
    assert formula.span.text == "2(w+1) + a/2w"
    file = parse_file(Source("f", "net a {\n  input 3×H×W\n  c1: Conv(64, 3, stride=2)\n}"))
    labelled = file.nets["a"].body.statements[1]
    assert (labelled.span.text, labelled.span.line, labelled.span.column) == ("c1: Conv(64, 3, stride=2)", 3, 3)


def test_names_with_greek_letters_subscripts_and_primes() -> None:
    a = analysed("net a { input C_in×H'×W'; Conv(γ, 3); Conv(αβ_1, 1) }")
    assert set(a.symbols) == {"C_in", "H'", "W'", "γ", "αβ_1"}


def test_words_that_begin_like_keywords_are_names() -> None:
    text = "net inputs { input 3×H×W; addition; nettle(iffy); truer: ReLU; repeated: Conv(notes + orders, 1) }"
    blocks = "\nnet addition { ReLU }\nnet nettle(elsewhere) { Conv(elsewhere, 1) }"
    assert set(analysed(text + blocks, "inputs").symbols) == {"H", "W", "iffy", "notes", "orders"}


def test_a_text_without_networks_is_read() -> None:
    assert parse("let a = 3; assume H > 3; layer Foo { size = n }") == {}
