"""`grade`: a quiz and the answers of a class become a sheet."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from symcnn import __version__
from symcnn.answers.grading.journal import Journal, digest
from symcnn.answers.grading.row import Marked, Row, refused
from symcnn.answers.grading.sheet import Sheet
from symcnn.answers.grading.table import Answers, gathered, load_answers
from symcnn.answers.grading.workers import mark_all
from symcnn.answers.questions import Quiz, load_quiz
from symcnn.errors import SymcnnError

Tick = Callable[[int, int], None]

_WORTH_PROCESSES = 1_000  # different answers; fewer are marked before a second process has started


def grade(
    quiz: Quiz | str | Path,
    answers: Answers | str | Path | Iterable[tuple[str, str, str]],
    *,
    jobs: int | None = None,
    resume: str | Path | None = None,
    tick: Tick | None = None,
) -> Sheet:
    """Return the marked sheet of a class: for each learner and question verdict, credit, marks and message.

    `quiz` is a quiz or the path of one, `answers` the path of a CSV file, or (learner, question, answer) one by one.
    `jobs` is the number of processes, by default one for each core where many answers differ. `resume` is the path of a
    journal: a run that was interrupted goes on where it was, and the journal is removed when all is marked. `tick` is
    told how many learners are done, and of how many.

    Raises `SymcnnError` for a quiz or a table that is unusable, never for an answer.

    >>> from symcnn.answers.questions import parse_quiz
    >>> quiz = parse_quiz('''
    ... [[question]]
    ... id = "q1"
    ... net = "net q { input 1×28×28; Conv(32, 5) }"
    ... quantity = "params"
    ... marks = 2
    ... ''')
    >>> sheet = grade(quiz, [("s01", "q1", "(5*5+1)*32"), ("s02", "q1", "864")])
    >>> [(row.verdict, str(row.marks)) for row in sheet.rows]
    [('exact', '2'), ('wrong', '0')]
    """
    asked = quiz if isinstance(quiz, Quiz) else load_quiz(quiz)
    given = _answers(answers, asked)
    journal = None if resume is None else Journal(Path(resume), digest(asked, given, __version__))
    try:
        marked = {} if journal is None else journal.resumed()
        _mark(asked, given, _jobs(jobs, given), marked, journal, tick or (lambda done, of: None))
    finally:
        if journal is not None:
            journal.close()
    sheet = _sheet(asked, given, marked)
    if journal is not None:
        journal.remove()
    return sheet


def _answers(answers: Answers | str | Path | Iterable[tuple[str, str, str]], quiz: Quiz) -> Answers:
    if isinstance(answers, Answers):
        return answers
    if isinstance(answers, (str, Path)):
        return load_answers(answers, quiz)
    known = {question.id for question in quiz.questions}
    entries = []
    for place, (learner, question, answer) in enumerate(answers, 1):
        if question not in known:
            raise SymcnnError(f"there is no question '{question}'", hint=f"there are {', '.join(sorted(known))}")
        entries.append((place, str(learner), question, answer))
    return gathered(entries, quiz)


def _jobs(jobs: int | None, answers: Answers) -> int:
    if jobs is not None and jobs < 1:
        raise SymcnnError(f"{jobs} processes mark nothing", hint="jobs is at least 1")
    if jobs is not None:
        return jobs
    different = {(question, text) for (_, question), text in answers.texts.items()}
    return _cores() if len(different) >= _WORTH_PROCESSES and sys.executable else 1


def _cores() -> int:
    """Return how many cores this process may use."""
    with contextlib.suppress(AttributeError):  # not on every system
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _mark(
    quiz: Quiz, answers: Answers, jobs: int, marked: dict[int, dict[str, Marked]], journal: Journal | None, tick: Tick
) -> None:
    """Mark the learners that are not marked yet."""
    learners = answers.learners
    by_learner: dict[str, dict[str, str]] = {learner: {} for learner in learners}
    for (learner, question), text in answers.texts.items():
        if (learner, question) not in answers.refused:
            by_learner[learner][question] = text
    left = [(place, by_learner[learner]) for place, learner in enumerate(learners) if place not in marked]

    def done(place: int, found: dict[str, Marked]) -> None:
        marked[place] = found
        if journal is not None:
            journal.add(place, found)
        tick(len(marked), len(learners))

    if left:
        mark_all(quiz, left, jobs, done)


def _sheet(quiz: Quiz, answers: Answers, marked: Mapping[int, Mapping[str, Marked]]) -> Sheet:
    places = {learner: place for place, learner in enumerate(answers.learners)}
    worth = {question.id: question.marks for question in quiz.questions}
    rows = []
    for learner, question in answers.order:
        why = answers.refused.get((learner, question))
        found = marked[places[learner]][question] if why is None else refused(why)
        text = answers.texts.get((learner, question))
        rows.append(Row(learner, question, text, found, found.credit * worth.get(question, 0)))
    return Sheet(quiz, tuple(rows), answers.delimiter, answers.byte_order_mark, answers.unnamed)
