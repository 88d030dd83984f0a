"""How much work a sum of an answer is, told before any of its terms is worked out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from symcnn.answers import tree
from symcnn.formula import nodes as f

MOST_TERMS = 1_000  # of sums, all together
MOST_WORK = 2_500  # parts of formulas with symbols that are put together for them: a tenth of a second
_HEAVY, _POWER = 6, 3  # as many parts is a rounding, a comparison, a power with symbols above; and another power
_COMPARED = (f.Floor, f.Ceiling, f.Apply, tree.Truncated, tree.Absolute, tree.Root)


def work_of_term(term: Any, numbers: Collection[str]) -> int:
    """Return how much work one term is, without the sums in it; none where its names all stand for numbers."""
    found = list(_without_sums(term))
    return sum(_weight(node, numbers) for node in found) if _has_symbols(found, numbers) else 0


def sums_in(term: Any) -> Iterator[tree.Repeated]:
    """Yield the outermost sums and products in a term."""
    open_ = [term]
    while open_:
        node = open_.pop()
        if isinstance(node, tree.Repeated):
            yield node
        else:
            open_.extend(tree.children(node))


def _without_sums(term: Any) -> Iterator[Any]:
    open_ = [term]
    while open_:
        node = open_.pop()
        if not isinstance(node, tree.Repeated):
            yield node
            open_.extend(tree.children(node))


def _has_symbols(nodes: Iterable[Any], numbers: Collection[str]) -> bool:
    return any(node.name not in numbers for node in nodes if isinstance(node, f.Name))


def _weight(node: Any, numbers: Collection[str]) -> int:
    if isinstance(node, _COMPARED):
        return _HEAVY
    if isinstance(node, f.Product):
        return 1 + _HEAVY * sum(operator in ("%", "//") for operator in node.operators)
    if isinstance(node, f.Power):
        return _HEAVY if _has_symbols(tree.walked(node.exponent), numbers) else _POWER
    return 1
