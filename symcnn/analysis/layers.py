"""The rows of the table as a sequence that is made when one of them is asked for: totals do without them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias, overload

from symcnn.algebra.symbols import Value

if TYPE_CHECKING:
    from symcnn.analysis.result import Layer

Parts: TypeAlias = list[tuple[int, Mapping[str, Value]]]  # what layers count for one sample, and how often they do


class Layers(Sequence["Layer"]):
    """Layers in order; `make` makes them, and `parts` says what all of them count. They equal a tuple of the same."""

    def __init__(self, make: Callable[[], Iterable[Layer]], parts: Callable[[], Parts] | None = None) -> None:
        self._make, self._parts = make, parts

    @cached_property
    def _rows(self) -> tuple[Layer, ...]:
        return tuple(self._make())

    def parts(self) -> Parts:
        """Return what different layers count for one sample, each with the number of its repetitions."""
        if self._parts is not None:
            return self._parts()
        return together((layer.times, layer.counted.of_one) for layer in self)

    @overload
    def __getitem__(self, place: int) -> Layer: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Layer, ...]: ...

    def __getitem__(self, place: int | slice) -> Layer | tuple[Layer, ...]:
        return self._rows[place]

    def __iter__(self) -> Iterator[Layer]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def __eq__(self, other: Any) -> bool:
        return self._rows == tuple(other) if isinstance(other, (Layers, tuple)) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._rows)

    def __repr__(self) -> str:
        return repr(self._rows)


def together(counted: Iterable[tuple[int, Mapping[str, Value]]]) -> Parts:
    """Return the same with every different mapping once: equal layers share theirs."""
    found: dict[int, tuple[int, Mapping[str, Value]]] = {}
    for times, of_one in counted:
        before = found.get(id(of_one))
        found[id(of_one)] = (times if before is None else before[0] + times, of_one)
    return list(found.values())
