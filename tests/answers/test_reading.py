"""Answers as people type them: every row of the table reads as it is meant, or is refused."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from random import Random

import pytest

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.evaluate import evaluator
from symcnn.algebra.symbols import symbol
from symcnn.answers.names import Names
from symcnn.answers.notation import latex, plain
from symcnn.answers.read import read
from symcnn.answers.reading import Member, Reading
from symcnn.answers.unreadable import Unreadable
from symcnn.answers.worth import worth
from tests.answers.table import KNOWN_FAILURE, Row, meant, rows

ROWS = rows()
READ = [row for row in ROWS if row.verdict != "invalid" and KNOWN_FAILURE not in row.note]
REFUSED = [row for row in ROWS if row.verdict == "invalid"]
FAILING = [row for row in ROWS if KNOWN_FAILURE in row.note]
POINTS = 6


def readings(row: Row) -> tuple[Reading, ...]:
    return read(row.answer, Names(row.symbols), locale=row.locale or None, form=row.form)


def value(member: Member, values: dict[str, int]) -> object:
    """Return what a member is worth at a point; the unit is part of it."""
    evaluate = evaluator({symbol(name): number for name, number in values.items()})
    factor = member.unit.factor if member.unit else 1
    found = tuple(Fraction(evaluate(worth(item, Arithmetic()))) * factor for item in member.items)
    return found if member.form == "shape" else found[0]


def agree(row: Row, found: tuple[Reading, ...]) -> None:
    assert len(found) == len(row.readings)
    random = Random(row.id)
    for reading, members in zip(found, row.readings, strict=True):
        assert len(reading.members) == len(members)
        for _ in range(POINTS):
            values = {name: random.randint(1, 9) for name in {*row.symbols, *reading.free}}
            for member, code in zip(reading.members, members, strict=True):
                assert value(member, values) == meant(code, values)


def test_the_table_has_three_or_more_of_our_own_for_each_worked_example() -> None:
    given = Counter(row.kind for row in ROWS if row.source != "own")
    own = Counter(row.kind for row in ROWS if row.source == "own")
    assert all(own[kind] >= 3 * number for kind, number in given.items())
    assert len({row.id for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", READ, ids=lambda row: row.id)
def test_an_answer_reads_as_it_is_meant(row: Row) -> None:
    found = readings(row)
    agree(row, found)
    assert (row.verdict == "ambiguous") == (len(found) > 1)


@pytest.mark.parametrize("row", READ, ids=lambda row: row.id)
def test_the_echo_reads_as_the_same(row: Row) -> None:
    for reading, members in zip(readings(row), row.readings, strict=True):
        if any(member.unit for member in reading.members):
            continue
        for echo in (latex(reading), plain(reading)):
            again = read(echo, Names([*row.symbols, *reading.free]), form=row.form, locale="en")
            random = Random(row.id)
            values = {name: random.randint(1, 9) for name in {*row.symbols, *reading.free}}
            agreeing = [
                all(value(m, values) == meant(code, values) for m, code in zip(found.members, members, strict=True))
                for found in again
                if len(found.members) == len(members)
            ]
            assert any(agreeing)


@pytest.mark.parametrize("row", REFUSED, ids=lambda row: row.id)
def test_what_is_no_answer_is_refused(row: Row) -> None:
    try:
        (found,) = readings(row)
        first, *others = found.members
        assert not others or first.items != others[0].items, "a tautology, which the judge refuses"
        worth(first.items[0], Arithmetic())
    except (Unreadable, AssertionError):
        return
    pytest.fail(f"{row.answer!r} reads as {latex(found)}")


def test_known_failures_are_refused_and_never_misread() -> None:
    for row in FAILING:
        try:
            found = readings(row)
        except Unreadable:
            continue
        agree(row, found)
        pytest.fail(f"{row.id} works now: take the mark out of the table")
