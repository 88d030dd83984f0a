"""Conditions solved by residues: exact, and in their shortest form.

With M a common period of the floors, put H = M·q + r. For each r every floor is a polynomial in q, so a condition
on H alone is true for all q, for none, or between bounds. What is left is said with the fewest congruences and bounds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor, inf

from sympy import Symbol

from symcnn.algebra.assumptions import ContradictionError, both
from symcnn.algebra.conditions import (
    FRACTIONAL,
    INTEGRAL,
    NONNEGATIVE,
    POSITIVE,
    ZERO,
    Claim,
    Condition,
    Either,
    Truth,
    congruence,
    equal_to,
    every,
    single,
)
from symcnn.algebra.congruences import size_of
from symcnn.algebra.facts import Facts
from symcnn.algebra.polynomial import ONE, Monomial, Polynomial, add, as_expression, constant, inverse, multiply
from symcnn.algebra.proof import MOST_CLASSES, ResidueClass, residue_classes
from symcnn.algebra.quotient import has_rounding, quotient, rounded
from symcnn.algebra.shortest import shortest
from symcnn.algebra.sieve import Requirement, Sieve, requirement
from symcnn.algebra.symbols import Value

_LONGEST = 4  # longer descriptions are not preferred to the conditions as they stand
_NOTHING = Facts()


def solved(claims: Iterable[Truth], facts: Facts, assumed: Iterable[Claim] = ()) -> tuple[Condition | Either, ...]:
    """Return conditions that are equivalent to all the claims together where the facts hold, in their shortest form.

    What speaks of one symbol alone is solved by residues, if a floor, an equation or a divisibility is among it;
    everything else stays as it stands. What is `assumed` is not said again. Raises `ContradictionError` where no
    legal value is left.
    """
    stated = [part for claim in claims for part in single(claim)]
    if False in stated:
        raise ContradictionError
    spoken = set(assumed)
    kept = [part for part in stated if not isinstance(part, bool) and not (spoken and part in spoken)]
    if not any(map(_is_hard, kept)):
        return tuple(dict.fromkeys(kept))
    beside = [*spoken, *_beside(facts)]
    answers: dict[Condition | Either, list[Claim]] = {}
    for x, own in _alone(kept).items():
        if any(map(_is_hard, own)):
            answers |= _answers(own, x, facts, beside)
    found = (part for claim in kept for answer in answers.get(claim, [claim]) for part in single(answer))
    return tuple(dict.fromkeys(part for part in found if not isinstance(part, bool) and part not in spoken))


def decided(claim: Truth, facts: Facts) -> Truth:
    """Decide a condition by residues, or return it; of one symbol alone in its shortest form.

    The residues of several symbols only decide what holds, or fails, on all of their classes.
    """
    if isinstance(claim, bool):
        return claim
    try:
        parts = solved([claim], facts)
    except ContradictionError:
        return False
    return every([_decided_by_classes(part, facts) for part in parts])


def agreement(left: Value, right: Value, facts: Facts) -> Truth:
    """Decide whether two sizes are equal: for all legal values, for none, or under which condition.

    >>> from symcnn.algebra.floors import floor_of
    >>> from symcnn.algebra.symbols import symbol
    >>> H = symbol("H")
    >>> agreement(2 * floor_of(H / 2, Facts()), H, Facts()).relation()
    Eq(Mod(H, 2), 0)
    """
    return decided(equal_to(left, right, facts), facts)


def _alone(claims: Iterable[Condition | Either]) -> dict[Symbol, list[Condition | Either]]:
    """Return, for integer symbols with a least value, the claims that speak of nothing else."""
    found: dict[Symbol, list[Condition | Either]] = {}
    for claim in claims:
        symbols = _symbols(claim)
        if len(symbols) == 1:
            (x,) = symbols
            if x.is_integer and _NOTHING.least(x) is not None:
                found.setdefault(x, []).append(claim)
    return found


def _symbols(claim: Claim) -> frozenset[Symbol]:
    if isinstance(claim, Condition):
        return frozenset().union(*(_symbols_of(monomial) for monomial, _ in claim.items))
    return frozenset().union(*map(_symbols, claim.conditions))


@lru_cache(maxsize=100_000)
def _symbols_of(monomial: Monomial) -> frozenset[Symbol]:
    return frozenset().union(*(atom.free_symbols for atom, _ in monomial))


def _is_hard(claim: Claim) -> bool:
    """Tell whether it is more than a lower bound, which is as short as it can be and contradicts no other."""
    if isinstance(claim, Condition):
        if claim.claim not in (NONNEGATIVE, POSITIVE):
            return True
        terms = [term for term in claim.items if term[0]]
        return (len(terms) == 1 and terms[0][1] < 0) or any(has_rounding(monomial) for monomial, _ in terms)
    return any(map(_is_hard, claim.conditions))


def _answers(
    own: Iterable[Condition | Either], x: Symbol, facts: Facts, beside: Iterable[Claim]
) -> dict[Condition | Either, list[Claim]]:
    """Return what to put for each claim on `x` that can be read: the solution in the place of the first."""
    required = {claim: read for claim in own if (read := requirement(claim, x)) is not None}
    known = facts.residues.get(x, (1, 0))
    sieve = _sieve(x, required, known, facts)
    sieve.sift(_read(beside, x), MOST_CLASSES, legal=True)
    if not sieve.sift(required.values(), MOST_CLASSES):
        return {}
    if not sieve.classes:
        raise ContradictionError
    solution = shortest(x, sieve, known)
    if solution is None or size_of(solution) > max(_LONGEST, size_of(required)):
        return {}
    first = next(iter(required), None)
    return {claim: solution if claim is first else [] for claim in required}


def _sieve(x: Symbol, required: Iterable[Claim], known: tuple[int, int], facts: Facts) -> Sieve:
    """Start with what is known of `x` and the congruences that are required: they need no search."""
    start = known
    for claim in required:
        found = congruence(claim) if isinstance(claim, Condition) else None
        start = start if found is None else both(start, found[1:])
    least = max(bound for bound in (facts.least(x), _NOTHING.least(x)) if bound is not None)
    sieve = Sieve(*start, ceil(least), floor(facts.upper[x]) if x in facts.upper else inf)
    sieve.thinned = start != known
    return sieve


def _beside(facts: Facts) -> Iterator[Claim]:
    """Yield what is known beside bounds and residues, as conditions."""
    for poly in facts.known:
        yield Condition(frozenset(poly.items()), NONNEGATIVE)
    for numerator, number, monomial in facts.divisible:
        poly = multiply(dict(numerator), {inverse(monomial): Fraction(1, number)})
        yield Condition(frozenset(poly.items()), INTEGRAL)


def _read(claims: Iterable[Claim], x: Symbol) -> list[Requirement]:
    read = (requirement(claim, x) for claim in claims if _symbols(claim) == {x})
    return [one for one in read if one is not None]


def _decided_by_classes(claim: Truth, facts: Facts) -> Truth:
    """Decide a condition where it has the same answer on all classes of residues of its symbols."""
    if not isinstance(claim, Condition):
        return claim
    over = quotient(claim.polynomial)
    if over.monomial:
        return claim
    divisible = claim.claim in (INTEGRAL, FRACTIONAL)
    # The residues of ⌊n/d⌋ are those that tell whether d divides n.
    told: Polynomial = {frozenset(((rounded(over, False), 1),)): 1} if divisible else over.numerator
    answers: set[Truth | None] = set()
    for one in residue_classes(told, facts) or ():
        answers.add(_on_class(claim.claim, over.numerator, over.number, one, facts))
        if len(answers) > 1 or None in answers:
            return claim
    answer = answers.pop() if answers else None
    return claim if answer is None else answer


def _on_class(claim: str, numerator: Polynomial, number: int, one: ResidueClass, facts: Facts) -> bool | None:
    poly = one.restrict(numerator)
    if claim in (INTEGRAL, FRACTIONAL):
        return (constant(poly) % number == 0) == (claim == INTEGRAL)
    below = _facts_on(one, facts)
    if claim in (NONNEGATIVE, POSITIVE):
        return below.is_nonnegative(add(poly, {ONE: -1}) if claim == POSITIVE else poly)
    equal = equal_to(as_expression(poly), 0, below)
    return None if not isinstance(equal, bool) else equal == (claim == ZERO)


def _facts_on(one: ResidueClass, facts: Facts) -> Facts:
    """Return what is known of the quotients q of x = m·q + r, and of the symbols that have none."""
    lower = {x: bound for x, bound in facts.lower.items() if x not in one.residues}
    upper = {x: bound for x, bound in facts.upper.items() if x not in one.residues}
    for x, (modulus, residue) in one.residues.items():
        least, most = facts.least(x), facts.upper.get(x)
        if least is not None:
            lower[one.quotients[x]] = max(0, ceil(Fraction(least - residue) / modulus))
        if most is not None:
            upper[one.quotients[x]] = floor(Fraction(most - residue) / modulus)
    known = tuple(one.restrict(poly) for poly in facts.known if not any(map(has_rounding, poly)))
    residues = {x: known for x, known in facts.residues.items() if x not in one.residues}
    return Facts(lower, upper, residues, known)
