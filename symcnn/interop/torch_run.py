"""Running a network's modules on tensors without storage, and taking down what each makes, stores and counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import prod
from typing import Any

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from symcnn.analysis import Analysis, Layer
from symcnn.analysis.derivation import Derivation, Leaf
from symcnn.errors import SymcnnError
from symcnn.interop.arguments import Evaluate, arguments_of, whole_shape
from symcnn.interop.torch_graph import Arrived, Body, grown
from symcnn.interop.torch_modules import NoModuleError, first_line, module_for, shown
from symcnn.interop.verification import (
    DIFFERENT,
    EQUAL,
    FOLLOWS,
    NOT_COMPARED,
    NOT_REACHED,
    REFUSED,
    Facts,
    Row,
    Run,
    verdict_of,
)

SAMPLES = 2  # of a single number some normalisations have no statistics
META = "meta"
REFUSALS = (ValueError, RuntimeError, IndexError, AssertionError, ArithmeticError)
_NOTHING = nn.Identity()  # stands for modules that are not kept
_COUNTED = (nn.modules.conv._ConvNd, nn.Linear, nn.MultiheadAttention)  # of whose products FlopCounterMode knows
_MODEL = "network"
_SMALL = 10**9  # operations, less than a second


_MOST_BYTES = 2**63  # that an address can tell apart, also where nothing is stored
_BYTES = 4  # of a number


class RefusedError(Exception):
    """PyTorch does not take a layer; the text is PyTorch's."""


def module_of(leaf: Leaf, tensors: Sequence[torch.Tensor], evaluate: Evaluate, device: str = META) -> nn.Module:
    """Return PyTorch's module for a layer on the tensors that have arrived, set to inference.

    Raises `NoModuleError` where PyTorch has none, `RefusedError` where it does not take the arguments, and
    `NoIntegerError` where there are none.
    """
    _, channels, *sizes = tensors[0].shape
    arguments = arguments_of(leaf.outcome, evaluate)
    try:
        with torch.device(device):
            return module_for(leaf.kind, arguments, channels, len(sizes)).train(False)
    except REFUSALS as error:
        raise RefusedError(first_line(error)) from None


def applied(module: nn.Module, tensors: Sequence[torch.Tensor]) -> torch.Tensor:
    """Return what a module makes of tensors without storage; an operation that wants storage gets it for a moment."""
    try:
        with torch.no_grad():
            return module(*tensors)
    except NotImplementedError:
        return _with_storage(module, tensors)
    except REFUSALS as error:
        raise RefusedError(first_line(error)) from None


def _with_storage(module: nn.Module, tensors: Sequence[torch.Tensor]) -> torch.Tensor:
    try:
        with torch.no_grad():
            real = module.to_empty(device="cpu")(*(torch.zeros(tensor.shape) for tensor in tensors))
    except REFUSALS as error:
        raise RefusedError(first_line(error)) from None
    return torch.empty(real.shape, device=META)


def input_tensor(derivation: Derivation, evaluate: Evaluate) -> torch.Tensor:
    """Return an input of the network without storage."""
    return torch.empty(SAMPLES, *whole_shape(derivation.input.shape, evaluate), device=META)


def stand_in(leaf: Leaf, evaluate: Evaluate) -> torch.Tensor:
    """Return the tensor that symcnn says leaves a layer that PyTorch does not have."""
    return torch.empty(SAMPLES, *whole_shape(leaf.outcome.output.shape, evaluate), device=META)


def network_module(derivation: Derivation, evaluate: Evaluate) -> Body:
    """Return the modules of a whole network, with storage; raises what `module_of` and `applied` raise."""

    def make(leaf: Leaf, _: tuple[str, ...], tensors: Sequence[Arrived]) -> tuple[nn.Module, Arrived]:
        arrived = [tensor for tensor in tensors if tensor is not None]
        output = applied(module_of(leaf, arrived, evaluate), arrived)
        return module_of(leaf, arrived, evaluate, "cpu"), output

    return grown(derivation, [input_tensor(derivation, evaluate)], make)[0]


def outcome(derivation: Derivation, evaluate: Evaluate) -> tuple[int, ...]:
    """Return the shape that a network makes; raises `RefusedError` where PyTorch does not take it.

    Not all that PyTorch refuses is refused of tensors without storage: a small network is run with storage too.
    """
    with FlopCounterMode(display=False) as counter:
        made = _outcome(derivation, evaluate, applied)
    return made if counter.get_total_flops() > _SMALL else _outcome(derivation, evaluate, _with_storage)


def _outcome(
    derivation: Derivation,
    evaluate: Evaluate,
    apply: Callable[[nn.Module, Sequence[torch.Tensor]], torch.Tensor],
) -> tuple[int, ...]:
    def make(leaf: Leaf, _: tuple[str, ...], tensors: Sequence[Arrived]) -> tuple[nn.Module, Arrived]:
        arrived = [tensor for tensor in tensors if tensor is not None]
        try:
            return _NOTHING, apply(module_of(leaf, arrived, evaluate), arrived)
        except NoModuleError:
            return _NOTHING, stand_in(leaf, evaluate)

    _, output = grown(derivation, [input_tensor(derivation, evaluate)], make)
    assert output is not None
    return shape(output)


class Comparison:
    """One run of a network at some sizes; `at` is the analysis there, `tick` is told of each layer."""

    def __init__(self, at: Analysis, tick: Callable[[], None]) -> None:
        check_addressable(at)
        self.at, self.tick = at, tick
        self.layers = {layer.path: layer for layer in at.layers}
        self.batch = 1 if at.batch is None else int(at.batch)
        self.rows: dict[str, Row] = {}
        self.sum = dict.fromkeys(("weights", "biases", "buffers", "counters", "macs"), 0)
        self.whole = True  # whether every layer's part is in the sum
        self.counter = FlopCounterMode(display=False)

    def run(self, values: Mapping[str, Any]) -> Run:
        """Run the network and return what came out."""
        derivation = self.at.derivation
        assert derivation is not None
        with self.counter:
            _, output = grown(derivation, [input_tensor(derivation, self.at.evaluate)], self._layer)
        return Run(values, tuple(self.rows.values()), self._total(output))

    def _layer(self, leaf: Leaf, path: tuple[str, ...], tensors: Sequence[Arrived]) -> tuple[nn.Module, Arrived]:
        layer = self.layers[".".join(path)]
        row, output = self._judged(leaf, layer, tensors)
        self._note(row)
        self.tick()
        return _NOTHING, output

    def _judged(self, leaf: Leaf, layer: Layer, tensors: Sequence[Arrived]) -> tuple[Row, Arrived]:
        row = Row(layer.path, layer.kind, "", facts_of(layer), None, NOT_REACHED)
        arrived = [tensor for tensor in tensors if tensor is not None]
        if len(arrived) < len(tensors):
            return row, None
        follows = any(shape(t) != s for t, s in zip(arrived, layer.inputs, strict=True))
        try:
            module = module_of(leaf, arrived, self.at.evaluate)
            before = self.counter.get_total_flops()
            output = applied(module, arrived)
        except NoModuleError as error:
            row = replace(row, verdict=FOLLOWS if follows else NOT_COMPARED, reason=str(error))
            return row, stand_in(leaf, self.at.evaluate)
        except RefusedError as error:
            return replace(row, verdict=FOLLOWS if follows else REFUSED, reason=str(error)), None
        theirs = self._facts(module, output, self.counter.get_total_flops() - before, row.ours)
        verdict = FOLLOWS if follows else verdict_of(row.ours, theirs)
        return replace(row, module=shown(module), theirs=theirs, verdict=verdict), output

    def _facts(self, module: nn.Module, output: torch.Tensor, flops: int, ours: Facts) -> Facts:
        """Return what PyTorch says of a layer; products that its counter does not know of are not compared."""
        known = flops > 0 or not ours.macs or any(isinstance(part, _COUNTED) for part in module.modules())
        stored = stored_numbers(module)
        return Facts(shape(output), **stored, macs=flops * self.batch // (2 * SAMPLES) if known else None)

    def _note(self, row: Row) -> None:
        """Put a row down; of repetitions there is one row, that of the first which is not equal."""
        before = self.rows.get(row.path)
        if before is not None:
            worse = before.verdict == EQUAL != row.verdict
            row = replace(row if worse else before, times=before.times + 1)
        self.rows[row.path] = row
        if row.theirs is None or row.theirs.macs is None:
            self.whole = False
            return
        for name in self.sum:
            self.sum[name] += getattr(row.theirs, name)

    def _total(self, output: Arrived) -> Row | None:
        """Return the row of the whole network: what its layers come to together."""
        if not self.whole or output is None:
            return None
        ours, theirs = facts_of(self.at), Facts(shape(output), **self.sum)
        equal = verdict_of(ours, theirs) == EQUAL
        return Row(self.at.net, _MODEL, "", ours, theirs, EQUAL if equal else DIFFERENT)


def check_addressable(at: Analysis) -> None:
    """Raise `SymcnnError` for a network with tensors that PyTorch cannot have, stored or not."""
    numbers = [prod(at.input), *(prod(layer.output) for layer in at.layers), *(layer.weights for layer in at.layers)]
    if max(numbers) * SAMPLES * _BYTES >= _MOST_BYTES:
        raise SymcnnError(f"at these sizes '{at.net}' has tensors that are too large for PyTorch")


def shape(tensor: torch.Tensor) -> tuple[int, ...]:
    """Return channels and sizes."""
    return tuple(tensor.shape[1:])


def facts_of(counted: Layer | Analysis) -> Facts:
    """Return what symcnn says of a layer, or of a network, at some sizes."""
    names = ("weights", "biases", "buffers", "counters", "macs")
    return Facts(tuple(counted.output), **{name: counted.count(name) for name in names})


def stored_numbers(module: nn.Module) -> dict[str, int]:
    """Return how many numbers a module stores: learned factors and summands, and buffers, counters apart."""
    learned = {name: parameter.numel() for name, parameter in module.named_parameters()}
    stored = {name: buffer.numel() for name, buffer in module.named_buffers()}
    biases = sum(number for name, number in learned.items() if name.endswith("bias"))
    counters = sum(number for name, number in stored.items() if name.endswith("num_batches_tracked"))
    return {
        "weights": sum(learned.values()) - biases,
        "biases": biases,
        "buffers": sum(stored.values()) - counters,
        "counters": counters,
    }
