"""Signs that are seen from how a value is written: multiplied out, a product of sizes hides that it is not negative."""

from __future__ import annotations

from sympy import Add, Expr, Integer, Mul, Pow

from symcnn.algebra.facts import Facts
from symcnn.algebra.polynomial import polynomial
from symcnn.algebra.symbols import Value


def is_nonnegative_by_factors(value: Value, facts: Facts) -> bool:
    """Prove that a value is ≥ 0 from its summands, and of these from their factors.

    >>> from symcnn.algebra.symbols import symbol
    >>> H, W, k = map(symbol, "HWk")
    >>> known = Facts(known=(polynomial(H - k), polynomial(W - k)))
    >>> is_nonnegative_by_factors(3 * (H - k + 1) * (W - k + 1) + k, known)
    True
    """
    if not isinstance(value, Expr):
        return value >= 0
    if isinstance(value, (Add, Mul)) and all(is_nonnegative_by_factors(part, facts) for part in value.args):
        return True
    if isinstance(value, Mul):
        return False
    if isinstance(value, Pow) and isinstance(value.exp, Integer):
        return value.exp % 2 == 0 or is_nonnegative_by_factors(value.base, facts)
    return facts.is_nonnegative(polynomial(value)) is True
