"""From assumed conditions to facts: bounds, residues by the Chinese remainder theorem, substitutions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm

from sympy import Expr, Symbol

from symcnn.algebra.conditions import INTEGRAL, NONNEGATIVE, ZERO, Condition, Either, linear_bound
from symcnn.algebra.facts import Facts
from symcnn.algebra.polynomial import Number, add, as_expression, constant, scale
from symcnn.algebra.quotient import quotient


class ContradictionError(ValueError):
    """The assumptions exclude every value."""


@dataclass
class Assumptions:
    """Facts being collected; `replaced` has for a symbol what it is assumed to be equal to."""

    lower: dict[Symbol, Number]
    upper: dict[Symbol, Number]
    residues: dict[Symbol, tuple[int, int]]
    replaced: dict[Symbol, Expr]


def facts_from(conditions: Iterable[Condition | Either]) -> tuple[Facts, dict[Symbol, Expr]]:
    """Return the facts that the conditions state, and the symbols that they make equal to something else.

    Raises `ContradictionError` where no value is left.
    """
    collected = Assumptions({}, {}, {}, {})
    known, divisible = [], set()
    for condition in conditions:
        if isinstance(condition, Either):
            continue  # true, but nothing that a bound or a residue can say
        if condition.claim == NONNEGATIVE:
            if not _collect_bound(condition, collected):
                known.append(condition.polynomial)
        elif condition.claim == INTEGRAL:
            if not _collect_residue(condition, collected):
                over = quotient(condition.polynomial)
                divisible.add((frozenset(over.numerator.items()), over.number, over.monomial))
        elif condition.claim == ZERO:
            _collect_equality(condition, collected)
    _tighten(collected)
    facts = Facts(collected.lower, collected.upper, collected.residues, tuple(known), frozenset(divisible))
    return facts, collected.replaced


def _collect_bound(condition: Condition, collected: Assumptions) -> bool:
    bound = linear_bound(condition)
    if bound is None:
        return False
    atom, sign, offset = bound
    whole = bool(atom.is_integer)
    if sign > 0:  # x ≥ −b
        least = -(offset // 1) if whole else -offset
        default = Facts().least(atom)
        collected.lower[atom] = max(least, collected.lower.get(atom, least if default is None else default))
    else:  # x ≤ b
        most = offset // 1 if whole else offset
        collected.upper[atom] = min(most, collected.upper.get(atom, most))
    return True


def _collect_residue(condition: Condition, collected: Assumptions) -> bool:
    over = quotient(condition.polynomial)
    monomials = [m for m in over.numerator if m]
    if over.monomial or len(monomials) != 1 or len(monomials[0]) != 1 or over.numerator[monomials[0]] != 1:
        return False
    ((atom, exponent),) = monomials[0]
    if exponent != 1 or not isinstance(atom, Symbol):
        return False
    residue = -int(constant(over.numerator)) % over.number
    collected.residues[atom] = _both(collected.residues.get(atom, (1, 0)), (over.number, residue))
    return True


def _both(first: tuple[int, int], second: tuple[int, int]) -> tuple[int, int]:
    """Join two congruences (modulus, residue) into one."""
    (m, a), (n, b) = first, second
    shared = gcd(m, n)
    if (b - a) % shared:
        raise ContradictionError
    step = (b - a) // shared * pow(m // shared, -1, n // shared) if n != shared else 0
    return lcm(m, n), (a + m * step) % lcm(m, n)


def _collect_equality(condition: Condition, collected: Assumptions) -> None:
    """Take x = rest for the last symbol, by name, that stands alone with factor ±1."""
    poly = condition.polynomial
    candidates = []
    for monomial, coefficient in poly.items():
        if len(monomial) == 1 and abs(coefficient) == 1:
            ((atom, exponent),) = monomial
            alone = sum(any(a.has(atom) for a, _ in m) for m in poly) == 1
            if exponent == 1 and isinstance(atom, Symbol) and alone and atom not in collected.replaced:
                candidates.append((atom, monomial, coefficient))
    if candidates:
        atom, monomial, coefficient = max(candidates, key=lambda item: item[0].name)
        rest = {m: c for m, c in poly.items() if m != monomial}
        value = as_expression(add({}, scale(rest, Fraction(-1) / coefficient)))
        collected.replaced = {s: e.xreplace({atom: value}) for s, e in collected.replaced.items()}
        collected.replaced[atom] = value.xreplace(collected.replaced)


def _tighten(collected: Assumptions) -> None:
    """Round lower bounds up, and upper ones down, to the residue; refuse what leaves nothing."""
    for atom, (modulus, residue) in collected.residues.items():
        least = collected.lower.get(atom, Facts().least(atom))
        if least is not None:
            collected.lower[atom] = least + (residue - least) % modulus
        if atom in collected.upper:
            most = collected.upper[atom]
            collected.upper[atom] = most - (most - residue) % modulus
    for atom, most in collected.upper.items():
        least = collected.lower.get(atom, Facts().least(atom))
        if least is not None and least > most:
            raise ContradictionError
