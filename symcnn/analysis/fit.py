"""What a kind and its arguments settle whatever the tensor is: what the parameters are worth, conditions, windows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from symcnn.algebra.conditions import Condition, Either
from symcnn.algebra.symbols import Value
from symcnn.analysis.window import Window


@dataclass(slots=True)
class Fit:
    """A kind with arguments that fit each other, for tensors of so many axes."""

    values: Mapping[str, Any]  # of the parameters, by symbol
    conditions: tuple[Condition | Either, ...]
    alike: tuple[int, ...]  # for each axis the first one with the same arguments
    same: tuple[str, ...]  # the symbols of the arguments that are the word "same"
    windows: tuple[Mapping[str, Any], tuple[Window, ...]] | None = (
        None  # by rule, and put together; once they are known
    )


@dataclass(frozen=True, slots=True)
class Known:
    """What the layers of one analysis have found, for later ones: fits, and what rules came to on single axes.

    `held` has the requirements, by their identity, with the arguments for which they hold.
    """

    fits: dict[Any, Fit] = field(default_factory=dict)
    on_axes: dict[Any, Value] = field(default_factory=dict)
    held: set[tuple[Any, ...]] = field(default_factory=set)


def first_alike(keys: Iterable[Any]) -> tuple[int, ...]:
    """Return for each axis the first one with an equal key: what holds for it holds again."""
    places: dict[Any, int] = {}
    return tuple(places.setdefault(key, place) for place, key in enumerate(keys))


def by_arguments(values: Iterable[Any], axes: int) -> tuple[int, ...]:
    """Return for each axis the first one with the same arguments, which have one value per axis or are a word."""
    columns = [value for value in values if not isinstance(value, str)]
    return first_alike([tuple(column[axis] for column in columns) for axis in range(axes)])
