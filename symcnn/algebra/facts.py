"""What is known of the symbols: bounds, residues, divisibility. Facts come from the symbols and from `assume`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import gcd, lcm
from typing import TypeAlias

from sympy import Add, Expr, Integer, Max, Min, Ne, Piecewise, Pow, Product, Symbol, ceiling, floor
from sympy.concrete.expr_with_limits import ExprWithLimits
from sympy.logic.boolalg import Boolean

from symcnn.algebra.polynomial import (
    ONE,
    Monomial,
    Number,
    Polynomial,
    add,
    as_expression,
    atoms,
    common_denominator,
    constant,
    degree,
    has_denominator,
    inverse,
    multiply,
    polynomial,
    power,
    scale,
    substitute,
)
from symcnn.algebra.powers import curved_counts, without_powers
from symcnn.algebra.quotient import (
    Quotient,
    has_rounding,
    inside,
    is_integer_atom,
    is_integer_monomial,
    is_integer_polynomial,
)
from symcnn.algebra.symbols import exact, is_positive
from symcnn.algebra.wholes import has_symbolic_power, is_whole_power

_PROVABLE_TERMS, _PROVABLE_DEGREE = 64, 8  # larger polynomials are not expanded around their lower ends
_MOST_DOUBLINGS = 64  # of 2ⁿ for large n no better bound is worked out

Divisible: TypeAlias = tuple[frozenset[tuple[Monomial, Number]], int, Monomial]  # N, D, M: N/(D·M) is an integer


@dataclass(frozen=True)
class Facts:
    """What may be taken for granted; the empty facts know what the symbols' domains say.

    `residues` has for a symbol (modulus, residue); `known` are polynomials that are ≥ 0; `divisible` are
    quotients that are integers.
    """

    lower: dict[Symbol, Number] = field(default_factory=dict)
    upper: dict[Symbol, Number] = field(default_factory=dict)
    residues: dict[Symbol, tuple[int, int]] = field(default_factory=dict)
    known: tuple[Polynomial, ...] = ()
    divisible: frozenset[Divisible] = frozenset()

    def least(self, atom: Expr) -> Number | None:
        """Return a lower bound of an atom, or None."""
        if isinstance(atom, Symbol):
            return self.lower[atom] if atom in self.lower else _least_of_domain(atom)
        if isinstance(atom, (floor, ceiling)):
            return self._least_rounded(inside(atom), isinstance(atom, ceiling))
        if isinstance(atom, (Max, Min)):
            bounds = [self.lower_bound(polynomial(part)) for part in atom.args]
            known = [bound for bound in bounds if bound is not None]
            if isinstance(atom, Max):
                return max(known, default=None)
            return min(known) if len(known) == len(bounds) else None
        if isinstance(atom, Pow):
            if self._has_positive_base(atom) or is_positive(atom):
                return self._least_power(atom)
            return 0 if atom.is_nonnegative else None
        if isinstance(atom, Piecewise):
            return self._least_of_cases(atom)
        if isinstance(atom, ExprWithLimits):
            return self._least_of_sum(atom)
        return self.lower_bound(polynomial(atom)) if isinstance(atom, Add) else None

    def lower_bound(self, poly: Polynomial) -> Number | None:
        """Return a number that `poly` never falls below, or None."""
        bound = self._bound(poly)
        return None if bound is None else bound[0]

    def is_nonnegative(self, poly: Polynomial) -> bool | None:
        """Prove `poly` ≥ 0 (True) or `poly` < 0 (False) for all values, or return None."""
        if len(poly) > _PROVABLE_TERMS and min(poly.values()) < 0 < max(poly.values()):
            return None
        if self._proved(poly, strictly=False) or self._proved_by_rounding(poly) or self._proved_in_steps(poly):
            return True
        return False if self.is_positive(scale(poly, -1)) else None

    def may_be_nonnegative(self, poly: Polynomial) -> bool:
        """Tell at a glance whether `poly` ≥ 0 is worth trying: what lowers it must stand in what raises it."""
        if self.known or self.upper or self.divisible:
            return True
        raising = {atom for monomial, c in poly.items() if c > 0 for atom, _ in monomial}
        return all(atom in raising for monomial, c in poly.items() if c < 0 for atom, _ in monomial)

    def _proved_by_rounding(self, poly: Polynomial) -> bool:
        """Use that an integer is ≥ 0 where it is > −1: where 32·α is a positive integer, α ≥ 1/32."""
        if not self.divisible or all(map(is_integer_monomial, poly)):
            return False
        whole = scale(poly, lcm(*(c.denominator for c in poly.values())))
        return bool(self.integral(whole)) and self._proved(add(whole, {ONE: 1}), strictly=True)

    def _proved_in_steps(self, poly: Polynomial) -> bool:
        """Prove `poly` ≥ 0 for a count n = 0, and for n ≥ 1: so n(n − 1) ≥ 0; and with bⁿ ≥ 1 + (b − 1)·n."""
        relaxed = without_powers(poly)
        if relaxed is not None and self._proved(relaxed, strictly=False):
            return True
        for count in curved_counts(poly):
            if self.least(count) == 0:
                at_zero = polynomial(as_expression(poly).xreplace({count: Integer(0)}))
                later = replace(self, lower={**self.lower, count: 1})
                return self._proved(at_zero, strictly=False) and later._proved(poly, strictly=False)
        return False

    def is_positive(self, poly: Polynomial) -> bool:
        """Tell whether `poly` > 0 is proved for all values."""
        if self.integral(poly):
            less = add(poly, {ONE: -1})
            relaxed = without_powers(less)
            return self._proved(less, strictly=False) or (relaxed is not None and self._proved(relaxed, strictly=False))
        return self._proved(poly, strictly=True)

    def residue(self, monomial: Monomial, modulus: int) -> int | None:
        """Return the residue of a monomial of integers, or None where it is not the same for all values."""
        result, sure_factor, known = 1, 1, True
        for atom, exponent in monomial:
            if exponent < 0 or atom not in self.residues:
                known = known and modulus == 1
                sure_factor *= self._sure_factor(atom, modulus) if exponent > 0 else 1
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
        rest = add(rest, self.whole_terms(rest), -1)
        if not rest:
            return True
        numerator, number, monomial = common_denominator(rest)
        if _is_worth_dividing(numerator, monomial) and is_integer_polynomial(rest):
            return True
        if monomial or not all(is_integer_monomial(m) for m in numerator):
            return None
        total = 0
        for m, c in numerator.items():
            shared = gcd(int(c), number)
            residue = self.residue(m, number // shared)
            if residue is None:
                return _never_integral(numerator, number)
            total += int(c) * residue
        return total % number == 0

    def whole_terms(self, poly: Polynomial) -> Polynomial:
        """Return terms of `poly` that are together an integer: m·(C/g) where g divides C, and 2ᴸ/2ʲ where j ≤ L."""
        left = {m: c for m, c in poly.items() if m and not (_whole(c) and is_integer_monomial(m))}
        found = {m: c for m, c in left.items() if self._is_whole_power(m, c)}
        if not self.divisible:
            return found
        left = {m: c for m, c in left.items() if m not in found}
        for known in map(_as_polynomial, self.divisible):
            part = self._whole_multiple(left, known)
            found = add(found, part)
            left = {m: c for m, c in left.items() if m not in part}
        return found

    def _whole_multiple(self, poly: Polynomial, known: Polynomial) -> Polynomial:
        """Return the terms of `poly` that are together an integer because `known` is one."""
        if len(known) == 1:
            times_known = {m: multiply({m: c}, power(known, -1)) for m, c in poly.items()}
            return {m: c for m, c in poly.items() if self._is_whole(times_known[m])}
        first = next((m for m in known if m in poly), None)
        if first is None or not _whole(factor := Fraction(poly[first]) / known[first]):
            return {}
        multiple = scale(known, factor)
        return multiple if all(poly.get(m) == c for m, c in multiple.items() if m) else {}

    def _is_whole(self, poly: Polynomial) -> bool:
        return all((_whole(c) and is_integer_monomial(m)) or self._is_whole_power(m, c) for m, c in poly.items())

    def _is_whole_power(self, monomial: Monomial, coefficient: Number) -> bool:
        if not has_symbolic_power(monomial):
            return False
        return is_whole_power(monomial, coefficient, lambda p: bool(self._proved(p, strictly=False)))

    def _bound(self, poly: Polynomial) -> tuple[Number, bool] | None:
        """Return a lower bound, and whether the polynomial is known to stay above it."""
        if len(poly) > _PROVABLE_TERMS or any(degree(m) > _PROVABLE_DEGREE for m in poly):
            harmless = all(c > 0 and self._is_nonnegative_monomial(m) for m, c in poly.items() if m)
            return (constant(poly), False) if harmless else None
        poly, fractions = _without_positive_fractions(self._at_upper_ends(poly))
        shift: dict[Expr, Polynomial] = {}
        for atom in atoms(poly):
            least = self.least(atom)
            if least is None:
                return None
            shift[atom] = add({frozenset(((atom, 1),)): 1}, {ONE: least} if least else {})
        if any(exponent < 0 for monomial in poly for _, exponent in monomial):
            return self._bound_over(poly)
        shifted = substitute(poly, shift)
        if not all(c > 0 for m, c in shifted.items() if m):
            return None
        above = any(m and all(len(shift[a]) == 1 and is_positive(a) for a, _ in m) for m in shifted)
        return constant(shifted), bool(fractions) or above

    def _bound_over(self, poly: Polynomial) -> tuple[Number, bool] | None:
        """Return 0 as a bound of what is not negative over something positive: (sⁿ − 1)/(s − 1) for s ≥ 2."""
        numerator, _, monomial = common_denominator(poly)
        if not all((self.least(atom) or 0) > 0 for atom, _ in monomial):
            return None
        bound = self._bound(polynomial(as_expression(numerator)))
        return (0, bound[1]) if bound is not None and bound[0] >= 0 else None

    def _least_rounded(self, within: Quotient, up: bool) -> Number | None:
        bound = self.lower_bound(within.numerator)
        if bound is None or not all(atom.is_positive or (self.least(atom) or 0) > 0 for atom, _ in within.monomial):
            return None
        if within.monomial:
            return None if bound < 0 else 1 if up and bound > 0 else 0
        return -(-bound // within.number) if up else bound // within.number

    def _has_positive_base(self, power: Pow) -> bool:
        """Tell whether it is the power of a symbol that is known to be positive, where its domain has 0 too."""
        least = self.least(power.base) if isinstance(power.base, Symbol) else None
        return least is not None and least > 0

    def _least_power(self, atom: Pow) -> Number:
        base = self.least(atom.base) if isinstance(atom.base, Symbol) else exact(atom.base)
        if isinstance(base, int) and base > 1:
            exponent = self.lower_bound(polynomial(atom.exp))
            if exponent is not None and exponent > 0 and exponent.denominator == 1:
                least: int = base ** int(min(exponent, _MOST_DOUBLINGS))
                return least
        return 1 if atom.is_integer else 0

    def _least_of_cases(self, atom: Piecewise) -> Number | None:
        """Return a bound of all the values, each under its own condition where that raises the bound of a symbol."""
        bounds = [self.under(condition).lower_bound(polynomial(value)) for value, condition in atom.args]
        known = [bound for bound in bounds if bound is not None]
        return min(known) if len(known) == len(bounds) else None

    def under(self, condition: Boolean) -> Facts:
        """Return the facts where a case applies: s ≠ 1 says s ≥ 2 of a positive integer."""
        if isinstance(condition, Ne) and isinstance(condition.lhs, Symbol) and condition.lhs.is_integer:
            least = self.least(condition.lhs)
            if least is not None and condition.rhs == least:
                return replace(self, lower={**self.lower, condition.lhs: least + 1})
        return self

    def _least_of_sum(self, atom: ExprWithLimits) -> Number | None:
        """Return 0 for a sum, or 1 for a product, of what is at least that: it may be empty."""
        neutral = 1 if isinstance(atom, Product) else 0
        indices = {index for index, *_ in atom.limits}  # of which nothing is known but that they are at least 0
        others = Facts({sym: least for sym, least in self.lower.items() if sym not in indices})
        bound = others.lower_bound(polynomial(atom.function))
        return neutral if bound is not None and bound >= neutral else None

    def _sure_factor(self, atom: Expr, modulus: int) -> int:
        """Return a divisor of the atom: 2ⁿ is divisible by 2ᵉ for the least value e of n."""
        if not (isinstance(atom, Pow) and isinstance(atom.base, Integer) and atom.is_integer):
            return 1
        least = self.lower_bound(polynomial(atom.exp)) or 0
        factor: int = int(atom.base) ** int(min(max(least, 0), modulus.bit_length()))
        return factor

    def _is_nonnegative_monomial(self, monomial: Monomial) -> bool:
        bounds = [self.least(atom) for atom, exponent in monomial if exponent > 0]
        return len(bounds) == len(monomial) and all(bound is not None and bound >= 0 for bound in bounds)

    def _proved(self, poly: Polynomial, strictly: bool) -> bool:
        """Prove that `poly` is ≥ 0, or > 0: as it stands, after taking away what is known to be ≥ 0, without floors."""
        if self.known and any(type(c) is not int for c in poly.values()):  # what is known is said without fractions
            poly = scale(poly, lcm(*(c.denominator for c in poly.values())))
        for candidate in (poly, *self._without_known(poly)):
            for relaxed in (candidate, _without_floors(candidate)):
                bound = self._bound(cleared(relaxed)) if relaxed is not None else None
                if bound is not None and (bound[0] > 0 or (bound[0] == 0 and (bound[1] or not strictly))):
                    return True
        return False

    def _without_known(self, poly: Polynomial) -> Iterator[Polynomial]:
        """Yield what is left of `poly` without what is known to be ≥ 0, once and as often as its negative terms say."""
        for fact in self.known:
            yield add(poly, fact, -1)
            times = max((Fraction(poly[m]) / c for m, c in fact.items() if c < 0 and poly.get(m, 0) < 0), default=1)
            if times != 1:
                yield add(poly, fact, -times)

    def _at_upper_ends(self, poly: Polynomial) -> Polynomial:
        """Put upper bounds in for symbols that only lower the value: a lower bound of the polynomial."""
        for atom, most in self.upper.items():
            mine = [(m, c) for m, c in poly.items() if any(a == atom for a, _ in m)]
            simple = all(len(m) == 1 and (atom, 1) in m and c < 0 for m, c in mine)
            if mine and simple:
                poly = substitute(poly, {atom: {ONE: most} if most else {}})
        return poly


def _least_of_domain(sym: Symbol) -> Number | None:
    if sym.is_integer and sym.is_positive:
        return 1
    return 0 if sym.is_nonnegative else None


def _without_positive_fractions(poly: Polynomial) -> tuple[Polynomial, Polynomial]:
    """Split off the terms that are certainly > 0, such as 3·C/g, which no integer bounds better than 0."""
    fractions = {
        m: c for m, c in poly.items() if c > 0 and any(e < 0 for _, e in m) and all(a.is_positive for a, _ in m)
    }
    return {m: c for m, c in poly.items() if m not in fractions}, fractions


def _is_worth_dividing(numerator: Polynomial, monomial: Monomial) -> bool:
    """Tell whether several terms, of which one is no mere symbol, may be divisible together: n(n − 1)/2, (3ⁿ − 1)/2."""
    if len(numerator) < 2 or len(numerator) > _PROVABLE_TERMS:
        return False
    if monomial:
        return all(isinstance(atom, Add) for atom, _ in monomial)
    return any(degree(m) > 1 or any(isinstance(atom, Pow) for atom, _ in m) for m in numerator)


def _never_integral(numerator: Polynomial, number: int) -> bool | None:
    """Odd + even·anything is never even: the content of the other terms and the constant decide."""
    shared = gcd(number, *(int(c) for m, c in numerator.items() if m))
    return False if constant(numerator) % shared else None


def _as_polynomial(over: Divisible) -> Polynomial:
    numerator, number, monomial = over
    return multiply(dict(numerator), {inverse(monomial): Fraction(1, number)})


def _whole(number: Number) -> bool:
    return number.denominator == 1


def cleared(poly: Polynomial) -> Polynomial:
    """Multiply by the symbols in the denominators where they are positive: the sign stays."""
    if not any(map(has_denominator, poly)):
        return poly
    _, _, monomial = common_denominator(poly)
    positive = all(atom.is_positive for atom, _ in monomial)
    return multiply(poly, {monomial: 1}) if monomial and positive else poly


def _without_floors(poly: Polynomial) -> Polynomial | None:
    """Return a polynomial that is nowhere larger, with ⌊x/m⌋ ≤ x/m and ⌊x/m⌋ ≥ (x − m + 1)/m; None if none is."""
    rounded = [monomial for monomial in poly if has_rounding(monomial)]
    if not rounded:
        return None
    result = {monomial: coefficient for monomial, coefficient in poly.items() if monomial not in rounded}
    for monomial in rounded:
        ((atom, exponent), *others) = monomial
        if others or exponent != 1:
            return None
        bound = _unrounded(inside(atom), isinstance(atom, ceiling), poly[monomial] > 0)
        result = add(result, bound, poly[monomial])
    return result


def _unrounded(within: Quotient, up: bool, below: bool) -> Polynomial:
    """Bound ⌊within⌋, or ⌈within⌉ where `up`, from `below` or above, without rounding."""
    over: Polynomial = {inverse(within.monomial): Fraction(1, within.number)}
    value = multiply(within.numerator, over)
    if up == below:  # ⌈y⌉ ≥ y, ⌊y⌋ ≤ y
        return value
    one: Polynomial = {ONE: 1}
    slack = add(one, over, -1) if within.is_integral() else one
    return add(value, slack, 1 if up else -1)
