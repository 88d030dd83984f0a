"""Proofs that a polynomial with floors is zero: at as many integers as a polynomial of its degree can have zeros.

With M a common multiple of the denominators, put H = M·q + r: for each r it is a polynomial in q, of some degree d, and
zero if it is at q = 0, 1, …, d. Symbols are put in together where they stand under one floor. What no residue takes
apart, such as 2ⁿ or ⌊H/s⌋, is kept as it is, as if it were another symbol: what then is zero is zero.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from math import prod

from sympy import Expr, Symbol, ceiling, floor

from symcnn.algebra.facts import Facts
from symcnn.algebra.polynomial import Monomial, Number, Polynomial, atoms, constant, symbols_of
from symcnn.algebra.proof import class_count, residue_classes
from symcnn.algebra.quotient import inside

_OF_AN_ATOM = 2  # times as much work is an atom as a term


@dataclass(frozen=True)
class _Group:
    """Roundings that share symbols with each other and with no others, and at how many points these are put in."""

    rounded: tuple[Expr, ...]
    degrees: Mapping[Symbol, int]
    points: int

    def names(self) -> list[str]:
        return [sym.name for sym in self.degrees]

    def atoms(self) -> tuple[Expr, ...]:
        return (*self.degrees, *self.rounded)


def vanishes(poly: Polynomial, facts: Facts, most_work: int) -> bool:
    """Tell whether it is proved that a polynomial of integers is zero, within so many terms at all points together.

    >>> from symcnn.algebra.arithmetic import Arithmetic
    >>> from symcnn.algebra.polynomial import polynomial
    >>> from symcnn.algebra.symbols import symbol
    >>> H, n, a = symbol("H"), symbol("n"), Arithmetic()
    >>> halves = polynomial(2**n * (a.floor(H / 2) + a.ceiling(H / 2) - H))
    >>> vanishes(halves, Facts(), 1_000), vanishes(halves, Facts(), 10)
    (True, False)
    """
    return Proof(facts, most_work).vanishes(poly)


class Proof:
    """A proof within so much work; what was done of it is `work`."""

    def __init__(self, facts: Facts, most_work: int) -> None:
        self._facts = facts
        self._most = self._left = most_work

    @property
    def work(self) -> int:
        """How many terms were worked out."""
        return self._most - max(0, self._left)

    def vanishes(self, poly: Polynomial) -> bool:
        """Tell whether it is proved that a polynomial of integers is zero."""
        if not poly:
            return True
        groups = sorted(self._groups(poly), key=lambda group: (group.points, group.names()))
        for group in groups:  # mostly the residues of one group are enough
            if group.points * len(poly) <= self._left and not any(self._at_points(poly, group)):
                return self._left >= 0
        if len(groups) < 2:
            return False
        return all(self.vanishes(rest) for rest in self._at_points(poly, groups[0])) and self._left >= 0

    def _at_points(self, poly: Polynomial, group: _Group) -> Iterator[Polynomial]:
        """Yield what a polynomial is where numbers are put in for the symbols of a group, as long as work is left."""
        own = group.atoms()
        parted = _parted(poly, own)
        rounded = [(atom, _evaluator(atom)) for atom in group.rounded]
        for point in self._points(group):
            self._left -= len(poly) + _OF_AN_ATOM * len(own)
            if self._left < 0:
                return
            yield _put_in(parted, point | {atom: worth(point) for atom, worth in rounded})

    def _points(self, group: _Group) -> Iterator[dict[Expr, int]]:
        for one in residue_classes(_sum(group.rounded), self._facts) or ():
            symbols = list(one.residues)
            for quotients in product(*(range(group.degrees[sym] + 1) for sym in symbols)):
                chosen = zip(symbols, quotients, strict=True)
                yield {sym: one.residues[sym][0] * q + one.residues[sym][1] for sym, q in chosen}

    def _groups(self, poly: Polynomial) -> Iterator[_Group]:
        for rounded in _sharing(poly):
            count = class_count(_sum(rounded), self._facts)
            if count is not None:
                symbols = sorted(symbols_of(_sum(rounded)), key=str)
                degrees = {sym: _degree(poly, sym, {*rounded}) for sym in symbols}
                yield _Group(tuple(rounded), degrees, count * prod(degree + 1 for degree in degrees.values()))


def _sum(rounded: tuple[Expr, ...] | list[Expr]) -> Polynomial:
    return {frozenset(((atom, 1),)): 1 for atom in rounded}


def _sharing(poly: Polynomial) -> list[list[Expr]]:
    """Return the roundings over numbers, those together that share symbols."""
    found: list[tuple[set[Symbol], list[Expr]]] = []
    for atom in atoms(poly):
        if not isinstance(atom, (floor, ceiling)) or class_count(_sum([atom]), Facts()) is None:
            continue
        symbols, rounded = symbols_of(_sum([atom])), [atom]
        for group in [group for group in found if group[0] & symbols]:
            found.remove(group)
            symbols |= group[0]
            rounded += group[1]
        found.append((symbols, rounded))
    return [rounded for _, rounded in found]


def _degree(poly: Polynomial, sym: Symbol, rounded: set[Expr]) -> int:
    """Return a bound of the degree in a symbol, which may stand in some roundings too."""
    return max((sum(exponent * _degree_of(atom, sym, rounded) for atom, exponent in m) for m in poly), default=0)


def _degree_of(atom: Expr, sym: Symbol, rounded: set[Expr]) -> int:
    if atom in rounded:
        numerator = inside(atom).numerator
        return _degree(numerator, sym, {inner for inner in atoms(numerator) if isinstance(inner, (floor, ceiling))})
    return int(atom == sym)


def _evaluator(atom: Expr) -> Callable[[Mapping[Expr, int]], int]:
    """Return what gives the value of a rounding over a number at a point."""
    within, up = inside(atom), isinstance(atom, ceiling)
    offset = int(constant(within.numerator))
    linear = [(c, part) for monomial, c in within.numerator.items() for part, e in monomial if e == len(monomial) == 1]
    if len(linear) + (offset != 0) == len(within.numerator) and all(isinstance(part, Symbol) for _, part in linear):

        def top(point: Mapping[Expr, int]) -> Number:
            return offset + sum(c * point[sym] for c, sym in linear)

    else:
        terms = [(c, [(_valued(part), e) for part, e in monomial]) for monomial, c in within.numerator.items()]

        def top(point: Mapping[Expr, int]) -> Number:
            found: Number = sum(c * prod(worth(point) ** e for worth, e in parts) for c, parts in terms)
            return found

    return lambda point: int(-(-top(point) // within.number) if up else top(point) // within.number)


def _valued(atom: Expr) -> Callable[[Mapping[Expr, int]], int]:
    return (lambda point: point[atom]) if isinstance(atom, Symbol) else _evaluator(atom)


def _parted(poly: Polynomial, own: tuple[Expr, ...]) -> dict[Monomial, list[tuple[Monomial, Number]]]:
    """Return for each product of other atoms the terms in some atoms that stand before it."""
    found: dict[Monomial, list[tuple[Monomial, Number]]] = {}
    for monomial, coefficient in poly.items():
        rest = frozenset(power for power in monomial if power[0] not in own)
        found.setdefault(rest, []).append((monomial - rest, coefficient))
    return found


def _put_in(parted: Mapping[Monomial, list[tuple[Monomial, Number]]], values: Mapping[Expr, int]) -> Polynomial:
    result: Polynomial = {}
    for rest, terms in parted.items():
        whole: Number = 0
        for own, coefficient in terms:
            for atom, exponent in own:
                coefficient *= values[atom] ** exponent
            whole += coefficient
        if whole:
            result[rest] = whole
    return result
