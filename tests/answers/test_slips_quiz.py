"""The wrong answers of exam questions: the mistake behind each is found in the question's network."""

from __future__ import annotations

from typing import Any

import pytest

from symcnn import Analysis
from symcnn.algebra.proof import equal
from symcnn.answers.slips import explain_answer
from tests.answers.quiz_networks import LEFT_OUT, NETWORKS, QUESTIONS, Ask
from tests.helpers import analysed

# For each wrong answer, in their order, the ids of the mistake or pair for each part that is wrong; a text says why a
# wrong answer is none of the mistakes.
RIGHT: tuple[str, ...] = ()
CAUSES: dict[str, list[str | list[tuple[str, ...]]]] = {
    "Q001": [[("M22",)], [("linear.biases.one",)], [("M23",)]],
    "Q004": [
        [("pad.size.one_side",)],
        [("pad.channels.padded",)],
        [("pad.size.one_side", "pad.channels.one_side")],
    ],
    "Q007": [[("M23",)], "another input", "another input"],
    "Q010": [
        [("pad.size.one_side",)],
        [("pad.channels.one_side",)],
        [("pad.size.kept", "pad.channels.padded")],
    ],
    "Q013": [[("M15",)], [("M11",)], [("M15", "M11")], "10·24·24 is no formula of the layer"],
    "Q016": ["two sizes are wrong at once", "stops early", "stops before the first layer", "stops early"],
    "Q019": [[("M01",)], [("conv.size.kept",)], "the kernel is given for the output"],
    "Q022": [[("M03",)], [("maxpool.size.kept",)], [("maxpool.size.twice",)]],
    "Q025": [[("maxpool.size.kept",)], "the channels of another layer", "not a product of the layer"],
    "Q031": [[("M04",)], [("M01",)], [("M03",)]],
    "Q034": [
        [("maxpool.reach.none", "maxpool.jump.ignored")],
        [("receptive_field.last",)],
        "a distractor of the exam",
        "a distractor of the exam",
    ],
    "Q046": ["biases that the question leaves out", [("M15",)], "a layer that is not there"],
    "Q049": [[("M01",), ("M01",)], [RIGHT, ("conv.size.kernel",)]],
    "Q052": [[("M15",), ("M15",)], [("M11",), ("M11",)], [("M15",), RIGHT]],
    "Q055": ["a misprint", "a layer is left out", "the weights of another layer"],
    "Q058": [
        [("M11",), ("M11",), ("M23",), ("M23",)],
        [RIGHT, ("M15",), RIGHT, RIGHT],
        [RIGHT, RIGHT, ("conv.size.kept",), RIGHT],
    ],
    "Q061": [[("M29",)], "one of two terms", [("conv.flops.biases",)]],
    "Q067": ["a layer is left out", [("M15",), RIGHT], "biases that the question leaves out"],
    "Q070": [[("M15",)], "biases that the question leaves out", "a dense layer"],
    "Q073": ["a misprint of the paper", [("M01",), ("M01",)]],
    "Q079": [[RIGHT, ("M01",)], "a size that does not change"],
    "Q085": [[("M03",)], [("conv.size.stride",)], "rounded up on one axis only"],
    "Q091": ["a convention", "a convention", [("conv.macs.positions",)]],
    "Q097": [[("conv.size.kernel",)], [("conv.size.kept",)], [("M03",)]],
    "Q100": ["without output_padding too", "without rounding", [("convtranspose.size.one_side",)]],
    "Q112": [
        [RIGHT, RIGHT, ("M41",), ("M41",), ("M41",), ("M41",), ("M41",)],
        "another kernel",
    ],
    "Q115": ["a convention", [("conv.macs.positions",)], "a convention"],
    "Q124": [[("conv.macs.positions",)], "a convention", [("M32",)]],
    "Q130": [
        [("M11",), ("M11",), ("M11",), ("M23",)],
        [RIGHT, RIGHT, RIGHT, ("M21",)],
        "another network",
    ],
    "Q133": [[("batchnorm.params.none",), ("batchnorm.params.none",)], [("M26",), ("M26",)]],
    "Q148": [[("maxpool.size.ceil",)], "what is asked besides"],
}


def network(ask: Ask) -> Analysis:
    return analysed(f"net quiz {{ {ask.net} }}")


def parts(answer: Any, asks: tuple[Ask, ...]) -> list[Any]:
    """Return the parts of an answer; of a longer one those that are asked for here."""
    if len(asks) > 1 or (isinstance(answer, list) and asks[0].quantity == "output" and isinstance(answer[0], list)):
        return list(answer[: len(asks)])
    return [answer]


def value(part: Any, a: Analysis) -> Any:
    """Return a part of an answer as a value; formulas are Python's here."""
    if isinstance(part, list):
        return tuple(part)
    return eval(part, {"__builtins__": {}}, dict(a.symbols)) if isinstance(part, str) else part


def right(ask: Ask, a: Analysis) -> Any:
    one: Any = a if ask.layer is None else next(layer for layer in a.layers if layer.path == ask.layer)
    match ask.quantity:
        case "output":
            return tuple(one.output)
        case "size":
            return one.output[-1]
        case "channels":
            return one.output[0]
        case "receptive_field":
            return one.receptive_field.size[0]
    return one.count(ask.quantity)


def test_every_question_is_asked_or_left_out_with_a_reason() -> None:
    assert set(NETWORKS) | set(LEFT_OUT) == set(QUESTIONS)
    assert not set(NETWORKS) & set(LEFT_OUT)
    assert set(CAUSES) == set(NETWORKS)
    assert all(len(CAUSES[id_]) == len(QUESTIONS[id_]["wrong"]) for id_ in CAUSES)


@pytest.mark.parametrize("id_", NETWORKS)
def test_the_networks_have_the_right_answers(id_: str) -> None:
    for ask, part in zip(NETWORKS[id_], parts(QUESTIONS[id_]["answer"], NETWORKS[id_]), strict=True):
        a = network(ask)
        assert right(ask, a) == value(part, a)


KNOWN = [(id_, i) for id_, causes in CAUSES.items() for i, cause in enumerate(causes) if not isinstance(cause, str)]


@pytest.mark.parametrize(("id_", "number"), KNOWN)
def test_the_mistake_behind_a_wrong_answer_is_found(id_: str, number: int) -> None:
    asks, causes = NETWORKS[id_], CAUSES[id_][number]
    answers = parts(QUESTIONS[id_]["wrong"][number]["answer"], asks)
    for ask, answer, cause in zip(asks, answers, causes, strict=True):
        a = network(ask)
        if cause is RIGHT:
            assert right(ask, a) == value(answer, a)
            continue
        found = explain_answer(value(answer, a), a, ask.layer, ask.quantity, equal)
        assert set(cause) in [{slip.id for slip in explanation} for explanation in found]
