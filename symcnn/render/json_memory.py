"""The memory of a network as JSON: every value is a string in SymPy's spelling."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from sympy.logic.boolalg import true

from symcnn import __version__
from symcnn.analysis.counting import Unknown
from symcnn.analysis.result import relation_string
from symcnn.memory import LayerBound, LayerMemory, Memory, Roofline
from symcnn.memory.live import Open
from symcnn.render.json import data_text, strings

_TOTALS = ("params", "input", "activations", "peak", "access")
_BYTES = ("params", "buffers", "input", "activations", "peak", "inference", "access")
_OF_THE_PEAK = ("peak", "inference")
_TRAINING = ("gradients", "optimizer", "training")


def memory_json(result: Memory | Roofline) -> str:
    """Return a memory or a roofline as one JSON object; one with values stands under `at` of the symbolic one."""
    if result.symbolic is None:
        return data_text({"symcnn": __version__} | _data(result))
    found = result.memory if isinstance(result, Roofline) else result
    values = {name: str(Fraction(value)) for name, value in (found.analysis.values or {}).items()}
    return data_text({"symcnn": __version__} | _data(result.symbolic) | {"at": {"values": values} | _data(result)})


def _data(result: Memory | Roofline) -> dict[str, Any]:
    found, bounds = (result.memory, result) if isinstance(result, Roofline) else (result, None)
    limits = {} if bounds is None else {x.memory.layer.place: x for x in bounds.layers}
    wanted = (*_BYTES, *(_TRAINING if found.trains else ()))
    return {
        "net": found.analysis.net,
        "dtype": found.storing.dtype.name,
        "mixed": found.storing.mixed,
        "optimizer": found.storing.optimizer.name,
        "convention": found.convention,
        "symbols": sorted(found.analysis.symbols),
        "conditions": [relation_string(relation) for relation in found.analysis.conditions],
        "layers": [_layer(x) | _bound(limits.get(x.layer.place)) for x in found.layers],
        "numbers": {name: _known(found, name, name) for name in _TOTALS},
        "bytes": {name: _known(found, name, f"{name}_bytes") for name in wanted},
        "peak": _peaks(found),
        "intensity": _intensity(found),
        **({} if bounds is None else {"roofline": _roofline(bounds)}),
    }


def _known(found: Memory, name: str, attribute: str) -> str:
    unknown = name in _OF_THE_PEAK and isinstance(found.found_peaks, Open)
    return "unknown" if unknown else str(getattr(found, attribute))


def _peaks(found: Memory) -> list[dict[str, str]] | str:
    if isinstance(found.found_peaks, Open):
        return "unknown"
    return [
        {"value": str(peak.value), "layer": peak.layer}
        | ({} if peak.when is true else {"if": relation_string(peak.when)})
        for peak in found.found_peaks
    ]


def _layer(found: LayerMemory) -> dict[str, Any]:
    return {
        "path": found.layer.path,
        "kind": found.layer.kind,
        "times": str(found.layer.times),
        "output": strings(found.layer.output),
        "view": found.is_view,
        "activations": str(found.activations),
        "live": "unknown" if isinstance(found.alive, Open) else str(found.live),
        **{name: str(getattr(found, name)) for name in ("reads", "writes", "access_bytes")},
        "intensity": _intensity(found),
    }


def _intensity(found: LayerMemory | Memory) -> str | None:
    if isinstance(found.operations, Unknown):
        return "unknown"
    return None if found.intensity is None else str(found.intensity)


def _bound(limit: LayerBound | None) -> dict[str, Any]:
    if limit is None:
        return {}
    if isinstance(limit.memory.operations, Unknown):
        return {"bound": "unknown", "time": "unknown"}
    decided = limit.bound is None or isinstance(limit.bound, str)
    condition = {} if decided else {"memory_bound": relation_string(limit.memory_bound)}
    return {"bound": limit.bound if decided else "depends", **condition, "time": str(limit.time)}


def _roofline(bounds: Roofline) -> dict[str, str]:
    unknown = isinstance(bounds.memory.operations, Unknown)
    machine = bounds.machine
    return {
        "peak": str(machine.peak),
        "bandwidth": str(machine.bandwidth),
        "ridge": str(bounds.ridge),
        "time": "unknown" if unknown else str(bounds.time),
    }
