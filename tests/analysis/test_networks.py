"""Blocks, repeats, labels, names, assumptions and domains: how the parts of a program come together."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import symcnn
from symcnn import SymcnnError, analyse, parse
from tests.helpers import analysed, chain, draws, error_of, numbers

# assumptions

POOLS = ["MaxPool(2)", "MaxPool(3, stride=2, padding=1)", "Conv(4, 3, stride=2, padding=1)", "Conv(4, 5, stride=2)"]
POOLS += ["Conv(4, k, stride=s, padding=p)", 'AvgPool(3, stride=2, padding="same")', "MaxPool(2, ceil_mode=true)"]


@draws(80)
@given(
    st.lists(st.sampled_from(POOLS), min_size=1, max_size=5),
    st.sampled_from([(32, 0), (2, 1), (8, 4), (4, 3), (6, 2), (3, 0)]),
    st.integers(1, 80),
    st.lists(st.integers(1, 400), min_size=4, max_size=4),
    st.integers(1, 4), st.integers(1, 3), st.integers(0, 2),
)  # fmt: skip
def test_assumptions_change_no_number(
    steps: list[str], residue: tuple[int, int], least: int, heights: list[int], k: int, s: int, p: int
) -> None:
    modulus, rest = residue
    text = chain(*steps, shape="3×H×H")
    free, bound = analysed(text), assuming(text, f"H % {modulus} == {rest}", f"H >= {least}")
    for height in heights:
        values = {name: value for name, value in {"H": height, "k": k, "s": s, "p": p}.items() if name in free.symbols}
        allowed = height % modulus == rest and height >= least
        outcome = None if bound is None else attempt(bound, values)
        assert outcome == (attempt(free, values) if allowed else None), (text, values)


def assuming(text: str, *assume: str) -> Any:
    try:
        return analysed(text, assume=assume)
    except SymcnnError:
        return None


def attempt(analysis: Any, values: dict[str, int]) -> Any:
    try:
        return numbers(analysis.at(**values))
    except SymcnnError:
        return None


@pytest.mark.parametrize(
    ("assumption", "output", "conditions"),
    [
        ("H % 32 == 0", "H/32", []),
        ("0 == H % 32", "H/32", []),
        ("H % 32 == 0 and H >= 64", "H/32", []),
        ("H % 32 == 0, H >= 64", "H/32", []),
        ("H % 64 == 32", "H/32", []),
        ("H == 32n", "n", []),
        ("H >= 64", "floor(H/32)", []),
        ("64 <= H <= 95", "2", []),
        ("H == 224", "7", []),
        ("H >= 16", "floor(H/32)", ["H >= 32"]),
        ("Q >= 3", "floor(H/32)", ["H >= 32"]),
        ("true", "floor(H/32)", ["H >= 32"]),
    ],
)
def test_what_assumptions_do(assumption: str, output: str, conditions: list[str]) -> None:
    outside = analysed(chain(*["MaxPool(2)"] * 5, shape="3×H"), assume=[assumption])
    file = analysed(chain(*["MaxPool(2)"] * 5, shape="3×H", before=f"assume {assumption}"))
    inside = analysed(chain(f"assume {assumption}", *["MaxPool(2)"] * 5, shape="3×H"))
    for a in (outside, file, inside):
        assert (str(a.output[1]), [str(c) for c in a.conditions]) == (output, conditions)


def test_an_assumption_about_another_network_asks_for_no_value() -> None:
    a = analysed("assume Q % 32 == 0, H % 2 == 0\nnet a { input 3×H; ReLU }")
    assert (set(a.symbols), [str(x) for x in a.assumptions]) == ({"H"}, ["Eq(Mod(H, 2), 0)"])


def test_what_an_assumption_brings_in_has_a_value() -> None:
    a = analysed("assume W == 2Q\nnet a { input 3×W; MaxPool(2) }")
    assert (str(a.output[1]), set(a.symbols)) == ("Q", {"Q", "W"})
    assert a.at(W=8, Q=4).output == (3, 4)
    assert error_of(lambda: a.at(W=8, Q=3)).message == "the net 'a' is not defined for Q = 3, W = 8"


def test_a_net_may_assume_something_of_its_user() -> None:
    block = "net b { assume channels % 2 == 0; Conv(channels/2, 1) }\n"
    a = analysed(block + "net a { input C×H; b }")
    assert [str(c) for c in a.conditions] == ["Eq(Mod(C, 2), 0)"]
    assert analysed(block + "net a { input 6×H; b }").output[0] == 3


# domains


@pytest.mark.parametrize(
    ("text", "name", "least"),
    [
        (chain("Conv(8, 3, padding=p)"), "p", 0),
        (chain("Conv(8, 3, padding=(q, 1))"), "q", 0),
        (chain("Conv(8, 2r + 1, padding=r)"), "r", 0),
        (chain("Conv(8, k, padding=(k - 1)/2)"), "k", 1),
        (chain("Conv(p, 3, padding=p)"), "p", 1),
        (chain("Conv(8, 3, stride=s)"), "s", 1),
        (chain("ReLU"), "H", 1),
        (chain("b(q)", before="net b(pad) { Conv(8, 3, padding=pad) }"), "q", 0),
        (chain("b(pad=q)", before="net b(pad) { c(pad) }\nnet c(x) { Conv(8, 3, padding=x) }"), "q", 0),
        (chain("DepthwiseConv(3, padding=p)"), "p", 0),
        (chain("ChannelSplit(1, start=p)"), "p", 0),
        (chain("repeat n { ReLU }"), "n", 0),
        (chain("b(n)", before="net b(n) { c(n) }\nnet c(n) { repeat n { ReLU } }"), "n", 0),
        (chain("b(n)", before="net b(n) { Conv(n, 3); repeat n { ReLU } }"), "n", 1),
    ],
)
def test_domains(text: str, name: str, least: int) -> None:
    a = analysed(text)
    values = dict.fromkeys(a.symbols, 9) | {name: least}
    a.at(**values)
    assert (
        error_of(lambda: a.at(**(values | {name: least - 1}))).message == f"{name} is at least {least}, not {least - 1}"
    )


def test_width_multipliers() -> None:
    a = analysed("assume α rational, 0 < α <= 1\nnet a { input 3×H; Conv(32α, 3); Conv(64*α, 3) }")
    assert a.at(α=Fraction(1, 4), H=9).output == (16, 5)
    assert a.at(α="0.75", H=9).output == (48, 5)
    assert error_of(lambda: a.at(α="1/3", H=9)).message == "the net 'a' is not defined for α = 1/3"
    assert error_of(lambda: a.at(α=2, H=9)).message == "the net 'a' is not defined for α = 2"
    assert "α is positive" in error_of(lambda: a.at(α=0, H=9)).message


# blocks


def test_blocks_see_their_users_channels_and_their_own_names() -> None:
    text = """
    let w = 100
    net block(c = 2channels, k = c - channels) { let w = c + k; Conv(w, 1) }
    net a { input 3×H; block; block(5); block(k=1); Conv(w, 1) }
    """
    # 6 + 3; 5 + (5 − 9); 2·1 + 1; the file's w
    assert [int(layer.output[0]) for layer in analysed(text).layers] == [9, 1, 3, 100]


def test_names_are_looked_up_where_the_block_is_written() -> None:
    text = "let w = 7\nnet block { Conv(w, 1) }\nnet a { input 3×H; let w = 9; block; Conv(w, 1) }"
    assert [int(layer.output[0]) for layer in analysed(text).layers] == [7, 9]


def test_kinds_of_the_user_do_not_change_the_library() -> None:
    text = "layer Conv(out_channels: m) { channels = m }\nnet a { input 4×9×9; Conv(6); DepthwiseConv(3); Conv(5) }"
    a = analysed(text)
    assert a.output == (5, 7, 7)
    assert a.params == 6 * 9 + 6


def test_a_net_with_an_input_as_a_step() -> None:
    a = analysed("net b { input 3×32×w; Conv(4, 3) }\nnet a { input C×H×W; b }")
    assert {str(c) for c in a.conditions} == {"Eq(C, 3)", "Eq(H, 32)", "Eq(W, w)", "w >= 3"}
    assert a.at(C=3, H=32, W=5, w=5).output == (4, 30, 3)
    assert "not defined" in error_of(lambda: a.at(C=3, H=31, W=5, w=5)).message


def test_sizes_of_the_input_may_be_formulas() -> None:
    a = analysed("net a { input (C/2)×(H - 4), batch n - 1; ReLU }")
    assert {str(c) for c in a.conditions} == {"Eq(Mod(C, 2), 0)", "H >= 5", "n >= 2"}
    assert a.at(C=6, H=9, n=3).input == (3, 5)


def test_what_follows_an_input_does_not_change_it() -> None:
    a = analysed("net a { input 3×H, batch N; let H = 5; let N = 7; Conv(H, 1) }")
    assert [str(x) for x in (*a.input, a.batch, *a.output)] == ["3", "H", "N", "5", "H"]


def test_a_net_may_use_itself_with_a_smaller_number() -> None:
    text = "net down(n) { if n > 0 { Conv(2channels, 3, padding=1); MaxPool(2); down(n - 1) } }\n"
    text += "net a { input 3×H; down(4) }"
    assert str(analysed(text).output) == "(48, floor(H/16))"


def test_requirements_tell_what_layers_need() -> None:
    a = analysed(chain("Conv(w - 5, 3, groups=g)", "Conv(channels*v - 3, 1)", shape="C×H"))
    assert a.at(w=8, g=3, C=6, H=5, v=2).output == (3, 3)
    assert a.weight_layers == 2


# repeats


bodies = st.lists(
    st.sampled_from(
        [
            "Conv(8, 3, padding=1)",
            "Conv(channels + 2, 1)",
            "Conv(c, 3, bias=false)",
            "Conv(4, 3, stride=2, padding=1)",
            "MaxPool(2)",
            "DepthwiseConv(3)",
            "ReLU",
            "BatchNorm",
            "repeat 2 { Conv(8, 1); Conv(6, 3, padding=1) }",
        ]
    ),
    min_size=1,
    max_size=3,
)


@draws(80)
@given(bodies, st.integers(0, 6), bodies, st.sampled_from([31, 64, 200]))
def test_repeats_equal_what_they_stand_for(body: list[str], times: int, after: list[str], height: int) -> None:
    folded = chain(f"repeat {times} {{ {'; '.join(body)} }}", *after, shape="3×H×9")
    written = chain(*body * times, *after, shape="3×H×9")
    indexed = chain(f"repeat {times} as i {{ {'; '.join(body)}; repeat i - i {{ ReLU }} }}", *after, shape="3×H×9")
    pictures = [picture(text, height) for text in (folded, written, indexed)]
    assert pictures[0] == pictures[1] == pictures[2]


def picture(text: str, height: int) -> Any:
    try:
        a = analysed(text)
        at = a.at(**(dict.fromkeys(a.symbols, 5) | {"H": height}))
    except SymcnnError:
        return None
    sides = [(layer.kind, layer.output, layer.receptive_field) for layer in at.layers[-1:]]
    return at.output, at.counted, at.receptive_field, sides


def test_equal_iterations_are_one_row() -> None:
    a = analysed(chain("repeat 1000 { Conv(8, 3, padding=1); ReLU }"))
    assert [(layer.path, layer.times) for layer in a.layers] == [
        ("repeat1[0].conv1", 1),
        ("repeat1[0].relu1", 1),
        ("repeat1[1..999].conv1", 999),
        ("repeat1[1..999].relu1", 999),
    ]
    assert a.receptive_field.size == (2001, 2001)
    assert a.params == (3 * 9 + 1) * 8 + 999 * (8 * 9 + 1) * 8


def test_repeats_count_from_zero_and_their_names_are_their_own() -> None:
    a = analysed(chain("let q = 1", "repeat 3 as i { let q = 10i + 1; x: Conv(q, 1) }", "x: Conv(q, 1)"))
    assert [int(layer.output[0]) for layer in a.layers] == [1, 11, 21, 1]


# names of layers


def test_layers_have_names_and_paths() -> None:
    steps = ["Conv(8, 1)", "conv2: Conv(8, 1)", "Conv(8, 1)", "b", "last: b"]
    a = analysed(chain(*steps, before="net b { Conv(8, 1); act: ReLU }"))
    assert [layer.name for layer in a.layers] == ["conv1", "conv2", "conv3", "conv1", "act", "conv1", "act"]
    paths = ["conv1", "conv2", "conv3", "b1.conv1", "b1.act", "last.conv1", "last.act"]
    assert [layer.path for layer in a.layers] == paths


def test_a_label_later_on_is_not_given_twice() -> None:
    a = analysed(chain("ReLU", "ReLU", "relu1: ReLU"))
    assert len({layer.path for layer in a.layers}) == 3


# memoisation


def test_equal_words_in_different_places_are_different_layers() -> None:
    steps = ["b(4)", "b(4)", "b(8)", "Conv(4, 3)", "Conv(4, 3, bias=false)", "b(4)"]
    a = analysed(chain(*steps, before="net b(w) { Conv(w, 3, padding=1) }"))
    assert [int(layer.params) for layer in a.layers] == [112, 148, 296, 292, 144, 148]


@given(st.permutations(["Conv(4, 1)", "Conv(4, 1, bias=false)", "Conv(4, 1, groups=2)", "Conv(4, 1, stride=2)"]))
def test_memoisation_depends_on_every_argument(steps: list[str]) -> None:
    together = analysed(chain("Conv(4, 1)", *steps, shape="4×64"))
    alone = {step: analysed(chain(step, shape="4×64")) for step in steps}
    assert [layer.params for layer in together.layers[1:]] == [alone[step].params for step in steps]


# Python


def test_symbols_of_the_analysis_and_of_the_module_are_the_same() -> None:
    a = analysed(chain("Conv(C, 3)"))
    assert a.symbols["H"] == symcnn.symbols("H")
    assert symcnn.symbols("H W") == (a.symbols["H"], a.symbols["W"])
    h, w = symcnn.symbols("H, W")
    assert analyse(parse("net a(n) { input 3; Linear(n) }")["a"], n=2 * h * w).output == (2 * h * w,)


def test_parameters_are_numbers_texts_or_symbols() -> None:
    net = parse("let q = 7\nnet a(w, flag = true) { input 3×H; if flag { Conv(w, 1) } }")["a"]
    for given_value, channels in ((5, 5), ("5", 5), ("q + 1", 8), ("2^3", 8), (Fraction(6), 6), ("H", "H"), ("w", "w")):
        assert str(analyse(net, w=given_value).output[0]) == str(channels)
    assert analyse(net, flag=False).layers == ()
    assert analyse(net, flag="1 > 2").layers == ()


def test_suspicious_names_are_pointed_out() -> None:
    text = "net a(classes = 10) { input 3×H; stem: Conv(chanels, 3); Conv(clases + dilaton, 1) }"
    first, second = analysed(text).warnings
    assert first.splitlines() == [
        "'chanels' is taken as a symbol",
        "  text:1:45",
        f"    {text}",
        f"    {' ' * 44}{'^' * 7}",
        "  did you mean 'channels'?",
    ]
    assert "'clases'" in second
    assert "did you mean 'classes'?" in second
    assert analysed("net a(width) { input 3×H; Conv(width, 1) }").warnings == ()


@pytest.mark.parametrize(
    ("text", "name", "hint"),
    [
        (chain("Conv(4, 3, padding=same)"), "same", 'did you mean "same"?'),
        (chain("Conv(4, 3, padding=smae)"), "smae", 'did you mean "same"?'),
        (chain("Conv(4, 3, padding=valid)"), "valid", 'did you mean "valid"?'),
        (chain("Conv(C_in, 3)", "Conv(Cin, 3)"), "Cin", "there is 'C_in' too: did you mean the same?"),
        ("net a { input 3xHxw; ReLU }", "Hxw", "did you mean H×w? Between sizes write × or, with spaces, x"),
        ("let classes = 4\nnet a { input 3×H; Conv(classess, 1) }", "classess", "did you mean 'classes'?"),
    ],
)
def test_what_a_symbol_may_have_meant(text: str, name: str, hint: str) -> None:
    (warning,) = analysed(text, "a").warnings
    assert warning.startswith(f"'{name}' is taken as a symbol\n")
    assert warning.endswith(hint)


def test_a_let_after_its_name_was_a_symbol_is_pointed_out() -> None:
    (warning,) = analysed("net a { input 3×H×W; let H = 5; Conv(8, H) }").warnings
    assert warning.startswith("'H' is a symbol above, and this value only from here on\n")
    assert warning.endswith("put the let first, or outside of a")
    (inside,) = analysed("net b { Conv(m, 3); let m = 5; Conv(m, 3) }\nnet a { input 3×H; b }").warnings
    assert "outside of b" in inside


@pytest.mark.parametrize(
    "text",
    [
        "let H = 5\nnet a { input 3×H×W; Conv(8, H) }",
        "net a { let H = 5; input 3×H×W; let H = 3; Conv(8, H) }",
        "net a { input 3×H×W; let k = 3; Conv(8, k) }",
        "net a(m = 4) { input 3×H; Conv(m, 3); let m = 5; Conv(m, 3) }",
    ],
)
def test_a_let_of_a_name_that_was_no_symbol_is_not(text: str) -> None:
    assert analysed(text, "a").warnings == ()


def test_names_that_are_meant_get_no_warning() -> None:
    assert analysed("net a { input C×H×h; Conv(c, k); Conv(C', K); Conv(N_1, 1); Conv(max_w, 1) }").warnings == ()


def test_a_kind_that_takes_the_place_of_another_is_pointed_out() -> None:
    text = "layer Conv(out_channels: m, kernel_size: k) { channels = m }\nnet a { input 3×H; Conv(4, 3) }"
    (warning,) = analysed(text).warnings
    assert warning.startswith("'Conv' takes the place of the library's kind of that name\n  text:1:7")


def test_assumptions_about_nothing_are_pointed_out() -> None:
    a = analysed(chain("Conv(w, 3)", before="let q = 3"), assume=["h % 2 == 0, H >= 4", "Z > 3, q == 3"])
    assert [warning.splitlines()[0] for warning in a.unused] == ["a has no symbol 'h'", "a has no symbol 'Z'"]
    assert a.unused[0].endswith("did you mean 'H'?")
    assert analysed(chain("Conv(w, 3)"), assume="w == 4, H == W").unused == ()


def test_assumed_equalities_give_values() -> None:
    a = analysed(chain("Conv(64α, 3)", before="assume α rational"), assume="α == 1/2, H == W")
    assert a.output == (32, a.symbols["H"] - 2, a.symbols["H"] - 2)
    for values in ({"H": 9}, {"W": 9}, {"H": 9, "W": 9}, {"H": 9, "α": "1/2"}):
        assert a.at(**values).macs == 32 * 27 * 49
    assert error_of(lambda: a.at(H=9, W=8)).message == "the net 'a' is not defined for H = 9, W = 8"
    assert error_of(lambda: a.at(H=9, α=1)).message == "the net 'a' is not defined for α = 1"


def test_bounds_that_others_imply_are_dropped() -> None:
    a = analysed(chain(*(f"Conv(c, k, dilation={2**i})" for i in range(5)), shape="c×T"))
    assert [str(c) for c in a.conditions] == ["T + 30 >= 31*k"]
    b = analysed(chain("Conv(4, 3, dilation=d)", "Conv(4, 3, dilation=2d)", "MaxPool(2)", "Flatten", "Linear(2)"))
    assert [str(c) for c in b.conditions] == ["H >= 6*d + 2", "W >= 6*d + 2"]


def test_truth_values_in_the_spelling_of_python() -> None:
    assert analysed(chain("Conv(4, 3, bias=False)", "BatchNorm(affine=True)")).params == 108 + 8


@pytest.mark.parametrize("padding", ["((1, 0))", "(1, 0)", "((1, 0),)"])
def test_one_axis_may_have_one_pair(padding: str) -> None:
    assert str(analysed(chain(f"Conv(4, 2, padding={padding})", shape="3×T")).output) == "(4, T)"


@pytest.mark.parametrize(
    ("step", "output", "condition"),
    [
        ("Conv(C//2, 1)", "(floor(C/2), H, H)", "C >= 2"),
        ("Flatten; Linear(floor(m/2))", "(floor(m/2),)", "m >= 2"),
        ("DepthwiseConv(1, multiplier=m - 1)", "(C*(m - 1), H, H)", "C*m >= C + 1"),
        ("Conv(8/(g + 1), 1)", "(8/(g + 1), H, H)", "Eq(Mod(8, g + 1), 0)"),
    ],
)
def test_channels_that_are_formulas(step: str, output: str, condition: str) -> None:
    a = analysed(f"net a {{ input C×H×H; {step} }}")
    assert str(a.output) == output
    assert condition in map(str, a.conditions)
    assert a.flops != 0


def test_the_second_layer_of_a_kind_that_ends_in_a_digit() -> None:
    assert [x.name for x in analysed(chain("ReLU6", "ReLU6")).layers] == ["relu6_1", "relu6_2"]
