"""Which tensors are alive at each step of a network, in the written order.

A tensor lives from the step that makes it to the last step that uses it, the input of the network from the beginning,
its output to the end. A view shares the storage of its source. A body is looked at once for each different state of
the tensors that it is given; of equal repetitions the first, one from the middle, and the last. Of a symbolic number of
them, whose sizes may change from one to the next, the largest of those in the middle must be at one of their ends.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, NamedTuple, TypeAlias

from symcnn.algebra.operations import product, total
from symcnn.algebra.symbols import Value
from symcnn.analysis.derivation import INPUT, Derivation, Leaf, Nest, Place
from symcnn.memory.depth import Depth
from symcnn.repetition.substitution import replaced

Live: TypeAlias = frozenset[tuple[Value, int]]  # sizes of storages, and how many of that size are alive
Lives: TypeAlias = tuple["Live | Open", ...]  # different live sets at a layer; none of one that is never repeated
Rows: TypeAlias = tuple[Lives, ...]  # for each layer, in the order of `visits`


class Open(NamedTuple):
    """Stands for the live sets of a layer where it is not known which of them is the largest."""

    reason: str


_Storage: TypeAlias = int  # the place where it is made; INPUT, INPUT − 1, … those that a body is given
_GIVEN = -1  # the first of them


@dataclass(frozen=True, slots=True)
class _Given:
    """An input of a body: its storage, numbered in the order of the inputs, and its size if it dies inside.

    Where the size is None, whoever uses the body knows whether it is alive.
    """

    storage: int
    size: Value | None


@dataclass(frozen=True, slots=True)
class _Repetition:
    """The storages that one repetition of a body is given, whether it is the first, and whether the last."""

    sources: tuple[_Storage, ...]
    is_first: bool
    is_last: bool


@dataclass(frozen=True, slots=True)
class _Around:
    """A body where it stands: its place and that of its output, and what is alive and for how long."""

    nest: Nest
    number: int
    sources: tuple[_Storage, ...]
    alive: Mapping[_Storage, Value]
    last: Mapping[_Storage, int]


def is_view(leaf: Leaf) -> bool:
    """Tell whether a layer's output shares the storage of its input: its kind says that it has no activations."""
    return len(leaf.sources) == 1 and leaf.outcome.kind.constants.get("activations") == 0


def live_sets(derivation: Derivation, evaluate: Callable[[Any], Value], depth: Depth) -> tuple[Value, Rows]:
    """Return the size of the input, and the live sets at each layer, for one sample; `evaluate` makes the sizes.

    A layer in a repetition has one live set for each state in which the largest may be reached. Raises
    `NotSupportedError` where the number of repetitions is not known well enough.
    """
    lives = _Lives(lambda value: depth.put_in(evaluate(value)), depth)
    size = lives.evaluate(product(derivation.input.shape))
    return size, lives.rows(derivation, (_Given(0, size),), kept=True)


def maximal(lives: Iterable[Live]) -> tuple[Live, ...]:
    """Return the live sets that are part of no other one, which then is no smaller, whatever the sizes are."""
    kept: list[tuple[Live, dict[Value, int]]] = []
    for live in dict.fromkeys(lives):
        counts = dict(live)
        if not any(_is_part(counts, other) for _, other in kept):
            kept = [(one, other) for one, other in kept if not _is_part(other, counts)] + [(live, counts)]
    return tuple(live for live, _ in kept)


def _is_part(counts: dict[Value, int], of: dict[Value, int]) -> bool:
    return counts.keys() <= of.keys() and all(of[size] >= count for size, count in counts.items())


@dataclass
class _Lives:
    """The live sets of the bodies of one network."""

    evaluate: Callable[[Any], Value]
    depth: Depth
    _rows: dict[Any, Rows] = field(default_factory=dict)
    _roots: dict[int, list[Place]] = field(default_factory=dict)
    _used: dict[int, frozenset[int]] = field(default_factory=dict)
    _made: dict[int, Value] = field(default_factory=dict)

    # what a body does with its tensors, whatever is around it

    def roots(self, body: Derivation) -> list[Place]:
        """Return for each item the place whose storage its output has: its own, or that of what it is a view of."""
        if id(body) not in self._roots:
            roots: list[Place] = []
            for place, item in enumerate(body.items):
                source = self._viewed(item)
                roots.append(place if source is None else source if source < 0 else roots[source])
            self._roots[id(body)] = roots
        return self._roots[id(body)]

    def _viewed(self, item: Leaf | Nest) -> Place | None:
        """Return the source that an item's output is a view of."""
        if isinstance(item, Leaf):
            return item.sources[0] if is_view(item) else None
        if self._times(item) == 0:
            return item.sources[0]
        given = self._handed_on(item.body)
        return None if given is None else item.sources[given]

    def _handed_on(self, body: Derivation) -> int | None:
        """Return which of its inputs a body gives back, or a view of it."""
        root = body.result if body.result < 0 else self.roots(body)[body.result]
        return INPUT - root if root < 0 else None

    def used(self, body: Derivation) -> frozenset[int]:
        """Return which of its inputs the layers in a body use, views of them included."""
        if id(body) not in self._used:
            roots = self.roots(body)
            places = (place for item in body.items for place in self._uses(item))
            storages = (place if place < 0 else roots[place] for place in places)
            self._used[id(body)] = frozenset(INPUT - storage for storage in storages if storage < 0)
        return self._used[id(body)]

    def _uses(self, item: Leaf | Nest) -> Iterator[Place]:
        """Yield the places that the layers of an item use."""
        if isinstance(item, Leaf):
            yield from item.sources
            return
        times = self._times(item)
        if times == 0:
            return
        used, given = self.used(item.body), self._handed_on(item.body)
        yield from (item.sources[number] for number in used)
        if 0 in used and given is not None and times != 1:  # what it gives back is what the next one begins with
            yield item.sources[given]

    def made(self, body: Derivation) -> Value:
        """Return the size of the storage of a body's output, which is made inside."""
        if id(body) not in self._made:
            item = body.items[self.roots(body)[body.result]]
            self._made[id(body)] = self._size(item)
        return self._made[id(body)]

    def _size(self, item: Leaf | Nest) -> Value:
        """Return the size of what an item makes, of repetitions the last."""
        if isinstance(item, Leaf):
            return self.evaluate(item.outcome.counted["activations"])
        return self._at(item, self.made(item.body), total((self._times(item), -1)))

    def _at(self, nest: Nest, value: Value, place: Value) -> Value:
        """Return what a value is in one repetition."""
        return value if nest.index is None else replaced(value, {nest.index: place}, self.depth.arithmetic)

    def _times(self, nest: Nest) -> Value:
        return nest.times if nest.index is None else self.depth.times(nest)

    # what is alive

    def rows(self, body: Derivation, given: tuple[_Given, ...], kept: bool) -> Rows:
        """Return the live sets of a body's layers, without what others hold; `kept`: its output is needed later."""
        key = id(body), given, kept
        if key not in self._rows:
            self._rows[key] = tuple(self._body_rows(body, given, kept))
        return self._rows[key]

    def _body_rows(self, body: Derivation, given: tuple[_Given, ...], kept: bool) -> Iterator[Lives]:
        roots = self.roots(body)

        def storage(place: Place) -> _Storage:
            root = place if place < 0 else roots[place]
            return root if root >= 0 else _GIVEN - given[INPUT - root].storage

        last = {storage(place): number for number, item in enumerate(body.items) for place in self._uses(item)}
        if kept:
            last[storage(body.result)] = len(body.items)
        alive = {_GIVEN - x.storage: x.size for x in given if x.size is not None}
        for number, item in enumerate(body.items):
            alive = {key: size for key, size in alive.items() if last.get(key, -1) >= number}
            makes = roots[number] == number
            if isinstance(item, Nest) and self._times(item) == 0:
                yield from ((),) * item.body.rows
                continue
            if isinstance(item, Nest):
                yield from self._nest_rows(_Around(item, number, tuple(map(storage, item.sources)), alive, last))
            if makes:
                alive[number] = self._size(item)
            if isinstance(item, Leaf):
                yield (_live(alive.values()),)

    def _nest_rows(self, around: _Around) -> Iterator[Lives]:
        """Yield the live sets of a nest's layers over all repetitions."""
        nest, times = around.nest, self._times(around.nest)
        turns = list(self._repetitions(around, times))
        found = [self._repetition_rows(around, turn, times) for turn in turns]
        if nest.index is None:
            yield from map(_merged, zip(*found, strict=True))
        elif times == 1:
            yield from (self._placed(nest, lives, 0) for lives in found[0])
        else:
            first, *between, last = found  # of two, the last is all that follows on the first
            columns = zip(first, *(between or (last,)), last, strict=True)
            yield from (self._over_all(nest, column, times) for column in columns)

    def _repetition_rows(self, around: _Around, turn: _Repetition, times: Value) -> Rows:
        """Return the live sets of a nest's layers in one repetition, in sizes that may speak of its index."""
        nest, number, alive = around.nest, around.number, around.alive
        used, given = self.used(nest.body), self._handed_on(nest.body)
        carried = number if given is None else around.sources[given]
        again = (carried, *around.sources[1:])
        in_later = {again[i] for i in used} if times != 1 else set()
        dying = {s for s in alive if around.last[s] == number}
        past = {s for s in dying - in_later if not turn.is_first}
        ends = {s: alive[s] for s in dying - past if (turn.is_last if s in in_later else turn.is_first)}
        base = _live(size for s, size in alive.items() if s not in ends and s not in past)
        if given is None and 0 in used and not turn.is_first:  # what the repetition before has made
            made = self.made(nest.body)
            ends[number] = made if nest.index is None else self._at(nest, made, total((nest.index, -1)))
        needed = around.last.get(carried, -1) > number
        kept = needed if turn.is_last else given is None and 0 in used
        return _with(base, self.rows(nest.body, _numbered(turn.sources, ends), kept))

    def _repetitions(self, around: _Around, times: Value) -> Iterator[_Repetition]:
        """Yield the repetitions that differ: the first, one between, the last."""
        given, sources = self._handed_on(around.nest.body), around.sources
        again = (around.number if given is None else sources[given], *sources[1:])
        yield _Repetition(sources, True, times == 1)
        if not isinstance(times, int) or times > 2:
            yield _Repetition(again, False, False)
        if times != 1:
            yield _Repetition(again, False, True)

    # over a symbolic number of repetitions

    def _placed(self, nest: Nest, lives: Lives, place: Value) -> Lives:
        """Return live sets in the repetition of a number."""
        return tuple(live if isinstance(live, Open) else self._live_at(nest, live, place) for live in lives)

    def _live_at(self, nest: Nest, live: Live, place: Value) -> Live:
        found: Counter[Value] = Counter()
        for size, count in live:
            found[self._at(nest, size, place)] += count
        return frozenset(found.items())

    def _over_all(self, nest: Nest, columns: tuple[Lives, ...], times: Value) -> Lives:
        """Return the live sets of a layer that may be the largest, where it has these in the first, between, last."""
        unknown = next((live for live in chain(*columns) if isinstance(live, Open)), None)
        if unknown is not None:
            return (unknown,)
        end = total((times, -1))
        first, between, last = ([live for live in lives if not isinstance(live, Open)] for lives in columns)
        firsts, lasts = ([self._live_at(nest, x, place) for x in lives] for lives, place in ((first, 0), (last, end)))
        found: list[Live] = []
        for live in between:
            places = self._places(nest, live, (firsts, lasts), times)
            if places is None and isinstance(times, int):
                places = range(1, times - 1)
            if places is None:
                return (Open(f"in which repetition of {nest.name} it is largest"),)
            found += [self._live_at(nest, live, place) for place in places]
        return maximal((*firsts, *lasts, *found))

    def _places(
        self, nest: Nest, live: Live, ends: tuple[list[Live], list[Live]], times: Value
    ) -> Sequence[Value] | None:
        """Return where a live set between the first and the last repetition may be largest; None if not known.

        Where the first or the last has the same one, it is one of those neighbours, and taken out of `ends`.
        """
        low, high = 0, total((times, -1))
        near = self._live_at(nest, live, low), self._live_at(nest, live, high)
        reached = [one in others for one, others in zip(near, ends, strict=True)]
        may_be = self.depth.extremes(total(product((size, count)) for size, count in live), nest)
        if may_be is None:
            return None
        for one, others, is_reached in zip(near, ends, reached, strict=True):
            if is_reached:
                others.remove(one)
        bounds = low if reached[0] else 1, high if reached[1] else total((high, -1))
        return [place for place, is_largest in zip(bounds, may_be, strict=True) if is_largest]


def _numbered(sources: Sequence[_Storage], sizes: Mapping[_Storage, Value]) -> tuple[_Given, ...]:
    numbers: dict[_Storage, int] = {}
    return tuple(_Given(numbers.setdefault(source, len(numbers)), sizes.get(source)) for source in sources)


def _live(sizes: Iterable[Value]) -> Live:
    return frozenset(Counter(sizes).items())


def _with(base: Live, rows: Rows) -> Rows:
    if not base:
        return rows
    known: dict[Live | Open, Live | Open] = {}

    def added(live: Live | Open) -> Live | Open:
        if isinstance(live, Open):
            return live
        if live not in known:
            known[live] = frozenset((Counter(dict(base)) + Counter(dict(live))).items())
        return known[live]

    return tuple(tuple(map(added, lives)) for lives in rows)


def _merged(columns: tuple[Lives, ...]) -> Lives:
    if len(columns) == 1:
        return columns[0]
    unknown = next((live for live in chain(*columns) if isinstance(live, Open)), None)
    return maximal(live for live in chain(*columns) if not isinstance(live, Open)) if unknown is None else (unknown,)
