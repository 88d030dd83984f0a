"""A reader of Moodle XML that marks as Moodle does, from the description (docs.moodle.org/en/Moodle_XML_format).

The texts of questions and feedback have a format; grades of answers are percentages of a fixed list; numerical answers
count up to a tolerance, short answers letter by letter, where * stands for anything and \\* for itself; the first
answer that is equal counts. A question of STACK is a tree of nodes whose values are formulas of Maxima.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from xml.etree import ElementTree as Xml

FORMATS = ("html", "moodle_auto_format", "plain_text", "markdown")
# Moodle's grades of answers: thirds, sixths, sevenths and so on to five decimals.
_PARTS = [Fraction(1, n) for n in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20)] + [
    Fraction(2, 3),
    Fraction(3, 4),
    Fraction(5, 6),
]
_PARTS += [Fraction(n, 10) for n in (0, 3, 4, 6, 7, 8, 9)]
GRADES = {f"{float(round(100 * part, 5)):.10g}" for part in _PARTS}
_PLAIN = re.compile(r"[\w\s+\-*/^().,\[\]]*", re.ASCII)
_FUNCTIONS = {"floor": math.floor, "ceiling": math.ceil, "max": max, "min": min, "abs": abs}


@dataclass(frozen=True)
class Answer:
    text: str
    fraction: Fraction
    feedback: str
    tolerance: Fraction | None


def questions_of(text: str) -> list[Xml.Element]:
    """Read a file: its first line is the declaration, its first question a category if it has a title."""
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<quiz>')
    assert not any(unicodedata.category(letter) in ("Cc", "Cs") and letter not in "\n\t" for letter in text)
    root = Xml.fromstring(text)
    assert (root.tag, {child.tag for child in root}) == ("quiz", {"question"})
    category, *questions = root
    assert category.get("type") == "category"
    assert (category.findtext("category/text") or "").startswith("$course$/")
    for question in questions:
        check(question)
    return questions


def check(question: Xml.Element) -> None:
    """Check what all kinds of questions have."""
    assert (question.findtext("name/text") or "").strip()
    for element in question.iter():
        if (element.tag.endswith("feedback") and element.tag != "feedback") or element.tag == "questiontext":
            assert element.get("format") == "html" and [child.tag for child in element] == ["text"]
    assert float(question.findtext("defaultgrade") or "") >= 0
    assert 0 <= float(question.findtext("penalty") or "") <= 1
    answers = answers_of(question)
    if question.get("type") != "stack":
        assert any(answer.fraction == 100 for answer in answers)
        assert len({answer.text for answer in answers}) == len(answers)


def answers_of(question: Xml.Element) -> list[Answer]:
    found = []
    for one in question.findall("answer"):
        assert one.get("format") in FORMATS and one.get("fraction") in GRADES, one.attrib
        feedback = one.find("feedback")
        assert feedback is not None and feedback.get("format") in FORMATS
        tolerance = one.findtext("tolerance")
        assert (tolerance is not None) == (question.get("type") == "numerical")
        assert tolerance is None or Fraction(tolerance) >= 0
        text = one.findtext("text") or ""
        assert text and (tolerance is None or text == "*" or re.fullmatch(r"-?\d+(\.\d+)?", text)), text
        found.append(
            Answer(
                text,
                Fraction(one.get("fraction") or ""),
                one.findtext("feedback/text") or "",
                Fraction(tolerance) if tolerance is not None else None,
            )
        )
    return found


def marked(question: Xml.Element, typed: str) -> Answer:
    """Return the first answer that is equal to what somebody types."""
    is_numerical, is_strict = question.get("type") == "numerical", question.findtext("usecase") == "1"
    for answer in answers_of(question):
        if is_numerical:
            equal = answer.text == "*" or abs(Fraction(answer.text) - Fraction(typed)) <= (answer.tolerance or 0)
        else:
            parts = re.split(r"(?<!\\)\*", answer.text)
            pattern = ".*".join(re.escape(part.replace("\\*", "*")) for part in parts)
            equal = bool(re.fullmatch(pattern, typed.strip(), 0 if is_strict else re.IGNORECASE))
        if equal:
            return answer
    raise AssertionError("no answer is equal")


def worth(maxima: str, values: dict[str, Any]) -> Any:
    """Return what a formula of Maxima is worth at some values of its symbols, exactly."""
    assert _PLAIN.fullmatch(maxima), maxima
    text = re.sub(r"\b\d+\b", lambda number: f"Fraction({number[0]})", maxima.replace("^", "**"))
    return eval(text, {"__builtins__": {}, "Fraction": Fraction}, {**_FUNCTIONS, **values})


class Stack:
    """A question of STACK: its variables, and the tree that marks an answer."""

    def __init__(self, question: Xml.Element) -> None:
        lines = (question.findtext("questionvariables/text") or "").split(";")
        pairs = (line.split(":", 1) for line in lines if line.strip())
        self.variables = {name.strip(): value.strip() for name, value in pairs}
        self.nodes = {node.findtext("name"): node for node in question.findall("prt/node")}
        feedback = question.findtext("prt/feedbackvariables/text") or ""
        points = re.findall(r"\[([^\[\]]+)\]", feedback.split(";")[0])
        self.points = [dict(part.split(" = ") for part in point.split(", ")) for point in points]
        assert not feedback or feedback.split(";\n")[1:] == [
            "probe(ex) := map(lambda([pt], subst(pt, ex)), points)",
            "probed: probe(ans1);",
        ]
        self.names = sorted(set(re.findall(r"[A-Za-z]\w*", " ".join(self.variables.values()))) - set(_FUNCTIONS))
        self.names = [name for name in self.names if name not in self.variables]

    def _at(self, text: str, point: dict[str, Any]) -> Any:
        while text in self.variables:
            text = self.variables[text]
        return worth(text, point)

    def _is_equal(self, node: Xml.Element, answer: str) -> bool:
        sans, tans = node.findtext("sans") or "", node.findtext("tans") or ""
        if node.findtext("answertest") == "NumAbsolute":
            off = self._at(answer, {}) - self._at(tans, {})
            return bool(sans == "ans1" and abs(off) <= Fraction(node.findtext("testoptions") or ""))
        assert node.findtext("answertest") == "AlgEquiv"
        points = [{name: Fraction(value) for name, value in point.items()} for point in self.points]
        if points:
            assert sans == "probed"
            tans = tans.removeprefix("probe(").removesuffix(")")
        else:  # formulas without floors: equal at so many points
            assert sans == "ans1"
            points = [{n: Fraction(7 + 3 * t + 5 * i * t) for i, n in enumerate(self.names)} for t in range(9)]
        return all(self._at(answer, point) == self._at(tans, point) for point in points)

    def walk(self, answer: str) -> tuple[float, str, str]:
        """Go through the tree with an answer; return score, note and feedback."""
        place = "0"
        for _ in self.nodes:
            node = self.nodes[place]
            branch = "true" if self._is_equal(node, answer) else "false"
            assert node.findtext(f"{branch}scoremode") == "="
            place = node.findtext(f"{branch}nextnode") or ""
            if place == "-1":
                score = float(node.findtext(f"{branch}score") or "")
                said = node.findtext(f"{branch}feedback/text") or ""
                return score, node.findtext(f"{branch}answernote") or "", said
        raise AssertionError("the tree does not end")
