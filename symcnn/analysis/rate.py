"""Rates of machines as they are written: numbers with SI prefixes, or names; never units, and never nan or inf."""

from __future__ import annotations

import re
from fractions import Fraction

from symcnn.errors import SymcnnError
from symcnn.formula.nodes import Formula, names
from symcnn.source import Source
from symcnn.syntax import parse_formula

_PREFIXES = {"k": 10**3, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "P": 10**15}
_PREFIXED = re.compile(r"([0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)([kKMGTP])")
_UNIT = re.compile(r"[kmgtpe]?(flops?|flopps|ops?|macs?|bytes?|bits?|hz)(ps)?|[kmgtpe]i?b(ps)?|[kmgtpe]i?bits?", re.I)
_NO_NUMBERS = ("nan", "inf", "infinity", "oo")


def prefixed(text: str) -> Fraction | None:
    """Return the number of a text such as `312T` or `1.5G`; None of anything else.

    >>> prefixed("1.5G"), prefixed("R")
    (Fraction(1500000000, 1), None)
    """
    found = _PREFIXED.fullmatch(text.strip())
    return Fraction(found[1]) * _PREFIXES[found[2]] if found else None


def rate_formula(text: str, called: str, example: str) -> Formula:
    """Return a rate that is a formula; raises `SymcnnError` for units, for what is no number, and for spaces."""
    source = Source(called, text)
    if re.search(r"\w\s+\w|/\s*s\b", text):
        raise SymcnnError("a rate has no spaces and no unit", source.span(0, len(text)), example)
    formula = parse_formula(source)
    for name in names(formula):
        if name.name.lower() in _NO_NUMBERS or _UNIT.fullmatch(name.name):
            raise SymcnnError(f"'{name.name}' is no number", name.span, example)
    return formula
