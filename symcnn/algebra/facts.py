"""What is known of the symbols: bounds, residues, divisibility. Facts come from the symbols and from `assume`."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from math import gcd

from sympy import Expr, Pow, Symbol, ceiling, floor

from symcnn.algebra.polynomial import (
    ONE,
    Monomial,
    Number,
    Polynomial,
    add,
    common_denominator,
    constant,
    degree,
    inverse,
    multiply,
    scale,
    substitute,
)
from symcnn.algebra.quotient import Quotient, inside, is_integer_atom, is_integer_monomial

_PROVABLE_TERMS, _PROVABLE_DEGREE = 64, 8  # larger polynomials are not expanded around their lower ends


@dataclass(frozen=True)
class Facts:
    """What may be taken for granted; the empty facts know what the symbols' domains say.

    `residues` has for a symbol (modulus, residue); `known` are polynomials that are ≥ 0; `divisible` holds
    pairs (N, D·M) of polynomials, frozen, such that N/(D·M) is an integer.
    """

    lower: dict[Symbol, Number] = field(default_factory=dict)
    upper: dict[Symbol, Number] = field(default_factory=dict)
    residues: dict[Symbol, tuple[int, int]] = field(default_factory=dict)
    known: tuple[Polynomial, ...] = ()
    divisible: frozenset[tuple[frozenset[tuple[Monomial, Number]], int, Monomial]] = frozenset()

    def least(self, atom: Expr) -> Number | None:
        """Return a lower bound of an atom, or None."""
        if isinstance(atom, Symbol):
            if atom in self.lower:
                return self.lower[atom]
            if atom.is_integer and atom.is_positive:
                return 1
            return 0 if atom.is_nonnegative else None
        if isinstance(atom, (floor, ceiling)):
            within = inside(atom)
            bound = None if within.monomial else self.lower_bound(within.numerator)
            if bound is None:
                return None
            return -(-bound // within.number) if isinstance(atom, ceiling) else bound // within.number
        if isinstance(atom, Pow) and atom.is_positive:
            return 1 if atom.is_integer else 0
        return None

    def lower_bound(self, poly: Polynomial) -> Number | None:
        """Return a number that `poly` never falls below, or None; attained where there are only symbols."""
        if len(poly) > _PROVABLE_TERMS or any(degree(m) > _PROVABLE_DEGREE for m in poly):
            return constant(poly) if all(self._harmless(m, c) for m, c in poly.items()) else None
        poly = self._at_upper_ends(poly)
        shift: dict[Expr, Polynomial] = {}
        for monomial in poly:
            for atom, exponent in monomial:
                least = self.least(atom)
                if least is None or exponent < 0:
                    return None
                shift[atom] = {frozenset(((atom, 1),)): 1} | ({ONE: least} if least else {})
        shifted = substitute(poly, shift)
        return constant(shifted) if all(c > 0 for m, c in shifted.items() if m) else None

    def is_nonnegative(self, poly: Polynomial) -> bool | None:
        """Prove `poly` ≥ 0 (True) or `poly` < 0 (False) for all values, or return None."""
        if self._proved_nonnegative(poly):
            return True
        if self._proved_nonnegative(add({ONE: -1} if self.integral(poly) else {}, poly, -1)) and (
            self.integral(poly) or self.lower_bound(scale(poly, -1)) not in (None, 0)
        ):
            return False
        return None

    def residue(self, monomial: Monomial, modulus: int) -> int | None:
        """Return the residue of a monomial of integers, or None where it is not the same for all values."""
        result, sure_factor, known = 1, 1, True
        for atom, exponent in monomial:
            if exponent < 0 or atom not in self.residues:
                known = known and modulus == 1
                continue
            period, residue = self.residues[atom]
            sure_factor *= gcd(period, residue) ** exponent
            known = known and period % modulus == 0
            result = result * residue**exponent % modulus
        if sure_factor % modulus == 0 and all(e > 0 and is_integer_atom(a) for a, e in monomial):
            return 0
        return result % modulus if known else None

    def integral(self, poly: Polynomial) -> bool | None:
        """Prove that `poly` is always an integer (True) or never (False), or return None."""
        rest = {m: c for m, c in poly.items() if not (_whole(c) and is_integer_monomial(m))}
        if not rest:
            return True
        numerator, number, monomial = common_denominator(rest)
        if (frozenset(numerator.items()), number, monomial) in self.divisible:
            return True
        if monomial or not all(is_integer_monomial(m) for m in numerator):
            return self._whole_multiple(rest)
        total = 0
        for m, c in numerator.items():
            shared = gcd(int(c), number)
            residue = self.residue(m, number // shared)
            if residue is None:
                return self._never_integral(numerator, number)
            total += int(c) * residue
        return total % number == 0

    def _whole_multiple(self, rest: Polynomial) -> bool | None:
        """Recognise integer polynomials times a known quotient, such as m·(C/g) where g divides C."""
        for known, number, monomial in self.divisible:
            if len(known) != 1:
                continue
            ((top, coefficient),) = known
            quotient = {frozenset((a, -e) for a, e in top): Fraction(number, 1) / Fraction(coefficient)}
            factor = multiply(multiply(rest, quotient), {monomial: 1})
            if all(_whole(c) and is_integer_monomial(m) for m, c in factor.items()):
                return True
        return None

    def _never_integral(self, numerator: Polynomial, number: int) -> bool | None:
        """Odd + even·anything is never even: the content of the other terms and the constant decide."""
        shared = gcd(number, *(int(c) for m, c in numerator.items() if m))
        return False if constant(numerator) % shared else None

    def _harmless(self, monomial: Monomial, coefficient: Number) -> bool:
        return not monomial or (coefficient > 0 and all(e > 0 and (self.least(a) or 0) >= 0 for a, e in monomial))

    def _proved_nonnegative(self, poly: Polynomial) -> bool:
        candidates = [poly, *(add(poly, fact, -1) for fact in self.known)]
        for candidate in candidates:
            for relaxed in (candidate, _without_floors(candidate)):
                bound = self.lower_bound(_cleared(relaxed)) if relaxed is not None else None
                if bound is not None and bound >= 0:
                    return True
        return False

    def _at_upper_ends(self, poly: Polynomial) -> Polynomial:
        """Put upper bounds in for symbols that only lower the value: a lower bound of the polynomial."""
        for atom, most in self.upper.items():
            mine = [(m, c) for m, c in poly.items() if any(a == atom for a, _ in m)]
            simple = all(len(m) == 1 and (atom, 1) in m and c < 0 for m, c in mine)
            if mine and simple:
                poly = substitute(poly, {atom: {ONE: most} if most else {}})
        return poly


def _whole(number: Number) -> bool:
    return number.denominator == 1


def _cleared(poly: Polynomial) -> Polynomial:
    """Multiply by the positive symbols in the denominators: the sign stays."""
    _, _, monomial = common_denominator(poly)
    positive = all(atom.is_positive for atom, _ in monomial)
    return multiply(poly, {monomial: 1}) if monomial and positive else poly


def _without_floors(poly: Polynomial) -> Polynomial | None:
    """Return a polynomial that is nowhere larger, with ⌊x/m⌋ ≤ x/m and ⌊x/m⌋ ≥ (x − m + 1)/m; None if none is."""
    result: Polynomial = {}
    changed = False
    for monomial, coefficient in poly.items():
        rounded = [a for a, _ in monomial if isinstance(a, (floor, ceiling))]
        if not rounded:
            result = add(result, {monomial: coefficient})
            continue
        if len(monomial) != 1 or (rounded[0], 1) not in monomial:
            return None
        within = inside(rounded[0])
        bound = _unrounded(within, isinstance(rounded[0], ceiling), coefficient > 0)
        result = add(result, bound, coefficient)
        changed = True
    return result if changed else None


def _unrounded(within: Quotient, up: bool, below: bool) -> Polynomial:
    """Bound ⌊within⌋, or ⌈within⌉ where `up`, from `below` or above, without rounding."""
    over = {inverse(within.monomial): Fraction(1, within.number)}
    value = multiply(within.numerator, over)
    if up == below:  # ⌈y⌉ ≥ y, ⌊y⌋ ≤ y
        return value
    integral = all(is_integer_monomial(m) for m in within.numerator)
    slack = add({ONE: 1}, over, -1) if integral else {ONE: 1}
    return add(value, slack, 1 if up else -1)
