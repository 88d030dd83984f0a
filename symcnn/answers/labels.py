"""What an answer calls itself before `=` or `:`, and whether that is what was asked: `weights = 832` is no total."""

from __future__ import annotations

import re

from symcnn.answers.messages import Words
from symcnn.answers.reference import Question
from symcnn.answers.units import unit_named
from symcnn.answers.vocabulary import FALSE_WORDS, FILLERS, NEXT_LABEL, QUANTITY_WORDS

_WORD = re.compile(r"[^\W\d_][\w.\-]*'*")
_SHAPES = ("output", "shape", "size", "channels", "height", "width", "length", "depth")
_SIZES = ("height", "width", "length", "depth")
_STORED = ("params", "weights", "biases")


def other_label(label: str, asked: Question) -> Words | None:
    """Return what a label names instead of what was asked, or None where it names that, or nothing.

    One name among others that fits is enough: `output size`, `conv2 params`. Of several labels all must fit.
    """
    if not asked.quantity:
        return None
    found = (_other(_WORD.findall(one), asked) for one in label.split(NEXT_LABEL))
    return next((other for other in found if other is not None), None)


def _other(words: list[str], asked: Question) -> Words | None:
    """Return what one of the labels names instead: MACs of `params = MACs = 832`, not_params, or another layer."""
    denied = next((word for word in words if FALSE_WORDS & set(word.lower().split("_"))), None)
    if denied is not None:
        return denied, denied
    return _other_quantity(words, asked) or _other_layer(words, asked)


def _other_quantity(words: list[str], asked: Question) -> Words | None:
    if asked.kind == "bytes":
        return None
    named = {word: quantity for word in words if (quantity := _quantity(word)) is not None}
    fitting = _fitting(asked.quantity)
    if not named or any(quantity in fitting for quantity in named.values()):
        return None
    word = next(iter(named))
    return word, word


def _quantity(word: str) -> str | None:
    """Return the quantity that a word names, if it names one."""
    if word.lower() in QUANTITY_WORDS:
        return QUANTITY_WORDS[word.lower()]
    unit = unit_named(word)
    return unit.quantity if unit is not None and unit.quantity not in ("values", "outputs") else None


def _fitting(quantity: str) -> tuple[str, ...]:
    if quantity in ("params", "keras", "buffers"):
        return ("params", quantity)
    if quantity in ("output", "shape", "size"):
        return _SHAPES if quantity != "size" else (*_SIZES, "output", "shape", "size", "pixels")
    if quantity in _SIZES:
        return (quantity, "size", "output", "shape", "pixels")
    if quantity == "flops":
        return ("flops", "flops_per_second", "operations")
    if quantity == "macs":
        return ("macs", "operations")
    return (quantity,) if quantity in (*QUANTITY_WORDS.values(), *_STORED) else tuple(QUANTITY_WORDS.values())


def _other_layer(words: list[str], asked: Question) -> Words | None:
    """Return the layer that is named instead of the one that was asked about."""
    if asked.analysis is None:
        return None
    layers = [layer.path for layer in asked.analysis.layers]
    own = set(layers if asked.path is None and len(layers) == 1 else [layer.path for layer in asked.layers])
    if asked.path is None and len(layers) > 1:
        own = {layers[-1]} if asked.quantity in (*_SHAPES, "receptive_field", "jump", "centre") else set()
    named = [word for word in words if word in layers and (len(words) == 1 or word.lower() not in FILLERS)]
    if not named or any(name in own for name in named):
        return None
    return named[0], named[0]
