"""How values grow: leading terms, exactly."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from fractions import Fraction
from math import prod

from sympy import Expr, Integer, Pow, Symbol, ceiling, floor

from symcnn.algebra.facts import Facts
from symcnn.algebra.polynomial import (
    Monomial,
    Polynomial,
    add,
    as_expression,
    atoms,
    inverse,
    multiply,
    polynomial,
    substitute,
    times,
)
from symcnn.algebra.quotient import inside
from symcnn.algebra.symbols import Value


def leading_term(value: Value, growing: Collection[Symbol], facts: Facts | None = None) -> Expr | None:
    """Return the terms that dominate when all `growing` symbols grow together, in any proportion; None without any.

    Powers outgrow polynomials, of two powers the one of the larger base the other; a base may be a symbol that is at
    least 2 by the `facts`. A floor of something that grows is like what stands inside it, up to a bounded error; where
    the terms that are left are not larger than that error, there is no leading term to give.

    >>> from symcnn.algebra.symbols import symbol
    >>> H, n = symbol("H"), symbol("n")
    >>> leading_term(9 * (H - 2) ** 2 + 9 * (H - 4) ** 2, [H]), leading_term(n * 2**n + H * n**3 + 3**n, [n, H])
    (18*H**2, 3**n)
    """
    poly = polynomial(value)
    if any(isinstance(atom, Pow) and _depends(atom, growing) for atom in atoms(poly)):
        return _dominating(poly, growing, facts or Facts())
    smooth = _without_rounding(poly, growing)
    if smooth is None or any(_depends(atom, growing) for m in smooth for atom, _ in m if not isinstance(atom, Symbol)):
        return None
    if not smooth:
        return as_expression({}) if not poly else None
    top = max(_degree(m, growing) for m in smooth)
    error = _error_degree(poly, growing)
    if error is not None and top <= error:
        return None
    return as_expression({m: c for m, c in smooth.items() if _degree(m, growing) == top})


def _dominating(poly: Polynomial, growing: Collection[Symbol], facts: Facts) -> Expr | None:
    """Return the terms before which all others vanish: 2·2ⁿ of 2ⁿ⁺¹ + n³; None where two do not compare."""
    if any(_depends(atom, growing) and not isinstance(atom, (Symbol, Pow)) for atom in atoms(poly)):
        return None
    top = next(iter(poly))
    for monomial in poly:
        if tendency(times(monomial, inverse(top)), growing, facts) == 1:
            top = monomial
    found = {monomial: tendency(times(monomial, inverse(top)), growing, facts) for monomial in poly}
    if None in found.values() or 1 in found.values():
        return None
    return as_expression({m: c for m, c in poly.items() if found[m] == 0})


def tendency(monomial: Monomial, growing: Collection[Symbol], facts: Facts) -> int | None:
    """Return 1 for a monomial that tends to ∞ when the symbols grow together, −1 to 0, 0 if it stays within bounds.

    None for roundings, for powers that pull in different directions (2ⁿ/2ᵐ), and for bases that may be 1.
    """
    degree = 0
    powers: dict[Symbol, list[tuple[Expr, int]]] = {}
    for atom, exponent in monomial:
        if not _depends(atom, growing):
            continue
        if isinstance(atom, Symbol):
            degree += exponent
        elif isinstance(atom, Pow) and atom.exp in growing and not _depends(atom.base, growing):
            powers.setdefault(atom.exp, []).append((atom.base, exponent))
        else:
            return None
    found = {_rate(factors, facts) for factors in powers.values()} - {0}
    if len(found) > 1:
        return None
    return found.pop() if found else (degree > 0) - (degree < 0)


def _rate(factors: Iterable[tuple[Expr, int]], facts: Facts) -> int | None:
    """Return 1 where ∏ baseᵉ is more than 1, −1 where it is less, 0 where it is 1; None where that is not known."""
    number, symbolic = Fraction(1), []
    for base, exponent in factors:
        if isinstance(base, Integer):
            number *= Fraction(int(base)) ** exponent
        else:
            symbolic.append((facts.least(base), exponent))
    if not symbolic:
        return (number > 1) - (number < 1)
    if any(least is None or least < 2 for least, _ in symbolic):
        return None
    at_ends = number * prod(Fraction(least or 0) ** exponent for least, exponent in symbolic)
    if all(exponent > 0 for _, exponent in symbolic):
        return 1 if at_ends > 1 else None
    return -1 if all(exponent < 0 for _, exponent in symbolic) and at_ends < 1 else None


def _degree(monomial: Monomial, growing: Collection[Symbol]) -> int:
    return sum(exponent for atom, exponent in monomial if atom in growing)


def _depends(atom: Expr, growing: Collection[Symbol]) -> bool:
    return bool(atom.free_symbols & set(growing))


def _without_rounding(poly: Polynomial, growing: Collection[Symbol]) -> Polynomial | None:
    """Return what `poly` grows like: floors and ceilings of what grows left away."""
    values: dict[Expr, Polynomial] = {}
    for monomial in poly:
        for atom, exponent in monomial:
            if _is_grown_rounding(atom, growing) and atom not in values:
                within = inside(atom)
                inner = _without_rounding(within.numerator, growing)
                if inner is None or exponent < 0:
                    return None
                values[atom] = multiply(inner, {inverse(within.monomial): Fraction(1, within.number)})
    return substitute(poly, values)


def _is_grown_rounding(atom: Expr, growing: Collection[Symbol]) -> bool:
    return isinstance(atom, (floor, ceiling)) and _depends(atom, growing)


def _error_degree(poly: Polynomial, growing: Collection[Symbol]) -> int | None:
    """Return the degree up to which leaving away the rounding may have changed something."""
    degrees = []
    for monomial in poly:
        grown = [(a, e) for a, e in monomial if _is_grown_rounding(a, growing)]
        rest = _degree(frozenset(x for x in monomial if x not in grown), growing)
        parts = [(*_atom_degrees(a, growing), e) for a, e in grown]
        total = rest + sum(degree * e for degree, _, e in parts)
        degrees += [total - degree + error for degree, error, _ in parts]
    return max(degrees, default=None)


def _atom_degrees(atom: Expr, growing: Collection[Symbol]) -> tuple[int, int]:
    """Return the degrees of a rounding and of its error; what falls to 0 may be rounded to 1: both are at least 0."""
    within = inside(atom)
    below = _degree(within.monomial, growing)
    smooth = _without_rounding(within.numerator, growing) or {}
    error = max(0, (_error_degree(within.numerator, growing) or 0) - below)
    return max(error, *(_degree(m, growing) - below for m in smooth)) if smooth else error, error


def without_common_factor(poly: Polynomial) -> tuple[Monomial, Polynomial]:
    """Return the largest monomial of positive symbols and powers that divides every term, and the rest."""
    shared: dict[Expr, int] | None = None
    for monomial in poly:
        exponents = {a: e for a, e in monomial if isinstance(a, (Symbol, Pow)) and a.is_positive}
        if shared is None:
            shared = exponents
        shared = {a: min(e, exponents.get(a, 0)) for a, e in shared.items()}
    factor = frozenset((a, e) for a, e in (shared or {}).items() if e)
    return factor, add({}, multiply(poly, {inverse(factor): 1}))
