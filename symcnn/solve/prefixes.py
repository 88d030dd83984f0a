"""The values of a formula at many places, where its sums are carried on from the furthest place so far."""

from __future__ import annotations

from fractions import Fraction

from sympy import Expr, Sum, Symbol

from symcnn.algebra.evaluate import evaluator
from symcnn.algebra.operations import outermost
from symcnn.algebra.symbols import NONNEGATIVE, exact, symbol
from symcnn.errors import NotSupportedError

_MOST_TERMS = 100_000  # of one sum


class Valuer:
    """The value of a formula for each value of its only symbol."""

    def __init__(self, value: Expr, unknown: Symbol) -> None:
        self._unknown = unknown
        sums = [part for part in value.atoms(Sum) if unknown not in part.function.free_symbols]
        sums = [part for part in sums if len(part.limits) == 1 and part.free_symbols == {unknown}]
        sums = [part for part in sums if part.limits[0][1].is_Integer]
        # No name that a user can type has a space in it.
        self._sums = {symbol(f"sum {place}", NONNEGATIVE): _Prefixes(part) for place, part in enumerate(sums)}
        self._value = value.xreplace(dict(zip(sums, self._sums, strict=True)))

    def __call__(self, x: int) -> int | Fraction:
        """Return the value; raises `SymcnnError` for one that is astronomically large."""
        known: dict[Symbol, int | Fraction] = {self._unknown: x}
        plain = evaluator(known)
        return evaluator({**known, **{name: s.up_to(int(plain(s.end))) for name, s in self._sums.items()}})(self._value)


class _Prefixes:
    """The sums of the first 0, 1, 2, … terms, as far as they were asked for."""

    def __init__(self, of: Sum) -> None:
        self._body, self._index, start, self.end = outermost(of)
        self._start = int(exact(start))
        self._sums: list[int | Fraction] = [0]

    def up_to(self, end: int) -> int | Fraction:
        """Return the sum of the terms from the start up to a place."""
        count = max(0, end - self._start + 1)
        if count > _MOST_TERMS:
            raise NotSupportedError(f"sums of more than {_MOST_TERMS:,} terms that have no closed form")
        while len(self._sums) <= count:
            place = self._start + len(self._sums) - 1
            self._sums.append(self._sums[-1] + evaluator({self._index: place})(self._body))
        return self._sums[count]
