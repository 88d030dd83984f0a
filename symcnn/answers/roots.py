"""Roots in answers: exact ones are formulas without a root; of others a point tells that they are not what is right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import isqrt
from typing import Any

from sympy import Abs, Expr, Pow

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.polynomial import (
    Monomial,
    Number,
    Polynomial,
    add,
    as_expression,
    inverse,
    multiply,
    polynomial,
    times,
)
from symcnn.algebra.symbols import Value, exact, expression
from symcnn.answers.equality import Counterexample
from symcnn.answers.given import BudgetError, Evaluation, Given, UndefinedError
from symcnn.answers.tree import children
from symcnn.answers.unreadable import Unreadable
from symcnn.formula import nodes as f

_MOST_TERMS = 24  # of a formula whose root is sought
_BASES = (2, 3, 4, 5, 6, 7, 10, 12)  # of the powers that are tried as sizes
_POWERS = (2, 6)  # squares, and what has square and cube roots
_TURNS = 4  # how often the bases are given to the symbols in another order


class RootLeftError(Unreadable):
    """A root of symbols is left, which is a whole number for few sizes only."""

    def __init__(self, span: Any) -> None:
        hint = "answer without a root"
        message = "a root is left, which is no rational number for most sizes"
        super().__init__("undefined", message, span, hint, "答案中仍含有根号，对多数尺寸不是有理数")


def has_root(value: Value) -> bool:
    """Tell whether a root of symbols is left in a value."""
    return isinstance(value, Expr) and any(
        not power.exp.is_integer for power in value.atoms(Pow) if power.exp.is_Number
    )


def has_sign(value: Value) -> bool:
    """Tell whether a value has an absolute value as SymPy writes it, as the root of (H − W)² is."""
    return isinstance(value, Expr) and value.has(Abs)


def without_roots(value: Value) -> Value:
    """Return a value multiplied out, where √C·√C is C."""
    return exact(as_expression(polynomial(value)))


def square_root(value: Value) -> Value | None:
    """Return the formula r with r² = value and a leading term that is positive; None where there is none.

    >>> from symcnn.algebra.symbols import symbol
    >>> H, W = symbol("H"), symbol("W")
    >>> square_root(H**2 + 2*H*W + W**2)
    H + W
    """
    poly = polynomial(value)
    if not 0 < len(poly) <= _MOST_TERMS:
        return None
    order = sorted({atom for monomial in poly for atom, _ in monomial}, key=str)
    first = _root_of_term(*_leading(poly, order))
    if first is None:
        return None
    monomial, coefficient = first
    root: Polynomial = {monomial: coefficient}
    least = {atom: min(dict(m).get(atom, 0) for m in poly) for atom in order}  # twice as much as in any term of a root
    for _ in range(_MOST_TERMS):
        rest = add(poly, multiply(root, root), -1)
        if not rest:
            return exact(as_expression(root))
        left, number = _leading(rest, order)
        term = times(left, inverse(monomial))
        if _place(term, order) >= _place(monomial, order) or term in root or any(2 * e < least[a] for a, e in term):
            return None
        root = add(root, {term: Fraction(number) / (2 * coefficient)})
    return None


def _leading(poly: Polynomial, order: list[Expr]) -> tuple[Monomial, Number]:
    return max(poly.items(), key=lambda item: _place(item[0], order))


def _place(monomial: Monomial, order: list[Expr]) -> tuple[int, ...]:
    powers = dict(monomial)
    return tuple(powers.get(atom, 0) for atom in order)


def _root_of_term(monomial: Monomial, coefficient: Number) -> tuple[Monomial, Number] | None:
    above, below = coefficient.numerator, coefficient.denominator
    if above < 0 or isqrt(above) ** 2 != above or isqrt(below) ** 2 != below or any(e % 2 for _, e in monomial):
        return None
    return frozenset((atom, e // 2) for atom, e in monomial), Fraction(isqrt(above), isqrt(below))


def counterexample(item: Any, expected: Value, given: Given) -> Counterexample | None:
    """Return sizes at which all roots of an answer are rational numbers, and it is not what is right."""
    from symcnn.answers.worth import worth  # which works roots out

    for point in _points(given):
        known: Mapping[str, Any] = {name: point.values.get(sym, sym) for name, sym in given.symbols.items()}
        try:
            value, right = worth(item, Arithmetic(), known), point(expected)
        except (Unreadable, UndefinedError, BudgetError):
            continue
        if not isinstance(value, Expr) and value != right:
            spoken = set(_names(item)) | {s.name for s in expression(expected).free_symbols}
            shown = {sym.name: number for sym, number in point.values.items() if sym.name in spoken}
            return Counterexample(shown, value, right)
    return None


def _names(node: Any) -> Iterator[str]:
    if isinstance(node, f.Name):
        yield node.name
    for child in children(node):
        yield from _names(child)


def _points(given: Given) -> Iterator[Evaluation]:
    """Yield points whose sizes are powers, where the roots of products are whole."""
    free = sorted((s for s in given.symbols.values() if s not in given.replaced), key=str)
    for power in _POWERS:
        for turn in range(_TURNS):
            chosen: dict[Any, Any] = {s: _BASES[(turn + i) % len(_BASES)] ** power for i, s in enumerate(free)}
            found = given.completed(chosen)
            if found is not None:
                yield Evaluation(found)
