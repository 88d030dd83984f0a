"""Integer polynomials over a positive denominator, and the floors and ceilings of such quotients as atoms."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import gcd

from sympy import Add, Expr, Symbol, ceiling, floor

from symcnn.algebra.operations import product_of, sum_of
from symcnn.algebra.polynomial import (
    ONE,
    Monomial,
    Polynomial,
    add,
    common_denominator,
    content,
    inverse,
    monomial_expression,
    multiply,
    polynomial,
    term_expression,
)
from symcnn.algebra.symbols import expression

_SORTED_TERMS = 12  # longer sums are put in order by us: sorting them as SymPy does costs more than all the rest


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
    return isinstance(atom, (floor, ceiling)) or bool(atom.is_integer)


@lru_cache(maxsize=100_000)
def is_integer_monomial(monomial: Monomial) -> bool:
    """Tell whether the monomial only takes integer values."""
    return all(exponent > 0 and is_integer_atom(atom) for atom, exponent in monomial)


@lru_cache(maxsize=10_000)
def is_positive_integer(monomial: Monomial) -> bool:
    """Tell whether the monomial only takes integer values ≥ 1."""
    return is_integer_monomial(monomial) and all(atom.is_positive for atom, _ in monomial)


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
    argument = Quotient(dict(items), number, monomial).expression()
    return (ceiling if up else floor)(argument, evaluate=False)
