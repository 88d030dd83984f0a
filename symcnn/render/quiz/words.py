"""What learning platforms show: questions as HTML, and what is said of wrong answers."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from symcnn.algebra.symbols import is_number
from symcnn.answers.making.problem import Paper, Problem
from symcnn.answers.making.values import answer_text
from symcnn.answers.making.wording import wording
from symcnn.answers.slips import SlipMade
from symcnn.errors import printable
from symcnn.render.quiz.spellings import spellings

_RIGHT = {"en": "Right.", "zh": "正确。"}
_NOT_RIGHT = {"en": "Not right.", "zh": "不正确。"}

_MOST_NAMED = 3  # layers in which a mistake was made


def right_words(language: str) -> str:
    """Return what is said of a right answer."""
    return _RIGHT[language]


def other_words(language: str) -> str:
    """Return what is said of a wrong answer that no known mistake leads to."""
    return _NOT_RIGHT[language]


def slip_words(one: Problem, slips: Sequence[SlipMade], language: str) -> str:
    """Return what is said of a wrong answer: what to do instead of its mistakes, and in which layers."""
    made: dict[str, dict[str, None]] = {}
    for slip in slips:
        made.setdefault(slip.text if language == "en" else slip.zh, {}).update(dict.fromkeys(slip.layers))
    several = one.analysis is not None and len(one.analysis.layers) > 1
    between, end = (" Or: ", ".") if language == "en" else ("或者：", "。")
    where = (
        f" ({', '.join([*layers][:_MOST_NAMED])}{', …' * (len(layers) > _MOST_NAMED)})" if several and layers else ""
        for layers in made.values()
    )
    said = (f"{text[:1].upper()}{text[1:]}{place}{end}" for text, place in zip(made, where, strict=True))
    return printable(between.join(said))


def question_html(one: Problem, language: str) -> str:
    """Return what a question says as HTML, with everything in it escaped."""
    said = wording(one.posed, language)
    parts = [f"<p>{_safe(said.intro)}</p>"] if said.intro else []
    if said.layers:
        items = "".join(f"<li><b>{_safe(name)}</b>: {_safe(words)}</li>" for name, words in said.layers)
        parts.append(f"<ul>{items}</ul>")
    if said.program:
        parts.append(f"<pre>{_safe(said.program)}</pre>")
    parts += [f"<p>{_safe(text)}</p>" for text in (said.values, said.ask) if text]
    return "".join(parts)


def _safe(text: str) -> str:
    return escape(printable(text))


def question_name(one: Problem, paper: Paper) -> str:
    """Return the name of a question in a bank of questions."""
    title = paper.quiz.title
    return printable(f"{title}: {one.question.id}" if title else one.question.id)


def answer_forms(value: Any) -> tuple[str, ...]:
    """Return how a learner may type an answer that is compared by letters: a shape with crosses or in brackets."""
    if _is_formula(value):
        return spellings(value)
    if not isinstance(value, tuple):
        return (answer_text(value),)
    parts = [answer_text(part) for part in value]
    joined = [between.join(parts) for between in ("×", "x", "*", " × ", " x ", ",", ", ")]
    brackets = [f"{a}{between.join(parts)}{b}" for a, b in ("()", "[]") for between in (",", ", ")]
    return tuple(dict.fromkeys((*joined, *brackets)))


def literal(form: str) -> str:
    """Return a short answer of Moodle that means its letters alone: a bare * would stand for anything."""
    return form.replace("*", "\\*")


def mark_text(one: Problem) -> str:
    """Return the marks of a question as a decimal number with a point."""
    return f"{float(one.question.marks):.7f}"


def is_numerical(one: Problem) -> bool:
    """Tell whether all answers of a question are whole numbers."""
    return isinstance(one.value, int) and all(isinstance(wrong.value, int) for wrong in one.wrong)


def has_formula(one: Problem) -> bool:
    """Tell whether an answer of a question is a formula."""
    return any(map(_is_formula, (one.value, *(wrong.value for wrong in one.wrong))))


def _is_formula(value: Any) -> bool:
    return not all(map(is_number, value if isinstance(value, tuple) else (value,)))
