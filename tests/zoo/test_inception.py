"""GoogLeNet as its paper has it, against plain loops over its table; receptive fields, widths and classes."""

from __future__ import annotations

import pytest
from sympy import expand

from symcnn import symbols
from tests.zoo.counting import googlenet
from tests.zoo.measured import zoo


@pytest.mark.parametrize("auxiliary", [False, True])
@pytest.mark.parametrize("size", [224, 225, 300])
def test_the_paper_s_own(size: int, auxiliary: bool) -> None:
    a, counted = zoo("googlenet_paper", auxiliary=auxiliary).at(H=size, W=size), googlenet(size, auxiliary)
    assert (a.params, a.macs, a.output) == (counted.params, counted.macs, (1000,))


def test_the_paper_s_own_as_caffe_has_it() -> None:
    """6,998,552 parameters, of all sizes; two heads of flattened 4×4 tensors more than double what is dense."""
    assert zoo("googlenet_paper").params == 6_998_552
    assert zoo("googlenet_paper", auxiliary=True).at(H=224, W=224).params == 13_378_280


def test_weights_grow_with_the_square_of_the_width() -> None:
    """Normalisation, the first convolution and the dense layer grow with the width itself."""
    a = zoo("googlenet", w="w")
    w = a.symbols["w"]
    assert expand(a.params - (5_575_936 * w**2 + 1_047_968 * w + 1000)) == 0
    assert a.at(w=1, H=224, W=224).params == 6_624_904
    assert a.at(w="3/2", H=224, W=224).layers[0].output == (96, 112, 112)


@pytest.mark.parametrize(("net", "c"), [("googlenet", 1024), ("inception_v3", 2048), ("squeezenet1_0", 512)])
def test_each_class_costs_one_row_of_the_last_layer(net: str, c: int) -> None:
    assert expand(zoo(net, classes="classes").params).coeff(symbols("classes")) == c + 1


def test_the_receptive_field_of_inception_v3() -> None:
    """Araujo, Norris & Sim 2019, Computing receptive fields, table: 1311, effective stride 32."""
    pooled = next(x for x in zoo("inception_v3").layers if x.kind == "GlobalAvgPool")
    before = zoo("inception_v3").layers[zoo("inception_v3").layers.index(pooled) - 1]
    assert (before.receptive_field.size, before.receptive_field.jump) == ((1311, 1311), (32, 32))


def test_every_branch_of_inception_v3_keeps_the_size() -> None:
    joins = [x.output for x in zoo("inception_v3").at(H=299, W=299).layers if x.kind == "Concat"]
    assert {sizes[1:] for sizes in joins} == {(35, 35), (17, 17), (8, 8)}
