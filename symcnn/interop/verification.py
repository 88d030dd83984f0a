"""What came out of holding a network against a framework: a row for each layer, for each set of sizes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

EQUAL = "equal"
DIFFERENT = "different"
REFUSED = "refused"  # the framework does not take the layer
NOT_COMPARED = "not compared"  # the framework has nothing to compare with
FOLLOWS = "after a difference"  # its input differs already, so it cannot be judged
NOT_REACHED = "not reached"  # no tensor arrives
_JUDGED = (EQUAL, DIFFERENT, REFUSED)
_FAILED = (DIFFERENT, REFUSED, FOLLOWS, NOT_REACHED)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is compared: the output (channels, *sizes), stored numbers, multiply–accumulates (None: not counted)."""

    output: tuple[int, ...]
    weights: int
    biases: int
    buffers: int
    counters: int
    macs: int | None

    @property
    def params(self) -> int:
        """Everything that is learned."""
        return self.weights + self.biases


COMPARED = ("output", "weights", "biases", "buffers", "counters", "macs")


@dataclass(frozen=True, slots=True)
class Row:
    """A layer, or the network as a whole, at one set of sizes; `times` says how many such layers were run.

    Where repetitions of a layer come out differently, the row is that of the first that is not equal.
    """

    path: str
    kind: str
    module: str
    ours: Facts
    theirs: Facts | None
    verdict: str
    reason: str = ""
    times: int = 1

    @property
    def differences(self) -> tuple[tuple[str, Any, Any], ...]:
        """What differs: the quantity, symcnn's value, the framework's."""
        return () if self.theirs is None else tuple(_differences(self.ours, self.theirs))

    @property
    def is_judged(self) -> bool:
        """Whether the framework said something of it."""
        return self.verdict in _JUDGED

    @property
    def has_failed(self) -> bool:
        """Whether it is not what symcnn says, or could not be judged because something before it is not."""
        return self.verdict in _FAILED


def _differences(ours: Facts, theirs: Facts) -> Iterator[tuple[str, Any, Any]]:
    for name in COMPARED:
        own, other = getattr(ours, name), getattr(theirs, name)
        if own != other and other is not None:
            yield name, own, other


def verdict_of(ours: Facts, theirs: Facts) -> str:
    """Return whether two are equal, as a verdict."""
    return DIFFERENT if any(_differences(ours, theirs)) else EQUAL


@dataclass(frozen=True, slots=True)
class Run:
    """A network run at one set of sizes: its layers, and all of it, which is None if some layer was not compared."""

    values: Mapping[str, Any]
    rows: tuple[Row, ...]
    total: Row | None

    @property
    def is_equal(self) -> bool:
        """Whether nothing differs."""
        return not any(row.has_failed for row in (*self.rows, *([self.total] if self.total else [])))

    @property
    def compared(self) -> int:
        """How many layers were compared, repetitions counted."""
        return sum(row.times for row in self.rows if row.is_judged)


@dataclass(frozen=True, slots=True)
class Outside:
    """Sizes for which symcnn says that the network is not defined, and what the framework says.

    `broken` are the conditions that do not hold; `output` is the shape that the framework makes of it, None where it
    fails too, then `reason` is what it says.
    """

    values: Mapping[str, Any]
    broken: tuple[Any, ...]
    output: tuple[int, ...] | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Verification:
    """A network held against a framework of some version, at several sizes and just outside its conditions."""

    net: str
    framework: str
    version: str
    runs: tuple[Run, ...]
    outside: tuple[Outside, ...] = ()

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows of all runs."""
        return tuple(row for run in self.runs for row in run.rows)

    @property
    def is_equal(self) -> bool:
        """Whether nothing that was compared differs, at any sizes."""
        return all(run.is_equal for run in self.runs)

    @property
    def compared(self) -> int:
        """How many layers were compared at each set of sizes, repetitions counted."""
        return max((run.compared for run in self.runs), default=0)
