"""Mistakes that are looked for in numbers: what symbols find is found, and nothing else."""

from __future__ import annotations

import random
from itertools import islice, takewhile
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from symcnn import Analysis
from symcnn.answers.answered import Answered
from symcnn.answers.equality import Equal, same
from symcnn.answers.explaining import explanations
from symcnn.answers.reference import question
from symcnn.answers.slips import Wrong, wrong_values
from tests.answers.plain import drawn
from tests.helpers import analysed, draws

QUANTITIES = ("params", "macs", "flops", "output", "receptive_field")


def parts(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def network(seed: int) -> Analysis:
    layers, shape = drawn(random.Random(seed))
    steps = "; ".join(layer.text for layer in layers)
    return analysed(f"net a {{ input {shape[0]}×H×W; {steps} }}")


def told(wrong: Wrong) -> list[tuple[str, tuple[str, ...]]]:
    return [(slip.id, slip.layers) for slip in wrong.slips]


@given(seed=st.integers(0, 10**9))
@draws(30)
def test_every_single_mistake_in_symbols_is_found(seed: int) -> None:
    draw, a = random.Random(seed), network(seed)
    quantity, layer = draw.choice(QUANTITIES), draw.choice([None, *(layer.path for layer in a.layers)])
    singles = list(takewhile(lambda wrong: len(wrong.slips) == 1, wrong_values(a, layer, quantity)))
    asked = question(a, quantity=quantity, layer=layer)
    for wrong in draw.sample(singles, min(4, len(singles))):
        values = tuple(asked.given.rebuilt(part) for part in parts(wrong.value))
        answer = Answered(values, is_shape=len(values) > 1 or quantity == "output")
        alike = sum(1 for other in singles if parts(other.value) == parts(wrong.value))
        found = explanations(asked, answer)
        assert alike > 6 or told(wrong) in [[(s.id, s.layers) for s in made] for made in found]


@given(seed=st.integers(0, 10**9))
@draws(20)
def test_what_is_found_gives_the_answer(seed: int) -> None:
    """Of an answer that is off by little, or is that of a pair: each explanation leads to just this value."""
    draw, a = random.Random(seed), network(seed)
    quantity = draw.choice(QUANTITIES[:3])
    known = list(islice(wrong_values(a, None, quantity), 300))
    asked = question(a, quantity=quantity)
    for wrong in draw.sample(known, min(3, len(known))):
        value = asked.given.rebuilt(wrong.value + draw.choice((0, 0, 1)))  # type: ignore[operator]
        for made in explanations(asked, Answered((value,))):
            slips = [(slip.id, slip.layers) for slip in made]
            leads = [parts(other.value)[0] for other in known if told(other) == slips]
            assert all(isinstance(same(value, other, asked.given), Equal) for other in leads)


def test_a_mistake_that_matters_at_some_sizes_only() -> None:
    """Rounding up differs from rounding down where a size is odd; the first size that is tried may be even."""
    for stride in (2, 3, 4, 5, 7):
        a = analysed(f"net a {{ input 1×H×H; Conv(1, 3, stride={stride}) }}")
        asked = question(a, quantity="size")
        value = next(w.value for w in wrong_values(a, None, "size") if w.slips[0].id == "M04")
        ids = {made[0].id for made in explanations(asked, Answered(tuple(map(asked.given.rebuilt, parts(value)))))}
        assert "M04" in ids


def test_the_work_is_bounded() -> None:
    """In a deep network pairs are not sought; the mistakes of one layer are."""
    steps = "; ".join("Conv(8, 3, padding=1)" for _ in range(40))
    a = analysed(f"net deep {{ input 3×H×W; {steps} }}")
    asked = question(a, quantity="params")
    assert explanations(asked, Answered((a.params - 8,)))
    assert not explanations(asked, Answered((a.params - 13,)))
