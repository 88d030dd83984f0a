"""Putting values in for symbols: floors are canonical again afterwards, cases decided, indices of sums left alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sympy import Add, Expr, Max, Min, Mod, Mul, Ne, Piecewise, Pow, Symbol, ceiling, false, floor, true
from sympy.concrete.expr_with_limits import ExprWithLimits
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.conditions import Truth
from symcnn.algebra.operations import outermost
from symcnn.algebra.symbols import NONNEGATIVE, Value, exact, expression, symbol

_NAMES = "ijlmqrtuvwxyz"  # of indices that are bound inside a sum


def replaced(value: Value, values: Mapping[Symbol, Value], arithmetic: Arithmetic) -> Value:
    """Return the value with other values in the place of symbols, all at once.

    >>> from symcnn.algebra.symbols import symbol
    >>> H, n = symbol("H"), symbol("n")
    >>> replaced(Arithmetic().ceiling(H / 2**n), {n: n + 1}, Arithmetic())
    ceiling(H/(2*2**n))
    """
    if not isinstance(value, Expr) or not (value.free_symbols & values.keys()):
        return exact(value)
    if isinstance(value, Symbol):
        return exact(values[value])
    if isinstance(value, Piecewise):
        return cases(_possible(value, values, arithmetic))
    if isinstance(value, ExprWithLimits):
        return _inside_sum(value, values, arithmetic)
    return _rebuilt(value, [replaced(part, values, arithmetic) for part in value.args], arithmetic)


def _possible(
    value: Piecewise, values: Mapping[Symbol, Value], arithmetic: Arithmetic
) -> Iterator[tuple[Value, Boolean | bool]]:
    """Yield the cases that may apply; the values of others may divide by zero."""
    for chosen, condition in value.args:
        claim = _case(condition, values, arithmetic)
        if claim is not False:
            yield replaced(chosen, values, arithmetic), claim
        if claim is True:
            return


def _rebuilt(value: Expr, parts: list[Value], arithmetic: Arithmetic) -> Value:
    match value:
        case Add():
            return arithmetic.total(parts)
        case Mul():
            return arithmetic.product(parts, [])
        case Pow():
            return arithmetic.power(*parts)
        case floor():
            return arithmetic.floor(parts[0])
        case ceiling():
            return arithmetic.ceiling(parts[0])
        case Max():
            return arithmetic.largest(parts)
        case Min():
            return arithmetic.smallest(parts)
        case Mod():
            return arithmetic.modulo(*parts)
    raise TypeError(f"no value can be put into {type(value).__name__}")


def cases(choices: Iterable[tuple[Value, Boolean | bool]]) -> Value:
    """Return the first value whose condition is true, as cases where that is open."""
    kept: list[tuple[Expr, Boolean]] = []
    for value, condition in choices:
        if condition in (False, false):
            continue
        kept.append((expression(value), true if condition is True else condition))
        if condition in (True, true):
            break
    return exact(kept[0][0]) if kept[0][1] is true else Piecewise(*kept, evaluate=False)


def open_case(value: Value, index: Symbol) -> Boolean | None:
    """Return a condition, free of the index, of cases that depend on the index; None where there are none."""
    if not isinstance(value, Expr) or not value.has(Piecewise):
        return None
    found = {choice.args[0][1] for choice in value.atoms(Piecewise) if index in choice.free_symbols}
    return min((condition for condition in found if index not in condition.free_symbols), key=str, default=None)


def in_cases(
    value: Value, condition: Boolean, arithmetic: Arithmetic
) -> list[tuple[Value, Arithmetic, Boolean | bool]]:
    """Return a value where a condition of its cases holds, and where it does not, with what is known there."""
    choices = {choice for choice in expression(value).atoms(Piecewise) if choice.args[0][1] == condition}
    first: Value = expression(value).xreplace({choice: choice.args[0][0] for choice in choices})
    first = replaced(first, {sym: sym for sym in expression(first).free_symbols}, arithmetic)  # floors canonical again
    others = {choice: cases(choice.args[1:]) for choice in choices}
    other: Value = expression(value).xreplace({choice: expression(rest) for choice, rest in others.items()})
    if isinstance(condition, Ne) and isinstance(condition.lhs, Symbol):
        other = replaced(other, {condition.lhs: exact(condition.rhs)}, arithmetic)
    known = Arithmetic(arithmetic.facts.under(condition))
    return [(first, known, condition), (other, arithmetic, True)]


def relation_of(claim: Truth) -> Boolean | bool:
    """Return a condition as the cases have it."""
    return claim if isinstance(claim, bool) else claim.relation()


def _case(condition: Boolean, values: Mapping[Symbol, Value], arithmetic: Arithmetic) -> Boolean | bool:
    if isinstance(condition, Relational):
        sides = (replaced(side, values, arithmetic) for side in condition.args)
        return relation_of(arithmetic.compare(condition.rel_op, *sides))
    if condition is true:
        return True
    raise TypeError(f"no value can be put into {condition}")


def _inside_sum(value: ExprWithLimits, values: Mapping[Symbol, Value], arithmetic: Arithmetic) -> Value:
    body, index, start, end = outermost(value)
    values = {sym: new for sym, new in values.items() if sym != index}
    used = {sym for new in values.values() for sym in expression(new).free_symbols}
    bound = fresh(index, used | (body.free_symbols - {index}))
    start, end = (expression(replaced(limit, values, arithmetic)) for limit in (start, end))
    inside = replaced(body, {**values, index: bound}, arithmetic)
    return value.func(expression(inside), (bound, start, end))


def fresh(index: Symbol, used: Iterable[Symbol]) -> Symbol:
    """Return a symbol for an index whose name no other symbol has: the index itself, if that is so."""
    names = {sym.name for sym in used if sym != index} | ({index.name} if index in used else set())
    if index.name not in names:
        return index
    return next(symbol(name, NONNEGATIVE) for name in (*_NAMES, *(f"i_{n}" for n in range(1000))) if name not in names)
