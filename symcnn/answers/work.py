"""The work on one answer: counted where it is done, and not by the clock, so that an answer always ends the same way.

A part of a value that is worked out at a point is one unit, about a microsecond; other work is counted in such units.
What has been remembered from other answers counts as if it were done again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache

from sympy import Expr, Rational

from symcnn.algebra.symbols import Value

MOST_WORK = 150_000  # on one answer
_LARGEST = 1_000_000  # parts of a value that are counted
_BITS = 500  # of a number that is one part
_LEFT: ContextVar[list[int] | None] = ContextVar("work left", default=None)


class OutOfWorkError(Exception):
    """So much work is not done for one answer: it is left undecided."""


@contextmanager
def limited(most: int = MOST_WORK) -> Iterator[None]:
    """Let so much work be done inside, and raise `OutOfWorkError` there for more."""
    token = _LEFT.set([most])
    try:
        yield
    finally:
        _LEFT.reset(token)


@contextmanager
def uncounted() -> Iterator[None]:
    """Count nothing inside: what is worked out once for all answers to a question."""
    token = _LEFT.set(None)
    try:
        yield
    finally:
        _LEFT.reset(token)


def spend(units: int) -> None:
    """Count work; raises `OutOfWorkError` where none is left. Nothing is counted that is not `limited`."""
    left = _LEFT.get()
    if left is not None:
        left[0] -= units
        if left[0] < 0:
            raise OutOfWorkError


def size_of(value: Value) -> int:
    """Return how many parts a value has.

    >>> from symcnn.algebra.symbols import symbol
    >>> size_of(symbol("H") ** 2 + 1)
    5
    """
    return _size(value) if isinstance(value, Expr) else 1 + value.numerator.bit_length() // _BITS


@lru_cache(maxsize=20_000)
def _size(value: Expr) -> int:
    if isinstance(value, Rational):
        return 1 + (int(value.p).bit_length() + int(value.q).bit_length()) // _BITS
    return min(_LARGEST, 1 + sum(_size(part) for part in value.args if isinstance(part, Expr)))
