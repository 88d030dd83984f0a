"""The answers of a class, as a spreadsheet saves them: long (learner, question, answer) or wide, one column each."""

from __future__ import annotations

import csv
import io
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from symcnn.answers.messages import Words
from symcnn.answers.questions import Quiz
from symcnn.errors import SymcnnError, did_you_mean, printable
from symcnn.source import Source
from symcnn.syntax.read import decode, reason

DELIMITERS = (",", ";", "\t")
_LONG = ("learner", "question", "answer")
_MOST_BYTES = 100_000_000  # of a file: a thousand learners with twelve answers have one of them
_LONGEST_NAME = 200  # characters of a learner's name or number
_UTF16 = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}

Key = tuple[str, str]  # learner and question


@dataclass(frozen=True)
class Answers:
    """What learners answered: `texts` as they were written; `order` has every learner with every question once.

    Answers come in the order of the input, those that are missing after them, by learner.
    """

    texts: Mapping[Key, str]
    order: tuple[Key, ...]
    delimiter: str = ","
    byte_order_mark: bool = False  # as some spreadsheets write, and want
    refused: Mapping[Key, Words] = field(default_factory=dict)  # what cannot be marked, and why: it costs no other row
    warnings: tuple[str, ...] = ()
    unnamed: frozenset[str] = frozenset()  # what stands for the learners of rows that do not say whose they are

    @property
    def learners(self) -> tuple[str, ...]:
        """The learners in the order in which they come first."""
        return tuple(dict.fromkeys(learner for learner, _ in self.order))


def load_answers(path: str | Path, quiz: Quiz) -> Answers:
    """Read the answers to a quiz from a CSV file; raises `SymcnnError` with the line of a mistake.

    Columns are parted by commas, semicolons or tabs; the encoding is UTF-8, with a byte order mark or without.
    """
    try:
        with Path(path).open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        raise SymcnnError(f"no such file: {path}") from None
    except (OSError, ValueError) as error:
        raise SymcnnError(f"cannot read {path}: {reason(error)}") from None
    return read_answers(content, quiz, str(path))


def read_answers(content: bytes, quiz: Quiz, name: str = "answers") -> Answers:
    """Read the answers to a quiz from the bytes of a CSV file."""
    if len(content) > _MOST_BYTES:
        raise SymcnnError(f"{name} has more than {_MOST_BYTES:,} bytes")
    source = _decoded(content, name)
    table = _Table(source)
    known = [question.id for question in quiz.questions]
    entries = table.long(known) if table.is_long else table.wide(quiz)
    found = gathered(entries, quiz, table.delimiter, name)
    refused = {**found.refused, **table.refused}
    order = tuple(key for key in found.order if key in found.texts or key[0] not in table.unnamed)
    unnamed, marked = frozenset(table.unnamed), content.startswith(BOM_UTF8)
    return replace(
        found, order=order, byte_order_mark=marked, refused=refused, warnings=tuple(table.warnings), unnamed=unnamed
    )


def gathered(entries: Iterable[tuple[int, str, str, str]], quiz: Quiz, delimiter: str = ",", name: str = "") -> Answers:
    """Return answers given one by one: (line, learner, question, answer); what is answered twice is refused."""
    texts: dict[Key, str] = {}
    refused: dict[Key, Words] = {}
    lines: dict[Key, int] = {}
    for line, learner, question, answer in entries:
        key = learner, question
        if key in texts:
            refused[key] = (
                f"{learner} answers {question} twice, in lines {lines[key]} and {line}; remove one of them",
                f"{learner} 对 {question} 作答两次（第 {lines[key]} 行和第 {line} 行），请删去其一",
            )
            continue
        texts[key], lines[key] = answer, line
    if not texts:
        raise SymcnnError(f"{name or 'the table'} has no answers", hint="below the heads stands one row for each")
    learners = dict.fromkeys(learner for learner, _ in texts)
    everything = ((learner, question.id) for learner in learners for question in quiz.questions)
    return Answers(texts, tuple(dict.fromkeys((*texts, *everything))), delimiter, refused=refused)


def _decoded(content: bytes, name: str) -> Source:
    zeros = content[:200].count(b"\0")
    if content[:2] in _UTF16 or (zeros > 4 and zeros * 3 > len(content[:200])):
        hint = "save the table as 'CSV UTF-8'"
        raise SymcnnError(f"{name} is UTF-16, and not UTF-8", hint=hint)
    if not content.strip(b"\xef\xbb\xbf \t\r\n"):
        raise SymcnnError(f"{name} is empty", hint="its first line is learner,question,answer or learner,q1,q2,…")
    try:
        return decode(content, name)
    except SymcnnError as error:
        raise SymcnnError(error.message, hint="save the table as 'CSV UTF-8'") from None


def _where(name: str, line: int) -> str:
    return f"{name}:{line}: " if name else ""


def _whole(reader: Iterator[list[str]], where: str) -> Iterator[list[str]]:
    """Yield the rows of a reader; however long a cell is, it costs no other."""
    before = csv.field_size_limit(_MOST_BYTES)
    try:
        yield from reader
    except csv.Error as error:
        raise SymcnnError(f"{where}: {error}") from None
    finally:
        csv.field_size_limit(before)


def _is_torn(lines: list[str], delimiter: str) -> bool:
    """Tell whether the lines of one row begin with a quote that none ends, or one that is inside a cell."""
    try:
        list(_whole(csv.reader(lines, delimiter=delimiter, strict=True), ""))
    except SymcnnError:
        return True
    return False


class _Table:
    """The rows of a CSV file under its heads."""

    def __init__(self, source: Source) -> None:
        self.name, self._text = source.name, source.text
        self.refused: dict[Key, Words] = {}
        self.unnamed: set[str] = set()
        self.warnings: list[str] = []
        self.delimiter, self.heads = self._found()
        self._check_heads()
        self.is_long = "question" in self.heads or "answer" in self.heads

    def _found(self) -> tuple[str, list[str]]:
        """Return the delimiter and the heads: `learner` is one of them."""
        for delimiter in DELIMITERS:
            heads = [head.strip() for head in next((row for _, row, _ in self._rows(delimiter)), [])]
            folded = [head.casefold() if head.casefold() in _LONG else head for head in heads]
            if "learner" in folded and (len(folded) > 1 or delimiter == DELIMITERS[-1]):
                return delimiter, folded
        first = printable(self._text.lstrip().split("\n", 1)[0][:60].rstrip())
        hint = f"the first line is learner,question,answer or learner,q1,q2,…; here it is '{first}'"
        raise SymcnnError(f"{self.name} has no column 'learner'", hint=hint)

    def _check_heads(self) -> None:
        for place, head in enumerate(self.heads):
            if not head:
                raise SymcnnError(f"{self.name}:1: column {place + 1} has no head")
            if head in self.heads[:place]:
                raise SymcnnError(f"{self.name}:1: there are two columns '{head}'")

    def _rows(self, delimiter: str) -> Iterator[tuple[int, list[str], Words | None]]:
        """Yield the rows that are not empty, each with its first line, and what is wrong with its quotes.

        A quote that nothing ends would take in the lines below it: its row ends with its line instead.
        """
        lines = list(io.StringIO(self._text, newline=""))
        start = 0
        while start < len(lines):
            reader = csv.reader(map(lines.__getitem__, range(start, len(lines))), delimiter=delimiter)
            first = start
            for row in _whole(reader, f"{self.name}:{first + 1}"):
                end = start + reader.line_num
                problem = None
                if end - first > 1 and _is_torn(lines[first:end], delimiter):
                    row = lines[first].rstrip("\r\n").split(delimiter)
                    end = first + 1
                    problem = f"line {end} has a quote that nothing ends", f"第 {end} 行有未闭合的引号"
                if any(map(str.strip, row)):
                    yield first + 1, row, problem
                first = end
                if problem:
                    break
            start = max(first, start + 1)

    def _entries(self) -> Iterator[tuple[int, dict[str, str], Words | None]]:
        """Yield the rows with their lines, and why one of them cannot be marked."""
        rows = self._rows(self.delimiter)
        next(rows)
        for line, row, problem in rows:
            if not problem and len(row) > len(self.heads) and any(map(str.strip, row[len(self.heads) :])):
                problem = (
                    f'line {line} has {len(row)} columns, and the heads are {len(self.heads)}: write "1,024"',
                    f'第 {line} 行有 {len(row)} 列，而表头只有 {len(self.heads)} 列：请写成 "1,024"',
                )
            entry = dict(zip(self.heads, (*row, *[""] * len(self.heads)), strict=False))
            learner = entry["learner"].strip()
            if not learner or len(learner) > _LONGEST_NAME:
                problem = f"line {line} has no learner", f"第 {line} 行没有学生"
                if learner:
                    problem = f"the name in line {line} is too long", f"第 {line} 行的名字太长"
                learner = learner[:_LONGEST_NAME] or f"(line {line})"
                self.unnamed.add(learner)
            yield line, entry | {"learner": learner}, problem

    def long(self, known: list[str]) -> Iterator[tuple[int, str, str, str]]:
        """Yield the answers of a long table."""
        for column in _LONG:
            if column not in self.heads:
                raise SymcnnError(f"{self.name} has no column '{column}'", hint=f"its heads are {self._listed()}")
        self._check_known([head for head in self.heads if head not in _LONG], _LONG, 1, "column")
        unknown: SymcnnError | None = None
        some = False
        for line, entry, problem in self._entries():
            question = entry["question"].strip()
            try:
                self._check_known([question], known, line, "question")
                some = True
            except SymcnnError as error:
                unknown = unknown or error
                said = f"line {line}: {error.message.partition(': ')[2]} ({error.hint})"
                problem = problem or (said, f"第 {line} 行：没有题目“{question}”")
            if problem:
                self.refused[entry["learner"], question] = problem
            yield line, entry["learner"], question, entry["answer"]
        if unknown is not None and not some:  # the answers are to another quiz
            raise unknown

    def wide(self, quiz: Quiz) -> Iterator[tuple[int, str, str, str]]:
        """Yield the answers of a wide table; of a table's rows some may have no column, since nobody answered them."""
        columns = [head for head in self.heads if head != "learner"]
        self._check_known(columns, [question.id for question in quiz.questions], 1, "question")
        begun = {question.table for question in quiz.questions if question.id in columns} - {None}
        missing = [question for question in quiz.questions if question.id not in columns]
        for question in missing:
            if question.table not in begun:
                hint = f"its heads are {self._listed()}; a question that nobody was asked is no part of the quiz"
                raise SymcnnError(f"{self.name} has no column '{question.id}'", hint=hint)
        self.warnings += [f"{self.name} has no column '{one.id}': its answers are missing" for one in missing]
        for line, entry, problem in self._entries():
            learner = entry["learner"]
            if problem:
                self.refused |= {(learner, column): problem for column in columns}
            yield from ((line, learner, column, entry[column]) for column in columns)

    def _check_known(self, names: list[str], known: Iterable[str], line: int, what: str) -> None:
        for name in names:
            if name not in known:
                listed = ", ".join(known)
                hint = did_you_mean(name, known, f"there are {listed if len(listed) < 200 else listed[:200] + '…'}")
                raise SymcnnError(f"{self.name}:{line}: there is no {what} '{name}'", hint=hint)

    def _listed(self) -> str:
        return ", ".join(self.heads[:20])
