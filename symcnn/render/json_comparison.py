"""A comparison as JSON: every value is a string in SymPy's spelling."""

from __future__ import annotations

from typing import Any

from symcnn import __version__
from symcnn.analysis.result import relation_string
from symcnn.compare import Comparison, QuantityComparison
from symcnn.crossover import Crossover
from symcnn.render.json import data_text, strings


def comparison_json(comparison: Comparison) -> str:
    """Return a comparison as one JSON object."""
    return data_text(_comparison(comparison))


def _comparison(comparison: Comparison) -> dict[str, Any]:
    return {
        "symcnn": __version__,
        "first": comparison.first.net,
        "second": comparison.second.net,
        "quantities": {q.quantity: _quantity(q) for q in comparison.quantities},
        "same_receptive_field": comparison.same_receptive_field,
        "receptive_field": [strings(a.receptive_field.size) for a in (comparison.first, comparison.second)],
        "weight_layers": [str(comparison.first.weight_layers), str(comparison.second.weight_layers)],
        "nonlinearities": [str(comparison.first.nonlinearities), str(comparison.second.nonlinearities)],
        "conditions": [[relation_string(r) for r in a.conditions] for a in (comparison.first, comparison.second)],
    }


def _quantity(q: QuantityComparison) -> dict[str, Any]:
    first, second = q.leading
    crossover = q.crossover if q.evident is None else None
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
        "never": None if q.never is None else {-1: "fewer", 1: "more"}[q.never],
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
