"""What is given with a question: its symbols, what is assumed of them, and integer points where all of it holds."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import count, islice
from math import ceil, prod
from random import Random
from threading import Lock
from typing import Any, TypeAlias

from sympy import Add, Expr, Max, Min, Mul, Piecewise, Pow, Product, Sum, Symbol, ceiling, floor
from sympy.core.relational import Relational

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.assumptions import ContradictionError, facts_from
from symcnn.algebra.conditions import Condition, Either
from symcnn.algebra.evaluate import evaluator, raise_power
from symcnn.algebra.facts import Facts
from symcnn.algebra.polynomial import as_expression, inverse, multiply
from symcnn.algebra.symbols import Value, exact, symbol
from symcnn.answers.work import once, size_of, spend
from symcnn.errors import SymcnnError
from symcnn.repetition.substitution import cases, relation_of

Number: TypeAlias = int | Fraction
Stated: TypeAlias = Condition | Either  # a condition that is no conjunction
Point: TypeAlias = Mapping[Symbol, Number]

# Tiers of points: how far above its least value a symbol goes, and how many points are tried and kept. Small numbers
# first, since a teacher shows them; the large ones tell apart what differs in one residue, or has small roots only.
_TIERS = ((6, 400, 12), (24, 400, 12), (300, 200, 10), (20_000, 100, 6))
_WIDE_TIER = (600, 400)  # and how many are tried
_FEW = 3  # how far above its least value a number of repetitions goes
_MORE_TIERS = ((3, 600, 150), (9, 300, 100), (700, 300, 100))
_MOST_COUNTED = 200  # parts of a value at a point that is kept: larger ones are of the network, and known there
_OF_A_REBUILT_PART, _OF_CONDITIONS = 10, 1_000  # as much work as at a point, about
_ENOUGH = 12  # points that are drawn under fewer conditions, for none to be drawn anew
_MOST_REMEMBERED = 500  # formulas at one point
_MOST_BITS = 14_250  # of a number that is to be shown: 4290 digits, where Python writes 4300
_MOST_BITS_BETWEEN = 50_000  # of the powers from which it comes
_MOST_ADDED = 60  # terms of the sums in one value that have no closed form
_FIRST = 2  # points at which everything is tried first
_SEED = 20_211  # any number: the points are the same in every run


class UndefinedError(ValueError):
    """A value is not defined at a point: a division by zero."""


class BudgetError(ValueError):
    """A value cannot be worked out exactly within bounds."""


@dataclass(frozen=True, eq=False)
class Given:
    """Symbols by name, and the conditions under which an answer must be right."""

    symbols: Mapping[str, Symbol]
    claims: tuple[Stated, ...] = ()
    facts: Facts = field(default_factory=Facts)
    replaced: Mapping[Symbol, Expr] = field(default_factory=dict)  # symbols that are assumed to equal something
    wider: Given | None = None  # the same with fewer conditions, of whose points some are points of this

    @cached_property
    def arithmetic(self) -> Arithmetic:
        """The arithmetic that knows the conditions."""
        return Arithmetic(self.facts, by_factors=True)

    @cached_property
    def quick_arithmetic(self) -> Arithmetic:
        """An arithmetic for first looks: where conditions only order sizes, it does not ask them at every floor."""
        ordered_only = not (self.facts.residues or self.facts.upper or self.facts.divisible)
        return Arithmetic() if ordered_only else self.arithmetic

    @cached_property
    def first_points(self) -> tuple[Evaluation, ...]:
        """The first of the points: what differs mostly differs at them."""
        return self.some_points(_FIRST)

    def some_points(self, count: int) -> tuple[Evaluation, ...]:
        """Return so many of the points, or all if there are fewer."""
        return tuple(Evaluation(point, kept=True) for point in islice(self._drawn(_TIERS), count))

    def wide_points(self, count: int, few: Collection[Symbol] = ()) -> tuple[Point, ...]:
        """Return points with mostly large numbers, no more than so many; those of `few` symbols are small."""
        key = (count, frozenset(few))
        kept: dict[Any, tuple[Point, ...]] = vars(self).setdefault("_wide", {})
        if key not in kept:
            kept[key] = tuple(self._drawn(((*_WIDE_TIER, count),), few))
        return kept[key]

    @cached_property
    def points(self) -> tuple[Evaluation, ...]:
        """A few points at which everything holds, small numbers first."""
        if self.wider is not None and len(found := self._among(self.wider.points)) >= _ENOUGH:
            return found
        return tuple(Evaluation(point, kept=True) for point in self._drawn(_TIERS))

    @cached_property
    def more_points(self) -> Iterable[Evaluation]:
        """Many more points, for what the few do not tell apart; they are drawn as they are asked for."""
        if self.wider is not None:
            return _Kept(point for point in self.wider.more_points if self.holds_at(point.values))
        return _Kept(Evaluation(point, kept=True) for point in self._drawn(_MORE_TIERS))

    def _among(self, points: Iterable[Evaluation]) -> tuple[Evaluation, ...]:
        """Return those of the points with fewer conditions at which all hold."""
        return tuple(point for point in points if self.holds_at(point.values))

    @cached_property
    def meanings(self) -> Mapping[str, Value]:
        """What the names stand for: symbols, or what these are assumed to equal."""
        return {name: exact(self.replaced.get(sym, sym)) for name, sym in self.symbols.items()}

    def with_symbols(self, names: Iterable[str]) -> Given:
        """Return the same with more symbols, positive integers."""
        return Given(
            dict(self.symbols) | {name: symbol(name) for name in names}, self.claims, self.facts, self.replaced
        )

    def with_spellings(self, names: Mapping[str, str]) -> Given:
        """Return the same with other names for some of its symbols."""
        more = {name: self.symbols[meant] for name, meant in names.items()}
        return Given(dict(self.symbols) | more, self.claims, self.facts, self.replaced)

    def assuming(self, *claims: Stated) -> Given | None:
        """Return the same with more conditions; None where they leave no value."""
        spend(_OF_CONDITIONS)
        try:
            return replace(given(self.symbols, (*self.claims, *claims)), wider=self)
        except ContradictionError:
            return None

    def point(self, values: Mapping[str, Number]) -> Evaluation:
        """Return the point at which the symbols of these names have these values."""
        return Evaluation({self.symbols[name]: number for name, number in values.items() if name in self.symbols})

    def holds_at(self, values: Point) -> bool:
        """Tell whether the conditions hold at a point."""
        evaluate = evaluator(values, bits=_MOST_BITS_BETWEEN)
        try:
            return all(_is_legal(sym, value) for sym, value in values.items()) and all(
                claim.holds(evaluate) for claim in self.claims
            )
        except SymcnnError:
            return False

    def rebuilt(self, value: Value) -> Value:
        """Return a value with the assumed equalities put in and its floors canonical under what is known."""
        return once((value, self), lambda: self._rebuilt(value))

    def _rebuilt(self, value: Value) -> Value:
        spend(_OF_A_REBUILT_PART * size_of(value))
        return rebuilt(value, self.arithmetic, self.replaced)

    def completed(self, values: dict[Symbol, Number]) -> dict[Symbol, Number] | None:
        """Add the values of the replaced symbols, if the point is a legal one; else None."""
        evaluate = evaluator(values)
        try:
            found = values | {sym: evaluate(expr) for sym, expr in self.replaced.items()}
        except SymcnnError:
            return None
        return found if self.holds_at(found) else None

    def _drawn(self, tiers: Iterable[tuple[int, int, int]], few: Collection[Symbol] = ()) -> Iterator[Point]:
        free = sorted((s for s in self._all_symbols() if s not in self.replaced), key=lambda s: s.name)
        if not free:
            found = self.completed({})
            yield from () if found is None else (found,)
            return
        random, seen = Random(_SEED), set()
        for width, tried, kept in tiers:
            ranges = [(sym, self._range(sym, _FEW if sym in few else width)) for sym in free]
            for _ in range(tried):
                values = {sym: _draw(sym, *within, random) for sym, within in ranges}
                key = tuple(values.values())
                found = None if key in seen else self.completed(values)
                seen.add(key)
                if found is not None:
                    yield found
                    kept -= 1
                if not kept:
                    break

    def _all_symbols(self) -> set[Symbol]:
        found = set(self.symbols.values())
        for expr in self.replaced.values():
            found |= expr.free_symbols
        for claim in self.claims:
            found |= set(claim.relation().free_symbols)
        return found

    def _range(self, sym: Symbol, width: int) -> tuple[int, int, int]:
        """Return where the numbers of a symbol start, how far they are apart, and how many more there are."""
        modulus, residue = self.facts.residues.get(sym, (1, 0))
        least = self.facts.least(sym)
        start = ceil(least) if least is not None else 0
        start += start == 0 and bool(sym.is_positive)
        start += (residue - start) % modulus
        most = self.facts.upper.get(sym)
        return start, modulus, width if most is None else max(0, min(width, int((most - start) // modulus)))


def _draw(sym: Symbol, start: int, modulus: int, reach: int, random: Random) -> Number:
    value = start + modulus * random.randint(0, reach)
    return value if sym.is_integer else Fraction(value, random.choice((1, 2, 4)))


class _Kept(Iterable["Evaluation"]):
    """Points that are made when they are first asked for, by whomever."""

    def __init__(self, made: Iterator[Evaluation]) -> None:
        self._made, self._known, self._making = made, list[Evaluation](), Lock()

    def __iter__(self) -> Iterator[Evaluation]:
        for place in count():
            if place == len(self._known):
                with self._making:
                    if place == len(self._known) and (found := next(self._made, None)) is not None:
                        self._known.append(found)
            if place == len(self._known):
                return
            yield self._known[place]


class Evaluation:
    """A point, and the exact values there; those of the last formulas are remembered."""

    def __init__(self, values: Point, kept: bool = False) -> None:
        self.values = values
        self._kept = kept  # for all answers: what is right is worked out once
        self._evaluate = evaluator(values, bits=_MOST_BITS_BETWEEN)
        self._asked = 0

    def __call__(self, value: Value) -> Number:
        """Return a value at the point; raises `UndefinedError` for a division by zero, else `BudgetError`."""
        if not isinstance(value, Expr):
            return value
        size = size_of(value)
        spend((min(size, _MOST_COUNTED) if self._kept else size) * (_MOST_ADDED if _adds(value) else 1))
        self._asked += 1
        if self._asked > _MOST_REMEMBERED:
            self._evaluate, self._asked = evaluator(self.values, bits=_MOST_BITS_BETWEEN), 0
        evaluate = evaluator(self.values, _MOST_ADDED, _MOST_BITS_BETWEEN) if _adds(value) else self._evaluate
        try:
            number = evaluate(value)
        except SymcnnError as error:
            raise (UndefinedError if error.message == "division by zero" else BudgetError) from None
        if max(number.numerator.bit_length(), number.denominator.bit_length()) > _MOST_BITS:
            raise BudgetError
        return number

    def unrounded(self, value: Value) -> Number:
        """Return what a value were at the point if nothing in it were rounded."""
        if not isinstance(value, Expr) or not value.has(floor, ceiling):
            return self(value)
        parts = [self.unrounded(part) for part in value.args]
        if isinstance(value, (floor, ceiling)):
            return parts[0]
        if isinstance(value, Pow):
            try:
                return raise_power(parts[0], parts[1], _MOST_BITS_BETWEEN)
            except SymcnnError:
                raise BudgetError from None
        return sum(parts) if isinstance(value, Add) else prod(parts) if isinstance(value, Mul) else self(value)


def given(symbols: Mapping[str, Symbol], claims: Iterable[Stated] = ()) -> Given:
    """Return symbols with conditions; raises `ContradictionError` where these leave no value."""
    claims = tuple(dict.fromkeys(claims))
    facts, replaced = facts_from(claims)
    beside = [as_expression(poly) for poly in facts.known]
    beside += [as_expression(multiply(dict(n), {inverse(m): Fraction(1, d)})) for n, d, m in facts.divisible]
    named = dict(symbols)
    for sym in sorted({s for expr in (*beside, *replaced.values()) for s in expr.free_symbols}, key=str):
        named.setdefault(sym.name, sym)
    return Given(named, claims, facts, replaced)


@lru_cache(maxsize=2048)
def _adds(value: Expr) -> bool:
    """Tell whether a value has sums or products that are worked out term by term."""
    return bool(value.has(Sum, Product))


def _is_legal(sym: Symbol, value: Number) -> bool:
    whole, positive, nonnegative = _domain(sym)
    if whole and value.denominator != 1:
        return False
    return value > 0 if positive else value >= 0 if nonnegative else True


@lru_cache(maxsize=1024)
def _domain(sym: Symbol) -> tuple[bool, bool, bool]:
    return bool(sym.is_integer), bool(sym.is_positive), bool(sym.is_nonnegative)


def rebuilt(value: Value, arithmetic: Arithmetic, replaced: Mapping[Any, Expr]) -> Value:
    """Return a value worked out again with some parts of it, mostly symbols, replaced."""
    if not isinstance(value, Expr) or value.is_Number:
        return exact(value)
    if value in replaced or isinstance(value, Symbol):
        return exact(replaced.get(value, value))
    if isinstance(value, Piecewise):
        return _rebuilt_cases(value, arithmetic, replaced)
    if not replaced and not value.has(floor, ceiling, Max, Min, Piecewise) and arithmetic.facts == Facts():
        return value
    parts = [rebuilt(part, arithmetic, replaced) for part in value.args]
    operation = next((how for kind, how in _OPERATIONS.items() if isinstance(value, kind)), None)
    return value if operation is None else operation(arithmetic, parts)


def _rebuilt_cases(value: Piecewise, arithmetic: Arithmetic, known: Mapping[Any, Expr]) -> Value:
    choices: list[tuple[Value, Any]] = []
    for part, condition in value.args:
        holds: Any = condition
        if isinstance(condition, Relational):
            sides = (rebuilt(exact(side), arithmetic, known) for side in condition.args)
            holds = relation_of(arithmetic.compare(condition.rel_op, *sides))
        choices.append((part, holds))
    return cases([(rebuilt(exact(part), arithmetic, known), holds) for part, holds in choices if holds is not False])


_OPERATIONS: dict[type[Expr], Callable[[Arithmetic, list[Value]], Value]] = {
    Add: lambda arithmetic, parts: arithmetic.total(parts),
    Mul: lambda arithmetic, parts: arithmetic.product(parts, []),
    Pow: lambda arithmetic, parts: arithmetic.power(*parts),
    floor: lambda arithmetic, parts: arithmetic.floor(parts[0]),
    ceiling: lambda arithmetic, parts: arithmetic.ceiling(parts[0]),
    Max: lambda arithmetic, parts: arithmetic.largest(parts),
    Min: lambda arithmetic, parts: arithmetic.smallest(parts),
}
