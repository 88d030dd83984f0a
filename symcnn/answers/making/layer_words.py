"""A layer in words, as an exam tells it: `convolution with 8 filters, kernel 5×5, stride 2, padding 1, with bias`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.symbols import exact
from symcnn.analysis import Layer
from symcnn.analysis.arguments import SAME, default_value
from symcnn.answers.messages import LANGUAGES, value_text
from symcnn.formula.values import Frame, Sides
from symcnn.tree import LayerParameter

_KINDS = {
    "Conv": ("convolution", "卷积"),
    "ConvTranspose": ("transposed convolution", "转置卷积"),
    "LocallyConnected": ("locally connected layer", "局部连接层"),
    "Linear": ("fully connected layer", "全连接层"),
    "MaxPool": ("max pooling", "最大池化"),
    "AvgPool": ("average pooling", "平均池化"),
    "GlobalAvgPool": ("global average pooling", "全局平均池化"),
    "GlobalMaxPool": ("global max pooling", "全局最大池化"),
    "BatchNorm": ("batch normalisation", "批归一化"),
    "LayerNorm": ("layer normalisation", "层归一化"),
    "Flatten": ("flattening: all numbers in one row", "展平：所有数排成一行"),
    "Dropout": ("dropout", "随机失活（Dropout）"),
    "Upsample": ("upsampling", "上采样"),
    "Pad": ("padding with zeros", "零填充"),
}
_DEPTHWISE = ("depthwise convolution", "逐通道卷积")
# Beside these, arguments are said as they are called, and only where they are not the defaults.
_ARGUMENTS = {
    "out_channels": ("{} filters", "{} 个卷积核"),
    "out_features": ("{} outputs", "{} 个输出"),
    "kernel_size": ("kernel {}", "核 {}"),
    "stride": ("stride {}", "步幅 {}"),
    "padding": ("padding {} on each side", "每侧填充 {}"),
    "cut": ("padding {} on each side, which is cut off the output", "每侧填充 {}（从输出中裁去）"),
    "output_padding": ("output padding {}", "输出填充 {}"),
    "dilation": ("dilation {}", "扩张率 {}"),
    "groups": ("{} groups", "{} 组"),
}
_RENAMED = {("Linear", "out_channels"): "out_features", ("ConvTranspose", "padding"): "cut"}
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
    kind = _KINDS.get(layer.kind, (layer.kind, layer.kind))
    if layer.kind == "Conv" and layer.values["g"] == layer.values["C"] > 1:
        kind = _DEPTHWISE
    said = (words[place] for words in _said(layer))
    return (", " if language == "en" else "，").join((kind[place], *said))


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
    if (layer.kind, name) in _RENAMED:
        name = _RENAMED[layer.kind, name]
    words = _ARGUMENTS.get(name, (f"{name}={{}}", f"{name}={{}}"))
    written = _written(value, name == "kernel_size")
    return words[0].format(written), words[1].format(written)


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
