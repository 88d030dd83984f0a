"""The few functions by which Python enters the house."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from symcnn.errors import SymcnnError, did_you_mean
from symcnn.source import Source
from symcnn.syntax import load_file, parse_alone
from symcnn.tree import File, Network


def parse(text: str, name: str = "text") -> dict[str, Network]:
    """Return the nets that a text defines, by name; `name` is what errors call the text.

    Raises `SymcnnError` with the place of the first mistake. A text lies in no folder: `use` is for files.

    >>> list(parse("net a { input 3×H×W; Conv(64, 3) }"))
    ['a']
    """
    if not isinstance(text, str):
        raise SymcnnError(
            f"parse takes a text, not a {type(text).__name__}", hint="a file is read by symcnn.load(path)"
        )
    return _Networks(parse_alone(Source(name, text)))


def load(path: str | Path) -> dict[str, Network]:
    """Return the nets that a file defines, by name; raises `SymcnnError`.

    They see the definitions of the files it uses, whose nets are not among them. The well-known networks of the zoo
    are loaded by their names, where no file of yours has that path: "zoo/resnet.cnn" is a file of them, "zoo/resnet50"
    the one net.

    >>> list(load("zoo/resnet50"))
    ['resnet50']
    """
    if not isinstance(path, (str, Path)):
        raise SymcnnError(f"load takes a path, not a {type(path).__name__}")
    return _Networks(load_file(path))


def symbols(names: str) -> Any:
    """Return symcnn's symbols, positive integers, for names separated by spaces: one symbol, or a tuple.

    >>> H, W = symbols("H W")
    >>> (H * W).is_positive
    True
    """
    from symcnn.algebra.symbols import symbol

    if not isinstance(names, str):
        raise SymcnnError(f"symbols takes a text, not a {type(names).__name__}", hint='as in symbols("H W")')
    made = tuple(symbol(name) for name in names.replace(",", " ").split())
    return made[0] if len(made) == 1 else made


def layers() -> tuple[str, ...]:
    """Return the names of the layer kinds and blocks of the standard library.

    >>> "Conv" in layers()
    True
    """
    from symcnn.library.standard import known_names

    return tuple(known_names())


def conventions() -> tuple[str, ...]:
    """Return the names of the counting conventions, as `count` of an analysis takes them.

    >>> "fvcore" in conventions()
    True
    """
    from symcnn.library.convention import standard_conventions

    return tuple(standard_conventions())


class _Networks(dict[str, Network]):
    """The nets of a file by name; a name that is not there is a user's mistake."""

    def __init__(self, file: File) -> None:
        nets = file.own_nets if file.asked is None else {file.asked: file.nets[file.asked]}
        super().__init__({name: Network(file, net) for name, net in nets.items()})
        self._file = file

    def __missing__(self, name: str) -> Network:
        listed = f"there are {', '.join(self)}" if self else "there are no nets"
        hint = did_you_mean(str(name), self, listed)
        if name in self._file.nets:
            span = self._file.nets[name].span
            hint = f"it is in {span.source.name}:{span.line}, a file that is used: load that file"
        raise SymcnnError(f"there is no net '{name}'", hint=hint)
