"""JSON for programs: every value is a string in SymPy's spelling."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

from symcnn import __version__
from symcnn.analysis import Analysis, Layer, ReceptiveField
from symcnn.analysis.result import relation_string
from symcnn.library.rules import QUANTITIES
from symcnn.render.json_counts import ideal_time, layer_counts, total_text

_LAYER_QUANTITIES = ("weights", "biases", "buffers", "params", "macs", "flops", "activations")


def analysis_json(analysis: Analysis) -> str:
    """Return an analysis as one JSON object."""
    return data_text(analysis_data(analysis))


def data_text(data: dict[str, Any]) -> str:
    """Return plain data as JSON."""
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def analysis_data(analysis: Analysis) -> dict[str, Any]:
    """Return an analysis as plain data; one with values stands under `at` of the symbolic one."""
    if analysis.symbolic is not None:
        return analysis_data(analysis.symbolic) | {"at": {"values": _strings(analysis.values or {})} | _data(analysis)}
    return {"symcnn": __version__} | _data(analysis)


def _data(analysis: Analysis) -> dict[str, Any]:
    return {
        "net": analysis.net,
        "convention": analysis.convention,
        "symbols": sorted(analysis.symbols),
        "conditions": [relation_string(relation) for relation in analysis.conditions],
        "assumptions": [relation_string(relation) for relation in analysis.assumptions],
        "input": {"batch": None if analysis.batch is None else str(analysis.batch), "shape": strings(analysis.input)},
        "output": strings(analysis.output),
        "layers": [_layer(analysis, layer) | layer_counts(analysis, layer) for layer in analysis.layers],
        "totals": {name: str(analysis.count(name)) for name in QUANTITIES},
        **({"counts": {name: total_text(analysis, name) for name in analysis.columns}} if analysis.columns else {}),
        **ideal_time(analysis),
        "receptive_field": _field(analysis.receptive_field),
    }


def _layer(analysis: Analysis, layer: Layer) -> dict[str, Any]:
    shares = {name: analysis.share(layer, name) for name in ("params", "macs")}
    return {
        "name": layer.name,
        "path": layer.path,
        "kind": layer.kind,
        "times": str(layer.times),
        **({"loops": loops(layer)} if layer.loops else {}),
        "input": strings(layer.input),
        "output": strings(layer.output),
        **{name: str(layer.count(name)) for name in _LAYER_QUANTITIES},
        "receptive_field": strings(layer.receptive_field.size),
        "jump": strings(layer.receptive_field.jump),
        "share": {name: str(share) for name, share in shares.items() if share is not None},
    }


def loops(layer: Layer) -> list[dict[str, str | None]]:
    """Return the repetitions around a layer, the outermost first: the index that its quantities may speak of."""
    return [{"index": None if x.index is None else x.index.name, "count": str(x.count)} for x in layer.loops]


def _field(field: ReceptiveField) -> dict[str, Any]:
    return {
        "size": strings(field.size),
        "jump": strings(field.jump),
        "centre": strings(field.centre),
        "least": strings(field.least),
        "aligned": field.aligned,
        "gated": field.gated,
    }


def strings(values: tuple[Any, ...]) -> list[str]:
    """Return each value in SymPy's spelling; what cannot be said is `unknown`."""
    return ["unknown" if value is None else str(value) for value in values]


def _strings(values: Any) -> dict[str, str]:
    return {name: str(Fraction(value)) for name, value in values.items()}
