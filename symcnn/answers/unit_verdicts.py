"""Verdicts on units: MB for MiB, FLOPS for FLOPs, MACs for FLOPs."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from symcnn.algebra.symbols import is_number
from symcnn.answers import verdicts
from symcnn.answers.answered import Answered, Policy
from symcnn.answers.reference import Question
from symcnn.answers.rounding import ROUNDED, rounding
from symcnn.answers.verdict import Verdict

_PREFIXES = "KMGTP"
_CALLED = {
    "params": ("parameters", "参数"),
    "macs": ("MACs", "MACs"),
    "flops": ("FLOPs", "FLOPs"),
    "bytes": ("bytes", "字节"),
    "bits": ("bits", "比特"),
}
# What a number of parameters or operations is never called.
_OTHERS = {"neurons": ("neurons", "神经元"), "pixels": ("pixels", "像素"), "biases": ("biases", "偏置")}
_STORED = ("params", "weights", "biases", "buffers", "keras")
_RATE = "flops_per_second"


def unit_verdict(answer: Answered, asked: Question, policy: Policy) -> Verdict | None:
    """Return the verdict where the number is right and its unit is not; None where nothing is wrong with the unit."""
    if answer.unit is None or not asked.quantity:
        return None
    unit = answer.unit.quantity
    wanted = "bytes" if asked.kind == "bytes" else "params" if asked.quantity in _STORED else asked.quantity
    if unit in _OTHERS and wanted in _CALLED and asked.quantity != unit:
        return verdicts.wrong("unit_other", asked=_CALLED[wanted], given=_OTHERS[unit])
    if unit == wanted or wanted not in _CALLED or unit not in (*_CALLED, _RATE):
        return None
    if unit == _RATE:
        if wanted == "flops":
            return verdicts.unit("unit_rate", "flops_per_second", {"unit": answer.unit.name}, policy)
        return verdicts.wrong("unit_other", asked=_CALLED[wanted], given=(answer.unit.name, answer.unit.name))
    words = {"asked": _CALLED[wanted], "given": _CALLED[unit]}
    if {unit, wanted} == {"macs", "flops"}:
        return verdicts.unit("unit_other", unit, dict(words), policy)
    return verdicts.wrong("unit_other", asked=_CALLED[wanted], given=_CALLED[unit])


def other_unit(answer: Answered, expected: tuple[Any, ...], policy: Policy, exactly: bool = False) -> Verdict | None:
    """Return the verdict where a number is right with the other kind of prefix: powers of 1024 for those of 1000.

    `exactly`: it is no rounding with that prefix.
    """
    if answer.unit is None or not answer.is_number or not is_number(expected[0]):
        return None
    for power, prefix in enumerate(_PREFIXES, start=1):
        for factor, other, key in ((1000, 1024, "unit_binary"), (1024, 1000, "unit_decimal")):
            if answer.unit.factor != factor**power:
                continue
            ratio = Fraction(other**power, factor**power)
            value: Any = answer.values[0] * ratio
            half = None if answer.half_unit is None else answer.half_unit * ratio
            if value == expected[0] or (not exactly and rounding(value, expected[0], half) == ROUNDED):
                called = prefix + ("i" if other == 1024 else "") + "B"
                return verdicts.unit(key, called, {"unit": answer.unit.name, "other": called}, policy)
    return None
