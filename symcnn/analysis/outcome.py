"""What a layer makes of a tensor, and the values of its rules, some worked out only when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from sympy import Expr

from symcnn.algebra.conditions import Condition, Either
from symcnn.algebra.symbols import Value
from symcnn.analysis.tensor import Tensor
from symcnn.analysis.window import Window
from symcnn.formula.values import Sides
from symcnn.library.kind import Kind
from symcnn.library.rules import COUNTED


class Outcome(NamedTuple):
    """What a layer makes of its input: the output, one window per input axis, the counted rules, conditions."""

    output: Tensor
    windows: tuple[Window, ...]
    counted: Mapping[str, Value]
    conditions: tuple[Condition | Either, ...]
    kind: Kind
    values: Mapping[str, Any]  # of every name that a rule may use


class Names(dict[str, Any]):
    """The values of a rule's names; `later` works out those that are asked for and not there yet.

    Of these, the `pending` ones are there for whoever goes through all names.
    """

    def __init__(self, later: Callable[[str], Any], values: dict[str, Any]) -> None:
        super().__init__(values)
        self._later = later
        self.pending: tuple[str, ...] = ()

    def __missing__(self, name: str) -> Any:
        value = self[name] = self._later(name)
        return value

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or name in self.pending

    def has(self, name: str) -> bool:
        """Tell whether a value is there already."""
        return super().__contains__(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def keys(self) -> Any:
        """Return all names."""
        self._complete()
        return super().keys()

    def items(self) -> Any:
        """Return all names with their values."""
        self._complete()
        return super().items()

    def _complete(self) -> None:
        for name in self.pending:
            _ = self[name]


class Counted(Mapping[str, Value]):
    """The values of the rules that are counted."""

    def __init__(self, values: Mapping[str, Value]) -> None:
        self._values = values

    def __getitem__(self, name: str) -> Value:
        return self._values[name]

    def __contains__(self, name: object) -> bool:
        return name in COUNTED

    def __iter__(self) -> Iterator[str]:
        return iter(COUNTED)

    def __len__(self) -> int:
        return len(COUNTED)


class Evaluated(dict[str, Any]):
    """The values of a rule's names, evaluated when they are asked for."""

    def __init__(self, values: Mapping[str, Any], evaluate: Callable[[Any], Any]) -> None:
        super().__init__()
        self._values, self._evaluate = values, evaluate

    def __missing__(self, name: str) -> Any:
        self[name] = self._exactly(self._values[name])
        return self[name]

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def get(self, name: str, default: Any = None) -> Any:
        """Return the value of a name, and `default` for one that is not there."""
        return self[name] if name in self._values else default

    def _exactly(self, value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(map(self._exactly, value))
        if isinstance(value, Sides):
            return Sides(self._exactly(value.before), self._exactly(value.after))
        return self._evaluate(value) if isinstance(value, Expr) else value
