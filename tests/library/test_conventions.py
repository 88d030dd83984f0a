"""Counting conventions: the tools to the unit, differences that add up exactly, batches, and what is not known."""

from __future__ import annotations

from functools import partial
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symcnn import analyse, conventions, load, parse
from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.proof import equal
from symcnn.analysis.counting import Unknown
from symcnn.analysis.totals import network_total
from symcnn.library.convention import find_convention, standard_conventions
from symcnn.library.standard import standard_kind, standard_library
from tests.helpers import analysed, chain, draws, error_of, marked
from tests.library.probes import PROBES, RESNET50, program, stored

TOOLS = tuple(next(iter(stored().values())))
TEXTBOOKS = ("macs", "flops", "bias_mac", "madd", "mul_add", "paper")
# The table of the four layers and ResNet-50, as it was measured.
MEASURED = {
    "fvcore": (118_013_952, 6_811_776, 8_388_608, 415_872, 4_111_512_576),
    "thop": (118_013_952, 6_811_776, 33_554_432, 831_744, 4_133_742_592),
    "ptflops": (118_013_952, 7_091_712, 8_421_376, 0, 4_089_185_256),
    "ptflops_pytorch": (118_013_952, 7_091_712, 8_421_376, 2_437_376, 4_132_436_968),
    "torchinfo": (118_013_952, 7_091_712, 33_587_200, 128, 4_089_238_376),
    "torch": (236_027_904, 13_623_552, 16_777_216, 0, 8_178_368_512),
    "deepspeed": (236_027_904, 13_903_488, 16_809_984, 1_426_624, 8_211_108_352),
}


def probed(name: str, more: str = "") -> Any:
    """Return the analysis of a probe in numbers."""
    return analysed(program(name, more)).at()


@pytest.mark.parametrize("tool", MEASURED)
def test_the_four_layers_and_resnet50(tool: str) -> None:
    a = analyse(load(RESNET50)["resnet50"]).at(H=224, W=224)
    layers = tuple(probed(name).count(tool) for name in "abcd")
    assert (*layers, a.count(tool)) == MEASURED[tool]


@pytest.mark.parametrize("probe", PROBES)
def test_probes_are_counted_as_the_tools_do(probe: str) -> None:
    a = probed(probe)
    assert {tool: a.count(tool) for tool in TOOLS} == stored()[probe]


# Textbooks


def test_an_exam_of_madd() -> None:
    a = analysed("net a { input 3×28×28; Conv(8, 3, padding=1) }").at()
    assert (a.count("bias_mac"), a.count("madd")) == (175_616, 344_960)


@pytest.mark.parametrize(("bias", "counts"), [("true", (28, 55, 54)), ("false", (27, 53, 53))])
def test_an_output_of_k_products(bias: str, counts: tuple[int, ...]) -> None:
    a = analysed(f"net a {{ input 3×3×3; Conv(1, 3, bias={bias}) }}").at()  # one output, K = 27
    assert tuple(a.count(name) for name in ("bias_mac", "madd", "mul_add")) == counts


def test_depthwise_separable_of_a_textbook() -> None:
    """f_w f_h n_in k_w k_h + (n_in + 1) n_out f_w f_h: only the 1×1 has a bias."""
    a = analysed('net a { input 16×10×12; SeparableConv(32, 3, padding="same") }').at()
    assert a.count("bias_mac") == 10 * 12 * 16 * 9 + 17 * 32 * 10 * 12


def test_a_transposed_convolution_whose_outputs_may_be_empty() -> None:
    a = analysed("net a { input 4×5×5; ConvTranspose(2, 2, stride=3, bias=false) }")
    assert "ConvTranspose" in error_of(lambda: a.count("mul_add")).message
    b = analysed("net a { input 1×2×2; ConvTranspose(1, 2, stride=2, bias=false) }")
    assert b.count("mul_add") == 16  # each of 16 outputs is one product


def test_keras_counts_what_is_stored() -> None:
    a = analysed("net a { input 3×H×W, batch N; Conv(8, 3); BatchNorm }")
    assert a.count("keras") == 3 * 8 * 9 + 8 + 4 * 8


def test_the_operations_of_a_squeeze_and_excitation() -> None:
    a = probed("excitation")
    ones, sizes = 8, 8 * 144
    mul, add, cmp, div, exp = (a.count(name) for name in ("mul", "add", "cmp", "div", "exp"))
    assert mul == 2 * 8 * 2 + sizes
    assert add == (sizes - ones) + 2 * 16 + ones
    assert (cmp, div, exp) == (2, ones + ones, ones)


# Differences


# ResNet-50 has no layer that the other probes have not.
ONCE = [pytest.param(probe, marks=pytest.mark.slow if probe == "resnet50" else ()) for probe in PROBES]


@pytest.mark.parametrize("probe", ONCE)
def test_differences_add_up(probe: str) -> None:
    a = probed(probe)
    known = [name for name in (*conventions(), "params") if not isinstance(network_total(a, name), Unknown)]
    for first, second in combinations(known, 2):
        found = a.reconcile(first, second)
        assert found.totals == (a.count(first), a.count(second))
        assert found.totals[0] - found.totals[1] == sum(line.amount for line in found.lines), (first, second)


def test_differences_of_formulas_add_up() -> None:
    a = analysed("net a { input C×H×W, batch N; Conv(m, k, stride=2); BatchNorm; ReLU; MaxPool(2); GlobalAvgPool }")
    for first, second in combinations((*TOOLS, *TEXTBOOKS), 2):
        found = a.reconcile(first, second)
        lines = Arithmetic(a.facts).total([line.amount for line in found.lines])
        assert equal(found.totals[0] - found.totals[1], lines, a.facts) is True, (first, second)


def test_why_thop_and_fvcore_differ() -> None:
    found = analyse(load(RESNET50)["resnet50"]).at(H=224, W=224).reconcile("thop", "fvcore")
    assert [(line.words, line.amount) for line in found.lines] == [
        ("BatchNorm 4 per element instead of 2", 22_227_968),
        ("GlobalAvgPool 1 per output instead of 0", 2_048),
    ]


def test_a_difference_in_sizes_is_told_by_its_formula() -> None:
    found = probed("c").reconcile("thop", "macs")
    assert [line.words for line in found.lines] == [
        "ConvTranspose elements·(C/g)·prod(k) instead of 1 per multiply–add"
    ]
    assert found.lines[0].amount == 3 * 8_388_608  # four times too many


# Conventions of one's own

OWN = """
convention mine "poolings and joins" { MaxPool = elements*(prod(k) - 1); Add = (branches - 1)*elements; otherwise = 0 }
convention part { Conv = macs; ReLU = unknown }
convention vector { otherwise = mul + add + cmp + div + exp }
convention stored { otherwise = 4params + buffers }
convention fvcore "counts nothing" { otherwise = 0 }
"""


def test_own_conventions() -> None:
    a = analysed(f"{OWN} net a {{ input 4×8×8; residual {{ Conv(4, 3, padding=1) }}; MaxPool(2) }}").at()
    assert a.count("mine") == 256 + 64 * 3
    assert a.layers[-1].count("mine") == 64 * 3
    assert a.count("vector") == sum(a.count(name) for name in ("mul", "add", "cmp", "div", "exp"))
    assert a.count("stored") == 4 * a.params
    assert a.count("fvcore") == 0


def test_a_kind_with_operations_of_its_own() -> None:
    text = 'layer Twice { "x + x"; add = elements; exp = 0 } net a { input 3×4×4; Twice }'
    a = analysed(text).at()
    assert a.count("add") == 48
    assert a.count("exp") == 0
    assert error_of(lambda: a.count("mul")).message.startswith("mul of twice1 (Twice) is unknown")
    assert a.count("fvcore") == 0  # no multiplications, and no tool knows it


def test_what_is_not_known_is_not_zero() -> None:
    reason = "the convention part has no line for MaxPool, and no otherwise"
    a = analysed(f"{OWN} net a {{ input 4×8×8; Conv(4, 3); MaxPool(2) }}")
    for b in (a, a.at()):
        assert b.layers[0].count("part") == b.layers[0].macs
        for whole in (b, b.layers[1]):
            error = error_of(partial(whole.count, "part"))
            assert error.message == f"part of maxpool1 (MaxPool) is unknown: {reason}"
            assert error.hint == "say it: MaxPool = …, or otherwise = …"


def test_unknown_that_a_convention_says() -> None:
    a = analysed(f"{OWN} net a {{ input 4×8×8; Conv(4, 3); ReLU }}")
    assert error_of(lambda: a.count("part")).message == "part of relu1 (ReLU) is unknown: the convention says so"


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        (
            "convention a { ‹Cnv› = 1 }",
            "the convention 'a' counts 'Cnv', which is no layer kind",
            "did you mean 'Conv'?",
        ),
        (
            "convention a { ‹DepthwiseConv› = 1 }",
            "the convention 'a' counts 'DepthwiseConv', which is no layer kind",
            "DepthwiseConv is a net: the kinds that it is made of are counted",
        ),
        (
            "convention a { ‹Conv2d› = 1 }",
            "the convention 'a' counts 'Conv2d', which is no layer kind",
            "write Conv; its formula may ask for axes == 2",
        ),
        ("convention a { Conv = 1; ‹Conv› = 2 }", "the convention 'a' counts Conv twice", "first in line 1"),
        (
            "convention a { otherwise = 1; otherwise = ‹2› }",
            "the convention 'a' says otherwise twice",
            "first in line 1",
        ),
        ("convention a { otherwise = ‹mac› }", "unknown name 'mac'", "did you mean 'macs'?"),
        ("convention a { Conv = ‹k› }", "'k' has one value per axis", "fold it, as in prod(k)"),
        (
            "convention ‹macs› { otherwise = 1 }\nconvention a { otherwise = 1 }",
            "'macs' always means the same, and no convention of yours",
            "give it another name",
        ),
    ],
)
def test_bad_conventions(text: str, message: str, hint: str) -> None:
    place = marked(text)
    error = error_of(lambda: analysed(f"{place.text}\nnet a {{ input 3×8×8; Conv(4, 3) }}").count("a"))
    assert (error.message, error.hint) == (message, hint)
    assert error.span is not None
    assert (error.span.start, error.span.end) == (place.start, place.end)


def test_two_conventions_of_one_name() -> None:
    text = "convention a { otherwise = 1 }\nconvention a { otherwise = 2 }"
    assert error_of(lambda: parse(text)).message == "the convention 'a' is defined twice"


def test_a_convention_that_is_not_there() -> None:
    a = analysed("net a { input 3×8×8; Conv(4, 3) }")
    assert error_of(lambda: a.count("fvcor")).hint == "did you mean 'fvcore'?"
    error = error_of(lambda: a.beside("fvcor"))
    assert (error.message, error.hint) == ("unknown convention 'fvcor'", "did you mean 'fvcore'?")
    assert error_of(lambda: a.reconcile("thop", "fvcor")).message == "unknown convention 'fvcor'"


# Identities


STEPS = st.lists(
    st.sampled_from(
        [
            "Conv(8, 3, padding=1)",
            "Conv(2C, 1, bias=false)",
            'Conv(4, 4, padding="same")',
            "DepthwiseConv(3, padding=1)",
            "ConvTranspose(4, 2, stride=2)",
            "BatchNorm",
            "BatchNorm(affine=false)",
            "LayerNorm",
            "ReLU",
            "SiLU",
            "Softmax",
            "MaxPool(2, stride=1)",
            "AvgPool(3, stride=1, padding=1)",
            "Upsample(2)",
            "residual { Conv(channels, 3, padding=1); ReLU }",
            "concat { skip; path { Conv(4, 1) } }",
            "repeat 3 { residual { BatchNorm; Conv(channels, 1) } }",
        ]
    ),
    min_size=1,
    max_size=5,
)


@draws(60)
@given(STEPS, st.integers(1, 4), st.integers(6, 12))
def test_counting_then_values_is_values_then_counting(steps: list[str], channels: int, size: int) -> None:
    a = analysed(chain(*steps, shape="C×H×H, batch N"))
    values = {name: {"C": channels, "H": size, "N": 3}[name] for name in a.symbols}
    b = a.at(**values)
    one = analysed(chain(*steps, shape=f"{channels}×{size}×{size}").replace("2C", str(2 * channels))).at()
    substitution = {a.symbols[name]: value for name, value in values.items()}
    for name in conventions():
        if isinstance(network_total(a, name), Unknown):
            continue
        total = a.count(name)
        assert b.count(name) == int(total.subs(substitution)) == sum(x.times * x.count(name) for x in b.layers)
        batch = 1 if find_convention(name).stored else 3
        assert b.count(name) == batch * one.count(name), name


def test_every_formula_is_understood_by_its_kinds() -> None:
    for name in standard_conventions():
        found = find_convention(name)
        for kind in standard_library().layers:
            found.of(standard_kind(kind))


def test_conventions_are_those_of_the_language_page() -> None:
    assert conventions()[:14] == (*TEXTBOOKS, *TOOLS, "keras")


@pytest.mark.parametrize("step", ["MultiheadAttention(2)", "DeformConv(4, 3)", "LocallyConnected(4, 3)"])
def test_kinds_whose_multiplications_no_tool_is_known_for(step: str) -> None:
    a = analysed(f"net a {{ input 4×8×8; {step} }}")
    assert all(isinstance(network_total(a, tool), Unknown) for tool in TOOLS)


def test_resizing_to_a_size_depends_on_how_it_is_written() -> None:
    a = analysed("net a { input 4×8×8; Upsample(size=16) }")
    assert isinstance(network_total(a, "deepspeed"), Unknown)
    assert a.count("thop") == a.count("ptflops_pytorch") / 2 == 4 * 16 * 16
    b = analysed("net a { input 4×5×5; Upsample(1.5) }").at()
    assert (b.count("deepspeed"), b.count("thop")) == (225, 196)
    assert isinstance(network_total(b, "ptflops_pytorch"), Unknown)
