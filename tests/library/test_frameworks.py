"""Single layers as PyTorch, Keras and ONNX Runtime computed them: shape, parameters and MACs, and what they refuse."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from symcnn import SymcnnError
from tests.helpers import analysed

DATA = json.loads((Path(__file__).parents[1] / "data" / "layers.json").read_text(encoding="utf-8"))
ROWS: list[dict[str, Any]] = DATA["rows"]

# Kinds under another name, and arguments under another name; None is one that changes no number that we compare.
KINDS = {
    "AveragePool": "AvgPool",
    "AveragePooling": "AvgPool",
    "BatchNormalization": "BatchNorm",
    "Dense": "Linear",
    "GlobalAveragePooling": "GlobalAvgPool",
    "MaxPooling": "MaxPool",
}
ARGUMENTS = {
    "auto_pad": "padding",
    "center": None,
    "depth_multiplier": "multiplier",
    "dilation_rate": "dilation",
    "dilations": "dilation",
    "end_dim": None,
    "filters": "out_channels",
    "group": "groups",
    "in_channels": None,
    "in_features": None,
    "keepdims": None,
    "kernel_shape": "kernel_size",
    "num_features": None,
    "padding_mode": None,
    "pads": "padding",
    "pool_size": "kernel_size",
    "scale": None,
    "shared_axes": None,
    "start_dim": None,
    "strides": "stride",
    "units": "out_features",
    "use_bias": "bias",
}
WORDS = {"SAME_UPPER": '"same"', "SAME_LOWER": '"same"', "VALID": '"valid"', "same": '"same"', "valid": '"valid"'}

# What the language does not say, and how many rows that are.
LEFT_OUT = {
    "in_channels are inferred, so they cannot be wrong": 2,
    "Flatten takes all axes": 5,
    "BatchNorm has a scale and a shift, or neither": 1,
}
# Rows that we compute and the framework refuses, for a reason of its own, and how many.
QUIRKS = {
    "PyTorch has padding 'same' only for stride 1; here it is TensorFlow's": 3,
    "ONNX Runtime's padding 'same' forgets the dilation, or refuses it": 4,
    "ONNX Runtime refuses padding 'same' where no padding is needed": 1,
}
# Rows that the framework computes and we refuse, and how many.
REFUSED = {
    "the padding of a pooling is at most half its kernel, as in PyTorch": 2,
    "ONNX Runtime's AveragePool takes a dilated window that does not fit": 1,
}
# Why both refuse a layer.
CAUSES = ("would be", "must divide", "at most half its kernel")


def left_out(row: dict[str, Any]) -> str | None:
    """Return why a row cannot be written in the language, if it cannot."""
    args = row["args"]
    if "wrong_channels" in row.get("tags", ()):
        return "in_channels are inferred, so they cannot be wrong"
    if row["fw"] == "torch" and row["kind"] == "Flatten":
        return "Flatten takes all axes"
    if args.get("scale") is False:
        return "BatchNorm has a scale and a shift, or neither"
    return None


def channels_first(row: dict[str, Any], shape: list[int]) -> tuple[int, ...]:
    """Return channels and sizes, without the batch; Keras, and a Linear layer of PyTorch, have the channels last."""
    last = row["fw"] == "keras" or row["kind"] == "Linear"
    inner = shape if "unbatched" in row.get("tags", ()) else shape[1:]
    return (inner[-1], *inner[:-1]) if last else tuple(inner)


def program(row: dict[str, Any]) -> str:
    """Write a row in the language."""
    shape, kind = channels_first(row, row["input"]), row["kind"].replace("1D", "").replace("2D", "").replace("3D", "")
    pairs = (argument(row, name, value, len(shape) - 1) for name, value in row["args"].items())
    arguments = [f"{name}={value}" for name, value in pairs if value]
    if row["fw"] == "onnx" and kind == "Conv":
        arguments += [f"out_channels={row['weight'][0]}", "bias=false"]
    if kind in ("Linear", "Dense") and len(shape) > 1:
        arguments.append("per_position=true")
    if "shared_axes" in row["args"]:
        arguments.append(f"num_parameters={shape[0]}")
    batch = 1 if "unbatched" in row.get("tags", ()) else row["input"][0]
    step = f"{KINDS.get(kind, kind)}({', '.join(arguments)})"
    return f"net a {{ input {'×'.join(map(str, shape))}, batch {batch}; {step} }}"


def argument(row: dict[str, Any], name: str, value: Any, axes: int) -> tuple[str, str | None]:
    ours = ARGUMENTS.get(name, name)
    if ours is None or value is None:
        return "", None
    if value == "causal":
        dilation, kernel = (row["args"][key] for key in ("dilation_rate", "kernel_size"))
        reach = _first(dilation) * (_first(kernel) - 1)
        return ours, f"(({reach}, 0),)"
    if isinstance(value, str):
        return ours, WORDS[value]
    if name == "pads":
        return ours, _tuple(f"({before}, {after})" for before, after in zip(value[:axes], value[axes:], strict=True))
    if isinstance(value, list):
        return ours, _tuple(map(str, value))
    truth = isinstance(value, bool) or name in ("ceil_mode", "count_include_pad")
    return ours, str(bool(value)).lower() if truth else str(value)


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) else value


def _tuple(values: Iterable[str]) -> str:
    return "(" + "".join(f"{value}," for value in values) + ")"


def quirk(row: dict[str, Any]) -> str | None:
    """Return why only the framework refuses a row."""
    args, torch = row["args"], row["fw"] == "torch"
    if torch and args.get("padding") == "same" and args["stride"] != 1:
        return "PyTorch has padding 'same' only for stride 1; here it is TensorFlow's"
    if args.get("auto_pad", "").startswith("SAME"):
        if set(args.get("dilations", (1,))) != {1}:
            return "ONNX Runtime's padding 'same' forgets the dilation, or refuses it"
        return "ONNX Runtime refuses padding 'same' where no padding is needed"
    return None


def refused(row: dict[str, Any], error: SymcnnError) -> str | None:
    """Return why only we refuse a row."""
    if "at most half its kernel" in error.message:
        return "the padding of a pooling is at most half its kernel, as in PyTorch"
    if row["kind"] == "AveragePool" and "would be 0" in error.message:
        return "ONNX Runtime's AveragePool takes a dilated window that does not fit"
    return None


def judged(row: dict[str, Any]) -> tuple[str, str | None]:
    """Compare a row with the analysis; return what came of it and, where we differ from the framework, why."""
    if (reason := left_out(row)) is not None:
        return "left out", reason
    try:
        a = analysed(program(row)).at()
    except SymcnnError as error:
        if row["output"] is None:
            assert any(cause in error.message for cause in CAUSES), f"{program(row)}: {error}"
            return "same error", None
        assert refused(row, error), f"{program(row)}: {error}"
        return "refused", refused(row, error)
    if row["output"] is not None and a.output == expected(row):
        compare(row, a)
        return "same", None
    assert quirk(row), f"{program(row)}: {a.output}, not {row['output']}"
    return "quirk", quirk(row)


def expected(row: dict[str, Any]) -> tuple[int, ...]:
    """Return the output's channels and sizes; Keras drops the axes of a global pooling unless told to keep them."""
    if row["kind"].startswith("Global") and not row["args"]["keepdims"]:
        return (row["output"][-1], *(1 for _ in row["input"][2:]))
    return channels_first(row, row["output"])


def compare(row: dict[str, Any], a: Any) -> None:
    params = row.get("trainable_params", row.get("params"))
    assert params is None or a.params == params, program(row)
    assert "macs" not in row or a.macs == row["macs"], program(row)


@pytest.mark.parametrize("kind", sorted({f"{row['fw']} {row['kind']}" for row in ROWS}))
def test_layers_agree_with_the_framework(kind: str) -> None:
    for row in ROWS:
        if f"{row['fw']} {row['kind']}" == kind:
            judged(row)


def test_every_difference_is_counted() -> None:
    found = Counter(judged(row) for row in ROWS)
    for outcome, table in (("left out", LEFT_OUT), ("quirk", QUIRKS), ("refused", REFUSED)):
        assert {reason: found[outcome, reason] for reason in table} == table
        assert {reason for kind, reason in found if kind == outcome} <= set(table)
    assert (found["same", None], found["same error", None]) == (632, 73)
    assert len(ROWS) + sum(DATA["kinds_not_in_the_library"].values()) == 1057
