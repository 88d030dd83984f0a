"""STACK, Moodle's questions with a computer algebra system (docs.stack-assessment.org): a node for each mistake.

The tree of responses compares an answer with the right value, then with what each known mistake leads to; the node at
which it is equal says what to do instead. Tests of the question, one for each node and one for any other answer, let
STACK check the tree.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree as Xml

from symcnn.algebra.symbols import exact, is_number
from symcnn.answers.making.problem import Paper, Problem
from symcnn.errors import NotSupportedError
from symcnn.render.quiz.moodle import PENALTY, html, leaf, new_question, new_quiz, xml_text
from symcnn.render.quiz.words import other_words, question_html, right_words, slip_words

_VERSION = "2022060100"  # of STACK, whose rules of writing questions these follow
_INPUT, _TREE = "ans1", "prt1"
_AFTER = f"<p>[[input:{_INPUT}]] [[validation:{_INPUT}]]</p>"
_PARTLY = {"en": "Partly right.", "zh": "部分正确。"}
_OPTIONS = (
    ("multiplicationsign", "dot"),
    ("sqrtsign", "1"),
    ("complexno", "i"),
    ("inversetrig", "cos-1"),
    ("logicsymbol", "lang"),
    ("matrixparens", "["),
    ("variantsselectionseed", ""),
)
_SPELLINGS = {"Max": "max", "Min": "min", "floor": "floor", "ceiling": "ceiling", "Abs": "abs"}


def stack_text(paper: Paper, choice: bool = False) -> str:
    """Return a quiz as questions of STACK; answers are typed, also where a multiple choice was asked for."""
    root = new_quiz(paper)
    for one in paper.problems:
        text = _inert(question_html(one, paper.quiz.lang)) + _AFTER
        _question(new_question(root, "stack", one, paper, text), one, paper.quiz.lang)
    return xml_text(root)


def _inert(html_: str) -> str:
    """Return HTML in which STACK finds nothing to work out or to put in, as it would in {@1+1@} and [[input:ans2]]."""
    return html_.replace("{", "&#123;").replace("[", "&#91;")


def _question(question: Xml.Element, one: Problem, language: str) -> None:
    values = [maxima(one.value), *(maxima(wrong.value) for wrong in one.wrong)]
    names = ["ta", *(f"ta{number}" for number in range(1, len(values)))]
    leaf(Xml.SubElement(question, "stackversion"), "text", _VERSION)
    variables = "\n".join(f"{name}: {value};" for name, value in zip(names, values, strict=True))
    leaf(Xml.SubElement(question, "questionvariables"), "text", variables)
    html(question, "specificfeedback", f"[[feedback:{_TREE}]]")
    leaf(Xml.SubElement(question, "questionnote"), "text", "{@ta@}")
    for tag, value in (("questionsimplify", "1"), ("assumepositive", "0"), ("assumereal", "0")):
        leaf(question, tag, value)
    html(question, "prtcorrect", right_words(language))
    html(question, "prtpartiallycorrect", _PARTLY[language])
    html(question, "prtincorrect", other_words(language))
    for tag, value in _OPTIONS:
        leaf(question, tag, value)
    _input(question, isinstance(one.value, tuple))
    said = ["", *(_inert(slip_words(one, wrong.slips, language)) for wrong in one.wrong)]
    _tree(question, names, said)
    for number, name in enumerate(names):
        _test(question, number, name, _score(number), _note(number, "true"))
    other = maxima((0,) * len(one.value) if isinstance(one.value, tuple) else 0)
    _test(question, len(names), other, 0, _note(len(names) - 1, "false"))


def _input(question: Xml.Element, is_shape: bool) -> None:
    fields = {
        "name": _INPUT,
        "type": "algebraic",
        "tans": "ta",
        "boxsize": "15",
        "strictsyntax": "1",
        "insertstars": "0",
        "syntaxhint": "[?, ?, ?]" if is_shape else "",
        "syntaxattribute": "1" if is_shape else "0",
        "forbidwords": "",
        "allowwords": "",
        "forbidfloat": "1",
        "requirelowestterms": "0",
        "checkanswertype": "1" if is_shape else "0",
        "mustverify": "1",
        "showvalidation": "1",
        "options": "",
    }
    input_ = Xml.SubElement(question, "input")
    for tag, value in fields.items():
        leaf(input_, tag, value)


def _tree(question: Xml.Element, names: Sequence[str], said: Sequence[str]) -> None:
    tree = Xml.SubElement(question, "prt")
    for tag, value in (("name", _TREE), ("value", "1.0000000"), ("autosimplify", "1"), ("feedbackstyle", "1")):
        leaf(tree, tag, value)
    leaf(Xml.SubElement(tree, "feedbackvariables"), "text", "")
    for number, name in enumerate(names):
        following = number + 1 if number + 1 < len(names) else -1
        _node(tree, number, name, said[number], following)


def _node(tree: Xml.Element, number: int, name: str, said: str, following: int) -> None:
    """Add a node: where the answer is equal it says so and ends, else the next one is asked."""
    node = Xml.SubElement(tree, "node")
    fields = (("name", number), ("answertest", "AlgEquiv"), ("sans", _INPUT), ("tans", name), ("testoptions", ""))
    for tag, value in (*fields, ("quiet", 1)):
        leaf(node, tag, str(value))
    for branch, score, after, words in (("true", _score(number), -1, said), ("false", 0, following, "")):
        leaf(node, f"{branch}scoremode", "=")
        leaf(node, f"{branch}score", f"{score}.0000000")
        leaf(node, f"{branch}penalty", _penalty(score))
        leaf(node, f"{branch}nextnode", str(after))
        leaf(node, f"{branch}answernote", _note(number, branch))
        html(node, f"{branch}feedback", words)


def _score(number: int) -> int:
    """Return what an answer earns that is equal at a node: the first has the right value."""
    return int(number == 0)


def _penalty(score: int) -> str:
    return "0.0000000" if score else PENALTY


def _note(number: int, branch: str) -> str:
    return f"{_TREE}-{number + 1}-{branch[0].upper()}"


def _test(question: Xml.Element, number: int, value: str, score: int, note: str) -> None:
    """Add a test: an answer, what it earns, and the note of the branch at which it ends."""
    test = Xml.SubElement(question, "qtest")
    leaf(test, "testcase", str(number + 1))
    typed = Xml.SubElement(test, "testinput")
    leaf(typed, "name", _INPUT)
    leaf(typed, "value", value)
    expected = Xml.SubElement(test, "expected")
    leaf(expected, "name", _TREE)
    leaf(expected, "expectedscore", f"{score}.0000000")
    leaf(expected, "expectedpenalty", _penalty(score))
    leaf(expected, "expectedanswernote", note)


def maxima(value: Any) -> str:
    """Return a value as Maxima writes it; raises `NotSupportedError` for what it has no plain form of."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(maxima, value))}]"
    value = exact(value)
    if is_number(value):
        return str(value)
    unknown = [one for one in value.atoms() | set(_functions(value)) if not _is_plain(one)]
    if unknown:
        name = str(unknown[0]) if unknown[0].is_Symbol else unknown[0].func.__name__
        raise NotSupportedError(f"{name} in a question of STACK", hint="--format moodle has such questions")
    return _spelt(str(value))


def _functions(value: Any) -> list[Any]:
    return [part for part in value.args for part in (part, *_functions(part))]


def _is_plain(part: Any) -> bool:
    if part.is_Symbol:
        return bool(part.name.isascii() and part.name.replace("_", "a").isalnum())
    known = part.is_Number or part.is_Add or part.is_Mul or part.is_Pow
    return bool(known or part.func.__name__ in _SPELLINGS)


def _spelt(text: str) -> str:
    for ours, theirs in _SPELLINGS.items():
        text = text.replace(f"{ours}(", f"{theirs}(")
    return text.replace("**", "^")
