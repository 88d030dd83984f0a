"""Roundings of maxima and minima: rounding keeps the order, so ⌊max(a, b)⌋ = max(⌊a⌋, ⌊b⌋), and ⌈ ⌉ and min alike."""

from __future__ import annotations

from collections.abc import Callable

from sympy import Expr, Max, Min, ceiling, floor

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.polynomial import Monomial, Polynomial, add, as_expression, atoms, multiply, polynomial
from symcnn.algebra.symbols import Value, exact

_MOST_ROUNDED = 16  # values that one rounding of maxima becomes


def rounds_extremes(value: Value) -> bool:
    """Tell whether there is a maximum or a minimum under a rounding."""
    return isinstance(value, Expr) and any(part.has(Max, Min) for part in value.atoms(floor, ceiling))


class Distributing(Arithmetic):
    """The arithmetic that takes maxima and minima out of roundings.

    >>> from symcnn.algebra.symbols import symbol
    >>> H = symbol("H")
    >>> Distributing().floor(Max(H / 3, 1) + 2)
    Max(3, floor(H/3) + 2)
    """

    def floor(self, value: Value, divisor: Value = 1) -> Value:
        """Return ⌊value/divisor⌋, of which maxima and minima are outside."""
        return self._taken_out(super().floor, self.divide(value, divisor))

    def ceiling(self, value: Value, divisor: Value = 1) -> Value:
        """Return ⌈value/divisor⌉, of which maxima and minima are outside."""
        return self._taken_out(super().ceiling, self.divide(value, divisor))

    def _taken_out(self, rounded: Callable[[Value], Value], value: Value, times: int = 1) -> Value:
        poly = polynomial(value)
        found = next(((m, a) for m in sorted(poly, key=str) for a in _monotone(m, poly)), None)
        if found is None or (times := times * len(found[1].args)) > _MOST_ROUNDED:
            return rounded(value)
        monomial, extreme = found
        factor: Polynomial = {monomial - {(extreme, 1)}: poly[monomial]}
        rest = add(poly, {monomial: poly[monomial]}, -1)
        values = [exact(as_expression(add(rest, multiply(factor, polynomial(arg))))) for arg in extreme.args]
        parts = [self._taken_out(rounded, part, times) for part in values]
        return self.largest(parts) if isinstance(extreme, Max) == (poly[monomial] > 0) else self.smallest(parts)


def _monotone(monomial: Monomial, poly: Polynomial) -> list[Expr]:
    """Return an extreme of which a term is a multiple that keeps or turns its order, and no other term has it."""
    found = [atom for atom, exponent in monomial if isinstance(atom, (Max, Min)) and exponent == 1]
    if len(found) != 1 or sum(found[0] in atoms({m: 1}) for m in poly) != 1:
        return []
    return found if all(atom.is_positive for atom, _ in monomial if atom != found[0]) else []
