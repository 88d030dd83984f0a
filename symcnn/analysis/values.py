"""The values that a user gives to symbols: read, exact, and in the symbol's domain."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from sympy import Expr, Symbol

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.evaluate import evaluator
from symcnn.algebra.symbols import RATIONAL, domain_of, exact
from symcnn.errors import SymcnnError, did_you_mean
from symcnn.formula.meaning import meaning
from symcnn.formula.nodes import names
from symcnn.formula.values import Frame, number
from symcnn.source import Source
from symcnn.syntax import parse_formula


def checked(
    values: Mapping[str, Any], symbols: Mapping[str, Symbol], replaced: Mapping[Symbol, Expr]
) -> dict[Symbol, int | Fraction]:
    """Return the value of every symbol; raises `SymcnnError` for what is missing, unknown or illegal.

    `replaced` are symbols with what they were assumed to equal: their values follow from others.
    """
    for name in values:
        if name not in symbols:
            listed = f"the symbols are {', '.join(sorted(symbols))}" if symbols else "there are no symbols"
            raise SymcnnError(f"there is no symbol '{name}'", hint=did_you_mean(name, symbols, listed))
    known = {symbols[name]: _legal(value, symbols[name]) for name, value in values.items()}
    _follow(known, {sym: value for sym, value in replaced.items() if sym.name in symbols})
    missing = [name for name, sym in sorted(symbols.items()) if sym not in known]
    if missing:
        raise SymcnnError(
            f"no value for {', '.join(missing)}",
            hint=f"give it one, as in {missing[0]}=64, or assume {missing[0]} == 64",
        )
    return known


def _follow(known: dict[Symbol, int | Fraction], replaced: Mapping[Symbol, Expr]) -> None:
    """Add the values that follow from H == W and the like."""
    for sym, value in replaced.items():
        if isinstance(value, Symbol) and sym in known:
            known.setdefault(value, known[sym])
    for sym, value in replaced.items():
        if sym not in known and value.free_symbols <= known.keys():
            known[sym] = _legal(evaluator(known)(value), sym)


def _legal(value: Any, symbol: Symbol) -> int | Fraction:
    exact_value = _number(symbol.name, value)
    if domain_of(symbol) == RATIONAL:
        if exact_value <= 0:
            raise SymcnnError(f"{symbol.name} is positive, not {value}")
        return exact_value
    if exact_value.denominator != 1:
        raise SymcnnError(f"{symbol.name} is an integer, not {value}")
    least = 1 if symbol.is_positive else 0
    if exact_value < least:
        raise SymcnnError(f"{symbol.name} is at least {least}, not {value}")
    return exact_value


def _number(name: str, value: Any) -> int | Fraction:
    if isinstance(value, str):
        value = _read(name, value)
    elif isinstance(value, (Expr, Fraction)):
        value = exact(value)
    if isinstance(value, bool) or not isinstance(value, (int, Fraction)):
        hint = "give an exact number, such as 56 or Fraction(1, 2)"
        raise SymcnnError(f"the value of {name} is {value!r}", hint=hint)
    return value


def _read(name: str, text: str) -> Any:
    """Return the value of a text such as "56", "1/2" or "2^5": a formula without names."""
    formula = parse_formula(Source(f"--at {name}", text))
    if names(formula):
        raise SymcnnError(f"the value of {name} is '{text}'", hint="give an exact number, such as 56")
    return number(meaning(formula)(Frame(Arithmetic(), {})), formula.span)
