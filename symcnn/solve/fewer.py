"""Numbers of repetitions below those that closed forms are of: the network is derived with each of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sympy import Expr, Symbol

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.evaluate import evaluator
from symcnn.algebra.symbols import Value, exact
from symcnn.analysis import Analysis
from symcnn.errors import NotSupportedError, SymcnnError
from symcnn.formula import nodes as f
from symcnn.formula.meaning import meaning
from symcnn.formula.values import Frame, number
from symcnn.solve.given import Given, claims_at
from symcnn.solve.scope import SolveScope

_MOST = 64  # values that are looked at one by one


def fewer(analysis: Analysis, unknown: Symbol, given: Given) -> tuple[int, ...]:
    """Return the values of a symbol, the least first, for which the closed forms are not those of the network.

    Raises `NotSupportedError` where they are many.
    """
    formal = [claim for claim in analysis.claims if claim in analysis.formal]  # without those that follow from others
    claims = [claim for claim in claims_at(analysis, formal, given) if claim.symbols() == {unknown}]
    least = 1 if unknown.is_positive else 0
    values = range(least, least + _MOST + 1)
    found = tuple(v for v in values if not all(claim.holds(evaluator({unknown: v})) for claim in claims))
    if values[-1] in found:
        shown = " and ".join(str(claim.relation()) for claim in claims)
        raise NotSupportedError(f"solving for {unknown}, of which closed forms want {shown}")
    return found


def difference_at(
    analysis: Analysis, relation: f.Comparison, place: int, given: Mapping[str, Any], values: Mapping[str, Any]
) -> Value | None:
    """Return left − right for the network with numbers put in before it is derived; None where it is not defined.

    Raises `NotSupportedError` where symbols stay.
    """
    assert analysis.renewed is not None
    try:
        numeric = analysis.renewed(given)
    except NotSupportedError:
        raise
    except SymcnnError:
        return None
    frame = Frame(Arithmetic(numeric.facts), SolveScope(numeric, place, values))
    left, right = (number(meaning(side)(frame), side.span) for side in relation.operands)
    difference = exact(left - right)
    if isinstance(difference, Expr):
        shown = ", ".join(f"{name} = {value}" for name, value in given.items())
        raise NotSupportedError(f"solving {relation.span.text} for the network with {shown}", relation.span)
    return difference
