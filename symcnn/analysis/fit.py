"""What a kind and its arguments settle: what the parameters are worth, conditions, and what is done to the axes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from symcnn.algebra.conditions import Condition, Either
from symcnn.algebra.symbols import Value
from symcnn.analysis.tensor import first_alike
from symcnn.analysis.window import Window

Sizes: TypeAlias = tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """What becomes of the axes of a tensor: what the rules for them come to, how many are left, what must hold."""

    values: Mapping[str, Any]
    windows: tuple[Window, ...]
    axes: Value
    claims: tuple[Condition | Either, ...]


@dataclass(slots=True)
class Geometry:
    """What a kind with some arguments does to axes, whatever the channels are; all is found when it is needed."""

    windows: tuple[Mapping[str, Any], tuple[Window, ...]] | None = None  # by rule, and put together
    keeps_sizes: bool | None = None  # all of them, whatever they are
    holds: bool = False  # all that is required of these arguments, without conditions
    passages: dict[Sizes, Passage] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fit:
    """A kind with arguments that fit each other, for tensors of so many axes."""

    values: Mapping[str, Any]  # of the parameters, by symbol
    conditions: tuple[Condition | Either, ...]
    alike: tuple[int, ...]  # for each axis the first one with the same arguments
    same: tuple[str, ...]  # the symbols of the arguments that are the word "same"
    plain: bool  # whether they are numbers and words
    geometry: Geometry


@dataclass(frozen=True, slots=True)
class Known:
    """What the layers of one analysis have found, for later ones: fits, and what rules came to on single axes.

    `geometries` are those of kinds with the arguments that their rules for axes speak of. `held` has the requirements,
    by their identity, with the arguments for which they hold.
    """

    fits: dict[Any, Fit] = field(default_factory=dict)
    geometries: dict[Any, Geometry] = field(default_factory=dict)
    on_axes: dict[Any, Value] = field(default_factory=dict)
    held: set[tuple[Any, ...]] = field(default_factory=set)


def by_arguments(values: Iterable[Any], axes: int) -> tuple[int, ...]:
    """Return for each axis the first one with the same arguments, which have one value per axis or are a word."""
    columns = [value for value in values if not isinstance(value, str)]
    return first_alike(zip(*columns, strict=True) if columns else [()] * axes)
