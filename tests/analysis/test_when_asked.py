"""What is worked out only when it is asked for, and what is found once for layers that differ in their channels."""

from __future__ import annotations

from functools import partial

import pytest

from symcnn import symbols
from symcnn.analysis import counts, rows
from symcnn.analysis.layers import Layers
from symcnn.library.rules import COUNTED, INPUT_NAMES, OUTPUT_NAMES
from tests.helpers import analysed, error_of

CHAIN = "net a { input 3×H×W, batch N; Conv(8, 3); BatchNorm; repeat 3 { ReLU; Conv(8, 3, padding=1) } }"
UNDECIDED = "layer Odd {{ {rule} = 1 if prod(n) > 5 else 0 }}  net a {{ input 3×H×W; Odd }}"


def test_totals_make_no_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = analysed(CHAIN)
    sums = sum(layer.times * layer.macs for layer in expected.layers)

    def refused(*_: object) -> None:
        raise AssertionError("a row is made")

    monkeypatch.setattr(rows.Rows, "_row", refused)
    found = analysed(CHAIN)
    assert (found.macs, found.params, found.flops) == (expected.macs, expected.params, expected.flops)
    assert (found.macs - sums).expand() == 0
    with pytest.raises(AssertionError):
        len(found.layers)


def test_layers_are_like_a_tuple() -> None:
    a, b = analysed(CHAIN), analysed(CHAIN)
    assert isinstance(a.layers, Layers)
    assert a.layers == b.layers == tuple(b.layers)
    assert a.layers != tuple(b.layers)[1:]
    assert a.layers[1:] == tuple(b.layers)[1:] and a.layers[-1] == b.layers[-1]
    assert repr(a.layers) == repr(tuple(b.layers))
    assert analysed("net a { input 3×H×W }").layers == ()


def test_a_count_that_is_undecided_is_an_error_at_once() -> None:
    for rule in ("weights", "macs", "activations"):
        assert "cannot decide" in error_of(partial(analysed, UNDECIDED.format(rule=rule))).message


def test_a_count_that_depends_on_channels_alone_waits() -> None:
    text = "layer Wide {{ weights = 2 if C > 5 else 1 }}  net a {{ input {C}×H×W; Wide }}"
    assert [analysed(text.format(C=C)).params for C in (5, 6)] == [1, 2]
    assert "cannot decide" in error_of(lambda: analysed(text.format(C="C"))).message


def test_equal_windows_of_different_channels_see_the_same() -> None:
    body = "concat {{ skip; path {{ Conv({c}, {k}, padding={p}); ReLU }} }}"
    text = "; ".join(body.format(c=c, k=k, p=k // 2) for c, k in ((4, 3), (6, 3), (5, 5), (7, 3)))
    a = analysed(f"net a {{ input 3×H×W; {text} }}")
    assert a.receptive_field == a.layers[-1].receptive_field
    assert a.receptive_field.size == (11, 11) and a.receptive_field.least == (1, 1)


def test_numbers_of_batches_are_multiplied_last() -> None:
    assert isinstance(analysed(CHAIN).counted, counts.Totals)
    assert analysed(CHAIN).at(N=2, H=9, W=9).macs == 2 * analysed(CHAIN).at(N=1, H=9, W=9).macs


def test_a_size_that_speaks_of_other_axes_is_not_taken_for_the_same() -> None:
    h, w = symbols("H W")
    for rule, sizes in (("first(n)", (h, h)), ("n + 1 - 1", (h, w)), ("floor((n + n)/2)", (h, w))):
        text = f"layer Own {{ size = {rule} }}  net a {{ input 3×H×W; Own; Own }}"
        assert analysed(text).output == (3, *sizes)


def test_a_size_that_speaks_of_channels_is_worked_out_for_each() -> None:
    for rule, size in (("n + C", symbols("H") + 11), ("n*(C - 2)", 3 * symbols("H"))):
        a = analysed(f"layer Own {{ size = {rule} }}  net a {{ input 3×H; Own; Conv(5, 1); Own; Conv(3, 1); Own }}")
        assert a.output == (3, size)


def test_whoever_goes_through_the_values_of_a_layer_finds_all() -> None:
    for kind in ("Conv(8, 3)", "BatchNorm", "MaxPool(2)", "ReLU", "Flatten"):
        values = analysed(f"net a {{ input 3×H×W; {kind} }}").layers[0].values
        everything = {*COUNTED, *INPUT_NAMES, *OUTPUT_NAMES}
        assert everything <= {**values}.keys() and everything <= {*values} and everything <= dict(values).keys()
        assert all(name in values for name in everything)
