"""MobileNets and what followed them: widths as numbers and as symbols, against real networks and plain loops."""

from __future__ import annotations

import shutil
from fractions import Fraction
from math import ceil, floor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Rational, expand

from symcnn import SymcnnError, analyse, load, symbols
from tests.helpers import draws
from tests.zoo.counting import divisible, mobilenet, mobilenet_v2
from tests.zoo.measured import MEASURED, PYTORCHCV, TORCHVISION, zoo

WIDTHS: list[dict[str, Any]] = [*TORCHVISION["widths"], *PYTORCHCV["widths"]]
sizes = st.integers(1, 400)


def width_id(measured: dict[str, Any]) -> str:
    return f"{measured['label']}-{measured['width']}"


@pytest.mark.parametrize("measured", WIDTHS, ids=width_id)
def test_widths(measured: dict[str, Any]) -> None:
    a = zoo(measured["label"], α=measured["width"]).at(H=224, W=224)
    assert (a.params, a.macs) == (measured["params"], measured["macs"])


@pytest.mark.parametrize("measured", WIDTHS, ids=width_id)
def test_one_formula_serves_all_widths(measured: dict[str, Any]) -> None:
    a = zoo(measured["label"], α="α").at(H=224, W=224, α=measured["width"])
    assert (a.params, a.macs, a.output) == (measured["params"], measured["macs"], (1000,))


# Lines of the tables of stride 1 that begin with other channels than the line before ended with.
CHANGES = {
    "mobilenet_v2": [(32, 16), (64, 96), (160, 320)],
    "mobilenet_v3_large": [(80, 112)],
    "mobilenet_v3_small": [(40, 48)],
    "mnasnet": [(80, 96), (192, 320)],
}


@pytest.mark.parametrize("measured", TORCHVISION["widths"], ids=width_id)
def test_shortcuts_are_those_of_the_table(measured: dict[str, Any]) -> None:
    """Where rounding makes such channels equal, torchvision has one more."""
    width = Fraction(measured["width"])
    a = zoo(measured["label"], α=measured["width"])
    equal = [c for c in CHANGES[measured["label"]] if divisible(c[0] * width) == divisible(c[1] * width)]
    assert sum(x.times for x in a.layers if x.kind == "Add") == measured["additions"] - len(equal)


def test_mobilenet_in_the_width() -> None:
    """Every channel is a multiple of 32α, which must be an integer: the only condition."""
    a = zoo("mobilenet", α="α")
    α = a.symbols["α"]
    assert expand(a.params - (3_139_584 * α**2 + 1_091_392 * α + 1000)) == 0
    assert [str(condition) for condition in a.conditions] == ["Eq(Mod(32*α, 1), 0)"]
    with pytest.raises(SymcnnError, match="α"):
        a.at(H=224, W=224, α="1/3")


def test_mobilenet_as_keras_counts_it() -> None:
    """Keras counts the running statistics with the parameters."""
    a = zoo("mobilenet").at(H=224, W=224)
    assert (a.params + a.buffers, a.buffers) == (4_253_864, 21_888)


def test_the_receptive_field_of_mobilenet() -> None:
    """Araujo, Norris & Sim 2019, Computing receptive fields, table: 315, effective stride 32."""
    layers = zoo("mobilenet").layers
    last = layers[[x.kind for x in layers].index("GlobalAvgPool") - 1]
    assert (last.receptive_field.size, last.receptive_field.jump) == ((315, 315), (32, 32))


@draws(60)
@given(st.integers(1, 32), sizes, sizes)
def test_mobilenet_against_plain_loops(n: int, height: int, across: int) -> None:
    width = Fraction(n, 32)
    a, counted = zoo("mobilenet", α="α").at(H=height, W=across, α=width), mobilenet(width, height, across)
    assert (a.params, a.macs) == (counted.params, counted.macs)


@draws(60)
@given(st.fractions(Fraction(1, 50), 3, max_denominator=100), sizes, sizes)
def test_mobilenet_v2_against_plain_loops(width: Fraction, height: int, across: int) -> None:
    a, counted = zoo("mobilenet_v2", α="α").at(H=height, W=across, α=width), mobilenet_v2(width, height, across)
    assert (a.params, a.macs) == (counted.params, counted.macs)


@draws(200)
@given(st.fractions(Fraction(1, 1000), 3000, max_denominator=1000))
def test_rounding_to_a_multiple_of_8_is_one_maximum(value: Fraction) -> None:
    assert 8 * max(1, floor((value + 4) / 8), ceil(value * Fraction(9, 80))) == divisible(value)


def test_a_narrow_mobilenet_v3_is_another_network() -> None:
    """Where an expansion is to the channels that there are, torchvision leaves its convolution out."""
    with pytest.raises(SymcnnError, match="α >= 1/4"):
        zoo("mobilenet_v3_large", α="1/8")
    with pytest.raises(SymcnnError, match="not defined for α = 1/8"):
        zoo("mobilenet_v3_small", α="α").at(H=224, W=224, α="1/8")


@pytest.mark.parametrize("b", range(8))
def test_compound_scaling(b: int) -> None:
    """The widths and depths that the authors gave with their code."""
    w, d = ["1 1", "1 1.1", "1.1 1.2", "1.2 1.4", "1.4 1.8", "1.6 2.2", "1.8 2.6", "2 3.1"][b].split()
    a = zoo("efficientnet", w="w", d=Rational(d)).at(H=224, W=224, w=Fraction(w))
    assert a.params == MEASURED[f"efficientnet_b{b}"]["params"]


def test_efficientnet_has_no_condition_on_its_width() -> None:
    assert zoo("efficientnet", w="w", d=1).conditions == ()


@pytest.mark.parametrize(("label", "c"), [("x0_5", 48), ("x1_0", 116), ("x1_5", 176)])
def test_shufflenet_v2_in_the_width(label: str, c: int) -> None:
    """The channels are halved; that they are even is the only condition."""
    a = zoo("shufflenet_v2", c="c")
    assert [str(condition) for condition in a.conditions] == ["Eq(Mod(c, 2), 0)"]
    assert expand(a.params - (Rational(219, 4) * symbols("c") ** 2 + 4430 * symbols("c") + 1_028_008)) == 0
    assert a.at(H=224, W=224, c=c).params == MEASURED[f"shufflenet_v2_{label}"]["params"]


@pytest.mark.parametrize(("label", "c"), [("small", 96), ("base", 128), ("large", 192)])
def test_convnext_in_the_width(label: str, c: int) -> None:
    a = zoo("convnext", c="c", n3=27).at(H=224, W=224, c=c)
    measured = MEASURED[f"convnext_{label}"]
    assert (a.params, a.macs) == (measured["params"], measured["macs"])


def test_a_misspelt_activation_is_an_error(tmp_path: Path) -> None:
    """It would else be none at all."""
    shutil.copy("grammar/zoo/blocks/mobile.cnn", tmp_path)
    user = tmp_path / "user.cnn"
    user.write_text('use "mobile.cnn"\nnet a { input 3×H×W; activation("Relu") }', encoding="utf-8")
    with pytest.raises(SymcnnError, match="activation"):
        analyse(load(user)["a"])
