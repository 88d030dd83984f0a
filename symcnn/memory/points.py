"""Points where a network is defined: where one size is smaller than another at one, no proof need be sought."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from random import Random
from typing import TypeAlias

from sympy import Symbol

from symcnn.algebra.evaluate import evaluator
from symcnn.algebra.symbols import Value
from symcnn.analysis import Analysis
from symcnn.errors import SymcnnError

Point: TypeAlias = Callable[[Value], int | Fraction]

_SIZES = (1, 2, 3, 5, 8, 16, 32, 64, 96, 128, 224, 256, 512, 1024)
_DEEPER = (0, 1, 2, 5)
_TRIES, _ENOUGH = 300, 24


def legal_points(analysis: Analysis, fixed: Mapping[Symbol, int], least: Mapping[Symbol, int]) -> list[Point]:
    """Return a few points, always the same, at which everything holds that the network wants; maybe none.

    `fixed` are the values of some symbols, `least` those of numbers of repetitions, which stay near to it.
    """
    if not analysis.symbols:
        return []
    found: list[Point] = []
    for point in _tried(analysis, fixed, least):
        if _is_legal(analysis, point):
            found.append(point)
        if len(found) == _ENOUGH:
            break
    return found


def _tried(analysis: Analysis, fixed: Mapping[Symbol, int], least: Mapping[Symbol, int]) -> Iterator[Point]:
    random = Random(0)  # the choice only spares time
    free = [symbol for symbol in analysis.symbols.values() if symbol not in analysis.replaced]
    for number in range(_TRIES):
        same = random.choice(_SIZES)
        chosen: dict[Symbol, int | Fraction] = {s: same if number % 4 == 1 else random.choice(_SIZES) for s in free}
        chosen |= {**fixed, **{symbol: number + random.choice(_DEEPER) for symbol, number in least.items()}}
        point = evaluator(chosen)
        for symbol, value in analysis.replaced.items():
            if value.free_symbols <= chosen.keys():
                chosen[symbol] = point(value)
        yield evaluator(chosen)


def _is_legal(analysis: Analysis, point: Point) -> bool:
    try:
        return all(claim.holds(point) for claim in (*analysis.assumed, *analysis.claims))
    except SymcnnError:  # a division by zero, a number that is too large
        return False
