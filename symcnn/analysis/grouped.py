"""The layers of a network in numbers, counted together where that is the same: equal ones, and those that add up.

A formula of a convention is worked out once for all layers that share what it asks of them beside their counts, with
these counts added up; where it does not add up, it is worked out once for equal layers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from symcnn.algebra.operations import product, total
from symcnn.algebra.symbols import exact, is_number
from symcnn.analysis.counting import Counting, Names
from symcnn.formula.nodes import Number
from symcnn.formula.values import UndecidedError
from symcnn.library.additive import EXTENSIVE, Shared
from symcnn.library.convention import Convention
from symcnn.library.kind import Kind

if TYPE_CHECKING:
    from symcnn.analysis.layers import Layers, Origin
    from symcnn.analysis.result import Layer

_ZERO = Number(0)


class NotKnownError(Exception):
    """What a convention counts in some layers of these kinds is not known."""

    def __init__(self, kinds: frozenset[Kind]) -> None:
        super().__init__()
        self.kinds = kinds


class Part(NamedTuple):
    """A layer that stands for equal ones, with the values of its names: `times` of them, or `looped` with an index.

    A loop makes of a number that one repetition counts that of all.
    """

    layer: Layer
    values: Mapping[str, Any]
    times: Any = 1
    looped: Callable[[Any], Any] | None = None

    def together(self, value: Any) -> Any:
        """Return what all count, of which one counts so much."""
        return self.times * value if self.looped is None else self.looped(value)


class Group(NamedTuple):
    """Layers that are counted together: one of them, and its names, with the counts of all added up."""

    layer: Layer
    names: Names


class _Added(Names):
    """The names of a layer, with the counts of many layers together."""

    def __init__(self, counting: Counting, parts: list[Part]) -> None:
        super().__init__(counting, parts[0].layer, parts[0].values)
        self._parts = parts

    def _value(self, name: str) -> Any:
        if name == "params":
            return exact(total((self["weights"], self["biases"])))
        if name in EXTENSIVE:
            return exact(total([part.together(part.values[name]) for part in self._parts]))
        return super()._value(name)


class Grouped:
    """The layers of one network, by their kinds."""

    def __init__(self, layers: Layers, counting: Counting) -> None:
        self._counting = counting
        rows = layers if layers.origin is None else layers.origin.layers  # few are made of those that come from symbols
        self._origin = layers.origin
        self._rows: dict[Kind, list[Layer]] = {}
        for layer in rows:
            self._rows.setdefault(layer.rules, []).append(layer)
        self._parts: dict[tuple[Kind, bool], list[Part]] = {}
        self._groups: dict[tuple[Kind, bool, Shared], tuple[list[Group], list[Part]]] = {}

    def total(self, convention: Convention) -> Any:
        """Return what a convention counts in all layers, for one sample; raises `NotKnownError`."""
        values: list[Any] = []
        unknown: set[Kind] = set()
        for kind in self._rows:
            try:
                values += self._counted(kind, convention)
            except UndecidedError:
                unknown.add(kind)
        if unknown:
            raise NotKnownError(frozenset(unknown))
        return exact(total(values))

    def _counted(self, kind: Kind, convention: Convention) -> Iterator[Any]:
        """Yield numbers that add up to what is counted in the layers of a kind."""
        counted = convention.of(kind)
        if counted is not None and counted.formula == _ZERO:
            return
        apart, counting = self._counting.asks_for_first(convention, kind), self._counting
        shared = convention.shared(kind)
        groups, alone = ([], self._different(kind, apart)) if shared is None else self._grouped(kind, apart, shared)
        for group in groups:
            yield counting.of_one(convention, group.layer, group.names)
        for part in alone:
            yield part.together(counting.of_one(convention, part.layer, Names(counting, part.layer, part.values)))

    def _grouped(self, kind: Kind, apart: bool, shared: Shared) -> tuple[list[Group], list[Part]]:
        """Return the layers of a kind that add up, and those of which what must be shared is no number."""
        key = (kind, apart, shared)
        if key not in self._groups:
            members: dict[Any, list[Part]] = {}
            alone: list[Part] = []
            different = self._different(kind, apart)
            if shared == ((), ()):
                members[None] = different
            for part in () if members else different:
                known = Names(self._counting, part.layer, part.values)
                agreed = tuple([known[name] for name in shared.names])
                counts = [known[name] for name in shared.zeros]
                if all(map(_is_settled, agreed)) and all(map(is_number, counts)):
                    signs = tuple([(count > 0) - (count < 0) for count in counts])
                    members.setdefault((agreed, signs), []).append(part)
                else:
                    alone.append(part)
            groups = [Group(parts[0].layer, _Added(self._counting, parts)) for parts in members.values()]
            self._groups[key] = groups, alone
        return self._groups[key]

    def _different(self, kind: Kind, apart: bool) -> list[Part]:
        """Return the different layers of a kind; `apart` where it matters whether something learns before them."""
        if (kind, apart) not in self._parts:
            self._parts[kind, apart] = list(self._merged(self._rows[kind], apart))
        return self._parts[kind, apart]

    def _merged(self, layers: list[Layer], apart: bool) -> Iterator[Part]:
        equal: dict[Any, tuple[Layer, Any]] = {}
        for layer in layers:
            if layer.loops and self._origin is not None and self._origin.repetitions is not None:
                yield from self._repeated(layer, self._origin, self._origin.repetitions(layer), apart)
                continue
            if layer.loops:
                made = layer if self._origin is None else self._origin.numbers(layer)
                for one, part in self._counting.parted(made) if apart else ((made, 1),):
                    yield Part(one, made.values, looped=partial(_looped, made, part))
                continue
            for one, part in self._counting.parted(layer) if apart else ((layer, 1),):
                key = (id(one.values), len(one.inputs), apart and self._counting.first(one))
                first, times = equal.get(key, (one, 0))
                equal[key] = (first, times + part * layer.times)
        for one, times in equal.values():
            yield Part(one, one.values if self._origin is None else self._origin.values(one), times)

    def _repeated(
        self, layer: Layer, origin: Origin, known: list[tuple[Mapping[str, Any], int]], apart: bool
    ) -> Iterator[Part]:
        """Yield the repetitions of a layer, of which the first is the first before which nothing learns."""
        if not apart:
            yield from (Part(layer, values, times) for values, times in known)
            return
        first = self._counting.times_first(layer)
        if first is None:
            raise UndecidedError("before how many of its repetitions nothing learns is not known")
        left, whole = origin.evaluate(first), sum(times for _, times in known)
        if left not in (0, 1, whole):
            raise UndecidedError("which of its repetitions are the first is not known")
        for values, times in known:
            taken = min(left, times)
            left -= taken
            parts = ((1, taken), (0, times - taken))
            yield from (Part(replace(layer, first=one), values, often) for one, often in parts if often)


def _looped(layer: Layer, part: Any, value: Any) -> Any:
    return exact(layer.together(value if part == 1 else exact(product((part, value)))))


def _is_settled(value: Any) -> bool:
    """Tell whether a value is made of numbers and words."""
    if isinstance(value, (int, str, Fraction)):
        return True
    if isinstance(value, tuple):
        return all(map(_is_settled, value))
    return hasattr(value, "before") and _is_settled(value.before) and _is_settled(value.after)
