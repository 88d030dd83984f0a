"""Follow-through earns nothing after impossible answers: what no layer could give, or what has another unit."""

from __future__ import annotations

import pytest

from symcnn.answers import grade, parse_quiz

CHAIN = """net = "net q { input 1×45×45; c: Conv(8, 4, stride=3); p: MaxPool(2); d: Conv(3, 3) }"
[[question]]
id = "q"
layers = ["c", "p", "d"]
quantity = "{}"
"""
COUNT = """[[question]]
id = "par"
net = "net q { input 1×3×3; c: Conv(2, 2, bias=false) }"
quantity = "params"
[[question]]
id = "b"
reference = "4*par"
after = "par"
"""


def verdicts(quiz: str, answers: dict[str, str]) -> list[str]:
    sheet = grade(parse_quiz(quiz), [("s", question, answer) for question, answer in answers.items()])
    return [row.verdict for row in sheet.rows]


@pytest.mark.parametrize("sizes", [(10**9, 5 * 10**8, 5 * 10**8 - 2), (100, 50, 48)])
def test_sizes_that_no_layer_could_give_earn_nothing_later(sizes: tuple[int, ...]) -> None:
    answers = dict(zip(("q.c", "q.p", "q.d"), map(str, sizes), strict=True))
    assert "follow" not in verdicts(CHAIN.replace("{}", "size"), answers)
    shapes = {name: f"{c}×{n}×{n}" for (name, n), c in zip(answers.items(), (8, 8, 3), strict=True)}
    assert "follow" not in verdicts(CHAIN.replace("{}", "output"), shapes)


@pytest.mark.parametrize("sizes", [(45, 22, 20), (42, 21, 19), (15, 7, 5), (17, 8, 6)])
def test_sizes_by_a_mistake_earn_what_follows(sizes: tuple[int, ...]) -> None:
    answers = dict(zip(("q.c", "q.p", "q.d"), map(str, sizes), strict=True))
    assert verdicts(CHAIN.replace("{}", "size"), answers) in (
        ["wrong", "follow", "follow"],
        ["wrong", "exact", "exact"],
    )


@pytest.mark.parametrize(("par", "b"), [("10^50", "4*10^50"), ("7 MACs", "28"), ("MACs = 7", "28"), ("7x", "28")])
def test_impossible_counts_and_other_units_earn_nothing_later(par: str, b: str) -> None:
    assert "follow" not in verdicts(COUNT, {"par": par, "b": b})


def test_a_count_by_a_mistake_earns_what_follows() -> None:
    assert verdicts(COUNT, {"par": "7", "b": "28"}) == ["wrong", "follow"]


def test_a_size_that_is_larger_than_the_input() -> None:
    assert verdicts(CHAIN.replace("{}", "size"), {"q.c": "48", "q.p": "24"})[:2] == ["wrong", "wrong"]
