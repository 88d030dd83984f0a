"""What a mistake in a layer can change: whether it makes a difference there, and which quantities depend on it."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, cast

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.operations import product, total
from symcnn.algebra.symbols import Value, exact
from symcnn.analysis.arguments import SAME
from symcnn.analysis.outcome import Outcome
from symcnn.errors import SymcnnError
from symcnn.formula.meaning import BUILTINS
from symcnn.formula.values import Frame, number
from symcnn.library.kind import Kind
from symcnn.library.rules import COUNTED, RULES, WINDOW
from symcnn.tree import Slip

LEARNED = ("weights", "biases")  # which together are params
SHAPE = ("size", "channels", "axes")


def is_counted(slip: Slip) -> bool:
    """Tell whether a mistake leaves tensors and windows as they are."""
    return slip.quantity not in (*SHAPE, *WINDOW)


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


class Effects:
    """What mistakes do to single layers of one network; equal layers are asked once, and equal axes."""

    def __init__(self, arithmetic: Arithmetic) -> None:
        self._arithmetic = arithmetic
        self._different: dict[tuple[int, int], bool] = {}  # by the identities of an outcome and a mistake, as the next
        self._wrong: dict[tuple[int, int], Value] = {}
        self._changes: dict[tuple[int, tuple[int, ...], str], Value] = {}
        self._on_axes: dict[tuple[Any, ...], bool] = {}

    def is_different(self, slip: Slip, right: Outcome) -> bool:
        """Tell whether a mistake makes a layer another one; where that cannot be told, it may."""
        key = id(right), id(slip)
        if key not in self._different:
            right.kind.mistake(slip)  # one that cannot be understood is an error
            try:
                self._different[key] = self._differs(slip, right)
            except (SymcnnError, ZeroDivisionError, IndexError):
                self._different[key] = True
        return self._different[key]

    def _differs(self, slip: Slip, right: Outcome) -> bool:
        values, quantity = right.values, slip.quantity
        if quantity == "size" and SAME in values:  # which gives the size
            return False
        if quantity in RULES and RULES[quantity].per_axis:
            known = values["n'" if quantity == "size" else quantity]
            spoken = (values[name] for name in right.kind.spoken_by(slip) if name not in BUILTINS)
            key = (id(slip), known, *spoken)  # it is the same whatever the channels are
            if key not in self._on_axes:
                self._on_axes[key] = self._differs_on_an_axis(slip, right, known)
            return self._on_axes[key]
        wrong = self._wrong_value(slip, right)
        if quantity == "params":
            return bool(wrong != exact(values["weights"] + values["biases"]))
        return bool(wrong != (right.output.channels if quantity == "channels" else _known(values, quantity)))

    def _differs_on_an_axis(self, slip: Slip, right: Outcome, known: Sequence[Value]) -> bool:
        rule, values = right.kind.mistake(slip), right.values
        axes = range(len(values["n"]))
        return any(exact(number(rule(Frame(self._arithmetic, values, axis)), None)) != known[axis] for axis in axes)

    def _wrong_value(self, slip: Slip, right: Outcome) -> Value:
        """Return what a mistake makes of its quantity, where nothing else is wrong."""
        key = id(right), id(slip)
        if key not in self._wrong:
            self._wrong[key] = exact(number(right.kind.mistake(slip)(Frame(self._arithmetic, right.values)), None))
        return self._wrong[key]

    def change(self, right: Outcome, slips: tuple[Slip, ...], quantity: str) -> Value:
        """Return by how much mistakes of what is counted alone change a quantity of a layer."""
        key = id(right), tuple(map(id, slips)), quantity
        if key not in self._changes:
            wrong, before = self._changed(right, slips, quantity), _learned(right.counted, quantity)
            both = type(wrong) is int and type(before) is int
            self._changes[key] = wrong - before if both else total((wrong, product((-1, before))))
        return self._changes[key]

    def _changed(self, right: Outcome, slips: tuple[Slip, ...], quantity: str) -> Value:
        wrong = {slip.quantity: slip for slip in slips}
        values = _Over(right.values)
        frame = Frame(self._arithmetic, values)
        for name in _worked_out_again(right.kind, tuple(wrong), quantity):
            if name in wrong and len(slips) == 1:
                values[name] = self._wrong_value(wrong[name], right)
            else:
                rule = right.kind.mistake(wrong[name]) if name in wrong else right.kind.rules[name]
                values[name] = exact(number(rule(frame), None))
        if quantity == "params" and quantity in wrong:
            return exact(number(right.kind.mistake(wrong[quantity])(frame), None))
        return _learned(values, quantity)


def _learned(values: Mapping[str, Any], quantity: str) -> Value:
    """Return a counted quantity; params are what is learned."""
    if quantity == "params":
        return total(values[name] for name in LEARNED)
    found: Value = values[quantity]
    return found


@lru_cache(maxsize=4096)
def _worked_out_again(kind: Kind, wrong: tuple[str, ...], quantity: str) -> tuple[str, ...]:
    """Return what depends on the wrong quantities of a kind, and what is asked on it, in the order of the rules."""
    found = {name for one in wrong for name in dependents(kind, one)}
    wanted = LEARNED if quantity == "params" else (quantity,)
    return tuple(name for name in COUNTED if name in found and any(depends(kind, one, name) for one in wanted))


class _Over(dict[str, Any]):
    """Values of names, those that are not wrong as they are."""

    def __init__(self, right: Mapping[str, Any]) -> None:
        super().__init__()
        self._right = right

    def __missing__(self, name: str) -> Any:
        return self._right[name]


def _known(values: Mapping[str, Any], name: str) -> Any:
    try:
        return values[name]
    except KeyError:
        return None


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
