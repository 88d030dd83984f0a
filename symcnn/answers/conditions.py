"""The smallest condition under which an answer is right, tested both ways."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from itertools import combinations, product
from typing import Any

from sympy import Expr, Symbol, ceiling, floor

from symcnn.algebra.assumptions import ContradictionError
from symcnn.algebra.conditions import (
    FRACTIONAL,
    INTEGRAL,
    NONZERO,
    ZERO,
    Condition,
    Either,
    Every,
    Truth,
    equal_to,
    integral,
    single,
)
from symcnn.algebra.operations import product_of, sum_of
from symcnn.algebra.polynomial import Polynomial, add, multiply, polynomial
from symcnn.algebra.proof import class_count
from symcnn.algebra.quotient import has_rounding, inside_as_floor
from symcnn.algebra.solved import agreement, solved
from symcnn.algebra.symbols import Value, expression
from symcnn.answers.equality import MOST_CLASSES, Counterexample, differing, is_same, under
from symcnn.answers.given import BudgetError, Evaluation, Given, Stated, UndefinedError, rebuilt

_MOST_ROUNDINGS = 4  # that an answer may have left out
_FEWEST_POINTS = 3  # a condition that fewer of the tried values satisfy speaks of single cases
_TRIED = 12  # points at which an answer must be right now and then, before a condition of residues is sought

# The values at which an argument of a layer does nothing; a formula without the argument is the usual special case.
USUAL = {
    **dict.fromkeys(("g", "G", "groups"), 1),
    **dict.fromkeys(("D", "d", "dilation"), 1),
    **dict.fromkeys(("S", "s", "stride"), 1),
    **dict.fromkeys(("P", "p", "pad", "padding"), 0),
    **dict.fromkeys(("O_p", "o_p", "OP", "op", "output_padding"), 0),
}
_KERNELS, _PADDINGS, _DILATIONS = ("K", "k", "kernel"), ("P", "p", "pad", "padding"), ("D", "d", "dilation")
_SIZES = ("H", "W", "h", "w", "height", "width")


def rounding_condition(answers: tuple[Value, ...], expected: tuple[Value, ...], given: Given) -> tuple[Stated, ...]:
    """Return the divisibility or the residues under which an answer is right; nothing where there are none."""
    found: list[Stated] = []
    if not any(map(_roundings, expected)) and not any(map(_roundings, answers)):
        return ()
    for answer, right in zip(answers, expected, strict=True):
        if is_same(answer, right, given):
            continue
        part = _divisible(answer, right, given) or _residues(answer, right, given)
        if not part:
            return ()
        found += part
    return _tested(_shortest(found, given), answers, expected, given)


def leaves_rounding_out(answers: tuple[Value, ...], expected: tuple[Value, ...]) -> bool:
    """Tell whether the answers round no more than what is right: (H − 3)/2 + 1 for ⌊(H − 3)/2⌋ + 1."""
    return all(_roundings(a) <= _roundings(r) for a, r in zip(answers, expected, strict=True))


def special_case(answers: tuple[Value, ...], expected: tuple[Value, ...], given: Given) -> tuple[Stated, ...]:
    """Return the values of arguments for which an answer is the formula: D = 1, P = 0, K = 2P + 1, H = W.

    The answer must be without the symbol: one that has it and is right for one value only is wrong.
    """
    known = {s for value in answers for s in expression(value).free_symbols}
    missing = sorted({s for value in expected for s in expression(value).free_symbols} - known, key=lambda s: s.name)
    if not missing or len(missing) > 3 or not known:
        return ()
    there = {s.name: s for value in expected for s in expression(value).free_symbols}
    ways = {sym: list(_special_values(sym, there)) for sym in missing}
    for count in (1, 2):
        for chosen in combinations([sym for sym in missing if ways[sym]], count):
            for values in product(*(ways[sym] for sym in chosen)):
                found = _if_equal(dict(zip(chosen, values, strict=True)), answers, expected, given)
                if found:
                    return found
    return ()


def nonzero_condition(vanishing: tuple[Expr, ...]) -> tuple[Stated, ...]:
    """Return that denominators are not zero: of a remainder that there is one."""
    return tuple(_nonzero(polynomial(denominator)) for denominator in vanishing)


def _nonzero(denominator: Polynomial) -> Condition:
    """Return that a polynomial is not zero; of a − m·⌊a/m⌋ that a is not divisible by m."""
    rounded = [(atom, m, c) for m, c in denominator.items() for atom, _ in m if isinstance(atom, (floor, ceiling))]
    if len(rounded) == 1:
        ((atom, monomial, factor),) = rounded
        divided = polynomial(inside_as_floor(atom).expression())
        rest = add(denominator, {monomial: factor}, -1)
        if rest == multiply(divided, {monomial - {(atom, 1)}: -factor}):
            return Condition(frozenset(divided.items()), FRACTIONAL)
    return Condition(frozenset(denominator.items()), NONZERO)


def _special_values(sym: Symbol, there: dict[str, Symbol]) -> Iterator[Any]:
    """Yield what a symbol may be in the special case that people have in mind."""
    if sym.name in USUAL:
        yield expression(USUAL[sym.name])
    if sym.name in _KERNELS:
        for padding in (there[p] for p in _PADDINGS if p in there):
            both = product_of((expression(2), padding))
            yield sum_of((both, expression(1)))
            yield from (sum_of((both / there[d], expression(1))) for d in _DILATIONS if d in there)
    if sym.name in _SIZES:
        yield from (there[other] for other in _SIZES if other in there and other != sym.name)
    family = sym.name.partition("_")[0]
    if "_" in sym.name:
        yield from (s for name, s in sorted(there.items()) if name != sym.name and name.partition("_")[0] == family)


def _if_equal(
    values: dict[Symbol, Any], answers: tuple[Value, ...], expected: tuple[Value, ...], given: Given
) -> tuple[Stated, ...]:
    for answer, right in zip(answers, expected, strict=True):
        put = rebuilt(right, given.arithmetic, values)
        if not is_same(answer, put, given):
            return ()
    claims = [equal_to(sym, value, given.facts) for sym, value in values.items()]
    return _tested(tuple(_stated(claims)), answers, expected, given)


def _divisible(answer: Value, right: Value, given: Given) -> list[Stated]:
    """Return that what stands under the roundings which one side has and the other has not is an integer."""
    ours, theirs = _roundings(answer), _roundings(right)
    if not 0 < len(ours ^ theirs) <= _MOST_ROUNDINGS or not _equal_unrounded(answer, right, given):
        return []
    open_roundings = sorted(ours ^ theirs, key=str)
    for count in range(1, len(open_roundings) + 1):
        for chosen in combinations(open_roundings, count):
            claims = [integral(atom.args[0], given.facts) for atom in chosen]
            if any(isinstance(claim, bool) for claim in claims):
                continue
            plain = {atom: atom.args[0] for atom in chosen}
            first, second = (rebuilt(value, given.arithmetic, plain) for value in (answer, right))
            if is_same(first, second, given):
                return list(_stated([integral(value, given.facts) for value in _independent(list(plain.values()))]))
    return []


def _independent(values: list[Expr]) -> list[Expr]:
    """Return what has to be an integer without what then is one: H·W/4 where H/2 and W/2 are."""
    steps = {sym: part.q for part, sym in (value.as_coeff_Mul() for value in values) if sym.is_Symbol}
    return [value for value in values if value.as_coeff_Mul()[1].is_Symbol or not _is_whole(value, steps)]


def _is_whole(value: Expr, steps: Mapping[Expr, int]) -> bool:
    """Tell whether a polynomial of symbols that are multiples of their steps has integers for terms."""
    for monomial, coefficient in polynomial(value).items():
        for atom, power in monomial:
            if not (atom.is_Symbol and atom.is_integer and power >= 0):
                return False
            coefficient *= steps.get(atom, 1) ** power
        if Fraction(coefficient).denominator != 1:
            return False
    return True


@lru_cache(maxsize=1024)
def _roundings(value: Value) -> frozenset[Expr]:
    return frozenset(expression(value).atoms(floor, ceiling))


def _equal_unrounded(answer: Value, right: Value, given: Given) -> bool:
    """Tell at the first points whether two values are equal without any rounding, as they then must be."""
    try:
        return all(point.unrounded(answer) == point.unrounded(right) for point in given.first_points)
    except (UndefinedError, BudgetError):
        return False


def _stated(claims: list[Truth]) -> Iterator[Stated]:
    """Yield what is not decided."""
    for claim in claims:
        for part in single(claim):
            if not isinstance(part, bool):
                yield part


def _residues(answer: Value, right: Value, given: Given) -> list[Stated]:
    """Return for which residues of one symbol two values with roundings agree."""
    difference = add(polynomial(answer), polynomial(right), -1)
    symbols = {s for monomial in difference for atom, _ in monomial for s in atom.free_symbols}
    if len(symbols) != 1 or not any(map(has_rounding, difference)) or not _agree_somewhere(answer, right, given):
        return []
    count = class_count(difference, given.facts)
    if count is None or count > MOST_CLASSES:
        return []
    try:
        claim: Truth = agreement(answer, right, given.facts)
    except ContradictionError:
        return []
    parts = list(single(claim))
    return [part for part in parts if not isinstance(part, bool)] if all(map(_is_periodic, parts)) else []


def _is_periodic(claim: Truth) -> bool:
    """Tell whether a condition speaks of residues or lower bounds, and of no single values."""
    if isinstance(claim, bool):
        return False
    if isinstance(claim, (Every, Either)):
        return all(map(_is_periodic, claim.conditions))
    if claim.claim == ZERO:
        return False
    if claim.claim in (INTEGRAL, "no integer", NONZERO):
        return True
    return all(coefficient > 0 for monomial, coefficient in claim.items if monomial)


def _agree_somewhere(answer: Value, right: Value, given: Given) -> bool:
    return any(_agrees(answer, right, point) for point in given.points[:_TRIED])


def _agrees(answer: Value, right: Value, point: Evaluation) -> bool:
    try:
        return point(answer) == point(right)
    except (UndefinedError, BudgetError):
        return False


def _shortest(claims: list[Stated], given: Given) -> tuple[Stated, ...]:
    """Return the conditions without what they say twice: H even and H divisible by 4."""
    try:
        return tuple(solved(claims, given.facts, given.claims))
    except ContradictionError:
        return ()


def _tested(
    claims: tuple[Stated, ...], answers: tuple[Value, ...], expected: tuple[Value, ...], given: Given
) -> tuple[Stated, ...]:
    """Return the conditions where the answer is proved under them, wrong without them, and they are no single case."""
    if not claims or (inside := given.assuming(*claims)) is None:
        return ()
    if len(inside.some_points(_FEWEST_POINTS)) < _FEWEST_POINTS:
        return ()
    pairs = list(zip(answers, expected, strict=True))
    if not all(is_same(under(a, inside), under(r, inside), inside) for a, r in pairs):
        return ()
    if _wrong_without(claims, pairs, given.points):
        return claims
    return claims if _wrong_without(claims, pairs, given.more_points) else ()


def _wrong_without(claims: tuple[Stated, ...], pairs: list[tuple[Value, Value]], points: Iterable[Evaluation]) -> bool:
    for answer, right in pairs:
        outside = (point for point in points if _is_outside(point, claims))
        if isinstance(differing(answer, right, outside), Counterexample):
            return True
    return False


def _is_outside(point: Evaluation, claims: tuple[Stated, ...]) -> bool:
    """Tell whether some condition does not hold at a point; where that cannot be worked out, it may."""
    try:
        return not all(claim.holds(point) for claim in claims)
    except (UndefinedError, BudgetError):
        return False
