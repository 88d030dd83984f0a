"""The receptive field worked out: back from an output to the input, and where branches join."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.symbols import exact, expression
from symcnn.analysis import Analysis, Layer
from symcnn.analysis.tensor import axis_names
from symcnn.analysis.view import View
from symcnn.analysis.way import way_back
from symcnn.analysis.window import IDENTITY, Window
from symcnn.derive.equations import FIELD, PLUS, SIZE, TIMES, Line, chain, sum_of
from symcnn.formula import nodes as f
from symcnn.formula.express import express
from symcnn.report import Equation


def backward(analysis: Analysis, layer: Layer | None = None) -> Iterator[tuple[str, str | None, Equation]]:
    """Yield r ← (r − 1)·s + e from a layer, or the output, to the input, where a layer sees more than one input.

    Through an up-convolution, of which u outputs lie on a step of its input, it is r ← ⌊(r + e − 2)/u⌋ + 1. Nothing is
    yielded where this is not the way that the forward field comes from: branches that look to different sides.
    """
    assert analysis.derivation is not None
    sizes: tuple[Any, ...] = (1,) * len(analysis.input[1:])
    lines: list[tuple[str, str | None, Equation]] = []
    for step in way_back(analysis.derivation, layer.path if layer else None):
        forms = [_step_back(r, window, analysis.evaluate) for r, window in zip(sizes, step.windows, strict=True)]
        if any(window != IDENTITY for window in step.windows):
            equations = [chain(f.Name("r"), form, express(larger)) for form, larger in forms]
            alike = len(set(equations)) == 1
            for axis, equation in zip(axis_names(len(sizes)), equations[:1] if alike else equations, strict=False):
                lines.append((step.name, None if alike else axis, equation))
        sizes = tuple(larger for _, larger in forms)
    field = (layer or analysis).receptive_field
    if all(seen is not None and exact(seen) == r for seen, r in zip(field.size, sizes, strict=True)):
        yield from lines


def _step_back(size: Any, window: Window | View, evaluate: Callable[[Any], Any]) -> tuple[f.Formula, Any]:
    """Return the formula of the field before a layer, and its value."""
    finer = evaluate(getattr(window, "upsampling", 1))
    jump, extent = evaluate(window.jump), evaluate(window.size)
    if finer != 1:
        taps = f.Sum((express(size), express(extent), f.Number(2)), ("+", "-"))
        steps = f.Floor(f.Product((f.Group(taps), express(finer)), ("/",)))
        larger = Arithmetic().floor(exact((size + extent - 2) * (1 / expression(finer)))) + 1
        return f.Sum((steps, f.Number(1)), PLUS), exact(larger)
    less = f.Group(f.Sum((express(size), f.Number(1)), ("-",)))
    step = f.Sum((f.Product((less, express(jump)), TIMES), express(extent)), PLUS)
    return step, exact((size - 1) * jump + extent)


def joined_field(join: Layer, quantity: str, arithmetic: Arithmetic) -> Iterator[Line]:
    """Yield the sum of the channels of a concatenation, and the field where it is the largest of the branches'."""
    channels = [shape[0] for shape in join.inputs]
    if quantity == SIZE and join.output[0] not in channels:
        yield Line(SIZE, None, chain(f.Name("C'"), sum_of(list(map(express, channels))), express(join.output[0])))
    if quantity != FIELD:
        return
    lines = []
    for axis, size in enumerate(join.receptive_field.size):
        sizes = [field.size[axis] for field in join.branch_fields]
        if None in (size, *sizes) or len(set(sizes)) == 1 or arithmetic.largest(sizes) != exact(size):
            return
        largest = f.Apply(f.Name("max"), tuple(map(express, sizes)))
        lines.append(chain(f.Name("r"), largest, express(size)))
    alike = len(set(lines)) == 1
    for name, equation in zip(axis_names(len(lines)), lines[:1] if alike else lines, strict=False):
        yield Line(FIELD, None if alike else name, equation)
