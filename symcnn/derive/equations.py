"""Equations of a working: chains of equal formulas, without what says nothing new; one line for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from symcnn.algebra.polynomial import add, polynomial
from symcnn.algebra.symbols import Value
from symcnn.analysis.tensor import axis_names
from symcnn.formula import nodes as f
from symcnn.formula.notation import text
from symcnn.report import Equation

PLUS, TIMES = ("+",), ("*",)
PHASES, SIDES = "phases", "sides"
OTHERS, FIRSTS = "others", "firsts"  # repetitions with and without something before them that learns
SIZE, FIELD, JUMP = "size", "receptive_field", "jump"  # what is worked out besides the quantities


@dataclass(frozen=True)
class Line:
    """One equation: what it is of, the axis it is for (None: all), and its sides.

    `note` says what else there is to know: PHASES, outputs see differently much and this is the most; SIDES, branches
    look to different sides and this is what they see together; FIRSTS, this is one of the repetitions before which
    nothing learns, and OTHERS, one of all others.
    """

    quantity: str
    axis: str | None
    equation: Equation
    note: str = ""


def chain(*sides: f.Formula) -> Equation:
    """Return an equation without a side that is the one before it, or a result with the same terms in another order."""
    *others, result = sides
    kept = [side for place, side in enumerate(others) if not place or side != others[place - 1]]
    if not kept or _terms(kept[-1]) != _terms(result) or len(text(result)) < len(text(kept[-1])):
        kept.append(result)
    return Equation(tuple(kept))


def _terms(node: f.Formula) -> list[str]:
    """Return the names and numbers of a formula, in a fixed order."""
    children = f.children(node)
    if not children:
        return [str(getattr(node, "name", getattr(node, "value", "")))]
    return sorted(part for child in children for part in _terms(child))


def per_axis(quantity: str, equations: Sequence[Equation], note: str = "") -> Iterator[Line]:
    """Yield one line where the axes say the same, else one for each."""
    if len(set(equations)) == 1:
        yield Line(quantity, None, equations[0], note)
        return
    for axis, equation in zip(axis_names(len(equations)), equations, strict=True):
        yield Line(quantity, axis, equation, note)


def sum_of(terms: list[f.Formula]) -> f.Formula:
    """Return the sum of some formulas, of one the formula itself."""
    return terms[0] if len(terms) == 1 else f.Sum(tuple(terms), PLUS * (len(terms) - 1))


def is_same(first: Value, second: Value) -> bool:
    """Tell whether two values are the same, in whatever form: 2·2ⁿ and 2ⁿ⁺¹."""
    return first == second or not add(polynomial(first), polynomial(second), -1)
