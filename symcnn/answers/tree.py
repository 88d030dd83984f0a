r"""Formulas as people type them: the nodes of the formula language, and those that only answers have.

What `\int` truncates, what a per cent sign divides by 100 and what a sum adds up is in the tree as it was written.
"""

from __future__ import annotations

import fractions
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from symcnn.formula import nodes as f
from symcnn.formula.nodes import Node


@dataclass(frozen=True, slots=True)
class Rounded(f.Number):
    """A number that is written as a rounded one, and half a unit in its last place."""

    half: fractions.Fraction


@dataclass(frozen=True, slots=True)
class Repeated(Node):
    r"""`\sum_{index=first}^{last} term`, or `\prod` of it; `sign` is sum or prod."""

    sign: str
    index: str
    first: Expression
    last: Expression
    term: Expression


@dataclass(frozen=True, slots=True)
class Fraction(Node):
    r"""`\frac{above}{below}`."""

    above: Expression
    below: Expression


@dataclass(frozen=True, slots=True)
class Root(Node):
    r"""`\sqrt[degree]{inner}`."""

    inner: Expression
    degree: int = 2


@dataclass(frozen=True, slots=True)
class Factorial(Node):
    """`inner!`."""

    inner: Expression


@dataclass(frozen=True, slots=True)
class Binomial(Node):
    r"""`\binom{above}{below}`: in how many ways `below` are chosen from `above`."""

    above: Expression
    below: Expression


@dataclass(frozen=True, slots=True)
class Percent(Node):
    """`inner%`, a hundredth."""

    inner: Expression


@dataclass(frozen=True, slots=True)
class Truncated(Node):
    """`int(inner)`: rounded towards zero, as in Python."""

    inner: Expression


@dataclass(frozen=True, slots=True)
class Absolute(Node):
    """`|inner|`."""

    inner: Expression


Expression: TypeAlias = f.Formula | Repeated | Fraction | Binomial | Root | Factorial | Percent | Truncated | Absolute


def children(node: Any) -> tuple[Any, ...]:
    """Return the expressions directly inside `node`, in the order they are written."""
    match node:
        case Repeated(_, _, first, last, term):
            return (first, last, term)
        case Fraction(above, below) | Binomial(above, below):
            return (above, below)
        case Root(inner) | Factorial(inner) | Percent(inner) | Truncated(inner) | Absolute(inner):
            return (inner,)
    return f.children(node)


def walked(node: Any) -> Iterator[Any]:
    """Yield a tree's nodes from the root on, without recursion."""
    open_ = [node]
    while open_:
        found = open_.pop()
        yield found
        open_.extend(children(found))


def depth(node: Any) -> int:
    """Return how many levels a tree has, without recursion."""
    deepest, level = 0, [node]
    while level:
        deepest += 1
        level = [child for parent in level for child in children(parent)]
    return deepest
