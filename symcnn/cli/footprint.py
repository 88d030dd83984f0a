"""What `memory` does, between its arguments and its output."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from symcnn.cli.work import asked_for, of_those_that_have_it, pairs, symbols_of
from symcnn.errors import SymcnnError
from symcnn.formula.style import Style

if TYPE_CHECKING:
    from symcnn.memory import Memory


@dataclass(frozen=True)
class Wanted:
    """What is asked of the memory: how numbers are stored, the machine, and the convolutions to look at."""

    dtype: str
    optimizer: str
    mixed: bool
    peak: str | None
    bandwidth: str | None
    layers: tuple[str, ...]
    tiles: tuple[int, ...]
    convention: str


def remembered(
    file: str,
    names: Sequence[str],
    settings: Iterable[str],
    values: Sequence[str],
    assume: tuple[str, ...],
    format_: str,
    style: Style,
    wanted: Wanted,
) -> str:
    """Return the output of `memory`."""
    if (wanted.peak is None) != (wanted.bandwidth is None):
        raise SymcnnError("a machine has a peak and a bandwidth", hint="as in --peak 312e12 --bandwidth 2e12")
    at = pairs(values, "--at")
    analyses = asked_for(file, names, settings, (), assume, format_)
    from symcnn.memory import memory
    from symcnn.render import render_all

    convention = wanted.convention
    found = [
        memory(analysis, wanted.dtype, wanted.optimizer, mixed=wanted.mixed, convention=convention)
        for analysis in analyses
    ]
    known = {name for analysis in analyses for name in analysis.symbols}
    results = of_those_that_have_it(found, lambda part: _result(part, wanted, at, known))
    machine = {name for result in results for name in getattr(getattr(result, "machine", None), "symbols", ())}
    style.check_symbols(symbols_of(analyses) | machine)
    return render_all(results, format_, style)


def _result(found: Memory, wanted: Wanted, at: dict[str, str], known: set[str]) -> Any:
    """Return what is asked of one of several nets, which gets the values of its own symbols."""
    from symcnn.memory import convolution_costs, roofline

    if wanted.layers or wanted.tiles:
        return convolution_costs(_at(found, at, known), wanted.layers, wanted.tiles)
    if wanted.peak is None or wanted.bandwidth is None:
        return _at(found, at, known)
    bounds = roofline(found, wanted.peak, wanted.bandwidth)
    own = bounds.machine.symbols
    given = {name: value for name, value in at.items() if name in own}
    there = roofline(_at(found, {n: v for n, v in at.items() if n not in own}, known), wanted.peak, wanted.bandwidth)
    return there.at(**given) if given else there


def _at(found: Memory, at: dict[str, str], known: set[str]) -> Memory:
    values = {name: v for name, v in at.items() if name in found.analysis.symbols or name not in known}
    return found.at(**values) if values else found
