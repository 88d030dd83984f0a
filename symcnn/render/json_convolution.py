"""What convolutions cost, as JSON: every value is a string in SymPy's spelling."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from symcnn import __version__
from symcnn.memory import ConvolutionCost, ConvolutionCosts, Winograd
from symcnn.render.json import data_text, strings

_IM2COL = ("groups", "rows", "depth", "columns", "elements", "expansion", "macs")
_WINOGRAD = ("tiles", "tile_multiplications", "direct_tile_multiplications", "tile_saving", "multiplications", "saving")
_TRANSFORMS = ("input_transform", "filter_transform", "output_transform")


def convolution_json(found: ConvolutionCosts) -> str:
    """Return the costs of some convolutions as one JSON object; with values they stand under `at`."""
    if found.symbolic is None:
        return data_text({"symcnn": __version__} | _data(found))
    values = {name: str(Fraction(value)) for name, value in (found.memory.analysis.values or {}).items()}
    return data_text({"symcnn": __version__} | _data(found.symbolic) | {"at": {"values": values} | _data(found)})


def _data(found: ConvolutionCosts) -> dict[str, Any]:
    return {
        "net": found.memory.analysis.net,
        "dtype": found.memory.storing.dtype.name,
        "layers": [_layer(cost) for cost in found.layers],
    }


def _layer(cost: ConvolutionCost) -> dict[str, Any]:
    return {
        "path": cost.layer.path,
        "im2col": {name: str(getattr(cost.im2col, name)) for name in _IM2COL} | {"bytes": str(cost.im2col_bytes)},
        "winograd": [_winograd(found) for found in cost.winograd],
        **({"refused": cost.refused} if cost.refused else {}),
    }


def _winograd(found: Winograd) -> dict[str, Any]:
    transforms = {name: str(getattr(found, name)) if found.is_stated else None for name in _TRANSFORMS}
    sizes = {"m": str(found.tile), "r": strings(found.kernel)}
    return sizes | {name: str(getattr(found, name)) for name in _WINOGRAD} | transforms
