"""Polynomials: expansion and back, sums, products, powers, substitution; and symbols and quotients."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Integer, Rational, Symbol, ceiling, floor

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.polynomial import (
    ONE,
    add,
    as_expression,
    common_denominator,
    constant,
    content,
    multiply,
    polynomial,
    power,
    scale,
    separated,
    substitute,
)
from symcnn.algebra.quotient import inside, inside_as_floor, quotient
from symcnn.algebra.symbols import NONNEGATIVE, RATIONAL, Value, domain_of, exact, symbol
from tests.helpers import draws

from .trees import H, Tree, W, build, compute, n, p, points, s, symbols_of, t, trees, value_at, α


@given(trees((H, W, α), (2, 3, s, ("+", s, 1), ("*", s, α))))
@draws(150)
def test_round_trips(tree: Tree) -> None:
    value = build(tree, Arithmetic())
    back = as_expression(polynomial(value))
    assert polynomial(back) == polynomial(value)
    for values in points(symbols_of(tree), 20):
        assert value_at(back, values) == compute(tree, values)


@given(trees((H, W), (2, 3, s)), trees((H, W), (2, s)), st.integers(-3, 3), st.integers(0, 3))
@draws(100)
def test_operations(left: Tree, right: Tree, factor: int, exponent: int) -> None:
    a, b = (polynomial(build(tree, Arithmetic())) for tree in (left, right))
    forms = [add(a, b, factor), multiply(a, b), scale(a, factor), power(b, exponent)]
    assert not any(0 in form.values() for form in forms)
    for values in points(symbols_of(left) | symbols_of(right), 20):
        x, y = compute(left, values), compute(right, values)
        expected = [x + factor * y, x * y, factor * x, y**exponent]
        assert [value_at(as_expression(form), values) for form in forms] == expected


@given(trees((H, W), (2, 3, s)), trees((H,), (2,), leaves=3))
@draws(60)
def test_substitution(tree: Tree, into: Tree) -> None:
    plain = ("+", ("*", H, ("*", W, W)), ("/", H, s))
    replaced = substitute(polynomial(build(plain, Arithmetic())), {W: polynomial(build(into, Arithmetic()))})
    for values in points({H, s}, 20):
        expected = values[H] * compute(into, values) ** 2 + Fraction(values[H]) / values[s]
        assert value_at(as_expression(replaced), values) == expected


@given(trees((H, W), (2, 3, 4, s, t)))
@draws(100)
def test_common_denominators(tree: Tree) -> None:
    poly = polynomial(build(tree, Arithmetic()))
    numerator, number, monomial = common_denominator(poly)
    assert all(isinstance(c, int) for c in numerator.values())
    assert all(exponent > 0 for m in numerator for _, exponent in m)
    assert multiply(numerator, power({monomial: number}, -1)) == poly


@given(trees((H,), (2, 3)), trees((W, s), (2, 3)))
@draws(60)
def test_factors_in_one_symbol_come_apart(left: Tree, right: Tree) -> None:
    one, other = (polynomial(build(tree, Arithmetic())) for tree in (left, right))
    product = multiply(one, other)
    apart = separated(product)
    if apart is None:
        assert len(one) < 2 or len(other) < 2 or not all(isinstance(a, Symbol) for m in product for a, _ in m)
    else:
        assert multiply(*apart) == product
        assert min(map(len, apart)) > 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (2 ** (n + 1), 2 * 2**n),
        (4**n, 2 ** (2 * n)),
        (6**n, 2**n * 3**n),
        (Rational(1, 2) ** n * 2**n, Integer(1)),
        (2 ** (n + p), 2**n * 2**p),
        (H ** (n + 2), H**2 * H**n),
        (8 ** (n / 3), 2**n),
        (1 / (2 * s + 2), 1 / (s + 1) / 2),
        (1 / (4 - 2 * s) ** 3, -1 / (s - 2) ** 3 / 8),
        (1 / (s * t + s), 1 / s / (t + 1)),
    ],
)
def test_powers_have_one_form(one: Value, other: Value) -> None:
    assert polynomial(one) == polynomial(other)
    assert polynomial(as_expression(polynomial(one))) == polynomial(one)


def test_numbers_and_zero() -> None:
    assert polynomial(0) == polynomial(H - H) == polynomial((H + 1) ** 2 - H**2 - 2 * H - 1) == {}
    assert as_expression({}) == 0
    assert polynomial(Rational(3, 4)) == polynomial(Fraction(3, 4)) == {ONE: Fraction(3, 4)}
    assert constant(polynomial(H + 5)) == 5
    assert content([4, 6, -8]) == 2
    assert content([]) == 0
    with pytest.raises(ZeroDivisionError):
        power({}, -1)


def test_roundings_keep_what_stands_inside() -> None:
    assert inside(floor((H + 1) / 2, evaluate=False)) == quotient(polynomial((H + 1) / 2))
    assert inside_as_floor(ceiling(H / (2 * s), evaluate=False)) == quotient(polynomial((H + 2 * s - 1) / (2 * s)))


def test_symbols_come_from_one_factory() -> None:
    assert symbol("H") is symbol("H")
    assert symbol("H") != Symbol("H") != symbol("H", NONNEGATIVE)
    assert [domain_of(sym) for sym in (H, p, α, Symbol("H"))] == ["positive", NONNEGATIVE, RATIONAL, None]
    assert [type(exact(value)) for value in (Integer(3), Rational(1, 2), Fraction(4, 2))] == [int, Fraction, int]
    assert exact(H) is H
