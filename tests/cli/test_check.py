"""`symcnn check`: the verdict, its formats and languages, and exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from symcnn.cli import main

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
LENET, RESNET50 = str(EXAMPLES / "lenet.cnn"), "zoo/resnet50"
CONV1 = ("check", LENET, "--layer", "conv1", "--quantity", "params", "--answer")


def run(*arguments: str, text: str | None = None) -> tuple[int, str, str]:
    done = CliRunner().invoke(main, list(arguments), input=text)
    return done.exit_code, done.stdout, done.stderr


def test_a_right_answer() -> None:
    code, out, err = run(*CONV1, "(5*5*1+1)*32")
    assert (code, err) == (0, "")
    assert out.startswith("exact: Right.\n  read as (5·5·1 + 1)·32\n")


ANSWERS = [
    ("832", 0, "exact: Right."),
    ("5*5*32", 1, "convention: no_bias"),
    ("5*5*32", 1, "  M11 (conv1): add the biases: one for each output channel"),
    ("830", 1, "wrong: Not right."),
    ("９*９", 1, "  mended: full-width characters read as plain ones"),
    ("no idea", 1, "invalid: "),
    ("", 1, "invalid: "),
    ("8.32e2", 0, "exact: Right."),
    ("0.8k", 1, "approx: This is the right value, rounded"),
]


@pytest.mark.parametrize(("answer", "code", "line"), ANSWERS)
def test_answers(answer: str, code: int, line: str) -> None:
    found, out, _ = run(*CONV1, answer)
    assert (found, line in out) == (code, True)


def test_more_counts_as_right_where_it_is_accepted() -> None:
    assert run(*CONV1, "0.8k", "--accept", "approx")[0] == 0
    assert run(*CONV1, "800", "--accept", "no_bias")[0] == 0
    at = ("--at", "H=224,W=224", "--quantity", "macs", "--answer", "4.1 GMACs", "--accept", "approx")
    assert run("check", RESNET50, *at)[:2] == (
        0,
        "approx: Right, to the places given.\n  read as 4.1 GMACs\n",
    )


def test_answers_about_symbols() -> None:
    text = "net a { input 3×H×H; c: Conv(8, 3, stride=2) }"
    asked = ("check", "-", "--quantity", "size", "--answer")
    code, out, _ = run(*asked, "(H-3)/2 + 1", text=text)
    assert (code, "Right if H is odd" in out, "  condition: H % 2 == 1\n" in out) == (1, True, True)
    assert run(*asked, "(H-3)/2 + 1", "--assume", "H % 2 == 1", text=text)[0] == 0


def test_json_is_the_verdict() -> None:
    code, out, _ = run(*CONV1, "5*5*32", "--format", "json")
    found = json.loads(out)
    assert (code, found["verdict"], found["convention"], found["right"]) == (1, "convention", "no_bias", False)
    assert found["slips"][0]["id"] == "M11"
    assert set(found["message"]) == {"en", "zh"}


def test_the_words_in_chinese() -> None:
    _, out, _ = run(*CONV1, "5*5*32", "--lang", "zh")
    assert "没有计入偏置" in out
    assert "  约定: no_bias" in out


def test_an_answer_on_standard_input() -> None:
    assert run(*CONV1, "-", text="26*32\n")[0] == 0


def test_a_locale() -> None:
    asked = ("check", LENET, "--layer", "conv2", "--quantity", "params", "--answer", "9.248")
    assert run(*asked)[1].startswith("ambiguous: ")
    assert run(*asked, "--locale", "de")[0] == 0


UNUSABLE = [
    (("check", LENET, "--quantity", "parms", "--answer", "1"), "unknown quantity 'parms'"),
    (("check", LENET, "--quantity", "params", "--layer", "conv9", "--answer", "1"), "lenet has no layer 'conv9'"),
    (("check", "none.cnn", "--quantity", "params", "--answer", "1"), "no such file: none.cnn"),
    (("check", LENET, "--answer", "1"), "missing option '--quantity'"),
    ((*CONV1, "1", "--format", "latex"), "unknown format 'latex' of a verdict"),
    ((*CONV1, "1", "--accept", "mac"), "'mac' cannot be accepted"),
    ((*CONV1, "1", "--lang", "fr"), "fr"),
    (("check", str(EXAMPLES / "stacked.cnn"), "--quantity", "params", "--answer", "1"), "an answer is about one net"),
]


@pytest.mark.parametrize(("arguments", "message"), UNUSABLE)
def test_unusable_questions(arguments: tuple[str, ...], message: str) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert message in err
