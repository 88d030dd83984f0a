"""Equality that is proved: canonical forms first, then a finite split into residues.

With M a common multiple of the denominators, put H = M·h + r. For each r every floor becomes a polynomial in h, so
comparing finitely many polynomials is a proof. Two symbols need pairs of residues.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice, product
from math import ceil, lcm, prod
from typing import Any

from sympy import Add, Eq, Expr, Ne, Piecewise, Symbol, ceiling, floor, true
from sympy.logic.boolalg import Boolean

from symcnn.algebra.evaluate import evaluator
from symcnn.algebra.facts import Facts
from symcnn.algebra.polynomial import (
    ONE,
    Number,
    Polynomial,
    add,
    as_expression,
    atoms,
    common_denominator,
    constant,
    inverse,
    multiply,
    polynomial,
    substitute,
)
from symcnn.algebra.quotient import inside
from symcnn.algebra.symbols import NONNEGATIVE, Value, symbol

MOST_CLASSES = 20_000  # more residue classes are left undecided
_TRIED_VALUES, _MOST_TRIED = 12, 2_000  # per symbol and in all, in the search for a counterexample


@dataclass(frozen=True)
class ResidueClass:
    """The values x = modulus·q + residue of some symbols, q = 0, 1, …; `quotients` has the q of each x."""

    residues: Mapping[Symbol, tuple[int, int]]
    quotients: Mapping[Symbol, Symbol]

    def restrict(self, poly: Polynomial) -> Polynomial:
        """Return `poly` on this class, where no floor is left."""
        values: dict[Expr, Polynomial] = {
            atom: add({frozenset(((self.quotients[atom], 1),)): modulus}, {ONE: residue})
            for atom, (modulus, residue) in self.residues.items()
        }
        return _without_floors(poly, values)


def equal(first: Value, second: Value, facts: Facts | None = None) -> bool | None:
    """Prove that two values are equal for all legal values of their symbols (True) or not (False), or return None.

    >>> from symcnn.algebra.arithmetic import Arithmetic
    >>> from symcnn.algebra.symbols import symbol
    >>> a, H = Arithmetic(), symbol("H")
    >>> equal(a.floor(H / 2) + a.ceiling(H / 2), H)
    True
    """
    facts = facts or Facts()
    difference, _, _ = common_denominator(add(polynomial(first), polynomial(second), -1))
    if any(isinstance(atom, Add) for atom in atoms(difference)):  # what was a denominator is a factor now
        difference = polynomial(as_expression(difference))
    if not difference:
        return True
    split = next((atom for atom in sorted(atoms(difference), key=str) if isinstance(atom, Piecewise)), None)
    if split is not None:
        return _equal_in_cases(difference, split.args[0][1], facts)
    classes = residue_classes(difference, facts)
    if classes is None:
        return None
    if not any(residue_class.restrict(difference) for residue_class in classes):
        return True
    if facts.upper or facts.known or facts.divisible:
        # Different polynomials may agree on the values that these facts leave: only a counterexample tells.
        return False if _counterexample(difference, facts) else None
    return False


def _equal_in_cases(difference: Polynomial, condition: Boolean, facts: Facts) -> bool | None:
    """Prove that a difference is zero where x ≠ a and where x = a, for cases that tell these apart."""
    if not isinstance(condition, (Ne, Eq)) or not isinstance(condition.lhs, Symbol):
        return None
    x, a = condition.args
    if a.has(x):
        return None
    apart = [_in_case(difference, Ne(x, a), {}), _in_case(difference, Eq(x, a), {x: a})]
    if None in apart:
        return None
    found = [equal(case, 0, facts) for case in apart if case is not None]
    return False if False in found else True if all(found) else None


def _in_case(difference: Polynomial, condition: Boolean, values: dict[Expr, Expr]) -> Expr | None:
    """Return a difference where a condition holds; None where its cases are others."""
    replaced: dict[Expr, Polynomial] = {}
    for atom in atoms(difference):
        if isinstance(atom, Piecewise):
            (value, first), (other, last) = atom.args[0], atom.args[-1]
            if len(atom.args) != 2 or last is not true or first not in (condition, condition.negated):
                return None
            replaced[atom] = polynomial((value if first == condition else other).xreplace(values))
    known = substitute(difference, replaced)
    return as_expression(known).xreplace(values)


def _counterexample(difference: Polynomial, facts: Facts) -> bool:
    """Try a few of the allowed values on `difference`: where it is not zero, that is a proof."""
    sought = as_expression(difference)
    known = [as_expression(poly) for poly in facts.known]
    whole = [as_expression(multiply(dict(n), {inverse(m): Fraction(1, d)})) for n, d, m in facts.divisible]
    symbols = sorted(sought.free_symbols.union(*(expr.free_symbols for expr in known + whole)), key=str)
    tried = product(*(_allowed_values(sym, facts) for sym in symbols))
    for values in islice(tried, _MOST_TRIED):
        evaluate = evaluator(dict(zip(symbols, values, strict=True)))
        allowed = all(evaluate(expr) >= 0 for expr in known) and all(evaluate(w).denominator == 1 for w in whole)
        if allowed and evaluate(sought) != 0:
            return True
    return False


def _allowed_values(sym: Symbol, facts: Facts) -> list[Number]:
    """Return the first integers that the bounds and residues allow."""
    modulus, residue = facts.residues.get(sym, (1, 0))
    least = facts.least(sym)
    start = ceil(least or 0)
    start += start == 0 and bool(sym.is_positive)
    start += (residue - start) % modulus
    most = facts.upper.get(sym)
    values = range(start, start + modulus * _TRIED_VALUES, modulus)
    return [value for value in values if most is None or value <= most]


def class_count(poly: Polynomial, facts: Facts) -> int | None:
    """Return how many classes `residue_classes` yields; None where it cannot."""
    choices = _choices(poly, facts)
    return None if choices is None else prod(map(len, choices.values()))


def period_of(poly: Polynomial) -> int:
    """Return a period, in all its symbols, of whether an integer polynomial over a number is an integer."""
    numerator, number, _ = common_denominator(poly)
    periods: dict[Symbol, int] = {}
    _collect_periods(numerator, periods)
    return number * lcm(*periods.values())


def residue_classes(poly: Polynomial, facts: Facts) -> Iterator[ResidueClass] | None:
    """Yield the classes on which no floor is left; None where floors have symbolic denominators or there are too many.

    Residues that the facts exclude are left out.
    """
    choices = _choices(poly, facts)
    if choices is None or prod(map(len, choices.values())) > MOST_CLASSES:
        return None
    # No name that a user can type has a space in it.
    quotients = {atom: symbol(f"{atom.name} quotient", NONNEGATIVE) for atom in choices}
    return (ResidueClass(dict(zip(choices, chosen, strict=True)), quotients) for chosen in product(*choices.values()))


class _Residues(Sequence[tuple[int, int]]):
    """The pairs (period, r) for every r that a known residue leaves."""

    def __init__(self, period: int, known: tuple[int, int]) -> None:
        modulus, residue = known
        self._period = lcm(period, modulus)
        self._residues = range(residue, self._period, modulus)

    def __len__(self) -> int:
        return len(self._residues)

    def __getitem__(self, place: Any) -> Any:
        return self._period, self._residues[place]


def _choices(poly: Polynomial, facts: Facts) -> dict[Symbol, _Residues] | None:
    periods: dict[Symbol, int] = {}
    if not _collect_periods(poly, periods):
        return None
    in_order = sorted(periods.items(), key=lambda item: str(item[0]))
    return {atom: _Residues(period, facts.residues.get(atom, (1, 0))) for atom, period in in_order}


def _collect_periods(poly: Polynomial, periods: dict[Symbol, int]) -> bool:
    """Collect, for the symbols under floors, the period of these floors; False where there is none."""
    for atom in atoms(poly):
        if isinstance(atom, Symbol):
            continue
        if not isinstance(atom, (floor, ceiling)) or inside(atom).monomial:
            return False
        below: dict[Symbol, int] = {}
        for inner in atoms(inside(atom).numerator):
            if isinstance(inner, Symbol):
                below.setdefault(inner, 1)
        if not _collect_periods(inside(atom).numerator, below):
            return False
        for inner, period in below.items():
            if not inner.is_integer:
                return False
            periods[inner] = lcm(periods.get(inner, 1), period * inside(atom).number)
    return True


def _without_floors(poly: Polynomial, values: dict[Expr, Polynomial]) -> Polynomial:
    replaced = dict(values)
    for atom in atoms(poly):
        if isinstance(atom, (floor, ceiling)):
            replaced[atom] = _divided(atom, values)
    return substitute(poly, replaced)


def _divided(atom: Expr, values: dict[Expr, Polynomial]) -> Polynomial:
    within = inside(atom)
    numerator = _without_floors(within.numerator, values)
    offset = constant(numerator)
    down = -(-offset // within.number) if isinstance(atom, ceiling) else offset // within.number
    whole: Polynomial = {m: _exactly(c, within.number) for m, c in numerator.items() if m}
    return add(whole, {ONE: down})


def _exactly(coefficient: Number, divisor: int) -> Number:
    result, rest = divmod(coefficient, divisor)
    if rest:
        raise AssertionError("the period does not clear the floor")
    return result
