"""Answers that say nothing, or something else than was asked, though a number in them is right."""

from __future__ import annotations

import pytest

import symcnn
from symcnn.analysis import Analysis
from symcnn.answers import parse_quiz


def analysed(text: str) -> Analysis:
    (net,) = symcnn.parse(text).values()
    return symcnn.analyse(net)


M = analysed("net m { input 6×30×30; c: Conv(24, 3×5) }")  # MACs 1,572,480
T = analysed("net q { input 1×28×28; conv1: Conv(32, 5) }")  # params 832, size 24
F = analysed("net f { input C×H×H; c: Conv(2C, 3, padding=1, bias=false) }")
P = analysed("net p { input C×H×H; c: MaxPool(2) }")
D = analysed("net d { input 1×64×64; Conv(2, 3, dilation=2); Conv(2, 3, dilation=2) }")  # field 9
TWO = analysed("net t { input 1×8×8; a: Conv(2, 3); b: Conv(2, 3) }")  # params 20 and 38

WITHOUT_DIGITS = ["0", "0 G", "0.00 G", "-0 G", "0 M", "0万", "0e9", "0k", "0 T FLOPs", "0 TMACs"]


@pytest.mark.parametrize("text", WITHOUT_DIGITS)
@pytest.mark.parametrize(("net", "quantity"), [(M, "macs"), (M, "flops"), (T, "params"), (T, "size"), (F, "macs")])
def test_zero_is_no_rounding_and_no_convention(net: Analysis, quantity: str, text: str) -> None:
    assert symcnn.check(text, net, quantity=quantity, accept="approx").verdict == "wrong"


@pytest.mark.parametrize("text", ["0*C", "C-C", "0"])
def test_zero_in_symbols(text: str) -> None:
    assert symcnn.check(text, F, quantity="macs").verdict == "wrong"


PRODUCTS = [
    ("size", T, ["12*2", "3·8", "24 * 1", "48*0.5", "24×24", "24 x 24", "12 × 2"], ["3*4", "2·6", "24×20", "24*24*24"]),
    ("receptive_field", T, ["5*1", "10·0.5", "5×5"], ["1*4", "5×4"]),
    ("size", P, ["floor(H*0.5)", "⌊H·0.5⌋", r"\lfloor H \cdot 0.5 \rfloor", "⌊H/2⌋×⌊H/2⌋"], ["H*H", "H×H"]),
]


@pytest.mark.parametrize(("quantity", "net", "right", "wrong"), PRODUCTS)
def test_one_size_as_a_product_or_a_shape(quantity: str, net: Analysis, right: list[str], wrong: list[str]) -> None:
    assert {text: symcnn.check(text, net, quantity=quantity).verdict for text in right} == dict.fromkeys(right, "exact")
    assert {text: symcnn.check(text, net, quantity=quantity).verdict for text in wrong} == dict.fromkeys(wrong, "wrong")


FIELDS = [
    ("9²", "exact"), ("9^2", "exact"), ("9·9", "exact"), ("RF = 9²", "exact"), ("9² px", "exact"), ("9² = 81", "exact"),
    ("3²", "ambiguous"), ("3×3", "ambiguous"), ("3·3", "exact"), ("3² = 9", "exact"), ("81", "wrong"), ("8²", "wrong"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "verdict"), FIELDS)
def test_a_field_as_a_square(text: str, verdict: str) -> None:
    found = symcnn.check(text, D, quantity="receptive_field")
    assert found.verdict == verdict
    assert ("along one axis" in found.message["en"]) == (text == "81")


def test_a_jump_as_a_power_is_a_product_of_strides() -> None:
    net = analysed("net j { input 1×64×64; Conv(2, 3, stride=2); Conv(2, 3, stride=2) }")
    assert symcnn.check("2²", net, quantity="jump").verdict == "exact"


def test_a_product_that_is_half_a_size() -> None:
    assert symcnn.check("H·0.5", P, quantity="size").condition == "H % 2 == 0"


LABELS = [
    ("bias = 832", "wrong"), ("MACs = 832", "wrong"), ("weights = 832", "wrong"), ("FLOPs: 832", "wrong"),
    ("C = 832", "wrong"), ("width = 832", "wrong"), ("output size: 832", "wrong"), ("receptive field = 832", "wrong"),
    ("wrong = 832", "invalid"), ("I hate you = 832", "invalid"), ("not = 832", "invalid"),
    ("params = 832", "exact"), ("number of parameters: 832", "exact"), ("answer: 832", "exact"), ("x = 832", "exact"),
    ("total = 832", "exact"), ("conv1 params = 832", "exact"), ("参数量=832", "exact"), ("答案：832", "exact"),
    ("out = 832", "exact"), ("trainable params = 832", "exact"), ("Anzahl der Parameter: 832", "exact"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "verdict"), LABELS)
def test_labels(text: str, verdict: str) -> None:
    assert symcnn.check(text, T, quantity="params").verdict == verdict


@pytest.mark.parametrize("label", ["out", "H_out", "W_out", "size", "output size", "height = width", "n"])
def test_labels_of_a_size(label: str) -> None:
    assert symcnn.check(f"{label} = 24", T, quantity="size").verdict == "exact"


def test_labels_of_layers() -> None:
    assert symcnn.check("b = 38", TWO, quantity="params", layer="b").verdict == "exact"
    assert symcnn.check("a = 38", TWO, quantity="params", layer="b").verdict == "wrong"
    assert symcnn.check("a = 58", TWO, quantity="params").verdict == "wrong"
    assert symcnn.check("params = 18C²H²", F, quantity="macs").verdict == "wrong"


UNITS = [
    *((f"832 {unit}", "params", "wrong") for unit in ("layers", "pixels", "channels", "filters", "neurons", "biases")),
    ("832 MACs", "params", "wrong"), ("832 weights", "params", "wrong"), ("800 weights", "weights", "exact"),
    ("832个", "params", "exact"),
    ("832x", "params", "invalid"), ("x832", "params", "invalid"), ("24 params", "size", "wrong"),
    ("1 weights", "weight_layers", "wrong"), ("1 biases", "weight_layers", "wrong"),
    ("1 layers", "weight_layers", "exact"),
    ("24 outputs", "size", "exact"), ("5 outputs", "receptive_field", "wrong"), ("460800 outputs", "macs", "wrong"),
    ("18432 weights", "activations", "wrong"), ("18432 outputs", "activations", "exact"),
    ("24 pixels", "size", "exact"), ("24 MACs", "size", "wrong"), ("5 px", "receptive_field", "exact"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "quantity", "verdict"), UNITS)
def test_units(text: str, quantity: str, verdict: str) -> None:
    assert symcnn.check(text, T, quantity=quantity).verdict == verdict


BYTES = [("3328 bytes", "exact"), ("3328 MACs", "wrong"), ("26624 bits", "exact"), ("26624 bytes", "wrong")]


@pytest.mark.parametrize(("text", "verdict"), BYTES)
def test_bytes_and_bits(text: str, verdict: str) -> None:
    assert symcnn.check(text, T, quantity="params", kind="bytes").verdict == verdict
    assert symcnn.check(text, 3328, kind="bytes").verdict == verdict


def test_macs_under_the_name_of_flops() -> None:
    found = symcnn.check("1.6 MFLOPs", M, quantity="macs", accept="approx")
    assert found.verdict == "wrong" and "counts MACs, and not FLOPs" in found.message["en"]
    assert not symcnn.check("1.6 MFLOPs", M, quantity="macs", accept=["approx", "flops"]).right


def test_an_accepted_convention_has_its_own_unit() -> None:
    macs, flops = M.macs, M.flops
    assert symcnn.check(f"{flops} FLOPs", M, quantity="macs", accept="flops").right
    assert symcnn.check(f"{flops}", M, quantity="macs", accept="flops").right
    assert not symcnn.check(f"{flops} MACs", M, quantity="macs", accept="flops").right
    assert not symcnn.check(f"{macs} FLOPs", M, quantity="macs", accept="flops").right
    assert symcnn.check(f"{macs} MACs", M, quantity="macs", accept="flops").verdict == "exact"


LABELLED = [
    ("params = 832", "exact"), ("P = 832", "exact"), ("params = total = 832", "exact"),
    ("conv1: params = 832", "exact"),
    ("params = MACs = 832", "wrong"), ("MACs = params = 832", "wrong"), ("not_params = 832", "wrong"),
    ("H = 832", "wrong"), ("W_out = 832", "wrong"), ("weights = 832", "wrong"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "verdict"), LABELLED)
def test_each_label_must_fit(text: str, verdict: str) -> None:
    assert symcnn.check(text, T, quantity="params").verdict == verdict


@pytest.mark.parametrize("text", ["2e6", "2M", "1.6M", "2·10^6", "16·10^5", r"16\cdot 10^5", "1.6·10^6"])
def test_rounded_numbers_in_all_spellings(text: str) -> None:
    assert symcnn.check(text, M, quantity="macs", accept="approx").right


ZEROS = [("1600000", M, "1.6·10^6"), ("1,570,000", M, "1.57·10^6"), ("4,110,000,000", 4_112_345_678, "4.11·10^9")]


@pytest.mark.parametrize(("text", "right", "shown"), ZEROS)
def test_zeros_are_places(text: str, right: object, shown: str) -> None:
    quantity = None if isinstance(right, int) else "macs"
    found = symcnn.check(text, right, quantity=quantity, accept="approx")
    assert found.verdict == "wrong" and shown in found.message["en"]


CHAINS = [
    ("832 ≈ 800", "inconsistent"), ("832 = 800", "inconsistent"), ("832 ≈ 830", "exact"), ("832 < 833", "invalid"),
    ("700 → 800 → 832", "inconsistent"), ("26·32 → 832", "exact"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "verdict"), CHAINS)
def test_chains(text: str, verdict: str) -> None:
    assert symcnn.check(text, T, quantity="params").verdict == verdict


def test_an_arrow_from_size_to_size() -> None:
    assert symcnn.check("28 → 24", T, quantity="size").verdict == "exact"


@pytest.mark.parametrize(
    ("text", "condition"),
    [("(H^H)%7+18C²H²", "H**H % 7 == 0"), ("18C²H²+(H^C)%2", "H**C % 2 == 0"), ("18C²H²+(H^H)%2-H%2", None)],
)
def test_what_is_too_large_is_undecided_or_right_under_a_condition(text: str, condition: str | None) -> None:
    found = symcnn.check(text, F, quantity="macs")
    assert (found.verdict, found.condition) == ("assume" if condition else "undecided", condition)


def test_dots_between_groups_in_a_locale_of_points() -> None:
    assert symcnn.check("1.572.480", M, quantity="macs", locale="en").verdict == "exact"


@pytest.mark.parametrize(("text", "verdict"), [("二十四", "exact"), ("二十四个", "exact"), ("十二", "wrong")])
def test_numerals_in_chinese(text: str, verdict: str) -> None:
    assert symcnn.check(text, T, quantity="size").verdict == verdict


def test_a_lone_dash_is_no_answer() -> None:
    found = symcnn.check("-", T, quantity="size")
    assert found.verdict == "invalid" and "nothing is given" in found.message["en"]


def test_a_false_step_is_quoted_with_its_brackets() -> None:
    found = symcnn.check("(50-5+2)/2+1 = 24", T, quantity="size")
    assert "the step (50-5+2)/2+1 = 24 is false" in found.message["en"]
    assert "832 ≈ 800" in symcnn.check("832 ≈ 800", T, quantity="params").message["en"]


def test_values_that_look_alike_are_told_apart() -> None:
    found = symcnn.check("10^50*H + 1", "10^50*H")
    assert "off by 1" in found.message["en"]


def test_a_reference_that_names_a_question_comes_after_it() -> None:
    quiz = '[[question]]\nid = "a"\nreference = "7"\n[[question]]\nid = "b"\nreference = "4*a"\n'
    with pytest.raises(symcnn.SymcnnError, match="also a question"):
        parse_quiz(quiz)
    assert parse_quiz(quiz + 'after = "a"\n')["b"].after == ("a",)
    assert parse_quiz(quiz + 'symbols = { a = "positive" }\n')


AXES = [
    ("W×H×C = 36×24×32", "exact"), ("W×H×C = 32×24×36", "wrong"), ("(H,W,C) = (24,36,32)", "exact"),
    ("(C,H,W) = (24,36,32)", "wrong"), ("HxWxC: 24x36x32", "exact"), ("CxHxW: 24x36x32", "wrong"),
    ("C=32, W=36, H=24", "exact"), ("C=24, H=36, W=32", "wrong"), ("24×36×32", "convention"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "verdict"), AXES)
def test_sizes_with_names(text: str, verdict: str) -> None:
    assert symcnn.check(text, (32, 24, 36)).verdict == verdict


@pytest.mark.parametrize("text", ["m×max(H-4,1)×(W-4)", "(m × max(H-4, 1) × (W-4))", "(m, max(H-4, 1), W-4)"])
def test_sizes_with_functions_of_two_values(text: str) -> None:
    assert symcnn.check(text, "(m, max(H - 4, 1), W - 4)").verdict == "exact"


STRIDED = analysed("net s { input C×H×H; Conv(C, 3, stride=2) }")
PADDED = analysed("net p { input C×H×H; Conv(C, k, stride=s, padding=p) }")


@pytest.mark.parametrize(
    ("network", "text", "verdict"),
    [
        (STRIDED, "int((H-9)/2)+4", "wrong"),  # int(-2.5) is −2
        (STRIDED, "int((H-3)/2)+1", "exact"),
        (STRIDED, "-int(-(H-1)/2)", "exact"),  # ⌊(H − 1)/2⌋
        (PADDED, "int((H+2p-k)/s)+1", "exact"),
        (PADDED, "int((H+2p-k)/s+1)", "exact"),
    ],
)
def test_truncation_is_towards_zero(network: symcnn.Analysis, text: str, verdict: str) -> None:
    assert symcnn.check(text, network, quantity="size").verdict == verdict


BIASED = analysed("net b { input 1×28×28; Conv(32, 5) }")


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("832 (with bias)", "exact"),
        ("832 incl. bias", "exact"),
        ("832 without bias", "wrong"),
        ("832 ohne Bias", "wrong"),
        ("800 without bias", "convention"),
        ("800 with bias", "wrong"),
    ],
)
def test_a_note_on_biases_must_be_true(text: str, verdict: str) -> None:
    assert symcnn.check(text, BIASED, quantity="params").verdict == verdict


@pytest.mark.parametrize("text", ["O(1)", "Θ(832)", "Ω(1)", "O(10^7)"])
def test_an_order_says_nothing_of_a_number(text: str) -> None:
    assert symcnn.check(text, BIASED, quantity="params", accept=("asymp",)).verdict == "wrong"


@pytest.mark.parametrize("text", ["0.832 KiB", "0.832 KB", "832 B"])
def test_bytes_are_no_parameters_whatever_their_prefix(text: str) -> None:
    assert symcnn.check(text, BIASED, quantity="params").verdict == "wrong"


@pytest.mark.parametrize("text", ["Theta(C H²)", "Ω(C H²)", "Θ(CH^2)"])
def test_orders_by_name_where_a_formula_is_asked(text: str) -> None:
    network = analysed("net n { input C×H×H; ReLU }")
    assert symcnn.check(text, network, quantity="activations").verdict == "asymp"
