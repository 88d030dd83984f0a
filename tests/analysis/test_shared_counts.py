"""Counts of repetitions that share symbols with sizes and channels, held against the network unrolled."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symcnn import SymcnnError, analyse, parse
from symcnn.errors import NotSupportedError
from tests.analysis.unrolled import evaluated, said, unrolled
from tests.helpers import draws, error_of

IMPOSSIBLE = (
    "input c×n; repeat n { Conv(c, 3) }",
    "input c×H; repeat H { Conv(c, 2) }",
    "input c×(2^n); repeat n + 1 { MaxPool(2) }",
    "input n×5; repeat n { Conv(channels - 1, 1) }",
    "input n×8; repeat n { Conv(channels - 2, 1) }",
    "input c×n×n; repeat n { Conv(c, 3, dilation=2) }",
    "input c×n; Conv(c, 3, padding=1); repeat n { MaxPool(2, stride=1) }; ReLU",
    "input c×n; repeat n { residual { Conv(c, 3); ConvTranspose(c, 3) }; MaxPool(2, stride=1) }",
    "assume H == n; input c×H; repeat n { Conv(c, 3) }",
    "assume H <= n; input c×H; repeat n { Conv(c, 3) }",
    "assume H == 2n; input c×H; repeat n { Conv(c, 3) }",
    "assume H <= 2n; input c×H; repeat n { Conv(c, 3) }",
    "input c×n; repeat n { MaxPool(2) }",
    "input c×(2*n*m); repeat n { repeat m { Conv(c, 3) } }",
    "input c×(n*m); repeat n*m { Conv(c, 3) }",
)


@pytest.mark.parametrize("body", IMPOSSIBLE)
def test_what_fits_for_no_number_of_repetitions_is_refused(body: str) -> None:
    net = parse(f"net a(n, m, c, H) {{ {body} }}")["a"]
    error = error_of(lambda: analyse(net))
    assert error.message == "the net 'a' is defined for no input"
    for n in range(1, 7):
        for size in range(1, 9):
            numbers = {"n": size if "repeat H" in body else n, "m": 1 + n % 2, "c": 2, "H": size}
            assert unrolled(net, numbers) is None, numbers


def test_what_leaves_the_last_repetition_is_of_its_own_number() -> None:
    """That of a number of repetitions that may be 0 follows from less than what is known inside of one."""
    net = parse("net a(n, c) { input n×(2^n); repeat n - 1 { Conv(c, 3); MaxPool(2) } }")["a"]
    a = analyse(net)
    numbers = {"n": 2, "c": 1}
    found, wanted = evaluated(a, numbers), unrolled(net, numbers)
    assert found is not None and wanted is not None
    assert found.output == (1, 1)
    assert said(found) == said(wanted)


SIZES = ("n", "2*n", "2*n + 1", "n + 1", "n + m", "n*m", "n*n + 1", "2^n", "2^n*m", "H", "H + n")
CHANNELS = ("c", "n", "n + 1", "2*n", "n*m", "2^n*c")
ASSUMED = ("", "", "assume H == n; ", "assume H <= 2*n; ", "assume H >= 2*n + 1; ", "assume H % 2^n == 0; ")
COUNTS = ("n", "n", "n", "m", "n - 1", "n + 1", "n*m")
LAYERS = (
    "Conv(c, 3)", "Conv(channels - 1, 1)", "MaxPool(2)", "MaxPool(2, stride=1)", "Conv(channels, 3, padding=1)",
    "Conv(channels, 3, dilation=2)", "Conv(channels + i, 2)", "ConvTranspose(channels, 2, stride=2)", "Conv(n, n)",
    "residual { Conv(channels, 3); ConvTranspose(channels, 3) }", "Conv(channels, 2, stride=2, groups=m)",
)  # fmt: skip


@st.composite
def networks(draw: st.DrawFn) -> str:
    def of(choices: tuple[str, ...]) -> str:
        return draw(st.sampled_from(choices))

    body = "; ".join(of(LAYERS) for _ in range(draw(st.integers(1, 2))))
    size, after = of(SIZES), of(("", "; ReLU", "; Conv(c, 1)"))
    assumed = of(ASSUMED) if "H" in size else ""
    repeated = f"repeat {of(COUNTS)} as i {{ {body} }}"
    return f"net a(n, m, c, H) {{ {assumed}input ({of(CHANNELS)})×({size}); {repeated}{after} }}"


@given(networks(), st.integers(1, 3), st.integers(1, 3), st.sampled_from((1, 2, 5, 8, 16, 33)))
@draws(150)
def test_counts_that_are_sizes_too(text: str, m: int, c: int, size: int) -> None:
    net = parse(text)["a"]
    try:
        a = analyse(net)
    except NotSupportedError as error:
        assert error.hint
        return
    except SymcnnError as error:
        assert error.span is not None
        a = None
    for n in range(7):
        numbers = {"n": n, "m": m, "c": c, "H": size}
        wanted = unrolled(net, numbers)
        found = None if a is None else evaluated(a, numbers)
        assert (found is None) == (wanted is None), (text, numbers)
        if found is not None and wanted is not None:
            assert said(found) == said(wanted), (text, numbers)


def test_a_form_that_divides_by_the_count_wants_one_repetition() -> None:
    a = analyse(parse("net a { input 16×H; repeat n as i { Conv(16 + (i + 1)*a/n, 3, padding=1) } }")["a"])
    assert "n >= 1" in map(str, a.conditions)
    assert (a.at(n=0, a=3, H=7).output, a.at(n=0, a=3, H=7).params) == ((16, 7), 0)
    assert a.at(n=3, a=6, H=7).output == (22, 7)


@pytest.mark.parametrize(
    "body",
    [
        "input c×H; repeat n as i { Conv(c, 3, dilation=2^(n - 1 - i)) }",
        "input 16×H; repeat n as i { Conv(16 + (i + 1)*m//n, 3, padding=1) }",
        "input c×H; repeat n { Conv(c, 3); MaxPool(2) }; repeat n { ConvTranspose(c, 2, stride=2); Conv(c, 3) }",
        "input c×H; repeat n { Conv(c, 3); Conv(c, 3); MaxPool(2) }; "
        "repeat n { ConvTranspose(c, 2, stride=2); Conv(c, 3); Conv(c, 3) }",
    ],
)
def test_what_is_hardest_in_the_last_repetition(body: str) -> None:
    net = parse(f"net a(n, m, c, H) {{ {body} }}")["a"]
    a = analyse(net)
    for n in range(1, 5):
        for size in (1, 2, 5, 9, 14, 23, 24, 45, 92, 140, 141):
            numbers = {"n": n, "m": 5, "c": 2, "H": size}
            found, wanted = evaluated(a, numbers), unrolled(net, numbers)
            assert (found is None) == (wanted is None), numbers
            if found is not None and wanted is not None:
                assert said(found) == said(wanted), numbers
