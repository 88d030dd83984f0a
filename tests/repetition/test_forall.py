"""Conditions of all iterations against asking each iteration in turn."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Symbol

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.conditions import Truth
from symcnn.algebra.evaluate import evaluator
from symcnn.algebra.symbols import Value, symbol
from symcnn.formula.express import express
from symcnn.formula.notation import text
from symcnn.repetition.forall import for_all
from symcnn.repetition.monotone import direction
from symcnn.repetition.recurrence import solve
from tests.helpers import draws

from .unrolled import C, H, i, k, m, n, x

A = Arithmetic()
g = symbol("g")
VALUES: dict[Symbol, range] = {C: range(1, 17), H: range(1, 20), k: range(1, 9), g: range(1, 7), m: range(1, 4)}


def points(symbols: set[Symbol]) -> Iterator[dict[Symbol, int]]:
    names = sorted(symbols, key=str)
    for values in product(*(VALUES[name] for name in names)):
        yield dict(zip(names, values, strict=True))


def is_true(claim: Truth, values: dict[Symbol, int]) -> bool:
    return claim if isinstance(claim, bool) else claim.holds(evaluator(values))


def check(claim: Truth, count: Value = n, counts: range = range(6)) -> list[Truth]:
    """Compare what is said of all iterations with every iteration."""
    found = for_all(claim, i, count, A)
    assert found is not None
    symbols = set() if isinstance(claim, bool) else claim.relation().free_symbols - {i}
    for values in points(symbols - {n}):
        for number in counts:
            repeated = evaluator({**values, n: number})(count)
            each = all(is_true(claim, {**values, i: place, n: number}) for place in range(int(repeated)))
            assert all(is_true(part, {**values, n: number}) for part in found) == each, (values, number)
    return found


def said(conditions: list[Truth]) -> list[str]:
    return [str(c) if isinstance(c, bool) else text(express(c.relation())) for c in conditions]


CLAIMS: list[tuple[Truth, list[str]]] = [
    (True, []),
    (A.compare(">=", H, 3), ["n == 0 or H ≥ 3"]),
    (A.compare(">=", H - 2 * i, 3), ["H ≥ 2n + 1"]),
    (A.compare(">=", H - k * i, 3), ["n == 0 or H ≥ k·(n − 1) + 3"]),
    (A.compare(">=", H + 2 * i, 3), ["n == 0 or H ≥ 3"]),
    (A.compare(">=", A.floor(H / 2**i), 1), ["2H ≥ 2^n"]),
    (A.compare(">=", A.ceiling(H / 2**i), 3), ["n == 0 or H ≥ 2^n + 1"]),
    (A.compare(">=", A.floor((H + 3) / 2**i) - 3, 3), ["H ≥ 3·2^n − 3"]),
    (A.compare(">=", H * 2**i, 3), ["n == 0 or H ≥ 3"]),
    (A.compare(">=", 40 - H * 2**i, 3), []),
    (A.compare(">=", H - i * (i + 1) / 2, 3), []),
    (A.compare(">=", A.floor(H / (i + 1)), 2), []),
    (A.integral(C / g), ["C % g == 0 or n == 0"]),
    (A.integral(C * 2**i / g), ["C % g == 0 or n == 0"]),
    (A.integral((C + k * i) / 8), ["C % 8 == 0 or n == 0", "k % 8 == 0 or n ≤ 1"]),
    (A.integral((C + 8 * i) / 8), ["C % 8 == 0 or n == 0"]),
    (A.integral(C * i * (i + 1) / 4), []),
    (A.integral((C + A.power(3, i)) / 4), []),
    (A.integral((C + k * 2**i) / 6), []),
    (A.integral(H / 2**i), ["2H % 2^n == 0"]),
    (A.integral(H / 2 ** (i + 1)), ["H % 2^n == 0"]),
    (A.compare("==", C + k * i, g), []),
    (A.compare("==", C * 2**i, g), []),
    (A.every([A.compare(">=", H - 2 * i, 3), A.integral(C / g)]), ["H ≥ 2n + 1", "C % g == 0 or n == 0"]),
]


@pytest.mark.parametrize(("claim", "written"), CLAIMS, ids=[str(place) for place in range(len(CLAIMS))])
def test_claims_of_all_iterations(claim: Truth, written: list[str]) -> None:
    found = check(claim)
    assert not written or said(found) == written


def test_false_claims() -> None:
    assert said(check(False)) == ["n == 0"]
    assert for_all(False, i, m, A) == [False]


def test_other_counts() -> None:
    for claim in (
        A.compare(">=", H - 2 * i, 3),
        A.integral((C + k * i) / 8),
        A.integral(H / 2**i),
        A.compare(">=", H, 3),
    ):
        check(claim, n + 1, range(5))
        check(claim, 2 * n, range(4))
        check(claim, 3, range(1))
    assert said(check(A.compare(">=", H - 2 * i, 3), n + 1, range(5))) == ["H ≥ 2n + 3"]


@given(st.integers(-6, 6), st.integers(-6, 6), st.integers(1, 3), st.integers(-20, 20), st.integers(1, 6))
@draws(20)
def test_random_claims(a: int, b: int, ratio: int, c: int, modulus: int) -> None:
    value: Value = A.total([a * i, A.product([b, A.power(ratio, i)], []), c, H])
    claim = A.compare(">=", value, 0)
    if for_all(claim, i, n, A) is not None:
        check(claim)
    else:
        assert a * b < 0  # two directions
    check(A.integral(A.divide(value, modulus)))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (H, 0), (i, 1), (H - i, -1), (2**i, 1), (A.power(2, -i), -1), (A.floor(H / 2**i), -1), (H * i + 2**i, 1),
        (A.floor((H + i) / 2), 1), (A.largest([H - i, k - 2 * i]), -1), (i * i - i, 1), (H + i * i - 10 * i, None),
        (i * (n - i), None), ((n - i) * 2, -1), (H / (i + 1), -1), (m**i, 1), (2**i - i, 1),
    ],
)  # fmt: skip
def test_directions(value: Value, expected: Any) -> None:
    assert direction(value, i, n, A) == expected


def test_what_is_not_monotone_is_not_said() -> None:
    assert for_all(A.compare(">=", H + i * i - 10 * i, 0), i, n, A) is None
    assert for_all(A.either([A.compare(">=", H - i, 3), A.compare("==", k, i)]), i, n, A) is None
    assert for_all(A.opposite(A.integral((H + i) / 2)), i, n, A) is None
    assert for_all(A.integral(A.floor(H / 2**i) / 2), i, n, A) is None
    assert for_all(A.compare("!=", H, i), i, n, A) is None


def test_strides_that_may_be_one() -> None:
    size = solve(A.floor((x - k) / m) + 1, x, i, H, A)
    assert size is not None
    claim = A.compare(">=", size.at(i), k)
    found = for_all(claim, i, n, A)
    assert found is not None
    for values in points({H, k, m}):
        for number in range(5):
            height, each = values[H], True
            for _ in range(number):
                each = each and height >= values[k]
                height = (height - values[k]) // values[m] + 1
            assert all(is_true(part, {**values, n: number}) for part in found) == each
