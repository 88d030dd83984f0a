"""What a document is made of: a closed set of blocks, data only. How they look is the renderers' affair."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from symcnn.formula.nodes import Formula


@dataclass(frozen=True, slots=True)
class Words:
    """Plain text."""

    text: str


@dataclass(frozen=True, slots=True)
class Math:
    """A formula.

    One that is `alone` stands for itself, as in a cell, so that as a number it may be rounded; one that is `written` is
    as somebody wrote it, and its products have their dots.
    """

    formula: Formula
    alone: bool = False
    written: bool = False


@dataclass(frozen=True, slots=True)
class Rounded:
    """A number that is rounded to so many decimal `places`."""

    value: Fraction
    places: int


@dataclass(frozen=True, slots=True)
class Advice:
    """Words for who runs the program, on what to ask for next; in print they are left out."""

    text: str


@dataclass(frozen=True, slots=True)
class Indent:
    """How many levels a cell is moved to the right, the lines that it is broken into too; it stands first in it."""

    level: int


Inline = Words | Math | Rounded | Advice | Indent
Line = tuple[Inline, ...]  # a line of text with formulas in it, or a cell of a table


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A few words with formulas; a `note` says how the table before it is to be read."""

    line: Line
    note: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its title, which `more` goes on with, and whether its cells are numbers, set to the right.

    Where a table is too wide, the column of the largest `rank` is left out first; one of rank 0 or less only where
    broken cells do not help, and the first column never. It is `called` so where that is said, if its title alone does
    not tell it from others.
    """

    title: str
    right: bool = False
    rank: int = 0
    more: Line = ()
    called: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells; those of `foot` are totals."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Line, ...], ...]
    foot: tuple[tuple[Line, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """Labels, each with one or more lines."""

    items: tuple[tuple[str, tuple[Line, ...]], ...]


@dataclass(frozen=True, slots=True)
class Equation:
    """A chain of formulas that are equal: a name, its formula, the values put in, the result; `note` says for what."""

    sides: tuple[Formula, ...]
    note: Line = ()


@dataclass(frozen=True, slots=True)
class Working:
    """Labelled steps of a derivation, each with one or more equations."""

    steps: tuple[tuple[str, tuple[Equation, ...]], ...]


@dataclass(frozen=True, slots=True)
class Program:
    """A text in the language, line by line as it was written."""

    text: str


Block = Paragraph | Table | Listing | Working | Program


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, which `more` goes on with, and what stands under it."""

    title: str
    blocks: tuple[Block, ...]
    more: Line = ()


@dataclass(frozen=True, slots=True)
class Document:
    """Sections in order."""

    sections: tuple[Section, ...]
