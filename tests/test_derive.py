"""The working: every equation is true, reads as in a textbook, and is there for what was asked."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given

import symcnn
from symcnn import SymcnnError, analyse, derive, load, parse, render
from symcnn.algebra.arithmetic import Arithmetic
from symcnn.analysis.paths import layers_at
from symcnn.derive import EXPLAINED, Explanation, Line
from symcnn.document.words import LANGUAGES, word
from symcnn.formula.meaning import meaning
from symcnn.formula.nodes import Formula, names
from symcnn.formula.notation import text
from symcnn.formula.style import Style
from symcnn.formula.values import Frame
from symcnn.library.rules import RULES
from symcnn.library.standard import standard_kind, standard_library
from symcnn.render import render_all
from symcnn.source import Source
from symcnn.syntax import parse_formula
from tests.analysis.test_substitution import ends, shapes, steps, values
from tests.helpers import analysed, chain, draws, error_of


def sides(line: Line) -> str:
    return " = ".join(text(side) for side in line.equation.sides)


def lines(text_: str, **asked: Any) -> list[str]:
    return [sides(line) for working in derive(analysed(text_), **asked).layers for line in working.lines]


TEXTBOOK = [
    ("Conv(32, 5)", "1×32×32", "size", "n' = ⌊(n − k + 2p)/s⌋ + 1 = ⌊(32 − 5 + 2·0)/1⌋ + 1 = 28"),
    ("Conv(32, 5)", "1×32×32", "params", "(k·k·C + 1)·m = (5·5·1 + 1)·32 = 832"),
    ("Conv(32, 5, bias=false)", "1×32×32", "params", "k·k·C·m = 5·5·1·32 = 800"),
    ("Conv(32, 5)", "1×32×32", "weights", "m·(C/g)·k·k = 32·(1/1)·5·5 = 800"),
    ("Conv(32, 5)", "1×32×32", "macs", "k·k·C·m·n'·n' = 5·5·1·32·28·28 = 627,200"),
    ("Conv(32, 5)", "1×32×32", "flops", "2·k·k·C·m·n'·n' + m·n'·n' = 2·5·5·1·32·28·28 + 32·28·28 = 1,279,488"),
    ("Conv(32, 5)", "1×32×32", "activations", "C'·n'·n' = 32·28·28 = 25,088"),
    ("Conv(32, 5, bias=false)", "1×32×32", "flops", "2·k·k·C·m·n'·n' = 2·5·5·1·32·28·28 = 1,254,400"),
    ("Conv(m, k, bias=false)", "macs×H", "flops", "2·k·C·m·n' = 2·k·macs·m·(H − k + 1) = 2k·m·macs·(H − k + 1)"),
    ("Conv(32, 5)", "1×32×32", "neurons", "C'·n'·n' = 32·28·28 = 25,088"),
    ("Conv(32, 5)", "1×32×32", "connections", "k·k·C·m·n'·n' = 5·5·1·32·28·28 = 627,200"),
    ("ReLU", "elements×H", "activations", "C'·n' = elements·H"),
    ("ReLU", "3×H", "flops", "0"),
    ("Linear(10)", "800", "flops", "2·C·m + m = 2·800·10 + 10 = 16,010"),
    ("Linear(10)", "800", "activations", "C' = 10"),
    ("Conv(32, 5)", "1×32×32", "receptive_field", "r = r_0 + (k − 1)·j_0 = 1 + (5 − 1)·1 = 5"),
    ("Conv(8, 3, stride=2)", "1×32×32", "jump", "j = j_0·s = 1·2 = 2"),
    (
        "Conv(8, 3, dilation=2)",
        "4×9",
        "size",
        "n' = ⌊(n + 2p − d(k − 1) − 1)/s⌋ + 1 = ⌊(9 + 2·0 − 2·(3 − 1) − 1)/1⌋ + 1 = 5",
    ),
    ("Conv(8, 3, dilation=2)", "4×9", "receptive_field", "r = r_0 + d(k − 1)·j_0 = 1 + 2·(3 − 1)·1 = 5"),
    (
        "Conv(8, 2, padding=((1, 0),))",
        "4×9",
        "size",
        "n' = ⌊(n − k + (p_before + p_after))/s⌋ + 1 = ⌊(9 − 2 + (1 + 0))/1⌋ + 1 = 9",
    ),
    ("Conv(8, 3, groups=4)", "4×9", "params", "(k·(C/g) + 1)·m = (3·(4/4) + 1)·8 = 32"),
    ("Conv(M, 3)", "C×H×H", "macs", "k·k·C·m·n'·n' = 3·3·C·M·(H − 2)·(H − 2) = 9C·M·(H − 2)²"),
    ("Conv(m, 3×5)", "1×H×W", "params", "(k_h·k_w·C + 1)·m = (3·5·1 + 1)·m = 16m"),
    ('Conv(8, 3, stride=2, padding="same")', "4×H", "size", "n' = ⌈n/s⌉ = ⌈H/2⌉"),
    ("Linear(10)", "800", "size", "C' = m = 10"),
    ("AvgPool(2, stride=2s)", "C×H", "jump", "j = j_0·s = 1·2s = 2s"),
    ("MaxPool(2)", "8×H×H", "size", "n' = ⌊(n − k + 2p)/s⌋ + 1 = ⌊(H − 2 + 2·0)/2⌋ + 1 = ⌊H/2⌋"),
    ("MaxPool(2)", "8×H×H", "params", "0"),
    ("Flatten", "8×4×5", "size", "C' = C·n_h·n_w = 8·4·5 = 160"),
    ("Linear(10)", "800", "params", "(C + 1)·m = (800 + 1)·10 = 8,010"),
    ("Linear(10)", "800", "macs", "C·m = 800·10 = 8,000"),
    ("LocallyConnected(10, 5, padding=2)", "3×32×32", "params", "(k·k·C + 1)·m·n'·n' = (5·5·3 + 1)·10·32·32 = 778,240"),
    ("BatchNorm", "n×H", "params", "2C = 2n"),
    ("GlobalAvgPool", "n×H×W", "size", "n' = 1"),
]  # fmt: skip


@pytest.mark.parametrize(("step", "shape", "quantity", "expected"), TEXTBOOK, ids=[f"{r[0]} {r[2]}" for r in TEXTBOOK])
def test_lines_read_as_in_a_textbook(step: str, shape: str, quantity: str, expected: str) -> None:
    assert lines(chain(step, shape=shape), quantity=quantity) == [expected]


def test_the_receptive_field_both_ways() -> None:
    explanation = derive(analyse(load("examples/sizes.cnn")["sizes"]), quantity="receptive_field")
    forward = [sides(line) for working in explanation.layers for line in working.lines]
    assert forward == [
        "r = r_0 + (k − 1)·j_0 = 1 + (5 − 1)·1 = 5",
        "r = r_0 + (k − 1)·j_0 = 5 + (3 − 1)·2 = 9",
        "r = r_0 + (k − 1)·j_0 = 9 + (3 − 1)·2 = 13",
    ]
    backward = [(name, " = ".join(map(text, equation.sides))) for name, _, equation in explanation.backward or ()]
    assert backward == [
        ("conv2", "r = (1 − 1)·1 + 3 = 3"),
        ("maxpool1", "r = (3 − 1)·1 + 3 = 5"),
        ("conv1", "r = (5 − 1)·2 + 5 = 13"),
    ]


def test_totals_are_sums() -> None:
    explanation = derive(analyse(load("examples/lenet.cnn")["lenet"]), quantity="params")
    assert [sides(line) for line in explanation.totals] == ["832 + 9,248 + 205,056 + 2,570 = 217,706"]
    repeated = derive(analysed(chain("repeat 3 { Conv(C, 3, padding=1, bias=false) }", shape="C×H")), quantity="macs")
    assert [sides(line) for line in repeated.totals] == ["3·3C²·H = 9C²·H"]


# Every side of every equation is worth the same: read again as a formula, without the analysis.


def worth(side: Formula, given: dict[str, Any]) -> Any:
    written = text(side).replace(",", "") if not names(side) else text(side)
    node = parse_formula(Source("side", written.replace("−", "-")))
    return Fraction(meaning(node)(Frame(Arithmetic(), given)))


def check(explanation: Explanation) -> None:
    for working in explanation.layers:
        for line in working.lines:
            *_, result = line.equation.sides
            numbers = [side for side in line.equation.sides if not names(side)]
            assert {worth(side, {}) for side in numbers} == {worth(result, {})}, sides(line)
    for line in explanation.totals:
        assert len({worth(side, {}) for side in line.equation.sides}) == 1, sides(line)
    for _, _, equation in explanation.backward or ():
        assert len({worth(side, {}) for side in equation.sides if not names(side)}) == 1
    analysis = explanation.analysis
    if explanation.backward:
        ends = {text(equation.sides[-1]) for _, _, equation in (explanation.backward or ())[-2:]}
        assert {text(symcnn.formula.express.express(size)) for size in analysis.receptive_field.size} <= ends


@draws(60)
@given(shapes, steps, ends, values)
def test_every_equation_is_true(shape: str, written: list[str], end: str, given_values: dict[str, int]) -> None:
    try:
        analysis = analyse(parse(f"net a {{ input {shape}; {'; '.join(written)}{end} }}")["a"])
        analysis = analysis.at(**{name: given_values[name] for name in analysis.symbols})
    except SymcnnError:
        assume(False)
    check(derive(analysis))
    for quantity in ("weights", "biases", "flops", "activations", "neurons", "connections"):
        check(derive(analysis, quantity=quantity))


# The symbols of the network, under names that no rule has.
_SYMBOL = re.compile(r"(?<![A-Za-z_])([CHWmksdgp])(?![A-Za-z_(])")


@draws(40)
@given(shapes, steps, ends, values)
def test_symbolic_equations_are_true_at_every_value(
    shape: str, written: list[str], end: str, given_values: dict[str, int]
) -> None:
    try:
        renamed = _SYMBOL.sub(r"\1_0", f"net a {{ input {shape}; {'; '.join(written)}{end} }}")
        known = {f"{name}_0": value for name, value in given_values.items()}
        analysis = analyse(parse(renamed)["a"])
        analysis.at(**{name: known[name] for name in analysis.symbols})
    except SymcnnError:
        assume(False)
    for working in derive(analysis, quantity=[q for q in EXPLAINED if q != "counters"]).layers:
        for line in working.lines:
            put_in = [side for side in line.equation.sides if {n.name for n in names(side)} <= known.keys()]
            assert len({worth(side, known) for side in put_in}) <= 1, sides(line)


def test_textbook_forms_are_of_known_quantities() -> None:
    for name in standard_library().layers:
        assert standard_kind(name).forms.keys() <= {*RULES, "params"}


# What can be asked for, and how it is shown.


def test_several_layers_and_quantities() -> None:
    a = analyse(load("examples/lenet.cnn")["lenet"])
    found = derive(a, layer=["linear1", "conv1"], quantity=["params", "size"])
    assert [(w.layer.path, [line.quantity for line in w.lines]) for w in found.layers] == [
        ("conv1", ["params", "size"]),
        ("linear1", ["params", "size"]),
    ]


def test_several_nets_are_told_apart() -> None:
    nets = load("examples/stacked.cnn")
    shown = render_all([derive(analyse(net)) for net in nets.values()])
    assert "stacked: conv1\n" in shown
    assert "single: conv1\n" in shown


def test_letters_that_mean_two_things_are_pointed_out() -> None:
    a = analysed("net a { input C×H; Conv(s, 3, stride=2s) }")
    shown, chinese = (" ".join(render(derive(a), style=Style(language=language)).split()) for language in LANGUAGES)
    assert "In the formula s is this layer's stride; in the values put in and in the result it is the" in shown
    assert "公式中的 s 指本层的 stride" in chinese
    assert "In the formula" not in render(derive(analysed("net a { input C×H; Conv(m, k, stride=s) }")))


def test_layers_inside_nets_of_the_library_are_called_with_values() -> None:
    text_ = """net a { input C×H×H; SeparableConv(8, (3, 5), padding="same", stride=2, bias=false)
               DepthwiseConv(k, padding=((1, 0), (2, 0))); own(7) }
               net own(c) { Conv(c, 3, padding=1) }"""
    shown = render(derive(analysed(text_, "a")))
    for call in (
        'Conv(C, 3×5, stride=2, padding="same", groups=C, bias=false) on C×H×H',
        "Conv(8, 1, bias=false) on C×⌈H/2⌉×⌈H/2⌉",
        "Conv(8, k, padding=((1, 0), (2, 0)), groups=8) on 8×⌈H/2⌉×⌈H/2⌉",
        "Conv(c, 3, padding=1) on",  # as the user wrote it
    ):
        assert call in shown


def test_every_name_in_a_formula_is_introduced() -> None:
    a = analysed("net a { input 3×H×W, batch N; Conv(8, 3); Flatten; Linear(10) }")
    for quantity in ("macs", "flops", "receptive_field", "activations"):
        for working in derive(a, quantity=quantity).layers:
            introduced = {symbol for symbol, _, _ in working.symbols}
            formulas = [line.equation.sides[0 if len(line.equation.sides) > 2 else -1] for line in working.lines]
            used = {re.sub("_[hw]", "", n.name) for side in formulas for n in names(side)}
            assert used <= introduced | {"r", "j"} | a.symbols.keys(), (quantity, used, introduced)


def test_one_layer_or_block() -> None:
    a = analyse(load("examples/vgg16.cnn")["vgg16"])
    assert [w.layer.path for w in derive(a, layer="linear1").layers] == ["linear1"]
    assert [w.layer.path for w in derive(a, layer="stage1.maxpool1").layers] == ["stage1.maxpool1"]
    inside = derive(a, layer="stage1")
    assert all(w.layer.path.startswith("stage1.") for w in inside.layers)
    assert len(inside.layers) == 5
    assert inside.totals == ()
    assert inside.backward == ()


VGG_LAYERS = [
    ("relu1", ["relu1"]),  # of the head: an exact path is meant, though other layers have that name
    ("conv1", ["repeat1[0].conv1", "repeat1[1..2].conv1", "stage1.repeat1.conv1"]),
    ("repeat1[2].conv1", ["repeat1[1..2].conv1"]),
    ("repeat1[1..2].relu1", ["repeat1[1..2].relu1"]),
    ("repeat1.conv1", ["repeat1[0].conv1", "repeat1[1..2].conv1"]),
    ("stage1.repeat1[1].conv1", ["stage1.repeat1.conv1"]),
    ("stage1", ["stage1.repeat1.conv1", "stage1.repeat1.relu1"]),
    ("stage1.repeat1[0]", ["stage1.repeat1.conv1", "stage1.repeat1.relu1"]),
    ("repeat1[3].conv1", []),
    ("stage1.repeat1[2].conv1", []),
    ("stage1.repeat1[1..2].conv1", []),
    ("repeat1[0].conv1.x", []),
]


@pytest.mark.parametrize(("path", "found"), VGG_LAYERS, ids=[path for path, _ in VGG_LAYERS])
def test_layers_by_their_paths(path: str, found: list[str]) -> None:
    a = analysed(
        """net stage(c) { repeat 2 { Conv(c, 3, padding=1); ReLU } }
           net a { input 3×H×W; repeat 3 { Conv(8, 3, padding=1); ReLU }; stage1: stage(8); Flatten; ReLU }"""
    )
    for analysis in (a, a.at(H=8, W=8)):
        assert [layer.path for layer in layers_at(analysis, path)] == found
    if not found:
        assert "has no layer" in error_of(lambda: derive(a, layer=path)).message


def test_what_is_not_there() -> None:
    a = analyse(load("examples/lenet.cnn")["lenet"])
    error = error_of(lambda: derive(a, layer="conv9"))
    assert (error.message, error.hint) == ("lenet has no layer 'conv9'", "did you mean 'conv2'?")
    error = error_of(lambda: derive(a, quantity="mac"))
    assert (error.message, error.hint) == ("unknown quantity 'mac'", "did you mean 'macs'?")
    error = error_of(lambda: render(derive(a), style=Style(language="de")))
    assert (error.message, error.hint) == ("unknown language 'de'", "languages are en, zh")
    error = error_of(lambda: render(a, style=Style(language="zh")))
    assert error.message == "not supported yet: this page in the language zh"
    error = error_of(lambda: derive(None))  # type: ignore[arg-type]
    assert error.message == "derive takes an analysis, not a NoneType"


def test_an_axis_of_its_own_has_a_line_of_its_own() -> None:
    found = derive(analysed(chain("Conv(4, 3×5, stride=(1, 2))")))
    by_axis = [(line.quantity, line.axis) for line in found.layers[0].lines]
    assert by_axis == [
        ("size", "height"),
        ("size", "width"),
        ("params", None),
        ("macs", None),
        ("receptive_field", "height"),
        ("receptive_field", "width"),
        ("jump", "height"),
        ("jump", "width"),
    ]


def test_both_languages_say_the_same_formulas() -> None:
    explanation = derive(analyse(load("examples/lenet.cnn")["lenet"]))
    english, chinese = (render(explanation, style=Style(language=language)) for language in ("en", "zh"))
    assert "output size" in english
    assert "输出尺寸" in chinese
    for line in (line for working in explanation.layers for line in working.lines):
        assert sides(line) in english
        assert sides(line) in chinese


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_quantity_has_a_word(language: str) -> None:
    assert all(word(quantity, language) for quantity in EXPLAINED)


def test_many_equal_repetitions_are_one_step_back() -> None:
    text_ = chain("repeat 50 { Conv(channels, 3, padding=1) }", shape="2×H")
    found = derive(analysed(text_), quantity="receptive_field")
    assert [(name, " = ".join(map(text, equation.sides))) for name, _, equation in found.backward or ()] == [
        ("repeat1 ×50", "r = (1 − 1)·1 + 101 = 101")
    ]


def test_symbols_that_have_the_names_of_a_rule_are_put_in_as_what_they_are() -> None:
    expected = "n' = ⌊(n − k + 2p)/s⌋ + 1 = ⌊(k − n + 2·0)/1⌋ + 1 = k − n + 1"
    assert lines(chain("Conv(8, n)", shape="3×k"), quantity="size") == [expected]
