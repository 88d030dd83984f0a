"""Where one quantity overtakes another: the sign of a difference on all legal integers, decided exactly."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sympy import Expr, Poly, Symbol, factor

from symcnn.algebra.facts import Facts
from symcnn.algebra.growth import (
    Run,
    coefficients,
    forward_difference,
    sign_runs,
    value_at,
    without_common_factor,
)
from symcnn.algebra.polynomial import Polynomial, as_expression
from symcnn.algebra.proof import ResidueClass, residue_classes
from symcnn.algebra.symbols import NONNEGATIVE, symbol

_MOST_LISTED = 100_000  # integers that are looked at one by one where residues differ


@dataclass(frozen=True)
class ResiduePolynomial:
    """The difference on x = modulus·q + residue: a polynomial in q, by its integer coefficients (constant first)."""

    modulus: int
    residue: int
    coefficients: tuple[int, ...]

    def in_quotient(self) -> Expr:
        """Return it in factors, as an expression in a symbol q."""
        return in_factors(self.coefficients, symbol("q", NONNEGATIVE))

    def runs(self, least: int) -> list[Run]:
        """Return the signs for all x ≥ least of this residue; runs begin and end at values x."""
        first = max(0, -(-(least - self.residue) // self.modulus))
        return [
            Run(self._at(run.start), None if run.end is None else self._at(run.end), run.sign)
            for run in sign_runs(list(self.coefficients), first)
        ]

    def _at(self, quotient: int) -> int:
        return self.modulus * quotient + self.residue


@dataclass(frozen=True)
class Crossover:
    """The sign of first − second on every legal value of `symbol` from `least` on, proved.

    `runs` say where the first has fewer (sign −1), equally many (0) or more (1); they begin and end at legal values,
    and are empty where the sign keeps changing with the residue of the symbol. `common` is a positive factor that was
    divided out; `pieces` are the polynomials that prove it, one for each residue.
    """

    symbol: Symbol
    least: int
    runs: tuple[Run, ...]
    common: Expr
    pieces: tuple[ResiduePolynomial, ...]

    def proof_step(self) -> tuple[int, Expr, int] | None:
        """Return (N, Δ, m): from m on each step of 1 changes the difference by Δ of one sign; the last run starts at N.

        So for N ≥ m the run goes on for ever; where m is larger, the values up to m belong to the run as well. Only for
        a difference without roundings that changes, and a last run without end; else None.
        """
        if not self.is_smooth or not self.runs or self.runs[-1].end is not None:
            return None
        step = forward_difference(list(self.pieces[0].coefficients))
        if not any(step):
            return None
        return self.runs[-1].start, in_factors(step, self.symbol), sign_runs(step, self.least)[-1].start

    @property
    def is_smooth(self) -> bool:
        """Whether the difference is one polynomial, without roundings."""
        return len(self.pieces) == 1 and self.pieces[0].modulus == 1

    def difference_at(self, value: int) -> int:
        """Return the value of the only polynomial, for a difference without roundings."""
        return value_at(list(self.pieces[0].coefficients), value)


def crossover(difference: Polynomial, facts: Facts) -> Crossover | None:
    """Return where a difference is negative, zero, positive; None where it does not depend on just one symbol."""
    common, rest = without_common_factor(difference)
    symbols = {s for monomial in rest for atom, _ in monomial for s in atom.free_symbols}
    classes = residue_classes(rest, facts) if len(symbols) == 1 else None
    if classes is None:
        return None
    (variable,) = symbols
    pieces = [_piece(rest, residue_class, variable) for residue_class in classes]
    if not variable.is_integer or None in pieces:
        return None
    legal = _Legal.of(variable, facts)
    found = tuple(piece for piece in pieces if piece is not None)
    return Crossover(variable, legal.least, _all_runs(found, legal), as_expression({common: 1}), found)


def in_factors(coeffs: Sequence[int], variable: Symbol) -> Expr:
    """Return a polynomial, given by its coefficients, in factors."""
    return factor(Poly(list(reversed(coeffs)), variable).as_expr())


@dataclass(frozen=True, slots=True)
class _Legal:
    """The legal values: from `least` to `most` (None: without end) in steps of `step`."""

    least: int
    most: int | None
    step: int

    @classmethod
    def of(cls, variable: Symbol, facts: Facts) -> _Legal:
        step, residue = facts.residues.get(variable, (1, 0))
        least, most = int(facts.least(variable) or 0), facts.upper.get(variable)
        return cls(least + (residue - least) % step, None if most is None else int(most // 1), step)

    def between(self, start: int, end: int | None) -> range | None:
        """Return the legal values from `start` to `end`; None where there is no end."""
        first = start + (self.least - start) % self.step
        if end is None and self.most is None:
            return None
        last = min(e for e in (end, self.most) if e is not None)
        return range(first, last + 1, self.step)


def _piece(poly: Polynomial, on: ResidueClass, variable: Symbol) -> ResiduePolynomial | None:
    modulus, residue = on.residues.get(variable, (1, 0))
    coeffs = coefficients(on.restrict(poly), on.quotients.get(variable, variable))
    return None if coeffs is None else ResiduePolynomial(modulus, residue, tuple(coeffs))


def _all_runs(pieces: Sequence[ResiduePolynomial], legal: _Legal) -> tuple[Run, ...]:
    """Join the runs of the residues; none where the sign for large values depends on the residue."""
    signs = _Signs(pieces, legal.least)
    runs: list[Run] = []
    listed = 0
    for start, following in signs.stretches():
        values = legal.between(start, None if following is None else following - 1)
        sign = signs.common(start)
        if sign is not None:
            _extend(runs, sign, start + (legal.least - start) % legal.step, values)
            continue
        listed += _MOST_LISTED if values is None else len(values)
        if values is None or listed > _MOST_LISTED:
            return ()
        for x in values:
            _extend(runs, signs.at(x), x, range(x, x + 1))
    return tuple(runs)


class _Signs:
    """The signs of all pieces, looked up by value."""

    def __init__(self, pieces: Sequence[ResiduePolynomial], least: int) -> None:
        self._modulus = pieces[0].modulus
        self._runs = {piece.residue: piece.runs(least) for piece in pieces}
        self._starts = {residue: [run.start for run in runs] for residue, runs in self._runs.items()}
        self._least = least

    def stretches(self) -> Iterator[tuple[int, int | None]]:
        """Yield stretches in which no residue changes its sign, by their first value and that of the next."""
        starts = sorted({self._least}.union(*self._starts.values()))
        yield from pairwise(starts)
        yield starts[-1], None

    def common(self, x: int) -> int | None:
        """Return the sign of all residues on the stretch that begins at x, if they agree."""
        signs = {self._of(residue, x) for residue in self._runs}
        return signs.pop() if len(signs) == 1 else None

    def at(self, x: int) -> int:
        """Return the sign at one value."""
        return self._of(x % self._modulus, x)

    def _of(self, residue: int, x: int) -> int:
        return self._runs[residue][max(0, bisect_right(self._starts[residue], x) - 1)].sign


def _extend(runs: list[Run], sign: int, start: int, values: range | None) -> None:
    """Add legal values of one sign to the runs."""
    if values is not None and not values:
        return
    end = None if values is None else values[-1]
    if runs and runs[-1].sign == sign:
        runs[-1] = Run(runs[-1].start, end, sign)
    else:
        runs.append(Run(start, end, sign))
