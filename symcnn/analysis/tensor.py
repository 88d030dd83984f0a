"""The tensor between two layers, without its batch."""

from __future__ import annotations

from dataclasses import dataclass

from symcnn.algebra.symbols import Value

_AXIS_NAMES = {0: (), 1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}
TENSOR_NAMES = ("channels", "length", "depth", "height", "width")  # inside a statement, of the current tensor


@dataclass(frozen=True, slots=True)
class Tensor:
    """Channels first, then one size per spatial axis."""

    channels: Value
    sizes: tuple[Value, ...]

    @property
    def shape(self) -> tuple[Value, ...]:
        """Channels and sizes in one tuple."""
        return (self.channels, *self.sizes)

    def named(self) -> dict[str, Value]:
        """Return the sizes by name: channels, and length or (depth,) height and width."""
        return {"channels": self.channels} | dict(zip(axis_names(len(self.sizes)), self.sizes, strict=True))

    def __str__(self) -> str:
        from symcnn.formula.express import express_shape
        from symcnn.formula.notation import text

        return text(express_shape(self.shape))


def axis_names(axes: int) -> tuple[str, ...]:
    """Return the names of the spatial axes of a tensor."""
    return _AXIS_NAMES[axes]
