"""Receptive fields, output sizes and paddings against plain loops over positions."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from symcnn import SymcnnError
from symcnn.analysis.window import IDENTITY, Window, backward, forward
from tests.helpers import analysed, chain, draws, error_of

rational = st.integers(-3, 9)
windows = st.lists(st.builds(Window, st.integers(0, 9), st.integers(1, 4), rational), max_size=12)


@given(windows)
def test_forward_and_backward_agree(layers: list[Window]) -> None:
    assert forward(layers) == backward(layers)


@given(windows, windows, windows)
def test_composition_is_associative_with_a_neutral_window(a: list[Window], b: list[Window], c: list[Window]) -> None:
    first, second, third = (forward(layers) for layers in (a, b, c))
    assert first.then(second).then(third) == first.then(second.then(third))
    assert IDENTITY.then(first) == first.then(IDENTITY) == first


@given(st.builds(Window, st.integers(0, 5), st.integers(1, 3), rational), st.integers(0, 20))
def test_a_repeated_window_is_composed_so_often(window: Window, times: int) -> None:
    assert window.repeated(times) == forward([window] * times)


@dataclass(frozen=True)
class Tap:
    """One layer on one axis: where output i looks at, input by input."""

    kernel: int
    stride: int
    padding: int
    dilation: int

    def size(self, n: int) -> int:
        """Count the windows that fit, one by one."""
        count = 0
        while count * self.stride + self.dilation * (self.kernel - 1) < n + 2 * self.padding:
            count += 1
        return count

    def sees(self, output: int) -> list[int]:
        return [output * self.stride - self.padding + self.dilation * tap for tap in range(self.kernel)]

    def __str__(self) -> str:
        return f"Conv(1, {self.kernel}, stride={self.stride}, padding={self.padding}, dilation={self.dilation})"


def traced(layers: list[Tap], output: int) -> set[int]:
    """Return every input position, paddings included, that an output of the last layer depends on."""
    positions = {output}
    for layer in reversed(layers):
        positions = {seen for position in positions for seen in layer.sees(position)}
    return positions


taps = st.lists(
    st.builds(Tap, st.integers(1, 4), st.integers(1, 3), st.integers(0, 3), st.integers(1, 3)), min_size=1, max_size=4
)


@draws(150)
@given(taps, st.integers(1, 60))
def test_receptive_field_by_tracing_dependencies(layers: list[Tap], n: int) -> None:
    sizes = [n]
    for layer in layers:
        sizes.append(layer.size(sizes[-1]))
    text = chain(*map(str, layers), shape=f"1×{n}")
    if min(sizes) < 1:
        error_of(lambda: analysed(text))
        return
    a = analysed(text).at()
    first, second = traced(layers, 0), traced(layers, 1)
    assert [layer.output[1] for layer in a.layers] == sizes[1:]
    assert a.receptive_field.size == (max(first) - min(first) + 1,)
    assert a.receptive_field.jump == (min(second) - min(first),)
    assert a.receptive_field.centre == (Fraction(max(first) + min(first), 2),)


@draws(60)
@given(taps)
def test_receptive_field_of_symbols(layers: list[Tap]) -> None:
    symbols = [Tap(*(f"{name}{i}" for name in "kspd")) for i in range(len(layers))]  # type: ignore[arg-type]
    a = analysed(chain(*map(str, symbols), shape="1×L"))
    given = {
        f"{name}{i}": value
        for i, layer in enumerate(layers)
        for name, value in zip("kspd", (layer.kernel, layer.stride, layer.padding, layer.dilation), strict=True)
    }
    first = traced(layers, 0)
    at = a.at(L=10_000, **given).receptive_field
    assert (at.size, at.centre) == ((max(first) - min(first) + 1,), (Fraction(max(first) + min(first), 2),))


def tensorflow_same(n: int, k: int, s: int, d: int) -> tuple[int, int]:
    """Return TensorFlow's padding before and after, which makes ⌈n/s⌉ outputs: total = max(0, …), the odd one after."""
    effective = d * (k - 1) + 1
    total = max(effective - s, 0) if n % s == 0 else max(effective - n % s, 0)
    return total // 2, total - total // 2


@draws(200)
@given(st.integers(1, 40), st.integers(1, 7), st.integers(1, 5), st.integers(1, 3))
def test_padding_same_is_tensorflows(n: int, k: int, s: int, d: int) -> None:
    before, after = tensorflow_same(n, k, s, d)
    same, explicit = (
        analysed(chain(f"Conv(1, {k}, stride={s}, dilation={d}, padding={padding})", shape=f"1×{n}")).at()
        for padding in ('"same"', f"(({before}, {after}),)")
    )
    assert same.output == (1, -(-n // s))
    assert same.receptive_field == explicit.receptive_field
    if (n + before + after - d * (k - 1) - 1) // s + 1 == -(-n // s):  # not where a stride skips the end of the input
        assert explicit.output == same.output
    symbolic = analysed(chain('Conv(1, k, stride=s, dilation=d, padding="same")', shape="1×L"))
    assert symbolic.at(L=n, k=k, s=s, d=d).receptive_field == same.receptive_field


def pytorch_windows(n: int, k: int, s: int, p: int, d: int) -> int:
    """Count the windows of a pooling with ceil_mode: each begins inside the input or the padding before it.

    The last one may hang over the end of the padded input, by less than a stride.
    """
    count = 0
    while True:
        begin, end = count * s, count * s + d * (k - 1) + 1
        if begin >= n + p or end - (n + 2 * p) >= s:
            return count
        count += 1


@draws(300)
@given(
    st.sampled_from(["MaxPool", "AvgPool"]),
    st.integers(1, 30), st.integers(1, 6), st.integers(1, 7), st.integers(0, 3), st.integers(1, 3),
)  # fmt: skip
def test_the_last_window_of_ceil_mode(kind: str, n: int, k: int, s: int, p: int, d: int) -> None:
    assume(2 * p <= k)
    step = f"{kind}({k}, stride={s}, padding={p}, dilation={d}, ceil_mode=true)"
    count = pytorch_windows(n, k, s, p, d)
    symbolic = analysed(chain(f"{kind}(k, stride=s, padding=p, dilation=d, ceil_mode=true)", shape="1×L"))
    values = {"L": n, "k": k, "s": s, "p": p, "d": d}
    if count < 1:
        error_of(lambda: analysed(chain(step, shape=f"1×{n}")))
        error_of(lambda: symbolic.at(**values))
    else:
        assert analysed(chain(step, shape=f"1×{n}")).output == symbolic.at(**values).output == (1, count)


@pytest.mark.parametrize("size", [6, 7, 8, 9])
def test_ceil_mode_is_one_ceiling(size: int) -> None:
    a = analysed(chain("MaxPool(3, stride=2, ceil_mode=true)"))
    assert a.at(H=size, W=size).output[1] == -(-(size - 1) // 2)


def test_a_layer_that_sees_everything() -> None:
    a = analysed(chain("Conv(8, 3, stride=2, padding=1)", "GlobalAvgPool"))
    assert a.at(H=9, W=16).receptive_field.size == (11, 17)  # 5 and 8 outputs of a 3×3 window with stride 2


def test_a_vector_has_no_axes_and_keeps_what_it_saw() -> None:
    a = analysed(chain("Conv(8, 3)", "Flatten", "Linear(10)", "ReLU", shape="3×9×9"))
    assert a.receptive_field.size == (9, 9)
    assert a.layers[-1].receptive_field == a.receptive_field


def test_symbolic_sizes_that_never_fit_are_found() -> None:
    with pytest.raises(SymcnnError, match=r"never positive|would be"):
        analysed(chain("Conv(8, H + k)"))
