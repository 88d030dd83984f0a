"""The tensor between two layers, without its batch."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from symcnn.algebra.symbols import Value

_AXIS_NAMES = {0: (), 1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}
TENSOR_NAMES = ("channels", "length", "depth", "height", "width")  # inside a statement, of the current tensor


class Tensor:
    """Channels first, then one size per spatial axis. All that is known is known of tensors, so the hash is kept."""

    __slots__ = ("_alike", "_hash", "channels", "sizes")

    def __init__(self, channels: Value, sizes: tuple[Value, ...]) -> None:
        self.channels, self.sizes = channels, sizes
        self._hash = hash((channels, sizes))
        self._alike: tuple[int, ...] | None = None

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Tensor):
            return NotImplemented
        return self._hash == other._hash and self.channels == other.channels and self.sizes == other.sizes

    def __hash__(self) -> int:
        return self._hash

    def __repr__(self) -> str:
        return f"Tensor({self.channels!r}, {self.sizes!r})"

    @property
    def alike(self) -> tuple[int, ...]:
        """For each axis the first one of the same size."""
        if self._alike is None:
            self._alike = first_alike(self.sizes)
        return self._alike

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


def first_alike(keys: Iterable[Any]) -> tuple[int, ...]:
    """Return for each axis the first one with an equal key: what holds for it holds again."""
    places: dict[Any, int] = {}
    return tuple([places.setdefault(key, place) for place, key in enumerate(keys)])


def axis_names(axes: int) -> tuple[str, ...]:
    """Return the names of the spatial axes of a tensor."""
    return _AXIS_NAMES[axes]
