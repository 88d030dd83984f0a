"""The journal of a run: what is marked is written down at once, so that an interrupted run goes on where it was."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

from symcnn.answers.grading.row import Marked
from symcnn.answers.grading.table import Answers
from symcnn.answers.questions import Quiz
from symcnn.errors import SymcnnError
from symcnn.syntax.folders import grammar_folder
from symcnn.syntax.read import reason

PARTIAL = ".partial"


def digest(quiz: Quiz, answers: Answers, version: str) -> str:
    """Return what tells one run from another: the quiz with its networks, the answers, the version and its library."""
    found = hashlib.sha256()
    sources = {net.span.source for file in quiz.files.values() for net in file.nets.values()}
    texts = [version, quiz.source.text, *sorted(source.text for source in sources)]
    texts += [path.read_text(encoding="utf-8") for path in sorted(grammar_folder().glob("*.*"))]
    texts += [repr(quiz.questions), json.dumps([(*key, answers.texts.get(key)) for key in answers.order])]
    for text in texts:
        part = text.encode("utf-8", "surrogatepass")
        found.update(len(part).to_bytes(8, "big") + part)
    return found.hexdigest()


class Journal:
    """A file of lines: the first says which run it is of, each other has what one learner's answers earn."""

    def __init__(self, path: Path, run: str) -> None:
        self._path, self._run = path, run
        self._file: BinaryIO | None = None

    def resumed(self) -> dict[int, dict[str, Marked]]:
        """Open the journal and return what is done, by the learners' places; one of another run begins anew.

        A last line that is not whole, as a killed run leaves it, is cut off.
        """
        try:
            content = self._path.read_bytes() if self._path.exists() else b""
            done, end = self._read(content)
            self._file = self._path.open("r+b" if end else "wb")
            self._file.truncate(end)
            self._file.seek(end)
            if not end:
                self._append({"run": self._run})
        except OSError as error:
            raise SymcnnError(f"cannot write {self._path}: {reason(error)}") from None
        return done

    def _read(self, content: bytes) -> tuple[dict[int, dict[str, Marked]], int]:
        done: dict[int, dict[str, Marked]] = {}
        end = 0
        for place, line in enumerate(content.splitlines(keepends=True)):
            entry = _entry(line)
            if entry is None or (place == 0 and entry != {"run": self._run}):
                break
            if place:
                try:
                    done[int(entry["learner"])] = {id_: Marked.of(m) for id_, m in entry["marked"].items()}
                except (KeyError, TypeError, ValueError, AttributeError):
                    break
            end += len(line)
        return done, end

    def add(self, learner: int, marked: Mapping[str, Marked]) -> None:
        """Write down what one learner's answers earn."""
        self._append({"learner": learner, "marked": {id_: m.data() for id_, m in marked.items()}})

    def _append(self, entry: Mapping[str, Any]) -> None:
        assert self._file is not None
        try:
            self._file.write(json.dumps(entry).encode() + b"\n")
            self._file.flush()
        except OSError as error:
            raise SymcnnError(f"cannot write {self._path}: {reason(error)}") from None

    def close(self) -> None:
        """Close the file; it stays until the sheet is whole."""
        if self._file is not None:
            self._file.close()

    def remove(self) -> None:
        """Close and remove the file, as the sheet is whole."""
        self.close()
        self._path.unlink(missing_ok=True)


def _entry(line: bytes) -> dict[str, Any] | None:
    if not line.endswith(b"\n"):
        return None
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
