"""`symcnn quiz`: exams, keys, lint and the interview from the command line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from symcnn.answers import load_quiz, quiz
from symcnn.answers.making.values import answer_text
from symcnn.cli import main

LENET = str(Path(__file__).parent.parent.parent / "examples" / "lenet.cnn")
ONE = """
title = "One"
[[question]]
id = "q1"
net = "net q { input 1×28×28; conv1: Conv(32, 5) }"
layer = "conv1"
quantity = "params"
"""


def run(*arguments: str, text: str | None = None) -> tuple[int, str, str]:
    done = CliRunner().invoke(main, ["quiz", *arguments], input=text)
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture
def one(tmp_path: Path) -> str:
    path = tmp_path / "one.toml"
    path.write_text(ONE, encoding="utf-8")
    return str(path)


def test_an_exam_and_its_key() -> None:
    asked = ("-n", "2", "--seed", "3", "--template", "conv.params", "--template", "dense")
    code, exam, err = run(*asked)
    assert (code, err) == (0, "")
    assert "Question 2 (1 mark)" in exam
    assert exam.count("Answer  ___") == 2 and "Known mistakes" not in exam
    code, key, _ = run(*asked, "--key")
    assert code == 0
    for problem in quiz(count=2, seed=3, templates=("conv.params", "dense")).problems:
        assert f"{problem.value:,}" in key
    assert run(*asked) == (0, exam, "")


def test_multiple_choice() -> None:
    _, exam, _ = run("-n", "1", "--template", "conv.params", "--quantity", "params", "--choice")
    assert "Answer" not in exam
    assert "(a)  " in exam
    assert "(e)  " in exam


def test_fewer_questions_where_no_more_are_worth_asking() -> None:
    code, exam, err = run(LENET, "--quantity", "params", "--choice")
    assert (code, err) == (0, "note: only 5 questions are worth asking\n")
    assert "Question 5 " in exam and "Question 6 " not in exam


@pytest.mark.parametrize(
    ("ending", "start"),
    [(".html", "<!DOCTYPE html>"), (".tex", "\\documentclass"), (".md", "## "), (".toml", "title = "), ("", "Sizes")],
)
def test_the_ending_says_the_format(ending: str, start: str, tmp_path: Path) -> None:
    path = tmp_path / f"exam{ending}"
    assert run("-n", "1", "-o", str(path))[0] == 0
    assert path.read_text("utf-8").startswith(start)


def test_a_formula_says_what_it_is_made_of(tmp_path: Path) -> None:
    path = tmp_path / "bytes.toml"
    path.write_text(ONE + '[[question]]\nid = "b"\nreference = "4*q1"\nafter = "q1"\n', "utf-8")
    code, exam, err = run(str(path))
    assert (code, err) == (0, "")
    assert "Give 4*q1, where q1 is your answer to “How many learned parameters" in " ".join(exam.split())
    path.write_text('[[question]]\nid = "b"\nreference = "4*q"\n', "utf-8")
    code, exam, err = run(str(path))
    assert (code, err) == (0, 'warning: nothing says what b asks for: write text = "…"\n')


def test_a_quiz_that_is_written_elsewhere_finds_its_networks(tmp_path: Path) -> None:
    home, below = tmp_path / "home", tmp_path / "home" / "below"
    below.mkdir(parents=True)
    (home / "mine.cnn").write_text("net mine { input 1×28×28; conv1: Conv(32, 5) }\n", "utf-8")
    exam = home / "exam.toml"
    exam.write_text('[[question]]\nid = "q1"\nfile = "mine.cnn"\nquantity = "params"\n', "utf-8")
    for target, file in ((below, None), (tmp_path, "home/mine.cnn"), (home, "mine.cnn")):
        assert run(str(exam), "-o", str(target / "again.toml"))[0] == 0
        again = load_quiz(target / "again.toml")
        assert again["q1"].file == file
        assert run(str(target / "again.toml"), "--key")[1] == run(str(exam), "--key")[1]


def test_a_file_and_chinese() -> None:
    code, exam, _ = run(LENET, "-n", "2", "--quantity", "params", "--lang", "zh")
    assert code == 0
    assert "第 2 题（1 分）" in exam
    assert "个可学习的参数" in exam


def test_a_quiz_that_was_drawn_is_printed_again(tmp_path: Path) -> None:
    path = str(tmp_path / "exam.toml")
    assert run("-n", "3", "--seed", "5", "--format", "toml", "-o", path) == (0, "", "")
    assert len(load_quiz(path).questions) == 3
    assert run(path, "--key")[1] == run("-n", "3", "--seed", "5", "--key")[1]
    assert run(path, "--format", "moodle")[1] == run("-n", "3", "--seed", "5", "--format", "moodle")[1]


def test_lint(one: str) -> None:
    code, out, _ = run(one, "--lint")
    assert code == 1
    assert "q1: 832 is right, and is also what comes out of:\n  M15 (conv1): multiply by the input channels" in out
    assert "these numbers tell more apart: net q { input 2×28×28; conv1: Conv(32, 5) }" in out
    data = json.loads(run(one, "--lint", "--format", "json")[1])
    assert data[0]["hidden"][0] == {"id": "M15", "layers": ["conv1"]}
    better = Path(one).with_name("better.toml")
    better.write_text(ONE.replace("1×28", "3×28"), encoding="utf-8")
    assert run(str(better), "--lint")[:2] == (0, "q1: its numbers tell apart what numbers near by do\n")


def test_what_is_not_marked_is_said(one: str, tmp_path: Path) -> None:
    table = tmp_path / "a.csv"
    table.write_text("learner,question,answer\ns01,q1,832\ns01,q1,1\ns02,q8,1\n,q1,2\ns03,q1,832\n", encoding="utf-8")
    done = CliRunner().invoke(main, ["grade", one, str(table), "--format", "csv"])
    assert done.exit_code == 0
    assert done.stderr == (
        "warning: 3 answers are not marked\n"
        "  s01 answers q1 twice, in lines 2 and 3; remove one of them\n"
        "  line 4: there is no question 'q8' (there are q1)\n"
        "  line 5 has no learner\n"
    )
    assert "s03,q1,832,exact,1,1" in done.stdout


UNKNOWN = """
[[question]]
id = "t"
net = "net q { input 3×H×W; c: Conv(8, 3); a: AdaptiveAvgPool(7); g: GlobalAvgPool }"
quantity = "receptive_field"
table = true
"""


def test_layers_of_which_nothing_is_known_are_left_out_of_tables(tmp_path: Path) -> None:
    path = tmp_path / "t.toml"
    path.write_text(UNKNOWN, encoding="utf-8")
    code, out, errors = run(str(path), "--format", "json")
    assert code == 0
    assert [one["id"] for one in json.loads(out)["questions"]] == ["t.c"]
    assert [line.partition(":")[0] for line in errors.splitlines()] == ["warning", "warning"]
    assert "warning: t has no row for a: the receptive field is not known" in errors
    path.write_text(UNKNOWN.replace("table = true", 'layers = ["c", "a"]'), encoding="utf-8")
    code, _, errors = run(str(path))
    assert code == 2
    assert "error: a: the receptive field is not known" in errors and f"{path}:6:10" in errors


def test_lint_of_what_is_marked(one: str) -> None:
    done = CliRunner().invoke(main, ["grade", one, "--lint"])
    assert (done.exit_code, done.stdout) == run(one, "--lint")[:2]
    done = CliRunner().invoke(main, ["grade", one])
    assert (done.exit_code, done.stderr.splitlines()[0]) == (2, "error: the answers of the class are missing")


def test_an_interview(one: str) -> None:
    code, out, err = run(one, "--ask", text="832\n")
    assert (code, err) == (0, "")
    assert out.endswith("> 832\n✓ Right.\n\n1 of 1 right, 1 of them without a hint.\n")


def test_an_interview_tells_a_network_once(tmp_path: Path) -> None:
    path = tmp_path / "rows.toml"
    network = 'net = "net q { input 1×28×28; c1: Conv(32, 5); c2: Conv(8, 3) }"\n[[question]]\nid = "t"\n'
    path.write_text(network + 'quantity = "params"\nlayers = ["c1", "c2"]\n', "utf-8")
    code, out, _ = run(str(path), "--ask", text="832\n2312\n")
    assert (code, out.count("A network takes an input")) == (0, 1)
    assert "Question 2 / 2\nThe network is that of question 1.\nHow many learned parameters does the layer c2" in out


def test_hints_come_in_steps(one: str) -> None:
    code, out, _ = run(one, "--ask", text="no idea\n801\n800\n1\n")
    assert code == 1
    unread, first, second, third = (part.split("\n", 1)[1] for part in out.split("> ")[1:])
    assert unread.startswith("✗ This cannot be read")
    assert first.startswith("✗ Not right: count one bias for each output channel")
    assert "\n" not in first.rstrip("\n")
    assert "(k·k·C + 1)·m\n" in second
    assert "832" not in second
    assert "(k·k·C + 1)·m = (5·5·1 + 1)·32 = 832" in third
    assert "Answer: 832" in third
    assert third.endswith("0 of 1 right, 0 of them without a hint.\n")


def test_an_empty_line_asks_for_a_hint(one: str) -> None:
    code, out, _ = run(one, "--ask", text="\n832\n")
    assert code == 0
    assert "(k·k·C + 1)·m" in out
    assert out.endswith("1 of 1 right, 0 of them without a hint.\n")


def test_an_interview_ends_with_its_input(one: str) -> None:
    code, out, _ = run(one, "--ask", text="")
    assert code == 1
    assert out.endswith("0 of 1 right, 0 of them without a hint.\n")
    code, out, _ = run(one, "--ask", "--lang", "zh", text="5\n")
    assert (code, "共 1 题，答对 0 题" in out) == (1, True)


def test_whatever_is_typed_an_interview_goes_on(one: str) -> None:
    lines = b"\xff\xfe\n\x1b[2J\n" + b"9" * 30_000 + b"\n=cmd|calc\n832\n"
    done = CliRunner().invoke(main, ["quiz", one, "--ask"], input=lines)
    assert "\x1b" not in done.stdout
    assert done.exit_code in (0, 1)
    assert "of 1 right" in done.stdout


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_an_interview_is_interrupted(one: str) -> None:
    command = [sys.executable, "-X", "utf8", "-m", "symcnn", "quiz", one, "--ask"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        read = b""
        while not read.endswith(b"> "):
            read += process.stdout.read(1)
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert b"0 of 1 right" in out
    assert b"Traceback" not in err


def test_all_keys_pass_an_interview() -> None:
    found = quiz(count=6, seed="8", level=2)
    answers = "".join(f"{answer_text(problem.value)}\n" for problem in found.problems)
    code, out, _ = run("-n", "6", "--seed", "8", "--level", "2", "--ask", text=answers)
    assert (code, out.endswith("6 of 6 right, 6 of them without a hint.\n")) == (0, True)


ERRORS = [
    (("--format", "pdf"), "unknown format 'pdf' of a quiz"),
    (("--key", "--format", "gift"), "--format gift has the keys with the questions"),
    (("--format", "tex"), "unknown format 'tex' of a quiz\n  did you mean 'latex'?"),
    (("-o", "exam.pdf"), "no format ends with '.pdf'\n  endings are .csv, .html,"),
    (("--ask", "--key"), "--ask goes with no other output"),
    (("--ask", "--choice"), "--ask goes with no other output"),
    ((LENET, "--quantity", "params", "-n", "8"), "only 5 questions about lenet are worth asking"),
    (("--lint", "--format", "html"), "unknown format 'html' of --lint"),
    (("--lang", "fr"), "unknown language 'fr'"),
    (("nothing.toml",), "no such file: nothing.toml"),
    (("nothing.cnn",), "no such file: nothing.cnn"),
    (("-n", "0"), "a quiz has 1 to 200 questions"),
    (("--template", "conv.param"), "unknown template 'conv.param'"),
]


@pytest.mark.parametrize(("arguments", "message"), ERRORS)
def test_errors(arguments: tuple[str, ...], message: str) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith(f"error: {message}")


def test_a_quiz_in_toml_is_not_drawn(one: str) -> None:
    code, _, err = run(one, "--seed", "3")
    assert (code, "--seed is of questions that are drawn" in err) == (2, True)


@pytest.mark.parametrize("format_", ["gift", "moodle", "stack"])
def test_what_an_export_does_not_carry_is_said(format_: str) -> None:
    code, out, errors = run("examples/quiz_papers.toml", "--format", format_)
    assert code == 0 and out
    assert f"note: {format_} does not carry 'accept' of q4; symcnn grade does\n" in errors
    assert f"note: {format_} takes answers to q7, q8 that are right to three digits\n" in errors
    assert run("-n", "2", "--template", "dense", "--format", format_)[2] == ""


def test_formulas_and_what_platforms_make_of_them() -> None:
    code, _, errors = run("--formulas", "-n", "2", "--format", "gift")
    assert (code, errors) == (0, "note: gift compares the formulas of q1, q2 letter by letter; stack compares values\n")
    assert run("--formulas", "-n", "2", "--format", "stack")[2] == ""
    assert run("--formulas", "-n", "2", "--format", "gift", "--choice")[2] == ""
    assert run("examples/quiz_papers.toml", "--formulas")[0] == 2
