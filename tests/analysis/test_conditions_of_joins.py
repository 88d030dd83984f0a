"""Under which conditions branches meet, how they are said, and what becomes of sizes and fields where they hold."""

from __future__ import annotations

import pytest

from symcnn import SymcnnError, analyse, compare, load, symbols
from symcnn.analysis.result import relation_text
from tests.helpers import analysed, error_of

C, H, a, s = symbols("C H a s")
HOURGLASS = """
net level(n, s) {
    e: Conv(8, 3, padding=1)
    if n > 0 { MaxPool(s); level(n - 1, s); Upsample(s); concat e; Conv(8, 3, padding=1) }
}
"""


def conditions(text: str, net: str | None = None) -> list[str]:
    return [relation_text(claim) for claim in analysed(text, net).claims]


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ("residual { MaxPool(s); Upsample(s) }", ["H % s == 0"]),
        ("residual { Conv(8, 3, stride=s, padding=1); ConvTranspose(8, s, stride=s) }", ["H % s == 0"]),
        ("residual { MaxPool(2); Upsample(2) }", ["H % 2 == 0"]),
        ("add { path { Conv(8, k) } path { Conv(8, 3) } }", ["H >= 3", "k == 3"]),
        ("add { path { Conv(a, 3) } path { Conv(b, 3) } }", ["H >= 3", "a == b"]),
    ],
)
def test_the_shortest_form(steps: str, said: list[str]) -> None:
    assert conditions(f"net a {{ input 8×H; {steps} }}") == said


def test_a_symbolic_stride_through_three_levels() -> None:
    assert conditions(f"{HOURGLASS} net main {{ input C×H; level(3, s) }}", "main") == ["H % s**3 == 0"]


def test_symbols_that_must_be_equal_are_one() -> None:
    found = analysed("net a { input C×H; add { path { Conv(a, 3) } path { Conv(b, 3) } } }")
    assert found.weights == 6 * C * a
    assert found.at(C=2, H=9, a=4).weights == found.at(C=2, H=9, a=4, b=4).weights == 48
    with pytest.raises(SymcnnError, match="a == b"):
        found.at(C=2, H=9, a=4, b=5)


def test_a_field_where_the_conditions_hold() -> None:
    field = analysed("net a { input C×H; add { path { Conv(8,3,padding=p) } path { Conv(8,5,padding=q) } } }")
    assert field.receptive_field.size == (5,)
    assert field.receptive_field.aligned


def test_what_never_meets_as_no_size_is_zero() -> None:
    error = error_of(lambda: analysed("net a { input 3×H; e: MaxPool(2); Upsample(4); concat crop(e) }"))
    assert error.message.startswith("crop(e): 3×⌊H/2⌋ cannot be cut to 3×4⌊H/2⌋")


def test_conditions_that_exclude_each_other_are_an_error() -> None:
    text = (
        "net a { input 1×H; e: Conv(1, 2); MaxPool(2); Upsample(2); add e; Conv(1, 2); MaxPool(2); Upsample(2); add e }"
    )
    assert "never agree" in error_of(lambda: analysed(text)).message


def test_what_symbols_leave_open_is_found_from_the_numbers() -> None:
    text = "net a { input 3×H×W; Conv(8, 3, padding=1); MaxPool(2); AdaptiveAvgPool(7); Conv(8, 3) }"
    symbolic = analysed(text)
    assert symbolic.receptive_field.size == (None, None)
    at = symbolic.at(H=28, W=14)
    numbers = analysed(text.replace("H×W", "28×14"))
    assert at.receptive_field.size == tuple(map(int, numbers.receptive_field.size)) == (14, 8)
    assert [layer.receptive_field.size for layer in at.layers] == [
        tuple(map(int, layer.receptive_field.size)) for layer in numbers.layers
    ]


def test_attention_sees_everything_in_a_residual_too() -> None:
    field = analysed("net t { input 8×L; residual { MultiheadAttention(2) } Conv(8, 3, padding=1) }").receptive_field
    assert field.size == (symbols("L"),)
    assert field.aligned


@pytest.mark.parametrize("kind", ["GroupNorm(2)", "InstanceNorm"])
def test_normalisations_over_positions_are_gates(kind: str) -> None:
    found = analysed(f"net g {{ input 4×H×W; Conv(4, 3); {kind}; Conv(4, 3) }}")
    assert (found.receptive_field.size, found.receptive_field.gated) == ((5, 5), True)
    assert not found.layers[0].receptive_field.gated


def test_differences_of_several_symbols_are_decided_by_residues() -> None:
    plain = analysed("net x { input c×H×W; Conv(c, 3, padding=1, bias=false) }")
    strided = analysed("net x { input c×H×W; Conv(c, 3, stride=2, padding=1, bias=false) }")
    twice = analysed("net x { input c×H×W; repeat 2 { Conv(c, 3, padding=1, bias=false) } }")
    assert compare(strided, plain, "macs")["macs"].never == 1  # equal at H = W = 1
    assert compare(twice, strided, "macs")["macs"].always == 1


def test_equal_blocks_after_each_other_are_folded() -> None:
    from symcnn import render

    text = "net block { residual { Conv(8, 3, padding=1) } } net a { input 8×H×W; block; block; block }"
    assert "block1..3.add1 ×3" in render(analysed(text))


def test_the_zoo_has_no_surprising_conditions() -> None:
    assert analyse(load("zoo/resnet50")["resnet50"]).claims == ()
