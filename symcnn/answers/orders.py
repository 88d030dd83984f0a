"""Orders of growth: O, Θ, Ω and leading terms, in every symbol."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import TypeAlias

from sympy import Expr, Integer, Pow, Symbol, ceiling, floor

from symcnn.algebra.polynomial import Monomial, Number, Polynomial, add, as_expression, inverse, multiply, polynomial
from symcnn.algebra.polynomial import substitute as substituted
from symcnn.algebra.quotient import inside
from symcnn.algebra.symbols import Value, symbol

_MOST_TERMS = 400
_MOST_MIXED = 30  # terms of which two may outgrow a third together
_ERROR = symbol("error of rounding")  # no name that a user can type has a space in it

Rate: TypeAlias = tuple[tuple[str, Fraction, Fraction], ...]  # of a term: symbols by name, with bases and degrees


@dataclass(frozen=True)
class Growth:
    """The terms that no other term outgrows: how each grows in every symbol, and its coefficient."""

    terms: dict[Rate, Number]

    @property
    def order(self) -> frozenset[Rate]:
        """The growth without constant factors, and without terms that others outgrow together: C·D beside C² and D²."""
        found = set(self.terms)
        if len(found) < _MOST_MIXED and all(coefficient > 0 for coefficient in self.terms.values()):
            for rate in self.terms:
                if any(_is_between(rate, *pair) for pair in combinations(found - {rate}, 2)):
                    found.discard(rate)
        return frozenset(found)


def growth(value: Value) -> Growth | None:
    """Return the terms that dominate as the symbols grow, each in its own way; None for what is not understood.

    >>> from symcnn.algebra.symbols import symbol
    >>> n, m = symbol("n"), symbol("m")
    >>> growth(n**2 + 3*n + m).order == growth(7*m + n**2).order, growth(2**n).order == growth(n**5).order
    (True, False)
    """
    whole = _smooth(polynomial(value))
    if whole is None or len(whole) > _MOST_TERMS:
        return None
    poly, lost = _apart(whole)
    if len(poly) > 1 and any(_is_open_power(atom) for monomial in poly for atom, _ in monomial):
        return None  # S^L and L: which is larger depends on S
    terms: dict[Rate, Number] = {}
    for monomial, coefficient in poly.items():
        rate = _rate(monomial)
        if rate is None:
            return None
        terms[rate] = terms.get(rate, 0) + coefficient
    found = _dominant(rate for rate, coefficient in terms.items() if coefficient)
    errors = [_rate(monomial) for monomial in lost]
    if any(error is None or not any(_outgrows(rate, error) for rate in found) for error in errors):
        return None  # n·(n mod 2): what is left is no larger than what the roundings may have changed
    return Growth({rate: terms[rate] for rate in found})


def _dominant(rates: Iterable[Rate]) -> list[Rate]:
    """Return those that no other outgrows."""
    found: list[Rate] = []
    for rate in rates:
        if not any(_outgrows(other, rate) for other in found):
            found = [other for other in found if not _outgrows(rate, other)] + [rate]
    return found


def _is_between(rate: Rate, first: Rate, second: Rate) -> bool:
    """Tell whether a term is at most a weighted mean of two others, whatever the symbols are: C·D of C² and D²."""
    if any(base != 1 for one in (rate, first, second) for _, base, _ in one):
        return False
    ours, above, below = ({name: degree for name, _, degree in one} for one in (rate, first, second))
    least, most = Fraction(0), Fraction(1)  # of the weight λ: degree ≤ λ·above + (1 − λ)·below
    for name in ours.keys() | above.keys() | below.keys():
        slope, needed = above.get(name, 0) - below.get(name, 0), ours.get(name, 0) - below.get(name, 0)
        if slope > 0:
            least = max(least, Fraction(needed) / slope)
        elif slope < 0:
            most = min(most, Fraction(needed) / slope)
        elif needed > 0:
            return False
    return least <= most


def is_bounded(value: Value, by: Value) -> bool:
    """Tell whether every leading term of a value is outgrown by, or grows like, one of the bound."""
    first, second = growth(value), growth(by)
    if first is None or second is None:
        return False
    return all(any(o == r or _outgrows(o, r) for o in second.order) for r in first.order)


def leading(value: Value) -> Expr | None:
    """Return the terms that dominate, with their coefficients."""
    whole, found = _smooth(polynomial(value)), growth(value)
    if whole is None or found is None:
        return None
    return as_expression({m: c for m, c in _apart(whole)[0].items() if _rate(m) in found.terms})


def _apart(poly: Polynomial) -> tuple[Polynomial, Polynomial]:
    """Return the terms without an error of rounding, and those with one, without it."""
    exact = {m: c for m, c in poly.items() if _ERROR not in dict(m)}
    lost = {frozenset((a, e) for a, e in m if a != _ERROR): c for m, c in poly.items() if m not in exact}
    return exact, lost


def _smooth(poly: Polynomial) -> Polynomial | None:
    """Leave roundings away: they change a value by less than 1, which is marked where it is no part of a quotient."""
    divided = {atom for monomial in poly for atom, exponent in monomial if exponent < 0}
    values: dict[Expr, Polynomial] = {}
    for atom in {atom for monomial in poly for atom, _ in monomial}:
        if isinstance(atom, (floor, ceiling)):
            within = inside(atom)
            inner = _smooth(within.numerator)
            if inner is None:
                return None
            values[atom] = multiply(inner, {inverse(within.monomial): Fraction(1, within.number)})
            if not within.monomial and atom not in divided:
                values[atom] = add(values[atom], {frozenset(((_ERROR, 1),)): 1})
    try:
        return substituted(poly, values) if values else add(poly, {})
    except ZeroDivisionError:
        return None


def _rate(monomial: Monomial) -> Rate | None:
    """Return for each symbol, by name, the base of its exponential and its degree."""
    bases: dict[str, Fraction] = {}
    degrees: dict[str, Fraction] = {}
    for atom, exponent in monomial:
        if isinstance(atom, Symbol):
            degrees[atom.name] = degrees.get(atom.name, Fraction(0)) + exponent
            continue
        if not isinstance(atom, Pow):
            return None
        if isinstance(atom.base, Integer) and isinstance(atom.exp, Symbol):
            bases[atom.exp.name] = bases.get(atom.exp.name, Fraction(1)) * Fraction(int(atom.base)) ** exponent
        elif _is_open_power(atom):
            degrees[str(atom)] = degrees.get(str(atom), Fraction(0)) + exponent
        elif isinstance(atom.base, Symbol) and atom.exp.is_Rational:
            part = Fraction(int(atom.exp.p), int(atom.exp.q)) * exponent
            degrees[atom.base.name] = degrees.get(atom.base.name, Fraction(0)) + part
        else:
            return None
    names = sorted({name for name, base in bases.items() if base != 1} | {n for n, degree in degrees.items() if degree})
    return tuple((name, bases.get(name, Fraction(1)), degrees.get(name, Fraction(0))) for name in names)


def _is_open_power(atom: Expr) -> bool:
    """Tell whether an atom is a power of a symbol to a symbol: it grows like nothing but itself."""
    return isinstance(atom, Pow) and isinstance(atom.base, Symbol) and isinstance(atom.exp, Symbol)


def _outgrows(first: Rate, second: Rate) -> bool:
    """Tell whether one term grows at least as fast as another in every symbol, and faster in one."""
    ours, theirs = ({name: (base, degree) for name, base, degree in rates} for rates in (first, second))
    still = (Fraction(1), Fraction(0))
    pairs = [(ours.get(name, still), theirs.get(name, still)) for name in ours.keys() | theirs.keys()]
    return all(a >= b for a, b in pairs) and any(a > b for a, b in pairs)
