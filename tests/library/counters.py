"""What the counting tools themselves return for a PyTorch module."""

from __future__ import annotations

import contextlib
import io
import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

Shape = tuple[int, ...]  # of the input, batch included


def fvcore(module: nn.Module, shape: Shape) -> int:
    from fvcore.nn import FlopCountAnalysis

    counter = FlopCountAnalysis(module, torch.zeros(shape))
    return int(counter.unsupported_ops_warnings(False).uncalled_modules_warnings(False).total())


def thop(module: nn.Module, shape: Shape) -> int:
    from thop import profile

    return int(profile(module, inputs=(torch.zeros(shape),), verbose=False)[0])


def ptflops(module: nn.Module, shape: Shape, backend: str = "aten") -> int:
    from ptflops import get_model_complexity_info

    found, _ = get_model_complexity_info(
        module,
        shape[1:],
        input_constructor=lambda _: torch.zeros(shape),
        print_per_layer_stat=False,
        as_strings=False,
        backend=backend,
    )
    return int(found)


def ptflops_pytorch(module: nn.Module, shape: Shape) -> int:
    return ptflops(module, shape, "pytorch")


def torchinfo(module: nn.Module, shape: Shape) -> int:
    from torchinfo import summary

    return int(summary(module, input_size=shape, verbose=0, device="cpu").total_mult_adds)


def flop_counter_mode(module: nn.Module, shape: Shape) -> int:
    counter = FlopCounterMode(display=False)
    with counter:
        module(torch.zeros(shape))
    return int(counter.get_total_flops())


def deepspeed(module: nn.Module, shape: Shape) -> int:
    from deepspeed.profiling.flops_profiler import get_model_profile

    flops, _, _ = get_model_profile(module, input_shape=shape, print_profile=False, as_string=False, warm_up=0)
    return int(flops)


TOOLS: dict[str, Callable[[nn.Module, Shape], int]] = {
    "fvcore": fvcore,
    "thop": thop,
    "ptflops": ptflops,
    "ptflops_pytorch": ptflops_pytorch,
    "torchinfo": torchinfo,
    "torch": flop_counter_mode,
    "deepspeed": deepspeed,
}


MODULES = {"ptflops_pytorch": "ptflops"}  # what the tools are imported as, if not by their names
PRESENT = tuple(tool for tool in TOOLS if find_spec(MODULES.get(tool, tool)))  # DeepSpeed need not be


class Alone(nn.Module):  # type: ignore[misc]
    """A network of one module: some tools count nothing of a module that is the whole network."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.inner(x)


def counted(tool: str, module: nn.Module, shape: Shape) -> int:
    """Return what a tool returns for a module at inference on an input of a shape, batch included."""
    with warnings.catch_warnings(), torch.no_grad(), _silent():
        warnings.simplefilter("ignore")
        return TOOLS[tool](Alone(module).eval(), shape)


@contextmanager
def _silent() -> Iterator[None]:
    before = logging.root.manager.disable
    logging.disable(logging.ERROR)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        logging.disable(before)
