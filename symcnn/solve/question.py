"""Which values of one symbol give a quantity what is asked of it: exact sets of integers, or a closed form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from sympy import Expr, Symbol
from sympy.logic.boolalg import Boolean

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.assumptions import ContradictionError, facts_from
from symcnn.algebra.conditions import Claim
from symcnn.algebra.facts import Facts
from symcnn.algebra.polynomial import add, polynomial
from symcnn.algebra.signs import Run
from symcnn.algebra.symbols import expression
from symcnn.analysis import Analysis
from symcnn.analysis.tensor import axis_names
from symcnn.crossover import Crossover, crossover, obstacle
from symcnn.errors import NotSupportedError, SymcnnError, bounded_nesting, did_you_mean
from symcnn.formula import nodes as f
from symcnn.formula.express import shown
from symcnn.formula.meaning import meaning
from symcnn.formula.nodes import names
from symcnn.formula.values import Frame, number
from symcnn.library.rules import QUANTITIES
from symcnn.repetition.substitution import replaced
from symcnn.solve.bounds import Bound, bounds
from symcnn.solve.fewer import difference_at, fewer
from symcnn.solve.given import Given, claims_at, given_values
from symcnn.solve.scope import AXIAL, SolveScope, quantities_of
from symcnn.solve.steps import Steps, steps
from symcnn.source import Source
from symcnn.syntax import parse_assumptions

_ACCEPTED = {"<=": (-1, 0), "<": (-1,), ">=": (0, 1), ">": (1,), "==": (0,), "!=": (-1, 1)}


@dataclass(frozen=True)
class Answer:
    """The values of the symbol for which left and right are so related, along one axis or for the whole network.

    `ranges` are (first, last) of integers that follow each other, last None without an end; None where other symbols
    stay, and then `bounds` say it in closed form. `proof` is how the ranges were found; `fewer` are the values for
    which the network has other formulas, and was derived with each of them.
    """

    axis: str | None
    left: Expr
    right: Expr
    ranges: tuple[tuple[int, int | None], ...] | None
    bounds: tuple[Bound, ...] = ()
    proof: Crossover | Steps | None = None
    fewer: tuple[int, ...] = ()

    @property
    def least(self) -> int | None:
        """The smallest value; None where there is none, or no number."""
        return self.ranges[0][0] if self.ranges else None

    @property
    def most(self) -> int | None:
        """The largest value; None where there is none, no number, or no end."""
        return self.ranges[-1][1] if self.ranges else None


@dataclass(frozen=True)
class Solution:
    """What a relation asks of one symbol of a network, and the answers: one, or one for each axis.

    `given` are the values that were put in; `conditions` are what the network needs then. Those of the symbol alone are
    in the answers already, the others must hold besides. `formal` is what only the closed forms need, not the network.
    """

    analysis: Analysis
    relation: f.Comparison
    symbol: Symbol
    given: Given
    answers: tuple[Answer, ...]
    conditions: tuple[Boolean, ...]
    formal: tuple[Boolean, ...] = ()

    @property
    def operator(self) -> str:
        """The sign between the two sides."""
        return self.relation.operators[0]

    @property
    def answer(self) -> Answer:
        """The answer, where there is one; raises `SymcnnError` where the axes differ."""
        if len(self.answers) != 1:
            raise SymcnnError("each axis has its own answer", hint="look at .answers")
        return self.answers[0]

    @property
    def ranges(self) -> tuple[tuple[int, int | None], ...] | None:
        """The ranges of the one answer."""
        return self.answer.ranges

    @property
    def least(self) -> int | None:
        """The smallest value."""
        return self.answer.least

    @property
    def most(self) -> int | None:
        """The largest value."""
        return self.answer.most


def solve(analysis: Analysis, relation: str, for_: str, **values: Any) -> Solution:
    """Return the values of the symbol `for_` for which a relation such as "receptive_field >= 224" holds, exactly.

    The relation compares two formulas in quantities (macs, params, …, conventions, receptive_field, jump, and height,
    width, … and channels of the output), in the net's symbols and in others of its own; `values` are of symbols. Only
    values for which the net is defined are looked for. Raises `SymcnnError` for what is no such relation, and
    `NotSupportedError` where the values are not found exactly.

    >>> from symcnn import analyse, parse
    >>> a = analyse(parse("net s { input C×H×W; repeat n { Conv(C, k, padding=1, bias=false) } }")["s"])
    >>> solve(a, "receptive_field >= 224", "n", k=3).ranges
    ((112, None),)
    >>> str(solve(a, "receptive_field >= R", "n").answer.bounds[0].value)
    'ceiling((R - 1)/(k - 1))'
    """
    _check(analysis, for_, values)
    asked = _relation(relation)
    _check_names(analysis, asked, values)
    unknown = analysis.symbols[for_]
    if not unknown.is_integer:
        raise NotSupportedError(f"solving for {for_}, which is no integer")
    with bounded_nesting(f"a formula of '{analysis.net}'"):
        given = given_values(analysis, values)
        question = _Question(analysis, asked, unknown, given, values)
        answers = tuple(question.answers())
        return Solution(analysis, asked, unknown, given, answers, question.conditions, question.formal)


def _check(analysis: Any, name: Any, values: Mapping[str, Any]) -> None:
    if not isinstance(analysis, Analysis):
        hint = "analyse the net first: symcnn.analyse(net)"
        raise SymcnnError(f"solve takes an analysis, not a {type(analysis).__name__}", hint=hint)
    if analysis.values is not None:
        raise SymcnnError("solve takes an analysis with symbols, not its values")
    if name not in analysis.symbols or analysis.symbols[name] in analysis.replaced:
        free = [known for known, sym in analysis.symbols.items() if sym not in analysis.replaced]
        listed = f"the symbols are {', '.join(free)}" if free else "there are no symbols"
        raise SymcnnError(f"there is no symbol '{name}' to solve for", hint=did_you_mean(str(name), free, listed))
    if name in values:
        raise SymcnnError(f"'{name}' is to be found, so it has no value")


def _check_names(analysis: Analysis, relation: f.Comparison, values: Mapping[str, Any]) -> None:
    """Refuse a relation without a quantity, and a value for what is nowhere."""
    spoken = dict.fromkeys(name.name for name in names(relation))
    known = quantities_of(analysis)
    if not set(known) & spoken.keys():
        listed = f"quantities are {', '.join((*QUANTITIES, *AXIAL))}"
        hint = next((did_you_mean(name, known) for name in spoken if did_you_mean(name, known)), listed)
        raise SymcnnError("the relation speaks of no quantity", relation.span, hint)
    for name in values:
        if name not in analysis.symbols and (name not in spoken or name in known):
            free = (*analysis.symbols, *(word for word in spoken if word not in known))
            raise SymcnnError(f"there is no symbol '{name}'", hint=did_you_mean(name, free))


def _relation(text: Any) -> f.Comparison:
    """Read a relation of two formulas."""
    if not isinstance(text, str):
        raise SymcnnError(f"the relation is {text!r}", hint='give it as text, as in "receptive_field >= 224"')
    conditions = parse_assumptions(Source("relation", text)).conditions
    (first, *more) = conditions
    if more or not isinstance(first, f.Comparison) or len(first.operands) != 2:
        span = first.span if not more else None
        raise SymcnnError("solve takes one relation of two formulas", span, 'as in "receptive_field >= 224"')
    return first


@dataclass(frozen=True)
class _Question:
    """A relation asked of an analysis."""

    analysis: Analysis
    relation: f.Comparison
    unknown: Symbol
    given: Given
    values: Mapping[str, Any]  # as they were given, also of symbols that the net does not have

    def answers(self) -> Iterator[Answer]:
        """Yield the answer, or one for each axis where these differ."""
        spoken = {name.name for name in names(self.relation)}
        by_axis: list[tuple[str | None, int]] = [(None, 0)]
        if spoken & set(AXIAL):
            by_axis = [(name, place) for place, name in enumerate(axis_names(len(self.analysis.input) - 1))]
        sides = [(axis, place, *self._sides(place)) for axis, place in by_axis]
        alike = len({(left, right) for _, _, left, right in sides}) == 1
        for axis, place, left, right in sides[:1] if alike else sides:
            yield self._with_fewer(self._answer(None if alike else axis, left, right), place)

    def _with_fewer(self, answer: Answer, place: int) -> Answer:
        """Add the values for which the network has other formulas."""
        values = fewer(self.analysis, self.unknown, self.given) if self.analysis.formal else ()
        if answer.ranges is None or not values:
            return answer
        given = {symbol.name: value for symbol, value in self.given.items()}
        runs: list[tuple[int, int | None]] = []
        for value in values:
            put_in = given | {self.unknown.name: value}
            difference = difference_at(self.analysis, self.relation, place, put_in, self.values)
            if difference is not None and _sign(difference) in _ACCEPTED[self.relation.operators[0]]:
                runs.append((value, value))
        return replace(answer, ranges=_joined((*runs, *answer.ranges)), fewer=values)

    @cached_property
    def claims(self) -> tuple[Claim, ...]:
        """What is assumed and what the net needs, with the values put in."""
        return claims_at(self.analysis, (*self.analysis.assumed, *self.analysis.claims), self.given)

    @property
    def conditions(self) -> tuple[Boolean, ...]:
        """What the net needs, with the values put in."""
        needed = [claim for claim in self.analysis.claims if claim not in self.analysis.formal]
        return tuple(claim.relation() for claim in claims_at(self.analysis, needed, self.given))

    @property
    def formal(self) -> tuple[Boolean, ...]:
        """What only its closed forms need."""
        needed = [claim for claim in self.analysis.claims if claim in self.analysis.formal]
        return tuple(claim.relation() for claim in claims_at(self.analysis, needed, self.given))

    @cached_property
    def facts(self) -> Facts:
        """What the claims say."""
        try:
            return facts_from(self.claims)[0]
        except ContradictionError:
            raise SymcnnError(f"the net '{self.analysis.net}' is defined for no values") from None

    def _sides(self, place: int) -> tuple[Expr, Expr]:
        scope = SolveScope(self.analysis, place, self.values)
        frame, arithmetic = Frame(Arithmetic(self.analysis.facts), scope), Arithmetic(self.facts)
        sides = (number(meaning(side)(frame), side.span) for side in self.relation.operands)
        left, right = (expression(replaced(side, self.given, arithmetic)) for side in sides)
        return left, right

    def _answer(self, axis: str | None, left: Expr, right: Expr) -> Answer:
        difference = add(polynomial(left), polynomial(right), -1)
        text, name = self.relation.span.text, self.unknown.name
        spoken = (left - right).free_symbols
        if self.unknown not in spoken:
            hint = f"it is {shown(left)} {self.relation.operators[0]} {shown(right)}"
            raise SymcnnError(f"{text} has nothing to do with {name}", self.relation.span, hint)
        facts, claims = self.facts, self.claims
        operator = self.relation.operators[0]
        found = crossover(difference, facts, claims)
        if found is not None and found.runs and found.symbol == self.unknown:
            return Answer(axis, left, right, _ranges(found.runs, operator), proof=found)
        if spoken == {self.unknown}:
            stepped = steps(left - right, self.unknown, facts, claims)
            if stepped is None:
                reason = obstacle(difference) if found is None else "the sign keeps changing with its residue"
                raise NotSupportedError(f"solving {text} for {name}: {reason}")
            return Answer(axis, left, right, _ranges(stepped.runs, operator), proof=stepped)
        closed = bounds(difference, self.unknown, operator, facts)
        if closed is None:
            others = ", ".join(sorted(symbol.name for symbol in spoken - {self.unknown}))
            hint = f"give the other symbols values: {others}"
            raise NotSupportedError(f"solving {text} for {name}, with these symbols in it", self.relation.span, hint)
        return Answer(axis, left, right, None, closed)


def _sign(number: Any) -> int:
    return int(number > 0) - int(number < 0)


def _joined(ranges: Iterable[tuple[int, int | None]]) -> tuple[tuple[int, int | None], ...]:
    """Return ranges in order, those that follow each other as one."""
    found: list[tuple[int, int | None]] = []
    for first, last in ranges:
        if found and found[-1][1] == first - 1:
            found[-1] = (found[-1][0], last)
        else:
            found.append((first, last))
    return tuple(found)


def _ranges(runs: Iterable[Run], operator: str) -> tuple[tuple[int, int | None], ...]:
    """Return where the sign is one that the relation accepts; runs that follow each other are one range."""
    found: list[tuple[int, int | None]] = []
    joins = False
    for run in runs:
        accepted = run.sign in _ACCEPTED[operator]
        if accepted and joins:
            found[-1] = (found[-1][0], run.end)
        elif accepted:
            found.append((run.start, run.end))
        joins = accepted
    return tuple(found)
