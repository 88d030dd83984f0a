"""What `quiz --ask` does: an interview in the terminal, or with answers from a pipe, one on each line."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

import click

from symcnn.answers.making.interview import FORMULA, WORKING, Interview, Round
from symcnn.answers.making.problem import Paper
from symcnn.answers.making.values import answer_text
from symcnn.answers.making.wording import Wording, wording
from symcnn.document.exam import formulas, working
from symcnn.document.exam_words import exam_word
from symcnn.errors import printable
from symcnn.formula.style import Style
from symcnn.render import render_document
from symcnn.report import Block, Document, Section

_LONGEST = 10_000  # characters of a line; answers are shorter by far


def interviewed(paper: Paper) -> int:
    """Ask all questions and show the score; return the exit code: 0 if all were answered right, else 1."""
    interview, language = Interview(paper), paper.quiz.lang
    told: dict[Any, int] = {}
    try:
        _say(exam_word("ask_how", language))
        while (one := interview.next()) is not None:
            number = len(interview.rounds)
            said = _asked(wording(one.problem.posed, language), told, number, language)
            _say(f"\n{exam_word('question', language, number)} / {len(paper.problems)}\n{said}")
            while not one.is_over:
                _round(one, _read(), language)
    except (EOFError, KeyboardInterrupt):
        _say("")
    total = len(paper.problems)
    _say(f"\n{exam_word('score', language, interview.right, total, interview.at_once)}")
    return 0 if interview.right == total else 1


def _asked(said: Wording, told: dict[Any, int], number: int, language: str) -> str:
    """Return what a question says; a network that was told stays where it was, and only its question is named."""
    if not said.network:
        return said.text()
    first = told.setdefault(said.network, number)
    return said.text() if first == number else f"{exam_word('same', language, first)}\n{said.ask}"


def _round(one: Round, text: str, language: str) -> None:
    """Judge one line; an empty one asks for a hint."""
    before = one.step
    if text.strip():
        verdict = one.answer(text)
        _say(f"{'✓' if verdict.right else '✗'} {printable(verdict.message.get(language, ''))}")
        if verdict.right or one.step == before:
            return
    else:
        one.hint()
        if one.step < FORMULA:  # nothing was answered, so that no mistake can be told
            one.hint()
    if one.step == FORMULA:
        _show(formulas(one.problem, language), language)
    elif one.step >= WORKING:
        _show(working(one.problem, language), language)
        _say(f"{exam_word('answer', language)}: {answer_text(one.problem.value)}")


def _show(blocks: Iterable[Block], language: str) -> None:
    found = tuple(blocks)
    if found:
        _say(render_document(Document((Section("", found),)), "text", Style(language=language)).strip("\n"))


def _read() -> str:
    """Return the next line; raises `EOFError` after the last."""
    if sys.stdin is None:
        raise EOFError
    if sys.stdin.isatty():
        return input("> ")
    click.echo("> ", nl=False)
    line = sys.stdin.buffer.readline(_LONGEST)
    if not line:
        raise EOFError
    text = line.decode("utf-8", "replace").rstrip("\r\n")
    click.echo(printable(text))
    return text


def _say(text: str) -> None:
    click.echo(printable(text))
    sys.stdout.flush()
