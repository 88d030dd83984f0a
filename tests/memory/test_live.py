"""The largest live set against networks unrolled step by step, and by hand."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from symcnn import SymcnnError, load
from symcnn.analysis import Analysis, analyse
from symcnn.memory import memory
from tests.graphs import Path, paths, program
from tests.helpers import analysed, chain, draws, error_of
from tests.memory.graph_lives import lives_of
from tests.memory.unrolled import Body, bodies, unrolled, written

_DEAD = "f: Conv(4, 1); Conv(50, 1); Conv(50, 1); from f"  # two layers that lead nowhere
_BETWEEN = "p: Identity; from e; Conv(50, 1); Conv(50, 1); Conv(5, 1); add p"


def analysed_or_not(text: str) -> Analysis:
    try:
        return analysed(text)
    except SymcnnError:
        assume(False)
        raise


@draws(200)
@given(bodies(), st.integers(1, 9))
def test_the_peak_is_that_of_the_unrolled_network(body: Body, length: int) -> None:
    analysis = analysed_or_not(f"net a {{ input 2×H; {written(body)} }}")
    lives = unrolled(body, length)
    found = memory(analysis).at(H=length)
    assert found.peak == max(lives)
    assert (found.peak_layer == "input") == (lives.index(max(lives)) == 0)
    assert memory(analysed(f"net a {{ input 2×{length}; {written(body)} }}")).peak == max(lives)


@draws(200)
@given(bodies())
def test_what_is_alive_at_each_layer_is_what_the_loops_say(body: Body) -> None:
    analysis = analysed_or_not(f"net a {{ input 2×7; {written(body)} }}")
    assume(all(layer.times == 1 for layer in analysis.layers))
    assert [int(x.live) for x in memory(analysis).layers] == unrolled(body, 7)[1:]


@draws(200)
@given(paths(), st.data())
def test_symbols_first_or_numbers_first(path: Path, data: st.DataObject) -> None:
    analysis = analysed_or_not(program(path))
    allowed = [size for size in range(1, 60) if lives_of(path, size)]
    assume(allowed)
    size = data.draw(st.sampled_from(allowed))
    lives = lives_of(path, size)
    assert lives is not None
    symbolic = memory(analysis)
    evaluate = analysis.at(H=size).evaluate
    assert [evaluate(x.live) for x in symbolic.layers] == lives[1:]
    assert evaluate(symbolic.peak) == max(lives) == symbolic.at(H=size).peak
    numeric = memory(analysed(program(path, str(size))))
    for name in ("params", "activations", "peak", "access", "input_bytes", "inference_bytes", "training_bytes"):
        assert getattr(symbolic.at(H=size), name) == getattr(numeric, name) == evaluate(getattr(symbolic, name)), name
    for here, there in zip(symbolic.at(H=size).layers, numeric.layers, strict=True):
        assert (here.access, here.live, here.intensity) == (there.access, there.live, there.intensity)


@pytest.mark.parametrize(
    ("steps", "peak", "layer"),
    [
        (["Conv(8, 3, padding=1)"], 3 + 8, "conv1"),
        (["Conv(8, 3, padding=1)", "ReLU"], 16, "relu1"),  # nothing in place
        (["Conv(8, 1)", "Conv(2, 1)"], 3 + 8, "conv1"),
        (["Conv(1, 1)", "Conv(8, 1)"], 1 + 8, "conv2"),
        # the block's input is alive until the addition: 4 + 16 + 16 in the middle, 4 + 16 + 4 at its end
        (["Conv(4, 1)", "residual { Conv(16, 1); ReLU; Conv(4, 1) }"], 36, "add1.relu1"),
        (["Conv(4, 1)", "residual { Conv(4, 1) }", "ReLU"], 12, "add1"),
        (["e: Conv(5, 1)", "Conv(1, 1)", "Conv(1, 1)", "concat e"], 1 + 5 + 6, "concat1"),
        (["Conv(4, 1)", "Identity", "Dropout", "Identity"], 7, "conv1"),
        (["Identity", "Dropout"], 3, "input"),
        # every iteration adds 2 channels: the last one has 3 + 2·3 in, its own 2, and 3 + 2·4 out
        (["repeat 4 { concat { skip; path { Conv(2, 1) } } }"], 9 + 2 + 11, "repeat1[3].concat1"),
        # a label that is used after many equal iterations stays alive through all of them
        (["e: Conv(7, 1)", "Conv(2, 1)", "repeat 100 { Conv(2, 1) }", "concat e"], 7 + 2 + 9, "concat1"),
        (
            ["e: Conv(7, 1)", "Conv(9, 1)", "repeat 100 { Conv(9, 1) }", "Conv(1, 1)", "concat e"],
            7 + 18,
            "repeat1.conv1",
        ),
        # what an iteration gives back is alive to its end for the next one, but dead in the last if nobody wants it
        (["e: Conv(4, 1)", f"repeat 2 {{ {_DEAD} }}", "from e", "Conv(1, 1)"], 4 + 4 + 100, "repeat1.conv2"),
        (["e: Conv(4, 1)", f"repeat 1 {{ {_DEAD} }}", "from e", "Conv(1, 1)"], 4 + 100, "repeat1.conv2"),
        # the first iteration begins with e, the last needs it no more after its own use: the peak is between
        (["e: Conv(5, 1)", f"repeat 3 {{ {_BETWEEN} }}"], 5 + 5 + 100, "repeat1.conv2"),
        (["e: Conv(5, 1)", f"repeat 2 {{ {_BETWEEN} }}"], 5 + 100, "repeat1.conv2"),
        # the input of the first iteration is dead after its first layer
        (["Conv(9, 1)", "repeat 2 { Conv(1, 1); Conv(9, 1) }"], 3 + 9, "conv1"),
        # the same tensor by two names is one
        (["e: Conv(5, 1)", "repeat 1 { Conv(70, 1); Conv(1, 1); Conv(5, 1); add e }"], 5 + 70 + 1, "repeat1.conv2"),
        # the second iteration begins with e, which the first one gives back
        (["e: Conv(20, 1)", "g: Conv(20, 1)", "repeat 2 { Conv(30, 1); from e }", "from g"], 70, "repeat1.conv1"),
    ],
)
def test_by_hand(steps: list[str], peak: int, layer: str) -> None:
    found = memory(analysed(chain(*steps))).at(H=1, W=1)
    assert (found.peak, found.peak_layer) == (peak, layer)


def test_a_view_keeps_the_whole_of_its_source() -> None:
    text = "net a { input 8×H; e: Conv(8, 1, bias=false); ChannelSplit(1); Conv(1, 1); Conv(1, 1) }"
    found = memory(analysed(text)).at(H=1)
    assert [x.live for x in found.layers] == [16, 8, 9, 2]
    assert [x.is_view for x in found.layers] == [False, True, False, False]


def test_the_batch_multiplies_what_is_alive() -> None:
    found = memory(analysed("net a { input 3×H×W, batch N; Conv(8, 1) }"))
    assert str(found.peak) == "11*H*N*W"
    assert found.at(H=2, W=3, N=5).peak == 330


def at_sizes(analysis: Analysis, **values: int) -> Any:
    return memory(analysis).at(**values)


def test_floors_are_compared() -> None:
    """128·H·W is the peak of VGG for every size, though pooling rounds; of ResNet it is decided for no tiny sizes."""
    vgg = memory(analyse(load("zoo/vgg16")["vgg16"]))
    assert str(vgg.peak) == "128*H*W"
    assert vgg.at(H=224, W=224).inference_bytes == 4 * (138_357_544 + 2 * 64 * 224 * 224)
    resnet = load("zoo/resnet18")["resnet18"]
    assert len(memory(analyse(resnet)).peaks) > 1
    assert memory(analyse(resnet)).peak_layer is None
    assert str(memory(analyse(resnet, assume=["H >= 32", "W >= 32"])).peak) == "128*ceiling(H/2)*ceiling(W/2)"
    assert memory(analyse(resnet)).at(H=1, W=1).peak == 1536  # the input of the last block, and both branches


def test_many_iterations_cost_no_more_than_three() -> None:
    text = "repeat {0} {{ e: Conv(4, 1); repeat {0} {{ Conv(4, 1); repeat {0} {{ ReLU }}; add e }} }}"
    peaks = {memory(analysed(chain("Conv(4, 1)", text.format(n)))).at(H=3, W=3).peak for n in (3, 4, 1000, 10**6)}
    assert peaks == {12 * 9}


def test_what_is_no_analysis() -> None:
    assert error_of(lambda: memory("net")).message == "memory takes an analysis, not a str"  # type: ignore[arg-type]
