"""What conventions count, as JSON: every value is a string in SymPy's spelling, or `unknown`."""

from __future__ import annotations

from typing import Any

from symcnn.analysis import Analysis, Layer
from symcnn.analysis.counting import Unknown, network_total

UNKNOWN = "unknown"


def layer_counts(analysis: Analysis, layer: Layer) -> dict[str, Any]:
    """Return what the conventions beside the quantities count in a layer, under `counts`."""
    counting = layer.counting
    if counting is None or not analysis.columns:
        return {}
    return {"counts": {name: _value(counting.of(name, layer)) for name in analysis.columns}}


def total_text(analysis: Analysis, name: str) -> str:
    """Return the total under a convention."""
    return _value(network_total(analysis, name))


def _value(found: Any) -> str:
    return UNKNOWN if isinstance(found, Unknown) else str(found)
