"""Equality of values with cases: it is decided in each, with what is known there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from sympy import Expr, Piecewise
from sympy.core.relational import Relational

from symcnn.algebra.conditions import Condition, Either, Truth, opposite, single
from symcnn.algebra.polynomial import add, as_expression, polynomial
from symcnn.algebra.symbols import Value, exact, expression
from symcnn.answers.given import Given
from symcnn.errors import SymcnnError

# Both values in a case, what is known there, and what must not be zero since the answer has no value there.
Branch: TypeAlias = tuple[Value, Value, Given, tuple[Expr, ...]]


class _UndefinedHereError(ValueError):
    """In a case a value divides by zero."""


def has_cases(*values: Value) -> bool:
    """Tell whether values are told apart by conditions."""
    return any(isinstance(value, Expr) and value.has(Piecewise) for value in values)


def branches(answer: Value, expected: Value, given: Given) -> list[Branch] | None:
    """Return both values where one of their conditions holds, and where not; None for one that is no relation."""
    condition = _condition(answer, expected)
    if not isinstance(condition, Relational):
        return None
    claim = given.arithmetic.compare(condition.rel_op, exact(condition.lhs), exact(condition.rhs))
    return list(_each(answer, expected, given, condition, claim))


def _condition(*values: Value) -> Expr | None:
    found = {part.args[0][1] for value in values for part in expression(value).atoms(Piecewise)}
    return min(found, key=str, default=None)


def _each(answer: Value, expected: Value, given: Given, condition: Relational, claim: Truth) -> Iterator[Branch]:
    for holds, known in ((True, _under(claim, given)), (False, _under(opposite(claim), given))):
        if known is None:
            continue
        try:
            right = _decided(expected, condition, holds, known)
        except _UndefinedHereError:
            continue
        try:
            yield _decided(answer, condition, holds, known), right, known, ()
        except _UndefinedHereError:
            sides = add(polynomial(exact(condition.lhs)), polynomial(exact(condition.rhs)), -1)
            yield right, right, known, (as_expression(sides),)


def _under(claim: Truth, given: Given) -> Given | None:
    if isinstance(claim, bool):
        return given if claim else None
    claims = [part for part in single(claim) if isinstance(part, (Condition, Either))]
    return given.assuming(*claims)


def _decided(value: Value, condition: Relational, holds: bool, known: Given) -> Value:
    """Return a value where a condition of its cases holds, or where it does not."""
    whole = expression(value)
    chosen = {}
    for part in whole.atoms(Piecewise):
        if part.args[0][1] == condition:
            rest = part.args[1:]
            chosen[part] = part.args[0][0] if holds else _rest(rest)
    try:
        return known.rebuilt(exact(whole.xreplace(chosen)))
    except (ZeroDivisionError, SymcnnError):
        raise _UndefinedHereError from None


def _rest(cases: tuple[tuple[Expr, Expr], ...]) -> Expr:
    (value, condition), *_ = cases
    return value if condition == True else Piecewise(*cases, evaluate=False)  # noqa: E712  SymPy's own truth
