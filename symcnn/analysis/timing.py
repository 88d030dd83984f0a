"""The ideal time of a network: what a convention counts, over the operations that a machine does in a second."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.operations import product
from symcnn.algebra.symbols import Value, exact, expression, symbol
from symcnn.analysis.rate import prefixed, rate_formula
from symcnn.errors import SymcnnError
from symcnn.formula.meaning import meaning
from symcnn.formula.nodes import names
from symcnn.formula.values import Frame, number
from symcnn.library.rules import OPERATIONS, QUANTITIES
from symcnn.source import Source

if TYPE_CHECKING:
    from symcnn.analysis.result import Analysis

_ONCE = ("macs", "exact_macs", "connections")
OPERATIONS_COUNTED = ("macs", "flops", "connections")  # of the quantities; others are no operations


def checked_rate(analysis: Analysis, rate: Any) -> Value:
    """Return a rate in operations per second: a number, or a formula as text with symbols of its own, such as "R"."""
    if isinstance(rate, str):
        return _rate_of_text(analysis, rate)
    if isinstance(rate, (int, Fraction)) and not isinstance(rate, bool):
        return _positive(exact(rate), None)
    raise SymcnnError(f"the rate is {rate!r}", hint='give an exact number or a formula as text, such as "312e12"')


def _rate_of_text(analysis: Analysis, text: str) -> Value:
    known = prefixed(text)
    if known is not None:
        return _positive(exact(known), Source("rate", text).span(0, len(text)))
    formula = rate_formula(text, "rate", "a rate is in operations per second: 312e12 or 312T")
    for name in names(formula):
        if name.name in (analysis.symbolic or analysis).symbols:
            message = f"'{name.name}' is a symbol of the net {analysis.net}"
            raise SymcnnError(message, name.span, "the rate is that of a machine: choose another name")
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


def counts_once(analysis: Analysis, name: str) -> bool:
    """Tell whether a convention counts a multiply–add once, so that its time wants half the rate in FLOP/s."""
    if name in _ONCE:
        return True
    counting = analysis.counting
    if counting is None or name in (*QUANTITIES, *OPERATIONS):
        return False
    from symcnn.analysis.reconciliation import per_multiply_add

    parts = counting.convention(name).parts
    if any(part.name in _ONCE for _, part in parts):
        return True
    found = (per_multiply_add(counting, counting.convention(name), layer) for layer in analysis.layers)
    return any(number == 1 for number in found)


def ideal_seconds(analysis: Analysis, convention: str = "flops", rate: Any = None) -> Value:
    """Return the ideal time in seconds, exactly: what a convention counts, over the rate in operations per second.

    Without a `rate` it is that of the analysis. Raises `SymcnnError` where there is none.
    """
    known = analysis.rate if rate is None else checked_rate(analysis, rate)
    if known is None:
        raise SymcnnError("there is no rate", hint='as in ideal_seconds(analysis, rate="312e12")')
    return exact(product((analysis.count(convention), 1 / expression(known))))
