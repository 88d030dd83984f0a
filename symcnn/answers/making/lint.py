"""Which mistakes the numbers of a question cannot tell apart, numbers that can, and whether its key is right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, TypeAlias

from symcnn.answers.asked import Asked
from symcnn.answers.making.neighbours import neighbours
from symcnn.answers.making.problem import layer_path, single_mistakes
from symcnn.answers.posing import Posed, posed
from symcnn.answers.questions import Question, Quiz
from symcnn.answers.replay import Replay
from symcnn.answers.slips import SlipMade, canonical
from symcnn.answers.verdict import Verdict
from symcnn.errors import SymcnnError
from symcnn.tree import Slip

MOST_NEIGHBOURS = 24  # questions with other numbers that are looked at
_LARGE = 24  # layers; of a larger network only so few
_FEW = 4
_Told: TypeAlias = "dict[SlipMade, Any]"  # what each mistake leads to


@dataclass(frozen=True)
class Lint:
    """What is wrong with a question.

    `hidden` are the mistakes that lead to the right answer with its numbers, `alike` groups of mistakes that lead to
    the same wrong answer; other numbers tell them apart: those of `proposal`, if there are some near by. `key` is the
    verdict on the key that the quiz gives, where that is not right.
    """

    question: Question
    value: Any
    hidden: tuple[SlipMade, ...]
    alike: tuple[tuple[SlipMade, ...], ...]
    proposal: Question | None
    key: Verdict | None
    compared: int  # with so many other numbers

    @property
    def is_clean(self) -> bool:
        """Whether there is nothing to say."""
        return not (self.hidden or self.alike or self.key)


def lint(quiz: Quiz) -> tuple[Lint, ...]:
    """Return what is to be said of each question of a quiz; raises `SymcnnError` for one that cannot be asked."""
    return tuple(lint_question(question, quiz) for question in quiz.questions)


def lint_question(question: Question, quiz: Quiz) -> Lint:
    """Return what is to be said of one question."""
    here = posed(question, quiz)
    others = [(other, _told(found)) for other, found in _neighbours(here, quiz)]
    told = _told(here)
    tables = [table for _, table in others]
    hidden = tuple(slip for slip in _separable(tables) if slip not in told and _leads_to(here, slip, here.asked.value))
    alike = tuple(_alike(told, tables))
    proposal = _proposal(told, _own(question, others)) if hidden or alike else None
    verdict = None if question.answer is None else here.judge(question.answer)
    key = verdict if verdict and not verdict.right else None
    return Lint(question, here.asked.value, hidden, alike, proposal, key, len(others))


def _own(question: Question, others: list[tuple[Question, _Told]]) -> list[tuple[Question, _Told]]:
    """Return those of the others that can be asked instead: a network that is only named is what it is."""
    if question.net is not None:
        return others
    found = ((replace(question, at=one.at, settings=one.settings, answer=None), told) for one, told in others)
    return [pair for pair in found if (pair[0].at, pair[0].settings) != (question.at, question.settings)]


def _neighbours(here: Posed, quiz: Quiz) -> Iterator[tuple[Question, Posed]]:
    """Yield the question with other numbers, where it has a network; fewer where that is large."""
    if here.analysis is not None:
        most = MOST_NEIGHBOURS if len(here.analysis.layers) <= _LARGE else _FEW
        yield from _posed(neighbours(here.question, here.analysis, most), quiz)


def _posed(questions: Iterable[Question], quiz: Quiz) -> Iterator[tuple[Question, Posed]]:
    """Yield those of some questions that can be asked."""
    for question in questions:
        try:
            yield question, posed(question, quiz)
        except SymcnnError:
            continue


def _told(question: Posed) -> _Told:
    """Return what mistakes in single layers, and those of the whole network, lead to."""
    return {wrong.slips[0]: canonical(wrong.value) for wrong in single_mistakes(question) if _is_single(wrong.slips[0])}


def _is_single(slip: SlipMade) -> bool:
    return len(slip.layers) <= 1


def _separable(tables: Iterable[_Told]) -> dict[SlipMade, None]:
    """Return the mistakes that some numbers tell from the right answer."""
    return {slip: None for table in tables for slip in table}


def _alike(told: _Told, tables: list[_Told]) -> Iterator[tuple[SlipMade, ...]]:
    """Yield the groups of different mistakes with the same value here, of which other numbers tell some apart."""
    groups: dict[Any, list[SlipMade]] = {}
    for slip, value in told.items():
        groups.setdefault(value, []).append(slip)
    for slips in groups.values():
        pairs = (pair for pair in combinations(slips, 2) if pair[0].id != pair[1].id)
        apart = [pair for pair in pairs if any(_are_apart(pair, table) for table in tables)]
        if apart:
            yield tuple(dict.fromkeys(slip for pair in apart for slip in pair))


def _are_apart(pair: tuple[SlipMade, SlipMade], table: _Told) -> bool:
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


def _proposal(told: _Told, others: list[tuple[Question, _Told]]) -> Question | None:
    """Return the nearest question of those whose numbers tell most mistakes apart, if they tell more than here."""
    best, score = None, _groups(told)
    for other, table in others:
        if _groups(table) > score:
            best, score = other, _groups(table)
    return best


def _groups(told: _Told) -> int:
    """Return how many wrong answers there are."""
    return len(set(told.values()))
