"""What a mistake in a layer can change: whether it makes a difference there, and which quantities depend on it."""

from __future__ import annotations

from collections import ChainMap
from functools import lru_cache
from typing import Any, cast

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.symbols import exact
from symcnn.analysis.arguments import SAME
from symcnn.analysis.outcome import Outcome
from symcnn.errors import SymcnnError
from symcnn.formula.values import Frame, number
from symcnn.library.kind import Kind
from symcnn.library.rules import COUNTED, RULES, WINDOW
from symcnn.tree import Slip

LEARNED = ("weights", "biases")  # which together are params
SHAPE = ("size", "channels", "axes")


def is_counted(slip: Slip) -> bool:
    """Tell whether a mistake leaves tensors and windows as they are."""
    return slip.quantity not in (*SHAPE, *WINDOW)


def is_different(slip: Slip, right: Outcome, arithmetic: Arithmetic) -> bool:
    """Tell whether a mistake makes a layer another one; where that cannot be told, it may."""
    values, quantity = right.values, slip.quantity
    if quantity == "size" and SAME in values:  # which gives the size
        return False
    rule = right.kind.mistake(slip)
    try:
        if quantity in RULES and RULES[quantity].per_axis:
            known = values["n'" if quantity == "size" else quantity]
            axes = range(len(values["n"]))
            return any(exact(number(rule(Frame(arithmetic, values, i)), None)) != known[i] for i in axes)
        wrong = exact(number(rule(Frame(arithmetic, values)), None))
    except (SymcnnError, ZeroDivisionError, IndexError):
        return True
    if quantity == "params":
        return bool(wrong != exact(values["weights"] + values["biases"]))
    return bool(wrong != (right.output.channels if quantity == "channels" else values.get(quantity)))


def depends(kind: Kind, asked: str, quantity: str) -> bool:
    """Tell whether a counted quantity of a kind is worked out from another, or is it."""
    return asked in dependents(kind, quantity)


@lru_cache(maxsize=4096)
def dependents(kind: Kind, quantity: str) -> tuple[str, ...]:
    """Return a counted quantity and those that a kind works out from it, in the order in which that is done."""
    found = [quantity]
    for name in COUNTED:
        if name not in found and any(known in kind.spoken[name] for known in found):
            found.append(name)
    if quantity in LEARNED:
        found.append("params")
    return tuple(found)


def recounted(right: Outcome, slips: tuple[Slip, ...], arithmetic: Arithmetic) -> Outcome:
    """Return what a layer counts by mistakes of what is counted alone, on the same tensor."""
    values, counted = ChainMap[str, Any]({}, cast(dict[str, Any], right.values)), dict(right.counted)
    wrong = {slip.quantity: right.kind.mistake(slip) for slip in slips}
    changed = {name for slip in slips for name in dependents(right.kind, slip.quantity)}
    for name in (name for name in COUNTED if name in changed):
        rule = wrong.get(name, right.kind.rules[name])
        values[name] = counted[name] = exact(number(rule(Frame(arithmetic, values)), None))
    if "params" in wrong:
        counted["params"] = exact(number(wrong["params"](Frame(arithmetic, values)), None))
    return right._replace(counted=counted)
