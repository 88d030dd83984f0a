"""Random layers and small networks against the counting tools themselves, to the unit, for one image."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings

from symcnn import SymcnnError
from symcnn.analysis.counting import Unknown
from symcnn.analysis.totals import network_total
from tests.helpers import analysed, chain, draws
from tests.library.test_torch import LOSSES, TESTED, Case, cases

pytestmark = [pytest.mark.tools, pytest.mark.filterwarnings("ignore")]

# What conventions do not say of tools, or tools cannot be given.
LEFT = {
    "MultiheadAttention": "unknown to every tool's convention",
    "DeformConv": "unknown to every tool's convention",
    "Embedding": "its input is indices, and some tools make one of noise",
    "MaxUnpool": "its input is indices besides",
    **dict.fromkeys(LOSSES, "it wants targets, and tools are given the network without its loss"),
}


def apart(tool: str, case: Case, pair: tuple[int, int]) -> str | None:
    """Return why a tool counts a layer otherwise than its convention says, if there is a reason."""
    if case.kind == "Interpolate" and tool in ("ptflops_pytorch", "thop"):
        return "these count the module Upsample, where the function interpolate is called by no module of PyTorch's"
    if case.given.get("per_position") and tool == "ptflops":
        return "whether PyTorch adds the bias together with the product depends on the layout in memory"
    if case.kind == "AdaptiveAvgPool" and tool == "thop" and pair[0] - pair[1] == 1:
        return "thop divides by the output size in floating point, and cuts off what is below one"
    return None


@pytest.fixture(scope="module")
def counters() -> ModuleType:
    """PyTorch and the tools are imported where these tests run, and nowhere else."""
    from tests.library import counters

    return counters


def disagreements(program: str, module: Any, shape: tuple[int, ...], counters: ModuleType) -> dict[str, Any]:
    """Return where a convention and its tool differ: both numbers by the tool."""
    a = analysed(program).at()
    known = [tool for tool in counters.PRESENT if not isinstance(network_total(a, tool), Unknown)]
    pairs = {tool: (a.count(tool), counters.counted(tool, module(), (1, *shape))) for tool in known}
    return {tool: pair for tool, pair in pairs.items() if pair[0] != pair[1]}


@pytest.mark.parametrize("kind", [kind for kind in TESTED if kind not in LEFT])
def test_layers_are_counted_as_the_tools_do(kind: str, counters: ModuleType) -> None:
    from tests.library import pytorch

    @settings(draws(12), suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
    @given(cases(kind, sizes=(2, 8), sane=True))
    def judge(case: Case) -> None:
        assume(_works(lambda: pytorch.module(case.kind, case.given, case.shape), case.shape))
        program = chain(str(case), shape="×".join(map(str, case.shape)))
        try:
            analysed(program)
        except SymcnnError:
            assume(False)

        def module() -> Any:
            return pytorch.module(case.kind, case.given, case.shape)

        found = disagreements(program, module, case.shape, counters)
        assert not {tool: pair for tool, pair in found.items() if not apart(tool, case, pair)}

    judge()


def _works(module: Callable[[], Any], shape: tuple[int, ...]) -> bool:
    """Tell whether PyTorch takes a layer for one image."""
    import torch

    try:
        with torch.no_grad():
            module().eval()(torch.zeros(1, *shape))
    except (ValueError, RuntimeError, IndexError, AssertionError, ZeroDivisionError):
        return False
    return True


def test_probes_are_what_is_stored(counters: ModuleType) -> None:
    """The stored figures are those of the tools that are installed."""
    from tests.library.probes import PROBES, stored

    for name, (_, make, shape) in PROBES.items():
        figures = {tool: stored()[name][tool] for tool in counters.PRESENT}
        assert {tool: counters.counted(tool, make(), (1, *shape)) for tool in counters.PRESENT} == figures, name
