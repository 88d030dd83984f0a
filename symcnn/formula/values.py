"""What formulas are worth besides plain numbers, and the frame in which they are evaluated.

This module needs no SymPy; a syntax error does not wait for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from symcnn.errors import SymcnnError
from symcnn.formula.nodes import Formula

if TYPE_CHECKING:
    from symcnn.algebra.arithmetic import Arithmetic

_MOST_CALLS = 10_000  # of functions in one formula: 28 functions that each call the next twice ask for 2²⁸


@dataclass(frozen=True, slots=True)
class Sides:
    """Padding (before, after) along one axis. In arithmetic it is their mean, so that `2p` is their sum."""

    before: Any
    after: Any

    def __str__(self) -> str:
        return f"({self.before}, {self.after})"


@dataclass(slots=True)
class Frame:
    """What a formula is evaluated in. `axis` is set while a rule is evaluated axis by axis."""

    arithmetic: Arithmetic
    values: Mapping[str, Any]
    axis: int | None = None
    calls: int = 0  # of functions, so far, in one formula


Meaning = Callable[[Frame], Any]


@dataclass(slots=True, eq=False)
class Function:
    """A function by `let name(formals) = value`; it sees the names of the place where it was defined."""

    name: str
    formals: tuple[str, ...]
    body: Meaning
    scope: Mapping[str, Any]
    active: bool = False

    def call(self, frame: Frame, arguments: list[Any], span: Any) -> Any:
        """Return the value for some arguments; a function that comes back to itself is an error."""
        if len(arguments) != len(self.formals):
            raise SymcnnError(f"{self.name} takes {counted(len(self.formals), 'argument')}, not {len(arguments)}", span)
        if self.active:
            raise SymcnnError(f"the function '{self.name}' calls itself without end", span)
        frame.calls += 1
        if frame.calls > _MOST_CALLS:
            raise SymcnnError("the functions call each other too often", span)
        self.active = True
        try:
            values = _Overlay(dict(zip(self.formals, arguments, strict=True)), self.scope)
            inner = Frame(frame.arithmetic, values, calls=frame.calls)
            result = self.body(inner)
            frame.calls = inner.calls
            return result
        finally:
            self.active = False


class _Overlay(dict[str, Any]):
    """Names in front of other names."""

    def __init__(self, names: dict[str, Any], behind: Mapping[str, Any]) -> None:
        super().__init__(names)
        self._behind = behind

    def __missing__(self, name: str) -> Any:
        return self._behind[name]


def number(value: Any, span: Any) -> Any:
    """Return a value as a number: `true` is 1, a (before, after) pair its mean; other things are an error."""
    if type(value) is int or hasattr(value, "as_coeff_Mul"):  # so does every expression of SymPy that is a number
        return value
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, Sides):
        if value.before is value.after:
            return value.before
        total = value.before + value.after
        return Fraction(total, 2) if isinstance(total, int) else total / 2
    if isinstance(value, (str, tuple, Function)) or hasattr(value, "negated"):
        raise SymcnnError(f"a number is wanted here, not {_described(value)}", span)
    return value


def condition(value: Any, span: Any) -> Any:
    """Return a value as a condition: a comparison, `true` or `false`, or the numbers 1 and 0."""
    if isinstance(value, bool) or hasattr(value, "negated"):
        return value
    if value in (0, 1) and isinstance(value, int):
        return bool(value)
    raise SymcnnError("a condition is wanted here, such as 'k > 1'", span)


def _described(value: Any) -> str:
    if isinstance(value, str):
        return f'the word "{value}"'
    if isinstance(value, tuple):
        return "a tuple of values"
    return "a function" if isinstance(value, Function) else "a condition"


class UndecidedError(SymcnnError):
    """A condition must be decided, and what is known does not decide it; `symbols` are what it depends on."""

    symbols: Set[Any] = frozenset()


def undecided(claim: Any, node: Formula) -> UndecidedError:
    """Return the error for a condition that must be decided and is not: it names the symbols."""
    symbols = ", ".join(sorted(str(s) for s in claim.symbols()))
    error = UndecidedError(
        f"cannot decide '{node.span.text}': it depends on {symbols}",
        node.span,
        f"give {symbols} a value, or assume what decides it",
    )
    error.symbols = claim.symbols()
    return error


def counted(number_of: int, noun: str) -> str:
    """Return a number of things in words: no argument, one argument, two arguments."""
    words = {0: "no", 1: "one", 2: "two", 3: "three"}
    return f"{words.get(number_of, number_of)} {noun}{'' if number_of == 1 else 's'}"
