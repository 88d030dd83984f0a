"""Moodle XML (docs.moodle.org, Moodle XML format): numerical questions, short answers for shapes, multiple choice."""

from __future__ import annotations

from xml.etree import ElementTree as Xml

from symcnn.answers.making.problem import Paper, Problem
from symcnn.answers.making.values import answer_text
from symcnn.answers.quiz_text import decimal_text
from symcnn.errors import printable
from symcnn.render.quiz.graded import graded, share_text
from symcnn.render.quiz.words import (
    answer_forms,
    is_numerical,
    literal,
    mark_text,
    other_words,
    question_html,
    question_name,
    right_words,
    slip_words,
)

PENALTY = "0.3333333"  # Moodle's own, of an attempt that is wrong
_ANY = "*"  # every other answer


def moodle_text(paper: Paper, choice: bool = False) -> str:
    """Return a quiz as Moodle XML; every known wrong answer is one with fraction 0 and its mistake as feedback."""
    root = new_quiz(paper)
    for one in paper.problems:
        is_choice = choice and bool(one.wrong)
        kind = "multichoice" if is_choice else "numerical" if is_numerical(one) else "shortanswer"
        question = new_question(root, kind, one, paper, question_html(one, paper.quiz.lang))
        if is_choice:
            _choose(question, one, paper.quiz.lang)
        else:
            _type_in(question, one, paper.quiz.lang, kind)
    return xml_text(root)


def new_quiz(paper: Paper) -> Xml.Element:
    """Return a quiz whose questions go into a category with its title."""
    root = Xml.Element("quiz")
    if paper.quiz.title:
        category = Xml.SubElement(Xml.SubElement(root, "question", type="category"), "category")
        title = " ".join(printable(paper.quiz.title).split()).replace("/", "//")  # a slash would begin a part of it
        leaf(category, "text", f"$course$/{title}")
    return root


def new_question(root: Xml.Element, kind: str, one: Problem, paper: Paper, text: str) -> Xml.Element:
    """Add a question with what all kinds have; its text is HTML."""
    question = Xml.SubElement(root, "question", type=kind)
    leaf(Xml.SubElement(question, "name"), "text", question_name(one, paper))
    html(question, "questiontext", text)
    html(question, "generalfeedback", "")
    leaf(question, "defaultgrade", mark_text(one))
    leaf(question, "penalty", PENALTY)
    leaf(question, "hidden", "0")
    leaf(question, "idnumber", "")
    return question


def leaf(parent: Xml.Element, tag: str, text: str) -> None:
    """Add an element that has a text alone."""
    Xml.SubElement(parent, tag).text = printable(text)


def html(parent: Xml.Element, tag: str, text: str) -> None:
    """Add an element whose text is HTML."""
    leaf(Xml.SubElement(parent, tag, format="html"), "text", text)


def xml_text(root: Xml.Element) -> str:
    """Return a document; the declaration is its first line, as Moodle wants it."""
    Xml.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{Xml.tostring(root, encoding="unicode")}\n'


def _choose(question: Xml.Element, one: Problem, language: str) -> None:
    leaf(question, "single", "true")
    leaf(question, "shuffleanswers", "true")
    leaf(question, "answernumbering", "abc")
    for value in one.options():
        right = value == one.value
        said = right_words(language) if right else slip_words(one, one.slips_of(value), language)
        _answer(question, "100" if right else "0", answer_text(value), said, "html")


def _type_in(question: Xml.Element, one: Problem, language: str, kind: str) -> None:
    if kind == "shortanswer":
        leaf(question, "usecase", "1" if not isinstance(one.value, tuple) else "0")  # the case of a symbol matters
    for answer in graded(one, language):
        for form in answer_forms(answer.value):
            text = form if kind == "numerical" else literal(form)
            tolerance = decimal_text(answer.tolerance) if kind == "numerical" else None
            _answer(question, share_text(answer.share), text, answer.said, "moodle_auto_format", tolerance)
    _answer(question, "0", _ANY, other_words(language), "moodle_auto_format", "0" if kind == "numerical" else None)
    if kind == "numerical":
        for tag, value in (("unitgradingtype", "0"), ("unitpenalty", "0.1"), ("showunits", "3"), ("unitsleft", "0")):
            leaf(question, tag, value)


def _answer(
    question: Xml.Element, fraction: str, text: str, said: str, form: str, tolerance: str | None = None
) -> None:
    answer = Xml.SubElement(question, "answer", fraction=fraction, format=form)
    leaf(answer, "text", text)
    html(answer, "feedback", said)
    if tolerance is not None:
        leaf(answer, "tolerance", tolerance)
