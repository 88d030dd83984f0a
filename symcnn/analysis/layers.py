"""The rows of the table as a sequence that is made when one of them is asked for: totals do without them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, overload

from symcnn.algebra.symbols import Value

if TYPE_CHECKING:
    from symcnn.analysis.derivation import Derivation
    from symcnn.analysis.result import Layer

Counted: TypeAlias = Mapping[str, Value]  # what a layer counts for one sample


class Parts(NamedTuple):
    """What different layers count: `equal` in so many repetitions, `looped` with an index, and how that is summed."""

    equal: list[tuple[int, Counted]]
    looped: list[tuple[Callable[[Value], Value], Counted]]


class Origin(NamedTuple):
    """The layers of symbols that those of numbers come from, one of each; what makes of one its numbers, or its names'.

    `repetitions` are the values of the names in each of those of a symbolic number, and how often, where these are told
    apart; `evaluate` makes numbers of symbols, and `derivation` the whole network's, if it is the one of symbols.
    """

    layers: Sequence[Layer]
    numbers: Callable[[Layer], Layer]
    values: Callable[[Layer], Mapping[str, Any]]
    repetitions: Callable[[Layer], list[tuple[Mapping[str, Any], int]]] | None
    evaluate: Callable[[Value], Any]
    derivation: Callable[[], Derivation | None] | None


class Layers(Sequence["Layer"]):
    """Layers in order; `make` makes them, and `parts` says what all of them count. They equal a tuple of the same."""

    def __init__(
        self,
        make: Callable[[], Iterable[Layer]],
        parts: Callable[[], Parts] | None = None,
        origin: Origin | None = None,
    ) -> None:
        self._make, self._parts, self.origin = make, parts, origin

    @cached_property
    def _rows(self) -> tuple[Layer, ...]:
        return tuple(self._make())

    def parts(self) -> Parts:
        """Return what different layers count for one sample."""
        if self._parts is not None:
            return self._parts()
        equal = gathered((layer.times, layer.counted.of_one) for layer in self if not layer.loops)
        return Parts(equal, [(layer.together, layer.counted.of_one) for layer in self if layer.loops])

    @overload
    def __getitem__(self, place: int) -> Layer: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Layer, ...]: ...

    def __getitem__(self, place: int | slice) -> Layer | tuple[Layer, ...]:
        return self._rows[place]

    def __iter__(self) -> Iterator[Layer]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows if self.origin is None else self.origin.layers)

    def __eq__(self, other: Any) -> bool:
        return self._rows == tuple(other) if isinstance(other, (Layers, tuple)) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._rows)

    def __repr__(self) -> str:
        return repr(self._rows)


def last_with_positions(layers: Iterable[Layer], output: Sequence[Value]) -> Layer | None:
    """Return the last layer whose output has several positions, where that of the whole has none; else None."""
    if any(size != 1 for size in output[1:]):
        return None
    spatial = [layer for layer in layers if any(size != 1 for size in layer.output[1:])]
    return spatial[-1] if spatial else None


def gathered(counted: Iterable[tuple[int, Counted]]) -> list[tuple[int, Counted]]:
    """Return the same with every different mapping once: equal layers share theirs."""
    found: dict[int, tuple[int, Counted]] = {}
    for times, of_one in counted:
        before = found.get(id(of_one))
        found[id(of_one)] = (times if before is None else before[0] + times, of_one)
    return list(found.values())
