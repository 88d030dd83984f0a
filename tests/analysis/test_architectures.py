"""AlexNet and VGG, written in the language, against torchvision: every call's shape and MACs, and the totals."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from symcnn import Analysis
from tests.helpers import analysed, chain

DATA = json.loads((Path(__file__).parents[1] / "data" / "torchvision.json").read_text(encoding="utf-8"))
MEASURED: dict[str, dict[str, Any]] = {network["label"]: network for network in DATA["networks"]}

# torchvision's adaptive pooling changes nothing at 224×224: Identity. Its flattening is no module.
ALEXNET = """
net alexnet {
    input 3×H×W
    Conv(64, 11, stride=4, padding=2); ReLU; MaxPool(3, stride=2)
    Conv(192, 5, padding=2); ReLU; MaxPool(3, stride=2)
    Conv(384, 3, padding=1); ReLU
    Conv(256, 3, padding=1); ReLU
    Conv(256, 3, padding=1); ReLU; MaxPool(3, stride=2)
    Identity; Flatten
    Dropout; Linear(4096); ReLU
    Dropout; Linear(4096); ReLU
    Linear(1000)
}
"""
VGG = """
net conv(c, bn) { Conv(c, 3, padding=1); if bn { BatchNorm } ReLU }
net stage(c, n, bn) { repeat n { conv(c, bn) } MaxPool(2) }
net classifier {
    Identity; Flatten
    Linear(4096); ReLU; Dropout
    Linear(4096); ReLU; Dropout
    Linear(1000)
}
net vgg11(bn = false) {
    input 3×H×W
    stage(64, 1, bn); stage(128, 1, bn); stage(256, 2, bn); stage(512, 2, bn); stage(512, 2, bn)
    classifier
}
net vgg16(bn = false) {
    input 3×H×W
    stage(64, 2, bn); stage(128, 2, bn); stage(256, 3, bn); stage(512, 3, bn); stage(512, 3, bn)
    classifier
}
"""
CONFIGURATIONS = {
    "vgg11": "64 M 128 M 256 256 M 512 512 M 512 512 M",
    "vgg16": "64 64 M 128 128 M 256 256 256 M 512 512 512 M 512 512 512 M",
}
NETWORKS = ["alexnet", "vgg11", "vgg11_bn", "vgg16", "vgg16_bn"]
RECORDED = [label for label in NETWORKS if "calls" in MEASURED[label]]


@cache
def symbolic(label: str) -> Analysis:
    name, _, bn = label.partition("_")
    return analysed(ALEXNET) if name == "alexnet" else analysed(VGG, name, bn=bool(bn))


@cache
def at_224(label: str) -> Analysis:
    return symbolic(label).at(H=224, W=224)


@pytest.mark.parametrize("label", NETWORKS)
def test_the_totals(label: str) -> None:
    measured, totals, a = MEASURED[label], MEASURED[label]["totals"], at_224(label)
    assert a.params == totals["params"]
    assert a.macs == measured["total_macs"]
    assert (a.buffers, a.counters) == (totals["bn_running_stats"], totals["num_batches_tracked"])
    assert a.weight_layers == totals["n_conv"] + totals["n_linear"]
    assert a.output == (1000,)


@pytest.mark.parametrize("label", NETWORKS)
def test_outputs_of_convolutions_and_dense_layers(label: str) -> None:
    """A row that stands for several equal layers stands for several calls."""
    outputs = [r.times * r.activations for r in at_224(label).layers if r.kind in ("Conv", "Linear")]
    assert sum(outputs) == MEASURED[label]["sum_conv_linear_output_elements"]


def written_out(label: str) -> str:
    """Return the network without a block or a repeat, from the configuration as torchvision has it."""
    name, _, bn = label.partition("_")
    if name == "alexnet":
        return ALEXNET
    conv = "Conv({}, 3, padding=1); BatchNorm; ReLU" if bn else "Conv({}, 3, padding=1); ReLU"
    features = ["MaxPool(2)" if c == "M" else conv.format(c) for c in CONFIGURATIONS[name].split()]
    dense = ["Identity", "Flatten", *["Linear(4096)", "ReLU", "Dropout"] * 2, "Linear(1000)"]
    return chain(*features, *dense)


@pytest.mark.parametrize("label", RECORDED)
def test_every_call(label: str) -> None:
    calls = [(tuple(before[1:]), tuple(after[1:]), macs) for _, before, after, macs in MEASURED[label]["calls"]]
    layers = analysed(written_out(label)).at(H=224, W=224).layers
    assert [(layer.input, layer.output, layer.macs) for layer in layers if layer.kind != "Flatten"] == calls


@pytest.mark.parametrize("label", NETWORKS)
def test_blocks_and_repeats_change_nothing(label: str) -> None:
    folded, plain = symbolic(label), analysed(written_out(label))
    assert folded.counted.keys() == plain.counted.keys()
    assert all((folded.counted[name] - plain.counted[name]).expand() == 0 for name in plain.counted)
    assert folded.receptive_field == plain.receptive_field
    assert set(folded.conditions) == set(plain.conditions)


@pytest.mark.parametrize("label", RECORDED)
def test_activations_are_the_outputs_of_all_calls_but_views(label: str) -> None:
    dropped = 9216 + 4096 if label == "alexnet" else 2 * 4096
    pooled = at_224(label).layers[-8].input  # of Flatten
    measured = MEASURED[label]["sum_leaf_output_elements"] - dropped
    assert [layer.kind for layer in at_224(label).layers][-8] == "Flatten"
    assert at_224(label).activations == measured - pooled[0] * pooled[1] * pooled[2]


def test_vgg_16_as_the_textbooks_have_it() -> None:
    a = symbolic("vgg16")
    pool = [layer for layer in a.layers if layer.kind == "MaxPool"][-1]
    assert (pool.receptive_field.size[0], pool.receptive_field.jump[0]) == (212, 32)
    assert a.weight_layers == 16
    shares = [a.at(H=224, W=224).share(layer, "params") for layer in at_224("vgg16").layers if layer.kind == "Linear"]
    assert sum(share for share in shares if share) == pytest.approx(123_642_856 / 138_357_544)


def test_vgg_16_without_floors_where_32_divides_the_sizes() -> None:
    a = analysed(VGG, "vgg16", assume=["H % 32 == 0, W % 32 == 0"])
    assert not any("floor" in str(x) or "ceiling" in str(x) for layer in a.layers for x in (*layer.output, layer.macs))
    assert a.conditions == ()
    assert a.at(H=224, W=224).macs == MEASURED["vgg16"]["total_macs"]
