"""Integer polynomials over a positive denominator, and the floors and ceilings of such quotients as atoms."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache
from itertools import product
from math import gcd, prod
from typing import Any

from sympy import Add, Expr, Integer, Piecewise, Pow, Symbol, ceiling, floor
from sympy.concrete.expr_with_limits import ExprWithLimits

from symcnn.algebra.operations import product_of, sum_of
from symcnn.algebra.polynomial import (
    ONE,
    Monomial,
    Polynomial,
    accumulate,
    add,
    common_denominator,
    content,
    inverse,
    monomial_expression,
    multiply,
    polynomial,
    scale,
    substitute,
    term_expression,
)
from symcnn.algebra.symbols import INTEGER, expression, symbol

_SORTED_TERMS = 12  # longer sums are put in order by us: sorting them as SymPy does costs more than all the rest
_MOST_RESIDUES = 4_096  # of atoms, tried to see that a number divides
_MOST_ORDERS = 8  # of s − 1 in a denominator
_t = symbol("s minus 1", INTEGER)  # no name that a user can type has a space in it
_T: Monomial = frozenset(((_t, 1),))


@dataclass(frozen=True, slots=True)
class Quotient:
    """numerator/(number·monomial): integer coefficients, no negative exponents in the numerator."""

    numerator: Polynomial
    number: int
    monomial: Monomial

    def expression(self) -> Expr:
        """Return the quotient as SymPy writes it."""
        if len(self.numerator) <= _SORTED_TERMS:
            top = sum_of(term_expression(m, c) for m, c in self.numerator.items())
        else:
            ordered = sorted(self.numerator.items(), key=lambda term: spelling(term[0]))
            top = Add._from_args([term_expression(m, c) for m, c in ordered], is_commutative=True)
        below = [expression(Fraction(1, self.number)), monomial_expression(inverse(self.monomial))]
        return product_of((top, *below))

    def polynomial(self) -> Polynomial:
        """Return the quotient as a polynomial, with fractions."""
        return multiply(self.numerator, {inverse(self.monomial): Fraction(1, self.number)})

    def is_integral(self) -> bool:
        """Tell whether it is an integer over a positive integer: what most rules of rounding ask for."""
        return is_positive_integer(self.monomial) and all(map(is_integer_monomial, self.numerator))


@lru_cache(maxsize=10_000)
def is_integer_atom(atom: Expr) -> bool:
    """Tell whether the atom only takes integer values."""
    if isinstance(atom, Piecewise):
        return all(is_integer_polynomial(polynomial(value)) for value, _ in atom.args)
    if isinstance(atom, ExprWithLimits):
        return is_integer_polynomial(polynomial(atom.function))
    return isinstance(atom, (floor, ceiling)) or bool(atom.is_integer)


@lru_cache(maxsize=100_000)
def is_integer_monomial(monomial: Monomial) -> bool:
    """Tell whether the monomial only takes integer values."""
    return all(exponent > 0 and is_integer_atom(atom) for atom, exponent in monomial)


@lru_cache(maxsize=10_000)
def is_positive_integer(monomial: Monomial) -> bool:
    """Tell whether the monomial only takes integer values ≥ 1."""
    return is_integer_monomial(monomial) and all(atom.is_positive for atom, _ in monomial)


def is_integer_polynomial(poly: Polynomial) -> bool:
    """Prove that a polynomial only takes integer values, n(n − 1)/2 and (sⁿ − 1)/(s − 1) too; False where it cannot."""
    numerator, number, monomial = common_denominator(poly)
    if not all(map(is_integer_monomial, numerator)):
        return False
    return _divided_by_number(numerator, number) if not monomial else number == 1 and _divides(numerator, monomial)


def _divided_by_number(numerator: Polynomial, number: int) -> bool:
    """Try all residues of the atoms, after leaving away powers bⁿ with b ≡ 1: they are 1."""
    reduced: Polynomial = {}
    for monomial, coefficient in numerator.items():
        accumulate(reduced, _without_ones(monomial, number), coefficient)
    reduced = {monomial: c for monomial, c in reduced.items() if c % number}
    found = sorted({atom for monomial in reduced for atom, _ in monomial}, key=str)
    if number ** len(found) > _MOST_RESIDUES:
        return False
    for residues in product(range(number), repeat=len(found)):
        at = dict(zip(found, residues, strict=True))
        if sum(c * prod(at[a] ** e for a, e in monomial) for monomial, c in reduced.items()) % number:
            return False
    return True


def _without_ones(monomial: Monomial, number: int) -> Monomial:
    """Leave away 2ⁿ·5ⁿ modulo 9, and 2ⁿ·2ⁿ modulo 3."""
    by_exponent: dict[Expr, int] = {}
    for atom, times_ in monomial:
        if isinstance(atom, Pow) and isinstance(atom.base, Integer):
            by_exponent[atom.exp] = by_exponent.get(atom.exp, 1) * int(atom.base) ** times_ % number
    ones = {exponent for exponent, base in by_exponent.items() if (base - 1) % number == 0}
    return frozenset((a, e) for a, e in monomial if not (isinstance(a, Pow) and a.exp in ones and a.base.is_Integer))


def _divides(numerator: Polynomial, monomial: Monomial) -> bool:
    """Tell whether (s − 1)ᵉ divides: with s = 1 + t and sⁿ = Σ C(n, j)·tʲ no term below tᵉ is left."""
    if len(monomial) != 1:
        return False
    ((less, order),) = monomial
    base = less + 1
    if not isinstance(base, Symbol) or order > _MOST_ORDERS:
        return False
    values: dict[Expr, Polynomial] = {base: {ONE: 1, _T: 1}, less: {_T: 1}}
    for atom in {atom for m in numerator for atom, _ in m}:
        if isinstance(atom, Pow) and atom.base == base:
            values[atom] = _binomial_series(polynomial(atom.exp), order)
        elif atom not in values and base in atom.free_symbols:
            return False
    series = substitute(numerator, values)
    return not any(dict(m).get(_t, 0) < order for m in series)


def _binomial_series(exponent: Polynomial, order: int) -> Polynomial:
    """Return Σ C(n, j)·tʲ over j < order."""
    series: Polynomial = {}
    choices: Polynomial = {ONE: 1}
    for j in range(order):
        series = add(series, multiply(choices, {frozenset(((_t, j),)) if j else ONE: 1}))
        choices = scale(multiply(choices, add(exponent, {ONE: -j})), Fraction(1, j + 1))
    return series


@lru_cache(maxsize=100_000)
def has_rounding(monomial: Monomial) -> bool:
    """Tell whether a floor or ceiling is one of the factors."""
    return any(isinstance(atom, (floor, ceiling)) for atom, _ in monomial)


@lru_cache(maxsize=100_000)
def spelling(monomial: Monomial) -> tuple[tuple[str, int], ...]:
    """Return a key that orders monomials, the same in every run."""
    return tuple(sorted((atom.name if isinstance(atom, Symbol) else str(atom), e) for atom, e in monomial))


def quotient(poly: Polynomial, divisor: int = 1) -> Quotient:
    """Return `poly` over its common denominator, and over a positive number, in lowest terms."""
    numerator, number, monomial = common_denominator(poly)
    number *= divisor
    shared = 1 if divisor == 1 else gcd(number, content(numerator.values()))
    if shared != 1:
        numerator = {m: c // shared for m, c in numerator.items()}
    return Quotient(numerator, number // shared, monomial)


def cancelled(value: Quotient) -> Quotient:
    """Return the same quotient without symbols that divide the denominator and all of the numerator."""
    shared = {atom for atom, _ in value.monomial}
    for monomial in value.numerator:
        if not shared:
            return value
        shared &= {atom for atom, _ in monomial}
    if not shared:
        return value
    left = quotient(multiply(value.numerator, {inverse(value.monomial): 1}))
    return Quotient(left.numerator, value.number, left.monomial)


def rounded(value: Quotient, up: bool) -> Expr:
    """Return ⌊value⌋ or, where `up`, ⌈value⌉ as an atom: once, without SymPy's evaluation.

    Evaluating a fresh `floor` costs SymPy milliseconds and merges nothing.
    """
    atom = _atom(frozenset(value.numerator.items()), value.number, value.monomial, up)
    if len(_QUOTIENTS) > _MOST_QUOTIENTS:
        _QUOTIENTS.clear()
    _QUOTIENTS[atom] = value
    return atom


def inside(atom: Expr) -> Quotient:
    """Return what stands inside a floor or ceiling."""
    known = _QUOTIENTS.get(atom)
    return known if known is not None else quotient(polynomial(atom.args[0]))


def inside_as_floor(atom: Expr) -> Quotient:
    """Return the quotient whose floor the atom is: ⌈x/m⌉ = ⌊(x + m − 1)/m⌋ for integers x, m > 0."""
    value = inside(atom)
    if not isinstance(atom, ceiling):
        return value
    last = add({ONE: -1}, {value.monomial: value.number})
    return Quotient(add(value.numerator, last), value.number, value.monomial)


_QUOTIENTS: dict[Expr, Quotient] = {}
_MOST_QUOTIENTS = 100_000


@lru_cache(maxsize=100_000)
def _atom(items: frozenset[tuple[Monomial, int]], number: int, monomial: Monomial, up: bool) -> Expr:
    return _unevaluated(ceiling if up else floor, Quotient(dict(items), number, monomial).expression())


def _unevaluated(function: type[Expr], argument: Expr) -> Expr:
    """Return what `function(argument, evaluate=False)` returns, without the set of numbers that SymPy makes for it."""
    atom = Expr.__new__(function, argument)
    atom.nargs = _one_argument()
    return atom


@cache
def _one_argument() -> Any:
    return floor(_t, evaluate=False).nargs
