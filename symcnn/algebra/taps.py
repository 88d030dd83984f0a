"""Products of a convolution along one axis whose input is real: pairs of a position and a tap that miss the padding.

A pair (x, t) with 0 ≤ x < m and 0 ≤ t < k reads the input at x·s + t·d − p. It is real if that is ≥ 0 and < n. All m·k
pairs but those that begin too early (x·s + t·d < p) and those that end too late are real, and counted backwards the
latter are of the same form. Positions and taps are alike here: m, s and k, d may change places.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from sympy import Max, ceiling, floor

from symcnn.algebra.polynomial import ONE, Polynomial, add, constant, inverse, multiply, polynomial, scale
from symcnn.algebra.quotient import has_rounding, inside, spelling
from symcnn.algebra.symbols import Value, expression

if TYPE_CHECKING:
    from symcnn.algebra.arithmetic import Arithmetic

_MOST_TERMS = 64  # of a sum over taps that is written out


class Axis(NamedTuple):
    """n inputs, m positions s apart, k taps d apart, and p of padding before the first."""

    n: Value
    m: Value
    k: Value
    s: Value
    p: Value
    d: Value

    def turned(self) -> Axis:
        """Return the same pairs, positions and taps in each other's places."""
        return Axis(self.n, self.k, self.m, self.d, self.p, self.s)


def real_pairs(axis: Axis, arithmetic: Arithmetic) -> Value | None:
    """Return how many pairs are real, exactly for all n, m, k ≥ 1; None where no closed form is known."""
    if all(isinstance(value, int) for value in axis):
        return _number(*(int(value) for value in axis))
    pairs = _Pairs(arithmetic)
    for way in (axis, axis.turned()):
        if isinstance(way.k, int) and way.k <= _MOST_TERMS:
            return pairs.by_taps(way, way.k)
    for way in (axis, axis.turned()):
        if way.d == 1:
            return pairs.closed(way)
    return pairs.all_real(axis)


class _Pairs:
    """Counts pairs of symbols."""

    def __init__(self, arithmetic: Arithmetic) -> None:
        self._a, self._facts = arithmetic, arithmetic.facts

    def by_taps(self, axis: Axis, taps: int) -> Value:
        """Sum over the taps: the positions before p − t·d begin too early, those from n + p − t·d on end too late."""
        a, terms = self._a, []
        for tap in range(taps):
            early = a.total([axis.p, a.product([-tap, axis.d], [])])
            terms += [self._before(a.total([axis.n, early]), axis), a.product([-1, self._before(early, axis)], [])]
        return a.total(terms)

    def closed(self, axis: Axis) -> Value:
        """Return the closed form where taps stand side by side, d = 1."""
        a, late = self._a, self._late(axis)
        outside = [a.product([-1, self._triangle(y, axis)], []) for y in (axis.p, late)]
        return a.total([a.product([axis.m, axis.k], []), *outside])

    def all_real(self, axis: Axis) -> Value | None:
        """Return m·k where there is provably no padding."""
        if self._is_empty(axis.p) and self._is_empty(self._late(axis)):
            return self._a.product([axis.m, axis.k], [])
        return None

    def _late(self, axis: Axis) -> Value:
        """Return what stands in the place of p for the pairs that end too late: the padding after that is used."""
        a = self._a
        last = a.product([a.total([axis.m, -1]), axis.s], []), a.product([a.total([axis.k, -1]), axis.d], [])
        beside = a.total([last[1], 1, a.product([-1, axis.n], []), a.product([-1, axis.p], [])])
        most = add(self._last_begins(axis), polynomial(beside))
        return 0 if self._is_sure(scale(most, -1)) else a.total([last[0], beside])

    def _before(self, y: Value, axis: Axis) -> Value:
        """Return how many of the m positions 0, s, 2s, … stand before y: v = ⌈y/s⌉, from 0 to m.

        That is max(v, 0) − max(v − m, 0), so that what is cut off early and late adds up.
        """
        if self._is_empty(y):
            return 0
        beyond = add(polynomial(y), {ONE: -1})  # (m − 1)·s or more: all of them
        if self._is_sure(add(beyond, self._last_begins(axis), -1)):
            return axis.m
        a = self._a
        found = a.ceiling(a.divide(y, axis.s))
        within = add(multiply(_smooth(axis.m, above=False), polynomial(axis.s)), polynomial(y), -1)
        more = 0 if self._is_sure(within) else self._part(a.total([found, a.product([-1, axis.m], [])]))
        return a.total([self._part(found), a.product([-1, more], [])])

    def _part(self, value: Value) -> Value:
        """Return max(value, 0); of max(2 − H, 0) and max(H − 2, 0), which differ by H − 2, only one is ever written."""
        poly = polynomial(value)
        if self._is_sure(poly):
            return value
        if self._is_empty(value):
            return 0
        a = self._a
        if poly[min(filter(None, poly), key=spelling)] < 0:
            return a.total([value, Max(expression(a.product([-1, value], [])), 0, evaluate=False)])
        return Max(expression(value), 0, evaluate=False)

    def _triangle(self, y: Value, axis: Axis) -> Value:
        """Return how many pairs have x·s + t < y: the whole triangle without what is beyond the taps and positions."""
        if self._is_empty(y):
            return 0
        a = self._a
        end, taps = a.product([-1, axis.m, axis.s], []), a.product([-1, axis.k], [])
        signed: tuple[tuple[int, list[Value]], ...] = ((1, []), (-1, [taps]), (-1, [end]), (1, [end, taps]))
        return a.total([a.product([sign, self._unbounded(a.total([y, *less]), axis.s)], []) for sign, less in signed])

    def _unbounded(self, y: Value, s: Value) -> Value:
        """Return how many x, t ≥ 0 have x·s + t < y: the sum of ⌈j/s⌉ over j = 1 … y."""
        if self._is_empty(y):
            return 0
        a = self._a
        y = a.largest([y, 0])
        if s == 1:
            return a.product([y, a.total([y, 1])], [2])
        whole = a.floor(a.divide(y, s))
        half = a.product([-1, s, whole], [2])
        return a.product([a.total([whole, 1]), a.total([y, half])], [])

    def _is_empty(self, y: Value) -> bool:
        return self._is_sure(scale(polynomial(y), -1))

    def _is_sure(self, integer: Polynomial) -> bool:
        """Tell whether an integer is proved to be ≥ 0."""
        if not any(integer):
            return constant(integer) >= 0
        return self._facts.is_positive(add(integer, {ONE: 1}))

    def _last_begins(self, axis: Axis) -> Polynomial:
        """Return (m − 1)·s, or what it is at most where it is smooth: s·⌊x/s⌋ ≤ x."""
        return multiply(add(_smooth(axis.m, above=True), {ONE: -1}), polynomial(axis.s))


def _smooth(m: Value, above: bool) -> Polynomial:
    """Return m, or a bound of it without its floor: x − 1 < ⌊x⌋ ≤ x ≤ ⌈x⌉ < x + 1, and closer for integers."""
    poly = polynomial(m)
    for monomial in [monomial for monomial in poly if has_rounding(monomial)]:
        ((atom, exponent), *others) = monomial
        if others or exponent != 1 or poly[monomial] < 0 or not isinstance(atom, (floor, ceiling)):
            continue
        within, factor = inside(atom), poly.pop(monomial)
        over: Polynomial = {inverse(within.monomial): Fraction(1, within.number)}
        poly = add(poly, multiply(within.numerator, over), factor)
        if isinstance(atom, ceiling) == above:
            one: Polynomial = {ONE: 1}
            poly = add(poly, add(one, over, -1) if within.is_integral() else one, factor if above else -factor)
    return poly


def _number(n: int, m: int, k: int, s: int, p: int, d: int) -> int:
    """Return the number of real pairs in integers."""
    late = (m - 1) * s + (k - 1) * d + 1 - n - p
    return m * k - _early(p, m, k, s, d) - _early(late, m, k, s, d)


def _early(y: int, m: int, k: int, s: int, d: int) -> int:
    """Return how many pairs have x·s + t·d < y."""
    taps = min(k, -(-max(y, 0) // d))  # that stand before y
    full = min(max((y - 1 - (m - 1) * s) // d + 1, 0), taps)  # with all their positions
    first = y - (taps - 1) * d
    return full * m + _floor_sum(taps - full, s, d, first + s - 1)


def _floor_sum(count: int, divisor: int, step: int, start: int) -> int:
    """Return the sum of ⌊(start + i·step)/divisor⌋ over i < count, in as many steps as Euclid's algorithm has."""
    found = 0
    while count > 0:
        (whole, step), (more, start) = divmod(step, divisor), divmod(start, divisor)
        found += count * (count - 1) // 2 * whole + count * more
        count, start = divmod(step * count + start, divisor)
        divisor, step = step, divisor
    return found
