"""The standard library, read once, and where a kind or net of some name is found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from symcnn.errors import SymcnnError, did_you_mean
from symcnn.library.kind import Kind
from symcnn.source import Source, Span
from symcnn.syntax import parse_file, read_source
from symcnn.syntax.cache import kept
from symcnn.syntax.folders import grammar_folder
from symcnn.tree import File, Net

WITH_AXES = re.compile(r"(?P<base>.*[^\d])(?P<axes>[123])d")


class Found(NamedTuple):
    """A layer kind or a net, and the number of axes that its name asks for (`Conv2d`: 2)."""

    meaning: Kind | Net
    file: File
    axes: int | None


@cache
def standard_library() -> File:
    """Return the definitions of `grammar/layers.cnn`."""
    text = read_source(grammar_folder() / "layers.cnn").text
    return kept("layers", text, lambda: parse_file(Source("layers.cnn", text, internal=True)))


@cache
def standard_kind(name: str) -> Kind:
    """Return a compiled kind of the standard library."""
    return Kind(standard_library().layers[name])


def find(name: str, file: File, span: Span) -> Found:
    """Return what a step's name stands for: first the file's own kinds and nets, then the library's.

    Raises `SymcnnError` with the nearest name for one that is not there, and for a kind that only statements make.
    """
    found = lookup(name, file)
    joint = found.meaning.joint if found and isinstance(found.meaning, Kind) else None
    if joint:
        raise SymcnnError(f"{name} is no step: it joins tensors", span, f"write {joint} {{ path {{ … }} skip }}")
    if found:
        return found
    raise SymcnnError(f"unknown layer or net '{name}'", span, meant_kind(name, file))


def meant_kind(name: str, file: File | None = None) -> str:
    """Return a hint for a name that no kind or net has: the kind that a framework calls so, or the nearest name."""
    base = re.sub(r"[123][dD]$", "", name).removesuffix("Loss")
    kinds = (layer for seen in (file, standard_library()) if seen is not None for layer in seen.layers.values())
    meant = next((kind.name for kind in kinds if base == kind.name or base in kind.elsewhere), None)
    if meant is not None:
        return f"did you mean '{meant}'?"
    return did_you_mean(name, known_names(file), "see symcnn layers") or ""


@cache
def joint_kind(word: str) -> Kind:
    """Return the kind of what a statement joins: Add for `add`; it is applied to the joined tensor."""
    return standard_kind(word.capitalize())


def known_names(file: File | None = None) -> Iterator[str]:
    """Yield the names of all kinds and nets that a file sees."""
    for definitions in (file, standard_library()):
        if definitions is not None:
            yield from definitions.layers
            yield from definitions.nets


def lookup(name: str, file: File) -> Found | None:
    """Return what a name stands for, with the number of axes that it asks for; None for one that is not there."""
    exact = _defined(name, file)
    if exact is not None:
        return Found(*exact, None)
    with_axes = WITH_AXES.fullmatch(name)
    if with_axes and (base := _defined(with_axes["base"], file)) is not None:
        return Found(*base, int(with_axes["axes"]))
    return None


def _defined(name: str, file: File) -> tuple[Kind | Net, File] | None:
    if name in file.layers and file is not standard_library():
        return Kind(file.layers[name]), file
    if name in file.nets:
        return file.nets[name], file
    library = standard_library()
    if name in library.layers:
        return standard_kind(name), library
    return (library.nets[name], library) if name in library.nets else None
