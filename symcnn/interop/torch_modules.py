"""Which module of PyTorch a layer kind is: one table, and the few that PyTorch makes of two modules."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any, TypeAlias

import torch
from torch import nn
from torch.nn import functional

from symcnn.analysis.arguments import SAME
from symcnn.interop.arguments import sides

Arguments: TypeAlias = dict[str, Any]  # by PyTorch's names
Build: TypeAlias = Callable[[Arguments, int, int], nn.Module]  # from arguments, input channels, spatial axes
_LOWEST = float("-inf")  # what a maximum never chooses


class NoModuleError(Exception):
    """PyTorch has no module for a layer; the text says why."""


class Function(nn.Module):  # type: ignore[misc]
    """A function of one or more tensors as a module; `shown` is how PyTorch calls it."""

    def __init__(self, shown: str, function: Callable[..., torch.Tensor], *parts: nn.Module) -> None:
        super().__init__()
        self.shown, self.function, self.parts = shown, function, nn.ModuleList(parts)

    def forward(self, *tensors: torch.Tensor) -> torch.Tensor:
        """Return the function's value."""
        return self.function(*tensors)

    def extra_repr(self) -> str:
        """Return what stands in the brackets."""
        return self.shown


class SamePadding(nn.Module):  # type: ignore[misc]
    """The padding "same" of TensorFlow: as many outputs as strides fit in the input, the odd one after.

    Source: TensorFlow, tf.nn, "Notes on padding".
    """

    def __init__(
        self, kernel: tuple[int, ...], stride: tuple[int, ...], dilation: tuple[int, ...], value: float
    ) -> None:
        super().__init__()
        self.windows, self.value = tuple(zip(kernel, stride, dilation, strict=True)), value

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the padded tensor."""
        amounts: list[int] = []
        for size, (kernel, stride, dilation) in zip(x.shape[2:], self.windows, strict=True):
            span, rest = dilation * (kernel - 1) + 1, size % stride
            total = max(span - (rest or stride), 0)
            amounts = [total // 2, total - total // 2, *amounts]  # the last axis first, as `pad` wants it
        return functional.pad(x, amounts, value=self.value)


def module_for(kind: str, arguments: Arguments, channels: int, axes: int) -> nn.Module:
    """Return PyTorch's module for a kind on a tensor with so many channels and axes.

    Raises `NoModuleError` for a kind or an argument that PyTorch does not have, and whatever PyTorch raises for values
    that it refuses.
    """
    if kind not in MODULES:
        raise NoModuleError(WITHOUT.get(kind, "PyTorch has no module of this kind"))
    try:
        return MODULES[kind](dict(arguments), channels, axes)
    except TypeError as error:
        raise NoModuleError(f"its arguments are not those of PyTorch: {first_line(error)}") from None


def shown(module: nn.Module) -> str:
    """Return how PyTorch calls a module; of a padding and what comes after it the latter."""
    if isinstance(module, nn.Sequential):
        return max((shown(part) for part in module), key=lambda name: "Pad" not in name)
    return module.shown if isinstance(module, Function) else type(module).__name__


def first_line(error: BaseException) -> str:
    """Return the first line of what an error says."""
    return next(iter(str(error).splitlines()), "") or type(error).__name__


def _padding(amounts: Any, axes: int, value: float = 0.0, sign: int = 1) -> nn.Module:
    return getattr(nn, f"ConstantPad{axes}d")(_last_first(amounts, axes, sign), value)


def _last_first(amounts: Any, axes: int, sign: int = 1) -> tuple[int, ...]:
    """Return paddings as PyTorch wants them: both sides of the last axis, then those of the one before it."""
    return tuple(sign * side for pair in reversed(sides(amounts, axes)) for side in pair)


def _windowed(name: str, inputs: bool, outside: float = 0.0) -> Build:
    """Return the builder of a module with a window; those with `inputs` take the input channels first."""

    def build(arguments: Arguments, channels: int, axes: int) -> nn.Module:
        before, padding = [], arguments.pop("padding", 0)
        if padding == SAME:
            before = [_same(arguments, axes, outside)]
            arguments.pop("ceil_mode", None)  # every window ends inside
        elif all(pair.before == pair.after for pair in sides(padding, axes)):
            arguments["padding"] = tuple(pair.before for pair in sides(padding, axes))
        else:
            if arguments.get("ceil_mode"):
                raise NoModuleError(f"{name}{axes}d has no ceil_mode with unequal paddings")
            before = [_padding(padding, axes, outside)]
        made = getattr(nn, f"{name}{axes}d")(*([channels] if inputs else []), **arguments)
        return nn.Sequential(*before, made) if before else made

    return build


def _same(arguments: Arguments, axes: int, value: float) -> SamePadding:
    given = (arguments.get(name, 1) for name in ("kernel_size", "stride", "dilation"))
    kernel, stride, dilation = (part if isinstance(part, tuple) else (part,) * axes for part in given)
    return SamePadding(kernel, stride, dilation, value)


def _average(arguments: Arguments, channels: int, axes: int) -> nn.Module:
    if set(sides(arguments.pop("dilation", 1), axes)) != {(1, 1)}:
        raise NoModuleError(f"AvgPool{axes}d has no dilation")
    padding = arguments["padding"]
    unequal = padding == SAME or any(pair.before != pair.after for pair in sides(padding, axes))
    if unequal and not arguments.get("count_include_pad", True):
        raise NoModuleError(f"AvgPool{axes}d cannot leave out unequal paddings")
    return _windowed("AvgPool", inputs=False)(arguments, channels, axes)


def _transposed(arguments: Arguments, channels: int, axes: int) -> nn.Module:
    """Return a transposed convolution; unequal paddings are cut off afterwards."""
    padding = sides(arguments.pop("padding", 0), axes)
    equal = all(pair.before == pair.after for pair in padding)
    arguments["padding"] = tuple(pair.before for pair in padding) if equal else 0
    made = getattr(nn, f"ConvTranspose{axes}d")(channels, **arguments)
    return made if equal else nn.Sequential(made, _padding(padding, axes, sign=-1))


def _linear(arguments: Arguments, channels: int, axes: int) -> nn.Module:
    per_position = arguments.pop("per_position", False)
    made = nn.Linear(channels, **arguments)
    return _channels_last(made) if per_position and axes else made


def _channels_last(inner: nn.Module) -> nn.Module:
    return Function(shown(inner), lambda x: inner(x.movedim(1, -1)).movedim(-1, 1), inner)


def _of_channels(name: str) -> Build:
    """Return the builder of a normalisation over the last axis, which here is the channels."""

    def build(arguments: Arguments, channels: int, axes: int) -> nn.Module:
        made = getattr(nn, name)(channels, **arguments)
        return _channels_last(made) if axes else made

    return build


def _upsample(arguments: Arguments, _channels: int, axes: int) -> nn.Module:
    if not arguments.get("align_corners", True):
        del arguments["align_corners"]  # modes that do not have it refuse it, true or false
    for name in ("scale_factor", "size"):
        if arguments.get(name) in (0, (0,) * axes):
            del arguments[name]  # 0 is the one that is not given
    return nn.Upsample(**arguments)


def _pad(arguments: Arguments, _channels: int, axes: int) -> nn.Module:
    name = _PADDINGS[arguments.get("mode", "constant")]
    return _padding(arguments["padding"], axes) if name == "ConstantPad" else _padding_of(name, arguments, axes)


def _padding_of(name: str, arguments: Arguments, axes: int) -> nn.Module:
    return getattr(nn, f"{name}{axes}d")(_last_first(arguments["padding"], axes))


def _unfold(arguments: Arguments, _channels: int, axes: int) -> nn.Module:
    """Return im2col with its positions put back on their grid; PyTorch's has them in one row."""
    if axes != 2:
        raise NoModuleError("Unfold takes two axes")
    amounts = arguments.pop("padding", 0)
    made, window = nn.Unfold(**arguments), _same(arguments, axes, 0.0).windows

    def on_grid(x: torch.Tensor) -> torch.Tensor:
        x = functional.pad(x, _last_first(amounts, axes))
        spans = [(n - d * (k - 1), s) for n, (k, s, d) in zip(x.shape[2:], window, strict=True)]
        return made(x).unflatten(2, [len(range(0, span, stride)) for span, stride in spans])

    return Function("Unfold", on_grid, made)


def _attention(arguments: Arguments, channels: int, _axes: int) -> nn.Module:
    """Return self-attention over all positions, which PyTorch wants in one row before the channels."""
    made = nn.MultiheadAttention(channels, batch_first=True, **arguments)

    def attend(x: torch.Tensor) -> torch.Tensor:
        rows = x.flatten(2).movedim(1, 2)
        return made(rows, rows, rows)[0].movedim(1, 2).unflatten(2, x.shape[2:])

    return Function("MultiheadAttention", attend, made)


def _embedding(arguments: Arguments, _channels: int, _axes: int) -> nn.Module:
    made = nn.Embedding(**arguments)
    return Function("Embedding", lambda x: made(x[:, 0].long()).movedim(-1, 1), made)


def _group_norm(arguments: Arguments, channels: int, _axes: int) -> nn.Module:
    return nn.GroupNorm(arguments.pop("num_groups"), channels, **arguments)


def _split(arguments: Arguments, _channels: int, _axes: int) -> nn.Module:
    start, length = arguments.get("start", 0), arguments["out_channels"]
    return Function("narrow", lambda x: x.narrow(1, start, length))


def _joined(name: str, operation: Callable[[torch.Tensor, torch.Tensor], torch.Tensor]) -> Build:
    return lambda _arguments, _channels, _axes: Function(name, lambda *tensors: reduce(operation, tensors))


def _on_axes(name: str) -> Build:
    return lambda arguments, _channels, axes: getattr(nn, f"{name}{axes}d")(**arguments)


def _on_channels(name: str) -> Build:
    return lambda arguments, channels, axes: getattr(nn, f"{name}{max(axes, 1)}d")(channels, **arguments)


def _global(name: str) -> Build:
    """Return the builder of an adaptive pooling to one position; without axes there is nothing to pool."""
    return lambda _arguments, _channels, axes: getattr(nn, f"{name}{axes}d")(1) if axes else nn.Identity()


def _plain(name: str, **fixed: Any) -> Build:
    return lambda arguments, _channels, _axes: getattr(nn, name)(**arguments, **fixed)


_PLAIN = """
Identity Flatten Dropout ReLU ReLU6 LeakyReLU PReLU ELU CELU SELU GELU SiLU Mish Softplus Softsign Sigmoid LogSigmoid
Tanh Hardtanh Hardswish Hardsigmoid ChannelShuffle LocalResponseNorm PixelShuffle PixelUnshuffle
"""
_PADDINGS = {
    "constant": "ConstantPad", "reflect": "ReflectionPad", "replicate": "ReplicationPad", "circular": "CircularPad",
}  # fmt: skip

MODULES: dict[str, Build] = {
    "Conv": _windowed("Conv", inputs=True),
    "ConvTranspose": _transposed,
    "Linear": _linear,
    "MaxPool": _windowed("MaxPool", inputs=False, outside=_LOWEST),
    "AvgPool": _average,
    "AdaptiveAvgPool": _on_axes("AdaptiveAvgPool"),
    "AdaptiveMaxPool": _on_axes("AdaptiveMaxPool"),
    "GlobalAvgPool": _global("AdaptiveAvgPool"),
    "GlobalMaxPool": _global("AdaptiveMaxPool"),
    "BatchNorm": _on_channels("BatchNorm"),
    "InstanceNorm": _on_channels("InstanceNorm"),
    "GroupNorm": _group_norm,
    "LayerNorm": _of_channels("LayerNorm"),
    "RMSNorm": _of_channels("RMSNorm"),
    "Unfold": _unfold,
    "MultiheadAttention": _attention,
    "Embedding": _embedding,
    "Upsample": _upsample,
    "Pad": _pad,
    "Crop": lambda arguments, _channels, axes: _padding(arguments["cropping"], axes, sign=-1),
    "ChannelSplit": _split,
    "Softmax": _plain("Softmax", dim=1),
    "LogSoftmax": _plain("LogSoftmax", dim=1),
    "GLU": _plain("GLU", dim=1),
    "Add": _joined("add", torch.add),
    "Multiply": _joined("mul", torch.mul),
    "Concat": lambda _arguments, _channels, _axes: Function("cat", lambda *tensors: torch.cat(tensors, dim=1)),
} | {name: _plain(name) for name in _PLAIN.split()}

# Kinds of the library that PyTorch has no module for.
_LOSSES = ("CrossEntropy", "BCE", "BCEWithLogits", "L1", "MSE", "SmoothL1")
WITHOUT = {
    "DeformConv": "torchvision has it, PyTorch has not",
    "MaxUnpool": "PyTorch's wants the indices of a pooling",
    "LocallyConnected": "PyTorch has no layer that shares nothing",
    "Scale": "PyTorch has no module of one factor per channel",
} | dict.fromkeys(_LOSSES, "a loss wants targets")
