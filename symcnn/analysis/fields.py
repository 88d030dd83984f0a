"""Receptive fields over the graph of a network: what every layer sees of the input, over all paths to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from sympy import Symbol

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.operations import total
from symcnn.algebra.polynomial import polynomial
from symcnn.algebra.symbols import Value
from symcnn.analysis.derivation import INPUT, Derivation, Leaf, Loop, Nest, Place
from symcnn.analysis.iterated import has_cases, iterated, put_in, spoken, without_least
from symcnn.analysis.view import IDENTITY, View, joined
from symcnn.analysis.window import IDENTITY as NO_LAYER
from symcnn.analysis.window import Window
from symcnn.errors import NotSupportedError

# What labelled tensors see that a body takes from outside: not what its input sees.
_APART = View(None, reason="earlier tensors are joined in a symbolic number of repetitions")

Views = tuple[View, ...]  # one per axis of the network's input
Pair = tuple[tuple[Views, ...], Views]  # what the inputs, of a join several, and what an output of a layer sees


@dataclass(frozen=True, slots=True)
class ReceptiveField:
    """What one output sees of the network's input, over all paths to it, one entry per axis of the input.

    `size` is the number of inputs from the first to the last (the largest, where outputs differ), `jump` the inputs
    from one output to the next (the effective stride), `centre` the middle of what the first output sees, in positions
    from 0; `least` is the size along the path that sees least. What cannot be said is None, and `reason` says why.
    `aligned` is False where branches were joined whose jumps or centres differ, None where symbols leave that open;
    `gated`: a gate that sees everything was multiplied in, or a normalisation over positions divided, which the other
    numbers leave out.
    """

    size: tuple[Any, ...]
    jump: tuple[Any, ...]
    centre: tuple[Any, ...]
    least: tuple[Any, ...] = field(repr=False)
    aligned: bool | None = field(default=True, repr=False)
    gated: bool = field(default=False, repr=False)
    reason: str = field(default="", repr=False)


class Fields:
    """The receptive fields of the network and of all its layers, worked out when they are asked for."""

    def __init__(
        self, whole: Callable[[], Views], layers: Callable[[], tuple[Pair, ...]], exactly: Callable[[Value], Any]
    ) -> None:
        self._whole, self._layers, self._exactly = whole, layers, exactly

    @cached_property
    def views(self) -> tuple[Pair, ...]:
        """What the layers' inputs and outputs see, per axis of the network's input."""
        return self._layers()

    @property
    def network(self) -> ReceptiveField:
        """What the network's output sees."""
        return self._field(self._whole())

    def branches(self, place: int) -> tuple[ReceptiveField, ...]:
        """Return what each input of a layer sees; there are several of a join."""
        return tuple(map(self._field, self.views[place][0]))

    def after(self, place: int) -> ReceptiveField:
        """Return what an output of a layer sees."""
        return self._field(self.views[place][1])

    def at(
        self, evaluate: Callable[[Value], Any], paths: Sequence[str], numeric: Callable[[], NumericFields] | None
    ) -> Fields:
        """Return the same fields for values of the symbols; what symbols leave open is found from numbers, if any."""
        if numeric is None:
            return Fields(self._whole, lambda: self.views, evaluate)
        return _FieldsAt(self._whole, lambda: self.views, evaluate, paths, numeric)

    def _field(self, views: Views) -> ReceptiveField:
        parts = [tuple(self._value(view, name) for view in views) for name in ("size", "jump", "centre", "least")]
        size, jump, centre, least = parts
        aligned = [view.aligned for view in views]
        return ReceptiveField(
            size,
            jump,
            centre,
            least,
            aligned=False if False in aligned else None if None in aligned else True,
            gated=any(view.gated for view in views),
            reason=next((view.reason for view in views if view.reason), ""),
        )

    def _value(self, view: View, name: str) -> Any:
        try:
            return self._exactly(getattr(view, name))
        except NotSupportedError:
            return None


NumericFields = tuple[Fields, Mapping[str, int]]  # those of a network of numbers, and the places of its layers by path


class _FieldsAt(Fields):
    """The fields for some values: where the symbols leave one open, the one of the network with these numbers."""

    def __init__(
        self,
        whole: Callable[[], Views],
        layers: Callable[[], tuple[Pair, ...]],
        exactly: Callable[[Value], Any],
        paths: Sequence[str],
        numeric: Callable[[], NumericFields],
    ) -> None:
        super().__init__(whole, layers, exactly)
        self._paths, self._numeric = paths, numeric

    @property
    def network(self) -> ReceptiveField:
        """What the network's output sees."""
        found = super().network
        return self._known(self._numeric()[0].network) if _is_open(found) else found

    def branches(self, place: int) -> tuple[ReceptiveField, ...]:
        """Return what each input of a layer sees."""
        found = super().branches(place)
        fields, places = self._numeric() if any(map(_is_open, found)) else (self, {})
        there = places.get(self._paths[place])
        return found if there is None else tuple(map(self._known, fields.branches(there)))

    def after(self, place: int) -> ReceptiveField:
        """Return what an output of a layer sees."""
        found = super().after(place)
        fields, places = self._numeric() if _is_open(found) else (self, {})
        there = places.get(self._paths[place])
        return found if there is None else self._known(fields.after(there))

    def _known(self, found: ReceptiveField) -> ReceptiveField:
        parts = (found.size, found.jump, found.centre, found.least)
        size, jump, centre, least = (tuple(None if x is None else self._exactly(x) for x in part) for part in parts)
        return replace(found, size=size, jump=jump, centre=centre, least=least)


def _is_open(found: ReceptiveField) -> bool:
    return found.aligned is None or None in (*found.size, *found.jump, *found.centre, *found.least)


def output_field(derivation: Derivation, arithmetic: Arithmetic) -> Views:
    """Return what the output of a network sees of its input; that of a chain is summed at once."""
    chain = _chain(derivation)
    if chain is not None:
        seen = [windows for windows in chain if windows]  # none once the axes are gone
        columns = [tuple(windows[axis] for windows in seen) for axis in range(len(derivation.input.sizes))]
        alike = {column: IDENTITY.through(column, arithmetic) for column in dict.fromkeys(columns)}
        return tuple(alike[column] for column in columns)
    return _Follower(arithmetic).output(derivation, [own_views(derivation)], None)


def layer_fields(derivation: Derivation, arithmetic: Arithmetic) -> tuple[Pair, ...]:
    """Return what the input and the output of each layer see, in the order of `visits`; in repetitions the last one."""
    seen: list[Pair] = []
    _Follower(arithmetic).output(derivation, [own_views(derivation)], seen)
    return tuple(seen)


def _chain(body: Derivation) -> list[tuple[Window, ...]] | None:
    """Return the windows of all layers, if each follows on the one before; None where they branch, gate or repeat."""
    found: list[tuple[Window, ...]] = []
    for place, item in enumerate(body.items):
        if item.sources != (place - 1 if place else INPUT,):
            return None
        if isinstance(item, Leaf):
            if item.outcome.kind.gates:
                return None
            found.append(item.outcome.windows)
            continue
        inner = _chain(item.body) if item.times == 1 else None
        if inner is None:
            return None
        found += inner
    return found if body.result == len(body.items) - 1 else None


def own_views(body: Derivation) -> Views:
    """Return what the input of a body sees of itself."""
    return (IDENTITY,) * len(body.input.sizes)


class _Follower:
    """Follows views through the items of bodies; what bodies of equal windows do is found once.

    That is, of those that take nothing from outside. The layers of bodies may differ in their channels.
    """

    def __init__(self, arithmetic: Arithmetic) -> None:
        self._arithmetic = arithmetic
        self._bodies: dict[int, Views] = {}  # by their patterns
        self._patterns: dict[Derivation, int] = {}
        self._numbers: dict[Any, int] = {}  # of different patterns

    def output(self, body: Derivation, given: Sequence[Views], seen: list[Pair] | None) -> Views:
        """Return what the output of a body sees, where `given` is what its inputs see; `seen` collects its layers."""
        outputs: list[Views] = []

        def at(place: Place) -> Views:
            return outputs[place] if place >= 0 else given[INPUT - place]

        for item in body.items:
            sources = [at(place) for place in item.sources]
            if isinstance(item, Nest):
                outputs.append(self._repeated(item, sources, seen))
                continue
            outputs.append(self._through(item, sources))
            if seen is not None:
                seen.append((tuple(sources), outputs[-1]))
        return at(body.result)

    def _repeated(self, nest: Nest, sources: list[Views], seen: list[Pair] | None) -> Views:
        """Return what the last of some repetitions sees; they are composed by squaring where they can."""
        own, *taken = sources
        if nest.index is not None:
            return self._iterated(nest, own, taken, seen)
        assert isinstance(nest.times, int)
        if taken:
            for _ in range(nest.times - 1):
                own = self.output(nest.body, [own, *taken], None)
            return self.output(nest.body, [own, *taken], seen)
        pattern = self._pattern(nest.body)
        if pattern not in self._bodies:
            self._bodies[pattern] = self.output(nest.body, [own_views(nest.body)], None)
        views = self._bodies[pattern]
        if seen is None:
            return self._composed(own, views, nest.times)
        return self.output(nest.body, [self._composed(own, views, nest.times - 1)], seen)

    def _iterated(self, nest: Nest, own: Views, taken: list[Views], seen: list[Pair] | None) -> Views:
        """Return what the last of a symbolic number of repetitions sees."""
        assert nest.index is not None
        once = self._once(nest, own, taken)
        if seen is not None:
            before = self._after(own, once, Loop(nest.index, nest.index))
            inner: list[Pair] = []
            end = self.output(nest.body, [before, *taken], inner)
            last, after = {nest.index: total((nest.times, -1))}, self._after(own, once, nest.loop)
            shorter = not taken and not any(map(has_cases, after))  # a form of what the output of the body sees
            for inputs, output in inner:
                found = after if output == end and shorter else self._put_in(output, last)
                seen.append((tuple(self._put_in(views, last) for views in inputs), found))
        return self._after(own, once, nest.loop)

    def _once(self, nest: Nest, own: Views, taken: list[Views]) -> Views:
        """Return what the output of an iteration sees of its input, as far as that decides what all of them see.

        Where labelled tensors are joined, the guess is that they widen nothing: that the view Xᵢ that enters iteration
        i is that of the input through i bodies whose labels were their input. It is right where the body makes Xᵢ₊₁ of
        Xᵢ and of what the labels see.
        """
        inner = own_views(nest.body)
        apart = self.output(nest.body, [inner, *((_APART,) * len(views) for views in taken)], None)
        if not any(_APART.reason == view.reason for view in apart):
            return apart
        assert nest.index is not None
        index = nest.index
        guess = self.output(nest.body, [inner] * (1 + len(taken)), None)
        if not all(view.known and view.hull and view.hull.plain for view in guess) or index in _indices(guess):
            return apart
        entering, leaving = (self._after(own, guess, Loop(index, total((index, more)))) for more in (0, 1))
        made = self.output(nest.body, [entering, *taken], None)
        if not all(map(_alike, made, leaving)):
            return apart
        aligned = [a.aligned if x.aligned else False for a, x in zip(made, guess, strict=True)]
        return tuple(without_least(view, known) for view, known in zip(guess, aligned, strict=True))

    def _after(self, own: Views, once: Views, loop: Loop) -> Views:
        if not once:  # the axes are gone
            return own
        return composed(own, [iterated(view, loop, self._arithmetic) for view in once], self._arithmetic)

    def _put_in(self, views: Views, values: Mapping[Symbol, Value]) -> Views:
        return tuple(put_in(view, values, self._arithmetic) for view in views)

    def _pattern(self, body: Derivation) -> int:
        """Return a number that says how a body's windows follow on each other: that decides what its output sees."""
        known = self._patterns.get(body)
        if known is None:
            items = tuple(map(self._item, body.items))
            pattern = (len(body.input.sizes), len(body.inputs), body.result, items)
            known = self._patterns[body] = self._numbers.setdefault(pattern, len(self._numbers))
        return known

    def _item(self, item: Leaf | Nest) -> tuple[Any, ...]:
        if isinstance(item, Nest):
            return self._pattern(item.body), item.times, item.index, item.sources
        outcome = item.outcome  # equal windows are mostly one object, and it is there as long as the derivation
        return id(outcome.windows), outcome.kind.gates, item.sources, item.broadcast

    def _composed(self, own: Views, views: Views, times: int) -> Views:
        return composed(own, [view.repeated(times, self._arithmetic) for view in views], self._arithmetic)

    def _through(self, leaf: Leaf, sources: list[Views]) -> Views:
        """Return what an output of a layer, or of a join, sees."""
        if len(sources) == 1:
            views = composed(sources[0], leaf.outcome.windows, self._arithmetic)
            return tuple(replace(view, gated=True) for view in views) if leaf.outcome.kind.gates else views
        stretched = leaf.broadcast if any(map(any, leaf.broadcast)) else ((False,) * len(sources[0]),) * len(sources)
        columns = zip(zip(*sources, strict=True), zip(*stretched, strict=True), strict=True)
        return _per_axis(columns, lambda views, broadcast: joined(views, broadcast, self._arithmetic))


def composed(first: Views, then: Sequence[Window | View], arithmetic: Arithmetic) -> Views:
    """Compose axis by axis; a tensor that has lost its axes sees what it saw when it lost them."""
    if not then or all(later is NO_LAYER for later in then):
        return first
    return _per_axis(zip(first, then, strict=True), lambda a, b: a.then(b, arithmetic))


def _per_axis(columns: Iterable[tuple[Any, Any]], work: Callable[[Any, Any], View]) -> Views:
    """Do work for each axis, but once for axes on which the same is seen."""
    columns = list(columns)
    found: list[View] = []
    for place, column in enumerate(columns):
        first = columns.index(column)
        found.append(work(*column) if first == place else found[first])
    return tuple(found)


def _indices(views: Views) -> set[Symbol]:
    return {symbol for view in views for symbol in spoken(view)}


def _alike(one: View, other: View) -> bool:
    """Tell whether two views are the same from the first to the last input."""
    if not (one.known and one.hull and one.hull.plain and other.hull):
        return False
    pairs = ((getattr(one.hull.affine, part), getattr(other.hull.affine, part)) for part in ("reach", "jump", "start"))
    return all(polynomial(left) == polynomial(right) for left, right in pairs)
