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
from symcnn.derive.equations import FIELD, PLUS, SIDES, SIZE, TIMES, Line, chain, is_same, per_axis, sum_of
from symcnn.formula import nodes as f
from symcnn.formula.express import express
from symcnn.report import Equation

Step = tuple[str, str | None, Equation]  # the layer, the axis where axes differ, and the field before the layer


def backward(analysis: Analysis, layer: Layer | None = None) -> tuple[Step, ...] | None:
    """Return r ← (r − 1)·s + e from a layer, or the output, to the input, where a layer sees more than one input.

    Through an up-convolution, of which u outputs lie on a step of its input, it is r ← ⌊(r + e − 2)/u⌋ + 1. At a join
    the way goes along the branch that sees most. None where that is less than all branches see together.
    """
    assert analysis.derivation is not None
    sizes: tuple[Any, ...] = (1,) * len(analysis.input[1:])
    lines: list[Step] = []
    for step in way_back(analysis.derivation, layer.path if layer else None):
        if any(isinstance(window, View) and window.hull is None for window in step.windows):
            return None
        forms = [_step_back(r, window, analysis.evaluate) for r, window in zip(sizes, step.windows, strict=True)]
        if any(window != IDENTITY for window in step.windows):
            equations = [chain(f.Name("r"), form, express(larger)) for form, larger in forms]
            alike = len(set(equations)) == 1
            for axis, equation in zip(axis_names(len(sizes)), equations[:1] if alike else equations, strict=False):
                lines.append((step.name, None if alike else axis, equation))
        sizes = tuple(larger for _, larger in forms)
    field = (layer or analysis).receptive_field
    complete = all(
        seen is not None and is_same(exact(seen), exact(r)) for seen, r in zip(field.size, sizes, strict=True)
    )
    return tuple(lines) if complete else None


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
    if quantity != FIELD or any(None in field.size for field in (join.receptive_field, *join.branch_fields)):
        return
    found = [exact(size) for size in join.receptive_field.size]
    branches = [[exact(size) for size in sizes] for sizes in zip(*(x.size for x in join.branch_fields), strict=True)]
    if [arithmetic.largest(sizes) for sizes in branches] != found:
        yield from per_axis(FIELD, [chain(f.Name("r"), express(size)) for size in found], SIDES)
    elif any(len(set(sizes)) > 1 for sizes in branches):
        forms = [f.Apply(f.Name("max"), tuple(map(express, sizes))) for sizes in branches]
        pairs = zip(forms, found, strict=True)
        yield from per_axis(FIELD, [chain(f.Name("r"), form, express(size)) for form, size in pairs])
