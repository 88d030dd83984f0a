"""Formulas as their author wrote them: a closed set of frozen nodes, in order, with brackets.

Sums and products are flat, so that a long formula is a wide tree and not a deep one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from fractions import Fraction
from typing import Any

from symcnn.source import Source, Span

NOWHERE = Span(Source("", ""), 0, 0)  # of formulas that were made and not read


@dataclass(frozen=True, slots=True)
class Node:
    """What every part of a formula has: the text it was read from."""

    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Number(Node):
    """A number as it was written: an integer or an exact decimal."""

    value: int | Fraction


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A name: what it stands for is decided when the names around it are known."""

    name: str


@dataclass(frozen=True, slots=True)
class Text(Node):
    """A quoted word, such as "same"."""

    value: str


@dataclass(frozen=True, slots=True)
class Truth(Node):
    """`true` or `false`; in arithmetic 1 or 0."""

    value: bool


@dataclass(frozen=True, slots=True)
class Group(Node):
    """A formula in round brackets."""

    inner: Formula


@dataclass(frozen=True, slots=True)
class Sign(Node):
    """A leading `-` or `+`."""

    sign: str
    operand: Formula


@dataclass(frozen=True, slots=True)
class Sum(Node):
    """Terms with the signs between them: `signs[i]` stands before `terms[i + 1]`."""

    terms: tuple[Formula, ...]
    signs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Product(Node):
    """Factors with what stands between them: `*`, `/`, `//` or `%` before `factors[i + 1]`."""

    factors: tuple[Formula, ...]
    operators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Coefficient(Node):
    """A number before a factor, as in `2w` or `2(w + 1)`; binds tighter than `/`."""

    number: Number
    factor: Formula


@dataclass(frozen=True, slots=True)
class Apply(Node):
    """`a(b)`: a call where `a` is a function, else a product."""

    head: Formula
    arguments: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Power(Node):
    """`base^exponent`."""

    base: Formula
    exponent: Formula


@dataclass(frozen=True, slots=True)
class Floor(Node):
    """`⌊inner⌋`."""

    inner: Formula


@dataclass(frozen=True, slots=True)
class Ceiling(Node):
    """`⌈inner⌉`."""

    inner: Formula


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    """A chain such as `0 < a <= 1`."""

    operands: tuple[Formula, ...]
    operators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Logic(Node):
    """`and` or `or` between two or more conditions."""

    operator: str
    operands: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Not(Node):
    """`not operand`."""

    operand: Formula


@dataclass(frozen=True, slots=True)
class Choice(Node):
    """`value if condition else otherwise`."""

    value: Formula
    condition: Formula
    otherwise: Formula


@dataclass(frozen=True, slots=True)
class Cases(Node):
    """The first value whose condition is true, else the last one."""

    cases: tuple[tuple[Formula, Formula], ...]  # values and their conditions
    otherwise: Formula


@dataclass(frozen=True, slots=True)
class Iterated(Node):
    """A sum or a product over an index: `sign` is "sum" or "product"."""

    sign: str
    index: Name
    start: Formula
    end: Formula
    body: Formula


@dataclass(frozen=True, slots=True)
class Tuple(Node):
    """Values per axis, `(kh, kw)`, or a pair (before, after)."""

    items: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Shape(Node):
    """Values per axis written with a cross, `3×5`."""

    items: tuple[Formula, ...]


Formula = (
    Number
    | Name
    | Text
    | Truth
    | Group
    | Sign
    | Sum
    | Product
    | Coefficient
    | Apply
    | Power
    | Floor
    | Ceiling
    | Comparison
    | Logic
    | Not
    | Choice
    | Cases
    | Iterated
    | Tuple
    | Shape
)


PLAIN = (Number, Text, Truth)  # what is a value as it stands


def children(node: Formula) -> tuple[Formula, ...]:
    """Return the formulas directly inside `node`, in the order they are written."""
    inside = _INSIDE.get(type(node))
    return () if inside is None else inside(node)


# By the type of the node: every formula is looked through, and a chain of cases would be long.
_INSIDE: dict[type[Node], Callable[[Any], tuple[Formula, ...]]] = {
    Group: lambda node: (node.inner,),
    Floor: lambda node: (node.inner,),
    Ceiling: lambda node: (node.inner,),
    Sign: lambda node: (node.operand,),
    Not: lambda node: (node.operand,),
    Sum: lambda node: node.terms,
    Product: lambda node: node.factors,
    Comparison: lambda node: node.operands,
    Logic: lambda node: node.operands,
    Tuple: lambda node: node.items,
    Shape: lambda node: node.items,
    Coefficient: lambda node: (node.number, node.factor),
    Apply: lambda node: (node.head, *node.arguments),
    Power: lambda node: (node.base, node.exponent),
    Choice: lambda node: (node.value, node.condition, node.otherwise),
    Cases: lambda node: (*(part for case in node.cases for part in case), node.otherwise),
    Iterated: lambda node: (node.index, node.start, node.end, node.body),
}


def names(node: Formula) -> list[Name]:
    """Return every name in `node`, in the order they are written, functions included."""
    if type(node) is Name:
        return [node]
    if isinstance(node, PLAIN):
        return []
    found: list[Name] = []
    pending: list[Formula] = [node]
    while pending:
        current = pending.pop()
        if isinstance(current, Name):
            found.append(current)
        pending.extend(reversed(children(current)))
    return found


def with_names(node: Formula, formulas: Mapping[str, Formula]) -> Formula:
    """Return `node` with formulas in the place of names, in brackets where they are sums; conditions stay."""
    match node:
        case Name(name) if name in formulas:
            return Group(formulas[name]) if isinstance(formulas[name], Sum) else formulas[name]
        case Choice(value, condition, otherwise):
            return Choice(with_names(value, formulas), condition, with_names(otherwise, formulas))
        case Cases(cases, otherwise):
            values = tuple((with_names(value, formulas), condition) for value, condition in cases)
            return Cases(values, with_names(otherwise, formulas))
        case Iterated(_, index, start, end, body):
            outer = {name: formula for name, formula in formulas.items() if name != index.name}
            limits = with_names(start, formulas), with_names(end, formulas)
            return Iterated(node.sign, index, *limits, with_names(body, outer))
        case Coefficient(number, factor) if isinstance(factor, Name) and factor.name in formulas:
            return Product((number, with_names(factor, formulas)), ("*",))
    changed: dict[str, Any] = {}
    for part in fields(node):
        value = getattr(node, part.name)
        if isinstance(value, tuple) and any(isinstance(item, Node) for item in value):
            changed[part.name] = tuple(with_names(item, formulas) for item in value)
        elif isinstance(value, Node):
            changed[part.name] = with_names(value, formulas)
    return replace(node, **changed)
