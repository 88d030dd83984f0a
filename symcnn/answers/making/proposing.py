"""Other numbers for a network: one set, by which all questions about it tell more mistakes apart, and none fewer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from symcnn.answers.making.telling import groups_of, neighbours_of, told_by
from symcnn.answers.posing import Posed, posed
from symcnn.answers.questions import Question, Quiz
from symcnn.errors import SymcnnError

_MOST_STEPS = 4  # numbers that are changed one after the other


def numbers_of(question: Question) -> tuple[Any, ...]:
    """Return what is the same for all questions whose numbers are changed together: a network with its values."""
    network = question.net or question.file or question.name
    return network, question.file, tuple(question.at.items()), tuple(question.settings.items())


def proposal(group: Sequence[Posed], quiz: Quiz) -> Question | None:
    """Return the first of some questions about one network with the numbers that serve them all; None if none do.

    One number after the other is changed: to that which tells most apart in all, of equal ones to the nearest, and
    never so that one of the questions tells fewer apart than before.
    """
    found, best = list(group), None
    scores = _scores(found)
    for _ in range(_MOST_STEPS):
        steps = [(step, others, _scores(others)) for step, others in _steps(found, quiz)]
        better = [one for one in steps if sum(one[2]) > sum(scores) and all(map(int.__ge__, one[2], scores))]
        if not better:
            break
        best, found, scores = max(better, key=lambda one: sum(one[2]))
    return best


def with_numbers(question: Question, other: Question) -> Question:
    """Return a question with the numbers of another one about the same network."""
    return replace(question, net=other.net, at=other.at, settings=other.settings, spans={}, answer=None)


def _scores(group: Sequence[Posed]) -> list[int]:
    return [groups_of(told_by(one)) for one in group]


def _steps(group: Sequence[Posed], quiz: Quiz) -> Iterator[tuple[Question, list[Posed]]]:
    """Yield the questions with one number changed, where all of them can still be asked."""
    known = {numbers_of(group[0].question)}
    for here in {one.question.name: one for one in group}.values():
        for other, _ in neighbours_of(here, quiz):
            changed = _own(group[0].question, other)
            if numbers_of(changed) in known:
                continue
            known.add(numbers_of(changed))
            try:
                yield changed, [posed(with_numbers(one.question, changed), quiz) for one in group]
            except SymcnnError:
                continue


def _own(question: Question, other: Question) -> Question:
    """Return the question with what it can have of other numbers: a network that is only named is what it is."""
    if question.net is not None:
        return with_numbers(question, other)
    return replace(question, at=other.at, settings=other.settings, spans={}, answer=None)
