"""The same question with other numbers near by: those in its network's text, and the values of symbols."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from itertools import groupby
from typing import Any

from symcnn.answers.questions import Question
from symcnn.formula import nodes as f
from symcnn.source import Source, Span
from symcnn.syntax.read import parse_file
from symcnn.tree import Argument, Input

_STEPS = (1, -1, 2, -2, 3, 5, -3)  # tried in this order
_SMALL = 1  # numbers up to it are changed alone: a stride of 1 has nothing to do with a padding of 1


@dataclass(frozen=True)
class Place:
    """Where a number of a question stands: in its text, or (no spans) the value of a name in `at` or `settings`.

    Equal sizes of one input, or of one kernel, are one number: what is square stays so.
    """

    spans: tuple[Span, ...]
    table: str
    name: str
    value: int


def neighbours(question: Question, most: int) -> Iterator[Question]:
    """Yield a question with one number changed, or with equal numbers changed alike, the nearest ones first."""
    found = 0
    places = tuple(number_places(question))
    for step in _STEPS:
        for group in _groups(places):
            if found < most and group[0].value + step >= 1:
                found += 1
                yield _changed(question, group, step)


def number_places(question: Question) -> Iterator[Place]:
    """Yield the numbers of a question: of inputs and arguments in its text, and of values that are integers."""
    if question.net is not None:
        file = parse_file(Source("net", question.net))
        for numbers in _bundles(tuple(net.body for net in file.nets.values())):
            yield Place(tuple(node.span for node in numbers), "", "", int(numbers[0].value))
    for table in ("at", "settings"):
        values: Mapping[str, str] = getattr(question, table)
        for name, value in values.items():
            if value.isascii() and value.isdigit():
                yield Place((), table, name, int(value))


def _bundles(part: Any) -> Iterator[tuple[f.Number, ...]]:
    """Yield the integers that stand as a size of an input, or as an argument or its value for an axis."""
    if isinstance(part, Input):
        channels, *sizes = part.dimensions
        yield from (*_equal((channels,)), *_equal(sizes))
    elif isinstance(part, Argument):
        yield from _equal(part.value.items if isinstance(part.value, (f.Shape, f.Tuple)) else (part.value,))
    elif isinstance(part, tuple):
        for item in part:
            yield from _bundles(item)
    elif is_dataclass(part) and not isinstance(part, (Span, f.Node)):
        for one in fields(part):
            yield from _bundles(getattr(part, one.name))


def _equal(formulas: Iterable[Any]) -> Iterator[tuple[f.Number, ...]]:
    numbers: dict[int, list[f.Number]] = {}
    for node in formulas:
        if isinstance(node, f.Number) and isinstance(node.value, int):
            numbers.setdefault(node.value, []).append(node)
    yield from map(tuple, numbers.values())


def _groups(places: tuple[Place, ...]) -> Iterator[tuple[Place, ...]]:
    """Yield places that change together: equal numbers, as of a square image, then each alone."""
    ordered = sorted((place for place in places if place.value > _SMALL), key=lambda place: place.value)
    equal = [tuple(group) for _, group in groupby(ordered, key=lambda place: place.value)]
    yield from sorted((group for group in equal if len(group) > 1), key=lambda group: places.index(group[0]))
    yield from ((place,) for place in places)


def _changed(question: Question, group: tuple[Place, ...], step: int) -> Question:
    text, new = question.net, str(group[0].value + step)
    for span in sorted((span for place in group for span in place.spans), key=lambda span: -span.start):
        assert text is not None
        text = text[: span.start] + new + text[span.end :]
    tables = {
        table: getattr(question, table) | {place.name: new for place in group if place.table == table}
        for table in ("at", "settings")
    }
    return replace(question, net=text, at=tables["at"], settings=tables["settings"], spans={}, answer=None)
