"""The templates of questions, `grammar/quiz/*.toml`: networks whose names get numbers, and what may be asked."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from symcnn.errors import SymcnnError, did_you_mean
from symcnn.syntax import read_source
from symcnn.syntax.folders import grammar_folder

_RANGE = re.compile(r"(\d{1,4})\.\.(\d{1,4})", re.ASCII)
_KEYS: dict[str, type] = {"id": str, "level": int, "net": str, "draw": dict, "where": list, "ask": list}
_CALLED = {str: "text", int: "whole number", dict: "table", list: "list"}
_NEEDED = ("id", "net", "draw", "ask")
_ASKED = {"quantity", "layer"}
_AS_IN = 'as in ask = [{ quantity = "params", layer = "conv1" }], draw = { K = [3, 5] }, where = ["K > 1"]'
LEVELS = (1, 2, 3)


@dataclass(frozen=True)
class Ask:
    """What is asked: a quantity of a layer, by its path, or (None) of the whole network."""

    quantity: str
    layer: str | None = None


@dataclass(frozen=True)
class Template:
    """A network with names for numbers, the numbers each may be, the conditions on them, and what may be asked."""

    id: str
    level: int
    net: str
    draw: Mapping[str, tuple[int, ...]]
    where: tuple[str, ...]
    ask: tuple[Ask, ...]


@cache
def templates() -> tuple[Template, ...]:
    """Return the templates that come with symcnn, in the order of their files."""
    files = sorted((grammar_folder() / "quiz").glob("*.toml"))
    return tuple(found for file in files for found in load_templates(file))


def load_templates(path: str | Path) -> tuple[Template, ...]:
    """Return the templates of a TOML file; raises `SymcnnError`."""
    return read_templates(read_source(path).text, str(path))


def read_templates(text: str, name: str = "templates") -> tuple[Template, ...]:
    """Return the templates of a TOML text; raises `SymcnnError` for what is not understood in them."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SymcnnError(f"{name} is no TOML: {error}") from None
    rows = data.get("template", [])
    if list(data) != ["template"] or not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise SymcnnError(f"{name} has no templates", hint="begin each with [[template]]")
    return tuple(_template(row, name) for row in rows)


def chosen_templates(
    known: tuple[Template, ...], quantities: tuple[str, ...], ids: tuple[str, ...], level: int | None
) -> tuple[Template, ...]:
    """Return the templates that ask for one of some quantities, with these ids, of this level; raises `SymcnnError`."""
    for id_ in ids:
        if id_ not in {one.id for one in known}:
            listed = [one.id for one in known]
            raise SymcnnError(f"unknown template '{id_}'", hint=did_you_mean(id_, listed, ", ".join(listed)))
    if level not in (None, *LEVELS):
        raise SymcnnError(f"there is no level {level}", hint="levels are 1 (one rule), 2 (several), 3 (a network)")
    found = [one for one in known if (not ids or one.id in ids) and level in (None, one.level)]
    found = [one for one in found if not quantities or any(ask.quantity in quantities for ask in one.ask)]
    if not found:
        asked = sorted({ask.quantity for one in known for ask in one.ask})
        raise SymcnnError("no template asks for this", hint=f"templates ask for {', '.join(asked)}")
    return tuple(found)


def _template(row: dict[str, Any], name: str) -> Template:
    id_ = str(row.get("id", "?"))
    what = f"the template {id_} of {name}"
    unknown = [key for key in row if key not in _KEYS]
    missing = [key for key in _NEEDED if key not in row]
    if unknown or missing:
        said = f"has the unknown key '{unknown[0]}'" if unknown else f"has no '{missing[0]}'"
        raise SymcnnError(f"{what} {said}", hint=f"keys are {', '.join(_KEYS)}")
    for key, value in row.items():
        if not isinstance(value, _KEYS[key]):
            raise SymcnnError(f"in {what} '{key}' is no {_CALLED[_KEYS[key]]}", hint=_AS_IN)
    draw = {symbol: _numbers(value, id_) for symbol, value in row["draw"].items()}
    asked = tuple(_ask(one, what) for one in row["ask"])
    where = tuple(map(str, row.get("where", ())))
    if not asked:
        raise SymcnnError(f"{what} asks for nothing", hint=_AS_IN)
    return Template(id_, row.get("level", 1), row["net"].strip(), draw, where, asked)


def _ask(one: Any, what: str) -> Ask:
    found = one if isinstance(one, dict) else {}
    if not all(isinstance(value, str) for value in found.values()) or not {"quantity"} <= set(found) <= _ASKED:
        raise SymcnnError(f"it is not clear what {what} asks for", hint=_AS_IN)
    return Ask(found["quantity"], found.get("layer"))


def _numbers(value: Any, id_: str) -> tuple[int, ...]:
    if isinstance(value, list) and value and all(type(number) is int for number in value):
        return tuple(value)
    if isinstance(value, str) and (found := _RANGE.fullmatch(value)):
        first, last = map(int, found.groups())
        if first <= last:
            return tuple(range(first, last + 1))
    raise SymcnnError(f"the template {id_} draws from '{value}'", hint='write [3, 5, 7] or "16..64"')
