"""Layers and small networks twice: in the language, and as PyTorch builds them; with the tools' figures for them."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

FIGURES = Path(__file__).parent.parent / "data" / "counts.csv"
RESNET50 = Path(__file__).parent.parent.parent / "examples" / "resnet50.cnn"
Shape = tuple[int, ...]


def stored() -> dict[str, dict[str, int]]:
    """Return what the tools were measured to return, by probe and tool."""
    with FIGURES.open(encoding="utf-8", newline="") as file:
        return {row.pop("probe"): {tool: int(n) for tool, n in row.items()} for row in csv.DictReader(file)}


def _nn(build: Callable[[Any], Any]) -> Callable[[], Any]:
    """Import PyTorch only where a module is made."""

    def make() -> Any:
        from torch import nn

        return build(nn)

    return make


def _joined(build: Callable[[Any], Any], join: Callable[[Any, Any], Any]) -> Callable[[], Any]:
    """Return a maker of a module that joins what a path makes with its input."""

    def make() -> Any:
        from torch import nn

        class Joined(nn.Module):  # type: ignore[misc]
            def __init__(self) -> None:
                super().__init__()
                self.path = build(nn)

            def forward(self, x: Any) -> Any:
                return join(self.path(x), x)

        return Joined()

    return make


def _layer_scale() -> Any:
    """Return a block with a layer scale, which is a parameter of the block itself, as torchvision's ConvNeXt has it."""
    import torch
    from torch import nn

    class Block(nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.path = nn.Conv2d(8, 8, 3, padding=1, groups=8)
            self.layer_scale = nn.Parameter(torch.ones(8, 1, 1))

        def forward(self, x: Any) -> Any:
            return self.layer_scale * self.path(x) + x

    return Block()


def _stack(y: Any, x: Any) -> Any:
    import torch

    return torch.cat([x, y], 1)


def _resnet50(nn: Any) -> Any:
    class Bottleneck(nn.Module):  # type: ignore[misc]
        def __init__(self, before: int, c: int, stride: int, project: bool) -> None:
            super().__init__()
            self.path = nn.Sequential(
                *(nn.Conv2d(before, c, 1, bias=False), nn.BatchNorm2d(c), nn.ReLU()),
                *(nn.Conv2d(c, c, 3, stride, 1, bias=False), nn.BatchNorm2d(c), nn.ReLU()),
                *(nn.Conv2d(c, 4 * c, 1, bias=False), nn.BatchNorm2d(4 * c)),
            )
            conv = nn.Conv2d(before, 4 * c, 1, stride, bias=False)
            self.skip = nn.Sequential(conv, nn.BatchNorm2d(4 * c)) if project else None
            self.relu = nn.ReLU()

        def forward(self, x: Any) -> Any:
            return self.relu(self.path(x) + (x if self.skip is None else self.skip(x)))

    layers = [nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    before = 64
    for c, blocks, stride in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
        for i in range(blocks):
            layers.append(Bottleneck(before, c, 1 if i else stride, not i))
            before = 4 * c
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(before, 1000))


_IMAGE = (8, 12, 12)
PROBES: dict[str, tuple[str, Callable[[], Any], Shape]] = {
    "a": (
        "Conv(64, 7, stride=2, padding=3, bias=false)",
        _nn(lambda nn: nn.Conv2d(3, 64, 7, 2, 3, bias=False)),
        (3, 224, 224),
    ),
    "b": (
        "DepthwiseConv(3); Conv(64, 1)",
        _nn(lambda nn: nn.Sequential(nn.Conv2d(32, 32, 3, groups=32), nn.Conv2d(32, 64, 1))),
        (32, 56, 56),
    ),
    "c": (
        "ConvTranspose(32, 4, stride=2, padding=1)",
        _nn(lambda nn: nn.ConvTranspose2d(64, 32, 4, 2, 1)),
        (64, 16, 16),
    ),
    "d": (
        "MaxPool(3, stride=2, padding=1, ceil_mode=true); BatchNorm; ReLU",
        _nn(lambda nn: nn.Sequential(nn.MaxPool2d(3, 2, 1, ceil_mode=True), nn.BatchNorm2d(64), nn.ReLU())),
        (64, 112, 112),
    ),
    "resnet50": (RESNET50.read_text(encoding="utf-8"), _nn(_resnet50), (3, 224, 224)),
    "grouped": ("Conv(16, 3, groups=4)", _nn(lambda nn: nn.Conv2d(8, 16, 3, groups=4)), _IMAGE),
    "transposed grouped": (
        "ConvTranspose(16, 3, stride=2, groups=4)",
        _nn(lambda nn: nn.ConvTranspose2d(8, 16, 3, 2, groups=4)),
        _IMAGE,
    ),
    "transposed depthwise": (
        "ConvTranspose(8, 3, stride=2, padding=1, output_padding=1, groups=8)",
        _nn(lambda nn: nn.ConvTranspose2d(8, 8, 3, 2, 1, 1, groups=8)),
        _IMAGE,
    ),
    "transposed without bias": (
        "ConvTranspose(16, 3, stride=3, dilation=2, bias=false)",
        _nn(lambda nn: nn.ConvTranspose2d(8, 16, 3, 3, dilation=2, bias=False)),
        _IMAGE,
    ),
    "same": ('Conv(16, 3, padding="same")', _nn(lambda nn: nn.Conv2d(8, 16, 3, padding="same")), _IMAGE),
    "same even": (
        'Conv(16, 4, padding="same", dilation=3, bias=false)',
        _nn(lambda nn: nn.Conv2d(8, 16, 4, padding="same", dilation=3, bias=False)),
        _IMAGE,
    ),
    "same on one axis": ('Conv(16, 4, padding="same")', _nn(lambda nn: nn.Conv1d(8, 16, 4, padding="same")), (8, 12)),
    "valid": ('Conv(16, 3, stride=2, padding="valid")', _nn(lambda nn: nn.Conv2d(8, 16, 3, 2, "valid")), _IMAGE),
    "no statistics": (
        "BatchNorm(track_running_stats=false); InstanceNorm(affine=true); GroupNorm(2, affine=false)",
        _nn(
            lambda nn: nn.Sequential(
                nn.BatchNorm2d(8, track_running_stats=False),
                nn.InstanceNorm2d(8, affine=True),
                nn.GroupNorm(2, 8, affine=False),
            )
        ),
        _IMAGE,
    ),
    "pooling": (
        "MaxPool(2); AvgPool(3, stride=1, padding=1); AdaptiveAvgPool(3); GlobalMaxPool",
        _nn(
            lambda nn: nn.Sequential(
                nn.MaxPool2d(2), nn.AvgPool2d(3, 1, 1), nn.AdaptiveAvgPool2d(3), nn.AdaptiveMaxPool2d(1)
            )
        ),
        _IMAGE,
    ),
    "activations": (
        "ReLU; ReLU6; LeakyReLU; PReLU; ELU; GELU; SiLU; Sigmoid; Tanh; Hardswish; Softmax",
        _nn(
            lambda nn: nn.Sequential(
                *(nn.ReLU(), nn.ReLU6(), nn.LeakyReLU(), nn.PReLU(), nn.ELU(), nn.GELU(), nn.SiLU()),
                *(nn.Sigmoid(), nn.Tanh(), nn.Hardswish(), nn.Softmax(1)),
            )
        ),
        _IMAGE,
    ),
    "upsampling": (
        'Upsample(2); Upsample(2, mode="bilinear"); Upsample(1, mode="bicubic"); LocalResponseNorm(3)',
        _nn(
            lambda nn: nn.Sequential(
                nn.Upsample(scale_factor=2),
                nn.Upsample(scale_factor=2, mode="bilinear"),
                nn.Upsample(scale_factor=1, mode="bicubic"),
                nn.LocalResponseNorm(3),
            )
        ),
        _IMAGE,
    ),
    "residual": (
        "residual { Conv(8, 3, padding=1); BatchNorm; ReLU }",
        _joined(
            lambda nn: nn.Sequential(nn.Conv2d(8, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU()), lambda y, x: y + x
        ),
        _IMAGE,
    ),
    "layer scale": ("residual { DepthwiseConv(3, padding=1); Scale }", _layer_scale, _IMAGE),
    "excitation": (
        "multiply { skip; path { GlobalAvgPool; Conv(2, 1); ReLU; Conv(8, 1); Sigmoid } }",
        _joined(
            lambda nn: nn.Sequential(
                *(nn.AdaptiveAvgPool2d(1), nn.Conv2d(8, 2, 1), nn.ReLU(), nn.Conv2d(2, 8, 1), nn.Sigmoid())
            ),
            lambda y, x: x * y,
        ),
        _IMAGE,
    ),
    "dense": (
        "concat { skip; path { BatchNorm; ReLU; Conv(4, 3, padding=1, bias=false) } }",
        _joined(
            lambda nn: nn.Sequential(nn.BatchNorm2d(8), nn.ReLU(), nn.Conv2d(8, 4, 3, padding=1, bias=False)), _stack
        ),
        _IMAGE,
    ),
    "lenet": (
        "Conv(6, 5); ReLU; MaxPool(2); Flatten; Linear(20); ReLU; Linear(10, bias=false)",
        _nn(
            lambda nn: nn.Sequential(
                *(nn.Conv2d(8, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()),
                *(nn.Linear(96, 20), nn.ReLU(), nn.Linear(20, 10, bias=False)),
            )
        ),
        _IMAGE,
    ),
}


def program(probe: str, more: str = "") -> str:
    """Return a probe's network in the language; `more` stands before it."""
    steps, _, shape = PROBES[probe]
    if "net " in steps:
        return f"{more}\n{steps}\nassume H == {shape[1]}, W == {shape[2]}"
    return f"{more}\nnet a {{ input {'×'.join(map(str, shape))}; {steps} }}"
