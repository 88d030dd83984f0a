"""What a teacher writes: references and assumptions in the formula language, with SymPy's spellings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from sympy import Expr, Symbol

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.conditions import single
from symcnn.algebra.symbols import NONNEGATIVE, POSITIVE, domain_of, exact, symbol
from symcnn.answers.given import Stated
from symcnn.errors import NotSupportedError, SymcnnError, bounded_nesting
from symcnn.formula import nodes as f
from symcnn.formula.meaning import BUILTINS, meaning
from symcnn.formula.values import Frame, condition
from symcnn.source import Source
from symcnn.syntax import parse_assumptions, parse_formula
from symcnn.tree import Domain

_SPELLINGS = {"ceiling": "ceil", "Max": "max", "Min": "min", "Abs": "abs"}
# Functions that are no product of a symbol and a bracket.
_EXPONENT = re.compile(r"\^(\s*)\{([^{}]*)\}")
_UNKNOWN = frozenset(("sqrt", "log", "ln", "exp", "round", "factorial", "int", "sum", "Sum", "Product", "gcd", "lcm"))
_ORDERS = ("O", "Θ", "Theta", "Ω", "Omega", "o")
_SIGNS = {"Theta": "Θ", "Omega": "Ω"}
# What is called a padding may be 0, as it may in a network.
_MAY_BE_ZERO = frozenset({"P", "p", "pad", "padding", "O_p", "o_p", "OP", "op", "output_padding"})


@dataclass(frozen=True)
class Said:
    """A value, or a tuple of values, its symbols, and what is assumed."""

    value: Any
    symbols: Mapping[str, Symbol]
    claims: tuple[Stated, ...]
    order: str = ""


def said(reference: Any, declared: tuple[tuple[str, str], ...], assume: tuple[str, ...]) -> Said:
    """Return what a reference, with declared symbols (name, domain) and assumptions, means; raises `SymcnnError`."""
    conditions = [part for text in assume for part in parse_assumptions(Source("assume", text)).conditions]
    symbols = _Symbols({name: domain or _usual(name) for name, domain in declared} | _assumed_domains(conditions))
    arithmetic = Arithmetic()
    with bounded_nesting("the reference"):
        order, value = _value(reference, symbols, arithmetic)
        claims = tuple(_claims(conditions, symbols, arithmetic))
    for name, _ in declared:
        symbols[name]
    return Said(value, dict(symbols), claims, order)


class _Symbols(dict[str, Any]):
    """The symbols by name; a new name is a new symbol."""

    def __init__(self, domains: Mapping[str, str]) -> None:
        super().__init__()
        self._domains = domains

    def __missing__(self, name: str) -> Any:
        self[name] = symbol(name, self._domains.get(name) or _usual(name))
        return self[name]


def _usual(name: str) -> str:
    return NONNEGATIVE if name in _MAY_BE_ZERO else POSITIVE


def _assumed_domains(conditions: list[Any]) -> dict[str, str]:
    """Return the domains that assumptions speak of: `α rational`, and `P >= 0` of a number that may be 0."""
    found = {}
    for part in conditions:
        match part:
            case Domain():
                found[part.name] = "rational"
            case f.Comparison((f.Name(name), f.Number(0)), (">=",)) | f.Comparison(
                (f.Number(0), f.Name(name)), ("<=",)
            ):
                found[name] = NONNEGATIVE
    return found


def _value(reference: Any, symbols: _Symbols, arithmetic: Arithmetic) -> tuple[str, Any]:
    if isinstance(reference, tuple):
        return "", tuple(_value(part, symbols, arithmetic)[1] for part in reference)
    if not isinstance(reference, str):
        if isinstance(reference, Expr):
            for sym in reference.free_symbols:
                if symbols.setdefault(sym.name, sym) != sym:
                    raise SymcnnError(
                        f"{sym.name} is declared as {domain_of(symbols[sym.name])}, and is another symbol"
                    )
        return "", exact(reference)
    node = spelt(parse_formula(Source("reference", _without_braces(reference))))
    order = ""
    if isinstance(node, f.Apply) and isinstance(node.head, f.Name) and node.head.name in _ORDERS:
        order, node = _SIGNS.get(node.head.name, node.head.name), f.Group(node.arguments[0])
    return order, meaning(node)(Frame(arithmetic, symbols))


def _without_braces(reference: str) -> str:
    """Return a reference with LaTeX's exponents in brackets, 2^{n+1}, from the innermost on; places stay the same."""
    while (plain := _EXPONENT.sub(r"^\1(\2)", reference)) != reference:
        reference = plain
    return reference


def spelt(node: Any) -> Any:
    """Return a formula with SymPy's functions called as the language calls them, and no built-in name as a symbol."""
    if isinstance(node, f.Apply) and isinstance(node.head, f.Name) and node.head.name in _SPELLINGS:
        node = replace(node, head=f.Name(_SPELLINGS[node.head.name], span=node.head.span))
    elif isinstance(node, f.Apply) and isinstance(node.head, f.Name) and node.head.name in _UNKNOWN:
        raise NotSupportedError(f"the function '{node.head.name}' in a reference", node.span)
    elif isinstance(node, f.Name) and node.name in BUILTINS:
        raise SymcnnError(f"'{node.name}' is a function", node.span)
    changed: dict[str, Any] = {}
    for part in fields(node):
        value = getattr(node, part.name)
        if isinstance(node, f.Apply) and part.name == "head" and isinstance(value, f.Name):
            continue
        if isinstance(value, tuple) and any(isinstance(item, f.Node) for item in value):
            changed[part.name] = tuple(map(spelt, value))
        elif isinstance(value, f.Node):
            changed[part.name] = spelt(value)
    return replace(node, **changed)


def _claims(conditions: list[Any], symbols: _Symbols, arithmetic: Arithmetic) -> Iterator[Stated]:
    for part in conditions:
        if isinstance(part, Domain):
            symbols[part.name]
            continue
        for claim in single(condition(meaning(spelt(part))(Frame(arithmetic, symbols)), part.span)):
            if claim is False:
                raise SymcnnError(f"the assumption {part.span.text} never holds", part.span)
            if not isinstance(claim, bool):
                yield claim
