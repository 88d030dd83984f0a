"""The work on one answer: counted where it is done, and not by the clock, so that an answer always ends the same way.

A part of a value that is worked out at a point is one unit, about a microsecond; other work is counted in such units.
What has been remembered from other answers counts as if it were done again, so an answer ends as it does alone.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeVar

from sympy import Expr, Rational

from symcnn.algebra.symbols import Value

Found = TypeVar("Found")

MOST_WORK = 60_000  # on one answer: a tenth of a second or two; those of people need a fifth of it
_LARGEST = 1_000_000  # parts of a value that are counted
_BITS = 500  # of a number that is one part


@dataclass(slots=True)
class Account:
    """The work that is left for an answer, and what was found of it: nothing is worked out twice for one answer."""

    left: int
    found: dict[Hashable, Any] = field(default_factory=dict)


_ACCOUNT: ContextVar[Account | None] = ContextVar("work on an answer", default=None)


class OutOfWorkError(Exception):
    """So much work is not done for one answer: it is left undecided."""


@contextmanager
def limited(most: int | None = None) -> Iterator[Account]:
    """Let so much work be done inside, by default `MOST_WORK`, and raise `OutOfWorkError` there for more."""
    account = Account(MOST_WORK if most is None else most)
    token = _ACCOUNT.set(account)
    try:
        yield account
    finally:
        _ACCOUNT.reset(token)


@contextmanager
def uncounted() -> Iterator[None]:
    """Count nothing inside: what is worked out once for all answers to a question."""
    token = _ACCOUNT.set(None)
    try:
        yield
    finally:
        _ACCOUNT.reset(token)


def spend(units: int) -> None:
    """Count work; raises `OutOfWorkError` where none is left. Nothing is counted that is not `limited`."""
    account = _ACCOUNT.get()
    if account is not None:
        account.left -= units
        if account.left < 0:
            raise OutOfWorkError


def once(key: Hashable, work_out: Callable[[], Found]) -> Found:
    """Return what was found for the same key in the same answer, or work it out."""
    account = _ACCOUNT.get()
    if account is None:
        return work_out()
    if key not in account.found:
        account.found[key] = work_out()
    found: Found = account.found[key]
    return found


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
