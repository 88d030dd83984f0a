"""The totals of a network as sums over its layers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from symcnn.algebra.operations import product, total
from symcnn.algebra.symbols import exact, expression
from symcnn.analysis import Analysis, Layer
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
        counted = (part for layer in analysis.layers for part in _parts(layer, quantity) if part.value != 0)
        terms: list[f.Formula] = []
        closed: list[f.Formula] = []
        for (times, loops, _), parts in groupby(counted, key=lambda part: (part.times, part.loops, part.block)):
            block = list(parts)
            values = [part.value for part in block]
            terms += _summed(loops, values) if loops else _block(times, values)
            closed += [express(part.together) for part in block] if loops else _block(times, values)
        yield Line(quantity, None, chain(sum_of(terms), sum_of(closed), express(analysis.count(quantity))))


@dataclass(frozen=True)
class _Part:
    """What so many repetitions of a layer count each, those around by an index too."""

    block: str
    times: Any
    loops: tuple[Loop, ...]
    value: Any
    together: Any


def _parts(layer: Layer, quantity: str) -> Iterator[_Part]:
    """Yield what a layer counts; the first repetitions apart where they count otherwise."""
    block, counting, one = layer.path.rpartition(".")[0], layer.counting, layer.count(quantity)
    first = None if counting is None or quantity in layer.counted else counting.of_first(quantity, layer)
    if counting is None or first is None:
        yield _Part(block, layer.times, layer.loops, one, layer.total(quantity))
    elif layer.loops:
        values = (product((part, x.count(quantity))) for x, part in counting.variants(layer, quantity))
        yield _Part(block, layer.times, layer.loops, exact(total(values)), layer.total(quantity))
    else:
        times = counting.times_first(layer)
        yield _Part(block, times, (), first, times * first)
        yield _Part(block, layer.times - times, (), one, (layer.times - times) * one)


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
