"""Reading: files, definitions, single formulas and assumptions."""

from __future__ import annotations

from pathlib import Path
from typing import Any, BinaryIO

from lark.exceptions import UnexpectedInput

from symcnn.errors import SymcnnError
from symcnn.formula.nodes import Formula
from symcnn.source import Source
from symcnn.syntax.brackets import check_brackets
from symcnn.syntax.build_file import FileBuilder
from symcnn.syntax.messages import syntax_error
from symcnn.syntax.parser import parser
from symcnn.tree import Assume, File

MOST_CHARACTERS = 5_000_000  # of one text; ten thousand layers are about 300,000


def read_source(path: str | Path, name: str | None = None) -> Source:
    """Read a UTF-8 file, which errors call by its path or by `name`; raises `SymcnnError` where it cannot."""
    name = name or str(path)
    try:
        with Path(path).open("rb") as file:
            content = read_bounded(file)
    except FileNotFoundError:
        raise SymcnnError(f"no such file: {name}", hint=similar_files(Path(path).parent)) from None
    except (OSError, ValueError) as error:
        raise SymcnnError(f"cannot read {name}: {reason(error)}") from None
    return decode(content, name)


def read_bounded(file: BinaryIO) -> bytes:
    """Return what a file holds, or one byte more than a text may have: a device may never end."""
    return file.read(4 * MOST_CHARACTERS + 1)


def decode(content: bytes, name: str) -> Source:
    """Return the source of some bytes, which must be UTF-8; a byte order mark is dropped."""
    if len(content) > 4 * MOST_CHARACTERS:
        raise _too_long(name)
    try:
        return Source(name, content.decode("utf-8").removeprefix("\ufeff"))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = len(content[content.rfind(b"\n", 0, error.start) + 1 : error.start].decode("utf-8", "replace")) + 1
        raise SymcnnError(
            f"{name}:{line}:{column}: this is not UTF-8 (byte 0x{content[error.start]:02x})",
            hint="save the file with the encoding UTF-8",
        ) from None


def parse_file(source: Source) -> File:
    """Parse definitions; raises `SymcnnError`."""
    file: File = _parse(source, "file")
    return file


def parse_formula(source: Source) -> Formula:
    """Parse one formula; raises `SymcnnError`."""
    formula: Formula = _parse(source, "expr")
    return formula


def parse_assumptions(source: Source) -> Assume:
    """Parse what may stand after `assume`; raises `SymcnnError`."""
    assume: Assume = _parse(source, "assumptions")
    return assume


def _parse(source: Source, start: str) -> Any:
    if len(source.text) > MOST_CHARACTERS:
        raise _too_long(source.name)
    if not source.text.strip():
        hint = "write a network: net a { input 3×H×W; Conv(64, 3) }" if start == "file" else None
        raise SymcnnError(f"{source.name} is empty", hint=hint)
    check_brackets(source)
    try:
        tree = parser().parse(source.text, start=start)
    except UnexpectedInput as error:
        raise syntax_error(error, source) from None
    return FileBuilder(source).build(tree)


def _too_long(name: str) -> SymcnnError:
    return SymcnnError(f"{name} has more than {MOST_CHARACTERS:,} characters")


def reason(error: Exception) -> str:
    """Return in words why something cannot be read."""
    return (getattr(error, "strerror", None) or str(error)).lower()


def similar_files(folder: Path) -> str | None:
    """Return a hint with the files of a folder that could have been meant."""
    names = listed_files(folder)
    return f"here are: {', '.join(names[:8])}" if names else None


def listed_files(folder: Path) -> list[str]:
    """Return the names of a folder's files in the language, sorted; none where they cannot be listed."""
    try:
        return sorted(p.name for p in folder.glob("*.cnn"))
    except OSError:
        return []
