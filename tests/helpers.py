"""What many tests need: the analysis of a text, and errors with their place marked inside the program."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from math import inf
from typing import Any, NamedTuple

import pytest
from hypothesis import settings

from symcnn import Analysis, SymcnnError, analyse, parse


class Marked(NamedTuple):
    """A broken program and where its guilty text begins and ends."""

    text: str
    start: int
    end: int


def analysed(text: str, net: str | None = None, assume: Iterable[str] = (), **parameters: Any) -> Analysis:
    """Return the analysis of a net of a text, by default the last one."""
    nets = parse(text)
    return analyse(nets[net or list(nets)[-1]], assume=assume, **parameters)


def chain(*steps: str, shape: str = "3×H×W", before: str = "") -> str:
    """Return the text of a net that is a chain of steps."""
    return f"{before}\nnet a {{ input {shape}; {'; '.join(steps)} }}"


def marked(program: str) -> Marked:
    """Take the marks ‹ › out of a program."""
    start, end = program.index("‹"), program.index("›") - 1
    return Marked(program.replace("‹", "").replace("›", ""), start, end)


def error_of(act: Callable[[], object]) -> SymcnnError:
    """Return the error that something raises."""
    with pytest.raises(SymcnnError) as caught:
        act()
    return caught.value


def numbers(analysis: Analysis) -> dict[str, Any]:
    """Return everything that an evaluated analysis says, for comparison."""
    return {
        "input": tuple(map(int, analysis.input)),
        "output": tuple(map(int, analysis.output)),
        "totals": {name: int(value) for name, value in analysis.counted.items()},
        "field": analysis.receptive_field,
        "layers": [
            (x.path, x.kind, x.times, tuple(map(int, x.output)), {n: int(v) for n, v in x.counted.items()})
            for x in analysis.layers
        ],
    }


def draws(number_of: int) -> settings:
    """Return the settings of a property test: how many examples it draws.

    By default a fifth of them are drawn; SYMCNN_EXAMPLES=1 draws all, more than 1 draws more and others every time.
    """
    share = float(os.environ.get("SYMCNN_EXAMPLES", "0.2"))
    return settings(max_examples=max(1, round(share * number_of)), deadline=None)


def slowness() -> float:
    """Return how many times slower than a quiet machine this one is now, at least 1: others may be at work on it."""
    quiet, least = 0.0034, inf  # seconds for 100,000 additions
    for _ in range(3):
        start = time.process_time()
        sum_ = 0
        for number in range(100_000):
            sum_ += number
        least = min(least, time.process_time() - start)
    return max(1.0, least / quiet)
