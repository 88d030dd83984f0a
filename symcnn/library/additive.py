"""Which formulas of conventions add up: two layers together come to what the formula makes of their counts together.

So does `macs + (elements if biases != 0 else 0)` of layers that all have biases, or all have none: each of its terms is
a count, times what such layers share.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from symcnn.formula import nodes as f
from symcnn.formula.meaning import BUILTINS
from symcnn.library.rules import ASKED, COUNTED, UNKNOWN

# The counts of a layer, which are added up over layers.
EXTENSIVE = frozenset((*COUNTED, "params", "inputs", "elements"))
_PER_LAYER = ("n", "n'", "C", "C'")  # what layers seldom share, and what does not add up
_COMPARED_TO_ZERO = ("==", "!=")


class Shared(NamedTuple):
    """What layers must share to be counted together: values of names, and of counts whether they are 0."""

    names: tuple[str, ...]
    zeros: tuple[str, ...]


def by_positions(rules: Mapping[str, f.Formula], counted: Iterable[str]) -> dict[str, int]:
    """Return which rules of a kind are proportional to the positions of the output (1), or the same for all (0).

    The arguments and the channels stay the same; rules that are left out are neither.
    """
    degrees = {"elements": 1}
    for name in counted:
        try:
            degrees[name] = _OfPositions(degrees).degree(rules[name]) or 0
        except _NoSumError:
            continue
    return degrees


class _NoSumError(Exception):
    """A formula does not add up."""


def shared(formula: f.Formula, asked: Callable[[str], f.Formula | None]) -> Shared | None:
    """Return what layers must share for a formula to add up over them; None where it never does.

    `asked` returns the formula of an operation, such as `mul`, of the kind.
    """
    found = _Reader(asked)
    try:
        adds_up = found.degree(formula) in (1, None)
    except _NoSumError:
        return None
    return Shared(tuple(sorted(found.names)), tuple(sorted(found.zeros))) if adds_up else None


class _Reader:
    """Reads a formula. Its degree is 1 where it adds up, 0 where it is shared, None where it is 0 or unknown."""

    def __init__(self, asked: Callable[[str], f.Formula | None]) -> None:
        self._asked = asked
        self._reading: list[str] = []
        self.names: set[str] = set()
        self.zeros: set[str] = set()

    def degree(self, node: f.Formula) -> int | None:
        match node:
            case f.Number(value):
                return None if value == 0 else 0
            case f.Truth() | f.Text():
                return 0
            case f.Name(name):
                return self._of_name(name)
            case f.Group(inner) | f.Sign(_, inner):
                return self.degree(inner)
            case f.Sum(terms, _):
                return _same(map(self.degree, terms))
            case f.Coefficient(number, factor):
                return _together((self.degree(number), self.degree(factor)))
            case f.Product(factors, operators):
                return self._of_product(factors, operators)
            case f.Apply(head, arguments) if not (isinstance(head, f.Name) and head.name in BUILTINS):
                return _together(map(self.degree, (head, *arguments)))
            case f.Choice(value, condition, otherwise):
                self._condition(condition)
                return _same((self.degree(value), self.degree(otherwise)))
        return self._of_shared(node)

    def _of_name(self, name: str) -> int | None:
        if name in EXTENSIVE:
            return 1
        if name == UNKNOWN:
            return None
        if name not in ASKED:
            self._share(name)
            return 0
        formula = self._asked(name)
        if formula is None or name in self._reading:
            raise _NoSumError
        self._reading.append(name)
        found = self.degree(formula)
        self._reading.pop()
        return found

    def _of_product(self, factors: tuple[f.Formula, ...], operators: tuple[str, ...]) -> int | None:
        first, *others = factors
        above = [self.degree(first)]
        for operator, factor in zip(operators, others, strict=True):
            if operator == "*":
                above.append(self.degree(factor))
            elif operator == "/" or above == [0]:
                self._of_shared(factor)
            else:
                raise _NoSumError
        return _together(above)

    def _of_shared(self, node: f.Formula) -> int:
        """Read what adds up nowhere: it must speak of nothing but what layers share."""
        for name in f.names(node):
            if name.name in BUILTINS:
                continue
            if name.name in EXTENSIVE or name.name in ASKED or name.name == UNKNOWN:
                raise _NoSumError
            self._share(name.name)
        return 0

    def _condition(self, node: f.Formula) -> None:
        match node:
            case f.Group(inner) | f.Not(inner):
                self._condition(inner)
            case f.Logic(_, operands):
                for operand in operands:
                    self._condition(operand)
            case f.Comparison((f.Name(name), f.Number(0)), (operator,)) if (
                name in EXTENSIVE and operator in _COMPARED_TO_ZERO
            ):
                self.zeros.add(name)
            case _:
                self._of_shared(node)

    def _share(self, name: str) -> None:
        if name in _PER_LAYER:
            raise _NoSumError
        self.names.add(name)


class _OfPositions(_Reader):
    """Reads a rule: its degree is 1 where it is proportional to the positions of the output."""

    def __init__(self, known: Mapping[str, int]) -> None:
        super().__init__(lambda name: None)
        self._known = known

    def degree(self, node: f.Formula) -> int | None:
        match node:
            case f.Apply(f.Name("prod"), (f.Name("n'"),)):
                return 1
        return super().degree(node)

    def _of_name(self, name: str) -> int | None:
        if name in self._known:
            return self._known[name]
        self._share(name)
        return 0

    def _of_shared(self, node: f.Formula) -> int:
        for name in f.names(node):
            if name.name not in BUILTINS and self._of_name(name.name):
                raise _NoSumError
        return 0

    def _condition(self, node: f.Formula) -> None:
        match node:
            case f.Comparison((f.Name(name), f.Number(0)), (operator,)) if (
                self._known.get(name) == 1 and operator in _COMPARED_TO_ZERO
            ):
                return  # there are positions
        super()._condition(node)

    def _share(self, name: str) -> None:
        if name in (*EXTENSIVE, "n", "n'"):
            raise _NoSumError


def _same(degrees: Iterable[int | None]) -> int | None:
    """Return the degree of a sum, or of what is one of several."""
    known = {degree for degree in degrees if degree is not None}
    if len(known) > 1:
        raise _NoSumError
    return known.pop() if known else None


def _together(degrees: Iterable[int | None]) -> int | None:
    """Return the degree of a product."""
    known = tuple(degrees)
    if None in known:
        return None
    found = sum(degree for degree in known if degree is not None)
    if found > 1:
        raise _NoSumError
    return found
