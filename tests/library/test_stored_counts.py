"""What XLA and Keras themselves counted, stored with their versions: equal to the unit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from symcnn import analyse, load
from tests.helpers import analysed

DATA = Path(__file__).parents[1] / "data"


def stored(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
    return found


XLA, KERAS = stored("xla_counts"), stored("keras_counts")


@pytest.mark.parametrize("row", XLA["rows"], ids=lambda row: row["net"])
def test_what_xla_counted(row: dict[str, Any]) -> None:
    """XLA counts two operations for each product that is not of padding, nor of a zero between the inputs."""
    a = analysed(f"net a {{ {row['net']} }}")
    assert 2 * a.count("exact_macs") == row["flops"]
    assert a.count("exact_macs") <= a.macs


@pytest.mark.parametrize("row", KERAS["networks"], ids=lambda row: row["net"])
def test_what_keras_counted(row: dict[str, Any]) -> None:
    assert analysed(f"net a {{ {row['net']} }}").count("keras") == row["count"]


@pytest.mark.parametrize("name", KERAS["applications"])
def test_what_keras_counted_of_its_applications(name: str) -> None:
    a = analyse(load(f"zoo/{name}")[name])
    at = a.at(**dict.fromkeys(a.symbols, 224))
    # Keras has a bias in every convolution of its ResNet-50.
    biases = sum(x.times * x.output[0] for x in at.layers if x.kind == "Conv") if name == "resnet50" else 0
    assert at.count("keras") + biases == KERAS["applications"][name]
