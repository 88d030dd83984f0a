"""Signs of a value that only rises or only falls, or of one with few legal places: what no sum of powers is.

So the roundings of powers are decided, ⌈224/2ⁿ⌉, and the sums over them that have no closed form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from sympy import Expr, Symbol

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.conditions import NONNEGATIVE, POSITIVE, Claim, Condition
from symcnn.algebra.evaluate import evaluator
from symcnn.algebra.facts import Facts
from symcnn.algebra.polynomial import polynomial, scale
from symcnn.algebra.signs import Run
from symcnn.repetition.monotone import direction
from symcnn.solve.prefixes import Valuer

_MOST_LISTED = 5_000  # values that are looked at one by one
_FURTHEST = 1 << 14  # how far beyond the first value a change of sign is looked for


@dataclass(frozen=True)
class Steps:
    """The signs of a value on all legal integers; `towards` is 1 where it never falls, −1 where it never rises.

    None where all legal values were looked at one by one.
    """

    symbol: Symbol
    runs: tuple[Run, ...]
    towards: int | None


def steps(value: Expr, unknown: Symbol, facts: Facts, claims: Iterable[Claim]) -> Steps | None:
    """Return the signs of a value that depends on the unknown alone; None where they are not proved.

    `claims` are what must hold; those with other symbols are not looked at.
    """
    own = [claim for claim in claims if claim.relation().free_symbols == {unknown}]
    least, most = int(facts.least(unknown) or 0), facts.upper.get(unknown)
    if most is not None and most - least <= _MOST_LISTED:
        return Steps(unknown, tuple(_listed(value, unknown, range(least, int(most) + 1), own)), None)
    towards, found = _Rising.signs(value, unknown, facts)
    if found is None or unknown in facts.residues:
        return None
    legal: list[tuple[int, int | None]] = [(least, None)]
    for claim in own:
        where = _true(claim, unknown, facts)
        if where is None:
            return None
        legal = _both(legal, where)
    runs = [Run(*both, run.sign) for run in found for both in _both(legal, [(run.start, run.end)])]
    return Steps(unknown, tuple(sorted(runs, key=lambda run: run.start)), towards)


def _listed(value: Expr, unknown: Symbol, places: range, claims: Sequence[Claim]) -> Iterator[Run]:
    valuer = Valuer(value, unknown)
    for x in places:
        evaluate = evaluator({unknown: x})
        if all(claim.holds(evaluate) for claim in claims):
            yield Run(x, x, _sign(valuer(x)))


def _true(claim: Claim, unknown: Symbol, facts: Facts) -> list[tuple[int, int | None]] | None:
    """Return the ranges in which a bound holds whose margin rises or falls."""
    if not isinstance(claim, Condition) or claim.claim not in (NONNEGATIVE, POSITIVE):
        return None
    _, found = _Rising.signs(claim.value, unknown, replace(facts, known=()))
    accepted = (0, 1) if claim.claim == NONNEGATIVE else (1,)
    return None if found is None else [(run.start, run.end) for run in found if run.sign in accepted]


def _both(
    first: Iterable[tuple[int, int | None]], second: Iterable[tuple[int, int | None]]
) -> list[tuple[int, int | None]]:
    """Return the integers that are in ranges of both."""
    second, found = list(second), []
    for a, b in first:
        for c, d in second:
            end = min((e for e in (b, d) if e is not None), default=None)
            if end is None or max(a, c) <= end:
                found.append((max(a, c), end))
    return found


@dataclass(frozen=True)
class _Rising:
    """A value of one symbol that only rises (`towards` 1) or falls (−1), from `least` on without an end."""

    value: Expr
    unknown: Symbol
    facts: Facts
    towards: int

    @classmethod
    def signs(cls, value: Expr, unknown: Symbol, facts: Facts) -> tuple[int | None, list[Run] | None]:
        """Return where the value goes, and its signs; None and None where it is not proved to go one way."""
        towards = direction(value, unknown, unknown + 2, Arithmetic(facts))
        least = int(facts.least(unknown) or 0)
        if towards is None:
            return None, None
        if towards == 0:
            return 0, [Run(least, None, _sign(evaluator({})(value)))]
        return towards, cls(value, unknown, facts, towards)._runs(least)

    @cached_property
    def _valuer(self) -> Valuer:
        return Valuer(self.value, self.unknown)

    def _at(self, x: int) -> int:
        return self.towards * _sign(self._valuer(x))

    def _runs(self, start: int) -> list[Run] | None:
        """Return the runs of −1, 0 and 1, where the value is turned so that it rises."""
        found: list[Run] = []
        while True:
            sign = self._at(start)
            if sign == 1 or self._stays(start, sign):
                return [*found, Run(start, None, self.towards * sign)]
            following = self._first(start, sign)
            if following is None:
                return None
            found.append(Run(start, following - 1, self.towards * sign))
            start = following

    def _stays(self, start: int, sign: int) -> bool:
        """Tell whether it is proved never to get above its sign: it does not for n = `start`, and never is positive."""
        later = replace(self.facts, lower={**self.facts.lower, self.unknown: start})
        turned = scale(polynomial(self.value), -self.towards)
        return later.is_nonnegative(turned) is True if sign == 0 else later.is_positive(turned)

    def _first(self, start: int, sign: int) -> int | None:
        """Return the first place with a larger sign, by bisection; None where none is near."""
        step = 1
        while self._at(start + step) == sign:
            step *= 2
            if step > _FURTHEST:
                return None
        return bisected(lambda x: self._at(x) == sign, start + step // 2, start + step)


def bisected(still: Callable[[int], bool], low: int, high: int) -> int:
    """Return the first integer for which `still` is false, given that it is true at `low` and false at `high`."""
    if not still(low):
        return low
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if still(middle) else (low, middle)
    return high


def _sign(number: int | Fraction) -> int:
    return (number > 0) - (number < 0)
