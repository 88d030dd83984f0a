"""Where one quantity overtakes another: the sign of a difference on all legal integers, decided exactly."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import lcm

from sympy import Expr, Piecewise, Symbol

from symcnn.algebra.conditions import FRACTIONAL, INTEGRAL, Claim, Condition, linear_bound
from symcnn.algebra.evaluate import evaluator
from symcnn.algebra.facts import Facts
from symcnn.algebra.growth import without_common_factor
from symcnn.algebra.operations import product_of
from symcnn.algebra.polynomial import Polynomial, as_expression, atoms, scale, symbols_of
from symcnn.algebra.proof import ResidueClass, class_count, period_of, residue_classes
from symcnn.algebra.quotient import has_rounding
from symcnn.algebra.signs import PowerSum, Run, by_rate, power_sum, scales
from symcnn.algebra.symbols import NONNEGATIVE, expression, symbol
from symcnn.algebra.wholes import has_symbolic_power

_ONE = expression(1)
_MOST_LISTED = 20_000  # integers that are looked at one by one
_MOST_CLASSES = 1_024  # residues that are worked out


@dataclass(frozen=True)
class ResiduePiece:
    """The difference on x = modulus·q + residue: in q a polynomial, or a sum of powers times polynomials."""

    modulus: int
    residue: int
    value: PowerSum

    def in_quotient(self) -> Expr:
        """Return it in factors, as an expression in a symbol q."""
        return self.value.in_factors(symbol("q", NONNEGATIVE))

    def runs(self, least: int) -> list[Run]:
        """Return the signs for all x ≥ least of this residue; runs begin and end at values x."""
        first = max(0, -(-(least - self.residue) // self.modulus))
        return [
            Run(self._at(run.start), None if run.end is None else self._at(run.end), run.sign)
            for run in self.value.runs(first)
        ]

    def _at(self, quotient: int) -> int:
        return self.modulus * quotient + self.residue


@dataclass(frozen=True)
class Crossover:
    """The sign of first − second on every legal value of `symbol` from `least` on, proved.

    `runs` say where the first has fewer (sign −1), equally many (0) or more (1); they begin and end at legal values,
    and are empty where the sign keeps changing with the residue of the symbol. `common` is a positive factor that was
    divided out; `pieces` are what proves it, one for each residue.
    """

    symbol: Symbol
    least: int
    runs: tuple[Run, ...]
    common: Expr
    pieces: tuple[ResiduePiece, ...]

    def proof_step(self) -> tuple[int, Expr, int] | None:
        """Return (N, Δ, m): from m on each step of 1 changes the difference by Δ of one sign; the last run starts at N.

        So for N ≥ m the run goes on for ever; where m is larger, the values up to m belong to the run as well. Only for
        a difference without roundings that changes, and a last run without end; else None.
        """
        if not self.is_smooth or not self.runs or self.runs[-1].end is not None:
            return None
        step = self.pieces[0].value.difference()
        if not step.parts:
            return None
        return self.runs[-1].start, step.in_factors(self.symbol), step.runs(self.least)[-1].start

    @property
    def is_smooth(self) -> bool:
        """Whether the difference is one polynomial or sum of powers, without roundings."""
        return len(self.pieces) == 1 and self.pieces[0].modulus == 1

    def difference_at(self, value: int) -> int:
        """Return the value of the only piece, for a difference without roundings."""
        return self.pieces[0].value.at(value)


def crossover(
    difference: Polynomial, facts: Facts, claims: Iterable[Claim] = (), divided: Expr = _ONE
) -> Crossover | None:
    """Return where a difference is negative, zero, positive; None where it does not depend on just one symbol.

    `claims` are what must hold besides the facts: alternatives, inequations, bounds on powers; they are looked at where
    they speak of that symbol alone. None too where `obstacle` says why. `divided` is a positive factor that the
    difference was divided by before.
    """
    common, rest = without_common_factor(difference)
    symbols = symbols_of(rest)
    if len(symbols) != 1:
        return None
    (variable,) = symbols
    extra = [claim for claim in claims if claim.relation().free_symbols == {variable} and not _is_fact(claim)]
    if any(map(_is_divided_power, extra)):
        return None
    try:
        pieces = _pieces(rest, variable, facts)
        limits = [_pieces(poly, variable, Facts()) for poly in _polynomials(extra)]
        if pieces is None or None in limits:
            return None
        legal = _Legal.of(variable, facts, extra, [piece for limit in limits if limit for piece in limit])
        runs = _all_runs(pieces, legal)
    except OverflowError:
        return None
    if runs is None:
        return None
    factor = product_of((divided, as_expression({common: 1}), _cleared(rest, variable, pieces)))
    return Crossover(variable, legal.least, runs, factor, pieces)


def obstacle(difference: Polynomial) -> str:
    """Say why the signs of a difference that depends on one symbol are not found."""
    _, rest = without_common_factor(difference)
    symbols = symbols_of(rest)
    kinds = {type(atom).__name__ for atom in atoms(rest)}
    if any(isinstance(atom, Piecewise) for atom in atoms(rest)):
        return "it has cases"
    if kinds & {"Sum", "Product"}:
        return "it has a sum without a closed form"
    if len(symbols) == 1 and by_rate(rest, next(iter(symbols))) is None:
        return "the symbol stands in powers that are no powers of numbers"
    if any(has_symbolic_power(monomial) for monomial in rest):
        return "it has roundings of powers, or powers too large to write down"
    return "the roundings leave too many residues to look at"


def _cleared(poly: Polynomial, variable: Symbol, pieces: Sequence[ResiduePiece]) -> Expr:
    """Return the 1/m·dˣ that was divided out of a difference without roundings, for integer coefficients and bases."""
    parts = by_rate(poly, variable)
    if parts is None or len(pieces) > 1 or pieces[0].modulus > 1:
        return _ONE
    scale, below = scales(parts)
    return expression(Fraction(1, scale)) * (_ONE if below == 1 else expression(below) ** -variable)


@dataclass(frozen=True)
class _Legal:
    """The legal values: from `least` to `most` (None: without end) in steps of `step`, where all `claims` hold.

    From one of `breaks` to the next, whether they hold depends only on the residue modulo `period`.
    """

    variable: Symbol
    least: int
    most: int | None
    step: int
    claims: Sequence[Claim]
    breaks: frozenset[int]
    period: int

    @classmethod
    def of(cls, variable: Symbol, facts: Facts, claims: Sequence[Claim], limits: Iterable[ResiduePiece]) -> _Legal:
        step, residue = facts.residues.get(variable, (1, 0))
        least, most = int(facts.least(variable) or 0), facts.upper.get(variable)
        least += (residue - least) % step
        limits = list(limits)
        breaks = frozenset(run.start for limit in limits for run in limit.runs(least))
        period = lcm(step, *(limit.modulus for limit in limits), *map(_period, claims))
        return cls(variable, least, None if most is None else int(most // 1), step, claims, breaks, period)

    def between(self, start: int, end: int | None) -> range | None:
        """Return the values in steps from `start` to `end`; None where there is no end."""
        first = start + (self.least - start) % self.step
        if end is None and self.most is None:
            return None
        last = min(e for e in (end, self.most) if e is not None)
        return range(first, last + 1, self.step)

    def holds(self, x: int) -> bool:
        """Tell whether the claims hold at a value."""
        evaluate = evaluator({self.variable: x})
        return all(claim.holds(evaluate) for claim in self.claims)


def _conditions(claim: Claim) -> Iterator[Condition]:
    if isinstance(claim, Condition):
        yield claim
    else:
        for part in claim.conditions:
            yield from _conditions(part)


def _is_fact(claim: Claim) -> bool:
    """Tell whether bounds and residues say it already."""
    if not isinstance(claim, Condition):
        return False
    linear = all(len(m) <= 1 and all(isinstance(a, Symbol) and e == 1 for a, e in m) for m, _ in claim.items)
    return linear and (claim.claim == INTEGRAL or linear_bound(claim) is not None)


def _polynomials(claims: Iterable[Claim]) -> Iterator[Polynomial]:
    """Yield the polynomials whose signs decide the claims."""
    for claim in claims:
        for condition in _conditions(claim):
            if condition.claim not in (INTEGRAL, FRACTIONAL):
                yield condition.polynomial


def _period(claim: Claim) -> int:
    """Return a period of the divisibilities in a claim."""
    divided = (c.polynomial for c in _conditions(claim) if c.claim in (INTEGRAL, FRACTIONAL))
    return lcm(*(period_of(poly) for poly in divided))


def _is_divided_power(claim: Claim) -> bool:
    """Tell whether a claim is about the divisibility of a sum with powers, which has another period."""
    divided = (c for c in _conditions(claim) if c.claim in (INTEGRAL, FRACTIONAL))
    return any(has_symbolic_power(monomial) for c in divided for monomial in c.polynomial)


def _pieces(poly: Polynomial, variable: Symbol, facts: Facts) -> tuple[ResiduePiece, ...] | None:
    """Return the piece of each residue; None where floors cannot be split, or into too many."""
    parts = by_rate(poly, variable)
    if parts is None or not variable.is_integer:
        return None
    rounded: Polynomial = {monomial: 1 for part in parts.values() for monomial in part if has_rounding(monomial)}
    count = class_count(rounded, facts)
    classes = residue_classes(rounded, facts) if count is not None and count <= _MOST_CLASSES else None
    if classes is None:
        return None
    found = [_piece(parts, residue_class, variable) for residue_class in classes]
    return tuple(piece for piece in found if piece is not None) if None not in found else None


def _piece(parts: Mapping[Fraction, Polynomial], on: ResidueClass, variable: Symbol) -> ResiduePiece | None:
    """Return Σ part·rateˣ on x = modulus·q + residue, where rateˣ = rate^residue·(rate^modulus)^q."""
    modulus, residue = on.residues.get(variable, (1, 0))
    restricted = {rate**modulus: scale(on.restrict(part), rate**residue) for rate, part in parts.items()}
    value = power_sum(restricted, on.quotients.get(variable, variable))
    return None if value is None else ResiduePiece(modulus, residue, value)


def _all_runs(pieces: Sequence[ResiduePiece], legal: _Legal) -> tuple[Run, ...] | None:
    """Join the runs of the residues; () where the sign for large values depends on the residue, None if undecided."""
    signs = _Signs(pieces, legal.least)
    runs: list[Run] = []
    listed = 0
    for start, following in signs.stretches(legal.breaks):
        values = legal.between(start, None if following is None else following - 1)
        sign = signs.common(start)
        if sign is not None and not legal.claims:
            _extend(runs, sign, start + (legal.least - start) % legal.step, values)
            continue
        if values is None and legal.claims:
            return _with_last(runs, signs, legal, start)
        listed += _MOST_LISTED if values is None else len(values)
        if values is None or listed > _MOST_LISTED:
            return None if legal.claims else ()
        for x in filter(legal.holds, values):
            _extend(runs, signs.at(x), x, range(x, x + 1))
    return tuple(runs)


def _with_last(runs: list[Run], signs: _Signs, legal: _Legal, start: int) -> tuple[Run, ...] | None:
    """Add the last stretch, without end, on which legality and sign repeat with a period."""
    period = lcm(legal.period, signs.modulus)
    if period > _MOST_LISTED:
        return None
    values = [x for x in legal.between(start, start + period - 1) or () if legal.holds(x)]
    found = {signs.at(x) for x in values}
    if len(found) > 1:
        return ()
    if values:
        _extend(runs, found.pop(), values[0], None)
    return tuple(runs)


class _Signs:
    """The signs of all pieces, looked up by value."""

    def __init__(self, pieces: Sequence[ResiduePiece], least: int) -> None:
        self.modulus = pieces[0].modulus
        self._runs = {piece.residue: piece.runs(least) for piece in pieces}
        self._starts = {residue: [run.start for run in runs] for residue, runs in self._runs.items()}
        self._least = least

    def stretches(self, breaks: Iterable[int]) -> Iterator[tuple[int, int | None]]:
        """Yield stretches in which no residue changes its sign, by their first value and that of the next."""
        starts = sorted({self._least}.union(breaks, *self._starts.values()))
        yield from pairwise(starts)
        yield starts[-1], None

    def common(self, x: int) -> int | None:
        """Return the sign of all residues on the stretch that begins at x, if they agree."""
        signs = {self._of(residue, x) for residue in self._runs}
        return signs.pop() if len(signs) == 1 else None

    def at(self, x: int) -> int:
        """Return the sign at one value."""
        return self._of(x % self.modulus, x)

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
