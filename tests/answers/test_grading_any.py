"""Whatever is typed, a sheet comes out: no answer breaks what follows from it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from symcnn.answers import grade, parse_quiz
from symcnn.answers.grading.row import OUTCOMES
from tests.helpers import draws

QUIZ = parse_quiz(
    """
net = '''
net q { input 1×H×H; conv1: Conv(m, 5); pool1: MaxPool(2); conv2: Conv(8, 3, padding=p); Flatten; fc: Linear(10) }'''
at = { H = 28, m = 4, p = 1 }
[[question]]
id = "s"
layers = ["conv1", "pool1", "conv2", "flatten1"]
quantity = "output"
[[question]]
id = "h"
layers = ["conv1", "conv2"]
quantity = "height"
[[question]]
id = "r"
layers = ["conv1", "pool1"]
quantity = "receptive_field"
[[question]]
id = "j"
layers = ["pool1", "conv2"]
quantity = "jump"
after = "r"
[[question]]
id = "p"
layers = ["conv1", "conv2", "fc"]
quantity = "params"
after = ["s", "h"]
[[question]]
id = "t"
quantity = "params"
after = ["p", "s"]
[[question]]
id = "f"
quantity = "flops"
after = ["s", "p"]
[[question]]
id = "b"
quantity = "params"
kind = "bytes"
after = ["s", "p"]
[[question]]
id = "n"
reference = "4*t + x"
symbols = "x t"
[[question]]
id = "m"
reference = "4*t/j2"
after = ["t"]
"""
)
SYMBOLIC = parse_quiz(
    """
net = "net q { input C×H×H; conv1: Conv(m, k, padding=p); pool1: MaxPool(2); conv2: Conv(m, 3, stride=s) }"
[[question]]
id = "s"
layers = ["conv1", "pool1", "conv2"]
quantity = "output"
[[question]]
id = "p"
layers = ["conv1", "conv2"]
quantity = "macs"
after = "s"
[[question]]
id = "t"
quantity = "macs"
after = ["p", "s"]
"""
)
WORDS = """1 2 3 0 - + × x / ^ ( ) 28 24×24 4×24×24 H m k p s ² = floor( ⌊ ⌋ ... O( K M GB ± % { } \\frac → , . ~
nan inf √ 10^9 ! sum C_out 个 or 8×13×13 1352 1e-3"""
PIECES = [*WORDS.split(), " ", "\n"]
ANSWERS = st.one_of(st.lists(st.sampled_from(PIECES), max_size=8).map("".join), st.text(max_size=10))


def outcomes(quiz: object, answers: list[str]) -> set[str]:
    ids = [question.id for question in quiz.questions]  # type: ignore[attr-defined]
    sheet = grade(quiz, [("s", id_, answer) for id_, answer in zip(ids, answers, strict=False)])  # type: ignore[arg-type]
    assert len(sheet.rows) == len(ids)
    for row in sheet.rows:
        assert 0 <= row.credit <= 1
        assert "could not be judged" not in row.marked.message["en"], (answers, row)
    return {row.verdict for row in sheet.rows}


@draws(250)
@given(st.lists(ANSWERS, min_size=19, max_size=19))
def test_numbers(answers: list[str]) -> None:
    assert outcomes(QUIZ, answers) <= set(OUTCOMES)


@draws(120)
@given(st.lists(ANSWERS, min_size=6, max_size=6))
def test_formulas(answers: list[str]) -> None:
    assert outcomes(SYMBOLIC, answers) <= set(OUTCOMES)
