"""One error for every mistake of a user: what is wrong, where, and what to do about it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from symcnn.source import Span

_WINDOW = 100  # characters of a guilty line that are shown; longer lines are cut around the guilty place
_MOST_CONTEXT = 4  # uses inside uses that are told, the outermost ones
_BEFORE = 40  # of these, how many may stand before the guilty place


class SymcnnError(Exception):
    """A user's mistake, told with its place and a hint; `str()` is the whole message.

    Attributes: `message` (one line), `span` (the guilty text, or None), `hint` (what to do, or None), `context` (the
    uses of blocks and the repetitions in which it came up, the innermost first).
    """

    def __init__(
        self, message: str, span: Span | None = None, hint: str | None = None, context: tuple[str, ...] = ()
    ) -> None:
        super().__init__(message)
        self.message = message
        self.span = span
        self.hint = hint
        self.context = context

    def inside(self, what: str, span: Span) -> None:
        """Say that it came up inside something, unless that is the guilty text itself."""
        if self.span != span:
            self.context += (f"in {what}, {span.source.name}:{span.line}:{span.column}",)

    def __str__(self) -> str:
        lines = [printable(self.message)]
        if self.span is not None:
            lines += _marked(self.span)
        if self.hint:
            lines.append(f"  {printable(self.hint)}")
        lines += [f"  {printable(' '.join(part.split()))}" for part in self.context[-_MOST_CONTEXT:]]
        return "\n".join(lines)


class NotSupportedError(SymcnnError):
    """Something the language allows and this version cannot do yet."""

    def __init__(self, what: str, span: Span | None = None, hint: str | None = None) -> None:
        super().__init__(f"not supported yet: {what}", span, hint)


class MisfitError(SymcnnError):
    """Something that is written well and is not possible on this tensor; on others it may be."""


def misfit(error: SymcnnError) -> SymcnnError:
    """Return the error as one of something that does not fit, unless it is one of this version."""
    if isinstance(error, NotSupportedError):
        return error
    return MisfitError(error.message, error.span, error.hint, error.context)


@contextmanager
def bounded_nesting(what: str, span: Span | None = None) -> Iterator[None]:
    """Turn a recursion that Python refuses, which only a formula nested very deeply asks for, into a user's error."""
    try:
        yield
    except RecursionError:
        raise SymcnnError(f"{what} is nested too deeply", span) from None


@contextmanager
def writable_numbers() -> Iterator[None]:
    """Turn Python's refusal to write out a number of more than 4300 digits into a user's error."""
    try:
        yield
    except ValueError as error:
        if "integer string conversion" not in str(error):
            raise
        raise SymcnnError("a number is too large to be written out") from None


def did_you_mean(name: str, known: Iterable[str], otherwise: str | None = None) -> str | None:
    """Return a hint with the known name nearest to `name`, else `otherwise`.

    >>> did_you_mean("strid", ["stride", "padding"])
    "did you mean 'stride'?"
    """
    from difflib import get_close_matches  # only mistakes pay for its import

    by_folded = {candidate.casefold(): candidate for candidate in known}
    nearest = get_close_matches(name.casefold(), by_folded, n=1, cutoff=0.6)
    return f"did you mean '{by_folded[nearest[0]]}'?" if nearest else otherwise


def printable(text: str) -> str:
    """Return `text` without control characters, which a terminal would obey instead of showing."""
    return "".join(c if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs") else "�" for c in text)


def _marked(span: Span) -> list[str]:
    line, first = span.line_text, span.column - 1
    length = max(1, min(span.end - span.start, len(line) - first))
    cut = max(0, first - _BEFORE) if len(line) > _WINDOW else len(line) - len(line.lstrip())
    shown = printable(line[cut : cut + _WINDOW])
    marked = shown[first - cut : first - cut + length] or " "
    indent = "".join("\t" if c == "\t" else " " * _width(c) for c in shown[: first - cut])
    place = f"  {printable(span.source.name)}:{span.line}:{span.column}"
    return [place, f"    {shown}".rstrip(), f"    {indent}{'^' * max(1, sum(map(_width, marked)))}"]


def _width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
