"""Random layers against PyTorch itself: what it makes of them, what it refuses, and what its outputs depend on."""

from __future__ import annotations

from dataclasses import dataclass
from operator import gt
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from symcnn import SymcnnError
from symcnn.analysis.derivation import Leaf
from symcnn.analysis.window import Window
from symcnn.library.standard import standard_library
from tests.helpers import analysed, chain, draws

pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("ignore:Initializing zero-element tensors")]

# Kinds that PyTorch has no module for, and why none is needed.
WITHOUT = {
    "LocallyConnected": "judged by Keras, see test_frameworks.py",
    "Scale": "one parameter for each channel",
    "Add": "judged where it is made, by statements",
    "Concat": "judged where it is made, by statements",
    "Multiply": "judged where it is made, by statements",
}
# Those that PyTorch counts.
MULTIPLIED = ("Conv", "ConvTranspose", "DepthwiseConv", "SeparableConv", "DeformConv", "Linear", "MultiheadAttention")
LOSSES = ("CrossEntropy", "BCE", "BCEWithLogits", "L1", "MSE", "SmoothL1")
ON_TWO_AXES = ("DeformConv", "Unfold", "PixelShuffle", "PixelUnshuffle")  # in PyTorch
POINTWISE = """
Identity ReLU ReLU6 LeakyReLU ELU CELU SELU GELU SiLU Mish Softplus Softsign Sigmoid LogSigmoid Tanh Hardtanh Hardswish
Hardsigmoid Softmax LogSoftmax Dropout GLU
"""
ACTIVATIONS = tuple(POINTWISE.split())
MODES = ("nearest", "nearest-exact", "linear", "bilinear", "trilinear", "bicubic")


@dataclass(frozen=True)
class Case:
    """A layer on a tensor."""

    kind: str
    arguments: tuple[tuple[str, Any], ...]
    shape: tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.kind}({', '.join(f'{name}={_text(value)}' for name, value in self.arguments)})"

    @property
    def given(self) -> dict[str, Any]:
        return dict(self.arguments)

    def along(self, name: str) -> tuple[Any, ...]:
        """Return an argument's value on each axis."""
        value = self.given[name]
        return value if isinstance(value, tuple) else (value,) * (len(self.shape) - 1)


def _text(value: Any) -> str:
    if isinstance(value, tuple):
        return f"({''.join(f'{_text(part)},' for part in value)})"
    return str(value).lower() if isinstance(value, bool) else f'"{value}"' if isinstance(value, str) else str(value)


@pytest.fixture(scope="module")
def pytorch() -> ModuleType:
    """PyTorch is imported where these tests run, and nowhere else."""
    from tests.library import pytorch

    return pytorch


# Random layers


@st.composite
def cases(
    draw: st.DrawFn, kind: str, sizes: tuple[int, int] = (1, 10), axes: tuple[int, int] = (0, 3), sane: bool = False
) -> Case:
    """Draw a layer of a kind and a tensor; unless it shall be `sane`, half of them have numbers that are illegal."""
    without_axes = kind in (
        "Linear",
        "Flatten",
        "LayerNorm",
        "RMSNorm",
        "GroupNorm",
        "ChannelShuffle",
        *LOSSES,
        *ACTIVATIONS,
    )
    spatial = draw(st.integers(axes[0] if without_axes else max(axes[0], 1), axes[1]))
    if kind in ON_TWO_AXES and (kind == "Unfold" or draw(st.integers(0, 9))):
        spatial = 2
    largest = min(sizes[1], 6) if spatial == 3 else sizes[1]
    channels = draw(st.sampled_from([1, 1, 1, 2]) if kind == "Embedding" else st.integers(1, 6))
    if kind == "PixelShuffle" and draw(st.booleans()):
        channels = draw(st.sampled_from([4, 8, 9, 16]))
    shape = (channels, *draw(st.tuples(*[st.integers(sizes[0], largest)] * spatial)))
    least = 1 if sane or draw(st.booleans()) else 0
    return Case(kind, tuple(draw(_arguments(kind, spatial, channels, least)).items()), shape)


def _arguments(kind: str, axes: int, channels: int, least: int) -> st.SearchStrategy[dict[str, Any]]:
    """Return arguments whose counts are at least 1, or 0 where that is illegal; so with what is at least 0, or -1."""

    def each(low: int, high: int) -> st.SearchStrategy[Any]:
        numbers = st.integers(low, high)
        return numbers | st.tuples(*[numbers] * axes)

    def pairs(low: int, high: int) -> st.SearchStrategy[Any]:
        numbers = st.integers(low, high)
        return numbers | st.tuples(*[numbers | st.tuples(numbers, numbers)] * axes)

    truth, modes = st.booleans(), st.sampled_from(MODES)
    outputs = st.sampled_from([channels, 2 * channels] if least else range(7))
    groups = st.sampled_from([1, channels] if least else range(4))
    windows = {"kernel_size": each(least, 5), "stride": each(least, 4), "padding": each(least - 1, 3)}
    taps = {**windows, "dilation": each(least, 3)}
    # quarters, whose products are exact in PyTorch's binary fractions
    quarters = st.integers(1, 12).map(lambda number: number / 4)
    factors = st.just(0) | each(least, 4) | quarters | st.tuples(*[quarters] * axes)
    scaled = {"scale_factor": factors, "size": st.just(0) | each(least, 9), "mode": modes, "align_corners": truth}
    table: dict[str, dict[str, st.SearchStrategy[Any]]] = {
        "Conv": {"out_channels": outputs, **taps, "groups": groups, "bias": truth},
        "ConvTranspose": {
            "out_channels": outputs, **taps, "groups": groups, "bias": truth,
            "output_padding": each(least - 1, 2 - least) | each(0, 2),
        },
        "DepthwiseConv": {"multiplier": st.integers(1, 3), **taps, "bias": truth},
        "SeparableConv": {"out_channels": outputs, "multiplier": st.integers(1, 3), **taps, "bias": truth},
        "MaxPool": {**taps, "ceil_mode": truth},
        "AvgPool": {**windows, "ceil_mode": truth, "count_include_pad": truth},
        "AdaptiveAvgPool": {"output_size": each(least, 10)},
        "AdaptiveMaxPool": {"output_size": each(least, 10)},
        "Linear": {"out_features": outputs, "bias": truth, "per_position": st.just(axes > 0)},
        "Upsample": scaled,
        "Interpolate": scaled,
        "Pad": {
            "padding": pairs(-2, 3),
            "mode": st.sampled_from(["constant", "constant", "reflect", "replicate", "circular"]),
        },
        "Crop": {"cropping": pairs(0, 3)},
        "ChannelShuffle": {"groups": st.integers(least, 6)},
        "ChannelSplit": {"out_channels": st.integers(2 * least - 1, 6), "start": st.integers(0, 6)},
        "BatchNorm": {"affine": truth, "track_running_stats": truth},
        "InstanceNorm": {"affine": truth, "track_running_stats": truth},
        "LayerNorm": {"elementwise_affine": truth, "bias": truth},
        "GroupNorm": {"num_groups": st.integers(least, 6), "affine": truth},
        "LocalResponseNorm": {"size": st.integers(least, 7)},
        "PReLU": {"num_parameters": st.sampled_from([1, channels, channels + 1])},
        "RMSNorm": {"elementwise_affine": truth},
        "DeformConv": {
            "out_channels": outputs, **taps, "groups": groups, "bias": truth, "offset_groups": groups,
            "modulated": truth,
        },
        "Unfold": taps,
        "PixelShuffle": {"upscale_factor": st.integers(least, 4)},
        "PixelUnshuffle": {"downscale_factor": st.integers(least, 4)},
        "MultiheadAttention": {"num_heads": st.integers(least, 4), "bias": truth},
        "Embedding": {"num_embeddings": st.integers(least, 9), "embedding_dim": st.integers(least, 9)},
        "MaxUnpool": windows,
        "CELU": {"alpha": st.sampled_from([0, 0.5, -1, 2])},
        "CrossEntropy": {"label_smoothing": st.sampled_from([0, 0.25, 1, 2, -1])},
        "SmoothL1": {"beta": st.sampled_from([0, 0.25, 1, 2, -1])},
        "Dropout": {"p": st.sampled_from([0, 0.5, 1, 2, -1])},
        "Hardtanh": {"min_val": st.integers(-2, 1), "max_val": st.integers(-1, 3)},
    }  # fmt: skip
    return st.fixed_dictionaries(table.get(kind, {}))


# What differs, and why


def only_ours(case: Case, facts: Any) -> str | None:
    """Return why we refuse a layer that PyTorch takes, if there is a reason."""
    if 0 in facts.output:
        return "no tensor is empty"
    if case.kind == "ConvTranspose" and 0 in case.along("dilation"):
        return "PyTorch looks at the dilation of a convolution, but not at that of a transposed one"
    if case.kind in ("PixelShuffle", "PixelUnshuffle") and len(case.shape) != 3:
        return "PyTorch takes what stands before the last two axes and their channels for batches"
    if case.kind == "CrossEntropy" and case.given["label_smoothing"] < 0:
        return "PyTorch looks whether label_smoothing is more than 1, not whether it is less than 0"
    return None


def only_theirs(case: Case) -> str | None:
    """Return why PyTorch refuses a layer that we take, if there is a reason."""
    if case.kind in ("Upsample", "Interpolate") and any(case.along("scale_factor")) and any(case.along("size")):
        return "it takes no factor for one axis and a size for another"
    if case.kind == "AvgPool" and len(case.shape) == 4 and any(map(gt, case.along("kernel_size"), case.shape[1:])):
        return "AvgPool3d wants a kernel that is not larger than the input without its padding, unlike AvgPool2d"
    return None


TESTED = [name for name in (*standard_library().layers, *standard_library().nets) if name not in WITHOUT]


def test_every_kind_is_judged(pytorch: ModuleType) -> None:
    assert set(pytorch.BUILD) == set(TESTED)


@pytest.mark.parametrize("kind", TESTED)
def test_layers_are_pytorchs(kind: str, pytorch: ModuleType) -> None:
    @draws(60 if kind in ACTIVATIONS else 600 if "Conv" in kind or "Pool" in kind else 300)
    @given(cases(kind))
    def judge(case: Case) -> None:
        facts = pytorch.facts(case.kind, case.given, case.shape)
        try:
            a = analysed(chain(str(case), shape="×".join(map(str, case.shape)))).at()
        except SymcnnError as error:
            assert facts is None or only_ours(case, facts), error
            return
        if facts is None:
            assert only_theirs(case), f"PyTorch refuses {case} on {case.shape}"
            return
        ours = (a.output, a.params, a.buffers, a.counters)
        assert ours == (facts.output, facts.params, facts.buffers, facts.counters)
        if kind in MULTIPLIED:
            assert 2 * a.macs == facts.flops

    judge()


# Windows. Normalisations see everything by their statistics, which the receptive field leaves out.

# What a deformable convolution sees is not fixed; a loss has no axes, and an index no derivative.
UNSEEN = ("Flatten", "SeparableConv", "GroupNorm", "DeformConv", "Embedding", *LOSSES)
SEEN = [kind for kind in TESTED if kind not in UNSEEN]
FLAT = "PReLU BatchNorm InstanceNorm LayerNorm RMSNorm LocalResponseNorm MaxUnpool"
PARTLY = (
    *ACTIVATIONS,
    *FLAT.split(),
)  # flat somewhere


@pytest.mark.parametrize("kind", SEEN)
def test_windows_are_what_gradients_say(kind: str, pytorch: ModuleType) -> None:
    @settings(draws(30 if kind in PARTLY else 120), suppress_health_check=[HealthCheck.filter_too_much])
    @given(cases(kind, sizes=(3, 14), axes=(1, 2), sane=True), st.data())
    def judge(case: Case, data: st.DataObject) -> None:
        assume(case.given.get("track_running_stats", True))
        if kind == "Pad":
            assume(case.given["mode"] == "constant")  # the other modes go on with what is inside
        assume(pytorch.facts(case.kind, case.given, case.shape) is not None)
        try:
            a = analysed(chain(str(case), shape="×".join(map(str, case.shape))))
        except SymcnnError:
            assume(False)
        axis = data.draw(st.integers(0, len(case.shape) - 2))
        window = _windows(a.derivation)[axis]
        assume(window.known)
        dependencies = pytorch.seen(case.kind, case.given, case.shape, axis)
        for output, inputs in enumerate(dependencies):
            expected = _seen(window, output, case.shape[axis + 1])
            if kind in PARTLY:
                assert inputs <= expected
            elif window.upsampling != 1:
                assert inputs == expected
            elif _inside(window, output, case.shape[axis + 1]) and (inputs or not _padded(case)):
                assert (min(inputs), max(inputs)) == (min(expected), max(expected))
            else:
                assert inputs <= expected

    judge()


def _padded(case: Case) -> bool:
    """Whether outputs may see nothing but the padding of the other axis."""
    return "padding" in case.given and any(case.along("padding"))


def _windows(derivation: Any) -> tuple[Window, ...]:
    (item,) = derivation.items
    windows: tuple[Window, ...] = item.outcome.windows if isinstance(item, Leaf) else item.body.items[0].outcome.windows
    return windows


def _seen(window: Window, output: int, size: int) -> set[int]:
    """Return the inputs that an output sees by the rules of its kind; a convolution's dilation is not in them."""
    offsets = {i: i * window.upsampling - output * window.jump * window.upsampling - window.start for i in range(size)}
    spacing = window.spacing if window.upsampling != 1 else 1
    return {i for i, offset in offsets.items() if 0 <= offset <= window.reach and offset % spacing == 0}


def _inside(window: Window, output: int, size: int) -> bool:
    first = output * window.jump + window.start
    return bool(first >= 0 and first + window.reach < size)
