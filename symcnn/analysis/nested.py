"""How much outputs see at most through upsampling by symbols, whose phases cannot be told apart.

Of R + 1 neighbouring positions of a grid that is s times finer, at most ⌊R/s⌋ + 1 are inputs, and some output meets
that many as long as no later stride skips phases. So r outputs of a transposed convolution see ⌊(r + k − 2)/s⌋ + 1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.operations import product, total
from symcnn.algebra.symbols import NONNEGATIVE, Value, exact, symbol
from symcnn.analysis.phases import spanned
from symcnn.analysis.window import IDENTITY, Window
from symcnn.repetition.sums import closed_sum


@dataclass(frozen=True, slots=True)
class Level:
    """The positions from `low` to `high` of a grid `factor` times finer than the one below."""

    factor: Value
    low: Value
    high: Value

    @property
    def reach(self) -> Value:
        """How much further than one position it is from the first to the last."""
        return exact(self.high - self.low)


@dataclass(frozen=True, slots=True)
class Nested:
    """Grids over grids, the finest last, over a window without upsampling.

    `contiguous` says that all positions between the first and the last are met on the lowest grid.
    """

    base: Window
    levels: tuple[Level, ...]
    contiguous: bool = True

    def size(self, arithmetic: Arithmetic) -> Value:
        """Return the largest number of inputs from the first to the last that one output sees."""
        further: Value = 0
        for level in reversed(self.levels):
            further = arithmetic.floor(total((level.reach, further)), level.factor)
        return total((self.base.reach, product((self.base.jump, further)), 1))

    def has_no_gaps(self, arithmetic: Arithmetic) -> bool:
        """Say whether provably every position of every grid sees something."""
        return all(arithmetic.compare(">=", total((level.reach, 1)), level.factor) is True for level in self.levels)


def of_layer(window: Window) -> Nested | None:
    """Return the grid of one layer that upsamples, if it is met without gaps and strides."""
    if (window.spacing == 1 or window.reach == 0) and product((window.jump, window.upsampling)) == 1:
        return Nested(IDENTITY, (Level(window.upsampling, window.start, total((window.start, window.reach))),))
    return None


def on_top(first: Nested, later: Window, contiguous: bool, arithmetic: Arithmetic) -> Nested | None:
    """Return what is seen through a later window without upsampling, or None where phases or positions are skipped."""
    if later.jump != 1 or not (contiguous or first.has_no_gaps(arithmetic)):
        return None
    *below, top = first.levels
    low, high = total((top.low, later.start)), total((top.high, later.start, later.reach))
    return Nested(first.base, (*below, Level(top.factor, low, high)), first.contiguous and contiguous)


def below(first: Window, later: Nested, contiguous: bool) -> Nested:
    """Return what is seen through grids of an input that itself sees what a window without upsampling shows it."""
    return replace(later, base=first.then(later.base), contiguous=later.contiguous and contiguous and first.jump == 1)


def stacked(first: Nested, later: Nested, arithmetic: Arithmetic) -> Nested | None:
    """Return what is seen through the grids of `later` over those of `first`."""
    lower = on_top(first, later.base, later.contiguous, arithmetic)
    return lower and replace(lower, levels=lower.levels + later.levels)


def iterated(view: Nested, count: Value, arithmetic: Arithmetic) -> Nested | None:
    """Return what is seen through so many bodies that each have this view; None where that is not one grid.

    With one grid s times finer, on which R + 1 positions are, over a window of b + 1, it is one sⁿ times finer: nested
    roundings ⌊(R + b + ⌊x/s⌋)/s⌋ are one, so its reach is (R + b)·(sⁿ − 1)/(s − 1) − b.
    """
    if len(view.levels) > 1 or view.base.jump != 1 or not (view.contiguous or view.has_no_gaps(arithmetic)):
        return None
    (level,), index = view.levels, symbol("(level)", NONNEGATIVE)
    each = closed_sum(arithmetic.power(level.factor, index), index, count, arithmetic)

    def all_of(part: Value, of_base: Value) -> Value:
        return total((product((total((part, of_base)), each)), product((-1, of_base))))

    start = view.base.start
    low, high = all_of(level.low, start), all_of(level.high, total((start, view.base.reach)))
    return replace(view, levels=(Level(arithmetic.power(level.factor, count), low, high),))


def with_values(view: Nested, put_in: Callable[[Value], Value]) -> Nested:
    """Return a view with values in the place of symbols."""
    base = replace(view.base, reach=put_in(view.base.reach), jump=put_in(view.base.jump), start=put_in(view.base.start))
    levels = (Level(put_in(x.factor), put_in(x.low), put_in(x.high)) for x in view.levels)
    return replace(view, base=base, levels=tuple(levels))


def united(views: list[Nested], arithmetic: Arithmetic) -> Nested | None:
    """Return what is seen by any of several, which may differ on the finest grid only."""
    first = views[0]
    *lower, top = first.levels
    tops = [view.levels[-1] for view in views]
    alike = all((v.base, v.levels[:-1], v.levels[-1].factor) == (first.base, tuple(lower), top.factor) for v in views)
    if not (alike and (_touch(tops, arithmetic) or all(view.has_no_gaps(arithmetic) for view in views))):
        return None
    contiguous = all(view.contiguous for view in views) and _touch(tops, arithmetic)
    low, high = spanned([level.low for level in tops], [level.high for level in tops], arithmetic)
    return Nested(first.base, (*lower, Level(top.factor, low, high)), contiguous)


def _touch(levels: list[Level], arithmetic: Arithmetic) -> bool:
    return all(arithmetic.compare("<=", a.low, total((b.high, 1))) is True for a in levels for b in levels)


def within(inner: Nested, outer: Nested, arithmetic: Arithmetic) -> bool:
    """Say whether the inner provably never sees more, being no wider on the finest grid and equal below."""
    same = (inner.base, inner.levels[:-1], inner.levels[-1].factor) == (
        outer.base, outer.levels[:-1], outer.levels[-1].factor,
    )  # fmt: skip
    return same and arithmetic.compare("<=", inner.levels[-1].reach, outer.levels[-1].reach) is True
