"""The totals of a network as sums over its layers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from symcnn.algebra.symbols import expression
from symcnn.analysis import Analysis
from symcnn.analysis.derivation import Loop
from symcnn.derive.equations import FIELD, JUMP, SIZE, TIMES, Line, chain, sum_of
from symcnn.derive.repetitions import last_of
from symcnn.formula import nodes as f
from symcnn.formula.express import express


def totals(analysis: Analysis, wanted: tuple[str, ...]) -> Iterator[Line]:
    """Yield each total as a sum over the layers that have some, the layers of equal blocks as n·(…) or Σ (…)."""
    for quantity in wanted:
        if quantity in (SIZE, FIELD, JUMP) or analysis.count(quantity) == 0:
            continue
        counted = [layer for layer in analysis.layers if layer.count(quantity) != 0]
        blocks = groupby(counted, key=lambda layer: (layer.times, layer.loops, layer.path.rpartition(".")[0]))
        terms: list[f.Formula] = []
        closed: list[f.Formula] = []
        for (times, loops, _), layers in blocks:
            block = list(layers)
            values = [layer.count(quantity) for layer in block]
            terms += _summed(loops, values) if loops else _block(times, values)
            closed += [express(x.together(x.count(quantity))) for x in block] if loops else _block(times, values)
        yield Line(quantity, None, chain(sum_of(terms), sum_of(closed), express(analysis.count(quantity))))


def _block(times: int, values: list[Any]) -> list[f.Formula]:
    terms = [express(value) for value in values]
    return terms if times == 1 else [_times(f.Number(times), sum_of(terms))]


def _times(times: f.Formula, whole: f.Formula) -> f.Formula:
    alone = isinstance(whole, f.Product) and set(whole.operators) == {"*"}
    factors = whole.factors if isinstance(whole, f.Product) and alone else (whole,)
    return f.Product((f.Group(times) if isinstance(times, f.Sum) else times, *factors), TIMES * len(factors))


def _summed(loops: Sequence[Loop], values: list[Any]) -> list[f.Formula]:
    """Return what all repetitions come to, as a sum over the index where the values speak of it: Σ 9k·(k₀ + k·i)."""
    whole = sum_of([express(value) for value in values])
    spoken = {symbol for value in values for symbol in expression(value).free_symbols}
    for loop in reversed(loops):
        if loop.index is not None and loop.index in spoken:
            index, last = f.Name(loop.index.name), express(last_of(loop))
            whole = f.Iterated("sum", index, f.Number(0), last, whole)
        else:
            whole = _times(express(loop.count), whole)
        spoken |= set(expression(loop.count).free_symbols)
    return [whole]
