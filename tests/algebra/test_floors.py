"""Floors: the value against Python's `//`, and one form for one function."""

from __future__ import annotations

import pickle
import time
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Expr, Max, Min, ceiling, floor

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.facts import Facts
from symcnn.algebra.floors import ceiling_of, floor_of
from symcnn.algebra.symbols import NONNEGATIVE, Value, expression, symbol
from tests.helpers import draws

from .trees import SAMPLES, H, Tree, W, build, compute, p, points, roundings, s, symbols_of, t, trees, value_at, α

NOTHING = Facts()


def conv(size: Value, kernel: Value, stride: Value, padding: Value) -> Value:
    return floor_of((size + 2 * padding - kernel) / expression(stride), NOTHING) + 1


@pytest.mark.parametrize(("a", "b", "m", "c", "n"), [*product((1, 2, 3, 6), (-4, 0, 5), (1, 2, 6), (-1, 0, 3), (2, 3))])
def test_nested_floors_and_ceilings_of_numbers(a: int, b: int, m: int, c: int, n: int) -> None:
    down = floor_of((floor_of((a * H + b) / m, NOTHING) + c) / n, NOTHING)
    up = ceiling_of((ceiling_of((a * H + b) / m, NOTHING) + c) / n, NOTHING)
    mixed = floor_of((ceiling_of((a * H + b) / m, NOTHING) + c) / n, NOTHING)
    for x in range(1, 80):
        assert value_at(down, {H: x}) == ((a * x + b) // m + c) // n
        assert value_at(up, {H: x}) == -((-(-(-(a * x + b) // m) + c)) // n)
        assert value_at(mixed, {H: x}) == (-(-(a * x + b) // m) + c) // n
    assert max(roundings(form) for form in (down, up, mixed)) <= 1


@pytest.mark.parametrize("divisor", [1, 2, 6, -2, Fraction(3, 2), s])
@pytest.mark.parametrize("value", [H - 1, 2 * H + 4, H / 3 + W, α * H, H * W - 6, floor_of((H + 1) / 2, NOTHING) + 3])
def test_a_quotient_is_rounded_as_its_fraction(value: Expr, divisor: Value) -> None:
    a = Arithmetic()
    assert a.floor(value, divisor) == a.floor(a.divide(value, divisor))
    assert a.ceiling(value, divisor) == a.ceiling(a.divide(value, divisor))


def test_symbolic_strides_and_paddings() -> None:
    k = symbol("k")
    size = conv(conv(H, k, s, p), 3, t, 1)
    assert roundings(size) == 1
    for x, kernel, a, b, padding in product((1, 5, 8, 31), (1, 2, 7), (1, 2, 3), (1, 2, 5), (0, 1, 3)):
        first = (x + 2 * padding - kernel) // a + 1
        assert value_at(size, {H: x, k: kernel, s: a, t: b, p: padding}) == (first + 2 - 3) // b + 1


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ((H - 1) / 2, "ceiling(H/2) - 1"),
        ((H + 1) / 2, "ceiling(H/2)"),
        ((6 * H + 7) / 2, "3*H + 3"),
        ((7 * H + 9) / 3, "2*H + floor(H/3) + 3"),
        ((4 * H + 7) / 6, "floor((2*H + 3)/3)"),
        ((2 * H + 5) / (2 * s), "floor((H + 2)/s)"),
        ((H + s - 1) / s, "ceiling(H/s)"),
        ((H * s + 3 * s + 1) / s, "H + floor(1/s) + 3"),
        (expression(1) / (s + 1), "0"),
        ((H - 1) / s, "ceiling(H/s) - 1"),
        (-H / 2, "floor(H/2) - H"),
    ],
)
def test_whole_parts_common_factors_and_the_spelling(value: Expr, shown: str) -> None:
    form = floor_of(value, NOTHING)
    for values in points(value.free_symbols):
        top = Fraction(value_at(value, values))
        assert value_at(form, values) == top // 1
    assert equal_text(form, shown)


def equal_text(form: Value, shown: str) -> bool:
    names = {"H": H, "s": s, "floor": lambda x: floor_of(x, NOTHING), "ceiling": lambda x: ceiling_of(x, NOTHING)}
    return bool(form == eval(shown, {}, names)) and str(form).count("floor") == shown.count("floor")


@pytest.mark.parametrize("layers", [1, 2, 5, 20])
def test_halving_layers_keep_one_rounding(layers: int) -> None:
    convolved, pooled = H, H
    for _ in range(layers):
        convolved, pooled = conv(convolved, 3, 2, 1), floor_of(pooled / 2, NOTHING)
    assert convolved == ceiling_of(H / 2**layers, NOTHING) == ceiling(H / 2**layers, evaluate=False)
    assert pooled == floor_of(H / 2**layers, NOTHING) == floor(H / 2**layers, evaluate=False)


def test_twenty_nested_floors_are_one() -> None:
    size, steps = H, [(a % 5 - 2, a % 3 + 1, a % 7) for a in range(20)]
    for offset, stride, more in steps:
        size = floor_of((size + offset) / stride, NOTHING) + more
    assert roundings(size) == 1
    for x in (1, 10, 1000, 10**6 + 7, 10**9 - 1):
        expected = x
        for offset, stride, more in steps:
            expected = (expected + offset) // stride + more
        assert value_at(size, {H: x}) == expected


STEP = st.tuples(st.integers(-9, 9), st.integers(1, 6), st.integers(-4, 4), st.booleans())


@given(st.lists(STEP, min_size=1, max_size=5))
def test_a_chain_and_its_merged_formula_are_one_expression(chain: list[tuple[int, int, int, bool]]) -> None:
    size: Value = H
    offset, divisor = 0, 1  # the chain is ⌊(H + offset)/divisor⌋
    for before, stride, after, up in chain:
        rounding = ceiling_of if up else floor_of
        size = rounding((size + before) / expression(stride), NOTHING) + after
        offset += before * divisor + (divisor * stride - divisor if up else 0)
        divisor *= stride
        offset += after * divisor
    assert size == floor_of((H + offset) / divisor, NOTHING)
    assert size == ceiling_of((H + offset - divisor + 1) / divisor, NOTHING)


@given(st.lists(STEP, min_size=1, max_size=4))
@draws(60)
def test_chains_with_symbolic_strides(chain: list[tuple[int, int, int, bool]]) -> None:
    size: Value = H
    tree: Tree = H
    for before, pick, after, up in chain:
        stride, name = (s, t, 2)[pick % 3], "ceiling" if up else "floor"
        size = (ceiling_of if up else floor_of)((size + before) / expression(stride), NOTHING) + after
        tree = ("+", (name, ("/", ("+", tree, before), stride)), after)
    assert roundings(size) <= 1
    for values in points({H, s, t}, 60):
        assert value_at(size, values) == compute(tree, values)


@given(st.integers(0, 31), st.lists(STEP, min_size=1, max_size=4))
def test_residues_remove_floors(residue: int, chain: list[tuple[int, int, int, bool]]) -> None:
    facts = Facts(residues={H: (32, residue)})
    size: Value = H
    for before, pick, after, _ in chain:
        size = floor_of((size + before) / expression(2 ** (pick % 3)), facts) + after
    halvings = sum(pick % 3 for _, pick, _, _ in chain)
    assert halvings > 5 or roundings(size) == 0
    for x in range(32 + residue, 400, 32):
        expected = x
        for before, pick, after, _ in chain:
            expected = (expected + before) // 2 ** (pick % 3) + after
        assert value_at(size, {H: x}) == expected


def test_known_divisibility_removes_floors() -> None:
    g, channels = symbol("g"), symbol("C")
    facts = Facts(divisible=frozenset({(frozenset({(frozenset({(channels, 1)}), 1)}), 1, frozenset({(g, 1)}))}))
    assert floor_of(channels / g, facts) == channels / g
    assert floor_of((3 * channels + 2 * g) / g, facts) == 3 * channels / g + 2
    assert ceiling_of(channels / g, facts) == channels / g


def test_sums_of_powers_are_whole() -> None:
    n = symbol("n", NONNEGATIVE)
    geometric = (s**n - 1) / (s - 1)
    for value in (geometric, 1 + (H - 1) * geometric, H * geometric**2):
        assert floor_of(value, NOTHING) == ceiling_of(value, NOTHING) == value
    assert floor_of(geometric / 2, NOTHING) != geometric / 2
    assert floor_of(H / (s - 1), NOTHING) != H / (s - 1)


def test_bounds_leave_one_value() -> None:
    assert floor_of(H / 8, Facts(lower={H: 16}, upper={H: 23})) == 2
    assert floor_of((p + 1) / (2 * p + 2), NOTHING) == 0
    assert roundings(floor_of(H / 8, Facts(lower={H: 16}, upper={H: 24}))) == 1


@pytest.mark.parametrize("divisor", [2, 3, s, 2 * s, s * t, α, α * s, s**2])
@pytest.mark.parametrize("top", [H, H - 1, H + s - 1, α * H, α * H + Fraction(1, 2), H * s + W, H * W + p, -H, 2 * α])
def test_symbolic_denominators_and_rational_symbols(top: Expr, divisor: Value) -> None:
    value = top / expression(divisor)
    down, up = floor_of(value, NOTHING), ceiling_of(value, NOTHING)
    nested = floor_of((down + 1) / expression(divisor), NOTHING)
    for values in points(top.free_symbols | expression(divisor).free_symbols, 60):
        exact = Fraction(value_at(value, values))
        assert value_at(down, values) == exact // 1
        assert value_at(up, values) == -(-exact // 1)
        assert value_at(nested, values) == (exact // 1 + 1) // Fraction(value_at(divisor, values))


def test_floors_around_extrema_and_sums_below() -> None:
    larger, smaller = Max(H - 4, 1, evaluate=False), Min(2 * p - s, p, evaluate=False)
    forms = [
        floor_of((larger + 3) / 2, NOTHING),
        ceiling_of((H + smaller) / s, NOTHING),
        floor_of(H / (s + 1), NOTHING),
    ]
    for values in points({H, s, p}, 200):
        x, a, b = (int(values[sym]) for sym in (H, s, p))
        expected = [(max(x - 4, 1) + 3) // 2, -(-(x + min(2 * b - a, b)) // a), x // (a + 1)]
        assert [value_at(form, values) for form in forms] == expected


@given(trees((H, W, p), (1, 2, 3, 4, 8, s, ("+", s, 1))))
@draws(250)
def test_any_formula_of_integers(tree: Tree) -> None:
    value = build(tree, Arithmetic())
    for values in points(symbols_of(tree), 40):
        assert value_at(value, values) == compute(tree, values)


@given(trees((H, α), (2, 3, s, α, ("*", 2, α))))
@draws(250)
def test_any_formula_of_rationals(tree: Tree) -> None:
    value = build(tree, Arithmetic())
    for values in points(symbols_of(tree), 40):
        assert value_at(value, values) == compute(tree, values)


@given(trees((H, W), (2, 3, 4, 8, s)), st.integers(0, 7))
@draws(150)
def test_any_formula_under_facts(tree: Tree, residue: int) -> None:
    facts = Facts(lower={H: 8 + residue, W: 3}, upper={W: 8}, residues={H: (8, residue)})
    value = build(tree, Arithmetic(facts))
    for x, y, a in product(range(8 + residue, 60, 8), (3, 4, 7, 8), SAMPLES[s]):
        values = {H: x, W: y, s: a}
        assert value_at(value, values) == compute(tree, values)


def test_the_same_sum_in_another_order_is_the_same_floor() -> None:
    terms = [symbol(f"x{i}", NONNEGATIVE) for i in range(20)]
    forward: Value = 0
    backward: Value = 0
    for term in terms:
        forward = floor_of((forward + term) / 1, NOTHING)
    for term in reversed(terms):
        backward = floor_of((backward + term) / 1, NOTHING)
    assert floor_of(forward / 2, NOTHING) == floor_of(backward / 2, NOTHING)


def test_eighty_layers_with_symbolic_strides_cost_little() -> None:
    k, size = symbol("k"), symbol("H_of_eighty")
    started = time.process_time()
    for _ in range(80):
        size = conv(size, k, s, p)
    assert roundings(size) == 1
    assert time.process_time() - started < 1  # expected 0.05 s; evaluating fresh floors would cost many seconds


def test_threads_agree() -> None:
    def chain(start: int) -> Value:
        size: Value = H
        for i in range(start, start + 30):
            size = conv(size, i % 5 + 1, i % 3 + 1, i % 2)
        return size

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(chain, [*range(20), *range(20)])) == [chain(i) for i in range(20)] * 2


def test_atoms_are_those_that_sympy_makes() -> None:
    for ours in (floor_of(H, NOTHING, 7), floor_of(H * W, NOTHING, 6), ceiling_of(H, NOTHING, 5)):
        assert isinstance(ours, (floor, ceiling))
        theirs = type(ours)(ours.args[0], evaluate=False)
        assert (ours, hash(ours), ours.nargs, ours.__dict__.keys()) == (
            theirs,
            hash(theirs),
            theirs.nargs,
            theirs.__dict__.keys(),
        )
        assert ours.subs({H: 22, W: 5}) == theirs.subs({H: 22, W: 5})
        assert pickle.loads(pickle.dumps(ours)) == theirs
