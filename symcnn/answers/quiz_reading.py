"""A quiz out of TOML: every key, with what may stand behind it; a mistake is told with its place."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from symcnn.answers.numerals import decimal_mark
from symcnn.answers.questions import FOLLOW, Question, Quiz
from symcnn.answers.toml_places import Places, places
from symcnn.errors import SymcnnError, bounded_nesting, did_you_mean
from symcnn.source import Source, Span

Layers = tuple[str, ...] | None  # of a table; None: all that have something of what is asked

_MOST_QUESTIONS = 1_000
_MOST_MARKS = 10_000
_PLACES = 6  # of a number of marks
_ID = re.compile(r"[\w.\-]{1,60}")
_NETWORK = ("net", "file", "name", "reference")
_COMMON = (*_NETWORK, "marks", "accept", "assume", "credit", "set", "at", "symbols", "aliases", "kind", "locale")
_HEAD = ("title", "lang", "question")
_OWN = ("id", "layer", "layers", "table", "quantity", "after", "text", "answer")
_LANGUAGES = ("en", "zh")
_KINDS = ("number", "formula", "shape", "order", "bytes")
_IN_PLACE = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")


def read_quiz(source: Source, folder: Path | None) -> tuple[Quiz, dict[str, Layers]]:
    """Return a quiz as it is written, and the layers of those questions that are tables."""
    data = _toml(source)
    where = places(source)
    head = _Reader(source, where, (), data)
    head.check_keys((*_HEAD, *_COMMON, "quantity"))
    written = data.get("question", [])
    if not isinstance(written, list) or not all(isinstance(one, dict) for one in written):
        raise head.error("question", "questions are written one by one", "begin each with [[question]]")
    if not written:
        raise SymcnnError(f"{source.name} has no question", hint='begin with [[question]] and id = "q1"')
    if len(written) > _MOST_QUESTIONS:
        raise head.error("question", f"there are more than {_MOST_QUESTIONS:,} questions")
    tables: dict[str, Layers] = {}
    questions = tuple(_question(source, where, place, one, data, tables) for place, one in enumerate(written))
    lang = head.one_of("lang", _LANGUAGES) or "en"
    return Quiz(questions, head.string("title") or "", _locale(head), lang, source, folder), tables


def _toml(source: Source) -> dict[str, Any]:
    try:
        with bounded_nesting(source.name):
            return tomllib.loads(source.text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        found = _IN_PLACE.search(message)
        said = message[: found.start()] if found else message
        raise SymcnnError(f"{source.name} is no TOML: {said[:1].lower()}{said[1:]}", _spot(source, found)) from None


def _spot(source: Source, found: re.Match[str] | None) -> Span:
    if found is None or found[1] is None:
        end = len(source.text.rstrip())
        return source.span(max(0, end - 1), end)
    lines = source.text.split("\n")
    start = sum(len(line) + 1 for line in lines[: int(found[1]) - 1]) + int(found[2]) - 1
    return source.span(start, start + 1)


def _question(
    source: Source, where: Places, place: int, own: dict[str, Any], head: dict[str, Any], tables: dict[str, Layers]
) -> Question:
    """Return one question; what it does not say itself is taken from the head of the quiz."""
    inherited = {k: head[k] for k in (*_COMMON, "quantity") if k in head and k not in own and k != "locale"}
    if "net" in own or "file" in own or "reference" in own:
        inherited = {key: value for key, value in inherited.items() if key not in _NETWORK}
        if "reference" in own:  # what is said of networks is not said of it
            inherited = {key: value for key, value in inherited.items() if key not in ("at", "set", "quantity")}
    elif "name" in own:
        inherited.pop("reference", None)
    reader = _Reader(source, where, ("question", place), own, inherited)
    reader.check_keys((*_OWN, *_COMMON))
    _check_network(reader)
    made = Question(
        id=_id(reader),
        quantity=reader.string("quantity"),
        layer=reader.string("layer"),
        net=reader.string("net"),
        file=reader.string("file"),
        name=reader.string("name"),
        reference=reader.string("reference"),
        answer=reader.string("answer"),
        text=reader.string("text") or "",
        kind=reader.one_of("kind", _KINDS),
        marks=_marks(reader),
        locale=_locale(reader),
        credit=_credit(reader),
        after=reader.strings("after"),
        accept=reader.strings("accept"),
        assume=reader.strings("assume"),
        at=reader.pairs("at"),
        symbols=reader.pairs("symbols"),
        aliases=reader.pairs("aliases"),
        settings=reader.pairs("set"),
        spans=reader.spans(),
    )
    _check_accept(reader, made.accept)
    if "layers" in own or own.get("table", False) is not False:
        tables[made.id] = _table(reader)
    return made


def _id(reader: _Reader) -> str:
    found = reader.string("id")
    if found is None:
        raise SymcnnError("a question has no id", reader.place(), 'as in id = "q1"')
    if not _ID.fullmatch(found) or found.casefold() in ("learner", "question", "answer"):
        hint = "letters, digits, '.', '-' and '_' make an id; it heads a column of the answers"
        raise reader.error("id", f"'{found}' is no id", hint)
    return found


def _check_network(reader: _Reader) -> None:
    given = [key for key in _NETWORK if reader.has(key)]
    if not given:
        hint = 'as in net = "net q { input 1×28×28; Conv(32, 5) }", file = "lenet.cnn", or reference = "18*H**2"'
        raise SymcnnError("the question is about nothing", reader.place(), hint)
    for first, second in (("net", "file"), ("net", "reference"), ("file", "reference"), ("name", "reference")):
        if first in given and second in given:
            raise reader.error(second, f"'{first}' and '{second}' cannot both be given", "leave one of them out")
    asked = [key for key in ("layer", "layers", "table", "set", "at") if reader.has(key)]
    if "reference" in given and asked:
        raise reader.error(asked[0], f"'{asked[0]}' is of a network, and this question has a reference")
    if "reference" not in given and not reader.has("quantity"):
        hint = 'as in quantity = "params": output, size, weights, params, macs, flops, receptive_field, …'
        raise SymcnnError("the question asks for no quantity", reader.place(), hint)


def _table(reader: _Reader) -> Layers:
    if reader.has("layer"):
        raise reader.error("layer", "a table has 'layers', and not one 'layer'")
    if not reader.has("layers"):
        if reader.get("table") is not True:
            raise reader.error("table", "'table' is true or false", "or name the rows: layers = [ … ]")
        return None
    layers = reader.strings("layers")
    if not layers:
        raise reader.error("layers", "a table has at least one row")
    if len(set(layers)) < len(layers):
        raise reader.error("layers", "a layer is there twice")
    return layers


def _marks(reader: _Reader) -> Fraction:
    return reader.number("marks", reader.get("marks", 1), _MOST_MARKS, "marks are a number from 0 to 10,000")


def _locale(reader: _Reader) -> str | None:
    found = reader.string("locale")
    return reader.telling("locale", lambda: decimal_mark(found) and found) if found is not None else None


def _credit(reader: _Reader) -> dict[str, Fraction]:
    from symcnn.answers.creditable import creditable

    written = reader.get("credit", {})
    if not isinstance(written, dict):
        raise reader.error("credit", "credits are by verdict or mistake", "as in credit = { M11 = 0.5 }")
    found = {}
    for name, value in written.items():
        known = (*creditable(), FOLLOW)
        if name not in known:
            hint = did_you_mean(name, known, "a verdict, a convention, the id of a mistake, or 'follow'")
            raise SymcnnError(f"nothing is called '{name}' that could earn a credit", reader.key("credit", name), hint)
        found[name] = reader.number(("credit", name), value, 1, "a credit is from 0 to 1")
    return found


def _check_accept(reader: _Reader, names: tuple[str, ...]) -> None:
    from symcnn.answers.judge import policy_of

    if names:
        reader.telling("accept", lambda: policy_of(names))


@dataclass(frozen=True)
class _Reader:
    """One table of the TOML: its own values, and those that it takes from the head."""

    source: Source
    where: Places
    path: tuple[str | int, ...]
    own: Mapping[str, Any]
    inherited: Mapping[str, Any] | None = None

    def has(self, key: str) -> bool:
        return self.get(key) is not None

    def get(self, key: str, otherwise: Any = None) -> Any:
        return self.own.get(key, (self.inherited or {}).get(key, otherwise))

    def key(self, *names: str) -> Span | None:
        start = self.path if names[0] in self.own else ()
        return self.where.key(*start, *names)

    def value(self, *names: str) -> Span | None:
        start = self.path if names[0] in self.own else ()
        return self.where.value(*start, *names)

    def place(self) -> Span | None:
        return self.where.key(*self.path) if self.path else None

    def error(self, key: str, message: str, hint: str | None = None) -> SymcnnError:
        return SymcnnError(message, self.value(key), hint)

    def spans(self) -> dict[str, Span]:
        """Return where the values of all keys stand, and under the empty name where the question begins."""
        names = [f.name for f in fields(Question)] + ["set", "layers"]
        starts = {name: self.path if name in self.own else () for name in names if self.has(name)}
        found = {name: self.where.value(*start, name) for name, start in starts.items()} | {"": self.place()}
        return {name: span for name, span in found.items() if span is not None}

    def check_keys(self, known: tuple[str, ...]) -> None:
        for name in self.own:
            if name not in known:
                what = "a question" if self.path else "a quiz"
                hint = did_you_mean(name, known, f"{what} has {', '.join(known)}")
                raise SymcnnError(f"unknown key '{name}' of {what}", self.key(name), hint)

    def telling(self, key: str, act: Callable[[], Any]) -> Any:
        """Do something whose error has its place at a key."""
        try:
            return act()
        except SymcnnError as error:
            raise self.error(key, error.message, error.hint) from None

    def string(self, key: str) -> str | None:
        found = self.get(key)
        if found is not None and not isinstance(found, str):
            raise self.error(key, f"'{key}' is a text", f'write it as {key} = "…"')
        return found

    def one_of(self, key: str, known: tuple[str, ...]) -> str | None:
        found = self.string(key)
        if found is not None and found not in known:
            raise self.error(key, f"unknown {key} '{found}'", did_you_mean(found, known, f"it is {' or '.join(known)}"))
        return found

    def strings(self, key: str) -> tuple[str, ...]:
        found = self.get(key, [])
        listed = [found] if isinstance(found, str) else found
        if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
            raise self.error(key, f"'{key}' is a text or a list of texts", f'as in {key} = ["…"]')
        return tuple(listed)

    def pairs(self, key: str) -> dict[str, str]:
        """Return names with what they stand for; of `at` and `set` integers too, and symbols also as one text."""
        found = self.get(key, {})
        if key == "symbols" and isinstance(found, (str, list)):
            names = found.replace(",", " ").split() if isinstance(found, str) else self.strings(key)
            return dict.fromkeys(names, "")
        if not isinstance(found, dict):
            raise self.error(key, f"'{key}' gives names a meaning", f"as in {key} = {{ H = 224 }}")
        for name, value in found.items():
            if not isinstance(value, (str, int, Decimal)) or (isinstance(value, bool) and key == "at"):
                raise SymcnnError(f"'{name}' is a number or a text", self.value(key, name))
        return {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in found.items()}

    def number(self, key: str | tuple[str, ...], value: Any, most: int, rule: str) -> Fraction:
        """Return a number from 0 to `most` exactly as it is written."""
        names = (key,) if isinstance(key, str) else key
        if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
            written = Decimal(value)
            digits = written.as_tuple().exponent
            if isinstance(digits, int) and digits >= -_PLACES and 0 <= written <= most:
                return Fraction(written)
        raise SymcnnError(rule, self.value(*names), f"with at most {_PLACES} decimals")
