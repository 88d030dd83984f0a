"""Each number that a kind takes, set to every small value, legal or not: PyTorch, numbers and symbols agree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from symcnn import Analysis, SymcnnError
from symcnn.formula.nodes import Text, Truth
from symcnn.library.standard import standard_library
from symcnn.tree import LayerParameter
from tests.helpers import analysed, chain
from tests.library.test_torch import MULTIPLIED, TESTED, Case, only_ours, only_theirs

pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("ignore:Initializing zero-element tensors")]

VALUES = range(-2, 9)
# What a kind is given besides, and the shape that it is applied to.
WINDOW = {"kernel_size": 3, "stride": 1, "padding": 1}
POOLING = WINDOW | {"stride": 2}
TAPS = WINDOW | {"dilation": 1}
GIVEN: dict[str, tuple[dict[str, Any], tuple[int, ...]]] = {
    "Conv": ({"out_channels": 4, **TAPS, "groups": 1, "bias": True}, (4, 6, 7)),
    "ConvTranspose": (
        {"out_channels": 4, **TAPS, "stride": 2, "output_padding": 0, "groups": 1, "bias": True}, (4, 4, 5),
    ),
    "DepthwiseConv": ({"multiplier": 2, **TAPS, "bias": False}, (4, 6, 7)),
    "SeparableConv": ({"out_channels": 4, "multiplier": 1, **TAPS, "bias": True}, (4, 6, 7)),
    "DeformConv": (
        {"out_channels": 4, **TAPS, "groups": 1, "offset_groups": 1, "modulated": True, "bias": True}, (4, 6, 7),
    ),
    "MaxPool": ({**POOLING, "dilation": 1, "ceil_mode": True}, (2, 6, 7)),
    "AvgPool": ({**POOLING, "ceil_mode": True, "count_include_pad": False}, (2, 6, 7)),
    "MaxUnpool": (POOLING, (2, 4, 5)),
    "Unfold": (TAPS, (2, 6, 7)),
    "AdaptiveAvgPool": ({"output_size": 3}, (2, 6, 7)),
    "AdaptiveMaxPool": ({"output_size": 3}, (2, 6, 7)),
    "Linear": ({"out_features": 4, "bias": True, "per_position": True}, (4, 6, 7)),
    "MultiheadAttention": ({"num_heads": 2, "bias": True}, (4, 2, 3)),
    "Embedding": ({"num_embeddings": 4, "embedding_dim": 3}, (1, 2, 3)),
    "PixelShuffle": ({"upscale_factor": 2}, (36, 2, 3)),
    "PixelUnshuffle": ({"downscale_factor": 2}, (2, 12, 6)),
    "Crop": ({"cropping": 1}, (2, 6, 7)),
    "ChannelShuffle": ({"groups": 2}, (6, 2, 3)),
    "ChannelSplit": ({"out_channels": 2, "start": 1}, (6, 2, 3)),
    "GroupNorm": ({"num_groups": 2, "affine": True}, (6, 2, 3)),
    "LocalResponseNorm": ({"size": 3}, (6, 2, 3)),
    "PReLU": ({"num_parameters": 1}, (6, 2, 3)),
}  # fmt: skip
# Numbers that PyTorch takes and we do not, and why.
NOT_OURS = {
    ("Crop", "cropping"): "what is negative is a Pad",
    ("ChannelSplit", "start"): "narrow counts a negative start from the end",
}


def is_whole(parameter: LayerParameter) -> bool:
    return not parameter.rational and not isinstance(parameter.default, (Truth, Text))


def test_no_kind_is_forgotten() -> None:
    """Pad is no kind of a least number, and of an Upsample 0 says that a size is not given."""
    layers = standard_library().layers
    numbered = {kind for kind in TESTED if kind in layers and any(map(is_whole, layers[kind].parameters))}
    assert numbered - set(GIVEN) == {"Pad", "Upsample"}


def cases(kind: str) -> Iterator[tuple[str, Case]]:
    given, shape = GIVEN[kind]
    for name, usual in given.items():
        if not isinstance(usual, bool):
            yield from ((name, Case(kind, tuple((given | {name: value}).items()), shape)) for value in VALUES)


def in_numbers(case: Case) -> Analysis | None:
    try:
        return analysed(chain(str(case), shape="×".join(map(str, case.shape)))).at()
    except SymcnnError as error:
        assert error.span is not None
        return None


def in_symbols(case: Case, name: str, free: bool) -> Analysis | None:
    """Analyse with a symbol for an argument, and for the channels and sizes if they are free; then put all in."""
    value, sizes = case.given[name], dict(zip(("C", "H", "W"), case.shape, strict=True)) if free else {}
    step = str(case).replace(f"{name}={value}", f"{name}=x")
    try:
        return analysed(chain(step, shape="×".join(sizes or map(str, case.shape)))).at(x=value, **sizes)
    except SymcnnError:
        return None


def said(a: Analysis | None) -> Any:
    return a and (tuple(map(int, a.output)), a.params, a.buffers, a.counters, a.macs)


@pytest.mark.parametrize("kind", GIVEN)
def test_numbers_are_refused_where_pytorch_refuses_them(kind: str) -> None:
    from tests.library import pytorch

    for name, case in cases(kind):
        ours, facts = in_numbers(case), pytorch.facts(case.kind, case.given, case.shape)
        for free in (False, True):
            assert said(in_symbols(case, name, free)) == said(ours), (str(case), free)
        if ours is None:
            assert facts is None or (kind, name) in NOT_OURS or only_ours(case, facts), str(case)
        elif facts is None:
            assert only_theirs(case), str(case)
        else:
            macs = facts.flops // 2 if kind in MULTIPLIED else ours.macs
            assert said(ours) == (facts.output, facts.params, facts.buffers, facts.counters, macs), str(case)
