"""The commands of LaTeX in an answer: what stands for a sign, a bracket, a letter, and what is only dress."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from symcnn.answers import commands
from symcnn.answers.tokens import PAIRS, SUBSCRIPT

if TYPE_CHECKING:
    from symcnn.answers.scanner import Scanner

_DEGREE = re.compile(r"\s*\[\s*(\d)\s*\]")
_ENVIRONMENT = re.compile(r"\s*\{([a-z]+)\*?\}(?:\{[lcr|@ ]*\})?")
_BRACE = re.compile(r"\s*\{")


def commanded(scanner: Scanner, name: str, start: int, end: int) -> int:
    """Read a command of LaTeX, which ends at `end`."""
    text = scanner.text
    if name in commands.SIGNS:
        sign = commands.SIGNS[name]
        return (
            scanner.opened(sign, start, end)
            if sign == "["
            else (scanner.closed(sign, start, end) if sign == "]" else scanner.signed(sign, start, end))
        )
    if name in commands.BRACKETS:
        sign = commands.BRACKETS[name]
        if sign in PAIRS:
            return scanner.opened(sign, start, end)
        return scanner.closed(sign, start, end)
    if name in commands.FRACTIONS or name in commands.BINOMIALS:
        scanner.add("FRACTION" if name in commands.FRACTIONS else "BINOMIAL", name, start, end)
        scanner.innermost.pending = 2
        return end
    if name == "choose":
        scanner.add("_CHOOSE", name, start, end)
        return end
    if name == "sqrt":
        degree = _DEGREE.match(text, end)
        scanner.add("ROOT", int(degree[1]) if degree else 2, start, end)
        scanner.innermost.pending = 1
        return degree.end() if degree else end
    if name in commands.SERIES:
        return scanner.summed(commands.SERIES[name], start, end)
    return _dressing(scanner, name, start, end)


def _dressing(scanner: Scanner, name: str, start: int, end: int) -> int:
    """Read a command that says how things look, or that is a letter or a word."""
    text = scanner.text
    if name in commands.TEXTS or name in commands.BOXES or name in commands.BRACED:
        if name in commands.BOXES:
            scanner.boxes += 1
        opening = _BRACE.match(text, end)
        if opening is None:
            scanner.gap = True
            return end
        kind = "text" if name in commands.TEXTS else "box" if name in commands.BOXES else "label"
        return scanner.opened("{", opening.end() - 1, opening.end(), kind)
    if name in commands.SKIPPED:
        scanner.bar = name if name in ("left", "right") else ""
        scanner.gap = scanner.gap or not scanner.bar
        return end + (bool(scanner.bar) and text.startswith(".", end))
    if name in commands.BARS:
        scanner.bar = commands.BARS[name]
        return scanner.barred(start, end)
    if name in ("begin", "end"):
        environment = _ENVIRONMENT.match(text, end)
        if environment is not None and environment[1] in commands.ENVIRONMENTS:
            return environment.end()
    if name in commands.LETTERS or name in commands.FUNCTIONS:
        word = commands.LETTERS.get(name, name)
        if name == "infty":
            raise scanner.refused("undefined", "infinity is no number", start, end)
        while (subscript := SUBSCRIPT.match(text, end)) is not None:
            word, end = f"{word}_{scanner.subscript(subscript)}", subscript.end()
        scanner.add("WORD", word, start, end)
        return end
    raise scanner.refused("unknown", f"the command '\\{name}' is not understood here", start, end)
