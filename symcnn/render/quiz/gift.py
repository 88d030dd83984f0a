"""GIFT, the text format of Moodle's question bank (docs.moodle.org, GIFT format): one question in each paragraph."""

from __future__ import annotations

from collections.abc import Iterator

from symcnn.answers.making.problem import Paper, Problem
from symcnn.answers.making.values import answer_text
from symcnn.answers.quiz_text import decimal_text
from symcnn.errors import printable
from symcnn.render.quiz.graded import Graded, graded, share_text
from symcnn.render.quiz.words import (
    answer_forms,
    is_numerical,
    literal,
    other_words,
    question_html,
    question_name,
    right_words,
    slip_words,
)

_SPECIAL = str.maketrans({c: f"\\{c}" for c in "\\~=#{}:"} | {"\n": "\\n", "\r": ""})


def gift_text(paper: Paper, choice: bool = False) -> str:
    """Return a quiz in GIFT: numerical questions, shapes and formulas as short answers, or all as multiple choice."""
    language = paper.quiz.lang
    title = _escaped(" ".join(paper.quiz.title.split()))
    parts = [f"// {title}"] if title else []
    for one in paper.problems:
        name, text = _escaped(question_name(one, paper)), _escaped(question_html(one, language))
        answers = "\n".join(f"\t{line}" for line in _answers(one, language, choice))
        sign = "#" if is_numerical(one) and not _is_choice(one, choice) else ""
        parts.append(f"::{name}::[html]{text}{{{sign}\n{answers}\n}}")
    return "\n\n".join(parts) + "\n"


def _is_choice(one: Problem, choice: bool) -> bool:
    return choice and bool(one.wrong)


def _answers(one: Problem, language: str, choice: bool) -> Iterator[str]:
    right = _escaped(right_words(language))
    if _is_choice(one, choice):
        for value in one.options():
            said = right if value == one.value else _escaped(slip_words(one, one.slips_of(value), language))
            yield f"{'=' if value == one.value else '~'}{_escaped(answer_text(value))}#{said}"
        return
    for answer in graded(one, language):
        for form in answer_forms(answer.value):
            yield f"=%{share_text(answer.share)}%{_answer(form, answer, one)}#{_escaped(answer.said)}"
    yield f"~#{_escaped(other_words(language))}" if is_numerical(one) else f"=%0%*#{_escaped(other_words(language))}"


def _answer(form: str, answer: Graded, one: Problem) -> str:
    return f"{form}:{decimal_text(answer.tolerance)}" if is_numerical(one) else _escaped(literal(form))


def _escaped(text: str) -> str:
    return printable(text).replace("->", "→").translate(_SPECIAL)  # an arrow would make it a matching question
