"""The other rounding of poolings: what a network is with `ceil_mode` where it has none, and without where it has it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from symcnn.analysis import Analysis, Layer
from symcnn.answers.asked import Asked
from symcnn.answers.replay import Made, Replay
from symcnn.errors import SymcnnError
from symcnn.formula.nodes import Choice
from symcnn.tree import Slip

_ARGUMENT = "ceil_mode"


def in_other_mode(analysis: Analysis, layer: str | None, quantity: str) -> Any:
    """Return a quantity of a layer, or of the network, if all poolings round the other way; None where none does.

    Raises `SymcnnError` for what is not known of such networks.
    """
    made: Made = {place: (slip,) for place, one in enumerate(analysis.layers) for slip in _other_size(one)}
    if not made:
        return None
    places = {one.path: place for place, one in enumerate(analysis.layers)}
    place = None if layer is None else places[layer]
    replay = Replay(analysis)
    try:
        return Asked(quantity, place).value(replay.run(made, place), replay)
    except ZeroDivisionError:
        raise SymcnnError("division by zero") from None


def _other_size(layer: Layer) -> Iterator[Slip]:
    """Yield the rule of the size that a pooling has in the other mode, in the form of a mistake about it."""
    definition = layer.rules.definition
    symbols = [parameter.symbol for parameter in definition.parameters if parameter.name == _ARGUMENT]
    size = dict(definition.rules).get("size")
    if symbols and isinstance(size, Choice):
        other = size.otherwise if layer.values[symbols[0]] is True else size.value
        yield Slip("size", _ARGUMENT, other)
