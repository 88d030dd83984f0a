"""The largest of many live sets: in numbers at once, in symbols by proofs of pairs, else what cannot be told apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from sympy import Max

from symcnn.algebra.facts import Facts
from symcnn.algebra.operations import product, total
from symcnn.algebra.symbols import Value, expression
from symcnn.errors import SymcnnError
from symcnn.memory.bounds import Bounds
from symcnn.memory.live import Live, maximal
from symcnn.memory.points import Point


def largest(values: Sequence[Value]) -> Value:
    """Return the largest of values of which none is known to be no smaller than another one."""
    return values[0] if len(values) == 1 else Max(*map(expression, values), evaluate=False)


class Largest:
    """Sizes of live sets under some facts, each worked out once, and which of two is larger."""

    def __init__(self, facts: Facts, batch: Value, points: Sequence[Point] = ()) -> None:
        self._bounds, self._batch = Bounds(facts), batch
        self._points, self._worth = points, dict[Value, list[int | Fraction | None]]()
        self._values: dict[Live, Value] = {}
        self._found: dict[tuple[Live, ...], list[tuple[Value, int]]] = {}
        self._proved: dict[tuple[Value, Value], bool] = {}

    def value(self, live: Live) -> Value:
        """Return how many numbers are alive, the whole batch together."""
        if live not in self._values:
            alive = total(product((size, count)) for size, count in live)
            self._values[live] = product((alive, self._batch))
        return self._values[live]

    def among(self, lives: Sequence[Live]) -> list[tuple[Value, int]]:
        """Return the values that are provably no smaller than some other, each with the place where it is first."""
        key = tuple(lives)
        if key not in self._found:
            self._found[key] = self._among(lives)
        return self._found[key]

    def _among(self, lives: Sequence[Live]) -> list[tuple[Value, int]]:
        places: dict[Value, int] = {}
        unrivalled = set(maximal(lives))
        for place, live in enumerate(lives):
            if live in unrivalled:
                places.setdefault(self.value(live), place)
        kept = self.undominated(places)
        return [(value, place) for value, place in places.items() if value in kept]

    def undominated(self, values: Iterable[Value]) -> list[Value]:
        """Return the values that are not provably at most another one."""
        kept: list[Value] = []
        for value in values:
            if not any(self._at_least(other, value) for other in kept):
                kept = [other for other in kept if not self._at_least(value, other)] + [value]
        return kept

    def _at_least(self, left: Value, right: Value) -> bool:
        if isinstance(left, (int, Fraction)) and isinstance(right, (int, Fraction)):
            return left >= right
        if (left, right) not in self._proved:
            self._proved[left, right] = self._seems_at_least(left, right) and self._bounds.at_least(left, right)
        return self._proved[left, right]

    def _seems_at_least(self, left: Value, right: Value) -> bool:
        """Tell whether left ≥ right at all points: where it is not, a proof would be sought in vain."""
        worth = zip(self._at_points(left), self._at_points(right), strict=True)
        return all(a is None or b is None or a >= b for a, b in worth)

    def _at_points(self, value: Value) -> list[int | Fraction | None]:
        if value not in self._worth:
            self._worth[value] = [_worth(value, point) for point in self._points]
        return self._worth[value]


def _worth(value: Value, point: Point) -> int | Fraction | None:
    try:
        return point(value)
    except SymcnnError:  # a number that is too large
        return None
