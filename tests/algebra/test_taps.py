"""Products whose input is real: loops over positions and taps, for all small numbers and for formulas."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.assumptions import facts_from
from symcnn.algebra.conditions import at_least
from symcnn.algebra.evaluate import evaluator
from symcnn.algebra.facts import Facts
from symcnn.algebra.symbols import NONNEGATIVE, symbol
from symcnn.formula.express import shown
from tests.helpers import draws

H, K, S, D, P = symbol("H"), symbol("k"), symbol("s"), symbol("d"), symbol("p", NONNEGATIVE)
A = Arithmetic()


def by_loops(n: int, m: int, k: int, s: int, p: int, d: int) -> int:
    """Count the pairs one by one."""
    return sum(0 <= x * s + t * d - p < n for x in range(m) for t in range(k))


def size(n: Any, k: Any, s: Any, p: Any, d: Any, a: Arithmetic = A) -> Any:
    """Return the output size of a convolution."""
    room = a.total([n, 2 * p, a.product([-1, d, a.total([k, -1])], []), -1])
    return a.total([a.floor(a.divide(room, s)), 1])


def test_all_small_numbers() -> None:
    ranges = (range(1, 6), range(1, 6), range(1, 5), range(1, 4), range(6), range(1, 4))
    assert all(A.taps(list(values)) == by_loops(*values) for values in product(*ranges))


@draws(200)
@given(
    st.integers(1, 40), st.integers(1, 40), st.integers(1, 20), st.integers(1, 7), st.integers(0, 30), st.integers(1, 7)
)
def test_numbers(n: int, m: int, k: int, s: int, p: int, d: int) -> None:
    assert A.taps([n, m, k, s, p, d]) == by_loops(n, m, k, s, p, d)


def test_huge_numbers_take_no_time() -> None:
    big = 10**12
    assert A.taps([big, big, big + 1, 1, big // 2, 1]) == big * (big + 1) - big // 2 * (big // 2 + 1)
    assert A.taps([7 * big, big, 3, 7, 0, 2]) == 3 * big


# Kernel, stride, padding, dilation, and what is shown for an input of H.
FORMS: list[tuple[Any, Any, Any, Any, str]] = [
    (1, 1, 0, 1, "H"),
    (3, 1, 1, 1, "3H − 2"),
    (3, 2, 1, 1, "2⌈H/2⌉ + ⌊H/2⌋ − 1"),
    (3, S, 1, 1, "2⌈H/s⌉ + ⌊(H − 2)/s⌋"),
    (5, 1, 2, 1, "3H + 2·max(H − 2, 0) − 2"),
    (7, 2, 3, 1, "max(⌈H/2⌉ − 2, 0) + max(⌊H/2⌋ − 1, 0) + 4⌈H/2⌉ + ⌊H/2⌋ − 3"),
    (K, 1, 0, 1, "k·(H − k + 1)"),
    (K, S, 0, D, "k·⌈(H + d − d·k)/s⌉"),
    (3, 2, 2, 2, "3⌈H/2⌉ − 2"),
]


@pytest.mark.parametrize(("k", "s", "p", "d", "form"), FORMS)
def test_forms(k: Any, s: Any, p: Any, d: Any, form: str) -> None:
    assert shown(A.taps([H, size(H, k, s, p, d), k, s, p, d])) == form


@pytest.mark.parametrize(
    ("k", "s", "p", "d"),
    [
        *(form[:4] for form in FORMS),
        *((3, 1, P, 1), (4, 3, P, 2), (3, S, P, D), (5, S, 2, 3)),
        *((K, 1, P, 1), (K, 2, P, 1), (K, S, P, 1), (K, 1, P, 2), (K, 1, P, D), (K, 1, (K - 1) / 2, 1)),
    ],
)
def test_formulas_are_exact_wherever_there_is_an_output(k: Any, s: Any, p: Any, d: Any) -> None:
    m = size(H, k, s, p, d)
    found = A.taps([H, m, k, s, p, d])
    used = {sym for value in (k, s, p, d) for sym in getattr(value, "free_symbols", ())}
    ranges = {H: range(1, 11), K: range(1, 6), S: range(1, 4), P: range(5), D: range(1, 4)}
    ranges = {sym: values if sym in used | {H} else range(1, 2) for sym, values in ranges.items()}
    seen = 0
    for chosen in product(*ranges.values()):
        at = evaluator(dict(zip(ranges, chosen, strict=True)))
        numbers = [at(value) for value in (H, m, k, s, p, d)]
        if numbers[1] >= 1 and numbers[4].denominator == 1:
            assert at(found) == by_loops(*map(int, numbers)), numbers
            seen += 1
    assert seen


def test_nested_floors() -> None:
    n = A.floor(A.divide(A.total([H, 1]), 2))
    for k, s, p, d in ((3, 2, 1, 1), (5, 3, 2, 2), (7, 2, 3, 1)):
        m = size(n, k, s, p, d)
        found = A.taps([n, m, k, s, p, d])
        for height in range(1, 60):
            at = evaluator({H: height})
            if at(m) >= 1:
                assert at(found) == by_loops(int(at(n)), int(at(m)), k, s, p, d)


def test_where_the_size_is_known_nothing_is_cut_off() -> None:
    facts, _ = facts_from([at_least(H, 3, Facts())])
    a = Arithmetic(facts)
    found = a.taps([H, a.ceiling(a.divide(H, 2)), 7, 2, 3, 1])
    assert shown(found) == "5⌈H/2⌉ + 2⌊H/2⌋ − 6"
    for height in range(3, 40):  # as it is printed: 5H − 6 − 3⌊H/2⌋
        assert evaluator({H: height})(found) == 5 * height - 6 - 3 * (height // 2)


def test_no_closed_form_is_no_guess() -> None:
    assert A.taps([H, size(H, K, 2, 1, 3), K, 2, 1, 3]) is None
