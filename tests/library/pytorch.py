"""What PyTorch says of a layer: its output, what it stores, its operations, what its outputs depend on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.nn import functional
from torch.utils.flop_counter import FlopCounterMode

Shape = tuple[int, ...]  # channels and sizes
BATCH = 2  # of one sample some normalisations have no statistics
REFUSALS = (ValueError, RuntimeError, IndexError, AssertionError, ZeroDivisionError)
PLAIN = """
Dropout Identity ReLU ReLU6 LeakyReLU PReLU ELU CELU SELU GELU SiLU Mish Softplus Softsign Sigmoid LogSigmoid Tanh
Hardtanh Hardswish Hardsigmoid
"""


@dataclass(frozen=True)
class Facts:
    """What PyTorch says of a layer on one sample."""

    output: Shape
    params: int
    buffers: int
    counters: int
    flops: int


class Call(nn.Module):  # type: ignore[misc]
    """A function of a tensor as a module."""

    def __init__(self, function: Callable[[torch.Tensor], torch.Tensor], *parts: nn.Module) -> None:
        super().__init__()
        self.function, self.parts = function, nn.ModuleList(parts)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.function(x)


def facts(kind: str, arguments: Mapping[str, Any], shape: Shape) -> Facts | None:
    """Return the facts of a layer; None for one that PyTorch refuses, when it is made or when it is used."""
    try:
        layer = module(kind, arguments, shape).eval()
        counter = FlopCounterMode(display=False)
        with torch.no_grad(), counter:
            output = layer(torch.zeros(BATCH, *shape))
    except REFUSALS:
        return None
    buffers = dict(layer.named_buffers())
    counters = {name for name in buffers if name.endswith("num_batches_tracked")}
    return Facts(
        output=tuple(output.shape[1:]),
        params=sum(p.numel() for p in layer.parameters()),
        buffers=sum(b.numel() for name, b in buffers.items() if name not in counters),
        counters=len(counters),
        flops=counter.get_total_flops() // BATCH,
    )


def seen(kind: str, arguments: Mapping[str, Any], shape: Shape, axis: int) -> list[set[int]]:
    """Return, for each output along an axis, the inputs along that axis on which it depends."""
    layer = module(kind, arguments, shape).eval()
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.fill_(1.0)
    return _by_nan(layer, shape, axis) if "Max" in kind else _by_gradient(layer, shape, axis)


def _by_gradient(layer: nn.Module, shape: Shape, axis: int) -> list[set[int]]:
    """An output depends on the inputs for which its derivative is not 0."""
    x = torch.rand(1, *shape, dtype=torch.float64, requires_grad=True)
    outputs = layer.double()(x).movedim(axis + 2, 0)
    found = []
    for output in outputs:
        (gradient,) = torch.autograd.grad(output.sum(), x, retain_graph=True)
        found.append(_positions(gradient.movedim(axis + 2, 0) != 0))
    return found


def _by_nan(layer: nn.Module, shape: Shape, axis: int) -> list[set[int]]:
    """A maximum depends on the inputs where a NaN makes it one."""
    columns = []
    for position in range(shape[axis + 1]):
        x = torch.zeros(1, *shape)
        x.movedim(axis + 2, 0)[position] = float("nan")
        columns.append(_positions(layer(x).movedim(axis + 2, 0).isnan()))
    size = layer(torch.zeros(1, *shape)).shape[axis + 2]
    return [{i for i, outputs in enumerate(columns) if y in outputs} for y in range(size)]


def _positions(marked: torch.Tensor) -> set[int]:
    return set(marked.flatten(1).any(1).nonzero().flatten().tolist())


def module(kind: str, arguments: Mapping[str, Any], shape: Shape) -> nn.Module:
    """Return PyTorch's module for a kind of the library."""
    layer: nn.Module = BUILD[kind](dict(arguments), shape[0], len(shape) - 1)
    return layer


def _windowed(name: str) -> Callable[[dict[str, Any], int, int], nn.Module]:
    return lambda arguments, _, axes: getattr(nn, f"{name}{axes}d")(**arguments)


def _on_channels(name: str) -> Callable[[dict[str, Any], int, int], nn.Module]:
    return lambda arguments, channels, axes: getattr(nn, f"{name}{axes}d")(channels, **arguments)


def _plain(name: str, **more: Any) -> Callable[[dict[str, Any], int, int], nn.Module]:
    return lambda arguments, _channels, _axes: getattr(nn, name)(**arguments, **more)


def _channels_last(inner: nn.Module) -> nn.Module:
    return Call(lambda x: inner(x.movedim(1, -1)).movedim(-1, 1), inner)


def _linear(arguments: dict[str, Any], channels: int, axes: int) -> nn.Module:
    per_position = arguments.pop("per_position", False)
    inner = nn.Linear(channels, **arguments)
    return _channels_last(inner) if per_position and axes else inner


def _depthwise(arguments: dict[str, Any], channels: int, axes: int) -> nn.Module:
    multiplier = arguments.pop("multiplier")
    conv: nn.Module = getattr(nn, f"Conv{axes}d")(channels, multiplier * channels, groups=channels, **arguments)
    return conv


def _separable(arguments: dict[str, Any], channels: int, axes: int) -> nn.Module:
    outputs, multiplier, bias = (arguments.pop(name) for name in ("out_channels", "multiplier", "bias"))
    first = _depthwise({**arguments, "multiplier": multiplier, "bias": False}, channels, axes)
    return nn.Sequential(first, getattr(nn, f"Conv{axes}d")(multiplier * channels, outputs, 1, bias=bias))


def _pad(name: str, sign: int) -> Callable[[dict[str, Any], int, int], nn.Module]:
    def build(arguments: dict[str, Any], _: int, axes: int) -> nn.Module:
        value = arguments[name]
        sides = [side if isinstance(side, tuple) else (side, side) for side in _spread(value, axes)]
        last_first = tuple(sign * side for pair in reversed(sides) for side in pair)  # as F.pad wants them
        padded: nn.Module = getattr(nn, f"ConstantPad{axes}d")(last_first, 0.0)
        return padded

    return build


def _spread(value: Any, axes: int) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,) * axes


def _upsample(arguments: dict[str, Any], _channels: int, _axes: int) -> nn.Module:
    return nn.Upsample(**_interpolating(arguments))


def _interpolate(arguments: dict[str, Any], _channels: int, _axes: int) -> nn.Module:
    return Call(lambda x: functional.interpolate(x, **_interpolating(arguments)))


def _interpolating(arguments: dict[str, Any]) -> dict[str, Any]:
    """Leave align_corners out where it is false: PyTorch refuses it for the modes that do not have it."""
    return {name: value for name, value in arguments.items() if name != "align_corners" or value}


def _split(arguments: dict[str, Any], _channels: int, _axes: int) -> nn.Module:
    start, kept = arguments.get("start", 0), arguments["out_channels"]
    return Call(lambda x: x.narrow(1, start, kept))


def _layer_norm(arguments: dict[str, Any], channels: int, axes: int) -> nn.Module:
    inner = nn.LayerNorm(channels, **arguments)
    return _channels_last(inner) if axes else inner


BUILD: dict[str, Callable[[dict[str, Any], int, int], nn.Module]] = {
    "Conv": _on_channels("Conv"),
    "ConvTranspose": _on_channels("ConvTranspose"),
    "DepthwiseConv": _depthwise,
    "SeparableConv": _separable,
    "Linear": _linear,
    "Flatten": _plain("Flatten"),
    "MaxPool": _windowed("MaxPool"),
    "AvgPool": _windowed("AvgPool"),
    "AdaptiveAvgPool": _windowed("AdaptiveAvgPool"),
    "AdaptiveMaxPool": _windowed("AdaptiveMaxPool"),
    "GlobalAvgPool": lambda _arguments, _channels, axes: getattr(nn, f"AdaptiveAvgPool{axes}d")(1),
    "GlobalMaxPool": lambda _arguments, _channels, axes: getattr(nn, f"AdaptiveMaxPool{axes}d")(1),
    "Upsample": _upsample,
    "Interpolate": _interpolate,
    "Pad": _pad("padding", 1),
    "Crop": _pad("cropping", -1),
    "ChannelShuffle": _plain("ChannelShuffle"),
    "ChannelSplit": _split,
    "BatchNorm": _on_channels("BatchNorm"),
    "InstanceNorm": _on_channels("InstanceNorm"),
    "LayerNorm": _layer_norm,
    "GroupNorm": lambda arguments, channels, _: nn.GroupNorm(num_channels=channels, **arguments),
    "LocalResponseNorm": _plain("LocalResponseNorm"),
    "Softmax": _plain("Softmax", dim=1),
    "LogSoftmax": _plain("LogSoftmax", dim=1),
    "GLU": _plain("GLU", dim=1),
} | {name: _plain(name) for name in PLAIN.split()}
