"""Other ways to write a sum: common factors taken out, like terms joined, factored, a number put into a rounding.

Sums are polynomials whose atoms may be sums themselves, (H − 2)² say, so that nothing is expanded that need not be.
What is offered here is equal by construction; which way is shown is decided by who counts the characters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from functools import cmp_to_key, lru_cache
from math import gcd, lcm, prod
from typing import Any, NamedTuple, TypeAlias

from sympy import ZZ, Add, Expr, Integer, Mul, Pow, Rational, ceiling, floor
from sympy.core.basic import Basic
from sympy.polys.orderings import lex
from sympy.polys.rings import PolyRing

from symcnn.algebra.operations import sum_of
from symcnn.algebra.polynomial import (
    ONE,
    Monomial,
    Number,
    Polynomial,
    accumulate,
    add,
    as_expression,
    atoms,
    constant,
    degree,
    has_denominator,
    inverse,
    multiply,
    polynomial,
    power,
    scale,
    term_expression,
    times,
)
from symcnn.algebra.quotient import Quotient, inside_as_floor, rounded
from symcnn.formula.powers import cancelled, is_symbolic, of_number

# What is tried costs little where these hold; longer sums are shown with their common factor out, or expanded.
_MOST_COLLECTED = 40  # terms, of which each may stand in a bracket of its own
_MOST_EXPANDED = 4096  # terms, before like ones are joined
_FACTORED = range(3, 13)  # terms of a polynomial that is factored
_DEGREES = range(2, 5)  # its degree
_MOST_ATOMS = 3
_DIGIT = 9
_SMALL = 1000  # coefficients below
_LARGEST = 2**64  # of its coefficients
_OF_A_KIND = Fraction(3, 4)  # a·(bⁿ − 1) + 1, and H − n·(k − 1): what belongs together stands together
_WHOLE = Fraction(9, 10)  # without a fraction bar for numbers
_REGROUPED = Fraction(4, 3)  # what is multiplied out and put together anew hides where it comes from
_OPAQUE = 3  # a sum of squares says which layers it is of; expanded it must be so much shorter

_in_order = cmp_to_key(Basic.compare)  # the same in every run

Items: TypeAlias = frozenset[tuple[Monomial, Number]]


class Part(NamedTuple):
    """number·monomial·(inner), one of the parts into which the terms of a sum are put."""

    number: Number
    monomial: Monomial
    inner: Items = frozenset({(ONE, 1)})


class Way(NamedTuple):
    """A sum in parts; its length counts `weight` times."""

    parts: list[Part]
    weight: int | Fraction = 1


def read(expr: Expr, tidied: bool = True) -> Polynomial:
    """Return the terms of an expression, its sums as atoms: `tidied` without common factors, and signed alike."""
    result: Polynomial = {}
    for term in Add.make_args(expr):
        number, rest = term.as_coeff_Mul()
        coefficient = rational(number)
        monomial = ONE
        for factor in cancelled(Mul.make_args(rest)) if rest != 1 else ():
            base, exponent = factor.args if _is_power(factor) else (factor, 1)
            if tidied and isinstance(base, Add):
                outside, factors = _tidied(base)
                coefficient *= Fraction(outside) ** int(exponent)
                monomial = times(monomial, frozenset((atom, e * int(exponent)) for atom, e in factors))
            else:
                monomial = times(monomial, frozenset({(base, int(exponent))}))
        accumulate(result, monomial, coefficient)
    return result


def rational(number: Rational) -> Number:
    """Return a SymPy number as Python's own."""
    return int(number.p) if int(number.q) == 1 else Fraction(int(number.p), int(number.q))


def _is_power(factor: Expr) -> bool:
    return isinstance(factor, Pow) and isinstance(factor.exp, Integer)


@lru_cache(maxsize=10_000)
def _tidied(base: Expr) -> tuple[Number, Monomial]:
    """Return a number and factors whose product is the sum: −2 and W − 1 for 2 − 2W, H − 2 twice for H² − 4H + 4."""
    poly = read(base)
    if not poly:
        return 1, frozenset({(base, 1)})
    number, monomial, rest = _common(poly)
    sign, rest = _signed_alike(rest)
    if len(rest) == 1:
        return sign * number, monomial
    turned, factors = _factors(frozenset(rest.items())) or (1, frozenset({(as_expression(rest), 1)}))
    return turned * sign * number, times(monomial, factors)


def _signed_alike(poly: Polynomial) -> tuple[int, Polynomial]:
    """Return a sign and a sum whose product is `poly`: of x and −x always the same, mostly positive: H + d − d·k.

    Where as many terms are negative as positive, a symbol that products are taken from is positive, as in H − n·k, else
    the first one of the highest degree.
    """
    majority = sum(1 if c > 0 else -1 for m, c in poly.items() if m)
    leading = poly[min(poly, key=_by_degree)]
    return (1, poly) if (majority or _alone(poly) or leading) > 0 else (-1, scale(poly, -1))


def _alone(poly: Polynomial) -> Number:
    """Return the coefficient of the one symbol beside products with counts that is in none of them, or 0."""
    counted = Counter(symbol for monomial in poly for atom, _ in monomial for symbol in atom.free_symbols)
    single = [c for m, c in poly.items() if len(m) == 1 and all(e == 1 and counted[atom] == 1 for atom, e in m)]
    return single[0] if len(single) == 1 and _has_counts(m for m in poly if len(m) > 1) else 0


def _has_counts(monomials: Iterable[Monomial]) -> bool:
    """Tell whether there are symbols that may be 0: numbers of repetitions, and of one of them."""
    known = (atom for monomial in monomials for atom, _ in monomial if of_number(atom) or not is_symbolic(atom))
    return any(not symbol.is_positive for atom in known for symbol in atom.free_symbols)


def _by_degree(monomial: Monomial) -> tuple[Any, ...]:
    return -degree(monomial), sorted((_in_order(atom), -exponent) for atom, exponent in monomial)


def ways(poly: Polynomial) -> Iterator[Way]:
    """Offer ways to write a sum; of equally short ones the first is to be shown, and that is the plain one."""
    yield Way(_plain(poly))
    if len(poly) < 2:
        return
    yield from _common_way(poly)
    yield from _collected(poly)
    if (joined := _joined(poly)) is not None:
        yield from _common_way(joined)
        yield Way(_plain(joined))
        yield from _collected(joined)
    yield from _rounded_ways(poly)
    yield from _expanded_ways(poly)


def _plain(poly: Mapping[Monomial, Number]) -> list[Part]:
    return [Part(number, monomial) for monomial, number in poly.items()]


def _common_way(poly: Polynomial) -> Iterator[Way]:
    number, monomial, rest = _common(poly)
    if len(rest) > 1 and _is_worth_it(number, monomial, rest):
        yield Way([Part(number, monomial, frozenset(rest.items()))])


def parted(expr: Expr) -> tuple[Expr, Expr]:
    """Return the common factor of the terms of an expression, and what is left: C·(H − 2)² and k² + m."""
    poly = read(expr)
    if not poly:
        return expr, Integer(1)
    number, monomial, rest = _common(poly)
    return term_expression(monomial, number), as_expression(rest)


def _is_worth_it(number: Number, monomial: Monomial, rest: Polynomial) -> bool:
    """Whether a common factor is taken out: of numbers alone only where small ones are left, 2(H − 2).

    In 35,583,680 + 2,097,152⌊H/32⌋ each number is one that a reader may know; 64 times something is none. So are those
    of 13,888n + 5,088: what each repetition has, and what is there besides; but 64(2ⁿ − 1).
    """
    if monomial:
        return True
    only_counts = not any(symbol.is_positive for m in rest for atom, _ in m for symbol in atom.free_symbols)
    most = 1 if only_counts and abs(Fraction(number)) > _DIGIT else _SMALL - 1
    return number not in (1, -1) and all(-most <= c <= most for c in rest.values())


def _common(poly: Polynomial) -> tuple[Number, Monomial, Polynomial]:
    """Return the number and the monomial that all terms share, and what they leave; few of it is negative."""
    number = Fraction(gcd(*(c.numerator for c in poly.values())), lcm(*(c.denominator for c in poly.values())))
    if sum(1 if c > 0 else -1 for c in poly.values()) < 0:
        number = -number
    lowest = dict(next(iter(poly)))
    for monomial in poly:
        exponents = dict(monomial)
        for atom in lowest.keys() | exponents.keys():
            lowest[atom] = min(lowest.get(atom, 0), exponents.get(atom, 0))
    shared = frozenset((atom, e) for atom, e in lowest.items() if e)
    return number, shared, scale(multiply(poly, {inverse(shared): 1}), 1 / number)


def _joined(poly: Polynomial) -> Polynomial | None:
    """Multiply the sums out that are the only ones in their terms, if like terms meet: 2(T − 1) + 2(T − 3) = 4T − 8."""
    result: Polynomial = {}
    met = False
    for monomial, number in poly.items():
        sums = [(atom, e) for atom, e in monomial if isinstance(atom, Add)]
        inner = read(sums[0][0]) if len(sums) == 1 and sums[0][1] == 1 else {ONE: 1}
        outside = frozenset(x for x in monomial if x not in sums) if inner != {ONE: 1} else monomial
        met = met or (not outside and len(inner) > 1 and abs(number) == 1)  # H + (W − 1): brackets for nothing
        for term, times_ in inner.items():
            product = times(outside, term)
            met = met or product in result
            accumulate(result, product, number * times_)
    return result if met and result else None


def _collected(poly: Polynomial) -> Iterator[Way]:
    """Put terms that share a factor into brackets, the longest and most frequent factors first."""
    if not 2 < len(poly) <= _MOST_COLLECTED:
        return
    parts: list[Part] = []
    rest = poly
    while (factor := _most_shared(rest)) is not None:
        group = {m: c for m, c in rest.items() if dict(m).get(factor, 0) > 0}
        rest = {m: c for m, c in rest.items() if m not in group}
        number, monomial, inner = _common(group)
        parts.append(Part(number, monomial, frozenset(inner.items())))
    if len(parts) > 1 or (parts and rest):
        yield Way(parts + _plain(rest))


def _most_shared(poly: Polynomial) -> Expr | None:
    counted = Counter(atom for monomial in poly for atom, exponent in monomial if exponent > 0)
    shared = [atom for atom, count in counted.items() if count > 1]
    return min(shared, key=lambda atom: ((1 - counted[atom]) * _size(atom), _in_order(atom)), default=None)


@lru_cache(maxsize=10_000)
def _size(expr: Expr) -> int:
    """Return how many symbols and signs an expression has, about."""
    return 1 + sum(map(_size, expr.args))


def _rounded_ways(poly: Polynomial) -> Iterator[Way]:
    """Put an added integer into a rounding: ⌊(H + 13)/16⌋ + 1 = ⌊(H + 29)/16⌋."""
    number = constant(poly)
    found = [m for m in poly if len(m) == 1 and isinstance(next(iter(m))[0], (floor, ceiling))]
    if len(found) != 1 or not number or number.denominator != 1:
        return
    ((atom, exponent),) = found[0]
    value, times_ = inside_as_floor(atom), poly[found[0]]
    if exponent != 1 or abs(times_) != 1 or not value.is_integral():
        return
    within = add(value.numerator, {value.monomial: value.number}, number * times_)
    rest = {m: c for m, c in poly.items() if m and m != found[0]}
    new = rounded(Quotient(within, value.number, value.monomial), False)
    yield Way([Part(times_, frozenset({(new, 1)})), *_plain(rest)])


def _expanded_ways(poly: Polynomial) -> Iterator[Way]:
    """Multiply everything out: factored, if it has factors; else as it is, which must be much shorter."""
    whole = _expanded(poly)
    if not whole:
        return
    yield from _geometric(whole)
    if whole != poly and len(whole) == len(poly) and not any(isinstance(atom, Add) for atom in atoms(poly)):
        return  # powers alone are not taken apart: 2ⁿ⁻¹ − 1
    yield from _apart(whole)
    number, monomial, rest = _common(whole)
    factors = _factors(frozenset(rest.items()))
    if factors is not None:
        sign, factored = factors
        yield Way([Part(sign * number, times(monomial, factored))])
    elif len(rest) > 1:
        weight = _OPAQUE if any(degree(m) > 1 for m in rest) else 1
        common = [Part(number, monomial, frozenset(rest.items()))]
        yield Way(common if _is_worth_it(number, monomial, rest) else _plain(whole), weight)
        again = _REGROUPED if _has_counts(whole) else weight
        yield from (Way(way.parts, again) for way in _collected(whole))
    else:
        yield Way(_plain(whole))


def _geometric(poly: Polynomial) -> Iterator[Way]:
    """Write a·bⁿ + c − a as a·(bⁿ − 1) + c, where c is 0, 1, 2 …: a sum of powers has this form."""
    for atom in sorted(filter(is_symbolic, atoms(poly)), key=_in_order):
        exponents = {exponent for monomial in poly for other, exponent in monomial if other == atom}
        rest = {m: c for m, c in poly.items() if atom not in dict(m)}
        if len(exponents) != 1:
            continue
        (exponent,) = exponents
        factor = multiply(add(poly, rest, -1), {frozenset({(atom, -exponent)}): 1})
        for shift in (0, 1, 2) if isinstance(atom.base, Integer) else (0,):
            times_ = scale(factor, int(atom.base) ** shift) if shift else factor
            left = add(rest, times_)
            power_ = Pow(atom.base, sum_of((atom.exp * exponent, Integer(-shift))), evaluate=False)
            if shift and exponent == 1 and _is_whole(rest) and _is_whole(times_) and not _is_whole(poly):
                yield Way([_product_part(times_, power_), *_plain(rest)], _WHOLE)  # 2ⁿ⁻¹·(k − 1) + 1, not over 2
            more = len(rest) > 1 and set(left) == {ONE} and left[ONE] > 0 and _is_whole(left)
            if more or (not left and set(times_) != {ONE}):
                yield Way([_product_part(times_, sum_of((power_, Integer(-1)))), *_plain(left)], _OF_A_KIND)


def _is_whole(poly: Polynomial) -> bool:
    return all(number.denominator == 1 for number in poly.values())


def _product_part(poly: Polynomial, other: Expr) -> Part:
    """Return the product of two sums as one part."""
    number, monomial, rest = _common(poly)
    inner = ONE if len(rest) == 1 else frozenset({(as_expression(rest), 1)})
    return Part(number, times(times(monomial, inner), frozenset({(other, 1)})))


def _apart(poly: Polynomial) -> Iterator[Way]:
    """Leave symbols alone that occur once, where the others are a product: H − (i + 1)·(k − 1)."""
    counted = Counter(atom for monomial in poly for atom, _ in monomial)
    alone = {m: c for m, c in poly.items() if len(m) == 1 and degree(m) == 1 and counted[next(iter(m))[0]] == 1}
    number, monomial, rest = _common({m: c for m, c in poly.items() if m not in alone} or {ONE: 1})
    for turned in (1, -1) if alone else ():
        factors = _factors(frozenset(scale(rest, turned).items()))
        if factors is None:
            continue
        sign, factored = turned * factors[0], factors[1]
        shared, _, rest = _common(alone)
        others = [Part(shared, ONE, frozenset(rest.items()))] if len(rest) > 1 and shared != 1 else _plain(alone)
        yield Way([*others, Part(sign * number, times(monomial, factored))], _OF_A_KIND)


def _expanded(poly: Polynomial) -> Polynomial | None:
    """Return the sum multiplied out; None where that is nothing new or long."""
    if not any(isinstance(atom, Add) or of_number(atom) for atom in atoms(poly)):
        return poly if len(poly) in _FACTORED else None
    size = sum(prod(len(atom.args) ** abs(e) for atom, e in m if isinstance(atom, Add)) for m in poly)
    if size > _MOST_EXPANDED:
        return None
    result: Polynomial = {}
    for monomial, number in poly.items():
        product: Polynomial = {ONE: number}
        for atom, exponent in monomial:
            product = multiply(product, power(polynomial(atom), exponent))
        for term, coefficient in product.items():
            accumulate(result, term, coefficient)
    return result


@lru_cache(maxsize=10_000)
def _factors(items: Items) -> tuple[int, Monomial] | None:
    """Return a sign and the factors of a small polynomial whose terms have no common one; None where it has but one."""
    poly = dict(items)
    generators = sorted(atoms(poly), key=_in_order)
    if not (len(poly) in _FACTORED and len(generators) <= _MOST_ATOMS and max(map(degree, poly)) in _DEGREES):
        return None
    if any(isinstance(atom, Add) for atom in generators) or any(map(has_denominator, poly)):
        return None
    if any(number.denominator != 1 or abs(number.numerator) > _LARGEST for number in poly.values()):
        return None
    ring = PolyRing([f"x{place}" for place in range(len(generators))], ZZ, lex)
    terms = {tuple(dict(m).get(atom, 0) for atom in generators): ZZ(int(c)) for m, c in poly.items()}
    number, factors = ring.from_dict(terms).factor_list()
    if int(number) != 1 or sum(exponent for _, exponent in factors) < 2:
        return None
    signed = [(*_signed_alike(_sum_over(generators, factor)), exponent) for factor, exponent in factors]
    sign = prod(sign**exponent for sign, _, exponent in signed)
    return sign, frozenset((as_expression(factor), exponent) for _, factor, exponent in signed)


def _sum_over(generators: list[Expr], terms: Mapping[tuple[int, ...], int]) -> Polynomial:
    return {
        frozenset((atom, e) for atom, e in zip(generators, exponents, strict=True) if e): int(number)
        for exponents, number in terms.items()
    }
