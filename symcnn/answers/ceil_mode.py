"""The other rounding of poolings: what a network is with `ceil_mode` where it has none, and without where it has it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from symcnn.analysis import Analysis
from symcnn.analysis.derivation import outcomes
from symcnn.analysis.outcome import Outcome
from symcnn.answers.asked import Asked
from symcnn.answers.building import BUILDING
from symcnn.answers.replay import Made, replay_of
from symcnn.answers.same import Same
from symcnn.errors import SymcnnError
from symcnn.formula.nodes import Choice
from symcnn.library.kind import Kind
from symcnn.tree import Slip

_ARGUMENT = "ceil_mode"


def in_other_mode(analysis: Analysis, layer: str | None, quantity: str) -> Any:
    """Return a quantity of a layer, or of the network, if all poolings round the other way; None where none does.

    Raises `SymcnnError` for what is not known of such networks.
    """
    derivation = analysis.derivation
    if derivation is None or not any(_in_modes(outcome.kind) for outcome, _ in outcomes(derivation)):
        return None
    with BUILDING:
        replay = replay_of(Same(analysis))
        others = ((place, _other_size(leaf.outcome)) for place, leaf in enumerate(replay.leaves))
        made: Made = {place: (slip,) for place, slip in others if slip is not None}
        place = None if layer is None else next(i for i, one in enumerate(analysis.layers) if one.path == layer)
        try:
            return Asked(quantity, place).value(replay.run(made, place), replay)
        except ZeroDivisionError:
            raise SymcnnError("division by zero") from None


def _other_size(right: Outcome) -> Slip | None:
    """Return the rule of the size that a pooling has in the other mode, in the form of a mistake about it."""
    modes = _in_modes(right.kind)
    return None if modes is None else modes.floor if right.values[modes.symbol] is True else modes.ceil


class _Modes(NamedTuple):
    """The symbol of the argument, and the rules of the size with it and without it."""

    symbol: str
    ceil: Slip
    floor: Slip


@lru_cache(maxsize=1024)
def _in_modes(kind: Kind) -> _Modes | None:
    """Return how a kind rounds in both modes; None of one that has none."""
    definition = kind.definition
    symbols = [parameter.symbol for parameter in definition.parameters if parameter.name == _ARGUMENT]
    size = dict(definition.rules).get("size")
    if not symbols or not isinstance(size, Choice):
        return None
    return _Modes(symbols[0], Slip("size", _ARGUMENT, size.value), Slip("size", _ARGUMENT, size.otherwise))
