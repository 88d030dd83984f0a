"""The ideal time of a network in words: FLOPs over a rate, which is no number of FLOPs."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from symcnn.algebra.symbols import exact, is_number
from symcnn.analysis import Analysis
from symcnn.analysis.counting import Unknown
from symcnn.analysis.timing import counts_once, timed_conventions
from symcnn.analysis.totals import network_total
from symcnn.document.amounts import seconds
from symcnn.document.lines import TITLES, line
from symcnn.formula import nodes as f
from symcnn.formula.express import express
from symcnn.report import Line, Math, Rounded, Words

NOTE = (
    "Ideal time: what is counted over the rate. FLOPs are a number of operations, the rate is in operations per second "
    "(FLOP/s). A convention that counts a multiply–add once wants a rate in multiply–adds per second."
)


def time_lines(analysis: Analysis) -> tuple[Line, ...]:
    """Return a line for each convention in use: `FLOPs: 8,178,369,512/312,000,000,000,000 s ≈ 26.2 µs`."""
    return tuple(_line(analysis, name) for name in timed_conventions(analysis))


def _line(analysis: Analysis, name: str) -> Line:
    said = line(f"{TITLES.get(name, name)}: ")
    count = network_total(analysis, name)
    if isinstance(count, Unknown):
        return (*said, *line(f"unknown, as {count.layer} ({count.kind}) is"))
    if isinstance(analysis.rate, Fraction) and isinstance(exact(count), (int, Fraction)):  # no fraction of a fraction
        quotient: f.Formula = express(exact(Fraction(exact(count)) / analysis.rate))
    else:
        quotient = f.Product(
            (_bracketed(count, f.Sum), _bracketed(analysis.rate, f.Sum, f.Product, f.Coefficient)), ("/",)
        )
    once = line(", if the rate is in multiply–adds per second") if counts_once(analysis, name) else ()
    rounded = () if isinstance(quotient, f.Number) else _rounded(count, analysis.rate)
    return (*said, Math(quotient, written=True), Words(" s"), *rounded, *once)


def _bracketed(value: Any, *kinds: type[f.Formula]) -> f.Formula:
    formula = express(value)
    return f.Group(formula) if isinstance(formula, kinds) else formula


def _rounded(count: Any, rate: Any) -> Line:
    """Return a number of seconds with the unit that leaves up to three digits before the point."""
    count = exact(count)
    if not (isinstance(count, (int, Fraction)) and is_number(rate)) or not count:
        return ()
    found = seconds(Fraction(count) / rate)
    return (*line(" = " if isinstance(found[0], Rounded) else " "), *found)
