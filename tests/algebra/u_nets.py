"""U-Nets as their sizes: what a network with skips asks of its input."""

from __future__ import annotations

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.conditions import Truth
from symcnn.algebra.solved import agreement
from symcnn.algebra.symbols import Value


def u_net(x: Value, depth: int, arithmetic: Arithmetic, padding: int) -> tuple[list[Truth], Value]:
    """Return the conditions and the output of a U-Net of 3×3 convolutions, 2×2 pools and up-convolutions."""

    def twice(size: Value) -> Value:
        for _ in range(2):
            size = arithmetic.total([size, 2 * padding - 2])
            claims.append(arithmetic.compare(">=", size, 1))
        return size

    claims: list[Truth] = []
    levels = []
    for _ in range(depth):
        levels.append(x := twice(x))
        x = arithmetic.floor(arithmetic.divide(x, 2))
        claims.append(arithmetic.compare(">=", x, 1))
    x = twice(x)
    for level in reversed(levels):
        x = arithmetic.product([2, x], [])
        surplus = arithmetic.total([level, arithmetic.product([-1, x], [])])
        if padding:
            claims.append(agreement(level, x, arithmetic.facts))
        else:
            claims.append(arithmetic.integral(arithmetic.divide(surplus, 2)))
            claims.append(arithmetic.compare(">=", surplus, 0))
        x = twice(x)
    return claims, x
