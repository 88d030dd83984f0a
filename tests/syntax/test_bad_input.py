"""Broken texts: one table with the guilty place marked ‹so›, the first line and the hint of the error."""

from __future__ import annotations

from pathlib import Path

import pytest

from symcnn import load, parse
from symcnn.source import Source
from symcnn.syntax import parse_assumptions, parse_formula, read_source
from symcnn.syntax.read import decode
from tests.helpers import error_of, marked

DEFINITION = "a definition begins with net, layer, convention, let, assume or use"
COMMAS = "inside round brackets, values are separated by commas"
STATEMENT_END = "a statement ends at a newline or ';'"
VALUE = "a value is wanted here: a number, a symbol or a formula"
SHAPE = "an input is written 3×H×W, 3xHxW or (3, H, W), formulas in brackets, and may end in ', batch N'"
POINT = "a number has digits on both sides of its point"
NAME = "a name is wanted here"
EXAMPLE = "write a network: net a { input 3×H×W; Conv(64, 3) }"
ONCE = "an input stands once, before the first layer"
FIRST = "write it before the first layer"
BELONGS = "what follows belongs to the statement before: remove the ';'"

BROKEN = [
    # brackets and quotations
    ("net a { input 3; Conv‹(›64, 3", "'(' is never closed", "add the missing ')'"),
    ("net a ‹{› input 3; Conv(64, 3)", "'{' is never closed", "add the missing '}'"),
    ("net a ‹{› input 3; Conv(64, 3)\nnet b { input 3 }", "'{' is never closed", "add the missing '}'"),
    ("net a { input 3; Conv‹(›64, 3 }", "'(' is still open where '}' closes", "add the missing ')'"),
    ("net a { input 3; Conv(64, 3)‹)› }", "')' closes nothing", "remove it, or open the bracket before"),
    ("net a ‹}› input 3", "'}' closes nothing", "remove it, or open the bracket before"),
    ("net a { input 3; Linear(‹⌊›w/2) }", "'⌊' is still open where ')' closes", "add the missing '⌋'"),
    ('net a { input 3; Conv(64, ‹"same) }›', "this quotation is never closed", 'close it with " in the same line'),
    ("net a { input 3; Linear(" + "(" * 98 + "‹(›" + ")" * 100, "brackets are nested deeper than 100", None),
    # definitions
    ("‹nett› a { input 3 }", "unexpected 'nett'", "did you mean 'net'?"),
    ("‹import› x", "unexpected 'import'", DEFINITION),
    ("‹Conv›(64, 3)", "unexpected 'Conv'", DEFINITION),
    ("‹3›", "unexpected '3'", DEFINITION),
    ("net ‹{› input 3 }", "unexpected '{'", NAME),
    ("net a ‹[› input 3 ]", "unexpected character '['", "a '{' is wanted here"),
    ("net a(c=‹)› { input c }", "unexpected ')'", VALUE),
    ("net a(c, ‹c›) { input c }", "'c' is there twice", None),
    ("net a { input 3 }\nnet ‹a› { input 3 }", "the net 'a' is defined twice", "first in line 1"),
    ("let q = 3; let ‹q› = 4", "the let 'q' is defined twice", "first in line 1"),
    ("layer L { }\n\nlayer ‹L› { }", "the layer 'L' is defined twice", "first in line 1"),
    ("net L { }\nlayer ‹L› { }", "'L' is defined twice, as a layer and as a net", "first in line 1"),
    ("layer L { }; net ‹L› { }", "'L' is defined twice, as a layer and as a net", "first in line 1"),
    ("le‹t›", "the text ends too early", NAME),
    ("assum‹e›", "the text ends too early", VALUE),
    ("assume H % 32 ‹=› 0", "unexpected '='", "equality is written '=='"),
    ("use ‹x›", "unexpected 'x'", "words in double quotes are wanted here"),
    # inputs
    ("net a { input ‹}›", "unexpected '}'", SHAPE),
    ("net a { input 3×‹;› Conv(1, 1) }", "the line ends too early", SHAPE),
    ("net a { input 3,‹H›,W }", "unexpected 'H'", SHAPE),
    ("net a { input 3×H×W ‹batch› 4 }", "unexpected 'batch'", SHAPE),
    ('net a { input 3×‹"x"› }', "unexpected '\"x\"'", SHAPE),
    ("net a { inptu ‹3›×H×W }", "unexpected '3'", "did you mean 'input'?"),
    ("net a { input 3; ‹input 4› }", "the net 'a' has two inputs", ONCE),
    ("net a { Conv(64, 3); ‹input 3› }", "the input comes first", ONCE),
    ("net a { if true { ‹input 3› } }", "an input belongs to a net", FIRST),
    ("net a { input 3; repeat 2 { ‹input 3› } }", "an input belongs to a net", FIRST),
    ("net a { input 3; if true { } else { ‹input 3› } }", "an input belongs to a net", FIRST),
    ("net a { residual { ‹input 3› } }", "an input belongs to a net", FIRST),
    ("net a { add { path { ‹input 3› } skip } }", "an input belongs to a net", FIRST),
    # steps and arguments
    ("net a { input 3; Conv ‹64›, 3 }", "unexpected '64'", "arguments stand in round brackets: Conv(64, …)"),
    ("net a { input 3; Conv(64 ‹3›) }", "unexpected '3'", COMMAS),
    ("net a { input 3; Conv(64, 3) ‹Conv›(64, 3) }", "unexpected 'Conv'", STATEMENT_END),
    ("net a { input 3; Conv(64, 3,‹,› 2) }", "unexpected ','", VALUE),
    ("net a { input 3; Conv(64, 2 +‹)› }", "unexpected ')'", VALUE),
    ("net a { input 3; Conv(64, 3‹]›) }", "unexpected character ']'", COMMAS),
    ("net a { input 3; Conv(64, 3‹;› 3) }", "the line ends too early", COMMAS),
    (
        "net a { input 3; Conv(64, ‹'›same') }",
        "unexpected character '''",
        'words stand in double quotes, as in padding="same"',
    ),
    ("net a { input 3; Conv(64, ‹3›.) }", "unexpected '3'", POINT),
    ("net a { input 3; Conv(64, ‹.›5) }", "unexpected character '.'", POINT),
    ("net a { input 3; Conv(64, 1‹_›000) }", "unexpected character '_'", COMMAS),
    ("net a { input 3; Conv(64, w = 3 ‹=› 4) }", "unexpected '='", "equality is written '=='"),
    ("net a { input 3; Conv(64, a ‹&›& b) }", "unexpected character '&'", "conditions are joined by and, or, not"),
    ("net a { input 3; conv(64, 3)‹.›relu() }", "unexpected character '.'", STATEMENT_END),
    ("net a { input 3; ‹½› }", "unexpected character '½'", NAME),
    ("net a { input 3; x: y‹:› ReLU }", "unexpected ':'", STATEMENT_END),
    (f"net a {{ input 3; Linear(‹{'9' * 401}›) }}", "a number may have 400 digits at most", None),
    ("net a { input 3; Linear(‹1e999›) }", "a number may have 400 digits at most", None),
    # other statements
    ("net a { input 3; repeat ‹{› ReLU } }", "unexpected '{'", VALUE),
    ("net a { input 3; repat ‹3› { ReLU } }", "unexpected '3'", "did you mean 'repeat'?"),
    ("net a { input 3; repeat 3 ReLU ‹}›", "unexpected '}'", "a '{' is wanted here"),
    ("net a { input 3‹;› else { ReLU } }", "unexpected character ';'", BELONGS),
    ("net a { input 3; let x ‹}›", "unexpected '}'", "a '=' is wanted here"),
    ("net a { input 3; let ‹3› = x }", "unexpected '3'", NAME),
    ("net a { input 3; path ‹{› ReLU } }", "unexpected '{'", "path and skip stand inside add, concat or multiply"),
    ("net a { input 3; add { ‹ReLU› } }", "unexpected 'ReLU'", "a join holds paths: add { path { … } skip }"),
    ("net a { input 3; from ‹}›", "unexpected '}'", NAME),
    # layer kinds
    ("layer L { size ‹n› }", "unexpected 'n'", "a '=' is wanted here"),
    ("layer L { require ‹}›", "unexpected '}'", VALUE),
    ("layer L { wrong size ‹=› n }", "unexpected '='", "words in double quotes are wanted here"),
    ("layer L(k ‹per› axs) { size = n }", "unexpected 'per'", COMMAS),
    ("layer L(k: ‹3›) { size = n }", "unexpected '3'", NAME),
    ("layer L(k: a, ‹k›: b) { }", "'k' is there twice", None),
    ("layer L(k: a, ‹q›: a) { }", "'a' is there twice", None),
    ("layer L { size = n; size = ‹n/2› }", "'size' is there twice", None),
]


@pytest.mark.parametrize(("program", "message", "hint"), BROKEN)
def test_broken_texts(program: str, message: str, hint: str | None) -> None:
    text, start, end = marked(program)
    error = error_of(lambda: parse(text))
    assert (error.message, error.hint) == (message, hint)
    assert error.span is not None
    assert (error.span.start, error.span.end) == (start, end)


@pytest.mark.parametrize("text", ["", " \n\t", "# only a comment", "#", ";;\n;"])
def test_texts_without_definitions(text: str) -> None:
    error = error_of(lambda: parse(text))
    assert error.message in ("text is empty", "there is nothing defined here")
    assert error.hint == EXAMPLE


def test_the_place_is_shown_with_a_caret() -> None:
    error = error_of(lambda: parse("# first\nnet a {\n\tinput 3×H×W\n\tConv(64 3)\n}", "exam.cnn"))
    assert str(error).splitlines() == [
        "unexpected '3'",
        "  exam.cnn:4:10",
        "    Conv(64 3)",
        "            ^",
        f"  {COMMAS}",
    ]


def test_a_long_line_is_cut_around_the_guilty_place() -> None:
    error = error_of(lambda: parse("net a { input 3; Linear(" + "1 + " * 500 + "?) }"))
    _, place, shown, carets, _ = str(error).splitlines()
    assert place == "  text:1:2025"
    assert len(shown) < 120
    assert shown[carets.index("^")] == "?"


def test_control_characters_are_not_handed_to_the_terminal() -> None:
    error = error_of(lambda: parse("net \x1b[31m"))
    assert "\x1b" not in str(error)


def test_a_missing_file_names_those_that_are_there(tmp_path: Path) -> None:
    (tmp_path / "vgg16.cnn").write_text("net a { input 3 }", encoding="utf-8")
    error = error_of(lambda: load(tmp_path / "vgg61.cnn"))
    assert error.message == f"no such file: {tmp_path / 'vgg61.cnn'}"
    assert error.hint == "here are: vgg16.cnn"


@pytest.mark.parametrize("name", ["", "nowhere/at/all.cnn", "bad\0name", "x" * 5000])
def test_unreadable_paths(tmp_path: Path, name: str) -> None:
    assert error_of(lambda: load(tmp_path / name if name else tmp_path)).message.startswith(("no such", "cannot read"))


@pytest.mark.parametrize(
    ("content", "place", "byte"),
    [(b"net a {\n  # caf\xe9\n}", "2:8", "e9"), (b"\xff\xfe", "1:1", "ff"), ("net ü".encode() + b"\x80", "1:6", "80")],
)
def test_files_that_are_not_utf_8(content: bytes, place: str, byte: str) -> None:
    error = error_of(lambda: decode(content, "x.cnn"))
    assert error.message == f"x.cnn:{place}: this is not UTF-8 (byte 0x{byte})"
    assert error.hint == "save the file with the encoding UTF-8"


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    path = tmp_path / "a.cnn"
    path.write_bytes(b"\xef\xbb\xbfnet a { input 3 }")
    assert read_source(path).text == "net a { input 3 }"
    assert list(load(path)) == ["a"]


@pytest.mark.parametrize("text", ["", "2 +", "H ==", "a b", "input 3", "(1", "H ! 3", "\ud800"])
def test_broken_formulas_and_assumptions(text: str) -> None:
    assert error_of(lambda: parse_formula(Source("--set", text))).message
    assert error_of(lambda: parse_assumptions(Source("--assume", text))).message


def test_a_text_of_millions_of_characters_is_refused() -> None:
    assert error_of(lambda: parse("#" * 5_000_001)).message == "text has more than 5,000,000 characters"
