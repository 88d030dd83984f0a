"""An example of every kind: the shortest net that has a layer of it and that can be analysed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from symcnn.analysis.analyse import analyse
from symcnn.errors import SymcnnError
from symcnn.library.kind import Kind, positional
from symcnn.source import Source
from symcnn.syntax import parse_file
from symcnn.tree import LayerParameter, Net, Network, Parameter

# Usual values of arguments; where nothing is usual, it is 2.
_USUAL = {
    "out_channels": "64",
    "out_features": "10",
    "kernel_size": "3",
    "num_heads": "8",
    "num_embeddings": "10000",
    "embedding_dim": "300",
}
_INPUTS = ("64×H×W", "64", "64×L", "1×L")


def example(found: Kind | Net) -> str:
    """Return a net with a step of this kind or block, or with the statement that makes it.

    Raises `SymcnnError` for a kind that no usual tensor fits.
    """
    for step, shape in product(_steps(found), _INPUTS):
        text = f"net example {{ input {shape};  {step} }}"
        if _works(text):
            return text
    raise SymcnnError(f"no example of {found.name} is known")


def _steps(found: Kind | Net) -> Iterator[str]:
    """Yield steps with the arguments that are needed, then with one more, where one default must be replaced."""
    if isinstance(found, Kind) and found.joint:
        yield f"{found.joint} {{ path {{ ReLU }} skip }}"
        return
    parameters: tuple[LayerParameter | Parameter, ...] = (
        found.definition.parameters if isinstance(found, Kind) else found.parameters
    )
    for least in (0, 1):
        yield _step(found.name, parameters, least)


def _step(name: str, parameters: tuple[LayerParameter | Parameter, ...], least: int) -> str:
    nameless = positional(p.name for p in parameters)
    values = [
        _USUAL.get(p.name, "2") if place < nameless else f"{p.name}={_USUAL.get(p.name, '2')}"
        for place, p in enumerate(parameters)
        if p.default is None or place < least
    ]
    return f"{name}({', '.join(values)})" if values else name


def _works(text: str) -> bool:
    try:
        file = parse_file(Source("example", text))
        analyse(Network(file, file.nets["example"]))
    except SymcnnError:
        return False
    return True
