"""Networks with blocks and joins, arranged by hand from the layers of a chain that keeps its size."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import prod

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.symbols import expression
from symcnn.analysis import Analysis, Layer
from symcnn.analysis.derivation import INPUT, Derivation, Leaf, Nest, visits
from symcnn.analysis.fields import Fields, layer_fields, output_field
from symcnn.analysis.layers import Layers
from tests.helpers import analysed

_CHAIN = "net {} {{ input C×H×H; Conv(C, 3, padding=1); ReLU; BatchNorm }}"
_JOINS = ("Add", "Concat", "Multiply")


@dataclass(frozen=True)
class Block:
    """A body of layers, blocks and joins."""

    name: str
    items: tuple[Item, ...]
    times: int = 1


@dataclass(frozen=True)
class Join:
    """An Add, Concat or Multiply of what stands in its paths."""

    name: str
    items: tuple[Item, ...]
    kind: str = "Add"


Item = str | Block | Join  # a layer is its name, which begins with conv, relu or batchnorm


def arranged(*items: Item, name: str = "a") -> Analysis:
    """Return the analysis of a network of these items."""
    chain = analysed(_CHAIN.format(name))
    assert chain.derivation is not None
    leaves = {item.kind.lower(): item for item in chain.derivation.items if isinstance(item, Leaf)}
    derivation, arithmetic = _body(items, leaves), Arithmetic()
    kinds = {layer.kind: layer for layer in chain.layers} | dict.fromkeys(_JOINS, chain.layers[1])
    found = Fields(
        lambda: output_field(derivation, arithmetic), lambda: layer_fields(derivation, arithmetic), expression
    )
    layers = tuple(
        _layer(kinds[v.leaf.kind], ".".join(v.path), prod(int(loop.count) for loop in v.loops), v.leaf, place, found)
        for place, v in enumerate(visits(derivation))
    )
    return replace(chain, derived=lambda: derivation, layers=Layers(lambda: layers), fields=found)


def _body(items: tuple[Item, ...], leaves: dict[str, Leaf]) -> Derivation:
    made: list[Leaf | Nest] = []
    for item in items:
        before = (len(made) - 1 if made else INPUT,)
        match item:
            case str():
                made.append(leaves[item.rstrip("0123456789")]._replace(name=item, sources=before))
            case Block(name, inside, times):
                made.append(Nest(name, _body(inside, leaves), times, before))
            case Join(name, inside, kind):
                made.append(Nest(name, _body(inside, leaves), 1, before))
                made.append(leaves["relu"]._replace(name=name, kind=kind, sources=(len(made) - 1,)))
    return Derivation((leaves["relu"].input,), tuple(made), len(made) - 1 if made else INPUT)


def _layer(like: Layer, path: str, times: int, leaf: Leaf, place: int, found: Fields) -> Layer:
    return replace(like, name=leaf.name, path=path, kind=leaf.kind, times=times, place=place, fields=found)


def bottleneck(project: bool) -> tuple[Item, ...]:
    """Return the items of a residual block with three convolutions."""
    path = tuple(f"{kind}{i}" for i in (1, 2, 3) for kind in ("conv", "batchnorm", "relu"))[:-1]
    paths: tuple[Item, ...] = (Block("path1", path),)
    return (Join("add1", (*paths, Block("path2", ("conv1", "batchnorm1"))) if project else paths), "relu1")


def residual_network() -> Analysis:
    """Return two stages of bottlenecks, the first of each with a projection, and a gate."""
    gate = Join("multiply1", (Block("path1", ("conv1", "relu1", "conv2")),), "Multiply")
    first, more = Block("bottleneck1", bottleneck(True)), Block("bottleneck1", bottleneck(False))
    stages = [Block(f"stage{i}", (first, Block("repeat1", (more,), times))) for i, times in ((1, 2), (2, 3))]
    tail = Block("repeat1", (Join("residual1", ("conv1", "relu1", "conv2")),), 8)
    return arranged("conv1", "batchnorm1", "relu1", *stages, gate, tail, name="residual")


def inception() -> Analysis:
    """Return a concatenation of four paths, one of them of one layer, and one that is a join of its own."""
    inner = Join("concat1", (Block("path1", ("conv1",)), Block("path2", ("conv1", "relu1"))), "Concat")
    paths = (
        Block("path1", ("conv1",)),
        Block("path2", ("conv1", "relu1", "conv2")),
        Block("path3", (Block("repeat1", ("conv1",), 2),)),
        Block("path4", ("relu1", inner)),
    )
    return arranged("conv1", Join("mixed", paths, "Concat"), "relu1", name="inception")


def deep(levels: int = 12) -> Analysis:
    """Return blocks in blocks, each with a layer of its own, every third one repeated."""
    block: Item = Block(f"level{levels}", ("conv1", "relu1"))
    for level in reversed(range(1, levels)):
        inside = Join("residual1", (block,)) if level % 4 == 0 else block
        block = Block(f"level{level}", ("conv1", inside), 2 if level % 3 == 0 else 1)
    return arranged(block, name="deep")
