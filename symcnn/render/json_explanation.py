"""A working as JSON: every side of every equation is a string in the spelling of the language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from symcnn import __version__
from symcnn.analysis.result import relation_string
from symcnn.derive import Explanation, LayerWorking, Line, Repetitions
from symcnn.derive.equations import FIRSTS, OTHERS
from symcnn.formula.notation import text
from symcnn.render.json import data_text, loops, strings
from symcnn.report import Equation

_OF = (FIRSTS, OTHERS)


def explanation_json(explanation: Explanation) -> str:
    """Return a working as one JSON object."""
    return data_text(
        {
            "symcnn": __version__,
            "net": explanation.analysis.net,
            **({"repetitions": list(map(_repeated, explanation.repetitions))} if explanation.repetitions else {}),
            "layers": [_layer(working) for working in explanation.layers],
            "totals": _lines(explanation.totals),
            "backward": _backward(explanation),
            "conditions": [relation_string(relation) for relation in explanation.analysis.conditions],
            "assumptions": [relation_string(relation) for relation in explanation.analysis.assumptions],
        }
    )


def _backward(explanation: Explanation) -> list[dict[str, Any]] | None:
    if explanation.backward is None:
        return None
    return [{"layer": name, "axis": axis, "sides": _sides(e)} for name, axis, e in explanation.backward]


def _layer(working: LayerWorking) -> dict[str, Any]:
    symbols = [{"symbol": s, "argument": argument, "value": text(value)} for s, argument, value in working.symbols]
    layer = working.layer
    return {
        "path": layer.path,
        "kind": layer.kind,
        "times": str(layer.times),
        **({"loops": loops(layer)} if layer.loops else {}),
        "input": strings(layer.input),
        "output": strings(layer.output),
        "symbols": symbols,
        "lines": _lines(working.lines),
    }


def _repeated(body: Repetitions) -> dict[str, Any]:
    recurrences = [{"sizes": list(sizes), "equations": list(map(_sides, e))} for sizes, e in body.recurrences]
    return {"path": body.path, "index": text(body.index), "count": text(body.count), "recurrences": recurrences}


def _lines(lines: Iterable[Line]) -> list[dict[str, Any]]:
    return [
        {
            "quantity": x.quantity,
            "axis": x.axis,
            "sides": _sides(x.equation),
            **({"of": x.note} if x.note in _OF else {}),
        }
        for x in lines
    ]


def _sides(equation: Equation) -> list[str]:
    return [text(side) for side in equation.sides]
