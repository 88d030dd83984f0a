"""A quiz: questions about networks, as a teacher writes them in TOML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from symcnn.answers.quiz_text import quiz_toml
from symcnn.errors import SymcnnError
from symcnn.source import Source, Span
from symcnn.syntax import read_source
from symcnn.tree import File

__all__ = ["FOLLOW", "Question", "Quiz", "load_quiz", "parse_quiz", "quiz_toml"]

FOLLOW = "follow"  # in the credits of a question: the share of the marks that follow-through earns


@dataclass(frozen=True)
class Question:
    """One question with one answer; a row of a table is one too, and `table` is the id of the table.

    It is about a network, which stands in `net` or `file`, is called `name` in them, or is one of the zoo of that
    name, or about a formula, `reference`. Of a network `quantity` is asked, of `layer` or of the whole; `settings` are
    its parameters, `at` the values of its symbols. `credit` is from 0 to 1, by a verdict, a convention or the id of a
    mistake; `after` are the questions from whose answers this one follows through. `answer` is a key to be checked.
    """

    id: str
    quantity: str | None = None
    layer: str | None = None
    net: str | None = None
    file: str | None = None
    name: str | None = None
    reference: str | None = None
    kind: str | None = None
    marks: Fraction = Fraction(1)
    locale: str | None = None
    text: str = ""
    answer: str | None = None
    after: tuple[str, ...] = ()
    accept: tuple[str, ...] = ()
    assume: tuple[str, ...] = ()
    credit: Mapping[str, Fraction] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    at: Mapping[str, str] = field(default_factory=dict)
    symbols: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    table: str | None = None
    spans: Mapping[str, Span] = field(default_factory=dict, compare=False, repr=False)

    def span(self, key: str) -> Span | None:
        """Return where a key's value, or else the question, stands in the TOML."""
        return self.spans.get(key) or self.spans.get("")


@dataclass(frozen=True)
class Quiz:
    """Questions in their order, tables row by row; `folder` is where their files lie, if it lies in one.

    `warnings` say which layers have no row in a table of all layers, since what is asked is not known of them.
    """

    questions: tuple[Question, ...]
    title: str = ""
    locale: str | None = None
    lang: str = "en"
    source: Source = field(default=Source("quiz", ""), compare=False, repr=False)
    folder: Path | None = field(default=None, compare=False, repr=False)
    warnings: tuple[str, ...] = field(default=(), compare=False, repr=False)
    files: dict[str, File] = field(default_factory=dict, compare=False, repr=False)  # what was read, by path or as text

    def __getitem__(self, id_: str) -> Question:
        """Return the question of that id."""
        for question in self.questions:
            if question.id == id_:
                return question
        raise KeyError(id_)

    @property
    def marks(self) -> Fraction:
        """All marks that can be earned."""
        return sum((question.marks for question in self.questions), Fraction(0))


def load_quiz(path: str | Path) -> Quiz:
    """Read a quiz from a TOML file, and its networks; raises `SymcnnError` with the place of a mistake."""
    source = read_source(path)
    return parse_quiz(source.text, str(path), Path(path).resolve().parent)


def parse_quiz(text: str, name: str = "quiz", folder: Path | None = None) -> Quiz:
    """Read a quiz from TOML; every question is posed, so that what cannot be asked is said now.

    `name` is what errors call the text. Raises `SymcnnError` with the place in the TOML and a hint.

    >>> quiz = parse_quiz('''
    ... [[question]]
    ... id = "q1"
    ... net = "net q { input 1×28×28;  conv1: Conv(32, 5) }"
    ... quantity = "params"
    ... marks = 2
    ... ''')
    >>> quiz["q1"].marks
    Fraction(2, 1)
    """
    from symcnn.answers.earlier import check_earlier
    from symcnn.answers.posing import posed, rows_of
    from symcnn.answers.quiz_reading import read_quiz

    quiz, tables = read_quiz(Source(name, text), folder)
    questions: list[Question] = []
    warnings: list[str] = []
    for question in quiz.questions:
        rows, left_out = rows_of(question, tables.get(question.id), quiz)
        questions += _following(rows, questions) if question.id in tables else rows
        warnings += left_out
    quiz = replace(quiz, questions=tuple(_with_rows(questions)), warnings=tuple(warnings))
    _check_ids(quiz)
    for question in quiz.questions:
        check_earlier(question, quiz)
        _check_named(question, posed(question, quiz).asked.given.symbols, quiz)
    return quiz


def _check_named(question: Question, symbols: Mapping[str, Any], quiz: Quiz) -> None:
    """Refuse a formula that has the id of another question, and does not say that it comes after it."""
    if question.reference is None:
        return
    for other in quiz.questions:
        name = other.id
        if name in symbols and name not in (*question.after, *question.symbols) and other is not question:
            hint = f'write after = "{name}" for its answer, or symbols = {{ {name} = "positive" }} for a symbol'
            raise SymcnnError(f"'{name}' is a symbol here, and also a question", question.span("reference"), hint)


def _following(rows: list[Question], before: list[Question]) -> list[Question]:
    """Let the rows of a table follow from those before them in it."""
    ids = [row.id for row in rows]
    return [replace(row, after=(*row.after, *ids[:place])) for place, row in enumerate(rows)]


def _with_rows(questions: list[Question]) -> list[Question]:
    """Return the questions; what follows from a table follows from all its rows."""
    rows: dict[str, tuple[str, ...]] = {}
    for question in questions:
        if question.table is not None:
            rows[question.table] = (*rows.get(question.table, ()), question.id)
    return [
        replace(question, after=tuple(dict.fromkeys(id_ for name in question.after for id_ in rows.get(name, (name,)))))
        for question in questions
    ]


def _check_ids(quiz: Quiz) -> None:
    from symcnn.errors import did_you_mean

    known: dict[str, Question] = {}
    for question in quiz.questions:
        if question.id in known:
            raise SymcnnError(f"there are two questions '{question.id}'", question.span("id"))
        for name in question.after:
            if name not in known:
                otherwise = f"before it are {', '.join(known)}" if known else "it is the first"
                hint = did_you_mean(name, known, otherwise)
                raise SymcnnError(f"no question '{name}' comes before this one", question.span("after"), hint)
        known[question.id] = question
