"""The same question with other numbers near by: sizes and channels in its network's text, and the values of symbols.

Kernels, strides and paddings stay: a 1×1 convolution or one that keeps the size is chosen, and no accident of numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from itertools import groupby
from typing import Any

from symcnn.analysis import Analysis
from symcnn.answers.making.wording import program_nets
from symcnn.answers.questions import Question
from symcnn.formula import nodes as f
from symcnn.library.standard import WITH_AXES, standard_library
from symcnn.source import Source, Span
from symcnn.syntax.read import parse_file
from symcnn.tree import Argument, File, Input, Step

WIDTH = "out_channels"
_STEPS = (1, -1, 2, -2, 3, 5, -3, 4, 7)  # tried in this order
_SMALL = 1  # numbers up to it are changed alone: one channel has nothing to do with one filter


@dataclass(frozen=True)
class Place:
    """Where a number of a question stands: in its text, or (no spans) the value of a name in `at` or `settings`.

    Equal sizes of one input are one number: what is square stays so.
    """

    spans: tuple[Span, ...]
    table: str
    name: str
    value: int


def neighbours(question: Question, analysis: Analysis, most: int) -> Iterator[Question]:
    """Yield a question with one number changed, or with equal numbers changed alike, the nearest ones first.

    `analysis` is that of its network, whose text is taken where the question only names it.
    """
    found = 0
    question = _as_text(question, analysis)
    places = tuple(number_places(question, analysis.net))
    for step in _STEPS:
        for group in _groups(places):
            if found < most and group[0].value + step >= 1:
                found += 1
                yield _changed(question, group, step)


def _as_text(question: Question, analysis: Analysis) -> Question:
    """Return the question with the text of its network, if that stands in one file."""
    if question.net is not None or analysis.counting is None:
        return question
    file = analysis.counting.file
    sources = {net.span.source for net in program_nets(file, analysis.net)}
    if len(sources) != 1:
        return question
    return replace(question, net=sources.pop().text, file=None, name=analysis.net)


def number_places(question: Question, name: str) -> Iterator[Place]:
    """Yield the numbers of a question: sizes and channels of inputs, widths of layers, and values of names."""
    if question.net is not None:
        file = parse_file(Source("net", question.net))
        for numbers in _bundles(tuple(net.body for net in program_nets(file, name)), file):
            yield Place(tuple(node.span for node in numbers), "", "", int(numbers[0].value))
    for table in ("at", "settings"):
        values: Mapping[str, str] = getattr(question, table)
        for name, value in values.items():
            if value.isascii() and value.isdigit():
                yield Place((), table, name, int(value))


def _bundles(part: Any, file: File) -> Iterator[tuple[f.Number, ...]]:
    """Yield the integers that are numbers of channels or sizes, those that are one number together."""
    if isinstance(part, Input):
        channels, *sizes = part.dimensions
        yield from (*_equal((channels,)), *_equal(sizes))
    elif isinstance(part, Step):
        yield from _equal(argument.value for argument in part.arguments[:1] if _is_width(part.kind, argument, file))
    elif isinstance(part, tuple):
        for item in part:
            yield from _bundles(item, file)
    elif is_dataclass(part) and not isinstance(part, (Span, f.Node)):
        for one in fields(part):
            yield from _bundles(getattr(part, one.name), file)


def _is_width(kind: str, argument: Argument, file: File) -> bool:
    """Tell whether an argument is a number of channels; that of a block of the user may be one."""
    if argument.name is not None:
        return argument.name == WIDTH
    base = found["base"] if (found := WITH_AXES.fullmatch(kind)) else kind
    library = standard_library()
    known = file.layers.get(base) or library.layers.get(base) or library.nets.get(base)
    return known is None or base in file.nets or [one.name for one in known.parameters[:1]] == [WIDTH]


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
