"""The programs of the language's description parse, and mean what it says."""

from __future__ import annotations

import pytest
from sympy import ceiling

from symcnn import parse
from symcnn.algebra.proof import equal
from symcnn.algebra.symbols import NONNEGATIVE, symbol
from symcnn.source import Source
from symcnn.syntax import parse_file
from tests.helpers import analysed, numbers
from tests.programs import BOTTLENECK, CONV, CONVENTION, LENET, MANY, REPETITION, STACKED

# Pieces of sentences on that page, as statements after an input.
PIECES = [
    "double(64)",
    "Linear(10, per_position=true)",
    "e1: Conv(8, 3); concat e1",
    "concat crop(e1)",
    "concat e1, e2",
    "add e1",
    "multiply e1",
    "from e1",
    "residual { Conv(8, 1) }",
    "add { path { Conv(8, 1) } skip }",
    "join: concat { path { Conv(8, 1) } path { Conv(8, 3, padding=1) } skip }",
    "if k > 1 { ReLU } else { Tanh }",
    "let c = channels",
    "repeat n { ReLU }",
    "repeat n - 1 as i { Conv(8 + i, 1) }",
    'Conv(8, 3, padding="same")',
    'Conv(8, 3, padding="valid")',
    "Conv(8, 3, padding=((1,0),(1,0)))",
    "Conv(8, (kh, kw))",
    "Conv(8, 3x5); Conv(8, 3×5)",
    "assume H % 32 == 0, W % 32 == 0, H >= 64",
    "Conv(8 if k > 1 else 4, 1)",
]


@pytest.mark.parametrize("name", MANY)
def test_every_program_parses(name: str) -> None:
    file = parse_file(Source(name, MANY[name]))
    assert file.nets or file.layers or file.conventions


@pytest.mark.parametrize("piece", PIECES)
def test_every_piece_parses(piece: str) -> None:
    (network,) = parse(f"net a {{ input C×H×W; {piece} }}").values()
    assert len(network.definition.body.statements) >= 2


def test_stacked_convolutions_cost_what_the_page_says() -> None:
    stacked, single = (analysed(STACKED, net) for net in ("stacked", "single"))
    h = stacked.symbols["H"]
    assert stacked.macs == 9 * (h - 2) ** 2 + 9 * (h - 4) ** 2
    assert single.macs == 25 * (h - 4) ** 2
    assert stacked.receptive_field == single.receptive_field
    assert [str(c) for c in stacked.conditions] == ["H >= 5"]


def test_lenet_has_the_parameters_of_the_textbook() -> None:
    lenet = analysed(LENET)
    assert lenet.params == 217_706
    assert analysed(LENET, classes=1000).params == 217_706 + 990 * 257


def test_repetitions_of_a_symbolic_number_of_times() -> None:
    dense = analysed(f"{REPETITION}\nnet main {{ input k0×H×W; dense_block(k, L) }}")
    depth, k, k0 = symbol("L", NONNEGATIVE), *map(symbol, ("k", "k0"))
    weights = sum(layer.together(layer.weights) for layer in dense.layers if layer.kind == "Conv")
    assert equal(weights, 9 * k * (depth * k0 + k * depth * (depth - 1) / 2)) is True
    pyramid = analysed(f"{REPETITION}\nnet main {{ input 3×H×W; pyramid(n) }}")
    assert pyramid.output[1] == ceiling(pyramid.symbols["H"] / 2 ** pyramid.symbols["n"])
    one_less = analysed("net main { input 64×H×W; repeat n - 1 { ReLU } }")
    assert (one_less.nonlinearities, [str(c) for c in one_less.conditions]) == (one_less.symbols["n"] - 1, ["n >= 1"])


def test_the_bottleneck_of_the_page() -> None:
    plain = analysed(f"{BOTTLENECK}\nnet main {{ input 256×H×W; bottleneck(64) }}")
    assert (plain.output, plain.weights) == (plain.input, 17 * 64**2 + 6 * 64)
    projected = analysed(f"{BOTTLENECK}\nnet main {{ input 64×H×W; bottleneck(128, 2, project=true) }}")
    assert projected.output[0] == 512
    assert projected.receptive_field.jump == (2, 2)


def test_the_dense_block_of_the_page() -> None:
    block = analysed(f"{REPETITION}\nnet main {{ input 16×H×W; dense_block(12, 6) }}")
    assert block.output[0] == 16 + 6 * 12
    convolutions = sum(layer.weights for layer in block.layers if layer.kind == "Conv")
    assert convolutions == 9 * 12 * sum(16 + 12 * place for place in range(6))


def test_a_number_of_repetitions_is_no_symbol() -> None:
    pyramid = analysed(f"{REPETITION}\nnet main {{ input 3×H×W; pyramid(3) }}")
    assert [int(layer.output[0]) for layer in pyramid.layers] == [64, 128, 256]


@pytest.mark.parametrize(
    "step",
    ["Conv(8, 3)", "Conv(8, 3×5, stride=(2,1), padding=1, dilation=2)", "Conv(8, 3, groups=2, bias=false)"],
)
def test_the_convolution_of_the_page_counts_like_the_library(step: str) -> None:
    network = f"net a {{ input 4×32×33; {step}; {step} }}"
    mine, library = analysed(CONV + network), analysed(network)
    for quantity in ("weights", "biases", "macs", "flops", "activations", "weight_layers"):
        assert mine.count(quantity) == library.count(quantity)
    assert mine.output == library.output
    assert mine.receptive_field.size == library.receptive_field.size


def test_conventions_do_not_disturb_a_network() -> None:
    assert numbers(analysed(CONVENTION + LENET)) == numbers(analysed(LENET))
