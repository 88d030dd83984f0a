"""Random bodies repeated n times: closed forms at a number are those of that number, and are defined where it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from symcnn import Analysis, SymcnnError, analyse, parse
from symcnn.errors import NotSupportedError
from symcnn.tree import Network
from tests.analysis.unrolled import evaluated, said
from tests.helpers import draws

PLAIN, WITH_INDEX = ("c", "channels", "channels + k", "2*channels", "k"), ("c*2^{i}", "c + {i}", "k*({i} + 1)")
SAME_SIZE = "Conv(channels, 3, padding={d}, dilation={d})"
POOLS = ("MaxPool(2)", "AvgPool(3, stride=2, padding=1)", "MaxPool(3, stride=2, padding=1, ceil_mode=true)")
BODIES = ("BatchNorm", "ReLU", "MaxPool(2, stride=1)", *POOLS)
Draw = Callable[[st.SearchStrategy[str]], str]


def of(*choices: str) -> st.SearchStrategy[str]:
    return st.sampled_from(choices)


def dilation(draw: Draw, index: str | None) -> str:
    return draw(of("1", "1", "2") if index is None else of("1", "2", f"2^{index}", f"{index} + 1"))


def convolution(draw: Draw, index: str | None) -> str:
    channels = draw(of(*PLAIN) if index is None else of(*PLAIN, *WITH_INDEX)).format(i=index)
    kernel, apart = draw(of("1", "2", "3", "4")), dilation(draw, index)
    padding = draw(of("0", "1", '"same"', f"({apart})*{int(kernel) // 2}"))
    stride, bias = draw(of("1", "1", "1", "2", "3")), draw(of("true", "false"))
    return f"Conv({channels}, {kernel}, stride={stride}, padding={padding}, dilation={apart}, bias={bias})"


def growth(draw: Draw, index: str | None) -> str:
    grown = draw(of("k", "c") if index is None else of("k", "c", f"k*({index} + 1)"))
    return f"concat {{ skip; path {{ BatchNorm; Conv({grown}, 3, padding=1) }} }}"


def residual(draw: Draw, index: str | None) -> str:
    return f"residual {{ {SAME_SIZE.format(d=dilation(draw, index))}; ReLU }}"


def branch(draw: Draw, index: str | None) -> str:
    if index is None:
        return draw(of(*BODIES))
    return f"if {index} == 0 {{ {convolution(draw, index)} }} else {{ {convolution(draw, index)} }}"


def statement(draw: Draw, index: str | None, deeper: bool) -> str:
    kind = draw(of("convolution", "convolution", "pool", "growth", "residual", "branch", "repeat"))
    match kind:
        case "pool":
            return draw(of(*BODIES))
        case "growth":
            return growth(draw, index)
        case "residual":
            return residual(draw, index)
        case "branch":
            return branch(draw, index)
        case "repeat" if deeper:
            count = draw(of("2", "m") if index is None else of("2", "m", index, f"{index} + 1"))
            return f"repeat {count} as j {{ {statement(draw, 'j', False)} }}"
    return convolution(draw, index)


@st.composite
def networks(draw: Draw) -> str:
    index = "i" if draw(of("i", "i", "")) else None
    body = "; ".join(statement(draw, index, True) for _ in range(int(draw(of("1", "1", "2")))))
    count, first = draw(of("n", "n", "n - 1", "2n", "n + 1")), draw(of("", "Conv(c, 3, padding=1); "))
    end = draw(of("", "; Conv(5, 1)", "; GlobalAvgPool; Flatten; Linear(3)"))
    counted = f"repeat {count}" + (f" as {index}" if index else "")
    return f"net a(n, m, c, k, H, W) {{ input 3×H×W; {first}{counted} {{ {body} }}{end} }}"


numbers = st.fixed_dictionaries(
    {
        "n": st.integers(0, 5),
        "m": st.integers(1, 2),
        "c": st.sampled_from([1, 2, 4]),
        "k": st.sampled_from([1, 3]),
        "H": st.sampled_from([1, 2, 5, 8, 13, 32, 33]),
        "W": st.sampled_from([1, 7, 16, 40]),
    }
)


def closed(net: Network) -> Analysis | None:
    """Return the closed forms; None where it is said that there are none, or that no depth is legal."""
    try:
        return analyse(net)
    except NotSupportedError as error:
        assert error.hint
        return None
    except SymcnnError as error:
        assert error.span is not None
        return None


def direct(net: Network, values: dict[str, Any]) -> Analysis | None:
    try:
        return analyse(net, **values)
    except SymcnnError:
        return None


@given(networks(), st.lists(numbers, min_size=3, max_size=5))
@draws(120)
def test_a_symbol_and_then_a_number_is_the_number(text: str, tried: list[dict[str, Any]]) -> None:
    net = parse(text)["a"]
    a = closed(net)
    assume(a is not None)
    assert a is not None
    for values in tried:
        found, wanted = evaluated(a, values), direct(net, values)
        assert (found is None) == (wanted is None), (text, values)
        if found is not None and wanted is not None:
            assert said(found) == said(wanted), (text, values)


@pytest.mark.parametrize(
    "body",
    [
        "Conv(channels + k, 3, stride=2, padding=1)",
        "repeat m as j { Conv(c*2^j, 3, dilation=2^j, padding=2^j) }; MaxPool(2)",
        "repeat i { residual { Conv(channels, 3, padding=1) } }; Conv(c + i, 3, stride=3)",
        "concat { skip; path { repeat 2 { Conv(k, 3, padding=1) } } }; AvgPool(3, stride=2, padding=1)",
    ],
)
def test_rows_of_every_repetition_add_up(body: str) -> None:
    """Totals of closed forms are the sums of the rows that are derived with the numbers."""
    net = parse(f"net a(n, m, c, k, H, W) {{ input 3×H×W; repeat n as i {{ {body} }} }}")["a"]
    a = analyse(net)
    for n in range(1, 5):
        at = evaluated(a, {"n": n, "m": 2, "c": 2, "k": 3, "H": 200, "W": 211})
        assert at is not None
        for quantity in ("weights", "macs", "activations"):
            assert at.count(quantity) == sum(layer.times * layer.count(quantity) for layer in at.layers)
        last = at.layers[-1]
        assert tuple(at.output) == tuple(last.output)
        assert at.receptive_field == last.receptive_field
