"""Where the grammar lies, and where costly results may be kept between runs."""

from __future__ import annotations

import hashlib
import os
import stat
from functools import cache
from importlib.resources import files
from pathlib import Path


def grammar_folder() -> Path:
    """Return the folder of grammar and library files, in an installation as in a plain checkout."""
    package = Path(str(files("symcnn")))
    inside = package / "grammar"
    return inside if inside.is_dir() else package.parent / "grammar"


def zoo_folder() -> Path:
    """Return the folder of the well-known networks, which comes with the grammar."""
    return grammar_folder() / "zoo"


def kept_path(name: str) -> Path | None:
    """Return where a result of that name is kept, or None; every installation has its own, so none evicts another's."""
    folder = private_folder()
    installation = hashlib.sha256(str(grammar_folder()).encode()).hexdigest()[:12]
    return None if folder is None else folder / f"{name}.{installation}"


@cache
def private_folder() -> Path | None:
    """Return a folder that only this user can write, or None."""
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or "~/.cache"
    try:
        folder = Path(base).expanduser() / "symcnn"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.stat()
    except (OSError, RuntimeError):
        return None
    if not hasattr(os, "getuid"):
        return folder
    private = status.st_uid == os.getuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return folder if private else None
