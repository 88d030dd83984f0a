"""Networks with branches against plain loops: where they are defined, their sizes, what they cost, what they see."""

from __future__ import annotations

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from symcnn import Analysis, SymcnnError
from tests.graphs import Path, paths, program, run
from tests.helpers import analysed, draws, numbers

SIZES = range(1, 80)


def analysed_or_never(path: Path) -> Analysis:
    """Return the analysis; where that says that the network is never defined, check it and give up."""
    try:
        return analysed(program(path))
    except SymcnnError:
        assert not any(run(path, size) for size in SIZES)
        assume(False)
        raise


def at(analysis: Analysis, size: int) -> Analysis | None:
    try:
        return analysis.at(H=size) if analysis.symbols else analysis.at()
    except SymcnnError:
        return None


@draws(200)
@given(paths())
def test_a_network_is_defined_exactly_under_its_conditions(path: Path) -> None:
    analysis = analysed_or_never(path)
    for size in SIZES:
        found = run(path, size)
        assert (at(analysis, size) is not None) == (found is not None), (size, analysis.conditions)


@draws(150)
@given(paths(), st.data())
def test_sizes_and_costs_are_those_of_the_loops(path: Path, data: st.DataObject) -> None:
    analysis = analysed_or_never(path)
    allowed = [size for size in SIZES if run(path, size)]
    assume(allowed)
    size = data.draw(st.sampled_from(allowed))
    found = run(path, size)
    assert found is not None
    output, costs = found
    value = analysis.at(H=size)
    assert value.output == (output.channels, output.size)
    assert (value.params, value.macs, value.activations) == (costs.params, costs.macs, costs.activations)


@draws(100)
@given(paths(), st.data())
def test_substituting_before_is_substituting_after(path: Path, data: st.DataObject) -> None:
    analysis = analysed_or_never(path)
    allowed = [size for size in SIZES if run(path, size)]
    assume(allowed)
    size = data.draw(st.sampled_from(allowed))
    before = numbers(analysed(program(path, str(size))))
    after = numbers(analysis.at(H=size))
    assert before["output"] == after["output"]
    assert before["totals"] == after["totals"]


# Many networks have no field that can be seen: they are never defined at these sizes, or hang over everywhere.
@settings(draws(150), suppress_health_check=[HealthCheck.filter_too_much])
@given(paths())
def test_what_an_output_sees_is_what_the_loops_see(path: Path) -> None:
    analysis = analysed_or_never(path)
    size = next((size for size in range(150, 300) if run(path, size)), None)
    assume(size is not None)
    assert size is not None
    found = run(path, size)
    assert found is not None
    output = found[0]
    field = analysis.at(H=size).receptive_field
    assume(field.size[0] is not None)
    middle = output.seen[output.size // 3 : 2 * output.size // 3]
    spans = [max(seen) - min(seen) + 1 for seen in middle if seen and min(seen) > 0 and max(seen) < size - 1]
    assume(len(spans) >= 12)
    assert max(spans) == field.size[0]
