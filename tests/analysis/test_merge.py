"""Conditions in their shortest form: nothing is said that the others say."""

import pytest

from symcnn import analyse, parse
from symcnn.analysis.result import relation_string


@pytest.mark.parametrize(
    ("steps", "conditions"),
    [
        ("Conv(m, 3, groups=4); Conv(m, 3, groups=2)", ["C % 4 == 0", "m % 4 == 0", "H >= 5", "W >= 5"]),
        ("Conv(m, 1, groups=2); Conv(m, 1, groups=3)", ["C % 2 == 0", "m % 2 == 0", "m % 3 == 0"]),
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
