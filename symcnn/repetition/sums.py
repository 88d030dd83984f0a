"""Sums and products over the iterations of a repeated body, in closed form: exact for every legal count, 0 too."""

from __future__ import annotations

from typing import TypeAlias

from sympy import Add, Eq, Expr, Integer, Mul, Piecewise, Pow, Product, Rational, Sum, Symbol
from sympy.concrete.expr_with_limits import ExprWithLimits

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.conditions import Truth
from symcnn.algebra.operations import product, total
from symcnn.algebra.polynomial import Monomial, Number, Polynomial, as_expression, polynomial
from symcnn.algebra.proof import equal
from symcnn.algebra.symbols import Value, exact, expression
from symcnn.errors import SymcnnError
from symcnn.repetition.faulhaber import geometric_sum, power_sum
from symcnn.repetition.substitution import cases, fresh, in_cases, open_case, relation_of, replaced
from symcnn.repetition.terms import Ratio, depends, grouped, summands

ByMonomial: TypeAlias = dict[Monomial, dict[int, Number]]
Groups: TypeAlias = list[tuple[Polynomial, dict[int, Number]]]

_MOST_WRITTEN = 64  # terms without a closed form that are written out where the count is a number


def closed_sum(term: Value, index: Symbol, count: Value, arithmetic: Arithmetic) -> Value:
    """Return Σ term over 0 ≤ index < count, an unevaluated `Sum` where there is no closed form.

    >>> from symcnn.algebra.symbols import NONNEGATIVE, symbol
    >>> i, C, n = symbol("i", NONNEGATIVE), symbol("C"), symbol("n", NONNEGATIVE)
    >>> closed_sum(C * 2**i, i, n, Arithmetic())
    C*(2**n - 1)
    """
    if not depends(term, index):
        return product((count, term))
    split = _first_apart(term, index, arithmetic)
    if split is not None:
        return split_sum(*split, index, count, arithmetic)
    if (condition := open_case(term, index)) is not None:
        branches = in_cases(term, condition, arithmetic)
        return cases([(closed_sum(branch, index, count, known), when) for branch, known, when in branches])
    outside, inside = _parted(expression(term), index)
    found = summands(inside, index, arithmetic)
    if found is not None:
        parts = [_closed(ratio, by_monomial, count, arithmetic) for ratio, by_monomial in found.items()]
        return product((*outside, total(parts)))
    if isinstance(inside, Add):
        return product((*outside, _sum_of_terms(inside, index, count, arithmetic)))
    return product((*outside, _open(Sum, inside, index, count, arithmetic)))


def _sum_of_terms(inside: Add, index: Symbol, count: Value, arithmetic: Arithmetic) -> Value:
    """Sum what has a closed form together, and each other term alone."""
    closed = [term for term in inside.args if summands(term, index, arithmetic) is not None]
    others = [closed_sum(term, index, count, arithmetic) for term in inside.args if term not in closed]
    return total((closed_sum(total(closed), index, count, arithmetic), *others))


def split_sum(first: Value, rest: Value, index: Symbol, count: Value, arithmetic: Arithmetic) -> Value:
    """Return `first` + Σ rest over 1 ≤ index < count; 0 where the count is 0.

    >>> from symcnn.algebra.symbols import NONNEGATIVE, symbol
    >>> i, k, L = symbol("i", NONNEGATIVE), symbol("k"), symbol("L")
    >>> split_sum(3, k * i, i, L, Arithmetic())
    L*k*(L - 1)/2 + 3
    """
    try:
        same = equal(first, replaced(rest, {index: 0}, arithmetic), arithmetic.facts) is True
    except (SymcnnError, ZeroDivisionError):  # what is true from the second iteration on has no value at the first
        same = False
    if same:
        return closed_sum(rest, index, count, arithmetic)
    later = replaced(rest, {index: index + 1}, arithmetic)
    value = total((first, closed_sum(later, index, total((count, -1)), arithmetic)))
    empty = arithmetic.compare("==", count, 0)
    return cases([(0, relation_of(empty)), (value, True)])


def _first_apart(term: Value, index: Symbol, arithmetic: Arithmetic) -> tuple[Value, Value] | None:
    """Return a term at index 0, and for later ones, where it has cases that tell these apart."""
    if not isinstance(term, Expr) or not term.has(Piecewise):
        return None
    found = {case for case in term.atoms(Piecewise) if case.args[0][1] == Eq(index, 0)}
    if not found:
        return None
    later = {case: case.args[1][0] for case in found}
    return replaced(term, {index: 0}, arithmetic), term.xreplace(later)


def closed_product(term: Value, index: Symbol, count: Value, arithmetic: Arithmetic) -> Value:
    """Return ∏ term over 0 ≤ index < count, an unevaluated `Product` where there is no closed form.

    >>> from symcnn.algebra.symbols import NONNEGATIVE, symbol
    >>> i, n = symbol("i", NONNEGATIVE), symbol("n", NONNEGATIVE)
    >>> closed_product(3 * 2**i, i, n, Arithmetic())
    2**(n*(n - 1)/2)*3**n
    """
    factors: list[Value] = []
    others: list[Expr] = []
    for factor in Mul.make_args(expression(term)):
        closed = _closed_power(factor, index, count, arithmetic)
        factors += [] if closed is None else [closed]
        others += [factor] if closed is None else []
    if others:
        factors.append(_open(Product, expression(product(others)), index, count, arithmetic))
    return product(factors)


def _closed_power(factor: Expr, index: Symbol, count: Value, arithmetic: Arithmetic) -> Value | None:
    """Return the product of c·rⁱ, cⁿ·r^(n(n − 1)/2); None for other factors."""
    if isinstance(factor, Rational) and factor.p == 1:
        return 1 / expression(arithmetic.power(exact(factor.q), count))
    if not depends(factor, index):
        return arithmetic.power(factor, count)
    found = summands(factor, index, arithmetic)
    if found is None or len(found) != 1:
        return None
    ((ratio, by_monomial),) = found.items()
    if len(by_monomial) != 1 or next(iter(by_monomial.values())).keys() != {0}:
        return None
    ((monomial, coefficients),) = by_monomial.items()
    constant = as_expression({monomial: coefficients[0]})
    return product((arithmetic.power(constant, count), ratio.power(power_sum({1: 1}, count))))


def is_unevaluated(value: Value) -> bool:
    """Tell whether a sum or a product without closed form stands in a value."""
    return isinstance(value, Expr) and value.has(Sum, Product)


def _parted(term: Expr, index: Symbol) -> tuple[list[Expr], Expr]:
    """Return the factors that are free of the index, and the product of the others: 2 and 2ⁱ of 2ⁱ⁺¹."""
    outside = [factor for factor in Mul.make_args(term) if not depends(factor, index)]
    inside = [factor for factor in Mul.make_args(term) if depends(factor, index)]
    for place, factor in enumerate(inside):
        shift, rest = factor.exp.as_coeff_Add() if isinstance(factor, Pow) else (0, factor)
        if isinstance(factor, Pow) and isinstance(factor.base, Integer) and isinstance(shift, Integer) and shift:
            outside.append(factor.base**shift)
            inside[place] = Pow(factor.base, rest)
    return outside, expression(product(inside))


def _closed(ratio: Ratio, parts: ByMonomial, count: Value, arithmetic: Arithmetic) -> Value:
    """Return the sum of all terms with one ratio: two cases where nothing excludes that it is 1."""
    groups = grouped(parts)
    excluded = _is_one(ratio, arithmetic)
    if excluded is True:
        return _plain(groups, count)
    if excluded is False:
        return _geometric(groups, ratio, count)
    apart = relation_of(arithmetic.opposite(excluded))
    if len(groups) == 1:
        ((outside, shared),) = groups
        choice = cases([(geometric_sum(shared, ratio, count), apart), (power_sum(shared, count), True)])
        return product((as_expression(outside), choice))
    return cases([(_geometric(groups, ratio, count), apart), (_plain(groups, count), True)])


def with_next_power(value: Value, index: Symbol, arithmetic: Arithmetic) -> Value:
    """Put a power into the sum of those before it: (sⁱ − 1)/(s − 1) + sⁱ is (sⁱ⁺¹ − 1)/(s − 1), and i + 1 for s = 1.

    >>> from symcnn.algebra.symbols import NONNEGATIVE, symbol
    >>> i, s = symbol("i", NONNEGATIVE), symbol("s")
    >>> total_ = closed_sum(s**i, i, i, Arithmetic())
    >>> with_next_power(3 * total_ + 3 * s**i, i, Arithmetic())
    3*Piecewise(((s**(i + 1) - 1)/(s - 1), Ne(s, 1)), (i + 1, True))
    """
    terms = polynomial(value)
    for cases_ in expression(value).atoms(Piecewise):
        ratio = cases_.args[0][1].lhs
        power = Pow(ratio, index) if isinstance(ratio, Symbol) else None
        if power is None or closed_sum(power, index, index, arithmetic) != cases_:
            continue
        of_sum, of_power = (
            {m - {(atom, 1)}: c for m, c in terms.items() if (atom, 1) in m} for atom in (cases_, power)
        )
        if of_sum == of_power:
            rest = {m: c for m, c in terms.items() if not {(cases_, 1), (power, 1)} & m}
            whole = product((as_expression(of_sum), replaced(cases_, {index: index + 1}, arithmetic)))
            value, terms = total((as_expression(rest), whole)), rest
    return value


def _plain(groups: Groups, count: Value) -> Value:
    return total(product((as_expression(outside), power_sum(shared, count))) for outside, shared in groups)


def _geometric(groups: Groups, ratio: Ratio, count: Value) -> Value:
    return total(product((as_expression(outside), geometric_sum(shared, ratio, count))) for outside, shared in groups)


def _is_one(ratio: Ratio, arithmetic: Arithmetic) -> Truth:
    """Tell whether a ratio is 1: of s² say so of s, since both are at least 1."""
    if not ratio.monomial:
        return ratio.number == 1
    atoms = [atom for atom, _ in ratio.monomial]
    if ratio.number == 1 and len(atoms) == 1 and atoms[0].is_positive:
        return arithmetic.compare("==", atoms[0], 1)
    return arithmetic.compare("==", ratio.value(), 1)


def _open(kind: type[ExprWithLimits], term: Expr, index: Symbol, count: Value, arithmetic: Arithmetic) -> Value:
    """Return the sum or product as it is; of a small number of terms each is worked out."""
    if isinstance(count, int) and count <= _MOST_WRITTEN:
        terms = [replaced(term, {index: place}, arithmetic) for place in range(count)]
        return total(terms) if kind is Sum else product(terms)
    bound = fresh(index, (term.free_symbols - {index}) | expression(count).free_symbols)
    inside = expression(replaced(term, {index: bound}, arithmetic) if bound != index else term)
    return kind(inside, (bound, 0, expression(total((count, -1)))))
