"""The working shown: for each layer and quantity the formula, the values put in, and the result; totals as sums.

The formula is that of the layer's kind as a textbook writes it, the values stand where its author put the names, and
the result is what the analysis found; so the lines can be checked one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.symbols import exact, expression
from symcnn.analysis import Analysis, Layer
from symcnn.analysis.paths import layers_at
from symcnn.analysis.tensor import axis_names
from symcnn.analysis.view import View
from symcnn.analysis.way import way_back
from symcnn.analysis.window import IDENTITY, Window
from symcnn.errors import SymcnnError, did_you_mean
from symcnn.formula import nodes as f
from symcnn.formula.express import express
from symcnn.formula.notation import text
from symcnn.formula.substitute import Substitution
from symcnn.formula.values import Frame, condition
from symcnn.library.rules import QUANTITIES, RULES
from symcnn.report import Equation

SIZE, FIELD, JUMP = "size", "receptive_field", "jump"
SHOWN = (SIZE, "params", "macs", FIELD, JUMP)  # unless one quantity is asked for
EXPLAINED = (SIZE, *QUANTITIES, FIELD, JUMP)
EXPLAINED_NAMES = ("C'", "n'", "macs", "elements", "weights", "biases", "weight_layers", "r_0", "j_0", "batch")
_INDICES = {1: ("",), 2: ("h", "w"), 3: ("d", "h", "w")}
_QUANTITY_NAMES = ("macs", "weights", "biases")  # those that formulas of others name
_PLUS, _TIMES = ("+",), ("*",)


@dataclass(frozen=True)
class Line:
    """One equation: what it is of, the axis it is for (None: all), and its sides."""

    quantity: str
    axis: str | None
    equation: Equation


@dataclass(frozen=True)
class LayerWorking:
    """The working of one layer; `symbols` are the names in it: symbol, argument (None: of the input), value."""

    layer: Layer
    symbols: tuple[tuple[str, str | None, f.Formula], ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Explanation:
    """The working of a network: its layers, the totals as sums, and the receptive field from the output back."""

    analysis: Analysis
    layers: tuple[LayerWorking, ...]
    totals: tuple[Line, ...]
    backward: tuple[tuple[str, str | None, Equation], ...]  # the layer, and the axis where axes differ


def derive(
    analysis: Analysis, layer: str | Sequence[str] | None = None, quantity: str | Sequence[str] | None = None
) -> Explanation:
    """Return the working of an analysis, of some layers by their paths or names, of some quantities, or of all.

    Raises `SymcnnError` for a layer or quantity that is not there.

    >>> from symcnn import analyse, parse
    >>> found = derive(analyse(parse("net a { input 1×28×28; Conv(32, 5) }")["a"]), quantity="params")
    >>> [text(side) for side in found.layers[0].lines[0].equation.sides]
    ['(k·k·C + 1)·m', '(5·5·1 + 1)·32', '832']
    """
    if not isinstance(analysis, Analysis):
        hint = "analyse the net first: symcnn.analyse(net)"
        raise SymcnnError(f"derive takes an analysis, not a {type(analysis).__name__}", hint=hint)
    names, asked = _listed(layer), tuple(map(_known_quantity, _listed(quantity)))
    wanted = asked or SHOWN
    chosen = {x.place: x for name in names for x in _chosen(analysis, name)}
    layers = tuple(chosen[place] for place in sorted(chosen)) if names else analysis.layers
    arithmetic = Arithmetic(analysis.facts)
    found = (_working(x, analysis.batch, wanted, arithmetic, bool(asked)) for x in layers)
    whole = not names
    # The field of one layer is worked out both ways where it is asked for.
    start = layers[0] if names and len(layers) == 1 and FIELD in asked else None
    return Explanation(
        analysis,
        tuple(working for working in found if working.lines or names),
        tuple(_totals(analysis, wanted)) if whole else (),
        tuple(_backward(analysis, start)) if (whole or start) and FIELD in wanted and analysis.input[1:] else (),
    )


def _listed(names: str | Sequence[str] | None) -> tuple[str, ...]:
    return () if names is None else (names,) if isinstance(names, str) else tuple(names)


def _known_quantity(quantity: str) -> str:
    if quantity not in EXPLAINED:
        hint = did_you_mean(quantity, EXPLAINED, f"known are {', '.join(EXPLAINED)}")
        raise SymcnnError(f"unknown quantity '{quantity}'", hint=hint)
    return quantity


def _chosen(analysis: Analysis, name: str) -> tuple[Layer, ...]:
    found = layers_at(analysis, name)
    if not found:
        paths = [layer.path for layer in analysis.layers]
        hint = did_you_mean(name, paths, f"the layers are {', '.join(paths)}")
        raise SymcnnError(f"{analysis.net} has no layer '{name}'", hint=hint)
    return found


def _working(layer: Layer, batch: Any, wanted: tuple[str, ...], arithmetic: Arithmetic, asked: bool) -> LayerWorking:
    writer = _Writer(layer, batch, arithmetic)
    lines = tuple(line for quantity in wanted for line in writer.lines(quantity, asked))
    given = {"n'", "C'"} if any(line.quantity == SIZE for line in lines) else set()
    return LayerWorking(layer, tuple(writer.mentioned(given)), lines)


class _Writer:
    """Writes the lines of one layer."""

    def __init__(self, layer: Layer, batch: Any, arithmetic: Arithmetic) -> None:
        self.layer, self.arithmetic, self.kind = layer, arithmetic, layer.rules
        self.axes = len(layer.values["n"])
        before = layer.input_field
        more = {"r_0": tuple(before.size), "j_0": tuple(before.jump)} if before.size and self.axes else {}
        if batch is not None:
            more["batch"] = batch
        self.values = _Values(layer.values, more)
        self.names: dict[str, None] = {}
        self._put_in = Substitution(self.values, self.axes, _valued, self._decide)
        self._named = Substitution(self.values, self.axes, self._name, self._decide)

    def _decide(self, node: f.Formula, axis: int | None) -> bool | None:
        claim = self._claim(self.kind.condition(node), node, axis)
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
        if quantity == SIZE:
            yield from self._sizes(asked)
        elif quantity in (FIELD, JUMP):
            yield from self._field(quantity)
        elif asked or self.layer.count(quantity) != 0:
            yield Line(quantity, None, self._equation(None, self._counted(quantity), self.layer.count(quantity)))

    def _counted(self, quantity: str) -> f.Formula:
        """Return the form of a counted quantity, times the batch where each sample counts."""
        form = self._whole(quantity) if self.layer.count(quantity) != 0 else f.Number(0)
        if quantity not in RULES or not RULES[quantity].per_sample or "batch" not in self.values:
            return form
        return f.Product((f.Name("batch"), f.Group(form)), _TIMES)

    def _whole(self, quantity: str, around: Collection[str] = ()) -> f.Formula:
        """Return the form of a quantity with the forms of others in the place of their names: 2·k·k·C·m for 2macs."""
        form = self._form(quantity, None)
        used = {name.name for name in f.names(form)} - {*around, quantity}
        parts = {name: self._whole(name, {*around, quantity}) for name in _QUANTITY_NAMES if name in used}
        parts |= {name: f.Truth(False) for name in parts if self.layer.count(name) == 0}
        if "weight_layers" in used and self.layer.weight_layers in (0, 1):
            parts["weight_layers"] = f.Truth(self.layer.weight_layers == 1)
        if "elements" in used and len(self.layer.output) - 1 in (0, self.axes):
            parts["elements"] = self._elements(parts.values())
        return f.with_names(form, parts) if parts else form

    def _elements(self, beside: Iterable[f.Formula]) -> f.Formula:
        """Return the numbers in the output, the channels by the name that they have in what stands beside it."""
        channels = self.kind.formulas["channels"]
        known = any(name == channels for form in beside for name in f.names(form))
        outputs = channels if known else f.Name("C'")
        return (
            f.Product((outputs, f.Apply(f.Name("prod"), (f.Name("n'"),))), _TIMES) if self.layer.output[1:] else outputs
        )

    def _sizes(self, asked: bool) -> Iterator[Line]:
        before, after = self.layer.input[1:], self.layer.output[1:]
        if after and (asked or after != before or self._is_windowed()):
            equations = [self._equation("n'", self._form(SIZE, axis), size, axis) for axis, size in enumerate(after)]
            yield from self._per_axis(SIZE, equations)
        if not after and (before or asked):
            yield Line(SIZE, None, self._equation("C'", self._form("channels", None), self.layer.output[0]))

    def _per_axis(self, quantity: str, equations: list[Equation]) -> Iterator[Line]:
        """Yield one line where the axes say the same, else one for each."""
        if len(set(equations)) == 1:
            yield Line(quantity, None, equations[0])
            return
        for axis, equation in zip(axis_names(self.axes), equations, strict=True):
            yield Line(quantity, axis, equation)

    def _is_windowed(self) -> bool:
        return any(self.values["reach"][axis] != 0 for axis in range(self.axes))

    def _is_plain(self) -> bool:
        """Tell whether what an output sees is known, and in whole steps of the input."""
        return None not in (*self.values["reach"], *self.values["jump"]) and set(self.values["upsampling"]) == {1}

    def _field(self, quantity: str) -> Iterator[Line]:
        if not self.axes or "r_0" not in self.values or not self._is_plain():
            return
        after = self.layer.receptive_field
        rule, same, name, found = ("reach", 0, "r", after.size) if quantity == FIELD else ("jump", 1, "j", after.jump)
        if any(value != same for value in self.values[rule]):
            forms = (_next_field(rule, self._form(rule, axis)) for axis in range(self.axes))
            equations = [self._equation(name, form, found[axis], axis) for axis, form in enumerate(forms)]
            yield from self._per_axis(quantity, equations)

    def _form(self, rule: str, axis: int | None) -> f.Formula:
        """Return how a textbook writes a rule: the first form whose condition holds, else the rule itself."""
        if rule == SIZE and self.values.get("same"):  # what the padding "same" is chosen for
            return f.Ceiling(f.Product((f.Name("n"), self._form("jump", axis)), ("/",)))
        for test, value in self.kind.forms.get(rule, ()):
            if test is None or self._claim(test, value, axis) is True:
                return value
        if rule != "params":
            return self.kind.formulas[rule]
        parts = [self._form(part, None) for part in ("weights", "biases") if self.kind.constants.get(part) != 0]
        return f.Sum(tuple(parts), _PLUS) if len(parts) == 2 else parts[0] if parts else f.Number(0)

    def _equation(self, name: str | None, formula: f.Formula, worth: Any, axis: int | None = None) -> Equation:
        left = [self._named(f.Name(name), axis) if name in self.values else f.Name(name)] if name else []
        return _chain(*left, self._named(formula, axis), self._put_in(formula, axis), express(worth))

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
        return f.Product((f.Name("j_0"), form), _TIMES)
    return f.Sum((f.Name("r_0"), f.Product((form, f.Name("j_0")), _TIMES)), _PLUS)


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


def _chain(*sides: f.Formula) -> Equation:
    """Return an equation without a side that is the one before it, or a result with the same terms in another order."""
    *others, result = sides
    kept = [side for place, side in enumerate(others) if not place or side != others[place - 1]]
    if not kept or _terms(kept[-1]) != _terms(result) or len(text(result)) < len(text(kept[-1])):
        kept.append(result)
    return Equation(tuple(kept))


def _terms(node: f.Formula) -> list[str]:
    """Return the names and numbers of a formula, in a fixed order."""
    children = f.children(node)
    if not children:
        return [str(getattr(node, "name", getattr(node, "value", "")))]
    return sorted(part for child in children for part in _terms(child))


def _totals(analysis: Analysis, wanted: tuple[str, ...]) -> Iterator[Line]:
    """Yield each total as a sum over the layers that have some, the layers of equal blocks as n·(…)."""
    for quantity in wanted:
        if quantity not in QUANTITIES or analysis.count(quantity) == 0:
            continue
        counted = [layer for layer in analysis.layers if layer.count(quantity) != 0]
        blocks = groupby(counted, key=lambda layer: (layer.times, layer.path.rpartition(".")[0]))
        terms = [term for (times, _), block in blocks for term in _block(times, [x.count(quantity) for x in block])]
        yield Line(quantity, None, _chain(_sum(terms), express(analysis.count(quantity))))


def _block(times: int, values: list[Any]) -> list[f.Formula]:
    terms = [express(value) for value in values]
    if times == 1:
        return terms
    whole = _sum(terms)
    alone = isinstance(whole, f.Product) and set(whole.operators) == {"*"}
    factors = whole.factors if isinstance(whole, f.Product) and alone else (whole,)
    return [f.Product((f.Number(times), *factors), _TIMES * len(factors))]


def _sum(terms: list[f.Formula]) -> f.Formula:
    return terms[0] if len(terms) == 1 else f.Sum(tuple(terms), _PLUS * (len(terms) - 1))


def _backward(analysis: Analysis, layer: Layer | None = None) -> Iterator[tuple[str, str | None, Equation]]:
    """Yield r ← (r − 1)·s + e from a layer, or the output, to the input, where a layer sees more than one input.

    Through an up-convolution, of which u outputs lie on a step of its input, it is r ← ⌊(r + e − 2)/u⌋ + 1. Nothing is
    yielded where this is not the way that the forward field comes from: branches that look to different sides.
    """
    assert analysis.derivation is not None
    sizes: tuple[Any, ...] = (1,) * len(analysis.input[1:])
    lines: list[tuple[str, str | None, Equation]] = []
    for step in way_back(analysis.derivation, layer.path if layer else None):
        forms = [_step_back(r, window, analysis.evaluate) for r, window in zip(sizes, step.windows, strict=True)]
        if any(window != IDENTITY for window in step.windows):
            equations = [_chain(f.Name("r"), form, express(larger)) for form, larger in forms]
            alike = len(set(equations)) == 1
            for axis, equation in zip(axis_names(len(sizes)), equations[:1] if alike else equations, strict=False):
                lines.append((step.name, None if alike else axis, equation))
        sizes = tuple(larger for _, larger in forms)
    field = (layer or analysis).receptive_field
    if all(seen is not None and exact(seen) == r for seen, r in zip(field.size, sizes, strict=True)):
        yield from lines


def _step_back(size: Any, window: Window | View, evaluate: Callable[[Any], Any]) -> tuple[f.Formula, Any]:
    """Return the formula of the field before a layer, and its value."""
    finer = evaluate(getattr(window, "upsampling", 1))
    jump, extent = evaluate(window.jump), evaluate(window.size)
    if finer != 1:
        taps = f.Sum((express(size), express(extent), f.Number(2)), ("+", "-"))
        steps = f.Floor(f.Product((f.Group(taps), express(finer)), ("/",)))
        larger = Arithmetic().floor(exact((size + extent - 2) * (1 / expression(finer)))) + 1
        return f.Sum((steps, f.Number(1)), _PLUS), exact(larger)
    less = f.Group(f.Sum((express(size), f.Number(1)), ("-",)))
    step = f.Sum((f.Product((less, express(jump)), _TIMES), express(extent)), _PLUS)
    return step, exact((size - 1) * jump + extent)
