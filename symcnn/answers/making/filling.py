"""Numbers put into the text of a network in place of its names, and conditions on such numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from fractions import Fraction
from typing import Any

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.errors import SymcnnError
from symcnn.formula import nodes as f
from symcnn.formula.meaning import meaning
from symcnn.formula.values import Frame
from symcnn.source import Source, Span
from symcnn.syntax import parse_formula
from symcnn.syntax.read import parse_file

Numbers = Mapping[str, int]


def filled(text: str, numbers: Numbers) -> str:
    """Return definitions with numbers for names; a formula of such names alone is written as what it is worth.

    >>> filled("net q { input C×N×N; Conv(2C, K, padding=(K - 1)/2) }", {"C": 3, "N": 32, "K": 5})
    'net q { input 3×32×32; Conv(6, 5, padding=2) }'
    """
    file = parse_file(Source("template", text))
    found = sorted(_replacements(tuple(file.nets.values()), numbers), key=lambda pair: pair[0].start)
    for span, new in reversed(found):
        text = text[: span.start] + new + text[span.end :]
    return text


def holds(condition: str, numbers: Numbers) -> bool:
    """Tell whether a condition holds for some numbers; raises `SymcnnError` where that is no question."""
    found = _worth(parse_formula(Source("where", condition)), numbers)
    if not isinstance(found, bool):
        raise SymcnnError(f"'{condition}' is no condition on {', '.join(numbers)}")
    return found


def _replacements(part: Any, numbers: Numbers) -> Iterator[tuple[Span, str]]:
    """Yield what is written in the place of what, from the outermost formulas that are numbers inwards."""
    if isinstance(part, f.Node):
        yield from _in_formula(part, numbers)
    elif isinstance(part, tuple):
        for item in part:
            yield from _replacements(item, numbers)
    elif is_dataclass(part) and not isinstance(part, Span):
        for one in fields(part):
            yield from _replacements(getattr(part, one.name), numbers)


def _in_formula(node: Any, numbers: Numbers) -> Iterator[tuple[Span, str]]:
    used = {name.name for name in f.names(node)}
    if used & set(numbers):
        if used <= set(numbers) and not isinstance(node, (f.Shape, f.Tuple)):
            yield node.span, _written(_worth(node, numbers))
        else:
            for child in f.children(node):
                yield from _in_formula(child, numbers)


def _worth(node: Any, numbers: Numbers) -> Any:
    return meaning(node)(Frame(Arithmetic(), dict(numbers)))


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    number = Fraction(int(value)) if not isinstance(value, Fraction) else value
    return str(number) if number.denominator == 1 else f"({number})"
