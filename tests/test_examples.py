"""Every example runs, and says what the literature says; the oracles are numbers from papers and plain loops."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner
from sympy import ceiling, floor

from symcnn import Analysis, analyse, compare, load, symbols
from symcnn.algebra.evaluate import evaluator
from symcnn.algebra.symbols import NONNEGATIVE, symbol
from symcnn.cli import main
from symcnn.formula.express import express
from symcnn.formula.notation import text

EXAMPLES = sorted(Path("examples").glob("*.cnn"))
C, H, W, L, k, m, s = symbols("C H W L k m s")
p = symbol("p", NONNEGATIVE)


def analysed(file: str, net: str, assume: tuple[str, ...] = (), **parameters: object) -> Analysis:
    return analyse(load(f"examples/{file}.cnn")[net], assume=assume, **parameters)


def roundings(analysis: Analysis) -> int:
    values = [size for layer in analysis.layers for size in layer.output[1:]]
    return sum(len(value.atoms(floor, ceiling)) for value in values if hasattr(value, "atoms"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_is_derived_and_compared(path: Path) -> None:
    runner = CliRunner()
    derived = runner.invoke(main, ["derive", str(path)])
    assert derived.exit_code == 0, derived.stderr
    assert derived.stderr == ""
    roots = [net for net in load(path).values() if net.definition.input is not None]
    if len(roots) > 1:
        compared = runner.invoke(main, ["compare", str(path)])
        assert compared.exit_code == 0, compared.stderr
        assert all(f"{net.name} against {roots[-1].name}" in compared.stdout for net in roots[:-1])


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_says_what_it_shows(path: Path) -> None:
    assert path.read_text(encoding="utf-8").startswith("# ")


def test_lenet() -> None:
    a = analysed("lenet", "lenet")
    sizes = [layer.output[1] for layer in a.layers if layer.kind in ("Conv", "MaxPool")]
    assert sizes == [24, 12, 10, 5]
    params = [layer.params for layer in a.layers if layer.params]
    assert params == [832, 9248, 205_056, 2570]
    assert a.params == 217_706
    linear = [layer for layer in a.layers if layer.kind == "Linear"]
    share = sum((a.share(layer, "params") or 0 for layer in linear), Fraction(0))
    assert f"{float(share):.1%}" == "95.4%"
    assert a.output == (10,)


def test_sizes() -> None:
    a = analysed("sizes", "sizes")
    assert [layer.output[1:] for layer in a.layers] == [(99, 99), (97, 97), (97, 97)]
    assert [layer.receptive_field.size for layer in a.layers] == [(5, 5), (9, 9), (13, 13)]


def test_vgg16_at_224() -> None:
    symbolic = analysed("vgg16", "vgg16")
    a = symbolic.at(H=224, W=224)
    assert a.params == 138_357_544
    assert a.macs == 15_470_264_320
    assert symbolic.weight_layers == a.weight_layers == 16
    pooling = [layer for layer in a.layers if layer.kind == "MaxPool"][-1]
    assert pooling.receptive_field.size == (212, 212)
    assert pooling.receptive_field.jump == (32, 32)
    assert pooling.output == (512, 7, 7)


def test_vgg16_without_floors() -> None:
    a = analysed("vgg16", "vgg16", ("H % 32 == 0, W % 32 == 0",))
    before = [layer for layer in a.layers if len(layer.output) == 3]
    assert before[-1].output == (512, H / 32, W / 32)
    assert roundings(a) == 0
    assert roundings(analysed("vgg16", "vgg16")) > 0
    assert a.at(H=224, W=224).params == 138_357_544


def test_the_formula_of_every_textbook() -> None:
    a = analysed("output_size", "one")
    assert text(express(a.output[1])) == "⌊(H + 2p − k)/s⌋ + 1"
    for values in ({H: 32, k: 5, s: 1, p: 0}, {H: 227, k: 11, s: 4, p: 2}, {H: 7, k: 3, s: 2, p: 1}):
        expected = (values[H] + 2 * values[p] - values[k]) // values[s] + 1
        assert evaluator(dict(values))(a.output[1]) == expected


def test_twenty_nested_floors_are_one() -> None:
    a = analysed("output_size", "twenty")
    assert len(a.output[1].atoms(floor, ceiling)) == 1
    for length, stride in ((10**9, 2), (12345678, 3), (7, 5), (1, 1)):
        size = length
        for _ in range(20):
            size = (size + 2 - 3) // stride + 1
        assert evaluator({L: length, s: stride})(a.output[1]) == size


def test_twenty_general_convolutions_are_one_floor() -> None:
    from symcnn import parse

    a = analyse(parse("net n { input 1×H; repeat 20 { Conv(1, k, stride=s, padding=p) } }")["n"])
    assert len(a.output[1].atoms(floor, ceiling)) == 1
    values = {H: 10**8, k: 4, s: 2, p: 1}
    size = values[H]
    for _ in range(20):
        size = (size + 2 * values[p] - values[k]) // values[s] + 1
    assert evaluator(dict(values))(a.output[1]) == size


@pytest.mark.parametrize("n", range(1, 13))
def test_what_n_halvings_leave(n: int) -> None:
    convolutions, poolings = analysed("output_size", "convolutions", n=n), analysed("output_size", "poolings", n=n)
    assert text(express(convolutions.output[1])).replace(",", "") == f"⌈H/{2**n}⌉"
    assert text(express(poolings.output[1])).replace(",", "") == f"⌊H/{2**n}⌋"
    for height in range(2**n, 2**n + 300, 7):
        at = evaluator({H: height})
        assert at(convolutions.output[1]) == -(-height // 2**n)
        assert at(poolings.output[1]) == height // 2**n


def test_a_layer_of_ones_own() -> None:
    shift, conv = analysed("own_layer", "shift"), analysed("own_layer", "conv")
    found = compare(shift, conv)
    assert found.same_receptive_field is True
    assert text(express(found["macs"].ratio)) == "1/9"
    assert found["params"].always == -1
    assert shift.params == C * m + m


def test_mobilenet_from_blocks_of_another_file() -> None:
    strides = (1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1)
    channels = (64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024)
    for net, cheap in (("mobilenet", True), ("standard", False)):
        size, old, params, macs = 112, 32, 27 * 32 + 64, 27 * 32 * 112**2
        for stride, new in zip(strides, channels, strict=True):
            size //= stride
            weights = 9 * old + old * new if cheap else 9 * old * new
            params += weights + (2 * old if cheap else 0) + 2 * new
            macs, old = macs + weights * size**2, new
        a = analysed("use", net).at(H=224, W=224)
        assert (a.params, a.macs) == (params + 1_025_000, macs + 1_024_000)
    assert analysed("use", "mobilenet").params == 4_231_976
    assert list(load("examples/use.cnn")) == ["mobilenet", "standard", "layers", "block"]


def test_operations() -> None:
    a = analysed("operations", "block").at(H=56)
    positions, elements = 56 * 56, 64 * 56 * 56
    assert a.macs == 2 * positions * 9 * 64 * 64
    assert a.count("exact_macs") == 2 * (3 * 56 - 2) ** 2 * 64 * 64
    assert a.count("everything") == 2 * a.macs + elements * (2 + 2 * 2 + 1 + 1 + 1) + 3 * elements // 4
    assert a.count("training") == 2 * a.macs + 2 * a.macs + a.macs  # the first of the two has no input gradient
    assert a.count("flops-bias") == 2 * a.macs
