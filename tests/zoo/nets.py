"""The zoo's networks, analysed once, and what the tests ask of them."""

from __future__ import annotations

import json
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from symcnn import Analysis, analyse, load
from symcnn.analysis import Layer

DATA = Path(__file__).parents[1] / "data"


def data(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
    return found


@cache
def zoo(name: str, **parameters: Any) -> Analysis:
    return analyse(load(f"zoo/{name}")[name], **parameters)


@cache
def at_224(name: str) -> Analysis:
    return zoo(name).at(H=224, W=224)


def written_out(analysis: Analysis, depth: int = 2) -> list[Layer]:
    """Return the layers with each repetition written out; it is what lies together at some depth."""

    def together(layer: Layer) -> tuple[int, list[str]]:
        return layer.times, layer.path.split(".")[:depth]

    return [layer for (times, _), body in groupby(analysis.layers, together) for layer in list(body) * times]


def last(analysis: Analysis, kind: str) -> Layer:
    """Return the last layer of a kind whose output still has positions to tell apart."""
    return [x for x in analysis.layers if x.kind == kind and len(x.output) > 1][-1]
