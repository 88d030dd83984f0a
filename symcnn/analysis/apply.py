"""One layer applied to one tensor: the kind's rules, worked out in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sympy import Expr

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.conditions import Condition, Either, Truth, at_least, single
from symcnn.algebra.symbols import Value, exact
from symcnn.analysis.arguments import SAME, VALID, Given, bind
from symcnn.analysis.informed import Informed
from symcnn.analysis.tensor import Tensor, axis_names
from symcnn.analysis.window import UNSAID, Window
from symcnn.errors import NotSupportedError, SymcnnError
from symcnn.formula import nodes
from symcnn.formula.express import shown
from symcnn.formula.meaning import FOLDS
from symcnn.formula.values import Frame, Sides, UndecidedError, condition, number
from symcnn.library.kind import Demand, Kind
from symcnn.library.rules import UNKNOWN, WINDOW
from symcnn.tree import Step

_NOT_YET = "not supported yet: "  # so begins the hint of a requirement that PyTorch does not have


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a layer makes of its input: the output, one window per input axis, the counted rules, conditions."""

    output: Tensor
    windows: tuple[Window, ...]
    counted: Mapping[str, Value]
    conditions: tuple[Condition | Either, ...]
    kind: Kind
    values: Mapping[str, Any]  # of every name that a rule may use


class Application:
    """A kind with its arguments on a tensor. `outcome()` raises `SymcnnError` where the layer is impossible.

    `settled`: what the kind requires of the arguments alone is known to hold; `known` keeps what rules came to on
    single axes, for other layers.
    """

    def __init__(
        self,
        kind: Kind,
        step: Step,
        given: Given,
        tensor: Tensor,
        arithmetic: Arithmetic,
        settled: bool = False,
        known: dict[Any, Value] | None = None,
    ) -> None:
        self.settled, self.known = settled, {} if known is None else known
        self.kind, self.step, self.given, self.tensor, self.arithmetic = kind, step, given, tensor, arithmetic
        self.axes = len(tensor.sizes)
        elements = arithmetic.product([tensor.channels, *tensor.sizes], [])
        values = {"n": tensor.sizes, "C": tensor.channels, "axes": self.axes, "inputs": elements}
        self.values: dict[str, Any] = _Names(bind(kind, step, given, self.axes, Frame(arithmetic, values)))
        if VALID in (value for value in given.values.values() if isinstance(value, str)):
            self.values[VALID] = True
        self.alike = self._first_alike()
        self.shapes = [tensor.shape]  # of which every size is at least 1
        self.conditions: list[Condition | Either] = []

    def outcome(self) -> Outcome:
        """Work out the rules in their order."""
        self._require_types()
        fixed = [] if self.settled else [demand for demand in self.kind.demands if demand.fixed]
        for demand in fixed:
            self._require(demand)
        self.settled = not self.conditions
        for demand in self.kind.demands:
            if not demand.fixed:
                self._require(demand)
        windows = self._windows()
        output = self._output()
        counted = self._counted(output)
        return Outcome(output, windows, counted, tuple(self.conditions), self.kind, self.values)

    def _rule(self, name: str, axis: int | None = None) -> Value:
        if name in self.kind.constants:
            return self.kind.constants[name]
        key = None if axis is None or not self._on_one_axis(name) else self._axis_key(name, axis)
        if key in self.known:
            return self.known[key]
        rule, span = self.kind.rules[name], self.kind.formulas[name].span
        try:
            value = exact(number(rule(Frame(self.arithmetic, self.values, axis)), span))
        except UndecidedError:
            return exact(number(rule(Frame(self._informed(), self.values, axis)), span))
        if key is not None:
            self.known[key] = value
        return value

    def _on_one_axis(self, name: str) -> bool:
        return not any(fold in self.kind.spoken[name] for fold in FOLDS)

    def _axis_key(self, name: str, axis: int) -> tuple[Any, ...]:
        """Return all that a rule is worked out from on an axis: it is the same whatever the channels are."""
        spoken = (self.values[symbol] for symbol in self.kind.spoken[name])
        return (self.kind, name, *(value[axis] if isinstance(value, tuple) else value for value in spoken))

    def _informed(self) -> Informed:
        return Informed(self.arithmetic, self.shapes, self.conditions)

    def _first_alike(self) -> list[int]:
        """Return for each axis the first one with the same input size and arguments: what holds for it holds again."""
        per_axis = [p.symbol for p in self.kind.definition.parameters if p.per_axis and self.values[p.symbol] != SAME]
        keys = [tuple(self.values[name][axis] for name in ("n", *per_axis)) for axis in range(self.axes)]
        return [keys.index(key) for key in keys]

    def _per_axis(self, name: str) -> tuple[Value, ...]:
        """Work out a rule once for each different axis."""
        if name in self.kind.constants:
            return (self.kind.constants[name],) * self.axes
        worth = {axis: self._rule(name, axis) for axis in sorted(set(self.alike))}
        return tuple(worth[first] for first in self.alike)

    def _require_types(self) -> None:
        """Want integers, unless a parameter is rational; and yes or no of one whose default is `true` or `false`."""
        for parameter in self.kind.definition.parameters:
            value = self.values[parameter.symbol]
            if isinstance(parameter.default, nodes.Truth):
                self._require_truth(parameter.name, value)
            elif not parameter.rational and not isinstance(value, str):
                for part in _parts(value):
                    self._require_integer(parameter.name, part)

    def _require_truth(self, name: str, value: Any) -> None:
        if not (isinstance(value, bool) or value in (0, 1)):
            first = next(iter(self.kind.parameters)) == name  # BatchNorm2d(64), as PyTorch writes it
            hint = "the number of channels is inferred from the input: leave it out" if first else None
            raise self._error(f"{name} of {self.step.kind} is true or false, not {shown(value)}", name, hint)

    def _require_integer(self, name: str, value: Any) -> None:
        if not isinstance(value, (int, str)):
            claim = self.arithmetic.integral(value)
            self._add(
                claim, lambda: self._error(f"{name} of {self.step.kind} is {shown(value)}, which is no integer", name)
            )

    def _add(self, claim: Truth, broken: Callable[[], SymcnnError]) -> None:
        """Add a condition; one that never holds is an error, which is put into words only then."""
        for part in single(claim):
            if part is False:
                raise broken()
            if not isinstance(part, bool):
                self.conditions.append(part)

    def _error(self, message: str, parameter: str | None = None, hint: str | None = None) -> SymcnnError:
        """Return an error at the parameter, or at the step."""
        return SymcnnError(message, self.given.spans.get(parameter or "", self.step.span), hint)

    def _require(self, demand: Demand) -> None:
        if any(self.values[self.kind.parameters[name].symbol] == SAME for name in demand.symbols):
            return  # "same" is chosen such that it fits
        for axis in sorted(set(self.alike)) if demand.per_axis else (None,):
            claim = condition(demand.test(Frame(self.arithmetic, self.values, axis)), demand.formula.span)
            self._add(claim, lambda: self._broken(demand))

    def _broken(self, demand: Demand) -> SymcnnError:
        written = [name for name in reversed(demand.symbols) if name in self.given.spans]
        written.sort(key=lambda name: isinstance(self.given.values[name], str))  # a number is guilty before a word
        place = self.given.spans[written[0]] if written else self.step.span
        values = ", ".join(self._instances(demand))
        rule = f"it requires {' '.join(demand.formula.span.text.split())}" + (f"; here {values}" if values else "")
        if demand.hint and demand.hint.startswith(_NOT_YET):
            return NotSupportedError(f"{self.step.kind} with {demand.hint.removeprefix(_NOT_YET)}", place, rule)
        return SymcnnError(
            f"{self.step.kind}: {demand.hint}" if demand.hint else f"{self.step.kind}: {rule}", place, rule
        )

    def _instances(self, demand: Demand) -> list[str]:
        """Say what the names of a broken requirement stand for."""
        called = {p.symbol: p.name for p in self.kind.parameters.values()} | {"C": "in_channels", "n": "the input size"}
        listed = []
        for name in dict.fromkeys(n.name for n in nodes.names(demand.formula)):
            value = self.values.get(name)
            if name in called and value is not None:
                value = value[0] if isinstance(value, tuple) and len(set(value)) == 1 else value
                label = f"{name} ({called[name]})" if called[name] != name else name
                listed.append(f"{label} = {shown(value)}")
        return listed

    def _windows(self) -> tuple[Window, ...]:
        for name in WINDOW[:-1]:
            self.values[name] = self._window_rule(name)
        self.values["n'"] = self._same_sizes(self.values["reach"], self.values["jump"]) or self._per_axis("size")
        self.values["start"] = self._window_rule("start")
        return tuple(map(_window, *(self.values[name] for name in WINDOW)))

    def _window_rule(self, name: str) -> tuple[Value | None, ...]:
        """Work out what an output sees on each different axis; None is what cannot be said."""
        if name in self.kind.constants:
            return (self.kind.constants[name],) * self.axes
        worth: dict[int, Value | None] = {}
        for axis in sorted(set(self.alike)):
            try:
                worth[axis] = self._rule(name, axis)
            except UndecidedError:
                worth[axis] = None
        return tuple(worth[first] for first in self.alike)

    def _same_sizes(
        self, reaches: tuple[Value | None, ...], jumps: tuple[Value | None, ...]
    ) -> tuple[Value, ...] | None:
        """Put in the padding that "same" stands for, and return the sizes ⌈n/s⌉ that it is chosen for.

        As in TensorFlow and ONNX SAME_UPPER: max((⌈n/s⌉ − 1)·s + e − n, 0) in total, the odd one after.
        """
        symbols = [p.symbol for p in self.kind.parameters.values() if p.per_axis and self.values[p.symbol] == SAME]
        if not symbols:
            return None
        a = self.arithmetic
        sizes, sides = [], []
        for n, reach, jump in zip(self.tensor.sizes, reaches, jumps, strict=True):
            if reach is None or jump is None:
                raise NotSupportedError(f'padding "same" of {self.step.kind} here', self.step.span)
            size = a.ceiling(a.divide(n, jump))
            total = a.largest([a.total([a.product([a.total([size, -1]), jump], []), reach, 1, -n]), 0])
            before = a.floor(a.divide(total, 2))
            sizes.append(size)
            sides.append(Sides(before, a.total([total, -before])))
        self.values |= {symbols[0]: tuple(sides), "same": True}
        return tuple(sizes)

    def _output(self) -> Tensor:
        sizes = self.values["n'"]
        for axis in sorted(set(self.alike)):
            if sizes[axis] != self.tensor.sizes[axis]:
                self._check_size(sizes[axis], axis_names(self.axes)[axis], windowed=True)
        channels, axes = self._rule("channels"), self._rule("axes")
        if channels != self.tensor.channels:
            self._check_size(channels, "number of channels", windowed=False)
        if axes not in (0, self.axes):
            raise self._error(f"{self.step.kind} leaves {axes} of {self.axes} axes", hint="a layer keeps all or none")
        return Tensor(channels, sizes if axes == self.axes else ())

    def _check_size(self, size: Value, name: str, windowed: bool) -> None:
        what = f"the output {name} of {self.step.kind}"
        self._add(self.arithmetic.integral(size), lambda: self._error(f"{what} is {shown(size)}, which is no integer"))
        if not windowed and isinstance(size, Expr) and size.is_positive:
            return  # an integer that is positive, such as 64w for a width w > 0
        claim = at_least(size, 1, self.arithmetic.facts)
        if not (windowed or isinstance(claim, bool)):  # of C·n what the input has says that there is one at least
            claim = self._informed().compare(">=", size, 1)
        self._add(claim, lambda: self._too_small(what, size, windowed))

    def _too_small(self, what: str, size: Value, windowed: bool) -> SymcnnError:
        known = isinstance(size, (int, Fraction))
        worth = f" would be {shown(size)}" if known else f", {shown(size)}, is never positive"
        if not windowed:
            return self._error(what + worth)
        seen = "the input is" if "reach" in self.kind.constants else "the window is larger than the padded input"
        return self._error(what + worth, self._size_parameter(), f"{seen} {self.tensor}")

    def _size_parameter(self) -> str | None:
        """Return what is too large: the given parameter that the rule for the reach, or else the size, has last."""
        spoken = [name.name for rule in ("size", "reach") for name in nodes.names(self.kind.formulas[rule])]
        by_symbol = {p.symbol: p.name for p in self.kind.parameters.values()}
        written = [by_symbol[s] for s in spoken if by_symbol.get(s) in self.given.spans]
        return written[-1] if written else None

    def _counted(self, output: Tensor) -> dict[str, Value]:
        self.shapes.append(output.shape)
        self.values["n'"] = output.sizes if len(output.sizes) == self.axes else self.values["n'"]
        self.values["C'"] = output.channels
        self.values["elements"] = self.arithmetic.product(list(output.shape), [])
        counted: dict[str, Value] = dict(self.kind.counted_constants)
        self.values |= counted
        for name in self.kind.open_counts:
            counted[name] = self.values[name] = self._rule(name)
        return counted


class _Names(dict[str, Any]):
    """The values of a rule's names; a rule that comes to `unknown` cannot be said."""

    def __missing__(self, name: str) -> Any:
        if name == UNKNOWN:
            raise UndecidedError("it cannot be said what an output sees")
        raise KeyError(name)


def _window(
    reach: Value | None, jump: Value | None, upsampling: Value | None, spacing: Value | None, start: Value | None
) -> Window:
    """Return the window along one axis, of which all must be known."""
    if reach is None or jump is None or upsampling is None or spacing is None or start is None:
        return UNSAID
    if upsampling == 1 and spacing == 1:
        return Window(reach, jump, start)
    return Window(reach, jump, start, upsampling=upsampling, spacing=spacing)


def _parts(value: Any) -> Iterator[Any]:
    """Yield the numbers of a value that may be per axis, and per side."""
    for item in value if isinstance(value, tuple) else (value,):
        if isinstance(item, Sides):
            yield from (item.before, item.after)
        else:
            yield item
