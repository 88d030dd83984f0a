"""Whether a value grows or falls with the index of the iterations, proved."""

from __future__ import annotations

from dataclasses import replace

from sympy import Add, Expr, Max, Min, Mul, Pow, Sum, Symbol, ceiling, floor

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.polynomial import Monomial, add, polynomial
from symcnn.algebra.quotient import inside
from symcnn.algebra.symbols import Value, expression
from symcnn.repetition.substitution import replaced
from symcnn.repetition.terms import depends

GROWS, STAYS, FALLS = 1, 0, -1


def direction(value: Value, index: Symbol, count: Value, arithmetic: Arithmetic) -> int | None:
    """Return 1 where the value never falls from one index below the count to the next, −1 where it never grows.

    0 where the index does not occur; None where neither is proved.
    """
    if not depends(value, index):
        return STAYS
    found = _of_parts(expression(value), index, arithmetic)
    return _of_steps(value, index, count, arithmetic) if found is None else found


def _of_steps(value: Value, index: Symbol, count: Value, arithmetic: Arithmetic) -> int | None:
    """Look at the difference of two neighbours, both of them below the count."""
    following = replaced(value, {index: index + 1}, arithmetic)
    step = add(polynomial(following), polynomial(value), -1)
    left = add(polynomial(count), polynomial(index + 2), -1)
    facts = replace(arithmetic.facts, known=(*arithmetic.facts.known, left))
    if facts.is_nonnegative(step):
        return GROWS
    return FALLS if facts.is_nonnegative({m: -c for m, c in step.items()}) else None


def _of_parts(value: Expr, index: Symbol, arithmetic: Arithmetic) -> int | None:
    """Put the directions of the parts together: of sums, of products of what is not negative, of roundings."""
    if not depends(value, index):
        return STAYS
    if value == index:
        return GROWS
    if isinstance(value, (Max, Min)):
        return _agreed([_of_parts(part, index, arithmetic) for part in value.args])
    if isinstance(value, (floor, ceiling)):
        within = inside(value)
        return _of_parts(within.expression(), index, arithmetic)
    if isinstance(value, (Add, Mul)):
        poly = polynomial(value)
        return _agreed([_of_term(monomial, c < 0, index, arithmetic) for monomial, c in poly.items()])
    if isinstance(value, Sum):
        return _of_sum(value, index, arithmetic)
    return _of_power(value, index, arithmetic) if isinstance(value, Pow) else None


def _of_sum(value: Sum, index: Symbol, arithmetic: Arithmetic) -> int | None:
    """Return the direction of a sum of what is not negative whose last place moves with the index."""
    if len(value.limits) != 1:
        return None
    _, start, end = value.limits[0]
    least = arithmetic.facts.lower_bound(polynomial(value.function))
    if depends(start, index) or depends(value.function, index) or least is None or least < 0:
        return None
    return _of_parts(end, index, arithmetic)


def _of_term(monomial: Monomial, negative: bool, index: Symbol, arithmetic: Arithmetic) -> int | None:
    found = _agreed([_of_factor(atom, exponent, index, arithmetic) for atom, exponent in monomial])
    return None if found is None else -found if negative else found


def _of_factor(atom: Expr, exponent: int, index: Symbol, arithmetic: Arithmetic) -> int | None:
    """Return the direction of a factor that is never negative; None of others."""
    least = arithmetic.facts.least(atom)
    if least is None or least < 0 or (exponent < 0 and not atom.is_positive):
        return None
    found = _of_parts(atom, index, arithmetic)
    return None if found is None else found if exponent > 0 else -found


def _of_power(value: Pow, index: Symbol, arithmetic: Arithmetic) -> int | None:
    """Return the direction of bⁱ with b ≥ 1."""
    least = arithmetic.facts.least(value.base) if not value.base.is_number else value.base
    if depends(value.base, index) or least is None or least < 1:
        return None
    return _of_parts(value.exp, index, arithmetic)


def _agreed(directions: list[int | None]) -> int | None:
    """Return the direction that all have that have one."""
    if None in directions:
        return None
    found = {towards for towards in directions if towards}
    return (found.pop() if found else STAYS) if len(found) <= 1 else None
