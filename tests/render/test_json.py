"""The contract for programs: exactly these keys, every value a string that SymPy reads, equal to the values in `at`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sympy import Symbol, floor, sympify

from symcnn import __version__, analyse, compare, load, render
from symcnn.analysis import Analysis
from tests.helpers import analysed

TOP = {
    "symcnn", "net", "convention", "symbols", "conditions", "assumptions", "input", "output", "layers", "totals",
    "receptive_field",
}  # fmt: skip
QUANTITIES = {"weights", "biases", "buffers", "params", "macs", "flops", "activations"}
LAYER = {"name", "path", "kind", "times", "input", "output", "receptive_field", "jump", "share"} | QUANTITIES


def data_of(analysis: Any) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(render(analysis, "json"))
    return parsed


def leaves(data: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(data, dict):
        for key, value in data.items():
            yield from leaves(value, f"{path}.{key}")
    elif isinstance(data, list):
        for place, value in enumerate(data):
            yield from leaves(value, f"{path}[{place}]")
    elif not path.endswith((".aligned", ".gated")):  # yes or no, or null where it is open
        yield path, data


CASES = {
    "lenet": ("examples/lenet.cnn", "lenet", {}),
    "vgg16": ("examples/vgg16.cnn", "vgg16", {"H": 224, "W": 224}),
    "one": ("examples/output_size.cnn", "one", {"H": 32, "k": 5, "s": 2, "p": 1}),
    "stacked": ("examples/stacked.cnn", "stacked", {"H": 32}),
    "shift": ("examples/own_layer.cnn", "shift", {"C": 3, "H": 8, "W": 9, "m": 4}),
}


@pytest.fixture(params=CASES, scope="module")
def case(request: pytest.FixtureRequest) -> tuple[Analysis, dict[str, int]]:
    file, net, values = CASES[request.param]
    return analyse(load(file)[net]), values


def test_keys_and_types(case: tuple[Analysis, dict[str, int]]) -> None:
    analysis, _ = case
    data = data_of(analysis)
    assert set(data) == TOP
    assert data["symcnn"] == __version__
    assert set(data["input"]) == {"batch", "shape"}
    assert set(data["receptive_field"]) == {"size", "jump", "centre", "least", "aligned", "gated"}
    assert set(data["totals"]) >= QUANTITIES
    assert all(set(layer) == LAYER for layer in data["layers"])
    for path, leaf in leaves(data):
        assert isinstance(leaf, str) or (path == ".input.batch" and leaf is None), path


def test_with_values_an_equal_object_stands_under_at(case: tuple[Analysis, dict[str, int]]) -> None:
    analysis, values = case
    data = data_of(analysis.at(**values))
    at = data.pop("at")
    assert data == data_of(analysis)
    assert at.pop("values") == {name: str(value) for name, value in values.items()}
    assert set(at) == TOP - {"symcnn"}
    assert all(number.lstrip("-").isdigit() for number in at["totals"].values())


def test_strings_are_expressions_whose_values_are_those_at(case: tuple[Analysis, dict[str, int]]) -> None:
    analysis, values = case
    data = data_of(analysis.at(**values))
    at = data.pop("at")
    numbers = dict(leaves(at))
    names = {name: Symbol(name) for name in data["symbols"]}
    substitution = {Symbol(name): value for name, value in values.items()}
    shown = [
        (path, leaf)
        for path, leaf in leaves(data)
        if path.startswith((".totals", ".output", ".receptive_field", ".input.shape", ".layers"))
        and not path.endswith((".name", ".path", ".kind"))
        and ".share" not in path
    ]
    assert shown
    for path, leaf in shown:
        value = sympify(leaf, locals=names).subs(substitution)
        assert value == sympify(numbers[path]), (path, leaf)


def test_conditions_are_python() -> None:
    data = data_of(analysed("net a { input C×H×H; Conv(2g, 3, groups=g) }"))
    assert data["conditions"] == ["C % g == 0", "H >= 3"]
    assert eval("C % g == 0", {"C": 6, "g": 3})
    assert data["input"] == {"batch": None, "shape": ["C", "H", "H"]}
    either = data_of(analysed("net a { input C×H×H; ReLU }", assume=["H > 9 and C > 1 or H == C"]))
    for condition in either["assumptions"]:
        assert eval(condition, {"H": 10, "C": 2}) is True
        assert eval(condition, {"H": 4, "C": 4}) is True
        assert eval(condition, {"H": 4, "C": 3}) is False


def test_batches_and_shares() -> None:
    data = data_of(analysed("net a { input 3×8×8, batch N; repeat 3 { Conv(3, 3, padding=1) } }"))
    assert data["input"]["batch"] == "N"
    (layer,) = data["layers"]
    assert layer["times"] == "3"
    assert layer["share"] == {"params": "1", "macs": "1"}


def test_floors_are_spelt_as_sympy_spells_them() -> None:
    data = data_of(analysed("net a { input 1×H; MaxPool(2) }"))
    assert data["output"] == ["1", "floor(H/2)"]
    assert sympify(data["output"][1]).subs("H", 7) == floor(3)


def test_comparisons() -> None:
    nets = load("examples/seven.cnn")
    data = data_of(compare(analyse(nets["three"]), analyse(nets["seven"])))
    macs = data["quantities"]["macs"]
    assert (data["first"], data["second"], data["same_receptive_field"]) == ("three", "seven", True)
    assert macs["limit"] == "27/49"
    assert macs["limit_saving"] == "22/49"
    assert macs["leading"] == ["27*C**2*H**2", "49*C**2*H**2"]
    assert macs["crossover"]["divided_by"] == "C**2"
    assert macs["crossover"]["runs"] == [
        {"from": "7", "to": "12", "first_has": "more"},
        {"from": "13", "to": None, "first_has": "fewer"},
    ]
    difference = sympify(macs["first"]) - sympify(macs["second"]) - sympify(macs["difference"])
    assert difference.subs({Symbol("H"): 31, Symbol("C"): 5}) == 0
    for path, leaf in leaves(data):
        assert isinstance(leaf, (str, bool, type(None))), path
