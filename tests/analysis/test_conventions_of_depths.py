"""Every counting convention on a symbolic depth against all repetitions unrolled."""

from __future__ import annotations

from typing import Any

import pytest

from symcnn import Analysis, SymcnnError, analyse, load
from symcnn.algebra.evaluate import evaluator
from symcnn.library.convention import known_conventions
from tests.analysis.unrolled import evaluated, unrolled

NETS = {name: net for name, net in load("examples/depth.cnn").items() if net.definition.input is not None}
SUMS = ("macs+bias+norm", "flops+activation", "macs+bias+activation+pooling+norm+addition")
VALUES = {"C": 2, "H": 40, "W": 50, "T": 9, "k": 3, "s": 2, "k0": 5, "h": 2, "c": 3, "c0": 2, "d": 5, "w": 6, "b": 3}


def counted(a: Analysis, convention: str) -> Any:
    try:
        return a.count(convention)
    except SymcnnError:
        return None


@pytest.mark.parametrize("name", NETS)
@pytest.mark.parametrize("number", [1, 4, *(pytest.param(n, marks=pytest.mark.slow) for n in (0, 2, 3, 12))])
def test_every_convention(name: str, number: int) -> None:
    a = analyse(NETS[name])
    own = {s: number if s in ("n", "L") or (s == "m" and name == "fsrcnn") else VALUES.get(s, 2) for s in a.symbols}
    here, there = evaluated(a, own), unrolled(NETS[name], own)
    assert (here is None) == (there is None)
    if here is None or there is None:
        return
    assert a.counting is not None
    evaluate = evaluator({a.symbols[symbol]: value for symbol, value in own.items()})
    formed = all(claim.holds(evaluate) for claim in a.formal)  # else the network with that depth has other formulas
    for convention in (*known_conventions(a.counting.file), *SUMS):
        expected, closed = counted(there, convention), counted(a, convention)
        assert counted(here, convention) == expected, convention
        assert closed is None or not formed or evaluate(closed) == expected, convention
        # Only what a tool does with a padding that is a symbol is not known of the symbols.
        assert (closed is None) == (expected is None) or (name == "strided" and closed is None), convention
