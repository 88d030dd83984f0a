"""What is seen through a symbolic number of repetitions that upsample, or join labels, against all of them unrolled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symcnn import Analysis, SymcnnError, analyse, parse
from symcnn.algebra.symbols import exact
from symcnn.analysis.fields import ReceptiveField
from symcnn.errors import NotSupportedError
from symcnn.formula.express import express
from symcnn.formula.notation import text
from tests.analysis.unrolled import evaluated
from tests.helpers import analysed, chain, draws

SIZE = 40
BODIES = (
    "ConvTranspose(C, 4, stride=2, padding=1)",
    "ConvTranspose(C, 2, stride=2)",
    "ConvTranspose(C, 3, stride=3); Conv(C, 3, padding=1)",
    "ConvTranspose(C, 6, stride=2, padding=2)",
    "Upsample(2)",
    "Upsample(2); Conv(C, 3, padding=1)",
    "Upsample(2); Conv(C, 3, padding=1, dilation=2)",
    "Upsample(3); Conv(C, 5)",
    "Conv(C, 3, padding=1); Upsample(2)",
    "Conv(C, 3, padding=1); Upsample(2); Conv(C, 5, padding=2)",
    "Conv(C, 2); ConvTranspose(C, 5, stride=2, padding=1); Conv(C, 3)",
    "ConvTranspose(C, 2, stride=3)",  # where some outputs see nothing
)


def seen(field: ReceptiveField, evaluate: Callable[[Any], Any]) -> list[Any]:
    return [tuple(map(evaluate, part)) for part in (field.size, field.jump, field.centre)]


def unrolled(program: str, number: int) -> Analysis | None:
    """Return the network with all repetitions written out."""
    net = list(parse(program.replace("repeat n ", f"repeat {number} ")).values())[-1]
    try:
        a = analyse(net)
        return a.at(**{name: SIZE if name == "H" else 1 for name in a.symbols})
    except SymcnnError:
        return None


def check(program: str, number: int) -> bool:
    """Hold what is known of the closed form against the network unrolled; return whether the field is known."""
    try:
        found = analysed(program)
    except NotSupportedError:
        return False
    there = unrolled(program, number)
    here = evaluated(found, {"n": number, "H": SIZE, "C": 1})
    if there is None or here is None:
        return False
    known = found.receptive_field
    is_known = known.size[0] is not None
    if is_known:
        assert seen(known, here.evaluate) == seen(there.receptive_field, exact)
    if number:
        last = {x.path.replace(f"[{number - 1}]", ""): x for x in there.layers}
        for layer in found.layers:
            size = layer.receptive_field.size[0]
            if size is not None and layer.path in last:
                assert here.evaluate(size) == last[layer.path].receptive_field.size[0], layer.path
    return is_known


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize(("before", "after"), [("", ""), ("Conv(C, 3); ", "; Conv(C, 3)")])
def test_repeated_upsampling(body: str, before: str, after: str) -> None:
    program = chain(f"{before}repeat n {{ {body} }}{after}", shape="C×H")
    known = [check(program, number) for number in range(6)]
    assert any(known)


@draws(40)
@given(
    st.lists(st.sampled_from(BODIES), min_size=1, max_size=2), st.integers(0, 4), st.sampled_from(["", "; Conv(C, 2)"])
)
def test_random_upsampling(bodies: list[str], number: int, after: str) -> None:
    check(chain(f"repeat n {{ {'; '.join(bodies)} }}{after}", shape="C×H"), number)


def test_closed_forms() -> None:
    field = analysed(chain("repeat n { ConvTranspose(C, 4, stride=2, padding=1) }", shape="C×H")).receptive_field
    assert field.aligned is True
    assert str(field.jump[0]) == "2**(-n)"
    assert text(express(field.size[0])) == "3 − ⌊2/2^n⌋"


@pytest.mark.parametrize(
    "before", ["stem: Conv(C, 3, padding=1)", "stem: Conv(C, 5, padding=2); Conv(C, 3, padding=1)"]
)
@pytest.mark.parametrize(
    ("body", "is_known"),
    [
        ("Conv(C, 3, padding=1); add stem", True),
        ("Conv(C, 1); add stem", True),
        ("concat stem; Conv(C, 3, padding=1)", True),
        ("residual { Conv(C, 3, padding=1); add stem }", True),
        ("from stem; Conv(C, 3, padding=1)", False),  # which looks at nothing else
        ("Conv(C, 4, padding=((2, 1))); add stem", True),
    ],
)
def test_labels_from_outside(before: str, body: str, is_known: bool) -> None:
    known = [check(chain(f"{before}; repeat n {{ {body} }}", shape="C×H"), number) for number in range(6)]
    assert all(known) == is_known


def test_a_chain_is_aligned() -> None:
    for body in BODIES:
        assert analysed(chain(f"repeat n {{ {body} }}", shape="C×H")).receptive_field.aligned is True
