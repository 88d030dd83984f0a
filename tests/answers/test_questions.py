"""Exam questions with right answers, equal forms and typical wrong ones: each is judged as it should be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import symcnn
from tests.answers.architectures import UnsaidError, program
from tests.helpers import analysed

CASES = json.loads((Path(__file__).parent.parent / "data" / "questions.json").read_text("utf-8"))["cases"]
ACCEPT = ("channels_last", "sizes_only", "approx")  # the sheet takes 19x19x8, 64x64 and 15.2M
ONE_VALUE = ("int", "shape", "expr")

# Forms that are no answer to the question, and why.
NO_ANSWERS = {
    "(224+2-7)/2+1=110.5 向下取整": "the working by which a padding was tried out, and not the padding",
    "x4": "a factor with its sign",
}
WORDS = ["2 ops per MAC", "1 op per MAC"]

# Architectures that the small notation of the sheet does not say in full: what the language is told elsewhere.
UNSAID = {
    "Q040": "six layers given by their parameters",
    "Q046": "branches",
    "Q064": "a name",
    "Q091": "the network of the question before",
    "Q124": "a layer without an input",
    "Q151": "a name",
}


def values_of(case: Any, answer: Any) -> list[Any]:
    """Return what is asked one by one: a list is the answers of several questions."""
    return list(answer) if case["answer_kind"].startswith("list") else [answer]


def written(value: Any) -> str:
    return "x".join(map(str, value)) if isinstance(value, list) else str(value)


def reference(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def ids(value: Any) -> str | None:
    return value["id"] if isinstance(value, dict) else None


JUDGED = [
    (case, place, value)
    for case in CASES
    for place, value in enumerate(values_of(case, case["answer"]))
    if value not in WORDS
]


@pytest.mark.parametrize(("case", "place", "value"), JUDGED, ids=ids)
def test_right_and_wrong_values(case: Any, place: int, value: Any) -> None:
    assert symcnn.check(written(value), reference(value), accept=ACCEPT).verdict == "exact"
    for wrong in case["wrong"]:
        other = values_of(case, wrong["answer"])[place]
        if other != value:
            assert not symcnn.check(written(other), reference(value)).right, wrong


EQUAL = [
    (case, form)
    for case in CASES
    if case["answer_kind"] in ONE_VALUE
    for form in case["accepted"]
    if form not in NO_ANSWERS
]


@pytest.mark.parametrize(("case", "form"), EQUAL, ids=ids)
def test_equal_forms_are_right(case: Any, form: str) -> None:
    assert symcnn.check(form, reference(case["answer"]), accept=ACCEPT).right


QUANTITIES = {"params": "params", "macs": "macs", "shape": "output", "madd": "madd", "flops": "torch"}
ASKED = [case for case in CASES if case["asked"] in QUANTITIES and case["answer_kind"] in ONE_VALUE]
OF_NETS = [case for case in ASKED if case["id"] not in UNSAID]


@pytest.mark.parametrize("case", OF_NETS, ids=ids)
def test_questions_about_networks(case: Any) -> None:
    analysis = analysed(program(case["architecture"]))
    quantity = QUANTITIES[case["asked"]]
    for form in (written(case["answer"]), *case["accepted"]):
        assert symcnn.check(form, analysis, quantity=quantity, accept=ACCEPT).right, form
    for wrong in case["wrong"]:
        found = symcnn.check(written(wrong["answer"]), analysis, quantity=quantity)
        assert found.verdict in ("wrong", "convention"), wrong
        assert not found.right


def test_what_the_notation_of_the_sheet_does_not_say() -> None:
    unsaid = set()
    for case in ASKED:
        try:
            program(case["architecture"])
        except UnsaidError:
            unsaid.add(case["id"])
    assert unsaid == set(UNSAID)


EXPLAINED = [
    ("Q001", 9000100, "M22"),
    ("Q001", 27000000, "M23"),
    ("Q007", 4194304, "M23"),
    ("Q013", 270, "M11"),
    ("Q013", 100, "M15"),
]


@pytest.mark.parametrize(("case", "answer", "slip"), EXPLAINED)
def test_slips_behind_wrong_answers(case: str, answer: int, slip: str) -> None:
    text = next(c["architecture"] for c in CASES if c["id"] == case)
    found = symcnn.check(str(answer), analysed(program(text)), quantity="params")
    assert slip in {s.id for s in found.slips}
