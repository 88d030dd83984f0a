"""Before which layers of a network nothing learns: their inputs need no gradient."""

from __future__ import annotations

from typing import Any, TypeAlias

from symcnn.algebra.operations import product, total
from symcnn.analysis.derivation import INPUT, Derivation, Leaf, Nest, Place

# For each of the inputs of a body, whether something learns before it; of a run of a body, by layer how often nothing
# does, and whether something learns before its output.
_Learned: TypeAlias = tuple[bool, ...]
_Run: TypeAlias = tuple[tuple[Any, ...], bool]


def first_times(derivation: Derivation) -> tuple[Any, ...]:
    """Return for each layer that `visits` yields how many of its repetitions have nothing before them that learns."""
    return _run(derivation, (False,) * len(derivation.inputs), {})[0]


def _run(body: Derivation, learned: _Learned, known: dict[tuple[Derivation, _Learned], _Run]) -> _Run:
    if (body, learned) not in known:
        times: list[Any] = []
        outputs: list[bool] = []

        def learns(place: Place) -> bool:
            return outputs[place] if place >= 0 else learned[INPUT - place]

        for item in body.items:
            before = tuple(map(learns, item.sources))
            found = _of_layer(item, before) if isinstance(item, Leaf) else _of_body(item, before, known)
            times += found[0]
            outputs.append(found[1])
        known[body, learned] = tuple(times), learns(body.result)
    return known[body, learned]


def _of_layer(layer: Leaf, before: _Learned) -> _Run:
    learning = any(before)
    stored = layer.outcome.counted["weights"] != 0 or layer.outcome.counted["biases"] != 0
    return (0 if learning else 1,), learning or stored


def _of_body(nest: Nest, before: _Learned, known: dict[tuple[Derivation, _Learned], _Run]) -> _Run:
    """Add up the repetitions: something learns before all but the first if it does before the first one's output."""
    first, output = _run(nest.body, before, known)
    if nest.times == 1:
        return first, output
    other, last = _run(nest.body, (output, *before[1:]), known)
    more = total((nest.times, -1))
    return tuple(total((one, product((more, another)))) for one, another in zip(first, other, strict=True)), last
