"""Layers by the paths that people write: whole ones, names, blocks, and one repetition of several equal ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, TypeAlias

from symcnn.analysis.derivation import Derivation, Leaf
from symcnn.analysis.result import Analysis, Layer

_STEP = re.compile(r"(?P<name>.*?)(\[(?P<first>-?\d{1,9})(?P<on>\.\.(?P<last>-?\d{1,9})?)?\])?")
_BETWEEN = re.compile(r"(?<!\.)\.(?!\.)")  # not in [1..2]

_Steps: TypeAlias = tuple[tuple[str, Any], ...]  # the names on the way to a layer, each with its repetitions


def layers_at(analysis: Analysis, path: str) -> tuple[Layer, ...]:
    """Return the layer with exactly this path, else those with this name, else those that the path leads to.

    A path may end at a block, and a label of a block inside others is found by itself. The layers of `repeat1[2]` are
    found where `repeat1[1..2]`, or `repeat1` for all, stands for equal repetitions, and `repeat1` finds those of every
    repetition. Nothing found is an empty tuple.
    """
    for chosen in ([x for x in analysis.layers if x.path == path], [x for x in analysis.layers if x.name == path]):
        if chosen:
            return tuple(chosen)
    wanted = _BETWEEN.split(path)
    assert analysis.derivation is not None
    ways = _ways(analysis.derivation)
    led = tuple(zip(analysis.layers, ways, strict=True))
    found = tuple(layer for layer, way in led if _leads(wanted, way))
    if found or len(wanted) > 1:
        return found
    return tuple(layer for layer, way in led if any(_is_part(path, *step) for step in way))


def _ways(derivation: Derivation, before: _Steps = ()) -> Iterator[_Steps]:
    """Yield the way to each layer, in their order."""
    for item in derivation.items:
        if isinstance(item, Leaf):
            yield (*before, (item.name, 1))
        else:
            *outer, inner = _BETWEEN.split(item.name)  # add1.path1
            yield from _ways(item.body, (*before, *((name, 1) for name in outer), (inner, item.times)))


def _leads(wanted: list[str], way: _Steps) -> bool:
    return len(wanted) <= len(way) and all(_is_part(step, *found) for step, found in zip(wanted, way, strict=False))


def _is_part(step: str, name: str, times: Any) -> bool:
    """Whether the repetitions that a step of a path speaks of are among those that a name stands for.

    A symbolic number of them stands for all numbers: `repeat1[1..]` from 1 on. `repeat1[-1]` is the last of them.
    """
    asked, stands = _STEP.fullmatch(step), _STEP.fullmatch(name)
    if asked is None or stands is None or asked["name"] != stands["name"]:
        return False
    if asked["first"] is None or step == name:
        return True
    if step.startswith(f"{asked['name']}[-") or name.startswith(f"{asked['name']}[-"):
        return False
    first = int(stands["first"] or 0)
    start, end = int(asked["first"]), int(asked["last"] or asked["first"])
    if not isinstance(times, int):
        return first <= start <= end
    last = int(stands["last"] or first) if stands["first"] else times - 1
    return first <= start <= end <= last
