"""The function `taps` of rules: how many products along an axis fall on no padding."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from symcnn.errors import SymcnnError
from symcnn.formula import nodes as f
from symcnn.formula.values import Frame, Meaning, UndecidedError

_PADDING = 4  # the place of the padding among the arguments


def taps(parts: list[Meaning], node: f.Apply) -> Meaning:
    """`taps(n, n', k, s, p, d)`: the pairs x < n', t < k with 0 ≤ x·s + t·d − p < n, where a product is no padding."""

    def evaluate(frame: Frame) -> Any:
        values = [part(frame) for part in parts]
        for place, value in enumerate(values):
            _check_tap(value, place == _PADDING, node.arguments[place])
        found = frame.arithmetic.taps(values)
        if found is None:
            reason = "for a kernel that is a symbol, unless there is no padding, or stride or dilation is 1"
            raise UndecidedError(f"no closed form is known {reason}", node.span)
        return found

    return evaluate


def _check_tap(value: Any, padding: bool, argument: f.Formula) -> None:
    if isinstance(value, Fraction) or (isinstance(value, int) and not padding and value < 1):
        wanted = "an integer" if padding else "a positive integer"
        raise SymcnnError(f"taps takes {wanted} here, not {value}", argument.span, "as in taps(n, n', k, s, p, d)")
