"""Counting conventions: those of `grammar/conventions.cnn`, those of a user's file, and how each counts a kind."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, partial
from typing import NamedTuple

from symcnn.errors import SymcnnError, did_you_mean
from symcnn.formula.meaning import Vocabulary, meaning
from symcnn.formula.nodes import Choice, Formula, Group, Name, Number, Sign, Sum, names
from symcnn.formula.values import Frame, Meaning, condition, undecided
from symcnn.library.additive import Shared, shared
from symcnn.library.kind import Kind
from symcnn.library.rules import (
    ASKED,
    INPUT_NAMES,
    OUTPUT_NAMES,
    PER_AXIS_NAMES,
    QUANTITIES,
    RULES,
    UNKNOWN,
)
from symcnn.library.standard import WITH_AXES, standard_library
from symcnn.source import Source, Span
from symcnn.syntax import parse_file, read_source
from symcnn.syntax.cache import kept
from symcnn.syntax.folders import grammar_folder
from symcnn.tree import Convention as Definition
from symcnn.tree import File, Row

# What a formula of a convention may use besides the quantities and the arguments of its kind.
BRANCHES, SAME, VALID, FIRST = "branches", "same", "valid", "first_layer"
COUNTED_NAMES = (*INPUT_NAMES, *OUTPUT_NAMES, *QUANTITIES, *ASKED, BRANCHES, SAME, VALID, FIRST, UNKNOWN)
# The names that mean what they mean wherever they stand.
FIXED = (*QUANTITIES, *ASKED)
_ZERO = Number(0)
_SIGNS = re.compile(r"\s*([+−-])\s*")
_STORED = {name for name in QUANTITIES if name == "params" or not RULES[name].per_sample}


class Counted(NamedTuple):
    """How a convention counts a kind: its formula, compiled, and the names that it speaks of."""

    meaning: Meaning
    formula: Formula
    spoken: frozenset[str]


class Convention:
    """What a `convention` definition means; raises `SymcnnError` for one that cannot be understood.

    `stored`: it counts what is stored, which a batch does not multiply: its formulas speak of nothing else.
    `parts`: what it is the sum of, with signs; of one that is no sum itself.
    """

    parts: tuple[tuple[int, Convention], ...]

    def __init__(self, definition: Definition, file: File | None = None) -> None:
        self.name, self.doc, self.definition = definition.name, definition.doc, definition
        self._rows: dict[str, Row] = {}
        self._others = frozenset() if file is None else frozenset(file.conventions)
        self._otherwise: Row | None = None
        self._counted: dict[Kind, Counted | None] = {}
        self._shared: dict[Kind, Shared | None] = {}
        for row in definition.rows:
            self._add(row, file)
        mentioned = {name.name for row in definition.rows for name in names(row.value)}
        self.stored = bool(mentioned) and mentioned <= _STORED
        self.parts = ((1, self),)

    def of(self, kind: Kind) -> Counted | None:
        """Return how a kind is counted; None where the convention says nothing of it."""
        if kind not in self._counted:
            row = self._rows.get(kind.name, self._otherwise)
            own = dict(kind.definition.rules).get(self.name) if self.name in ASKED else None
            formula = own or (row.value if row else None)
            self._counted[kind] = None if formula is None else self._compiled(formula, kind)
        return self._counted[kind]

    def shared(self, kind: Kind) -> Shared | None:
        """Return what layers of a kind must share for what is counted to add up; None where it never does."""
        if kind not in self._shared:
            counted = self.of(kind)
            self._shared[kind] = None if counted is None else shared(counted.formula, partial(_operation, kind))
        return self._shared[kind]

    def _compiled(self, formula: Formula, kind: Kind) -> Counted:
        known, spoken = _known_in_formulas(kind), names(formula)
        for name in spoken:
            if name.name not in known and (name.name in self._others or name.name in standard_conventions()):
                message = f"a convention's formula cannot use the convention '{name.name}'"
                hint = f"write its formula out; those that it can use are {', '.join((*ASKED, 'flops', 'macs'))}"
                raise SymcnnError(message, name.span, hint)
        return Counted(_compiled(formula, kind), formula, frozenset(name.name for name in spoken))

    def chosen(self, kind: Kind, frame: Frame) -> Formula:
        """Return the formula by which a kind is counted, of an `if` the branch that is taken."""
        counted = self.of(kind)
        assert counted is not None
        formula = counted.formula
        while isinstance(formula, (Group, Choice)):
            if isinstance(formula, Group):
                formula = formula.inner
            else:
                claim = condition(_compiled(formula.condition, kind)(frame), formula.condition.span)
                if not isinstance(claim, bool):
                    raise undecided(claim, formula.condition)
                formula = formula.value if claim else formula.otherwise
        return formula

    def _add(self, row: Row, file: File | None) -> None:
        if not row.kinds:
            if self._otherwise is not None:
                message = f"the convention '{self.name}' says otherwise twice"
                raise SymcnnError(message, row.value.span, f"first in line {self._otherwise.value.span.line}")
            self._otherwise = row
        for name, span in zip(row.kinds, row.spans, strict=True):
            self._check_kind(name, span, file)
            if name in self._rows:
                message = f"the convention '{self.name}' counts {name} twice"
                raise SymcnnError(message, span, f"first in line {self._rows[name].value.span.line}")
            self._rows[name] = row

    def _check_kind(self, name: str, span: Span, file: File | None) -> None:
        library = standard_library()
        kinds = {**library.layers, **(file.layers if file else {})}
        if name in kinds:
            return
        nets = {**library.nets, **(file.nets if file else {})}
        hint = did_you_mean(name, kinds, "see symcnn layers")
        if name in nets:
            hint = f"{name} is a net: the kinds that it is made of are counted"
        if (with_axes := WITH_AXES.fullmatch(name)) and with_axes["base"] in kinds:
            hint = f"write {with_axes['base']}; its formula may ask for axes == {with_axes['axes']}"
        raise SymcnnError(f"the convention '{self.name}' counts '{name}', which is no layer kind", span, hint)


class SumOfConventions(Convention):
    """Conventions added up, or taken away, such as `macs+bias`; raises `SymcnnError` where they cannot be."""

    def __init__(self, name: str, parts: tuple[tuple[int, Convention], ...]) -> None:
        first, *others = (part for _, part in parts)
        signs = tuple("+" if sign == 1 else "-" for sign, _ in parts)
        said = (
            f"{'Plus' if sign == '+' else 'Less'} {c.name}: {c.doc}" for sign, c in zip(signs[1:], others, strict=True)
        )
        formula = Sum(tuple(Name(part.name) for _, part in parts), signs[1:])
        definition = Definition(name, " ".join((first.doc, *said)), (Row((), formula),), first.definition.span)
        super().__init__(definition)
        self.parts, self.stored = parts, first.stored
        for part in others:
            if part.stored != first.stored:
                stored, counted = (first, part) if first.stored else (part, first)
                reason = f"{stored.name} is stored, and {counted.name} is counted for each sample"
                raise SymcnnError(f"{name} is no sum: {reason}")

    def chosen(self, kind: Kind, frame: Frame) -> Formula:
        """Return the sum of the formulas by which a kind is counted, without those that are 0."""
        chosen = [("+" if sign == 1 else "-", part.chosen(kind, frame)) for sign, part in self.parts]
        kept = [(sign, formula) for sign, formula in chosen if formula != _ZERO]
        if not kept:
            return _ZERO
        (sign, first), *others = [(sign, Group(formula)) for sign, formula in kept]
        terms = first if sign == "+" else Sign("-", first), *(formula for _, formula in others)
        return Sum(terms, tuple(sign for sign, _ in others)) if others else terms[0]


def _known_in_formulas(kind: Kind) -> frozenset[str]:
    return _vocabulary(kind, COUNTED_NAMES, folding=False).known or frozenset()


def _operation(kind: Kind, name: str) -> Formula | None:
    """Return the formula of an operation that formulas may use, such as `mul`, of a kind."""
    counted = standard_convention(name).of(kind)
    return None if counted is None else counted.formula


def _compiled(formula: Formula, kind: Kind) -> Meaning:
    return meaning(formula, _vocabulary(kind, COUNTED_NAMES, folding=False))


def condition_of(kind: Kind, node: Formula) -> Meaning:
    """Return the meaning of a condition inside a rule or a convention's formula, which knows the names of both."""
    return meaning(node, _vocabulary(kind, (*COUNTED_NAMES, *RULES), folding=True))


def _vocabulary(kind: Kind, names: Iterable[str], folding: bool) -> Vocabulary:
    parameters = kind.definition.parameters
    known = frozenset((*names, *(p.symbol for p in parameters)))
    return Vocabulary(known, frozenset((*PER_AXIS_NAMES, *(p.symbol for p in parameters if p.per_axis))), folding)


@cache
def standard_conventions() -> Mapping[str, Definition]:
    """Return the definitions of `grammar/conventions.cnn`."""
    text = read_source(grammar_folder() / "conventions.cnn").text
    return kept("conventions", text, lambda: parse_file(Source("conventions.cnn", text, internal=True)).conventions)


@cache
def standard_convention(name: str) -> Convention:
    """Return a compiled convention of the library; every quantity is one too."""
    definition = standard_conventions().get(name)
    return Convention(definition or _of_quantity(name))


def _of_quantity(name: str) -> Definition:
    span = Source(name, name, internal=True).span(0, len(name))
    meant = "weights + biases" if name == "params" else RULES[name].meaning
    return Definition(name, f"The quantity {name}: {meant}.", (Row((), Name(name, span=span)),), span)


def find_convention(name: str, file: File | None = None, span: Span | None = None) -> Convention:
    """Return a convention: of the file's own or of the library, a quantity, or a sum of some such as `macs+bias`.

    Raises `SymcnnError` with the nearest name for one that is not there.
    """
    if _SIGNS.search(name):
        return _sum_of(name, file, span)
    own = {} if file is None else file.conventions
    if name in own:
        return Convention(own[name], file)
    if name in QUANTITIES or name in standard_conventions():
        return standard_convention(name)
    known = tuple(known_conventions(file))
    listed = f"conventions are {', '.join(known)}"
    raise SymcnnError(f"unknown convention '{name}'", span, did_you_mean(name, (*known, *QUANTITIES), listed))


def _sum_of(name: str, file: File | None, span: Span | None) -> Convention:
    first, *rest = _SIGNS.split(name.strip())
    signed = [("+", first), *zip(rest[::2], rest[1::2], strict=True)]
    listed = [part for _, part in signed]
    if not all(listed):
        raise SymcnnError(f"'{name}' is no sum of conventions", span, "as in macs+bias+norm")
    twice = next((part for place, part in enumerate(listed) if part in listed[:place]), None)
    if twice is not None:
        raise SymcnnError(f"'{twice}' stands twice in {name}", span)
    written = "".join((first, *(f"{'+' if sign == '+' else '-'}{part}" for sign, part in signed[1:])))
    parts = ((1 if sign == "+" else -1, find_convention(part, file, span)) for sign, part in signed)
    return SumOfConventions(written, tuple(parts))


def check_own(file: File) -> None:
    """Raise `SymcnnError` for a convention that takes a name whose meaning is fixed."""
    for definition in file.conventions.values():
        if definition.name in FIXED:
            message = f"'{definition.name}' always means the same, and no convention of yours"
            raise SymcnnError(message, definition.span, "give it another name")


def known_conventions(file: File | None = None) -> Iterator[str]:
    """Yield the names of the file's conventions and of those of the library that it does not have."""
    own = {} if file is None else file.conventions
    yield from own
    yield from (name for name in standard_conventions() if name not in own)
