"""The work on one answer is counted: whatever is answered, the verdict comes within bounds, and always the same one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from symcnn import Analysis, check
from symcnn.answers import judge
from symcnn.answers.work import MOST_WORK, Account, OutOfWorkError, limited, spend, uncounted
from tests.helpers import analysed, slowness

WITHIN = 1.0  # seconds of this process; what is counted bounds it far closer where nothing else runs
STRIDED = analysed('net a { input C×H×W; repeat n { Conv(C, k, stride=s, padding="same", bias=false) } }')
SHRINKING = analysed("net a { input C×H; repeat n { Conv(C, k, stride=s) } }")
TWO = analysed("net a { input C×H×W; Conv(C, 3, padding=1); Conv(m, k) }")
ONE = analysed("net a { input C×H×W; Conv(m, k, stride=s, padding=p); MaxPool(2); Conv(2m, 3, stride=2) }")
DILATED = analysed(
    "net a { input C×T; repeat n as i { residual { Conv(C, k, dilation=2^i, padding=(((k - 1)*2^i, 0))) } } }"
)
FIELD = "1+(k-1)(s^n-1)/(s-1)"
TENS = r"\sum_{i=0}^{30} floor((C+i)/31)-C"  # 0
# the network, the quantity, what is answered, the verdict, and how much work it may be
MONSTERS: list[tuple[Analysis, str, str, str, int]] = [
    (STRIDED, "receptive_field", FIELD, "assume", 5_000),
    (STRIDED, "receptive_field", f"{FIELD}+floor(1/s)", "assume", 10_000),
    (STRIDED, "receptive_field", f"{FIELD}+floor(n/10^6)", "undecided", 30_000),
    (STRIDED, "receptive_field", f"({FIELD})(1+floor(n/10^9))", "undecided", 30_000),
    (STRIDED, "receptive_field", f"{FIELD}+floor(C/10^6)", "wrong", 20_000),
    (STRIDED, "receptive_field", f"({FIELD})(1+{TENS})", "assume", 60_000),
    (STRIDED, "receptive_field", "floor((s^n-1)/(s-1))", "wrong", 5_000),
    (STRIDED, "receptive_field", f"floor({FIELD})", "assume", 5_000),
    (SHRINKING, "receptive_field", f"{FIELD}+floor(1/s)", "assume", 10_000),
    (SHRINKING, "receptive_field", f"{FIELD}+floor(n/10^6)", "undecided", 30_000),
    (SHRINKING, "params", "(C^2*k*n + C*n)(1+floor(C/10^9))", "wrong", 20_000),
    (DILATED, "receptive_field", f"(k-1)(2^n-1)+1+{TENS}", "exact", 60_000),
    (DILATED, "receptive_field", "(k-1)(2^n-1)+1+floor(2^n/(2^n+1))", "exact", 5_000),
    (TWO, "macs", "3^H % (6+k)", "wrong", 2_000),
    (TWO, "macs", "ceil(3^H/k)", "wrong", 2_000),
    (TWO, "macs", "10^4000*C", "wrong", 2_000),
    (TWO, "macs", "C/10^4000", "wrong", 5_000),
    (TWO, "macs", "10^4200*H^4+10^4214*W", "wrong", 2_000),
    (TWO, "height", "abs(H-k+1)", "exact", 2_000),
    (TWO, "height", "max(H-k+1,0)", "exact", 2_000),
    (TWO, "macs", "max(C*k^2*m*(H-k+1)*(W-k+1)+9C^2*H*W,0)", "exact", 5_000),
    (TWO, "height", f"(H-k+1)(1+{TENS})", "exact", 60_000),
    (TWO, "height", "(H-k+1)(1+floor(C/10^6))", "wrong", 20_000),
    (ONE, "height", "floor((H+2p-k-s)/(4s))*(1+floor(C/2)+ceil(C/2)-C)", "exact", 10_000),
    (ONE, "height", "floor((H+2p-k-s)/(4s))*(1+((C+1)%2)*(C%2))", "exact", 10_000),
    (ONE, "height", f"floor((H+2p-k-s)/(4s))*(1+{TENS})", "exact", 60_000),
    (ONE, "height", r"\sum_{i=1}^{399} 1/(C+i)", "wrong", 30_000),
]


@pytest.fixture
def accounts(monkeypatch: pytest.MonkeyPatch) -> list[Account]:
    """Collect the accounts of the answers that are judged, each with all the work that there may be."""
    found: list[Account] = []

    @contextmanager
    def kept() -> Iterator[Account]:
        with limited() as account:
            found.append(account)
            yield account

    monkeypatch.setattr(judge, "limited", kept)
    return found


@pytest.mark.parametrize(("network", "quantity", "answer", "verdict", "most"), MONSTERS)
def test_monsters_are_judged_within_bounds(
    network: Analysis, quantity: str, answer: str, verdict: str, most: int, accounts: list[Account]
) -> None:
    check("832", network, quantity=quantity)  # what is asked of the network is worked out once
    found = check(answer, network, quantity=quantity)
    start = time.process_time()
    again = check(answer, network, quantity=quantity)
    assert time.process_time() - start < WITHIN * slowness()
    assert found == again
    assert found.verdict == verdict
    _, first, second = (MOST_WORK - account.left for account in accounts)
    assert first == second  # as much as alone, whatever is remembered
    assert first <= most


def test_without_work_nothing_is_decided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("symcnn.answers.work.MOST_WORK", 10)
    assert check("H+W", TWO, quantity="macs").verdict == "undecided"
    assert check("(H", TWO, quantity="macs").verdict == "invalid"


def test_work_is_counted_where_it_is_limited() -> None:
    spend(10**9)  # nobody counts
    with limited(5) as account:
        spend(3)
        with uncounted():
            spend(10**9)
        assert account.left == 2
        with limited(10):
            spend(9)
        with pytest.raises(OutOfWorkError):
            spend(3)


REFUSED = [
    r"\sum_{i=0}^{10^{1000}C} i^9",
    r"\sum_{i=1}^{399} \sum_{j=1}^{399} ij",
    r"\sum_{i=1}^{399} \sum_{j=1}^{i} ij",
    r"\sum_{i=0}^{30}\sum_{j=0}^{30} C^iH^j",
    r"\sum_{i=0}^{399} floor((C+i)/400)",
    r"\prod_{i=1}^{399} (C+i)^{i}",
    r"\sum_{i=1}^{399} 1/(10^4000+i)",
]


@pytest.mark.parametrize("answer", REFUSED)
def test_sums_are_refused_before_they_are_worked_out(answer: str) -> None:
    check(answer, TWO, quantity="height")
    least = WITHIN
    for _ in range(10):
        start = time.process_time()
        found = check(answer, TWO, quantity="height")
        least = min(least, time.process_time() - start)
        assert (found.verdict, "too" in found.message["en"]) == ("invalid", True)
    assert least < 0.01 * slowness()


@pytest.mark.parametrize(
    ("answer", "reference"),
    [
        (r"\sum_{i=0}^{100} floor((H+i)/101)", "H"),
        (r"\sum_{i=1}^{20} \sum_{j=1}^{i} H", "210*H"),
        (r"\sum_{i=1}^{30} \sum_{j=1}^{30} ij", "216225"),
        (r"\sum_{i=1}^{399} i", "79800"),
    ],
)
def test_sums_of_many_terms_are_worked_out(answer: str, reference: str) -> None:
    assert check(answer, reference).verdict == "exact"


def test_the_root_of_no_square_is_given_up_at_once() -> None:
    check("sqrt(C^2+2C*H+H^2)", TWO, quantity="height")
    start = time.process_time()
    assert check("floor(sqrt(C^2+H+1))", TWO, quantity="height").verdict == "invalid"
    assert time.process_time() - start < WITHIN * slowness()


@pytest.mark.parametrize("answer", ["3^H % (6+k)", "2^H % k"])
def test_conditions_too_large_to_be_worked_out_at_a_point_are_tried_at_others(answer: str) -> None:
    assert check(answer, "H % k").verdict != "undecided"
