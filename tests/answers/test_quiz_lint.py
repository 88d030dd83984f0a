"""Which mistakes the numbers of a question cannot tell apart: examples, proposals, keys."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symcnn import analyse, parse
from symcnn.answers import lint, parse_quiz
from symcnn.answers.making.lint import Lint
from symcnn.answers.making.neighbours import neighbours, number_places
from symcnn.answers.making.problem import single_mistakes
from symcnn.answers.making.proposing import with_numbers
from symcnn.answers.posing import posed
from symcnn.answers.questions import Question, Quiz
from symcnn.answers.slips import wrong_values
from symcnn.render.quiz.lint import lint_json, lint_text
from tests.helpers import draws


def linted(net: str, quantity: str, layer: str | None = None, **more: Any) -> Lint:
    return lint(Quiz((Question("q1", quantity, layer, f"net q {{ {net} }}", **more),)))[0]


def ids(found: Lint) -> set[str]:
    return {slip.id for slip in found.hidden}


def test_one_channel_hides_forgotten_channels() -> None:
    found = linted("input 1×28×28; conv1: Conv(32, 5)", "params", "conv1")
    assert "M15" in ids(found)
    assert found.value == 832
    assert found.proposal is not None
    assert found.proposal.net == "net q { input 2×28×28; conv1: Conv(32, 5) }"
    better = linted("input 2×28×28; conv1: Conv(32, 5)", "params", "conv1")
    assert better.hidden == ()


def test_an_exact_division_hides_rounding() -> None:
    found = linted("input 3×33×33; conv1: Conv(8, 3, stride=2)", "size", "conv1")
    assert "M04" in ids(found)
    assert "M04" not in ids(linted("input 3×32×32; conv1: Conv(8, 3, stride=2)", "size", "conv1"))


def test_mistakes_with_the_same_wrong_answer() -> None:
    (group,) = linted("input 1×28×28; conv1: Conv(32, 5)", "params", "conv1").alike
    assert {slip.id for slip in group} == {"M12", "M13"}  # one bias, and one for each of the channels: one


def test_what_no_numbers_can_tell_apart_is_not_said() -> None:
    found = linted("input 3×29×29; conv1: Conv(8, 5, padding=2)", "size", "conv1")
    assert "conv.size.kept" not in ids(found)  # a convolution that keeps the size is chosen


def test_values_of_symbols_are_varied() -> None:
    found = linted("input C×H×H; conv1: Conv(32, 5)", "params", "conv1", at={"C": "1", "H": "28"})
    assert "M15" in ids(found)
    assert found.proposal is not None
    assert found.proposal.at == {"C": "2", "H": "28"}


def test_numbers_of_a_network_that_is_only_named() -> None:
    found = lint(Quiz((Question("q1", "params", "c1", name="lenet5"),)))[0]
    assert "M15" in ids(found)  # its input has one channel
    assert found.proposal is None  # and is what it is
    found = lint(Quiz((Question("q1", "size", "conv1", name="resnet18", at={"H": "33", "W": "33"}),)))[0]
    assert found.proposal is None or found.proposal.net is None


def test_numbers_that_stay_in_other_networks_of_the_text() -> None:
    text = "net a { input 1×28×28; conv1: Conv(32, 5) }  net b { input 5×9×9; Conv(7, 3) }"
    places = list(number_places(Question("q1", "params", None, text, name="a"), "a"))
    assert [place.value for place in places] == [1, 28, 32]


def test_keys_are_checked() -> None:
    quiz = parse_quiz(
        """
        [[question]]
        id = "q1"
        net = "net q { input 3×28×28; conv1: Conv(32, 5) }"
        quantity = "params"
        answer = "2400"
        [[question]]
        id = "q2"
        net = "net q { input 3×28×28; conv1: Conv(32, 5) }"
        quantity = "params"
        answer = "2,432"
        [[question]]
        id = "q3"
        reference = "18*H^2"
        answer = "18 H²"
        """
    )
    wrong, right, formula = lint(quiz)
    assert wrong.key is not None
    assert "M11" in {slip.id for slip in wrong.key.slips}
    assert (right.key, formula.key, formula.is_clean) == (None, None, True)
    text = lint_text([wrong, formula], "en")
    assert "q1: the key 2400 is not right, 2432 is." in text
    assert "q3: no other numbers, or no known mistakes, to compare with" in text
    assert "q1：所给答案 2400 不正确，应为 2432。" in lint_text([wrong], "zh")
    assert json.loads(lint_json([wrong]))[0]["key"]["right"] is False


def test_what_is_square_stays_square() -> None:
    question = Question("q1", "output", None, "net q { input 3×32×32; Conv(8, 3); MaxPool(2); Conv(8, 1) }")
    values = [place.value for place in number_places(question, "q")]
    assert values == [3, 32, 8, 8]  # kernels are chosen, and no accidents
    for other in neighbours(question, analyse(parse(str(question.net))["q"]), 30):
        a = analyse(parse(str(other.net))["q"])
        assert a.input[1] == a.input[2]


@given(st.integers(1, 4), st.integers(7, 20), st.integers(1, 4), st.sampled_from([1, 3]), st.integers(1, 3))
@draws(30)
def test_hidden_mistakes_lead_to_the_right_answer(c: int, n: int, m: int, k: int, s: int) -> None:
    """A mistake is hidden or has a wrong answer of its own, never both; with the proposal fewer are hidden."""
    net = f"input {c}×{n}×{n}; conv1: Conv({m}, {k}, stride={s})"
    found = linted(net, "macs", "conv1")
    a = analyse(parse(f"net q {{ {net} }}")["q"])
    told = {wrong.slips[0].id for wrong in wrong_values(a, "conv1", "macs") if len(wrong.slips) == 1}
    assert not ids(found) & told
    right = {"M32": m * k * k, "conv.macs.filters": c * k * k, "conv.macs.positions": m * c * k * k}
    after = len(range(0, n - k + 1, s))
    for id_, per_position in right.items():
        wrong = per_position * (1 if id_ == "conv.macs.positions" else after * after)
        assert (id_ in told) == (wrong != m * c * k * k * after * after)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_text_has_a_proposal_or_says_that_there_is_none(language: str) -> None:
    found = linted("input 1×28×28; conv1: Conv(32, 5)", "params", "conv1")
    text = lint_text([found], language)
    assert "net q { input 2×28×28; conv1: Conv(32, 5) }" in text
    assert "M15 (conv1)" in text


def test_questions_about_one_network_get_one_set_of_numbers() -> None:
    """Alone they would get different ones: the last filters, the input's channels, its size."""
    net = "net q { input 1×28×28; conv1: Conv(16, 3); conv2: Conv(16, 3, stride=2) }"
    asked = [("a", "params", "conv1"), ("b", "params", "conv2"), ("c", "output", "conv2")]
    questions = tuple(Question(id_, quantity, layer, net) for id_, quantity, layer in asked)
    quiz = Quiz((*questions, Question("e", "params", "c", "net other { input 1×9×9; c: Conv(8, 3) }")))
    found = lint(quiz)
    alone = {one.proposal.net for q in questions if (one := lint(Quiz((q,)))[0]).proposal is not None}
    assert len(alone) > 1
    proposals = [one.proposal for one in found[:3] if one.proposal is not None]
    assert len({one.net for one in proposals}) == 1 and len(proposals) > 1
    assert {one.together for one in found[:3] if one.proposal is not None} == {("a", "b", "c")}
    assert found[3].together == ("e",)
    for question in questions:
        told = {str(one.value) for one in single_mistakes(posed(question, quiz))}
        better = {str(one.value) for one in single_mistakes(posed(with_numbers(question, proposals[0]), quiz))}
        assert len(better) >= len(told)
    text = lint_text(found, "en")
    assert text.count("these numbers tell more apart, and serve all of a, b, c: net q {") == 1
    assert text.count("the numbers proposed for a tell more apart here too") == len(proposals) - 1


def test_a_program_of_several_lines_is_proposed_as_one_that_runs() -> None:
    net = "# one\nnet q {\n  input 1×28×28  # small\n  conv1: Conv(32, 5)\n  MaxPool(2)\n}\n"
    text = lint_text(lint(Quiz((Question("a", "params", "conv1", net),))), "en")
    lines = text.partition("these numbers tell more apart:\n")[2].splitlines()
    other = "\n".join(line.removeprefix("    ") for line in lines)
    assert other != net and analyse(parse(other)["q"]).params != analyse(parse(net)["q"]).params
