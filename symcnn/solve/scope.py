"""What names stand for in a relation: quantities of the network, its symbols, and symbols of the relation itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from symcnn.algebra.symbols import exact, symbol
from symcnn.analysis import Analysis
from symcnn.analysis.tensor import Tensor
from symcnn.analysis.values import checked
from symcnn.errors import NotSupportedError
from symcnn.library.convention import known_conventions
from symcnn.library.rules import QUANTITIES

AXIAL = ("receptive_field", "jump", "size")  # of the input's axes: each has its own


def quantities_of(analysis: Analysis) -> tuple[str, ...]:
    """Return the names of what is asked of an analysis; a symbol of the net is none, whatever its name."""
    conventions = () if analysis.counting is None else known_conventions(analysis.counting.file)
    sizes = Tensor(analysis.output[0], analysis.output[1:]).named()
    return tuple(name for name in (*QUANTITIES, *AXIAL, *sizes, *conventions) if name not in analysis.symbols)


class SolveScope(dict[str, Any]):
    """The names on one axis of the input; what is nothing else is a symbol, a positive integer."""

    def __init__(self, analysis: Analysis, axis: int, values: Mapping[str, Any]) -> None:
        super().__init__()
        self._analysis, self._axis, self._values = analysis, axis, values
        self._quantities = quantities_of(analysis)

    def __missing__(self, name: str) -> Any:
        self[name] = exact(self._value(name))
        return self[name]

    def _value(self, name: str) -> Any:
        if name in self._analysis.symbols:
            own = self._analysis.symbols[name]
            return self._analysis.replaced.get(own, own)
        if name not in self._quantities:
            new = symbol(name)
            return checked({name: self._values[name]}, {name: new}, {})[new] if name in self._values else new
        if name in AXIAL:
            return self._axial(name)
        sizes = Tensor(self._analysis.output[0], self._analysis.output[1:]).named()
        return sizes[name] if name in sizes else self._analysis.count(name)

    def _axial(self, name: str) -> Any:
        field = self._analysis.receptive_field
        values = {"receptive_field": field.size, "jump": field.jump, "size": self._analysis.output[1:]}[name]
        if self._axis >= len(values):
            raise NotSupportedError(f"the {name} of a network without that axis")
        if values[self._axis] is None:
            raise NotSupportedError(f"a {name} that is not known", hint=field.reason or None)
        return values[self._axis]
