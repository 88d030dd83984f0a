"""Values of symbols put into the conditions of a network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from sympy import Symbol

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.conditions import Claim, Condition, Either, Every, Truth, single
from symcnn.analysis import Analysis
from symcnn.analysis.values import checked
from symcnn.errors import SymcnnError
from symcnn.repetition.forall import claim_of
from symcnn.repetition.substitution import replaced

Given = Mapping[Symbol, int | Fraction]


def given_values(analysis: Analysis, values: Mapping[str, Any]) -> Given:
    """Return the values of symbols of the net; raises `SymcnnError` for one that is not in the symbol's domain."""
    own = {name: value for name, value in values.items() if name in analysis.symbols}
    return checked(own, {name: analysis.symbols[name] for name in own}, analysis.replaced)


def claims_at(analysis: Analysis, claims: Iterable[Claim], given: Given) -> tuple[Claim, ...]:
    """Return what must still hold; raises `SymcnnError` where it never does."""
    found: list[Claim] = []
    for claim in claims:
        for part in single(_at(claim, given, Arithmetic())):
            if part is False:
                shown = ", ".join(f"{symbol.name} = {value}" for symbol, value in given.items())
                hint = f"it needs {claim.relation()}"
                raise SymcnnError(f"the net '{analysis.net}' is not defined for {shown}", hint=hint)
            if not isinstance(part, bool):
                found.append(part)
    return tuple(dict.fromkeys(found))


def _at(claim: Truth, given: Given, arithmetic: Arithmetic) -> Truth:
    if isinstance(claim, bool) or not claim.relation().free_symbols & given.keys():
        return claim
    if isinstance(claim, Condition):
        return claim_of(replaced(claim.value, given, arithmetic), claim.claim, arithmetic)
    assert isinstance(claim, (Either, Every))
    parts = [_at(part, given, arithmetic) for part in claim.conditions]
    return arithmetic.either(parts) if isinstance(claim, Either) else arithmetic.every(parts)
