"""What an answer says: the values of one member of a chain, with how they were written."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sympy import Expr

from symcnn.algebra.symbols import Value, is_number
from symcnn.answers.reading import Unit


@dataclass(frozen=True)
class Answered:
    """The value of a formula (one), or those of a shape; `half_unit` and the values count the unit's factor in."""

    values: tuple[Value, ...]
    is_shape: bool = False
    order: str = ""  # O, Θ, Ω, o or ~
    half_unit: Fraction | None = None
    unit: Unit | None = None
    divisors: tuple[Expr, ...] = ()  # what it divides by, also where that is cancelled in the value
    named: bool = False  # the sizes of a shape say which they are

    @property
    def is_number(self) -> bool:
        """Whether it is one number without symbols."""
        return not self.is_shape and is_number(self.values[0])


@dataclass(frozen=True)
class Policy:
    """What a question accepts beside exact answers: verdicts by their names, and conventions by theirs."""

    accept: frozenset[str] = frozenset()

    def accepts(self, *names: Any) -> bool:
        """Tell whether one of the names is accepted."""
        return not self.accept.isdisjoint(names)
