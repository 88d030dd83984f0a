"""Layers counted under a convention, and what it does not say of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sympy import Eq, Piecewise

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.assumptions import facts_from
from symcnn.algebra.conditions import Condition, Either
from symcnn.algebra.facts import Facts
from symcnn.algebra.operations import product, total
from symcnn.algebra.symbols import exact, expression
from symcnn.analysis.derivation import Loop
from symcnn.analysis.informed import Informed
from symcnn.errors import SymcnnError
from symcnn.formula.nodes import Formula, Number
from symcnn.formula.values import Frame, UndecidedError, number
from symcnn.library.convention import BRANCHES, FIRST, SAME, VALID, Convention, check_own, find_convention
from symcnn.library.kind import Kind
from symcnn.library.rules import ASKED, COUNTED, UNKNOWN
from symcnn.tree import File

if TYPE_CHECKING:
    from symcnn.analysis.result import Analysis, Layer


_NOT_KNOWN = "before how many of its repetitions nothing learns is not known"


@dataclass(frozen=True)
class Unknown:
    """What a convention does not say of a layer, and why."""

    convention: str
    layer: str
    kind: str
    reason: str
    own: bool  # whether the convention is the user's

    def error(self) -> SymcnnError:
        """Return the error of who needs the number."""
        line = f"{self.kind} = …, or otherwise = …"
        hint = f"say it: {line}" if self.own else f"a convention of yours can say it: convention mine {{ {line} }}"
        return SymcnnError(f"{self.convention} of {self.layer} ({self.kind}) is unknown: {self.reason}", hint=hint)


Counted = Any | Unknown  # an expression, of an evaluated analysis an integer


@dataclass(frozen=True)
class Counting:
    """Counts the layers of one analysis, each different one once. `exactly` makes the numbers it hands out.

    `claims` are what is assumed, and where the network is defined; `first_times` says for each layer how many of its
    repetitions have nothing before them that learns.
    """

    file: File
    batch: Any
    facts: Facts
    claims: tuple[Condition | Either, ...] = ()
    first_times: Callable[[], tuple[Any, ...]] = tuple
    exactly: Callable[[Any], Any] = expression
    _done: dict[tuple[Any, ...], Counted] = field(default_factory=dict, repr=False)
    _found: dict[str, Convention] = field(default_factory=dict, repr=False)
    _asking: dict[tuple[str, Kind], bool] = field(default_factory=dict, repr=False)

    def at(self, batch: Any) -> Counting:
        """Return the counting of the same layers in exact integers."""
        return replace(self, batch=batch, facts=Facts(), exactly=exact, _done={}, _found={}, _asking={})

    def convention(self, name: str) -> Convention:
        """Return a convention by its name, or a quantity; raises `SymcnnError` for one that is not known."""
        if name not in self._found:
            check_own(self.file)
            self._found[name] = find_convention(name, self.file)
        return self._found[name]

    def of(self, name: str, layer: Layer) -> Counted:
        """Return what a convention counts in a layer, the whole batch together."""
        if name in layer.counted:
            return layer.counted[name]
        convention = self.convention(name)
        first = self.first(layer) if self.asks_for_first(convention, layer.rules) else None
        key = (name, id(layer.values), len(layer.inputs), first)
        if key not in self._done:
            self._done[key] = self._counted(convention, layer)
        found = self._done[key]
        return replace(found, layer=layer.path) if isinstance(found, Unknown) else found

    def _counted(self, convention: Convention, layer: Layer) -> Counted:
        try:
            value = self.of_one(convention, layer, Names(self, layer))
        except UndecidedError as error:
            return self._unknown(convention, layer, error)
        times = 1 if convention.stored else self.batch
        return self.exactly(value if times == 1 else product((value, times)))

    def _unknown(self, convention: Convention, layer: Layer, error: UndecidedError) -> Unknown:
        own = convention.name in self.file.conventions
        return Unknown(convention.name, layer.path, layer.kind, error.message, own)

    def of_one(self, convention: Convention, layer: Layer, values: Mapping[str, Any]) -> Any:
        """Return what is counted for one sample, with values of the names; raises `UndecidedError` where none is."""
        if len(convention.parts) > 1:
            parts = (product((sign, self.of_one(part, layer, values))) for sign, part in convention.parts)
            return exact(total(parts))
        counted = convention.of(layer.rules)
        if counted is None:
            raise UndecidedError(f"the convention {convention.name} has no line for {layer.kind}, and no otherwise")
        if isinstance(counted.formula, Number) and isinstance(counted.formula.value, int):
            return counted.formula.value
        span = counted.formula.span
        arithmetic = self._defined if "taps" in counted.spoken else self.arithmetic
        try:
            return number(counted.meaning(Frame(arithmetic, values)), span)
        except UndecidedError:
            return number(counted.meaning(Frame(self._informed(layer), values)), span)

    def chosen(self, convention: Convention, layer: Layer, values: Mapping[str, Any]) -> Formula:
        """Return the formula by which a layer is counted, of an `if` the branch that is taken."""
        try:
            return convention.chosen(layer.rules, Frame(self.arithmetic, values))
        except UndecidedError:
            return convention.chosen(layer.rules, Frame(self._informed(layer), values))

    def first(self, layer: Layer) -> int:
        """Return 1 where nothing before a layer learns, else 0: what a layer is that is not the first of some."""
        if layer.first is not None:
            return layer.first
        return 1 if self._first_times[layer.place] == layer.times else 0

    def variants(self, layer: Layer, *conventions: str) -> list[tuple[Layer, Any]]:
        """Return a layer, or if conventions count its first repetitions otherwise, these and the others apart.

        Each has its part of the repetitions; in a symbolic number of them that is 1 or 0, by the index.
        """
        if not any(self.asks_for_first(self.convention(name), layer.rules) for name in conventions):
            return [(layer, 1)]
        return self.parted(layer)

    def parted(self, layer: Layer) -> list[tuple[Layer, Any]]:
        """Return the first repetitions of a layer and the others apart, as far as there are both.

        Raises `UndecidedError` where it is not known which are the first.
        """
        part = self._first_part(layer)
        if part in (0, 1):
            return [(layer, 1)]
        others = exact(total((1, product((-1, part)))))
        return [(replace(layer, first=1), part), (replace(layer, first=0), others)]

    def together(self, name: str, layer: Layer) -> Counted:
        """Return what a convention counts in all repetitions of a layer together."""
        if name in layer.counted:
            return layer.together(layer.counted[name])
        try:
            parts = [(one, self.of(name, one), part) for one, part in self.variants(layer, name)]
        except UndecidedError as error:
            return self._unknown(self.convention(name), layer, error)
        unknown = next((found for _, found, _ in parts if isinstance(found, Unknown)), None)
        if unknown is not None:
            return unknown
        # The sum of all is exact where parts are not: of 7 repetitions one is the first.
        whole = total(value if part == 1 else product((part, value)) for _, value, part in parts)
        return self.exactly(layer.together(exact(whole)))

    def of_first(self, name: str, layer: Layer) -> Any:
        """Return what a convention counts in the first repetitions of a layer; None where it counts the same there."""
        try:
            (one, _), *others = self.variants(layer, name)
        except UndecidedError:
            return None
        found = self.of(name, one) if others else None
        return None if isinstance(found, Unknown) or found == self.of(name, layer) else found

    def times_first(self, layer: Layer) -> Any:
        """Return how many of the repetitions of a layer have nothing before them that learns."""
        return self._first_times[layer.place]

    def _first_part(self, layer: Layer) -> Any:
        times = self._first_times[layer.place]
        if times is None:
            raise UndecidedError(_NOT_KNOWN)
        if layer.loops and times not in (0, layer.times):
            if times != 1 and not _is_indicator(times):
                raise UndecidedError(_NOT_KNOWN)
            return product((times, *(_is_first(loop) for loop in layer.loops)))
        return 0 if times == 0 else 1 if times == layer.times else exact(expression(times) / expression(layer.times))

    def adds_up(self, name: str) -> bool:
        """Tell whether a name is that of one convention, and no quantity that layers have already."""
        return name not in COUNTED and len(self.convention(name).parts) == 1

    def asks_for_first(self, convention: Convention, kind: Kind) -> bool:
        """Tell whether it matters for a kind if something learns before it."""
        key = convention.name, kind
        if key not in self._asking:
            self._asking[key] = False  # where a rule comes back to itself
            spoken = (counted.spoken for _, part in convention.parts if (counted := part.of(kind)) is not None)
            mentioned = frozenset[str]().union(*spoken)
            others = (self.convention(name) for name in mentioned & ASKED.keys())
            self._asking[key] = FIRST in mentioned or any(self.asks_for_first(other, kind) for other in others)
        return self._asking[key]

    @cached_property
    def _first_times(self) -> tuple[Any, ...]:
        return self.first_times()

    @cached_property
    def arithmetic(self) -> Arithmetic:
        """The arithmetic with what is known of the network's symbols."""
        return Arithmetic(self.facts)

    @cached_property
    def _defined(self) -> Arithmetic:
        """The arithmetic that also knows where the network is defined, which makes products with padding shorter."""
        return Arithmetic(facts_from(self.claims)[0])

    def _informed(self, layer: Layer) -> Informed:
        return Informed(self.arithmetic, [tuple(map(exact, s)) for s in (layer.input, layer.output)], layer.claims)


class Names(dict[str, Any]):
    """The values of the names that a convention's formula may use, for one sample; `values` in place of the layer's."""

    def __init__(self, counting: Counting, layer: Layer, values: Mapping[str, Any] | None = None) -> None:
        super().__init__()
        self._counting, self._layer = counting, layer
        self._values = layer.values if values is None else values

    def __missing__(self, name: str) -> Any:
        self[name] = self._value(name)
        return self[name]

    def _value(self, name: str) -> Any:
        values = self._values
        if name == UNKNOWN:
            raise UndecidedError("the convention says so")
        if name == "params":
            return exact(total((values["weights"], values["biases"])))
        if name == BRANCHES:
            return len(self._layer.inputs)
        if name in {p.symbol for p in self._layer.rules.definition.parameters}:
            return values[name]
        if name == FIRST:
            return self._counting.first(self._layer)
        if name in ASKED:
            return self._counting.of_one(self._counting.convention(name), self._layer, self)
        try:
            return values[name]
        except KeyError:
            if name not in (SAME, VALID):  # which are there where they are true
                raise
            return False


def _is_indicator(value: Any) -> bool:
    """Tell whether a value is 1 in some cases and 0 in the others."""
    return isinstance(value, Piecewise) and all(one in (0, 1) for one, _ in value.args)


def _is_first(loop: Loop) -> Any:
    """Return 1 in the first repetition and else 0; without an index the mean."""
    if loop.index is None:
        return exact(1 / expression(loop.count))
    return Piecewise((1, Eq(loop.index, 0)), (0, True), evaluate=False)


def of_layer(layer: Layer, name: str) -> Any:
    """Return what a convention counts in a layer; raises `SymcnnError` where it does not say."""
    found = counting_of(layer).of(name, layer)
    if isinstance(found, Unknown):
        raise found.error()
    return found


def all_of_layer(layer: Layer, name: str) -> Any:
    """Return what a convention counts in all repetitions of a layer; raises `SymcnnError` where it does not say."""
    found = counting_of(layer).together(name, layer)
    if isinstance(found, Unknown):
        raise found.error()
    return found


def firsts(analysis: Analysis, name: str) -> list[tuple[Layer, Any]]:
    """Return the layers of which a convention counts the first repetitions otherwise, with what it counts there."""
    found = []
    for layer in analysis.layers:
        if layer.counting is not None and name not in layer.counted and (other := layer.counting.of_first(name, layer)):
            found.append((layer, other))
    return found


def counting_of(of: Any) -> Counting:
    """Return the counting of a layer or of a network."""
    counting: Counting | None = of.counting
    assert counting is not None
    return counting
