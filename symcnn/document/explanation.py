"""The working as a document: a section for each layer, then the totals and the way back of the receptive field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from symcnn.derive import Explanation, LayerWorking, Line
from symcnn.document.lines import line, shape
from symcnn.document.words import check_language, word
from symcnn.formula.nodes import Name
from symcnn.report import Block, Document, Equation, Inline, Listing, Math, Paragraph, Section, Words, Working


def explanation_document(explanation: Explanation, language: str = "en") -> Document:
    """Return the document of a working, in English (`en`) or Chinese (`zh`)."""
    check_language(language)
    return Document(tuple(_sections(explanation, language)))


def _sections(explanation: Explanation, language: str) -> Iterator[Section]:
    analysis = explanation.analysis
    for working in explanation.layers:
        yield Section(_title(working), tuple(_layer(working, language)))
    if explanation.totals:
        yield Section(word("totals", language), (_working(explanation.totals, language),))
    if explanation.backward:
        rule = Paragraph((*line(word("backward_words", language)), Words(word("backward_rule", language))))
        yield Section(word("backward", language), (rule, _backward(explanation.backward)))
    relations = [("assuming", analysis.assumptions), ("defined_for", analysis.conditions)]
    items = tuple((word(key, language), tuple(line(x) for x in found)) for key, found in relations if found)
    if items and explanation.totals:
        yield Section(word("conditions", language), (Listing(items),))


def _title(working: LayerWorking) -> str:
    layer = working.layer
    return f"{layer.path} ×{layer.times}" if layer.times != 1 else layer.path


def _layer(working: LayerWorking, language: str) -> Iterator[Block]:
    layer = working.layer
    written = " ".join(layer.span.text.split())
    parts: list[Inline] = [Words(written + word("on", language)), *shape(layer.input)]
    yield Paragraph(tuple(parts))
    if layer.times != 1:
        yield Paragraph(line(word("copies", language).format(layer.times)))
    if working.symbols:
        yield Paragraph(tuple(_symbols(working, language)))
    if working.lines:
        yield _working(working.lines, language)
    else:
        yield Paragraph(line(word("nothing", language)))


def _symbols(working: LayerWorking, language: str) -> Iterator[Inline]:
    """Say what the symbols of the formulas stand for."""
    yield Words(word("with", language))
    own = {"C": word("in_channels", language), "n": word("input_size", language)}
    for place, (symbol, argument, value) in enumerate(working.symbols):
        if place:
            yield Words(word("list", language))
        yield Math(Name(symbol))
        yield Words(" = ")
        yield Math(value)
        yield Words(f" ({argument or own[symbol]})")


def _working(lines: Iterable[Line], language: str) -> Working:
    steps: dict[str, tuple[Equation, ...]] = {}
    for found in lines:
        label = word(found.quantity, language)
        note = () if found.axis is None else line(word(found.axis, language))
        steps[label] = (*steps.get(label, ()), Equation(found.equation.sides, note))
    return Working(tuple(steps.items()))


def _backward(backward: Iterable[tuple[str, Equation]]) -> Working:
    return Working(tuple((name, (equation,)) for name, equation in backward))
