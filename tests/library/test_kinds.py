"""The standard library: every kind is complete, says where it is from, and users' own kinds work like it."""

from __future__ import annotations

from fractions import Fraction

import pytest

import symcnn
from symcnn.formula.nodes import Formula
from symcnn.library.kind import default_formula
from symcnn.library.rules import COUNTED, QUANTITIES, RULES
from symcnn.library.standard import known_names, standard_kind, standard_library
from tests.helpers import analysed, chain, error_of

LIBRARY = standard_library()
PARAMETERS = {"out_channels": "6", "out_features": "6", "kernel_size": "3"}
WANTED = """
Conv LocallyConnected Linear MaxPool AvgPool GlobalAvgPool Flatten BatchNorm Dropout Softmax Identity DepthwiseConv
SeparableConv ReLU ReLU6 LeakyReLU PReLU ELU GELU SiLU Sigmoid Tanh Hardswish Hardsigmoid
"""


def example(name: str) -> str:
    """Return a step with the arguments that a kind or net of the library requires."""
    required = LIBRARY.layers[name].parameters if name in LIBRARY.layers else LIBRARY.nets[name].parameters
    values = [f"{p.name}={PARAMETERS[p.name]}" for p in required if p.default is None]
    return f"{name}({', '.join([*values, *(['per_position=true'] if name == 'Linear' else [])])})"


def test_the_library_has_what_courses_need() -> None:
    assert set(WANTED.split()) <= set(symcnn.layers()) == set(known_names())


@pytest.mark.parametrize("name", LIBRARY.layers)
def test_every_kind_has_words_a_source_and_rules_that_compile(name: str) -> None:
    definition, kind = LIBRARY.layers[name], standard_kind(name)
    assert definition.doc.endswith((".", "…")) and definition.source
    assert set(kind.rules) == set(kind.formulas) == set(RULES)
    assert len(kind.demands) == len(definition.requirements)
    assert all(demand.hint for demand in kind.demands)
    assert {slip.quantity for slip in definition.slips} <= set(RULES)


@pytest.mark.parametrize("name", [*LIBRARY.layers, *LIBRARY.nets])
@pytest.mark.parametrize("shape", ["6×L", "6×H×W", "6×D×H×W"])
def test_every_kind_works_on_every_number_of_axes(name: str, shape: str) -> None:
    a = analysed(chain(example(name), shape=shape))
    assert len(a.output) in (1, shape.count("×") + 1)
    at = a.at(**dict.fromkeys(a.symbols, 9))
    assert all(isinstance(at.count(quantity), int) and at.count(quantity) >= 0 for quantity in QUANTITIES)


@pytest.mark.parametrize(
    ("kind", "quantities"),
    [
        (
            "Conv(4, 3)",
            {"weights": 216, "biases": 4, "macs": 216 * 49, "flops": 2 * 216 * 49 + 196, "activations": 196},
        ),
        ("Conv(4, 3, bias=false)", {"weights": 216, "biases": 0, "flops": 2 * 216 * 49}),
        ("Conv(4, (3, 1), groups=2, dilation=(2, 1))", {"weights": 36, "macs": 36 * 5 * 9}),
        ("DepthwiseConv(3, multiplier=2)", {"weights": 108, "biases": 12, "macs": 108 * 49}),
        ("SeparableConv(4, 3)", {"weights": 54 + 24, "biases": 4, "macs": 78 * 49, "weight_layers": 2}),
        (
            "LocallyConnected(4, 3)",
            {"weights": 49 * 216, "biases": 49 * 4, "macs": 49 * 216, "flops": 2 * 49 * 216 + 196, "weight_layers": 1},
        ),
        (
            "LocallyConnected(2, (3, 2), stride=(2, 3), padding=((0, 1), (1, 0)), bias=false)",
            {"weights": 4 * 3 * 2 * 6 * 6, "biases": 0, "neurons": 24, "connections": 24 * 36},
        ),
        ("Conv(4, 3, groups=2)", {"neurons": 196, "connections": 196 * 27}),
        ("BatchNorm", {"neurons": 0, "connections": 0}),
        ("ReLU", {"neurons": 0, "connections": 0}),
        ("MaxPool(2)", {"neurons": 0, "connections": 0}),
        ("Linear(4, per_position=true)", {"neurons": 4 * 81, "connections": 4 * 81 * 6}),
        ("Linear(4, per_position=true)", {"weights": 24, "biases": 4, "macs": 24 * 81, "weight_layers": 1}),
        ("BatchNorm", {"weights": 6, "biases": 6, "buffers": 12, "counters": 1, "weight_layers": 0, "flops": 0}),
        ("BatchNorm(affine=false)", {"weights": 0, "biases": 0, "buffers": 12, "counters": 1}),
        ("BatchNorm(track_running_stats=false)", {"weights": 6, "biases": 6, "buffers": 0, "counters": 0}),
        ("PReLU", {"weights": 1, "biases": 0, "weight_layers": 0, "nonlinearities": 1}),
        ("PReLU(6)", {"weights": 6}),
        ("Flatten", {"activations": 0, "macs": 0}),
        ("Dropout(0.2)", {"activations": 0}),
        ("Identity", {"activations": 0}),
        ("ReLU", {"activations": 486, "nonlinearities": 1}),
        ("MaxPool(2)", {"activations": 6 * 16, "weights": 0, "nonlinearities": 0}),
        ("GlobalAvgPool", {"activations": 6, "macs": 0}),
    ],
)
def test_what_kinds_count(kind: str, quantities: dict[str, int]) -> None:
    a = analysed(chain(kind, shape="6×9×9")).at()
    assert {name: a.count(name) for name in quantities} == quantities


@pytest.mark.parametrize("name", RULES)
def test_defaults_are_formulas(name: str) -> None:
    assert isinstance(default_formula(name), Formula)


OWN = """
layer Blur(kernel_size: k per axis = 3, keep: q rational = 0.5, mode = 2) {
    "A fixed filter on every channel."
    require k % 2 == 1 "a blur is centred", mode <= 2
    size     = n
    macs     = prod(n')*C*prod(k)
    buffers  = prod(k)
    flops    = macs + elements
    reach    = k - 1
    start    = -(k - 1)/2
    nonlinearities = mode - 1
}
layer Halve { axes = axes; size = n//2; channels = 2C; jump = 2; reach = 1 }
"""


def test_kinds_of_ones_own() -> None:
    a = analysed(OWN + chain("Blur(5×3)", "Halve", "Blur2d(keep=0.25)", "Conv(4, 1)", shape="3×H×W"))
    at = a.at(H=9, W=8)
    assert [layer.output for layer in at.layers] == [(3, 9, 8), (6, 4, 4), (6, 4, 4), (4, 4, 4)]
    assert [layer.macs for layer in at.layers[:3]] == [72 * 3 * 15, 0, 16 * 6 * 9]
    assert (at.layers[0].buffers, at.layers[0].flops) == (15, 72 * 3 * 15 + 72 * 3)
    assert (at.receptive_field.size, at.receptive_field.jump) == ((10, 8), (2, 2))
    assert at.receptive_field.centre == (Fraction(1, 2), Fraction(1, 2))


def test_requirements_of_ones_own_kind() -> None:
    error = error_of(lambda: analysed(OWN + chain("Blur(4)")))
    assert (error.message, error.hint) == (
        "Blur: a blur is centred", "it requires k % 2 == 1; here k (kernel_size) = 4",
    )  # fmt: skip
    error = error_of(lambda: analysed(OWN + chain("Blur(3, mode=7)")))
    assert error.message == "Blur: it requires mode <= 2; here mode = 7"
    a = analysed(OWN + chain("Blur(k, mode=m)"))
    assert {str(c) for c in a.conditions} == {"Eq(Mod(k, 2), 1)", "m <= 2"}


def test_a_default_may_use_the_arguments_before_it() -> None:
    kind = "layer L(a: q per axis, b: r per axis = q + 1, c: s = C) { size = n*r; channels = s }\n"
    assert str(analysed(kind + chain("L((2, 3))")).output) == "(3, 3*H, 4*W)"


def test_counted_rules_are_summed_and_the_others_are_not() -> None:
    assert set(COUNTED) == set(QUANTITIES) - {"params"}
