"""Why two conventions count a network differently: the difference line by line, which adds up exactly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from symcnn.algebra.operations import product, total
from symcnn.algebra.symbols import exact, expression, symbol
from symcnn.analysis.counting import Counting, Names
from symcnn.analysis.totals import of_network
from symcnn.errors import SymcnnError
from symcnn.formula.nodes import Formula, names
from symcnn.formula.notation import text
from symcnn.formula.values import Frame, UndecidedError
from symcnn.library.convention import Convention
from symcnn.library.rules import INPUT_NAMES, OUTPUT_NAMES

if TYPE_CHECKING:
    from symcnn.analysis.result import Analysis, Layer

# What conventions count per. While a formula is looked at, marks stand for them, and no name of the language is one.
_LAYER = "layer"
_WORDS = {
    "macs": "multiply–add",
    "flops": "operation",
    "elements": "output",
    "inputs": "input",
    "params": "parameter",
    "weights": "weight",
    "biases": "bias",
    "buffers": "buffer",
    "counters": "counter",
    _LAYER: "layer",
}
_MARKS = {name: symbol(f"[{name}]") for name in _WORDS}
_NAMES = {mark: name for name, mark in _MARKS.items()}
_SIZES = {"prod", "exact_macs", *INPUT_NAMES[:2], *OUTPUT_NAMES[:2]}
Form = Mapping[str, Fraction]  # per multiply–add, per output, …: how many


@dataclass(frozen=True)
class Difference:
    """What one convention counts for layers of a kind and the other does not, in words and as a number.

    `first` and `second` say what is counted, as `4` and `2` `per` element; where it is no multiple of anything they are
    formulas, and `per` is "".
    """

    kind: str
    first: str
    second: str
    per: str
    layers: tuple[str, ...]  # their paths
    amount: Any

    @property
    def words(self) -> str:
        """The difference in words: `BatchNorm 4 per element instead of 2`."""
        per = f" per {self.per}" if self.per else ""
        return f"{self.kind} {self.first}{per} instead of {self.second}"


@dataclass(frozen=True)
class Reconciliation:
    """What one convention counts, what another does, and what makes the difference: total = other + all amounts."""

    analysis: Analysis
    conventions: tuple[Convention, Convention]
    totals: tuple[Any, Any]
    lines: tuple[Difference, ...]


def reconcile(analysis: Analysis, first: str, second: str) -> Reconciliation:
    """Return why two conventions count a network differently.

    Raises `SymcnnError` for a convention that is not known, and where one of them does not say what it counts.
    """
    counting = analysis.counting
    if counting is None:
        raise SymcnnError(f"the layers of {analysis.net} cannot be counted")
    pair = counting.convention(first), counting.convention(second)
    totals = of_network(analysis, first), of_network(analysis, second)
    groups: dict[tuple[str, ...], list[tuple[Layer, Any]]] = {}
    for layer in analysis.layers:
        for one, part in counting.variants(layer, first, second):
            for key, amount in _differences(counting, pair, one):
                groups.setdefault((layer.kind, *key), []).append((layer, exact(product((part, amount)))))
    lines = (_line(counting, key, parts) for key, parts in groups.items())
    return Reconciliation(analysis, pair, totals, tuple(line for line in lines if line.amount != 0))


def _line(counting: Counting, key: tuple[str, ...], parts: list[tuple[Layer, Any]]) -> Difference:
    amount = counting.exactly(total(layer.together(value) for layer, value in parts))
    kind, first, second, per = key
    return Difference(kind, first, second, per, tuple(dict.fromkeys(layer.path for layer, _ in parts)), amount)


def _differences(
    counting: Counting, pair: tuple[Convention, Convention], layer: Layer
) -> Iterator[tuple[tuple[str, str, str], Any]]:
    """Yield what differs in a layer, in words, with the amounts."""
    forms = [_form(counting, convention, layer) for convention in pair]
    first, second = forms
    if first is None or second is None or (first and second and not first.keys() & second.keys()):
        counted = [counting.of(convention.name, layer) for convention in pair]
        amount = exact(total((counted[0], product((-1, counted[1])))))
        said = [_said(form, c, layer, counting) for form, c in zip(forms, pair, strict=True)]
        yield (said[0], said[1], ""), amount
        return
    known = Names(counting, layer)
    times = [1 if convention.stored else counting.batch for convention in pair]
    for name in dict.fromkeys((*first, *second)):
        parts = [product((form.get(name, Fraction(0)), n)) for form, n in ((first, times[0]), (second, times[1]))]
        factor = exact(total((parts[0], product((-1, parts[1])))))
        if factor != 0:
            base = 1 if name == _LAYER else known[name]
            per = [str(form.get(name, 0)) for form in (first, second)]
            yield (per[0], per[1], _per(name, layer)), exact(product((factor, base)))


def per_multiply_add(counting: Counting, convention: Convention, layer: Layer) -> Fraction | None:
    """Return how many a convention counts per multiply–add of a layer; None where it is no such sum."""
    form = None if layer.counted["macs"] == 0 else _form(counting, convention, layer)
    return None if form is None else form.get("macs")


def _form(counting: Counting, convention: Convention, layer: Layer) -> Form | None:
    """Return how many are counted per multiply–add, per output and so on; None where it is no such sum.

    One that speaks of sizes is none: that they are numbers in this network is not its reason.
    """
    marked = _Marked(counting, layer)
    try:
        value = expression(counting.of_one(convention, layer, marked))
        chosen = counting.chosen(convention, layer, marked)
    except UndecidedError:
        return None
    if any(name.name in _SIZES for name in names(chosen)):
        return None
    found = {}
    for part, number in value.as_coefficients_dict().items():
        if part == 1:
            found[_LAYER] = Fraction(exact(number))
        elif part in _NAMES:
            found[_NAMES[part]] = Fraction(exact(number))
        else:
            return None
    return {name: number for name, number in found.items() if number}


class _Marked(Names):
    """The names of a formula, with a mark for each thing that may be counted per, unless there is none of it."""

    def __missing__(self, name: str) -> Any:
        if name == "flops":  # of most kinds 2·macs, and one for each output with a bias
            self[name] = self._layer.rules.rules[name](Frame(self._counting.arithmetic, self))
            return self[name]
        value = self._value(name)
        self[name] = _MARKS[name] if name in _MARKS and value != 0 else value
        return self[name]


def _said(form: Form | None, convention: Convention, layer: Layer, counting: Counting) -> str:
    """Say what is counted: `1 per multiply–add and 1 per output`, or the formula as it was written."""
    if form is None and len(convention.parts) > 1:
        signed = [(sign, _said(_form(counting, c, layer), c, layer, counting)) for sign, c in convention.parts]
        terms = [("less " if sign < 0 else "") + said for sign, said in signed if said != "0"]
        return " and ".join(terms) or "0"
    if form is None:
        chosen = counting.chosen(convention, layer, _Marked(counting, layer))
        return (_off_padding(chosen) if convention.name == "exact_macs" else None) or text(chosen)
    return " and ".join(f"{number} per {_per(name, layer)}" for name, number in form.items()) or "0"


def _off_padding(chosen: Formula) -> str | None:
    """Say in words what the function `taps` leaves out, where a formula has it."""
    written = [name.name for name in names(chosen)]
    if "taps" not in written:
        return None
    transposed = written[written.index("taps") + 1] == "n'"  # where inputs and outputs change places
    return f"1 per multiply–add that is {'not cut off' if transposed else 'no padding'}"


def _per(name: str, layer: Layer) -> str:
    """Return the word for what is counted per: what leaves a layer that keeps sizes are its elements."""
    if name == "elements" and layer.counted["macs"] == 0 and layer.values["inputs"] == layer.values["elements"]:
        return "element"
    return _WORDS[name]
