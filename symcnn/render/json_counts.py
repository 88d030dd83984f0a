"""What conventions count, as JSON: every value is a string in SymPy's spelling, or `unknown`."""

from __future__ import annotations

from typing import Any

from symcnn.analysis import Analysis, Layer
from symcnn.analysis.counting import Unknown
from symcnn.analysis.timing import ideal_seconds, timed_conventions
from symcnn.analysis.totals import network_total

UNKNOWN = "unknown"


def layer_counts(analysis: Analysis, layer: Layer) -> dict[str, Any]:
    """Return what the conventions beside the quantities count in a layer, under `counts`.

    Where some of its repetitions have nothing before them that learns, what these count stands under `first`.
    """
    counting = layer.counting
    if counting is None or not analysis.columns:
        return {}
    first = {name: counting.of_first(name, layer) for name in analysis.columns if name not in layer.counted}
    counts = {"counts": {name: _value(counting.of(name, layer)) for name in analysis.columns}}
    if all(value is None for value in first.values()):
        return counts
    found = {name: str(value) for name, value in first.items() if value is not None}
    return counts | {"first": {"times": str(counting.times_first(layer)), "counts": found}}


def total_text(analysis: Analysis, name: str) -> str:
    """Return the total under a convention."""
    return _value(network_total(analysis, name))


def ideal_time(analysis: Analysis) -> dict[str, Any]:
    """Return the rate in operations per second and the ideal times in seconds, under `ideal_time`, if there is one."""
    if analysis.rate is None:
        return {}
    names = timed_conventions(analysis)
    known = {name: not isinstance(network_total(analysis, name), Unknown) for name in names}
    seconds = {name: str(ideal_seconds(analysis, name)) if known[name] else UNKNOWN for name in names}
    return {"ideal_time": {"rate": str(analysis.rate), "seconds": seconds}}


def _value(found: Any) -> str:
    return UNKNOWN if isinstance(found, Unknown) else str(found)
