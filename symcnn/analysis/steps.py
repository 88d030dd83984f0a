"""What the steps of a network are: kinds and nets by their names, and kinds applied to tensors, each question once."""

from __future__ import annotations

from typing import Any, NamedTuple

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.analysis.apply import Application
from symcnn.analysis.arguments import Given, Matched, at_step, axes_text, match_arguments
from symcnn.analysis.fit import Known
from symcnn.analysis.outcome import Outcome
from symcnn.analysis.tensor import Tensor
from symcnn.errors import NotSupportedError, SymcnnError
from symcnn.library.kind import Kind, positional
from symcnn.library.standard import Found, find, standard_library
from symcnn.source import Span
from symcnn.tree import File, Step

MOST_ITEMS = 200_000  # different layers of one network, and rows of its table


class Read(NamedTuple):
    """A step, which is kept alive, with what its name stands for, and its arguments by parameter."""

    step: Step
    found: Found
    arguments: Matched


class Steps:
    """The steps of one analysis."""

    def __init__(self, arithmetic: Arithmetic) -> None:
        self.arithmetic = arithmetic
        self._read: dict[int, Read] = {}  # by the identity of the step
        self._outcomes: dict[Any, Outcome] = {}
        self._known = Known()
        self._derived = [0]

    def under(self, arithmetic: Arithmetic) -> Steps:
        """Return the steps of the same analysis where other things are known; they are counted together."""
        other = Steps(arithmetic)
        other._read, other._derived = self._read, self._derived
        return other

    def read(self, step: Step, file: File, tensor: Tensor) -> Read:
        """Return what a step of a file says, which is the same in every use of a block, and may say it of a tensor."""
        known = self._read.get(id(step))
        if known is None:
            found = find(step.kind, file, step.kind_span)
            check_axes(step, found, tensor)
            known = self._read[id(step)] = Read(step, found, match_arguments(step, *_signature(found)))
        elif known.found.axes is not None:
            check_axes(step, known.found, tensor)
        return known

    def outcome(self, kind: Kind, step: Step, given: Given, tensor: Tensor) -> Outcome:
        """Return what a kind with some arguments makes of a tensor."""
        key = (kind, given.key, tensor)
        known = self._outcomes.get(key)
        if known is None:
            try:
                known = Application(kind, step, given, tensor, self.arithmetic, self._known).outcome()
            except SymcnnError as error:
                raise at_step(error, step, given) from None
            self._outcomes[key] = known
        return known

    def count(self, span: Span) -> None:
        """Count a layer, or a repetition, that had to be derived."""
        self._derived[0] += 1
        if self._derived[0] > MOST_ITEMS:
            raise NotSupportedError(f"more than {MOST_ITEMS:,} different layers", span)


def _signature(found: Found) -> tuple[tuple[str, ...], int]:
    """Return the names of the parameters, and how many of them may be given without their names."""
    if isinstance(found.meaning, Kind):
        return tuple(found.meaning.parameters), found.meaning.positional
    names = tuple(parameter.name for parameter in found.meaning.parameters)
    return names, positional(names) if found.file is standard_library() else len(names)


def check_axes(step: Step, found: Found, tensor: Tensor) -> None:
    """Raise `SymcnnError` where a name such as Conv2d asks for another number of axes than the tensor has."""
    if found.axes is None:
        return
    name, axes = found.meaning.name, len(tensor.sizes)
    vector = found.axes == 1 and not axes and isinstance(found.meaning, Kind) and not found.meaning.windowed
    if found.axes != axes and not vector:
        hint = f"write {name}, or {name}{axes}d" if axes else "a vector has no axes"
        if axes and found.axes == axes + 1:
            hint += "; an input begins with its channels: 1×28×28"
        elif axes == (found.axes or 0) + 1:
            hint += "; a batch is no axis: input 3×H×W, batch N"
        message = f"{step.kind} wants {axes_text(found.axes or 0)}, the tensor {tensor} has {axes_text(axes)}"
        raise SymcnnError(message, step.kind_span, hint)
