"""How formulas look to a reader: the notations, with what was asked for in place of their defaults."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from symcnn.formula.notation import LATEX, UNICODE, Notation

_FLOOR, _CEILING = (r"\lfloor ", r" \rfloor"), (r"\lceil ", r" \rceil")


@dataclass(frozen=True)
class Style:
    """The choices of one rendering.

    `language` is that of the words: en or zh. With `standalone`, LaTeX is a whole document and not a part of one.
    """

    language: str = "en"
    standalone: bool = False

    @cached_property
    def unicode(self) -> Notation:
        """The notation of text for terminals."""
        return UNICODE

    @cached_property
    def latex(self) -> Notation:
        """The notation of LaTeX, in math mode."""
        return LATEX

    @cached_property
    def latex_inline(self) -> Notation:
        """The notation of LaTeX in tables and lines of text: no higher than a line, and TeX can break it."""
        return replace(
            self.latex,
            fraction=None,
            floor=_FLOOR,
            ceiling=_CEILING,
            tall_group=self.latex.group,
            functions={**self.latex.functions, "floor": _FLOOR, "ceil": _CEILING},
        )


PLAIN = Style()
