"""Which integers satisfy conditions on one symbol x: by residue classes, on each of which they are bounds on x.

On x = m·q + r, with m a common period, a staircase is f(r) + rise·q, so a condition on it is a range of q. The
modulus grows from condition to condition, and only the classes that are left are split.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from math import inf, lcm
from typing import TypeAlias

from sympy import Symbol

from symcnn.algebra.conditions import (
    FRACTIONAL,
    INTEGRAL,
    NONNEGATIVE,
    NONZERO,
    POSITIVE,
    ZERO,
    Claim,
    Condition,
    Either,
)
from symcnn.algebra.evaluate import raise_power
from symcnn.algebra.polynomial import ONE, Polynomial, add, atoms
from symcnn.algebra.quotient import quotient
from symcnn.algebra.staircase import Staircase, staircase, staircase_of

Range: TypeAlias = tuple[int | float, int | float]  # first and last value; infinite where there is none
_EVERYWHERE: Range = (-inf, inf)


@dataclass(frozen=True, slots=True)
class Requirement:
    """A condition on one symbol: `where(m, r)` has the ranges of q for which m·q + r satisfies it (period | m)."""

    period: int
    where: Callable[[int, int], list[Range]]


@dataclass(frozen=True, slots=True)
class Class:
    """Values x ≡ residue: those that are legal, and those of them that satisfy the conditions, in ranges of x."""

    residue: int
    legal: tuple[Range, ...]
    kept: tuple[Range, ...]


def requirement(claim: Claim, x: Symbol) -> Requirement | None:
    """Read a condition that speaks of `x` alone; None for what is neither a staircase nor periodic."""
    if isinstance(claim, Condition):
        over = quotient(claim.polynomial)
        if over.monomial:
            return None
        if claim.claim in (INTEGRAL, FRACTIONAL):
            return _divisibility(over.numerator, over.number, claim.claim, x)
        poly = add(over.numerator, {ONE: -1}) if claim.claim == POSITIVE else over.numerator
        steps = staircase(poly, x)
        return None if steps is None else Requirement(steps.period, partial(_where_signed, steps, claim.claim))
    parts = [requirement(part, x) for part in claim.conditions]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    join = _union if isinstance(claim, Either) else _intersection
    return Requirement(lcm(*(part.period for part in known)), partial(_where_joined, known, join))


def _divisibility(numerator: Polynomial, divisor: int, claim: str, x: Symbol) -> Requirement | None:
    """Read that numerator/divisor is an integer, or none: whatever its degree, that is periodic."""
    steps = {atom: staircase_of(atom, x) for atom in atoms(numerator)}
    known = {atom: part for atom, part in steps.items() if part is not None}
    if len(known) < len(steps):
        return None

    def where(_: int, residue: int) -> list[Range]:
        values = {atom: part.at(residue) for atom, part in known.items()}
        total = 0
        for monomial, coefficient in numerator.items():
            term = int(coefficient)
            for atom, exponent in monomial:
                term *= int(raise_power(values[atom], exponent))
            total += term
        return [_EVERYWHERE] if (total % divisor == 0) == (claim == INTEGRAL) else []

    return Requirement(lcm(*(part.period_modulo(divisor) for part in known.values())), where)


def _where_signed(steps: Staircase, claim: str, modulus: int, residue: int) -> list[Range]:
    """Return the q for which first + rise·q is ≥ 0, = 0 or ≠ 0."""
    first, rise = steps.at(residue), steps.rise * (modulus // steps.period)
    if rise == 0:
        return [_EVERYWHERE] if {ZERO: first == 0, NONZERO: first != 0}.get(claim, first >= 0) else []
    if claim in (NONNEGATIVE, POSITIVE):
        return [(-(first // rise), inf)] if rise > 0 else [(-inf, first // -rise)]
    root, rest = divmod(-first, rise)
    if rest:
        return [] if claim == ZERO else [_EVERYWHERE]
    return [(root, root)] if claim == ZERO else [(-inf, root - 1), (root + 1, inf)]


def _where_joined(
    parts: list[Requirement],
    join: Callable[[list[Range], list[Range]], list[Range]],
    modulus: int,
    residue: int,
) -> list[Range]:
    first, *others = (part.where(modulus, residue) for part in parts)
    for other in others:
        first = join(first, other)
    return first


def _intersection(first: Iterable[Range], second: Iterable[Range]) -> list[Range]:
    second = list(second)
    pairs = ((max(a, c), min(b, d)) for a, b in first for c, d in second)
    return [(low, high) for low, high in pairs if low <= high]


def _union(first: list[Range], second: list[Range]) -> list[Range]:
    joined: list[Range] = []
    for low, high in sorted([*first, *second]):
        if joined and low <= joined[-1][1] + 1:
            joined[-1] = joined[-1][0], max(high, joined[-1][1])
        else:
            joined.append((low, high))
    return joined


class Sieve:
    """The values low ≤ x ≤ high with x ≡ residue (mod modulus), and what conditions leave of them.

    `ends` are the bounds; `thinned` tells whether a class of legal values has gone altogether.
    """

    def __init__(self, modulus: int, residue: int, low: int, high: int | float) -> None:
        self.modulus = modulus
        self.ends = low, high
        self.thinned = False
        whole = tuple(_aligned([(low, high)], modulus, residue))
        self.classes = [Class(residue, whole, whole)] if whole else []

    def sift(self, requirements: Iterable[Requirement], most_classes: int, legal: bool = False) -> bool:
        """Keep what satisfies the requirements; where `legal`, call nothing else legal. False for too many classes."""
        for required in sorted(requirements, key=lambda required: required.period):
            modulus = lcm(self.modulus, required.period)
            if len(self.classes) * (modulus // self.modulus) > most_classes:
                return False
            left = []
            for residue, split in self._split(modulus):
                where = [_values(part, modulus, residue) for part in required.where(modulus, residue)]
                kept = tuple(_intersection(split.kept, where))
                if kept:
                    left.append(Class(residue, kept if legal else split.legal, kept))
                elif not legal:
                    self.thinned = True
            self.modulus, self.classes = modulus, left
        return True

    def _split(self, modulus: int) -> Iterable[tuple[int, Class]]:
        """Yield the classes modulo a multiple of the modulus that have values."""
        for whole in self.classes:
            if modulus == self.modulus:
                yield whole.residue, whole
                continue
            for residue in range(whole.residue, modulus, self.modulus):
                legal = tuple(_aligned(whole.legal, modulus, residue))
                kept = tuple(_aligned(whole.kept, modulus, residue))
                if kept:
                    yield residue, Class(residue, legal, kept)
                elif legal:
                    self.thinned = True


def _values(quotients: Range, modulus: int, residue: int) -> Range:
    """Turn a range of q into one of x = modulus·q + residue."""
    low, high = quotients
    return (
        low if isinstance(low, float) else modulus * low + residue,
        high if isinstance(high, float) else modulus * high + residue,
    )


def _aligned(ranges: Iterable[Range], modulus: int, residue: int) -> Iterable[Range]:
    """Cut ranges to the values ≡ residue."""
    for low, high in ranges:
        first = low + (residue - low) % modulus
        last = high if isinstance(high, float) else high - (high - residue) % modulus
        if first <= last:
            yield first, last
