"""Two networks side by side: difference, ratio, saving, limits, and exactly where one overtakes the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from math import prod

from sympy import Expr, Mul, Symbol, factor, oo

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.assumptions import ContradictionError, facts_from
from symcnn.algebra.conditions import Condition, Either
from symcnn.algebra.facts import Facts
from symcnn.algebra.growth import leading_term, tendency, without_common_factor
from symcnn.algebra.operations import product_of
from symcnn.algebra.polynomial import (
    Monomial,
    Polynomial,
    add,
    as_expression,
    atoms,
    degree,
    inverse,
    polynomial,
    scale,
    separated,
    symbols_of,
    times,
)
from symcnn.algebra.proof import equal
from symcnn.algebra.quotient import has_rounding
from symcnn.algebra.symbols import exact, expression
from symcnn.analysis import Analysis
from symcnn.analysis.result import known_quantities
from symcnn.asymptotics import growing_symbols
from symcnn.crossover import Crossover, crossover, obstacle
from symcnn.errors import SymcnnError
from symcnn.formula.shorten import parted

DEFAULT_QUANTITIES = ("macs", "params", "flops", "activations")
# Terms, symbols and degree of a polynomial that is still brought to factors: of more symbols it may take hours.
_MOST_FACTORED, _MOST_SYMBOLS, _HIGHEST_FACTORED = 30, 3, 12


@dataclass(frozen=True)
class QuantityComparison:
    """One quantity of two networks.

    `limit` is the limit of first/second as the `growing` symbols grow together, in any fixed proportion; a power of one
    of them, 2ⁿ, outgrows what is polynomial in all.
    """

    quantity: str
    first: Expr
    second: Expr
    growing: tuple[Symbol, ...]
    facts: Facts
    claims: tuple[Condition | Either, ...] = ()  # what must hold for both

    @cached_property
    def difference(self) -> Expr:
        """First − second, in factors where it is small enough."""
        if equal(self.first, self.second, self.facts):
            return expression(0)
        return _factored(expression(self.first - self.second))

    @cached_property
    def ratio(self) -> Expr | None:
        """First/second, without common factors; None where the second is zero."""
        if self.second == 0:
            return None
        constant = 1 if self.difference == 0 else _constant_ratio(self.first, self.second)
        if constant is not None:
            return expression(constant)
        return _factored(expression(self.first)) / _factored(expression(self.second))

    @property
    def saving(self) -> Expr | None:
        """1 − first/second: the part that the first saves."""
        return None if self.ratio is None else expression(exact(1 - self.ratio))

    @cached_property
    def leading(self) -> tuple[Expr | None, ...]:
        """The leading terms of both."""
        return tuple(leading_term(value, self.growing, self.facts) for value in (self.first, self.second))

    @cached_property
    def limit(self) -> Expr | None:
        """The limit of first/second; ∞ (`oo`) where the first outgrows the second; None where it cannot be given."""
        if self.ratio is not None and not self.ratio.free_symbols & set(self.growing):
            return self.ratio
        first, second = self.leading
        if first is None or second is None or not self._is_positive(second):
            return None
        constant = _constant_ratio(first, second)
        ratio = _factored(first) / _factored(second) if constant is None else expression(constant)
        if not ratio.free_symbols & set(self.growing):
            return expression(exact(ratio))
        towards = tendency(_ratio_of_terms(first, second), self.growing, self.facts)
        if towards == 1 and self._is_positive(first):
            return oo
        return expression(0) if towards == -1 else None

    def _is_positive(self, leading: Expr) -> bool:
        """Tell whether a leading term is positive where what grows is at least 1."""
        lower = {symbol: max(self.facts.least(symbol) or 0, 1) for symbol in self.growing}
        return replace(self.facts, lower={**self.facts.lower, **lower}).is_positive(polynomial(leading))

    @property
    def obstacle(self) -> str:
        """Why the sign of first − second is not decided, though it depends on one symbol."""
        return obstacle(self._signed[1])

    @property
    def limit_saving(self) -> Expr | None:
        """1 − limit: the saving for large sizes; None where there is no finite limit."""
        return None if self.limit is None or self.limit is oo else expression(exact(1 - self.limit))

    @property
    def always(self) -> int | None:
        """The sign of first − second, if it is proved to be the same for all legal values; else None."""
        if self.evident is not None:
            return self.evident
        runs = self.crossover.runs if self.crossover is not None else ()
        return runs[0].sign if len(runs) == 1 else None

    @cached_property
    def evident(self) -> int | None:
        """The sign of first − second where the bounds of the symbols already prove it; else None."""
        if equal(self.first, self.second, self.facts):
            return 0
        sign = next((sign for sign in (1, -1) if self.facts.is_positive(scale(self._polynomial, sign))), None)
        sign = self._sign_of_factors(self.facts.is_positive) if sign is None else sign
        return next((s for s in (1, -1) if self._holds(">", s)), None) if sign is None else sign

    def _holds(self, operator: str, sign: int) -> bool:
        """Tell whether the difference is, for all residues of several symbols, above or not below 0 with a sign."""
        rest = scale(self._signed[1], sign)
        if len(symbols_of(rest)) < 2 or not any(map(has_rounding, rest)):
            return False  # what one symbol decides is worked out as a crossover
        arithmetic = Arithmetic(self.facts)
        return arithmetic.settle(arithmetic.compare(operator, as_expression(rest), 0)) is True

    @cached_property
    def never(self) -> int | None:
        """The sign that first − second is proved never to have (1: the first never has more); else None."""
        sign = self._sign_of_factors(lambda poly: self.facts.is_nonnegative(poly) is True)
        sign = next((s for s in (1, -1) if self._holds(">=", s)), None) if sign is None else sign
        return None if sign is None else -sign

    def _sign_of_factors(self, proved: Callable[[Polynomial], bool]) -> int | None:
        """Return the sign of the difference where every factor of it is `proved` to have one."""
        signs = [self._sign_of(part, proved) for part in Mul.make_args(self.difference)]
        return None if None in signs else prod(filter(None, signs))

    def _sign_of(self, factor: Expr, proved: Callable[[Polynomial], bool]) -> int | None:
        base, exponent = factor.as_base_exp()
        poly = polynomial(base)
        if proved(scale(poly, -1)):
            return -1 if exponent % 2 else 1
        return 1 if proved(poly) else None

    @cached_property
    def crossover(self) -> Crossover | None:
        """Where the first has fewer, equally many, more; None where that depends on several symbols."""
        positive, rest = self._signed
        return crossover(rest, self.facts, self.claims, positive)

    @property
    def deciding(self) -> tuple[Symbol, ...]:
        """The symbols on which the sign of first − second depends, by name: those of factors of unknown sign."""
        _, rest = without_common_factor(self._signed[1])
        return tuple(sorted(symbols_of(rest), key=lambda symbol: symbol.name))

    @cached_property
    def _signed(self) -> tuple[Expr, Polynomial]:
        """The difference as a positive factor, of symbols that do not decide its sign, and the rest."""
        signs = {part: self._sign_of(part, self.facts.is_positive) for part in Mul.make_args(self.difference)}
        deciding = {s for part, sign in signs.items() if sign is None for s in part.free_symbols}
        aside = [part for part, sign in signs.items() if sign is not None and not part.free_symbols <= deciding]
        if not deciding or not aside:
            return expression(1), self._polynomial
        sign = prod(signs[part] or 0 for part in aside)
        rest = product_of(part for part in signs if part not in aside)
        return expression(sign * product_of(aside)), scale(polynomial(rest), sign)

    @cached_property
    def _polynomial(self) -> Polynomial:
        return add(polynomial(self.first), polynomial(self.second), -1)


@dataclass(frozen=True)
class Comparison:
    """Two analyses compared, quantity by quantity."""

    first: Analysis
    second: Analysis
    quantities: tuple[QuantityComparison, ...]

    def __getitem__(self, quantity: str) -> QuantityComparison:
        found = next((q for q in self.quantities if q.quantity == quantity), None)
        if found is None:
            raise SymcnnError(f"'{quantity}' was not compared")
        return found

    @property
    def same_receptive_field(self) -> bool | None:
        """Whether both outputs see equally many inputs along every axis; None where it cannot be decided."""
        first, second = self.first.receptive_field.size, self.second.receptive_field.size
        if len(first) != len(second):
            return False
        if None in (*first, *second):
            return None
        facts = self.quantities[0].facts if self.quantities else None
        verdicts = [equal(a, b, facts) for a, b in zip(first, second, strict=True)]
        return False if False in verdicts else None if None in verdicts else True


def compare(
    first: Analysis, second: Analysis, quantities: str | Sequence[str] = DEFAULT_QUANTITIES, growing: Iterable[str] = ()
) -> Comparison:
    """Compare two analyses; ratios are first/second.

    `growing` names the symbols that grow in limits: by default those of the spatial sizes, so a depth n is named to
    grow, alone or beside sizes. Where the difference depends on one symbol, a depth as well as a size, its sign is
    decided for every integer. Raises `SymcnnError` for an
    unknown quantity or symbol, for a symbol that is nonnegative in one net and positive in the other, and where no
    value is legal for both.

    >>> from symcnn import analyse, parse
    >>> nets = parse('''net stacked { input 1×H×H; Conv(1, 3, bias=false); Conv(1, 3, bias=false) }
    ...                 net single { input 1×H×H; Conv(1, 5, bias=false) }''')
    >>> macs = compare(analyse(nets["stacked"]), analyse(nets["single"]))["macs"]
    >>> macs.limit, macs.limit_saving, macs.crossover.runs[-1]
    (18/25, 7/25, Run(start=11, end=None, sign=-1))
    """
    quantities = (quantities,) if isinstance(quantities, str) else tuple(map(str, quantities))
    if not quantities:
        raise SymcnnError("compare takes at least one quantity", hint=known_quantities())
    for analysis in (first, second):
        if not isinstance(analysis, Analysis):
            hint = "analyse the net first: symcnn.analyse(net)"
            raise SymcnnError(f"compare takes analyses, not a {type(analysis).__name__}", hint=hint)
        if analysis.values is not None:
            raise SymcnnError("compare takes analyses with symbols, not their values")
    for name in first.symbols.keys() & second.symbols.keys():
        if first.symbols[name] != second.symbols[name]:
            hint = "write both nets in one file, where a name is the same number everywhere"
            raise SymcnnError(f"'{name}' is another kind of number in {first.net} than in {second.net}", hint=hint)
    symbols = growing_symbols([first, second], growing)
    claims = tuple(dict.fromkeys((*first.assumed, *second.assumed, *first.claims, *second.claims)))
    try:
        facts, _ = facts_from(claims)
    except ContradictionError:
        raise SymcnnError(f"no input is legal for both {first.net} and {second.net}") from None
    rows = (QuantityComparison(q, first.count(q), second.count(q), symbols, facts, claims) for q in quantities)
    return Comparison(first, second, tuple(rows))


def _constant_ratio(first: Expr, second: Expr) -> Fraction | None:
    """Return the ratio where one polynomial is a multiple of the other."""
    top, bottom = polynomial(first), polynomial(second)
    if set(top) != set(bottom):
        return None
    ratios = {Fraction(top[m]) / Fraction(bottom[m]) for m in top}
    return ratios.pop() if len(ratios) == 1 else None


def _factored(expr: Expr) -> Expr:
    common, rest = parted(expr)
    poly = polynomial(rest)
    few = 0 < len(poly) <= _MOST_FACTORED and len(atoms(poly)) <= _MOST_SYMBOLS
    if few and max(map(degree, poly)) <= _HIGHEST_FACTORED:
        return common * factor(rest)
    apart = separated(poly)
    return common * rest if apart is None else common * prod(_factored(as_expression(part)) for part in apart)


def _ratio_of_terms(first: Expr, second: Expr) -> Monomial:
    """Return a term of the first over one of the second; all leading terms grow alike."""
    above, below = (next(iter(polynomial(value))) for value in (first, second))
    return times(above, inverse(below))
