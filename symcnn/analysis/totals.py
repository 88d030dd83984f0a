"""What conventions count in a whole network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from symcnn.algebra.operations import product, total
from symcnn.analysis.counting import Counted, Counting, Unknown, counting_of
from symcnn.analysis.grouped import Grouped, NotKnownError

if TYPE_CHECKING:
    from symcnn.analysis.result import Analysis


def of_network(analysis: Analysis, name: str) -> Any:
    """Return the total under a convention; raises `SymcnnError` where a layer's part is unknown."""
    found = network_total(analysis, name)
    if isinstance(found, Unknown):
        raise found.error()
    return found


def network_total(analysis: Analysis, name: str) -> Counted:
    """Return the total under a convention, or the first of its layers whose part is unknown."""
    counting = counting_of(analysis)
    if analysis.is_deep:
        assert analysis.symbolic is not None
        found = network_total(analysis.symbolic, name)
        if not isinstance(found, Unknown):
            return analysis.evaluate(found)
    elif analysis.values is not None and counting.adds_up(name):
        return _in_numbers(analysis, counting, name)
    return _layer_by_layer(analysis, counting, name)


def _layer_by_layer(analysis: Analysis, counting: Counting, name: str) -> Counted:
    # In a depth the rows are those of the network with numbers, which knows itself before which of them nothing learns.
    parts = [counting_of(layer).together(name, layer) for layer in analysis.layers]
    unknown = next((part for part in parts if isinstance(part, Unknown)), None)
    return unknown or counting.exactly(total(parts))


def _in_numbers(analysis: Analysis, counting: Counting, name: str) -> Counted:
    convention = counting.convention(name)
    kept: dict[str, Any] = vars(analysis.layers)  # with them, as their other cached values are
    if "_grouped" not in kept:
        kept["_grouped"] = Grouped(analysis.layers, counting)
    grouped: Grouped = kept["_grouped"]
    try:
        found = grouped.total(convention)
    except NotKnownError as error:
        parts = (counting.together(name, layer) for layer in analysis.layers if layer.rules in error.kinds)
        return next(part for part in parts if isinstance(part, Unknown))
    return counting.exactly(found if convention.stored else product((found, counting.batch)))
