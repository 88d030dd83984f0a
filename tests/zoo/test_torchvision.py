"""The networks that torchvision has too: its totals, and every call's shapes and MACs where they were recorded."""

from __future__ import annotations

import pytest

from tests.helpers import error_of
from tests.zoo.nets import at_224, data, written_out, zoo

MEASURED = data("torchvision_zoo")
CALLS = MEASURED["calls"] | {
    network["label"]: network["calls"] for network in data("torchvision")["networks"] if "calls" in network
}
NO_MODULE = ("Add", "Flatten")  # what torchvision writes as a function


@pytest.mark.parametrize("name", MEASURED["params"])
def test_parameters(name: str) -> None:
    assert zoo(name).params == MEASURED["params"][name]


@pytest.mark.parametrize("name", MEASURED["measured"])
def test_buffers_counters_and_macs(name: str) -> None:
    a = at_224(name)
    found = {"buffers": a.buffers, "counters": a.counters, "macs": a.macs}
    assert found == found | MEASURED["measured"][name]


@pytest.mark.parametrize("name", MEASURED["gflops"])
def test_operations(name: str) -> None:
    assert round(at_224(name).macs / 1e9, 3) == MEASURED["gflops"][name]


@pytest.mark.parametrize("name", CALLS)
def test_every_call(name: str) -> None:
    calls = [(tuple(before[1:]), tuple(after[1:]), macs) for _, before, after, macs in CALLS[name]]
    layers = [layer for layer in written_out(at_224(name)) if layer.kind not in NO_MODULE]
    assert [(layer.input, layer.output, layer.macs) for layer in layers] == calls


@pytest.mark.parametrize("name", MEASURED["params"])
def test_width_and_classes_are_parameters(name: str) -> None:
    width = {"k": 8} if name.startswith("densenet") else {"width": 32}
    a = zoo(name, classes=7, **width).at(H=64, W=64)
    assert a.output == (7,)
    assert a.params < MEASURED["params"][name]


@pytest.mark.parametrize(("name", "parameter", "value"), [("resnet50", "width", 64), ("densenet161", "k", 48)])
def test_a_symbolic_width_is_the_formula_of_all(name: str, parameter: str, value: int) -> None:
    a = zoo(name, **{parameter: "q"})
    assert set(a.params.free_symbols) == {a.symbols["q"]}
    assert a.params.subs(a.symbols["q"], value) == MEASURED["params"][name]


def test_the_groups_of_resnext_divide_only_some_widths() -> None:
    a = zoo("resnext50_32x4d", width="q")
    assert [str(condition) for condition in a.conditions] == ["Eq(Mod(q, 16), 0)"]
    assert error_of(lambda: a.at(H=224, W=224, q=24)).message
