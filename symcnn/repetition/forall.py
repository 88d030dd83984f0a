"""What must hold in every iteration, said without the index: at an end where it gets harder or easier all the way.

A divisibility of a sum of polynomials times geometric powers is decided by its first values: such a sequence f obeys a
linear recurrence with integer coefficients, ∏ (E − r)f = 0 for E f(i) = f(i + 1), so f is integral for all i where the
first values of f, (E − r₁)f, (E − r₂)(E − r₁)f, … are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from sympy import Expr, Ne, Pow, Symbol
from sympy.logic.boolalg import Boolean

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.conditions import (
    INTEGRAL,
    NONNEGATIVE,
    POSITIVE,
    ZERO,
    Condition,
    Truth,
    above,
    at_least,
    equal_to,
    integral,
    single,
)
from symcnn.algebra.operations import product, total
from symcnn.algebra.polynomial import polynomial
from symcnn.algebra.symbols import Value, exact, expression
from symcnn.errors import SymcnnError
from symcnn.repetition.monotone import FALLS, direction
from symcnn.repetition.substitution import in_cases, open_case, replaced
from symcnn.repetition.sums import with_next_power
from symcnn.repetition.terms import Ratio, Summands, summands

_MOST_VALUES = 8  # of a sequence whose divisibility is asked one by one


def for_all(claim: Truth, index: Symbol, count: Value, arithmetic: Arithmetic) -> list[Truth] | None:
    """Return conditions without the index that say the claim for 0 ≤ index < count; None where they are not found.

    >>> from symcnn.algebra.symbols import NONNEGATIVE, symbol
    >>> a, H, i, n = Arithmetic(), symbol("H"), symbol("i", NONNEGATIVE), symbol("n", NONNEGATIVE)
    >>> [condition.relation() for condition in for_all(a.compare(">=", H - 2 * i, 3), i, n, a)]
    [H >= 2*n + 1]
    """
    repeated = _Repeated(index, count, arithmetic)
    found: list[Truth] = []
    for part in single(claim):
        conditions = repeated.conditions(part)
        if conditions is None:
            return None
        found += [condition for condition in conditions if condition is not True]
    return [False] if False in found else list(dict.fromkeys(found))


@dataclass(frozen=True)
class _Repeated:
    """The values 0 ≤ index < count, perhaps none."""

    index: Symbol
    count: Value
    arithmetic: Arithmetic

    def conditions(self, claim: Truth) -> list[Truth] | None:
        """Return what says of one claim that it holds for all values."""
        if isinstance(claim, bool) or self.index not in claim.relation().free_symbols:
            return [self._unless_fewer(1, claim)]
        if not isinstance(claim, Condition):
            return None
        margin = claim.value
        if (condition := open_case(margin, self.index)) is not None:
            return self._in_cases(margin, claim.claim, condition)
        claimed = partial(claim_of, claimed=claim.claim, arithmetic=self.arithmetic)
        if claim.claim in (NONNEGATIVE, POSITIVE):
            return self._at_an_end(margin, claimed)
        if claim.claim == INTEGRAL:
            return self._at_last_divided(margin) or self._of_first_values(margin, claimed, whole=True)
        return self._of_first_values(margin, claimed, whole=False) if claim.claim == ZERO else None

    def _in_cases(self, margin: Value, claimed: str, condition: Boolean) -> list[Truth] | None:
        """Ask in each of two cases for what must hold there."""
        arithmetic = self.arithmetic
        if not isinstance(condition, Ne):
            return None
        if (together := self._in_both_cases(margin, claimed, condition)) is not None:
            return [together]
        apart = arithmetic.compare("!=", exact(condition.lhs), exact(condition.rhs))
        found: list[Truth] = []
        for branch, known, when in in_cases(margin, condition, arithmetic):
            excluded = arithmetic.opposite(apart) if when is condition else apart
            conditions = for_all(claim_of(branch, claimed, known), self.index, self.count, known)
            if conditions is None:
                return None
            found += [arithmetic.either([excluded, part]) for part in conditions]
        return found

    def _in_both_cases(self, margin: Value, claimed: str, condition: Boolean) -> Truth | None:
        """Ask for the last value where it is the least in both cases: as one condition, with the cases in it."""
        if claimed not in (NONNEGATIVE, POSITIVE):
            return None
        for branch, known, _ in in_cases(margin, condition, self.arithmetic):
            if open_case(branch, self.index) or direction(branch, self.index, self.count, known) != FALLS:
                return None
        margin = with_next_power(margin, self.index, self.arithmetic)
        return self._at_last(lambda count: claim_of(self._at(margin, total((count, -1))), claimed, self.arithmetic))

    def _unless_fewer(self, number: int, claim: Truth) -> Truth:
        """Return the claim, of which nothing is demanded where the count is below a number."""
        fewer = self.arithmetic.compare("<=", self.count, number - 1)
        if number == 1 and not isinstance(fewer, bool):  # a count is never negative
            fewer = self.arithmetic.compare("==", self.count, 0)
        return self.arithmetic.either([fewer, claim])

    def _at(self, value: Value, place: Value) -> Value:
        return replaced(value, {self.index: place}, self.arithmetic)

    def _at_an_end(self, margin: Value, claimed: Callable[[Value], Truth]) -> list[Truth] | None:
        """Ask for the first value of what grows and for the last one of what falls."""
        towards = direction(margin, self.index, self.count, self.arithmetic)
        if towards is None:  # of 2ⁱ·(H − 8) + 2 the sign is that of H − 8 + 2/2ⁱ, which falls
            for power in _powers(margin, self.index):
                divided = product((margin, exact(1 / power)))
                towards = direction(divided, self.index, self.count, self.arithmetic)
                if towards is not None:
                    margin = divided
                    break
        if towards is None:
            return None
        if towards >= 0:
            return [self._unless_fewer(1, claimed(self._at(margin, 0)))]
        return [self._at_last(lambda count: claimed(self._at(margin, total((count, -1)))))]

    def _at_last(self, claimed: Callable[[Value], Truth]) -> Truth:
        """Return the claim for the last value; alone where it is true anyway when there are no values."""
        claim = claimed(self.count)
        if isinstance(claim, bool):
            return self._unless_fewer(1, claim)
        return claim if self._is_true_of_none(claim, claimed) else self._unless_fewer(1, claim)

    def _is_true_of_none(self, claim: Truth, claimed: Callable[[Value], Truth]) -> bool:
        """Tell whether the claim is true where the count is 0; of a symbol so everywhere in the claim."""
        try:
            if isinstance(self.count, Symbol):
                return claimed_at(claim, self.count, 0, self.arithmetic) is True
            return claimed(0) is True
        except (SymcnnError, ZeroDivisionError):
            return False

    def _at_last_divided(self, margin: Value) -> list[Truth] | None:
        """Ask of c/rⁱ that the last one is an integer, for an integer r: then the others are."""
        found = summands(margin, self.index, self.arithmetic)
        if found is None or len(found) != 1:
            return None
        ((ratio, by_monomial),) = found.items()
        inverse = polynomial(1 / expression(ratio.value()))
        if not self.arithmetic.facts.integral(inverse) or {d for c in by_monomial.values() for d in c} != {0}:
            return None
        facts = self.arithmetic.facts
        return [self._at_last(lambda count: integral(self._at(margin, total((count, -1))), facts))]

    def _of_first_values(self, margin: Value, claimed: Callable[[Value], Truth], whole: bool) -> list[Truth] | None:
        """Ask for the first values of the sequence, each less a ratio times the one before; `whole` ratios only."""
        found = summands(margin, self.index, self.arithmetic)
        if found is None:
            return None
        ratios = _with_multiplicity(found)
        if len(ratios) > _MOST_VALUES:
            return None
        if whole and not all(self.arithmetic.facts.integral(polynomial(ratio.value())) for ratio in ratios):
            return None
        conditions: list[Truth] = []
        asked: set[Truth] = set()
        for number, ratio in enumerate(ratios, 1):
            claim = claimed(self._at(margin, 0))
            if claim not in asked:  # for a smaller count already
                conditions.append(self._unless_fewer(number, claim))
                asked.add(claim)
            following = replaced(margin, {self.index: self.index + 1}, self.arithmetic)
            margin = total((following, product((-1, ratio.value(), margin))))
        return conditions


def _powers(value: Value, index: Symbol) -> list[Expr]:
    """Return the positive powers, with the index as their exponent, that are factors of terms of a value."""
    powers = {(atom, exponent) for m in polynomial(value) for atom, exponent in m if isinstance(atom, Pow)}
    found = {atom**exponent for atom, exponent in powers if atom.base.is_number and index in atom.exp.free_symbols}
    return sorted((power for power in found if power.is_positive), key=str)


def _with_multiplicity(found: Summands) -> list[Ratio]:
    """Return each ratio as often as its polynomial has coefficients: the roots of the recurrence."""
    ratios: list[Ratio] = []
    for ratio, by_monomial in found.items():
        ratios += [ratio] * (1 + max(degree for coefficients in by_monomial.values() for degree in coefficients))
    return ratios


def claimed_at(claim: Truth, symbol: Symbol, value: Value, arithmetic: Arithmetic) -> Truth:
    """Return a claim with a value in the place of a symbol."""
    if not isinstance(claim, Condition):
        return claim
    return claim_of(replaced(claim.value, {symbol: value}, arithmetic), claim.claim, arithmetic)


def claim_of(margin: Value, claimed: str, arithmetic: Arithmetic) -> Truth:
    """Return what is claimed of a value: that it is at least 0, say."""
    match claimed:
        case ">= 0":
            return at_least(margin, 0, arithmetic.facts)
        case "> 0":
            return above(margin, 0, arithmetic.facts)
        case "integer":
            return integral(margin, arithmetic.facts)
        case "no integer":
            return arithmetic.opposite(integral(margin, arithmetic.facts))
    equality = equal_to(margin, 0, arithmetic.facts)
    return equality if claimed == ZERO else arithmetic.opposite(equality)
