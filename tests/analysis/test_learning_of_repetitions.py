"""What needs no gradient of its input, where there may be no repetition: closed forms against each number of them."""

from __future__ import annotations

from typing import Any

import pytest

from symcnn import analyse, parse
from tests.analysis.unrolled import evaluated

CONVENTIONS = ("training", "torch_training", "input_gradient")
BODIES = (
    "repeat n { ReLU; Conv(c, 3, padding=1) }; Conv(7, 1)",
    "repeat n { Conv(c, 3, padding=1) }; Conv(5, 1); Conv(7, 1)",
    "repeat n { Conv(c, 3, padding=1) }; MaxPool(2); repeat m { Conv(c, 3, padding=1) }; Conv(7, 1)",
    "repeat n { ReLU }; repeat m { Conv(c, 3, padding=1); ReLU }; Conv(7, 1)",
    "repeat n { Conv(c, 3, padding=1) }; residual { Conv(c, 1) }; Conv(7, 1)",
    "repeat n as i { repeat i { Conv(c, 3, padding=1) }; Conv(c, 1) }; Conv(7, 1)",
    "repeat n { repeat m { Conv(c, 3, padding=1) } }; Conv(7, 1)",
    "repeat n { Conv(c, 3, padding=1) }; repeat n { Conv(c, 1) }; Conv(7, 1)",
    "repeat n + 1 { Conv(c, 3, padding=1) }; Conv(7, 1)",
)


@pytest.mark.parametrize("body", BODIES)
def test_the_first_that_learns(body: str) -> None:
    net = parse(f"net a(n, m, c, H) {{ input c×H×H; {body} }}")["a"]
    a = analyse(net)
    for n in range(4):
        for m in range(3) if "repeat m" in body else (1,):
            numbers = dict[str, Any](n=n, m=m, c=2, H=6)
            found, wanted = evaluated(a, numbers), analyse(net, **numbers)
            assert found is not None
            for name in CONVENTIONS:
                assert found.count(name) == wanted.count(name), (name, numbers)
