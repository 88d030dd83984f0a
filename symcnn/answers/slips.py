"""Known mistakes, made on purpose: what comes out of a network if one is made in one layer, in all of a kind, or two.

The mistakes are the `wrong` clauses of the layer kinds, and those of whole networks; the network is derived with them,
so a size without its + 1 is wrong in all that comes after it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain, combinations, islice
from typing import Any

from symcnn.algebra.polynomial import polynomial
from symcnn.algebra.symbols import Value, exact, is_number
from symcnn.analysis.outcome import Outcome
from symcnn.analysis.result import Analysis
from symcnn.analysis.tensor import Tensor
from symcnn.answers.asked import FIELDS, SHAPES, Answer, Asked, renamed, shape_value
from symcnn.answers.effects import is_counted
from symcnn.answers.following import Follower
from symcnn.answers.replay import Made, replay_of
from symcnn.answers.same import Same
from symcnn.errors import SymcnnError, did_you_mean
from symcnn.formula.values import Frame
from symcnn.library.kind import Kind
from symcnn.library.seeing import SEEN, seeings
from symcnn.tree import Slip

MOST_PAIRS = 500  # pairs of mistakes that are tried
MOST_WORK = 20_000  # layers derived once more for mistakes of one layer, as many for those of a kind, and for pairs
_WORK_OF_FIELDS = 4  # times as much is what is seen through a layer
_MOST_EXPLANATIONS = 20
_MOST_KEPT = 5_000  # values that mistakes lead to, which more than one answer is held against


@dataclass(frozen=True, slots=True)
class SlipMade:
    """A mistake where it was made: in one layer, in all of a kind, or (none) in the network as a whole."""

    id: str
    layers: tuple[str, ...]  # their paths
    kind: str  # empty for a mistake of the whole network
    text: str  # what to do instead
    zh: str


@dataclass(frozen=True, slots=True)
class Wrong:
    """A wrong value and the one or two mistakes that lead to it."""

    value: Answer
    slips: tuple[SlipMade, ...]


def wrong_values(analysis: Analysis, layer: str | None, quantity: str) -> Iterator[Wrong]:
    """Yield what known mistakes make of a quantity of a layer, or of the network where `layer` is None.

    Quantities are those of an analysis, `receptive_field`, `jump`, `output` (a shape: channels and sizes), `size` and
    the axes by their names. First come mistakes in one layer, then those of all layers of a kind and of the whole
    network, then pairs, of which no more than `MOST_PAIRS` are tried; of mistakes that change what comes after them no
    more than `MOST_WORK` layers. Several mistakes may yield the same value; none yields the right one. Units are those
    of the quantity; raises `SymcnnError` for an unknown layer or quantity.

    >>> from symcnn import analyse, parse
    >>> a = analyse(parse("net a { input 3×H×H; Conv(8, 5) }")["a"])
    >>> [str(wrong.value) for wrong in wrong_values(a, "conv1", "params")][:2]
    ['208', '128']
    """
    mistakes = mistakes_in(analysis)
    asked = Asked(quantity, mistakes.place(layer))
    return chain(mistakes.ones(asked), mistakes.pairs(asked))


def explain_answer(
    value: Answer, analysis: Analysis, layer: str | None, quantity: str, equal: Callable[[Value, Value], bool | None]
) -> tuple[tuple[SlipMade, ...], ...]:
    """Return all explanations of an answer by one mistake, or if there are none by two.

    `equal` decides of formulas that are not the same in canonical form; each is asked of once. Symbols of the answer
    are those of the analysis that have the same names.
    """
    mistakes = mistakes_in(analysis)
    asked = Asked(quantity, mistakes.place(layer))
    own = tuple(renamed(part, analysis) for part in value) if isinstance(value, tuple) else renamed(value, analysis)
    is_answer = _Comparison(own, equal)
    for made in (mistakes.ones(asked), mistakes.pairs(asked)):
        found = (wrong.slips for wrong in made if is_answer(wrong.value))
        explanations = tuple(dict.fromkeys(islice(found, _MOST_EXPLANATIONS)))
        if explanations:
            return explanations
    return ()


@dataclass(frozen=True, slots=True)
class Case:
    """A mistake at some layers, by their places."""

    slip: Slip
    places: tuple[int, ...]


class Mistakes:
    """The mistakes that can be made in a network."""

    def __init__(self, analysis: Analysis) -> None:
        self._analysis = analysis
        self._replay = replay_of(Same(analysis))
        self._right: dict[Asked, Answer] = {}
        self._ones: dict[Asked, tuple[Wrong, ...]] = {}  # where all of them were wanted
        self._differing: dict[tuple[int, ...], Collection[Outcome]] = {}
        self._concerning: dict[tuple[Asked, Kind, bool], tuple[Slip, ...]] = {}
        self._worths: dict[Any, Answer | None] = {}

    def place(self, layer: str | None) -> int | None:
        """Return the place of a layer by its path; raises `SymcnnError` for one that is not there."""
        if layer is None:
            return None
        places = {one.path: i for i, one in enumerate(self._analysis.layers)}
        if layer not in places:
            hint = did_you_mean(layer, places, f"the layers are {', '.join(places)}")
            raise SymcnnError(f"there is no layer '{layer}'", hint=hint)
        return places[layer]

    def ones(self, asked: Asked) -> Iterator[Wrong]:
        """Yield what single mistakes lead to, those of one layer first."""
        if asked in self._ones:
            yield from self._ones[asked]
            return
        found = []
        for wrong in self._single_ones(asked):
            found.append(wrong)
            yield wrong
        self._ones[asked] = tuple(found)

    def _single_ones(self, asked: Asked) -> Iterator[Wrong]:
        known: set[tuple[int, Any]] = set()
        for (case,) in self.affordable(asked, ((case,) for case in self._singles(asked))):
            for value in self._values(asked, (case,)):
                known.add((id(case.slip), canonical(value)))
                yield self._as_wrong(value, (case,))
        for (case,) in self.affordable(asked, ((case,) for case in self._throughout(asked))):
            for value in self._values(asked, (case,)):
                if (id(case.slip), canonical(value)) not in known:  # one layer of the kind is enough for it
                    yield self._as_wrong(value, (case,))
        yield from self.of_the_whole(asked)

    def pairs(self, asked: Asked) -> Iterator[Wrong]:
        """Yield what two mistakes lead to: in one layer, then in all of kinds, then in two layers."""
        for pair in self.affordable(asked, islice(self._paired(asked), MOST_PAIRS)):
            for value in self._values(asked, pair):
                yield self._as_wrong(value, pair)

    def tried(self, asked: Asked) -> Iterator[Case]:
        """Yield the mistakes that may matter, those of one layer first, also those without an effect here."""
        yield from self._singles(asked, idle=True)
        yield from self._throughout(asked, idle=True)

    def tried_together(self, asked: Asked, most_work: int) -> Iterator[tuple[Case, ...]]:
        """Yield the pairs of mistakes that have an effect, no more of them than may cost so many layers."""
        return self.affordable(asked, islice(self._paired(asked), MOST_PAIRS), most_work)

    def is_idle(self, case: Case) -> bool:
        """Tell whether a mistake makes no difference in any of its layers."""
        effects = self._replay.effects
        return not any(effects.is_different(case.slip, outcome) for outcome in self._different(case.places))

    def worth(self, asked: Asked, cases: tuple[Case, ...]) -> Answer | None:
        """Return what mistakes make of what is asked, right or not; None where nothing comes of them."""
        key = asked, tuple((id(case.slip), case.places) for case in cases)
        if key not in self._worths:
            if len(self._worths) > _MOST_KEPT:
                self._worths.clear()
            self._worths[key] = self._worked_out(asked, cases)
        return self._worths[key]

    def _worked_out(self, asked: Asked, cases: tuple[Case, ...]) -> Answer | None:
        made: dict[int, tuple[Slip, ...]] = {}
        for case in cases:
            for place in case.places:
                made[place] = (*made.get(place, ()), case.slip)
        try:
            return self._value(asked, made)
        except (SymcnnError, ZeroDivisionError):
            return None

    def affordable(
        self, asked: Asked, tried: Iterable[tuple[Case, ...]], most_work: int = MOST_WORK
    ) -> Iterator[tuple[Case, ...]]:
        """Yield what costs little, and of the rest as much as may be spent."""
        last, spent = self._last(asked), 0
        each = _WORK_OF_FIELDS if asked.quantity in FIELDS else 1
        for cases in tried:
            firsts = [min(case.places) for case in cases if not is_counted(case.slip)]
            work = each * (last + 1 - min(firsts)) if firsts else 0
            if spent + work <= most_work:
                spent += work
                yield cases

    def _last(self, asked: Asked) -> int:
        return len(self._replay.leaves) - 1 if asked.place is None else asked.place

    def _paired(self, asked: Asked) -> Iterator[tuple[Case, Case]]:
        singles, throughout = list(self._singles(asked)), list(self._throughout(asked))
        yield from (pair for pair in combinations(singles, 2) if pair[0].places == pair[1].places and _differ(*pair))
        for one, other in combinations(throughout, 2):
            if one.places != other.places or _differ(one, other):
                yield one, other
        yield from (pair for pair in combinations(singles, 2) if pair[0].places != pair[1].places)

    def _singles(self, asked: Asked, idle: bool = False) -> Iterator[Case]:
        """Yield the mistakes in single layers that can matter, the layer that is asked for first."""
        last = self._last(asked)
        order = range(last + 1) if asked.place is None else (last, *range(last))
        for place in order:
            for slip in self._concerned(asked, place):
                if idle or self._makes_a_difference(place, slip):
                    yield Case(slip, (place,))

    def _throughout(self, asked: Asked, idle: bool = False) -> Iterator[Case]:
        """Yield the mistakes in all layers of a kind, where there are several; on the way it can matter in each."""
        kinds: dict[Kind, list[int]] = {}
        for place in range(self._last(asked) + 1):
            kinds.setdefault(self._replay.leaves[place].outcome.kind, []).append(place)
        for kind, listed in kinds.items():
            places = tuple(listed)
            for slip in kind.slips if len(places) > 1 else ():
                concerned = places if asked.place is None else [p for p in places if asked.concerns(slip, kind, p)]
                if not concerned or not asked.concerns(slip, kind, concerned[0]):
                    continue
                if idle or not self.is_idle(Case(slip, tuple(concerned))):
                    yield Case(slip, places)

    def _different(self, places: tuple[int, ...]) -> Collection[Outcome]:
        """Return the different layers at places."""
        if places not in self._differing:
            if len(places) == 1:
                self._differing[places] = self._replay.different(places[0])
            else:
                found = (outcome for place in places for outcome in self._replay.different(place))
                self._differing[places] = {id(outcome): outcome for outcome in found}.values()
        return self._differing[places]

    def _concerned(self, asked: Asked, place: int) -> tuple[Slip, ...]:
        """Return the mistakes in a layer that can change what is asked."""
        kind = self._replay.leaves[place].outcome.kind
        key = asked, kind, asked.place in (None, place)
        if key not in self._concerning:
            self._concerning[key] = tuple(slip for slip in kind.slips if asked.concerns(slip, kind, place))
        return self._concerning[key]

    def _makes_a_difference(self, place: int, slip: Slip) -> bool:
        return not self.is_idle(Case(slip, (place,)))

    def _values(self, asked: Asked, cases: tuple[Case, ...]) -> Iterator[Answer]:
        """Yield what some mistakes make of what is asked, unless it is right, or nothing comes of them."""
        value = self.worth(asked, cases)
        if value is not None and canonical(value) != canonical(self.right(asked)):
            yield value

    def _value(self, asked: Asked, made: Made) -> Answer:
        if asked.is_counted and all(is_counted(slip) for slips in made.values() for slip in slips):
            value = self._replay.recount(made, asked.place, asked.quantity)
            return self._replay.whole_batch(asked.quantity, value)
        try:
            return asked.value(self._replay.run(made, asked.place), self._replay)
        except SymcnnError:
            ((place, slips), *others) = made.items()
            if others or len(slips) > 1 or asked.quantity not in SHAPES:
                raise
            return self._written_down(asked, place, slips[0])

    def _written_down(self, asked: Asked, place: int, slip: Slip) -> Answer:
        """Return the shape that a mistake gives for its own layer, though no layer has it: 13/2, or 0."""
        leaf = self._replay.leaves[place]
        wanted = self._replay.base.output if asked.place is None else self._replay.leaves[asked.place].outcome.output
        if wanted is not leaf.outcome.output or slip.quantity not in ("size", "channels"):
            raise SymcnnError("what comes after it is not possible")
        outcome, meaning = leaf.outcome, leaf.outcome.kind.condition(slip.value)
        arithmetic, channels, sizes = self._replay.arithmetic, outcome.output.channels, outcome.output.sizes
        if slip.quantity == "channels":
            channels = exact(meaning(Frame(arithmetic, outcome.values)))
        else:
            sizes = tuple(exact(meaning(Frame(arithmetic, outcome.values, axis))) for axis in range(len(sizes)))
        return shape_value(asked.quantity, Tensor(channels, sizes))

    def right(self, asked: Asked) -> Answer:
        """Return what is right."""
        if asked not in self._right:
            self._right[asked] = asked.value(self._replay.run({}), self._replay)
        return self._right[asked]

    def of_the_whole(self, asked: Asked) -> Iterator[Wrong]:
        """Yield what mistakes of the whole network make of its receptive field, or of a layer's."""
        if asked.quantity != SEEN:
            return
        for seeing in self._seeings:
            try:
                sizes = Follower(seeing, self._replay.arithmetic).sizes(self._replay.base, asked.place)
                right = self.right(asked)
            except SymcnnError:
                continue
            value = sizes[0] if sizes and len(set(sizes)) == 1 else sizes
            if canonical(value) != canonical(right):
                slip = seeing.slip
                yield Wrong(value, (SlipMade(slip.id, (), "", slip.text, slip.zh),))

    @cached_property
    def _seeings(self) -> tuple[Any, ...]:
        counting = self._analysis.counting
        return () if counting is None else seeings(counting.file)

    def _as_wrong(self, value: Answer, cases: tuple[Case, ...]) -> Wrong:
        return Wrong(value, self.made(cases))

    def made(self, cases: tuple[Case, ...]) -> tuple[SlipMade, ...]:
        """Return mistakes as they are told."""
        return tuple(map(self._made, cases))

    def _made(self, case: Case) -> SlipMade:
        layers = self._analysis.layers
        paths = tuple(layers[place].path for place in case.places)
        return SlipMade(case.slip.id, paths, layers[case.places[0]].kind, case.slip.text, case.slip.zh)


def _differ(one: Case, other: Case) -> bool:
    """Tell whether two mistakes can be made in the same layer: of two for one rule only one can."""
    both = {one.slip.quantity, other.slip.quantity}
    return len(both) == 2 and not ("params" in both and both & {"weights", "biases"})


def canonical(value: Answer) -> Any:
    """Return what is equal for values that are the same by rearranging; it can be hashed."""
    if isinstance(value, tuple):
        return tuple(map(canonical, value))
    return value if is_number(value) else frozenset(polynomial(value).items())


class _Comparison:
    """Whether values are the answer; each is compared once."""

    def __init__(self, answer: Answer, equal: Callable[[Value, Value], bool | None]) -> None:
        self._answer, self._equal = answer, equal
        self._known: dict[Any, bool] = {canonical(answer): True}

    def __call__(self, value: Answer) -> bool:
        key = canonical(value)
        if key not in self._known:
            self._known[key] = self._compared(self._answer, value)
        return self._known[key]

    def _compared(self, answer: Answer, value: Answer) -> bool:
        if isinstance(answer, tuple) and isinstance(value, tuple):
            return len(answer) == len(value) and all(map(self._compared, answer, value))
        if isinstance(answer, tuple) or isinstance(value, tuple):
            return False
        if is_number(answer) and is_number(value):
            return answer == value
        return self._equal(answer, value) is True


def mistakes_in(analysis: Analysis) -> Mistakes:
    """Return the mistakes that can be made in a network, worked out once for the last networks."""
    return _mistakes(Same(analysis))


@lru_cache(maxsize=16)
def _mistakes(same: Same[Analysis]) -> Mistakes:
    return Mistakes(same.it)
