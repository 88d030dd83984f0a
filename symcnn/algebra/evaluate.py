"""Exact values for symbols: Python integers and fractions all the way, never floats."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import log2, prod
from typing import TypeAlias

from sympy import Add, And, Expr, Integer, Max, Min, Mod, Mul, Not, Or, Piecewise, Pow, Rational, Symbol, ceiling, floor
from sympy.concrete.expr_with_limits import ExprWithLimits
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean, BooleanTrue

from symcnn.algebra.operations import outermost
from symcnn.algebra.symbols import Value
from symcnn.errors import NotSupportedError, SymcnnError

_MOST_BITS = 1_000_000  # larger powers are refused instead of filling the memory
_MOST_TERMS = 100_000  # of all the sums in one value together

Evaluate: TypeAlias = Callable[[Value], int | Fraction]


@dataclass
class _Budget:
    """How many terms of sums may still be worked out, and how many bits a power may have."""

    terms: int = _MOST_TERMS
    bits: int = _MOST_BITS

    def take(self, count: int) -> None:
        """Use some up; raises `NotSupportedError` where too few are left."""
        self.terms -= count
        if self.terms < 0:
            raise NotSupportedError(f"sums of more than {_MOST_TERMS:,} terms that have no closed form")


def evaluator(values: Mapping[Symbol, int | Fraction], terms: int = _MOST_TERMS, bits: int = _MOST_BITS) -> Evaluate:
    """Return a function that evaluates expressions at `values`; common parts are worked out once.

    It raises `SymcnnError` for a symbol without a value, a division by zero, an astronomically large power, or sums
    without a closed form of more than so many terms, all together.

    >>> from symcnn.algebra.symbols import symbol
    >>> H = symbol("H")
    >>> evaluator({H: 7})(9 * (H - 2) ** 2)
    225
    """
    return _evaluator(values, _Budget(terms, bits))


def _evaluator(values: Mapping[Symbol, int | Fraction], budget: _Budget) -> Evaluate:
    known: dict[Expr, int | Fraction] = dict(values)

    def evaluate(value: Value) -> int | Fraction:
        if type(value) is int or type(value) is Fraction:
            return value
        number = known.get(value)
        if number is None:
            if isinstance(value, ExprWithLimits):
                number = _accumulated(value, values, evaluate, budget)
            else:
                number = _compute(value, evaluate, budget)
            known[value] = number
        return number

    return evaluate


def _accumulated(
    expr: ExprWithLimits, values: Mapping[Symbol, int | Fraction], evaluate: Evaluate, budget: _Budget
) -> int | Fraction:
    """Work a sum or a product out, term by term; an empty one is 0 or 1."""
    body, index, start, end = outermost(expr)
    places = range(_whole(evaluate(start)), _whole(evaluate(end)) + 1)
    budget.take(len(places))
    terms = [_evaluator({**values, index: place}, budget)(body) for place in places]
    return _tidy(prod(terms) if expr.func.__name__ == "Product" else sum(terms))


def _whole(number: int | Fraction) -> int:
    if number.denominator != 1:
        raise SymcnnError(f"{number} is no number of times")
    return int(number)


def _compute(expr: Expr, evaluate: Evaluate, budget: _Budget) -> int | Fraction:
    if isinstance(expr, Mul):
        return _product(expr, evaluate, budget)
    if isinstance(expr, Rational):
        return int(expr.p) if expr.q == 1 else Fraction(int(expr.p), int(expr.q))
    if isinstance(expr, Symbol):
        raise SymcnnError(f"'{expr.name}' has no value")
    if isinstance(expr, Piecewise):
        return evaluate(next(value for value, condition in expr.args if holds(condition, evaluate)))
    parts = [evaluate(part) for part in expr.args]
    if isinstance(expr, Add):
        return _tidy(sum(parts))
    if isinstance(expr, Pow):
        return raise_power(parts[0], parts[1], budget.bits)
    operation = next((how for kind, how in _OPERATIONS.items() if isinstance(expr, kind)), None)
    if operation is None:
        raise SymcnnError(f"cannot evaluate {expr.func.__name__}")
    return _tidy(operation(parts))


def _product(expr: Mul, evaluate: Evaluate, budget: _Budget) -> int | Fraction:
    """Multiply; roots of one base are a whole power together, as SymPy writes 2^(n(n − 1)/2) as 2^(n²/2)·2^(−n/2)."""
    factors: list[int | Fraction] = []
    roots: dict[int | Fraction, int | Fraction] = {}
    for part in expr.args:
        if isinstance(part, Pow) and not isinstance(part.exp, Integer):
            base, exponent = evaluate(part.base), evaluate(part.exp)
            if exponent.denominator != 1:
                roots[base] = roots.get(base, 0) + exponent
                continue
        factors.append(evaluate(part))
    whole = [raise_power(base, _tidy(exponent), budget.bits) for base, exponent in roots.items()]
    return _tidy(prod((*factors, *whole)))


def holds(condition: Boolean, evaluate: Evaluate) -> bool:
    """Tell whether the condition of a case is true."""
    if isinstance(condition, (And, Or)):
        parts = (holds(part, evaluate) for part in condition.args)
        return all(parts) if isinstance(condition, And) else any(parts)
    if isinstance(condition, Not):
        return not holds(condition.args[0], evaluate)
    if isinstance(condition, Relational):
        return _RELATIONS[condition.rel_op](evaluate(condition.lhs), evaluate(condition.rhs))
    return isinstance(condition, BooleanTrue)


def raise_power(base: int | Fraction, exponent: int | Fraction, most_bits: int = _MOST_BITS) -> int | Fraction:
    """Return base**exponent exactly, for an integer exponent; raise `SymcnnError` otherwise, and for too many bits."""
    if exponent.denominator != 1:
        raise SymcnnError(f"the exponent {exponent} of {base} is no integer")
    if exponent < 0 and base == 0:
        raise SymcnnError("division by zero")
    times, size = int(exponent), max(abs(base.numerator), base.denominator)
    if size > 1 and (abs(times) > most_bits or abs(times) * log2(size) > most_bits):
        raise SymcnnError("the number is too large to be written out")
    return base**times if type(base) is int and times >= 0 else _tidy(Fraction(base) ** times)


def _tidy(number: int | Fraction) -> int | Fraction:
    return number.numerator if type(number) is Fraction and number.denominator == 1 else number


_OPERATIONS: dict[type[Expr], Callable[[list[int | Fraction]], int | Fraction]] = {
    floor: lambda parts: parts[0].numerator // parts[0].denominator,
    ceiling: lambda parts: -(-parts[0].numerator // parts[0].denominator),
    Max: max,
    Min: min,
    Mod: lambda parts: parts[0] % parts[1],
}

_RELATIONS: dict[str, Callable[[int | Fraction, int | Fraction], bool]] = {
    "==": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    ">=": lambda left, right: left >= right,
    ">": lambda left, right: left > right,
    "<=": lambda left, right: left <= right,
    "<": lambda left, right: left < right,
}
