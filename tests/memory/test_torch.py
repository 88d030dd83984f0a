"""The live set against real tensors: after every operation, the storages that PyTorch has not let go."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

import pytest

from symcnn.memory import memory
from tests.helpers import analysed

pytestmark = pytest.mark.torch

CHAIN = """net a { input 3×16×20, batch 2; Conv(8, 3, padding=1); ReLU; AvgPool(2); Conv(16, 3); ReLU; Flatten
            Linear(10); Softmax }"""
BLOCKS = """net a { input 4×9×9
            e: Conv(6, 3, padding=1); ReLU; residual { Conv(6, 3, padding=1); ReLU; Conv(6, 3, padding=1) }; ReLU
            concat e; Conv(2, 1); Flatten; Linear(5) }"""


def weights(*shape: int) -> Any:
    import torch

    return torch.empty(*shape, device="meta")


def chain(x: list[Any]) -> Any:
    from torch.nn import functional as f

    t = f.conv2d(x.pop(), weights(8, 3, 3, 3), padding=1)
    t = f.relu(t)
    t = f.avg_pool2d(t, 2)
    t = f.conv2d(t, weights(16, 8, 3, 3))
    t = f.relu(t)
    t = t.flatten(1)
    t = f.linear(t, weights(10, t.shape[1]))
    return f.softmax(t, 1)


def blocks(x: list[Any]) -> Any:
    import torch
    from torch.nn import functional as f

    e = f.conv2d(x.pop(), weights(6, 4, 3, 3), padding=1)
    t = f.relu(e)
    start, t = t, f.conv2d(t, weights(6, 6, 3, 3), padding=1)
    t = f.relu(t)
    t = f.conv2d(t, weights(6, 6, 3, 3), padding=1)
    joined = [t, start]
    del t, start
    t = torch.add(*joined)
    joined.clear()
    t = f.relu(t)
    joined = [t, e]
    del t, e
    t = torch.cat(joined, 1)
    joined.clear()
    t = f.conv2d(t, weights(2, 12, 1, 1))
    t = t.flatten(1)
    return f.linear(t, weights(5, t.shape[1]))


@pytest.mark.parametrize(("text", "run", "shape"), [(CHAIN, chain, (2, 3, 16, 20)), (BLOCKS, blocks, (1, 4, 9, 9))])
def test_bytes_that_are_not_let_go(text: str, run: Callable[[list[Any]], Any], shape: tuple[int, ...]) -> None:
    import torch
    from torch.utils._python_dispatch import TorchDispatchMode

    alive: dict[int, int] = {}
    seen: list[int] = []

    def note(tensor: Any) -> None:
        storage = tensor.untyped_storage()
        if storage._cdata not in alive:
            alive[storage._cdata] = storage.nbytes()
            weakref.finalize(storage, alive.pop, storage._cdata)

    class Watching(TorchDispatchMode):  # type: ignore[misc]
        def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            found = function(*args, **(kwargs or {}))
            if "empty" not in str(function) and "aten.t." not in str(function):
                note(found)
                seen.append(sum(alive.values()))
            return found

    with torch.no_grad():
        x = [torch.empty(*shape, device="meta")]
        note(x[0])
        with Watching():
            run(x)
    found = memory(analysed(text))
    views = [layer.live_bytes for layer in found.layers]
    assert seen == views
    assert max(seen) == found.peak_bytes
