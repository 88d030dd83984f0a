"""Equality of an answer and what is right: proved by canonical forms and residues, refuted by a point in integers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from typing import Any

from sympy import Add, Expr, Max, Min, ceiling, floor

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.conditions import NONZERO, Condition
from symcnn.algebra.extremes import Distributing, rounds_extremes
from symcnn.algebra.facts import Facts
from symcnn.algebra.polynomial import (
    Polynomial,
    add,
    as_expression,
    atoms,
    common_denominator,
    constant,
    content,
    polynomial,
    scale,
    symbols_of,
)
from symcnn.algebra.proof import ResidueClass, class_count, residue_classes
from symcnn.algebra.quotient import inside
from symcnn.algebra.symbols import Value, expression
from symcnn.algebra.vanishing import Proof
from symcnn.answers.equality_in_cases import branches, has_cases
from symcnn.answers.given import BudgetError, Evaluation, Given, Number, Point, UndefinedError, rebuilt
from symcnn.answers.work import once, spend

MOST_CLASSES = 1_100  # of residues, 32 by 32 among them: some tenths of a second
_MOST_CLEARED = 6  # denominators inside denominators
_MOST_PAIRS = 4  # of values whose order is not known: 2⁴ cases
_QUOTIENTS = (0, 1, 2, 3, 5, 8, 13)  # tried in a residue class in which the difference is known not to vanish
_MOST_TRIED = 400
_MOST_STEPS, _MOST_STEPPING = 24, 3  # places beside steps, and symbols that are put there
_MOST_WORK = 100_000  # terms at the points of a proof
_TERMS_OF_A_UNIT = 2  # of work
_OF_A_TERM = 10  # units: it is multiplied out, or worked out in a class of residues
_PLAIN = Arithmetic()
_MOST_TERMS = 3_000  # of a polynomial that is multiplied out


@dataclass(frozen=True)
class Counterexample:
    """Values of the symbols at which an answer differs; None is a division by zero. Shapes have tuples."""

    values: Mapping[str, Number] = field(default_factory=dict)
    answer: Any = None
    expected: Any = None


@dataclass(frozen=True)
class Equal:
    """They are equal wherever the denominators, of which one may be zero at legal values, are not."""

    vanishing: tuple[Expr, ...] = ()


Finding = Equal | Counterexample | None  # None: neither a proof nor a counterexample within the budget


def same(answer: Value, expected: Value, given: Given) -> Finding:
    """Prove that two values are equal wherever the conditions hold, or find a point at which they are not.

    Points are tried first, as a difference is mostly seen at the first one; a proof is sought for what agrees at all.

    >>> from symcnn.algebra.symbols import symbol
    >>> H = symbol("H")
    >>> same((H**2 - 4) / (H + 2), H - 2, Given({"H": H}))
    Equal(vanishing=())
    >>> same(H**2, 7 * H - 12, Given({"H": H})).values
    {'H': 7}
    """
    return _decided(answer, expected, given, thoroughly=True)


def is_same(answer: Value, expected: Value, given: Given) -> bool:
    """Tell whether two values are proved equal as `same` proves it; a point at which they differ is not sought long."""
    return isinstance(_decided(answer, expected, given, thoroughly=False), Equal)


def _decided(answer: Value, expected: Value, given: Given, thoroughly: bool) -> Finding:
    """Prove that values are equal, or refute it; `thoroughly` also what is neither proved nor refuted soon."""
    if answer == expected:
        return Equal()
    if not isinstance(answer, Expr) and not isinstance(expected, Expr):
        return Counterexample({}, answer, expected)
    question = answer, expected, given, thoroughly
    return once(question, lambda: _worked_out(*question))


def _worked_out(answer: Value, expected: Value, given: Given, thoroughly: bool) -> Finding:
    found = differing(answer, expected, given.first_points)
    if found is not None and found.answer is not None:
        return found if found.expected > 0 else differing(answer, expected, given.points)
    if not add(polynomial(answer), polynomial(expected), -1):
        return Equal()
    if has_cases(answer, expected):
        return _same_in_cases(answer, expected, given, thoroughly)
    answer = given.rebuilt(answer)
    if not (difference := add(polynomial(answer), polynomial(expected), -1)):
        return Equal()
    found = differing(answer, expected, given.points)
    if found is not None and found.answer is not None:
        return found
    if found is None:
        found = differing(answer, expected, _breakpoints(difference, given))
        if found is not None:
            return found
    if rounds_extremes(answer) or rounds_extremes(expected):
        difference = _distributed(answer, expected, given)
    proved = _proved(difference, given)
    if proved is not None:
        return proved
    return found or (_refuted(answer, expected, difference, given) if thoroughly else None)


def _distributed(answer: Value, expected: Value, given: Given) -> Polynomial:
    """Return the difference with maxima and minima outside of roundings, where the cases of both are alike."""
    arithmetic = Distributing(given.facts)
    ours, theirs = (polynomial(rebuilt(value, arithmetic, {})) for value in (answer, expected))
    return add(ours, theirs, -1)


def _same_in_cases(answer: Value, expected: Value, given: Given, thoroughly: bool) -> Finding:
    """Decide in each case, and return a counterexample in one, or that they are equal in all."""
    found = differing(answer, expected, given.points)
    if found is not None and found.answer is not None:
        return found
    parts = branches(answer, expected, given)
    if parts is None:
        return None
    vanishing: list[Expr] = []
    undecided = False
    for ours, theirs, known, excluded in parts:
        finding = _decided(ours, theirs, known, thoroughly)
        if isinstance(finding, Counterexample):
            return finding
        undecided |= finding is None
        vanishing += [*(finding.vanishing if finding else ()), *excluded]
    return None if undecided else Equal(tuple(dict.fromkeys(vanishing)))


def differing(answer: Value, expected: Value, points: Iterable[Evaluation]) -> Counterexample | None:
    """Return the first point at which two values differ, if possible one at which the right one is no negative size.

    One at which only the answer is undefined comes last.
    """
    undefined = negative = None
    for point in points:
        try:
            right = point(expected)
        except (UndefinedError, BudgetError):
            continue
        try:
            if (given_value := point(answer)) != right:
                found = Counterexample(_named(point.values, answer, expected), given_value, right)
                if right > 0:
                    return found
                negative = negative or found
        except UndefinedError:
            undefined = undefined or Counterexample(_named(point.values, answer, expected), None, right)
        except BudgetError:
            continue
    return negative or undefined


def _named(values: Point, *speaking: Value) -> dict[str, Number]:
    """Return the values, by name, of the symbols that are spoken of."""
    symbols = set().union(*(expression(value).free_symbols for value in speaking))
    return {sym.name: values[sym] for sym in sorted(symbols & values.keys(), key=lambda sym: sym.name)}


def _proved(difference: Polynomial, given: Given) -> Equal | None:
    """Prove that a difference is zero: as it stands, without denominators, by cases, by residues."""
    numerator, denominators = _cleared(difference)
    if numerator is None:
        return None
    if not all(_vanishes(case, given.facts) for case in _cases(numerator, given.facts)):
        return None
    return Equal(tuple(d for d in denominators if may_vanish(d, given)))


def _vanishes(poly: Polynomial, facts: Facts) -> bool:
    """Tell whether it is proved, with the work that there is for it, that a polynomial is zero at integers."""
    proof = Proof(facts, _MOST_WORK)
    proved = proof.vanishes(poly)
    spend(proof.work // _TERMS_OF_A_UNIT)
    return proved


def _cleared(difference: Polynomial) -> tuple[Polynomial | None, list[Expr]]:
    """Multiply by the denominators, sums too; None where that does not come to an end."""
    found: list[Expr] = []
    for _ in range(_MOST_CLEARED):
        numerator, _, monomial = common_denominator(difference)
        found += sorted((atom for atom, _ in monomial if not atom.is_positive), key=str)
        sums = [atom for atom in atoms(numerator) if isinstance(atom, Add)]
        if len(numerator) * max([len(atom.args) for atom in sums], default=1) > _MOST_TERMS:
            return None, found
        if not sums:
            return numerator, found
        spend(_OF_A_TERM * len(numerator))
        difference = polynomial(as_expression(numerator))
    return None, found


def may_vanish(denominator: Expr, given: Given) -> bool:
    """Tell whether a denominator may be zero: no condition, sign or remainder excludes it."""
    poly = polynomial(denominator)
    if any(claim.claim == NONZERO and claim.value in (denominator, -denominator) for claim in _simple(given)):
        return False
    if given.facts.is_positive(poly) or given.facts.is_positive(scale(poly, -1)):
        return False
    return not _is_never_whole(poly)


def _is_never_whole(poly: Polynomial) -> bool:
    """Tell whether a·n + b is zero at no integer n: 2·H − 3."""
    found = symbols_of(poly)
    if len(found) != 1 or any(monomial and monomial != frozenset(((*found, 1),)) for monomial in poly):
        return False
    (sym,) = found
    factor = poly.get(frozenset(((sym, 1),)), 0)
    return bool(sym.is_integer and factor and (Fraction(constant(poly)) / factor).denominator != 1)


def _simple(given: Given) -> Iterator[Condition]:
    return (claim for claim in given.claims if isinstance(claim, Condition))


def _cases(poly: Polynomial, facts: Facts) -> Iterator[Polynomial]:
    """Yield what becomes of a difference as its maxima and minima are decided one way or the other.

    All that compare the same two values, or their multiples, are decided together: |x| and max(x, 0).
    """
    undecided = sorted((a for a in _atoms_within(poly) if isinstance(a, (Max, Min))), key=str)
    compared = _joined({a: _comparison(a) for a in undecided if len(a.args) == 2}, facts)
    keys = sorted({key for key, _ in compared.values()}, key=str)
    if not undecided or len(keys) > _MOST_PAIRS or len(compared) < len(undecided):
        yield poly
        return
    for signs in product((True, False), repeat=len(keys)):
        first_is_larger = dict(zip(keys, signs, strict=True))
        values = {}
        for atom, (key, same_way) in compared.items():
            larger = 0 if first_is_larger[key] == same_way else 1
            values[atom] = atom.args[larger if isinstance(atom, Max) else 1 - larger]
        yield polynomial(rebuilt(as_expression(poly), _PLAIN, values))


def _comparison(atom: Expr) -> tuple[Expr, bool]:
    """Return what is ≥ 0 or ≤ 0 as one of two values is the larger, and whether that is the first where it is ≥ 0."""
    numerator, _, _ = common_denominator(add(polynomial(atom.args[0]), polynomial(atom.args[1]), -1))
    primitive = as_expression(scale(numerator, Fraction(1, content(numerator.values()))))
    if primitive.could_extract_minus_sign():
        return as_expression(scale(polynomial(primitive), -1)), False
    return primitive, True


def _joined(compared: Mapping[Expr, tuple[Expr, bool]], facts: Facts) -> dict[Expr, tuple[Expr, bool]]:
    """Return comparisons with one key for those that are proved to compare the same: ⌈H/3⌉ − 1, and 1 + ⌊−H/3⌋."""
    found: dict[Expr, tuple[Expr, bool]] = {}
    keys: list[Expr] = []
    for atom, (key, same_way) in compared.items():
        own = polynomial(key)
        known = ((k, sign) for k in keys[:_MOST_PAIRS] for sign in (1, -1) if k != key)
        alike = None if key in keys else next((x for x in known if _vanishes(_minus(own, *x), facts)), None)
        if alike is None:
            keys += [key] if key not in keys else []
            found[atom] = key, same_way
        else:
            found[atom] = alike[0], same_way == (alike[1] > 0)
    return found


def _minus(own: Polynomial, other: Expr, sign: int) -> Polynomial:
    return add(own, polynomial(other), -sign)


def _atoms_within(poly: Polynomial) -> set[Expr]:
    """Return the atoms, those inside roundings too."""
    return {part for atom in atoms(poly) for part in (atom, *atom.atoms(Max, Min))}


def _refuted(answer: Value, expected: Value, difference: Polynomial, given: Given) -> Counterexample | None:
    """Look further for a point at which two values differ: in the residue classes that tell, then at many points."""
    for point in _points_of_classes(difference, given):
        found = differing(answer, expected, [point])
        if found is not None:
            return found
    return differing(answer, expected, given.more_points)


def _breakpoints(difference: Polynomial, given: Given) -> Iterator[Evaluation]:
    """Yield points beside the steps of roundings over numbers: all symbols at a multiple of a divisor, or one off."""
    rounded = [a for a in _roundings_within(difference) if not inside(a).monomial]
    divisors = sorted({inside(atom).number for atom in rounded})
    steps = sorted({d * times + off for d in divisors for times in (1, 2) for off in (-1, 0, 1)})[:_MOST_STEPS]
    for step in steps:
        yield from _at_step(step, given)


def _at_step(step: int, given: Given) -> Iterator[Evaluation]:
    symbols = sorted((s for s in given.symbols.values() if s not in given.replaced), key=str)
    for sym in symbols[:_MOST_STEPPING]:
        values: dict[Any, Number] = {other: max(1, int(given.facts.least(other) or 0)) for other in symbols}
        values[sym] = step
        for chosen in (values, dict.fromkeys(symbols, step)):
            point = given.completed(dict(chosen))
            if point is not None:
                yield Evaluation(point)


def _roundings_within(poly: Polynomial) -> set[Expr]:
    return {part for atom in atoms(poly) for part in atom.atoms(floor, ceiling)}


def _points_of_classes(difference: Polynomial, given: Given) -> Iterator[Evaluation]:
    count = class_count(difference, given.facts)
    if count is None or count > MOST_CLASSES:
        return
    left = _MOST_TRIED
    for one in residue_classes(difference, given.facts) or ():
        spend(_OF_A_TERM * len(difference))
        if not one.restrict(difference):
            continue
        for values in _points_of(one, difference, given):
            left -= 1
            if (point := given.completed(values)) is not None:
                yield Evaluation(point)
            if not left:
                return


def _points_of(one: ResidueClass, difference: Polynomial, given: Given) -> Iterator[dict[Any, Number]]:
    symbols = sorted((s for s in given.symbols.values() if s not in given.replaced), key=str)
    for q in _QUOTIENTS:
        values: dict[Any, Number] = {}
        for place, sym in enumerate(symbols):
            modulus, residue = one.residues.get(sym, given.facts.residues.get(sym, (1, 0)))
            least = int(given.facts.least(sym) or 0)
            start = least + (residue - least) % modulus
            values[sym] = max(start, int(sym.is_positive or 0)) + modulus * (q + place * (q > 1))
        yield values


def under(value: Value, given: Given) -> Value:
    """Return a value as it is under more conditions."""
    return rebuilt(value, given.arithmetic, given.replaced)
