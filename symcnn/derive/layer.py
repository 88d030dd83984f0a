"""The working of one layer: for each quantity the textbook's formula, the values put in, and the result."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.symbols import exact
from symcnn.analysis import Layer
from symcnn.analysis.counting import Counting, Names
from symcnn.analysis.outcome import Evaluated
from symcnn.derive.equations import (
    FIELD,
    FIRSTS,
    JUMP,
    OTHERS,
    PHASES,
    PLUS,
    SIZE,
    TIMES,
    Line,
    chain,
    is_same,
    per_axis,
)
from symcnn.derive.field import joined_field
from symcnn.derive.repetitions import last_of
from symcnn.formula import nodes as f
from symcnn.formula.express import express
from symcnn.formula.substitute import Substitution
from symcnn.formula.values import Frame, condition
from symcnn.library.convention import Convention, condition_of
from symcnn.library.rules import ASKED, QUANTITIES, RULES
from symcnn.repetition.substitution import replaced
from symcnn.report import Equation

SHOWN = (SIZE, "params", "macs", FIELD, JUMP)  # unless one quantity is asked for
EXPLAINED = (SIZE, *QUANTITIES, FIELD, JUMP)
EXPLAINED_NAMES = (
    *("C'", "n'", "macs", "inputs", "elements", "weights", "biases", "weight_layers", "branches", "first_layer"),
    *("r_0", "j_0", "batch"),
)
_INDICES = {1: ("",), 2: ("h", "w"), 3: ("d", "h", "w")}
_QUANTITY_NAMES = ("flops", "macs", "weights", "biases")  # those that formulas of others name


@dataclass(frozen=True)
class LayerWorking:
    """The working of one layer; `symbols` are the names in it: symbol, argument (None: of the input), value."""

    layer: Layer
    symbols: tuple[tuple[str, str | None, f.Formula], ...]
    lines: tuple[Line, ...]


def layer_working(
    layer: Layer, batch: Any, wanted: tuple[str, ...], arithmetic: Arithmetic, asked: bool
) -> LayerWorking:
    """Return the working of a layer for the quantities that are wanted, in their order."""
    writer = _Writer(layer, batch, arithmetic)
    of_field = _Writer(_in_last(layer, arithmetic), batch, arithmetic) if layer.loops else writer
    of_field.names = writer.names
    chosen = ((quantity, of_field if quantity in (FIELD, JUMP) else writer) for quantity in wanted)
    lines = tuple(line for quantity, one in chosen for line in one.lines(quantity, asked))
    given = {"n'", "C'"} if any(line.quantity == SIZE for line in lines) else set()
    return LayerWorking(layer, tuple(writer.mentioned(given)), lines)


def _in_last(layer: Layer, arithmetic: Arithmetic) -> Layer:
    """Return a layer in the last of the repetitions around it, whose receptive field is shown."""
    values = layer.values
    for loop in reversed(layer.loops):
        if loop.index is not None:
            values = Evaluated(values, partial(replaced, values={loop.index: last_of(loop)}, arithmetic=arithmetic))
    return replace(layer, values=values)


class _Writer:
    """Writes the lines of one layer."""

    def __init__(self, layer: Layer, batch: Any, arithmetic: Arithmetic) -> None:
        self.layer, self.arithmetic, self.kind = layer, arithmetic, layer.rules
        self.axes = len(layer.values["n"])
        before = layer.input_field
        known = before.size and self.axes and None not in (*before.size, *before.jump)
        more = {"r_0": tuple(before.size), "j_0": tuple(before.jump)} if known else {}
        if batch is not None:
            more["batch"] = batch
        self.values = _Values(layer.values if layer.counting is None else Names(layer.counting, layer), more)
        self.names: dict[str, None] = {}
        self._put_in = Substitution(self.values, self.axes, _valued, self._decide)
        self._worked = Substitution(self.values, self.axes, _valued, self._decide, self._pairs)
        self._named = Substitution(self.values, self.axes, self._name, self._decide)

    def _pairs(self, node: f.Apply) -> f.Formula:
        """Return the value of `taps` of numbers, which nobody can follow without it."""
        values = [part.value for part in node.arguments if isinstance(part, f.Number)]
        if len(values) < len(node.arguments):
            return node
        found = self.arithmetic.taps(list(map(exact, values)))
        return node if found is None else express(found)

    def _decide(self, node: f.Formula, axis: int | None) -> bool | None:
        claim = self._claim(condition_of(self.kind, node), node, axis)
        return claim if isinstance(claim, bool) else None

    def _claim(self, test: Any, node: f.Formula, axis: int | None) -> Any:
        return condition(test(Frame(self.arithmetic, self.values, axis or 0)), node.span)

    def _name(self, name: str, value: Any, axis: int | None) -> f.Formula:
        """Return the name itself, with the index of the axis where it is not the same on all of them."""
        self.names[name] = None
        if axis is None or self._is_alike(name):
            return f.Name(name)
        bare = name.rstrip("'")
        return f.Name(f"{bare}_{_INDICES[self.axes][axis]}{name[len(bare) :]}")

    def _is_alike(self, name: str) -> bool:
        value = self.values.get(name)
        return not isinstance(value, tuple) or all(part == value[0] for part in value)

    def lines(self, quantity: str, asked: bool) -> Iterator[Line]:
        """Yield the lines of a quantity; those that say nothing only where it is `asked` for."""
        if len(self.layer.inputs) > 1 and quantity in (SIZE, FIELD, JUMP):
            yield from joined_field(self.layer, quantity, self.arithmetic)
        elif quantity == SIZE:
            yield from self._sizes(asked)
        elif quantity in (FIELD, JUMP):
            yield from self._field(quantity)
        elif asked or self.layer.count(quantity) != 0:
            first = self._first(quantity)
            note = "" if first is None else OTHERS
            yield Line(quantity, None, self._counting(quantity), note)
            yield from () if first is None else [Line(quantity, None, first._counting(quantity), FIRSTS)]

    def _counting(self, quantity: str) -> Equation:
        return self._equation(None, self._counted(quantity), self.layer.count(quantity))

    def _first(self, quantity: str) -> _Writer | None:
        """Return the writer of the first repetitions of the layer, if what they count is something else."""
        layer = self.layer
        if quantity in layer.counted or layer.counting is None or layer.counting.of_first(quantity, layer) is None:
            return None
        (one, _), *_ = layer.counting.variants(layer, quantity)
        return _Writer(one, self.values.get("batch"), self.arithmetic)

    def _counted(self, quantity: str) -> f.Formula:
        """Return the form of a counted quantity, times the batch where each sample counts."""
        form = self._whole(quantity) if self.layer.count(quantity) != 0 else f.Number(0)
        if self._is_stored(quantity) or "batch" not in self.values:
            return form
        return f.Product((f.Name("batch"), f.Group(form)), TIMES)

    def _is_stored(self, quantity: str) -> bool:
        if quantity == "params" or quantity in RULES:
            return quantity not in RULES or not RULES[quantity].per_sample
        return self._convention(quantity)[0].stored

    def _convention(self, name: str) -> tuple[Convention, Counting]:
        counting = self.layer.counting
        assert counting is not None
        return counting.convention(name), counting

    def _whole(self, quantity: str, around: Collection[str] = ()) -> f.Formula:
        """Return the form of a quantity with the forms of others in the place of their names: 2·k·k·C·m for 2macs."""
        form = self._form(quantity, None)
        used = {name.name for name in f.names(form)} - {*around, quantity}
        parts = {name: self._whole(name, {*around, quantity}) for name in self._quantities_among(used)}
        parts |= {name: f.Truth(False) for name in parts if self.layer.count(name) == 0}
        if "weight_layers" in used and self.layer.weight_layers in (0, 1):
            parts["weight_layers"] = f.Truth(self.layer.weight_layers == 1)
        if "elements" in used and len(self.layer.output) - 1 in (0, self.axes):
            parts["elements"] = self._elements(parts.values())
        return f.with_names(form, parts) if parts else form

    def _quantities_among(self, used: set[str]) -> list[str]:
        symbols = {p.symbol for p in self.kind.definition.parameters}
        return [name for name in (*_QUANTITY_NAMES, *ASKED) if name in used - symbols]

    def _elements(self, beside: Iterable[f.Formula]) -> f.Formula:
        """Return the numbers in the output, the channels by the name that they have in what stands beside it."""
        channels = self.kind.formulas["channels"]
        known = any(name == channels for form in beside for name in f.names(form))
        outputs = channels if known else f.Name("C'")
        return (
            f.Product((outputs, f.Apply(f.Name("prod"), (f.Name("n'"),))), TIMES) if self.layer.output[1:] else outputs
        )

    def _sizes(self, asked: bool) -> Iterator[Line]:
        before, after = self.layer.input[1:], self.layer.output[1:]
        if after and (asked or after != before or self._is_windowed()):
            equations = [self._equation("n'", self._form(SIZE, axis), size, axis) for axis, size in enumerate(after)]
            yield from per_axis(SIZE, equations)
        if not after and (before or asked):
            yield Line(SIZE, None, self._equation("C'", self._form("channels", None), self.layer.output[0]))

    def _is_windowed(self) -> bool:
        return any(self.values["reach"][axis] != 0 for axis in range(self.axes))

    def _field(self, quantity: str) -> Iterator[Line]:
        after = self.layer.receptive_field
        rule, same, name, found = ("reach", 0, "r", after.size) if quantity == FIELD else ("jump", 1, "j", after.jump)
        if not self.axes or "r_0" not in self.values or None in (*self.values[rule], *found):
            return
        if all(value == same for value in self.values[rule]) and self._is_stepwise(found if quantity == FIELD else ()):
            return
        if quantity == FIELD and not self._is_stepwise(found):
            yield from per_axis(FIELD, [chain(f.Name(name), express(size)) for size in found], PHASES)
            return
        forms = (_next_field(rule, self._form(rule, axis)) for axis in range(self.axes))
        yield from per_axis(quantity, [self._equation(name, form, found[i], i) for i, form in enumerate(forms)])

    def _is_stepwise(self, sizes: Sequence[Any]) -> bool:
        """Tell whether r = r₀ + (e − 1)·j₀: not where upsampling lets outputs see differently much."""
        a, reach = self.arithmetic, self.values["reach"]
        before = zip(self.values["r_0"], self.values["j_0"], reach, sizes, strict=False)
        return all(is_same(a.total([exact(r), a.product([exact(j), e], [])]), exact(size)) for r, j, e, size in before)

    def _form(self, rule: str, axis: int | None) -> f.Formula:
        """Return how a textbook writes a rule: the first form whose condition holds, else the rule itself."""
        if rule == SIZE and self.values.get("same"):  # what the padding "same" is chosen for
            return f.Ceiling(f.Product((f.Name("n"), self._form("jump", axis)), ("/",)))
        for test, value in self.kind.forms.get(rule, ()):
            if test is None or self._claim(test, value, axis) is True:
                return value
        if rule in RULES:
            return self.kind.formulas[rule]
        if rule != "params":
            convention, counting = self._convention(rule)
            return counting.chosen(convention, self.layer, self.values)
        parts = [self._form(part, None) for part in ("weights", "biases") if self.kind.constants.get(part) != 0]
        return f.Sum(tuple(parts), PLUS) if len(parts) == 2 else parts[0] if parts else f.Number(0)

    def _equation(self, name: str | None, formula: f.Formula, worth: Any, axis: int | None = None) -> Equation:
        left = [self._named(f.Name(name), axis) if name in self.values else f.Name(name)] if name else []
        sides = (self._named(formula, axis), self._put_in(formula, axis), self._worked(formula, axis))
        return chain(*left, *sides, express(worth))

    def mentioned(self, given: Collection[str]) -> Iterator[tuple[str, str | None, f.Formula]]:
        """Yield the names in the formulas, with the argument each is the symbol of and its value; not those `given`."""
        arguments = {p.symbol: p.name for p in self.kind.definition.parameters}
        order = ["C", "n", *arguments, *EXPLAINED_NAMES]
        for name in (name for name in order if name in self.names and name not in given):
            value = self.values[name]
            parts = value if isinstance(value, tuple) else (value,)
            shown = [_valued(name, part, None) for part in (parts[:1] if self._is_alike(name) else parts)]
            yield name, arguments.get(name), shown[0] if len(shown) == 1 else f.Shape(tuple(shown))


def _next_field(rule: str, form: f.Formula) -> f.Formula:
    """Return r₀ + (e − 1)·j₀, or j₀·s."""
    if rule == "jump":
        return f.Product((f.Name("j_0"), form), TIMES)
    return f.Sum((f.Name("r_0"), f.Product((form, f.Name("j_0")), TIMES)), PLUS)


class _Values(dict[str, Any]):
    """The names of a layer's rules, and the receptive field before it."""

    def __init__(self, values: Any, more: dict[str, Any]) -> None:
        super().__init__(more)
        self._behind = values

    def __missing__(self, name: str) -> Any:
        return self._behind[name]

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or self.get(name) is not None

    def get(self, name: Any, default: Any = None) -> Any:
        try:
            return self[name]
        except KeyError:
            return default


def _valued(name: str, value: Any, axis: int | None) -> f.Formula:
    if hasattr(value, "before"):
        return f.Tuple((express(value.before), express(value.after)))
    return express(exact(value))
