"""Bytes: of data types, optimisers and layers; and of real modules."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from symcnn import SymcnnError, analyse, load
from symcnn.errors import NotSupportedError
from symcnn.memory import DTYPES, OPTIMIZERS, memory
from tests.helpers import analysed, chain, error_of

SMALL = chain("Conv(8, 3)", "BatchNorm", "ReLU", "MaxPool(2)", "Flatten", "Linear(10)", shape="3×8×8")


def test_every_number_by_hand() -> None:
    found = memory(analysed(SMALL), optimizer="adam")
    weights = 8 * 27 + 8 + 16 + 10 * 72 + 10
    assert found.params == weights
    assert found.params_bytes == found.gradients_bytes == 4 * weights
    assert found.optimizer_bytes == 8 * weights
    assert found.buffers_bytes == 4 * 16 + 8
    outputs = 8 * 36 * 3 + 8 * 9 + 10
    assert (found.activations, found.activations_bytes) == (outputs, 4 * outputs)
    assert (found.peak, found.peak_layer) == (2 * 288, "batchnorm1")
    assert found.inference_bytes == 4 * weights + 72 + 4 * 576
    assert found.training_bytes == 16 * weights + 72 + 4 * (3 * 64 + outputs)
    reads = {"conv1": 192 + 224, "batchnorm1": 288 + 32, "relu1": 288, "maxpool1": 288, "linear1": 72 + 730}
    writes = {"conv1": 288, "batchnorm1": 288, "relu1": 288, "maxpool1": 72, "linear1": 10}
    assert {x.layer.path: x.reads for x in found.layers if not x.is_view} == reads
    assert {x.layer.path: x.writes for x in found.layers if not x.is_view} == writes
    assert found.access == sum(reads.values()) + sum(writes.values())
    assert found.layer("conv1").intensity == Fraction(288 * (2 * 27 + 1), 4 * (192 + 224 + 288))
    flatten = found.layer("flatten1")
    assert (flatten.reads, flatten.writes, flatten.access_bytes, flatten.intensity) == (0, 0, 0, None)


def test_a_join_reads_all_its_inputs() -> None:
    text = "net a { input 4×6×6; e: Conv(4, 1); multiply { skip; path { GlobalAvgPool; Sigmoid } }; concat e }"
    found = memory(analysed(text))
    assert found.layer("multiply1").reads == 4 * 36 + 4
    assert found.layer("concat1").reads == 2 * 4 * 36
    assert found.layer("concat1").writes == 8 * 36


def test_repetitions_read_each_time() -> None:
    found = memory(analysed(chain("Conv(4, 1, bias=false)", "repeat 5 { Conv(4, 1, bias=false) }", shape="4×3×3")))
    assert found.access == 6 * (36 + 16 + 36)


@pytest.mark.parametrize(
    ("dtype", "size"),
    [("float64", 8), ("float32", 4), ("fp16", 2), ("bfloat16", 2), ("int8", 1), ("int4", Fraction(1, 2))],
)
def test_data_types(dtype: str, size: Any) -> None:
    found = memory(analysed(SMALL), dtype)
    assert found.params_bytes == size * found.params
    assert found.peak_bytes == size * found.peak
    assert found.buffers_bytes == size * 16 + 8
    assert found.layer("conv1").intensity == Fraction(288 * 55) / (size * 704)


def test_half_a_byte_is_exact() -> None:
    found = memory(analysed(chain("Conv(1, 1, bias=false)", shape="1×1×1")), "int4").at()
    assert (found.params_bytes, found.peak_bytes) == (Fraction(1, 2), 1)


@pytest.mark.parametrize(
    ("optimizer", "numbers"), [("sgd", 0), ("momentum", 1), ("rmsprop", 1), ("adagrad", 1), ("adam", 2), ("adamw", 2)]
)
def test_optimisers(optimizer: str, numbers: int) -> None:
    found = memory(analysed(SMALL), "float64", optimizer)
    assert found.optimizer_bytes == 8 * numbers * found.params


def test_sixteen_bytes_for_each_parameter() -> None:
    found = memory(analysed(SMALL), "float16", "adam", mixed=True)
    assert found.params_bytes + found.gradients_bytes + found.optimizer_bytes == 16 * found.params


def test_errors() -> None:
    a = analysed(SMALL)
    assert error_of(lambda: memory(a, "float31")).hint == "did you mean 'float32'?"
    assert error_of(lambda: memory(a, optimizer="adamm")).hint == "did you mean 'adam'?"
    assert "mixed precision" in error_of(lambda: memory(a, mixed=True)).message
    assert "unknown" in error_of(lambda: memory(a, convention="flop")).message
    for name in ("gradients_bytes", "optimizer_bytes", "training_bytes"):
        with pytest.raises(NotSupportedError, match="training in int8"):
            getattr(memory(a, "int8"), name)
    with pytest.raises(SymcnnError, match="has no layer 'conv9'"):
        memory(a).layer("conv9")
    with pytest.raises(SymcnnError, match="no value for H"):
        memory(analysed(chain("Conv(1, 1)", shape="1×H"))).at()


def test_what_a_convention_does_not_say_is_an_error_with_the_layer() -> None:
    text = "convention part { Conv = macs }\nnet a { input 3×H×H; Conv(8, 3); MaxPool(2) }"
    found = memory(analysed(text), convention="part")
    assert found.layer("conv1").intensity is not None
    for act in (lambda: found.layer("maxpool1").intensity, lambda: found.intensity):
        assert "maxpool1 (MaxPool) is unknown" in error_of(act).message
    assert str(found.peak) == "3*H**2 + 8*(H - 2)**2"  # needs no convention


def test_values_first_or_symbols_first() -> None:
    a = analyse(load("examples/vgg16.cnn")["vgg16"])
    first, second = memory(a.at(H=64, W=96), "float16", "adam"), memory(a, "float16", "adam").at(H=64, W=96)
    for name in ("peak", "training_bytes", "inference_bytes", "access_bytes", "intensity"):
        assert getattr(first, name) == getattr(second, name)
        assert type(getattr(first, name)) in (int, Fraction)
    assert first.symbolic is not None
    assert first.symbolic.peak == memory(a).peak


@pytest.mark.torch
@pytest.mark.parametrize("optimizer", sorted(OPTIMIZERS))
@pytest.mark.parametrize("dtype", [name for name, dtype in DTYPES.items() if dtype.trains])
def test_stored_bytes_are_those_of_a_module(optimizer: str, dtype: str) -> None:
    import torch
    from torch import nn

    layers = (nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(72, 10))
    module = nn.Sequential(*layers).to(getattr(torch, dtype))
    made: dict[str, Any] = {
        "sgd": lambda p: torch.optim.SGD(p, 0.1),
        "momentum": lambda p: torch.optim.SGD(p, 0.1, momentum=0.9),
        "adagrad": torch.optim.Adagrad,
        "rmsprop": torch.optim.RMSprop,
        "adam": torch.optim.Adam,
        "adamw": torch.optim.AdamW,
    }
    stepping = made[optimizer](module.parameters())
    for parameter in module.parameters():
        parameter.grad = torch.ones_like(parameter)
    stepping.step()
    kept = [x for state in stepping.state.values() for x in state.values() if torch.is_tensor(x) and x.dim()]
    found = memory(analysed(SMALL), dtype, optimizer)
    assert found.optimizer_bytes == sum(x.nbytes for x in kept)
    assert found.params_bytes == sum(x.nbytes for x in module.parameters())
    assert found.gradients_bytes == sum(x.grad.nbytes for x in module.parameters() if x.grad is not None)
    assert found.buffers_bytes == sum(x.nbytes for x in module.buffers())
