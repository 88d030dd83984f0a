"""Quizzes in TOML: what they mean, that they are written back the same, and every mistake with its place."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symcnn.answers import load_quiz, parse_quiz, quiz_toml
from symcnn.answers.grading.run import grade
from symcnn.answers.posing import posed
from symcnn.answers.questions import Question, Quiz
from tests.helpers import draws, error_of, marked

NET = "net q { input 1×28×28;  conv1: Conv(32, 5); MaxPool(2); Flatten; Linear(10) }"
HEAD = f'[[question]]\nid = "q0"\nnet = "{NET}"\nquantity = "params"\n'

# The program of the specification, with a question before it.
SPECIFIED = (
    HEAD
    + """
[[question]]
id = "q1"
net = "net q { input 1×28×28;  conv1: Conv(32, 5) }"   # or: file = "lenet.cnn", name = "lenet"
layer = "conv1"                  # left out: the whole network
quantity = "params"              # output, weights, params, macs, flops, receptive_field, …
marks = 2
accept = ["macs"]                # conventions that earn full marks
credit = { convention = 0.5, assume = 0.5, M11 = 0.5 }   # by verdict or by slip id; wrong is 0
after = "q0"                     # optional: follow-through from that answer
"""
)


def test_the_quiz_of_the_specification() -> None:
    quiz = parse_quiz('title = "Convolutions"\nlocale = "en"\n' + SPECIFIED)
    assert (quiz.title, quiz.locale, quiz.lang) == ("Convolutions", "en", "en")
    assert quiz.marks == 3
    question = quiz["q1"]
    assert (question.layer, question.quantity) == ("conv1", "params")
    assert question.marks == 2
    assert question.credit == {"convention": Fraction(1, 2), "assume": Fraction(1, 2), "M11": Fraction(1, 2)}
    assert (question.accept, question.after) == (("macs",), ("q0",))
    assert posed(question, quiz).asked.value == (5 * 5 + 1) * 32


def test_where_networks_come_from(tmp_path: Path) -> None:
    (tmp_path / "nets").mkdir()
    (tmp_path / "nets" / "a.cnn").write_text("net one { input 1×9×9; Conv(2, 3) }\nnet two { input 1×9×9; Conv(3, 3) }")
    (tmp_path / "quiz.toml").write_text(
        """
        quantity = "params"
        file = "nets/a.cnn"
        set = { }
        [[question]]
        id = "a"
        name = "one"
        [[question]]
        id = "b"
        name = "two"
        [[question]]
        id = "c"
        file = "zoo/lenet5"
        [[question]]
        id = "d"
        net = "net b { input C×9×9; Conv(m, 3, bias=false) } net c { input 1×9×9; b }"
        name = "b"
        at = { C = 2, m = 4 }
        [[question]]
        id = "e"
        net = "net b(w = 2) { input C×9×9; Conv(w, 3, bias=false) }"
        set = { w = "3k" }
        assume = "C == 4"
        [[question]]
        id = "f"
        reference = "18*H**2"
        """,
        "utf-8",
    )
    quiz = load_quiz(tmp_path / "quiz.toml")
    values = [str(posed(question, quiz).asked.value) for question in quiz.questions]
    assert values == ["20", "30", "61706", "72", "108*k", "18*H**2"]
    zoo = parse_quiz('[[question]]\nid = "z"\nname = "vgg16"\nquantity = "params"')
    assert posed(zoo["z"], zoo).asked.value == 138_357_544


def test_tables_have_a_row_for_each_layer() -> None:
    quiz = parse_quiz(
        f"net = '{NET}'\n"
        '[[question]]\nid = "s"\nlayers = ["conv1", "maxpool1"]\nquantity = "size"\nmarks = 2\n'
        '[[question]]\nid = "p"\ntable = true\nquantity = "params"\nafter = "s"\n'
        '[[question]]\nid = "o"\ntable = true\nquantity = "output"\n'
    )
    ids = [question.id for question in quiz.questions]
    assert ids == ["s.conv1", "s.maxpool1", "p.conv1", "p.linear1", "o.conv1", "o.maxpool1", "o.flatten1", "o.linear1"]
    assert quiz["p.linear1"].after == ("s.conv1", "s.maxpool1", "p.conv1")
    assert quiz["s.maxpool1"].after == ("s.conv1",)
    assert quiz.marks == 10
    assert parse_quiz(quiz_toml(quiz)) == quiz


def test_a_formula_may_name_earlier_questions() -> None:
    quiz = parse_quiz(HEAD + '[[question]]\nid = "b"\nreference = "4*q0 + H"\nafter = "q0"\n')
    params = (5 * 5 + 1) * 32 + (12 * 12 * 32 + 1) * 10
    assert str(posed(quiz["b"], quiz).asked.value) == f"H + {4 * params}"
    assert posed(quiz["b"], quiz).judge("q0 + 1").verdict == "wrong"  # the learner's answers know no such symbol


TABLE = f"""
net = "{NET}"
[[question]]
id = "t"
layers = ["conv1", "linear1"]
quantity = "params"
[[question]]
id = "b"
"""
ROWS = 'reference = "12*t.conv1 + t.linear1"\nafter = "t"\n'


def test_a_formula_may_name_a_row_of_a_table() -> None:
    quiz = parse_quiz(TABLE + ROWS)
    assert posed(quiz["b"], quiz).asked.value == 12 * (5 * 5 + 1) * 32 + (12 * 12 * 32 + 1) * 10
    assert parse_quiz(quiz_toml(quiz)) == quiz
    sheet = grade(quiz, [("s", "t.conv1", "800"), ("s", "t.linear1", "46090"), ("s", "b", str(12 * 800 + 46090))])
    assert {row.question: row.verdict for row in sheet.rows if row.question in ("t.conv1", "b")} == {
        "t.conv1": "convention",
        "b": "follow",
    }


BROKEN = [
    (TABLE + 'reference = ‹"12*t"›\nafter = "t"', "name one of its rows: t.conv1, t.linear1"),
    (TABLE + 'reference = ‹"12*t"›', "is a table"),
    (TABLE + 'reference = ‹"12*t.conv2"›\nafter = "t"', "did you mean 't.conv1'?"),
    (TABLE + 'reference = ‹"12*t.conv1"›', 'write after = "t.conv1"'),
    (HEAD.replace("q0", "1") + '[[question]]\nid = "b"\nreference = ‹"4*1"›\nafter = "1"', 'as in id = "q1"'),
    (HEAD.replace("q0", "q-0") + '[[question]]\nid = "b"\nreference = ‹"4*q-0"›\nafter = "q-0"', 'as in id = "q1"'),
    ('[[question]]\nid = "q1"\n‹marcs› = 2', "did you mean 'marks'?"),
    ('‹titel› = "a"\n' + HEAD, "did you mean 'title'?"),
    (HEAD.replace('"params"', '‹"parms"›'), "did you mean 'params'?"),
    (HEAD.replace('"params"', '‹"accuracy"›'), "output, shape, size, channels"),
    (HEAD.replace('"params"', '‹"receptive"›'), "did you mean 'receptive_field'?"),
    (HEAD + 'layer = ‹"conv2"›', "did you mean 'conv1'?"),
    (HEAD + 'layers = ‹["conv1", "pool"]›', "did you mean 'maxpool1'?"),
    (HEAD + "marks = ‹-1›", "at most 6 decimals"),
    (HEAD + "marks = ‹nan›", "at most 6 decimals"),
    (HEAD + "marks = ‹1e400000000›", "at most 6 decimals"),
    (HEAD + 'marks = ‹"2"›', "at most 6 decimals"),
    (HEAD + "credit = { M11 = ‹1.5› }", "at most 6 decimals"),
    (HEAD + "credit = { ‹M111› = 0.5 }", "did you mean 'M11'?"),
    (HEAD + "credit = { ‹exact› = 0.5 }", None),
    (HEAD + "credit = ‹0.5›", "as in credit"),
    (HEAD + "[question.credit]\n‹macz› = 0.5", "did you mean 'macs'?"),
    (HEAD + 'accept = ‹["macz"]›', "did you mean 'macs'?"),
    (HEAD + "accept = ‹[1]›", "as in accept"),
    (HEAD + 'after = ‹"q1"›', "it is the first"),
    (HEAD + 'after = ‹"q0"›', None),
    (HEAD + 'locale = ‹"xx"›', "such as en or de"),
    (HEAD + 'kind = ‹"nummer"›', "did you mean 'number'?"),
    (HEAD + 'reference = ‹"18"›', "leave one of them out"),
    (HEAD + "at = { H = ‹true› }", None),
    (HEAD + "at = ‹{ H = 3 }›", None),
    (HEAD + "set = ‹{ w = 3 }›", "it has none"),
    (HEAD + 'assume = ‹"H = 3"›', "=="),
    (HEAD + "table = ‹3›", "layers ="),
    (HEAD + "text = ‹3›", "text ="),
    (HEAD + '[[question]]\nid = ‹"q0"›\nreference = "1"', None),
    (HEAD + '‹[[question]]›\nreference = "1"', "as in id"),
    ('[[question]]\nid = ‹"a,b"›\nreference = "1"', "heads a column"),
    ('[[question]]\nid = ‹"learner"›\nreference = "1"', "heads a column"),
    ('‹[[question]]›\nid = "a"\nquantity = "params"', "as in net ="),
    (f'‹[[question]]›\nid = "a"\nnet = "{NET}"', "as in quantity ="),
    ('[[question]]\nid = "a"\nreference = "1"\nlayer = ‹"conv1"›', None),
    ('[[question]]\nid = "a"\nreference = ‹"18*(H"›', "add the missing ')'"),
    (HEAD.replace("Conv(32, 5)", "Conv(32, ‹50›)"), "the window is larger"),
    (HEAD.replace("Linear", "‹Linea›"), "did you mean 'Linear'?"),
    (HEAD.replace("Conv(32, 5)", "Conv‹(›32, 5"), "add the missing ')'"),
    ('[[question]]\nid = "a"\nquantity = "params"\nfile = ‹"../a.cnn"›', "no folder"),
    ('[[question]]\nid = "a"\nquantity = "params"\nname = ‹"lenet6"›', "zoo"),
    ("title = ‹a›", None),
]  # fmt: skip


@pytest.mark.parametrize(("program", "hint"), BROKEN, ids=lambda value: None)
def test_mistakes_have_their_place(program: str, hint: str | None) -> None:
    wanted = marked(program)
    error = error_of(lambda: parse_quiz(wanted.text))
    assert error.span is not None, error
    assert (error.span.source.name, error.span.source.text) == ("quiz", wanted.text), error
    assert (error.span.start, error.span.end) == (wanted.start, wanted.end), error
    assert hint is None or hint in str(error)


def test_what_has_no_place(tmp_path: Path) -> None:
    assert "no question" in error_of(lambda: parse_quiz("")).message
    assert "no question" in error_of(lambda: parse_quiz('title = "a"')).message
    assert "no such file" in error_of(lambda: load_quiz(tmp_path / "a.toml")).message
    (tmp_path / "a.toml").write_bytes("title = 'ä'".encode("latin-1"))
    assert "not UTF-8" in error_of(lambda: load_quiz(tmp_path / "a.toml")).message
    error_of(lambda: parse_quiz("a = " + "[" * 100_000))
    error_of(lambda: parse_quiz("question = 3"))


@pytest.mark.parametrize(
    "path", ["../a.cnn", "/etc/passwd", "C:/a.cnn", "nets\\a.cnn", "link.cnn", "missing.cnn", "a\0"]
)
def test_a_file_lies_in_the_folder_of_the_quiz(tmp_path: Path, path: str) -> None:
    (tmp_path / "a.cnn").write_text(NET, "utf-8")
    folder = tmp_path / "quizzes"
    folder.mkdir()
    (folder / "link.cnn").symlink_to(tmp_path / "a.cnn")
    written = path.replace("\\", "\\\\").replace("\0", "\\u0000")
    (folder / "quiz.toml").write_text(f'[[question]]\nid = "a"\nquantity = "params"\nfile = "{written}"', "utf-8")
    error = error_of(lambda: load_quiz(folder / "quiz.toml"))
    assert error.span is not None
    assert error.span.line == 4


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@draws(60)
@given(TEXTS, TEXTS, TEXTS, st.integers(0, 10**9), st.lists(TEXTS.filter(bool), max_size=3))
def test_a_quiz_is_written_back_the_same(title: str, text: str, answer: str, marks: int, aliases: list[str]) -> None:
    question = Question(
        "a",
        net="net n(w = 2) { input C×H×H\nConv(w, 3) }",
        quantity="params",
        text=text,
        answer=answer or None,
        marks=Fraction(marks, 10**6),
        settings={"w": "3k"},
        credit={"M11": Fraction(1, 8), "follow": Fraction(1, 2)},
        assume=("H >= 9",),
        aliases=dict.fromkeys(aliases, "C"),
    )
    quiz = Quiz((question,), title=title, locale="de", lang="zh")
    assert parse_quiz(quiz_toml(quiz)) == quiz
