"""Single layers as PyTorch, Keras and ONNX Runtime computed them: shape, parameters and MACs, and what they refuse."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable
from fractions import Fraction
from math import prod
from pathlib import Path
from typing import Any

import pytest

from symcnn import SymcnnError
from tests.helpers import analysed

DATA = json.loads((Path(__file__).parents[1] / "data" / "layers.json").read_text(encoding="utf-8"))
ROWS: list[dict[str, Any]] = DATA["rows"]

# Kinds under another name, and arguments under another name; None is one that changes no number that we compare.
KINDS = {
    "CircularPad": "Pad",
    "ConstantPad": "Pad",
    "Cropping": "Crop",
    "ReflectionPad": "Pad",
    "ReplicationPad": "Pad",
    "UpSampling": "Upsample",
    "ZeroPad": "Pad",
    "ZeroPadding": "Pad",
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
    "normalized_shape": None,
    "num_channels": None,
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

MODES = {"CircularPad": "circular", "ReflectionPad": "reflect", "ReplicationPad": "replicate"}
JOINS = {"Add": "add", "Concatenate": "concat", "add": "add", "cat": "concat", "mul": "multiply"}

# What the language does not say, and how many rows that are.
WITHOUT = {
    "Bilinear": "a layer of the library has one input",
    "FractionalMaxPool": "windows that are drawn at random are not in the library",
    "Fold": "what is unfolded stays on its grid here, so that nothing need be folded",
    "LPPool": "LPPool is not in the library",
    "Unflatten": "channels do not become an axis, and axes are not split",
    "chunk": "a layer has one output",
    "mean": "a mean keeps all axes, as GlobalAvgPool does, or none",
    "stack": "a join makes no new axis",
}
LEFT_OUT = {
    "a layer of the library has one input": 5,
    "windows that are drawn at random are not in the library": 2,
    "what is unfolded stays on its grid here, so that nothing need be folded": 4,
    "LPPool is not in the library": 5,
    "channels do not become an axis, and axes are not split": 4,
    "a layer has one output": 2,
    "a mean keeps all axes, as GlobalAvgPool does, or none": 2,
    "a join makes no new axis": 2,
    "concat is of channels": 3,
    "a normalisation over channels is not one over positions too": 10,
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
    "no tensor is empty": 3,
}
# Why both refuse a layer.
CAUSES = (
    "would be",
    "must divide",
    "at most half its kernel",
    "an output_padding is",
    "what is mirrored is less",
    "what goes around is no more",
    "which never agree",
)


def left_out(row: dict[str, Any]) -> str | None:
    """Return why a row cannot be written in the language, if it cannot."""
    args = row["args"]
    if (reason := WITHOUT.get(kind_of(row))) is not None:
        return reason
    if row["kind"] == "cat" and args["dim"] != 1:
        return "concat is of channels"
    if len(args.get("normalized_shape", ())) > 1:
        return "a normalisation over channels is not one over positions too"
    if "wrong_channels" in row.get("tags", ()):
        return "in_channels are inferred, so they cannot be wrong"
    if row["fw"] == "torch" and row["kind"] == "Flatten":
        return "Flatten takes all axes"
    if args.get("scale") is False:
        return "BatchNorm has a scale and a shift, or neither"
    return None


def channels_first(row: dict[str, Any], shape: list[int]) -> tuple[int, ...]:
    """Return channels and sizes, without the batch; Keras, and a Linear layer of PyTorch, have the channels last."""
    last = row["fw"] == "keras" or row["kind"] in ("Linear", "LayerNorm", "RMSNorm")
    inner = shape if "unbatched" in row.get("tags", ()) else shape[1:]
    return (inner[-1], *inner[:-1]) if last else tuple(inner)


def kind_of(row: dict[str, Any]) -> str:
    """Return the kind without its number of axes and what is given: Conv1DTranspose, Upsample2d(scale)."""
    return re.sub(r"[123][dD]|\(.*\)", "", row["kind"])


def program(row: dict[str, Any]) -> str:
    """Write a row in the language."""
    kind = kind_of(row)
    if kind in JOINS:
        return joined(row, JOINS[kind])
    shape = channels_first(row, row["input"])
    if kind in CHANGED:
        row = {**row, "args": {**row["args"], **CHANGED[kind](row, shape)}}
    pairs = (argument(row, name, value, len(shape) - 1) for name, value in row["args"].items())
    arguments = [f"{name}={value}" for name, value in pairs if value]
    if row["fw"] == "onnx" and kind == "Conv":
        arguments += [f"out_channels={row['weight'][0]}", "bias=false"]
    if row["fw"] == "onnx" and kind == "ConvTranspose":
        arguments += [f"out_channels={row['weight'][1] * row['args']['group']}", "bias=false"]
    if kind in MODES:
        arguments.append(f'mode="{MODES[kind]}"')
    if kind in ("Linear", "Dense") and len(shape) > 1:
        arguments.append("per_position=true")
    if "shared_axes" in row["args"]:
        arguments.append(f"num_parameters={shape[0]}")
    batch = 1 if "unbatched" in row.get("tags", ()) else row["input"][0]
    step = f"{KINDS.get(kind, kind)}({', '.join(arguments)})"
    return f"net a {{ input {'×'.join(map(str, shape))}, batch {batch}; {step} }}"


def joined(row: dict[str, Any], word: str) -> str:
    """Join tensors of some shapes, each made from one number: as many channels, and as large."""
    shapes = [channels_first(row, shape) for shape in row["input"]]
    paths = (f"path {{ Conv({c}, 1); Upsample(size={_tuple(map(str, sizes))}) }}" for c, *sizes in shapes)
    return f"net a {{ input 1{'×1' * (len(shapes[0]) - 1)}; {word} {{ {' '.join(paths)} }} }}"


# Arguments that follow from others and the input, as each framework says.


def transposed(row: dict[str, Any], shape: tuple[int, ...]) -> dict[str, Any]:
    """Return the paddings of a transposed convolution that its words, or its output size, stand for."""
    args, axes = row["args"], len(shape) - 1

    def each(*names: str) -> list[int]:
        value = next((args[name] for name in names if name in args), 1)
        return list(value) if isinstance(value, list) else [value] * axes

    kernel, stride = each("kernel_size", "kernel_shape"), each("stride", "strides")
    dilation = each("dilation", "dilation_rate", "dilations")
    beyond = [d * (k - 1) + 1 - s for k, s, d in zip(kernel, stride, dilation, strict=True)]
    if "output_size" in args:
        base = [s * n + b - 2 * p for n, s, b, p in zip(shape[1:], stride, beyond, each("padding"), strict=True)]
        return {"output_size": None, "output_padding": [o - b for o, b in zip(args["output_size"], base, strict=True)]}
    word = args.get("padding") if row["fw"] == "keras" else args.get("auto_pad", "")
    if not isinstance(word, str) or not word or word == "NOTSET":
        return {}
    if row["fw"] == "keras" and args.get("output_padding") is not None:
        half = [(d * (k - 1) + 1) // 2 for k, d in zip(kernel, dilation, strict=True)]
        return {"padding": half if word == "same" else 0}
    cut = [max(b, 0) if word.startswith(("same", "SAME")) else 0 for b in beyond]
    filled = [max(-b, 0) if row["fw"] == "keras" else 0 for b in beyond]  # ONNX Runtime fills nothing up
    padding = [[total // 2, total - total // 2] for total in cut]
    return {"auto_pad": None, "padding": padding, "output_padding": filled}


def padded(row: dict[str, Any], shape: tuple[int, ...]) -> dict[str, Any]:
    """PyTorch's paddings are before and after the last axis, then the one before it."""
    padding, axes = row["args"]["padding"], len(shape) - 1
    if row["fw"] == "keras" or not isinstance(padding, list):
        return {}
    return {"padding": [padding[2 * axis : 2 * axis + 2] for axis in reversed(range(axes))]}


def adaptive(row: dict[str, Any], shape: tuple[int, ...]) -> dict[str, Any]:
    """A size that is None is that of the input."""
    wanted = row["args"]["output_size"]
    if not isinstance(wanted, list):
        return {}
    return {"output_size": [n if o is None else o for n, o in zip(shape[1:], wanted, strict=True)]}


def scaled(row: dict[str, Any], _: tuple[int, ...]) -> dict[str, Any]:
    """A factor such as 0.3333333333333333 is the nearest binary fraction of 1/3, which is meant."""
    factors = row["args"].get("scale_factor")
    if factors is None:
        return {}
    factors = factors if isinstance(factors, list) else [factors] * (len(row["input"]) - 2)
    return {"scale_factor": [str(Fraction(factor).limit_denominator(100)) for factor in factors]}


CHANGED: dict[str, Callable[[dict[str, Any], tuple[int, ...]], dict[str, Any]]] = {
    "ConvTranspose": transposed,
    **dict.fromkeys(("ConstantPad", "ZeroPad", "ReflectionPad", "ReplicationPad", "CircularPad"), padded),
    **dict.fromkeys(("AdaptiveAvgPool", "AdaptiveMaxPool"), adaptive),
    "Upsample": scaled,
    "UpSampling": lambda row, _: {"size": None, "scale_factor": row["args"]["size"]},
}


def argument(row: dict[str, Any], name: str, value: Any, axes: int) -> tuple[str, str | None]:
    ours = ARGUMENTS.get(name, name)
    if ours is None or value is None:
        return "", None
    if name == "mode":
        return ours, f'"{value}"'
    if value == "causal":
        dilation, kernel = (row["args"][key] for key in ("dilation_rate", "kernel_size"))
        reach = _first(dilation) * (_first(kernel) - 1)
        return ours, f"(({reach}, 0),)"
    if isinstance(value, str):
        return ours, WORDS[value]
    if name == "pads":
        return ours, _tuple(f"({before}, {after})" for before, after in zip(value[:axes], value[axes:], strict=True))
    if isinstance(value, list):
        return ours, _tuple(_tuple(map(str, v)) if isinstance(v, list) else str(v) for v in value)
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
    if "degenerate_zero" in row.get("tags", ()) and "would be 0" in error.message:
        return "no tensor is empty"
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
    if row["output"] is not None and output_of(row, a) == expected(row):
        compare(row, a)
        return "same", None
    assert quirk(row), f"{program(row)}: {a.output}, not {row['output']}"
    return "quirk", quirk(row)


def expected(row: dict[str, Any]) -> tuple[int, ...]:
    """Return the output's channels and sizes; Keras drops the axes of a global pooling unless told to keep them."""
    if row["kind"].startswith("Global") and not row["args"]["keepdims"]:
        return (row["output"][-1], *(1 for _ in row["input"][2:]))
    return channels_first(row, row["output"])


def output_of(row: dict[str, Any], a: Any) -> tuple[int, ...]:
    """Return our output as the framework has it: PyTorch sets what is unfolded in one row."""
    output: tuple[int, ...] = a.output
    return (output[0], prod(output[1:])) if row["kind"] == "Unfold" else output


def compare(row: dict[str, Any], a: Any) -> None:
    if kind_of(row) in JOINS:
        return  # whose inputs we made ourselves
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
    assert (found["same", None], found["same error", None]) == (894, 102)
    assert len(ROWS) == 1057
