"""The questions of `tests/data/questions.json` in the language: the networks, and what is asked of them.

An answer that is a list has one `Ask` for each part; a shape is one part.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

DATA = Path(__file__).parent.parent / "data" / "questions.json"
QUESTIONS: dict[str, dict[str, Any]] = {
    case["id"]: case for case in json.loads(DATA.read_text(encoding="utf-8"))["cases"]
}


class Ask(NamedTuple):
    """A part of an answer: a quantity of a layer of a network, or of the network."""

    net: str
    quantity: str
    layer: str | None = None


_LENET = """input 1×28×28; Conv(32, 5); MaxPool(2); Conv(32, 3); MaxPool(2)
            Flatten; Linear(256); Linear(10)"""
_CLASSIC = """input 1×32×32; Conv(6, 5); MaxPool(2); Conv(16, 5); MaxPool(2)
              Flatten; Linear(120); Linear(84); Linear(10)"""
_COURSE = "input 3×32×32; Conv(8, 5); MaxPool(2); Conv(16, 5); MaxPool(2); Flatten; Linear(120); Linear(84); Linear(10)"
_CHAIN = """input 1×64×64; Conv(1, 3); MaxPool(2); Conv(1, 3); MaxPool(2)
            Conv(1, 3); Conv(1, 3); MaxPool(2)"""
_INCEPTION = """input 16×8×8; concat { path { Conv(16, 1, bias=false) } path { Conv(16, 3, padding=1, bias=false) }
                path { Conv(16, 5, padding=2, bias=false) } path { MaxPool(3, stride=1, padding=1) } }"""
_VGG = "; ".join(
    "; ".join([f"Conv({width}, 3, padding=1); ReLU"] * depth) + "; MaxPool(2)"
    for width, depth in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))
)


def _conv(text: str, shape: str = "3×24×24") -> str:
    return f"input {shape}; Conv({text})"


NETWORKS: dict[str, tuple[Ask, ...]] = {
    "Q001": (Ask("input 3×300×300; Flatten; Linear(100)", "params"),),
    "Q004": (Ask("input 8×15×15; Pad(2)", "output"),),
    "Q007": (Ask("input 1×128×128; Flatten; Linear(256)", "params"),),
    "Q010": (Ask("input 32×31×31; Pad(1)", "output"),),
    "Q013": (Ask(_conv("10, 3"), "params"),),
    "Q016": (Ask("input 3×39×39; Conv(10, 3); Conv(20, 5, stride=2); Conv(40, 5, stride=2); Flatten", "channels"),),
    "Q019": (Ask(_conv("1, 3", "1×4×4"), "output"),),
    "Q022": (Ask("input 3×128×128; Conv(16, 5, padding=2); MaxPool(2)", "output"),),
    "Q025": (Ask("input 1×16×16; Conv(4, 5); MaxPool(2); ReLU", "activations", "relu1"),),
    "Q031": (
        Ask("input 1×200×200; Conv(1, 5, stride=2, padding=1); MaxPool(3, stride=1); Conv(1, 3, padding=1)", "size"),
    ),
    "Q034": (Ask("input 1×64×64; Conv(1, 3, stride=2); ReLU; BatchNorm; MaxPool(2); Conv(1, 3)", "receptive_field"),),
    "Q046": (Ask(_INCEPTION, "params"),),
    "Q049": (Ask(_conv("1, 3", "1×6×6"), "size"), Ask(_conv("1, 3, padding=1", "1×6×6"), "size")),
    "Q052": (Ask(_COURSE, "params", "conv1"), Ask(_COURSE, "params", "conv2")),
    "Q055": (
        Ask(_conv("32, 5, padding=2", "192×28×28"), "macs"),
        Ask("input 192×28×28; Conv(16, 1); Conv(32, 5, padding=2)", "macs"),
    ),
    "Q058": tuple(Ask(_LENET, "params", layer) for layer in ("conv1", "conv2", "linear1", "linear2")),
    "Q061": (Ask(_conv("8, 3, padding=1", "3×28×28"), "flops"),),
    "Q067": (
        Ask(_conv("4, 3, bias=false"), "params"),
        Ask("input 3×8×8; DepthwiseConv(3, bias=false); Conv(4, 1, bias=false)", "params"),
    ),
    "Q070": (Ask(_conv("1, 3", "20×16×16"), "weights"),),
    "Q073": (
        Ask(_conv("96, 11, stride=4", "3×227×227"), "output"),
        Ask(_conv("96, 11, stride=4", "3×227×227"), "activations"),
    ),
    "Q079": (
        Ask(_conv("4096, 7", "512×7×7"), "output"),
        Ask("input 512×12×12; Conv(4096, 7); Conv(4096, 1); Conv(1000, 1)", "output"),
    ),
    "Q085": (Ask(_conv("1, 3×5, padding=0×1, stride=3×4", "1×8×8"), "output"),),
    "Q091": (Ask(_CLASSIC, "macs"),),
    "Q097": (Ask("input 1×i×i; Conv(1, k, padding=k - 1)", "size"),),
    "Q100": (Ask("input 1×i×i; ConvTranspose(1, k, stride=s, padding=p, output_padding=a)", "size"),),
    "Q112": tuple(
        Ask(_CHAIN, "receptive_field", layer)
        for layer in ("conv1", "maxpool1", "conv2", "maxpool2", "conv3", "conv4", "maxpool3")
    ),
    "Q115": (Ask(_conv("128, 3, padding=1", "3×256×256"), "macs"),),
    "Q124": (Ask(_conv("256, 3, padding=1", "256×56×56"), "macs"),),
    "Q130": (
        Ask(_conv("24, 4"), "params"),
        Ask(_conv("48, 5", "24×24×24"), "params"),
        Ask(_conv("128, 3", "48×24×24"), "params"),
        Ask("input 128×2×2; Flatten; Linear(16)", "params"),
    ),
    "Q133": (
        Ask("input 64×8×8; Conv(128, 3); BatchNorm", "params"),
        Ask("input 64×8×8; Conv(128, 3, bias=false); BatchNorm", "params"),
    ),
    "Q148": (Ask(f"input 3×97×129; {_VGG}", "output"),),
}

# What is asked there is no quantity of a network, or the question does not tell the network.
LEFT_OUT = {
    "Q028": "the network is that of another question",
    "Q037": "pooling with a learned coefficient and bias for each map",
    "Q040": "a table of connections between some of the maps",
    "Q043": "which padding is asked",
    "Q064": "twice the MACs, which is a convention",
    "Q076": "the two matrices of a convolution",
    "Q082": "memory",
    "Q088": "a ratio",
    "Q094": "layers counted by their names",
    "Q103": "transposed convolutions of Keras",
    "Q106": "a layer that is counted by a symbol",
    "Q109": "the receptive field of a detector on two networks",
    "Q118": "three forms of one layer, each in two quantities",
    "Q121": "gates for many widths",
    "Q127": "parameters that are not trained",
    "Q136": "operations in billions, as a tool prints them",
    "Q139": "which sizes are possible",
    "Q142": "a network of five kinds of layers by symbols",
    "Q145": "the channels of offsets",
    "Q151": "DenseNet of a hundred layers",
    "Q154": "memory",
}
