"""One layer applied to one tensor: the kind's rules, worked out in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import Any

from sympy import Expr

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.conditions import Condition, Either, Truth, single
from symcnn.algebra.symbols import Value, exact
from symcnn.analysis.arguments import SAME, VALID, Given, bind
from symcnn.analysis.fit import Fit, Known, by_arguments, first_alike
from symcnn.analysis.informed import Informed
from symcnn.analysis.tensor import Tensor, axis_names
from symcnn.analysis.window import IDENTITY, UNSAID, Window
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
    """A kind with its arguments on a tensor. `outcome()` raises `SymcnnError` where the layer is impossible."""

    def __init__(
        self,
        kind: Kind,
        step: Step,
        given: Given,
        tensor: Tensor,
        arithmetic: Arithmetic,
        known: Known | None = None,
    ) -> None:
        self.kind, self.step, self.given, self.tensor, self.arithmetic = kind, step, given, tensor, arithmetic
        self.known = known or Known()
        self.axes = len(tensor.sizes)
        elements = arithmetic.product([tensor.channels, *tensor.sizes], [])
        self.values: dict[str, Any] = _Names(n=tensor.sizes, C=tensor.channels, axes=self.axes, inputs=elements)
        self.shapes = [tensor.shape]  # of which every size is at least 1
        self.conditions: list[Condition | Either] = []

    def outcome(self) -> Outcome:
        """Work out the rules in their order."""
        self.fit = self._fit()
        self.alike = self._first_alike()
        for demand in self.kind.demands:
            if not demand.fixed:
                self._require(demand)
        windows = self._windows()
        output = self._output()
        counted = self._counted(output)
        return Outcome(output, windows, counted, tuple(self.conditions), self.kind, self.values)

    def _fit(self) -> Fit:
        """Put in the values of the parameters, and want of them what the kind requires whatever the tensor is."""
        key = (self.kind, tuple(self.given.values.items()), self.axes)
        fit = self.known.fits.get(key)
        if fit is not None:
            self.values.update(fit.values)
            self.conditions += fit.conditions
            self.same = fit.same
            return fit
        self.values.update(bind(self.kind, self.step, self.given, self.axes, Frame(self.arithmetic, self.values)))
        if VALID in (value for value in self.given.values.values() if isinstance(value, str)):
            self.values[VALID] = True
        bound = {name: self.values[name] for name in (*self.kind.symbols, VALID) if name in self.values}
        per_axis = {p.symbol: bound[p.symbol] for p in self.kind.definition.parameters if p.per_axis}
        self.alike = by_arguments(per_axis.values(), self.axes)
        self.same = tuple(symbol for symbol, value in per_axis.items() if value == SAME)
        self._require_types()
        for demand in self.kind.demands:
            if demand.fixed:
                self._require_once(demand)
        fit = Fit(bound, tuple(self.conditions), self.alike, self.same)
        if self.kind.settles:
            self.known.fits[key] = fit
        return fit

    def _first_alike(self) -> tuple[int, ...]:
        """Return for each axis the first one with the same input size and arguments: what holds for it holds again."""
        return first_alike(zip(self.tensor.sizes, self.fit.alike, strict=True))

    def _rule(self, name: str, axis: int | None = None) -> Value:
        if name in self.kind.constants:
            return self.kind.constants[name]
        key = None if axis is None or not self._on_one_axis(name) else self._axis_key(name, axis)
        if key in self.known.on_axes:
            return self.known.on_axes[key]
        return self._decided(name, Frame(self.arithmetic, self.values, axis), key)

    def _decided(self, name: str, frame: Frame, key: Any = None) -> Value:
        """Return what a rule comes to, if need be with what is known of this layer alone."""
        try:
            value = self._worth(name, frame)
        except UndecidedError:
            return self._worth(name, replace(frame, arithmetic=self._informed()))
        if key is not None:
            self.known.on_axes[key] = value
        return value

    def _on_one_axis(self, name: str) -> bool:
        return not any(fold in self.kind.spoken[name] for fold in FOLDS)

    def _worth(self, name: str, frame: Frame) -> Value:
        value = self.kind.rules[name](frame)
        return value if type(value) is int else exact(number(value, self.kind.formulas[name].span))

    def _axis_key(self, name: str, axis: int) -> tuple[Any, ...]:
        """Return all that a rule is worked out from on an axis: it is the same whatever the channels are."""
        spoken = (self.values[symbol] for symbol in self.kind.spoken[name])
        return (self.kind, name, *(value[axis] if isinstance(value, tuple) else value for value in spoken))

    def _informed(self) -> Informed:
        return Informed(self.arithmetic, self.shapes, self.conditions)

    def _per_axis(self, name: str) -> tuple[Value, ...]:
        """Work out a rule once for each different axis."""
        if name in self.kind.constants:
            return (self.kind.constants[name],) * self.axes
        if name == "size" and self.kind.keeps_size:
            return self.tensor.sizes
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
        if claim is True:
            return
        for part in single(claim):
            if part is False:
                raise broken()
            if not isinstance(part, bool):
                self.conditions.append(part)

    def _error(self, message: str, parameter: str | None = None, hint: str | None = None) -> SymcnnError:
        """Return an error at the parameter, or at the step."""
        return SymcnnError(message, self.given.spans.get(parameter or "", self.step.span), hint)

    def _require_once(self, demand: Demand) -> None:
        """Want what speaks of arguments alone, unless it holds for these already."""
        key = (id(demand), *(self.values[self.kind.parameters[name].symbol] for name in demand.symbols))
        if key not in self.known.held:
            before = len(self.conditions)
            self._require(demand)
            if len(self.conditions) == before:
                self.known.held.add(key)

    def _require(self, demand: Demand) -> None:
        if self.same and any(self.kind.parameters[name].symbol in self.same for name in demand.symbols):
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
        if self.fit.windows is None and self.kind.free_windows and not self.same:
            self.fit.windows = self._free_windows()
        if self.fit.windows is not None:
            values, windows = self.fit.windows
            self.values.update(values)
            self.values["n'"] = self._per_axis("size")
            return windows
        for name in WINDOW[:-1]:
            self.values[name] = self._window_rule(name)
        self.values["n'"] = self._same_sizes(self.values["reach"], self.values["jump"]) or self._per_axis("size")
        self.values["start"] = self._window_rule("start")
        return tuple(map(_window, *(self.values[name] for name in WINDOW)))

    def _free_windows(self) -> tuple[Mapping[str, Any], tuple[Window, ...]] | None:
        """Work out what an output sees from the arguments alone; None where they leave it open."""
        found, alike = dict[str, tuple[Value, ...]](), self.fit.alike
        frames = {axis: Frame(self.arithmetic, self.values, axis) for axis in set(alike)}
        try:
            for name in WINDOW:
                constant = self.kind.constants.get(name)
                worth = {axis: self._worth(name, frames[axis]) if constant is None else constant for axis in frames}
                found[name] = tuple(worth[axis] for axis in alike)
        except UndecidedError:
            return None
        return found, tuple(map(_window, *found.values()))

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
        if not self.same:
            return None
        a = self.arithmetic
        sizes, sides = [], []
        for n, reach, jump in zip(self.tensor.sizes, reaches, jumps, strict=True):
            if reach is None or jump is None:
                raise NotSupportedError(f'padding "same" of {self.step.kind} here', self.step.span)
            size = a.ceiling(n, jump)
            total = a.largest([a.total([a.product([a.total([size, -1]), jump], []), reach, 1, -n]), 0])
            before = a.floor(total, 2)
            sizes.append(size)
            sides.append(Sides(before, a.total([total, -before])))
        self.values |= {self.same[0]: tuple(sides), "same": True}
        return tuple(sizes)

    def _output(self) -> Tensor:
        sizes = self.values["n'"]
        for axis in sorted(set(self.alike)) if sizes is not self.tensor.sizes else ():
            if sizes[axis] != self.tensor.sizes[axis]:
                self._check_size(sizes[axis], axis_names(self.axes)[axis], windowed=True)
        channels, axes = self._rule("channels"), self._rule("axes")
        if channels != self.tensor.channels:
            self._check_size(channels, "number of channels", windowed=False)
        if axes not in (0, self.axes):
            raise self._error(f"{self.step.kind} leaves {axes} of {self.axes} axes", hint="a layer keeps all or none")
        return Tensor(channels, sizes if axes == self.axes else ())

    def _check_size(self, size: Value, name: str, windowed: bool) -> None:
        if type(size) is int and size >= 1:
            return
        what = f"the output {name} of {self.step.kind}"
        self._add(self.arithmetic.integral(size), lambda: self._error(f"{what} is {shown(size)}, which is no integer"))
        if not windowed and isinstance(size, Expr) and size.is_positive:
            return  # an integer that is positive, such as 64w for a width w > 0
        claim = self.arithmetic.compare(">=", size, 1)
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
        frame = Frame(self.arithmetic, self.values)
        for name in self.kind.open_counts:
            counted[name] = self.values[name] = self._decided(name, frame)
        return counted


class _Names(dict[str, Any]):
    """The values of a rule's names; a rule that comes to `unknown` cannot be said."""

    def __missing__(self, name: str) -> Any:
        if name == UNKNOWN:
            raise UndecidedError("it cannot be said what an output sees")
        raise KeyError(name)


@lru_cache(maxsize=10_000)  # equal windows are one, which is seen at once where they are composed
def _window(
    reach: Value | None, jump: Value | None, upsampling: Value | None, spacing: Value | None, start: Value | None
) -> Window:
    """Return the window along one axis, of which all must be known."""
    if reach is None or jump is None or upsampling is None or spacing is None or start is None:
        return UNSAID
    window = Window(reach, jump, start, upsampling=upsampling, spacing=spacing)
    return IDENTITY if window == IDENTITY else window


def _parts(value: Any) -> Iterator[Any]:
    """Yield the numbers of a value that may be per axis, and per side."""
    for item in value if isinstance(value, tuple) else (value,):
        if isinstance(item, Sides):
            yield from (item.before, item.after)
        else:
            yield item
