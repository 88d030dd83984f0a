"""What networks see by mistakes of the whole: another step from layer to layer, from the input to the output."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.symbols import Value, exact
from symcnn.analysis.derivation import INPUT, Derivation, Leaf, Nest
from symcnn.analysis.window import Window
from symcnn.errors import NotSupportedError
from symcnn.formula.values import Frame
from symcnn.library.seeing import Seeing

_MOST_STEPS = 10_000


@dataclass(frozen=True, slots=True)
class _State:
    """What is seen so far along one axis: how many inputs, their distance, and the jump of the last layer alone."""

    seen: Value
    jump: Value = 1
    last: Value = 1


_States = tuple[_State, ...]  # one for each axis


class _ReachedError(Exception):
    """The layer that was asked for is reached."""


class Follower:
    """Follows one mistake through the layers; branches that meet see what the one sees that sees most."""

    def __init__(self, seeing: Seeing, arithmetic: Arithmetic) -> None:
        self._seeing, self._arithmetic = seeing, arithmetic
        self._place, self._steps, self._wanted = 0, 0, -1
        self._found: _States = ()

    def sizes(self, derivation: Derivation, place: int | None) -> tuple[Value, ...]:
        """Return what the output of a layer, or of the network, is thought to see."""
        start = exact(self._seeing.start(Frame(self._arithmetic, {})))
        self._place, self._steps, self._wanted = 0, 0, -1 if place is None else place
        try:
            found = self._body(derivation, ((_State(start),) * len(derivation.input.sizes),))
        except _ReachedError:
            found = self._found
        return tuple(state.seen for state in found)

    def _body(self, body: Derivation, given: tuple[_States, ...]) -> _States:
        outputs: list[_States] = []

        def at(place: int) -> _States:
            return outputs[place] if place >= 0 else given[INPUT - place]

        for item in body.items:
            sources = tuple(at(place) for place in item.sources)
            outputs.append(self._leaf(item, sources) if isinstance(item, Leaf) else self._nest(item, sources))
        return at(body.result)

    def _nest(self, nest: Nest, sources: tuple[_States, ...]) -> _States:
        own, *taken = sources
        if not isinstance(nest.times, int):
            raise NotSupportedError("what a mistake makes of a symbolic number of repetitions")
        first, inside = self._place, self._place <= self._wanted < self._place + nest.body.rows
        wanted, self._wanted = self._wanted, -1
        for repetition in range(nest.times):
            self._place = first
            if inside and repetition == nest.times - 1:  # a layer is asked for as it is in the last one
                self._wanted = wanted
            own = self._body(nest.body, (own, *taken))
        self._wanted = wanted
        self._place = first + nest.body.rows
        return own

    def _leaf(self, leaf: Leaf, sources: tuple[_States, ...]) -> _States:
        self._steps += 1
        if self._steps > _MOST_STEPS:
            raise NotSupportedError(f"more than {_MOST_STEPS:,} layers, one after the other")
        found = self._joined(sources) if len(sources) > 1 else self._through(leaf, sources[0])
        if self._place == self._wanted:
            self._found = found
            raise _ReachedError
        self._place += 1
        return found

    def _joined(self, sources: tuple[_States, ...]) -> _States:
        most = (self._arithmetic.largest([state.seen for state in axis]) for axis in zip(*sources, strict=True))
        return tuple(_State(seen, s.jump, s.last) for seen, s in zip(most, sources[0], strict=True))

    def _through(self, leaf: Leaf, states: _States) -> _States:
        rules = leaf.outcome.kind.constants
        if not leaf.outcome.windows or ("reach" in rules and "jump" in rules):  # it has no window
            return states
        return tuple(map(self._step, states, leaf.outcome.windows))

    def _step(self, state: _State, window: Window) -> _State:
        if not window.is_plain:
            raise NotSupportedError("mistakes about what is seen through upsampling")
        names: dict[str, Any] = {"r": state.seen, "j": state.jump, "last": state.last}
        names |= {"reach": window.reach, "jump": window.jump}
        seen = exact(self._seeing.step(Frame(self._arithmetic, names)))
        return _State(seen, self._arithmetic.product([state.jump, window.jump], []), window.jump)
