"""Analyse-then-substitute equals substitute-then-analyse; where one is not defined, the other is not."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from symcnn import Analysis, SymcnnError, analyse, parse
from tests.helpers import draws, numbers

size = st.sampled_from(["1", "2", "3", "5", "k", "s", "2k + 1", "k + 1", "m", "3×2", "(k, 1)"])
channels = st.sampled_from(
    ["4", "m", "2m", "g*m", "m + 3", "channels", "2channels", "m/2", "channels // 2 + 1", "m - 2"]
)
stride = st.sampled_from(["1", "2", "3", "s", "(1, s)", "s + 1"])
padding = st.sampled_from(["0", "1", "p", "2p", "(p, 1)", "k // 2", "((1,0),(p,2))", '"same"', '"valid"', "(k - 1)/2"])
dilation = st.sampled_from(["1", "2", "d"])
groups = st.sampled_from(["1", "1", "1", "2", "g", "channels"])
truth = st.sampled_from(["true", "false"])

convolutions = st.builds(
    "Conv({}, {}, stride={}, padding={}, dilation={}, groups={}, bias={})".format,
    channels, size, stride, padding, dilation, groups, truth,
)  # fmt: skip
pools = st.builds(
    "{}({}, stride={}, padding={}, ceil_mode={})".format,
    st.sampled_from(["MaxPool", "AvgPool"]), size, stride, padding, truth,
)  # fmt: skip
others = st.sampled_from(
    [
        "ReLU",
        "BatchNorm",
        "Dropout",
        "GlobalAvgPool",
        "DepthwiseConv(k, multiplier=2)",
        "SeparableConv(m, 3, padding=p)",
        "Linear(m, per_position=true)",
        "repeat 2 { Conv(channels + m, 1); MaxPool(2) }",
    ]
)
steps = st.lists(st.one_of(convolutions, convolutions, pools, others), min_size=1, max_size=4)
ends = st.sampled_from(["", "; Flatten; Linear(10)", "; GlobalAvgPool; Flatten; Linear(m)"])
shapes = st.sampled_from(["C×H×W", "3×H×W", "C×H×H", "(2C)×H×8", "C×H×W, batch m", "(C*g)×H×W"])
small = {name: st.integers(1, 3) for name in "sdg"} | {"p": st.integers(0, 3)}
values = st.fixed_dictionaries(
    {"H": st.integers(1, 40), "W": st.integers(1, 40)} | {name: st.integers(1, 6) for name in "Cmk"} | small
)


def evaluated(analysis: Analysis, given: dict[str, int]) -> Any:
    """Return the numbers of an analysis, or None where it is not defined."""
    try:
        return numbers(analysis.at(**{name: given[name] for name in analysis.symbols}))
    except SymcnnError:
        return None


def directly(text: str, given: dict[str, int]) -> Any:
    """Return the numbers of the same program with numbers in place of the symbols."""
    lets = "\n".join(f"let {name} = {value}" for name, value in given.items())
    try:
        return numbers(analyse(parse(f"{lets}\n{text}")["a"]).at())
    except SymcnnError:
        return None


@draws(150)
@given(shapes, steps, ends, st.lists(values, min_size=8, max_size=8))
def test_at_equals_analysing_numbers(shape: str, chain: list[str], end: str, points: list[dict[str, int]]) -> None:
    text = f"net a {{ input {shape}; {'; '.join(chain)}{end} }}"
    try:
        symbolic = analyse(parse(text)["a"])
    except SymcnnError:
        assert all(directly(text, point) is None for point in points), text
        return
    for point in points:
        assert evaluated(symbolic, point) == directly(text, point), (text, point)


@draws(60)
@given(steps, st.integers(1, 4), st.integers(1, 40))
def test_parameters_are_symbols_until_they_are_set(chain: list[str], k: int, height: int) -> None:
    text = f"net a(k, w = 2k) {{ input w×H×H; {'; '.join(chain)} }}"
    point = {"H": height, "C": 2, "m": 4, "k": k, "s": 2, "p": 1, "d": 1, "g": 2}
    net = parse(text)["a"]
    try:
        free = evaluated(analyse(net), point)
    except SymcnnError:
        free = None
    try:
        fixed = evaluated(analyse(net, k=k), point)
    except SymcnnError:
        fixed = None
    assert free == fixed
