"""Branches that agree in every repetition where a power divides the size: held against the network unrolled."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symcnn import SymcnnError, analyse, parse
from symcnn.errors import NotSupportedError
from tests.analysis.unrolled import evaluated, said, unrolled
from tests.helpers import analysed, draws

HALVED = "concat { path { Conv(k, 3, stride=2, padding=1) } path { MaxPool(2) } }"
ROUND_TRIP = "residual { MaxPool(2); Upsample(2) }; MaxPool(2)"


@pytest.mark.parametrize(
    ("body", "condition"),
    [
        (HALVED, "Eq(Mod(H, 2**n), 0)"),
        (ROUND_TRIP, "Eq(Mod(H, 2**n), 0)"),
        (f"{ROUND_TRIP}; {ROUND_TRIP}", "Eq(Mod(H, 2**(2*n)), 0)"),
        ("residual { MaxPool(4); Upsample(4) }; MaxPool(2)", "Eq(n, 0) | Eq(Mod(H, 2*2**n), 0)"),
        ("concat { path { Conv(k, 3, stride=2) } path { MaxPool(2) } }", "Eq(Mod(H + 1, 2**n), 0)"),
    ],
)
def test_branches_agree_where_a_power_divides(body: str, condition: str) -> None:
    text = f"net a {{ input C×H; repeat n {{ {body} }} }}"
    a = analysed(text)
    assert condition in map(str, a.conditions)
    net, defined = parse(text)["a"], 0
    for n in range(5):
        for size in range(1, 70):
            numbers = {name: {"n": n, "H": size, "C": 2, "k": 1}[name] for name in a.symbols}
            direct, closed = unrolled(net, numbers), evaluated(a, numbers)
            assert (closed is None) == (direct is None), numbers
            if closed is not None and direct is not None and size % 8 in (0, 7):
                assert said(closed) == said(direct), numbers
                defined += 1
    assert defined > 10


def test_a_size_that_a_power_divides_has_no_floors() -> None:
    derived = analysed(f"net a {{ input C×H; repeat n {{ {HALVED} }} }}")
    assumed = analysed(f"net a {{ assume H % 2^n == 0; input C×H; repeat n {{ {HALVED} }} }}")
    assert str(derived.output[1]) == str(assumed.output[1]) == "H/2**n"
    assert assumed.conditions == () and derived.macs == assumed.macs
    assert "floor" not in str(derived.macs) and "ceiling" not in str(derived.macs) and "Sum" not in str(derived.macs)


STEPS = (
    "MaxPool(2)", "MaxPool(3)", "Conv(channels, 3, stride=2, padding=1)", "Conv(channels, 3, stride=2)",
    "AvgPool(3, stride=2, padding=1)", "MaxPool(2, ceil_mode=true)", "Conv(channels, 4, stride=2, padding=1)",
    "Conv(channels, 2, stride=3)", "Conv(channels, 1, stride=3)", "MaxPool(4)",
)  # fmt: skip


@given(st.lists(st.sampled_from(STEPS), min_size=2, max_size=3), st.sampled_from(("", "ReLU", "MaxPool(2)")))
@draws(40)
def test_any_two_ways_of_dividing(steps: list[str], after: str) -> None:
    paths = " ".join(f"path {{ {step} }}" for step in steps)
    text = f"net a {{ input 2×H; repeat n {{ concat {{ {paths} }}; {after} }} }}"
    net = parse(text)["a"]
    try:
        a = analyse(net)
    except NotSupportedError as error:
        assert error.hint
        return
    except SymcnnError:
        a = None
    for n in range(4):
        for size in (*range(1, 20), 27, 31, 32, 54, 63, 64, 80, 81, 128):
            numbers = {"n": n, "H": size}
            direct = unrolled(net, numbers)
            closed = None if a is None else evaluated(a, {x: numbers[x] for x in a.symbols})
            assert (closed is None) == (direct is None), (text, numbers)
            if closed is not None and direct is not None:
                assert said(closed, ()) == said(direct, ()), (text, numbers)
