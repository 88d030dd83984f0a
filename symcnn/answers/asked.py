"""What is asked of a network or of one of its layers: a quantity, its right value, and what it is by mistake."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sympy import Expr

from symcnn.algebra.symbols import Value, exact
from symcnn.analysis.result import Analysis
from symcnn.analysis.tensor import TENSOR_NAMES, Tensor
from symcnn.answers.effects import SHAPE, depends
from symcnn.answers.replay import Replay, Run, counted
from symcnn.errors import NotSupportedError, SymcnnError, did_you_mean
from symcnn.library.kind import Kind
from symcnn.library.rules import QUANTITIES, WINDOW
from symcnn.tree import Slip

Answer = Value | tuple[Value, ...]  # a shape, or what differs from axis to axis, is a tuple

SHAPES = ("output", "size", *TENSOR_NAMES)
FIELDS = ("receptive_field", "jump")


@dataclass(frozen=True, slots=True)
class Asked:
    """A quantity of the layer at a place, or of the network."""

    quantity: str
    place: int | None

    def __post_init__(self) -> None:
        known = (*QUANTITIES, *SHAPES, *FIELDS)
        if self.quantity not in known:
            hint = did_you_mean(self.quantity, known, f"known are {', '.join(known)}")
            raise SymcnnError(f"no mistakes are known about '{self.quantity}'", hint=hint)

    @property
    def is_counted(self) -> bool:
        """Whether it is summed over layers."""
        return self.quantity in QUANTITIES

    def value(self, run: Run, replay: Replay) -> Answer:
        """Return what it is in a run; raises `SymcnnError` where it cannot be said."""
        if self.is_counted:
            if self.place is None:
                return replay.whole_batch(self.quantity, replay.total(run.derivation, self.quantity))
            return replay.whole_batch(self.quantity, counted(run.leaf(self.place), self.quantity))
        if self.quantity in SHAPES:
            output = run.derivation.output if self.place is None else run.leaf(self.place).outcome.output
            return shape_value(self.quantity, output)
        views = run.field(self.place)
        return alike([view.size if self.quantity == "receptive_field" else view.jump for view in views])

    def concerns(self, slip: Slip, kind: Kind, place: int) -> bool:
        """Tell whether a mistake in a layer of a kind can change what is asked."""
        if slip.quantity in SHAPE:
            return True
        if slip.quantity in WINDOW:
            return self.quantity in FIELDS
        return self.is_counted and self.place in (None, place) and depends(kind, self.quantity, slip.quantity)


def shape_value(quantity: str, output: Tensor) -> Answer:
    """Return an output's shape, or a part of it; sizes that are alike are one."""
    if quantity == "output":
        return output.shape
    if quantity == "size":
        if not output.sizes:
            raise NotSupportedError("the size of a tensor without axes")
        return alike(output.sizes)
    named = output.named()
    if quantity not in named:
        raise SymcnnError(f"{output} has no {quantity}", hint=f"it has {', '.join(named)}")
    return named[quantity]


def renamed(value: Value, analysis: Analysis) -> Value:
    """Return a formula in the symbols of an analysis: of the same names, though some may be 0 there."""
    if not isinstance(value, Expr):
        return value
    own = {s: analysis.symbols[s.name] for s in value.free_symbols if s.name in analysis.symbols}
    return exact(value.xreplace({s: t for s, t in own.items() if s != t}))


def alike(values: Sequence[Any]) -> Answer:
    """Return the one value of all axes, or those of each."""
    if not values:
        raise NotSupportedError("what is seen of an input without axes")
    return values[0] if all(value == values[0] for value in values) else tuple(values)
