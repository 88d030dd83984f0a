"""Verdicts on units: MB for MiB, FLOPS for FLOPs, MACs for FLOPs."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from symcnn.algebra.symbols import is_number
from symcnn.answers import verdicts
from symcnn.answers.answered import Answered, Policy
from symcnn.answers.messages import Words, quantity_words
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
    "weight_layers": ("layers with weights", "带权重的层"),
    "activations": ("activations", "激活值"),
    "operations": ("operations", "次运算"),
    "outputs": ("outputs", "输出"),
    "values": ("values", "元素"),
}
# The units beside its own in which a quantity is counted.
_COUNTED = {
    "params": (),
    "keras": ("params",),
    "buffers": ("params",),
    "weights": ("params",),
    "biases": ("params",),
    "macs": ("operations",),
    "flops": ("operations",),
    "activations": ("neurons", "outputs"),
    "neurons": ("activations", "outputs"),
    "channels": ("neurons", "outputs"),
    "weight_layers": ("layers",),
    "nonlinearities": ("layers", "activations"),
    **dict.fromkeys(("size", "height", "width", "length", "depth"), ("pixels", "neurons", "outputs")),
    **dict.fromkeys(("receptive_field", "jump", "centre"), ("pixels", "neurons")),
}
_RATE = "flops_per_second"
# The units that are right under a convention: without biases, and two operations for a multiply-add.
_OF_CONVENTIONS = {
    "macs": ("macs", "operations"),
    "flops": ("flops", "operations", _RATE),
    "bytes": ("bytes", "bits"),
}
_ALSO = {"params": ("weights",), "macs": ("flops", _RATE), "flops": ("macs", _RATE)}
_STORED = ("buffers", "keras")
_SIZES = ("size", "height", "width", "length", "depth", "receptive_field", "jump", "centre")
_PIXELS = ("pixels", "像素")


def unit_verdict(answer: Answered, asked: Question, policy: Policy) -> Verdict | None:
    """Return the verdict where the number is right and its unit is not; None where nothing is wrong with the unit."""
    if answer.unit is None or not (asked.quantity or asked.kind == "bytes"):
        return None
    unit = answer.unit.quantity
    wanted, called = _wanted(asked)
    if (unit == "values" and asked.kind != "bytes") or unit in wanted:
        return None
    if unit == _RATE:
        if "flops" in wanted:
            return verdicts.unit("unit_rate", "flops_per_second", {"unit": answer.unit.name}, policy)
        return verdicts.wrong("unit_other", asked=called, given=(answer.unit.name, answer.unit.name))
    given = _NAMES[unit]
    return verdicts.wrong("unit_other", asked=called, given=given)


def fits_convention(answer: Answered, name: str, asked: Question) -> bool:
    """Tell whether the unit of an answer is one of what a convention counts: FLOPs, and no MACs, of that of FLOPs."""
    if answer.unit is None or answer.unit.quantity == "values" or not asked.quantity or asked.kind == "bytes":
        return True
    known = _OF_CONVENTIONS.get(name) or (*_wanted(asked)[0], *_ALSO.get(asked.quantity, ()))
    return answer.unit.quantity in known


def _wanted(asked: Question) -> tuple[tuple[str, ...], Words]:
    """Return the units in which a quantity may be given, and how what is asked is called."""
    quantity = asked.quantity
    if asked.kind == "bytes":
        return ("bytes", "bits"), _CALLED["bytes"]
    wanted = (quantity, *_COUNTED.get(quantity, ()))
    if quantity in _SIZES:
        return wanted, _PIXELS
    called = _CALLED["params"] if quantity in _STORED else quantity_words(quantity)
    return wanted, _NAMES.get(quantity, called)


def other_unit(
    answer: Answered, expected: tuple[Any, ...], asked: Question, policy: Policy, exactly: bool = False
) -> Verdict | None:
    """Return the verdict where a number is right with the other kind of prefix: powers of 1024 for those of 1000.

    `exactly`: it is no rounding with that prefix.
    """
    if answer.unit is None or not answer.is_number or not is_number(expected[0]):
        return None
    if asked.quantity and answer.unit.quantity not in ("values", *_wanted(asked)[0]):
        return None  # MiB of what is no memory
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
