"""The shortest conditions on one symbol that describe what a sieve has left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import inf, isinf

from sympy import Symbol

from symcnn.algebra.conditions import NONNEGATIVE, NONZERO, ZERO, Claim, Condition, Either, Every
from symcnn.algebra.congruences import congruences, size_of
from symcnn.algebra.polynomial import ONE, Polynomial
from symcnn.algebra.sieve import Class, Range, Sieve

_FEW = 3  # so many values are listed, if that is no longer
_MOST_EXCEPTIONS = 2  # so many values are taken out one by one
_MOST_GROUPS = 12  # more alternatives nobody reads


@dataclass
class _Group:
    """Classes with common bounds: `below` and `above` are the nearest legal values that the bounds must exclude."""

    low: int | float = inf
    high: int | float = -inf
    below: int | float = -inf
    above: int | float = inf
    residues: set[int] = field(default_factory=set)

    def takes(self, piece: _Group) -> bool:
        """Take another group in, where bounds can still tell it from what is left out."""
        low, high = min(self.low, piece.low), max(self.high, piece.high)
        below, above = max(self.below, piece.below), min(self.above, piece.above)
        if not below < low <= high < above or self.residues & piece.residues:
            return False
        self.low, self.high, self.below, self.above = low, high, below, above
        self.residues |= piece.residues
        return True


def shortest(x: Symbol, sieve: Sieve, known: tuple[int, int]) -> list[Claim] | None:
    """Return conditions on `x` for what is left of the legal values, the fewest first found; None for too many.

    x ≡ b (mod a) is `known` as (a, b).
    """
    if not sieve.thinned and all(one.legal == one.kept for one in sieve.classes):
        return []
    values = _values(sieve)
    if len(values) == 1:
        return [_equation(x, values[0], ZERO)]
    groups = _groups(sieve)
    ways = []
    if (whole := _stretch(values, sieve, known[0])) is not None:
        ways.append(_bounds(x, whole))
    if 1 < len(values) <= _FEW:
        ways.append([Either(tuple(_equation(x, value, ZERO) for value in values))])
    if len(groups) == 1:
        ways.append(_described(x, groups[0], sieve.modulus, known))
    elif groups:
        ways += _with_exceptions(x, sieve, known)
        alternatives = (_described(x, group, sieve.modulus, known) for group in groups)
        ways.append([Either(tuple(one[0] if len(one) == 1 else Every(tuple(one)) for one in alternatives))])
    return min(ways, key=size_of, default=None)


def _described(x: Symbol, group: _Group, modulus: int, known: tuple[int, int]) -> list[Claim]:
    if group.low == group.high:
        return [_equation(x, int(group.low), ZERO)]
    return [*congruences(x, group.residues, modulus, known), *_bounds(x, group)]


def _bounds(x: Symbol, group: _Group) -> list[Claim]:
    """Return the bounds that exclude something legal."""
    found: list[Claim] = []
    if not isinf(group.below):
        found.append(_condition({frozenset(((x, 1),)): 1, ONE: -int(group.low)}, NONNEGATIVE))
    if not isinf(group.above):
        found.append(_condition({frozenset(((x, 1),)): -1, ONE: int(group.high)}, NONNEGATIVE))
    return found


def _equation(x: Symbol, value: int, claim: str) -> Condition:
    return _condition({frozenset(((x, 1),)): 1, ONE: -value}, claim)


def _condition(poly: Polynomial, claim: str) -> Condition:
    return Condition(frozenset((m, c) for m, c in poly.items() if c), claim)


def _groups(sieve: Sieve) -> list[_Group]:
    """Put classes together whose bounds can be one; empty where that leaves too many groups."""
    groups: list[_Group] = []
    pieces = (piece for one in sieve.classes for piece in _pieces(one, sieve.modulus))
    for piece in sorted(pieces, key=lambda piece: (-piece.high, piece.low)):
        if not any(group.takes(piece) for group in groups):
            groups.append(piece)
            if len(groups) > _MOST_GROUPS:
                return []
    return groups


def _pieces(one: Class, modulus: int) -> Iterator[_Group]:
    for low, high in one.kept:
        below = max((min(b, low - modulus) for a, b in one.legal if a < low), default=-inf)
        above = min((max(a, high + modulus) for a, b in one.legal if b > high), default=inf)
        yield _Group(low, high, below, above, {one.residue})


def _values(sieve: Sieve) -> list[int]:
    """Return the values that are left where they are few."""
    found: list[int] = []
    for one in sieve.classes:
        for low, high in one.kept:
            if isinf(high) or high > low + _FEW * sieve.modulus:
                return []
            found += range(int(low), int(high) + 1, sieve.modulus)
            if len(found) > _FEW:
                return []
    return sorted(found)


def _stretch(values: list[int], sieve: Sieve, step: int) -> _Group | None:
    """Return a group of all values, where they are all that is known to occur from the first to the last."""
    if not values or len(values) != (values[-1] - values[0]) // step + 1:
        return None
    first, last = values[0], values[-1]
    below = first - step if first - step >= sieve.ends[0] else -inf
    above = last + step if last + step <= sieve.ends[1] else inf
    return _Group(first, last, below, above)


def _with_exceptions(x: Symbol, sieve: Sieve, known: tuple[int, int]) -> list[list[Claim]]:
    """Describe everything by common bounds and take the few values out that these let in."""
    low = min(one.kept[0][0] for one in sieve.classes)
    high = max(one.kept[-1][1] for one in sieve.classes)
    exceptions: list[int] = []
    for first, last in _gaps(sieve, (low, high)):
        if last > first + _MOST_EXCEPTIONS * sieve.modulus:
            return []
        exceptions += range(int(first), int(last) + 1, sieve.modulus)
        if len(exceptions) > _MOST_EXCEPTIONS:
            return []
    ends = [(one.legal[0][0], one.legal[-1][1]) for one in sieve.classes]
    below = 0 if any(first < low for first, _ in ends) else -inf
    above = 0 if any(last > high for _, last in ends) else inf
    everything = _Group(low, high, below, above, {one.residue for one in sieve.classes})
    described = _described(x, everything, sieve.modulus, known)
    return [[*described, *(_equation(x, value, NONZERO) for value in sorted(exceptions))]]


def _gaps(sieve: Sieve, between: Range) -> Iterable[Range]:
    """Yield the ranges of legal values between two values that are not kept."""
    low, high = between
    for one in sieve.classes:
        for a, b in one.legal:
            start = a if a >= low else low + (a - low) % sieve.modulus
            end = b if b <= high else high - (high - one.residue) % sieve.modulus
            for first, last in one.kept:
                if start < first <= end:
                    yield start, first - sieve.modulus
                if first <= end and last >= start:
                    start = last + sieve.modulus
            if start <= end and not isinf(start):
                yield start, end
