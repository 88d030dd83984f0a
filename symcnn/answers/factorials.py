"""Factorials of symbols that cancel: n!/(2!·(n − 2)!) is n·(n − 1)/2!."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from typing import Any

from symcnn.algebra.symbols import Value, is_number
from symcnn.answers import tree
from symcnn.answers.unreadable import Unreadable
from symcnn.formula import nodes as f

_MOST_FACTORS = 12  # that are left of two factorials
Difference = Callable[[Any, Any], Value]  # of what two expressions are worth


class FactorialLeftError(Unreadable):
    """A factorial of symbols is left, which is no polynomial."""

    def __init__(self, span: Any) -> None:
        super().__init__("size", "this factorial is not worked out", span, chinese="这个阶乘无法化为公式")


def without_factorials(node: Any, difference: Difference) -> Any:
    """Return an expression in which factorials above and below a line are cancelled, as far as that goes."""
    if isinstance(node, (f.Product, tree.Fraction)):
        parts = list(_parts(node, 1))
        if parts and any(isinstance(part, tree.Factorial) for part, _ in parts):
            return _product(_cancelled(parts, difference), node)
    changed: dict[str, Any] = {}
    for part in fields(node):
        value = getattr(node, part.name)
        if isinstance(value, tuple) and any(isinstance(item, f.Node) for item in value):
            changed[part.name] = tuple(without_factorials(item, difference) for item in value)
        elif isinstance(value, f.Node):
            changed[part.name] = without_factorials(value, difference)
    return replace(node, **changed) if changed else node


def _is_number(node: Any) -> bool:
    return isinstance(node.inner if isinstance(node, f.Group) else node, f.Number)


def _parts(node: Any, power: int) -> Iterator[tuple[Any, int]]:
    """Yield the factors of a product of quotients with 1, and what it is divided by with −1."""
    match node:
        case f.Group(f.Product() | f.Group() | tree.Fraction() | tree.Factorial() as inner):
            yield from _parts(inner, power)
        case f.Product(factors, operators) if set(operators) <= {"*", "/"}:
            for sign, factor in zip(("*", *operators), factors, strict=True):
                yield from _parts(factor, power if sign == "*" else -power)
        case tree.Fraction(above, below):
            yield from _parts(above, power)
            yield from _parts(below, -power)
        case _:
            yield node, power


def _cancelled(parts: list[tuple[Any, int]], difference: Difference) -> list[tuple[Any, int]]:
    """Replace a!/b! by a·(a − 1)·…·(b + 1) where a − b is a small number."""
    left = list(parts)
    for above in [part for part, power in parts if power > 0 and isinstance(part, tree.Factorial)]:
        for below in [part for part, power in left if power < 0 and isinstance(part, tree.Factorial)]:
            number = difference(above.inner, below.inner)
            if not is_number(number) or number.denominator != 1 or abs(number) > _MOST_FACTORS:
                continue
            if _is_number(above.inner) or _is_number(below.inner):
                continue
            left.remove((above, 1))
            left.remove((below, -1))
            larger, power = (above.inner, 1) if number > 0 else (below.inner, -1)
            left += [(_less(larger, i), power) for i in range(abs(int(number)))]
            break
    return left


def _less(node: Any, number: int) -> Any:
    return f.Group(f.Sum((node, f.Number(number)), ("-",), span=node.span), span=node.span)


def _product(parts: list[tuple[Any, int]], node: Any) -> Any:
    signs = tuple("*" if power > 0 else "/" for _, power in parts)
    return f.Product((f.Number(1), *(part for part, _ in parts)), signs, span=node.span)
