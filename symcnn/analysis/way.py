"""The way from a layer back to the network's input; where branches were joined, along the one that sees most."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sympy import Symbol

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.facts import Facts
from symcnn.algebra.operations import total
from symcnn.algebra.polynomial import add, polynomial
from symcnn.algebra.symbols import Value
from symcnn.analysis.derivation import INPUT, Derivation, Leaf, Loop, Nest, Place
from symcnn.analysis.fields import Views, composed, own_views
from symcnn.analysis.iterated import iterated, window_with
from symcnn.analysis.view import View
from symcnn.analysis.window import Window
from symcnn.formula.express import shown
from symcnn.repetition.substitution import replaced

_ARITHMETIC = Arithmetic()  # without assumptions: along one way nothing has to be compared
_MOST_UNROLLED = 6  # equal repetitions that are gone through one by one


@dataclass(frozen=True, slots=True)
class Step:
    """One layer on the way, or many equal repetitions, and what its output sees of its input, per axis."""

    name: str
    windows: Sequence[Window | View]


@dataclass(frozen=True, slots=True)
class _Way:
    """A way from the input: its last step, the way before it, and what is seen along it."""

    views: Views
    step: Step | None = None
    before: _Way | None = None


def way_back(derivation: Derivation, path: str | None = None) -> Iterator[Step]:
    """Yield the steps from the output of the layer with this path, or of the network, back to the input."""
    walker = _Walker(path)
    end = walker.output(derivation, [_Way(own_views(derivation))], "")
    way: _Way | None = end if path is None else walker.found
    while way is not None and way.step is not None:
        yield way.step
        way = way.before


class _Walker:
    """Goes forward through the items of bodies, and keeps the way to the layer that is looked for."""

    def __init__(self, path: str | None) -> None:
        self._path = path
        self._last: dict[Symbol, Value] = {}  # the number of the last iteration, by its index
        self.found: _Way | None = None

    def output(self, body: Derivation, given: Sequence[_Way], path: str) -> _Way:
        """Return the way to the output of a body, where `given` are those to its inputs."""
        outputs: list[_Way] = []

        def at(place: Place) -> _Way:
            return outputs[place] if place >= 0 else given[INPUT - place]

        for item in body.items:
            sources = [at(place) for place in item.sources]
            inner = f"{path}.{item.name}" if path else item.name
            outputs.append(
                self._repeated(item, sources, inner) if isinstance(item, Nest) else self._layer(item, sources, inner)
            )
            if inner == self._path:
                self.found = outputs[-1]
        return at(body.result)

    def _repeated(self, nest: Nest, sources: list[_Way], path: str) -> _Way:
        own, *taken = sources
        if nest.index is not None:
            return self._iterated(nest, own, taken, path)
        times = nest.times
        assert isinstance(times, int)
        if times > _MOST_UNROLLED and not taken:
            once = self.output(nest.body, [_Way(own_views(nest.body))], path).views
            if once and all(view.hull is not None and view.hull.plain for view in once):
                looked_for = self._path is not None and self._path.startswith(f"{path}.")
                together = times - 1 if looked_for else times
                views = [view.repeated(together) for view in once]
                own = _Way(composed(own.views, views, _ARITHMETIC), Step(f"{path} ×{together}", views), own)
                times -= together
        for _ in range(times):
            own = self.output(nest.body, [own, *taken], path)
        return own

    def _iterated(self, nest: Nest, own: _Way, taken: list[_Way], path: str) -> _Way:
        """Return the way through a symbolic number of repetitions at once, or before the last if that is looked for."""
        assert nest.index is not None
        inner = [_Way(own_views(nest.body)), *taken]
        looked_for = self._path is not None and self._path.startswith(f"{path}.")
        before = replaced(total((nest.times, -1)) if looked_for else nest.times, self._last, _ARITHMETIC)
        found, self._path, path_before = self.found, None, self._path
        once = self.output(nest.body, inner, path).views
        self._path, self.found = path_before, found
        if once:
            views = [iterated(view, Loop(nest.index, before), _ARITHMETIC) for view in once]
            own = _Way(
                composed(own.views, views, _ARITHMETIC), Step(f"{path} ×{_bracketed(shown(before))}", views), own
            )
        if looked_for:
            self._last[nest.index] = before
            own = self.output(nest.body, [own, *taken], path)
        return own

    def _layer(self, leaf: Leaf, sources: list[_Way], path: str) -> _Way:
        if len(sources) > 1:
            return _widest(leaf, sources)
        (before,) = sources
        if not leaf.outcome.windows:
            return before
        windows = tuple(window_with(window, self._last, _ARITHMETIC) for window in leaf.outcome.windows)
        return _Way(composed(before.views, windows, _ARITHMETIC), Step(path, windows), before)


def _bracketed(count: str) -> str:
    """Return a number of repetitions as it stands after ×: (n − 1)."""
    return f"({count})" if " " in count else count


def _widest(join: Leaf, sources: list[_Way]) -> _Way:
    """Return the way that is known to see most, the first of those of which that is not known; no gates."""
    local = [way for way, stretched in zip(sources, join.broadcast, strict=True) if not any(stretched)] or sources
    widest = local[0]
    for way in local[1:]:
        if all(_sees_more(a, b) for a, b in zip(way.views, widest.views, strict=True)):
            widest = way
    return widest


def _sees_more(one: View, other: View) -> bool:
    if not (one.known and other.known):
        return False
    return Facts().is_nonnegative(add(polynomial(one.size), polynomial(other.size), -1)) is True
