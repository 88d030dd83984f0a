"""The few functions by which Python enters the house."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from symcnn.source import Source
from symcnn.syntax import parse_file, read_source
from symcnn.tree import File, Network


def parse(text: str, name: str = "text") -> dict[str, Network]:
    """Return the nets that a text defines, by name; `name` is what errors call the text.

    Raises `SymcnnError` with the place of the first mistake.

    >>> list(parse("net a { input 3×H×W; Conv(64, 3) }"))
    ['a']
    """
    return _networks(parse_file(Source(name, text)))


def load(path: str | Path) -> dict[str, Network]:
    """Return the nets that a file defines, by name; raises `SymcnnError`."""
    return _networks(parse_file(read_source(path)))


def symbols(names: str) -> Any:
    """Return symcnn's symbols, positive integers, for names separated by spaces: one symbol, or a tuple.

    >>> H, W = symbols("H W")
    >>> (H * W).is_positive
    True
    """
    from symcnn.algebra.symbols import symbol

    made = tuple(symbol(name) for name in names.replace(",", " ").split())
    return made[0] if len(made) == 1 else made


def layers() -> tuple[str, ...]:
    """Return the names of the layer kinds and blocks of the standard library.

    >>> "Conv" in layers()
    True
    """
    from symcnn.library.standard import known_names

    return tuple(known_names())


def _networks(file: File) -> dict[str, Network]:
    return {name: Network(file, net) for name, net in file.nets.items()}
