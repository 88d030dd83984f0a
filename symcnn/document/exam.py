"""An exam as a document, and its key: what is right, the working, and which mistake leads to which wrong answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import groupby
from string import ascii_lowercase
from typing import Any, TypeAlias

from symcnn.answers.making.problem import Paper, Problem
from symcnn.answers.making.wording import Wording, wording
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
from symcnn.report import Block, Document, Equation, Line, Listing, Paragraph, Program, Section, Table, Words, Working

_COUNTED_BY_SIZE = ("macs", "flops", "activations", "neurons", "connections")
_SIZES = ("output", "shape", "size", "channels", "height", "width", "depth", "length")
_FILL = "_" * 15
_GAP = Words("; ")  # between the options of a row

Rows: TypeAlias = "tuple[Problem, ...]"  # a question, or the rows of a table


def exam_document(paper: Paper, language: str = "en", choice: bool = False) -> Document:
    """Return the exam: questions without answers; with `choice`, with options to choose from."""
    marks = f"{_FILL[:6]} / {decimal_text(paper.quiz.marks)}"
    head = ((exam_word("name", language), (line(_FILL),)), (exam_word("all_marks", language), (line(marks),)))
    first = Section(_one_line(paper.quiz.title), (Listing(head),))
    networks = _Networks(language)
    questions = [
        Section(
            _title(number, rows, language),
            (*networks.of(number, rows), *_asked(rows, language), *_lines(rows, choice, language)),
        )
        for number, rows in enumerate(_tables(paper), 1)
    ]
    return Document((first, *questions))


def key_document(paper: Paper, language: str = "en", choice: bool = False) -> Document:
    """Return the key: every question with its answer, the working, and its known wrong answers."""
    first = Section(exam_word("key", language, _one_line(paper.quiz.title)), ())
    networks = _Networks(language)
    questions = []
    for number, rows in enumerate(_tables(paper), 1):
        asked = (*networks.of(number, rows), *_asked(rows, language), *_lines(rows, choice))
        solved = (*_answers(rows, language, choice), *_solved(rows, language))
        questions.append(Section(_title(number, rows, language), (*asked, *solved)))
    return Document((first, *questions))


def _tables(paper: Paper) -> list[Rows]:
    """Return the questions with the rows of each table together: on paper they are one."""
    grouped = groupby(paper.problems, key=lambda one: one.question.table or one.question.id)
    return [tuple(rows) for _, rows in grouped]


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _title(number: int, rows: Rows, language: str) -> str:
    each = rows[0].question.marks
    marks = sum((one.question.marks for one in rows), Fraction(0))
    if len(rows) > 1:
        said = exam_word("rows", language, decimal_text(marks), decimal_text(each))
    else:
        said = exam_word("mark", language) if marks == 1 else exam_word("marks", language, decimal_text(marks))
    return exam_word("question", language, number) + said


class _Networks:
    """The networks of an exam: each is told once, and later questions about it name the first."""

    def __init__(self, language: str) -> None:
        self._language, self._known = language, dict[Any, int]()

    def of(self, number: int, rows: Rows) -> Iterator[Block]:
        """Yield what is said of the network of a question."""
        said = _wording(rows, self._language)
        if not said.network:
            return
        first = self._known.setdefault(said.network, number)
        if first != number:
            yield Paragraph(line(exam_word("same", self._language, first)))
            return
        yield Paragraph(line(said.intro))
        if said.layers:
            yield Listing(tuple((name, (line(words),)) for name, words in said.layers))
        if said.program:
            yield Program(said.program)
        if said.values:
            yield Paragraph(line(said.values))


def _wording(rows: Rows, language: str) -> Wording:
    return wording(rows[0].posed, language, len(rows) > 1)


def _asked(rows: Rows, language: str) -> Iterator[Block]:
    said = _wording(rows, language)
    if text := said.ask or said.intro:
        yield Paragraph(line(text))


def _lines(rows: Rows, choice: bool, language: str = "") -> Iterator[Block]:
    """Yield the options of a question or, with a `language`, a line for each answer: a key needs none."""
    options = _has_options(rows, choice)
    if len(rows) > 1 and (options or language):
        yield Listing(tuple((_name(one), (_options(one) if options else line(_FILL),)) for one in rows))
    elif options:
        yield Listing(tuple((f"({letter})", (value_line(v),)) for letter, v in lettered(rows[0])))
    elif language:
        yield Listing(((exam_word("answer", language), (line(_FILL * 2),)),))


def _has_options(rows: Rows, choice: bool) -> bool:
    return choice and all(one.wrong for one in rows)


def _name(row: Problem) -> str:
    return row.question.layer or row.question.id


def _options(row: Problem) -> Line:
    options = ((*line(f"({letter}) "), *value_line(value)) for letter, value in lettered(row))
    return tuple(part for place, option in enumerate(options) for part in ((_GAP,) * bool(place) + option))


def lettered(one: Problem) -> list[tuple[str, Any]]:
    """Return the options of a multiple choice with their letters."""
    return list(zip(ascii_lowercase, one.options(), strict=False))


def _answers(rows: Rows, language: str, choice: bool) -> Iterator[Block]:
    answer, options = exam_word("answer", language), _has_options(rows, choice)
    if len(rows) == 1:
        yield Listing(((answer, (_answer(rows[0], options),)),))
    else:
        yield Paragraph(line(answer))
        yield Listing(tuple((_name(one), (_answer(one, options),)) for one in rows))


def _answer(one: Problem, options: bool) -> Line:
    letters = [f"({letter}) " for letter, value in lettered(one) if options and value == one.value]
    return (*line(*letters), *value_line(one.value))


def _solved(rows: Rows, language: str) -> Iterator[Block]:
    yield from _once(block for one in rows for block in working(one, language))
    if any(one.wrong for one in rows):
        yield Paragraph(line(exam_word("wrong", language)))
        of = [f"{_name(one)}: " if len(rows) > 1 else "" for one in rows]
        yield Listing(
            tuple(
                (f"{name}{_plain(wrong.value)}", tuple(slip_lines(one, wrong.slips, language)))
                for name, one in zip(of, rows, strict=True)
                for wrong in one.wrong
            )
        )


def _once(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield blocks without the steps that one before had, as the sizes up to a layer are those up to the next."""
    known: set[tuple[str, tuple[Equation, ...]]] = set()
    for block in blocks:
        if not isinstance(block, Working):
            yield block
        elif new := tuple(step for step in block.steps if step not in known):
            known |= set(new)
            yield Working(new)


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
