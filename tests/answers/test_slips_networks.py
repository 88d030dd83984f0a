"""Mistakes made in whole networks, held against plain Python."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import takewhile
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from symcnn import Analysis
from symcnn.answers.slips import Wrong, wrong_values
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
