"""The totals of a network as sums over its layers."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from symcnn.analysis import Analysis
from symcnn.derive.equations import FIELD, JUMP, SIZE, TIMES, Line, chain, sum_of
from symcnn.formula import nodes as f
from symcnn.formula.express import express


def totals(analysis: Analysis, wanted: tuple[str, ...]) -> Iterator[Line]:
    """Yield each total as a sum over the layers that have some, the layers of equal blocks as n·(…)."""
    for quantity in wanted:
        if quantity in (SIZE, FIELD, JUMP) or analysis.count(quantity) == 0:
            continue
        counted = [layer for layer in analysis.layers if layer.count(quantity) != 0]
        blocks = groupby(counted, key=lambda layer: (layer.times, layer.path.rpartition(".")[0]))
        terms = [term for (times, _), block in blocks for term in _block(times, [x.count(quantity) for x in block])]
        yield Line(quantity, None, chain(sum_of(terms), express(analysis.count(quantity))))


def _block(times: int, values: list[Any]) -> list[f.Formula]:
    terms = [express(value) for value in values]
    if times == 1:
        return terms
    whole = sum_of(terms)
    alone = isinstance(whole, f.Product) and set(whole.operators) == {"*"}
    factors = whole.factors if isinstance(whole, f.Product) and alone else (whole,)
    return [f.Product((f.Number(times), *factors), TIMES * len(factors))]
