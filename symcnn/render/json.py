"""JSON for programs: every value is a string in SymPy's spelling."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

from symcnn import __version__
from symcnn.analysis import Analysis, Layer, ReceptiveField
from symcnn.analysis.result import relation_string
from symcnn.compare import Comparison, QuantityComparison
from symcnn.crossover import Crossover
from symcnn.library.rules import QUANTITIES

_LAYER_QUANTITIES = ("weights", "biases", "buffers", "params", "macs", "flops", "activations")


def json_text(result: Analysis | Comparison) -> str:
    """Return a result as one JSON object."""
    data = _comparison(result) if isinstance(result, Comparison) else analysis_data(result)
    return data_text(data)


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
        "input": {"batch": None if analysis.batch is None else str(analysis.batch), "shape": _list(analysis.input)},
        "output": _list(analysis.output),
        "layers": [_layer(analysis, layer) for layer in analysis.layers],
        "totals": {name: str(analysis.count(name)) for name in QUANTITIES},
        "receptive_field": _field(analysis.receptive_field),
    }


def _layer(analysis: Analysis, layer: Layer) -> dict[str, Any]:
    shares = {name: analysis.share(layer, name) for name in ("params", "macs")}
    return {
        "name": layer.name,
        "path": layer.path,
        "kind": layer.kind,
        "times": str(layer.times),
        "input": _list(layer.input),
        "output": _list(layer.output),
        **{name: str(layer.count(name)) for name in _LAYER_QUANTITIES},
        "receptive_field": _list(layer.receptive_field.size),
        "jump": _list(layer.receptive_field.jump),
        "share": {name: str(share) for name, share in shares.items() if share is not None},
    }


def _field(field: ReceptiveField) -> dict[str, list[str]]:
    return {"size": _list(field.size), "jump": _list(field.jump), "centre": _list(field.centre)}


def _comparison(comparison: Comparison) -> dict[str, Any]:
    return {
        "symcnn": __version__,
        "first": comparison.first.net,
        "second": comparison.second.net,
        "quantities": {q.quantity: _quantity(q) for q in comparison.quantities},
        "same_receptive_field": comparison.same_receptive_field,
        "receptive_field": [_list(a.receptive_field.size) for a in (comparison.first, comparison.second)],
        "weight_layers": [str(comparison.first.weight_layers), str(comparison.second.weight_layers)],
        "nonlinearities": [str(comparison.first.nonlinearities), str(comparison.second.nonlinearities)],
        "conditions": [[relation_string(r) for r in a.conditions] for a in (comparison.first, comparison.second)],
    }


def _quantity(q: QuantityComparison) -> dict[str, Any]:
    first, second = q.leading
    crossover = q.crossover if q.always is None else None
    return {
        "first": str(q.first),
        "second": str(q.second),
        "difference": str(q.difference),
        "ratio": _optional(q.ratio),
        "saving": _optional(q.saving),
        "leading": [_optional(first), _optional(second)],
        "growing": [symbol.name for symbol in q.growing],
        "limit": _optional(q.limit),
        "limit_saving": _optional(q.limit_saving),
        "always": None if q.always is None else {-1: "fewer", 0: "equal", 1: "more"}[q.always],
        "crossover": None if crossover is None else _crossover(crossover),
    }


def _crossover(crossover: Crossover) -> dict[str, Any]:
    signs = {-1: "fewer", 0: "equal", 1: "more"}
    return {
        "symbol": crossover.symbol.name,
        "from": str(crossover.least),
        "divided_by": str(crossover.common),
        "runs": [
            {"from": str(run.start), "to": None if run.end is None else str(run.end), "first_has": signs[run.sign]}
            for run in crossover.runs
        ],
        "proof": [
            {"modulus": str(p.modulus), "residue": str(p.residue), "polynomial_in_q": str(p.in_quotient())}
            for p in crossover.pieces
        ],
    }


def _optional(value: Any) -> str | None:
    return None if value is None else str(value)


def _list(values: tuple[Any, ...]) -> list[str]:
    return [str(value) for value in values]


def _strings(values: Any) -> dict[str, str]:
    return {name: str(Fraction(value)) for name, value in values.items()}
