"""A private folder in which costly results are kept between runs: parser tables, the parsed library.

What lies in it is unpickled, so it must be a folder that nobody else can write; without one, nothing is kept.
"""

from __future__ import annotations

import contextlib
import hashlib
import pickle
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from symcnn import __version__
from symcnn.syntax.folders import grammar_folder, private_folder

_Result = TypeVar("_Result")


def kept(name: str, source: str, make: Callable[[], _Result]) -> _Result:
    """Return `make()`, or what it returned in an earlier run for the same source text and the same code."""
    folder = private_folder()
    if folder is None:
        return make()
    key = hashlib.sha256(f"{__version__} {sys.version} {_code_state()} {source}".encode()).hexdigest()
    path = folder / f"{name}.{key[:32]}"
    # Whatever is wrong with what was kept, it can be made again.
    with contextlib.suppress(Exception):
        return pickle.loads(path.read_bytes())  # type: ignore[no-any-return]
    result = make()
    with contextlib.suppress(OSError, pickle.PicklingError):
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
            file.write(pickle.dumps(result, protocol=pickle.HIGHEST_PROTOCOL))
        for old in folder.glob(f"{name}.*"):
            old.unlink(missing_ok=True)
        Path(file.name).replace(path)
    return result


def _code_state() -> list[tuple[str, int]]:
    """Return when the files that decide about trees were last changed."""
    package = Path(__file__).parent.parent
    deciding = [*package.glob("syntax/*.py"), package / "tree.py", package / "formula" / "nodes.py"]
    deciding += [grammar_folder() / "formula.lark", grammar_folder() / "network.lark"]
    return [(str(path), path.stat().st_mtime_ns) for path in sorted(deciding)]
