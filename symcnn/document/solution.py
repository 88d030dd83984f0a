"""What a relation asks of one symbol, as a document: the values or the closed form, the proof, the conditions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from symcnn.crossover import Crossover
from symcnn.document.legend import assumption_lines, symbol_lines
from symcnn.document.lines import line
from symcnn.document.proof import sign_proof
from symcnn.document.words import only_english
from symcnn.formula import nodes as f
from symcnn.formula.express import express
from symcnn.report import Block, Document, Line, Listing, Math, Section, Words
from symcnn.solve import Answer, Bound, Solution
from symcnn.solve.prefixes import Valuer

_MOST_RANGES = 12
_STEPS = {1: "never falls", 0: "does not change", -1: "never rises"}


def solution_document(*solutions: Solution, language: str = "en") -> Document:
    """Return the document of solutions, a section each."""
    only_english(language)
    return Document(tuple(map(_section, solutions)))


def _section(solution: Solution) -> Section:
    blocks: list[Block] = [_answer(solution, answer) for answer in solution.answers]
    items: list[tuple[str, tuple[Line, ...]]] = []
    if assumed := assumption_lines(solution.analysis):
        items.append(("assuming", assumed))
    if solution.given:
        pairs = [line(sym, " = ", value) for sym, value in solution.given.items()]
        items.append(("at", (tuple(part for pair in pairs for part in (Words(", "), *pair))[1:],)))
    if solution.formal:
        items.append(("formulas for", tuple(map(line, solution.formal))))
    if solution.conditions:
        items.append(("defined for", tuple(map(line, solution.conditions))))
    items.append(("symbols", (*symbol_lines(solution.analysis), *_new_symbols(solution))))
    title = f"{solution.analysis.net}: {solution.relation.span.text}, solved for "
    return Section(title, (*blocks, Listing(tuple(items))), line(solution.symbol))


def _new_symbols(solution: Solution) -> Iterator[Line]:
    """Yield a line for each symbol of the relation that the net does not have."""
    known = set(solution.analysis.symbols.values())
    spoken = {s for answer in solution.answers for side in (answer.left, answer.right) for s in side.free_symbols}
    for new in sorted(spoken - known, key=lambda symbol: symbol.name):
        yield line(new, ": a positive integer")


def _answer(solution: Solution, answer: Answer) -> Listing:
    asked = _compared(answer.left, solution.operator, answer.right)
    label = "asked" if answer.axis is None else f"asked of the {answer.axis}"
    items: list[tuple[str, tuple[Line, ...]]] = [(label, ((asked,),))]
    if answer.ranges is None:
        items.append(("answer", tuple(_case(solution, bound) for bound in answer.bounds)))
    else:
        items.append(("answer", (_values(solution, answer.ranges),)))
        if beside := _beside(solution, answer):
            items.append(("there", beside))
    if proof := [*_proof(solution, answer), *_fewer(solution, answer)]:
        items.append(("proof", tuple(proof)))
    return Listing(tuple(items))


def _compared(left: Any, operator: str, right: Any) -> Math:
    return Math(f.Comparison((express(left), express(right)), (operator,)))


def _values(solution: Solution, ranges: tuple[tuple[int, int | None], ...]) -> Line:
    """Return `n ≥ 112`, `3 ≤ n ≤ 9`, or several of these."""
    if not ranges:
        return line("no value of ", solution.symbol)
    parts: list[Any] = []
    for first, last in ranges[:_MOST_RANGES]:
        parts += [", or " if parts else "", *_range(solution, first, last)]
    more = len(ranges) - _MOST_RANGES
    return line(*parts, *([f", and {more} ranges more"] if more > 0 else []))


def _range(solution: Solution, first: int, last: int | None) -> Line:
    name = f.Name(solution.symbol.name)
    if last is None:
        return (_compared(solution.symbol, ">=", first),)
    if first == last:
        return line(solution.symbol, " = ", first)
    return (Math(f.Comparison((f.Number(first), name, f.Number(last)), ("<=", "<="))),)


def _beside(solution: Solution, answer: Answer) -> tuple[Line, ...]:
    """Return the two sides at the ends of the answer and next to them, where they are numbers or one symbol's."""
    ranges = answer.ranges or ()
    if len(ranges) != 1 or (answer.left - answer.right).free_symbols != {solution.symbol}:
        return ()
    assert answer.proof is not None
    (first, last), legal = ranges[0], answer.proof.runs
    ends = [first - 1, first, *([] if last is None else [last, last + 1])]
    within = [x for x in dict.fromkeys(ends) if any(r.start <= x and (r.end is None or x <= r.end) for r in legal)]
    left, right = (Valuer(side, solution.symbol) for side in (answer.left, answer.right))
    return tuple(line(left(x), " against ", right(x), " at ", solution.symbol, " = ", x) for x in within)


def _case(solution: Solution, bound: Bound) -> Line:
    """Return `n ≥ ⌈(R − 1)/(k − 1)⌉ for k ≥ 2`, or `every n for k = 1`."""
    condition = [] if bound.when is None else [" for ", bound.when]
    if bound.left is not None:
        return line(_compared(bound.left, bound.operator, bound.value), *condition)
    if isinstance(bound.holds, bool):
        return line("every " if bound.holds else "no ", solution.symbol, *condition)
    return line("every ", solution.symbol, *condition, " if ", bound.holds, ", else none")


def _proof(solution: Solution, answer: Answer) -> list[Line]:
    proof = answer.proof
    if isinstance(proof, Crossover):
        return [_unlabelled(part) for part in sign_proof(proof)]
    if proof is None:
        return []
    if proof.towards is None:
        return [line("every value of ", solution.symbol, " for which the net is defined was looked at")]
    return [line(answer.left - answer.right, f" {_STEPS[proof.towards]} from one ", solution.symbol, " to the next")]


def _fewer(solution: Solution, answer: Answer) -> list[Line]:
    """Say which networks were derived with their number of repetitions."""
    if not answer.fewer:
        return []
    first, *others = answer.fewer
    parts: list[Any] = (
        [f"{first} … {others[-1]}"] if len(others) > 1 else [first, *(p for x in others for p in (", ", x))]
    )
    return [line("with ", solution.symbol, " = ", *parts, " the network was derived by itself")]


def _unlabelled(part: Line) -> Line:
    """Leave away the word that is the label here."""
    first, *rest = part
    return (Words(first.text.removeprefix("proof: ")), *rest) if isinstance(first, Words) else part
