"""The roofline model: what bounds a layer's time on a machine, its arithmetic or its memory.

Williams, Waterman & Patterson 2009, Roofline: an insightful visual performance model for multicore architectures.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

from sympy import Expr, Max, Min, Symbol

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.conditions import Truth
from symcnn.algebra.evaluate import evaluator
from symcnn.algebra.operations import product, total
from symcnn.algebra.symbols import RATIONAL, Value, domain_of, exact, expression, symbol
from symcnn.analysis import Analysis
from symcnn.analysis.counting import Unknown
from symcnn.analysis.rate import prefixed, rate_formula
from symcnn.analysis.values import checked
from symcnn.errors import SymcnnError
from symcnn.formula.meaning import meaning
from symcnn.formula.nodes import names
from symcnn.formula.values import Frame, number
from symcnn.memory.footprint import LayerMemory, Memory, memory, ratio

MEMORY, COMPUTE, BALANCED = "memory", "compute", "balanced"
_PEAK, _BANDWIDTH = "peak", "bandwidth"
_UNITS = {_PEAK: "operations per second, as in peak=312e12", _BANDWIDTH: "bytes per second, as in bandwidth=2e12"}


@dataclass(frozen=True)
class Machine:
    """A machine: the most operations per second, and the most bytes per second; numbers or symbols."""

    peak: Value
    bandwidth: Value

    @property
    def ridge(self) -> Value:
        """The ridge point, in operations per byte: with less intensity memory bounds the time."""
        return exact(product((self.peak, 1 / expression(self.bandwidth))))

    @property
    def symbols(self) -> dict[str, Symbol]:
        """The symbols of the machine, by name."""
        found = {s for value in (self.peak, self.bandwidth) if isinstance(value, Expr) for s in value.free_symbols}
        return {s.name: s for s in sorted(found, key=lambda s: s.name)}


@dataclass(frozen=True)
class LayerBound:
    """What bounds the time of one layer: the operations, or the bytes that it reads and writes.

    All but `memory` raise `SymcnnError` where the convention does not say what the operations are.
    """

    memory: LayerMemory
    machine: Machine
    arithmetic: Arithmetic = field(repr=False, compare=False)

    @property
    def operations(self) -> Any:
        """The operations of one repetition, under the convention."""
        if isinstance(self.memory.operations, Unknown):
            raise self.memory.operations.error()
        return self.memory.operations

    @property
    def compute_time(self) -> Any:
        """Operations over peak, in seconds."""
        return _over(self.operations, self.machine.peak)

    @property
    def memory_time(self) -> Any:
        """Bytes over bandwidth, in seconds."""
        return _over(self.memory.access_bytes, self.machine.bandwidth)

    @property
    def attainable(self) -> Any:
        """Attainable operations per second, min(peak, intensity · bandwidth); None where nothing is read or written."""
        if self.memory.intensity is None:
            return None
        moved = exact(product((exact(self.memory.intensity), self.machine.bandwidth)))
        bound = self.bound
        if isinstance(bound, str):
            return moved if bound == MEMORY else self.machine.peak
        return Min(*map(expression, (self.machine.peak, moved)), evaluate=False)

    @cached_property
    def bound(self) -> str | Truth | None:
        """What bounds the layer: "memory", "compute", "balanced" at the ridge point, None where nothing is done.

        Where that depends on the symbols, the condition under which it is the memory.
        """
        needs, does = (
            exact(product((exact(self.memory.access_bytes), self.machine.peak))),
            exact(product((exact(self.operations), self.machine.bandwidth))),
        )
        if needs == 0 and does == 0:
            return None
        if needs == does:
            return BALANCED
        claim = self.arithmetic.compare(">", needs, does)
        if isinstance(claim, bool):
            return MEMORY if claim else COMPUTE
        return claim

    @property
    def memory_bound(self) -> Any:
        """Whether memory bounds the time: true, false, or the condition for it, a relation of the symbols."""
        bound = self.bound
        return bound == MEMORY if bound is None or isinstance(bound, (str, bool)) else bound.relation()

    @property
    def time(self) -> Any:
        """The least time that the layer takes, in seconds: the longer one of the two."""
        bound = self.bound
        if bound is None:
            return 0
        if isinstance(bound, str):
            return self.memory_time if bound == MEMORY else self.compute_time
        return Max(expression(self.compute_time), expression(self.memory_time), evaluate=False)


@dataclass(frozen=True, repr=False)
class Roofline:
    """The roofline bound of a network: the layers one after the other, each as fast as the machine allows."""

    memory: Memory
    machine: Machine
    layers: tuple[LayerBound, ...]
    symbolic: Roofline | None = field(default=None, repr=False)

    def __repr__(self) -> str:
        from symcnn.formula.express import shown

        return f"<Roofline of {self.memory.analysis.net}: ridge point {shown(self.ridge)}>"

    @property
    def ridge(self) -> Value:
        """The ridge point, in operations per byte."""
        return self.machine.ridge

    @cached_property
    def time(self) -> Any:
        """The least time of the network, in seconds: the sum over all layers."""
        return exact(total(self._together(x) for x in self.layers))

    def _together(self, bound: LayerBound) -> Any:
        """Return the time of all repetitions of a layer; training has less to do in the first ones."""
        found = bound.memory
        layer, counting, name = found.layer, found.layer.counting, self.memory.convention
        if counting is None or name in layer.counted:
            return layer.together(exact(bound.time))
        parts = []
        for one, part in counting.variants(layer, name):
            alike = replace(bound, memory=replace(found, layer=one, operations=one.count(name)))
            parts.append(product((part, exact(alike.time))))
        return layer.together(exact(total(parts)))

    @property
    def memory_bound(self) -> tuple[str, ...]:
        """The paths of the layers that are known to be bound by memory."""
        return tuple(x.memory.layer.path for x in self.layers if x.bound == MEMORY)

    def at(self, **values: int | Fraction | str) -> Roofline:
        """Return the same in exact numbers; every symbol of the network and of the machine needs a value."""
        own = self.machine.symbols
        of_machine = {name: value for name, value in values.items() if name in own}
        analysis = self.memory.analysis
        rest = {name: value for name, value in values.items() if name not in own or name in analysis.symbols}
        found = self.memory if analysis.values is not None and not rest else self.memory.at(**rest)
        evaluate = evaluator(checked(of_machine, own, {}))
        machine = Machine(evaluate(self.machine.peak), evaluate(self.machine.bandwidth))
        return _roofline(found, machine, self.symbolic or self)


def roofline(
    found: Memory | Analysis,
    peak: int | float | Fraction | str | Expr,
    bandwidth: int | float | Fraction | str | Expr,
    dtype: str = "float32",
    convention: str = "flops",
) -> Roofline:
    """Return the roofline bound of a network, or of its memory, which has a data type and a convention already.

    `peak` is in operations per second, `bandwidth` in bytes per second: numbers, formulas as text such as "312e12" or
    "π", whose names are symbols, or symcnn's own symbols. Raises `SymcnnError` for what is not positive.

    >>> from symcnn import analyse, parse
    >>> a = analyse(parse("net one { input 64×56×56; Conv(64, 1, bias=false); ReLU }")["one"])
    >>> found = roofline(a, peak=312e12, bandwidth=2e12)
    >>> found.ridge, [x.bound for x in found.layers], found.layers[0].memory.intensity
    (156, ['memory', 'memory'], 1568/99)
    >>> roofline(a, "P", "B").layers[0].memory_bound
    99*P > 1568*B
    """
    of = found if isinstance(found, Memory) else memory(found, dtype, convention=convention)
    machine = Machine(_rate(peak, _PEAK), _rate(bandwidth, _BANDWIDTH))
    shared = of.analysis.symbolic or of.analysis
    for name, own in machine.symbols.items():
        if name in shared.symbols and shared.symbols[name] != own:
            raise SymcnnError(f"'{name}' is a symbol of {shared.net}", hint="give the machine another one")
    symbolic = None if of.symbolic is None else _roofline(of.symbolic, machine, None)
    return _roofline(of, machine, symbolic)


def _roofline(found: Memory, machine: Machine, symbolic: Roofline | None) -> Roofline:
    arithmetic = Arithmetic(found.facts)
    return Roofline(found, machine, tuple(LayerBound(x, machine, arithmetic) for x in found.layers), symbolic)


def _rate(value: Any, name: str) -> Value:
    """Return a rate, a positive number or an expression of symbols."""
    if isinstance(value, str):
        number_of = prefixed(value)
        formula = rate_formula("1" if number_of else value, f"--{name}", f"it is a number of {_UNITS[name]}")
        known = {node.name: symbol(node.name, RATIONAL) for node in names(formula)}
        rate = exact(number_of or number(meaning(formula)(Frame(Arithmetic(), known)), formula.span))
    elif isinstance(value, float) and math.isfinite(value):
        rate = exact(Fraction(repr(value)))
    elif isinstance(value, (int, Fraction, Expr)) and not isinstance(value, bool):
        _check_symbols(getattr(value, "free_symbols", ()), name)
        rate = exact(value)
    else:
        raise SymcnnError(f"{name} is {value!r}", hint=f"it is a number of {_UNITS[name]}")
    if not (rate.is_positive if isinstance(rate, Expr) else rate > 0):
        raise SymcnnError(f"{name} is not known to be positive: {value}", hint=f"it is a number of {_UNITS[name]}")
    return rate


def _check_symbols(found: Iterable[Any], name: str) -> None:
    for made in found:
        if not isinstance(made, Symbol) or domain_of(made) is None:
            raise SymcnnError(f"the symbol {made} in {name} was not made by symcnn", hint="give it as text")


def _over(amount: Any, rate: Value) -> Any:
    return exact(ratio(amount, rate, 1, exact))
