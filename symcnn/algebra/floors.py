"""Floors that are canonical by construction: equal functions get the same expression.

The rules, for integers c and n > 0 (symbolic ones too), from ⌊y⌋ + c = ⌊y + c⌋ and ⌊⌊z⌋/n⌋ = ⌊z/n⌋:
⌊(⌊(ax + b)/m⌋ + c)/n⌋ = ⌊(ax + b + mc)/(mn)⌋; whole parts come out (0 ≤ b < m); a common factor g of a and m
cancels with b → ⌊b/g⌋; ⌈x/m⌉ = ⌊(x + m − 1)/m⌋. What leaves the remainder m − 1 is spelt as a ceiling: ⌈x/m⌉.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import gcd

from sympy import Expr, ceiling, floor

from symcnn.algebra.facts import Facts
from symcnn.algebra.polynomial import (
    ONE,
    Monomial,
    Polynomial,
    add,
    as_expression,
    constant,
    inverse,
    polynomial,
    scale,
    times,
)
from symcnn.algebra.quotient import Quotient, inside_as_floor, is_integer_monomial, quotient, rounded
from symcnn.algebra.symbols import Value, exact, expression

_SMALL = 8  # numerators of more terms are not tried against their denominators


def floor_of(value: Value, facts: Facts) -> Value:
    """Return ⌊value⌋: an integer, or an expression that is integer-valued.

    >>> from symcnn.algebra.symbols import symbol
    >>> H = symbol("H")
    >>> floor_of((floor_of((H - 1) / 2, Facts()) - 2) / 2, Facts()) + 2
    ceiling(H/4) + 1
    """
    if isinstance(value, (int, Fraction)):
        return value // 1
    whole, atom = _split(polynomial(value), facts)
    return exact(as_expression(whole) if atom is None else as_expression(whole) + atom)


def ceiling_of(value: Value, facts: Facts) -> Value:
    """Return ⌈value⌉ = −⌊−value⌋, which for integers x, m is ⌊(x + m − 1)/m⌋."""
    if isinstance(value, (int, Fraction)):
        return -(-value // 1)
    poly = polynomial(value)
    over = quotient(poly)
    if not all(is_integer_monomial(m) for m in over.numerator):
        return exact(-expression(floor_of(-value, facts)))
    last = add({ONE: 1}, {inverse(over.monomial): Fraction(1, over.number)}, -1)
    whole, atom = _split(add(poly, last), facts)
    return exact(as_expression(whole) if atom is None else as_expression(whole) + atom)


def _split(poly: Polynomial, facts: Facts) -> tuple[Polynomial, Expr | None]:
    """Return the whole part of ⌊poly⌋ and the canonical floor or ceiling that is left, if any."""
    whole, rest = _whole_terms(quotient(poly), None, facts)
    while (merged := _merge_nested(rest)) is not None:
        # Only what was added can have become whole; what was inside is, unless residues are known, too small.
        more, rest = _whole_terms(merged[0], None if facts.residues else merged[1], facts)
        whole = add(whole, more)
    return _spelt(whole, rest, facts)


def _whole_terms(value: Quotient, among: Iterable[Monomial] | None, facts: Facts) -> tuple[Polynomial, Quotient]:
    """Move every part that is known to be an integer out; leave coefficients in [0, number)."""
    whole: Polynomial = {}
    rest = dict(value.numerator)
    offset = rest.pop(ONE, 0)
    for monomial in [m for m in (value.numerator if among is None else among) if m in rest]:
        over = times(monomial, inverse(value.monomial))
        if not (is_integer_monomial(over) and is_integer_monomial(monomial)):
            continue
        out, left = divmod(int(rest.pop(monomial)), value.number)
        if left and over:
            residue = facts.residue(over, value.number // gcd(left, value.number)) if facts.residues else None
            if residue is None:
                rest[monomial] = left
            else:  # x ≡ r: c·x = (c·x − c·r) + c·r, and the bracket is divisible
                whole = add(whole, {over: Fraction(left, value.number), ONE: Fraction(-left * residue, value.number)})
                rest_constant = add({ONE: offset}, {value.monomial: left * residue})
                offset = rest_constant.pop(ONE, 0)
                rest = add(rest, rest_constant)
        elif left:
            rest[monomial] = left
        if out:
            whole = add(whole, {over: out})
    if not value.monomial:
        out, offset = divmod(int(offset), value.number)
        whole = add(whole, {ONE: out})
    return whole, Quotient(add(rest, {ONE: offset}), value.number, value.monomial)


def _merge_nested(value: Quotient) -> tuple[Quotient, list[Monomial]] | None:
    """Apply ⌊(⌊x/m⌋ + c)/n⌋ = ⌊(x + mc)/(mn)⌋ where exactly one floor stands alone, with the common factor.

    Returns the merged quotient and the monomials of its numerator that are not as they were in x.
    """
    nested = [m for m in value.numerator if any(isinstance(a, (floor, ceiling)) for a, _ in m)]
    if len(nested) != 1 or len(nested[0]) != 1:
        return None
    ((atom, exponent),) = nested[0]
    shared = _shared_factor(value)
    if exponent != 1 or value.numerator[nested[0]] != shared or not _is_integral(value):
        return None
    inner = inside_as_floor(atom)
    if not _is_integral(inner):
        return None
    numerator = dict(inner.numerator)
    changed = [ONE]
    for monomial, coefficient in value.numerator.items():
        if monomial != nested[0]:  # the constant is cut to the common factor: b → ⌊b/g⌋
            scaled = times(monomial, inner.monomial)
            numerator = _plus(numerator, scaled, int(coefficient) // shared * inner.number)
            changed.append(scaled)
    return Quotient(numerator, inner.number * (value.number // shared), times(inner.monomial, value.monomial)), changed


def _plus(poly: Polynomial, monomial: Monomial, coefficient: int) -> Polynomial:
    total = poly.pop(monomial, 0) + coefficient
    if total:
        poly[monomial] = total
    return poly


def _shared_factor(value: Quotient) -> int:
    """Return the greatest common divisor of the denominator and all coefficients but the constant."""
    shared = value.number
    for monomial, coefficient in value.numerator.items():
        if shared == 1:
            break
        if monomial:
            shared = gcd(shared, int(coefficient))
    return shared


def _is_integral(value: Quotient) -> bool:
    return all(is_integer_monomial(m) for m in value.numerator)


def _spelt(whole: Polynomial, value: Quotient, facts: Facts) -> tuple[Polynomial, Expr | None]:
    if not any(value.numerator) and not value.monomial:
        return whole, None  # a constant in [0, 1)
    if not _is_integral(value):
        return _spelt_rational(whole, value)
    shared = _shared_factor(value)
    base = {m: int(c) // shared for m, c in value.numerator.items() if m}
    number, offset = value.number // shared, int(constant(value.numerator)) // shared
    small = _known_quotient(Quotient(add(base, {ONE: offset}), number, value.monomial), facts)
    if small is not None:
        return add(whole, {ONE: small}), None
    if offset == (-1 if value.monomial else number - 1):
        whole = add(whole, {ONE: -1}) if value.monomial else whole
        return whole, rounded(Quotient(base, number, value.monomial), True) if base else None
    return whole, rounded(Quotient(add(base, {ONE: offset}), number, value.monomial), False)


def _known_quotient(value: Quotient, facts: Facts) -> int | None:
    """Return the floor where the bounds of the numerator leave only one."""
    if len(value.numerator) > _SMALL:
        return None
    if value.monomial:
        below = add({value.monomial: value.number, ONE: -1}, value.numerator, -1)
        small = facts.is_nonnegative(value.numerator) and facts.is_nonnegative(below)
        return 0 if small else None
    if not facts.upper:
        return None
    least, negated = facts.lower_bound(value.numerator), facts.lower_bound(scale(value.numerator, -1))
    if least is None or negated is None:
        return None
    low, high = int(least // value.number), int(-negated // value.number)
    return low if low == high else None


def _spelt_rational(whole: Polynomial, value: Quotient) -> tuple[Polynomial, Expr]:
    """Spell the floor of something that is no integer over an integer: ⌊y⌋, or −⌈−y⌉ where y starts with a minus."""
    expr = value.expression()
    if expr.could_extract_minus_sign():
        return add(whole, polynomial(ceiling(-expr, evaluate=False)), -1), None
    return whole, floor(expr, evaluate=False)
