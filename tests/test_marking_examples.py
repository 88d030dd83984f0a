"""The quizzes, the class and the cells of notebooks among the examples: they run, and say what they should."""

from __future__ import annotations

import ast
import csv
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from click.testing import CliRunner

import symcnn
from symcnn.answers import grade, load_quiz, parse_quiz, quiz_toml
from symcnn.answers.posing import posed
from symcnn.answers.questions import Quiz
from symcnn.cli import main
from symcnn.render.sheet import render_sheet

EXAMPLES = Path("examples")
GOLDEN = {"en": EXAMPLES / "class_marked.csv", "zh": EXAMPLES / "class_marked_zh.csv"}
PAGE = (EXAMPLES / "notebooks.md").read_text("utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)

# From the papers, or by their formulas.
KEY = {
    "q1": 156, "q2.c1": 28, "q2.s2": 14, "q2.c3": 10, "q2.s4": 5, "q3": 400, "q4": (96, 55, 55), "q5": 307_456,
    "q6": 86_704_128, "q7": 138_357_544, "q8": 4 * 138_357_544, "q9": 5, "q12": 388,
}  # fmt: skip


@pytest.fixture(scope="module", params=["quiz_papers", "quiz_papers_zh"])
def quiz(request: pytest.FixtureRequest) -> Quiz:
    return load_quiz(EXAMPLES / f"{request.param}.toml")


def test_the_key_is_what_the_papers_say(quiz: Quiz) -> None:
    right = {question.id: posed(question, quiz).asked.value for question in quiz.questions}
    assert {id_: right[id_] for id_ in KEY} == KEY
    assert (str(right["q10"]), str(right["q11"])) == ("9*C**2", "ceiling(H/2)")
    assert parse_quiz(quiz_toml(quiz), folder=quiz.folder) == quiz


def test_twelve_questions_in_two_languages() -> None:
    english, chinese = (load_quiz(EXAMPLES / f"{name}.toml") for name in ("quiz_papers", "quiz_papers_zh"))
    assert len({question.table or question.id for question in english.questions}) == 12
    assert [question.id for question in english.questions] == [question.id for question in chinese.questions]
    assert (english.lang, chinese.lang) == ("en", "zh")
    texts = {question.text for question in chinese.questions}
    assert all(re.search("[一-鿿]", text) for text in texts)


def test_the_marked_sheet(quiz: Quiz) -> None:
    """`SYMCNN_GOLDEN=write pytest tests/test_marking_examples.py` writes it anew."""
    page = render_sheet(grade(quiz, EXAMPLES / "class.csv"), "csv")
    if os.environ.get("SYMCNN_GOLDEN") == "write":
        GOLDEN[quiz.lang].write_text(page, "utf-8")
    assert page == GOLDEN[quiz.lang].read_text("utf-8")


def test_the_sheet_adds_up(quiz: Quiz) -> None:
    with GOLDEN[quiz.lang].open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len({row["learner"] for row in rows}) == 40
    assert all(re.fullmatch(r"s\d\d", row["learner"]) for row in rows)
    for row in rows:
        assert float(row["marks"]) == float(row["credit"]) * float(quiz[row["question"]].marks)
        right = {"exact": 1.0, "follow": 1.0, "wrong": 0.0, "invalid": 0.0, "missing": 0.0}
        assert float(row["credit"]) == right.get(row["verdict"], float(row["credit"]))
    used = {row["verdict"] for row in rows}
    assert used == {"exact", "follow", "convention", "approx", "wrong", "invalid", "missing"}


def test_the_command_of_the_example(tmp_path: Path) -> None:
    arguments = ["grade", str(EXAMPLES / "quiz_papers.toml"), str(EXAMPLES / "class.csv"), "-o"]
    done = CliRunner().invoke(main, [*arguments, str(tmp_path / "marked.html")])
    assert done.exit_code == 0, done.stderr
    assert (tmp_path / "marked.html").read_text("utf-8").startswith("<!doctype html>")


def run(block: str, **given: Any) -> tuple[Any, dict[str, Any]]:
    """Run a block as a cell is run: return its last expression, and the names after it."""
    tree = ast.parse(block)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), given)
    value = eval(compile(ast.Expression(last.value), "cell", "eval"), given) if isinstance(last, ast.Expr) else None
    return value, given


ANSWER, NBGRADER, OTTER, CLASS = BLOCKS


@pytest.mark.parametrize(
    ("answer", "points", "said"),
    [
        (run(ANSWER)[1]["answer"], "2.0", "Right."),
        ("800", "1.0", "it leaves the biases out"),
        ("832·5", "0.0", "Not right."),
        ("5·32 + 32", "0.0", "multiply the kernel's sides"),
        ("?", "0.0", "cannot be read"),
    ],
)
def test_the_cell_of_nbgrader(answer: str, points: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    value, _ = run(NBGRADER, answer=answer)
    assert repr(value) == points  # a bare number, from 0 to the points of the cell
    captured = capsys.readouterr()
    assert said in captured.out and not captured.err


def otter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a stand-in for otter's decorator in its place: it calls a test with the notebook's names."""
    found = ModuleType("otter.test_files")

    def test_case(**options: Any) -> Callable[[Any], Any]:
        return lambda function: function

    found.test_case = test_case  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "otter", ModuleType("otter"))
    monkeypatch.setitem(sys.modules, "otter.test_files", found)


def test_the_cell_of_otter(monkeypatch: pytest.MonkeyPatch) -> None:
    otter(monkeypatch)
    _, names = run(OTTER)
    assert (names["name"], names["points"], names["OK_FORMAT"]) == ("q1", 2, False)
    for right in ("832", "(5*5+1)*32", "800"):
        names["test_params"](right)
    with pytest.raises(AssertionError, match="multiply the kernel's sides"):
        names["test_params"]("5·32 + 32")


def test_the_class_of_the_page() -> None:
    _, names = run(CLASS)
    assert names["best"] <= names["sheet"].quiz.marks == 18
    assert names["common"].learners >= 1
    assert symcnn.render(names["sheet"], "markdown").startswith("## Networks from papers")
