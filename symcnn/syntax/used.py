"""`use`: a file becomes one with the files it uses, which lie in its folder or further inside, or in the zoo."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath, PureWindowsPath

from symcnn.errors import SymcnnError, did_you_mean
from symcnn.source import Source
from symcnn.syntax.build_file import file_of
from symcnn.syntax.folders import zoo_folder
from symcnn.syntax.read import MOST_CHARACTERS, listed_files, parse_file, read_source, reason, similar_files
from symcnn.syntax.zoo import ZOO, in_zoo, is_there, nearest_of_zoo, zoo_file, zoo_files, zoo_networks
from symcnn.tree import Definition, File, Use

_MOST_FILES = 100  # that become one; the networks of a book, one file each, are fewer
_LONGEST_CHAIN = 8  # files of a circle that an error names


def load_file(path: str | Path) -> File:
    """Return what a file and the files it uses define, as one file; raises `SymcnnError`.

    A path such as zoo/resnet50, where there is no such file, means a network of the zoo.
    """
    found = in_zoo(path)
    if found is not None:
        shown = Path(ZOO) / found.path.relative_to(zoo_folder())
        file = parse_file(read_source(found.path, str(shown)))
        return replace(_with_uses(found.path, file, shown.parent), asked=found.net)
    file = parse_file(read_source(path))
    if not Path(path).is_file():  # a pipe lies in no folder
        _refuse_uses(file)
    return _with_uses(Path(path), file)


def _with_uses(path: Path, file: File, shown: Path | None = None) -> File:
    return _Gathering(path, file, shown).whole() if file.uses else file


def parse_alone(source: Source) -> File:
    """Parse a text that lies in no folder, so that it can use no file; raises `SymcnnError`."""
    file = parse_file(source)
    _refuse_uses(file)
    return file


def _refuse_uses(file: File) -> None:
    for use in file.uses:
        hint = "save this text as a file, and load that file"
        raise SymcnnError(f"{file.source.name} lies in no folder and can use no file", use.span, hint)


@dataclass
class _Open:
    """A file some of whose uses are still to be followed, and the statement that asked for it."""

    path: Path
    file: File
    by: Use | None = None
    left: Iterator[Use] = field(init=False)

    def __post_init__(self) -> None:
        self.left = iter(self.file.uses)


class _Gathering:
    """Follows uses, the deepest first; all paths are resolved, so that links lead nowhere else."""

    def __init__(self, path: Path, file: File, shown: Path | None) -> None:
        first = path.resolve()
        self._file, self._folder, self._zoo = file, first.parent, zoo_folder().resolve()
        # What errors call a file: its path as seen from where the first one was, unless that was a link.
        self._shown = shown or (path.parent if path.parent.resolve() == self._folder else self._folder)
        self._open = [_Open(first, file)]
        self._done: dict[Path, File] = {}  # in which nothing is left to follow
        self._characters = len(file.source.text)

    def whole(self) -> File:
        """Return the one file of all definitions; those of a file come after those it uses."""
        while self._open:
            last = self._open[-1]
            use = next(last.left, None)
            if use is None:
                self._done[last.path] = last.file
                self._open.pop()
            else:
                with self._told(use):
                    self._follow(use, last.path)
        return file_of(self._file.source, [d for file in self._done.values() for d in _definitions(file)])

    def _follow(self, use: Use, user: Path) -> None:
        path = self._resolved(use, user)
        chain = [opened.path for opened in self._open]
        if path in chain:
            raise self._circle([*chain[chain.index(path) :], path])
        if path in self._done:
            return
        if len(self._done) + len(self._open) == _MOST_FILES:
            raise SymcnnError(f"{self._file.source.name} uses more than {_MOST_FILES - 1} files")
        source = self._read(use, path, user)
        self._characters += len(source.text)
        if self._characters > MOST_CHARACTERS:
            raise SymcnnError(f"with {source.name} the files have more than {MOST_CHARACTERS:,} characters")
        self._open.append(_Open(path, parse_file(source), use))

    def _resolved(self, use: Use, user: Path) -> Path:
        if PureWindowsPath(use.path).anchor:  # of Windows on every system: /x, \\x, C:/x, C:x
            raise SymcnnError(f"'{use.path}' is no relative path", hint=_like("blocks.cnn"))
        if "\\" in use.path:  # which is a part of a name on some systems
            raise SymcnnError("folders are separated by '/'", hint=_like(use.path.replace("\\", "/")))
        try:
            path = (user.parent / use.path).resolve()
        except (OSError, RuntimeError, ValueError) as error:  # links in a circle, a null character
            raise SymcnnError(f"cannot read '{use.path}': {reason(error)}") from None
        if (of_zoo := _of_zoo(use, path)) is not None:
            return of_zoo.resolve()
        if not path.is_relative_to(self._zoo if user.is_relative_to(self._zoo) else self._folder):
            hint = "a used file lies in the folder of the file that is loaded, or further inside"
            raise SymcnnError(f"'{use.path}' lies outside the folder of {self._file.source.name}", hint=hint)
        return path

    def _read(self, use: Use, path: Path, user: Path) -> Source:
        name = self._name(path)
        try:
            mode = path.stat().st_mode
        except (FileNotFoundError, NotADirectoryError):
            otherwise = f"it is looked for beside {user.name}"
            raise SymcnnError(f"no such file: {name}", hint=_meant(use, path, user) or otherwise) from None
        except OSError as error:
            raise SymcnnError(f"cannot read {name}: {reason(error)}") from None
        if stat.S_ISDIR(mode):
            hint = _meant(use, path, user) if use.path else _like("blocks.cnn")
            raise SymcnnError(f"'{use.path}' is a folder, not a file", hint=similar_files(path) or hint)
        if not stat.S_ISREG(mode):  # a pipe could be waited for without end
            raise SymcnnError(f"cannot read {name}: it is no regular file")
        return read_source(path, name)

    def _name(self, path: Path) -> str:
        if path.is_relative_to(self._folder):
            return str(self._shown / path.relative_to(self._folder))
        return str(Path(ZOO) / path.relative_to(self._zoo))

    def _circle(self, paths: list[Path]) -> SymcnnError:
        names = [self._name(path) for path in paths]
        if len(names) == 2:
            return SymcnnError(f"{names[0]} uses itself", hint="remove this line: a file sees its own definitions")
        if len(names) > _LONGEST_CHAIN:
            half = _LONGEST_CHAIN // 2
            names = [*names[:half], "…", *names[-half:]]
        hint = "move what both need into a third file"
        return SymcnnError(f"the files use each other in a circle: {' → '.join(names)}", hint=hint)

    @contextmanager
    def _told(self, use: Use) -> Iterator[None]:
        """Show an error that has no place at the use it came up in, and tell by which uses that was reached."""
        try:
            yield
        except SymcnnError as error:
            error.span = error.span or use.span
            for way in (use, *(opened.by for opened in reversed(self._open))):
                if way is not None:
                    error.inside(way.span.text, way.span)
            raise


def _definitions(file: File) -> Iterator[Definition]:
    yield from file.nets.values()
    yield from file.layers.values()
    yield from file.conventions.values()
    yield from file.lets.values()
    yield from file.slips
    yield from file.assumptions


def _of_zoo(use: Use, path: Path) -> Path | None:
    """Return the zoo's file that a use means, where `path` is what it would be beside its user."""
    return None if is_there(path) else zoo_file(PurePosixPath(use.path).parts)


def _like(path: str) -> str:
    return f'as in use "{path}"'


def _meant(use: Use, path: Path, user: Path) -> str | None:
    """Return a hint with the files that lie where a file was looked for, written as in the use."""
    around = PurePosixPath(use.path).parent
    names = [str(around / name) for name in listed_files(path.parent) if path.parent / name != user]
    if f"{use.path}.cnn" in names:
        return f"did you mean '{use.path}.cnn'?"
    if around == PurePosixPath(ZOO) and not names:
        return _meant_of_zoo(PurePosixPath(use.path))
    return did_you_mean(use.path, names, f"here are: {', '.join(names[:8])}" if names else None)


def _meant_of_zoo(path: PurePosixPath) -> str:
    file = zoo_networks().get(path.stem)
    return f"the network '{path.stem}' is in '{ZOO}/{file.name}'" if file else nearest_of_zoo(path.name, zoo_files())
