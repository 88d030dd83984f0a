"""Repetitions of a symbolic number of times: what the literature says, proved; and the same as all of them unrolled."""

from __future__ import annotations

from functools import partial

import pytest
from sympy import Expr, Piecewise, Sum, ceiling

from symcnn import Analysis, analyse, load, parse, render, symbols
from symcnn.algebra.polynomial import add, polynomial
from symcnn.algebra.symbols import NONNEGATIVE, symbol
from symcnn.analysis.derivation import BY_NUMBER
from symcnn.errors import NotSupportedError
from tests.analysis.unrolled import evaluated, said, unrolled, values
from tests.helpers import analysed, error_of

DEPTH = load("examples/depth.cnn")
C, H, W, T, k, k0, c, c0, h, s, d, w = symbols("C H W T k k0 c c0 h s d w")
n, L, m, b = (symbol(name, NONNEGATIVE) for name in ("n", "L", "m", "b"))
TO_8 = range(9)
SIZES = {"C": [2], "k": [1, 2, 3], "H": [1, 32], "W": [9]}
# What is tried of each net of the example: every depth, and values of the other symbols.
TRIED = {
    "stacked": values(n=TO_8, **SIZES),
    "halved": values(n=TO_8, **SIZES),
    "strided": values(n=range(5), s=[1, 2, 3], **(SIZES | {"H": [32]})),
    "unpadded": values(n=TO_8, **SIZES),
    "doubling": values(n=TO_8, C=[2], H=[1, 20], W=[9]),
    "causal": values(b=range(4), n=range(5), C=[1, 3], T=[1, 50]),
    "temporal": values(n=TO_8, C=[2], k=[1, 2, 3], T=[50]),
    "dense": values(L=TO_8, k0=[1, 16], k=[1, 12], H=[5], W=[9]),
    "bottleneck": values(L=TO_8, k0=[1, 16], k=[1, 12], H=[5], W=[9]),
    "densenet": values(n=TO_8, k=[1, 12]),
    "resnet": values(n=TO_8),
    "stages": values(L=range(5), m=range(4), c0=[1, 3], c=[2], h=[1, 3]),
    "fsrcnn": values(m=TO_8, d=[1, 56], s=[1, 12], H=[4], W=[5]),
    "vdsr": values(L=TO_8, w=[1, 64], H=[4], W=[5]),
}


def example(net: str, *assume: str) -> Analysis:
    return analyse(DEPTH[net], assume=assume)


def same(first: object, second: object) -> bool:
    """Tell whether two values are the same polynomial, powers taken apart."""
    return not add(polynomial(first), polynomial(second), -1)


@pytest.mark.parametrize("net", TRIED)
def test_the_example_is_what_all_repetitions_come_to(net: str) -> None:
    a, defined = example(net), 0
    for numbers in TRIED[net]:
        direct, closed = unrolled(DEPTH[net], numbers), evaluated(a, numbers)
        assert (closed is None) == (direct is None), numbers
        if closed is not None and direct is not None:
            assert said(closed) == said(direct), numbers
            defined += 1
    assert defined > 2


def test_every_net_of_the_example_is_tried() -> None:
    assert set(TRIED) == {name for name, net in DEPTH.items() if net.definition.input is not None}


def test_stacked_convolutions() -> None:
    a = example("stacked")
    assert a.receptive_field.size == (n * (k - 1) + 1,) * 2
    assert a.weights == n * k**2 * C**2
    assert a.output == (C, H, W)
    assert a.conditions == ()


def test_strides() -> None:
    halved = example("halved")
    assert same(halved.receptive_field.size[0], 1 + (k - 1) * (2**n - 1))
    assert halved.output[1] == ceiling(H / 2**n)
    assert same(example("strided", "s >= 2").receptive_field.size[0], 1 + (k - 1) * (s**n - 1) / (s - 1))
    assert same(example("strided", "s == 1").receptive_field.size[0], 1 + (k - 1) * n)
    (cases,) = example("strided").receptive_field.size[0].atoms(Piecewise)
    assert [(str(value), str(condition)) for value, condition in cases.args] == [
        ("(s**n - 1)/(s - 1)", "Ne(s, 1)"),
        ("n", "True"),
    ]


def test_without_padding_the_depth_is_bounded() -> None:
    a = example("unpadded")
    assert [str(x) for x in a.conditions] == ["H >= n*(k - 1) + 1", "W >= n*(k - 1) + 1"]
    assert same(a.output[1], H - n * (k - 1))


def test_dilations() -> None:
    assert same(example("doubling").receptive_field.size[0], 2 ** (n + 1) - 1)
    assert same(example("causal").receptive_field.size[0], 1 + b * (2**n - 1))
    assert same(example("temporal").receptive_field.size[0], 1 + 2 * (k - 1) * (2**n - 1))


def test_dense_blocks() -> None:
    channels = L * k0 + k * L * (L - 1) / 2
    assert same(example("dense").weights, 9 * k * channels)
    assert same(example("bottleneck").weights, 4 * k * channels + 36 * k**2 * L)
    assert example("dense").output == (k0 + L * k, H, W)
    layer = "concat { skip; path { BatchNorm; ReLU; Conv(k, 3, padding=1, bias=false) } }"
    normed = analysed(f"net a {{ input k0×H×W; repeat L {{ {layer} }} }}")
    assert same(normed.params, 9 * k * channels + 2 * channels)


def test_densenet_is_a_polynomial_in_depth_and_growth() -> None:
    a = example("densenet")
    assert {atom for monomial in polynomial(a.params) for atom, _ in monomial} == {n, k}
    assert a.at(n=12, k=12).params == 1_019_722  # L = 40, k = 12: 1.0M in table 2
    assert a.at(n=32, k=24).params == 27_249_082  # L = 100, k = 24: 27.2M


def test_resnet_for_cifar() -> None:
    a = example("resnet")
    assert same(a.params, 97_216 * n - 19_174)
    assert a.weight_layers == 6 * n + 4  # the two 1×1 convolutions of the shortcuts beside 6n + 2
    before = next(layer for layer in reversed(a.layers) if layer.output[1:] and layer.output[1] != 1)
    assert same(before.receptive_field.size[0], 28 * n - 3)
    assert [str(x) for x in a.conditions] == ["n >= 1"]
    published = analyse(load("zoo/resnet_cifar")["resnet_cifar"], n="n", width=16, assume=["H == 32", "W == 32"])
    assert same(published.params, 97_216 * n - 21_926)
    assert same(published.macs, 14_155_776 * n - 1_916_288)
    assert [published.at(n=x, H=32, W=32).params for x in (3, 9, 18)] == [269_722, 853_018, 1_727_962]


def test_stages_of_doubling_width() -> None:
    a = example("stages")
    assert same(a.receptive_field.size[0], 1 + (2 * m + 1) * (2**L - 1))
    two = example("stages", "m == 2")
    assert same(two.weights, 9 * c0 * c + 9 * c**2 + 18 * c**2 * (4 ** (L - 1) - 1))
    convolutions = [layer for layer in two.layers if layer.kind == "Conv" and layer.loops]
    later = [layer.macs * layer.times for layer in convolutions if layer.path.startswith("repeat1[1..]")]
    index = symbol("j", NONNEGATIVE)
    assert later and all(index not in value.free_symbols for value in map(as_polynomial, later))
    one = example("stages", "m == 1")
    outputs = sum(layer.together(layer.activations) for layer in one.layers if layer.kind == "Conv")
    assert same(outputs, 2 * c * (h * 2**L) ** 2 * (1 - 2**-L))


def as_polynomial(value: Expr) -> Expr:
    from symcnn.algebra.polynomial import as_expression

    return as_expression(polynomial(value))


def test_wide_resnet_in_depth_and_width() -> None:
    a = analyse(load("zoo/wrn")["wrn"], N="N", assume=["H == 32", "W == 32"])
    assert [a.at(N=4, k=10, H=32, W=32).params, a.at(N=6, k=4, H=32, W=32).params] == [36_479_194, 8_949_210]
    assert a.weight_layers == 6 * symbol("N", NONNEGATIVE) + 5


def test_superresolution() -> None:
    a = example("fsrcnn")
    assert same(a.weights, 9 * m * s**2 + 2 * d * s + 106 * d)
    deep = example("vdsr")
    assert same(deep.weights, 18 * w + 9 * (L - 2) * w**2)
    assert same(deep.biases, (L - 1) * w + 1)
    assert same(deep.params, 18 * w + 9 * (L - 2) * w**2 + (L - 1) * w + 1)


# What there is no closed form of, or may be none.


def test_floors_under_a_sum_stay_and_are_evaluated() -> None:
    a = analysed("net a { input 3×H×W; repeat n { Conv(3, 3, stride=2, padding=1, bias=false) } }")
    assert a.macs.has(Sum)
    assert a.at(H=33, W=70, n=3).macs == 81 * (17 * 35 + 9 * 18 + 5 * 9)


@pytest.mark.parametrize(
    ("steps", "says"),
    [
        ("repeat n { Conv(channels^2, 1) }", "channels becomes channels²"),
        ("repeat n { Conv(channels + height, 1); MaxPool(2) }", "channels becomes"),
        ("repeat n { PixelShuffle(2); Conv(4*(channels % 7 + 3), 1) }", "channels becomes"),
    ],
)
def test_a_body_without_closed_form_says_which_size_has_none(steps: str, says: str) -> None:
    error = error_of(lambda: analysed(f"net a {{ input 8×H×W; {steps} }}"))
    assert isinstance(error, NotSupportedError)
    assert "no closed form is known" in error.message and says in error.message
    assert error.hint == BY_NUMBER


def test_numbers_of_repetitions_that_are_none() -> None:
    a = example("stacked")
    for number, message in ((-1, "n is at least 0, not -1"), ("1/2", "n is an integer, not 1/2")):
        assert error_of(lambda number=number: a.at(n=number, C=1, k=1, H=1, W=1)).message == message  # type: ignore[misc]
    half = analysed("net a { input 3×H×W; repeat n/2 { ReLU } }")
    assert [str(x) for x in half.conditions] == ["Eq(Mod(n, 2), 0)"]
    assert half.at(n=6, H=1, W=1).nonlinearities == 3
    never = analysed("net a { input 3×H×W; repeat -n { ReLU } }")
    assert ([str(x) for x in never.conditions], never.nonlinearities) == (["Eq(n, 0)"], 0)
    error = error_of(lambda: analysed("net a { input 3×H×W; repeat -n - 1 { ReLU } }"))
    assert error.message == "a repeat count is −n − 1, and must be at least 0"
    assert error.span is not None and error.span.text == "-n - 1"


def test_what_is_wrong_in_the_first_repetition_is_said_there() -> None:
    error = error_of(lambda: analysed("net a { input 3×2×2; repeat n + 1 { Conv(4, 3) } }"))
    assert error.message.startswith("the output height of Conv would be 0")
    assert any("repetition" in part for part in error.context)


@pytest.mark.parametrize(
    "steps",
    [
        "repeat n { Conv(4, 3) }",
        "repeat 2n { Conv(3, 1, groups=2) }",
        "repeat n { concat { path { Conv(3, 1, stride=2) } path { Conv(3, 2, padding=1) } } }",
    ],
)
def test_where_no_repetition_fits_there_is_none(steps: str) -> None:
    a = analysed(f"net a {{ input 3×2×2; {steps}; ReLU }}")
    assert [str(x) for x in a.conditions] == ["Eq(n, 0)"]
    assert "none or no more repetitions fit: n == 0" in a.warnings[0]
    assert (a.output, a.at(n=0).output, a.params) == ((3, 2, 2), (3, 2, 2), 0)
    assert "it needs n == 0" in str(error_of(lambda: a.at(n=1)))


def test_a_mistake_in_a_repetition_is_one_without_any_too() -> None:
    for steps in ("Conv(4, 3, strid=2)", "Conv(4)", "BatchNorm2d(64)", "Conv(4, 3", "add x", "blok(3)", "Linear(5)"):
        error_of(partial(analysed, f"net a {{ input 3×2×2; repeat n {{ {steps} }} }}"))


def test_a_size_that_becomes_illegal_is_a_condition_on_the_number() -> None:
    a = analysed("net a { input 3×9×9; repeat n { Conv(3, 3) } }")
    assert [str(x) for x in a.conditions] == ["n <= 4"]
    assert a.at(n=4).output == (3, 1, 1)


# Names, rows, labels.


def test_the_index_is_no_symbol_and_clashes_with_none() -> None:
    a = analysed("net a { input i×H×W; repeat n as i { Conv(channels, 3, padding=i) } ; Conv(i, 1) }")
    assert sorted(a.symbols) == ["H", "W", "i", "n"]
    (inner, _) = a.layers
    assert [loop.index.name for loop in inner.loops if loop.index] == ["j"]
    nested = analysed(
        "net a { input c×H; repeat n as i { b } } net b { repeat m as i { Conv(c, 1 + 2i, padding=i) } }", "a"
    )
    assert [[x.index.name for x in layer.loops if x.index] for layer in nested.layers] == [["i", "j"]]
    assert "i" not in nested.symbols and "j" not in nested.symbols


def test_rows_are_found_by_the_numbers_of_their_repetitions() -> None:
    from symcnn.analysis.paths import layers_at

    a = analysed("net a { input 3×H×W; repeat n as i { Conv(64*2^i, 3, stride=2, padding=1) } }")
    assert [layer.path for layer in a.layers] == ["repeat1[0].conv1", "repeat1[1..].conv1"]
    assert [x.path for x in layers_at(a, "repeat1[5]")] == ["repeat1[1..].conv1"]
    assert [x.path for x in layers_at(a, "repeat1[0]")] == ["repeat1[0].conv1"]
    assert len(layers_at(a, "repeat1")) == 2


def test_evaluated_rows_are_those_of_the_network_with_these_numbers() -> None:
    a = example("dense")
    at = a.at(L=3, k0=16, k=12, H=4, W=4)
    rows = [(layer.path, layer.output) for layer in at.layers if layer.kind == "Conv"]
    assert rows == [(f"repeat1[{i}].concat1.conv1", (12, 4, 4)) for i in range(3)]
    assert at.weights == sum(layer.weights * layer.times for layer in at.layers)


def test_rows_of_very_many_repetitions_are_those_of_the_index() -> None:
    a, times = example("dense"), 10**9
    deep = a.at(L=times, k0=16, k=12, H=1, W=1)
    assert deep.weights == 108 * (16 * times + 12 * (times * (times - 1) // 2))
    (conv, join) = deep.layers
    (loop,) = conv.loops
    assert loop.index is not None
    assert (conv.times, loop.count, conv.path) == (times, times, "repeat1.concat1.conv1")
    assert same(conv.weights, 108 * (16 + 12 * loop.index)) and same(join.output[0], 28 + 12 * loop.index)
    assert conv.total("weights") == deep.weights
    assert deep.receptive_field.size == join.receptive_field.size == (2 * times + 1,) * 2
    for how in ("text", "json", "latex"):
        assert render(deep, how)
    alike = example("resnet").at(n=times)  # repetitions that one stands for are rows of numbers
    assert [x.times for x in alike.layers[:3]] == [1, 1, 1] and alike.layers[3].times == times


@pytest.mark.parametrize("net", ["dense", "unpadded", "densenet", "stages", "temporal", "bottleneck"])
def test_rows_of_the_index_add_up(net: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from symcnn.analysis import evaluated as module

    monkeypatch.setattr(module, "_MOST_ROWS", 0)
    values_of = {"n": 5, "L": 5, "k": 3, "k0": 4, "C": 2, "H": 40, "W": 50, "m": 2, "c": 3, "c0": 3, "h": 2, "T": 9}
    a = example(net)
    numbers = {name: values_of[name] for name in a.symbols}
    found, wanted = a.at(**numbers), unrolled(DEPTH[net], numbers)
    assert wanted is not None
    closed, direct = said(found), said(wanted)
    sizes = closed.pop("field").size, direct.pop("field").size
    assert closed == direct and sizes[0] == sizes[1]
    for quantity in ("weights", "macs", "activations"):
        assert sum(layer.total(quantity) for layer in found.layers) == wanted.count(quantity)


def test_a_label_outside_is_joined_in_every_repetition() -> None:
    text = (
        "net a(n) { input 3×H×W; x: Conv(4, 3, padding=1); repeat n { Conv(4, 3, padding=1); concat x; Conv(4, 1) } }"
    )
    net = parse(text)["a"]
    a = analyse(net)
    for number in range(5):
        direct, closed = unrolled(net, {"n": number, "H": 5, "W": 6}), evaluated(a, {"n": number, "H": 5, "W": 6})
        assert direct is not None and closed is not None and said(direct) == said(closed)
    assert all(same(size, 2 * n + 3) for size in a.receptive_field.size)


@pytest.mark.parametrize("count", ["n", "n + 1", "2n"])
def test_conventions_and_reconciliation_add_up(count: str) -> None:
    layer = "concat { skip; path { BatchNorm; ReLU; Conv(k, 3, padding=1) } }"
    a = analysed(f"net a {{ input k0×H×W; repeat {count} {{ {layer} }} }}")
    found = a.reconcile("thop", "fvcore")
    assert same(sum(line.amount for line in found.lines), found.totals[0] - found.totals[1])
    assert found.totals == (a.count("thop"), a.count("fvcore"))


def test_an_undecided_branch_says_what_it_depends_on() -> None:
    text = "net a { input 3×H×W; repeat n { if channels != c { Conv(c, 1) } else { ReLU } } }"
    assert "cannot decide 'channels != c': it depends on c" in error_of(lambda: analysed(text)).message


def test_branches_on_the_index_make_the_first_repetition_another() -> None:
    step = "Conv(8, 3, padding=1)"
    text = f"net a(n) {{ input 3×H×W; repeat n as i {{ if i == 0 {{ {step} }} else {{ residual {{ {step} }} }} }} }}"
    a = analysed(text)
    assert [layer.path.partition("]")[0] for layer in a.layers] == ["repeat1[0", "repeat1[1..", "repeat1[1.."]
    assert [str(x) for x in a.conditions] == ["n >= 1"]
    none = a.at(n=0, H=1, W=1)  # of which the closed forms are not
    assert (none.params, none.output, none.symbolic) == (0, (3, 1, 1), a)


@pytest.mark.parametrize(
    "body",
    [
        "Conv(C, 3, padding=1); if i < n - 1 { MaxPool(2) }",
        "Conv(C, 3, padding=1); if i == n - 1 { Conv(10, 1) }",
        "if i > 0 { BatchNorm }; Conv(c*2^i, 3, padding=1); if i != n - 1 { MaxPool(2) }",
        "Conv(10 if i == n - 1 else C, 3)",
        "if i >= n - 2 { Conv(C + i, 3, padding=1) } else { Conv(C, 2) }",
        "concat { skip; path { repeat n - i as j { Conv(c, 3, padding=1); if j + 1 < n - i { ReLU } } } }",
        "repeat i as j { if j == i - 1 { Conv(C, 3, stride=2, padding=1) } else { PReLU } }",
    ],
)
def test_last_repetitions_that_differ_stand_alone(body: str) -> None:
    net = parse(f"net a(n) {{ input C×H×W; repeat n as i {{ {body} }} }}")["a"]
    a, defined = analyse(net), 0
    for numbers in values(n=range(8), C=(1, 3), c=(2,), H=(1, 9, 70), W=(64,)):
        own = {name: number for name, number in numbers.items() if name in a.symbols}
        direct, closed = unrolled(net, own), evaluated(a, own)
        assert (closed is None) == (direct is None), own
        if closed is not None and direct is not None:
            assert said(closed) == said(direct), own
            defined += 1
    assert defined > 10


@pytest.mark.parametrize("count", ["n/2", "2n", "n - 1", "n + 1"])
def test_the_last_of_any_count_stands_alone(count: str) -> None:
    net = parse(f"net a(n) {{ input C×H; repeat {count} as i {{ Conv(4, 1); if i < {count} - 1 {{ MaxPool(2) }} }} }}")[
        "a"
    ]
    a = analyse(net)
    for number in range(7):
        numbers = {"n": number, "C": 3, "H": 50}
        direct, closed = unrolled(net, numbers), evaluated(a, numbers)
        assert (closed is None) == (direct is None), numbers
        if closed is not None and direct is not None:
            assert said(closed) == said(direct), numbers


def test_the_last_repetition_is_named() -> None:
    from symcnn.analysis.paths import layers_at

    a = analysed("net a { input 3×H; repeat n as i { if i > 0 { ReLU }; Conv(3, 3); if i < n - 1 { BatchNorm } } }")
    paths = [layer.path for layer in a.layers]
    assert paths[:2] == ["repeat1[0].conv1", "repeat1[0].batchnorm1"]
    assert paths[2:] == [f"repeat1[1..-2].{x}" for x in ("relu1", "conv1", "batchnorm1")] + [
        f"repeat1[-1].{x}" for x in ("relu1", "conv1")
    ]
    assert [x.path for x in layers_at(a, "repeat1[-1]")] == paths[5:]
    assert [x.path for x in layers_at(a, "repeat1[3]")] == paths[2:5]
    assert len(layers_at(a, "repeat1")) == 7
    shown = render(a, "text")
    assert "[-1] is the last of the repetitions." in shown and "formulas for     n ≥ 2" in shown


@pytest.mark.parametrize("net", TRIED)
def test_the_way_back_through_all_repetitions_is_the_way_forward(net: str) -> None:
    from symcnn import derive

    a = example(net)
    backward = derive(a, quantity="receptive_field").backward
    assert backward  # which there is only where it comes to the field that was found forwards
    assert any("×" in name for name, _, _ in backward)
    for layer in a.layers:
        if layer.loops and layer.kind == "Conv":
            assert derive(a, layer.path, "receptive_field").backward, layer.path


@pytest.mark.parametrize(
    "steps",
    [
        "repeat n { Conv(c, 3, padding=1, bias=false); BatchNorm; ReLU }",
        "repeat n as i { concat { skip; path { repeat 2 { Conv(c, 3, padding=i + 1, dilation=i + 1) } } } }",
        "repeat n { MaxPool(2, stride=1, padding=1) }; repeat n { Conv(c, 3) }",
        "repeat n as i { repeat i + 1 { Conv(channels, 3, padding=1) } }",
    ],
)
def test_nothing_learns_before_the_first_repetition(steps: str) -> None:
    """Training needs no gradient of the input of the very first layer that learns, of the later ones it does."""
    net = parse(f"net a(n, c, H) {{ input c×H×H; {steps} }}")["a"]
    a = analyse(net)
    for depth in range(5):
        closed, direct = a.at(n=depth, c=2, H=9), analyse(net, n=depth, c=2, H=9)
        for name in ("forward", "weight_gradient", "input_gradient", "training"):
            assert closed.count(name) == direct.count(name), (name, depth)


def test_the_memory_of_a_depth() -> None:
    from symcnn.memory import memory

    a = example("dense")
    found = memory(a.at(L=3, k0=16, k=12, H=8, W=8))
    assert found.peak == (16 + 24 + 12) * 64 + (16 + 3 * 12) * 64
    assert memory(a).at(L=3, k0=16, k=12, H=8, W=8).peak == found.peak
    assert same(memory(a).peaks[0].value, 2 * H * W * (L * k + k0))


@pytest.mark.parametrize("number", range(5))
def test_an_exponent_that_is_half_a_square(number: int) -> None:
    """SymPy writes 2^(i(i − 1)/2) as roots, of which only the product is whole."""
    text = "net a { input c×7×7; repeat n as i { repeat i { Conv(2*channels, 1) } } }"
    found = analyse(parse(text)["a"]).at(n=number, c=4)
    unrolled = analyse(parse(text.replace("repeat n", f"repeat {number}"))["a"]).at(c=4)
    assert (found.flops, found.params) == (unrolled.flops, unrolled.params)


@pytest.mark.parametrize("number", range(4))
def test_powers_of_a_base_that_is_assumed_to_be_positive(number: int) -> None:
    text = "net a { input C×L; repeat n as i { Conv(C, 3, dilation=r^i, padding=r^i) } }"
    found = analyse(parse(text)["a"], assume="r >= 1")
    for rate in (1, 2, 3):
        size = found.at(n=number, r=rate, C=2, L=40).receptive_field.size
        assert size == (1 + 2 * sum(rate**i for i in range(number)),)
