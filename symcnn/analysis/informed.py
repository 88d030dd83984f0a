"""Arithmetic inside a layer, where more is known: its input is not empty, and what it requires holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from sympy import Expr, Mul, Pow

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.conditions import NONNEGATIVE, Condition, Either, Truth
from symcnn.algebra.polynomial import ONE, add, polynomial
from symcnn.algebra.symbols import Value


class Informed(Arithmetic):
    """The same operations with the facts of one layer; a product is zero only where a factor is, and no size is.

    `shapes` are those of the layer's input and, once it is known, of its output.
    """

    def __init__(
        self, outside: Arithmetic, shapes: Sequence[Sequence[Value]], conditions: Iterable[Condition | Either]
    ) -> None:
        self._positive = [size for shape in shapes for size in (*shape, outside.product([*shape], []))]
        sizes = [add(polynomial(size), {ONE: -1}) for size in self._positive]
        bounds = [c.polynomial for c in conditions if isinstance(c, Condition) and c.claim == NONNEGATIVE]
        facts = outside.facts
        super().__init__(replace(facts, known=(*facts.known, *sizes, *bounds)))

    @cached_property
    def _nonzero(self) -> set[Expr]:
        return {factor for size in self._positive if isinstance(size, Expr) for factor in _factors(size)}

    def compare(self, operator: str, left: Value, right: Value) -> Truth:
        """Decide `left operator right`, or return the condition for it."""
        if operator == "!=" and right == 0 and isinstance(left, Expr):
            open_factors = [factor for factor in _factors(left) if factor not in self._nonzero]
            return self.every([super(Informed, self).compare("!=", factor, 0) for factor in open_factors])
        return super().compare(operator, left, right)


def _factors(value: Expr) -> Iterator[Expr]:
    """Yield what must be zero, or not, for the value to be: numbers and positive denominators aside."""
    for part in Mul.make_args(value):
        base = part.base if isinstance(part, Pow) and part.exp.is_positive else part
        if not base.is_positive:
            yield base.primitive()[1]
