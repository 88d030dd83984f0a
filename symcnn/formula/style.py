"""How formulas look to a reader: the notations, with what was asked for in place of their defaults."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from symcnn.formula.notation import LATEX, UNICODE, Notation


@dataclass(frozen=True)
class Style:
    """The choices of one rendering. `language` is that of the words: en or zh."""

    language: str = "en"

    @cached_property
    def unicode(self) -> Notation:
        """The notation of text for terminals."""
        return UNICODE

    @cached_property
    def latex(self) -> Notation:
        """The notation of LaTeX, in math mode."""
        return LATEX


PLAIN = Style()
