"""Chains of layers in plain Python numbers, right or with mistakes: an oracle that shares no code with the library."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from math import floor
from typing import Any

Row = dict[str, Any]  # output, weights, biases, params, macs, flops of a layer


@dataclass(frozen=True)
class Plain:
    """A layer: its kind and its arguments, as Python reads them."""

    kind: str
    a: dict[str, int] = field(hash=False)

    @property
    def text(self) -> str:
        """Return the step in the language."""
        a = self.a
        match self.kind:
            case "Conv":
                more = f"stride={a['s']}, padding={a['p']}, dilation={a['d']}, groups={a['g']}"
                return f"Conv({a['m']}, {a['k']}, {more}, bias={'true' if a['b'] else 'false'})"
            case "MaxPool":
                return f"MaxPool({a['k']}, stride={a['s']}, padding={a['p']})"
            case "Linear":
                return f"Linear({a['m']})"
        return self.kind


class Impossible(Exception):  # noqa: N818
    """A mistake that leaves no network."""


def size_of(layer: Plain, n: int, slip: str) -> float:
    a = layer.a
    k, s, p, d = a["k"], a["s"], a["p"], a.get("d", 1)
    extent = (k - 1) * d + 1
    over = n + p + p - extent
    match slip:
        case "M01" | "maxpool.size.one":
            return over // s
        case "M02":
            return (over - p) // s + 1
        case "M03":
            return (over - p - p) // s + 1
        case "M04" | "maxpool.size.ceil":
            return -(-over // s) + 1
        case "M05":
            return (n - extent) / s + 2 * p + 1
        case "M06":
            return (n + 2 * p - d * k) // s + 1
        case "M07":
            return (n + 2 * p - k) // s + 1
        case "M08":
            return over * s + 1
        case "M09":
            return (over + 1) // s
        case "M10":
            return n // s
        case "conv.size.kept" | "maxpool.size.kept":
            return n
        case "conv.size.stride" | "maxpool.size.stride":
            return over + 1
        case "maxpool.size.twice":
            once = over // s + 1
            return (once + 2 * p - extent) // s + 1
    return over // s + 1


def conv_row(a: dict[str, int], c: int, before: tuple[int, int], after: tuple[int, int], slip: str) -> Row:
    per = a["k"] * a["k"] * (c // a["g"])
    positions = after[0] * after[1]
    weights, biases = {"M15": a["k"] ** 2, "M16": a["k"] * (c // a["g"]), "M18": a["k"] ** 2 * c}.get(slip, per), 1
    weights *= a["m"]
    if slip == "M19":
        weights = a["k"] ** 2 * c * a["m"] / a["g"] ** 2  # type: ignore[assignment]
    biases = {"M11": 0, "M12": 1, "M13": c, "M14": a["m"] * (c // a["g"])}.get(slip, a["m"]) * a["b"]
    macs = per * a["m"] * positions
    if slip == "M30":
        macs = per * a["m"] * before[0] * before[1]
    elif slip == "M31":
        macs = per * a["m"] * (after[0] // a["s"]) * (after[1] // a["s"])
    elif slip == "M32":
        macs = a["k"] ** 2 * a["m"] * positions
    elif slip == "M33":
        macs = per * a["m"] * after[0]
    elif slip == "conv.macs.positions":
        macs = per * a["m"]
    channels = c if slip == "conv.channels.kept" else a["m"]
    flops = 2 * macs + (channels * positions if biases else 0)
    if slip == "M29":
        flops = macs
    elif slip == "M34":
        flops = 2 * (weights + biases)
    params: float = weights + biases
    if slip == "M17":
        params *= positions
    elif slip == "M20":
        params = per + a["b"]
    return {"weights": weights, "biases": biases, "params": params, "macs": macs, "flops": flops}


def rows_of(layers: list[Plain], shape: tuple[int, ...], made: dict[int, str]) -> list[Row]:
    """Return the rows of a chain on a C×H×W tensor, with mistakes by the number of the layer."""
    c, *spatial = shape
    rows: list[Row] = []
    for place, layer in enumerate(layers):
        slip, a = made.get(place, ""), layer.a
        row: Row = {"weights": 0, "biases": 0, "params": 0, "macs": 0, "flops": 0}
        if layer.kind in ("Conv", "MaxPool"):
            after = [size_of(layer, n, slip) for n in spatial]
            if any(n < 1 or n != floor(n) for n in after):
                raise Impossible
            sizes = [int(n) for n in after]
            if layer.kind == "Conv":
                if c % a["g"]:
                    raise Impossible
                row = conv_row(a, c, (spatial[0], spatial[1]), (sizes[0], sizes[1]), slip)
                c = c if slip == "conv.channels.kept" else a["m"]
            elif slip == "M28":
                row |= {"weights": c * a["k"] ** 2, "params": c * a["k"] ** 2}
            spatial = sizes
        elif layer.kind == "BatchNorm":
            n = spatial[0] * spatial[1]
            params = {"M25": 2 * c * n, "M26": 4 * c, "M27": c, "batchnorm.params.none": 0}.get(slip, 2 * c)
            row |= {"weights": c, "biases": 0 if slip == "M27" else c, "params": params}
            row["flops"] = 0
        elif layer.kind == "Flatten":
            everything = c * spatial[0] * spatial[1]
            c = {"M21": c, "M22": spatial[0] * spatial[1]}.get(slip, everything)
            spatial = []
        elif layer.kind == "Linear":
            biases = {"M23": 0, "M24": c, "linear.biases.one": 1}.get(slip, a["m"])
            row |= {"weights": c * a["m"], "biases": biases, "params": c * a["m"] + biases, "macs": c * a["m"]}
            row["flops"] = 2 * row["macs"] + (a["m"] if biases else 0)
            c = a["m"]
        rows.append(row | {"output": (c, *spatial)})
    return rows


SLIPS = {
    "Conv": [
        *(f"M{i:02}" for i in (*range(1, 21), *range(29, 35))),
        *("conv.size.kept", "conv.size.stride", "conv.channels.kept", "conv.macs.positions"),
    ],
    "MaxPool": ["M28", *(f"maxpool.size.{x}" for x in ("one", "ceil", "kept", "stride", "twice"))],
    "BatchNorm": ["M25", "M26", "M27", "batchnorm.params.none"],
    "Flatten": ["M21", "M22"],
    "Linear": ["M23", "M24", "linear.biases.one"],
}


def drawn(draw: random.Random) -> tuple[list[Plain], tuple[int, ...]]:
    """Return a random chain that is possible, and its input."""
    while True:
        shape = (draw.choice([2, 4, 6]), draw.randint(12, 30), draw.randint(12, 30))
        layers = []
        for _ in range(draw.randint(1, 5)):
            layers.append(_layer(draw))
        if draw.random() < 0.5:
            layers += [Plain("Flatten", {}), Plain("Linear", {"m": draw.randint(1, 9)})]
        try:
            rows_of(layers, shape, {})
        except Impossible:
            continue
        return layers, shape


def _layer(draw: random.Random) -> Plain:
    match draw.choice(["Conv", "Conv", "MaxPool", "ReLU", "BatchNorm"]):
        case "Conv":
            a = {"k": draw.randint(1, 4), "s": draw.randint(1, 2), "p": draw.randint(0, 2), "d": draw.randint(1, 2)}
            return Plain(
                "Conv", a | {"m": draw.choice([2, 4, 6]), "g": draw.choice([1, 1, 2]), "b": draw.choice([0, 1])}
            )
        case "MaxPool":
            k = draw.randint(2, 3)
            return Plain("MaxPool", {"k": k, "s": draw.randint(1, 3), "p": draw.randint(0, k // 2)})
        case kind:
            return Plain(kind, {})
