"""Values for a network's symbols that its conditions allow, and others just outside them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product
from math import ceil
from typing import Any, TypeAlias

from sympy import Expr, Pow, Symbol

from symcnn.algebra.conditions import ZERO, Condition, Either, linear_bound
from symcnn.algebra.evaluate import evaluator
from symcnn.algebra.symbols import RATIONAL, domain_of
from symcnn.analysis import Analysis
from symcnn.analysis.values import checked
from symcnn.errors import SymcnnError

Values: TypeAlias = dict[Symbol, int | Fraction]
_Claim: TypeAlias = Condition | Either

# What is looked for in each of the four sets: usual sizes, odd and unequal ones, and the smallest.
_SIZES = ((224, 224, 224), (225, 193, 57), (193, 225, 65), (1, 1, 1))
_CHANNELS = (16, 12, 9, 1)
_OTHERS = ((2, 3, 4), (3, 2, 5), (4, 2, 3), (1, 1, 1))
_RATIONALS = tuple(Fraction(a, b) for a, b in ((1, 1), (1, 2), (3, 4), (1, 4), (3, 2), (2, 1)))
_LARGEST_SIZE, _LARGEST_OTHER = 4096, 256
_MOST_TRIED = 50_000  # values for a symbol, in all
_MOST_OUTSIDE, _FARTHEST_OUTSIDE = 4, 64


def chosen_sizes(analysis: Analysis, given: Iterable[Mapping[str, Any]] | None = None) -> list[dict[str, Any]]:
    """Return sets of values for all symbols: the given ones completed, or a few that the conditions allow.

    Raises `SymcnnError` for a value that is not legal, and where no values are found.
    """
    if sets := list(given or ()):
        return [_completed(analysis, values, 0, [])[0] for values in sets]
    found: list[dict[str, Any]] = []
    for number in range(len(_SIZES) if analysis.symbols else 1):
        found += _completed(analysis, {}, number, found)
    return found


def _completed(
    analysis: Analysis, given: Mapping[str, Any], number: int, before: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return values near those of set `number`, other than those `before`; none if only these are left."""
    known = _known(analysis, given)
    free = [s for s in _in_order(analysis) if s not in known and s not in analysis.replaced]
    candidates = {symbol: _candidates(analysis, symbol, number, free) for symbol in free}
    for values in _Search(analysis, candidates, known).found():
        whole = {**given, **{symbol.name: values[symbol] for symbol in free}}
        if whole not in before:
            return [whole]
    if before:
        return []
    missing = ", ".join(symbol.name for symbol in free)
    raise SymcnnError(f"no values for {missing} were found that '{analysis.net}' is defined for", hint="give some")


def _known(analysis: Analysis, given: Mapping[str, Any]) -> Values:
    """Return the values of the given symbols, and of those that are assumed to be equal to them."""
    own = {name: symbol for name, symbol in analysis.symbols.items() if name in given}
    return checked(given, own if len(own) == len(given) else analysis.symbols, analysis.replaced)


def _in_order(analysis: Analysis) -> list[Symbol]:
    """Return the symbols in the order in which they are chosen: channels and sizes of the input last."""
    channels, *sizes = (value.free_symbols for value in analysis.input)
    return sorted(
        analysis.symbols.values(), key=lambda s: (s in set().union(*sizes), s in channels, s.name)
    )  # what the sizes must be depends on kernels and strides


def _candidates(analysis: Analysis, symbol: Symbol, number: int, free: Sequence[Symbol]) -> Sequence[int | Fraction]:
    """Return the values of a symbol that are tried, those nearest to what is looked for first."""
    if domain_of(symbol) == RATIONAL:
        return _RATIONALS
    least = _least(analysis, symbol)
    channels, *sizes = (value.free_symbols for value in analysis.input)
    raised = set().union(*(power.exp.free_symbols for value in analysis.input for power in value.atoms(Pow)))
    largest = _LARGEST_OTHER
    if symbol in raised:  # of 2^L a few are many
        target = _OTHERS[number][free.index(symbol) % 3]
    elif any(symbol in size for size in sizes):
        axis = next(axis for axis, size in enumerate(sizes) if symbol in size)
        target, largest = _SIZES[number][axis], _LARGEST_SIZE
    elif symbol in channels:
        target = _CHANNELS[number]
    else:
        target = _OTHERS[number][free.index(symbol) % 3]
    return sorted(range(least, least + largest), key=lambda value: (abs(value - target), -value))


def _least(analysis: Analysis, symbol: Symbol) -> int:
    """Return the least value of a symbol that the bounds on it alone leave."""
    claims = (claim for claim in (*analysis.assumed, *analysis.claims) if isinstance(claim, Condition))
    bounds = [bound for bound in map(linear_bound, claims) if bound is not None]
    lower = (ceil(-offset) for other, sign, offset in bounds if other == symbol and sign > 0)
    return max(1 if symbol.is_positive else 0, *lower, 0)


class _Search:
    """Looks for values under which claims hold, symbol by symbol; a claim is asked as soon as it can be."""

    def __init__(
        self, analysis: Analysis, candidates: Mapping[Symbol, Sequence[int | Fraction]], known: Values
    ) -> None:
        self.candidates, self.known, self.replaced = candidates, known, analysis.replaced
        self.order = list(candidates)
        self.tried = 0
        self.asked: list[list[_Claim]] = [[] for _ in self.order]
        for claim in (*analysis.assumed, *analysis.claims):
            spoken = claim.relation().free_symbols
            spoken |= {s for symbol in spoken & self.replaced.keys() for s in self.replaced[symbol].free_symbols}
            places = [place for place, symbol in enumerate(self.order) if symbol in spoken]
            if places:
                self.asked[max(places)].append(claim)

    def found(self) -> Iterator[Values]:
        """Yield sets of values, the best first."""
        return self._from(0, dict(self.known))

    def _from(self, place: int, values: Values) -> Iterator[Values]:
        if place == len(self.order):
            yield dict(values)
            return
        symbol = self.order[place]
        for value in self.candidates[symbol]:
            self.tried += 1
            if self.tried > _MOST_TRIED:
                return
            values[symbol] = value
            evaluate = followed(values, self.replaced)
            if all(holds(claim, evaluate) for claim in self.asked[place]):
                yield from self._from(place + 1, values)
        values.pop(symbol, None)


def followed(values: Values, replaced: Mapping[Symbol, Expr]) -> Callable[[Any], Any]:
    """Return what evaluates at some values, and at those of the symbols that are assumed to be equal to them."""
    known = {symbol: value for symbol, value in values.items() if symbol not in replaced}
    evaluate = evaluator(known)
    others = {s: evaluate(value) for s, value in replaced.items() if value.free_symbols <= known.keys()}
    return evaluator({**values, **others})


def holds(claim: _Claim, evaluate: Callable[[Any], Any]) -> bool:
    """Tell whether a claim holds; one that has no value does not."""
    try:
        return claim.holds(evaluate)
    except SymcnnError:
        return False


def sizes_outside(analysis: Analysis, inside: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return values near the smallest of the legal ones under which a condition does not hold, if possible one alone.

    What is assumed holds: that is not where the network is undefined, but what the user has left out.
    """
    base = _known(analysis, min(inside, key=lambda values: sum(_known(analysis, values).values())))
    fixed = {s for s in base if s in analysis.replaced or domain_of(s) == RATIONAL}
    own = [symbol for symbol in _in_order(analysis) if symbol in base and symbol not in fixed]
    found: list[dict[str, Any]] = []
    for claim in [claim for claim in analysis.claims if not _is_equation(claim)][:_MOST_OUTSIDE]:
        near = _near(analysis, claim, [s for s in own if s in claim.relation().free_symbols], base)
        legal = [values for values, evaluate in near if all(holds(a, evaluate) for a in analysis.assumed)]
        alone = [values for values in legal if len(broken(analysis, values)) == 1]
        for values in (alone or legal)[:1]:
            named = {symbol.name: value for symbol, value in values.items() if symbol not in analysis.replaced}
            found += [named] if named not in found else []
    return found


def _is_equation(claim: _Claim) -> bool:
    """Tell whether a claim makes a symbol equal to something: then the other may stand in its place everywhere."""
    return isinstance(claim, Condition) and claim.claim == ZERO


def broken(analysis: Analysis, values: Values) -> tuple[_Claim, ...]:
    """Return the conditions that do not hold at some values."""
    evaluate = followed(values, analysis.replaced)
    return tuple(claim for claim in analysis.claims if not holds(claim, evaluate))


def _near(
    analysis: Analysis, claim: _Claim, symbols: Sequence[Symbol], base: Values
) -> list[tuple[Values, Callable[[Any], Any]]]:
    """Return the base with one symbol changed such that a claim does not hold, the nearest first, and its evaluator."""
    found = []
    for distance, symbol, sign in product(range(1, _FARTHEST_OUTSIDE + 1), symbols, (1, -1)):
        values = {**base, symbol: base[symbol] + sign * distance}
        evaluate = followed(values, analysis.replaced)
        if values[symbol] >= (1 if symbol.is_positive else 0) and not holds(claim, evaluate):
            found.append((values, evaluate))
    return found
