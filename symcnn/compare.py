"""Two networks side by side: difference, ratio, saving, limits, and exactly where one overtakes the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from sympy import Expr, Poly, Symbol, factor, oo

from symcnn.algebra.assumptions import ContradictionError, facts_from
from symcnn.algebra.facts import Facts
from symcnn.algebra.growth import (
    Run,
    coefficients,
    forward_difference,
    leading_term,
    sign_runs,
    value_at,
    without_common_factor,
)
from symcnn.algebra.polynomial import Polynomial, add, as_expression, polynomial
from symcnn.algebra.proof import equal, residue_classes
from symcnn.algebra.symbols import NONNEGATIVE, exact, expression, symbol
from symcnn.analysis import Analysis
from symcnn.asymptotics import growing_symbols
from symcnn.errors import SymcnnError

DEFAULT_QUANTITIES = ("macs", "params", "flops", "activations")
_MOST_FACTORED = 60  # terms of a polynomial that is still brought to factors for showing
_MOST_LISTED = 100_000  # integers that are looked at one by one where residues differ


@dataclass(frozen=True)
class ResiduePolynomial:
    """The difference on x = modulus·q + residue: a polynomial in q, by its integer coefficients (constant first)."""

    modulus: int
    residue: int
    coefficients: tuple[int, ...]

    def in_quotient(self) -> Expr:
        """Return it in factors, as an expression in a symbol q."""
        return _in_factors(self.coefficients, symbol("q", NONNEGATIVE))


@dataclass(frozen=True)
class Crossover:
    """The sign of first − second on every legal value of `symbol` from `least` on, proved.

    `runs` say where the first has fewer (sign −1), equally many (0) or more (1); they are empty where the sign keeps
    changing with the residue of the symbol. `common` is a positive factor that was divided out; `pieces` are the
    polynomials that prove it, one for each residue.
    """

    symbol: Symbol
    least: int
    runs: tuple[Run, ...]
    common: Expr
    pieces: tuple[ResiduePolynomial, ...]

    def proof_step(self) -> tuple[int, Expr, int] | None:
        """Return (N, Δ, m): from m on each step changes the difference by Δ of one sign, so the run from N goes on.

        Only for a difference without roundings, and a last run without end; else None.
        """
        if len(self.pieces) != 1 or not self.runs or self.runs[-1].end is not None or self.pieces[0].modulus != 1:
            return None
        coeffs = list(self.pieces[0].coefficients)
        step = forward_difference(coeffs)
        last_step = sign_runs(step, self.least)[-1]
        change = _in_factors(step, self.symbol)
        return self.runs[-1].start, change, max(last_step.start, self.runs[-1].start - 1)

    def difference_at(self, value: int) -> int:
        """Return the value of the only polynomial, for a difference without roundings."""
        return value_at(list(self.pieces[0].coefficients), value)


@dataclass(frozen=True)
class QuantityComparison:
    """One quantity of two networks. `limit` is the limit of first/second as the `growing` symbols grow together."""

    quantity: str
    first: Expr
    second: Expr
    growing: tuple[Symbol, ...]
    facts: Facts

    @cached_property
    def difference(self) -> Expr:
        """First − second, in factors where it is small enough."""
        return _factored(expression(self.first - self.second))

    @cached_property
    def ratio(self) -> Expr | None:
        """First/second, without common factors; None where the second is zero."""
        if self.second == 0:
            return None
        constant = _constant_ratio(self.first, self.second)
        if constant is not None:
            return expression(constant)
        return _factored(expression(self.first)) / _factored(expression(self.second))

    @property
    def saving(self) -> Expr | None:
        """1 − first/second: the part that the first saves."""
        return None if self.ratio is None else expression(exact(1 - self.ratio))

    @cached_property
    def leading(self) -> tuple[Expr | None, Expr | None]:
        """The leading terms of both."""
        return leading_term(self.first, self.growing), leading_term(self.second, self.growing)

    @cached_property
    def limit(self) -> Expr | None:
        """The limit of first/second; ∞ (`oo`) where the first outgrows the second; None where it cannot be given."""
        if self.ratio is not None and not self.ratio.free_symbols & set(self.growing):
            return self.ratio
        first, second = self.leading
        if first is None or second is None or second == 0:
            return None
        ratio = _factored(first) / _factored(second)
        if not ratio.free_symbols & set(self.growing):
            return expression(exact(ratio))
        degree = _joint_degree(first, self.growing) - _joint_degree(second, self.growing)
        return expression(0) if degree < 0 else oo if degree > 0 else None

    @property
    def limit_saving(self) -> Expr | None:
        """1 − limit: the saving for large sizes; None where there is no finite limit."""
        return None if self.limit is None or self.limit is oo else expression(exact(1 - self.limit))

    @cached_property
    def always(self) -> int | None:
        """The sign of first − second, if it is proved to be the same for all values; else None."""
        if equal(self.first, self.second, self.facts):
            return 0
        poly = add(polynomial(self.first), polynomial(self.second), -1)
        for sign in (1, -1):
            if self.facts.is_nonnegative(add({frozenset(): -1}, poly, sign)):
                return sign
        return None

    @cached_property
    def crossover(self) -> Crossover | None:
        """Where the first has fewer, equally many, more; None where the difference depends on several symbols."""
        return _crossover(add(polynomial(self.first), polynomial(self.second), -1), self.facts)


@dataclass(frozen=True)
class Comparison:
    """Two analyses compared, quantity by quantity."""

    first: Analysis
    second: Analysis
    quantities: tuple[QuantityComparison, ...]

    def __getitem__(self, quantity: str) -> QuantityComparison:
        found = next((q for q in self.quantities if q.quantity == quantity), None)
        if found is None:
            raise SymcnnError(f"'{quantity}' was not compared")
        return found

    @property
    def same_receptive_field(self) -> bool | None:
        """Whether both outputs see equally many inputs along every axis; None where it cannot be decided."""
        first, second = self.first.receptive_field.size, self.second.receptive_field.size
        if len(first) != len(second):
            return False
        verdicts = [equal(a, b) for a, b in zip(first, second, strict=True)]
        return None if None in verdicts else all(verdicts)


def compare(
    first: Analysis, second: Analysis, quantities: Sequence[str] = DEFAULT_QUANTITIES, growing: Iterable[str] = ()
) -> Comparison:
    """Compare two analyses; ratios are first/second.

    `growing` names the symbols that grow in limits (by default those of the spatial sizes). Raises `SymcnnError` for an
    unknown quantity or symbol, and where no value is legal for both.

    >>> from symcnn import analyse, parse
    >>> nets = parse('''net stacked { input 1×H×H; Conv(1, 3, bias=false); Conv(1, 3, bias=false) }
    ...                 net single { input 1×H×H; Conv(1, 5, bias=false) }''')
    >>> macs = compare(analyse(nets["stacked"]), analyse(nets["single"]))["macs"]
    >>> macs.limit, macs.limit_saving, macs.crossover.runs[-1]
    (18/25, 7/25, Run(start=11, end=None, sign=-1))
    """
    for analysis in (first, second):
        if analysis.values is not None:
            raise SymcnnError("compare takes analyses with symbols, not their values")
    symbols = growing_symbols([first, second], growing)
    try:
        facts, _ = facts_from([*first.assumed, *second.assumed, *first.claims, *second.claims])
    except ContradictionError:
        raise SymcnnError(f"no input is legal for both {first.net} and {second.net}") from None
    rows = (QuantityComparison(q, first.count(q), second.count(q), symbols, facts) for q in quantities)
    return Comparison(first, second, tuple(rows))


def _in_factors(coeffs: Sequence[int], variable: Symbol) -> Expr:
    return factor(Poly(list(reversed(coeffs)), variable).as_expr())


def _constant_ratio(first: Expr, second: Expr) -> Fraction | None:
    """Return the ratio where one polynomial is a multiple of the other."""
    top, bottom = polynomial(first), polynomial(second)
    if set(top) != set(bottom):
        return None
    ratios = {Fraction(top[m]) / Fraction(bottom[m]) for m in top}
    return ratios.pop() if len(ratios) == 1 else None


def _factored(expr: Expr) -> Expr:
    return factor(expr) if 0 < len(polynomial(expr)) <= _MOST_FACTORED else expr


def _joint_degree(expr: Expr, growing: tuple[Symbol, ...]) -> int:
    monomial = next(iter(polynomial(expr)))
    return sum(exponent for atom, exponent in monomial if atom in growing)


def _crossover(difference: Polynomial, facts: Facts) -> Crossover | None:
    common, rest = without_common_factor(difference)
    symbols = {s for monomial in rest for atom, _ in monomial for s in atom.free_symbols}
    classes = residue_classes(rest, facts) if len(symbols) == 1 else None
    if classes is None:
        return None
    (variable,) = symbols
    if not variable.is_integer:
        return None
    least = int(facts.least(variable) or 0)
    pieces = []
    for residue_class in classes:
        modulus, residue = residue_class.residues.get(variable, facts.residues.get(variable, (1, 0)))
        quotient = residue_class.quotients.get(variable, variable)
        poly = residue_class.restrict(rest)
        if variable not in residue_class.residues:
            modulus, residue = 1, 0
        coeffs = coefficients(poly, quotient)
        if coeffs is None:
            return None
        pieces.append(ResiduePolynomial(modulus, residue, tuple(coeffs)))
    runs = _all_runs(pieces, least, facts.upper.get(variable))
    return Crossover(variable, least, runs, as_expression({common: 1}), tuple(pieces))


def _all_runs(pieces: list[ResiduePolynomial], least: int, most: Fraction | int | None) -> tuple[Run, ...]:
    """Join the runs of the residues; none where the sign for large values depends on the residue."""
    by_piece = [_runs_of(piece, least) for piece in pieces]
    if len({runs[-1].sign for runs in by_piece}) > 1 and most is None:
        return ()
    settled = max(piece.modulus * runs[-1].start + piece.residue for piece, runs in zip(pieces, by_piece, strict=True))
    end = settled if most is None else min(settled, int(most))
    if len(pieces) == 1 and pieces[0].modulus == 1:
        return _cut(by_piece[0], most)
    if end - least > _MOST_LISTED:
        return ()
    joined: list[Run] = []
    for x in range(least, end + 1):
        for piece, runs in zip(pieces, by_piece, strict=True):
            if (x - piece.residue) % piece.modulus == 0:
                q = (x - piece.residue) // piece.modulus
                sign = next(r.sign for r in runs if r.start <= q and (r.end is None or q <= r.end))
                _extend(joined, x, sign)
    if most is None and joined:
        joined[-1] = Run(joined[-1].start, None, joined[-1].sign)
    return tuple(joined)


def _runs_of(piece: ResiduePolynomial, least: int) -> list[Run]:
    first = -(-(least - piece.residue) // piece.modulus)
    return sign_runs(list(piece.coefficients), max(first, 0))


def _cut(runs: list[Run], most: Fraction | int | None) -> tuple[Run, ...]:
    if most is None:
        return tuple(runs)
    kept = (r for r in runs if r.start <= most)
    return tuple(Run(r.start, int(most) if r.end is None else min(r.end, int(most)), r.sign) for r in kept)


def _extend(runs: list[Run], x: int, sign: int) -> None:
    if runs and runs[-1].sign == sign:
        runs[-1] = Run(runs[-1].start, x, sign)
    else:
        runs.append(Run(x, x, sign))
