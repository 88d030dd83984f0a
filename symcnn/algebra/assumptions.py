"""From assumed conditions to facts: bounds, residues by the Chinese remainder theorem, substitutions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from math import gcd, lcm

from sympy import Expr, Symbol

from symcnn.algebra.conditions import (
    FRACTIONAL,
    INTEGRAL,
    NONNEGATIVE,
    NONZERO,
    POSITIVE,
    ZERO,
    Condition,
    Either,
    Truth,
    above,
    at_least,
    congruence,
    equal_to,
    integral,
    linear_bound,
    opposite,
    single,
)
from symcnn.algebra.facts import Divisible, Facts
from symcnn.algebra.polynomial import Monomial, Number, Polynomial, add, as_expression, scale
from symcnn.algebra.quotient import quotient


class ContradictionError(ValueError):
    """The assumptions exclude every value."""


@dataclass
class Assumptions:
    """Facts being collected, as `Facts` has them."""

    lower: dict[Symbol, Number] = field(default_factory=dict)
    upper: dict[Symbol, Number] = field(default_factory=dict)
    residues: dict[Symbol, tuple[int, int]] = field(default_factory=dict)
    known: list[Polynomial] = field(default_factory=list)
    divisible: set[Divisible] = field(default_factory=set)
    excluded: dict[Symbol, set[Number]] = field(default_factory=dict)  # single integers

    def facts(self) -> Facts:
        """Return the facts, frozen."""
        return Facts(self.lower, self.upper, self.residues, tuple(self.known), frozenset(self.divisible))


def facts_from(conditions: Iterable[Truth]) -> tuple[Facts, dict[Symbol, Expr]]:
    """Return the facts that the conditions state, and the symbols that they make equal to something else.

    What is said of a replaced symbol, by its domain too, is said of what replaces it. Of alternatives
    only a common residue is kept; an inequation moves the end of a range, s ≠ 1 of a positive integer says s ≥ 2.
    Raises `ContradictionError` where no value is left.
    """
    stated: list[Truth] = [part for condition in conditions for part in single(condition)]
    collected = Assumptions()
    replaced = _solved_equalities(stated, collected)
    for claim in [*stated, *_domains(replaced)]:
        for part in single(rewritten(claim, replaced)):
            _collect(part, collected)
    _tighten(collected)
    return collected.facts(), replaced


def informed(facts: Facts, claims: Iterable[Truth]) -> Facts:
    """Return the facts with bounds and divisibilities beside them; raises `ContradictionError`."""
    more, _ = facts_from(claims)
    collected = Assumptions(
        {**facts.lower}, {**facts.upper}, {**facts.residues}, [*facts.known, *more.known], {*facts.divisible}
    )
    for atom, least in more.lower.items():
        collected.lower[atom] = max(least, facts.lower.get(atom, least))
    for atom, most in more.upper.items():
        collected.upper[atom] = min(most, facts.upper.get(atom, most))
    for atom, residue in more.residues.items():
        _add_residue(atom, *residue, collected)
    collected.divisible |= more.divisible
    _tighten(collected)
    return collected.facts()


def rewritten(claim: Truth, replaced: dict[Symbol, Expr]) -> Truth:
    """Return the claim with the replacements put in, decided if that decides it."""
    if not isinstance(claim, Condition):
        return claim
    value = claim.value
    if not replaced.keys() & value.free_symbols:
        return claim
    value, nothing = value.xreplace(replaced), Facts()
    match claim.claim:
        case ">= 0":
            return at_least(value, 0, nothing)
        case "> 0":
            return above(value, 0, nothing)
        case "integer":
            return integral(value, nothing)
        case "no integer":
            return opposite(integral(value, nothing))
        case "== 0":
            return equal_to(value, 0, nothing)
        case _:
            return opposite(equal_to(value, 0, nothing))


def _domains(replaced: dict[Symbol, Expr]) -> Iterator[Truth]:
    """Say of what replaces a symbol that it is in the symbol's domain."""
    for sym, value in replaced.items():
        if sym.is_integer:
            yield integral(value, Facts())
        if sym.is_positive:
            yield above(value, 0, Facts())
        elif sym.is_nonnegative:
            yield at_least(value, 0, Facts())


def _collect(claim: Truth, collected: Assumptions) -> None:
    if claim is False:
        raise ContradictionError
    if isinstance(claim, Either):
        _collect_alternatives(claim, collected)
    if not isinstance(claim, Condition):
        return
    if claim.claim in (NONNEGATIVE, POSITIVE):
        if not _collect_bound(Condition(claim.items, NONNEGATIVE), collected):
            collected.known.append(claim.polynomial)
    elif claim.claim == NONZERO:
        _collect_excluded(claim, collected)
    elif claim.claim == FRACTIONAL:
        found = congruence(Condition(claim.items, INTEGRAL))
        if found is not None and found[1] == 2:  # what is not even is odd
            _add_residue(found[0], 2, 1 - found[2], collected)
    elif claim.claim == INTEGRAL and not _collect_residue(claim, collected):
        over = quotient(claim.polynomial)
        collected.divisible.add((frozenset(over.numerator.items()), over.number, over.monomial))
        if over.monomial and all(map(_is_positive, over.numerator.items())):  # C/g is at least 1: C ≥ g
            collected.known.append(add(over.numerator, {over.monomial: over.number}, -1))


def _is_positive(term: tuple[Monomial, Number]) -> bool:
    monomial, coefficient = term
    return coefficient > 0 and all(exponent > 0 and atom.is_positive for atom, exponent in monomial)


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


def _collect_excluded(claim: Condition, collected: Assumptions) -> None:
    bound = linear_bound(Condition(claim.items, NONNEGATIVE))
    if bound is not None and bound[0].is_integer:
        atom, sign, offset = bound
        collected.excluded.setdefault(atom, set()).add(-sign * offset)


def _collect_residue(condition: Condition, collected: Assumptions) -> bool:
    found = congruence(condition)
    if found is None:
        return False
    _add_residue(*found, collected)
    return True


def _add_residue(atom: Symbol, modulus: int, residue: int, collected: Assumptions) -> None:
    collected.residues[atom] = both(collected.residues.get(atom, (1, 0)), (modulus, residue))


def _collect_alternatives(claim: Either, collected: Assumptions) -> None:
    """Collect what congruences of one symbol, one in each alternative, have in common: 1 or 3 mod 8 is odd."""
    found = []
    for alternative in claim.conditions:
        parts = (congruence(part) for part in single(alternative) if isinstance(part, Condition))
        found.append(next((part for part in parts if part is not None), None))
    known = [part for part in found if part is not None]
    if len(known) < len(found) or len({atom for atom, _, _ in known}) != 1:
        return
    atom, _, first = known[0]
    modulus = gcd(*(m for _, m, _ in known), *(residue - first for _, _, residue in known))
    _add_residue(atom, modulus, first % modulus, collected)


def both(first: tuple[int, int], second: tuple[int, int]) -> tuple[int, int]:
    """Join two congruences (modulus, residue) into one."""
    (m, a), (n, b) = first, second
    shared = gcd(m, n)
    if (b - a) % shared:
        raise ContradictionError
    step = (b - a) // shared * pow(m // shared, -1, n // shared) if n != shared else 0
    return lcm(m, n), (a + m * step) % lcm(m, n)


def _solved_equalities(claims: list[Truth], collected: Assumptions) -> dict[Symbol, Expr]:
    """Solve the equations one after the other; what cannot be solved for a symbol is ≥ 0 and ≤ 0."""
    replaced: dict[Symbol, Expr] = {}
    for claim in claims:
        if not isinstance(claim, Condition) or claim.claim != ZERO:
            continue
        for part in single(rewritten(claim, replaced)):
            if not isinstance(part, Condition):
                _collect(part, collected)
            elif (solution := _solution(part.polynomial)) is not None:
                replaced = {sym: value.xreplace(dict([solution])) for sym, value in replaced.items()}
                replaced[solution[0]] = solution[1]
            else:
                collected.known += [part.polynomial, scale(part.polynomial, -1)]
    return replaced


def _solution(poly: Polynomial) -> tuple[Symbol, Expr] | None:
    """Return x = rest for the last symbol x, by name, that stands alone; an integer with factor ±1."""
    solutions = []
    for monomial, coefficient in poly.items():
        if len(monomial) != 1:
            continue
        ((atom, exponent),) = monomial
        if abs(coefficient) != 1 and atom.is_integer:
            continue
        alone = sum(any(a.has(atom) for a, _ in m) for m in poly) == 1
        if exponent == 1 and isinstance(atom, Symbol) and alone:
            rest = {m: c for m, c in poly.items() if m != monomial}
            solutions.append((atom, as_expression(scale(rest, -1 / Fraction(coefficient)))))
    return max(solutions, key=lambda solution: solution[0].name, default=None)


def _tighten(collected: Assumptions) -> None:
    """Round lower bounds up, and upper ones down, to the residue, past what is excluded; refuse what leaves nothing."""
    for atom in collected.residues | collected.excluded:
        modulus, residue = collected.residues.get(atom, (1, 0))
        excluded = collected.excluded.get(atom, ())
        least = collected.lower.get(atom, Facts().least(atom))
        if least is not None:
            end = _past(least + (residue - least) % modulus, modulus, excluded)
            if end != least or modulus > 1:
                collected.lower[atom] = end
        if atom in collected.upper:
            most = collected.upper[atom]
            collected.upper[atom] = _past(most - (most - residue) % modulus, -modulus, excluded)
    for atom, most in collected.upper.items():
        least = collected.lower.get(atom, Facts().least(atom))
        if least is not None and least > most:
            raise ContradictionError


def _past(end: Number, step: int, excluded: Collection[Number]) -> Number:
    """Return the end of a range, or what is next to it, that is not excluded."""
    while end in excluded:
        end += step
    return end
