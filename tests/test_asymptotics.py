"""Leading terms of analyses, against exact values at huge sizes."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symcnn import analyse, asymptotics, load, parse, symbols
from symcnn.algebra.evaluate import evaluator
from tests.helpers import analysed, draws, error_of
from tests.networks import Chain, chains, smooth_chains

H, W, C = symbols("H W C")
QUANTITIES = ("macs", "params", "flops", "activations")


def test_the_stack() -> None:
    nets = load("examples/stacked.cnn")
    stacked, single = asymptotics(analyse(nets["stacked"])), asymptotics(analyse(nets["single"]))
    assert stacked.macs == 18 * H**2
    assert single.macs == 25 * H**2
    assert stacked.params == 18
    assert stacked.order("macs") == H**2
    assert stacked.growing == (H,)


def test_what_grows_is_by_default_what_the_input_measures() -> None:
    a = analysed("net a { input C×H×W; Conv(2C, 3, padding=1) }")
    assert asymptotics(a).growing == (H, W)
    assert asymptotics(a).params == 18 * C**2 + 2 * C  # does not grow: exact
    assert asymptotics(a, "C").params == 18 * C**2
    assert asymptotics(a, "C").macs == 18 * C**2 * H * W
    dense = analysed("net d { input n; Linear(m); Linear(3) }")
    assert [s.name for s in asymptotics(dense).growing] == ["m", "n"]
    assert asymptotics(dense).order("weights") == symbols("m") * symbols("n")


def test_differences_of_roundings_have_no_leading_term() -> None:
    a = analysed("net a { input 1×L; Pool(2) }\nlayer Pool(kernel_size: k) { size = n - 2*floor(n/2) + k }")
    assert asymptotics(a).activations is None
    assert asymptotics(a).order("activations") is None


def test_unknown_symbols_are_named() -> None:
    a = analyse(parse("net a { input C×High×W; Conv(2, 3) }")["a"])
    error = error_of(lambda: asymptotics(a, "Hihg"))
    assert error.message == "there is no symbol 'Hihg'"
    assert error.hint == "did you mean 'High'?"


@draws(40)
@given(st.one_of(chains, smooth_chains))
def test_leading_terms_against_huge_sizes(chain: Chain) -> None:
    leading = asymptotics(analysed(chain.text("a")))
    huge = 10**30 + 7
    costs = chain.costs(huge)
    assert costs is not None
    for quantity in QUANTITIES:
        term = leading.count(quantity)
        assert term is not None
        at = evaluator({H: huge})(term)
        assert costs[quantity] == at == 0 or abs(Fraction(costs[quantity]) / at - 1) < Fraction(1, 10**20)


DEPTHS = """
net stacked { input C×H×W; repeat n { Conv(C, k, padding="same", bias=false) } }
net doubled { input C×(2^n*h); repeat n as i { Conv(2*channels, 3, stride=2, padding="same", bias=false) } }
net strided { assume s > 1; input C×H; repeat n { Conv(C, k, stride=s, padding="same", bias=false) } }
net unsure  { input C×H; repeat n { Conv(C, k, stride=s, padding="same", bias=false) } }
"""


@pytest.mark.parametrize(
    ("net", "growing", "quantity", "theta"),
    [
        ("stacked", "n", "macs", "Θ(C²·H·W·k²·n)"),
        ("stacked", "n H W", "macs", "Θ(C²·H·W·k²·n)"),
        ("stacked", "n", "receptive_field", "Θ(n·(k − 1))"),
        ("stacked", "n k", "receptive_field", "Θ(k·n)"),
        ("doubled", "n", "receptive_field", "Θ(2^n)"),
        ("doubled", "n h", "activations", "Θ(C·h·n·2^n)"),
        ("strided", "n k", "receptive_field", "Θ(k·s^n/(s − 1))"),
    ],
)
def test_growth_with_the_depth(net: str, growing: str, quantity: str, theta: str) -> None:
    found = asymptotics(analyse(parse(DEPTHS)[net]), *growing.split())
    assert found.theta(quantity) == theta


@pytest.mark.parametrize("net", ["stacked", "doubled", "strided"])
def test_depths_against_deep_values(net: str) -> None:
    a = analyse(parse(DEPTHS)[net])
    found = asymptotics(a, "n")
    values = {name: 5 if name in "hHW" else 3 for name in a.symbols}
    for quantity in ("params", "activations") if net != "strided" else ("params",):
        ratios = [Fraction(a.at(**{**values, "n": n}).count(quantity)) for n in (40, 80)]
        at = [evaluator({a.symbols[name]: v for name, v in {**values, "n": n}.items()}) for n in (40, 80)]
        leading = [Fraction(e(found.count(quantity))) for e in at]
        assert all(abs(x / y - 1) < Fraction(1, 20) for x, y in zip(ratios, leading, strict=True))


def test_a_stride_that_may_be_one_has_no_leading_term() -> None:
    unsure = asymptotics(analyse(parse(DEPTHS)["unsure"]), "n")
    assert unsure.receptive_field == (None,)
    assert "no leading term" in error_of(lambda: unsure.theta("receptive_field")).message
