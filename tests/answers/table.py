"""The table of answers, and what its column `means` is worth: worked out here by Python's own arithmetic."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from pathlib import Path
from typing import Any

TABLE = Path(__file__).parent.parent / "data" / "answers.tsv"
KNOWN_FAILURE = "known failure"


@dataclass(frozen=True)
class Row:
    """One answer, what it was asked for, and the verdict; `means` are readings (~) of members (|) in Python."""

    id: str
    kind: str
    form: str
    locale: str
    reference: str
    answer: str
    assumptions: str
    verdict: str
    means: str
    note: str
    source: str

    @property
    def symbols(self) -> list[str]:
        """The names that the reference has."""
        return [word for word in re.findall(r"[A-Za-z_]\w*", self.reference) if word not in (*_FUNCTIONS, "ceiling")]

    @property
    def readings(self) -> list[list[str]]:
        """For each reading the members, as Python."""
        return [[member.strip() for member in reading.split("|")] for reading in self.means.split("~")]


def rows() -> list[Row]:
    """Return the rows of the table."""
    _, *lines = TABLE.read_text(encoding="utf-8").split("\n")[:-1]
    return [Row(*line.split("\t")) for line in lines]


def meant(code: str, values: Mapping[str, int]) -> Any:
    """Return what a formula in Python's notation is worth: a Fraction, or a tuple of them for a shape."""
    return _evaluate(ast.parse(code, mode="eval").body, values)


def _evaluate(node: ast.expr, values: Mapping[str, int]) -> Any:
    match node:
        case ast.Constant(value):
            return Fraction(str(value))
        case ast.Name(name):
            return Fraction(values[name])
        case ast.Tuple(items):
            return tuple(_evaluate(item, values) for item in items)
        case ast.UnaryOp(ast.USub(), operand):
            return -_evaluate(operand, values)
        case ast.BinOp(left, operator, right):
            return _OPERATIONS[type(operator)](_evaluate(left, values), _evaluate(right, values))
        case ast.Call(ast.Name(name), arguments):
            return _FUNCTIONS[name](*(_evaluate(argument, values) for argument in arguments))
    raise ValueError(ast.dump(node))


_OPERATIONS: dict[type[ast.operator], Any] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.Pow: lambda a, b: a**b,
}
_FUNCTIONS: dict[str, Any] = {
    "floor": lambda x: Fraction(floor(x)),
    "ceil": lambda x: Fraction(ceil(x)),
    "max": max,
    "min": min,
    "abs": abs,
    "mod": lambda a, b: a - b * floor(a / b),
}
