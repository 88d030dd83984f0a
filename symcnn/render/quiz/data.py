"""A quiz with its key as rows of a table (CSV) and as data (JSON)."""

from __future__ import annotations

import csv
import json
from io import StringIO
from typing import Any

from symcnn.answers.making.problem import Paper, Problem
from symcnn.answers.making.values import answer_text
from symcnn.answers.making.wording import wording
from symcnn.answers.slips import SlipMade
from symcnn.errors import printable
from symcnn.render.sheet import safe_cell


def csv_text(paper: Paper, choice: bool = False) -> str:
    """Return a quiz as CSV: a row for each question, its wrong answers and their mistakes behind the right one."""
    most = max((len(one.wrong) for one in paper.problems), default=0)
    head = ["id", "text", "quantity", "layer", "marks", "answer"]
    head += [f"{word}{number}" for number in range(1, most + 1) for word in ("wrong", "mistake")]
    file = StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(head)
    for one in paper.problems:
        question = one.question
        row: list[Any] = [question.id, wording(one.posed, paper.quiz.lang).text(), question.quantity, question.layer]
        row += [question.marks, answer_text(one.value)]
        for wrong in one.wrong:
            row += [answer_text(wrong.value), " / ".join(dict.fromkeys(slip.id for slip in wrong.slips))]
        row += [""] * (len(head) - len(row))
        writer.writerow([_cell(value) for value in row])
    return file.getvalue()


def _cell(value: Any) -> str:
    return "" if value is None else safe_cell(printable(str(value)))


def json_text(paper: Paper, choice: bool = False) -> str:
    """Return a quiz as JSON: questions with their keys, wrong answers and mistakes; values are strings."""
    data = {
        "title": paper.quiz.title,
        "lang": paper.quiz.lang,
        "questions": [_question(one, paper, choice) for one in paper.problems],
    }
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _question(one: Problem, paper: Paper, choice: bool) -> dict[str, Any]:
    question = one.question
    found = {
        "id": question.id,
        "text": wording(one.posed, paper.quiz.lang).text(),
        "quantity": question.quantity,
        "layer": question.layer,
        "marks": str(question.marks),
        "answer": _value(one.value),
        "wrong": [{"answer": _value(wrong.value), "slips": list(map(_slip, wrong.slips))} for wrong in one.wrong],
    }
    return found | ({"options": list(map(_value, one.options()))} if choice and one.wrong else {})


def _value(value: Any) -> Any:
    return list(map(_value, value)) if isinstance(value, tuple) else str(value)


def _slip(slip: SlipMade) -> dict[str, Any]:
    return {"id": slip.id, "layers": list(slip.layers), "text": {"en": slip.text, "zh": slip.zh}}
