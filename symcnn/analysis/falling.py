"""Conditions on a size that only falls, or only grows, over the repetitions: the last or the first is hardest.

A size with x₀ ≥ 1 and xᵢ₊₁ = f(xᵢ), where f never falls and f(x) ≤ x for x ≥ 1, never grows; so what asks for large
sizes holds in all repetitions if it holds in the last.
"""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Symbol, ceiling, floor

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.conditions import NONNEGATIVE, Condition, Truth, at_least
from symcnn.algebra.operations import total
from symcnn.algebra.polynomial import polynomial
from symcnn.algebra.quotient import inside
from symcnn.algebra.symbols import Value
from symcnn.analysis.derivation import Nest, Recurrence
from symcnn.analysis.dividing import divided_in_all
from symcnn.repetition.substitution import replaced


def at_the_hardest(claim: Truth, nest: Nest, arithmetic: Arithmetic) -> list[Truth] | None:
    """Return what says a claim on the states of a repeated body for all repetitions; None where that is not found."""
    assert nest.index is not None
    if isinstance(claim, bool):
        return [claim]
    spoken = claim.relation().free_symbols
    states = [r for r in nest.recurrences if r.state in spoken]
    if len(states) == 1 and spoken == {states[0].state}:
        divided = divided_in_all(claim, states[0], nest.times, arithmetic)
        if divided is not None:
            return [divided]
    if not isinstance(claim, Condition) or claim.claim != NONNEGATIVE or nest.index in spoken:
        return None
    towards = {_direction(recurrence, arithmetic) for recurrence in states}
    if len(towards) > 1 or None in towards or not all(_never_falls(claim.value, r.state) for r in states):
        return None
    place = 0 if towards == {1} else total((nest.times, -1))
    values = {r.state: replaced(r.value, {nest.index: place}, arithmetic) for r in states}
    return [_where_there_are_some(claim, values, nest.times, arithmetic)]


def _direction(recurrence: Recurrence, arithmetic: Arithmetic) -> int | None:
    """Return 1 where a size never falls from one repetition to the next, −1 where it never grows."""
    state, step = recurrence.state, recurrence.step
    if not _never_falls(step, state):
        return None
    if arithmetic.compare("<=", step, state) is True:
        return -1
    return 1 if arithmetic.compare(">=", step, state) is True else None


def _never_falls(value: Value, state: Symbol) -> bool:
    """Tell whether a value is seen to grow with a symbol, or to stay: a sum of positive multiples, perhaps rounded."""
    for monomial, coefficient in polynomial(value).items():
        found = [(atom, exponent) for atom, exponent in monomial if state in atom.free_symbols]
        if not found:
            continue
        ((atom, exponent), *more) = found
        others = all(other.is_positive for other, _ in monomial if other != atom)
        if more or exponent != 1 or coefficient < 0 or not others:
            return False
        rounded = isinstance(atom, (floor, ceiling))
        if atom != state and not (rounded and _never_falls(inside(atom).expression(), state)):
            return False
    return True


def _where_there_are_some(
    claim: Condition, values: Mapping[Symbol, Value], count: Value, arithmetic: Arithmetic
) -> Truth:
    """Return the claim for some values, of which nothing is demanded where the count is 0."""
    margin = replaced(claim.value, values, arithmetic)
    said = at_least(margin, 0, arithmetic.facts)
    if isinstance(count, Symbol):
        none = at_least(replaced(margin, {count: 0}, arithmetic), 0, arithmetic.facts)
        if none is True:
            return said
    return arithmetic.either([arithmetic.compare("==", count, 0), said])
