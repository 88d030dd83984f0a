"""The sign of polynomials and of sums of powers, p(x)·rˣ + q(x)·sˣ + …, on all integers: exact and complete."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb, lcm

from sympy import Add, Expr, Integer, Mul, Poly, Pow, Symbol, factor

from symcnn.algebra.polynomial import Monomial, Number, Polynomial, accumulate

_MOST_BITS = 200_000  # of a power that is worked out


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive integers, from `start` to `end` (None: without end), on which the sign is the same."""

    start: int
    end: int | None
    sign: int


@dataclass(frozen=True)
class PowerSum:
    """f(x) = p(x)·rˣ + q(x)·sˣ + …, with integer coefficients and integer bases 1 ≤ r < s < …; a polynomial has r = 1.

    `parts` has for each base its coefficients, constant first, of which the last is not zero.
    """

    parts: tuple[tuple[int, tuple[int, ...]], ...]

    @classmethod
    def of(cls, parts: Mapping[int, Sequence[int]]) -> PowerSum:
        """Return the sum of these parts: a base, and the coefficients of its polynomial.

        >>> PowerSum.of({1: [-5, 0], 2: [1]}).runs(0)
        [Run(start=0, end=2, sign=-1), Run(start=3, end=None, sign=1)]
        """
        tidy = ((base, _without_zeros(coeffs)) for base, coeffs in sorted(parts.items()))
        return cls(tuple((base, coeffs) for base, coeffs in tidy if coeffs))

    def at(self, x: int) -> int:
        """Return the value; raises `OverflowError` for an astronomically large power."""
        if x * max((base.bit_length() - 1 for base, _ in self.parts), default=0) > _MOST_BITS:
            raise OverflowError
        return sum(_horner(coeffs, x) * base**x for base, coeffs in self.parts)

    def difference(self) -> PowerSum:
        """Return f(x + 1) − f(x)."""
        return self._less(1)

    def _less(self, times: int) -> PowerSum:
        """Return f(x + 1) − times·f(x)."""
        parts = {}
        for base, coeffs in self.parts:
            parts[base] = [base * moved - times * c for moved, c in zip(_moved(coeffs), coeffs, strict=True)]
        return PowerSum.of(parts)

    def runs(self, least: int) -> list[Run]:
        """Return the signs on all integers from `least` ≥ 0 on, in runs.

        With the smallest base r the sign is that of g(x) = f(x)/rˣ. From one integer to the next g changes by
        (f(x + 1) − r·f(x))/rˣ⁺¹, where the polynomial of r has a lower degree. Where that keeps its sign, g rises or
        falls, so each sign change of f is found by bisection; and g, if it is not constant, has no limit.
        """
        if sum(len(coeffs) for _, coeffs in self.parts) <= 1:
            return [Run(least, None, _sign(self.parts[0][1][0]) if self.parts else 0)]
        runs: list[Run] = []
        for piece in self._less(self.parts[0][0]).runs(least):
            self._append_monotone(runs, piece)
        return runs

    def in_factors(self, variable: Symbol) -> Expr:
        """Return it as an expression, every polynomial in factors."""
        terms = []
        for base, coeffs in reversed(self.parts):
            inner = factor(Poly(list(reversed(coeffs)), variable).as_expr())
            terms.append(inner if base == 1 else Mul(inner, Pow(Integer(base), variable)))
        return Add(*terms)

    def _append_monotone(self, runs: list[Run], piece: Run) -> None:
        """Add the signs on a stretch on which f(x)/rˣ rises (sign 1), falls (−1) or stays (0)."""
        start = piece.start
        while piece.end is None or start <= piece.end:
            sign = _sign(self.at(start))
            stays = piece.sign == 0 or sign == piece.sign  # rising and positive: it stays positive
            end = piece.end if stays else self._last_with(sign, start, piece.end)
            if runs and runs[-1].sign == sign:
                runs[-1] = Run(runs[-1].start, end, sign)
            else:
                runs.append(Run(start, end, sign))
            if end is None:
                return
            start = end + 1

    def _last_with(self, sign: int, start: int, end: int | None) -> int:
        """Return the last integer of a monotone stretch whose sign is still that of `start`."""
        step = 1
        while (end is None or start + step <= end) and _sign(self.at(start + step)) == sign:
            step *= 2
        high = start + step if end is None else min(start + step, end + 1)
        if end is not None and high == end + 1 and _sign(self.at(end)) == sign:
            return end
        low = start + step // 2
        while high - low > 1:  # the sign is still the same at `low`, and not at `high`
            middle = (low + high) // 2
            low, high = (middle, high) if _sign(self.at(middle)) == sign else (low, middle)
        return low


def _without_zeros(coeffs: Sequence[int]) -> tuple[int, ...]:
    found = list(coeffs)
    while found and not found[-1]:
        found.pop()
    return tuple(found)


def _horner(coeffs: Sequence[int], x: int) -> int:
    result = 0
    for coefficient in reversed(coeffs):
        result = result * x + coefficient
    return result


def _moved(coeffs: Sequence[int]) -> list[int]:
    """Return the coefficients of p(x + 1)."""
    moved = [0] * len(coeffs)
    for degree, coefficient in enumerate(coeffs):
        for lower in range(degree + 1):
            moved[lower] += coefficient * comb(degree, lower)
    return moved


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)


def by_rate(poly: Polynomial, variable: Symbol) -> dict[Fraction, Polynomial] | None:
    """Return the polynomials that stand before each rˣ, r a number: n·2ⁿ⁺¹ + 3 has 2n for 2 and 3 for 1.

    None where the variable is in another exponent, in that of a symbol, in a sum, or in cases.
    """
    found: dict[Fraction, Polynomial] = {}
    for monomial, coefficient in poly.items():
        parted = _parted(monomial, variable)
        if parted is None:
            return None
        rate, rest = parted
        accumulate(found.setdefault(rate, {}), rest, coefficient)
    return {rate: part for rate, part in found.items() if part}


def _parted(monomial: Monomial, variable: Symbol) -> tuple[Fraction, Monomial] | None:
    rate, rest = Fraction(1), []
    for atom, exponent in monomial:
        if not (isinstance(atom, Pow) and variable in atom.exp.free_symbols):
            rest.append((atom, exponent))
        elif isinstance(atom.base, Integer) and atom.base > 1 and atom.exp == variable:
            rate *= Fraction(int(atom.base)) ** exponent
        else:
            return None
    return rate, frozenset(rest)


def power_sum(parts: Mapping[Fraction, Polynomial], variable: Symbol) -> PowerSum | None:
    """Return a positive multiple of Σ part·rateˣ, by a positive number to the x perhaps; None if it has other symbols.

    >>> from symcnn.algebra.symbols import symbol
    >>> n = symbol("n")
    >>> power_sum({Fraction(1, 2): {frozenset(): 3}, Fraction(1): {frozenset([(n, 1)]): Fraction(1, 3)}}, n)
    PowerSum(parts=((1, (9,)), (2, (0, 1))))
    """
    found = {rate: _by_degree(part, variable) for rate, part in parts.items()}
    scale, below = scales(parts)
    whole: dict[int, list[int]] = {}
    for rate, part in found.items():
        if part is None:
            return None
        whole[int(rate * below)] = _listed(part, scale)
    return PowerSum.of(whole)


def scales(parts: Mapping[Fraction, Polynomial]) -> tuple[int, int]:
    """Return the numbers m and d for which m·dˣ times the sum has integer coefficients and bases."""
    denominators = (c.denominator for part in parts.values() for c in part.values())
    return lcm(*denominators), lcm(*(rate.denominator for rate in parts))


def _by_degree(poly: Polynomial, variable: Symbol) -> dict[int, Number] | None:
    found: dict[int, Number] = {}
    for monomial, coefficient in poly.items():
        if any(atom != variable or exponent < 0 for atom, exponent in monomial):
            return None
        found[sum(exponent for _, exponent in monomial)] = coefficient
    return found


def _listed(by_degree: Mapping[int, Number], scale: int) -> list[int]:
    degrees: Iterable[int] = range(max(by_degree, default=0) + 1)
    return [int(by_degree.get(degree, 0) * scale) for degree in degrees]
