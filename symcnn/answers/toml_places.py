"""Where the keys and values of a TOML text stand; what they are is tomllib's business, which gives no places."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from symcnn.source import Source, Span

Path: TypeAlias = "tuple[str | int, ...]"  # keys, and the place in an array of tables: ("question", 0, "layer")

_SKIPPED = re.compile(r"(?:[ \t\r\n,]|#[^\n]*)*")
_HEADER = re.compile(r"\[\[?([^\]\n]+)\]\]?")
_PART = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')"""
_KEY = re.compile(rf"{_PART}(?:[ \t]*\.[ \t]*{_PART})*")
_EQUALS = re.compile(r"[ \t]*=[ \t]*")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}(?!")'
    r"|'''.*?'{3,5}(?!')"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_PLAIN = re.compile(r"[^\s,\]}#]+(?: \d[^\s,\]}#]*)?")


@dataclass(frozen=True)
class Places:
    """The spans of keys and of values by their paths."""

    keys: Mapping[Path, Span]
    values: Mapping[Path, Span]

    def key(self, *path: str | int) -> Span | None:
        """Return where a key stands, or what it is inside of."""
        return self._nearest(self.keys, path)

    def value(self, *path: str | int) -> Span | None:
        """Return where a value stands, or what it is inside of."""
        return self.values.get(path) or self._nearest(self.keys, path)

    def _nearest(self, found: Mapping[Path, Span], path: Path) -> Span | None:
        while path and path not in found:
            path = path[:-1]
        return found.get(path)


def places(source: Source) -> Places:
    """Return the places in a text that tomllib has read."""
    scan = _Scan(source)
    scan.document()
    return Places(scan.keys, scan.values)


@dataclass
class _Scan:
    source: Source
    keys: dict[Path, Span] = field(default_factory=dict)
    values: dict[Path, Span] = field(default_factory=dict)
    at: int = 0

    def document(self) -> None:
        table: Path = ()
        counts: Counter[Path] = Counter()
        while self._skip():
            header = _HEADER.match(self.source.text, self.at)
            if header is None:
                self._pair(table)
                continue
            table = _names(header[1])
            if header[0].startswith("[["):
                counts[table] += 1
                table = (*table, counts[table] - 1)
            elif counts[table[:1]]:  # [question.credit] is of the last question
                table = (table[0], counts[table[:1]] - 1, *table[1:])
            self.keys.setdefault(table, self.source.span(header.start(), header.end()))
            self.at = header.end()

    def _skip(self) -> bool:
        found = _SKIPPED.match(self.source.text, self.at)
        self.at = found.end() if found else self.at
        return self.at < len(self.source.text)

    def _pair(self, table: Path) -> None:
        key = _KEY.match(self.source.text, self.at)
        if key is None:  # nothing that tomllib reads
            self.at += 1
            return
        path = (*table, *_names(key[0]))
        self.keys.setdefault(path, self.source.span(key.start(), key.end()))
        equals = _EQUALS.match(self.source.text, key.end())
        self.at = equals.end() if equals else key.end()
        self._value(path)

    def _value(self, path: Path) -> None:
        start, text = self.at, self.source.text
        opening = text[start : start + 1]
        if opening in ("[", "{"):
            self.at += 1
            closing, place = "]" if opening == "[" else "}", 0
            while self._skip() and text[self.at] != closing:
                if opening == "{":
                    self._pair(path)
                else:
                    self._value((*path, place))
                    place += 1
            self.at += 1
        else:
            found = _STRING.match(text, start) or _PLAIN.match(text, start)
            self.at = found.end() if found else start + 1
        self.values[path] = self.source.span(start, self.at)


def _names(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in re.findall(_PART, dotted))


def string_start(span: Span, meaning: str) -> int | None:
    """Return where the text of a string begins, if it stands there as it is meant, without escapes."""
    for quotes in ("'''", '"""', "'", '"'):
        inside = span.text.removeprefix(quotes)
        if len(inside) < len(span.text):
            newline = len(inside) - len(inside.removeprefix("\n")) if len(quotes) == 3 else 0
            start = span.start + len(quotes) + newline
            return start if span.source.text.startswith(meaning, start) else None
    return None
