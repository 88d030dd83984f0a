"""The zoo's networks against torchvision: totals, every layer, another size, the smallest size, the stated GMACs."""

from __future__ import annotations

from collections import Counter
from math import prod

import pytest

from symcnn import Analysis, symbols
from tests.zoo.measured import MEASURED, symbolic, zoo

LABELS = list(MEASURED)


def measured_size(label: str) -> Analysis:
    _, height, width = MEASURED[label]["input"]
    return symbolic(label).at(H=height, W=width)


@pytest.mark.parametrize("label", LABELS)
def test_the_totals(label: str) -> None:
    measured, a = MEASURED[label], measured_size(label)
    assert (a.params, a.weights) == (measured["params"], measured["weights"])
    assert (a.buffers, a.counters) == (measured["running_statistics"], measured["counters"])
    assert (a.macs, a.output) == (measured["macs"], tuple(measured["output"]))


@pytest.mark.parametrize("label", LABELS)
def test_every_convolution_and_linear_layer(label: str) -> None:
    calls: Counter[object] = Counter()
    for layer in measured_size(label).layers:
        if layer.kind in ("Conv", "Linear"):
            calls[layer.input, layer.output, layer.macs] += layer.times
    assert calls == {
        (tuple(before), tuple(after), macs): times for before, after, macs, times in MEASURED[label]["calls"]
    }


@pytest.mark.parametrize("label", LABELS)
def test_everything_between_them(label: str) -> None:
    """Normalisations, activations, pools and joins: how many, and how many numbers they put out."""
    steps: dict[str, list[int]] = {}
    for layer in measured_size(label).layers:
        if layer.kind not in ("Conv", "Linear", "Flatten", "Dropout", "ChannelSplit", "ChannelShuffle"):
            kind = "Multiply" if layer.kind == "Scale" else layer.kind  # torchvision has no module for it
            found = steps.setdefault(kind, [0, 0])
            found[0] += layer.times
            found[1] += layer.times * prod(layer.output)
    assert steps == MEASURED[label]["steps"]


@pytest.mark.parametrize("label", LABELS)
def test_one_formula_serves_all_sizes(label: str) -> None:
    other, a = MEASURED[label]["other"], symbolic(label)
    assert set(a.symbols) == {"H", "W"}
    assert a.at(H=other["input"][1], W=other["input"][2]).macs == other["macs"]


@pytest.mark.parametrize("label", LABELS)
def test_it_is_defined_from_the_smallest_size_on(label: str) -> None:
    smallest = MEASURED[label]["published"]["smallest"]
    needed = [n >= smallest for n in symbols("H W") if smallest > 1]
    assert set(symbolic(label).conditions) == set(needed)


@pytest.mark.parametrize("label", LABELS)
def test_the_stated_multiply_adds(label: str) -> None:
    assert round(measured_size(label).macs / 10**9, 3) == MEASURED[label]["published"]["gmacs"]


@pytest.mark.parametrize("label", ["googlenet", "inception_v3"])
def test_auxiliary_heads(label: str) -> None:
    """They add what they learn, and change nothing behind them."""
    a, plain, counted = zoo(label, auxiliary=True), symbolic(label), MEASURED[label]["auxiliary"]
    assert (a.params, a.weights) == (counted["params"], counted["weights"])
    assert (a.buffers, a.counters) == (counted["running_statistics"], counted["counters"])
    assert (a.output, a.layers[-1].receptive_field) == (plain.output, plain.layers[-1].receptive_field)
