"""Exact MACs, sums of conventions, training operations, the ideal time: by loops, and what is unknown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from itertools import combinations, product
from math import prod
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symcnn import Analysis, analyse, conventions, derive, load, parse, symbols
from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.proof import equal
from symcnn.analysis.counting import Unknown
from symcnn.analysis.timing import counts_once, ideal_seconds
from symcnn.analysis.totals import network_total
from symcnn.formula.notation import text
from tests.graphs import ImpossibleError, Run, Tensor, paths, program
from tests.helpers import analysed, chain, draws, error_of
from tests.library.probes import PROBES
from tests.library.probes import program as probe

SWITCHES = ("bias", "norm", "activation", "pooling", "addition")

# Exact MACs


def real_products(n: int, n_out: int, k: int, s: int, p: int, d: int) -> int:
    """Count the products of a convolution along an axis whose input is no padding."""
    return sum(0 <= y * s + t * d - p < n for y in range(n_out) for t in range(k))


def kept_products(n: int, n_out: int, k: int, s: int, p: int, d: int) -> int:
    """Count the products of a transposed convolution along an axis whose output is not cut off."""
    return sum(0 <= x * s + t * d - p < n_out for x in range(n) for t in range(k))


@draws(60)
@given(
    st.tuples(st.integers(1, 9), st.integers(1, 9)),
    st.tuples(st.integers(1, 4), st.integers(1, 4)),
    st.integers(1, 3),
    st.tuples(st.integers(0, 3), st.integers(0, 3)),
    st.integers(1, 3),
    st.sampled_from([1, 2]),
)
def test_a_convolution(n: tuple[int, int], k: tuple[int, int], s: int, p: tuple[int, int], d: int, groups: int) -> None:
    sizes = [(x + sum(p) - d * (y - 1) - 1) // s + 1 for x, y in zip(n, k, strict=True)]
    if min(sizes) < 1:
        return
    padding = f"(({p[0]}, {p[1]}), ({p[0]}, {p[1]}))"
    step = f"Conv(4, {k[0]}×{k[1]}, stride={s}, padding={padding}, dilation={d}, groups={groups})"
    expected = 4 * 6 // groups * prod(real_products(x, m, y, s, p[0], d) for x, m, y in zip(n, sizes, k, strict=True))
    assert analysed(f"net a {{ input 6×{n[0]}×{n[1]}; {step} }}").at().count("exact_macs") == expected
    symbolic = analysed(f"net a {{ input 6×H×W; {step} }}")
    assert symbolic.at(H=n[0], W=n[1]).count("exact_macs") == expected
    closed = symbolic.count("exact_macs").subs({symbols("H"): n[0], symbols("W"): n[1]})
    assert closed == expected


@draws(60)
@given(st.integers(1, 7), st.integers(1, 4), st.integers(1, 3), st.integers(0, 2), st.integers(1, 2), st.booleans())
def test_a_transposed_convolution(n: int, k: int, s: int, p: int, d: int, more: bool) -> None:
    a = int(more and (s > 1 or d > 1))
    size = s * (n - 1) - 2 * p + d * (k - 1) + a + 1
    if size < 1:
        return
    step = f"ConvTranspose(4, {k}, stride={s}, padding={p}, output_padding={a}, dilation={d}, groups=2)"
    expected = 6 * 2 * kept_products(n, size, k, s, p, d)
    assert analysed(f"net a {{ input 6×{n}; {step} }}").at().count("exact_macs") == expected
    closed = analysed(f"net a {{ input 6×L; {step} }}").count("exact_macs")
    assert closed.subs({symbols("L"): n}) == expected


@pytest.mark.parametrize(("k", "s"), [(2, 1), (3, 1), (3, 2), (4, 2), (5, 3), (2, 3)])
def test_the_padding_same(k: int, s: int) -> None:
    a = analysed(f'net a {{ input 2×L; Conv(3, {k}, stride={s}, padding="same") }}')
    for n in range(1, 14):
        size = -(-n // s)
        before = max((size - 1) * s + k - n, 0) // 2
        assert a.at(L=n).count("exact_macs") == 6 * real_products(n, size, k, s, before, 1)
        assert a.count("exact_macs").subs({symbols("L"): n}) == 6 * real_products(n, size, k, s, before, 1)


def test_the_first_layer_of_a_resnet_as_it_is_printed() -> None:
    a = analysed("net a { input 3×H; Conv(64, 7, stride=2, padding=3, bias=false) }", assume="H >= 3")
    height = symbols("H")
    printed = 192 * (5 * height - 6 - 3 * Arithmetic().floor(height / 2))
    assert equal(a.count("exact_macs"), printed, a.facts) is True


def test_what_the_conditions_say_makes_them_shorter() -> None:
    a = analysed("net a { input 1×L; Conv(1, 5, padding=2); Conv(1, 9) }")  # L ≥ 9
    assert str(a.layers[0].count("exact_macs")) == "5*L - 6"


def test_layers_without_padding_have_no_other_products() -> None:
    steps = ("Conv(4, k, stride=s, dilation=d)", "LocallyConnected(3, 2)", "Linear(5, per_position=true)", "ReLU")
    a = analysed(chain(*steps, "GlobalAvgPool", "Flatten", "Linear(7)"))
    assert equal(a.count("exact_macs"), a.macs, a.facts) is True
    attention = analysed("net a { input 4×L; MultiheadAttention(2) }")
    assert attention.count("exact_macs") == attention.macs


def test_what_has_no_closed_form_is_unknown_and_known_in_numbers() -> None:
    a = analysed("net a { input 1×L; c: Conv(1, k, stride=2, padding=1, dilation=3) }")
    error = error_of(lambda: a.count("exact_macs"))
    assert error.message.startswith("exact_macs of c (Conv) is unknown: no closed form is known for a kernel")
    assert a.at(L=20, k=3).count("exact_macs") == real_products(20, 8, 3, 2, 1, 3)
    b = analysed("net a { input 4×8×8; DeformConv(4, 3) }")
    assert "DeformConv" in error_of(lambda: b.count("exact_macs")).message


def test_a_layer_without_padding_is_a_part_of_the_working() -> None:
    found = derive(analysed("net a { input 3×8; Conv(4, 3, padding=1) }"), quantity="exact_macs")
    sides = [text(side) for side in found.layers[0].lines[0].equation.sides]
    assert sides == ["m·(C/g)·taps(n, n', k, s, p, d)", "4·(3/1)·taps(8, 8, 3, 1, 1, 1)", "4·(3/1)·22", "264"]


# Sums


def test_a_sum_is_the_sum_of_its_parts() -> None:
    a = analyse(load("examples/resnet50.cnn")["resnet50"]).at(H=224, W=224)
    names = ("macs", *SWITCHES)
    assert a.count("+".join(names)) == sum(map(a.count, names))
    assert a.count("macs + bias") == a.count("bias_mac")
    assert a.count("flops-bias") == a.count("flops − bias") == a.count("torch")
    assert (a.count("norm"), a.count("activation"), a.count("addition")) == (2 * 11_113_984, 9_608_704, 5_519_360)
    assert a.count("pooling") == 64 * 56 * 56 * 8 + 2048 * 49


def test_what_the_switches_count() -> None:
    steps = ("Conv(4, 3)", "BatchNorm", "ReLU", "residual { ReLU6 }", "MaxPool(2)", "AvgPool(3)", "GlobalAvgPool")
    a = analysed(chain(*steps, shape="3×16×16")).at()
    ones = 4 * 14 * 14
    assert [a.count(name) for name in SWITCHES] == [
        *(ones, 2 * ones, ones + 2 * ones, 4 * (49 * 3 + 4 * 9 + 4), ones),
    ]


def test_a_sum_in_a_convention_of_ones_own() -> None:
    own = 'convention mine "all" { otherwise = 2macs + bias + norm + activation + pooling + addition }'
    a = analysed(chain("Conv(4, 3)", "BatchNorm", "ReLU", "MaxPool(2)", shape="3×16×16", before=own)).at()
    assert a.count("mine") == a.count("+".join(("forward", *SWITCHES)))
    assert a.count("mine-norm") == a.count("mine") - a.count("norm")


def test_an_argument_that_is_called_like_a_switch_is_the_argument() -> None:
    own = "layer Twice(norm = 7) { channels = C } convention mine { Twice = norm*elements; otherwise = 0 }"
    assert analysed(f"{own} net a {{ input 2×3; Twice }}").at().count("mine") == 42


@pytest.mark.parametrize(
    ("name", "message", "hint"),
    [
        ("macs+", "'macs+' is no sum of conventions", "as in macs+bias+norm"),
        ("-bias", "'-bias' is no sum of conventions", "as in macs+bias+norm"),
        ("macs+bias+macs", "'macs' stands twice in macs+bias+macs", None),
        ("macs+bais", "unknown convention 'bais'", "did you mean 'bias'?"),
        ("macs+params", "macs+params is no sum: params is stored, and macs is counted for each sample", None),
    ],
)
def test_bad_sums(name: str, message: str, hint: str | None) -> None:
    a = analysed("net a { input 3×8×8; Conv(4, 3) }")
    for act in (partial(a.count, name), partial(a.beside, name), partial(a.reconcile, name, "macs")):
        error = error_of(act)
        assert (error.message, error.hint) == (message, hint)


def test_a_part_that_is_unknown_is_named() -> None:
    a = analysed("net a { input 3×8×8; Conv(4, 3); LayerNorm; Tanh }")
    error = error_of(lambda: a.count("macs+norm"))
    assert error.message == (
        "macs+norm of layernorm1 (LayerNorm) is unknown: the convention mul has no line for LayerNorm, and no otherwise"
    )
    assert "tanh1 (Tanh)" in error_of(lambda: a.count("macs+activation")).message


def test_a_stored_sum_has_no_batch() -> None:
    a = analysed("net a { input 3×8×8, batch N; Conv(4, 3); BatchNorm }")
    assert a.count("params+buffers") == a.count("keras") == 3 * 4 * 9 + 4 + 16


# Differences

NETWORKS = (
    "net a { input 3×H×W; Conv(8, 7, stride=2, padding=3); BatchNorm; ReLU; residual { Conv(8, 3, padding=1) } }",
    "net a { input 4×9×9, batch N; DepthwiseConv(3, padding=1); Conv(m, k); GlobalAvgPool; Flatten; Linear(3) }",
    "net a { input 2×H; e: Conv(4, 2, stride=2); Conv(4, 3, padding=1); ConvTranspose(2, 2, stride=2); SiLU; Softmax }",
    "net a { input 3×12×12; repeat 3 { Conv(3, 3, padding=1, groups=3); PReLU; BatchNorm(affine=false) } }",
)


@pytest.mark.parametrize("program", NETWORKS)
def test_all_differences_add_up(program: str) -> None:
    a = analysed(program)
    sums = ("macs+bias+norm", "flops-bias", "exact_macs+bias", "params")
    known = [name for name in (*conventions(), *sums) if not isinstance(network_total(a, name), Unknown)]
    assert {"exact_macs", "training", "torch_training", "flops-bias"} <= set(known)
    arithmetic = Arithmetic(a.facts)
    for first, second in combinations(known, 2):
        found = a.reconcile(first, second)
        lines = arithmetic.total([line.amount for line in found.lines])
        assert equal(found.totals[0] - found.totals[1], lines, a.facts) is True, (first, second)


@pytest.mark.parametrize("name", PROBES)
def test_differences_of_probes_with_what_is_done_besides(name: str) -> None:
    a = analysed(probe(name)).at()
    fresh = ("exact_macs", "forward", "training", "torch_training", *SWITCHES, "macs+bias")
    for first, second in product(fresh, ("macs", "flops", "deepspeed")):
        if not any(isinstance(network_total(a, x), Unknown) for x in (first, second)):
            found = a.reconcile(first, second)
            assert found.totals[0] - found.totals[1] == sum(line.amount for line in found.lines), (first, second)


def test_why_training_is_not_three_times_the_forward_pass() -> None:
    a = analysed("net a { input 3×8×8; Conv(4, 3); Conv(4, 3) }").at()
    assert [(line.words, line.layers) for line in a.reconcile("training", "forward").lines] == [
        ("Conv 4 per multiply–add instead of 2", ("conv1",)),
        ("Conv 6 per multiply–add instead of 2", ("conv2",)),
    ]


# Training


def test_the_first_layer_has_no_input_gradient() -> None:
    a = analyse(load("examples/vgg16.cnn")["vgg16"])
    assert [layer.path for layer in a.layers if layer.macs != 0 and layer.count("input_gradient") == 0] == [
        a.layers[0].path
    ]
    assert equal(a.count("training"), 3 * a.count("forward") - 2 * a.layers[0].macs, a.facts) is True


@pytest.mark.parametrize(
    ("steps", "first"),
    [
        (("Conv(3, 3, padding=1)", "Conv(3, 1)"), {"conv1"}),
        (("ReLU", "MaxPool(2)", "Conv(3, 1)", "Conv(3, 1)"), {"conv1"}),
        (("BatchNorm", "Conv(3, 1)"), set()),  # whose scale is learned
        (("BatchNorm(affine=false)", "Conv(3, 1)"), {"conv1"}),
        (("residual { Conv(3, 1) }", "Conv(3, 1)"), {"add1.conv1"}),
        (("concat { path { Conv(3, 1) } path { MaxPool(3, stride=1, padding=1); Conv(3, 1) } }",), {"c"}),
        (("PReLU", "residual { Conv(3, 1) }"), set()),
        (("e: ReLU", "Conv(3, 1)", "from e", "Conv(3, 1)"), {"conv1", "conv2"}),
    ],
)
def test_which_layers_have_nothing_before_them_that_learns(steps: tuple[str, ...], first: set[str]) -> None:
    a = analysed(chain(*steps, shape="3×8×8"))
    found = {x.path for x in a.layers if x.macs != 0 and x.count("input_gradient") == 0}
    assert found == first if first != {"c"} else len(found) == 2


def test_the_first_of_equal_repetitions() -> None:
    a = analysed("net a { input 3×8×8; repeat 3 { ReLU; Conv(3, 3, padding=1) } }")
    conv = a.layers[1]
    assert (conv.times, conv.count("input_gradient")) == (3, 2 * conv.macs)  # of one that is not the first
    assert conv.total("input_gradient") == a.count("input_gradient") == 2 * 2 * conv.macs
    nested = analysed("net a { input 3×8×8; repeat 2 { repeat 2 { Conv(3, 3, padding=1) }; Conv(3, 1) } }")
    total, one = nested.macs, nested.layers[0].macs
    assert nested.count("input_gradient") == 2 * (total - one)


@draws(40)
@given(st.integers(1, 6), st.integers(1, 3), st.sampled_from(("training", "input_gradient", "fvcore", "mine")))
def test_rows_of_repetitions_are_those_of_single_layers(times: int, inner: int, name: str) -> None:
    """What a row counts is what the layers do that it stands for, written one after the other."""
    own = "convention mine { Conv = (1 + first_layer)^2*macs; otherwise = 0 }\n"
    block = f"repeat {inner} {{ Conv(3, 3, padding=1); ReLU }}; Conv(3, 1)"
    folded = analysed(f"{own}net a {{ input 3×8×8; repeat {times} {{ {block} }} }}")
    single = "Conv(3, 3, padding=1); ReLU; " * inner + "Conv(3, 1); "
    alone = analysed(f"{own}net a {{ input 3×8×8; {single * times} }}")
    assert folded.count(name) == alone.count(name) == sum(x.total(name) for x in folded.layers)
    counted = {x.count(name) for x in alone.layers}
    assert {x.count(name) for x in folded.layers} <= counted
    deep = analysed(f"{own}net a {{ input 3×8×8; repeat n {{ {block} }} }}")
    assert deep.at(n=times).count(name) == alone.count(name)
    assert equal(deep.count(name), sum(x.total(name) for x in deep.layers), deep.facts) is True
    for a in (folded, alone):
        found = a.reconcile(name, "flops")
        assert found.totals[0] - found.totals[1] == sum(line.amount for line in found.lines)


def test_the_working_of_the_first_repetition_stands_apart() -> None:
    found = derive(analysed("net a { input 4×8×8; repeat 7 { Conv(4, 3, padding=1); ReLU } }"), quantity="training")
    results = [text(line.equation.sides[-1]) for line in found.layers[0].lines]
    assert results == ["55,296", "36,864"]
    assert [text(side) for side in found.totals[0].equation.sides] == ["36,864 + 6·55,296", "368,640"]


class Learning(Run):
    """A run that marks the tensors before which something learns, and adds up the products where nothing does."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self._learned = 0, list[Tensor]()  # by identity: tensors that see the same may differ in this

    def _learns(self, tensor: Tensor) -> bool:
        return any(tensor is other for other in self._learned)

    def _marked(self, tensor: Tensor, learns: bool) -> Tensor:
        self._learned += [tensor] if learns else []
        return tensor

    def _layer(self, layer: Any, tensor: Tensor) -> Tensor:
        before = self.macs
        output = super()._layer(layer, tensor)
        self.first += 0 if self._learns(tensor) else self.macs - before
        return self._marked(output, self._learns(tensor) or self.macs > before)

    def _join(self, joint: str, tensors: list[Tensor]) -> Tensor:
        return self._marked(super()._join(joint, tensors), any(map(self._learns, tensors)))

    def _cropped(self, tensor: Tensor, size: int) -> Tensor:
        return self._marked(super()._cropped(tensor, size), self._learns(tensor))


@draws(100)
@given(paths(), st.integers(8, 16))
def test_training_by_a_run_that_remembers_what_learns(path: Any, size: int) -> None:
    costs = Learning()
    try:
        costs.path(path, Tensor(2, [frozenset((place,)) for place in range(size)]))
    except ImpossibleError:
        return
    a = analysed(program(path)).at(H=size)
    assert a.count("weight_gradient") == a.count("forward") == 2 * costs.macs
    assert a.count("input_gradient") == 2 * (costs.macs - costs.first)
    assert a.count("training") == 6 * costs.macs - 2 * costs.first


def test_attention() -> None:
    a = analysed("net a { input 8×L; Conv(8, 1); MultiheadAttention(2) }").at(L=5)
    attention = a.layers[1]
    products, scores = 4 * 64 * 5, 2 * 8 * 25
    assert attention.macs == products + scores
    assert attention.count("weight_gradient") == 2 * products
    assert attention.count("input_gradient") == 2 * (products + 2 * scores)
    alone = analysed("net a { input 8×L; MultiheadAttention(2) }").at(L=5)
    assert alone.count("input_gradient") == 2 * (64 * 5 + 2 * scores)  # queries, keys and values have none


# Time


def test_the_ideal_time() -> None:
    a = analysed("net a { input 3×H×H; Conv(4, 3) }")
    flops = a.flops
    assert ideal_seconds(a, rate="312e12") == flops / (312 * 10**12)
    assert ideal_seconds(a.at(H=8), rate=10) == Fraction(a.at(H=8).flops, 10)
    assert ideal_seconds(a.at(H=8), "macs", "2R") == a.at(H=8).macs / (2 * symbols("R"))
    assert ideal_seconds(a.timed("1e9").at(H=8)) == Fraction(a.at(H=8).flops, 10**9)
    for written, number in (
        ("312T", 312 * 10**12),
        ("1.5G", 15 * 10**8),
        ("2k", 2000),
        ("1e3M", 10**9),
        ("P", symbols("P")),
    ):
        assert a.timed(written).rate == number


@pytest.mark.parametrize(
    "name", ["macs", "exact_macs", "fvcore", "thop", "ptflops", "torchinfo", "macs+bias", "bias_mac"]
)
def test_which_conventions_count_a_multiply_add_once(name: str) -> None:
    a = analysed("net a { input 3×H×H; Conv(4, 3); ReLU; Conv(4, 3, bias=false) }").timed("R")
    assert counts_once(a, name)
    assert not any(counts_once(a, other) for other in ("flops", "training", "torch", "deepspeed", "forward", "pooling"))


@pytest.mark.parametrize(
    ("rate", "message"),
    [
        ("0", "a rate is positive"),
        ("-1e12", "a rate is positive"),
        (0, "a rate is positive"),
        (3.12e14, "the rate is 312000000000000.0"),
        ("H", "'H' is a symbol of the net a"),
        ("312*TFLOPS", "'TFLOPS' is no number"),
        ("312TFLOPS", "'TFLOPS' is no number"),
        ("312 TFLOPS", "a rate has no spaces and no unit"),
        ("3 T", "a rate has no spaces and no unit"),
        ("2e12/s", "a rate has no spaces and no unit"),
        ("nan", "'nan' is no number"),
        ("-inf", "'inf' is no number"),
    ],
)
def test_bad_rates(rate: Any, message: str) -> None:
    a = analysed("net a { input 3×H×H; Conv(4, 3) }")
    assert error_of(lambda: a.timed(rate)).message == message
    assert error_of(lambda: a.at(H=8).timed(rate)).message == message


def test_without_a_rate_there_is_no_time() -> None:
    a = analysed("net a { input 3×8×8; Conv(4, 3) }")
    assert error_of(lambda: ideal_seconds(a)).message == "there is no rate"


def test_names_that_always_mean_the_same() -> None:
    for name in ("exact_macs", "bias", "input_gradient"):
        own = f"convention {name} {{ otherwise = 1 }}\nnet a {{ input 3×8×8; Conv(4, 3) }}"
        error = error_of(lambda own=own: analysed(own).count("macs+bias"))  # type: ignore[misc]
        assert error.message == f"'{name}' always means the same, and no convention of yours"


def test_a_kind_of_ones_own_says_what_it_costs() -> None:
    own = 'layer Mine { "mine"; macs = elements; exact_macs = elements; weight_gradient = 0; input_gradient = 2macs }'
    a: Analysis = analyse(parse(f"{own} net a {{ input 2×3; Mine }}")["a"]).at()
    assert (a.count("exact_macs"), a.count("training")) == (6, 24)
    assert (
        "Bare"
        in error_of(lambda: analysed('layer Bare { "b"; macs = C } net a { input 2; Bare }').count("training")).message
    )


class Term:
    """A number whose operations are counted; with the comparisons of the function, as they are done."""

    def __init__(self, counts: Counter[str]) -> None:
        self.counts = counts

    def _done(self, name: str) -> Term:
        self.counts[name] += 1
        return self

    def __add__(self, _: object) -> Term:
        return self._done("add")

    def __sub__(self, _: object) -> Term:
        return self._done("add")

    def __mul__(self, _: object) -> Term:
        return self._done("mul")

    def __rtruediv__(self, _: object) -> Term:
        return self._done("div")

    def __truediv__(self, _: object) -> Term:
        return self._done("div")

    def __lt__(self, _: object) -> bool:
        self.counts["cmp"] += 1
        return True  # into the longer case

    def exp(self) -> Term:
        return self._done("exp")


def sigmoid(x: Term) -> Term:
    return 1 / (x.exp() + 1)


DEFINITIONS: dict[str, Callable[[Term], Any]] = {
    "LeakyReLU": lambda x: x * 0.01 if x < 0 else x,
    "ELU": lambda x: (x.exp() - 1) * 1 if x < 0 else x,
    "CELU": lambda x: ((x / 1).exp() - 1) * 1 if x < 0 else x,
    "Sigmoid": sigmoid,
    "SiLU": lambda x: sigmoid(x) * x,
    "GLU": lambda x: sigmoid(x) * x,
}


@pytest.mark.parametrize("kind", DEFINITIONS)
def test_activations_by_their_definitions(kind: str) -> None:
    counts: Counter[str] = Counter()
    DEFINITIONS[kind](Term(counts))
    a = analysed(chain(kind, shape="4×5×6")).at()
    outputs = prod(a.output)
    assert {name: a.count(name) for name in ("mul", "add", "cmp", "div", "exp")} == {
        name: counts[name] * outputs for name in ("mul", "add", "cmp", "div", "exp")
    }
    assert a.count("activation") == outputs * counts.total()
