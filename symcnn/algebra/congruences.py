"""Sets of residues as the fewest congruences: x ≡ r (mod m), x ≢ r (mod m), or one of several."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import lru_cache
from math import gcd, lcm

from sympy import Symbol, factorint

from symcnn.algebra.conditions import FRACTIONAL, INTEGRAL, Claim, Condition, Either
from symcnn.algebra.polynomial import ONE, Polynomial, accumulate

_MOST_RESIDUES = 20_000  # of longer lists of excluded residues no description is sought
_LARGEST_PRIME = 1000  # what is left of a modulus after dividing by smaller primes counts as a prime


def congruent(x: Symbol, modulus: int, residue: int, claim: str = INTEGRAL) -> Condition:
    """Return x ≡ residue (mod modulus), or ≢ where the claim is `FRACTIONAL`."""
    poly: Polynomial = {frozenset(((x, 1),)): Fraction(1, modulus)}
    accumulate(poly, ONE, Fraction(-residue, modulus))
    return Condition(frozenset(poly.items()), claim)


def size_of(claims: Iterable[Claim]) -> int:
    """Return how many conditions claims are made of."""
    return sum(1 if isinstance(claim, Condition) else size_of(claim.conditions) for claim in claims)


def congruences(x: Symbol, residues: set[int], modulus: int, known: tuple[int, int]) -> list[Claim]:
    """Say that x mod `modulus` is one of the `residues`, where x ≡ b (mod a) is `known` as (a, b).

    What is known is not said again; all residues agree with it, and a divides the modulus.
    """
    residues, modulus, (step, offset) = _reduced(residues, modulus, known)
    if len(residues) == modulus // step:
        return []
    if len(residues) == 1:
        return [congruent(x, modulus, min(residues))]
    ways: list[list[Claim]] = []
    some = min(residues)
    common = gcd(modulus, *(residue - some for residue in residues))
    if common > step:
        within = congruences(x, residues, modulus, (common, some % common))
        ways.append([*congruences(x, {some % common}, common, (step, offset)), *within])
    ways.append([Either(tuple(congruent(x, m, r) for m, r in _cover(residues, modulus, step)))])
    if modulus // step <= _MOST_RESIDUES:
        excluded = set(range(offset, modulus, step)) - residues
        ways.append([congruent(x, m, r, FRACTIONAL) for m, r in _cover(excluded, modulus, step)])
    return min(ways, key=size_of)


def _reduced(residues: set[int], modulus: int, known: tuple[int, int]) -> tuple[set[int], int, tuple[int, int]]:
    """Return the same set modulo the smallest number that tells it from the other values that are known to occur."""
    step, offset = known
    for prime in sorted(_primes(modulus), reverse=True):
        while modulus % prime == 0:
            smaller = modulus // prime
            images = {residue % smaller for residue in residues}
            if len(images) * (modulus // lcm(smaller, step)) != len(residues):
                break
            residues, modulus, step = images, smaller, gcd(smaller, step)
    return residues, modulus, (step, offset % step)


def _cover(residues: set[int], modulus: int, step: int) -> list[tuple[int, int]]:
    """Return classes (m, r), the largest first, that together are the residues, all ≡ mod `step`."""
    return sorted(_classes(residues, modulus, step))


def _classes(residues: set[int], modulus: int, step: int) -> Iterator[tuple[int, int]]:
    left = residues
    for divisor in _divisors(modulus):
        members = modulus // lcm(divisor, step)
        whole = {r for r, n in Counter(residue % divisor for residue in residues).items() if n == members}
        taken = whole & {residue % divisor for residue in left}
        yield from ((divisor, residue) for residue in taken)
        left = {residue for residue in left if residue % divisor not in taken}
        if not left:
            return


@lru_cache(maxsize=1000)
def _primes(number: int) -> dict[int, int]:
    """Return the primes that divide a number, with how often they do."""
    return {int(prime): times for prime, times in factorint(number, limit=_LARGEST_PRIME).items()}


def _divisors(number: int) -> list[int]:
    found = [1]
    for prime, times in _primes(number).items():
        found = [divisor * prime**power for divisor in found for power in range(times + 1)]
    return sorted(found)
