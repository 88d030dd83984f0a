"""Exports of exams, read by readers written from the published formats: GIFT, Moodle XML, STACK, CSV, HTML."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
from dataclasses import replace
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
from symcnn.answers.making.problem import Paper, answer_text
from symcnn.answers.making.templates import templates
from symcnn.answers.making.wording import wording
from symcnn.render.quiz import FORMATS, render_quiz
from symcnn.render.quiz.stack import maxima
from tests.helpers import draws, error_of
from tests.render.gift_reader import read_gift

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
        assert answer_text(one.value) in [answer.text for answer in full]
        assert gift.kind == ("numerical" if isinstance(one.value, int) else "short")
        if gift.kind == "numerical":
            assert [answer.text for answer in full] == [str(one.value)]
            assert all(answer.tolerance == 0 for answer in gift.answers if answer.text)
        wrong = {answer.text: answer for answer in gift.answers if answer.weight == 0}
        for slip in one.wrong:
            assert wrong[answer_text(slip.value)].comment


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


# The elements of a question in Moodle XML: those that must be there, and those that may.
COMMON = ["name", "questiontext", "generalfeedback", "defaultgrade", "penalty", "hidden", "idnumber"]
OWN = {
    "numerical": ["answer", "unitgradingtype", "unitpenalty", "showunits", "unitsleft"],
    "shortanswer": ["usecase", "answer"],
    "multichoice": ["single", "shuffleanswers", "answernumbering", "answer"],
    "category": ["category"],
}


def read_xml(text: str) -> list[Xml.Element]:
    """Read Moodle XML; its first line is the declaration."""
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<quiz>')
    root = Xml.fromstring(text)
    assert (root.tag, {child.tag for child in root}) == ("quiz", {"question"})
    category, *questions = root
    assert category.get("type") == "category"
    assert (category.findtext("category/text") or "").startswith("$course$/")
    return questions


def check_texts(question: Xml.Element) -> None:
    for element in question.iter():
        if element.tag in ("questiontext", "generalfeedback", "feedback"):
            assert element.get("format") == "html"
            assert [child.tag for child in element] == ["text"]
    assert float(question.findtext("defaultgrade") or "") > 0
    assert 0 <= float(question.findtext("penalty") or "") <= 1


def test_moodle_xml(found: Paper) -> None:
    questions = read_xml(render_quiz(found, "moodle"))
    assert len(questions) == len(found.problems)
    for place, (question, one) in enumerate(zip(questions, found.problems, strict=True)):
        kind = question.get("type") or ""
        assert kind == ("numerical" if isinstance(one.value, int) else "shortanswer")
        assert list(dict.fromkeys(child.tag for child in question)) == [*COMMON, *OWN[kind]]
        check_texts(question)
        assert shown(question.findtext("questiontext/text") or "") == stem(found, place)
        answers = {answer.findtext("text"): answer for answer in question.findall("answer")}
        assert len(answers) == len(question.findall("answer"))  # no answer twice
        assert answers[answer_text(one.value)].get("fraction") == "100"
        for wrong in one.wrong:
            answer = answers[answer_text(wrong.value)]
            assert answer.get("fraction") == "0"
            assert answer.findtext("feedback/text")
        assert list(answers)[-1] == "*"
        if kind == "numerical":
            assert {answer.findtext("tolerance") for answer in answers.values()} == {"0"}
            assert all(text == "*" or re.fullmatch(r"\d+", text or "") for text in answers)


def test_moodle_multiple_choice() -> None:
    found = drawn()
    for question, one in zip(read_xml(render_quiz(found, "moodle", choice=True)), found.problems, strict=True):
        assert question.get("type") == "multichoice"
        assert list(dict.fromkeys(child.tag for child in question)) == [*COMMON, *OWN["multichoice"]]
        fractions = {answer.findtext("text"): answer.get("fraction") for answer in question.findall("answer")}
        assert fractions == {answer_text(v): "100" if v == one.value else "0" for v in one.options()}
        check_texts(question)


def test_stars_of_short_answers_are_no_wildcards() -> None:
    found = drawn()
    shapes = [place for place, one in enumerate(found.problems) if isinstance(one.value, tuple)]
    questions, gifts = read_xml(render_quiz(found, "moodle")), read_gift(render_quiz(found, "gift"))
    for place in shapes:
        typed = "\\*".join(map(str, found.problems[place].value))
        texts = [answer.findtext("text") or "" for answer in questions[place].findall("answer")]
        assert typed in texts
        assert typed in [answer.text for answer in gifts[place].answers]
        assert [text for text in texts if "*" in text.replace("\\*", "")] == ["*"]


def test_marks_and_names_come_through() -> None:
    first, _ = read_xml(render_quiz(nasty(), "moodle"))
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


def variables(question: Xml.Element) -> dict[str, str]:
    lines = (question.findtext("questionvariables/text") or "").split(";")
    return dict(tuple(part.strip() for part in line.split(":", 1)) for line in lines if line.strip())  # type: ignore[misc]


def walk(question: Xml.Element, answer: str) -> tuple[float, str, str]:
    """Go through the tree of responses with an answer, as STACK does; return score, note and feedback."""
    nodes = {node.findtext("name"): node for node in question.findall("prt/node")}
    values, place, score = variables(question), "0", 0.0
    for _ in range(len(nodes)):
        node = nodes[place]
        branch = "true" if values[node.findtext("tans") or ""] == answer else "false"
        assert node.findtext(f"{branch}scoremode") == "="
        score = float(node.findtext(f"{branch}score") or "")
        place = node.findtext(f"{branch}nextnode") or ""
        if place == "-1":
            return score, node.findtext(f"{branch}answernote") or "", node.findtext(f"{branch}feedback/text") or ""
    raise AssertionError("the tree does not end")


def test_stack(found: Paper) -> None:
    for question, one in zip(read_xml(render_quiz(found, "stack")), found.problems, strict=True):
        assert question.get("type") == "stack"
        assert tags(question) == STACK
        check_texts(question)
        text = question.findtext("questiontext/text") or ""
        assert re.findall(r"\[\[.*?\]\]|\{[@#]", text) == ["[[input:ans1]]", "[[validation:ans1]]"]
        assert question.findtext("specificfeedback/text") == "[[feedback:prt1]]"
        (box,), (tree,) = question.findall("input"), question.findall("prt")
        assert (tags(box), box.findtext("name")) == (INPUT, "ans1")
        assert box.findtext("tans") in variables(question)
        assert tags(tree) == ["name", "value", "autosimplify", "feedbackstyle", "feedbackvariables", "node"]
        nodes = tree.findall("node")
        assert [tags(node) for node in nodes] == [NODE] * (1 + len(one.wrong))
        notes = [node.findtext(f"{branch}answernote") for node in nodes for branch in ("true", "false")]
        assert len(set(notes)) == len(notes)


def test_stack_has_a_node_for_each_mistake() -> None:
    found = drawn()
    for question, one in zip(read_xml(render_quiz(found, "stack")), found.problems, strict=True):
        assert walk(question, maxima(one.value))[0] == 1
        for wrong in one.wrong:
            score, _, said = walk(question, maxima(wrong.value))
            assert score == 0
            assert said
        assert walk(question, "0")[0::2] == (0, "")
        values = variables(question)
        for test in question.findall("qtest"):
            typed = test.findtext("testinput/value") or ""
            score, note, _ = walk(question, values.get(typed, typed))
            assert float(test.findtext("expected/expectedscore") or "") == score
            assert test.findtext("expected/expectedanswernote") == note


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
    assert [len(re.findall(f"Here(?:\\\\:|:) {layer}", written)) >= 1 for layer in ("first", "second")] == [True, True]
