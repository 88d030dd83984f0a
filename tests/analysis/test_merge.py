"""Conditions in their shortest form: nothing is said that the others say."""

import pytest

from symcnn import analyse, parse
from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.conditions import single
from symcnn.analysis.merge import merged
from symcnn.analysis.result import relation_string
from tests.algebra.trees import H
from tests.algebra.u_nets import u_net
from tests.helpers import error_of


@pytest.mark.parametrize(
    ("steps", "conditions"),
    [
        ("Conv(m, 3, groups=4); Conv(m, 3, groups=2)", ["C % 4 == 0", "m % 4 == 0", "H >= 5", "W >= 5"]),
        ("Conv(m, 1, groups=2); Conv(m, 1, groups=3)", ["C % 2 == 0", "m % 6 == 0"]),
        ("Conv(m, 1, groups=4); Conv(2m + 2, 1); Conv(9, 1, groups=3)", ["C % 4 == 0", "m % 12 == 8"]),
        ("Conv(32α, 1); Conv(64α, 1); Conv(128α, 1)", ["(32*α) % 1 == 0"]),
        ("Conv(8, 3); Conv(8, 3); MaxPool(2)", ["H >= 6", "W >= 6"]),
    ],
)
def test_shortest_conditions(steps: str, conditions: list[str]) -> None:
    network = parse(f"assume α rational\nnet a {{ input C×H×W; {steps} }}")["a"]
    assert sorted(map(relation_string, analyse(network).conditions)) == sorted(conditions)


def test_assumptions_are_not_repeated() -> None:
    network = parse("net a { input C×H×H; assume H >= 9, C % 8 == 0; Conv(m, 3, groups=4); Conv(m, 3) }")["a"]
    assert [relation_string(relation) for relation in analyse(network).conditions] == ["m % 4 == 0"]


def test_conditions_that_contradict_each_other_are_named() -> None:
    text = "net a { input C×H×H; Conv(m, 1, groups=4); Conv(8, 1); Conv(C - 3, 1, groups=2) }"
    error = error_of(lambda: analyse(parse(text)["a"]))
    assert error.message == "the net 'a' is defined for no input"
    assert error.hint is not None
    assert error.hint.startswith("no input is legal: C % 4 == 0 and C % 2 == 1 never hold together")


def test_what_the_assumptions_leave_of_a_u_net() -> None:
    claims, _ = u_net(H, 4, Arithmetic(), 0)
    parts = [part for claim in claims for part in single(claim) if not isinstance(part, bool)]
    congruence, bound = merged(parts)
    assert [relation_string(claim.relation()) for claim in (congruence, bound)] == ["H % 16 == 12", "H >= 188"]
    assert merged(parts, [congruence]) == (bound,)
    assert merged(parts, [congruence, bound]) == ()
    (larger,) = single(Arithmetic().compare(">=", H, 200))
    assert not isinstance(larger, bool)
    assert merged(parts, [larger]) == (congruence,)
