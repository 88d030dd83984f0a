"""A private folder in which costly results are kept between runs: parser tables, the parsed library.

What lies in it is unpickled, so it must be a folder that nobody else can write; without one, nothing is kept.
"""

from __future__ import annotations

import contextlib
import hashlib
import pickle
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from symcnn import __version__
from symcnn.syntax.folders import grammar_folder, kept_path

_Result = TypeVar("_Result")
_LONGEST_KEPT = 60 * 24 * 3600  # seconds


def kept(name: str, source: str, make: Callable[[], _Result]) -> _Result:
    """Return `make()`, or what it returned in an earlier run for the same source text and the same code."""
    path = kept_path(name)
    if path is None:
        return make()
    key = hashlib.sha256(f"{__version__} {sys.version} {_code_state()} {source}".encode()).digest()
    # Whatever is wrong with what was kept, it can be made again.
    with contextlib.suppress(Exception):
        content = path.read_bytes()
        if content.startswith(key):
            return pickle.loads(content[len(key) :])  # type: ignore[no-any-return]
    result = make()
    with contextlib.suppress(OSError, pickle.PicklingError):
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(key + pickle.dumps(result, protocol=pickle.HIGHEST_PROTOCOL))
        Path(file.name).replace(path)
        _drop_old(path.parent)
    return result


def _drop_old(folder: Path) -> None:
    """Remove what installations left that may be no more; what is still used is made again."""
    for old in folder.iterdir():
        if old.stat().st_mtime < time.time() - _LONGEST_KEPT:
            old.unlink(missing_ok=True)


def _code_state() -> list[tuple[str, int]]:
    """Return when the files that decide about trees were last changed."""
    package = Path(__file__).parent.parent
    deciding = [*package.glob("syntax/*.py"), package / "tree.py", package / "source.py"]
    deciding += [package / "formula" / "nodes.py"]
    deciding += [grammar_folder() / "formula.lark", grammar_folder() / "network.lark"]
    return [(str(path), path.stat().st_mtime_ns) for path in sorted(deciding)]
