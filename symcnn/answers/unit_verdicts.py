"""Verdicts on units: MB for MiB, FLOPS for FLOPs, MACs for FLOPs."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from symcnn.algebra.symbols import is_number
from symcnn.answers import verdicts
from symcnn.answers.answered import Answered, Policy
from symcnn.answers.messages import Words
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
# How what an answer counts is called beside the quantities.
_NAMES = {
    **_CALLED,
    "weights": ("weights", "权重"),
    "biases": ("biases", "偏置"),
    "neurons": ("neurons", "神经元"),
    "pixels": ("pixels", "像素"),
    "channels": ("channels", "通道"),
    "layers": ("layers", "层"),
    "activations": ("activations", "激活值"),
    "operations": ("operations", "次运算"),
}
_STORED = ("params", "weights", "biases", "buffers", "keras")
_SIZES = ("size", "height", "width", "length", "depth", "receptive_field", "jump", "centre")
_PIXELS = ("pixels", "像素")
_RATE = "flops_per_second"


def unit_verdict(answer: Answered, asked: Question, policy: Policy) -> Verdict | None:
    """Return the verdict where the number is right and its unit is not; None where nothing is wrong with the unit."""
    if answer.unit is None or not (asked.quantity or asked.kind == "bytes"):
        return None
    unit = answer.unit.quantity
    wanted, called = _wanted(asked)
    if unit == "values" or unit in wanted:
        return None
    if unit == _RATE:
        if "flops" in wanted:
            return verdicts.unit("unit_rate", "flops_per_second", {"unit": answer.unit.name}, policy)
        return verdicts.wrong("unit_other", asked=called, given=(answer.unit.name, answer.unit.name))
    given = _NAMES[unit]
    if {unit, *wanted} >= {"macs", "flops"} and policy.accepts(unit):
        return verdicts.unit("unit_other", unit, {"asked": called, "given": given}, policy)
    return verdicts.wrong("unit_other", asked=called, given=given)


def _wanted(asked: Question) -> tuple[tuple[str, ...], Words]:
    """Return the units in which a quantity may be given, and how what is asked is called."""
    quantity = asked.quantity
    if asked.kind == "bytes":
        return ("bytes", "bits"), _CALLED["bytes"]
    if quantity in _STORED:
        own = ("biases",) if quantity == "biases" else ()
        return ("params", "weights", *own), _CALLED["params"]
    if quantity in ("macs", "flops"):
        return (quantity, "operations"), _CALLED[quantity]
    if quantity in _SIZES:
        return ("pixels", "neurons"), _PIXELS
    if quantity in _CALLED:
        return (quantity,), _CALLED[quantity]
    known = _NAMES.get(quantity, (quantity.replace("_", " "), quantity))
    return tuple(name for name in _NAMES if name not in (*_CALLED, "layers")), known


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
