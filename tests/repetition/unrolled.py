"""The oracle of repetition: bodies that are run n times in plain Python, and values of the algebra at numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import product
from typing import Any

from sympy import Symbol

from symcnn.algebra.evaluate import evaluator
from symcnn.algebra.symbols import NONNEGATIVE, Value, symbol

COUNTS = range(13)
C, H, k, s, t, m = (symbol(name) for name in ("C", "H", "k", "s", "t", "m"))
i, n, p = (symbol(name, NONNEGATIVE) for name in "inp")
x = symbol("x")

Numbers = Mapping[Symbol, int | Fraction]

SAMPLES: dict[Symbol, list[int]] = {
    C: [1, 5], H: [1, 2, 7, 224], k: [1, 3], s: [1, 2, 3], t: [1, 2], m: [1, 2, 5], p: [0, 1, 2],
}  # fmt: skip


def points(symbols: Iterable[Symbol]) -> Iterator[dict[Symbol, int]]:
    """Yield all combinations of the samples."""
    names = sorted(symbols, key=str)
    for values in product(*(SAMPLES[name] for name in names)):
        yield dict(zip(names, values, strict=True))


def at(value: Value, values: Numbers) -> int | Fraction:
    """Return the number that a value is."""
    return evaluator(values)(value)


def run(step: Callable[[Any, int, Any], Any], start: Any, count: int, values: Any) -> Any:
    """Run a body again and again: a function of the state, the index and the values of symbols."""
    state = start
    for place in range(count):
        state = step(state, place, values)
    return state
