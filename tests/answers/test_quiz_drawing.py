"""Exams that are drawn: keys held against plain Python, wrong answers against the judge, seeds against themselves."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symcnn import parse
from symcnn.answers import paper, parse_quiz, quiz, quiz_toml
from symcnn.answers.making.drawing import best, from_template
from symcnn.answers.making.drawing import drawn as drawn_of
from symcnn.answers.making.problem import Paper, Problem
from symcnn.answers.making.templates import Ask, Template, load_templates, read_templates, templates
from symcnn.answers.making.values import answer_text
from symcnn.answers.making.wording import wording
from symcnn.answers.posing import posed
from symcnn.answers.questions import Question, Quiz
from symcnn.render.quiz import render_quiz
from tests.answers.exam_oracle import solve
from tests.helpers import draws, error_of

ASKED = [(template, ask) for template in templates() for ask in template.ask]
IDS = [f"{template.id}-{ask.quantity}-{ask.layer}" for template, ask in ASKED]
IN_WORDS = [(template, ask) for template, ask in ASKED if template.id not in ("residual", "inception")]


def drawn(template: Template, ask: Ask, seed: int) -> Problem:
    return from_template(template, [ask], "q1", Random(f"{seed}"))


@given(st.sampled_from(IN_WORDS), st.integers(0, 10**9))
@draws(90)
def test_keys_follow_from_the_words(asked: tuple[Template, Ask], seed: int) -> None:
    template, ask = asked
    problem = drawn(template, ask, seed)
    text = wording(problem.posed, "en").text()
    assert problem.posed.analysis is not None
    symbols = problem.posed.analysis.symbols
    assert bool(symbols) == template.id.startswith("formula.")
    random = Random(seed)
    for name, symbol in symbols.items():  # a formula is held against numbers in the place of its symbols
        number = random.randint(*((60, 99) if name in "HW" else (3, 7) if name == "k" else (8, 40)))
        text = re.sub(rf"\b{name}\b", str(number), text)
        problem = replace(problem, value=put_in(problem.value, symbol, number))
    assert problem.value == solve(text, ask.quantity, ask.layer), text


def put_in(value: Any, symbol: Any, number: int) -> Any:
    if isinstance(value, tuple):
        return tuple(put_in(part, symbol, number) for part in value)
    return value if isinstance(value, int) else value.subs(symbol, number)


def numbers(problem: Problem, *names: str) -> list[int]:
    """Return numbers out of a program by the patterns before them."""
    text = problem.question.net or ""
    return [int(re.search(rf"{name}(\d+)", text)[1]) for name in names]  # type: ignore[index]


@given(st.sampled_from([ask for template, ask in ASKED if template.id == "residual"]), st.integers(0, 10**9))
@draws(20)
def test_keys_of_residual_blocks(ask: Ask, seed: int) -> None:
    template = next(one for one in templates() if one.id == "residual")
    problem = drawn(template, ask, seed)
    c, n, m = numbers(problem, "input ", r"input \d+×", r"conv1: Conv\(")
    after = len(range(0, n + 2 - 2, 2))
    weights = 9 * c * m + 9 * m * m + c * m
    right: dict[str, Any] = {
        "params": weights + 3 * 2 * m,
        "macs": weights * after**2,
        "output": (m, after, after),
        "receptive_field": 3 + 2 * 2,
    }
    assert problem.value == right[ask.quantity]


@given(st.sampled_from([ask for template, ask in ASKED if template.id == "inception"]), st.integers(0, 10**9))
@draws(20)
def test_keys_of_inception_blocks(ask: Ask, seed: int) -> None:
    template = next(one for one in templates() if one.id == "inception")
    problem = drawn(template, ask, seed)
    patterns = (r"one: Conv\(", r"reduce: Conv\(", r"three: Conv\(", r"project: Conv\(")
    c, n, a, b, t, d = numbers(problem, "input ", r"input \d+×", *patterns)
    assert t == 2 * b
    weights = c * a + c * b + 9 * b * t + c * d
    right = {"params": weights + a + b + t + d, "macs": weights * n * n, "output": (a + t + d, n, n)}
    assert problem.value == right[ask.quantity]


@pytest.mark.parametrize(("template", "ask"), ASKED, ids=IDS)
def test_wrong_answers_are_wrong_and_their_mistakes_are_named(template: Template, ask: Ask) -> None:
    problem = drawn(template, ask, 1)
    values = [problem.value, *(wrong.value for wrong in problem.wrong)]
    assert len(problem.wrong) >= 2
    assert len(set(values)) == len(values)
    for wrong in problem.wrong:
        verdict = problem.posed.judge(answer_text(wrong.value))
        assert not verdict.right
        assert {slip.id for slip in verdict.slips} & {slip.id for slip in wrong.slips}
    options = problem.options()
    assert options.count(problem.value) == 1
    assert len(options) == len(set(options))
    if not template.id.startswith("formula."):
        assert options == tuple(sorted(options))


def test_formulas_on_request() -> None:
    found = quiz(count=6, seed=3, formulas=True)
    assert all(problem.posed.analysis and problem.posed.analysis.symbols for problem in found.problems)
    assert toml(found) == toml(quiz(count=6, seed=3, formulas=True)) != toml(quiz(count=6, seed=4, formulas=True))
    net = parse("net a { input C×H×W; c: Conv(M, k); Conv(2M, k, stride=2) }")["a"]
    found = quiz(net, count=4, seed=1, formulas=True)
    assert all(not problem.question.at for problem in found.problems)
    assert "Answer in terms of C, H, M, W, k" in render_quiz(found)
    assert any(not isinstance(wrong.value, int) for problem in found.problems for wrong in problem.wrong)
    assert error_of(lambda: quiz("examples/lenet.cnn", formulas=True)).message == "lenet has no symbols"
    error = error_of(lambda: quiz(templates="conv.params", formulas=True))
    assert error.message == "no template leaves a symbol"


def test_every_key_is_judged_right_also_in_chinese() -> None:
    for language in ("en", "zh"):
        for problem in quiz(count=8, seed=5, language=language).problems:
            assert problem.posed.judge(answer_text(problem.value)).verdict == "exact"
            assert wording(problem.posed, language).ask


def test_a_quiz_asks_each_template_before_any_twice() -> None:
    found = quiz(count=len(templates()), seed=2)
    assert len({problem.question.net for problem in found.problems}) == len(templates())
    assert [problem.question.id for problem in found.problems] == [f"q{n}" for n in range(1, len(templates()) + 1)]


def toml(found: Paper) -> str:
    return render_quiz(found, "toml")


def test_the_same_seed_draws_the_same() -> None:
    found = quiz(count=3, seed=9, level=1)
    assert toml(found) == toml(quiz(count=3, seed="9", level=1))
    assert toml(found) != toml(quiz(count=3, seed=10, level=1))
    first = quiz(count=2, seed=9, level=1).problems
    assert [p.question.net for p in first] == [p.question.net for p in found.problems[:2]]


def test_other_processes_draw_the_same() -> None:
    code = "from symcnn.answers import quiz; from symcnn.render.quiz import render_quiz as r; p = quiz(count=2, seed=4)"
    code += "; print(r(p, 'json'))"
    texts = {
        subprocess.run(
            [sys.executable, "-X", "utf8", "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(texts) == 1


def test_numbers_of_a_seed_stay_as_they_are() -> None:
    (problem,) = quiz(count=1, seed=7, templates="classic", quantities="params").problems
    again = parse_quiz(quiz_toml(quiz(count=1, seed=7, templates="classic", quantities="params").quiz))
    assert paper(again).problems[0].value == problem.value


def test_a_quiz_comes_back_from_toml() -> None:
    found = quiz(count=6, seed=3, language="zh", title="小测验：“卷积”")
    again = paper(parse_quiz(toml(found)))
    assert again.quiz == found.quiz
    assert [p.value for p in again.problems] == [p.value for p in found.problems]
    assert [p.wrong for p in again.problems] == [p.wrong for p in found.problems]
    assert render_quiz(again, "text", key=True) == render_quiz(found, "text", key=True)


def test_networks_get_legal_sizes() -> None:
    net = parse("net u { input C×H×H; Conv(8, 3); Conv(C, 3, stride=4); assume H % 4 == 1, C > 2 }")["u"]
    for problem in quiz(net, count=5, seed=1).problems:
        at = {name: int(value) for name, value in problem.question.at.items()}
        assert at["H"] % 4 == 1
        assert at["C"] > 2
        assert len(problem.wrong) >= 3


def test_networks_of_a_file() -> None:
    found = quiz("examples/lenet.cnn", count=4, seed=1, quantities="params")
    assert {problem.question.quantity for problem in found.problems} == {"params"}
    assert len({problem.question.layer for problem in found.problems}) == 4
    again = paper(parse_quiz(toml(found)))
    assert [p.value for p in again.problems] == [p.value for p in found.problems]


def test_networks_of_the_zoo_are_asked_by_their_names() -> None:
    found = quiz("zoo/lenet5", count=2, seed=1)
    assert {problem.question.name for problem in found.problems} == {"lenet5"}
    assert paper(parse_quiz(toml(found))).problems[0].value == found.problems[0].value


def test_of_several_drawings_the_one_is_taken_that_tells_most_apart() -> None:
    nets = [f"net q {{ input {c}×28×28; Conv(32, 5) }}" for c in (1, 2, 3)]
    found = [drawn_of(Question("q1", "params", None, net), Quiz(())) for net in nets]
    assert found[0].told < found[1].told
    chosen = best(found)
    assert chosen is not None
    assert chosen.question.net == nets[1]


ERRORS = [
    ({"count": 0}, "a quiz has 1 to 200 questions, not 0"),
    ({"count": 201}, "a quiz has 1 to 200 questions, not 201"),
    ({"templates": "conv.parms"}, "unknown template 'conv.parms'"),
    ({"quantities": "params", "templates": "pool.floor"}, "no template asks for this"),
    ({"level": 9}, "there is no level 9"),
    ({"language": "fr"}, "unknown language 'fr'"),
    ({"source": "examples/lenet.cnn", "quantities": "parms"}, "questions about networks do not ask for 'parms'"),
    ({"source": "examples/lenet.cnn", "level": 1}, "templates and levels are of quizzes without a network"),
    ({"source": "examples/lenet.cnn", "count": 100, "quantities": "params"}, "only 5 questions about lenet"),
]


@pytest.mark.parametrize(("arguments", "message"), ERRORS)
def test_what_cannot_be_drawn(arguments: dict[str, Any], message: str) -> None:
    assert error_of(lambda: quiz(**arguments)).message.startswith(message)


OWN = """
[[template]]
id = "own"
net = "input C×N×N; a: Conv(M, K)"
draw = { C = [2, 3], N = "9..12", M = [4], K = [3] }
ask = [{ quantity = "params", layer = "a" }]
"""


def test_templates_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(OWN, encoding="utf-8")
    (problem,) = quiz(path, count=1).problems
    assert problem.value in ((2 * 9 + 1) * 4, (3 * 9 + 1) * 4)
    path.write_text(OWN.replace("K = [3] }", 'K = [3] }\nwhere = ["K > 3"]'), encoding="utf-8")
    assert error_of(lambda: quiz(path, count=1)).message == "the template own has no legal numbers"
    path.write_text(OWN.replace('"params"', '"parms"'), encoding="utf-8")
    assert "parms" in error_of(lambda: quiz(path, count=1)).message
    path.write_text(OWN.replace("Conv(M, K)", "Conv(M, K"), encoding="utf-8")
    assert error_of(lambda: quiz(path, count=1)).span is not None


def test_the_example_of_templates() -> None:
    separable, squeeze = load_templates("examples/templates.toml")
    for seed in range(2):
        problem = from_template(separable, separable.ask[:1], "q", Random(f"{seed}"))
        c, m, k = numbers(problem, "input ", r"SeparableConv\(", r"SeparableConv\(\d+, ")
        assert problem.value == c * k * k + c * m + m + 2 * m
        problem = from_template(squeeze, squeeze.ask[:1], "q", Random(f"{seed}"))
        c, s, e = numbers(problem, "input ", r"squeeze: Conv\(", r"one: Conv\(")
        assert problem.value == c * s + s + 10 * s * e + 2 * e
        assert e == 4 * s


BROKEN = [
    ("", "t has no templates"),
    ("a = 1", "t has no templates"),
    ("template = 3", "t has no templates"),
    (OWN.replace('"own"', "7"), "in the template 7 of t 'id' is no text"),
    (OWN.replace("[3] }", "[3.5] }"), "the template own draws from '[3.5]'"),
    (OWN.replace('layer = "a"', "layer = 4"), "it is not clear what the template own of t asks for"),
    (OWN.replace("quantity", "quantitty"), "it is not clear what the template own of t asks for"),
    (OWN.replace('[{ quantity = "params", layer = "a" }]', "[]"), "the template own of t asks for nothing"),
    ('[[template]]\nid = "a"\nnet = "x"\ndraw = {}', "the template a of t has no 'ask'"),
    ('[[template]]\nid = "a"\nnett = "x"', "the template a of t has the unknown key 'nett'"),
    ('[[template]]\nid = "a"\nnet = ""\nask = []\ndraw = { K = "9..3" }', "the template a draws from '9..3'"),
    ("[[template]", "t is no TOML"),
]


@pytest.mark.parametrize(("text", "message"), BROKEN)
def test_broken_templates(text: str, message: str) -> None:
    assert error_of(lambda: read_templates(text, "t")).message.startswith(message)


CALLED = """
layer Blur(kernel_size: k, strength: s = 1) {
    "Smooths."
    called "strong smoothing" zh "强平滑" if s > 2
    called "smoothing" zh "平滑"
    called strength "strength {}" zh "强度 {}"
    size = n - k + 1
}
net q { input 3×32×32; a: Blur(5, strength=3); b: Blur(3, strength=2) }
"""


def test_a_kind_says_itself_what_it_is_called() -> None:
    said = wording(posed(Question("q1", "size", "b", CALLED), Quiz(())), "en")
    assert said.layers == (("a", "strong smoothing, kernel 5, strength 3"), ("b", "smoothing, kernel 3, strength 2"))
    said = wording(posed(Question("q1", "size", "b", CALLED), Quiz(())), "zh")
    assert said.layers == (("a", "强平滑，核 5，强度 3"), ("b", "平滑，核 3，强度 2"))
    wrong = CALLED.replace("called strength", "called strenght")
    error = error_of(lambda: wording(posed(Question("q1", "size", "b", wrong), Quiz(())), "en"))
    assert (error.message, error.hint) == ("Blur has no argument 'strenght'", "did you mean 'strength'?")
    net = "net q { input 8×16×16; Conv(8, 3, groups=8); Conv(8, 3, groups=2); Conv(1, 1) }"
    words = [text for _, text in wording(posed(Question("q1", "size", None, net), Quiz(())), "en").layers]
    assert [text.split(",")[0] for text in words] == ["depthwise convolution", "convolution", "convolution"]
    assert words[2].startswith("convolution, 1 filter, ")
