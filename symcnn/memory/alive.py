"""The largest live set of each layer and of a network: one form, or one for each case of a symbolic depth."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import groupby
from typing import Any, NamedTuple, TypeAlias

from sympy.logic.boolalg import Boolean, true

from symcnn.algebra.facts import Facts
from symcnn.algebra.operations import product
from symcnn.algebra.polynomial import polynomial
from symcnn.algebra.symbols import Value, exact
from symcnn.analysis import Analysis
from symcnn.errors import NotSupportedError
from symcnn.memory.depth import Cases, Depth, depths, in_cases
from symcnn.memory.largest import Largest, largest
from symcnn.memory.live import Live, Lives, Open, Rows, live_sets
from symcnn.memory.points import legal_points
from symcnn.repetition.substitution import cases

_IN_PIECES = Open("for few repetitions it is another one each time")


@dataclass(frozen=True)
class Peak:
    """One of the values that the peak is the largest of, and the first layer where it is reached ("input": before).

    Of several peaks the first ones whose condition `when` is true count.
    """

    value: Any
    layer: str
    when: Boolean = true


class Alive(NamedTuple):
    """What is alive: the numbers in the input, the largest at each layer, and the peaks; `Open` where not known."""

    input: Value
    layers: tuple[Value | Open, ...]
    peaks: tuple[Peak, ...] | Open


class _Placed(NamedTuple):
    """The size of a live set, and the layer where it is first reached."""

    value: Value
    layer: str = ""


@dataclass(frozen=True)
class _Form:
    """Values of which the largest is meant, and all those that they were chosen from."""

    values: tuple[_Placed, ...]
    chosen_from: tuple[_Placed, ...] = field(compare=False)


_Answer: TypeAlias = _Form | Open


@dataclass(frozen=True)
class _At:
    """What is alive at one depth."""

    depth: Depth
    sizes: Largest
    size: Value
    rows: Rows

    def of_layer(self, place: int) -> _Answer | None:
        """Return what may be largest at a layer; None of one that is never repeated."""
        return self._form([(lives, "") for lives in self.rows[place : place + 1] if lives])

    def of_network(self, paths: Sequence[str]) -> _Answer | None:
        """Return what may be largest at all."""
        before: Lives = (frozenset(((self.size, 1),)),)
        return self._form([(before, "input"), *zip(self.rows, paths, strict=True)])

    def _form(self, found: Sequence[tuple[Lives, str]]) -> _Answer | None:
        named: list[tuple[Live, str]] = []
        for lives, name in found:
            for live in lives:
                if isinstance(live, Open):
                    return live
                named.append((live, name))
        kept = self.sizes.among([live for live, _ in named])
        every: dict[Value, str] = {}
        for live, name in named:
            every.setdefault(self.sizes.value(live), name)
        values = tuple(_Placed(value, named[place][1]) for value, place in kept)
        return _Form(values, tuple(_Placed(*one) for one in every.items())) if named else None

    def missing(self, form: _Form, answer: _Form) -> list[_Placed] | None:
        """Return what a form lacks of the answer, with the numbers of this depth in it; None where it says more."""
        placed: dict[Value, str] = {}
        for one in form.values:
            placed.setdefault(self.depth.put_in(one.value), one.layer)
        said = {_spelt(_Placed(value, placed[value])) for value in self.sizes.undominated(placed)}
        right = {_spelt(one): one for one in answer.values}
        return [right[key] for key in right.keys() - said] if said <= right.keys() else None


def _spelt(placed: _Placed) -> tuple[frozenset[Any], str]:
    """Return a value by its terms when it is written out, with its layer."""
    return frozenset(polynomial(placed.value).items()), placed.layer


def alive(analysis: Analysis, facts: Facts) -> Alive:
    """Return what is alive in a network of numbers or symbols, the whole batch together."""
    assert analysis.derivation is not None
    batch = 1 if analysis.batch is None else exact(analysis.batch)
    size = exact(product((*map(exact, analysis.input), batch)))
    try:
        found = [_at(analysis, depth, batch) for depth in depths(analysis.derivation, facts)]
    except NotSupportedError as error:
        unknown = Open(error.message.partition(": ")[2])
        return Alive(size, (unknown,) * len(analysis.layers), unknown)
    by_layer = (_told([(at, at.of_layer(place)) for at in found]) for place in range(len(analysis.layers)))
    told = _told([(at, at.of_network([layer.path for layer in analysis.layers])) for at in found])
    return Alive(size, tuple(map(_value, by_layer)), told if isinstance(told, Open) else tuple(_peaks(told)))


def _peaks(told: Cases[_Form]) -> Iterator[Peak]:
    for when, form in told:
        for one in form.values:
            yield Peak(one.value, one.layer, when)


def _at(analysis: Analysis, depth: Depth, batch: Value) -> _At:
    assert analysis.derivation is not None
    size, rows = live_sets(analysis.derivation, lambda value: exact(analysis.evaluate(value)), depth)
    sizes = Largest(depth.arithmetic.facts, depth.put_in(batch), legal_points(analysis, depth.fixed, depth.least))
    return _At(depth, sizes, size, rows)


def _told(found: Sequence[tuple[_At, _Answer | None]]) -> Cases[_Form] | Open:
    """Put the answers of all depths together."""
    unknown = next((answer for _, answer in found if isinstance(answer, Open)), None)
    if unknown is not None:
        return unknown
    there = {id(at.depth): at for at, _ in found}
    forms = [(at.depth, answer) for at, answer in found if not isinstance(answer, Open)]
    return in_cases(forms, partial(_joined, there)) or _IN_PIECES


def _joined(there: dict[int, _At], form: _Form, answers: Sequence[tuple[Depth, _Form]]) -> _Form | None:
    """Return the form, with more of what it was chosen from where that is largest for few repetitions only."""
    while True:
        more: dict[_Placed, None] = {}
        for depth, answer in answers:
            missing = there[id(depth)].missing(form, answer)
            found = None if missing is None else _found(missing, form.chosen_from, depth)
            if found is None:
                return None
            more |= dict.fromkeys(found)
        if not more:
            return form
        form = replace(form, values=tuple(x for x in form.chosen_from if x in {*form.values, *more}))


def _found(missing: Iterable[_Placed], chosen_from: Sequence[_Placed], depth: Depth) -> list[_Placed] | None:
    """Return the values that are what is missing, with the numbers of a depth in them; None if there are none."""
    known = {_spelt(one._replace(value=depth.put_in(one.value))): one for one in reversed(chosen_from)}
    found = [known.get(_spelt(one)) for one in missing]
    return None if None in found else [one for one in found if one is not None]


def _value(told: Cases[_Form] | Open) -> Value | Open:
    if isinstance(told, Open):
        return told
    return cases((largest([one.value for one in form.values]), when) for when, form in told)


def peak_of(peaks: Sequence[Peak]) -> Value:
    """Return the peak: the largest of those of the first case that applies."""
    grouped = groupby(peaks, key=lambda peak: peak.when)
    return cases((largest([exact(peak.value) for peak in group]), when) for when, group in grouped)
