"""The format of what is written to a file, by the ending of its name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from symcnn.errors import SymcnnError

SHEETS = {".csv": "csv", ".html": "html", ".htm": "html", ".md": "markdown", ".txt": "text", ".json": "json"}
QUIZZES = SHEETS | {".tex": "latex", ".toml": "toml", ".gift": "gift", ".xml": "moodle"}
LINTS = {".txt": "text", ".json": "json"}


def by_ending(output: str | None, endings: Mapping[str, str], plain: str) -> str:
    """Return the format of a file by its ending, text without a file, and `plain` without an ending.

    Raises `SymcnnError` for an ending of no format: a file that is called .pdf and has a table in it helps nobody.
    """
    if output is None:
        return "text"
    ending = Path(output).suffix.lower()
    if not ending:
        return plain
    if ending not in endings:
        hint = f"endings are {', '.join(endings)}; or say what it is with --format"
        raise SymcnnError(f"no format ends with '{ending}'", hint=hint)
    return endings[ending]
