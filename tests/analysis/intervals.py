"""Back from one output to what it sees of the input, tensor by tensor, by intervals of positions.

This is r ← (r − 1)·s + e followed through a graph, where a tensor with several consumers is seen by all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from symcnn.analysis.window import IDENTITY, Window
from symcnn.errors import NotSupportedError

Positions: TypeAlias = tuple[int, int]  # the first and the last


@dataclass(frozen=True, slots=True)
class Node:
    """A tensor: a layer's window over the join of its sources, the places of earlier nodes; the input has none."""

    sources: tuple[int, ...] = ()
    window: Window = IDENTITY


def seen_from(nodes: Sequence[Node], output: int, place: int = -1) -> list[Positions | None]:
    """Return from where to where one output of the node at `place` sees each tensor; None of what it does not see.

    The windows are numbers. Raises `NotSupportedError` where intervals do not suffice: gaps between positions meet a
    layer some of whose outputs see nothing, or see in another order.
    """
    seen: list[_Seen | None] = [None] * len(nodes)
    place %= len(nodes)
    seen[place] = _Seen(output, output, True)
    for at in range(place, -1, -1):
        node, here = nodes[at], seen[at]
        if here is None or not node.sources:
            continue
        through = _back(node.window, here)
        for source in node.sources if through else ():
            seen[source] = _both(seen[source], through)
    return [(here.first, here.last) if here else None for here in seen]


@dataclass(frozen=True, slots=True)
class _Seen:
    first: int
    last: int
    gapless: bool


def _both(one: _Seen | None, other: _Seen | None) -> _Seen | None:
    if one is None or other is None:
        return one or other
    touching = one.first <= other.last + 1 and other.first <= one.last + 1
    gapless = one.gapless and other.gapless and touching
    return _Seen(min(one.first, other.first), max(one.last, other.last), gapless)


def _back(window: Window, seen: _Seen) -> _Seen | None:
    """Go back through one layer: positions of its output on the fine grid, then those of them that are inputs."""
    factor, spacing = int(window.upsampling), int(window.spacing)
    stride = int(window.jump * factor)
    if not window.known:
        raise NotSupportedError("what an output of this layer sees")
    if factor == 1 or (spacing == 1 and window.reach + 1 >= factor):  # ordered: the ends decide
        low, high = seen.first * stride + window.start, seen.last * stride + window.start + window.reach
        touching = seen.first == seen.last or (seen.gapless and stride <= window.reach + 1)
        gapless = touching and (spacing == 1 or window.reach == 0)
        return _Seen(-(-low // factor), high // factor, gapless)
    if not seen.gapless:
        raise NotSupportedError("gaps between the positions that meet a layer some of whose outputs see nothing")
    ends = [range(seen.first, seen.last + 1)[part] for part in (slice(factor), slice(-factor, None))]
    taps = [
        tap // factor
        for output in {*ends[0], *ends[1]}
        for tap in range(output * stride + window.start, output * stride + window.start + window.reach + 1, spacing)
        if tap % factor == 0
    ]
    return _Seen(min(taps), max(taps), len(set(taps)) > max(taps) - min(taps)) if taps else None
