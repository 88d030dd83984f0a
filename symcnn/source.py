"""Where text came from: a source and spans of it, which travel with everything that is read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """A named text: a file, or an argument typed by the user; `internal` where symcnn itself wrote it.

    An error inside an internal text is shown at what the user wrote.
    """

    name: str
    text: str
    internal: bool = False

    def span(self, start: int, end: int) -> Span:
        """Return the half-open stretch of characters from `start` to `end`."""
        return Span(self, start, end)


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open stretch of characters of a source."""

    source: Source
    start: int
    end: int

    @property
    def line(self) -> int:
        """The line of the first character, from 1."""
        return self.source.text.count("\n", 0, self.start) + 1

    @property
    def column(self) -> int:
        """The column of the first character, from 1."""
        return self.start - self._line_start() + 1

    @property
    def text(self) -> str:
        """The characters themselves."""
        return self.source.text[self.start : self.end]

    @property
    def line_text(self) -> str:
        """The whole line in which the span begins."""
        begin = self._line_start()
        end = self.source.text.find("\n", begin)
        return self.source.text[begin : end if end >= 0 else None].rstrip("\r")

    def to(self, other: Span) -> Span:
        """Return the span from the beginning of this one to the end of `other`."""
        return Span(self.source, self.start, max(self.end, other.end))

    def _line_start(self) -> int:
        return self.source.text.rfind("\n", 0, self.start) + 1
