"""A layer in words, as an exam tells it: `convolution with 8 filters, kernel 5×5, stride 2, padding 1, with bias`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sympy import true

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.symbols import exact
from symcnn.analysis import Layer
from symcnn.analysis.arguments import SAME, default_value
from symcnn.answers.messages import LANGUAGES, value_text
from symcnn.formula.values import Frame, Sides
from symcnn.tree import LayerParameter

# What arguments of these names are in all kinds; others are said as they are called in calls, and no defaults are said.
_ARGUMENTS = {
    "out_channels": ("{} filters", "{} 个卷积核"),
    "out_features": ("{} outputs", "{} 个输出"),
    "kernel_size": ("kernel {}", "核 {}"),
    "stride": ("stride {}", "步幅 {}"),
    "padding": ("padding {} on each side", "每侧填充 {}"),
    "output_padding": ("output padding {}", "输出填充 {}"),
    "dilation": ("dilation {}", "扩张率 {}"),
    "groups": ("{} groups", "{} 组"),
}
_ALWAYS = ("kernel_size", "stride", "padding", "bias")  # said though they are the defaults
_FLAGS = {
    ("bias", True): ("with bias", "带偏置"),
    ("bias", False): ("without bias", "不带偏置"),
    ("ceil_mode", True): ("sizes rounded up (ceil_mode)", "尺寸向上取整（ceil_mode）"),
    ("affine", False): ("without scale and shift", "不带缩放与平移"),
}
_NO_PADDING = ("no padding", "无填充")
_SAME = ("padding “same”", "“same” 填充")


def layer_words(layer: Layer, language: str) -> str:
    """Return a layer in words, in a language: en or zh.

    >>> from symcnn import analyse, parse
    >>> a = analyse(parse("net q { input 3×32×32; Conv(8, 5, stride=2); MaxPool(2) }")["q"])
    >>> layer_words(a.layers[0], "en")
    'convolution, 8 filters, kernel 5×5, stride 2, no padding, with bias'
    """
    place = LANGUAGES.index(language)
    kind = _called(layer, None) or (layer.kind, layer.kind)
    said = (words[place] for words in _said(layer))
    return (", " if language == "en" else "，").join((kind[place], *said))


def _called(layer: Layer, argument: str | None) -> tuple[str, str] | None:
    """Return what the layer's kind calls itself, or one of its arguments: the first words whose condition holds."""
    frame = Frame(Arithmetic(), layer.values)
    for test, words in layer.rules.called.get(argument, ()):
        if test is None or test(frame) in (True, true):
            return words.text, words.zh
    return None


def _said(layer: Layer) -> Iterator[tuple[str, str]]:
    frame, axes = Frame(Arithmetic(), layer.values), len(layer.values["n"])
    for parameter in layer.rules.definition.parameters:
        value = layer.values[parameter.symbol]
        known = parameter.name in layer.rules.defaults
        default = known and value == default_value(layer.rules, parameter, frame, axes)
        if not default or parameter.name in _ALWAYS:
            yield _argument(layer, parameter, value)


def _argument(layer: Layer, parameter: LayerParameter, value: Any) -> tuple[str, str]:
    name = parameter.name
    if name == "padding" and layer.values.get(SAME):
        return _SAME
    if (name, value) in _FLAGS and isinstance(value, bool):
        return _FLAGS[name, value]
    if name == "padding" and all(part == 0 for part in _parts(value)):
        return _NO_PADDING
    words = _called(layer, name) or _ARGUMENTS.get(name, (f"{name}={{}}", f"{name}={{}}"))
    written = _written(value, name == "kernel_size")
    english = words[0].removesuffix("s") if written == "1" and words[0].startswith("{} ") else words[0]
    return english.replace("{}", written), words[1].replace("{}", written)


def _parts(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def _written(value: Any, is_window: bool) -> str:
    """Return a value; one that is the same on all axes once, but for windows."""
    parts = [_one(part) for part in _parts(value)]
    return parts[0] if len(set(parts)) == 1 and not is_window else "×".join(parts)


def _one(value: Any) -> str:
    if isinstance(value, Sides):
        return f"({_one(value.before)}, {_one(value.after)})"
    return str(value) if isinstance(value, (str, bool)) else value_text(exact(value))
