"""Equality that is proved: canonical forms first, then a finite split into residues.

With M a common multiple of the denominators, put H = M·h + r. For each r every floor becomes a polynomial in h, so
comparing finitely many polynomials is a proof. Two symbols need pairs of residues.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from math import lcm, prod

from sympy import Expr, Symbol, ceiling, floor

from symcnn.algebra.facts import Facts
from symcnn.algebra.polynomial import ONE, Polynomial, add, atoms, constant, polynomial, substitute
from symcnn.algebra.quotient import inside
from symcnn.algebra.symbols import NONNEGATIVE, Value, symbol

_MOST_CLASSES = 20_000  # more residue classes are left undecided


@dataclass(frozen=True)
class ResidueClass:
    """The values x = modulus·q + residue of some symbols, q = 0, 1, …; `quotients` has the q of each x."""

    residues: Mapping[Symbol, tuple[int, int]]
    quotients: Mapping[Symbol, Symbol]

    def restrict(self, poly: Polynomial) -> Polynomial:
        """Return `poly` on this class, where no floor is left."""
        values: dict[Expr, Polynomial] = {
            atom: add({frozenset(((self.quotients[atom], 1),)): modulus}, {ONE: residue})
            for atom, (modulus, residue) in self.residues.items()
        }
        return _without_floors(poly, values)


def equal(first: Value, second: Value, facts: Facts | None = None) -> bool | None:
    """Prove that two values are equal for all legal values of their symbols (True) or not (False), or return None.

    >>> from symcnn.algebra.arithmetic import Arithmetic
    >>> from symcnn.algebra.symbols import symbol
    >>> a, H = Arithmetic(), symbol("H")
    >>> equal(a.floor(H / 2) + a.ceiling(H / 2), H)
    True
    """
    facts = facts or Facts()
    difference = add(polynomial(first), polynomial(second), -1)
    if not difference:
        return True
    classes = residue_classes(difference, facts)
    if classes is None:
        return None
    differs = any(residue_class.restrict(difference) for residue_class in classes)
    if differs and facts.upper:  # finitely many values: different polynomials may agree on all of them
        return None
    return not differs


def residue_classes(poly: Polynomial, facts: Facts) -> Iterator[ResidueClass] | None:
    """Yield the classes on which no floor is left; None where floors have symbolic denominators or there are too many.

    Residues that the facts exclude are left out.
    """
    periods: dict[Symbol, int] = {}
    if not _collect_periods(poly, periods):
        return None
    choices = {}
    for atom, period in periods.items():
        modulus, residue = facts.residues.get(atom, (1, 0))
        period = lcm(period, modulus)
        choices[atom] = [(period, r) for r in range(residue, period, modulus)]
    if prod(len(c) for c in choices.values()) > _MOST_CLASSES:
        return None
    quotients = {atom: symbol(f"{atom.name}_quotient", NONNEGATIVE) for atom in choices}
    return (ResidueClass(dict(zip(choices, chosen, strict=True)), quotients) for chosen in product(*choices.values()))


def _collect_periods(poly: Polynomial, periods: dict[Symbol, int]) -> bool:
    """Collect, for the symbols under floors, the period of these floors; False where there is none."""
    for atom in atoms(poly):
        if isinstance(atom, Symbol):
            continue
        if not isinstance(atom, (floor, ceiling)) or inside(atom).monomial:
            return False
        below: dict[Symbol, int] = {}
        for inner in atoms(inside(atom).numerator):
            if isinstance(inner, Symbol):
                below.setdefault(inner, 1)
        if not _collect_periods(inside(atom).numerator, below):
            return False
        for inner, period in below.items():
            if not inner.is_integer:
                return False
            periods[inner] = lcm(periods.get(inner, 1), period * inside(atom).number)
    return True


def _without_floors(poly: Polynomial, values: dict[Expr, Polynomial]) -> Polynomial:
    replaced = dict(values)
    for atom in atoms(poly):
        if isinstance(atom, (floor, ceiling)):
            replaced[atom] = _divided(atom, values)
    return substitute(poly, replaced)


def _divided(atom: Expr, values: dict[Expr, Polynomial]) -> Polynomial:
    within = inside(atom)
    numerator = _without_floors(within.numerator, values)
    offset = int(constant(numerator))
    down = -(-offset // within.number) if isinstance(atom, ceiling) else offset // within.number
    whole = {monomial: _exactly(coefficient, within.number) for monomial, coefficient in numerator.items() if monomial}
    return add(whole, {ONE: down})


def _exactly(coefficient: int, divisor: int) -> int:
    result, rest = divmod(coefficient, divisor)
    if rest:
        raise AssertionError("the period does not clear the floor")
    return result
