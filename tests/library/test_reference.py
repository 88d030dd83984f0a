"""Nothing of a kind is forgotten: its source, its group, its known mistakes, an example that runs."""

from __future__ import annotations

from typing import Any

import pytest

from symcnn import analyse, parse
from symcnn.algebra.arithmetic import Arithmetic
from symcnn.analysis.apply import Application
from symcnn.analysis.arguments import Given
from symcnn.analysis.derivation import Leaf
from symcnn.analysis.tensor import Tensor
from symcnn.document.example import example
from symcnn.document.reference import kind_document, layers_document, reference_data
from symcnn.formula.nodes import NOWHERE
from symcnn.formula.values import Frame
from symcnn.library.headings import comment, heading
from symcnn.library.kind import Kind
from symcnn.library.rules import RULES
from symcnn.library.standard import standard_kind, standard_library
from symcnn.render.latex import latex_text
from symcnn.render.markdown import markdown_text
from symcnn.render.text import plain_text
from symcnn.tree import Net, Step

LIBRARY = standard_library()
EVERYTHING: dict[str, Kind | Net] = {name: standard_kind(name) for name in LIBRARY.layers} | dict(LIBRARY.nets)
GROUPS = [
    "Convolutions",
    "Dense layers and attention",
    "Pooling",
    "Reshaping",
    "Joins",
    "Normalisation and regularisation",
    "Activations",
    "Losses",
]


def outcome_values(kind: Kind) -> tuple[dict[str, Any], Any]:
    """Return all values of the rules of a kind in its example, and the arithmetic that they were made by."""
    if kind.joint:
        step = Step(kind.joint, (), NOWHERE, NOWHERE)
        outcome = Application(kind, step, Given({}, {}), Tensor(64, (9, 8)), Arithmetic()).outcome()
    else:
        text = example(kind).replace("×H", "×8").replace("×W", "×12").replace("×L", "×8")
        derivation = analyse(parse(text)["example"]).derivation
        assert derivation is not None
        (item,) = derivation.items
        assert isinstance(item, Leaf)
        outcome = item.outcome
    return {**outcome.values, "size": outcome.values["n'"], "channels": outcome.output.channels}, Arithmetic()


@pytest.mark.parametrize("name", LIBRARY.layers)
def test_every_kind_has_a_source_and_a_known_mistake_that_is_one(name: str) -> None:
    kind = standard_kind(name)
    assert kind.definition.source
    assert kind.definition.slips
    values, arithmetic = outcome_values(kind)
    differ = []
    for slip in kind.definition.slips:
        per_axis = slip.quantity in RULES and RULES[slip.quantity].per_axis
        wrong = kind.condition(slip.value)(Frame(arithmetic, values, 0 if per_axis else None))
        right = values.get(slip.quantity, 0) if slip.quantity != "params" else values["weights"] + values["biases"]
        differ.append(wrong != (right[0] if isinstance(right, tuple) else right))
    assert any(differ), f"no mistake of {name} differs from the rule in its example"


@pytest.mark.parametrize("name", EVERYTHING)
def test_every_kind_has_an_example_that_runs_and_stands_in_its_page(name: str) -> None:
    text = example(EVERYTHING[name])
    layers = analyse(parse(text)["example"]).layers
    assert name in text or name in {layer.kind for layer in layers}
    assert text in plain_text(kind_document(EVERYTHING[name]))


def test_every_kind_stands_in_a_group() -> None:
    found = [heading(one.definition if isinstance(one, Kind) else one) for one in EVERYTHING.values()]
    assert set(found) == set(GROUPS)
    document = layers_document(map(standard_kind, LIBRARY.layers), LIBRARY.nets.values())
    assert [section.title for section in document.sections] == GROUPS
    shown = plain_text(document)
    assert all(f"\n{name} " in shown for name in EVERYTHING)


@pytest.mark.parametrize("name", LIBRARY.nets)
def test_every_block_says_what_it_is(name: str) -> None:
    assert comment(LIBRARY.nets[name]).endswith(".")


@pytest.mark.parametrize("name", LIBRARY.layers)
def test_a_page_says_all_that_the_library_says(name: str) -> None:
    kind = standard_kind(name)
    document = kind_document(kind)
    shown = plain_text(document)
    definition = kind.definition
    spoken = [definition.source, *kind.parameters, *(f"{slip.id}: {slip.text}" for slip in definition.slips)]
    spoken += [f"{form.quantity} = " for form in definition.shown]
    spoken += [hint for r in definition.requirements if (hint := r.hint) and hint != "an unknown mode"]
    spoken += [f'"{word}"' for words in kind.words.values() for word in words]
    flat = " ".join(shown.split())
    assert not [words for words in spoken if " ".join(words.split()) not in flat]
    assert markdown_text(document).count("\n* ") >= 3
    assert latex_text(document).count("\\item") >= 3


def test_a_page_in_80_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for found in EVERYTHING.values():
        assert max(map(len, plain_text(kind_document(found)).splitlines())) <= 80


def test_the_reference_as_data() -> None:
    data: Any = reference_data([standard_kind("Upsample")], [LIBRARY.nets["Interpolate"]])
    (kind,) = data["layers"]
    assert kind["group"] == "Reshaping"
    assert kind["arguments"][2]["values"].startswith('"nearest", "nearest-exact"')
    assert kind["textbooks"] == [{"quantity": "size", "formula": "n*s", "if": "s % 1 == 0 and o == 0"}]
    assert {"condition": "s == 0 or o == 0", "hint": "give a scale_factor or a size, not both"} in kind["requires"]
    assert data["blocks"][0]["doc"] == "Upsample under PyTorch's other name."


def test_mistakes_are_told_in_both_languages() -> None:
    conv = standard_kind("Conv")
    assert "M01: count the first window too: + 1" in plain_text(kind_document(conv))
    assert "M01: 第一个窗口也要算：要加 1" in plain_text(kind_document(conv, "zh"))
    document = layers_document([conv], [], LIBRARY.slips, "zh")
    assert [section.title for section in document.sections] == ["Convolutions", "Networks"]
    shown = plain_text(document)
    assert "receptive_field = r + reach + 1 — M39: 加上的是 (k − 1) 乘以步距，而不是 k (r = 0)" in shown
    data = reference_data([conv], [], LIBRARY.slips)
    assert data["wrong"][0] == {  # type: ignore[index]
        "id": "M39",
        "quantity": "receptive_field",
        "text": "add k − 1 times the jump, not k",
        "zh": "加上的是 (k − 1) 乘以步距，而不是 k",
        "from": "0",
        "formula": "r + reach + 1",
    }
