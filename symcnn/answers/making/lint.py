"""Which mistakes the numbers of a question cannot tell apart, numbers that can, and whether its key is right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from symcnn.answers.asked import Asked
from symcnn.answers.making.problem import layer_path
from symcnn.answers.making.proposing import numbers_of, proposal, with_numbers
from symcnn.answers.making.telling import Told, neighbours_of, told_by
from symcnn.answers.posing import Posed, posed
from symcnn.answers.questions import Question, Quiz
from symcnn.answers.replay import Replay
from symcnn.answers.slips import SlipMade, canonical
from symcnn.answers.verdict import Verdict
from symcnn.errors import SymcnnError
from symcnn.tree import Slip


@dataclass(frozen=True)
class Lint:
    """What is wrong with a question.

    `hidden` are the mistakes that lead to the right answer with its numbers, `alike` groups of mistakes that lead to
    the same wrong answer; other numbers tell them apart: those of `proposal`, if there are some near by, which are the
    same for all questions about the network, `together`. `key` is the verdict on the key that the quiz gives, where
    that is not right.
    """

    question: Question
    value: Any
    hidden: tuple[SlipMade, ...]
    alike: tuple[tuple[SlipMade, ...], ...]
    proposal: Question | None
    key: Verdict | None
    compared: int  # with so many other numbers
    together: tuple[str, ...] = ()  # the questions that get the numbers of the proposal

    @property
    def is_clean(self) -> bool:
        """Whether there is nothing to say."""
        return not (self.hidden or self.alike or self.key)


def lint(quiz: Quiz) -> tuple[Lint, ...]:
    """Return what is to be said of each question of a quiz; raises `SymcnnError` for one that cannot be asked."""
    found = [_linted(question, quiz) for question in quiz.questions]
    groups: dict[Any, list[int]] = {}
    for place, question in enumerate(quiz.questions):
        groups.setdefault(numbers_of(question), []).append(place)
    for places in groups.values():
        if any(found[place].hidden or found[place].alike for place in places):
            _propose(found, places, quiz)
    return tuple(found)


def _linted(question: Question, quiz: Quiz) -> Lint:
    """Return what is to be said of one question, without other numbers for it."""
    here = posed(question, quiz)
    told = told_by(here)
    tables = [told_by(other) for _, other in neighbours_of(here, quiz)]
    hidden = tuple(slip for slip in _separable(tables) if slip not in told and _leads_to(here, slip, here.asked.value))
    alike = tuple(_alike(told, tables))
    verdict = None if question.answer is None else here.judge(question.answer)
    key = verdict if verdict and not verdict.right else None
    return Lint(question, here.asked.value, hidden, alike, None, key, len(tables))


def _propose(found: list[Lint], places: list[int], quiz: Quiz) -> None:
    """Find numbers that serve all questions about a network, and give them to those that need some."""
    group = [posed(quiz.questions[place], quiz) for place in places]
    numbers = proposal(group, quiz)
    if numbers is None:
        return
    together = tuple(one.question.id for one in group)
    for place in places:
        if found[place].hidden or found[place].alike:
            new = with_numbers(quiz.questions[place], numbers)
            found[place] = replace(found[place], proposal=new, together=together)


def _separable(tables: Iterable[Told]) -> dict[SlipMade, None]:
    """Return the mistakes that some numbers tell from the right answer."""
    return {slip: None for table in tables for slip in table}


def _alike(told: Told, tables: list[Told]) -> Iterator[tuple[SlipMade, ...]]:
    """Yield the groups of different mistakes with the same value here, of which other numbers tell some apart."""
    groups: dict[Any, list[SlipMade]] = {}
    for slip, value in told.items():
        groups.setdefault(value, []).append(slip)
    for slips in groups.values():
        pairs = (pair for pair in combinations(slips, 2) if pair[0].id != pair[1].id)
        apart = [pair for pair in pairs if any(_are_apart(pair, table) for table in tables)]
        if apart:
            yield tuple(dict.fromkeys(slip for pair in apart for slip in pair))


def _are_apart(pair: tuple[SlipMade, SlipMade], table: Told) -> bool:
    one, other = pair
    return one in table and other in table and table[one] != table[other]


def _leads_to(question: Posed, made: SlipMade, value: Any) -> bool:
    """Tell whether a mistake leads to a value, and not nowhere: those of the whole network always lead somewhere."""
    analysis = question.analysis
    assert analysis is not None
    places = [place for place, layer in enumerate(analysis.layers) if layer.path in made.layers]
    if not made.layers:
        return True
    slips = _slips(analysis.layers[places[0]].rules.definition.slips, made.id) if places else ()
    layer = layer_path(question)
    at = None if layer is None else next(i for i, one in enumerate(analysis.layers) if one.path == layer)
    replay = Replay(analysis)
    try:
        found = Asked(str(question.question.quantity), at).value(replay.run(dict.fromkeys(places, slips), at), replay)
        return bool(slips) and bool(canonical(found) == canonical(value))
    except (SymcnnError, ZeroDivisionError):
        return False


def _slips(known: Iterable[Slip], id_: str) -> tuple[Slip, ...]:
    return tuple(slip for slip in known if slip.id == id_)[:1]
