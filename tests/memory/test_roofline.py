"""The roofline against its definition, worked out layer by layer with fractions."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import sympify

from symcnn import analyse, load, symbols
from symcnn.memory import memory, roofline
from tests.helpers import analysed, chain, draws, error_of

NET = chain("Conv(64, 3, padding=1)", "ReLU", "Conv(64, 1)", "GlobalAvgPool", "Flatten", "Linear(1000)", shape="64×H×H")


@draws(30)
@given(st.integers(1, 300), st.integers(1, 10**15), st.integers(1, 10**13))
def test_it_is_the_longer_of_two_times(size: int, peak: int, bandwidth: int) -> None:
    analysis = analysed(NET)
    found = roofline(analysis, peak, bandwidth).at(H=size)
    direct = roofline(analysis.at(H=size), peak, bandwidth)
    whole = Fraction(0)
    for x, y in zip(found.layers, direct.layers, strict=True):
        flops, moved = x.memory.layer.flops, x.memory.access_bytes
        times = Fraction(flops, peak), Fraction(moved, bandwidth)
        assert x.time == y.time == max(times)
        whole += max(times)
        if moved:
            assert x.attainable == min(Fraction(peak), Fraction(flops, moved) * bandwidth)
            assert x.bound == ("memory" if times[1] > times[0] else "compute" if times[1] < times[0] else "balanced")
            assert (x.bound == "memory") == (x.memory.intensity < found.ridge)
        else:
            assert x.bound is None
            assert x.attainable is None
    assert found.time == whole


@draws(30)
@given(st.integers(1, 300), st.integers(1, 10**15), st.integers(1, 10**13))
def test_symbols_of_the_machine(size: int, peak: int, bandwidth: int) -> None:
    symbolic = roofline(analysed(NET), "P", "β")
    numeric = roofline(analysed(NET), peak, bandwidth).at(H=size)
    found = symbolic.at(H=size, P=peak, β=bandwidth)
    assert [x.bound for x in found.layers] == [x.bound for x in numeric.layers]
    assert found.time == numeric.time
    values = {**symbolic.memory.analysis.symbols, **symbolic.machine.symbols}
    put = {values["H"]: size, values["P"]: peak, values["β"]: bandwidth}
    for x, y in zip(symbolic.layers, numeric.layers, strict=True):
        assert Fraction(str(sympify(x.time).subs(put))) == y.time
        if y.bound is not None:
            assert bool(sympify(x.memory_bound).subs(put)) == (y.bound == "memory")


def test_known_machines() -> None:
    """A 1×1 convolution with 64 channels on 56×56 does 1,568/99 FLOPs per byte: far below the 156 of an A100."""
    found = roofline(analysed("net a { input 64×56×56; Conv(64, 1, bias=false) }"), 312e12, 2e12)
    (layer,) = found.layers
    assert found.ridge == 156
    assert layer.memory.intensity == Fraction(2 * 64 * 64 * 56 * 56, 4 * (2 * 64 * 56 * 56 + 64 * 64))
    assert (layer.bound, layer.memory_bound) == ("memory", True)
    assert layer.time == Fraction(4 * (2 * 64 * 56 * 56 + 4096), 2 * 10**12)


def test_where_it_depends_the_condition_is_exact() -> None:
    found = roofline(analysed("net a { input 1024×H×H; Conv(1024, 1, bias=false) }"), 312e12, 2e12)
    (layer,) = found.layers
    for size in range(1, 60):
        intensity = Fraction(2 * 1024**2 * size**2, 4 * (2 * 1024 * size**2 + 1024**2))
        assert bool(layer.memory_bound.subs(symbols("H"), size)) is (intensity < 156)


def test_rates() -> None:
    a = analysed(NET)
    assert roofline(a, "2^3", 0.5).ridge == 16
    assert roofline(a, 1555.2, 1).ridge == Fraction(15552, 10)
    assert roofline(a, symbols("P"), symbols("B")).ridge == symbols("P") / symbols("B")
    assert "not known to be positive" in error_of(lambda: roofline(a, "P - 1", 1)).message
    assert "not known to be positive" in error_of(lambda: roofline(a, 1, -3)).message
    assert "'H' is a symbol of a" in error_of(lambda: roofline(a, "H", 1)).message
    for wrong in (float("inf"), None, True, [1]):
        assert error_of(lambda wrong=wrong: roofline(a, wrong, 1)).hint is not None  # type: ignore[misc]
    from sympy import Symbol

    assert "was not made by symcnn" in error_of(lambda: roofline(a, Symbol("P", positive=True), 1)).message


def test_another_convention() -> None:
    a = analysed(NET).at(H=8)
    macs = roofline(a, 10**12, 10**12, convention="macs")
    assert macs.layers[0].compute_time == Fraction(9 * 64 * 64 * 64, 10**12)
    text = "convention part { Conv = macs }\nnet a { input 3×8×8; Conv(8, 3); MaxPool(2) }"
    part = roofline(memory(analysed(text), convention="part"), 1, 1)
    assert part.layers[0].bound is not None
    assert "maxpool1 (MaxPool) is unknown" in error_of(lambda: part.time).message


@pytest.mark.parametrize("dtype", ["float32", "float16", "int8"])
def test_smaller_numbers_need_less_time(dtype: str) -> None:
    a = analyse(load("zoo/vgg16")["vgg16"]).at(H=224, W=224)
    found = roofline(a, 312e12, 2e12, dtype)
    assert found.time <= roofline(a, 312e12, 2e12).time
    assert "linear1" in " ".join(found.memory_bound)  # a matrix times a vector, at any width
