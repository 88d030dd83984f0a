"""A quiz as TOML, as a teacher would write it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import groupby
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symcnn.answers.questions import Question, Quiz

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_WORDS = ("text", "net", "file", "name", "reference", "layer", "quantity", "kind", "locale", "answer")
_LISTS = ("accept", "assume")
_TABLES = {"set": "settings", "at": "at", "symbols": "symbols", "aliases": "aliases"}
_INTEGER = re.compile(r"-?(0|[1-9]\d{0,17})")


def quiz_toml(quiz: Quiz) -> str:
    """Return a quiz as TOML; `parse_quiz` reads the same quiz back."""
    parts = ["\n".join(_pairs({"title": quiz.title, "locale": quiz.locale, "lang": quiz.lang}))]
    for table, rows in groupby(quiz.questions, key=lambda question: question.table or question):
        listed = list(rows)
        parts.append("\n".join(("[[question]]", *_question(listed, isinstance(table, str), quiz.locale))))
    return "\n\n".join(parts) + "\n"


def _question(rows: list[Question], is_table: bool, locale: str | None) -> Iterator[str]:
    first = rows[0]
    values: dict[str, Any] = {"id": first.table if is_table else first.id}
    for key in _WORDS:
        values[key] = getattr(first, key)
    if first.locale == locale:
        values["locale"] = None
    if is_table:
        values["layer"] = None
        values["layers"] = [row.layer for row in rows]
    values["marks"] = first.marks
    values |= {key: list(getattr(first, key)) for key in _LISTS}
    values |= {key: {n: _natural(v) for n, v in getattr(first, name).items()} for key, name in _TABLES.items()}
    values["credit"] = first.credit
    values["after"] = list(first.after)
    return _pairs(values)


def _natural(value: str) -> int | str:
    return int(value) if _INTEGER.fullmatch(value) else value


def _pairs(values: Mapping[str, Any]) -> Iterator[str]:
    for key, value in values.items():
        if value is not None and value not in ("", [], {}):
            yield f"{key} = {_value(value)}"


def _value(value: Any) -> str:
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{_key(n)} = {_value(v)}' for n, v in value.items())} }}"
    if isinstance(value, Fraction):
        return decimal_text(value)
    return str(value)


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _string(name)


def _string(text: str) -> str:
    """Return a text in quotes; one of several lines as it is, if nothing in it must be escaped."""
    plain = "'''" not in text and not text.endswith("'") and all(c.isprintable() or c == "\n" for c in text)
    if "\n" in text and plain and "\r" not in text:
        return f"'''\n{text}'''"
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def decimal_text(value: Fraction) -> str:
    """Return a fraction as a decimal number: exactly if it is one of at most six places, else rounded to them."""
    if value.denominator == 1:
        return str(value.numerator)
    millions = round(abs(value) * 10**6)
    digits = f"{millions // 10**6}.{millions % 10**6:06d}".rstrip("0")
    return ("-" if value < 0 else "") + digits
