"""Floors that are canonical by construction: equal functions get the same expression.

The rules, for integers c and n > 0 (symbolic ones too), from ⌊y⌋ + c = ⌊y + c⌋ and ⌊⌊z⌋/n⌋ = ⌊z/n⌋:
⌊(⌊(ax + b)/m⌋ + c)/n⌋ = ⌊(ax + b + mc)/(mn)⌋; whole parts come out (0 ≤ b < m); a common factor g of a and m
cancels with b → ⌊b/g⌋; ⌈x/m⌉ = ⌊(x + m − 1)/m⌋. What leaves the remainder m − 1 is spelt as a ceiling: ⌈x/m⌉.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import gcd

from sympy import Add, Expr, ceiling, floor

from symcnn.algebra.facts import Facts
from symcnn.algebra.operations import total
from symcnn.algebra.polynomial import (
    ONE,
    Monomial,
    Polynomial,
    accumulate,
    add,
    as_expression,
    constant,
    inverse,
    monomial_expression,
    polynomial,
    scale,
    times,
)
from symcnn.algebra.quotient import (
    Quotient,
    cancelled,
    has_rounding,
    inside_as_floor,
    is_integer_monomial,
    quotient,
    rounded,
)
from symcnn.algebra.symbols import Value, exact, expression
from symcnn.algebra.wholes import has_symbolic_power

_SMALL = 8  # numerators of more terms are not tried against their denominators


def floor_of(value: Value, facts: Facts, divisor: int = 1) -> Value:
    """Return ⌊value/divisor⌋ for a positive divisor: an integer, or an expression that is integer-valued.

    >>> from symcnn.algebra.symbols import symbol
    >>> H = symbol("H")
    >>> floor_of(floor_of(H - 1, Facts(), 2) - 2, Facts(), 2) + 2
    ceiling(H/4)
    """
    if not isinstance(value, Expr):
        return value // divisor
    over = quotient(polynomial(value), divisor)
    if divisor == 1 and _is_whole_sum_of_powers(over, facts):
        return value
    return _put_together(*_split(over, facts))


def ceiling_of(value: Value, facts: Facts, divisor: int = 1) -> Value:
    """Return ⌈value/divisor⌉ = −⌊−value/divisor⌋, which for integers x, m > 0 is ⌊(x + m − 1)/m⌋."""
    if not isinstance(value, Expr):
        return -(-value // divisor)
    over = quotient(polynomial(value), divisor)
    if divisor == 1 and _is_whole_sum_of_powers(over, facts):
        return value
    if not over.is_integral():
        return exact(-expression(floor_of(-value, facts, divisor)))
    one_less: Polynomial = {inverse(over.monomial): Fraction(-1, over.number)}
    return _put_together(*_split(quotient(add(over.polynomial(), add(one_less, {ONE: 1}))), facts))


def _is_whole_sum_of_powers(over: Quotient, facts: Facts) -> bool:
    """Tell whether a quotient is an integer like (sⁿ − 1)/(s − 1)."""
    return any(isinstance(atom, Add) for atom, _ in over.monomial) and bool(facts.integral(over.polynomial()))


def _put_together(whole: Polynomial, atom: Expr | None) -> Value:
    return exact(as_expression(whole)) if atom is None else total((as_expression(whole), atom))


def _split(value: Quotient, facts: Facts) -> tuple[Polynomial, Expr | None]:
    """Return the whole part of a floor and the canonical floor or ceiling that is left, if any."""
    told = facts.divisible or has_symbolic_power(value.monomial) or any(map(has_symbolic_power, value.numerator))
    divisible = facts.whole_terms(value.polynomial()) if told else {}
    if divisible:
        value = quotient(add(value.polynomial(), divisible, -1))
    whole, rest = _whole_terms(value, None, facts)
    whole = add(whole, divisible)
    if not _is_negative(rest):
        return _merged(whole, rest, facts)
    # ⌊−x/m⌋ = −⌈x/m⌉ = −⌊(x − 1)/m⌋ − 1, so that −H/s and H/s have one atom
    opposite = Quotient(add({ONE: -1}, rest.numerator, -1), rest.number, rest.monomial)
    more, atom = _merged({}, opposite, facts)
    whole = add(add(whole, {ONE: -1}), more, -1)
    return (whole if atom is None else add(whole, {frozenset(((atom, 1),)): -1})), None


def _is_negative(value: Quotient) -> bool:
    """Tell whether no term is positive; numbers as denominators leave no negative ones."""
    if not value.monomial or not value.numerator:
        return False
    return all(c < 0 for m, c in value.numerator.items() if m or len(value.numerator) == 1) and value.is_integral()


def _merged(whole: Polynomial, rest: Quotient, facts: Facts) -> tuple[Polynomial, Expr | None]:
    """Merge the floors inside `rest`, one after the other, and spell the floor that is left."""
    while (merged := _merge_nested(rest)) is not None:
        # Only what was added can have become whole; what was inside is, unless residues are known, too small.
        more, rest = _whole_terms(merged[0], None if facts.residues else merged[1], facts)
        whole = add(whole, more)
    return _spelt(whole, rest, facts)


def _whole_terms(value: Quotient, among: Iterable[Monomial] | None, facts: Facts) -> tuple[Polynomial, Quotient]:
    """Move every part that is known to be an integer out; leave coefficients in [0, number)."""
    whole: Polynomial = {}
    rest = dict(value.numerator)
    if facts.residues:
        _replace_residues(whole, rest, value, facts)
    for monomial in rest.keys() & (rest.keys() if among is None else among):
        over = times(monomial, inverse(value.monomial))
        if not is_integer_monomial(over):
            continue
        out, left = divmod(rest.pop(monomial), value.number)
        if left:
            rest[monomial] = left
        if out:
            whole = add(whole, {over: out})
    return whole, cancelled(Quotient(rest, value.number, value.monomial))


def _replace_residues(whole: Polynomial, rest: Polynomial, value: Quotient, facts: Facts) -> None:
    """Where x ≡ r, write c·x = (c·x − c·r) + c·r: the bracket is divisible and moves from `rest` to `whole`."""
    for monomial in [m for m in rest if m != value.monomial]:
        over = times(monomial, inverse(value.monomial))
        if not is_integer_monomial(over):
            continue
        coefficient = rest[monomial]
        residue = facts.residue(over, value.number // gcd(int(coefficient), value.number))
        if residue is not None:
            del rest[monomial]
            accumulate(rest, value.monomial, coefficient * residue)
            accumulate(whole, over, Fraction(coefficient, value.number))
            accumulate(whole, ONE, Fraction(-coefficient * residue, value.number))


def _merge_nested(value: Quotient) -> tuple[Quotient, list[Monomial]] | None:
    """Apply ⌊(⌊x/m⌋ + c)/n⌋ = ⌊(x + mc)/(mn)⌋ where exactly one floor stands alone, with the common factor.

    Returns the merged quotient and the monomials of its numerator that are not as they were in x.
    """
    nested = [m for m in value.numerator if has_rounding(m)]
    if len(nested) != 1 or len(nested[0]) != 1:
        return None
    ((atom, exponent),) = nested[0]
    shared = _shared_factor(value)
    if exponent != 1 or value.numerator[nested[0]] != shared or not value.is_integral():
        return None
    inner = inside_as_floor(atom)
    if isinstance(atom, ceiling) and not inner.is_integral():
        return None
    numerator = dict(inner.numerator)
    changed = [ONE]
    for monomial, coefficient in value.numerator.items():
        if monomial != nested[0]:  # the constant is cut to the common factor: b → ⌊b/g⌋
            scaled = times(monomial, inner.monomial)
            accumulate(numerator, scaled, coefficient // shared * inner.number)
            changed.append(scaled)
    return Quotient(numerator, inner.number * (value.number // shared), times(inner.monomial, value.monomial)), changed


def _shared_factor(value: Quotient) -> int:
    """Return the greatest common divisor of the denominator and all coefficients but the constant."""
    shared = value.number
    for monomial, coefficient in value.numerator.items():
        if shared == 1:
            break
        if monomial:
            shared = gcd(shared, int(coefficient))
    return shared


def _spelt(whole: Polynomial, value: Quotient, facts: Facts) -> tuple[Polynomial, Expr | None]:
    if not value.numerator or (not any(value.numerator) and not value.monomial):
        return whole, None  # a constant in [0, 1)
    if not value.is_integral():
        return _spelt_rational(whole, value)
    value = _without_shared_factor(value)
    small = _known_quotient(value, facts)
    if small is not None:
        return add(whole, {ONE: small}), None
    if constant(value.numerator) != (-1 if value.monomial else value.number - 1):
        return whole, rounded(value, False)
    whole = add(whole, {ONE: -1}) if value.monomial else whole
    base = {m: c for m, c in value.numerator.items() if m}
    return whole, rounded(Quotient(base, value.number, value.monomial), True) if base else None


def _without_shared_factor(value: Quotient) -> Quotient:
    """Cancel g in ⌊(g·x + b)/(g·m)⌋ = ⌊(x + ⌊b/g⌋)/m⌋."""
    shared = _shared_factor(value)
    if shared == 1:
        return value
    numerator: Polynomial = {m: c // shared for m, c in value.numerator.items() if c // shared}
    return Quotient(numerator, value.number // shared, value.monomial)


def _known_quotient(value: Quotient, facts: Facts) -> int | None:
    """Return the floor where the bounds of the numerator leave only one."""
    if len(value.numerator) > _SMALL:
        return None
    if value.monomial:
        denominator = scale(polynomial(monomial_expression(value.monomial)), value.number)
        below = add(add(denominator, {ONE: -1}), value.numerator, -1)
        if not facts.may_be_nonnegative(below):
            return None
        small = facts.is_nonnegative(value.numerator) and facts.is_nonnegative(below)
        return 0 if small else None
    if not facts.upper:
        return None
    least, negated = facts.lower_bound(value.numerator), facts.lower_bound(scale(value.numerator, -1))
    if least is None or negated is None:
        return None
    low, high = int(least // value.number), int(-negated // value.number)
    return low if low == high else None


def _spelt_rational(whole: Polynomial, value: Quotient) -> tuple[Polynomial, Expr | None]:
    """Spell the floor of something that is no integer over an integer: ⌊y⌋, or −⌈−y⌉ where y starts with a minus."""
    expr = value.expression()
    if expr.could_extract_minus_sign():
        return add(whole, polynomial(ceiling(-expr, evaluate=False)), -1), None
    return whole, floor(expr, evaluate=False)
