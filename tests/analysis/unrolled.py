"""A symbolic number of repetitions held against all of them unrolled: defined for the same numbers, and equal there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product
from typing import Any

from symcnn import Analysis, SymcnnError, analyse
from symcnn.errors import NotSupportedError
from symcnn.library.rules import QUANTITIES
from symcnn.tree import Network

CONVENTIONS = ("fvcore", "thop", "exact_macs", "training")


def values(**choices: Iterable[int]) -> list[dict[str, int]]:
    """Return all combinations of values for some symbols."""
    return [dict(zip(choices, chosen, strict=True)) for chosen in product(*choices.values())]


def evaluated(a: Analysis, numbers: Mapping[str, int]) -> Analysis | None:
    """Return closed forms at some numbers; None where a condition does not hold, or a symbol may not be that."""
    try:
        return a.at(**{name: numbers[name] for name in a.symbols})
    except NotSupportedError:
        raise
    except SymcnnError:
        return None


def unrolled(net: Network, numbers: Mapping[str, int]) -> Analysis | None:
    """Return a network of numbers alone, without closed forms; None where it is not defined."""
    assumed = [f"{name} == {number}" for name, number in numbers.items()]
    try:
        a = analyse(net, assume=assumed)
    except SymcnnError:
        return None
    return evaluated(a, numbers)


def said(a: Analysis, conventions: Iterable[str] = CONVENTIONS) -> dict[str, Any]:
    """Return what the totals, the output and the receptive field are."""
    counted = {name: int(a.count(name)) for name in (*QUANTITIES, *conventions)}
    return counted | {"output": tuple(map(int, a.output)), "field": a.receptive_field}
