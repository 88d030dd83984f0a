"""A derivation as a graph of PyTorch's modules: grown along with the tensors that arrive at each of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias, TypeVar

import torch
from torch import nn

from symcnn.analysis.derivation import INPUT, Derivation, Leaf, Nest, Place

_Item = TypeVar("_Item")
Arrived: TypeAlias = torch.Tensor | None  # None: something before it could not be run


# From a layer, its path and the tensors that arrive: its module, and what leaves it.
Make: TypeAlias = Callable[[Leaf, tuple[str, ...], Sequence[Arrived]], tuple[nn.Module, Arrived]]


class Body(nn.Module):  # type: ignore[misc]
    """The items of a body, each with the places of its inputs; negative places are the body's own inputs."""

    def __init__(self, layers: Sequence[nn.Module], sources: Sequence[tuple[Place, ...]], result: Place) -> None:
        super().__init__()
        self.layers, self.sources, self.result = nn.ModuleList(layers), tuple(sources), result

    def forward(self, *inputs: torch.Tensor) -> torch.Tensor:
        """Run the items in order."""
        outputs: list[torch.Tensor] = []
        for layer, places in zip(self.layers, self.sources, strict=True):
            outputs.append(layer(*(_at(place, inputs, outputs) for place in places)))
        return _at(self.result, inputs, outputs)


class Repeated(nn.Module):  # type: ignore[misc]
    """Bodies one after the other; each hands on its output as the first of the next one's inputs."""

    def __init__(self, bodies: Sequence[Body]) -> None:
        super().__init__()
        self.bodies = nn.ModuleList(bodies)

    def forward(self, first: torch.Tensor, *others: torch.Tensor) -> torch.Tensor:
        """Run the bodies in order."""
        for body in self.bodies:
            first = body(first, *others)
        return first


def _at(place: Place, inputs: Sequence[_Item], outputs: Sequence[_Item]) -> _Item:
    return outputs[place] if place >= 0 else inputs[INPUT - place]


def grown(
    derivation: Derivation, inputs: Sequence[Arrived], make: Make, path: tuple[str, ...] = ()
) -> tuple[Body, Arrived]:
    """Return the modules of a derivation, fresh ones for each repetition, and what leaves it when `inputs` enter."""
    layers: list[nn.Module] = []
    outputs: list[Arrived] = []
    for item in derivation.items:
        tensors = [_at(place, inputs, outputs) for place in item.sources]
        within = (*path, item.name)
        layer, output = (
            make(item, within, tensors) if isinstance(item, Leaf) else _repeated(item, tensors, make, within)
        )
        layers.append(layer)
        outputs.append(output)
    body = Body(layers, [item.sources for item in derivation.items], derivation.result)
    return body, _at(derivation.result, inputs, outputs)


def _repeated(nest: Nest, tensors: Sequence[Arrived], make: Make, path: tuple[str, ...]) -> tuple[nn.Module, Arrived]:
    first, *others = tensors
    bodies = []
    for _ in range(int(nest.times)):
        body, first = grown(nest.body, [first, *others], make, path)
        bodies.append(body)
    return (bodies[0] if len(bodies) == 1 else Repeated(bodies)), first
