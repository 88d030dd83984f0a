"""The small examples that every course uses."""

# ruff: noqa: E501 — one row of the table is one line
from __future__ import annotations

import pytest

from tests.helpers import analysed, chain
from tests.programs import LENET


def test_the_network_for_digits() -> None:
    """Shapes and parameters of Conv(32,5), pool, Conv(32,3), pool, 256, 10 on 1×28×28 with valid convolutions."""
    a = analysed(LENET)
    shapes = [(32, 24, 24), (32, 24, 24), (32, 12, 12), (32, 10, 10), (32, 10, 10), (32, 5, 5), (800,)]
    assert [layer.output for layer in a.layers] == [*shapes, (256,), (256,), (10,)]
    assert [layer.params for layer in a.layers if layer.params != 0] == [832, 9248, 205_056, 2570]
    assert (a.params, a.macs) == (217_706, 1_589_760)
    dense = [a.share(layer, "params") for layer in a.layers if layer.kind == "Linear"]
    assert sum(share for share in dense if share) == pytest.approx(0.954, abs=5e-4)


# Steps, input size, sizes after each step, and the receptive field after each step.
CHAINS = [
    (["Conv(8, 5, stride=2, padding=1)", "MaxPool(3, stride=1)", "Conv(8, 3, padding=1)"], 200, [99, 97, 97], [5, 9, 13]),
    (["Conv(8, 3, stride=2)", "MaxPool(2)", "Conv(8, 3)"], 100, [49, 24, 22], [3, 5, 13]),
    (["Conv(8, 3, padding=1)"], 32, [32], [3]),
    (["MaxPool(2)"], 32, [16], [2]),
    (["Conv(8, 3)"] * 3, 32, [30, 28, 26], [3, 5, 7]),
    (["Conv(8, 7, stride=2, padding=3)", "MaxPool(3, stride=2, padding=1)"], 224, [112, 56], [7, 11]),
]  # fmt: skip


@pytest.mark.parametrize(("steps", "size", "sizes", "fields"), CHAINS)
def test_sizes_and_receptive_fields(steps: list[str], size: int, sizes: list[int], fields: list[int]) -> None:
    a = analysed(chain(*steps, shape=f"3×{size}×{size}"))
    assert [layer.output[1:] for layer in a.layers] == [(s, s) for s in sizes]
    assert [layer.receptive_field.size for layer in a.layers] == [(f, f) for f in fields]


def test_parameters_of_single_layers() -> None:
    assert analysed(chain("Conv(8, 3)")).params == (3 * 3 * 3 + 1) * 8 == 224
    assert analysed(chain("SeparableConv(4, 3)")).weights == 39
    assert (
        analysed(chain("Conv(10, 5, padding=2)", shape="3×32×32")).params == 760
    )  # and not 768,000: weights are shared


def test_textbook_flops_follow_from_macs_and_outputs() -> None:
    """f_w·f_h·n_out·(k_w·k_h·n_in + 1) for 3 → 8 channels, k = 3, on a 28×28 output."""
    a = analysed(chain("Conv(8, 3, padding=1)", shape="3×28×28"))
    assert a.macs + a.activations == 175_616
    assert a.flops == 2 * a.macs + a.activations


@pytest.mark.parametrize("n", [1, 2, 3, 5, 20])
def test_stacks_of_stride_two(n: int) -> None:
    conv = analysed(chain(*["Conv(8, 3, stride=2, padding=1)"] * n)).output[1]
    pool = analysed(chain(*["MaxPool(2)"] * n)).output[1]
    assert (str(conv), str(pool)) == (f"ceiling(H/{2**n})", f"floor(H/{2**n})")


def test_twenty_symbolic_convolutions_are_one_floor() -> None:
    size = analysed(chain(*["Conv(C, k, stride=s, padding=p)"] * 20)).output[1]
    assert str(size).count("floor") == 1


@pytest.mark.parametrize(
    ("steps", "nonlinearities"), [(["Conv(8, 1)", "ReLU"], 1), (["Conv(8, 3)"], 0), (["ReLU", "GELU", "Softmax"], 3)]
)
def test_nonlinearities(steps: list[str], nonlinearities: int) -> None:
    a = analysed(chain(*steps))
    assert a.nonlinearities == nonlinearities


def test_a_1x1_convolution_sees_what_was_seen() -> None:
    with_it, without = (analysed(chain("Conv(8, 3)", *more)) for more in (["Conv(8, 1)"], []))
    assert with_it.receptive_field == without.receptive_field
