"""Exam questions solved from their English words alone, in plain Python: what is not said in them cannot be used."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import prod
from typing import Any

_LAYER = re.compile(r"^  (\w+): (.*)$", re.MULTILINE)


@dataclass
class Row:
    """What one layer does: its output, and what it counts."""

    shape: list[int]
    weights: int = 0
    biases: int = 0
    macs: int = 0
    field: tuple[int, ...] = ()


def solve(text: str, quantity: str, layer: str | None) -> Any:
    """Return the answer to a question whose network is told in words."""
    found = re.search(r"input of ([\d×]+)", text)
    assert found, text
    shape = list(map(int, found[1].split("×")))
    rows: dict[str, Row] = {}
    fields, jumps = [1] * (len(shape) - 1), [1] * (len(shape) - 1)
    for name, words in _LAYER.findall(text):
        rows[name] = _row(words, shape, fields, jumps)
        shape = rows[name].shape
    return _answer(list(rows.values()) if layer is None else [rows[layer]], quantity)


def _answer(rows: list[Row], quantity: str) -> Any:
    last = rows[-1]
    match quantity:
        case "output":
            return tuple(last.shape)
        case "size":
            assert len(set(last.shape[1:])) == 1
            return last.shape[1]
        case "height":
            return last.shape[1]
        case "channels":
            return last.shape[0]
        case "receptive_field":
            return last.field[0]
        case "activations":
            return sum(prod(row.shape) for row in rows)
        case "weights":
            return sum(row.weights for row in rows)
        case "params":
            return sum(row.weights + row.biases for row in rows)
        case "macs":
            return sum(row.macs for row in rows)
        case "flops":
            return sum(2 * row.macs + (prod(row.shape) if row.biases else 0) for row in rows)
    raise AssertionError(quantity)


def _number(words: str, pattern: str, otherwise: int) -> int:
    found = re.search(pattern, words)
    return int(found[1]) if found else otherwise


def windows(n: int, k: int, s: int, p: int, d: int, up: bool) -> int:
    """Count the places of a window one by one; with `up` also the last one that hangs over, if it begins inside."""
    extent = d * (k - 1) + 1
    count, start = 0, -p
    while start + extent <= n + p:
        count, start = count + 1, start + s
    if up and start + extent - s < n + p and start < n:
        count += 1
    return count


def _row(words: str, shape: list[int], fields: list[int], jumps: list[int]) -> Row:
    kind = words.split(",")[0]
    channels, sizes = shape[0], shape[1:]
    if kind == "batch normalisation":
        return Row(shape, channels, channels, 0, tuple(fields))
    if kind == "fully connected layer":
        outputs = _number(words, r"(\d+) outputs", 0)
        return Row([outputs], channels * outputs, outputs if "with bias" in words else 0, channels * outputs)
    if kind.startswith("flattening"):
        return Row([prod(shape)])
    if kind == "ReLU":
        return Row(shape, field=tuple(fields))
    return _window(kind, words, channels, sizes, fields, jumps)


def _window(kind: str, words: str, channels: int, sizes: list[int], fields: list[int], jumps: list[int]) -> Row:
    found = re.search(r"kernel ([\d×]+)", words)
    assert found, words
    kernel = list(map(int, found[1].split("×")))
    s, d = _number(words, r"stride (\d+)", 1), _number(words, r"dilation (\d+)", 1)
    p, groups = _number(words, r"padding (\d+) on each side", 0), _number(words, r"(\d+) groups", 1)
    filters = _number(words, r"(\d+) filters", channels)
    assert "stride" in words
    assert "padding" in words
    if kind == "transposed convolution":
        return _spread(channels, sizes, filters, kernel, s, p, "with bias" in words)
    after = [windows(n, k, s, p, d, "ceil_mode" in words) for n, k in zip(sizes, kernel, strict=True)]
    for axis, k in enumerate(kernel):
        fields[axis] += d * (k - 1) * jumps[axis]
        jumps[axis] *= s
    if kind == "max pooling":
        return Row([channels, *after], field=tuple(fields))
    assert kind in ("convolution", "depthwise convolution"), kind
    weights = filters * (channels // groups) * prod(kernel)
    assert ("with bias" in words) != ("without bias" in words)
    return Row([filters, *after], weights, filters * ("with bias" in words), weights * prod(after), tuple(fields))


def _spread(c: int, sizes: list[int], filters: int, kernel: list[int], s: int, p: int, bias: bool) -> Row:
    """Count the places that inputs are spread to, without what the padding cuts off."""
    after = [len({i * s + t for i in range(n) for t in range(k)}) - 2 * p for n, k in zip(sizes, kernel, strict=True)]
    weights = c * filters * prod(kernel)
    return Row([filters, *after], weights, filters * bias, weights * prod(sizes))
