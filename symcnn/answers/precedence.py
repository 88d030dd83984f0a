"""A frequent slip of the pen: a/b·c written where a/(b·c) is meant."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from symcnn.formula import nodes as f


def with_long_fractions(node: Any) -> Any:
    """Return an expression in which a division takes all that follows it in its product; the same if nothing does.

    >>> a, b = f.Number(6), f.Number(2)
    >>> with_long_fractions(f.Product((f.Product((a, b), ("/",)), b), ("*",))).operators
    ('/', '/')
    """
    changed: dict[str, Any] = {}
    for part in fields(node):
        value = getattr(node, part.name)
        if isinstance(value, tuple) and any(isinstance(item, f.Node) for item in value):
            changed[part.name] = tuple(map(with_long_fractions, value))
        elif isinstance(value, f.Node):
            changed[part.name] = with_long_fractions(value)
    if all(new is getattr(node, name) or new == getattr(node, name) for name, new in changed.items()):
        changed = {}
    if isinstance(node, f.Product):
        factors, operators = _flat(node)
        if "/" in operators and "*" in operators[operators.index("/") :]:
            place = operators.index("/")
            return f.Product(factors, (*operators[:place], *("/" for _ in operators[place:])), span=node.span)
    return replace(node, **changed) if changed else node


def _flat(node: f.Product) -> tuple[tuple[Any, ...], tuple[str, ...]]:
    first, *rest = node.factors
    if not isinstance(first, f.Product):
        return node.factors, node.operators
    factors, operators = _flat(first)
    return (*factors, *rest), (*operators, *node.operators)
