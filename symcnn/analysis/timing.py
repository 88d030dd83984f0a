"""The ideal time of a network: what a convention counts, over the operations that a machine does in a second."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.operations import product
from symcnn.algebra.symbols import Value, exact, expression, symbol
from symcnn.errors import SymcnnError
from symcnn.formula.meaning import meaning
from symcnn.formula.nodes import names
from symcnn.formula.values import Frame, number
from symcnn.library.rules import QUANTITIES
from symcnn.source import Source
from symcnn.syntax import parse_formula

if TYPE_CHECKING:
    from symcnn.analysis.result import Analysis

OPERATIONS_COUNTED = ("macs", "flops", "connections")  # of the quantities; others are no operations
_UNITS = ("FLOPS", "FLOP", "TFLOPS", "GFLOPS")


def checked_rate(analysis: Analysis, rate: Any) -> Value:
    """Return a rate in operations per second: a number, or a formula as text with symbols of its own, such as "R"."""
    if isinstance(rate, str):
        return _rate_of_text(analysis, rate)
    if isinstance(rate, (int, Fraction)) and not isinstance(rate, bool):
        return _positive(exact(rate), None)
    raise SymcnnError(f"the rate is {rate!r}", hint='give an exact number or a formula as text, such as "312e12"')


def _rate_of_text(analysis: Analysis, text: str) -> Value:
    source = Source("rate", text)
    formula = parse_formula(source)
    for name in names(formula):
        if name.name in (analysis.symbolic or analysis).symbols:
            message = f"'{name.name}' is a symbol of the net {analysis.net}"
            raise SymcnnError(message, name.span, "the rate is that of a machine: choose another name")
        if name.name.upper() in _UNITS:
            raise SymcnnError(f"'{name.name}' is no number", name.span, "a rate is in operations per second: 312e12")
    values = {name.name: symbol(name.name) for name in names(formula)}
    return _positive(exact(number(meaning(formula)(Frame(Arithmetic(), values)), formula.span)), formula.span)


def _positive(rate: Value, span: Any) -> Value:
    if isinstance(rate, (int, Fraction)) and rate <= 0:
        raise SymcnnError("a rate is positive", span, "in operations per second, such as 312e12")
    return rate


def timed_conventions(analysis: Analysis) -> tuple[str, ...]:
    """Return the conventions in use that count operations: FLOPs, unless others are asked for."""
    counting = analysis.counting
    asked = [
        name
        for name in analysis.columns
        if name in OPERATIONS_COUNTED
        or (name not in QUANTITIES and counting is not None and not counting.convention(name).stored)
    ]
    return tuple(asked) or ("flops",)


def ideal_seconds(analysis: Analysis, convention: str = "flops", rate: Any = None) -> Value:
    """Return the ideal time in seconds, exactly: what a convention counts, over the rate in operations per second.

    Without a `rate` it is that of the analysis. Raises `SymcnnError` where there is none.
    """
    known = analysis.rate if rate is None else checked_rate(analysis, rate)
    if known is None:
        raise SymcnnError("there is no rate", hint='as in ideal_seconds(analysis, rate="312e12")')
    return exact(product((analysis.count(convention), 1 / expression(known))))
