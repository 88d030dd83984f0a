"""An exam as a document, and its key: what is right, the working, and which mistake leads to which wrong answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from string import ascii_lowercase
from typing import Any

from symcnn.answers.making.problem import Paper, Problem
from symcnn.answers.making.wording import wording
from symcnn.answers.quiz_text import decimal_text
from symcnn.answers.slips import SlipMade
from symcnn.derive import EXPLAINED, derive
from symcnn.document.exam_words import exam_word
from symcnn.document.explanation import explanation_document
from symcnn.document.lines import line, shape
from symcnn.errors import SymcnnError
from symcnn.formula.express import express, express_shape
from symcnn.formula.nodes import Name, Number
from symcnn.formula.style import PLAIN
from symcnn.report import Block, Document, Equation, Line, Listing, Paragraph, Program, Section, Table, Working

_COUNTED_BY_SIZE = ("macs", "flops", "activations", "neurons", "connections")
_SIZES = ("output", "shape", "size", "channels", "height", "width", "depth", "length")
_FILL = "_" * 15


def exam_document(paper: Paper, language: str = "en", choice: bool = False) -> Document:
    """Return the exam: questions without answers; with `choice`, with options to choose from."""
    marks = f"{_FILL[:6]} / {decimal_text(paper.quiz.marks)}"
    head = ((exam_word("name", language), (line(_FILL),)), (exam_word("all_marks", language), (line(marks),)))
    first = Section(_one_line(paper.quiz.title), (Listing(head),))
    questions = (
        Section(_title(number, one, language), tuple(_asked(one, language, choice)))
        for number, one in enumerate(paper.problems, 1)
    )
    return Document((first, *questions))


def key_document(paper: Paper, language: str = "en", choice: bool = False) -> Document:
    """Return the key: every question with its answer, the working, and its known wrong answers."""
    first = Section(exam_word("key", language, _one_line(paper.quiz.title)), ())
    questions = (
        Section(
            _title(number, one, language),
            (*_asked(one, language, choice), *_answer(one, language, choice), *_solved(one, language)),
        )
        for number, one in enumerate(paper.problems, 1)
    )
    return Document((first, *questions))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _title(number: int, one: Problem, language: str) -> str:
    marks = one.question.marks
    said = exam_word("mark", language) if marks == 1 else exam_word("marks", language, decimal_text(marks))
    return exam_word("question", language, number) + said


def _asked(one: Problem, language: str, choice: bool) -> Iterator[Block]:
    said = wording(one.posed, language)
    yield from (Paragraph(line(text)) for text in (said.intro,) if text and text != said.ask)
    if said.layers:
        yield Listing(tuple((name, (line(words),)) for name, words in said.layers))
    if said.program:
        yield Program(said.program)
    yield from (Paragraph(line(text)) for text in (said.values, said.ask) if text)
    if choice and one.wrong:
        yield Listing(tuple((f"({letter})", (value_line(v),)) for letter, v in lettered(one)))


def lettered(one: Problem) -> list[tuple[str, Any]]:
    """Return the options of a multiple choice with their letters."""
    return list(zip(ascii_lowercase, one.options(), strict=False))


def _answer(one: Problem, language: str, choice: bool) -> Iterator[Block]:
    letters = [f"({letter}) " for letter, value in lettered(one) if value == one.value] if choice and one.wrong else []
    yield Listing(((exam_word("answer", language), ((*line(*letters), *value_line(one.value)),)),))


def _solved(one: Problem, language: str) -> Iterator[Block]:
    yield from working(one, language)
    if one.wrong:
        yield Paragraph(line(exam_word("wrong", language)))
        found = ((_plain(wrong.value), tuple(slip_lines(one, wrong.slips, language))) for wrong in one.wrong)
        yield Listing(tuple(found))


def slip_lines(one: Problem, slips: Sequence[SlipMade], language: str) -> Iterator[Line]:
    """Yield what to do instead of each mistake, with its id and of several layers those in which it leads to it."""
    made: dict[tuple[str, str], dict[str, None]] = {}
    for slip in slips:
        text = slip.text if language == "en" else slip.zh
        made.setdefault((slip.id, text), {}).update(dict.fromkeys(slip.layers))
    several = one.analysis is not None and len(one.analysis.layers) > 1
    for (id_, text), layers in made.items():
        where = f"; {', '.join(layers)}" if several and layers else ""
        yield line(f"{text} [{id_}{where}]")


def value_line(value: Any) -> Line:
    """Return a value, or a shape, as a line."""
    return shape(value) if isinstance(value, tuple) else line(value)


def _plain(value: Any) -> str:
    return PLAIN.unicode.write(express_shape(value) if isinstance(value, tuple) else express(value))


def working(one: Problem, language: str) -> Iterator[Block]:
    """Yield the working of a question about a network; nothing where none is known."""
    quantities = _quantities(str(one.question.quantity))
    if one.analysis is None or not quantities:
        return
    try:
        found = derive(one.analysis, _layers(one), quantities)
    except SymcnnError:  # a quantity whose working cannot be written
        return
    steps: list[tuple[str, tuple[Equation, ...]]] = []
    for section in explanation_document(found, language=language).sections:
        for block in section.blocks:
            if isinstance(block, Working):
                steps += _labelled(section.title, block)
            elif isinstance(block, Table) and len(found.layers) > 1:
                yield block
    if steps:
        yield Working(tuple(steps))


def _quantities(quantity: str) -> tuple[str, ...]:
    """Return what is worked out for a quantity: operations need the sizes first."""
    if quantity in _SIZES:
        return ("size",)
    if quantity in _COUNTED_BY_SIZE:
        return ("size", quantity)
    return (quantity,) if quantity in EXPLAINED else ()


def _layers(one: Problem) -> tuple[str, ...] | None:
    """Return the layers whose working is shown: of a size, all up to the one that is asked for."""
    analysis, asked = one.analysis, one.posed.asked
    assert analysis is not None
    if asked.path is None:
        return None
    paths = [layer.path for layer in analysis.layers]
    chosen = tuple(layer.path for layer in asked.layers)
    if one.question.quantity in _SIZES:
        return tuple(paths[: paths.index(chosen[-1]) + 1])
    return chosen


def _labelled(title: str, block: Working) -> Iterator[tuple[str, tuple[Equation, ...]]]:
    """Yield the steps, each with the layer in its label, without those that say that nothing happens."""
    for label, equations in block.steps:
        telling = tuple(one for one in equations if one.sides != (Number(0),) and one.sides[1:2] != (Name("n"),))
        if telling:
            yield (f"{title}: {label}" if label else title), telling


def formulas(one: Problem, language: str) -> Iterator[Block]:
    """Yield the formulas of a question's working without its numbers, each once."""
    known: set[Equation] = set()
    for block in working(one, language):
        if not isinstance(block, Working):
            continue
        steps = []
        for label, equations in block.steps:
            forms = dict.fromkeys(Equation(found.sides[:-2]) for found in equations if len(found.sides) > 2)
            new = tuple(form for form in forms if form not in known and form.sides)
            known |= set(new)
            steps += [(label, new)] if new else []
        if steps:
            yield Working(tuple(steps))
