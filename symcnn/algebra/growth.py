"""How values grow, and where one overtakes another: leading terms and signs over all integers, exactly."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from fractions import Fraction
from math import comb, lcm

from sympy import Expr, Integer, Pow, Symbol, ceiling, floor

from symcnn.algebra.polynomial import (
    Monomial,
    Number,
    Polynomial,
    add,
    as_expression,
    atoms,
    inverse,
    multiply,
    polynomial,
    substitute,
)
from symcnn.algebra.quotient import inside
from symcnn.algebra.symbols import Value


def leading_term(value: Value, growing: Collection[Symbol]) -> Expr | None:
    """Return the terms of the highest degree when all `growing` symbols grow together; None where there are none.

    A floor of something that grows is like what stands inside it, up to a bounded error; where the terms that are left
    are not larger than that error, there is no leading term to give.

    >>> from symcnn.algebra.symbols import symbol
    >>> H = symbol("H")
    >>> leading_term(9 * (H - 2) ** 2 + 9 * (H - 4) ** 2, [H])
    18*H**2
    """
    poly = polynomial(value)
    if any(isinstance(atom, Pow) and _depends(atom, growing) for atom in atoms(poly)):
        return _leading_power(poly, growing)
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


def _leading_power(poly: Polynomial, growing: Collection[Symbol]) -> Expr | None:
    """Return the terms of the fastest growth where bases of powers are numbers: 2·2ⁿ of 2ⁿ⁺¹ + n³, n²·3ⁿ before n·3ⁿ.

    None for several symbols that grow, whose speeds do not compare, for other exponents, and for roundings.
    """
    speeds = {monomial: _speed(monomial, growing) for monomial in poly}
    known = [speed for speed in speeds.values() if speed is not None]
    if len(growing) != 1 or len(known) < len(speeds):
        return None
    fastest = max(known)
    return as_expression({m: c for m, c in poly.items() if speeds[m] == fastest})


def _speed(monomial: Monomial, growing: Collection[Symbol]) -> tuple[Fraction, int] | None:
    """Return r and d of a monomial that grows like n^d·rⁿ."""
    rate, powers = Fraction(1), 0
    for atom, exponent in monomial:
        if not _depends(atom, growing):
            continue
        if atom in growing:
            powers += exponent
        elif isinstance(atom, Pow) and isinstance(atom.base, Integer) and atom.base > 1 and atom.exp in growing:
            rate *= Fraction(int(atom.base)) ** exponent
        else:
            return None
    return rate, powers


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


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive integers, from `start` to `end` (None: without end), on which the sign is the same."""

    start: int
    end: int | None
    sign: int


def coefficients(poly: Polynomial, variable: Symbol) -> list[int] | None:
    """Return integer coefficients, constant first, of a positive multiple of `poly`; None if it has other symbols."""
    found: dict[int, Number] = {}
    for monomial, coefficient in poly.items():
        if any(atom != variable or exponent < 0 for atom, exponent in monomial):
            return None
        found[sum(exponent for _, exponent in monomial)] = coefficient
    scale = lcm(*(c.denominator for c in found.values())) if found else 1
    return [int(found.get(degree, 0) * scale) for degree in range(max(found, default=0) + 1)]


def sign_runs(coeffs: list[int], least: int) -> list[Run]:
    """Return the signs of a polynomial on all integers from `least` on, in runs.

    Between two integers the polynomial changes by Δp(x) = p(x + 1) − p(x), which has a lower degree. Where Δp keeps its
    sign, p rises or falls, so each of its sign changes is found by bisection. Integers only, and complete.
    """
    while coeffs and not coeffs[-1]:
        coeffs = coeffs[:-1]
    if len(coeffs) <= 1:
        return [Run(least, None, _sign(coeffs[0] if coeffs else 0))]
    runs: list[Run] = []
    for piece in sign_runs(forward_difference(coeffs), least):
        _append_monotone(runs, coeffs, piece)
    return runs


def forward_difference(coeffs: list[int]) -> list[int]:
    """Return the coefficients of p(x + 1) − p(x)."""
    shifted = [0] * len(coeffs)
    for degree, coefficient in enumerate(coeffs):
        for lower in range(degree):
            shifted[lower] += coefficient * comb(degree, lower)
    return shifted


def value_at(coeffs: list[int], x: int) -> int:
    """Return p(x) by Horner's rule."""
    result = 0
    for coefficient in reversed(coeffs):
        result = result * x + coefficient
    return result


def _append_monotone(runs: list[Run], coeffs: list[int], piece: Run) -> None:
    """Add the signs on a stretch on which the polynomial rises (sign 1), falls (−1) or stays (0)."""
    start = piece.start
    while piece.end is None or start <= piece.end:
        sign = _sign(value_at(coeffs, start))
        stays = piece.sign == 0 or sign == piece.sign  # rising and positive: it stays positive
        end = piece.end if stays else _last_with(sign, coeffs, start, piece.end)
        if runs and runs[-1].sign == sign:
            runs[-1] = Run(runs[-1].start, end, sign)
        else:
            runs.append(Run(start, end, sign))
        if end is None:
            return
        start = end + 1


def _last_with(sign: int, coeffs: list[int], start: int, end: int | None) -> int:
    """Return the last integer of a monotone stretch whose sign is still that of `start`."""
    step = 1
    while (end is None or start + step <= end) and _sign(value_at(coeffs, start + step)) == sign:
        step *= 2
    high = start + step if end is None else min(start + step, end + 1)
    low = start + step // 2
    if end is not None and high == end + 1 and _sign(value_at(coeffs, end)) == sign:
        return end
    return _bisect(lambda x: _sign(value_at(coeffs, x)) == sign, low, high)


def _bisect(still: Callable[[int], bool], low: int, high: int) -> int:
    """Return the last integer for which `still` is true, given that it is at `low` and is not at `high`."""
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if still(middle) else (low, middle)
    return low


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)


def without_common_factor(poly: Polynomial) -> tuple[Monomial, Polynomial]:
    """Return the largest monomial of positive symbols that divides every term, and the rest."""
    shared: dict[Expr, int] | None = None
    for monomial in poly:
        exponents = {a: e for a, e in monomial if isinstance(a, Symbol) and a.is_positive}
        if shared is None:
            shared = exponents
        shared = {a: min(e, exponents.get(a, 0)) for a, e in shared.items()}
    factor = frozenset((a, e) for a, e in (shared or {}).items() if e)
    return factor, add({}, multiply(poly, {inverse(factor): 1}))
