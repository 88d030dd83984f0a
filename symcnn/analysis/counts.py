"""What the rules of layers count, for the whole batch: multiplied, and summed, when it is asked for."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from symcnn.algebra.operations import product, total, weighted
from symcnn.algebra.symbols import Value
from symcnn.analysis.layers import Parts
from symcnn.library.rules import COUNTED, RULES


class _Lazy(Mapping[str, Any]):
    """The counted quantities by name; `exactly` makes the numbers that are handed out."""

    def __init__(self, batch: Value, exactly: Callable[[Any], Any]) -> None:
        self._batch, self._exactly = batch, exactly
        self._known: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._known:
            self._known[name] = self._exactly(self._value(name, self._batch if RULES[name].per_sample else 1))
        return self._known[name]

    def __contains__(self, name: object) -> bool:
        return name in COUNTED

    def __iter__(self) -> Iterator[str]:
        return iter(COUNTED)

    def __len__(self) -> int:
        return len(COUNTED)

    def __repr__(self) -> str:
        return repr(dict(self))

    @abstractmethod
    def _value(self, name: str, batch: Value) -> Value:
        """Return a quantity; of those that a batch multiplies that of the whole batch."""


class Counts(_Lazy):
    """Those of one layer; `of_one` has what its rules came to for one sample."""

    def __init__(self, of_one: Mapping[str, Value], batch: Value, exactly: Callable[[Any], Any]) -> None:
        super().__init__(batch, exactly)
        self.of_one = of_one

    def at(self, evaluate: Callable[[Value], Any], batch: Value, exactly: Callable[[Any], Any]) -> Counts:
        """Return the same in numbers, all of which are worked out now: some could not be."""
        return Counts({name: evaluate(value) for name, value in self.of_one.items()}, batch, exactly)

    def _value(self, name: str, batch: Value) -> Value:
        return product((self.of_one[name], batch))


class Totals(_Lazy):
    """Those of a network: each is summed over its layers for one sample, and then multiplied."""

    def __init__(self, parts: Parts, batch: Value, exactly: Callable[[Any], Any]) -> None:
        super().__init__(batch, exactly)
        self._parts = parts

    def _value(self, name: str, batch: Value) -> Value:
        once = weighted(((often, of_one[name]) for often, of_one in self._parts.equal), batch)
        looped = [summed(of_one[name]) for summed, of_one in self._parts.looped]
        return total((once, product((total(looped), batch)))) if looped else once
