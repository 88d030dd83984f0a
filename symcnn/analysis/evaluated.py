"""An analysis in exact integers: the closed forms evaluated, and the rows of the network with these numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from math import prod
from typing import Any

from sympy import Symbol

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.symbols import Value, exact
from symcnn.analysis.counts import Counts
from symcnn.analysis.derivation import Derivation, by_place, visits
from symcnn.analysis.fields import NumericFields
from symcnn.analysis.layers import Layers, Origin, Parts
from symcnn.analysis.numbered import NotSpreadError, Numbers, Spread
from symcnn.analysis.outcome import Counted, Evaluated
from symcnn.analysis.repeated import together
from symcnn.analysis.result import Analysis, Layer
from symcnn.analysis.rows import parts_of
from symcnn.errors import NotSupportedError, bounded_nesting
from symcnn.library.rules import COUNTED
from symcnn.repetition.substitution import replaced

_MOST_ROWS = 10_000  # different layers that are derived with the numbers: a few seconds


def evaluated(analysis: Analysis, evaluate: Callable[[Value], Any], values: Mapping[str, Any]) -> Analysis:
    """Return an analysis for values of its symbols.

    Where there is a symbolic number of repetitions, the totals come from their closed forms, and the rows are those of
    the network that is derived once more with the numbers, when they are asked for. Rows of very many repetitions are
    those of the symbols, in which the indices are left.
    """
    return _Evaluation(analysis, evaluate, values).whole()


def derived_anew(analysis: Analysis, values: Mapping[str, Any]) -> Analysis:
    """Return the analysis of the network with numbers instead of symbols, for which the closed forms do not hold."""
    assert analysis.renewed is not None
    found = _in_integers(analysis.renewed(values), values)
    return replace(found, values=dict(values), symbolic=analysis, anew=True)


def folded(analysis: Analysis, values: Mapping[str, Any], spread: bool = False) -> Analysis | None:
    """Return an analysis at some numbers with the rows of the symbols, in which the indices of repetitions are left.

    Nothing of it is worked out before it is asked for, and totals are those of its rows. With `spread` the repetitions
    of a symbolic number are told apart in its derivation, if they are not too many. None where the closed forms do not
    hold; raises `SymcnnError` as `Analysis.at` does.
    """
    with bounded_nesting(f"a formula of '{analysis.net}'"):
        evaluate = analysis.evaluator_at(values)
        return None if evaluate is None else _Evaluation(analysis, evaluate, values, folded=True, spread=spread).whole()


def _in_integers(numeric: Analysis, values: Mapping[str, Any]) -> Analysis:
    """Return a network of numbers in integers; what no repetition speaks of is no symbol where there is none."""
    return numeric.at(**{name: value for name, value in values.items() if name in numeric.symbols})


class _Evaluation:
    """One analysis at some values."""

    def __init__(
        self,
        analysis: Analysis,
        evaluate: Callable[[Value], Any],
        values: Mapping[str, Any],
        folded: bool = False,
        spread: bool = False,
    ) -> None:
        self.analysis, self.evaluate, self.values = analysis, evaluate, values
        self._shapes: dict[int, tuple[tuple[Value, ...], tuple[Any, ...]]] = {}  # by the identity of those of symbols
        self._once_made: dict[int, tuple[Counts, Mapping[str, Any]]] = {}
        self.deep = any(layer.loops for layer in analysis.layers)
        self.spread = spread and self.deep
        self.asked = folded  # what is asked for is worked out then
        self.folded = self.deep and (folded or self._is_too_long())
        paths = [layer.path for layer in analysis.layers]
        self.fields = analysis.fields.at(evaluate, paths, None if self.folded else self._numeric_fields)
        self.batch = None if analysis.batch is None else evaluate(analysis.batch)
        self.counting = None if analysis.counting is None else analysis.counting.at(self.batch or 1)

    def whole(self) -> Analysis:
        """Return the network's numbers."""
        analysis, evaluate = self.analysis, self._put_in if self.folded else self.evaluate
        later = self.deep or self.asked
        layers = () if later else tuple(map(self._layer, analysis.layers))  # at once: some could not be evaluated
        return Analysis(
            net=analysis.net,
            input=self._tuple(analysis.input),
            batch=self.batch,
            output=self._tuple(analysis.output),
            layers=Layers(self._rows, self._parts, self._origin)
            if later
            else Layers(lambda: layers, None, self._origin),
            fields=self.fields,
            claims=(),
            assumed=(),
            symbols={},
            values=dict(self.values),
            symbolic=None if self.asked else analysis,
            derived=self._derivation if self.asked or (self.deep and not self.folded) else analysis.derived,
            evaluate=evaluate,
            convention=analysis.convention,
            counting=self.counting,
            columns=analysis.columns,
            rate=analysis.rate,
        )

    def _is_too_long(self) -> bool:
        """Tell whether the network with numbers has too many different rows."""
        if self.analysis.derivation is None:
            return False
        arithmetic, rows = Arithmetic(), 0
        try:
            for visit in visits(self.analysis.derivation):
                apart = [loop for loop in visit.loops if loop.index is not None and not loop.alike]
                rows += self.evaluate(together(1, apart, arithmetic))
        except NotSupportedError:  # a sum of too many terms
            return True
        return rows > _MOST_ROWS

    def _rows(self) -> Iterable[Layer]:
        if self.deep and not self.folded:
            return self.unrolled.layers
        return map(self._row, self.analysis.layers)

    @property
    def _origin(self) -> Origin | None:
        if self.deep and not self.folded:
            return None
        apart = self.asked and self.analysis.derivation is not None and self._numbered[1]
        repetitions = self._repetitions if apart else None
        derivation = None if self.deep and not self.asked else self._numbered_derivation
        return Origin(self.analysis.layers, self._row, self._values, repetitions, self.evaluate, derivation)

    @property
    def _parts(self) -> Callable[[], Parts] | None:
        derivation = self._derivation() if self.asked else None
        return None if derivation is None else lambda: parts_of(derivation, Arithmetic)

    def _values(self, layer: Layer) -> Mapping[str, Any]:
        return self._once(layer, self._put_in if self.folded else self.evaluate)[1]

    def _row(self, layer: Layer) -> Layer:
        return self._layer(layer, self._put_in if self.folded else self.evaluate)

    @cached_property
    def _known(self) -> dict[Symbol, Value]:
        return {symbol: self.evaluate(symbol) for symbol in self.analysis.symbols.values()}

    def _put_in(self, value: Value) -> Value:
        """Return a value in which indices may be left, with the numbers in the place of the symbols."""
        return replaced(value, self._known, Arithmetic())

    @cached_property
    def numeric(self) -> Analysis:
        """The network with numbers instead of symbols from the beginning."""
        assert self.analysis.renewed is not None
        return self.analysis.renewed(self.values)

    @cached_property
    def unrolled(self) -> Analysis:
        """The same in integers."""
        return _in_integers(self.numeric, self.values)

    def _derivation(self) -> Derivation | None:
        if self.asked:
            return self._numbered_derivation()
        return self.unrolled.derivation

    def _numbered_derivation(self) -> Derivation | None:
        return None if self.analysis.derivation is None else self._numbered[0]

    @cached_property
    def _numbered(self) -> tuple[Derivation, bool]:
        """The derivation in numbers, and whether its repetitions are told apart."""
        derivation = self.analysis.derivation
        assert derivation is not None
        if self.spread:
            with suppress(NotSpreadError):
                return Spread(self._known).body(derivation), True
        return self._numbers.body(derivation), False

    @cached_property
    def _by_place(self) -> list[list[tuple[Mapping[str, Any], int]]]:
        found = by_place(self._numbered[0])
        return [
            [(leaf.outcome.values, prod(int(loop.count) for loop in loops)) for leaf, loops in one] for one in found
        ]

    def _repetitions(self, layer: Layer) -> list[tuple[Mapping[str, Any], int]]:
        return self._by_place[layer.place]

    @cached_property
    def _numbers(self) -> Numbers:
        return Numbers(self._put_in if self.folded else self.evaluate, whole=not self.folded)

    def _numeric_fields(self) -> NumericFields:
        return self.numeric.fields, {layer.path: layer.place for layer in self.numeric.layers}

    def _tuple(self, items: tuple[Value, ...]) -> tuple[Any, ...]:
        return tuple(map(self.evaluate, items))

    def _once(self, layer: Layer, evaluate: Callable[[Value], Any]) -> tuple[Counts, Mapping[str, Any]]:
        """Return the numbers of a layer, which equal layers share."""
        key = id(layer.values)
        if key not in self._once_made:
            if self.deep and not self.asked:
                counted = layer.counted.at(evaluate, self.batch or 1, exact)
                self._once_made[key] = counted, Evaluated(layer.values, evaluate)
            else:
                values = self._numbers.values(layer.rules, layer.values)
                known = Counted(values) if self.asked else {name: values[name] for name in COUNTED}
                self._once_made[key] = Counts(known, self.batch or 1, exact), values
        return self._once_made[key]

    def _layer(self, layer: Layer, evaluate: Callable[[Value], Any] | None = None) -> Layer:
        evaluate = evaluate or self.evaluate

        def shape(items: tuple[Value, ...]) -> tuple[Any, ...]:
            if id(items) not in self._shapes:  # which are shared
                self._shapes[id(items)] = items, tuple(map(evaluate, items))
            return self._shapes[id(items)][1]

        counted, values = self._once(layer, evaluate)
        return replace(
            layer,
            times=evaluate(layer.times) if layer.loops else layer.times,
            loops=tuple(replace(loop, count=evaluate(loop.count)) for loop in layer.loops),
            input=shape(layer.input),
            inputs=tuple(map(shape, layer.inputs)),
            output=shape(layer.output),
            counted=counted,
            fields=self.fields,
            values=values,
            claims=(),
            counting=self.counting,
        )
