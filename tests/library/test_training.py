"""Training operations against PyTorch's FlopCounterMode, over a forward and a backward pass of real modules."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symcnn import Analysis, analyse, load
from symcnn.errors import NotSupportedError
from symcnn.interop.torch import to_torch
from tests.graphs import paths, program, run
from tests.helpers import analysed, chain, draws

pytestmark = pytest.mark.torch


def counted(analysis: Analysis, **sizes: int) -> dict[str, int]:
    """Return what FlopCounterMode counts over the forward pass, over the backward pass, and over both."""
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    module, at = to_torch(analysis, **sizes).train(), analysis.at(**sizes)
    with FlopCounterMode(display=False) as forward:
        output = module(torch.zeros(2, *at.input))
    with FlopCounterMode(display=False) as backward:
        if output.requires_grad:
            output.sum().backward()
    found = [int(counter.get_total_flops()) // 2 for counter in (forward, backward)]
    return {"forward": found[0], "backward": found[1], "both": sum(found)}


def ours(analysis: Analysis, **sizes: int) -> dict[str, int]:
    """Return the same of symcnn, with what PyTorch counts of groups."""
    at = analysis.at(**sizes)
    both = at.count("torch_training")
    return {"forward": at.count("forward"), "backward": both - at.count("forward"), "both": both}


def grouped(analysis: Analysis) -> bool:
    return any(layer.values.get("g", 1) != 1 for layer in analysis.layers if layer.macs != 0)


@pytest.mark.parametrize(
    ("name", "net", "sizes"),
    [
        ("zoo/resnet18", "resnet18", {"H": 64, "W": 33}),
        ("zoo/mobilenet", "mobilenet", {"H": 64, "W": 32}),
        ("zoo/googlenet", "googlenet", {"H": 32, "W": 64}),
        ("zoo/densenet121", "densenet121", {"H": 32, "W": 32}),
        ("zoo/shufflenet_v2", "shufflenet_v2", {"H": 64, "W": 64}),
        ("zoo/squeezenet1_1", "squeezenet1_1", {"H": 40, "W": 64}),
        ("examples/unet.cnn", "padded", {"H": 16, "W": 32}),
        ("examples/lenet.cnn", "lenet", {}),
        ("examples/modules.cnn", "squeeze_excite", {"H": 5, "W": 6, "c": 8, "r": 4}),
    ],
)
def test_networks(name: str, net: str, sizes: dict[str, int]) -> None:
    a = analyse(load(name)[net])
    found = counted(a, **sizes)
    assert found == ours(a, **sizes)
    if not grouped(a):
        assert found["both"] == a.at(**sizes).count("training")


@pytest.mark.parametrize(
    "steps",
    [
        ("Conv(8, 3)",),
        ("Conv(8, 3, groups=4, bias=false)",),
        ("Conv(4, 3)", "Conv(8, 3, stride=2, padding=1, dilation=2, groups=2)"),
        ("DepthwiseConv(3, multiplier=2)", "DepthwiseConv(3)"),
        ("ConvTranspose(8, 4, stride=2, padding=1, groups=2)", "ConvTranspose(2, 3, dilation=2, bias=false)"),
        ("ReLU", "Conv(8, 3)", "ConvTranspose(4, 3, groups=4, stride=3, output_padding=2)"),
        ("BatchNorm", "Conv(8, 3)"),
        ("BatchNorm(affine=false)", "MaxPool(2)", "Conv(8, 3)"),
        ("Flatten", "Linear(5)", "ReLU", "Linear(4, bias=false)"),
        ("Linear(6, per_position=true)", "ReLU", "Linear(3, per_position=true, bias=false)"),
        ("residual { Conv(4, 3, padding=1) }", "PReLU", "Conv(2, 1)"),
        ("repeat 3 { Conv(4, 3, padding=1); ReLU }",),
        ("repeat 2 { repeat 2 { Conv(4, 3, padding=1, groups=2) }; Conv(4, 1) }",),
        ("concat { path { Conv(3, 1) } path { MaxPool(3, stride=1, padding=1); Conv(2, 1) } }", "Conv(5, 1)"),
        ("multiply { skip; path { GlobalAvgPool; Conv(4, 1); Sigmoid } }", "Conv(5, 1)"),
    ],
)
@pytest.mark.parametrize("shape", ["4×9×9", "4×9", "4×9×9×9"])
def test_layers(steps: tuple[str, ...], shape: str) -> None:
    a = analysed(chain(*steps, shape=shape))
    assert counted(a) == ours(a)


@draws(60)
@given(paths(), st.integers(8, 16))
def test_random_networks(path: tuple[object, ...], size: int) -> None:
    if run(path, size) is None:  # type: ignore[arg-type]
        return
    a = analysed(program(path))  # type: ignore[arg-type]
    try:
        found = counted(a, H=size)
    except NotSupportedError:
        return
    assert found == ours(a, H=size)
    assert found["both"] == a.at(H=size).count("training")
