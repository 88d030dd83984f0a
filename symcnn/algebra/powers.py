"""What proofs know of counts and of powers with counts as exponents."""

from __future__ import annotations

from sympy import Integer, Pow, Symbol

from symcnn.algebra.polynomial import ONE, Polynomial, add, multiply, polynomial, scale


def curved_counts(poly: Polynomial) -> list[Symbol]:
    """Return the symbols that may be 0 and stand squared beside what lowers the polynomial."""
    if all(c > 0 for c in poly.values()):
        return []
    found = {a for m, c in poly.items() if c > 0 for a, e in m if e > 1 and isinstance(a, Symbol)}
    return sorted((a for a in found if a.is_integer and not a.is_positive), key=str)


def without_powers(poly: Polynomial) -> Polynomial | None:
    """Return a polynomial that is nowhere larger, with bⁿ ≥ 1 + (b − 1)·n; None where there is no such power."""
    result: Polynomial = {}
    found = False
    for monomial, coefficient in poly.items():
        powers = [(a, e) for a, e in monomial if isinstance(a, Pow) and e == 1]
        if coefficient > 0 and len(powers) == 1 and _grows(powers[0][0]) and all(a.is_nonnegative for a, _ in monomial):
            base, exponent = powers[0][0].args
            tangent = add({ONE: 1}, scale(polynomial(exponent), int(base) - 1))
            result = add(result, multiply({monomial - {powers[0]}: coefficient}, tangent))
            found = True
        else:
            result = add(result, {monomial: coefficient})
    return result if found else None


def _grows(power_: Pow) -> bool:
    return isinstance(power_.base, Integer) and power_.base > 1 and bool(power_.exp.is_integer)
