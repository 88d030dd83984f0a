"""Networks as modules of PyTorch: they run, they learn, and their gradients reach as far as the receptive field."""

from __future__ import annotations

from typing import Any

import pytest

from symcnn import Analysis, analyse, load
from symcnn.errors import NotSupportedError
from symcnn.interop.torch import to_torch
from tests.helpers import analysed, chain, error_of

pytestmark = pytest.mark.torch


@pytest.mark.parametrize(
    ("file", "net", "sizes"),
    [
        ("lenet", "lenet", {}),
        ("resnet50", "resnet50", {"H": 65, "W": 50}),
        ("unet", "padded", {"H": 8, "W": 12}),
        ("modules", "shuffle_unit", {"H": 5, "W": 6, "g": 3, "m": 6, "c": 9}),
        ("modules", "squeeze_excite", {"H": 5, "W": 6, "c": 8, "r": 4}),
    ],
)
def test_a_network_runs(file: str, net: str, sizes: dict[str, int]) -> None:
    import torch

    analysis = analyse(load(f"examples/{file}.cnn")[net])
    module = to_torch(analysis, **sizes)
    at = analysis.at(**sizes)
    with torch.no_grad():
        output = module(torch.rand(3, *at.input))
    assert tuple(output.shape) == (3, *at.output)
    assert bool(output.isfinite().all())
    assert sum(parameter.numel() for parameter in module.parameters()) == at.params


def test_repetitions_do_not_share_weights() -> None:
    module = to_torch(analysed("net a { input 3×8×8; repeat 4 { Conv(3, 3, padding=1) } }"))
    assert len({id(parameter) for parameter in module.parameters()}) == 8


def test_a_maximum_ignores_the_padding_same() -> None:
    import torch

    module = to_torch(analysed(chain('MaxPool(3, stride=2, padding="same")', shape="1×4×4")))
    x = -torch.arange(16.0).reshape(1, 1, 4, 4) - 1
    assert module(x).flatten().tolist() == [-1, -3, -9, -11]


def test_a_module_that_is_not_there() -> None:
    error = error_of(lambda: to_torch(analysed(chain("LocallyConnected(4, 3)", shape="3×9×9"))))
    assert isinstance(error, NotSupportedError)
    assert "shares nothing" in error.message


# The gradient of an output inside reaches as far as the receptive field; over all outputs the largest is its size.

FIELDS = {
    "stacked": "Conv(2, 3); Conv(2, 3); Conv(2, 5)",
    "strided": "Conv(2, 3, stride=2, padding=1); Conv(2, 3, stride=2, padding=1); Conv(2, 3)",
    "dilated": "Conv(2, 3, dilation=2); Conv(2, 3, dilation=3)",
    "pooled": "Conv(2, 3, padding=1); ReLU; AvgPool(2); Conv(2, 3, padding=1); ReLU; AvgPool(3, stride=2)",
    "even": "Conv(2, 4, stride=3); Conv(2, 2, padding=1)",
    "same": 'Conv(2, 4, stride=2, padding="same"); Conv(2, 3, padding="same")',
    "residual": "residual { Conv(2, 3, padding=1); ReLU; Conv(2, 3, padding=1) }; Conv(2, 3, stride=2)",
    "inception": "concat { path { Conv(2, 1) } path { Conv(2, 5, padding=2) } path { AvgPool(3, stride=1); Pad(1) } }",
    "up": "Conv(2, 3, stride=2, padding=1); ConvTranspose(2, 2, stride=2); Conv(2, 3)",
    "nearest": "AvgPool(2); Conv(2, 3, padding=1); Upsample(2); Conv(2, 3)",
    "u": "e: Conv(2, 3); AvgPool(2); Conv(2, 3); ConvTranspose(2, 2, stride=2); concat crop(e); Conv(2, 3)",
}


def extents(analysis: Analysis, **sizes: int) -> list[int]:
    """Return how far the inputs that an output inside depends on are apart, for every output, by gradients."""
    import torch

    module = to_torch(analysis, **sizes).double()
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.uniform_(0.5, 1.0)  # nothing cancels, and every ReLU hands on
    x = torch.rand(1, *analysis.at(**sizes).input, dtype=torch.float64, requires_grad=True)
    found = []
    for output in module(x).sum(dim=(0, 1)):
        (gradient,) = torch.autograd.grad(output, x, retain_graph=True)
        seen = gradient.abs().sum(dim=(0, 1)).nonzero().flatten().tolist()
        if seen and seen[0] > 0 and seen[-1] < x.shape[2] - 1:
            found.append(seen[-1] - seen[0] + 1)
    return found


@pytest.mark.parametrize("name", FIELDS)
def test_gradients_reach_as_far_as_the_receptive_field(name: str) -> None:
    analysis = analysed(f"net a {{ input 2×L; {FIELDS[name]} }}")
    found = extents(analysis, L=80)
    assert len(found) > 8
    assert max(found) == analysis.receptive_field.size[0]


def test_gradients_in_two_axes() -> None:
    import torch

    analysis = analysed("net a { input 1×H×W; Conv(2, (3, 5), stride=(2, 1)); ReLU; Conv(2, (3, 1), dilation=(2, 1)) }")
    module = to_torch(analysis, H=40, W=40).double()
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.uniform_(0.5, 1.0)
    x = torch.rand(1, 1, 40, 40, dtype=torch.float64, requires_grad=True)
    output = module(x)
    output[0, :, output.shape[2] // 2, output.shape[3] // 2].sum().backward()
    gradient: Any = x.grad
    rows, columns = (gradient[0, 0].abs().sum(dim=axis).nonzero().flatten().tolist() for axis in (1, 0))
    assert (rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1) == analysis.receptive_field.size
