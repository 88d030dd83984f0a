"""Small pieces that documents have in common."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from symcnn.formula.express import express, express_shape
from symcnn.formula.notation import text
from symcnn.report import Advice, Indent, Inline, Line, Math, Rounded, Words

# How quantities are called in headings.
TITLES = {
    "params": "params",
    "weights": "weights",
    "biases": "biases",
    "buffers": "buffers",
    "counters": "counters",
    "macs": "MACs",
    "flops": "FLOPs",
    "activations": "activations",
    "weight_layers": "weight layers",
    "nonlinearities": "nonlinearities",
    "neurons": "neurons",
    "connections": "connections",
}

CONVENTION = (
    "MACs: multiply–accumulates, products with padding included. FLOPs: 2·MACs, and one addition for each output where "
    "there is a bias; normalisation, activation and pooling count 0 in both. Activations: numbers in all outputs but "
    "those of views."
)


def line(*parts: Any) -> Line:
    """Return a line: strings are words, everything else a formula."""
    return tuple(inline(part) for part in parts)


def inline(part: Any) -> Inline:
    """Return a part of a line."""
    if isinstance(part, (Words, Math, Rounded, Advice, Indent)):
        return part
    return Words(part) if isinstance(part, str) else Math(express(part))


def listed(symbols: Iterable[Any], between: str = ", ") -> Line:
    """Return the line of a list of symbols."""
    parts: list[Any] = []
    for symbol in symbols:
        parts += [between, symbol] if parts else [symbol]
    return line(*parts)


def shape(values: tuple[Any, ...]) -> Line:
    """Return the line of a shape."""
    return (Math(express_shape(values)),) if values else ()


def width(parts: Line) -> int:
    """Return how many characters a line of words and formulas has as plain text, without its indentation."""
    formulas = (text(part.formula) for part in parts if isinstance(part, Math))
    return sum(map(len, formulas)) + sum(len(part.text) for part in parts if isinstance(part, Words))


def percent(ratio: Fraction) -> Line:
    """Return a ratio in percent, to one decimal, without a useless zero."""
    return Rounded(100 * ratio, 0 if round(ratio * 1000) % 10 == 0 else 1), Words(" %")


def alone(value: Any) -> Math:
    """Return a value that stands for itself though words stand before it, so that as a number it may be rounded."""
    return Math(express(value), alone=True)
