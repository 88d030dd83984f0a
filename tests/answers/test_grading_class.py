"""A whole class is marked as it was made; an interrupted run, and several processes, give the same sheet."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest

from symcnn.answers import grade, parse_quiz
from symcnn.answers.grading import workers
from symcnn.answers.grading.journal import Journal
from symcnn.answers.grading.sheet import Sheet
from symcnn.answers.questions import Quiz
from symcnn.render.sheet import sheet_csv
from tests.answers.school import IDS, QUIZ, Answer, school


@pytest.fixture(scope="module")
def quiz() -> Quiz:
    return parse_quiz(QUIZ)


SMALL = parse_quiz('[[question]]\nid = "a"\nreference = "832"\n[[question]]\nid = "b"\nreference = "9*C**2"\n')
FEW = [
    ("s1", "a", "832"),
    ("s1", "b", "9C²"),
    ("s2", "a", "8×3"),
    ("s3", "b", "9C"),
    ("s4", "a", "26·32"),
    ("s4", "b", ""),
]


def given(made: list[Answer]) -> list[tuple[str, str, str]]:
    return [(learner, question, text) for learner, question, text, _ in made]


def test_a_thousand_learners_get_the_marks_they_were_made_with(quiz: Quiz) -> None:
    made = list(school(1_000))
    sheet = grade(quiz, given(made), jobs=1)
    assert len(sheet.rows) == len(made) == 12_000
    for row, (learner, question, text, marks) in zip(sheet.rows, made, strict=True):
        assert (row.learner, row.question, row.answer) == (learner, question, text)
        assert row.marks == marks, (question, text, row)
    assert sum(sheet.totals.values()) == sum(marks for *_, marks in made)
    by_question = {q.question.id: q.mean * q.question.marks for q in sheet.questions}
    for id_ in IDS:
        assert by_question[id_] == sum(marks for _, question, _, marks in made if question == id_) / 1_000


def test_several_processes_give_the_same_sheet(quiz: Quiz) -> None:
    made = given(list(school(40, seed=2)))
    assert grade(quiz, made, jobs=3).rows == grade(quiz, made, jobs=1).rows


class _StopError(Exception):
    pass


@pytest.mark.parametrize("seed", range(4))
def test_an_interrupted_run_goes_on_where_it_was(quiz: Quiz, tmp_path: Path, seed: int) -> None:
    made, random = given(list(school(30, seed))), Random(seed)
    journal, runs = tmp_path / "sheet.partial", 0
    seen: list[int] = []
    while True:
        stop = random.randint(1, 9)

        def tick(done: int, of: int, stop: int = stop) -> None:
            seen.append(done)
            if len(seen) % stop == 0:
                raise _StopError

        runs += 1
        try:
            sheet = grade(quiz, made, resume=journal, tick=tick, jobs=1)
            break
        except _StopError:
            assert journal.exists()
    assert seen == list(range(1, 31)) and runs > 1  # nobody is marked twice
    assert sheet_csv(sheet) == sheet_csv(grade(quiz, made))
    assert not journal.exists()


def test_a_journal_may_end_at_any_byte(tmp_path: Path) -> None:
    journal = tmp_path / "sheet.partial"
    whole = _journal_of(SMALL, FEW, journal)
    right = sheet_csv(grade(SMALL, FEW))
    ends = [0, *(place + 1 for place, byte in enumerate(whole) if byte == ord("\n"))]
    for end in range(len(whole) + 1):
        journal.write_bytes(whole[:end])
        opened = Journal(journal, json.loads(whole.split(b"\n")[0])["run"])
        done = opened.resumed()
        opened.close()
        kept = max(one for one in ends if one <= end)
        assert set(done) == set(range(max(0, ends.index(kept) - 1)))
        assert journal.read_bytes() == (whole[:kept] or whole[: ends[1]])
    for end in (one + off for one in ends for off in (-1, 0, 1)):
        journal.write_bytes(whole[: max(0, end)])
        assert sheet_csv(grade(SMALL, FEW, resume=journal)) == right
    for broken in (b"\0" * 40, b"{}\n" + whole, whole + b"[1]\n", whole + b'{"learner": 1}\n', whole[:-30] + b"\n"):
        journal.write_bytes(broken)
        assert sheet_csv(grade(SMALL, FEW, resume=journal)) == right


def _journal_of(quiz: Quiz, made: list[tuple[str, str, str]], journal: Path) -> bytes:
    """Return the journal of a run that was stopped at the very end."""

    def tick(done: int, of: int) -> None:
        if done == of:
            raise _StopError

    with pytest.raises(_StopError):
        grade(quiz, made, resume=journal, tick=tick)
    return journal.read_bytes()


def test_a_journal_of_another_run_is_not_used(quiz: Quiz, tmp_path: Path) -> None:
    made = given(list(school(3, seed=5)))
    journal = tmp_path / "sheet.partial"
    _journal_of(quiz, made, journal)
    other = [(learner, question, f"{text} ") for learner, question, text in made]
    marked: list[int] = []
    grade(quiz, other, resume=journal, tick=lambda done, of: marked.append(done))
    assert marked == [1, 2, 3]
    _journal_of(quiz, made, journal)
    changed = parse_quiz(QUIZ.replace("marks = 3", "marks = 4"))
    sheet = grade(changed, made, resume=journal)
    assert sheet.quiz.marks == quiz.marks + 1
    assert sheet.rows == grade(changed, made).rows


@pytest.mark.parametrize(("jobs", "times"), [("1", 3), ("2", 1)])
def test_a_killed_process_goes_on(tmp_path: Path, jobs: str, times: int) -> None:
    (tmp_path / "quiz.toml").write_text(QUIZ, "utf-8")
    lines = ["learner,question,answer"]
    for number in range(250):  # answers that differ, so that there is something to do
        lines += [f"s{number},p1,(5·5·3+{number})·16", f'"s{number}",f1,9C² + {number}C - {number}C']
        lines += [f"s{number},s1,{number}×{number}", f"s{number},f2,(H + 2P - K + {number}S)/S"]
    (tmp_path / "answers.csv").write_text("\n".join(lines), "utf-8")
    command = [sys.executable, "-m", "symcnn", "grade", "quiz.toml", "answers.csv", "--jobs", jobs]
    environment = os.environ | {"PYTHONPATH": str(Path.cwd())}
    journal, random, kills = tmp_path / "b.csv.partial", Random(3), 0

    def run(output: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen([*command, "-o", output], cwd=tmp_path, env=environment)

    whole = run("a.csv")
    while kills < times:
        process, before = run("b.csv"), journal.stat().st_size if journal.exists() else 0
        wanted = before + random.randint(1, 60_000)
        while process.poll() is None and (not journal.exists() or journal.stat().st_size < wanted):
            time.sleep(0.005)
        if process.poll() is not None:
            break
        process.send_signal(signal.SIGKILL)
        process.wait()
        kills += 1
        assert not (tmp_path / "b.csv").exists()
    assert run("b.csv").wait() == 0
    assert whole.wait() == 0
    assert kills
    assert (tmp_path / "a.csv").read_text("utf-8") == (tmp_path / "b.csv").read_text("utf-8")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "answers.csv", "b.csv", "quiz.toml"]


BREAKING = """
import os, sys, time
from symcnn.answers.grading import marking, workers
judged = marking.Marker._one
def one(self, id_, given):
    if given[id_] == "die":
        os._exit(1)
    if given[id_] == "sleep":
        time.sleep(60)
    return judged(self, id_, given)
marking.Marker._one = one
workers.main()
"""


def test_a_process_that_breaks_down_costs_one_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    head = "import sys, json; sys.path[:] = json.loads(sys.argv[1])"
    monkeypatch.setattr(workers, "_PROGRAM", head + BREAKING.replace("{", "{{").replace("}", "}}"))
    monkeypatch.setattr(workers, "_LONGEST", 10.0)
    right = {(row.learner, row.question): row for row in grade(SMALL, FEW).rows}
    broken = {("s2", "a"): "die", ("s3", "b"): "sleep"}
    found = grade(SMALL, [(who, what, broken.get((who, what), text)) for who, what, text in FEW], jobs=2)
    for row in found.rows:
        if (row.learner, row.question) in broken:
            assert row.verdict == "undecided" and row.marks == 0
            assert "look at it yourself" in row.marked.message["en"]
        else:
            assert row == right[row.learner, row.question]


def test_an_exception_costs_one_row(quiz: Quiz, monkeypatch: pytest.MonkeyPatch) -> None:
    from symcnn.answers.posing import Posed

    judge = Posed.judge

    def broken(self: Posed, answer: str, asked: object = None) -> object:
        if answer == "156!":
            raise KeyError(answer)
        return judge(self, answer, asked)  # type: ignore[arg-type]

    monkeypatch.setattr(Posed, "judge", broken)
    sheet = grade(quiz, [("s1", "p1", "1216"), ("s2", "p1", "156!"), ("s3", "p1", "1216")])
    assert [row.verdict for row in sheet.rows if row.question == "p1"] == ["exact", "undecided", "exact"]


def test_the_journal_must_be_writable(quiz: Quiz, tmp_path: Path) -> None:
    from symcnn.errors import SymcnnError

    with pytest.raises(SymcnnError, match="cannot write"):
        grade(quiz, [("s1", "p1", "1216")], resume=tmp_path / "nowhere" / "sheet.partial")
    assert isinstance(Journal(tmp_path / "x", "run").resumed(), dict)


def test_rows_come_in_the_order_of_the_answers(quiz: Quiz) -> None:
    made = [("b", "p2", "4640"), ("a", "p1", "1216"), ("b", "p1", "")]
    sheet: Sheet = grade(quiz, made)
    keys = [(row.learner, row.question) for row in sheet.rows]
    assert keys[:3] == [("b", "p2"), ("a", "p1"), ("b", "p1")]
    assert len(keys) == len(set(keys)) == 24
    assert [who for who, _ in keys[3:]] == ["b"] * 10 + ["a"] * 11
    assert {row.verdict for row in sheet.rows[2:]} == {"missing"}
