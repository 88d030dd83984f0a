"""Networks against PyTorch's own modules: what is equal, what differs, what cannot be compared."""

from __future__ import annotations

import re
from pathlib import Path as File
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings

from symcnn import SymcnnError, analyse, load, render
from symcnn.interop.sizes import chosen_sizes
from symcnn.interop.torch import verify
from symcnn.interop.verification import DIFFERENT, EQUAL, FOLLOWS, NOT_COMPARED, NOT_REACHED, REFUSED, Verification
from symcnn.library.standard import standard_library
from symcnn.syntax.zoo import zoo_networks
from tests.graphs import Path, paths, program, run
from tests.helpers import analysed, chain, draws, error_of

pytestmark = pytest.mark.torch

EXAMPLES = [
    (str(file), name)
    for file in sorted(File("examples").glob("*.cnn"))
    for name, net in load(str(file)).items()
    if net.definition.input is not None
]
WITHOUT = {"ShiftConv", "Shuffle", "LocallyConnected", "Scale"}  # of the examples and the library


def patient(number_of: int) -> settings:
    """Return the settings of a property test whose networks are often defined for no input, and then not drawn."""
    return settings(draws(number_of), suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])


def verdicts(verification: Verification) -> dict[str, str]:
    return {row.path: row.verdict for row in verification.runs[0].rows}


@pytest.mark.parametrize(("file", "net"), EXAMPLES)
def test_the_examples_are_what_pytorch_says(file: str, net: str) -> None:
    found = verify(analyse(load(file)[net]))
    assert found.is_equal
    assert {row.kind for row in found.rows if row.verdict != EQUAL} <= WITHOUT
    assert all(row.verdict in (EQUAL, NOT_COMPARED) for row in found.rows)
    assert all(run.total is not None or any(r.kind in WITHOUT for r in run.rows) for run in found.runs)


# Kinds of the zoo that PyTorch has no module for.
ZOO_WITHOUT = {"Scale", "Subsampling", "RadialBasis", "ZeroChannels"}


@pytest.mark.parametrize("name", sorted(zoo_networks()))
def test_the_zoo_is_what_pytorch_says(name: str) -> None:
    analysis = analyse(load(f"zoo/{name}")[name])
    sizes = chosen_sizes(analysis)[:1]  # large networks: one size, of those that verify would take first
    found = verify(analysis, sizes)
    assert found.is_equal
    assert {row.kind for row in found.rows if row.verdict != EQUAL} <= ZOO_WITHOUT


@pytest.mark.parametrize(
    ("file", "net", "layers"),
    [("zoo/resnet50", "resnet50", 175), ("examples/unet.cnn", "unet", 53), ("zoo/densenet121", "densenet121", 427)],
)
def test_every_repetition_is_run(file: str, net: str, layers: int) -> None:
    analysis = analyse(load(file)[net])
    assert verify(analysis, [{}]).compared == layers == sum(layer.times for layer in analysis.layers)


# Every kind of the library, with the arguments that PyTorch spells differently or makes of two modules.
LAYERS = """
Conv(4, 3); Conv(6, (3, 2), stride=(2, 1), padding=1, dilation=(1, 2), groups=3, bias=false)
Conv(5, 2, padding="same"); Conv(5, 4, stride=3, padding="same", dilation=2); Conv(5, 3, padding=((1, 0), (0, 2)))
Conv(2, 3, padding="valid"); ConvTranspose(4, 3, stride=2, padding=1, output_padding=1)
ConvTranspose(6, 3, groups=3, dilation=2, bias=false)
ConvTranspose(4, 5, stride=3, padding=((1, 0), (0, 2)), output_padding=(1, 2)); DepthwiseConv(3, multiplier=2)
SeparableConv(8, 3, padding=1, multiplier=2); MaxPool(2); MaxPool(3, stride=2, padding=1, ceil_mode=true)
MaxPool(3, dilation=2); MaxPool(3, stride=2, padding="same"); MaxPool(3, stride=2, padding="same", ceil_mode=true)
MaxPool(2, padding=((1, 0), (0, 1))); AvgPool(3, stride=2, padding=1, count_include_pad=false)
AvgPool(3, stride=2, padding="same"); AvgPool((2, 3), ceil_mode=true); AdaptiveAvgPool(3); AdaptiveAvgPool((2, 5))
AdaptiveMaxPool(4); GlobalAvgPool; GlobalMaxPool; Flatten; Linear(7, per_position=true)
Linear(7, per_position=true, bias=false); Upsample(2); Upsample(3, mode="bilinear")
Upsample(2, mode="bicubic", align_corners=true); Interpolate((2, 3)); Pad(2); Pad(((1, 0), (2, 3))); Pad(-1); Crop(1)
Crop(((1, 0), (0, 2))); ChannelShuffle(3); ChannelSplit(2, start=3); BatchNorm; BatchNorm(affine=false)
BatchNorm(track_running_stats=false); LayerNorm; LayerNorm(bias=false); GroupNorm(3); GroupNorm(2, affine=false)
InstanceNorm; InstanceNorm(affine=true, track_running_stats=true); LocalResponseNorm(5)
LocalResponseNorm(5, alpha=0.01, k=2); Dropout; Dropout(p=0.2); Identity; ReLU; ReLU6; LeakyReLU
LeakyReLU(negative_slope=0.2); PReLU; PReLU(num_parameters=6); ELU; ELU(alpha=0.5); CELU; SELU; GELU; SiLU; Mish
Softplus; Sigmoid; Tanh; Hardswish; Hardsigmoid; Hardtanh; Hardtanh(min_val=-2, max_val=0.5); Softsign; LogSigmoid
GLU; LogSoftmax; Softmax
RMSNorm; RMSNorm(elementwise_affine=false); Unfold(3); MultiheadAttention(3)
Unfold((2, 3), dilation=2, padding=((1, 0), (2, 2)), stride=2); MultiheadAttention(2, bias=false)
"""
KINDS = {*standard_library().layers}
NETS = {*standard_library().nets}


def _is_there(step: str) -> bool:
    """Tell whether the library has the kind and its named arguments."""
    name, _, rest = step.partition("(")
    layer = standard_library().layers.get(name)
    named = re.findall(r"(\w+)=", rest)
    return name in NETS or (layer is not None and {p.name for p in layer.parameters} >= {*named})


WRITTEN = [step.strip() for step in LAYERS.replace("\n", ";").split(";") if step.strip()]
STEPS = [step for step in WRITTEN if _is_there(step)]
SHAPED = [
    (step, shape)
    for step, shape in [
        ("Linear(7)", "6"), ("Flatten", "6×3"),
        ("BatchNorm", "6"), ("LayerNorm", "6"), ("PReLU(num_parameters=6)", "6"),
        ("PixelShuffle(2)", "8×H×W"), ("PixelUnshuffle(2)", "3×6×8"), ("Embedding(10, embedding_dim=4)", "1×L"),
        ("MultiheadAttention(3)", "6×L"), ("RMSNorm", "6"), ("Upsample(size=(5, 7))", "6×H×W"),
        ('Pad(2, mode="reflect")', "6×7×8"), ('Pad((1, 2), mode="circular")', "6×7×8"),
        ('Pad(1, mode="replicate")', "6×L"),
    ]
    if _is_there(step)
]  # fmt: skip


@pytest.mark.parametrize("step", STEPS)
def test_every_kind_is_compared(step: str) -> None:
    found = verify(analysed(chain(step, shape="6×H×W")), [{"H": 11, "W": 16}, {"H": 12, "W": 13}])
    assert set(verdicts(found).values()) == {EQUAL}
    assert found.is_equal


@pytest.mark.parametrize("axes", [1, 3])
@pytest.mark.parametrize(
    "kind", ["Conv(4, 3)", "ConvTranspose(4, 3)", "MaxPool(2)", "AvgPool(2)", "BatchNorm", "Pad(1)"]
)
def test_other_numbers_of_axes(kind: str, axes: int) -> None:
    found = verify(analysed(chain(kind, shape="6×" + "×".join("7" * axes))))
    assert found.is_equal
    assert next(row.module for row in found.rows).endswith(f"{axes}d")


@pytest.mark.parametrize(("step", "shape"), SHAPED)
def test_kinds_on_tensors_of_other_shapes(step: str, shape: str) -> None:
    found = verify(analysed(chain(step, shape=shape)))
    assert found.is_equal and set(verdicts(found).values()) == {EQUAL}


def test_vectors() -> None:
    found = verify(analysed(chain("Linear(8)", "BatchNorm", "ReLU", "LayerNorm", "Softmax", shape="C")))
    assert found.is_equal and set(verdicts(found).values()) == {EQUAL}


def test_every_kind_of_the_library_is_named() -> None:
    from symcnn.interop.torch_modules import MODULES
    from symcnn.interop.torch_modules import WITHOUT as REASONS

    assert MODULES.keys() | REASONS.keys() >= KINDS
    assert not MODULES.keys() & REASONS.keys()
    tried = {step.partition("(")[0] for step in [*STEPS, *dict(SHAPED)]} | {"Add", "Concat", "Multiply"}
    assert KINDS & MODULES.keys() <= tried


# Random networks.


@patient(150)
@given(paths())
def test_random_networks(path: Path) -> None:
    try:
        analysis = analysed(program(path))
    except SymcnnError:
        assume(False)
        raise
    allowed = [size for size in range(1, 60) if run(path, size)]
    assume(allowed)
    sizes: list[dict[str, Any]] = [{"H": allowed[0]}, {"H": allowed[len(allowed) // 2]}] if analysis.symbols else [{}]
    found = verify(analysis, sizes)
    assert set(verdicts(found).values()) <= {EQUAL}
    assert all(r.is_equal and r.total is not None for r in found.runs)
    for outside in found.outside:  # PyTorch broadcasts a size 1 that a branch has for some inputs only
        assert outside.output is None or "add" in program(path)


@patient(100)
@given(paths())
def test_chosen_sizes_are_legal(path: Path) -> None:
    try:
        analysis = analysed(program(path))
    except SymcnnError:
        assume(False)
        raise
    found = verify(analysis)
    for row in found.runs:
        assert run(path, row.values.get("H") or int(analysis.input[1]))
    for outside in found.outside:
        assert not run(path, outside.values["H"])


# What differs is found.

WRONG = """
layer Conv(out_channels: m, kernel_size: k per axis, stride: s per axis = 1, padding: p per axis = 0, bias: b = true) {{
    "A convolution by somebody else."  source "nobody"
    size = {size}
    channels = m
    weights = {weights}
    biases = m*b
    macs = {macs}
}}
net a {{ input 3×H×H; Conv(8, 3, stride=2); ReLU; repeat 2 {{ Conv(8, 3, padding=1); ReLU }} }}
"""
RIGHT = {
    "size": "floor((n + 2p - k)/s) + 1",
    "weights": "m*C*prod(k)",
    "macs": "prod(n')*m*C*prod(k)",
}


def wrong(**rules: str) -> str:
    return WRONG.format(**(RIGHT | rules))


def test_somebody_elses_right_rule_is_right() -> None:
    assert verify(analysed(wrong())).is_equal


def test_a_wrong_size_is_found_and_what_follows_is_not_blamed() -> None:
    found = verify(analysed(wrong(size="ceil((n + 2p - k)/s) + 1")), [{"H": 32}])
    assert not found.is_equal
    assert verdicts(found) == {"conv1": DIFFERENT} | dict.fromkeys(("relu1", "repeat1.conv1", "repeat1.relu1"), FOLLOWS)
    assert found.rows[0].differences == (("output", (8, 16, 16), (8, 15, 15)), ("macs", 55_296, 48_600))
    assert verify(analysed(wrong(size="ceil((n + 2p - k)/s) + 1")), [{"H": 33}]).is_equal  # where it is right


def test_a_wrong_size_is_found_without_saying_where() -> None:
    assert not verify(analysed(wrong(size="ceil((n + 2p - k)/s) + 1"))).is_equal


@pytest.mark.parametrize("rule", ["weights", "macs"])
def test_a_wrong_count_is_found_in_every_layer(rule: str) -> None:
    found = verify(analysed(wrong(**{rule: RIGHT[rule] + " + 1"})), [{"H": 32}])
    assert verdicts(found) == {
        "conv1": DIFFERENT, "relu1": EQUAL, "repeat1.conv1": DIFFERENT, "repeat1.relu1": EQUAL,
    }  # fmt: skip
    assert {name for row in found.rows for name, _, _ in row.differences} == {rule}
    assert found.runs[0].total is not None and found.runs[0].total.verdict == DIFFERENT


def test_what_pytorch_refuses_is_a_difference() -> None:
    found = verify(analysed(wrong(size="n", weights="1") + "net b { input 3×2×2; Conv(4, 3); ReLU }", "b"))
    assert verdicts(found) == {"conv1": REFUSED, "relu1": NOT_REACHED}
    assert not found.is_equal and "Kernel size" in found.rows[0].reason


def test_other_arguments_are_not_compared() -> None:
    text = 'layer Conv(filters: m) { "By filters." source "nobody"; channels = m }\nnet a { input 3×8×8; Conv(4) }'
    found = verify(analysed(text))
    assert set(verdicts(found).values()) == {NOT_COMPARED}
    assert "filters" in found.rows[0].reason


def test_products_that_the_counter_does_not_know_are_named() -> None:
    text = 'layer ReLU { "Counted." source "nobody"; macs = elements }\nnet a { input 3×8×8; ReLU }'
    found = verify(analysed(text))
    assert found.is_equal and found.rows[0].theirs is not None and found.rows[0].theirs.macs is None
    assert "MACs not counted" in render(found)


def test_a_layer_without_a_module_hands_on_what_symcnn_says() -> None:
    found = verify(analysed(chain("LocallyConnected(4, 3)", "Conv(8, 3)", "Scale", "ReLU", shape="3×9×9")))
    assert verdicts(found) == {
        "locallyconnected1": NOT_COMPARED, "conv1": EQUAL, "scale1": NOT_COMPARED, "relu1": EQUAL,
    }  # fmt: skip
    assert found.is_equal and found.compared == 2 and found.runs[0].total is None


@pytest.mark.parametrize(
    "step",
    [
        "MaxPool(3, stride=2, padding=((1, 0), (1, 0)), ceil_mode=true)",
        'AvgPool(3, stride=2, padding="same", count_include_pad=false)',
        "AvgPool(2, dilation=2)",
    ],
)
def test_what_pytorch_has_not_is_not_compared(step: str) -> None:
    assert set(verdicts(verify(analysed(chain(step, shape="3×12×12")))).values()) == {NOT_COMPARED}


# Sizes.


def test_the_batch_multiplies_operations() -> None:
    analysis = analysed(chain("Conv(4, 3)", "Flatten", "Linear(5)", shape="3×8×8, batch N"))
    found = verify(analysis, [{"N": 7}])
    assert found.is_equal and found.rows[0].ours.macs == 7 * 36 * 4 * 27


def test_given_values_are_completed() -> None:
    analysis = analysed("net a { input C×H×W; Conv(m, k, groups=g) }")
    (only,) = verify(analysis, [{"g": 3, "H": 40}]).runs
    assert {"g": 3, "H": 40}.items() <= only.values.items()
    assert only.values["C"] % 3 == only.values["m"] % 3 == 0


def test_large_sizes_cost_nothing() -> None:
    analysis = analysed(chain("Conv(4, 3)", "MaxPool(2)", shape="3×H"))
    assert verify(analysis, [{"H": 10**15}]).is_equal
    assert "too large for PyTorch" in error_of(lambda: verify(analysis, [{"H": 10**18}])).message
    assert "too large for PyTorch" in error_of(lambda: verify(analysis, [{"H": 10**30}])).message


def test_bounds_far_away_and_assumed_equalities() -> None:
    analysis = analysed("net a { input 3×H×W; assume H == W, H >= 9000, H % 7 == 3; Conv(4, 3) }")
    found = verify(analysis)
    assert found.is_equal and len(found.runs) == 4
    assert found.outside == ()  # below 9000 the user wants no network


def test_sizes_that_are_not_legal() -> None:
    analysis = analysed("net a { input 3×H×H; Conv(4, 3) }")
    assert "not defined for H = 2" in str(error_of(lambda: verify(analysis, [{"H": 2}])))
    assert "H is at least 1" in error_of(lambda: verify(analysis, [{"H": 0}])).message
    assert "there is no symbol 'F'" in error_of(lambda: verify(analysis, [{"F": 5}])).message


def test_one_position_has_no_statistics() -> None:
    text = "net main { input 3×H×W; Conv(4, 3, stride=2, padding=1); InstanceNorm"
    found = verify(analysed(f"{text} }}"))
    assert found.is_equal
    assert [outside.output for outside in found.outside] == [None]
    assert "more than 1 spatial element" in found.outside[0].reason
    assert analysed(f"{text}(track_running_stats=true) }}").conditions == ()


def test_outside_the_conditions_pytorch_fails_too() -> None:
    found = verify(analyse(load("examples/unet.cnn")["unet"]))
    assert [dict(outside.values) for outside in found.outside] == [{"H": 189}, {"H": 172}]
    assert all(outside.output is None and outside.reason for outside in found.outside)


def test_an_empty_tensor_is_told_as_a_note() -> None:
    found = verify(analysed(chain("Pad(-2)", shape="3×H")))
    assert found.is_equal
    assert found.outside[0].output == (3, 0)
    assert "PyTorch makes an empty tensor 3×0" in render(found)


def test_progress_is_told() -> None:
    told: list[tuple[int, int]] = []
    analysis = analysed("net a { input 3×8×8; repeat 5 { ReLU; Conv(3, 1) } }")
    verify(analysis, tick=lambda done, of: told.append((done, of)))
    assert told == [(i, 10) for i in range(1, 11)]
