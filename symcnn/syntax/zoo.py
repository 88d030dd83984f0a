"""The zoo: well-known networks in files of the package, by the names `zoo/FILE.cnn` and `zoo/NET`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePath

from symcnn.errors import SymcnnError, did_you_mean
from symcnn.syntax.folders import zoo_folder
from symcnn.syntax.read import listed_files

ZOO = "zoo"
_FEW = 5  # of its names, where none is meant
# A net that is a network: it begins a line and has an input. A search, since to parse every file for a name is slow.
_NETWORK = re.compile(r"^net[ ]+(\w+)[^{]*\{\s*(?:#[^\n]*\s*)*input\b", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Found:
    """Where something of the zoo lies: its file, and the one net of it that is meant, or None for all."""

    path: Path
    net: str | None = None


def in_zoo(path: str | Path) -> Found | None:
    """Return what `zoo/NAME` means where there is no such file, or None for another path; raises `SymcnnError`."""
    parts = PurePath(path).parts
    if parts[:1] != (ZOO,) or is_there(Path(path)):
        return None
    if (file := zoo_file(parts)) is not None:
        return Found(file)
    name = "/".join(parts[1:])
    networks = zoo_networks()
    if name in networks:
        return Found(networks[name], name)
    if not name:
        raise SymcnnError("which network of the zoo?", hint=f"the zoo has {', '.join(sorted(networks))}")
    hint = nearest_of_zoo(name, zoo_files() if name.endswith(".cnn") else networks)
    raise SymcnnError(f"there is no file {ZOO}/{name}, and no network '{name}' in the zoo", hint=hint)


def zoo_file(parts: tuple[str, ...]) -> Path | None:
    """Return the file of the zoo that has the path of these parts, the first of them `zoo`, if there is one."""
    path = zoo_folder().joinpath(*parts[1:])
    inside = parts[:1] == (ZOO,) and ".." not in parts and path.suffix == ".cnn"
    return path if inside and path.is_file() else None


def zoo_networks() -> dict[str, Path]:
    """Return the names of the zoo's networks, which are unique in it, and the files they are in."""
    files = [zoo_folder() / name for name in zoo_files()]
    return {name: file for file in files for name in _NETWORK.findall(file.read_text(encoding="utf-8"))}


def zoo_files() -> list[str]:
    """Return the names of the zoo's files."""
    return listed_files(zoo_folder())


def nearest_of_zoo(name: str, known: Iterable[str]) -> str:
    """Return a hint with the one of some names of the zoo that is meant, else with a few that are nearest to `name`."""
    from difflib import get_close_matches  # only mistakes pay for its import

    known = sorted(known)
    meant = did_you_mean(name, known)
    if meant:
        return meant.replace("'", f"'{ZOO}/", 1)
    nearest = get_close_matches(name, known, n=_FEW, cutoff=0)
    return f"the zoo has {len(known)} names, nearest {', '.join(nearest)}; 'symcnn derive {ZOO}' lists its networks"


def is_there(path: Path) -> bool:
    """Say whether a path is that of a file or folder, or of something that cannot be told."""
    try:
        return path.exists()
    except (OSError, ValueError):  # too long a name, a null character: what reads it says so
        return True
