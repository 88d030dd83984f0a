"""Random formulas that are built twice: by the algebra, and by the oracle, Python's own integers and fractions."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import product
from typing import Any, TypeAlias

from hypothesis import strategies as st
from sympy import Expr, Symbol, ceiling, floor

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.evaluate import evaluator
from symcnn.algebra.symbols import NONNEGATIVE, RATIONAL, Value, symbol

Tree: TypeAlias = Any  # a number, a symbol, or a tuple of an operation's name and trees
Numbers: TypeAlias = Mapping[Symbol, int | Fraction]

H, W, s, t = symbol("H"), symbol("W"), symbol("s"), symbol("t")
p, n = symbol("p", NONNEGATIVE), symbol("n", NONNEGATIVE)
α = symbol("α", RATIONAL)

SAMPLES: dict[Symbol, list[int | Fraction]] = {
    H: [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 15, 16, 17, 31, 32, 33, 100],
    W: [1, 2, 3, 4, 7, 8, 13, 32],
    s: [1, 2, 3, 5],
    t: [1, 2, 4],
    p: [0, 1, 2, 5],
    n: [0, 1, 2, 3, 7],
    α: [Fraction(1, 3), Fraction(1, 2), Fraction(3, 4), 1, Fraction(7, 5), 2, 5],
}


def build(tree: Tree, arithmetic: Arithmetic) -> Value:
    """Return the algebra's value of a tree."""
    if not isinstance(tree, tuple):
        value: Value = tree
        return value
    parts = [build(part, arithmetic) for part in tree[1:]]
    match tree[0]:
        case "+":
            return arithmetic.total(parts)
        case "*":
            return arithmetic.product(parts, [])
        case "/":
            return arithmetic.divide(parts[0], parts[1])
        case "floor":
            return arithmetic.floor(parts[0])
        case "ceiling":
            return arithmetic.ceiling(parts[0])
        case "max":
            return arithmetic.largest(parts)
        case "min":
            return arithmetic.smallest(parts)
        case "mod":
            return arithmetic.modulo(parts[0], parts[1])
        case _:
            return arithmetic.power(parts[0], parts[1])


def compute(tree: Tree, values: Numbers) -> Fraction:
    """Return the oracle's value of a tree."""
    if isinstance(tree, Symbol):
        return Fraction(values[tree])
    if not isinstance(tree, tuple):
        return Fraction(tree)
    parts = [compute(part, values) for part in tree[1:]]
    match tree[0]:
        case "+":
            return sum(parts, Fraction(0))
        case "*":
            return parts[0] * parts[1]
        case "/":
            return parts[0] / parts[1]
        case "floor":
            return Fraction(parts[0].numerator // parts[0].denominator)
        case "ceiling":
            return Fraction(-(-parts[0].numerator // parts[0].denominator))
        case "max":
            return max(parts)
        case "min":
            return min(parts)
        case "mod":
            return parts[0] % parts[1]
        case _:
            return parts[0] ** int(parts[1])


def points(symbols: set[Symbol], most: int = 400) -> list[dict[Symbol, int | Fraction]]:
    """Return values for the symbols: all combinations of the samples, thinned out evenly to at most about `most`."""
    ordered = sorted(symbols, key=str)
    every = list(product(*(SAMPLES[sym] for sym in ordered)))
    step = max(1, len(every) // most) | 1  # odd, so that no sample list is stepped over in the same way
    return [dict(zip(ordered, values, strict=True)) for values in every[::step]]


def symbols_of(tree: Tree) -> set[Symbol]:
    if isinstance(tree, Symbol):
        return {tree}
    return set().union(*(symbols_of(part) for part in tree[1:])) if isinstance(tree, tuple) else set()


def value_at(value: Value, values: Numbers) -> int | Fraction:
    return evaluator(dict(values))(value)


def roundings(value: Value) -> int:
    """Return how many floors and ceilings stand in an expression."""
    return len(value.atoms(floor, ceiling)) if isinstance(value, Expr) else 0


def trees(symbols: tuple[Symbol, ...], divisors: tuple[Any, ...], leaves: int = 8) -> st.SearchStrategy[Tree]:
    """Return random formulas over the symbols, in which only the `divisors` divide."""
    small = st.integers(-6, 6)

    def grow(inner: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
        quotients = st.tuples(st.just("/"), inner, st.sampled_from(divisors))
        return st.one_of(
            st.tuples(st.just("+"), inner, st.one_of(inner, small)),
            st.tuples(st.just("*"), small, inner),
            st.tuples(st.just("*"), inner, st.sampled_from(symbols)),
            quotients,
            st.tuples(st.sampled_from(["floor", "ceiling"]), quotients),
            st.tuples(st.sampled_from(["floor", "ceiling"]), inner),
            st.tuples(st.sampled_from(["max", "min"]), inner, inner),
            st.tuples(st.just("mod"), inner, st.sampled_from(divisors)),
            st.tuples(st.just("**"), inner, st.integers(1, 2)),
        )

    return st.recursive(st.one_of(st.sampled_from(symbols), small), grow, max_leaves=leaves)
