"""Exports of exams, read by readers written from the published formats: GIFT, Moodle XML, STACK, CSV, HTML."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
from dataclasses import replace
from fractions import Fraction
from functools import cache
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symcnn.answers import paper, parse_quiz, quiz
from symcnn.answers.grading.marking import credit_of
from symcnn.answers.making.problem import Paper, Problem
from symcnn.answers.making.templates import templates
from symcnn.answers.making.values import answer_text
from symcnn.answers.making.wording import wording
from symcnn.render.quiz import FORMATS, PAGES, render_quiz
from symcnn.render.quiz.stack import maxima
from symcnn.render.quiz.words import literal
from tests.helpers import draws, error_of
from tests.render.gift_reader import read_gift
from tests.render.moodle_reader import GRADES, Stack, answers_of, marked, questions_of

NASTY = "{@1+1@} {#2#} [[input:ans2]] "
NASTY += "~a = #1 {x} : \\n <b>&amp;</b> ]]> \"q\" 'r' ::t:: %50% $x$ \\alpha → ×\n\n// no comment\n=SUM(A1)"


@cache
def drawn(language: str = "en") -> Paper:
    return quiz(count=len(templates()), seed=11, language=language)


@cache
def nasty() -> Paper:
    text = f"""
    title = {json.dumps("Quiz " + NASTY)}
    [[question]]
    id = "q1"
    net = "net q {{ input 3×28×28; conv1: Conv(32, 5) }}"
    quantity = "params"
    marks = 2.5
    text = {json.dumps(NASTY)}
    [[question]]
    id = "q2"
    reference = "18*H^2*k - floor(H/2)"
    text = "=1+1"
    """
    return paper(parse_quiz(text))


@pytest.fixture(params=["en", "zh", "nasty"])
def found(request: pytest.FixtureRequest) -> Paper:
    return nasty() if request.param == "nasty" else drawn(request.param)


def stem(found: Paper, place: int) -> set[str]:
    """Return the words of a question, without their order in lines."""
    return set(wording(found.problems[place].posed, found.quiz.lang).text().replace(":", " ").split())


def shown(html: str) -> set[str]:
    class Text(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.parts: list[str] = []

        def handle_data(self, data: str) -> None:
            self.parts.append(data)

    reader = Text()
    reader.feed(html)
    return set(" ".join(reader.parts).replace(":", " ").split())


def test_gift(found: Paper) -> None:
    questions = read_gift(render_quiz(found, "gift"))
    assert len(questions) == len(found.problems)
    for place, (gift, one) in enumerate(zip(questions, found.problems, strict=True)):
        assert gift.markup == "html"
        assert shown(gift.text) == stem(found, place)
        assert gift.name.endswith(one.question.id)
        full = [answer for answer in gift.answers if answer.weight == 100]
        assert literal(answer_text(one.value)) in [answer.text for answer in full]
        assert gift.kind == ("numerical" if isinstance(one.value, int) else "short")
        assert all(f"{float(answer.weight):.10g}" in GRADES for answer in gift.answers)
        if gift.kind == "numerical":
            assert [answer.text for answer in full] == [str(one.value)]
            assert all(answer.tolerance == 0 for answer in gift.answers if answer.text)
        answers = {answer.text: answer for answer in gift.answers}
        for slip in one.wrong:
            answer = answers[literal(answer_text(slip.value))]
            assert answer.comment and answer.weight == 100 * credit(one, slip.value)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Cs"]) | st.sampled_from("~=#{}:\\\n%*")))
@draws(150)
def test_gift_takes_the_meaning_of_signs_away(text: str) -> None:
    found = replace(drawn(), problems=drawn().problems[:1])
    found = replace(found, quiz=replace(found.quiz, title=text))
    (question,) = read_gift(render_quiz(found, "gift"))
    assert question.name == (f"{text}: q1" if text else "q1").strip()


def test_gift_multiple_choice() -> None:
    found = drawn()
    for gift, one in zip(read_gift(render_quiz(found, "gift", choice=True)), found.problems, strict=True):
        assert gift.kind == "choice"
        assert [answer.text for answer in gift.answers] == list(map(answer_text, one.options()))
        assert [answer.text for answer in gift.answers if answer.weight == 100] == [answer_text(one.value)]


# The elements of a question in Moodle XML, in the order in which Moodle writes them.
COMMON = ["name", "questiontext", "generalfeedback", "defaultgrade", "penalty", "hidden", "idnumber"]
OWN = {
    "numerical": ["answer", "unitgradingtype", "unitpenalty", "showunits", "unitsleft"],
    "shortanswer": ["usecase", "answer"],
    "multichoice": ["single", "shuffleanswers", "answernumbering", "answer"],
    "category": ["category"],
}


def credit(one: Problem, value: Any) -> Fraction:
    """Return what `grade` gives for an answer."""
    return credit_of(one.posed.judge(answer_text(value)), one.question)


def test_moodle_xml(found: Paper) -> None:
    questions = questions_of(render_quiz(found, "moodle"))
    assert len(questions) == len(found.problems)
    for place, (question, one) in enumerate(zip(questions, found.problems, strict=True)):
        kind = question.get("type") or ""
        assert kind == ("numerical" if isinstance(one.value, int) else "shortanswer")
        assert list(dict.fromkeys(child.tag for child in question)) == [*COMMON, *OWN[kind]]
        assert shown(question.findtext("questiontext/text") or "") == stem(found, place)
        assert marked(question, answer_text(one.value)).fraction == 100
        for wrong in one.wrong:
            answer = marked(question, answer_text(wrong.value))
            assert answer.fraction == 100 * credit(one, wrong.value)
            assert answer.feedback
        assert marked(question, "12345678901").fraction == 0


ROUNDED = """
    credit = { M11 = 0.3, M16 = 0.32 }
    [[question]]
    id = "q1"
    name = "vgg16"
    at = { H = 224, W = 224 }
    quantity = "params"
    accept = "approx"
    [[question]]
    id = "q2"
    net = "net q { input 3×28×28; conv1: Conv(8, 5) }"
    quantity = "params"
    accept = "approx"
    [[question]]
    id = "q3"
    net = "net q { input 3×H×W; conv1: Conv(8, 5, stride=2) }"
    quantity = "output"
    accept = "approx"
"""


def test_roundings_are_right_where_they_are_accepted() -> None:
    found = paper(parse_quiz(ROUNDED))
    for question in questions_of(render_quiz(replace(found, quiz=replace(found.quiz, title="t")), "moodle"))[:1]:
        right = ["138357544", "138400000", "138000000"]
        assert [marked(question, typed).fraction for typed in right] == [100, 100, 100]
        assert [marked(question, typed).fraction for typed in ("137000000", "138353320", "138860000")] == [0, 30, 0]
        assert "Add the biases" in marked(question, "138353320").feedback
    first, second, third = read_gift(render_quiz(found, "gift"))
    assert [answer.tolerance for answer in first.answers if answer.weight == 100] == [Fraction(500_000)]
    assert {answer.tolerance for answer in second.answers if answer.text} == {Fraction(0)}
    assert [answer.weight for answer in second.answers if answer.text == "128"] == [Fraction("33.33333")]
    assert third.kind == "short"
    question = questions_of(render_quiz(replace(found, quiz=replace(found.quiz, title="t")), "stack"))[0]
    stack = Stack(question)
    assert [stack.walk(typed)[0] for typed in ("138400000", "137000000", "138353320")] == [1, 0, 0.3]
    assert (question.findtext("input/forbidfloat"), question.findtext("input/tans")) == ("0", "ta")


FORMULAS = [
    ("conv1: Conv(M, 5)", "params", ["25CM+M", "25*C*M + M", "M*(25*C+1)", "(25C + 1)M"], 3),
    ("conv1: Conv(M, 3, stride=2, padding=1)", "height", ["⌈H/2⌉", "ceil(H/2)", "floor((H-1)/2)+1", "(H+1)//2"], 3),
    ("conv1: Conv(M, 3, stride=2)", "height", ["⌈H/2⌉ − 1", "floor((H-3)/2)+1", "⌊(H−3)/2⌋+1", "floor((H-1)/2)"], 3),
    ("conv1: Conv(M, 3)", "macs", ["9CM(H - 2)(W - 2)", "9*C*M*(H-2)*(W-2)", "9C·M·(H − 2)·(W − 2)"], 3),
]


@pytest.mark.parametrize(("net", "quantity", "typed", "many"), FORMULAS)
def test_formulas_in_several_spellings(net: str, quantity: str, typed: list[str], many: int) -> None:
    """Letters are compared: what is not among the spellings is not right there, but it is for `grade`."""
    found = paper(
        parse_quiz(f"""
    title = "t"
    [[question]]
    id = "q1"
    net = "net q {{ input C×H×W; {net} }}"
    quantity = "{quantity}"
    """)
    )
    (question,) = questions_of(render_quiz(found, "moodle"))
    assert [marked(question, text).fraction for text in typed[:many]] == [100] * many
    assert marked(question, typed[0].replace("H", "h").replace("C", "c")).fraction == 0
    (gift,) = read_gift(render_quiz(found, "gift"))
    assert {literal(text) for text in typed[:many]} <= {answer.text for answer in gift.answers if answer.weight == 100}
    for text in typed:
        assert found.problems[0].posed.judge(text).verdict == "exact"
    texts = [answer.text.replace("\\*", "*") for answer in answers_of(question) if answer.fraction == 100]
    assert all(found.problems[0].posed.judge(text).verdict == "exact" for text in texts)


def test_moodle_multiple_choice() -> None:
    found = drawn()
    for question, one in zip(questions_of(render_quiz(found, "moodle", choice=True)), found.problems, strict=True):
        assert question.get("type") == "multichoice"
        assert list(dict.fromkeys(child.tag for child in question)) == [*COMMON, *OWN["multichoice"]]
        fractions = {answer.findtext("text"): answer.get("fraction") for answer in question.findall("answer")}
        assert fractions == {answer_text(v): "100" if v == one.value else "0" for v in one.options()}


def test_stars_of_short_answers_are_no_wildcards() -> None:
    found = drawn()
    shapes = [place for place, one in enumerate(found.problems) if isinstance(one.value, tuple)]
    questions, gifts = questions_of(render_quiz(found, "moodle")), read_gift(render_quiz(found, "gift"))
    for place in shapes:
        typed = "\\*".join(map(str, found.problems[place].value))
        texts = [answer.findtext("text") or "" for answer in questions[place].findall("answer")]
        assert typed in texts
        assert typed in [answer.text for answer in gifts[place].answers]
        assert [text for text in texts if "*" in text.replace("\\*", "")] == ["*"]


def test_marks_and_names_come_through() -> None:
    first, _ = questions_of(render_quiz(nasty(), "moodle"))
    assert float(first.findtext("defaultgrade") or "") == 2.5
    assert (first.findtext("name/text") or "").endswith("q1")


# As STACK writes a question itself, in its order (moodle-qtype_stack, the test of its export).
STACK = [
    *COMMON, "stackversion", "questionvariables", "specificfeedback", "questionnote", "questionsimplify",
    "assumepositive", "assumereal", "prtcorrect", "prtpartiallycorrect", "prtincorrect", "multiplicationsign",
    "sqrtsign", "complexno", "inversetrig", "logicsymbol", "matrixparens", "variantsselectionseed", "input", "prt",
    "qtest",
]  # fmt: skip
INPUT = [
    "name", "type", "tans", "boxsize", "strictsyntax", "insertstars", "syntaxhint", "syntaxattribute", "forbidwords",
    "allowwords", "forbidfloat", "requirelowestterms", "checkanswertype", "mustverify", "showvalidation", "options",
]  # fmt: skip
BRANCH = ["scoremode", "score", "penalty", "nextnode", "answernote", "feedback"]
NODE = ["name", "answertest", "sans", "tans", "testoptions", "quiet"]
NODE += [f"{branch}{part}" for branch in ("true", "false") for part in BRANCH]


def tags(element: Xml.Element) -> list[str]:
    return list(dict.fromkeys(child.tag for child in element))


def test_stack(found: Paper) -> None:
    for question, one in zip(questions_of(render_quiz(found, "stack")), found.problems, strict=True):
        assert question.get("type") == "stack"
        assert tags(question) == STACK
        text = question.findtext("questiontext/text") or ""
        assert re.findall(r"\[\[.*?\]\]|\{[@#]", text) == ["[[input:ans1]]", "[[validation:ans1]]"]
        assert question.findtext("specificfeedback/text") == "[[feedback:prt1]]"
        (box,), (tree,) = question.findall("input"), question.findall("prt")
        assert (tags(box), box.findtext("name")) == (INPUT, "ans1")
        assert box.findtext("tans") in Stack(question).variables
        assert tags(tree) == ["name", "value", "autosimplify", "feedbackstyle", "feedbackvariables", "node"]
        nodes = tree.findall("node")
        assert [tags(node) for node in nodes] == [NODE] * (1 + len(one.wrong))
        notes = [node.findtext(f"{branch}answernote") for node in nodes for branch in ("true", "false")]
        assert len(set(notes)) == len(notes)


def test_stack_has_a_node_for_each_mistake() -> None:
    found = drawn()
    for question, one in zip(questions_of(render_quiz(found, "stack")), found.problems, strict=True):
        stack = Stack(question)
        assert stack.walk(maxima(one.value))[0] == 1
        for wrong in one.wrong:
            score, _, said = stack.walk(maxima(wrong.value))
            assert score == credit(one, wrong.value)
            assert said
        zero = maxima((0,) * len(one.value) if isinstance(one.value, tuple) else 0)
        assert stack.walk(zero)[0::2] == (0, "")
        for test in question.findall("qtest"):
            score, note, _ = stack.walk(test.findtext("testinput/value") or "")
            assert float(test.findtext("expected/expectedscore") or "") == score
            assert test.findtext("expected/expectedanswernote") == note


def test_stack_compares_floors_at_points() -> None:
    found = paper(parse_quiz(f"title = 't'\n[[question]]\nid = 'q'\n{FLOORS}"))
    (question,) = questions_of(render_quiz(found, "stack"))
    stack = Stack(question)
    for typed in ("ceiling(H/2)", "floor((H + 1)/2)", "floor((H - 1)/2) + 1", "H - floor(H/2)"):
        assert stack.walk(typed)[0] == 1
    for typed in ("floor(H/2)", "H/2", "floor(H/2) + 1", "floor((H + 2)/2)"):
        assert stack.walk(typed)[0] == 0
    assert "Add 1 after the division" in stack.walk("floor(H/2)")[2]
    assert (question.findtext("input/insertstars"), question.findtext("input/strictsyntax")) == ("2", "0")


FLOORS = "net = 'net q { input C×H×W; conv1: Conv(M, 3, stride=2, padding=1) }'\nquantity = 'height'"
MAXIMA = shutil.which("maxima")


@pytest.mark.tools
@pytest.mark.skipif(MAXIMA is None, reason="Maxima is not installed")
@pytest.mark.parametrize("formulas", [False, True])
def test_maxima_agrees(formulas: bool) -> None:
    """The tests that each question of STACK has, worked out by Maxima itself."""
    for question in questions_of(render_quiz(quiz(count=14, seed=2, formulas=formulas), "stack")):
        program = ["display2d: false$", "linel: 100000$", _lines(question.findtext("questionvariables/text"))]
        tests = question.findall("qtest")
        for test in tests:
            program += [
                f"ans1: {test.findtext('testinput/value')}$",
                _lines(question.findtext("prt/feedbackvariables/text")),
            ]
            chain = '"?"'
            for node in reversed(question.findall("prt/node")):
                sans, tans = node.findtext("sans"), node.findtext("tans")
                other = chain if node.findtext("falsenextnode") != "-1" else f'"{node.findtext("falseanswernote")}"'
                note = node.findtext("trueanswernote")
                chain = f'if is(ratsimp({sans} - {tans}) = ratsimp(0*{tans})) then "{note}" else {other}'
            program.append(f'print(concat("note ", {chain}))$')
        done = subprocess.run([str(MAXIMA), "--very-quiet"], input="\n".join(program), capture_output=True, text=True)
        notes = re.findall(r"^note (\S+)", done.stdout, re.MULTILINE)
        assert notes == [test.findtext("expected/expectedanswernote") for test in tests], done.stdout


def _lines(text: str | None) -> str:
    """Return statements that are worked out without being shown."""
    return "".join(f"{line}$\n" for line in (text or "").rstrip(";").split(";\n") if line)


def test_formulas_as_maxima_writes_them() -> None:
    assert maxima(nasty().problems[1].value) == "18*H^2*k - floor(H/2)"
    assert maxima((8, 28, 28)) == "[8, 28, 28]"
    found = paper(parse_quiz('[[question]]\nid = "q"\nreference = "3*α"\n'))
    assert error_of(lambda: render_quiz(found, "stack")).message == "not supported yet: α in a question of STACK"


def test_csv(found: Paper) -> None:
    head, *rows = csv.reader(StringIO(render_quiz(found, "csv")))
    assert head[:6] == ["id", "text", "quantity", "layer", "marks", "answer"]
    for row, one in zip(rows, found.problems, strict=True):
        assert len(row) == len(head)
        assert row[0] == one.question.id
        assert row[5] == answer_text(one.value)
        assert row[6 : 6 + 2 * len(one.wrong) : 2] == [answer_text(wrong.value) for wrong in one.wrong]
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)
    assert found is not nasty() or rows[1][1] == "'=1+1"


def test_json(found: Paper) -> None:
    data = json.loads(render_quiz(found, "json", choice=True))
    assert [one["id"] for one in data["questions"]] == [one.question.id for one in found.problems]
    for row, one in zip(data["questions"], found.problems, strict=True):
        parts = list(map(str, one.value)) if isinstance(one.value, tuple) else str(one.value)
        assert row["answer"] == parts
        assert len(row["wrong"]) == len(one.wrong)


class Page(HTMLParser):
    """Checks that what is opened is closed, and remembers what there is."""

    VOID = frozenset(("meta", "br"))

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: dict[str, int] = {}
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.seen[tag] = self.seen.get(tag, 0) + 1
        assert not any(value and "http" in value for _, value in attrs)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.text.append(data)


@pytest.mark.parametrize("key", [False, True])
def test_html(found: Paper, key: bool) -> None:
    pytest.importorskip("jinja2")
    page = Page()
    page.feed(render_quiz(found, "html", key=key))
    page.close()
    assert page.open == []
    assert page.seen["section"] == 1 + len(found.problems)
    assert not {"b", "script"} & set(page.seen)
    text = " ".join(" ".join(page.text).split())
    if found is nasty():
        assert " ".join(NASTY.split()) in text
    for one in found.problems:
        answer = (
            f"{one.value:,}"
            if isinstance(one.value, int)
            else "×".join(map(str, one.value))
            if isinstance(one.value, tuple)
            else ""
        )
        assert (not key) or answer in text


def test_the_exam_does_not_tell_the_key() -> None:
    found = drawn()
    for format in ("text", "markdown", "latex", "html"):
        exam = render_quiz(found, format)
        for one in found.problems:
            assert f"{one.value:,}" not in exam if isinstance(one.value, int) and one.value > 999 else True
        assert "[M01" not in exam


@pytest.mark.latex
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
@pytest.mark.parametrize("key", [False, True])
def test_pdflatex_accepts_exams(found: Paper, key: bool, tmp_path: Path) -> None:
    (tmp_path / "exam.tex").write_text(render_quiz(found, "latex", key=key, choice=True), encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "exam.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout.decode("utf-8", "replace")[-2000:]


def test_formats() -> None:
    found = replace(drawn(), problems=drawn().problems[:1])
    assert all(render_quiz(found, format) for format in FORMATS)
    assert error_of(lambda: render_quiz(found, "gif")).hint == "did you mean 'gift'?"


@pytest.mark.parametrize("format_", [name for name in FORMATS if name not in ("toml", "json")])
def test_the_rows_of_a_table_name_their_layers(format_: str) -> None:
    text = """
[[question]]
id = "t"
net = "net q { input 1×28×28;  first: Conv(4, 5);  second: MaxPool(2) }"
layers = ["first", "second"]
quantity = "size"
text = "How wide is each output?"
"""
    written = render_quiz(paper(parse_quiz(text)), format_)
    if format_ in PAGES:  # on paper the table is one question, with a line for each row
        assert written.count("How wide is each output?") == 1
        assert [len(re.findall(f"{layer}\\W[^_]{{0,30}}_", written)) for layer in ("first", "second")] == [1, 1]
        assert "2 marks: 1 for each line" in written
        return
    assert [len(re.findall(f"Here(?:\\\\:|:) {layer}", written)) >= 1 for layer in ("first", "second")] == [True, True]


def test_a_network_is_told_once_on_paper() -> None:
    text = """
net = "net q { input 1×28×28;  first: Conv(4, 5);  second: MaxPool(2) }"
[[question]]
id = "a"
quantity = "params"
[[question]]
id = "b"
reference = "4*a"
after = "a"
text = "How many bytes are that in float32?"
[[question]]
id = "c"
quantity = "output"
"""
    found = paper(parse_quiz(text))
    for format in ("text", "markdown"):
        for key in (False, True):
            page = render_quiz(found, format, key=key)
            assert page.count("An input of 1×28×28") + page.count("takes an input of 1×28×28") == 1
            assert page.count("The network is that of question 1.") == 1
            assert page.count("How many bytes are that in float32?") == 1
    assert "416" in render_quiz(found, key=True)
