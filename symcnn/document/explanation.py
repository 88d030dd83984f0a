"""The working as a document: a section for each layer, then the totals and the way back of the receptive field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from symcnn.analysis import Layer
from symcnn.derive import EXPLAINED_NAMES, Explanation, LayerWorking, Line, Repetitions
from symcnn.document.calls import call_line
from symcnn.document.legend import assumption_lines, condition_items
from symcnn.document.lines import line, shape
from symcnn.document.tree import Row, repetitions, rows, times_of
from symcnn.document.words import called, check_language, word
from symcnn.formula.express import express
from symcnn.formula.nodes import Apply, Floor, Formula, Group, Name, Number, Product, Sum, names
from symcnn.report import (
    Block,
    Column,
    Document,
    Equation,
    Inline,
    Listing,
    Math,
    Paragraph,
    Section,
    Table,
    Words,
    Working,
)
from symcnn.report import Line as Inlines

_LESS_ONE = Group(Sum((Name("r"), Number(1)), ("-",)))
_STEP_BACK = Sum((Product((_LESS_ONE, Name("s")), ("*",)), Name("e")), ("+",))  # (r − 1)·s + e
_TAPS = Group(Sum((Name("r"), Name("e"), Number(2)), ("+", "-")))
_FINER_BACK = Sum((Floor(Product((_TAPS, Name("u")), ("/",))), Number(1)), ("+",))  # ⌊(r + e − 2)/u⌋ + 1
_PAIRS = Apply(Name("taps"), tuple(map(Name, ("n", "n'", "k", "s", "p", "d"))))


def explanation_document(*explanations: Explanation, language: str = "en") -> Document:
    """Return the document of some workings, in English (`en`) or Chinese (`zh`)."""
    check_language(language)
    several = len(explanations) > 1
    return Document(tuple(x for found in explanations for x in _sections(found, language, several)))


def _sections(explanation: Explanation, language: str, several: bool) -> Iterator[Section]:
    """Yield the sections; those of one of several nets say of which."""
    analysis = explanation.analysis
    net = f"{analysis.net}: " if several else ""
    if any(found.quantity == "params" for found in explanation.totals) and len(explanation.layers) > 1:
        yield Section(analysis.net, tuple(_overview(explanation, language)))
    for body in explanation.repetitions:
        yield Section(net + body.path, tuple(_repeated(body, language)), more=times_of(body.count))
    tapped = next(filter(_is_tapped, explanation.layers), None)
    nothing = _without_any(explanation)
    for working in explanation.layers:
        if working in nothing:
            continue
        blocks = tuple(_layer(working, language, working is tapped))
        yield Section(net + working.layer.path, blocks, more=repetitions(working.layer.times))
    if explanation.totals or nothing:
        of_none = word("list", language).join(working.layer.path for working in nothing)
        blocks = (_working(explanation.totals, language),) if explanation.totals else ()
        blocks += (Paragraph(line(word("zero_in", language), of_none)),) if nothing else ()
        yield Section(net + word("totals", language), blocks)
    if explanation.backward != ():
        yield Section(net + word("backward", language), tuple(_way_back(explanation, language)))
    assumed = assumption_lines(analysis, language=language)
    items = (*([(word("assuming", language), assumed)] if assumed else []), *condition_items(analysis, language))
    if items and explanation.totals:
        yield Section(net + word("conditions", language), (Listing(items),))


def _repeated(found: Repetitions, language: str) -> Iterator[Block]:
    """Yield what becomes of the sizes from one repetition to the next."""
    yield Paragraph((*line(word("numbered", language)), Math(found.index), Words(" = 0 … "), Math(found.last)))
    steps = []
    for names_, equations in found.recurrences:
        label = word("list", language).join(word(name, language) for name in names_)
        notes = ("from_one_to_next", "first_one", "any_one", "after_last")
        parts = (Equation(e.sides, line(word(note, language))) for e, note in zip(equations, notes, strict=True))
        steps.append((label, tuple(parts)))
    yield Working(tuple(steps)) if steps else Paragraph(line(word("same_size", language)))


def _overview(explanation: Explanation, language: str) -> Iterator[Block]:
    """Yield the table that an exam asks for: sizes, and parameters as `(5·5·1 + 1)·32 = 832`, the input first."""
    analysis = explanation.analysis
    workings = {working.layer.place: working for working in explanation.layers}
    found = rows(analysis, (working.layer for working in explanation.layers))
    columns = (Column(word("layer", language)), Column(word("output", language)), Column(word("params", language)))
    first = (line(word("input", language)), shape(analysis.input), ())
    listed = ((row.cell, shape(row.output), _learned(row, workings)) for row in found)
    total = (line(word("total", language)), shape(analysis.output), line(analysis.params))
    yield Table(columns, (first, *listed), (total,))
    if any(row.times != 1 for row in found):
        yield Paragraph(line(word("repeated", language)), note=True)


def _learned(row: Row, workings: dict[int, LayerWorking]) -> Inlines:
    """Return the parameters of a layer; a block has none beside those of its layers."""
    if row.layer is None:
        return ()
    return _put_in(workings[row.layer.place]) if row.layer.place in workings else line("0")


def _put_in(working: LayerWorking) -> Inlines:
    """Return the values put in and the result, or the result alone; 0 where there are no parameters."""
    counted = (found.equation.sides for found in working.lines if found.quantity == "params")
    *written, result = next(counted, (Number(0),))[-2:]
    return (*(part for side in written for part in (Math(side, written=True), Words(" = "))), Math(result))


def _without_any(explanation: Explanation) -> list[LayerWorking]:
    """Return the layers that have 0 of all that is asked for, which need no section each, unless they are chosen."""
    found = [x for x in explanation.layers if x.lines and all(y.equation.sides == (Number(0),) for y in x.lines)]
    whole = explanation.totals or len(explanation.layers) == len(explanation.analysis.layers)
    return [x for x in found if not x.layer.conditions] if whole and len(found) > 1 else []


def _is_tapped(working: LayerWorking) -> bool:
    """Tell whether the function `taps` stands in a working, which is explained in the first one."""
    sides = (side for found in working.lines for side in found.equation.sides)
    return any(name == _PAIRS.head for side in sides for name in names(side))


def _layer(working: LayerWorking, language: str, tapped: bool) -> Iterator[Block]:
    layer = working.layer
    inputs = [part for size in layer.inputs for part in (Words(word("list", language)), *shape(size))][1:]
    call = line(layer.kind) if len(layer.inputs) > 1 else call_line(layer)
    yield Paragraph((*call, Words(word("on", language)), *inputs))
    if layer.times != 1:
        yield _copies(layer, language)
    if working.symbols:
        yield Paragraph(tuple(_symbols(working, language)))
    if working.lines:
        yield _working(working.lines, language)
        if tapped:
            yield Paragraph((Math(_PAIRS), *line(word("taps", language))))
    elif not layer.conditions:
        yield Paragraph(line(word("nothing", language)))
    yield from _conditions(layer, language)


def _copies(layer: Layer, language: str) -> Paragraph:
    """Say of how many layers the working is one."""
    before, after = word("copies_by_index" if layer.loops else "copies", language).split("{}")
    times: Inline = Words(str(layer.times)) if isinstance(layer.times, int) else Math(express(layer.times))
    return Paragraph((*line(before), times, *line(after)) if before else (times, *line(after)))


def _conditions(layer: Layer, language: str) -> Iterator[Block]:
    """Yield the conditions that come from a layer."""
    if layer.conditions:
        yield Listing(((word("defined_for", language), tuple(map(line, layer.conditions))),))


def _symbols(working: LayerWorking, language: str) -> Iterator[Inline]:
    """Say what the symbols of the formulas stand for."""
    yield Words(word("with", language))
    said = _letters(working, language)
    for place, (symbol, _, value) in enumerate(working.symbols):
        if place:
            yield Words(word("list", language))
        yield Math(Name(symbol))
        if value != Name(symbol):
            yield Words(" = ")
            yield Math(value)
        yield Words(f" ({said[symbol]})")
    for name in _clashing(working):
        meanings = word("meanings", language).format(said[name])
        yield from (Words(word("clash", language)), Math(Name(name)), Words(meanings), Math(Name(name)))


def letters(explanations: Iterable[Explanation], language: str = "en") -> dict[str, str]:
    """Return the letters of the layers' formulas, with what they stand for."""
    workings = (working for found in explanations for working in found.layers)
    return {name: meaning for w in workings for name, meaning in _letters(w, language).items()}


def _letters(working: LayerWorking, language: str) -> dict[str, str]:
    own = {"C": word("in_channels", language), "n": word("input_size", language)}
    own |= {name: word(f"name {name}", language) for name in EXPLAINED_NAMES}
    return {symbol: argument or own[symbol] for symbol, argument, _ in working.symbols}


def _clashing(working: LayerWorking) -> list[str]:
    """Return the symbols of the layer's formulas that are also, as something else, in the values put in."""
    ours = {symbol: value for symbol, _, value in working.symbols}
    used = {name.name for value in ours.values() for name in names(value)}
    return sorted(name for name in used if name in ours and ours[name] != Name(name))


def _working(lines: Iterable[Line], language: str) -> Working:
    steps: dict[str, tuple[Equation, ...]] = {}
    for found in lines:
        label = called(found.quantity, language)
        said = [word(key, language) for key in (found.axis, found.note) if key]
        note = line(word("list", language).join(said)) if said else ()
        steps[label] = (*steps.get(label, ()), Equation(found.equation.sides, note))
    return Working(tuple(steps.items()))


def _way_back(explanation: Explanation, language: str) -> Iterator[Block]:
    """Yield the rules of the way back, as far as it needs them, and its steps."""
    if explanation.backward is None:
        joins = any(len(layer.inputs) > 1 for layer in explanation.analysis.layers)
        yield Paragraph(line(word("no_way_back" if joins else "no_steps_back", language)))
        return
    yield _rule(word("backward_words", language), _STEP_BACK)
    if any(_goes_finer(side) for _, _, equation in explanation.backward for side in equation.sides):
        yield _rule(word("finer_words", language), _FINER_BACK)
    if any(len(layer.inputs) > 1 for layer in explanation.analysis.layers):
        yield Paragraph(line(word("widest", language)))
    yield _backward(explanation.backward, language)


def _goes_finer(side: Formula) -> bool:
    return isinstance(side, Sum) and isinstance(side.terms[0], Floor)


def _rule(words: str, form: Formula) -> Paragraph:
    return Paragraph((*line(words), Math(Name("r")), Words(" ← "), Math(form)))


def _backward(backward: Iterable[tuple[str, str | None, Equation]], language: str) -> Working:
    """Return all steps back in one block, each with the layer that it goes through."""
    notes = (line(name if axis is None else f"{name}, {word(axis, language)}") for name, axis, _ in backward)
    equations = (equation for _, _, equation in backward)
    return Working((("", tuple(Equation(e.sides, note) for e, note in zip(equations, notes, strict=True))),))
