"""What the symbols of an analysis stand for: sizes of the input; of others only which numbers they are is known."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Symbol

from symcnn.analysis import Analysis
from symcnn.document.lines import line, listed
from symcnn.document.words import word
from symcnn.report import Line

# How the axes of an input are called, by how many there are.
_AXES = {0: (), 1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}


def symbol_lines(*analyses: Analysis) -> tuple[Line, ...]:
    """Return a line for each meaning: `C: channels of the input`, `k, s: positive integers`."""
    meanings: dict[str, dict[Symbol, None]] = {}
    known = {symbol: None for analysis in analyses for symbol in analysis.symbols.values()}
    for symbol in known:
        meanings.setdefault(_meaning(symbol, analyses), {})[symbol] = None
    return tuple(
        (*listed(symbols), *line(f": {meaning}" if len(symbols) == 1 else f": {_PLURALS.get(meaning, meaning)}"))
        for meaning, symbols in meanings.items()
    )


def assumption_lines(*analyses: Analysis, language: str = "en") -> tuple[Line, ...]:
    """Return a line for each assumption, and for each symbol that is a rational number and no integer."""
    symbols = dict.fromkeys(symbol for analysis in analyses for symbol in analysis.symbols.values())
    rational = (line(symbol, word("rational", language)) for symbol in symbols if not symbol.is_integer)
    relations = dict.fromkeys(relation for analysis in analyses for relation in analysis.assumptions)
    return (*rational, *map(line, relations))


def condition_items(analysis: Analysis, language: str = "en") -> Iterator[tuple[str, tuple[Line, ...]]]:
    """Yield what closed forms are of, where fewer repetitions have others, and what the network is defined for."""
    formal = [claim.relation() for claim in analysis.claims if claim in analysis.formal]
    needed = [relation for relation in analysis.conditions if relation not in formal]
    for label, relations in (("formulas_for", formal), ("defined_for", needed)):
        if relations:
            yield word(label, language), tuple(map(line, relations))


def _meaning(symbol: Symbol, analyses: tuple[Analysis, ...]) -> str:
    roles = dict.fromkeys(role for analysis in analyses for role in _roles(symbol, analysis))
    if roles:
        return " and ".join(roles) + " of the input"
    return _number(symbol)


def _roles(symbol: Symbol, analysis: Analysis) -> list[str]:
    axes = _AXES[len(analysis.input) - 1]
    roles = [role for role, size in zip(("channels", *axes), analysis.input, strict=True) if size == symbol]
    return [*roles, *(["batch size"] if analysis.batch == symbol else [])]


def _number(symbol: Symbol) -> str:
    if not symbol.is_integer:
        return "a positive rational number" if symbol.is_positive else "a rational number"
    return (
        "a positive integer"
        if symbol.is_positive
        else "a nonnegative integer"
        if symbol.is_nonnegative
        else "an integer"
    )


_PLURALS = {
    "a positive rational number": "positive rational numbers",
    "a rational number": "rational numbers",
    "a positive integer": "positive integers",
    "a nonnegative integer": "nonnegative integers",
    "an integer": "integers",
}
