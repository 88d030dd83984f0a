"""An answer as it was read: data. What its formulas are worth is another question."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from symcnn.answers.tree import Expression
from symcnn.source import Span


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit and what one of it is in the quantity's own: MB is 10⁶ bytes, GMACs 10⁹ MACs."""

    name: str  # as it was written
    quantity: str  # params, macs, flops, flops_per_second, bytes, bits, …
    factor: int


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a chain, such as `18·56²` of `18H² = 18·56² = 56448`; most answers have one.

    `form` is formula, shape or order; a shape has one item for each size, with their `names` where it says C=64, H=32,
    the others have one item. A number that is written as a rounded one (4.1 G, 1.8e9) has the half of its last place.
    Items and `half_unit` are as written, before the unit: 4.1 and 0.05 of 4.1 GMACs, whose unit has the factor 10⁹.
    """

    form: str
    items: tuple[Expression, ...]
    span: Span
    order: str = ""  # O, Θ, Ω, o or ~
    names: tuple[str, ...] = ()
    half_unit: Fraction | None = None
    unit: Unit | None = None
    approximate: bool = False  # it says so itself: about 832, ≈ 832


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read an answer: the members of a chain and the relations between them (=, ≈, →)."""

    members: tuple[Member, ...]
    relations: tuple[str, ...] = ()
    label: str = ""  # H_out of `H_out = (H − K)/S + 1`, params of `params = 832`
    repairs: tuple[str, ...] = ()  # what was mended, in words: "Cyrillic С read as C"
    repairs_chinese: tuple[str, ...] = ()  # the same in Chinese
    assumed: tuple[tuple[str, str], ...] = ()  # (as written, as read) of names that differ in case: (h, H)
    is_factor: bool = False  # it is written as ×4, or 4x
    free: tuple[str, ...] = ()  # names that the question does not declare
    biases: bool | None = None  # whether a note says that they are counted
