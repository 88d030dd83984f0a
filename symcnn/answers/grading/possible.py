"""Which wrong answers a mistake could give: others follow from these alone, since what is impossible is no mistake."""

from __future__ import annotations

from fractions import Fraction
from itertools import accumulate
from math import ceil
from typing import Any

from symcnn.algebra.symbols import Value, exact, is_number
from symcnn.analysis import Analysis
from symcnn.analysis.paths import layers_at
from symcnn.analysis.result import Layer
from symcnn.analysis.tensor import TENSOR_NAMES
from symcnn.answers.posing import Posed

_NEAR = 3  # a size that is off by so much is a slip of the pen
_MOST_TIMES = 10_000  # that a wrong count may be larger than the right one: sizes and kernels forgotten or too many

Values = tuple[Value, ...]


def is_possible(posed: Posed, values: Values, right: Values) -> bool:
    """Tell whether a mistake may give values where others are right: no size larger than all that layers could give."""
    most = _most_sizes(posed)
    sizes = most is not None and (len(right) > 1 or posed.question.quantity not in ("output", "shape"))
    for place, (value, wanted) in enumerate(zip(values, right, strict=True)):
        if not (is_number(value) and is_number(wanted)):
            continue
        is_size = sizes and not (posed.question.quantity in ("output", "shape") and place == 0)
        limit: Any = _MOST_TIMES * wanted
        if is_size and most is not None:
            limit = max(most, wanted + _NEAR)
        if value > limit:
            return False
    return True


def _most_sizes(posed: Posed) -> int | None:
    """Return the largest size that the layer asked about could leave by mistakes; None where no size is asked."""
    quantity = str(posed.question.quantity)
    if posed.analysis is None or posed.question.layer is None or quantity == "channels":
        return None
    if quantity not in ("output", "shape", "size", *TENSOR_NAMES):
        return None
    (layer, *_) = layers_at(posed.analysis, posed.question.layer)
    if len(layer.output) < 2:
        return None
    return _largest(posed.analysis).get(layer.path)


def _largest(analysis: Analysis) -> dict[str, int]:
    """Return for each layer the largest size by mistakes: n + 2p, or n·s where it makes tensors larger."""
    layers = analysis.layers
    if not all(is_number(exact(size)) for layer in layers for size in (*layer.input, *layer.output)):
        return {}
    start = max(map(int, layers[0].input[1:]), default=1)
    sizes = accumulate(layers, lambda most, layer: most * _growth(layer) + 2 * _padding(layer), initial=start)
    next(sizes)
    return dict(zip((layer.path for layer in layers), sizes, strict=True))


def _growth(layer: Layer) -> int:
    """Return how many times larger than an input an output is at most, rounded up."""
    if len(layer.input) != len(layer.output):
        return 1
    pairs = zip(map(int, layer.input[1:]), map(int, layer.output[1:]), strict=True)
    return max((ceil(Fraction(after - 2 * _padding(layer), before)) for before, after in pairs), default=1) or 1


def _padding(layer: Layer) -> int:
    found = layer.values.get("p", ())
    parts = [exact(part) for part in (found if isinstance(found, tuple) else (found,))]
    return max((int(part) for part in parts if is_number(part) and part > 0), default=0)
