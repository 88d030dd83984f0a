"""What `quiz` does, between its arguments and its output."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

import click

from symcnn.answers.making.lint import lint
from symcnn.answers.making.moving import moved
from symcnn.answers.making.problem import Paper, paper
from symcnn.answers.making.quiz import DEFAULT_COUNT, is_toml, quiz
from symcnn.answers.making.wording import says_nothing
from symcnn.answers.questions import FOLLOW, Quiz, load_quiz
from symcnn.answers.verdict import APPROX, ASSUME, ASYMP
from symcnn.cli import work
from symcnn.cli.endings import LINTS, by_ending
from symcnn.document.words import check_language
from symcnn.errors import SymcnnError, did_you_mean
from symcnn.render import TERMINAL
from symcnn.render.quiz import PAGES, check_quiz_format, render_quiz
from symcnn.render.quiz.graded import tolerance_of
from symcnn.render.quiz.lint import lint_json, lint_text
from symcnn.render.quiz.words import has_formula
from symcnn.syntax import read_source

_LINT_FORMATS = ("text", "json")
_NOT_OF_MISTAKES = {ASSUME, APPROX, ASYMP, FOLLOW}  # credits of answers that no export knows beforehand
_OWN_MARKS = ("gift", "moodle", "stack")  # programs that mark by their own rules


@dataclass(frozen=True)
class Drawing:
    """What is to be drawn, as the command line says it."""

    file: str | None
    count: int | None
    seed: str | None
    quantities: tuple[str, ...]
    templates: tuple[str, ...]
    level: int | None
    formulas: bool
    title: str
    language: str | None
    given: bool = False  # whatever the file is called, it is a quiz in TOML

    @property
    def is_given(self) -> bool:
        """Whether the questions are those of a quiz in TOML: not drawn, neither from networks nor from templates."""
        return self.given or (self.file is not None and is_toml(self.file) and not _has_templates(self.file))


def _has_templates(path: str) -> bool:
    return re.search(r"^\s*\[\[\s*template\s*\]\]", read_source(path).text, re.MULTILINE) is not None


def printed(drawing: Drawing, format_: str, key: bool, choice: bool, output: str | None = None) -> str:
    """Return the exam, its key, or an export of both; a quiz in TOML finds its networks from where it is written."""
    check_quiz_format(format_)
    if key and format_ not in (*PAGES, TERMINAL):
        raise SymcnnError(f"--format {format_} has the keys with the questions", hint="leave out --key")
    found = paper_of(drawing)
    if format_ == "toml" and output is not None:
        found = moved(found, Path(output).resolve().parent)
    silent = [one.question.id for one in found.problems if says_nothing(one.posed)]
    if silent and format_ != "toml":
        click.echo(f'warning: nothing says what {", ".join(silent)} asks for: write text = "…"', err=True)
    if format_ in _OWN_MARKS:
        for note in _notes(found, format_, choice):
            click.echo(f"note: {note}", err=True)
    return render_quiz(found, format_, key=key, choice=choice)


def _notes(found: Paper, format_: str, choice: bool) -> Iterator[str]:
    """Say what an export cannot carry of the rules of marking, and what it makes of them."""
    rounded = [one.question.id for one in found.problems if tolerance_of(one)]
    lost = {
        "accept": [q.id for q in found.quiz.questions if set(q.accept) - ({APPROX} if q.id in rounded else set())],
        "credit": [q.id for q in found.quiz.questions if set(q.credit) & _NOT_OF_MISTAKES],
        "after": [q.id for q in found.quiz.questions if q.after],
    }
    for rule, ids in lost.items():
        if ids:
            yield f"{format_} does not carry '{rule}' of {', '.join(ids)}; symcnn grade does"
    if rounded and not choice:
        yield f"{format_} takes answers to {', '.join(rounded)} that are right to three digits"
    formulas = [one.question.id for one in found.problems if has_formula(one) and not (choice and one.wrong)]
    if formulas and format_ != "stack":
        yield f"{format_} compares the formulas of {', '.join(formulas)} letter by letter; stack compares values"


def linted(drawing: Drawing, format_: str | None, output: str | None) -> tuple[str, int]:
    """Return what is to be said of the questions, and the exit code: 1 if there is something."""
    format_ = format_ or by_ending(output, LINTS, "text")
    if format_ not in _LINT_FORMATS:
        hint = did_you_mean(format_, _LINT_FORMATS, "text, json")
        raise SymcnnError(f"unknown format '{format_}' of --lint", hint=hint)
    quiz_ = _given(drawing) if drawing.is_given else paper_of(drawing).quiz
    found = lint(quiz_)
    text = lint_json(found) if format_ == "json" else lint_text(found, quiz_.lang)
    return text, 0 if all(one.is_clean for one in found) else 1


def say_lint(quiz_: str, format_: str | None, language: str | None, output: str | None) -> NoReturn:
    """Write what is to be said of a quiz in TOML, and end the command with the exit code."""
    text, code = linted(Drawing(quiz_, None, None, (), (), None, False, "", language, given=True), format_, output)
    work.write(text, output)
    click.get_current_context().exit(code)


def paper_of(drawing: Drawing, fresh: bool = False) -> Paper:
    """Return the questions; without a seed they are the same each time, or new ones if `fresh`."""
    if drawing.is_given:
        return paper(_given(drawing))
    seed = drawing.seed
    if seed is None:
        seed = str(secrets.randbelow(10**6)) if fresh else "0"
        if fresh:
            click.echo(f"--seed {seed}", err=True)
    found = quiz(
        drawing.file,
        count=drawing.count,
        seed=seed,
        quantities=drawing.quantities,
        templates=drawing.templates,
        level=drawing.level,
        formulas=drawing.formulas,
        language=check_language(drawing.language or "en"),
        title=drawing.title,
    )
    many = len(found.problems)
    if drawing.count is None and many < DEFAULT_COUNT:
        click.echo(f"note: only {many} {'question is' if many == 1 else 'questions are'} worth asking", err=True)
    return found


def _given(drawing: Drawing) -> Quiz:
    """Return the quiz of a TOML file, whose questions are not drawn."""
    drawn = {
        "--count": drawing.count,
        "--seed": drawing.seed,
        "--level": drawing.level,
        "--formulas": drawing.formulas or None,
    }
    several = {"--quantity": drawing.quantities, "--template": drawing.templates}
    for option, value in (drawn | several).items():
        if value not in (None, ()):
            raise SymcnnError(f"{option} is of questions that are drawn", hint="a quiz in TOML has its own")
    quiz_ = load_quiz(str(drawing.file))
    work.warn(quiz_.warnings)
    language = check_language(drawing.language or quiz_.lang)
    return replace(quiz_, lang=language, title=drawing.title or quiz_.title)
