"""The answers of a class as spreadsheets save them: delimiters, encodings, quotes, and tables that cannot be used."""

from __future__ import annotations

import csv
import io
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symcnn.answers import grade, parse_quiz
from symcnn.answers.grading.table import Answers, load_answers, read_answers
from symcnn.render.sheet import raw_cell, render_sheet, safe_cell, sheet_csv
from tests.helpers import draws, error_of

QUIZ = parse_quiz('[[question]]\nid = "q1"\nreference = "832"\n[[question]]\nid = "q2"\nreference = "9*C**2"')
LONG = "learner,question,answer\ns01,q1,832\ns01,q2,9C²\ns02,q1,800\n"
WIDE = "learner,q1,q2\ns01,832,9C²\ns02,800,\n"
TEXTS = {("s01", "q1"): "832", ("s01", "q2"): "9C²", ("s02", "q1"): "800"}


def read(text: str, encoding: str = "utf-8") -> Answers:
    return read_answers(text.encode(encoding), QUIZ, "a.csv")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("text", [LONG, WIDE])
def test_tables_as_they_are_saved(text: str, newline: str, encoding: str, delimiter: str) -> None:
    found = read(text.replace(",", delimiter).replace("\n", newline), encoding)
    assert {key: answer for key, answer in found.texts.items() if answer} == TEXTS
    assert found.order == (("s01", "q1"), ("s01", "q2"), ("s02", "q1"), ("s02", "q2"))
    assert (found.delimiter, found.byte_order_mark) == (delimiter, encoding != "utf-8")


def test_heads_in_any_case_and_order_and_empty_lines() -> None:
    assert read("Question , ANSWER,Learner\n\nq1,832, s01 \n,,\nq2,9C²,s01\nq1,800,s02\n").texts == TEXTS
    assert read("q2,learner,q1\n9C²,s01,832\n,s02,800,,\n").texts == TEXTS | {("s02", "q2"): ""}


def test_answers_are_kept_as_they_were_typed() -> None:
    typed = ' "a", b\r\n= 3\t'
    out = io.StringIO()
    csv.writer(out).writerows([("learner", "question", "answer"), ("s01", "q1", typed)])
    assert read(out.getvalue()).texts == {("s01", "q1"): typed}
    assert read("learner;q1;q2\ns01;1,5;a,b").texts["s01", "q2"] == "a,b"


def test_very_long_answers_cost_nobody_else() -> None:
    sheet = grade(QUIZ, read(f"learner,question,answer\ns01,q1,{'9' * 1_000_000}\ns02,q1,832\n"))
    assert [row.verdict for row in sheet.rows][:2] == ["invalid", "exact"]
    assert sheet.rows[0].answer == "9" * 1_000_000
    assert csv.field_size_limit() == 131_072  # as it was


BROKEN = [
    ("", "a.csv is empty", "learner,question,answer"),
    ("\ufeff \r\n", "a.csv is empty", "learner,question,answer"),
    ("learner,question,answer\n", "a.csv has no answers", None),
    ("name,q1,q2\ns01,1,2\n", "no column 'learner'", "here it is 'name,q1,q2'"),
    ("learner,q1\ns01,832\n", "no column 'q2'", "its heads are learner, q1"),
    ("learner,answer\ns01,832\n", "no column 'question'", None),
    ("learner,question\ns01,q1\n", "no column 'answer'", None),
    ("learner,q1,q2,q3\n", "a.csv:1: there is no question 'q3'", "there are q1, q2"),
    ("learner,question,answer\ns01,q7,1\ns01,q8,1\n", "a.csv:2: there is no question 'q7'", "there are q1, q2"),
    ("learner,question,answer,mail\n", "a.csv:1: there is no column 'mail'", None),
    ("learner,q1,q1\n", "a.csv:1: there are two columns 'q1'", None),
    ("learner,q1,,q2\n", "a.csv:1: column 3 has no head", None),
]


@pytest.mark.parametrize(("text", "message", "hint"), BROKEN)
def test_tables_that_cannot_be_used(text: str, message: str, hint: str | None) -> None:
    error = error_of(lambda: read(text))
    assert message in error.message
    assert hint is None or hint in str(error)


def test_a_row_that_nobody_answered_has_no_column() -> None:
    rows = (
        'net = "net q { input 1×28×28; c1: Conv(32, 5); c2: Conv(32, 5) }"\n[[question]]\nid = "t"\nquantity = "params"'
    )
    quiz = parse_quiz(f'{rows}\nlayers = ["c1", "c2"]')
    found = read_answers(b"learner,t.c1\ns01,832\n", quiz, "a.csv")
    assert found.warnings == ("a.csv has no column 't.c2': its answers are missing",)
    assert [row.verdict for row in grade(quiz, found).rows] == ["exact", "missing"]
    assert not read("learner,q1,q2\ns01,832,1\n").warnings


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_other_encodings_are_named(encoding: str) -> None:
    error = error_of(lambda: read(WIDE, encoding))
    assert error.message == "a.csv is UTF-16, and not UTF-8"
    assert error.hint == "save the table as 'CSV UTF-8'"


def test_bytes_that_are_no_text() -> None:
    for encoding in ("latin-1", "cp1252"):
        content = "learner,q1,q2\ns01,9C²,1".encode(encoding)
        error = error_of(partial(read_answers, content, QUIZ, "a.csv"))
        assert error.message == "a.csv:2:7: this is not UTF-8 (byte 0xb2)"
    assert "not UTF-8" in error_of(lambda: read("learner,q1,q2\ns01,答案,1", "gbk")).message


def test_files(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(WIDE, "utf-8")
    assert load_answers(tmp_path / "a.csv", QUIZ).learners == ("s01", "s02")
    assert "no such file" in error_of(lambda: load_answers(tmp_path / "b.csv", QUIZ)).message
    assert "cannot read" in error_of(lambda: load_answers(tmp_path, QUIZ)).message


@draws(100)
@given(st.text(max_size=12), st.text(max_size=12).filter(str.strip))
def test_no_cell_is_a_formula_and_every_answer_comes_back(answer: str, learner: str) -> None:
    sheet = grade(QUIZ, [(learner, "q1", answer)])
    text = sheet_csv(sheet)
    rows = list(csv.reader(io.StringIO(text, newline="")))
    for row in rows[1:]:
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)
    assert (raw_cell(rows[1][0]), raw_cell(rows[1][2])) == (learner, answer)


def test_injections() -> None:
    for text in ("=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "'=1"):
        assert safe_cell(text) == "'" + text
        assert raw_cell(safe_cell(text)) == text
        page = render_sheet(grade(QUIZ, [(text, "q1", text)]), "csv")
        assert list(csv.reader(io.StringIO(page, newline="")))[1][0] == "'" + text


def test_the_sheet_is_saved_as_the_answers_were() -> None:
    text = sheet_csv(grade(QUIZ, read(WIDE.replace(",", ";"), "utf-8-sig")))
    assert text.startswith("\ufefflearner;question;answer;verdict;credit;marks;slips;message")


REFUSED = [
    ("learner,question,answer\ns01,q1,1\ns01,q1,2\ns02,q1,2\n", {("s01", "q1"): "twice, in lines 2 and 3"}),
    ("learner,q1,q2\ns01,1,2\ns02,1,2\ns01,3,4\n", {("s01", q): "twice, in lines 2 and 4" for q in ("q1", "q2")}),
    ("learner,q1,q2\n,1,2\ns02,1,2\n", {("(line 2)", q): "line 2 has no learner" for q in ("q1", "q2")}),
    ("learner,q1,q2\ns01,1,2,3\ns02,1,2\n", {("s01", q): "line 2 has 4 columns" for q in ("q1", "q2")}),
    (f"learner,q1,q2\n{'a' * 300},1,2\n", {("a" * 200, q): "the name in line 2 is too long" for q in ("q1", "q2")}),
    ('learner,q1,q2\ns01,"a\nb",2\ns02,1,2,3\n', {("s02", q): "line 4 has 4 columns" for q in ("q1", "q2")}),
]


@pytest.mark.parametrize(("text", "refused"), REFUSED)
def test_one_bad_row_costs_no_other(text: str, refused: dict[tuple[str, str], str]) -> None:
    answers = read(text)
    assert answers.refused.keys() == refused.keys()
    for row in grade(QUIZ, answers).rows:
        said = row.marked.message["en"]
        if (row.learner, row.question) in refused:
            assert (
                row.verdict == "invalid"
                and refused[row.learner, row.question] in said
                and "未评分：" in row.marked.message["zh"]
                and row.marks == 0
            )
        else:
            assert not said.startswith("Not marked")


QUOTES = [
    'learner,question,answer\ns01,q1,"832\ns02,q1,832\ns03,q2,1\n',
    'learner,question,answer\r\ns01,q1,"832\r\ns02,q1,832\r\ns03,q2,"1\r\ns04,q2,9C²\r\n',
    'learner,question,answer\ns02,q1,832\ns01,q1,"832',
    'learner,question,answer\ns02,q1,832\ns01,q1,"832\n\n\n',
]


@pytest.mark.parametrize("text", QUOTES)
def test_a_quote_that_nothing_ends_costs_only_its_row(text: str) -> None:
    answers = read(text)
    opened = {tuple(line.split(",")[:2]) for line in text.split() if '"' in line}
    assert answers.refused.keys() == (opened if text != QUOTES[2] else set())
    assert all("a quote that nothing ends" in why for why, _ in answers.refused.values())
    assert set(answers.texts) == {tuple(line.split(",")[:2]) for line in text.split()[1:]}
    assert grade(QUIZ, answers).totals["s02"] == 1


def test_rows_that_name_no_learner_or_no_question_count_for_nobody() -> None:
    answers = read("learner,question,answer\ns01,q1,832\n,q1,1\ns01,q7,1\n")
    sheet = grade(QUIZ, answers)
    assert [(row.learner, row.question) for row in sheet.rows[:3]] == [("s01", "q1"), ("(line 3)", "q1"), ("s01", "q7")]
    assert sheet.rows[2].marked.message["en"] == "Not marked: line 4: there is no question 'q7' (there are q1, q2)."
    assert sheet.totals == {"s01": 1}
    assert [question.answers for question in sheet.questions] == [1, 1]
    for format in ("csv", "html", "markdown", "text", "json"):
        assert "q7" in render_sheet(sheet, format)
