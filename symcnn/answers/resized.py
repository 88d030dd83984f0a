"""A layer of a network in numbers on a tensor of other sizes: it is as the right one, but for what sizes change.

So most of what follows from a wrong size is: kinds whose sizes, channels and requirements allow it are not applied once
more. What is counted is worked out where it is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from math import prod
from typing import Any

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.symbols import Value, exact
from symcnn.analysis.arguments import SAME
from symcnn.analysis.outcome import Counted, Outcome
from symcnn.analysis.tensor import Tensor
from symcnn.errors import SymcnnError
from symcnn.formula.meaning import FOLDS
from symcnn.formula.nodes import Name, names
from symcnn.formula.values import Frame, Meaning, number
from symcnn.library.additive import by_positions
from symcnn.library.kind import Kind
from symcnn.library.rules import COUNTED
from symcnn.tree import Slip

_TENSOR = {"size", "channels"}


class Resizing:
    """What one right layer is on other tensors; all layers of a network share the `sizes` that they find."""

    def __init__(self, right: Outcome, arithmetic: Arithmetic, sizes: dict[Any, Value]) -> None:
        self._right, self._arithmetic, self._sizes = right, arithmetic, sizes
        self._kind, self._axes = right.kind, len(right.values["n"])
        self._may = _resizes(right.kind) and len(right.output.sizes) == self._axes and SAME not in right.values

    def of(self, tensor: Tensor, slips: tuple[Slip, ...]) -> Outcome | None:
        """Return what it makes of a tensor of numbers, by mistake of its size or channels, if by any.

        None where it must be applied once more; raises `SymcnnError` where a size is impossible.
        """
        wrong = {slip.quantity: slip for slip in slips}
        if not (self._may and wrong.keys() <= _TENSOR and len(wrong) == len(slips)):
            return None
        if len(tensor.sizes) != self._axes or not _are_integers(tensor):
            return None
        output = self._output(tensor, wrong)
        if output is None:
            return None
        values = _Resized(self._right, tensor, output, self._arithmetic)
        return Outcome(output, self._right.windows, Counted(values), (), self._kind, values)

    def _output(self, tensor: Tensor, wrong: Mapping[str, Slip]) -> Tensor | None:
        """Return the output; None where other channels may not fit, or an argument is a symbol."""
        if _hands_on(self._kind) and not wrong:
            return tensor
        same_channels = tensor.channels == self._right.values["C"]
        if not same_channels and not self._is_fit(tensor):
            return None
        sizes = tuple([self._size(axis, tensor, wrong.get("size")) for axis in range(self._axes)])
        channels = self._right.output.channels
        if "channels" in wrong or not same_channels:
            rules, slip = self._kind.rules, wrong.get("channels")
            channels = self._worth(rules["channels"] if slip is None else self._kind.mistake(slip), tensor, None)
        output = Tensor(channels, sizes)
        if _are_integers(output):
            if channels < 1 or min(sizes, default=1) < 1:
                raise SymcnnError("a size is impossible")
            return output
        if any(isinstance(size, Fraction) for size in output.shape):
            raise SymcnnError("a size is no integer")
        return None

    def _is_fit(self, tensor: Tensor) -> bool:
        """Tell whether what is required of other channels is known to hold."""
        frame = self._frame(tensor, None)
        return all(demand.test(frame) is True for demand in self._kind.input_demands)

    def _size(self, axis: int, tensor: Tensor, slip: Slip | None) -> Value:
        """Return a size, worked out once for the same values of all that its rule speaks of."""
        sizes = tensor.sizes
        spoken = self._kind.spoken["size"] if slip is None else self._kind.spoken_by(slip)
        values = self._right.values
        known = [sizes if name == "n" else values[name] for name in spoken if name not in FOLDS]
        if len(known) == len(spoken):
            known = [value[axis] if isinstance(value, tuple) else value for value in known]
        key = (self._kind if slip is None else id(slip), axis if len(known) < len(spoken) else -1, *known)
        if key not in self._sizes:
            rule = self._kind.rules["size"] if slip is None else self._kind.mistake(slip)
            self._sizes[key] = self._worth(rule, tensor, axis)
        return self._sizes[key]

    def _worth(self, rule: Meaning, tensor: Tensor, axis: int | None) -> Value:
        return exact(number(rule(self._frame(tensor, axis)), None))

    def _frame(self, tensor: Tensor, axis: int | None) -> Frame:
        values = _Over({"n": tensor.sizes, "C": tensor.channels}, self._right.values)
        return Frame(self._arithmetic, values, axis)


@lru_cache(maxsize=4096)
def _resizes(kind: Kind) -> bool:
    """Tell whether on other sizes no more than sizes and counts of a kind is different; it keeps the axes."""
    spoken = {*kind.spoken["channels"], *(node.name for demand in kind.input_demands for node in names(demand.formula))}
    apart = kind.shaped_by is not None and "size" not in kind.folding and kind.formulas["axes"] == Name("axes")
    return apart and kind.settles and kind.free_windows and spoken.isdisjoint({"n", "inputs"})


@lru_cache(maxsize=4096)
def _hands_on(kind: Kind) -> bool:
    """Tell whether the output is a tensor like the input, whatever this is."""
    return _resizes(kind) and kind.keeps_size and kind.keeps_channels and not kind.input_demands


@lru_cache(maxsize=4096)
def _by_positions(kind: Kind) -> dict[str, int]:
    """Return what is counted in proportion to the positions of the output (1), or whatever these are (0)."""
    return by_positions(kind.formulas, COUNTED)


def _are_integers(tensor: Tensor) -> bool:
    return type(tensor.channels) is int and all(type(size) is int for size in tensor.sizes)


class _Over(dict[str, Any]):
    """Values of names in front of those of the right layer."""

    def __init__(self, values: Mapping[str, Any], right: Mapping[str, Any]) -> None:
        super().__init__(values)
        self._right = right

    def __missing__(self, name: str) -> Any:
        return self._right[name]

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or name in self._right


class _Resized(_Over):
    """The values of the names of a layer on another tensor."""

    def __init__(self, right: Outcome, tensor: Tensor, output: Tensor, arithmetic: Arithmetic) -> None:
        changed = {"n": tensor.sizes, "C": tensor.channels, "n'": output.sizes, "C'": output.channels}
        super().__init__(changed, right.values)
        self._kind, self._shapes, self._arithmetic = right.kind, (tensor.shape, output.shape), arithmetic
        self._same_channels = (tensor.channels, output.channels) == (right.values["C"], right.output.channels)

    def __missing__(self, name: str) -> Any:
        degree = _by_positions(self._kind).get(name) if self._same_channels else None
        if name in ("inputs", "elements"):
            self[name] = prod(self._shapes[name == "elements"])
        elif degree == 0:
            self[name] = self._right[name]
        elif degree == 1 and type(before := self._right[name]) is int:
            self[name] = before * prod(self["n'"]) // prod(self._right["n'"])
        elif name in COUNTED:
            rule, span = self._kind.rules[name], self._kind.formulas[name].span
            self[name] = exact(number(rule(Frame(self._arithmetic, self)), span))
        else:
            return self._right[name]
        return self[name]
