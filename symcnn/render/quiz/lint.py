"""What is to be said of the questions of a quiz, as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from symcnn.answers.making.lint import Lint
from symcnn.answers.making.values import answer_text
from symcnn.answers.messages import LANGUAGES
from symcnn.answers.questions import Question
from symcnn.answers.slips import SlipMade
from symcnn.errors import printable

_CLEAN = ("{0}: its numbers tell apart what numbers near by do", "{0}：所给数值能区分附近数值所能区分的错误")
_NOTHING = ("{0}: no other numbers, or no known mistakes, to compare with", "{0}：没有可比较的其他数值或常见错误")
_HIDDEN = ("{0}: {1} is right, and is also what comes out of:", "{0}：正确答案 {1} 也会由以下错误得到：")
_ALIKE = ("{0}: one wrong answer comes out of all these:", "{0}：以下错误得到同一个错误答案：")
_KEY = ("{0}: the key {1} is not right, {2} is. {3}", "{0}：所给答案 {1} 不正确，应为 {2}。{3}")
_PROPOSAL = ("  these numbers tell more apart: {0}", "  以下数值能区分更多错误：{0}")
_TOGETHER = (
    "  these numbers tell more apart, and serve all of {1}: {0}",
    "  以下数值能区分更多错误，并适用于 {1}：{0}",
)
_SEEN = ("  the numbers proposed for {0} tell more apart here too", "  为 {0} 建议的数值在此也能区分更多错误")
_NONE = ("  no numbers near by tell more apart", "  附近没有更好的数值")


def lint_text(found: Sequence[Lint], language: str) -> str:
    """Return what is to be said, a few lines for each question."""
    place = LANGUAGES.index(language)
    proposed: dict[str, str] = {}
    return "".join(f"{printable(line)}\n" for one in found for line in _lines(one, place, proposed))


def _lines(one: Lint, place: int, proposed: dict[str, str]) -> Iterator[str]:
    """Yield what is to be said of a question; `proposed` are the proposals that were shown, with the first question."""
    question, id_ = one.question, one.question.id
    if one.is_clean:
        yield (_CLEAN if one.compared else _NOTHING)[place].format(id_)
    if one.key is not None:
        said = one.key.message.get(LANGUAGES[place], "")
        yield _KEY[place].format(id_, question.answer, answer_text(one.value), said)
    if one.hidden:
        yield _HIDDEN[place].format(id_, answer_text(one.value))
        yield from (f"  {_slip(slip, place)}" for slip in one.hidden)
    for slips in one.alike:
        yield _ALIKE[place].format(id_)
        yield from (f"  {_slip(slip, place)}" for slip in slips)
    if one.proposal is not None:
        yield from _proposed(one, place, proposed)
    elif (one.hidden or one.alike) and (question.net is not None or question.at or question.settings):
        yield _NONE[place]


def _proposed(one: Lint, place: int, proposed: dict[str, str]) -> Iterator[str]:
    """Yield other numbers, once for all questions that they serve; a program of several lines stands on its own."""
    assert one.proposal is not None
    numbers = _numbers(one.proposal, one.question)
    first = proposed.setdefault(numbers, one.question.id)
    if first != one.question.id:
        yield _SEEN[place].format(first)
        return
    form = _TOGETHER if len(one.together) > 1 else _PROPOSAL
    lines = numbers.split("\n")
    yield form[place].format(lines[0] if len(lines) == 1 else "", ", ".join(one.together)).rstrip()
    if len(lines) > 1:
        yield from (f"    {line}".rstrip() for line in lines)


def _slip(slip: SlipMade, place: int) -> str:
    where = f" ({', '.join(slip.layers)})" if slip.layers else ""
    return f"{slip.id}{where}: {(slip.text, slip.zh)[place]}"


def _numbers(proposal: Question, question: Question) -> str:
    """Return what is other in a proposal: its text, or its values."""
    parts = [proposal.net.strip()] if proposal.net is not None and proposal.net != question.net else []
    for table, other in ((proposal.at, question.at), (proposal.settings, question.settings)):
        parts += [f"{name} = {value}" for name, value in table.items() if other.get(name) != value]
    return ", ".join(parts)


def lint_json(found: Sequence[Lint]) -> str:
    """Return what is to be said as JSON."""
    return json.dumps([_data(one) for one in found], ensure_ascii=False, indent=2) + "\n"


def _data(one: Lint) -> dict[str, Any]:
    proposal = one.proposal
    return {
        "id": one.question.id,
        "answer": answer_text(one.value),
        "compared": one.compared,
        "hidden": [_made(slip) for slip in one.hidden],
        "alike": [[_made(slip) for slip in slips] for slips in one.alike],
        "together": list(one.together),
        "proposal": None
        if proposal is None
        else {"net": proposal.net, "at": dict(proposal.at), "set": dict(proposal.settings)},
        "key": None if one.key is None else one.key.data(),
    }


def _made(slip: SlipMade) -> dict[str, Any]:
    return {"id": slip.id, "layers": list(slip.layers)}
