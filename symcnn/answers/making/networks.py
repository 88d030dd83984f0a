"""Questions about given networks: a layer and a quantity drawn, at random legal values of the symbols."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from random import Random
from typing import Any

from symcnn.algebra.symbols import expression, is_number
from symcnn.analysis import Analysis, Layer, analyse
from symcnn.answers.making.drawing import CANDIDATES, best, drawn, one_of, shuffled
from symcnn.answers.making.problem import Problem
from symcnn.answers.making.templates import Ask
from symcnn.answers.making.wording import program_nets
from symcnn.answers.questions import Question, Quiz
from symcnn.errors import SymcnnError, did_you_mean
from symcnn.syntax.zoo import ZOO
from symcnn.tree import Network

_OF_LAYERS = ("output", "params", "weights", "macs", "activations", "receptive_field")
_OF_NETWORKS = ("output", "params", "macs", "receptive_field")
_COUNTED = ("params", "weights", "macs", "activations")
_SIZES = tuple(range(8, 257))
_CHANNELS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64)
_OTHERS = tuple(range(1, 9))
_MOST_DRAWINGS = 600
_LARGE = 24  # layers; of larger networks fewer drawings are compared
_FEW = 2
_FEWEST_WRONG = 3  # wrong answers of a question that is worth asking
_MOST_TRIES = 40  # layers and quantities


def question_base(network: Network, where: str | None) -> Question:
    """Return what a question says of its network: its text, or where it is in several files the name of its file."""
    file = network.file
    if file.asked is not None and str(where or "").startswith(f"{ZOO}/"):
        return Question("", name=file.asked)
    sources = {net.span.source for net in program_nets(file, network.name)}
    if sources == {file.source}:
        return Question("", net=file.source.text, name=network.name)
    if where is None:
        raise SymcnnError(f"the network {network.name} uses other files", hint="give its path")
    return Question("", file=where, name=network.name)


class Asker:
    """Draws questions about one network, no two alike."""

    def __init__(
        self, network: Network, base: Question, quiz: Quiz, quantities: tuple[str, ...], formulas: bool = False
    ) -> None:
        for quantity in quantities:
            if quantity not in _OF_LAYERS:
                hint = did_you_mean(quantity, _OF_LAYERS, f"known are {', '.join(_OF_LAYERS)}")
                raise SymcnnError(f"questions about networks do not ask for '{quantity}'", hint=hint)
        self._symbolic, self._formulas = analyse(network), formulas
        if formulas and not self._symbolic.symbols:
            raise SymcnnError(f"{network.name} has no symbols", hint="write one in its input, as in input C×H×H")
        self._base, self._quiz, self._quantities = base, quiz, quantities
        self._asked: set[Ask] = set()

    def problem(self, id_: str, random: Random) -> Problem | None:
        """Return a new question, or None where nothing is left that is worth asking."""
        for ask in islice(shuffled(list(self._asks()), random), _MOST_TRIES):
            if ask in self._asked:
                continue
            self._asked.add(ask)
            found = self._drawn(replace(self._base, id=id_, quantity=ask.quantity, layer=ask.layer), random)
            if found is not None and len(found.wrong) >= _FEWEST_WRONG:
                return found
        return None

    def _asks(self) -> Iterator[Ask]:
        for quantity in self._chosen(_OF_NETWORKS):
            yield Ask(quantity)
        for layer in self._symbolic.layers:
            if layer.times == 1 and len(layer.inputs) == 1:
                yield from (Ask(q, layer.path) for q in self._chosen(_OF_LAYERS) if _is_something(layer, q))

    def _chosen(self, known: tuple[str, ...]) -> Sequence[str]:
        return [quantity for quantity in known if not self._quantities or quantity in self._quantities]

    def _drawn(self, question: Question, random: Random) -> Problem | None:
        most = _FEW if len(self._symbolic.layers) > _LARGE else CANDIDATES
        values = [{}] if self._formulas else list(islice(_legal(self._symbolic, random), most))
        if not values:
            symbols = ", ".join(self._symbolic.symbols)
            raise SymcnnError(f"no legal values were found for {symbols} of {self._symbolic.net}")
        try:
            return best(drawn(replace(question, at=at), self._quiz) for at in values)
        except SymcnnError:  # what this layer sees, say, is not known
            return None


def _is_something(layer: Layer, quantity: str) -> bool:
    """Tell whether a layer has something of a quantity, and does something to the shape."""
    if quantity == "output":
        return bool(layer.output != layer.input)
    if quantity == "receptive_field":
        return len(layer.output) > 1 and bool(layer.values.get("reach"))
    try:
        value = layer.count(quantity)
    except SymcnnError:
        return False
    return not (is_number(value) and value == 0)


def _legal(analysis: Analysis, random: Random) -> Iterator[Mapping[str, str]]:
    """Yield values of the symbols for which the network is defined; a network without symbols has one."""
    if not analysis.symbols:
        yield {}
        return
    choices = {name: _choices(name, analysis) for name in analysis.symbols}
    for _ in range(_MOST_DRAWINGS):
        values: dict[str, Any] = {name: one_of(numbers, random) for name, numbers in choices.items()}
        try:
            analysis.at(**values)
        except SymcnnError:
            continue
        yield {name: str(value) for name, value in values.items()}


def _choices(name: str, analysis: Analysis) -> Sequence[int]:
    """Return the numbers that a symbol may be: a size of the input, its channels, or something else."""
    channels, *sizes = ({s.name for s in expression(part).free_symbols} for part in analysis.input)
    if any(name in used for used in sizes):
        return _SIZES
    return _CHANNELS if name in channels else _OTHERS
