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
        return Call(lambda x: functional.pad(x, last_first, mode=arguments.get("mode", "constant")))

    return build


def _spread(value: Any, axes: int) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,) * axes


def _upsample(arguments: dict[str, Any], _channels: int, _axes: int) -> nn.Module:
    return nn.Upsample(**_interpolating(arguments))


def _interpolate(arguments: dict[str, Any], _channels: int, _axes: int) -> nn.Module:
    return Call(lambda x: functional.interpolate(x, **_interpolating(arguments)))


def _interpolating(arguments: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is false or 0, as PyTorch wants it: align_corners, and the one of scale_factor and size."""
    return {name: value for name, value in arguments.items() if any(_spread(value, 1))}


def _split(arguments: dict[str, Any], _channels: int, _axes: int) -> nn.Module:
    start, kept = arguments.get("start", 0), arguments["out_channels"]
    return Call(lambda x: x.narrow(1, start, kept))


def _of_channels(name: str) -> Callable[[dict[str, Any], int, int], nn.Module]:
    def build(arguments: dict[str, Any], channels: int, axes: int) -> nn.Module:
        inner = getattr(nn, name)(channels, **arguments)
        return _channels_last(inner) if axes else inner

    return build


def _deformed(arguments: dict[str, Any], channels: int, axes: int) -> nn.Module:
    """A deformable convolution, with its offsets from a convolution: what is sampled, times the weights."""
    groups, offset_groups, modulated = (arguments.pop(name) for name in ("groups", "offset_groups", "modulated"))
    window = {name: _spread(arguments[name], axes) for name in ("kernel_size", "stride", "padding", "dilation")}
    if axes != 2 or offset_groups < 1 or channels % offset_groups:
        raise ValueError("as torchvision refuses it")
    taps = window["kernel_size"][0] * window["kernel_size"][1]
    main = nn.Conv2d(channels, groups=groups, **arguments)
    offsets = nn.Conv2d(channels, (3 if modulated else 2) * offset_groups * taps, **window)

    def forward(x: torch.Tensor) -> torch.Tensor:
        moved = offsets(x)
        size, shift = moved.shape[2:], moved[:, : 2 * offset_groups * taps]
        shift = shift.unflatten(1, (offset_groups, taps, 2))
        base = torch.stack(_tap_positions(size, window), -1).movedim(-1, 1)[None, None]
        sampled = _sampled(x.unflatten(1, (offset_groups, -1)), base + shift)  # batch, groups, channels, taps, *size
        if modulated:
            sampled = sampled * moved[:, 2 * offset_groups * taps :].sigmoid().unflatten(1, (offset_groups, 1, taps))
        columns = sampled.flatten(1, 2).unflatten(1, (groups, -1)).flatten(2, 3).flatten(3)
        weighted = main.weight.flatten(1).unflatten(0, (groups, -1)) @ columns
        summed = weighted.flatten(1, 2).unflatten(2, size)
        return summed if main.bias is None else summed + main.bias[:, None, None]

    return Call(forward, main, offsets)


def _tap_positions(size: torch.Size, window: Mapping[str, Any]) -> list[torch.Tensor]:
    """Return the row and the column that each tap of each output meets: taps, *size."""
    found = []
    for axis in (0, 1):
        kernel, stride = window["kernel_size"], window["stride"][axis]
        at = torch.arange(size[axis])[None] * stride - window["padding"][axis]
        at = at + torch.arange(kernel[axis])[:, None] * window["dilation"][axis]
        grid = at[:, None, :, None] if axis == 0 else at[None, :, None, :]
        shape = (kernel[0], kernel[1], *size)
        found.append(grid.expand(shape).flatten(0, 1).float())
    return found


def _sampled(x: torch.Tensor, places: torch.Tensor) -> torch.Tensor:
    """Sample each group of channels between its positions; places: batch, groups, taps, row and column, *size."""
    batch, groups, _, height, width = x.shape
    rows, columns = places.unbind(3)
    scaled = torch.stack([(2 * columns + 1) / width - 1, (2 * rows + 1) / height - 1], -1)
    grid = scaled.flatten(0, 1).flatten(1, 2)  # taps and rows in one
    values = functional.grid_sample(x.flatten(0, 1), grid, align_corners=False)
    return values.unflatten(2, rows.shape[2:4]).unflatten(0, (batch, groups))


def _unfold(arguments: dict[str, Any], _channels: int, axes: int) -> nn.Module:
    """PyTorch's Unfold has two axes and one row of positions, which go back on their grid: the size of a pooling."""
    inner, window = nn.Unfold(**arguments), {name: _spread(value, axes) for name, value in arguments.items()}

    def forward(x: torch.Tensor) -> torch.Tensor:
        kernel = [d * (k - 1) + 1 for d, k in zip(window["dilation"], window["kernel_size"], strict=True)]
        ends = [n + 2 * p - k for n, p, k in zip(x.shape[2:], window["padding"], kernel, strict=True)]
        grid = [len(range(0, end + 1, s)) for end, s in zip(ends, window["stride"], strict=True)]
        return inner(x).unflatten(2, grid)

    return Call(forward)


def _attention(arguments: dict[str, Any], channels: int, _axes: int) -> nn.Module:
    inner = nn.MultiheadAttention(channels, batch_first=True, **arguments)
    torch.backends.mha.set_fastpath_enabled(False)  # of which PyTorch counts no operations

    def forward(x: torch.Tensor) -> torch.Tensor:
        rows = x.flatten(2).movedim(1, 2)
        return inner(rows, rows, rows)[0].movedim(1, 2).unflatten(2, x.shape[2:])

    return Call(forward, inner)


def _embedding(arguments: dict[str, Any], channels: int, axes: int) -> nn.Module:
    if channels != 1 or not axes:
        raise ValueError("no channels of indices")
    inner = nn.Embedding(**arguments)
    return Call(lambda x: inner(x[:, 0].long()).movedim(-1, 1), inner)


def _unpool(arguments: dict[str, Any], _channels: int, axes: int) -> nn.Module:
    """Put values where the largest were of a random tensor, of which a pooling makes the size of the input."""
    unpool = getattr(nn, f"MaxUnpool{axes}d")(**arguments)
    pool = getattr(nn, f"MaxPool{axes}d")(**arguments, return_indices=True)
    window = [_spread(arguments[name], axes) for name in ("kernel_size", "stride", "padding")]

    def forward(x: torch.Tensor) -> torch.Tensor:
        whole = [(n - 1) * s - 2 * p + k for n, k, s, p in zip(x.shape[2:], *window, strict=True)]
        return unpool(x, pool(torch.rand(*x.shape[:2], *whole, generator=torch.Generator().manual_seed(0)))[1])

    return Call(forward)


def _loss(name: str, target: Callable[[torch.Tensor], torch.Tensor] = torch.zeros_like) -> Any:
    """A loss of each sample alone, with zeros as targets."""

    def build(arguments: dict[str, Any], _channels: int, _axes: int) -> nn.Module:
        loss = getattr(nn, name)(**arguments)
        return Call(lambda x: torch.stack([loss(one, target(one)) for one in x.split(1)])[:, None])

    return build


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
    "LayerNorm": _of_channels("LayerNorm"),
    "RMSNorm": _of_channels("RMSNorm"),
    "DeformConv": _deformed,
    "Unfold": _unfold,
    "PixelShuffle": _plain("PixelShuffle"),
    "PixelUnshuffle": _plain("PixelUnshuffle"),
    "MultiheadAttention": _attention,
    "Embedding": _embedding,
    "MaxUnpool": _unpool,
    "CrossEntropy": _loss("CrossEntropyLoss", lambda x: x.argmax(1)),
    "BCE": _loss("BCELoss"),
    "BCEWithLogits": _loss("BCEWithLogitsLoss"),
    "L1": _loss("L1Loss"),
    "MSE": _loss("MSELoss"),
    "SmoothL1": _loss("SmoothL1Loss"),
    "GroupNorm": lambda arguments, channels, _: nn.GroupNorm(num_channels=channels, **arguments),
    "LocalResponseNorm": _plain("LocalResponseNorm"),
    "Softmax": _plain("Softmax", dim=1),
    "LogSoftmax": _plain("LogSoftmax", dim=1),
    "GLU": _plain("GLU", dim=1),
} | {name: _plain(name) for name in PLAIN.split()}
