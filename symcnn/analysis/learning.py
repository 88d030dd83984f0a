"""Before which layers of a network nothing learns: their inputs need no gradient."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from sympy import Expr, Piecewise

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.conditions import Condition, Truth
from symcnn.algebra.operations import product, total
from symcnn.algebra.symbols import exact, expression
from symcnn.analysis.derivation import INPUT, Derivation, Leaf, Nest, Place
from symcnn.repetition.substitution import replaced

# For each of the inputs of a body, 1 where nothing learns before it and else 0, by cases where that depends on symbols,
# None where it is not known; of a run of a body, by layer how often nothing does, and the same of its output.
_Free: TypeAlias = Any
_Run: TypeAlias = tuple[tuple[Any, ...], _Free]


def first_times(derivation: Derivation, arithmetic: Arithmetic) -> tuple[Any, ...]:
    """Return for each layer that `visits` yields how many of its repetitions have nothing before them that learns.

    None where that is not known.
    """
    return _Learning(arithmetic).run(derivation, (1,) * len(derivation.inputs))[0]


class _Learning:
    """What learns in the bodies of one network."""

    def __init__(self, arithmetic: Arithmetic) -> None:
        self._arithmetic = arithmetic
        self._known: dict[tuple[Derivation, tuple[_Free, ...]], _Run] = {}

    def run(self, body: Derivation, free: tuple[_Free, ...]) -> _Run:
        """Return what one run of a body has on inputs before which something learns, or nothing."""
        if (body, free) not in self._known:
            times: list[Any] = []
            outputs: list[_Free] = []

            def of(place: Place) -> _Free:
                return outputs[place] if place >= 0 else free[INPUT - place]

            for item in body.items:
                before = tuple(map(of, item.sources))
                found = _of_layer(item, before) if isinstance(item, Leaf) else self._of_body(item, before)
                times += found[0]
                outputs.append(found[1])
            self._known[body, free] = tuple(times), of(body.result)
        return self._known[body, free]

    def _of_body(self, nest: Nest, before: tuple[_Free, ...]) -> _Run:
        """Add up the repetitions: all but the first have before them what learns before the first one's output."""
        none = self._arithmetic.compare("==", nest.times, 0)
        entering = before[0]
        before = tuple(_where(none, False, one) for one in before)
        first, output = self.run(nest.body, before)
        if nest.index is not None:
            first, output = tuple(self._at_first(one, nest) for one in first), self._at_first(output, nest)
        if nest.times == 1:
            return first, output
        other, last = self.run(nest.body, (output, *before[1:]))
        if last != output or any(_speaks(one, nest) for one in (*other, last)):  # it may change once more
            return tuple(0 if one == another == 0 else None for one, another in zip(first, other, strict=True)), None
        more = total((nest.times, -1))
        times = (
            None if one is None or another is None else total((one, product((more, another))))
            for one, another in zip(first, other, strict=True)
        )
        return tuple(times), _after(none, _where(none, True, entering), last)

    def _at_first(self, value: _Free, nest: Nest) -> _Free:
        assert nest.index is not None
        return None if value is None else replaced(value, {nest.index: 0}, self._arithmetic)


def _after(none: Truth, before: _Free, last: _Free) -> _Free:
    """Return what the output of a repetition is, which may be its input."""
    if none is False or before == last:
        return last
    if none is True:
        return before
    if before is None or last is None or not isinstance(none, Condition):
        return None
    return Piecewise((expression(before), none.relation()), (expression(last), True), evaluate=False)


def _where(none: Truth, holds: bool, value: _Free) -> _Free:
    """Return a value where there are no repetitions, or where there are some."""
    if not isinstance(value, Expr) or not isinstance(none, Condition):
        return value
    relation, chosen = none.relation(), 0 if holds else 1
    choices = {choice for choice in value.atoms(Piecewise) if choice.args[0][1] == relation}
    return exact(value.xreplace({choice: choice.args[chosen][0] for choice in choices}))


def _of_layer(layer: Leaf, before: Sequence[_Free]) -> _Run:
    free = 0 if 0 in before else None if None in before else product(before)
    stored = layer.outcome.counted["weights"] != 0 or layer.outcome.counted["biases"] != 0
    return (free,), 0 if stored else free


def _speaks(value: _Free, nest: Nest) -> bool:
    return isinstance(value, Expr) and nest.index in value.free_symbols
