"""Solved recurrences against bodies that are run again and again in plain Python."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Expr, Piecewise

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.facts import Facts
from symcnn.algebra.polynomial import polynomial
from symcnn.algebra.proof import equal
from symcnn.algebra.symbols import NONNEGATIVE, Value, symbol
from symcnn.formula.express import express
from symcnn.formula.notation import text
from symcnn.repetition.recurrence import solve
from symcnn.repetition.substitution import replaced
from symcnn.repetition.sums import closed_sum
from tests.helpers import draws

from .unrolled import COUNTS, C, H, at, i, k, m, n, p, points, run, s, t, x

A = Arithmetic()

Step = Callable[[Any, int, Any], Any]

# start, step, the same in Python, and how it is shown
SOLVED: list[tuple[Value, Value, Step, str]] = [
    (C, x, lambda x, i, v: x, "C"),
    (C, x + k, lambda x, i, v: x + v[k], "i·k + C"),
    (C, x + k * (i + 1), lambda x, i, v: x + v[k] * (i + 1), "i·k·(i + 1)/2 + C"),
    (H, x - 2, lambda x, i, v: x - 2, "H − 2i"),
    (H, x - k + 1, lambda x, i, v: x - v[k] + 1, "H − i·(k − 1)"),
    (H, x - 2 * 2**i, lambda x, i, v: x - 2 * 2**i, "H + 2 − 2^(i + 1)"),
    (C, 2 * x, lambda x, i, v: 2 * x, "C·2^i"),
    (C, m * x, lambda x, i, v: v[m] * x, "C·m^i"),
    (C, x / 2, lambda x, i, v: Fraction(x) / 2, "C/2^i"),
    (C, 3 * x + k, lambda x, i, v: 3 * x + v[k], "C·3^i + k·(3^i − 1)/2"),
    (C, m * x + k, lambda x, i, v: v[m] * x + v[k], "C·m^i + k·((m^i − 1)/(m − 1) if m ≠ 1 else i)"),
    (C, (m + 1) * x + k, lambda x, i, v: (v[m] + 1) * x + v[k], "C·(m + 1)^i + k·((m + 1)^i − 1)/m"),
    (C, 2 * x + i, lambda x, i, v: 2 * x + i, "C·2^i + 2^i − i − 1"),
    (C, 2 * x + 2**i, lambda x, i, v: 2 * x + 2**i, "2^(i − 1)·(2C + i)"),
    (C, 2 * x + k * A.power(3, i), lambda x, i, v: 2 * x + v[k] * 3**i, "k·3^i + 2^i·(C − k)"),
    (H, x * 2**i, lambda x, i, v: x * 2**i, "H·2^(i·(i − 1)/2)"),
    (H, A.ceiling(x / 2), lambda x, i, v: -(-x // 2), "⌈H/2^i⌉"),
    (H, A.floor(x / 2), lambda x, i, v: x // 2, "⌊H/2^i⌋"),
    (H, A.floor((x - 1) / 2) + 1, lambda x, i, v: (x - 1) // 2 + 1, "⌈H/2^i⌉"),
    (H, A.floor((x - 3) / 2) + 1, lambda x, i, v: (x - 3) // 2 + 1, "⌊(H + 1)/2^i⌋ − 1"),
    (H, A.floor(A.floor(x / 2) / 2), lambda x, i, v: x // 2 // 2, "⌊H/4^i⌋"),
    (H, A.floor((x + 1) / 3), lambda x, i, v: (x + 1) // 3, "⌈(2H − 3^i)/(2·3^i)⌉"),
    (H, A.ceiling((x + 1) / 3), lambda x, i, v: -(-(x + 1) // 3), "⌈(3^i + 2H − 2)/(2·3^i)⌉"),
    (H, A.ceiling(x / s), lambda x, i, v: -(-x // v[s]), "⌈H/s^i⌉"),
    (H, A.floor((x + 2 * p - k) / s) + 1, lambda x, i, v: (x + 2 * v[p] - v[k]) // v[s] + 1, ""),
    (H, A.floor((x - k) / (2 * s)), lambda x, i, v: (x - v[k]) // (2 * v[s]), ""),
    (A.floor(H / 2), A.ceiling(x / 2), lambda x, i, v: -(-x // 2), "⌈(H − 1)/2^(i + 1)⌉"),
]


@pytest.mark.parametrize(("start", "step", "body", "written"), SOLVED, ids=[f"{row[1]}" for row in SOLVED])
def test_solutions(start: Value, step: Value, body: Step, written: str) -> None:
    solution = solve(step, x, i, start, A)
    assert solution is not None
    assert not solution.first_differs
    assert not written or text(express(solution.at(i))) == written
    for values in points({C, H, k, m, s, p} & (_symbols(start) | _symbols(step))):
        for count in COUNTS:
            expected = run(body, at(start, values), count, values)
            assert at(solution.at(i), {**values, i: count}) == expected
            assert at(solution.at(n - 1), {**values, n: count + 1}) == expected
            assert at(solution.at(count), values) == expected


def _symbols(value: Value) -> set[Any]:
    return set(value.free_symbols) if isinstance(value, Expr) else set()


@given(st.integers(-9, 9), st.integers(2, 6), st.integers(-3, 3), st.booleans(), st.integers(1, 300))
@draws(80)
def test_random_roundings(b: int, divisor: int, c: int, up: bool, size: int) -> None:
    rounding = A.ceiling if up else A.floor
    solution = solve(rounding((x + b) / divisor) + c, x, i, H, A)
    assert solution is not None
    for count in COUNTS[:8]:
        expected = run(lambda h, *_: (-(-(h + b) // divisor) if up else (h + b) // divisor) + c, size, count, {})
        assert at(solution.at(i), {H: size, i: count}) == expected


terms = st.lists(st.tuples(st.integers(-3, 3), st.integers(0, 2), st.sampled_from([1, 2, 3])), max_size=3)


@given(st.sampled_from([1, 2, 3, Fraction(1, 2), -2]), terms, st.integers(-5, 5))
@draws(80)
def test_random_linear_recurrences(a: int, parts: list[tuple[int, int, int]], start: int) -> None:
    added = A.total([A.product([c, i**d, A.power(r, i)], []) for c, d, r in parts])
    solution = solve(A.total([A.product([a, x], []), added]), x, i, start, A)
    assert solution is not None
    for count in COUNTS[:8]:
        expected = run(lambda state, j, _: a * state + sum(c * j**d * r**j for c, d, r in parts), start, count, {})
        assert at(solution.at(i), {i: count}) == expected


def test_channels_that_do_not_depend_on_what_was_before() -> None:
    doubling = solve(128 * 2**i, x, i, 64, A)
    assert doubling is not None
    assert (doubling.first_differs, doubling.at(i)) == (False, 64 * 2**i)
    colours = solve(64 * 2**i, x, i, 3, A)
    assert colours is not None
    assert colours.first_differs
    assert [at(colours.at(i), {i: place}) for place in range(4)] == [3, 64, 128, 256]
    assert isinstance(colours.at(n), Piecewise)
    assert text(express(colours.at(n))) == "3 if n == 0 else 64·2^(n − 1)"
    assert not isinstance(colours.at(n + 1), Piecewise)
    parity = solve((k + 1) / (i + 1), x, i, C, A)  # has no value before the first iteration
    assert parity is not None
    assert at(parity.at(i), {k: 5, C: 2, i: 3}) == 2
    weights = closed_sum(9 * colours.at(i) * 64 * 2**i, i, n, A)
    for count in COUNTS:
        channels = [3, *(64 * 2**place for place in range(count))]
        expected = sum(9 * channels[place] * channels[place + 1] for place in range(count))
        assert at(weights, {n: count}) == expected


def test_a_body_as_a_function() -> None:
    solution = solve(lambda size: A.ceiling(A.divide(size, 2)), x, i, H, A)
    assert solution is not None
    assert solution.step == A.ceiling(x / 2)
    assert (solution.start, solution.is_constant) == (H, False)
    assert solve(lambda size: size, x, i, H, A).is_constant  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "step",
    [
        x * x,
        A.floor(2 * x / 3),
        2 * A.floor(x / 2),
        1 / x,
        x + A.floor(H / 2**i),
        x * (i + 1),
        A.floor(x / (i + 1)),
        (s - 1) * x + i,
    ],
)
def test_what_has_no_closed_form_is_not_solved(step: Value) -> None:
    assert solve(step, x, i, H, A) is None


def test_sizes_stay_integers_and_positive() -> None:
    grown = solve(m * x + k, x, i, C, A)
    halves = solve(A.floor((x + 1) / 3), x, i, H, A)
    odd = solve(3 * x + k, x, i, C, A)
    arithmetic = solve(x + k * i, x, i, C, A)
    for solution in (grown, halves, odd, arithmetic):
        assert solution is not None
        assert A.integral(solution.at(n)) is True
    for solution in (grown, odd, arithmetic):
        assert solution is not None
        assert A.compare(">=", solution.at(n), 1) is True


def test_floors_merge_with_powers() -> None:
    powers: list[tuple[Value, Value]] = [
        (A.ceiling(A.ceiling(H / 2**n) / 2), A.ceiling(H / 2 ** (n + 1))),
        (A.ceiling(A.ceiling(H / 2) / 2**n), A.ceiling(H / 2 ** (n + 1))),
        (A.floor(A.floor((H + 1) / 2**n) / 2**i), A.floor((H + 1) / 2 ** (n + i))),
        (A.floor(A.floor(H / s**n) / s), A.floor(H / s ** (n + 1))),
        (A.floor((A.floor(H / 2**n) + 1) / 2), A.floor((H + 2**n) / 2 ** (n + 1))),
        (A.floor((4 * H) / 2 ** (n + 2)), A.floor(H / 2**n)),
    ]
    for left, right in powers:
        assert equal(left, right) is True


def test_identities_of_powers() -> None:
    b = k
    identities: list[tuple[Value, Value]] = [
        (2 * 2**n, 2 ** (n + 1)),
        ((2**n - 1) * 2 + 1, 2 ** (n + 1) - 1),
        (1 + b * (2**n - 1), b * 2**n - b + 1),
        (A.power(4, n), (2**n) ** 2),
        (A.power(6, n), 2**n * A.power(3, n)),
        (1 + (2 * m + 1) * (2**n - 1), (2 * m + 1) * 2**n - 2 * m),
        ((s**n - 1) / (s - 1) * (s - 1), s**n - 1),
        (1 + (k - 1) * (s**n - 1) / (s - 1), (s - 1 + (k - 1) * (s**n - 1)) / (s - 1)),
    ]
    for left, right in identities:
        assert equal(left, right) is True
    assert equal(2**n, 2 ** (n + 1)) is not True


def test_receptive_fields() -> None:
    """The field grows by (k − 1)·jump where the jump is multiplied with s."""
    jump = solve(s * t, t, i, 1, A)
    assert jump is not None
    above_one = Arithmetic(Facts(lower={s: 2}))
    field = solve(x + (k - 1) * jump.at(i), x, i, 1, above_one)
    assert field is not None
    assert equal(field.at(n), 1 + (k - 1) * (s**n - 1) / (s - 1)) is True
    dilated = solve(x + (2 - 1) * 2**i, x, i, 1, A)
    assert dilated is not None
    assert equal(dilated.at(n), 1 + (2**n - 1)) is True


def test_integers_that_are_proved() -> None:
    integers: list[Value] = [n * (n - 1) / 2, n * (n - 1) * (2 * n - 1) / 6, closed_sum(i * s**i, i, n, A)]
    integers += [(A.power(base, n) - 1) / (base - 1) for base in (3, 4, 10, s)]
    assert all(A.facts.integral(polynomial(value)) for value in integers)
    others: list[Value] = [n * (n + 2) / 2, A.power(3, n) / 2, (A.power(3, n) - 1) / 4, s**n / (s - 1)]
    assert not any(A.facts.integral(polynomial(value)) for value in others)


def test_sums_of_solutions() -> None:
    """The weights of a chain whose channels are solved, for a factor that may be 1; and channels that add up."""
    channels = solve(m * x + k, x, i, C, A)
    assert channels is not None
    weights = closed_sum(9 * channels.at(i) * channels.at(i + 1), i, n, A)
    for values in points({C, k, m}):
        for count in COUNTS[:7]:
            made = [values[C]]
            for _ in range(count):
                made.append(values[m] * made[-1] + values[k])
            expected = sum(9 * first * second for first, second in pairwise(made))
            assert at(weights, {**values, n: count}) == expected
    colours = solve(64 * 2**i, x, i, 3, A)
    assert colours is not None
    joined = solve(x + colours.at(i), x, i, C, A)
    assert joined is not None
    summed = closed_sum(joined.at(i), i, n, A)
    for count in COUNTS[:8]:
        states = [5]
        for place in range(count):
            states.append(states[-1] + (32 * 2**place if place else 3))
        assert at(joined.at(i), {i: count, C: 5}) == states[-1]
        assert at(summed, {n: count, C: 5}) == sum(states[:-1])


def test_repeats_inside_repeats() -> None:
    """Textbook receptive fields: blocks of doubling dilations, and stages of m convolutions and a pooling."""
    j, blocks, stages = symbol("j", NONNEGATIVE), symbol("b"), symbol("L")
    block = solve(x + 2**i, x, i, t, A)  # from any field t
    assert block is not None
    wavenet = solve(lambda state: A.total([block.at(n), state - t]), x, j, 1, A)
    assert wavenet is not None
    assert equal(wavenet.at(blocks), 1 + blocks * (2**n - 1)) is True
    convolutions = solve(x + 2 * s, x, i, t, A)
    assert convolutions is not None
    stage = replaced(A.total([convolutions.at(m), s]), {t: x, s: 2**j}, A)  # the pooling adds one jump
    vgg = solve(stage, x, j, 1, A)
    assert vgg is not None
    assert equal(vgg.at(stages), 1 + (2 * m + 1) * (2**stages - 1)) is True
    assert equal(vgg.at(stages), (2 * m + 1) * 2**stages - 2 * m) is True
