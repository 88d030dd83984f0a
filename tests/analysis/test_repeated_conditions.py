"""Conditions for all repetitions without their index, held against the conditions of each repetition."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.conditions import Truth, either
from symcnn.algebra.evaluate import evaluator
from symcnn.algebra.symbols import NONNEGATIVE, Value, symbol
from symcnn.analysis.everywhere import everywhere
from symcnn.analysis.merge import merged
from tests.helpers import analysed

A = Arithmetic()
H, k = symbol("H"), symbol("k")
i, n, m = (symbol(name, NONNEGATIVE) for name in ("i", "n", "m"))


def at_least(value: Value) -> Truth:
    return A.compare(">=", value, 0)


CLAIMS = {
    "falls": at_least(H - 3 * i - 2),
    "grows": at_least(H + 2**i - 5),
    "of a slope that may be anything": at_least(H + (m - 3) * i - 4),
    "bends": at_least(H + 5 * i - i**2 - 3),
    "an alternative": either([A.compare("==", m, 0), at_least(H - 2 * i - m)]),
    "the index nowhere": at_least(H - m - 4),
    "divides": A.integral(H * 2**i / 8),
}


@pytest.mark.parametrize("name", CLAIMS)
def test_for_all_is_for_each(name: str) -> None:
    claim = CLAIMS[name]
    assert not isinstance(claim, bool)
    found = everywhere(claim, i, n, A)
    assert found is not None
    for count in range(6):
        for height in range(1, 14):
            for more in range(5):
                values = {H: height, m: more, n: count}
                wanted = all(claim.holds(evaluator({**values, i: number})) for number in range(count))
                assert all(holds(part, values) for part in found) == wanted, (values, found)


def holds(claim: Truth, values: dict[object, int]) -> bool:
    return claim if isinstance(claim, bool) else claim.holds(evaluator(values))


def test_what_bends_upwards_has_no_hardest_end() -> None:
    assert everywhere(at_least(H + i**2 - 5 * i), i, n, A) is None


def relations(claims: Iterable[Truth]) -> list[str]:
    return [str(claim.relation()) for claim in claims if not isinstance(claim, bool)]


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        (
            [at_least(H - 2), either([A.compare("==", n, 1), at_least(H - n - 1)]), at_least(n - 1)],
            ["n >= 1", "H >= n + 1"],
        ),
        ([at_least(H - 1 - k), either([A.compare("==", n, 0), at_least(H - k)])], ["H >= k + 1"]),
        ([either([A.compare("==", n, 0), A.integral(H / k)])], ["Eq(n, 0) | Eq(Mod(H, k), 0)"]),
        ([A.integral(H / k), either([A.compare("==", n, 1), A.integral(2 * H / k)])], ["Eq(Mod(H, k), 0)"]),
    ],
)
def test_exceptions_that_the_other_claims_leave_no_room_for(claims: list[Truth], said: list[str]) -> None:
    found = merged(claim for claim in claims if not isinstance(claim, bool))  # type: ignore[misc]
    assert sorted(relations(found)) == sorted(said)


@pytest.mark.parametrize(
    ("step", "condition"),
    [
        ("Conv(3, 3)", "H >= 2*n + 1"),
        ("MaxPool(2)", "H >= 2**n"),
        ("Conv(3, 3, padding=1); MaxPool(3, stride=2)", "H >= 2*2**n - 1"),
        ("Conv(3, 3, dilation=2^i)", "H >= 2*2**n - 1"),
        ("Conv(3, k, stride=2, padding=(k - 1)//2)", "2*ceiling(k/2) + floor((H + k - 2*ceiling(k/2))/2**n) >= k + 1"),
    ],
)
def test_how_deep_a_network_may_be(step: str, condition: str) -> None:
    a = analysed(f"net a {{ input 3×H; repeat n as i {{ {step} }} }}")
    assert relations(a.claims) == [condition]


def test_what_two_repetitions_ask_is_not_said_beside_what_one_asks() -> None:
    grown = "concat { skip; path { Conv(k, 3, padding=1, groups=2) } }"
    a = analysed(f"net a {{ input c×5; repeat n {{ {grown} }} }}")
    assert relations(a.claims) == ["Eq(n, 0) | Eq(Mod(k, 2), 0)", "Eq(n, 0) | Eq(Mod(c, 2), 0)"]
    for count in range(4):
        for c in range(1, 5):
            for more in range(1, 5):
                values = {a.symbols["n"]: count, a.symbols["c"]: c, a.symbols["k"]: more}
                wanted = all((c + number * more) % 2 == more % 2 == 0 for number in range(count))
                assert all(holds(claim, values) for claim in a.claims) == wanted, values


def test_groups_that_divide_in_every_repetition() -> None:
    a = analysed("net a { input C×H; repeat n { Conv(2*channels, 3, padding=1, groups=4) } }")
    assert relations(a.claims) == ["Eq(n, 0) | Eq(Mod(C, 4), 0)"]


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        # the weaker one of two is left out, also where it speaks of a multiple
        ("input C×H; repeat n { Conv(C, 3); MaxPool(2) }", ["H >= 3*2**n - 2"]),
        ("input C×(n^2); Conv(C, 1); repeat n { ReLU }", ["n >= 1"]),
        ("input C×(n^3); Conv(C, 9)", ["n >= 3"]),
        ("input C×H; repeat n { Conv(C, k) }", ["H >= n*(k - 1) + 1"]),
        (
            "input C×H; repeat n { Conv(C, k, stride=s) }",
            ["H >= (k - 1)*Piecewise(((s**n - 1)/(s - 1), Ne(s, 1)), (n, True)) + 1"],
        ),
    ],
)
def test_conditions_are_minimal(program: str, expected: list[str]) -> None:
    assert [str(x) for x in analysed(f"net a {{ {program} }}").conditions] == expected
