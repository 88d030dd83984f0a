"""What is summed, read as coefficient·iᵈ·rⁱ: a power of the index and a geometric power, times what is free of it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from sympy import Expr, Integer, Pow, Rational, Symbol

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.evaluate import raise_power
from symcnn.algebra.operations import product, raised
from symcnn.algebra.polynomial import (
    ONE,
    Monomial,
    Number,
    Polynomial,
    add,
    as_expression,
    polynomial,
    scale,
    times,
)
from symcnn.algebra.symbols import Value, expression


@dataclass(frozen=True, slots=True)
class Ratio:
    """What a geometric power is multiplied with from one index to the next: a number times a monomial."""

    number: Number = 1
    monomial: Monomial = ONE

    def times(self, other: Ratio) -> Ratio:
        """Return the ratio of the product of two geometric powers."""
        return Ratio(self.number * other.number, times(self.monomial, other.monomial))

    def value(self) -> Value:
        """Return the ratio itself."""
        return as_expression({self.monomial: self.number})

    def power(self, exponent: Value) -> Value:
        """Return the ratio raised to a power: 4ⁿ, and 2^(k·n) for the ratio 2^k."""
        factors = [(expression(self.number), 1)] if self.number != 1 else []
        factors += sorted(self.monomial, key=str)
        return product(_raised(base, times_, exponent) for base, times_ in factors)


def _raised(base: Expr, times_: int, exponent: Value) -> Expr:
    if isinstance(base, Pow):
        base, times_ = base.base, expression(product((times_, base.exp)))
    power = product((times_, exponent))
    return raised(base, power) if isinstance(power, int) else Pow(base, expression(power))


_MOST_DEGREE = 16  # in the index; sums of higher powers stay unevaluated

Summands = dict[Ratio, dict[Monomial, dict[int, Number]]]  # of each ratio and monomial, the coefficients by degree


def depends(value: Value, index: Symbol) -> bool:
    """Tell whether the index occurs."""
    return isinstance(value, Expr) and index in value.free_symbols


def summands(term: Value, index: Symbol, arithmetic: Arithmetic) -> Summands | None:
    """Read a term as a sum of coefficient·iᵈ·rⁱ; None where something else depends on the index."""
    found: Summands = {}
    for monomial, coefficient in polynomial(term).items():
        read = _summand(monomial, index, arithmetic)
        if read is None:
            return None
        ratio, outside, degree = read
        if degree > _MOST_DEGREE:
            return None
        by_degree = found.setdefault(ratio, {}).setdefault(outside.monomial, {})
        by_degree[degree] = by_degree.get(degree, 0) + coefficient * outside.number
    return found


def _summand(monomial: Monomial, index: Symbol, arithmetic: Arithmetic) -> tuple[Ratio, Ratio, int] | None:
    """Return the geometric power, the factor that is free of the index, and the degree."""
    ratio, outside, degree = Ratio(), Ratio(), 0
    for atom, exponent in monomial:
        if atom == index and exponent > 0:
            degree = exponent
        elif index not in atom.free_symbols:
            outside = outside.times(Ratio(1, frozenset(((atom, exponent),))))
        else:
            read = _geometric(atom, exponent, index, arithmetic) if isinstance(atom, Pow) else None
            if read is None:
                return None
            ratio, outside = ratio.times(read[0]), outside.times(read[1])
    return ratio, outside, degree


def _geometric(atom: Pow, exponent: int, index: Symbol, arithmetic: Arithmetic) -> tuple[Ratio, Ratio] | None:
    """Read b^(s·i + c) as (b^s)ⁱ and b^c; None where the exponent is not linear in the index, or no integer."""
    if depends(atom.base, index):
        return None
    linear = linear_in(scale(polynomial(atom.exp), exponent), index)
    if linear is None or not all(arithmetic.facts.integral(part) for part in linear):
        return None
    step, offset = (_power(atom.base, as_expression(part)) for part in linear)
    return step, offset


def _power(base: Expr, exponent: Expr) -> Ratio:
    if not isinstance(exponent, Integer):
        return Ratio(1, frozenset(((Pow(base, exponent), 1),)))
    if isinstance(base, Rational):
        return Ratio(raise_power(Fraction(int(base.p), int(base.q)), int(exponent)))
    return Ratio(1, frozenset(((base, int(exponent)),) if exponent else ()))


def linear_in(poly: Polynomial, symbol: Symbol) -> tuple[Polynomial, Polynomial] | None:
    """Return a and b, free of the symbol, with a·symbol + b the polynomial; None where there are none."""
    slope: Polynomial = {}
    offset: Polynomial = {}
    for monomial, coefficient in poly.items():
        rest = times(monomial, frozenset(((symbol, -1),)))
        if not any(symbol in atom.free_symbols for atom, _ in monomial):
            offset[monomial] = coefficient
        elif not any(symbol in atom.free_symbols for atom, _ in rest):
            slope[rest] = coefficient
        else:
            return None
    return slope, offset


def grouped(parts: dict[Monomial, dict[int, Number]]) -> list[tuple[Polynomial, dict[int, Number]]]:
    """Join monomials whose polynomials in the index are proportional: (C + 1)·i, and C·i + k·i²."""
    groups: list[tuple[Polynomial, dict[int, Number]]] = []
    for monomial, coefficients in parts.items():
        coefficients = {degree: c for degree, c in coefficients.items() if c}
        if not coefficients:
            continue
        for outside, shared in groups:
            ratio = _proportion(coefficients, shared)
            if ratio is not None:
                outside.update(add(outside, {monomial: ratio}))
                break
        else:
            top = Fraction(coefficients[max(coefficients)])
            groups.append(({monomial: top}, {degree: c / top for degree, c in coefficients.items()}))
    return groups


def _proportion(coefficients: dict[int, Number], shared: dict[int, Number]) -> Number | None:
    if coefficients.keys() != shared.keys():
        return None
    ratio = Fraction(coefficients[max(coefficients)])
    return ratio if all(c == ratio * shared[degree] for degree, c in coefficients.items()) else None
