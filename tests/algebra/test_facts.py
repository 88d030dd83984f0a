"""Facts: bounds, signs, residues and integrality never contradict brute force."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

from hypothesis import given
from hypothesis import strategies as st
from sympy import Rational, Symbol

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.assumptions import facts_from
from symcnn.algebra.conditions import integral
from symcnn.algebra.factors import is_nonnegative_by_factors
from symcnn.algebra.facts import Facts
from symcnn.algebra.polynomial import Polynomial, as_expression, polynomial
from symcnn.algebra.symbols import INTEGER, symbol
from tests.helpers import draws

from .trees import H, W, n, p, s, value_at, α

z = symbol("z", INTEGER)

TERM = st.tuples(st.integers(-5, 5), st.integers(0, 3), st.integers(0, 2))
BOUNDS = st.tuples(st.integers(1, 6), st.integers(0, 6))


@st.composite
def polynomials(draw: st.DrawFn) -> list[tuple[Fraction, int, int]]:
    terms = draw(st.lists(TERM, min_size=1, max_size=4))
    return [(Fraction(c, draw(st.sampled_from([1, 1, 2, 3, 4, 8]))), i, j) for c, i, j in terms]


def at(terms: list[tuple[Fraction, int, int]], x: int, y: int) -> Fraction:
    return sum((c * x**i * y**j for c, i, j in terms), Fraction(0))


def built(terms: list[tuple[Fraction, int, int]]) -> Polynomial:
    return polynomial(sum(((H**i * W**j) * c.numerator / c.denominator for c, i, j in terms), start=H - H))


@given(polynomials(), BOUNDS, BOUNDS, st.sampled_from([1, 2, 4, 6]), st.integers(0, 5))
@draws(400)
def test_bounds_signs_and_integrality(
    terms: list[tuple[Fraction, int, int]], first: tuple[int, int], second: tuple[int, int], modulus: int, residue: int
) -> None:
    low: dict[Symbol, int | Fraction] = {H: first[0], W: second[0]}
    up: dict[Symbol, int | Fraction] = {W: second[0] + second[1]}
    facts = Facts(lower=low, upper=up, residues={H: (modulus, residue % modulus)})
    poly = built(terms)
    values = [
        at(terms, x, y)
        for x, y in product(range(first[0], first[0] + 25), range(second[0], sum(second) + 1))
        if x % modulus == residue % modulus
    ]
    bound = facts.lower_bound(poly)
    assert bound is None or bound <= min(values)
    sign = facts.is_nonnegative(poly)
    assert sign is None or all((value >= 0) == sign for value in values)
    assert not facts.is_positive(poly) or min(values) > 0
    whole = facts.integral(poly)
    assert whole is None or all((value.denominator == 1) == whole for value in values)


@given(st.integers(1, 12), st.integers(0, 11), st.integers(1, 12), st.integers(0, 11), st.integers(1, 30))
def test_residues_of_products(m: int, a: int, o: int, b: int, modulus: int) -> None:
    facts = Facts(residues={H: (m, a % m), W: (o, b % o)})
    residue = facts.residue(frozenset({(H, 2), (W, 1)}), modulus)
    if residue is not None:
        for x, y in product(range(a % m, 60, m), range(b % o, 60, o)):
            assert x * x * y % modulus == residue


def test_a_large_polynomial_without_a_sign_is_not_decided() -> None:
    many = sum((z**i for i in range(1, 12)), start=H - H)
    assert Facts().lower_bound(polynomial(many + 1)) is None
    assert Facts().is_nonnegative(polynomial(z**9)) is None


def test_powers_of_two() -> None:
    facts = Facts(lower={n: 3})
    assert facts.integral(polynomial(2**n / 8)) is True
    assert facts.integral(polynomial(2**n / 16)) is None
    assert facts.lower_bound(polynomial(2**n)) == 8
    assert facts.is_nonnegative(polynomial(2 ** (2 * n) - 64)) is True


def test_fractions_of_positive_symbols_are_positive() -> None:
    assert Facts().is_positive(polynomial(H / s))
    assert Facts().is_nonnegative(polynomial(H / s - 1)) is None
    assert Facts().is_positive(polynomial(α))
    assert not Facts().is_positive(polynomial(α * p))
    assert Facts(lower={α: Fraction(1, 2)}).is_nonnegative(polynomial(2 * α - 1)) is True
    assert Facts(upper={α: 1}).is_nonnegative(polynomial(α - 1)) is None


def test_known_polynomials_are_used() -> None:
    facts = Facts(known=(polynomial(H - W - 3),))
    assert facts.is_nonnegative(polynomial(H - W - 2)) is True
    assert facts.is_nonnegative(polynomial(W - H)) is False
    assert facts.is_nonnegative(polynomial(H - W - 4)) is None


def test_known_polynomials_are_used_as_often_as_they_are_needed() -> None:
    facts = Facts(known=(polynomial(H - W - 3),))
    assert facts.is_nonnegative(polynomial(5 * H - 5 * W - 15)) is True
    assert facts.is_nonnegative(polynomial(2 * H - 3 * W)) is None
    assert facts.is_nonnegative(polynomial(5 * H - 5 * W - 16)) is None


def test_signs_are_seen_in_factors() -> None:
    facts = Facts(known=(polynomial(H - W), polynomial(s - W)))
    value = 9 * (H - W + 1) * (s - W + 1) * n**2 + (p - 3) ** 2
    assert is_nonnegative_by_factors(value, facts)
    assert not is_nonnegative_by_factors(value - 1, facts)
    assert not is_nonnegative_by_factors((H - W + 1) * (p - 3), facts)
    assert Arithmetic(facts, by_factors=True).largest([value, 0]) == value
    assert Arithmetic(facts, by_factors=True).absolute(-value) == value


def test_an_expression_and_its_polynomial_have_one_value() -> None:
    for x, y in product(range(1, 6), repeat=2):
        assert value_at(as_expression(built([(Fraction(1, 2), 2, 1)])), {H: x, W: y}) == Fraction(x * x * y, 2)


def test_a_positive_integer_multiple_bounds_a_rational() -> None:
    facts, _ = facts_from([integral(32 * α, Facts())])
    assert facts.is_nonnegative(polynomial(α - Rational(1, 32))) is True
    assert facts.is_nonnegative(polynomial(α - Rational(1, 16))) is None
