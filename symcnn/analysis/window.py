"""What an output sees of an input, along one axis; and the receptive field, which is the window of many layers.

Forward r' = r + (e − 1)·j and j' = j·s, with e − 1 the reach and s the jump of a layer; backward r ← (r − 1)·s + e
from the output. Both are one composition of windows, folded from the left or from the right (Araujo, Norris & Sim
2019, Computing receptive fields of convolutional neural networks). Windows compose as affine maps of positions, which
is exact without upsampling; with branches and upsampling, `symcnn.analysis.view` says what is seen.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from symcnn.algebra.operations import product, total
from symcnn.algebra.symbols import Value, exact, expression
from symcnn.errors import NotSupportedError


@dataclass(frozen=True, slots=True)
class Window:
    """An output sees `reach + 1` inputs from `start` on; the next output sees what lies `jump` further.

    With an `upsampling` s > 1, `reach`, `start` and `spacing` count positions of the fine grid, on which input i sits
    at i·s and output y looks from y·s·jump + start on; jump is 1/s for a layer that makes s outputs of an input.
    `spacing` is the distance of neighbouring taps. `known` is False where what an output sees cannot be said.
    """

    reach: Value = 0
    jump: Value = 1
    start: Value = 0
    upsampling: Value = 1
    spacing: Value = 1
    known: bool = True

    @property
    def is_plain(self) -> bool:
        """Whether it moves all positions alike: without upsampling, and known."""
        return self.known and self.upsampling == 1

    @property
    def affine(self) -> Window:
        """The window in positions of the input, which upsampling makes fractions: it keeps centres and jumps."""
        if self.upsampling == 1:
            return Window(self.reach, self.jump, self.start)
        finer = 1 / expression(self.upsampling)
        return Window(product((self.reach, finer)), self.jump, product((self.start, finer)))

    @property
    def size(self) -> Value:
        """The number of inputs from the first to the last that one output sees."""
        return total((self.reach, 1))

    @property
    def centre(self) -> Value:
        """The middle of what the first output sees, in input positions from 0; it may be a half."""
        return total((self.start, product((self.reach, Fraction(1, 2)))))

    def then(self, later: Window) -> Window:
        """Return the window of this layer followed by a later one, where neither upsamples."""
        return self if later == IDENTITY else _composed(self, later)

    def repeated(self, times: int) -> Window:
        """Return the window of `times` such layers without upsampling, by repeated squaring."""
        result, square = IDENTITY, self
        while times:
            if times & 1:
                result = result.then(square)
            square = square.then(square)
            times >>= 1
        return result


IDENTITY = Window()
UNSAID = Window(known=False)  # nothing can be said of it, of its jump neither


@lru_cache(maxsize=10_000)  # equal windows are one, which is seen at once where they are composed
def window_of(
    reach: Value | None, jump: Value | None, upsampling: Value | None, spacing: Value | None, start: Value | None
) -> Window:
    """Return the window along one axis, of which all must be known."""
    if reach is None or jump is None or upsampling is None or spacing is None or start is None:
        return UNSAID
    window = Window(reach, jump, start, upsampling=upsampling, spacing=spacing)
    return IDENTITY if window == IDENTITY else window


@lru_cache(maxsize=10_000)  # equal axes are worked out once
def _composed(first: Window, later: Window) -> Window:
    _require_plain(first)
    _require_plain(later)
    return Window(
        total((first.reach, product((first.jump, later.reach)))),
        product((first.jump, later.jump)),
        total((first.start, product((first.jump, later.start)))),
    )


def _require_plain(window: Window) -> None:
    if not (window.known and window.upsampling == 1):
        raise NotSupportedError(
            "upsampling, or what is not known, in a chain of windows"
        )  # which is what views are for


def forward(windows: Iterable[Window]) -> Window:
    """Compose the windows of layers without upsampling from the input on: r = 1 + Σ (e − 1)·j, summed at once."""
    jump: Value = 1
    reaches: list[Value] = []
    starts: list[Value] = []
    for window in windows:
        _require_plain(window)
        if window.reach != 0:
            reaches.append(product((jump, window.reach)))
        if window.start != 0:
            starts.append(product((jump, window.start)))
        if window.jump != 1:
            jump = product((jump, window.jump))
    return Window(total(reaches), jump, total(starts))


def backward(windows: Iterable[Window]) -> Window:
    """Compose the windows of layers without upsampling from the output back: r ← (r − 1)·s + e, likewise the start."""
    size: Value = 1
    jump: Value = 1
    start: Value = 0
    for window in reversed(list(windows)):
        _require_plain(window)
        size = exact((size - 1) * window.jump + window.size)
        start = exact(start * window.jump + window.start)
        jump = exact(jump * window.jump)
    return Window(exact(size - 1), jump, start)
