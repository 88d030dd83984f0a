"""The memory of a network: what it stores, what is alive while it runs, what it reads and writes; numbers and bytes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

from symcnn.algebra.assumptions import facts_from
from symcnn.algebra.facts import Facts
from symcnn.algebra.operations import product, total
from symcnn.algebra.symbols import exact, expression
from symcnn.analysis import Analysis, Layer
from symcnn.analysis.counting import Unknown
from symcnn.analysis.derivation import BY_NUMBER, visits
from symcnn.errors import NotSupportedError, SymcnnError
from symcnn.memory.alive import Peak, alive, peak_of
from symcnn.memory.live import Open, is_view
from symcnn.memory.numbers import Storing, storing


@dataclass(frozen=True)
class LayerMemory:
    """A layer: what is alive while it runs, what it reads and writes. Of several repetitions these are those of one.

    Sizes in bytes end with `_bytes`, all others are counted in numbers (elements), the whole batch together.
    """

    layer: Layer
    alive: Any = field(repr=False)  # `live`, or `Open`
    is_view: bool
    storing: Storing = field(repr=False)
    batch: Any = field(repr=False)
    operations: Any = field(repr=False)  # under the convention; `Unknown` where that does not say
    exactly: Any = field(repr=False)

    @property
    def live(self) -> Any:
        """The largest number of activations alive at once, of all repetitions.

        Raises `NotSupportedError` where that is not known of a symbolic number of repetitions.
        """
        return known(self.alive)

    @property
    def activations(self) -> Any:
        """The numbers in the output; those of a view are its source's."""
        return self.layer.count("activations")

    @property
    def reads(self) -> Any:
        """What the layer reads: its inputs, parameters and buffers, each once; nothing of a view."""
        if self.is_view:
            return self.exactly(0)
        inputs = (product((*map(exact, shape), exact(self.batch))) for shape in self.layer.inputs)
        return self.exactly(total((*inputs, *map(exact, (self.layer.params, self.layer.buffers)))))

    @property
    def writes(self) -> Any:
        """What the layer writes: its output; nothing of a view."""
        return self.exactly(0) if self.is_view else self.activations

    @property
    def access(self) -> Any:
        """Memory access: reads + writes."""
        return self.exactly(total(map(exact, (self.reads, self.writes))))

    @property
    def access_bytes(self) -> Any:
        """Memory access in bytes."""
        return self._bytes(self.access)

    @property
    def live_bytes(self) -> Any:
        """What is alive, in bytes."""
        return self._bytes(self.live)

    @property
    def activations_bytes(self) -> Any:
        """The output in bytes."""
        return self._bytes(self.activations)

    @property
    def intensity(self) -> Any:
        """Arithmetic intensity: operations per byte of memory access; None where nothing is read or written.

        Raises `SymcnnError` where the convention does not say what the layer's operations are.
        """
        if isinstance(self.operations, Unknown):
            raise self.operations.error()
        return ratio(self.operations, self.access, self.storing.bytes, self.exactly)

    def _bytes(self, number: Any) -> Any:
        return self.exactly(product((self.storing.bytes, exact(number))))


def ratio(operations: Any, access: Any, number_bytes: Any, exactly: Any) -> Any:
    """Return operations per byte; None where nothing is read or written."""
    if access == 0:
        return None
    if isinstance(exact(operations), (int, Fraction)) and isinstance(exact(access), (int, Fraction)):
        return exactly(exact(Fraction(exact(operations)) / (exact(access) * number_bytes)))
    return exactly(product((exact(operations), Fraction(1) / number_bytes, 1 / expression(access))))


def known(found: Any) -> Any:
    """Return what was found; raises `NotSupportedError` where that is open."""
    if isinstance(found, Open):
        raise NotSupportedError(f"the live set: {found.reason}", hint=BY_NUMBER)
    return found


@dataclass(frozen=True, repr=False)
class Memory:
    """The memory of a network, numbers stored in one data type.

    Sizes in bytes end with `_bytes`, all others are counted in numbers (elements), the whole batch together. SymPy
    expressions, or of an analysis with values Python integers, and fractions where a number has half a byte.
    """

    analysis: Analysis
    storing: Storing
    convention: str
    input: Any
    layers: tuple[LayerMemory, ...]
    found_peaks: tuple[Peak, ...] | Open
    facts: Facts = field(repr=False)
    symbolic: Memory | None = field(default=None, repr=False)

    def __repr__(self) -> str:
        from symcnn.formula.express import shown

        peak = "unknown" if isinstance(self.found_peaks, Open) else shown(self.peak)
        return f"<Memory of {self.analysis.net} in {self.storing.dtype.name}: peak {peak}>"

    def at(self, **values: int | Fraction | str) -> Memory:
        """Return the same in exact numbers; every symbol needs a value. Raises `SymcnnError` as `Analysis.at` does."""
        return _memory(self.analysis.at(**values), self.storing, self.convention, self)

    # numbers

    @property
    def params(self) -> Any:
        """Learned numbers."""
        return self.analysis.params

    @property
    def activations(self) -> Any:
        """The outputs of all steps but views, together: what is kept for the backward pass, besides the input.

        Dropout counts as at inference; what a layer keeps inside it, as attention its scores, is not among them.
        """
        return self.analysis.activations

    @property
    def peaks(self) -> tuple[Peak, ...]:
        """The values that the peak is the largest of; of those with conditions, the first for which they hold.

        Raises `NotSupportedError` where that is not known of a symbolic number of repetitions.
        """
        peaks: tuple[Peak, ...] = known(self.found_peaks)
        return peaks

    @cached_property
    def peak(self) -> Any:
        """The largest live set: what must be kept at once at inference in the written order, nothing in place."""
        return self._exactly(peak_of(self.peaks))

    @property
    def peak_layer(self) -> str | None:
        """The first layer where the peak is reached, "input" before the first one; None where that is not decided."""
        return self.peaks[0].layer if len(self.peaks) == 1 else None

    @property
    def access(self) -> Any:
        """Memory access of all layers: what they read and write."""
        return self._exactly(total(x.layer.together(exact(x.access)) for x in self.layers))

    # bytes

    @property
    def input_bytes(self) -> Any:
        """The input."""
        return self.in_bytes(self.input)

    @property
    def params_bytes(self) -> Any:
        """The parameters."""
        return self.in_bytes(self.params)

    @property
    def buffers_bytes(self) -> Any:
        """What is stored but not learned; counters of training steps have 8 bytes, as in PyTorch."""
        counters = product((self.storing.counter_bytes, exact(self.analysis.counters)))
        return self._sum(self.in_bytes(self.analysis.buffers), counters)

    @property
    def activations_bytes(self) -> Any:
        """The outputs of all steps but views."""
        return self.in_bytes(self.activations)

    @property
    def peak_bytes(self) -> Any:
        """The largest live set."""
        return self.in_bytes(self.peak)

    @property
    def inference_bytes(self) -> Any:
        """Inference: parameters, buffers and the largest live set."""
        return self._sum(self.params_bytes, self.buffers_bytes, self.peak_bytes)

    @property
    def gradients_bytes(self) -> Any:
        """The gradients of the parameters. Raises `SymcnnError` for a data type without gradients."""
        self._check_training()
        return self.in_bytes(self.params)

    @property
    def optimizer_bytes(self) -> Any:
        """What the optimiser keeps; with mixed precision the copy of the weights too."""
        self._check_training()
        return self._exactly(product((self.storing.optimizer_bytes, exact(self.params))))

    @property
    def training_bytes(self) -> Any:
        """Training, when the forward pass ends: what is stored, the gradients, the input and all activations.

        In the backward pass gradients of activations come while activations go: those are not in it.
        """
        stored = self.params_bytes, self.buffers_bytes, self.gradients_bytes, self.optimizer_bytes
        return self._sum(*stored, self.input_bytes, self.activations_bytes)

    @property
    def access_bytes(self) -> Any:
        """Memory access of all layers."""
        return self.in_bytes(self.access)

    @property
    def operations(self) -> Any:
        """The operations of all layers under the convention; `Unknown` where it does not say."""
        unknown = next((x.operations for x in self.layers if isinstance(x.operations, Unknown)), None)
        return unknown or self._exactly(total(exact(x.layer.total(self.convention)) for x in self.layers))

    @property
    def intensity(self) -> Any:
        """Operations per byte of memory access, of the network as a whole; None where nothing is read or written."""
        if isinstance(self.operations, Unknown):
            raise self.operations.error()
        return ratio(self.operations, self.access, self.storing.bytes, self._exactly)

    @property
    def trains(self) -> bool:
        """Whether the data type has gradients."""
        return self.storing.dtype.trains

    def layer(self, path: str) -> LayerMemory:
        """Return a layer by its path; raises `SymcnnError`."""
        found = next((x for x in self.layers if x.layer.path == path), None)
        if found is None:
            listed = ", ".join(x.layer.path for x in self.layers)
            raise SymcnnError(f"{self.analysis.net} has no layer '{path}'", hint=f"the layers are {listed}")
        return found

    def _check_training(self) -> None:
        if not self.trains:
            known = "float64, float32, float16 and bfloat16"
            raise NotSupportedError(f"training in {self.storing.dtype.name}", hint=f"gradients are in {known}")

    def in_bytes(self, number: Any) -> Any:
        """Return how many bytes so many numbers have."""
        return self._exactly(product((self.storing.bytes, exact(number))))

    def _sum(self, *parts: Any) -> Any:
        return self._exactly(total(map(exact, parts)))

    @property
    def _exactly(self) -> Any:
        return exact if self.analysis.values is not None else expression


def memory(
    analysis: Analysis,
    dtype: str = "float32",
    optimizer: str = "sgd",
    *,
    mixed: bool = False,
    convention: str = "flops",
) -> Memory:
    """Return the memory of a network: stored numbers, activations, the largest live set, access, per layer and in all.

    `dtype` is that of all numbers; `optimizer` is sgd, momentum, adagrad, rmsprop, adam or adamw; with `mixed`
    precision it keeps float32 copies. `convention` counts the operations of the arithmetic intensity. Raises
    `SymcnnError` for an unknown name.

    >>> from symcnn import analyse, parse
    >>> net = parse("net two { input C×H×H; Conv(C, 3, padding=1, bias=false); Conv(2C, 3, padding=1, bias=false) }")
    >>> found = memory(analyse(net["two"]), "float16")
    >>> found.peak, found.peak_layer, found.peak_bytes
    (3*C*H**2, 'conv2', 6*C*H**2)
    >>> found.at(C=64, H=56).inference_bytes
    1425408
    """
    if not isinstance(analysis, Analysis):
        hint = "analyse the net first: symcnn.analyse(net)"
        raise SymcnnError(f"memory takes an analysis, not a {type(analysis).__name__}", hint=hint)
    if analysis.counting is not None:
        analysis.counting.convention(convention)
    stored = storing(dtype, optimizer, mixed)
    symbolic = None if analysis.symbolic is None else _memory(analysis.symbolic, stored, convention, None)
    return _memory(analysis, stored, convention, symbolic)


def _memory(analysis: Analysis, stored: Storing, convention: str, symbolic: Memory | None) -> Memory:
    assert analysis.derivation is not None
    exactly = exact if analysis.values is not None else expression
    facts, _ = facts_from((*analysis.assumed, *analysis.claims))
    found = alive(analysis, facts)
    leaves = [visit.leaf for visit in visits(analysis.derivation)]
    layers = tuple(
        LayerMemory(
            layer=layer,
            alive=living if isinstance(living, Open) else exactly(living),
            is_view=is_view(leaf),
            storing=stored,
            batch=1 if analysis.batch is None else exact(analysis.batch),
            operations=_operations(layer, convention),
            exactly=exactly,
        )
        for layer, leaf, living in zip(analysis.layers, leaves, found.layers, strict=True)
    )
    peaks = found.peaks
    if not isinstance(peaks, Open):
        peaks = tuple(replace(peak, value=exactly(peak.value)) for peak in peaks)
    return Memory(analysis, stored, convention, exactly(found.input), layers, peaks, facts, symbolic)


def _operations(layer: Layer, convention: str) -> Any:
    return layer.count(convention) if layer.counting is None else layer.counting.of(convention, layer)
