"""Networks with branches, as their authors and torchvision have them: conditions, costs, receptive fields."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from sympy import Mod, ceiling

from symcnn import Analysis, SymcnnError, analyse, load, symbols
from symcnn.algebra.proof import equal

C, H, W, c, d, g, k, m, r, s, t = symbols("C H W c d g k m r s t")
a, b1, b2, c1, c2, d1 = symbols("a b1 b2 c1 c2 d1")


@cache
def example(file: str, net: str, **parameters: Any) -> Analysis:
    return analyse(load(f"examples/{file}.cnn")[net], **parameters)


@cache
def of_zoo(net: str, **parameters: Any) -> Analysis:
    return analyse(load(f"zoo/{net}")[net], **parameters)


def last_with_positions(analysis: Analysis) -> Any:
    """Return the last layer before the pooling over all positions."""
    place = next(i for i, layer in enumerate(analysis.layers) if layer.kind == "GlobalAvgPool")
    return analysis.layers[place - 1]


# What Ronneberger, Fischer & Brox 2015 draw: 572 in, 388 out.
@pytest.mark.parametrize(
    ("depth", "modulus", "residue", "least", "margin"),
    [(1, 2, 0, 18, 16), (2, 4, 0, 44, 40), (3, 8, 4, 92, 88), (4, 16, 12, 188, 184)],
)
def test_the_unpadded_u_net(depth: int, modulus: int, residue: int, least: int, margin: int) -> None:
    unet = example("unet", "unet", depth=depth)
    assert set(map(str, unet.conditions)) == {f"Eq(Mod(H, {modulus}), {residue})", f"H >= {least}"}
    assert unet.output == (2, H - margin, H - margin)
    for size in range(1, least + 40):
        defined = size % modulus == residue and size >= least
        if defined:
            assert unet.at(H=size).output == (2, size - margin, size - margin)
        else:
            with pytest.raises(SymcnnError):
                unet.at(H=size)


def test_the_u_net_of_the_paper() -> None:
    unet = example("unet", "unet")
    assert unet.params == 31_030_658
    assert unet.at(H=572).output == (2, 388, 388)
    assert unet.receptive_field.aligned


def test_the_padded_u_net() -> None:
    padded = example("unet", "padded")
    assert set(padded.conditions) == {_divides(4, H), _divides(4, W)}
    assert padded.output == (2, H, W)


def _divides(number: int, size: Any) -> Any:
    from sympy import Eq

    return Eq(Mod(size, number, evaluate=False), 0, evaluate=False)


def test_resnet50() -> None:
    resnet = of_zoo("resnet50")
    assert resnet.params == 25_557_032
    assert resnet.at(H=224, W=224).macs == 4_089_184_256
    assert resnet.conditions == ()
    features = last_with_positions(resnet)
    assert features.output == (2048, ceiling(H / 32), ceiling(W / 32))
    assert features.receptive_field.size == (427, 427)
    assert features.receptive_field.jump == (32, 32)
    assert features.receptive_field.least < features.receptive_field.size
    assert features.receptive_field.aligned


def test_googlenet() -> None:
    googlenet = of_zoo("googlenet")
    assert googlenet.params == 6_624_904
    assert last_with_positions(googlenet).receptive_field.size == (379, 379)
    assert of_zoo("googlenet", w="w").at(w=1, H=224, W=224).params == 6_624_904


def test_densenet121() -> None:
    densenet = of_zoo("densenet121")
    assert densenet.params == 7_978_856
    assert densenet.at(H=224, W=224).macs == 2_834_161_664
    assert last_with_positions(densenet).receptive_field.size == (2071, 2071)
    symbolic = of_zoo("densenet121", k="k")
    assert symbolic.params.subs(k, 32) == 7_978_856


IDENTITIES = [
    ("inception", "weights", C * (a + b1 + c1 + d) + 9 * b1 * b2 + 25 * c1 * c2),
    ("squeeze_excite", "params", 2 * c**2 / r + c / r + c),
    ("inverted_residual", "macs", H * W * t * d * (d + (k**2 + d1) / s**2)),
    ("shuffle_unit", "macs", H * W * (2 * c * m / g + 9 * m)),
    ("bottleneck", "weights", 17 * c**2),
    ("basic_block", "weights", 18 * c**2),
    ("resnext", "weights", 2 * c * g * d + 9 * g * d**2),
]


@pytest.mark.parametrize(("net", "quantity", "expected"), IDENTITIES, ids=[row[0] for row in IDENTITIES])
def test_the_formulas_of_modules(net: str, quantity: str, expected: Any) -> None:
    analysis = example("modules", net)
    found = analysis.count(quantity)
    if net in ("inverted_residual", "shuffle_unit"):
        assert equal(found, expected) is True
        return
    if quantity == "weights":  # those of the convolutions
        found = sum(layer.weights for layer in analysis.layers if layer.kind == "Conv")
    assert equal(found, expected) is True


def test_the_channels_of_an_inception_module() -> None:
    assert example("modules", "inception").output == (a + b2 + c2 + d, H, W)


def test_a_gate_sees_everything_and_stands_beside_the_local_field() -> None:
    field = example("modules", "squeeze_excite").receptive_field
    assert (field.size, field.gated) == ((1, 1), True)
