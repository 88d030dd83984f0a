"""What a number takes in memory: data types, and what optimisers keep for every parameter."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from symcnn.errors import SymcnnError, did_you_mean

_COUNTER_BYTES = 8  # PyTorch's num_batches_tracked is an int64, whatever the data type of the network is
_FULL_BYTES = 4  # what mixed precision keeps for an optimiser is float32


@dataclass(frozen=True, slots=True)
class Dtype:
    """A data type: how many bytes a number has, and whether gradients can be in it."""

    name: str
    bytes: int | Fraction
    trains: bool = False


DTYPES = {
    dtype.name: dtype
    for dtype in (
        Dtype("float64", 8, trains=True),
        Dtype("float32", 4, trains=True),
        Dtype("float16", 2, trains=True),
        Dtype("bfloat16", 2, trains=True),
        Dtype("float8", 1),
        Dtype("int32", 4),
        Dtype("int16", 2),
        Dtype("int8", 1),
        Dtype("uint8", 1),
        Dtype("int4", Fraction(1, 2)),
    )
}
_ALIASES = {"fp64": "float64", "double": "float64", "fp32": "float32", "float": "float32", "fp16": "float16"}
_ALIASES |= {"half": "float16", "bf16": "bfloat16", "fp8": "float8"}


@dataclass(frozen=True, slots=True)
class Optimizer:
    """An optimiser: how many numbers it keeps for every parameter between two steps, and what they are.

    PyTorch's counters of steps, one for each tensor of parameters, are not among them.
    """

    name: str
    numbers: int
    meaning: str


OPTIMIZERS = {
    optimizer.name: optimizer
    for optimizer in (
        Optimizer("sgd", 0, "nothing"),
        Optimizer("momentum", 1, "the velocity"),
        Optimizer("adagrad", 1, "the sum of squared gradients"),
        Optimizer("rmsprop", 1, "the mean of squared gradients"),
        Optimizer("adam", 2, "the means of gradients and of squared gradients"),
        Optimizer("adamw", 2, "the means of gradients and of squared gradients"),
    )
}


def dtype_of(name: str) -> Dtype:
    """Return a data type by its name; raises `SymcnnError`.

    >>> dtype_of("fp16").bytes, dtype_of("int4").bytes
    (2, Fraction(1, 2))
    """
    found = DTYPES.get(_ALIASES.get(name, name))
    if found is None:
        listed = f"data types are {', '.join(DTYPES)}"
        raise SymcnnError(f"unknown data type '{name}'", hint=did_you_mean(name, DTYPES, listed))
    return found


def optimizer_of(name: str) -> Optimizer:
    """Return an optimiser by its name; raises `SymcnnError`."""
    if name not in OPTIMIZERS:
        listed = f"optimisers are {', '.join(OPTIMIZERS)}"
        raise SymcnnError(f"unknown optimiser '{name}'", hint=did_you_mean(name, OPTIMIZERS, listed))
    return OPTIMIZERS[name]


@dataclass(frozen=True, slots=True)
class Storing:
    """How a network is stored: the data type of its numbers, its optimiser, and whether precision is mixed.

    With mixed precision, weights, activations and gradients are in `dtype`, and the optimiser keeps its numbers and a
    copy of the weights in float32: with Adam and float16 that makes 2 + 2 + 4 + 4 + 4 = 16 bytes for every parameter
    (Rajbhandari et al. 2020, ZeRO, section 3.1).
    """

    dtype: Dtype
    optimizer: Optimizer
    mixed: bool = False

    @property
    def bytes(self) -> int | Fraction:
        """The bytes of a number."""
        return self.dtype.bytes

    @property
    def counter_bytes(self) -> int:
        """The bytes of a counter."""
        return _COUNTER_BYTES

    @property
    def optimizer_bytes(self) -> int | Fraction:
        """The bytes that the optimiser keeps for every parameter."""
        numbers = self.optimizer.numbers
        return (numbers + 1) * _FULL_BYTES if self.mixed else numbers * self.dtype.bytes


def storing(dtype: str, optimizer: str, mixed: bool = False) -> Storing:
    """Return how a network is stored, by names; raises `SymcnnError`."""
    found = Storing(dtype_of(dtype), optimizer_of(optimizer), mixed)
    if optimizer != "sgd" and not found.dtype.trains:
        trained = ", ".join(name for name, known in DTYPES.items() if known.trains)
        hint = f"leave out the optimiser, or train in {trained}"
        raise SymcnnError(f"{dtype} has no gradients, and {optimizer} nothing to keep", hint=hint)
    if mixed and found.bytes != 2:
        raise SymcnnError(f"mixed precision is not for {dtype}", hint="it is for float16 and bfloat16")
    return found
