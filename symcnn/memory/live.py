"""Which tensors are alive at each step of a network, in the written order.

A tensor lives from the step that makes it to the last step that uses it, the input of the network from the beginning,
its output to the end. A view shares the storage of its source. A body is looked at once for each different state of
the tensors that it is given; of equal repetitions the first, one from the middle, and the last.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from symcnn.algebra.operations import product
from symcnn.algebra.symbols import Value
from symcnn.analysis.derivation import INPUT, Derivation, Leaf, Nest, Place
from symcnn.errors import NotSupportedError

Live: TypeAlias = frozenset[tuple[Value, int]]  # sizes of storages, and how many of that size are alive
Rows: TypeAlias = tuple[tuple[Live, ...], ...]  # for each layer, in the order of `visits`, the different live sets
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


def is_view(leaf: Leaf) -> bool:
    """Tell whether a layer's output shares the storage of its input: its kind says that it has no activations."""
    return len(leaf.sources) == 1 and leaf.outcome.kind.constants.get("activations") == 0


def live_sets(derivation: Derivation, evaluate: Callable[[Any], Value]) -> tuple[Value, Rows]:
    """Return the size of the input, and the live sets at each layer, for one sample; `evaluate` makes the sizes.

    A layer in a repetition has one live set for each state in which the largest may be reached.
    """
    size = evaluate(product(derivation.input.shape))
    return size, _Lives(evaluate).rows(derivation, (_Given(0, size),), kept=True)


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
        used, given = self.used(item.body), self._handed_on(item.body)
        yield from (item.sources[number] for number in used)
        if 0 in used and given is not None and item.times != 1:  # what it gives back is what the next one begins with
            yield item.sources[given]

    def made(self, body: Derivation) -> Value:
        """Return the size of the storage of a body's output, which is made inside."""
        if id(body) not in self._made:
            item = body.items[self.roots(body)[body.result]]
            self._made[id(body)] = self._size(item)
        return self._made[id(body)]

    def _size(self, item: Leaf | Nest) -> Value:
        """Return the size of what an item makes."""
        return self.evaluate(item.outcome.counted["activations"]) if isinstance(item, Leaf) else self.made(item.body)

    # what is alive

    def rows(self, body: Derivation, given: tuple[_Given, ...], kept: bool) -> Rows:
        """Return the live sets of a body's layers, without what others hold; `kept`: its output is needed later."""
        key = id(body), given, kept
        if key not in self._rows:
            self._rows[key] = tuple(self._body_rows(body, given, kept))
        return self._rows[key]

    def _body_rows(self, body: Derivation, given: tuple[_Given, ...], kept: bool) -> Iterator[tuple[Live, ...]]:
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
            if isinstance(item, Nest):
                yield from self._nest_rows(item, number, tuple(map(storage, item.sources)), alive, last)
            if makes:
                alive[number] = self._size(item)
            if isinstance(item, Leaf):
                yield (_live(alive.values()),)

    def _nest_rows(
        self,
        nest: Nest,
        number: int,
        sources: tuple[_Storage, ...],
        alive: Mapping[_Storage, Value],
        last: Mapping[_Storage, int],
    ) -> Iterator[tuple[Live, ...]]:
        """Yield the live sets of a nest's layers over all repetitions; `number` is its place and that of its output."""
        used, given = self.used(nest.body), self._handed_on(nest.body)
        carried = number if given is None else sources[given]
        again = (carried, *sources[1:])
        in_later = {again[i] for i in used} if nest.times != 1 else set()
        needed = last.get(carried, -1) > number
        found: list[Rows] = []
        for turn in _repetitions(nest, sources, again):
            dying = {s for s in alive if last[s] == number}
            past = {s for s in dying - in_later if not turn.is_first}
            ends = {s: alive[s] for s in dying - past if (turn.is_last if s in in_later else turn.is_first)}
            base = _live(size for s, size in alive.items() if s not in ends and s not in past)
            if given is None and 0 in used and not turn.is_first:  # what the repetition before has made
                ends[number] = self.made(nest.body)
            kept = needed if turn.is_last else given is None and 0 in used
            found.append(_with(base, self.rows(nest.body, _numbered(turn.sources, ends), kept)))
        yield from map(_merged, zip(*found, strict=True))


def _repetitions(nest: Nest, sources: tuple[_Storage, ...], again: tuple[_Storage, ...]) -> Iterator[_Repetition]:
    """Yield the repetitions that differ: the first, one between, the last."""
    if not isinstance(nest.times, int):
        hint = "give the number of repetitions a value"
        raise NotSupportedError(f"the live set in a symbolic number of repetitions ({nest.name})", hint=hint)
    yield _Repetition(sources, True, nest.times == 1)
    if nest.times > 2:
        yield _Repetition(again, False, False)
    if nest.times > 1:
        yield _Repetition(again, False, True)


def _numbered(sources: Sequence[_Storage], sizes: Mapping[_Storage, Value]) -> tuple[_Given, ...]:
    numbers: dict[_Storage, int] = {}
    return tuple(_Given(numbers.setdefault(source, len(numbers)), sizes.get(source)) for source in sources)


def _live(sizes: Iterable[Value]) -> Live:
    return frozenset(Counter(sizes).items())


def _with(base: Live, rows: Rows) -> Rows:
    if not base:
        return rows
    known: dict[Live, Live] = {}

    def added(live: Live) -> Live:
        if live not in known:
            known[live] = frozenset((Counter(dict(base)) + Counter(dict(live))).items())
        return known[live]

    return tuple(tuple(map(added, lives)) for lives in rows)


def _merged(columns: tuple[tuple[Live, ...], ...]) -> tuple[Live, ...]:
    return columns[0] if len(columns) == 1 else maximal(live for lives in columns for live in lives)
