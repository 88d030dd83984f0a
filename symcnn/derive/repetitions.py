"""The working of repetitions: what becomes of the sizes from one to the next, and what that comes to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sympy import Symbol

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.symbols import Value, expression
from symcnn.analysis import Analysis
from symcnn.analysis.derivation import Derivation, Loop, Nest, Recurrence
from symcnn.analysis.tensor import axis_names
from symcnn.formula import nodes as f
from symcnn.formula.express import express
from symcnn.report import Equation

_LETTERS = {"channels": "C", "length": "L", "depth": "D", "height": "H", "width": "W"}


@dataclass(frozen=True)
class Repetitions:
    """A body that is repeated a symbolic number of times: its path, its index and count, and its recurrences.

    Of each recurrence: the names of the sizes that it is of, and the equations from one repetition to the next, of the
    first, of any, and after the last.
    """

    path: str
    symbol: Symbol
    index: f.Formula
    count: f.Formula
    last: f.Formula
    recurrences: tuple[tuple[tuple[str, ...], tuple[Equation, ...]], ...]


def repetitions(analysis: Analysis) -> tuple[Repetitions, ...]:
    """Return the working of all bodies that are repeated a symbolic number of times."""
    if analysis.derivation is None:
        return ()
    arithmetic = Arithmetic(analysis.facts)
    return tuple(_Writer(analysis, path, nest, arithmetic).found() for path, nest in _nests(analysis.derivation, ""))


def _nests(derivation: Derivation, start: str) -> Iterator[tuple[str, Nest]]:
    for item in derivation.items:
        if isinstance(item, Nest):
            path = f"{start}{item.name}"
            if item.index is not None:
                yield path, item
            yield from _nests(item.body, f"{path}.")


@dataclass(frozen=True)
class _Writer:
    """Writes the recurrences of one body."""

    analysis: Analysis
    path: str
    nest: Nest
    arithmetic: Arithmetic

    def found(self) -> Repetitions:
        """Return what there is to say."""
        assert self.nest.index is not None
        return Repetitions(
            self.path,
            self.nest.index,
            express(self.nest.index),
            express(self.nest.times),
            express(last_of(self.nest.loop)),
            tuple((self._names(r), tuple(self._equations(r))) for r in self.nest.recurrences),
        )

    def _names(self, recurrence: Recurrence) -> tuple[str, ...]:
        names = ("channels", *axis_names(recurrence.axes))
        return tuple(names[place] for place in recurrence.places)

    def _equations(self, recurrence: Recurrence) -> Iterator[Equation]:
        nest, index = self.nest, self.nest.index
        assert index is not None and nest.last is not None
        states = {r.state.name: self._at(r, index) for r in nest.recurrences}
        step = f.with_names(express(recurrence.step), states)
        yield Equation((self._at(recurrence, index + 1), step))
        yield Equation((self._at(recurrence, 0), express(recurrence.start)))
        yield Equation((self._at(recurrence, index), express(recurrence.value)))
        after = express(nest.last.shape[recurrence.places[0]])
        yield Equation((self._at(recurrence, nest.times), after))

    def _at(self, recurrence: Recurrence, number: Value) -> f.Formula:
        """Return the size that enters the repetition of a number: C(i + 1)."""
        name = self._names(recurrence)[0]
        letter = _LETTERS[name]
        return f.Apply(f.Name(name if letter in self.analysis.symbols else letter), (express(number),))


def last_of(loop: Loop) -> Value:
    """Return the index of the last repetition."""
    return expression(loop.count) - 1
