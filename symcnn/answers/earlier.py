"""Earlier questions in a formula: how the answers to them are called in it, and which names it cannot have."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from symcnn.errors import SymcnnError, did_you_mean

if TYPE_CHECKING:
    from symcnn.answers.questions import Question, Quiz


def names_of_earlier(question: Question) -> dict[str, str]:
    """Return the ids after which a question comes by what they are called in a formula: q3.p1 is no name there."""
    return {
        id_ if id_.isidentifier() else f"{re.sub(r'[^a-zA-Z0-9]', '', id_)}_{place}": id_
        for place, id_ in enumerate(question.after)
    }


def with_names(question: Question) -> str:
    """Return the formula of a question, with names for the rows of tables that it speaks of.

    >>> from symcnn.answers.questions import Question
    >>> with_names(Question("a", reference="12*q3.p1", after=("q3.p1",)))
    '12*q3p1_0'
    """
    text = str(question.reference)
    for name, id_ in names_of_earlier(question).items():
        if "." in id_ and not id_.isidentifier():
            text = _token(id_).sub(name, text)
    return text


def _token(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.]){re.escape(name)}(?![\w]|\.\w)")


def check_earlier(question: Question, quiz: Quiz) -> None:
    """Refuse a formula that speaks of a whole table, of rows that are not there, or by an id that is no name."""
    if question.reference is None:
        return
    text = question.reference
    place = question.span("reference")
    for other in quiz.questions:
        if other is question or not _token(other.id).search(text):
            continue
        if other.table is not None:
            if other.id not in question.after:
                hint = f'write after = "{other.id}"'
                raise SymcnnError(f"'{other.id}' is a row of a table, and not said to come before", place, hint)
            text = _token(other.id).sub("1", text)
        elif other.id in question.after and not other.id.isidentifier():
            hint = 'call that question as a symbol is called, as in id = "q1"'
            raise SymcnnError(f"'{other.id}' is no name that a formula could have", place, hint)
    rows: dict[str, list[str]] = {}
    for other in quiz.questions:
        if other.table is not None and other.table not in question.symbols:
            rows.setdefault(other.table, []).append(other.id)
    for table, ids in rows.items():
        _check_table(table, ids, text, question)


def _check_table(table: str, rows: Iterable[str], text: str, question: Question) -> None:
    found = re.search(rf"(?<![\w.]){re.escape(table)}(?!\w)(\.[\w.\[\]]*\w)?", text)
    if found is None or (table not in question.after and not table.isidentifier() and not found[1]):
        return
    listed = list(rows)
    place = question.span("reference")
    if found[1]:
        hint = did_you_mean(found[0], listed, f"its rows are {', '.join(listed)}")
        raise SymcnnError(f"the table '{table}' has no row '{found[0]}'", place, hint)
    hint = f'name one of its rows: {", ".join(listed)}; or symbols = {{ {table} = "positive" }} for a symbol'
    raise SymcnnError(f"'{table}' is a table, which stands for several values", place, hint)
