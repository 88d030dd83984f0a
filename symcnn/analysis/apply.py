"""One layer applied to one tensor: the kind's rules, worked out in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from sympy import Expr

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.conditions import Condition, Either, Truth, single
from symcnn.algebra.symbols import Value, exact, is_positive, symbol
from symcnn.analysis.arguments import SAME, VALID, Given, are_integers, at_step, bind, parts
from symcnn.analysis.fit import Fit, Geometry, Known, Passage, Sizes, by_arguments
from symcnn.analysis.informed import Informed
from symcnn.analysis.outcome import Counted, Names, Outcome
from symcnn.analysis.tensor import Tensor, axis_names, first_alike
from symcnn.analysis.window import Window, window_of
from symcnn.errors import MisfitError, NotSupportedError, SymcnnError, misfit
from symcnn.formula import nodes
from symcnn.formula.express import shown
from symcnn.formula.values import Frame, Sides, UndecidedError, condition, number
from symcnn.library.kind import Demand, Kind
from symcnn.library.rules import UNKNOWN, WINDOW
from symcnn.tree import LayerParameter, Step

_ANY_SIZE = symbol("a size")  # no name that a user can type has a space in it
_NOT_YET = "not supported yet: "  # so begins the hint of a requirement that PyTorch does not have


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
        self.values = Names(self._later, {"n": tensor.sizes, "C": tensor.channels, "axes": self.axes})
        self.frame = Frame(arithmetic, self.values)
        self.shapes = [tensor.shape]  # of which every size is at least 1
        self.conditions: list[Condition | Either] = []
        self.needs_more = False  # whether a rule was only decided by what is known of this layer

    def outcome(self) -> Outcome:
        """Work out the rules in their order; what is counted only where it is asked for, if that cannot fail."""
        self.fit = self._fit()
        for demand in self.kind.input_demands:
            self._require(demand)
        passage = self._passage()
        channels = self._channels()
        if passage.axes not in (0, self.axes):
            message = f"{self.step.kind} leaves {passage.axes} of {self.axes} axes"
            raise SymcnnError(message, self.step.span, "a layer keeps all or none")
        output = Tensor(channels, self.values["n'"] if passage.axes == self.axes else ())
        counted = self._counted(output)
        return Outcome(output, passage.windows, counted, tuple(self.conditions), self.kind, self.values)

    def _fit(self) -> Fit:
        """Put in the values of the parameters, and want of them what the kind requires whatever the sizes are."""
        key = (self.kind, self.given.key, self.axes)
        fit = self.known.fits.get(key)
        if fit is None:
            fit = self._new_fit()
            if self.kind.settles:
                self.known.fits[key] = fit
        else:
            self.values.update(fit.values)
            self.conditions += fit.conditions
        self.same = fit.same
        uniform = not any(fit.alike)
        self._set_alike(self.tensor.alike if uniform else first_alike(zip(self.tensor.alike, fit.alike, strict=True)))
        return fit

    def _set_alike(self, alike: tuple[int, ...]) -> None:
        """Say for each axis which is the first with the same size and arguments: what holds for it holds again."""
        self.alike, self.firsts = alike, tuple(dict.fromkeys(alike))

    def _new_fit(self) -> Fit:
        self.values.update(bind(self.kind, self.step, self.given, self.axes, self.frame))
        bound = {symbol: self.values[symbol] for symbol in self.kind.symbols}
        per_axis = {p.symbol: bound[p.symbol] for p in self.kind.definition.parameters if p.per_axis}
        alike = by_arguments(per_axis.values(), self.axes)
        self._set_alike(alike)
        if any(type(value) is str and value == VALID for value in self.given.values.values()):
            self.values[VALID] = bound[VALID] = True
        self.same = tuple(symbol for symbol, value in per_axis.items() if value == SAME)
        written = {name: self.kind.parameters[name] for name in (*self.given.values, *self.kind.unsettled)}
        self._require_types(written.values())
        geometry = self._geometry()
        for demand in self.kind.channel_demands if geometry.holds else self.kind.argument_demands:
            self._require_once(demand)
        geometry.holds = geometry.holds or not self.conditions
        values = [bound[parameter.symbol] for parameter in written.values()]
        plain = not any(isinstance(part, Expr) for value in values if not are_integers(value) for part in parts(value))
        return Fit(bound, tuple(self.conditions), alike, self.same, plain, geometry)

    def _geometry(self) -> Geometry:
        """Return what is known of the kind, with arguments like these, and axes."""
        if self.kind.shaped_by is None:
            return Geometry()
        key = (self.kind, self.axes, *(self.values[symbol] for symbol in self.kind.shaped_by))
        return self.known.geometries.setdefault(key, Geometry())

    def _rule(self, name: str, axis: int | None = None) -> Value:
        if name in self.kind.constants:
            return self.kind.constants[name]
        key = None if axis is None or name in self.kind.folding else self._axis_key(name, axis)
        if key in self.known.on_axes:
            return self.known.on_axes[key]
        return self._decided(name, self._frame(axis), key)

    def _frame(self, axis: int | None) -> Frame:
        return self.frame if axis is None else Frame(self.arithmetic, self.values, axis)

    def _decided(self, name: str, frame: Frame, key: Any = None) -> Value:
        """Return what a rule comes to, if need be with what is known of this layer alone."""
        try:
            value = self._worth(name, frame)
        except UndecidedError:
            return self._worth(name, replace(frame, arithmetic=self._informed()))
        if key is not None:
            self.known.on_axes[key] = value
        return value

    def _worth(self, name: str, frame: Frame) -> Value:
        value = self.kind.rules[name](frame)
        return value if type(value) is int else exact(number(value, self.kind.formulas[name].span))

    def _axis_key(self, name: str, axis: int) -> tuple[Any, ...]:
        """Return all that a rule is worked out from on an axis: it is the same whatever the channels are."""
        spoken = (self.values[symbol] for symbol in self.kind.spoken[name])
        return (self.kind, name, *(value[axis] if isinstance(value, tuple) else value for value in spoken))

    def _informed(self) -> Informed:
        self.needs_more = True
        return Informed(self.arithmetic, self.shapes, self.conditions)

    def _per_axis(self, name: str) -> tuple[Value, ...]:
        """Work out a rule once for each different axis."""
        if name in self.kind.constants:
            return (self.kind.constants[name],) * self.axes
        if name == "size" and (self.kind.keeps_size or self._keeps_sizes()):
            return self.tensor.sizes
        worth = {axis: self._rule(name, axis) for axis in self.firsts}
        return tuple([worth[first] for first in self.alike])

    def _keeps_sizes(self) -> bool:
        """Tell whether the rule for the size gives back any size: that of a layer that may is asked for a symbol."""
        geometry = self.fit.geometry
        if geometry.keeps_sizes is None:
            may = self.fit.plain and self.kind.shaped_by is not None and "size" not in self.kind.folding
            may = may and set(self.values["jump"]) == {1}
            geometry.keeps_sizes = may and all(self._keeps(axis) for axis in set(self.fit.alike))
        return geometry.keeps_sizes

    def _keeps(self, axis: int) -> bool:
        values = self.values | {"n": (_ANY_SIZE,) * self.axes}
        try:
            return self._worth("size", Frame(Arithmetic(), values, axis)) is _ANY_SIZE
        except SymcnnError:
            return False

    def _require_types(self, parameters: Iterable[LayerParameter]) -> None:
        """Want integers, unless a parameter is rational; and yes or no of one whose default is `true` or `false`."""
        for parameter in parameters:
            value = self.values[parameter.symbol]
            if isinstance(parameter.default, nodes.Truth):
                self._require_truth(parameter.name, value)
            elif not (parameter.rational or are_integers(value) or isinstance(value, str)):
                for part in parts(value):
                    if type(part) is not int:
                        self._require_integer(parameter.name, part)

    def _require_truth(self, name: str, value: Any) -> None:
        if not (value is True or value is False or value in (0, 1)):
            first = next(iter(self.kind.parameters)) == name  # BatchNorm2d(64), as PyTorch writes it
            hint = "the number of channels is inferred from the input: leave it out" if first else None
            message = f"{name} of {self.step.kind} is true or false, not {shown(value)}"
            raise SymcnnError(message, self.given.spans.get(name, self.step.span), hint)

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
        """Return an error of what does not fit, at the parameter, or at the step."""
        return misfit(SymcnnError(message, self.given.spans.get(parameter or "", self.step.span), hint))

    def _require_once(self, demand: Demand) -> None:
        """Want what speaks of arguments alone, unless it holds for these already."""
        key = (id(demand), self.axes, *map(self.values.__getitem__, demand.spoken))
        if key not in self.known.held:
            before = len(self.conditions)
            self._require(demand)
            if len(self.conditions) == before:
                self.known.held.add(key)

    def _require(self, demand: Demand) -> None:
        if self.same and not set(self.same).isdisjoint(demand.spoken):
            return  # "same" is chosen such that it fits
        for axis in self.firsts if demand.per_axis else (None,):
            claim = condition(demand.test(self._frame(axis)), demand.formula.span)
            self._add(claim, lambda: self._broken(demand))

    def _broken(self, demand: Demand) -> SymcnnError:
        written = [name for name in reversed(demand.symbols) if name in self.given.spans]
        written.sort(key=lambda name: isinstance(self.given.values[name], str))  # a number is guilty before a word
        place = self.given.spans[written[0]] if written else self.step.span
        here = f"; here {values}" if (values := ", ".join(self._instances(demand))) else ""
        rule = f"it requires {' '.join(demand.formula.span.text.split())}{here}"
        if demand.hint and demand.hint.startswith(_NOT_YET):
            return NotSupportedError(f"{self.step.kind} with {demand.hint.removeprefix(_NOT_YET)}", place, rule)
        by_size = all(name.name != "axes" for name in nodes.names(demand.formula))
        return (MisfitError if by_size else SymcnnError)(f"{self.step.kind}: {demand.hint or rule}", place, rule)

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

    def _passage(self) -> Passage:
        """Work out what becomes of the axes, once for equal sizes if the channels have nothing to do with it."""
        passages = self.fit.geometry.passages
        known = passages.get(self.tensor.sizes)
        if known is not None:
            self.values.update(known.values)
            self.conditions += known.claims
            return known
        before, asked_before = len(self.conditions), self.needs_more
        self.needs_more = False
        windows = self._windows()
        self._check_sizes(self.values["n'"])
        axes = self._rule("axes")
        named = (*WINDOW, "n'", *self.same, SAME) if self.same else (*WINDOW, "n'")
        values = {name: self.values[name] for name in named if name in self.values}
        found = Passage(values, windows, axes, tuple(self.conditions[before:]))
        if self.kind.shaped_by is not None and not self.needs_more:
            passages[self.tensor.sizes] = found
        self.needs_more = asked_before
        return found

    def _windows(self) -> tuple[Window, ...]:
        geometry = self.fit.geometry
        if geometry.windows is None and self.kind.free_windows and not self.same:
            geometry.windows = self._free_windows()
        if geometry.windows is not None:
            values, windows = geometry.windows
            self.values.update(values)
            self.values["n'"] = self._per_axis("size")
            return windows
        for name in WINDOW[:-1]:
            self.values[name] = self._window_rule(name)
        self.values["n'"] = self._same_sizes(self.values["reach"], self.values["jump"]) or self._per_axis("size")
        self.values["start"] = self._window_rule("start")
        return tuple(map(window_of, *(self.values[name] for name in WINDOW)))

    def _free_windows(self) -> tuple[Mapping[str, Any], tuple[Window, ...]] | None:
        """Work out what an output sees from the arguments alone; None where they leave it open."""
        found, alike = dict[str, tuple[Value, ...]](), self.fit.alike
        frames = {axis: self._frame(axis) for axis in set(alike)}
        try:
            for name in WINDOW:
                constant = self.kind.constants.get(name)
                worth = {axis: self._worth(name, frames[axis]) if constant is None else constant for axis in frames}
                found[name] = tuple(worth[axis] for axis in alike)
        except UndecidedError:
            return None
        return found, tuple(map(window_of, *found.values()))

    def _window_rule(self, name: str) -> tuple[Value | None, ...]:
        """Work out what an output sees on each different axis; None is what cannot be said."""
        if name in self.kind.constants:
            return (self.kind.constants[name],) * self.axes
        worth: dict[int, Value | None] = {}
        for axis in self.firsts:
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

    def _check_sizes(self, sizes: Sizes) -> None:
        for axis in self.firsts if sizes is not self.tensor.sizes else ():
            if sizes[axis] != self.tensor.sizes[axis]:
                self._check_size(sizes[axis], axis_names(self.axes)[axis], windowed=True)

    def _channels(self) -> Value:
        if self.kind.keeps_channels:
            return self.tensor.channels
        channels = self._rule("channels")
        if channels != self.tensor.channels:
            self._check_size(channels, "number of channels", windowed=False)
        return channels

    def _check_size(self, size: Value, name: str, windowed: bool) -> None:
        if type(size) is int and size >= 1:
            return
        what = f"the output {name} of {self.step.kind}"
        self._add(self.arithmetic.integral(size), lambda: self._error(f"{what} is {shown(size)}, which is no integer"))
        if not windowed and isinstance(size, Expr) and is_positive(size):
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

    def _counted(self, output: Tensor) -> Mapping[str, Value]:
        self.shapes.append(output.shape)
        self.values["n'"] = output.sizes if len(output.sizes) == self.axes else self.values["n'"]
        self.values["C'"] = output.channels
        self.values.update(self.kind.counted_constants)
        self.values.pending = ("inputs", "elements", *self.kind.open_counts)
        if not (self.fit.plain and isinstance(self.tensor.channels, int) and self.kind.sure):
            for name in self.kind.open_counts:
                self.values[name] = self._decided(name, self.frame)
        return Counted(self.values)

    def _later(self, name: str) -> Any:
        """Work out the value of a name that no other had to be worked out from before."""
        if name == UNKNOWN:
            raise UndecidedError("it cannot be said what an output sees")
        if name == "inputs" or (name == "elements" and len(self.shapes) > 1):
            channels, *sizes = self.shapes[0 if name == "inputs" else 1]
            return self.arithmetic.product([channels, self.arithmetic.product(sizes, [])], [])
        if name not in self.kind.open_counts or len(self.shapes) == 1:
            raise KeyError(name)
        try:
            return self._decided(name, self.frame)
        except SymcnnError as error:
            raise at_step(error, self.step, self.given) from None
