"""What each output sees where upsampling makes neighbours see differently: one interval for each phase."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from itertools import pairwise
from math import gcd, lcm
from typing import TypeAlias

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.operations import product, total
from symcnn.algebra.symbols import Value, exact
from symcnn.analysis.window import Window

Interval: TypeAlias = tuple[Value, Value]  # the first and the last input seen

MOST_PHASES = 4096  # five doublings are 32; a view of more would cost more than the rest of an analysis
IRREGULAR = 0  # as spacing: between the first and the last input seen there are gaps, not all alike


@dataclass(frozen=True, slots=True)
class Phases:
    """Output P·q + φ sees the inputs from lo to hi of `intervals[φ]`, both moved on by `step`·q; None sees nothing.

    What is seen lies `spacing` apart; 1 means that all of the interval is seen. `ordered` says that every output sees
    something, and that a later output begins and ends to see no earlier: then the ends of a later window decide.
    """

    intervals: tuple[Interval | None, ...]
    step: Value
    spacing: int = 1
    ordered: bool = True

    @property
    def blind(self) -> bool:
        """Whether no output sees anything."""
        return not any(self.intervals)

    def lengths(self) -> list[Value]:
        """Return how many inputs there are from the first to the last, for each phase that sees something."""
        return [total((exact(seen[1] - seen[0]), 1)) for seen in self.intervals if seen]

    def at(self, output: int) -> Interval | None:
        """Return what an output sees."""
        turns, phase = divmod(output, len(self.intervals))
        seen, step = self.intervals[phase], self.step
        if not (seen and turns):
            return seen
        return _moved(seen, step * turns if isinstance(step, int) else product((step, turns)))

    def over(self, count: int) -> list[Interval | None]:
        """Return what the first outputs see."""
        return [self.at(output) for output in range(count)]


def plain(window: Window, spacing: int) -> Phases:
    """Return the single phase of windows without upsampling."""
    return Phases(((window.start, total((window.start, window.reach))),), window.jump, spacing)


def of_layer(window: Window, arithmetic: Arithmetic) -> Phases | None:
    """Return the phases of one layer that upsamples, or None where they cannot be told apart or are too many."""
    factor, stride = window.upsampling, product((window.jump, window.upsampling))
    if not (isinstance(factor, int) and isinstance(stride, int) and factor <= MOST_PHASES):
        return None
    count = factor // gcd(factor, stride)
    offsets = range(0, stride * count, stride)
    start, reach, spacing = window.start, window.reach, window.spacing
    if isinstance(start, int) and isinstance(reach, int) and isinstance(spacing, int):
        taps = range(start, start + reach + 1, spacing)
        seen = [_multiples(range(taps.start + at, taps.stop + at, spacing), factor) for at in offsets]
        return settled(seen, stride * count // factor, spacing // gcd(factor, spacing))
    dense = spacing == 1 or reach == 0
    if not (dense and arithmetic.compare(">=", reach, factor - 1) is True):
        return None  # an output that sees nothing is known by numbers only
    ends = [(total((start, at)), total((start, at, reach))) for at in offsets]
    intervals = [(arithmetic.ceiling(first, factor), arithmetic.floor(last, factor)) for first, last in ends]
    return Phases(tuple(intervals), stride * count // factor)


def _multiples(taps: range, factor: int) -> Interval | None:
    """Return the first and the last tap on an input: among `factor` neighbouring taps is one, or none is at all."""
    first = next((tap for tap in taps[:factor] if tap % factor == 0), None)
    if first is None:
        return None
    last = next(tap for tap in reversed(taps) if tap % factor == 0)
    return first // factor, last // factor


def settled(intervals: list[Interval | None], step: int, spacing: int) -> Phases:
    """Return phases of numbers with as few intervals as there can be, and ordered where they are."""
    count = len(intervals)
    for divisor in range(2, count + 1):
        while count % divisor == 0 and step % divisor == 0 and _recurs(intervals, count // divisor, step // divisor):
            count, step = count // divisor, step // divisor
            intervals = intervals[:count]
    return Phases(tuple(intervals), step, spacing, _are_ordered(intervals, step))


def _recurs(intervals: list[Interval | None], period: int, step: int) -> bool:
    for seen, later in zip(intervals, intervals[period:], strict=False):
        if later != (seen and _moved(seen, step)):
            return False
    return True


def _are_ordered(intervals: list[Interval | None], step: int) -> bool:
    seen = [interval for interval in intervals if interval]
    if len(seen) < len(intervals):
        return False
    onward = [*seen[1:], _moved(seen[0], step)]
    return all(a[0] <= b[0] and a[1] <= b[1] for a, b in zip(seen, onward, strict=True))


def _moved(seen: Interval, by: Value) -> Interval:
    low, high = seen
    if isinstance(low, int) and isinstance(high, int) and isinstance(by, int):  # most views: as quick as can be
        return low + by, high + by
    return total((low, by)), total((high, by))


def composed(first: Phases, later: Phases) -> Phases | None:
    """Return what the outputs of `later` see of the inputs of `first`, or None where it cannot be said by phase."""
    if len(first.intervals) == 1 and first.intervals[0]:
        return _stretched(first, first.intervals[0], later)
    period = len(first.intervals)
    if not (isinstance(later.step, int) and _has_numbers(later)):
        return None  # a symbolic offset meets a phase that is not known
    if not (first.ordered or (later.spacing != IRREGULAR and _has_numbers(first))):
        return None  # which of the middle positions count is no longer known
    turns = period // gcd(period, later.step)
    count = turns * len(later.intervals)
    if count > MOST_PHASES:
        return None
    seen = [_hull(first, middle, later.spacing) for middle in later.over(count)]
    step = product((first.step, later.step * turns // period))
    spacing = _spacing(first, later)
    if isinstance(step, int) and _has_numbers(first):
        return settled(seen, step, spacing)
    return Phases(tuple(seen), step, spacing, first.ordered and later.ordered)


def _stretched(first: Phases, own: Interval, later: Phases) -> Phases:
    """Compose after a view without phases: every position moves by the same."""
    seen = [middle and _through(own, first.step, middle) for middle in later.intervals]
    spacing = spacing_of(exact(own[1] - own[0]), first.step, first.spacing, later.spacing)
    if all(middle and middle[0] == middle[1] for middle in later.intervals):
        spacing = first.spacing
    return Phases(tuple(seen), product((first.step, later.step)), spacing, later.ordered)


def _through(own: Interval, step: Value, middle: Interval) -> Interval:
    return total((own[0], product((step, middle[0])))), total((own[1], product((step, middle[1]))))


def _hull(first: Phases, middle: Interval | None, spacing: int) -> Interval | None:
    """Return from where to where is seen through the middle positions; those a period further see further."""
    if middle is None:
        return None
    low, high = map(int, middle)
    if first.ordered:
        begin, end = first.at(low), first.at(high)
        return begin and end and (begin[0], end[1])
    taps = range(low, high + 1, spacing)
    period = len(first.intervals)
    begins = [seen[0] for tap in taps[:period] if (seen := first.at(tap))]
    ends = [seen[1] for tap in taps[-period:] if (seen := first.at(tap))]
    return (min(begins), max(ends)) if begins else None


def spacing_of(reach: Value, jump: Value, spacing: int, later: int) -> int:
    """Return the distance of the inputs that a window sees through one of `reach`, `jump` and `spacing`."""
    if not (isinstance(reach, int) and isinstance(jump, int)) or IRREGULAR in (spacing, later):
        return IRREGULAR
    if reach == 0:
        return jump * later
    gapless = jump * later % spacing == 0 and jump * later <= reach + spacing
    return spacing if gapless else IRREGULAR


def _spacing(first: Phases, later: Phases) -> int:
    if all(middle and middle[0] == middle[1] for middle in later.intervals):
        return first.spacing
    if not (first.ordered and first.spacing == later.spacing == 1 and _has_numbers(first)):
        return IRREGULAR
    seen = [interval for interval in first.over(len(first.intervals) + 1) if interval]
    touching = all(b[0] <= a[1] + 1 for a, b in pairwise(seen))
    return 1 if touching else IRREGULAR


def _has_numbers(phases: Phases) -> bool:
    return all(isinstance(end, int) for seen in phases.intervals if seen for end in seen)


def united(views: Iterable[Phases], arithmetic: Arithmetic) -> Phases | None:
    """Return what is seen by any of several, whose outputs step equally far; None if that has too many phases."""
    views = list(views)
    count = reduce(lcm, (len(view.intervals) for view in views))
    if count > MOST_PHASES:
        return None
    columns = [view.over(count) for view in views]
    rows = [[seen for seen in row if seen] for row in zip(*columns, strict=True)]
    step = product((views[0].step, count // len(views[0].intervals)))
    intervals = [_union(row, arithmetic) for row in rows]
    spacing = 1 if all(view.spacing == 1 for view in views) and all(map(touch, rows)) else IRREGULAR
    if isinstance(step, int) and all(map(_has_numbers, views)):
        return settled(intervals, step, spacing)
    return Phases(tuple(intervals), step, spacing, all(view.ordered for view in views))


def _union(row: list[Interval], arithmetic: Arithmetic) -> Interval | None:
    if not row:
        return None
    if len(set(row)) == 1:
        return row[0]
    lows, highs = [low for low, _ in row], [high for _, high in row]
    return spanned(lows, highs, arithmetic)


def spanned(lows: list[Value], highs: list[Value], arithmetic: Arithmetic) -> Interval:
    """Return the interval from the first beginning to the last end."""
    if all(isinstance(end, (int, Fraction)) for end in (*lows, *highs)):  # without proofs
        return min(lows), max(highs)
    return arithmetic.smallest(lows), arithmetic.largest(highs)


def touch(row: list[Interval]) -> bool:
    """Say whether intervals of numbers have nothing between them."""
    if not all(isinstance(end, int) for seen in row for end in seen):
        return len(set(row)) == 1
    return not row or max(low for low, _ in row) <= min(high for _, high in row) + 1


def within(inner: Phases, outer: Phases, arithmetic: Arithmetic) -> bool:
    """Say whether every output provably sees no more in `inner` than in `outer`, and something where `outer` does."""
    count = lcm(len(inner.intervals), len(outer.intervals))
    return count <= MOST_PHASES and all(
        a is not None and b is not None and inside(a, b, arithmetic)
        for a, b in zip(inner.over(count), outer.over(count), strict=True)
    )


def inside(inner: Interval, outer: Interval, arithmetic: Arithmetic) -> bool:
    """Say whether an interval provably lies in another."""
    if all(isinstance(end, int) for end in (*inner, *outer)):
        return bool(outer[0] <= inner[0] and inner[1] <= outer[1])
    return arithmetic.compare(">=", inner[0], outer[0]) is True and arithmetic.compare("<=", inner[1], outer[1]) is True
