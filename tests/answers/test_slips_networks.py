"""Mistakes made in whole networks, held against plain Python."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import takewhile
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symcnn import Analysis
from symcnn.algebra.proof import equal
from symcnn.algebra.symbols import symbol
from symcnn.answers.slips import Wrong, explain_answer, wrong_values
from tests.answers.plain import SLIPS, Impossible, Plain, drawn, rows_of
from tests.helpers import analysed, draws

QUANTITIES = ("weights", "biases", "params", "macs", "flops", "output")


def single(a: Analysis, layer: str | None, quantity: str) -> list[Wrong]:
    """Return what single mistakes lead to, which come first."""
    return list(takewhile(lambda wrong: len(wrong.slips) == 1, wrong_values(a, layer, quantity)))


def network(layers: list[Plain], shape: tuple[int, ...]) -> Analysis:
    steps = "; ".join(layer.text for layer in layers)
    return analysed(f"net a {{ input {'×'.join(map(str, shape))}; {steps} }}")


def asked(rows: list[dict[str, Any]], place: int | None, quantity: str) -> Any:
    """Return a quantity of a row, or of the network."""
    if quantity == "output":
        return rows[-1 if place is None else place][quantity]
    return sum(row[quantity] for row in rows) if place is None else rows[place][quantity]


def expected(
    layers: list[Plain], shape: tuple[int, ...], places: list[int], slip: str, place: int | None, quantity: str
) -> Any:
    """Return what a mistake at some layers leads to; None if that is nothing, or what is right."""
    last = len(layers) if place is None else place + 1
    try:
        wrong = asked(rows_of(layers[:last], shape, dict.fromkeys(places, slip)), place, quantity)
    except Impossible:
        return None
    return None if wrong == asked(rows_of(layers[:last], shape, {}), place, quantity) else wrong


@given(seed=st.integers(0, 10**9))
@draws(120)
def test_a_mistake_in_one_layer_of_a_chain(seed: int) -> None:
    draw = random.Random(seed)
    layers, shape = drawn(draw)
    a = network(layers, shape)
    quantity, place = draw.choice(QUANTITIES), draw.choice([None, *range(len(layers))])
    found = single(a, None if place is None else a.layers[place].path, quantity)
    last = len(layers) if place is None else place + 1
    for made, layer in enumerate(layers[:last]):
        for slip in SLIPS.get(layer.kind, ()):
            path = a.layers[made].path
            values = [w.value for w in found if w.slips[0].id == slip and w.slips[0].layers == (path,)]
            wrong = expected(layers, shape, [made], slip, place, quantity)
            if wrong is None:  # a size that no layer has may still have been written down
                assert not values or (quantity == "output" and made == last - 1)
            else:
                assert values == [wrong], (slip, path, quantity)


@given(seed=st.integers(0, 10**9))
@draws(120)
def test_a_mistake_in_all_layers_of_a_kind(seed: int) -> None:
    draw = random.Random(seed)
    layers, shape = drawn(draw)
    a = network(layers, shape)
    quantity = draw.choice(QUANTITIES)
    found = single(a, None, quantity)
    for kind in dict.fromkeys(layer.kind for layer in layers):
        places = [i for i, layer in enumerate(layers) if layer.kind == kind]
        for slip in SLIPS.get(kind, ()) if len(places) > 1 else ():
            values = [w.value for w in found if w.slips[0].id == slip and len(w.slips[0].layers) > 1]
            alone = [w.value for w in found if w.slips[0].id == slip and len(w.slips[0].layers) == 1]
            wrong = expected(layers, shape, places, slip, None, quantity)
            assert values == ([] if wrong is None or wrong in alone else [wrong]), (slip, quantity)


@given(seed=st.integers(0, 10**9))
@draws(40)
def test_symbols_and_numbers_agree(seed: int) -> None:
    draw = random.Random(seed)
    layers, shape = drawn(draw)
    steps = "; ".join(layer.text for layer in layers)
    symbolic = analysed(f"net a {{ input {shape[0]}×H×W; {steps} }}")
    sizes = dict(zip("HW", shape[1:], strict=True))
    numeric = symbolic.at(**sizes)
    quantity = draw.choice(QUANTITIES)
    known = {(w.slips[0].id, w.slips[0].layers): w.value for w in single(symbolic, None, quantity)}
    for wrong in single(numeric, None, quantity):
        key = (wrong.slips[0].id, wrong.slips[0].layers)
        if key in known:  # what is impossible for some sizes only is not known of symbols
            assert put_in(known[key], symbolic, **sizes) == wrong.value


def put_in(value: Any, a: Analysis, **numbers: int) -> Any:
    if isinstance(value, tuple):
        return tuple(put_in(part, a, **numbers) for part in value)
    if not hasattr(value, "subs"):
        return value
    found = value.subs({a.symbols[name]: number for name, number in numbers.items() if name in a.symbols})
    return Fraction(int(found.p), int(found.q))


# what is seen


def seen(layers: list[tuple[int, int]], mistake: str) -> int:
    """Return what a chain of windows (kernel, stride) is thought to see."""
    r, j, last = (0 if mistake in ("M39", "M43") else 1), 1, 1
    for k, s in layers:
        match mistake:
            case "M39":
                r += k
            case "M40":
                r *= k
            case "M41":
                r += k - 1
            case "M42":
                r += (k - 1) * j * s
            case "receptive_field.last":
                r += (k - 1) * last
            case "receptive_field.kernel":
                r += k * j
            case _:
                r += (k - 1) * j
        j, last = j * s, s
    return r


@given(seed=st.integers(0, 10**9))
@draws(60)
def test_mistakes_of_what_a_network_sees(seed: int) -> None:
    draw = random.Random(seed)
    windows = [(draw.randint(1, 4), draw.randint(1, 3)) for _ in range(draw.randint(1, 5))]
    kinds = [draw.choice(["Conv(2, {}, stride={})", "MaxPool({}, stride={})"]) for _ in windows]
    steps = "; ReLU; ".join(kind.format(*window) for kind, window in zip(kinds, windows, strict=True))
    a = analysed(f"net a {{ input 2×2000×2000; {steps} }}")
    place = draw.randrange(len(windows))
    found = single(a, a.layers[2 * place].path, "receptive_field")
    windows = windows[: place + 1]
    values = {w.slips[0].id: w.value for w in found if not w.slips[0].layers}
    for id_ in ("M39", "M40", "M41", "M42", "M43", "receptive_field.last", "receptive_field.kernel"):
        wrong = seen(windows, id_)
        assert values.get(id_) == (None if wrong == seen(windows, "") else wrong)
    pools = {(w.slips[0].id, w.slips[0].layers): w.value for w in found if w.slips[0].kind == "MaxPool"}
    for at, (kind, (k, s)) in enumerate(zip(kinds, windows, strict=False)):
        if kind.startswith("Max"):
            path, (before, after) = a.layers[2 * at].path, (windows[:at], windows[at + 1 :])
            for id_, instead in (("maxpool.reach.none", (1, s)), ("maxpool.jump.ignored", (k, 1))):
                wrong = seen([*before, instead, *after], "")
                assert pools.get((id_, (path,))) == (None if wrong == seen(windows, "") else wrong)


def test_the_false_belief_that_dilation_one_widens_a_kernel() -> None:
    a = analysed("net a { input 1×20×20; Conv(1, 3); Conv(1, 3, dilation=2) }")
    known = {w.slips[0].id: w.value for w in single(a, "conv1", "size")}
    assert known["conv.size.dilation"] == 20 - (3 + 1 * (3 - 1)) + 1
    known = {w.slips[0].id: w.value for w in single(a, "conv1", "receptive_field")}
    assert known["conv.reach.dilation"] == 3 + 1 * (3 - 1)
    known = {w.slips[0].id: w.value for w in single(a, "conv2", "size") if w.slips[0].layers == ("conv2",)}
    assert (known["M07"], known["M06"]) == (18 - 3 + 1, 18 - 2 * 3 + 1)


# graphs


def by_id(a: Analysis, layer: str | None, quantity: str) -> dict[tuple[str, tuple[str, ...]], Any]:
    return {(w.slips[0].id, w.slips[0].layers): w.value for w in single(a, layer, quantity)}


@given(seed=st.integers(0, 10**9))
@draws(40)
def test_a_repeated_layer_is_its_copies(seed: int) -> None:
    draw = random.Random(seed)
    times, k, quantity = draw.randint(2, 4), draw.choice([1, 3]), draw.choice(["params", "macs", "output", "flops"])
    body = f"Conv(4, {k}, padding={k // 2}); BatchNorm; ReLU"
    repeated = analysed(f"net a {{ input 4×40×41; repeat {times} {{ {body} }} Flatten; Linear(3) }}")
    copied = analysed(f"net a {{ input 4×40×41; {'; '.join([body] * times)}; Flatten; Linear(3) }}")
    known = by_id(copied, None, quantity)
    for (id_, layers), value in by_id(repeated, None, quantity).items():
        if layers == ("repeat1.conv1",):
            assert known[id_, tuple(f"conv{i + 1}" for i in range(times))] == value
        elif layers == ("linear1",):
            assert known[id_, layers] == value


def test_a_mistake_that_parts_branches_is_none() -> None:
    text = "net a { input 4×9×9; add { path { Conv(4, 3, padding=1) } path { %s } } Conv(8, 3) }"
    parted, alike = analysed(text % ""), analysed(text % "Conv(4, 3, padding=1)")
    one, two = by_id(parted, None, "macs"), by_id(alike, None, "macs")
    everywhere = tuple(layer.path for layer in alike.layers if layer.kind == "Conv")
    assert not [layers for id_, layers in one if id_ == "M03" and "add1.conv1" in layers]
    assert [id_ for id_, layers in two if layers == everywhere and id_ == "M03"]


@pytest.mark.parametrize("size", [20, 22, 26, 30])
def test_what_is_cropped_fits_what_it_is_joined_with(size: int) -> None:
    a = analysed(f"""net a {{
        input 1×{size}×{size}; e: Conv(2, 3); MaxPool(2); Conv(4, 3); ConvTranspose(2, 2, stride=2)
        concat crop(e); Conv(8, 3)
    }}""")

    def output(first: int, second: int) -> int | None:
        """Return the size of the output where these convolutions take so much off their input."""
        e = size - first
        up = 2 * (e // 2 - second)
        return None if (e - up) % 2 else up - 2

    known = by_id(a, None, "output")
    for id_, takes in (("M01", 3), ("conv.size.kept", 0), ("M03", 2)):
        for layers, sizes in ((("e",), (takes, 2)), (("conv1",), (2, takes))):
            wrong = output(*sizes)
            expected = None if wrong in (None, a.output[1]) else (8, wrong, wrong)
            assert known.get((id_, layers)) == expected
    macs = by_id(a, "conv2", "macs")
    assert all(value % 8 == 0 for value in macs.values())
    assert macs["conv.size.kept", ("conv1",)] == (2 * ((size - 2) // 2) - 2) ** 2 * 8 * 4 * 9


def test_the_batch_is_counted_by_mistake_too() -> None:
    text = "net a { input 3×9×9%s; Conv(4, 3); BatchNorm }"
    alone, five = by_id(analysed(text % ""), None, "macs"), by_id(analysed(text % ", batch 5"), None, "macs")
    assert {key: 5 * value for key, value in alone.items()} == five
    assert by_id(analysed(text % ""), None, "params") == by_id(analysed(text % ", batch 5"), None, "params")


def test_sizes_that_are_chosen_by_a_padding_stay() -> None:
    a = analysed('net a { input 3×9×9; Conv(4, 3, stride=2, padding="same"); MaxPool(2, stride=2, padding="same") }')
    assert a.output == (4, 3, 3)
    assert {id_ for id_, _ in by_id(a, None, "output")} == {"conv.channels.kept"}
    known = by_id(a, None, "receptive_field")
    assert known["maxpool.reach.none", ("maxpool1",)] == 3  # and the sizes did not change


def test_a_size_that_no_layer_has_was_written_down() -> None:
    a = analysed("net a { input 1×10×10; Conv(4, 3, stride=2, padding=1); Conv(1, 1) }")
    known = by_id(a, "conv1", "size")
    assert known["M05", ("conv1",)] == Fraction(10 - 3, 2) + 3
    assert ("M05", ("conv1",)) not in by_id(a, "conv2", "size")


# the order of what is yielded, and answers


LENET = "net a { input 1×28×28; Conv(32, 5); MaxPool(2); Conv(32, 3); MaxPool(2); Flatten; Linear(10) }"


def test_mistakes_come_in_order_and_always_the_same() -> None:
    found = list(wrong_values(analysed(LENET), None, "params"))
    assert found == list(wrong_values(analysed(LENET), None, "params"))
    numbers = [(len(w.slips), len(w.slips[0].layers)) for w in found]
    assert numbers[0] == (1, 1) and numbers[-1][0] == 2
    assert [n for n, _ in numbers] == sorted(n for n, _ in numbers)
    layers = [of for n, of in numbers if n == 1]
    assert layers == sorted(layers)
    right = analysed(LENET).params
    assert all(w.value != right for w in found)


def test_all_mistakes_that_explain_an_answer_are_listed() -> None:
    a = analysed("net a { input 1×28×28; Conv(32, 5) }")
    explained = explain_answer(25 * 32 + 1, a, "conv1", "params", equal)
    assert [[slip.id for slip in slips] for slips in explained] == [["M12"], ["M13"]]
    assert explained[0][0].layers == ("conv1",) and explained[0][0].kind == "Conv"
    assert "output channel" in explained[0][0].text and "输出通道" in explained[0][0].zh


@pytest.mark.parametrize(("layer", "slip"), [("conv1", "conv.biases.absent"), ("linear1", "linear.biases.absent")])
def test_biases_that_are_not_there_are_a_mistake(layer: str, slip: str) -> None:
    a = analysed("net a { input 3×8×8; Conv(5, 3, bias=false); Flatten; Linear(7, bias=false) }")
    (found,) = (one for one in a.layers if one.path == layer)
    explained = explain_answer(found.count("weights") + found.output[0], a, layer, "params", equal)
    assert [[one.id for one in slips] for slips in explained] == [[slip]]


def test_two_mistakes_are_looked_for_where_one_does_not_explain() -> None:
    a = analysed("net a { input 3×28×28; Conv(32, 5) }")
    explained = explain_answer(5 * 3 * 32 + 1, a, "conv1", "params", equal)
    assert [{slip.id for slip in slips} for slips in explained] == [{"M16", "M12"}]
    assert explain_answer(7777, a, "conv1", "params", equal) == ()


def test_formulas_are_explained_by_meaning() -> None:
    a = analysed("net a { input C×H×W; Conv(M, K, padding=P) }")
    c, h, m, k, p = (a.symbols[name] for name in "CHMKP")
    asked: list[Any] = []

    def compared(first: Any, second: Any) -> bool | None:
        asked.append((first, second))
        return equal(first, second)

    explained = explain_answer((k**2 * c + 1) * m - m + 1, a, "conv1", "params", compared)
    assert [[slip.id for slip in slips] for slips in explained] == [["M12"]]
    assert explain_answer(h + 2 * p - k, a, "conv1", "height", equal)[0][0].id == "M01"
    assert len({pair[1] for pair in asked}) == len(asked)
    positive = symbol("P")  # elsewhere P is not 0
    assert explain_answer(h + 2 * positive - k, a, "conv1", "height", equal)[0][0].id == "M01"
