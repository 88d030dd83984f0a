"""A sheet: credits, statistics, pages that escape what learners wrote, and exam questions marked as they should be."""

from __future__ import annotations

import json
from fractions import Fraction
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import symcnn
from symcnn.answers import grade, parse_quiz, quiz_toml
from symcnn.answers.grading.sheet import Sheet
from symcnn.answers.questions import Question, Quiz
from symcnn.cli import main
from symcnn.render.sheet import render_sheet
from tests.answers.quiz_networks import NETWORKS, QUESTIONS
from tests.answers.test_questions import NO_ANSWERS, WORDS, values_of, written
from tests.helpers import error_of

HEAD = 'net = "net q { input 3×28×28; conv1: Conv(32, 5); conv2: Conv(32, 3, groups=4); MaxPool(2) }"\n'


def credits(head: str, *answers: str, layer: str = "conv1", quantity: str = "params") -> list[str]:
    question = f'[[question]]\nid = "q"\nlayer = "{layer}"\nquantity = "{quantity}"\n{head}'
    sheet = grade(parse_quiz(HEAD + question), [(f"s{i}", "q", answer) for i, answer in enumerate(answers)])
    return [str(row.credit) for row in sheet.rows]


def test_credits() -> None:
    no_bias, slip = str(5 * 5 * 3 * 32), str((5 * 5 + 1) * 32)
    assert credits("", "2432", no_bias, slip, "7") == ["1", "1/2", "0", "0"]
    assert credits("credit = { convention = 0.25 }", no_bias) == ["1/4"]
    assert credits("credit = { convention = 0.25, no_bias = 0.75 }", no_bias) == ["3/4"]
    assert credits("credit = { convention = 0.25, M11 = 0.125 }", no_bias) == ["1/8"]
    assert credits("credit = { M15 = 0.3 }", slip, no_bias) == ["3/10", "1/2"]
    assert credits("credit = { wrong = 0.1, invalid = 0.05 }", "7", "?") == ["1/10", "1/20"]
    assert credits('accept = ["no_bias"]', no_bias) == ["1"]
    assert credits('accept = ["approx"]', "2.4e3", "2.5e3") == ["1", "0"]
    assert credits("credit = { approx = 0.9 }", "2.4e3") == ["9/10"]


def test_two_mistakes_together_earn_the_product() -> None:
    both = str(5 * 5 * 32)  # neither channels nor biases
    assert credits("credit = { M11 = 0.5, M15 = 0.5 }", both) == ["1/4"]
    assert credits("credit = { M11 = 0.5 }", both) == ["0"]


def test_marks_totals_and_statistics() -> None:
    quiz = parse_quiz(
        HEAD
        + '[[question]]\nid = "a"\nlayer = "conv1"\nquantity = "params"\nmarks = 2.5\n'
        + '[[question]]\nid = "b"\nlayer = "conv2"\nquantity = "params"\nmarks = 0\n'
    )
    groups = str((9 * 32 + 1) * 32)
    made = [("s1", "a", "2432"), ("s2", "a", "832"), ("s3", "a", "832"), ("s4", "a", " 7"), ("s1", "b", groups)]
    sheet = grade(quiz, made)
    assert sheet.totals == {"s1": Fraction(5, 2), "s2": 0, "s3": 0, "s4": 0}
    first, second = sheet.questions
    assert (first.mean, first.right) == (Fraction(1, 4), Fraction(1, 4))
    assert first.verdicts == {"exact": 1, "wrong": 3}
    assert first.common == (("832", 2), ("7", 1))
    assert second.verdicts == {"wrong": 1, "missing": 3}
    slips = {slip.id: slip for slip in sheet.slips}
    assert (slips["M15"].learners, slips["M15"].questions) == (2, {"a": 2})
    assert slips["M18"].learners == 1
    assert slips["M15"].text["en"] == "multiply by the input channels"


NASTY = ("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\" onmouseover='x'", "</code></td>", "{{ 7*7 }}",
         "{% raw %}", "&lt;", "\x00\x1b[31m\u202e", "`|`\n|x|", "]]>", "\ud800")  # fmt: skip


class _Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def nasty() -> Sheet:
    quiz = parse_quiz(f"title = '{NASTY[0]}'\n[[question]]\nid = 'q'\nreference = '832'\ntext = '{NASTY[1]}'")
    return grade(quiz, [(text, "q", text) for text in NASTY])


def test_pages_show_what_learners_wrote_as_text(nasty: Sheet) -> None:
    page = render_sheet(nasty, "html")
    seen = _Seen()
    seen.feed(page)
    assert not {"script", "img"} & set(seen.tags)
    assert not any(name.startswith("on") for name in seen.attributes)
    for text in NASTY[:7]:
        assert text in seen.text
    assert "49" not in seen.text
    assert not any(sign in page for sign in ("\x00", "\x1b", "\u202e", "\ud800"))
    assert seen.tags.count("html") == 1
    page.encode("utf-8")


@pytest.mark.parametrize("format", ["text", "markdown", "csv", "json"])
def test_other_formats_can_be_written(nasty: Sheet, format: str) -> None:
    page = render_sheet(nasty, format)
    assert page.endswith("\n")
    if format in ("text", "markdown"):
        assert not any(sign in page for sign in ("\x00", "\x1b", "\u202e", "\ud800"))
    if format == "markdown":
        assert "<script>" not in page.replace("\\<", "")
    assert symcnn.render(nasty, format) == page


def test_json_has_everything() -> None:
    quiz = parse_quiz('[[question]]\nid = "q"\nreference = "832"\nmarks = 0.5')
    data = json.loads(render_sheet(grade(quiz, [("s1", "q", "= 832")]), "json"))
    assert data["totals"] == {"s1": "1/2"}
    assert data["rows"][0]["answer"] == "= 832"
    assert data["rows"][0]["verdict"] == "exact"


def test_a_quiz_made_in_python() -> None:
    quiz = Quiz((Question("q", net="net n { input 1×9×9; Conv(2, 3) }", quantity="params"),))
    answers = [(f"s{i}", "q", str(i)) for i in range(40)]
    assert grade(quiz, answers, jobs=2).rows == grade(quiz, answers, jobs=1).rows
    assert {row.answer: str(row.marks) for row in grade(quiz, answers).rows if row.marks} == {"18": "1/2", "20": "1"}
    assert parse_quiz(quiz_toml(quiz)) == quiz


def _sample() -> tuple[Quiz, list[tuple[str, str, str]], dict[tuple[str, str], bool]]:
    """Return the exam questions as a quiz, with answers and whether each is right: parts of lists one by one."""
    questions: list[Question] = []
    answers: list[tuple[str, str, str]] = []
    right: dict[tuple[str, str], bool] = {}

    def add(learner: str, id_: str, answer: str, is_right: bool) -> None:
        if (learner, id_) not in right:
            answers.append((learner, id_, answer))
            right[learner, id_] = is_right

    for case in QUESTIONS.values():
        for place, value in enumerate(values_of(case, case["answer"])):
            if value in WORDS:
                continue
            id_, unit = f"{case['id']}.{place}", " MiB" if case["answer_kind"] == "text" else ""
            questions.append(_asked(case, id_, place, value))
            add("key", id_, written(value) + unit, True)
            if not case["answer_kind"].startswith("list"):
                for number, form in enumerate(form for form in case["accepted"] if form not in NO_ANSWERS):
                    add(f"form{number}", id_, form, True)
            for number, wrong in enumerate(case["wrong"]):
                other = values_of(case, wrong["answer"])[place]
                add(f"wrong{number}", id_, written(other) + unit, other == value)
    return Quiz(tuple(questions)), answers, right


def _asked(case: Any, id_: str, place: int, value: Any) -> Question:
    accept = ("channels_last", "sizes_only", "approx")
    credit = {"convention": Fraction(0), "approx": Fraction(0), "assume": Fraction(0)}
    if case["id"] in NETWORKS:
        ask = NETWORKS[case["id"]][place] if place < len(NETWORKS[case["id"]]) else None
        if ask is not None:
            net = f"net quiz {{ {ask.net} }}"
            return Question(id_, ask.quantity, ask.layer, net, accept=accept, credit=credit)
    reference = f"({', '.join(map(str, value))})" if isinstance(value, list) else str(value)
    if isinstance(value, list):
        sizes = "×".join(map(str, value))
        return Question(id_, "output", net=f"net shape {{ input {sizes}; Identity }}", accept=accept, credit=credit)
    if case["answer_kind"] == "text":  # a memory
        return Question(id_, reference=f"{value}*2**20", kind="bytes", accept=accept, credit=credit)
    return Question(id_, reference=reference, accept=accept, credit=credit)


def test_exam_questions_are_marked_as_they_say() -> None:
    quiz, answers, right = _sample()
    sheet = grade(quiz, answers)
    judged = [row for row in sheet.rows if (row.learner, row.question) in right]
    assert len(judged) == len(right) > 300
    for row in judged:
        assert row.credit == right[row.learner, row.question], row


QUIZ = '[[question]]\nid = "q1"\nreference = "832"\n[[question]]\nid = "q2"\nreference = "9*C**2"\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "quiz.toml").write_text(QUIZ, "utf-8")
    (tmp_path / "answers.csv").write_text("learner,q1,q2\ns01,832,9C²\ns02,8,\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Any:
    return CliRunner().invoke(main, ["grade", *arguments])


def test_the_command(folder: Path) -> None:
    done = run("quiz.toml", "answers.csv")
    assert done.exit_code == 0, done.stderr
    assert "2 learners, 2 questions, 2 marks" in done.stdout
    for name, begin in (("a.csv", "learner,question"), ("a.html", "<!doctype html>"), ("a.md", "##"), ("a.json", "{")):
        assert run("quiz.toml", "answers.csv", "-o", name).exit_code == 0
        assert (folder / name).read_text("utf-8").startswith(begin)
    assert "2 名学生" in run("quiz.toml", "answers.csv", "--lang", "zh", "--format", "markdown").stdout
    assert not list(folder.glob("*.partial"))


def test_what_the_command_cannot_use(folder: Path) -> None:
    for arguments, message in (
        (("quiz.tml", "answers.csv"), "no such file: quiz.tml"),
        (("quiz.toml", "answer.csv"), "no such file: answer.csv"),
        (("quiz.toml", "answers.csv", "--format", "htm"), "did you mean 'html'?"),
        (("quiz.toml", "answers.csv", "--lang", "xx"), "unknown language 'xx'"),
        (("quiz.toml", "answers.csv", "--jobs", "0"), "jobs"),
        (("quiz.toml", "answers.csv", "-o", "answers.csv"), "cannot replace answers.csv"),
        (("quiz.toml", "answers.csv", "-o", "nowhere/a.csv"), "cannot write nowhere/a.csv"),
    ):
        done = run(*arguments)
        assert done.exit_code == 2
        assert message in done.stderr
    assert (folder / "answers.csv").read_text("utf-8").startswith("learner")


def test_pages_need_jinja(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("symcnn.render.sheet_html"), "find_spec", lambda name: None)
    done = run("quiz.toml", "answers.csv", "-o", "a.html")
    assert done.exit_code == 2
    assert "symcnn[marking]" in done.stderr
    assert not (folder / "a.html.partial").exists()


def test_an_interrupted_command_goes_on_unless_it_shall_not(folder: Path) -> None:
    (folder / "a.csv.partial").write_bytes(b"old")
    assert run("quiz.toml", "answers.csv", "-o", "a.csv", "--fresh").exit_code == 0
    assert not (folder / "a.csv.partial").exists()


def test_grade_says_what_it_takes() -> None:
    quiz = parse_quiz(QUIZ)
    assert "there is no question 'q3'" in error_of(lambda: grade(quiz, [("s", "q3", "1")])).message
    assert "0 processes" in error_of(lambda: grade(quiz, [("s", "q1", "1")], jobs=0)).message
    assert "no answers" in error_of(lambda: grade(quiz, [])).message
