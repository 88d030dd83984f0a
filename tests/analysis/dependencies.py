"""Which inputs an output depends on, input by input: layers on one axis as loops over positions, and graphs of them.

A position is a set of inputs, as the bits of a number, or `BORDER` where a padding, or an input that is not there,
takes part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import lcm
from typing import Any, Literal

from hypothesis import assume
from hypothesis import strategies as st

from symcnn.analysis.window import Window

BORDER = None
Inputs = int | None
Axis = list[Inputs]


def union(sets: Iterable[Inputs]) -> Inputs:
    together = 0
    for inputs in sets:
        if inputs is None:
            return BORDER
        together |= inputs
    return together


def at(axis: Axis, position: int) -> Inputs:
    return axis[position] if 0 <= position < len(axis) else BORDER


@dataclass(frozen=True)
class Conv:
    k: int
    s: int = 1
    p: int = 0
    d: int = 1

    def window(self) -> Window:
        return Window(self.d * (self.k - 1), self.s, -self.p, spacing=self.d)

    def run(self, axis: Axis) -> Axis:
        count = (len(axis) + 2 * self.p - self.d * (self.k - 1) - 1) // self.s + 1
        return [union([at(axis, y * self.s - self.p + self.d * tap) for tap in range(self.k)]) for y in range(count)]


@dataclass(frozen=True)
class Transposed:
    k: int
    s: int
    p: int = 0
    d: int = 1

    def window(self) -> Window:
        reach = self.d * (self.k - 1)
        return Window(reach, Fraction(1, self.s) if self.s > 1 else 1, self.p - reach, self.s, self.d)

    def run(self, axis: Axis) -> Axis:
        outputs: list[list[Inputs]] = [
            [] for _ in range((len(axis) - 1) * self.s - 2 * self.p + self.d * (self.k - 1) + 1)
        ]
        far = self.d * self.k + self.p + self.s  # inputs that are not there would be added too
        for i, tap in product(range(-far, len(axis) + far), range(self.k)):
            place = i * self.s - self.p + self.d * tap
            if 0 <= place < len(outputs):
                outputs[place].append(at(axis, i))
        return list(map(union, outputs))


@dataclass(frozen=True)
class Upsample:
    s: int
    mode: Literal["nearest", "bilinear"] = "nearest"

    def window(self) -> Window:
        s = self.s
        if self.mode == "nearest":
            return Window(s - 1, Fraction(1, s), 1 - s, s)
        start, reach = (1 - 3 * s // 2, 2 * s - 1) if s % 2 == 0 else ((3 - 3 * s) // 2, 2 * s - 2)
        return Window(reach, Fraction(1, s), start, s)

    def run(self, axis: Axis) -> Axis:
        if self.mode == "nearest":
            return [x for x in axis for _ in range(self.s)]
        outputs = []
        for y in range(len(axis) * self.s):
            place = (y + Fraction(1, 2)) / self.s - Fraction(1, 2)
            low = place.numerator // place.denominator
            outputs.append(at(axis, low) if place == low else union([at(axis, low), at(axis, low + 1)]))
        return outputs


@dataclass(frozen=True)
class Crop:
    before: int

    def window(self) -> Window:
        return Window(start=self.before)

    def run(self, axis: Axis) -> Axis:
        return axis[self.before :]


Layer = Conv | Transposed | Upsample | Crop


@dataclass(frozen=True)
class Join:
    """Branches from one tensor, each a list of layers and joins; their outputs at equal positions meet."""

    branches: tuple[tuple[Layer | Join, ...], ...]

    def run(self, axis: Axis) -> Axis:
        ends = [run(branch, axis) for branch in self.branches]
        return [union(meeting) for meeting in zip(*ends, strict=False)]


Part = Layer | Join


def run(parts: Sequence[Part], axis: Axis) -> Axis:
    """Return the last tensor; the end of longer branches is cut off."""
    for part in parts:
        axis = part.run(axis)
    return axis


def whole(length: int) -> Axis:
    return [1 << i for i in range(length)]


def paths(parts: Sequence[Part]) -> list[list[Layer]]:
    """Return every path through the graph as a chain."""
    chains: list[list[Layer]] = [[]]
    for part in parts:
        ways = [way for branch in part.branches for way in paths(branch)] if isinstance(part, Join) else [[part]]
        chains = [chain + way for chain in chains for way in ways]
    return chains


def hulls(axis: Axis) -> dict[int, tuple[int, int] | None]:
    """Return the first and the last input of each output that meets no border; None where it depends on none."""
    found = {y: x for y, x in enumerate(axis) if x is not BORDER}
    return {y: ((x & -x).bit_length() - 1, x.bit_length() - 1) if x else None for y, x in found.items()}


def jump(parts: Sequence[Part]) -> Fraction:
    """Return the product of strides over factors, along the first branches."""
    result = Fraction(1)
    for part in parts:
        match part:
            case Join():
                result *= jump(part.branches[0])
            case Conv():
                result *= part.s
            case Transposed() | Upsample():
                result /= part.s
    return result


def factors(parts: Sequence[Part]) -> int:
    """Return a number of outputs after which all that differs by phase recurs."""
    result = 1
    for part in parts:
        match part:
            case Join():
                result *= lcm(*map(factors, part.branches))
            case Transposed() | Upsample():
                result *= part.s
    return result


def below(most: int) -> st.SearchStrategy[int]:
    return st.integers(0, most)


convs = st.builds(Conv, st.integers(1, 4), st.sampled_from([1, 1, 1, 2, 3]), below(2), st.sampled_from([1, 1, 2, 3]))
crops = st.builds(Crop, below(2))
resizes = st.builds(Upsample, st.sampled_from([2, 2, 3]), st.sampled_from(["nearest", "bilinear"]))
any_transposed = st.builds(Transposed, st.integers(1, 4), st.integers(2, 3), below(1), st.sampled_from([1, 1, 2, 3]))
no_gaps = st.sampled_from([Transposed(2, 2), Transposed(3, 2, 1), Transposed(4, 2, 1), Transposed(5, 3, 1)])
plain_layers = convs | crops
orderly_layers = plain_layers | resizes | no_gaps
all_layers = orderly_layers | any_transposed


def chains(layers: st.SearchStrategy[Layer], most: int = 4) -> st.SearchStrategy[tuple[Layer, ...]]:
    return st.lists(layers, max_size=most).map(tuple)


Draw = Callable[[st.SearchStrategy[Any]], Any]


@st.composite
def graphs(draw: Draw, layers: st.SearchStrategy[Layer], depth: int = 2) -> tuple[Part, ...]:
    """Draw a graph that upsamples by 48 at most; every branch is completed to the jump of the first one."""
    parts: list[Part] = []
    for _ in range(draw(st.integers(1, 3))):
        if depth and draw(st.booleans()):
            one, other = (draw(graphs(layers, depth - 1)) for _ in range(2))
            parts.append(Join((one, other + completion(draw, jump(one) / jump(other)))))
        else:
            parts.append(draw(layers))
    assume(factors(parts) <= 48 and len(paths(parts)) <= 16)
    return tuple(parts)


def completion(draw: Draw, by: Fraction) -> tuple[Layer, ...]:
    """Draw layers whose jump is `by`."""
    down: list[Layer] = [Conv(draw(st.integers(1, 3)), by.numerator)] if by.numerator > 1 else []
    up: list[Layer] = [Upsample(by.denominator)] if by.denominator > 1 else []
    return tuple(down + up if draw(st.booleans()) else up + down)
