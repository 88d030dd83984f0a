"""STACK, Moodle's questions with a computer algebra system (docs.stack-assessment.org): a node for each mistake.

The tree of responses compares an answer with the right value, then with what each known mistake leads to; the node at
which it is equal says what to do instead. Tests of the question, one for each node and one for any other answer, let
STACK check the tree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from xml.etree import ElementTree as Xml

from sympy import Abs, Expr, Max, Min, ceiling, floor

from symcnn.algebra.symbols import exact, is_number
from symcnn.answers.making.problem import Paper, Problem
from symcnn.answers.quiz_text import decimal_text
from symcnn.errors import NotSupportedError
from symcnn.render.quiz.graded import Graded, graded, tolerance_of
from symcnn.render.quiz.moodle import PENALTY, html, leaf, new_question, new_quiz, xml_text
from symcnn.render.quiz.words import other_words, question_html, right_words

_VERSION = "2022060100"  # of STACK, whose rules of writing questions these follow
_INPUT, _TREE, _PROBED = "ans1", "prt1", "probed"
_POINTS, _FIRST_POINT, _ROUND = 24, 311, 48  # at which formulas with floors are compared
_STEPS = (1, 5, 7, 11, 13, 17, 19, 23)  # from point to point, for each symbol another; prime to the round
# Names that are no symbols in Maxima, or in what learners type into STACK.
_TAKEN = frozenset(
    ("e", "i", "j", "pi", "gamma", "beta", "zeta", "inf", "minf", "ind", "und", "lambda", "points", "probe")
)
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


@dataclass(frozen=True)
class _Node:
    """A node of the tree: the test that compares the answer with a value, what it earns and what is said."""

    test: str
    answer: str
    value: str
    score: Fraction
    said: str
    options: str = ""


def _question(question: Xml.Element, one: Problem, language: str) -> None:
    answers = graded(one, language)
    names = [f"ta{number}" for number in range(len(answers))]
    variables = {name: maxima(answer.value) for name, answer in zip(names, answers, strict=True)}
    points = _points(one)
    nodes = list(_nodes(zip(names, answers, strict=True), bool(points)))
    leaf(Xml.SubElement(question, "stackversion"), "text", _VERSION)
    right = names[[answer.share for answer in answers].index(Fraction(1))]
    written = [f"{name}: {value};" for name, value in variables.items()] + [f"ta: {right};"]
    leaf(Xml.SubElement(question, "questionvariables"), "text", "\n".join(written))
    html(question, "specificfeedback", f"[[feedback:{_TREE}]]")
    leaf(Xml.SubElement(question, "questionnote"), "text", "{@ta@}")
    for tag, value in (("questionsimplify", "1"), ("assumepositive", "0"), ("assumereal", "0")):
        leaf(question, tag, value)
    html(question, "prtcorrect", right_words(language))
    html(question, "prtpartiallycorrect", _PARTLY[language])
    html(question, "prtincorrect", other_words(language))
    for tag, value in _OPTIONS:
        leaf(question, tag, value)
    _input(question, one)
    _tree(question, nodes, points)
    for number, (name, answer) in enumerate(zip(names, answers, strict=True)):
        _test(question, number, name, answer.share, _note(number, "true"))
    other = maxima((0,) * len(one.value) if isinstance(one.value, tuple) else 0)
    _test(question, len(names), other, Fraction(0), _note(len(nodes) - 1, "false"))


def _nodes(answers: Iterable[tuple[str, Graded]], probed: bool) -> Iterator[_Node]:
    """Yield a node for each answer; where values are compared at points, and where roundings are right, by those."""
    for name, answer in answers:
        said = "" if answer.share == 1 else _inert(answer.said)
        if answer.tolerance:
            yield _Node("NumAbsolute", _INPUT, name, answer.share, said, decimal_text(answer.tolerance))
        elif probed:
            yield _Node("AlgEquiv", _PROBED, f"probe({name})", answer.share, said)
        else:
            yield _Node("AlgEquiv", _INPUT, name, answer.share, said)


def _points(one: Problem) -> list[list[str]]:
    """Return values of all symbols at which formulas with floors are compared, as STACK cannot prove them equal.

    The numbers are larger than where networks stop to be defined, and have all rests by the usual strides.
    """
    values = [part for answer in (one.value, *(wrong.value for wrong in one.wrong)) for part in _parts(answer)]
    found = [exact(value) for value in values]
    if not any(isinstance(value, Expr) and value.has(floor, ceiling, Max, Min, Abs) for value in found):
        return []
    names = sorted({symbol.name for value in found if isinstance(value, Expr) for symbol in value.free_symbols})
    return [
        [f"{name} = {_FIRST_POINT + point * _STEPS[place % len(_STEPS)] % _ROUND}" for place, name in enumerate(names)]
        for point in range(_POINTS)
    ]


def _parts(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def _input(question: Xml.Element, one: Problem) -> None:
    is_shape, is_rounded = isinstance(one.value, tuple), bool(tolerance_of(one))
    stars = _stars(one)
    fields = {
        "name": _INPUT,
        "type": "algebraic",
        "tans": "ta",
        "boxsize": "15",
        "strictsyntax": "1" if stars == "0" else "0",
        "insertstars": stars,
        "syntaxhint": "[?, ?, ?]" if is_shape else "",
        "syntaxattribute": "1" if is_shape else "0",
        "forbidwords": "",
        "allowwords": "",
        "forbidfloat": "0" if is_rounded else "1",
        "requirelowestterms": "0",
        "checkanswertype": "1" if is_shape else "0",
        "mustverify": "1",
        "showvalidation": "1",
        "options": "",
    }
    input_ = Xml.SubElement(question, "input")
    for tag, value in fields.items():
        leaf(input_, tag, value)


def _stars(one: Problem) -> str:
    """Return where STACK may put a * that is left out: 0 nowhere, 1 behind numbers, 2 between letters too."""
    values = [exact(part) for part in _parts(one.value)]
    names = {symbol.name for value in values if isinstance(value, Expr) for symbol in value.free_symbols}
    if not names:
        return "0"
    return "2" if all(len(name) == 1 for name in names) else "1"


def _tree(question: Xml.Element, nodes: Sequence[_Node], points: Sequence[Sequence[str]]) -> None:
    tree = Xml.SubElement(question, "prt")
    for tag, value in (("name", _TREE), ("value", "1.0000000"), ("autosimplify", "1"), ("feedbackstyle", "1")):
        leaf(tree, tag, value)
    variables = ""
    if points:
        listed = ", ".join(f"[{', '.join(point)}]" for point in points)
        variables = f"points: [{listed}];\nprobe(ex) := map(lambda([pt], subst(pt, ex)), points);\n"
        variables += f"{_PROBED}: probe({_INPUT});"
    leaf(Xml.SubElement(tree, "feedbackvariables"), "text", variables)
    for number, node in enumerate(nodes):
        _add_node(tree, number, node, number + 1 if number + 1 < len(nodes) else -1)


def _add_node(tree: Xml.Element, number: int, made: _Node, following: int) -> None:
    """Add a node: where the answer is equal it says so and ends, else the next one is asked."""
    node = Xml.SubElement(tree, "node")
    fields = {
        "name": str(number),
        "answertest": made.test,
        "sans": made.answer,
        "tans": made.value,
        "testoptions": made.options,
        "quiet": "1",
    }
    for tag, value in fields.items():
        leaf(node, tag, value)
    for branch, score, after, words in (("true", made.score, -1, made.said), ("false", Fraction(0), following, "")):
        leaf(node, f"{branch}scoremode", "=")
        leaf(node, f"{branch}score", _decimal(score))
        leaf(node, f"{branch}penalty", _penalty(score))
        leaf(node, f"{branch}nextnode", str(after))
        leaf(node, f"{branch}answernote", _note(number, branch))
        html(node, f"{branch}feedback", words)


def _decimal(score: Fraction) -> str:
    return f"{float(score):.7f}"


def _penalty(score: Fraction) -> str:
    return "0.0000000" if score == 1 else PENALTY


def _note(number: int, branch: str) -> str:
    return f"{_TREE}-{number + 1}-{branch[0].upper()}"


def _test(question: Xml.Element, number: int, value: str, score: Fraction, note: str) -> None:
    """Add a test: an answer, what it earns, and the note of the branch at which it ends."""
    test = Xml.SubElement(question, "qtest")
    leaf(test, "testcase", str(number + 1))
    typed = Xml.SubElement(test, "testinput")
    leaf(typed, "name", _INPUT)
    leaf(typed, "value", value)
    expected = Xml.SubElement(test, "expected")
    leaf(expected, "name", _TREE)
    leaf(expected, "expectedscore", _decimal(score))
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
        return bool(part.name.isascii() and part.name.replace("_", "a").isalnum() and part.name not in _TAKEN)
    known = part.is_Number or part.is_Add or part.is_Mul or part.is_Pow
    return bool(known or part.func.__name__ in _SPELLINGS)


def _spelt(text: str) -> str:
    for ours, theirs in _SPELLINGS.items():
        text = text.replace(f"{ours}(", f"{theirs}(")
    return text.replace("**", "^")
