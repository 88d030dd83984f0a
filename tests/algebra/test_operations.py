"""Our sums and products are SymPy's own, argument by argument."""

from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sympy import Add, Expr, Integer, Mul, Pow, Rational, ceiling, floor

from symcnn.algebra.operations import product, product_of, sum_of, total, weighted
from symcnn.algebra.symbols import expression, symbol

H, W, C = symbol("H"), symbol("W"), symbol("C")

numbers = st.one_of(st.integers(-5, 5), st.fractions(-3, 3, max_denominator=4))
atoms = st.sampled_from([H, W, C, floor(H / 2, evaluate=False), ceiling(W / 3, evaluate=False), Pow(2, C)])


def rational(number: int | Fraction) -> Expr:
    return Rational(Fraction(number).numerator, Fraction(number).denominator)


expressions = st.recursive(
    st.one_of(atoms, numbers.map(rational)),
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=4).map(lambda parts: Add(*parts)),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: Mul(*parts)),
        inner.map(lambda part: part**2),
    ),
    max_leaves=8,
)


@given(st.lists(expressions, max_size=6))
def test_a_sum_is_the_one_that_sympy_makes(terms: list[Expr]) -> None:
    ours, theirs = sum_of(terms), Add(*terms)
    assert ours == theirs
    assert ours.args == theirs.args
    assert hash(ours) == hash(theirs)


@given(st.lists(expressions, max_size=4))
def test_a_product_is_the_one_that_sympy_makes(factors: list[Expr]) -> None:
    ours, theirs = product_of(factors), Mul(*factors)
    assert ours == theirs
    assert ours.args == theirs.args


@given(st.lists(numbers, max_size=5))
def test_numbers_stay_python_numbers(values: list[int | Fraction]) -> None:
    assert total(values) == sum(values)
    assert isinstance(total(values), (int, Fraction))
    expected = Fraction(1)
    for value in values:
        expected *= value
    assert product(values) == expected
    assert not isinstance(product(values), Fraction) or expected.denominator != 1


def test_a_number_times_a_sum_is_multiplied_out_as_in_sympy() -> None:
    assert product_of([Integer(2), H - 2]) == 2 * H - 4
    assert product_of([Integer(2), C, H - 2]) == 2 * C * (H - 2)


values = st.one_of(numbers, expressions)
summands = st.lists(st.tuples(st.integers(1, 4), values), max_size=5)


@given(summands, values)
def test_a_weighted_sum_is_the_sum_of_the_products(parts: list[tuple[int, Any]], factor: Any) -> None:
    ours = weighted(parts, factor)
    theirs = total(product((times, value, factor)) for times, value in parts)
    assert (expression(ours) - expression(theirs)).expand() == 0
