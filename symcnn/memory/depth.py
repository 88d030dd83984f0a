"""Symbolic numbers of repetitions, case by case: each small number for itself, and all from some number on together.

From three repetitions on there are a first, some between and a last one. So a network with `repeat n` is looked at for
n = 0, 1 and 2, which are unrolled, and for n ≥ 3 at once; what is found is said in as few cases as that leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product as combinations
from typing import TypeAlias, TypeVar

from sympy import Add, And, Expr, Ge, Mul, Symbol
from sympy.logic.boolalg import Boolean, true

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.facts import Facts
from symcnn.algebra.operations import product, total
from symcnn.algebra.polynomial import as_expression, polynomial
from symcnn.algebra.symbols import Value, exact, expression
from symcnn.analysis.derivation import Derivation, Nest
from symcnn.errors import NotSupportedError
from symcnn.repetition.monotone import direction
from symcnn.repetition.substitution import replaced

SEVERAL = 3  # repetitions have a first, one between and a last
_MOST_TRIED = 8  # numbers of repetitions that are looked at one by one, from the least on
_MOST_COUNTS = 2  # symbols that count repetitions

Answer = TypeVar("Answer")
Cases: TypeAlias = list[tuple[Boolean, Answer]]
Joined: TypeAlias = Callable[[Answer, list[tuple["Depth", Answer]]], Answer | None]


@dataclass(frozen=True)
class Depth:
    """Some symbols that count repetitions have a number here, `fixed`, the others are at least `least`."""

    fixed: Mapping[Symbol, int] = field(default_factory=dict)
    least: Mapping[Symbol, int] = field(default_factory=dict)
    arithmetic: Arithmetic = field(default_factory=Arithmetic)

    def put_in(self, value: Value) -> Value:
        """Return a value with the numbers in it."""
        return replaced(value, self.fixed, self.arithmetic) if self.fixed else value

    def times(self, nest: Nest) -> Value:
        """Return how often a body is repeated: a number, or a value that is at least `SEVERAL`."""
        times = self.put_in(nest.times)
        if isinstance(times, int) or self.arithmetic.compare(">=", times, SEVERAL) is True:
            return times
        raise NotSupportedError(f"the live set where {nest.name} depends on other repetitions")

    def extremes(self, value: Value, nest: Nest) -> tuple[bool, bool] | None:
        """Tell whether a value may be largest in the first and in the last of neighbouring repetitions; None if open.

        It is so at an end where it never falls or never grows, and where its steps never get smaller.
        """
        index, arithmetic = nest.index, self.arithmetic
        assert index is not None
        towards = _direction(expression(value), index, self.times(nest), arithmetic)
        if towards is not None:
            return towards <= 0, towards > 0
        next_, second = (replaced(value, {index: index + step}, arithmetic) for step in (1, 2))
        bend = total((second, product((-2, next_)), value))
        return (True, True) if arithmetic.compare(">=", bend, 0) is True else None


def _direction(value: Expr, index: Symbol, count: Value, arithmetic: Arithmetic) -> int | None:
    """Return 1 where a value never falls, −1 where it never grows, 0 where it stays; None where that is not known.

    A product moves as its factors do, where they move alike and are not negative.
    """
    if isinstance(value, Add):
        return _agreed([_direction(term, index, count, arithmetic) for term in value.args])
    if isinstance(value, Mul):
        found = _agreed([_of_factor(factor, index, count, arithmetic) for factor in value.args])
        if found is not None:
            return found
    return direction(value, index, count, arithmetic)


def _of_factor(factor: Expr, index: Symbol, count: Value, arithmetic: Arithmetic) -> int | None:
    """Return the direction of a factor that is not negative in any of the repetitions; None of others."""
    found = direction(factor, index, count, arithmetic)
    least = replaced(factor, {index: 0 if found == 1 else total((count, -1))}, arithmetic)
    return found if found is not None and arithmetic.compare(">=", least, 0) is True else None


def _agreed(directions: list[int | None]) -> int | None:
    """Return the direction that all have that have one."""
    moving = {towards for towards in directions if towards != 0}
    return moving.pop() if len(moving) == 1 else None if moving else 0


def depths(derivation: Derivation, facts: Facts) -> tuple[Depth, ...]:
    """Return the cases to be looked at, the one of many repetitions first; one without symbols if none are counted.

    Raises `NotSupportedError` where the counts are too many, or depend on other repetitions.
    """
    nests = list(_counted(derivation))
    if not nests:
        return (Depth(arithmetic=Arithmetic(facts)),)
    indices = {nest.index for nest in nests}
    counts = list(dict.fromkeys(expression(nest.times) for nest in nests))
    symbols = sorted({symbol for count in counts for symbol in count.free_symbols}, key=str)
    if indices & set(symbols):
        raise NotSupportedError("the live set where the number of repetitions depends on other repetitions")
    if len(symbols) > _MOST_COUNTS:
        raise NotSupportedError(f"the live set with more than {_MOST_COUNTS} symbolic numbers of repetitions")
    starts = {symbol: int(facts.least(symbol) or 0) for symbol in symbols}
    many = _many(starts, counts, facts)
    ranges = [range(many[symbol], starts[symbol] - 1, -1) for symbol in symbols]
    return tuple(_depth(dict(zip(symbols, at, strict=True)), many, facts) for at in combinations(*ranges))


def _counted(derivation: Derivation) -> Iterator[Nest]:
    for item in derivation.items:
        if isinstance(item, Nest):
            if item.index is not None:
                yield item
            yield from _counted(item.body)


def _depth(at: Mapping[Symbol, int], many: Mapping[Symbol, int], facts: Facts) -> Depth:
    least = {symbol: number for symbol, number in at.items() if number == many[symbol]}
    fixed = {symbol: number for symbol, number in at.items() if symbol not in least}
    bare = Arithmetic(_with(facts, least))
    known = (polynomial(replaced(as_expression(poly), fixed, bare)) for poly in facts.known)
    return Depth(fixed, least, Arithmetic(replace(bare.facts, known=tuple(known))) if fixed else bare)


def _with(facts: Facts, least: Mapping[Symbol, int]) -> Facts:
    return replace(facts, lower={**facts.lower, **least})


def _many(starts: Mapping[Symbol, int], counts: Sequence[Value], facts: Facts) -> dict[Symbol, int]:
    """Return numbers from which on every body is repeated `SEVERAL` times at least."""
    many = dict(starts)
    for _ in range(_MOST_TRIED):
        known = Arithmetic(_with(facts, many))
        few = [count for count in counts if known.compare(">=", exact(count), SEVERAL) is not True]
        if not few:
            return many
        for symbol in {symbol for count in few for symbol in expression(count).free_symbols}:
            many[symbol] += 1
    raise NotSupportedError("the live set in these numbers of repetitions")


def in_cases(found: Sequence[tuple[Depth, Answer | None]], joined: Joined[Answer]) -> Cases[Answer] | None:
    """Say in few cases what was found, the depth of many repetitions first; None at a depth is anything.

    `joined` returns a form that is right at some depths too, if there is one. The first case that applies is meant, the
    last always does. None where that takes too many cases.
    """
    (most, form), *others = found
    if form is None:
        return None
    region = dict(most.least)
    for symbol in region:
        while any(depth.fixed.get(symbol, region[symbol]) < region[symbol] for depth, _ in others):
            lowered = region | {symbol: region[symbol] - 1}
            held = joined(form, [(d, x) for d, x in others if x is not None and _inside(d, lowered)])
            if held is None:
                break
            form, region = held, lowered
    rest = [(d, x) for d, x in others if x is not None and not _inside(d, region)]
    if not rest:
        return [(true, form)]
    bounds = {s: least for s, least in region.items() if any(d.fixed.get(s, least) < least for d, _ in others)}
    first = And(*(Ge(symbol, least) for symbol, least in bounds.items())), form
    if all(answer == rest[0][1] for _, answer in rest):
        return [first, (true, rest[0][1])]
    later = _below(next(iter(bounds.items())), others, joined) if len(bounds) == 1 else None
    return None if later is None else [first, *later]


def _below(
    bound: tuple[Symbol, int], others: Sequence[tuple[Depth, Answer | None]], joined: Joined[Answer]
) -> Cases[Answer] | None:
    """Say what was found for the numbers of one symbol below a bound, the largest first."""
    symbol, least = bound
    numbers = sorted({depth.fixed.get(symbol, least) for depth, _ in others if depth.fixed.get(symbol, least) < least})
    told: Cases[Answer] = []
    for number in reversed(numbers):
        cases = in_cases([(d, x) for d, x in others if d.fixed.get(symbol) == number], joined)
        if cases is None:
            return None
        if told and len(cases) == 1 and cases[0][1] == told[-1][1]:
            told.pop()
        told += [(when if number == numbers[0] else And(Ge(symbol, number), when), x) for when, x in cases]
    return told


def _inside(depth: Depth, region: Mapping[Symbol, int]) -> bool:
    return all(depth.fixed.get(symbol, least) >= least for symbol, least in region.items())
