"""The ideal time of a network in words: FLOPs over a rate, which is no number of FLOPs."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from symcnn.algebra.symbols import exact, is_number
from symcnn.analysis import Analysis
from symcnn.analysis.counting import Unknown, network_total
from symcnn.analysis.timing import counts_once, timed_conventions
from symcnn.document.lines import TITLES, line
from symcnn.formula import nodes as f
from symcnn.formula.express import express
from symcnn.report import Line, Math, Rounded, Words

_PREFIXES = (("s", 1), ("ms", 10**3), ("µs", 10**6), ("ns", 10**9))
_PLACES = ((10, 2), (100, 1))  # three digits: so many decimals for numbers below
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
    quotient = f.Product((_bracketed(count, f.Sum), _bracketed(analysis.rate, f.Sum, f.Product, f.Coefficient)), ("/",))
    once = line(", if the rate is in multiply–adds per second") if counts_once(analysis, name) else ()
    return (*said, Math(quotient, written=True), Words(" s"), *_rounded(count, analysis.rate), *once)


def _bracketed(value: Any, *kinds: type[f.Formula]) -> f.Formula:
    formula = express(value)
    return f.Group(formula) if isinstance(formula, kinds) else formula


def _rounded(count: Any, rate: Any) -> Line:
    """Return a number of seconds with the unit that leaves up to three digits before the point."""
    count = exact(count)
    if not (isinstance(count, (int, Fraction)) and is_number(rate)):
        return ()
    seconds = Fraction(count) / rate
    if not seconds:
        return ()
    unit, scaled = next(
        ((unit, seconds * parts) for unit, parts in _PREFIXES if seconds * parts >= 1), ("ns", seconds * 10**9)
    )
    places = next((places for most, places in _PLACES if scaled < most), 0)
    sign = " = " if (scaled * 10**places).denominator == 1 else " ≈ "
    return Words(sign), Rounded(scaled, places), Words(f" {unit}")
