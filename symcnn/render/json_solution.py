"""A solution as JSON: every value is a string in SymPy's spelling."""

from __future__ import annotations

from typing import Any

from symcnn import __version__
from symcnn.analysis.result import relation_string
from symcnn.crossover import Crossover
from symcnn.render.json import data_text
from symcnn.solve import Answer, Bound, Solution


def solution_json(solution: Solution) -> str:
    """Return a solution as one JSON object."""
    return data_text(
        {
            "symcnn": __version__,
            "net": solution.analysis.net,
            "relation": solution.relation.span.text,
            "for": solution.symbol.name,
            "at": {symbol.name: str(value) for symbol, value in solution.given.items()},
            "answers": [_answer(answer) for answer in solution.answers],
            "assuming": [relation_string(relation) for relation in solution.analysis.assumptions],
            "conditions": [relation_string(relation) for relation in solution.conditions],
            "formulas_for": [relation_string(relation) for relation in solution.formal],
        }
    )


def _answer(answer: Answer) -> dict[str, Any]:
    ranges = None
    if answer.ranges is not None:
        ranges = [{"from": str(a), "to": None if b is None else str(b)} for a, b in answer.ranges]
    return {
        "axis": answer.axis,
        "left": str(answer.left),
        "right": str(answer.right),
        "ranges": ranges,
        "bounds": [_bound(bound) for bound in answer.bounds],
        "proof": _proof(answer),
    }


def _bound(bound: Bound) -> dict[str, Any]:
    holds = bound.holds if isinstance(bound.holds, bool) else relation_string(bound.holds)
    return {
        "when": None if bound.when is None else relation_string(bound.when),
        "left": None if bound.left is None else str(bound.left),
        "operator": bound.operator,
        "right": None if bound.left is None else str(bound.value),
        "holds": holds,
    }


def _proof(answer: Answer) -> str:
    if answer.proof is None:
        return "closed form"
    if isinstance(answer.proof, Crossover):
        return "signs of a sum of powers"
    return "every value" if answer.proof.towards is None else "one direction"
