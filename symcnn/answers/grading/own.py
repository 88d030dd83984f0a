"""Follow-through: what is right after a learner's own earlier answers stand in place of the right ones."""

from __future__ import annotations

from collections import ChainMap
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, TypeAlias, cast

from sympy import Expr

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.operations import product, total
from symcnn.algebra.symbols import Value, exact, is_number
from symcnn.analysis import Analysis
from symcnn.analysis.derivation import Derivation, Leaf
from symcnn.analysis.outcome import Outcome
from symcnn.analysis.paths import layers_at
from symcnn.analysis.tensor import Tensor
from symcnn.answers.asked import FIELDS, SHAPES, Asked, alike, renamed
from symcnn.answers.earlier import names_of_earlier
from symcnn.answers.given import rebuilt
from symcnn.answers.grading.possible import is_possible
from symcnn.answers.messages import value_text
from symcnn.answers.posing import Posed
from symcnn.answers.reference import Question
from symcnn.answers.replay import Replay, Run, counted
from symcnn.answers.same import Same
from symcnn.errors import NotSupportedError, SymcnnError
from symcnn.formula.values import Frame, number
from symcnn.library.rules import COUNTED

_BYTES = 4  # of a float32
_ALIKE = {"shape": "output"}

Values: TypeAlias = "tuple[Value, ...]"


@dataclass(frozen=True)
class Own:
    """An earlier question and what a learner answered to it: the right value, or their own."""

    posed: Posed
    values: Values

    @property
    def is_right(self) -> bool:
        """Whether it is the right value."""
        return self.values == right_values(self.posed)

    @property
    def text(self) -> str:
        """The question and the answer, as a message names them."""
        return f"{self.posed.question.id}: {value_text(self.values if len(self.values) > 1 else self.values[0])}"


def right_values(posed: Posed) -> Values:
    """Return the right value of a question, of a shape all sizes."""
    value = posed.asked.value
    return value if isinstance(value, tuple) else (value,)


def own_value(posed: Posed, values: Values) -> Own | None:
    """Return an answer that others may follow from; None for a trivial one, or one of another form.

    0 and 1 where they are not right, numbers where a formula is right, and what no size or count can be make what
    comes after too easy, and are no way to marks.
    """
    right = right_values(posed)
    if len(right) == 1 and len(set(values)) == 1:
        values = values[:1]  # 24×24, where one size was asked
    if len(right) == 1 and len(values) == posed.asked.axes:
        right *= len(values)  # 24×20, where all axes have the same
    if posed.asked.kind == "shape" and len(values) == len(right) - 1:
        values = (right[0], *values)  # sizes without the channels
    if len(values) != len(right) or any(map(_is_trivial, values, right)) or not is_possible(posed, values, right):
        return None
    return Own(posed, values)


def _is_trivial(value: Value, right: Value) -> bool:
    if value == right:
        return False
    if not is_number(value):
        return False
    whole = not is_number(right) or right.denominator == 1
    return not is_number(right) or value <= 1 or (whole and value.denominator != 1)


def following(posed: Posed, earlier: tuple[Own, ...]) -> Question | None:
    """Return the question whose right answer follows from a learner's own earlier ones; None if there is none."""
    try:
        value = _pattern(posed, earlier) if posed.analysis is None else _network(posed, earlier)
    except (SymcnnError, ArithmeticError):
        return None
    if value is None:
        return None
    asked = posed.asked
    if posed.analysis is not None:
        value = _in_symbols(value, asked)
    parts = value if isinstance(value, tuple) else (value,)
    if len(parts) != len(right_values(posed)) or parts == right_values(posed):
        return None
    if any(map(_is_trivial, parts, right_values(posed))):
        return None
    return replace(asked, value=parts if asked.kind == "shape" else parts[0], analysis=None, layers=(), path=None)


def _in_symbols(value: Any, asked: Question) -> Any:
    parts = value if isinstance(value, tuple) else (value,)
    factor = _BYTES if asked.kind == "bytes" else 1
    built = tuple(asked.given.rebuilt(exact(product((factor, part)) if factor > 1 else part)) for part in parts)
    return built if asked.kind == "shape" or len(built) > 1 else built[0]


def _pattern(posed: Posed, earlier: tuple[Own, ...]) -> Value | None:
    """Put the answers in a formula that names their questions."""
    if not isinstance(posed.pattern, Expr):
        return None
    own = {o.posed.question.id: o.values[0] for o in earlier}
    ids = names_of_earlier(posed.question)
    named = {s: ids[s.name] for s in posed.pattern.free_symbols if s.name in ids}
    put_in = {s: own[id_] for s, id_ in named.items() if id_ in own}
    missing = {*named.values()} - own.keys()
    if missing or not put_in:
        return None
    return rebuilt(posed.pattern, posed.asked.given.arithmetic, put_in)


def _network(posed: Posed, earlier: tuple[Own, ...]) -> Any:
    """Derive what is asked of a network once more, with the answers about its layers taken as they are."""
    analysis, question = posed.analysis, posed.question
    assert analysis is not None
    about = [(own, place) for own in earlier if (place := _place(own, analysis)) is not None]
    if not any(not own.is_right for own, _ in about):
        return None
    quantity = _ALIKE.get(str(question.quantity), str(question.quantity))
    target = None if question.layer is None else _only(analysis, question.layer)
    asked = Asked(quantity, target)
    before = [(own, place) for own, place in about if target is None or place <= target]
    if quantity in FIELDS:
        return _field(asked, before, analysis)
    again = _again(analysis, _given_outputs(before, analysis), target)
    if asked.is_counted and target is None:
        return _summed(asked, again, before)
    return asked.value(again, again.replay)


def _place(own: Own, analysis: Analysis) -> int | None:
    if own.posed.analysis is not analysis or own.posed.question.layer is None:
        return None
    try:
        return _only(analysis, own.posed.question.layer)
    except SymcnnError:
        return None


def _only(analysis: Analysis, path: str) -> int:
    found = layers_at(analysis, path)
    if len(found) != 1 or found[0].times != 1:
        raise NotSupportedError("what follows from several layers at once")
    return analysis.layers.index(found[0])


_Sizes: TypeAlias = "dict[int, tuple[tuple[str, Values], ...]]"


def _given_outputs(about: list[tuple[Own, int]], analysis: Analysis) -> _Sizes:
    """Return what is taken for the outputs of layers, by their places."""
    found: _Sizes = {}
    for own, place in about:
        quantity = _ALIKE.get(str(own.posed.question.quantity), str(own.posed.question.quantity))
        if quantity in SHAPES:
            values = tuple(renamed(value, analysis) for value in own.values)
            found[place] = (*found.get(place, ()), (quantity, values))
    return found


class _Again(Run):
    """A network derived with some outputs as a learner has them, instead of as they are."""

    def __init__(self, replay: Replay, outputs: _Sizes, last: int | None) -> None:
        self.outputs = outputs
        super().__init__(replay, replay.base, {}, last)

    def _leaf(self, leaf: Leaf, tensors: tuple[Tensor, ...], wanted: Tensor | None = None) -> Leaf:
        place = self._place
        found = super()._leaf(leaf, tensors, wanted)
        if place not in self.outputs or self._is_over(place):
            return found
        output = _with_sizes(found.outcome.output, self.outputs[place])
        new = found._replace(outcome=_with_output(found.outcome, output, self.replay.arithmetic))
        self.leaves[place] = new
        return new

    def _touched(self, first: int, rows: int) -> bool:
        return any(first <= place < first + rows for place in self.outputs)


def _with_sizes(output: Tensor, given: tuple[tuple[str, Values], ...]) -> Tensor:
    named = output.named()
    axes = list(named)[1:]
    for quantity, values in given:
        if quantity == "output":
            named = dict(zip(named, values, strict=True))
        elif quantity == "size":
            named |= dict(zip(axes, values if len(values) > 1 else values * len(axes), strict=True))
        else:
            named[quantity] = values[0]
    channels, *sizes = named.values()
    return Tensor(channels, tuple(sizes))


def _with_output(right: Outcome, output: Tensor, arithmetic: Arithmetic) -> Outcome:
    """Return what a layer counts if that is its output."""
    values = ChainMap[str, Any]({}, cast(dict[str, Any], right.values))  # some of which are worked out when asked for
    if len(output.sizes) == len(values["n'"]):
        values["n'"] = output.sizes
    values["C'"] = output.channels
    values["elements"] = arithmetic.product(list(output.shape), [])
    found = dict(right.counted)
    for name in COUNTED:
        if name in found:
            found[name] = values[name] = exact(number(right.kind.rules[name](Frame(arithmetic, values)), None))
    return right._replace(output=output, counted=found, values=values)


def _again(analysis: Analysis, outputs: _Sizes, last: int | None) -> _Again:
    return _Again(_replay(Same(analysis)), outputs, last)


def _summed(asked: Asked, again: _Again, about: list[tuple[Own, int]]) -> Value:
    """Return a total in which the learner's own parts stand in place of the right ones."""
    found = asked.value(again, again.replay)
    for own, place in about:
        if own.posed.question.quantity == asked.quantity:
            part = again.replay.whole_batch(asked.quantity, counted(again.leaf(place), asked.quantity))
            found = total((found, own.values[0], product((-1, part))))
    return found


def _field(asked: Asked, about: list[tuple[Own, int]], analysis: Analysis) -> Any:
    """Go on from the learner's own receptive field and jump: r' = r + (e − 1)·j along a chain of layers."""
    chained = _is_chain(analysis.derivation)
    starts = {place for own, place in about if own.posed.question.quantity in FIELDS and place != asked.place}
    if not (chained and starts):
        return None
    replay = _replay(Same(analysis))
    start = max(starts)
    own = {o.posed.question.quantity: o.values for o, place in about if place == start}
    views, ends = replay.run({}).field(start), replay.run({}).field(asked.place)
    found = []
    for axis, (view, end) in enumerate(zip(views, ends, strict=True)):
        jump = _axis(own.get("jump"), axis, view.jump)
        steps = replay.arithmetic.divide(jump, view.jump)
        if asked.quantity == "jump":
            found.append(product((end.jump, steps)))
            continue
        seen = _axis(own.get("receptive_field"), axis, view.size)
        found.append(total((seen, product((total((end.size, product((-1, view.size)))), steps)))))
    return alike([exact(value) for value in found])


def _axis(values: Values | None, axis: int, otherwise: Any) -> Any:
    if values is None:
        return exact(otherwise)
    return values[axis] if len(values) > 1 else values[0]


def _is_chain(derivation: Derivation | None) -> bool:
    """Tell whether every layer comes after the one before it, and none of them spreads the inputs out."""
    if derivation is None or derivation.result != len(derivation.items) - 1:
        return False
    return all(
        isinstance(item, Leaf) and item.sources == (place - 1,) and all(w.is_plain for w in item.outcome.windows)
        for place, item in enumerate(derivation.items)
    )


@lru_cache(maxsize=64)
def _replay(same: Same[Analysis]) -> Replay:
    return Replay(same.it)
