"""What single convolutions of a network cost as matrix products and by Winograd's tiles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from symcnn.analysis import Layer
from symcnn.analysis.paths import layers_at
from symcnn.errors import SymcnnError, did_you_mean
from symcnn.library.standard import standard_kind
from symcnn.memory.convolution import Im2col, NoTilesError, Winograd, im2col, winograd
from symcnn.memory.footprint import Memory

_USUAL_TILES = (2, 4)  # those of the paper


@dataclass(frozen=True)
class ConvolutionCost:
    """One convolution: as matrix products, and by tiles; `refused` says why there are none."""

    layer: Layer
    im2col: Im2col
    im2col_bytes: Any  # of the matrices of windows
    winograd: tuple[Winograd, ...]
    refused: str | None = None


@dataclass(frozen=True)
class ConvolutionCosts:
    """The costs of some convolutions of a network."""

    memory: Memory
    layers: tuple[ConvolutionCost, ...]
    symbolic: ConvolutionCosts | None = field(default=None, repr=False)


def convolution_costs(found: Memory, names: Sequence[str] = (), tiles: Sequence[int] = ()) -> ConvolutionCosts:
    """Return what convolutions cost, those with these names or paths, or all; `tiles` are the m of F(m, r).

    Raises `SymcnnError` for a layer that is not there, for one that is no convolution, and where F(m, r) of a named one
    is asked for and there is none.
    """
    symbolic = None if found.symbolic is None else convolution_costs(found.symbolic, names, tiles)
    costs = tuple(_cost(layer, found, tiles, bool(names)) for layer in _chosen(found, names))
    return ConvolutionCosts(found, costs, symbolic)


def _chosen(found: Memory, names: Sequence[str]) -> tuple[Layer, ...]:
    analysis, kind = found.analysis, standard_kind("Conv")
    if not names:
        chosen = tuple(layer for layer in analysis.layers if layer.rules is kind)
        if not chosen:
            raise SymcnnError(f"{analysis.net} has no convolution")
        return chosen
    places: dict[int, Layer] = {}
    for name in names:
        layers = layers_at(analysis, name)
        if not layers:
            paths = [layer.path for layer in analysis.layers]
            hint = did_you_mean(name, paths, f"the layers are {', '.join(paths)}")
            raise SymcnnError(f"{analysis.net} has no layer '{name}'", hint=hint)
        convolutions = [layer for layer in layers if layer.rules is kind] or layers[:1]
        places |= {layer.place: layer for layer in convolutions}
    return tuple(places[place] for place in sorted(places))


def _cost(layer: Layer, found: Memory, tiles: Sequence[int], named: bool) -> ConvolutionCost:
    product = im2col(layer)
    size = found.in_bytes(product.elements)
    try:
        return ConvolutionCost(layer, product, size, tuple(winograd(layer, m) for m in tiles or _USUAL_TILES))
    except NoTilesError as error:
        if tiles and named:
            raise
        return ConvolutionCost(layer, product, size, (), (error.hint or "").partition(";")[0])
