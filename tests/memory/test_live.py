"""The largest live set against networks unrolled step by step, and by hand."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from symcnn import SymcnnError
from symcnn.memory import memory
from tests.helpers import analysed, draws
from tests.memory.unrolled import Body, bodies, unrolled, written


@draws(600)
@given(bodies(), st.integers(1, 9))
def test_the_peak_is_that_of_the_unrolled_network(body: Body, length: int) -> None:
    try:
        analysis = analysed(f"net a {{ input 2×H; {written(body)} }}")
    except SymcnnError:  # channels that do not fit in a second repetition
        assume(False)
        raise
    lives = unrolled(body, length)
    found = memory(analysis).at(H=length)
    assert found.peak == max(lives)
    peak = max(lives)
    first = lives.index(peak)
    assert (found.peak_layer == "input") == (first == 0)
    assert memory(analysed(f"net a {{ input 2×{length}; {written(body)} }}")).peak == peak
