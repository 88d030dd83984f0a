"""The largest of many live sets: in numbers at once, in symbols by proofs of pairs, else what cannot be told apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.facts import Facts
from symcnn.algebra.operations import product, total
from symcnn.algebra.symbols import Value
from symcnn.memory.bounds import Bounds
from symcnn.memory.live import Live, maximal


class Largest:
    """Sizes of live sets under some facts, each worked out once, and which of two is larger."""

    def __init__(self, facts: Facts, batch: Value) -> None:
        self._facts, self._bounds, self._batch = facts, Bounds(facts), batch
        self._values: dict[Live, Value] = {}
        self._found: dict[tuple[Live, ...], Value] = {}
        self._proved: dict[tuple[Value, Value], bool] = {}

    def value(self, live: Live) -> Value:
        """Return how many numbers are alive, the whole batch together."""
        if live not in self._values:
            alive = total(product((size, count)) for size, count in sorted(live, key=str))
            self._values[live] = product((alive, self._batch))
        return self._values[live]

    def of(self, lives: tuple[Live, ...]) -> Value:
        """Return the size of the largest of some live sets."""
        if lives not in self._found:
            values = [value for value, _ in self.among(lives)]
            self._found[lives] = Arithmetic(self._facts).largest(values)
        return self._found[lives]

    def among(self, lives: Sequence[Live]) -> list[tuple[Value, int]]:
        """Return the values that are provably no smaller than some other, each with the place where it is first."""
        places: dict[Value, int] = {}
        largest = set(maximal(lives))
        for place, live in enumerate(lives):
            if live in largest:
                places.setdefault(self.value(live), place)
        kept = self._undominated(places)
        return [(value, place) for value, place in places.items() if value in kept]

    def _undominated(self, values: Iterable[Value]) -> list[Value]:
        kept: list[Value] = []
        for value in values:
            if not any(self._at_least(other, value) for other in kept):
                kept = [other for other in kept if not self._at_least(value, other)] + [value]
        return kept

    def _at_least(self, left: Value, right: Value) -> bool:
        if isinstance(left, (int, Fraction)) and isinstance(right, (int, Fraction)):
            return left >= right
        if (left, right) not in self._proved:
            self._proved[left, right] = self._bounds.at_least(left, right)
        return self._proved[left, right]
