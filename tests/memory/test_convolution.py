"""im2col by making the matrix, Winograd by running it with numbers that count their multiplications."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import ceil, prod
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symcnn import symbols
from symcnn.memory import convolution_costs, im2col, memory, winograd
from tests.helpers import analysed, draws, error_of

SIZES = st.integers(1, 3)


@draws(60)
@given(SIZES, st.integers(1, 3), st.integers(1, 3), st.integers(1, 2), st.integers(0, 1), st.integers(1, 2), st.data())
def test_im2col_is_the_matrix_that_is_made(
    groups: int, per_group: int, kernel: int, stride: int, padding: int, dilation: int, data: st.DataObject
) -> None:
    reach = dilation * (kernel - 1) + 1
    height, width = (data.draw(st.integers(max(1, reach), 6)) for _ in range(2))
    channels, filters = groups * per_group, groups * data.draw(SIZES)
    arguments = f"stride={stride}, padding={padding}, dilation={dilation}, groups={groups}, bias=false"
    text = f"net a {{ input {channels}×H×W; Conv({filters}, {kernel}, {arguments}) }}"
    starts = [range(-padding, size + padding - reach + 1, stride) for size in (height, width)]
    taps = [range(0, reach, dilation)] * 2
    columns = list(product(*starts))
    cells = [(c, y + i, x + j) for y, x in columns for c in range(channels) for i, j in product(*taps)]
    for found in (
        im2col(analysed(text).at(H=height, W=width).layers[0]),
        im2col(analysed(text.replace("H×W", f"{height}×{width}")).layers[0]),
    ):
        assert found.elements == len(cells)
        assert found.columns == len(columns)
        assert found.depth * found.groups * found.columns == len(cells)
        assert (found.groups, found.rows) == (groups, filters // groups)
        assert found.expansion == Fraction(len(cells), channels * height * width)
        assert found.macs == analysed(text).at(H=height, W=width).macs


class Counted:
    """A number that counts how often two such numbers are multiplied."""

    multiplications = 0

    def __init__(self, value: Fraction | int) -> None:
        self.value = Fraction(value)

    def __add__(self, other: Counted) -> Counted:
        return Counted(self.value + other.value)

    def __mul__(self, other: Counted) -> Counted:
        Counted.multiplications += 1
        return Counted(self.value * other.value)


Matrix = list[list[Any]]


def toom_cook(m: int, r: int) -> tuple[Matrix, Matrix, Matrix]:
    """Return Aᵀ, G, Bᵀ of F(m, r), by evaluating polynomials at 0, 1, −1, 2, −2, … and ∞.

    A filter is the transposed product of polynomials of degrees m − 1 and r − 1; so the rows of Bᵀ are what undoes the
    evaluation of one of degree m + r − 2.
    """
    count = m + r - 1
    points = [Fraction((n + 1) // 2 * (1 if n % 2 else -1)) for n in range(count - 1)]

    def powers(degree: int) -> Matrix:
        finite = [[point**e for e in range(degree)] for point in points]
        return [*finite, [Fraction(e == degree - 1) for e in range(degree)]]

    inverse = inverted(powers(count))
    return transposed(powers(m)), powers(r), transposed(inverse)


def inverted(matrix: Matrix) -> Matrix:
    size = len(matrix)
    rows = [[*map(Fraction, row), *(Fraction(i == j) for j in range(size))] for i, row in enumerate(matrix)]
    for column in range(size):
        pivot = next(i for i in range(column, size) if rows[i][column])
        rows[column], rows[pivot] = rows[pivot], rows[column]
        rows[column] = [x / rows[column][column] for x in rows[column]]
        for i in range(size):
            if i != column:
                rows[i] = [x - rows[i][column] * y for x, y in zip(rows[i], rows[column], strict=True)]
    return [row[size:] for row in rows]


def transposed(matrix: Matrix) -> Matrix:
    return [list(row) for row in zip(*matrix, strict=True)]


def times(left: Matrix, right: Matrix) -> Matrix:
    """Return a product, in which constants are multiplied with numbers that count, and are not counted."""
    columns = transposed(right)
    return [[total([scaled(a, b) for a, b in zip(row, column, strict=True)]) for column in columns] for row in left]


def scaled(a: Any, b: Any) -> Any:
    if isinstance(a, Counted):
        return Counted(a.value * b)
    return Counted(a * b.value) if isinstance(b, Counted) else a * b


def total(values: list[Any]) -> Any:
    found = values[0]
    for value in values[1:]:
        found = found + value
    return found


def by_tiles(image: Matrix, kernel: Matrix, m: int, r: int) -> tuple[Matrix, int]:
    """Convolve by tiles; return the output and the multiplications."""
    a, g, b = toom_cook(m, r)
    size = len(image) - r + 1
    output = [[Fraction(0)] * size for _ in range(size)]
    filtered = times(times(g, [[Counted(x) for x in row] for row in kernel]), transposed(g))
    Counted.multiplications = 0
    for top, left in product(range(0, size, m), repeat=2):
        span = range(m + r - 1)
        there = [[Counted(at(image, top + i, left + j)) for j in span] for i in span]
        tile = times(times(b, there), transposed(b))
        by_element = [[x * y for x, y in zip(*rows, strict=True)] for rows in zip(filtered, tile, strict=True)]
        done = times(times(a, by_element), transposed(a))
        for i, j in product(range(m), repeat=2):
            if top + i < size and left + j < size:
                output[top + i][left + j] = done[i][j].value
    return output, Counted.multiplications


def at(image: Matrix, y: int, x: int) -> int:
    return image[y][x] if y < len(image) and x < len(image) else 0


@draws(40)
@given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 7), st.randoms(use_true_random=False))
def test_winograd_is_run(m: int, r: int, size: int, random: Any) -> None:
    image = [[random.randint(-9, 9) for _ in range(size + r - 1)] for _ in range(size + r - 1)]
    kernel = [[random.randint(-9, 9) for _ in range(r)] for _ in range(r)]
    output, multiplications = by_tiles(image, kernel, m, r)
    span = range(r)
    direct = [
        [sum(image[y + i][x + j] * kernel[i][j] for i in span for j in span) for x in range(size)] for y in range(size)
    ]
    assert output == direct
    text = f"net a {{ input 1×H×H; Conv(1, {r}, bias=false) }}"
    found = winograd(analysed(text).at(H=size + r - 1).layers[0], m)
    assert found.multiplications == multiplications
    assert found.tile_multiplications == (m + r - 1) ** 2
    assert found.direct == size**2 * r**2
    assert found.saving == Fraction(size**2 * r**2, multiplications)


@pytest.mark.parametrize(("m", "r"), [(2, 3), (4, 3)])
def test_transforms_are_no_dearer_than_the_matrices_say(m: int, r: int) -> None:
    """The paper shares sums between the rows of a transform: it states no more than its matrices ask for."""
    found = winograd(analysed(f"net a {{ input 1×{m + r - 1}×{m + r - 1}; Conv(1, {r}, bias=false) }}").layers[0], m)
    a, g, b = toom_cook(m, r)
    sizes = [(b, m + r - 1), (g, r), (a, m + r - 1)]
    stated = [found.input_transform, found.filter_transform, found.output_transform]
    for (matrix, width), operations in zip(sizes, stated, strict=True):
        adds = sum(sum(1 for x in row if x) - 1 for row in matrix)
        scalings = sum(1 for row in matrix for x in row if x not in (0, 1, -1))
        transforms = width + len(matrix)  # of the columns of the tile, then of the rows
        assert operations <= (adds + scalings) * transforms


def test_the_transforms_of_one_axis_are_run() -> None:
    """F(2, 3) of section 4.1 written down as it is, every operation counted."""
    done: list[str] = []

    def operate(kind: str, value: Fraction) -> Fraction:
        done.append(kind)
        return value

    d, g, half = [Fraction(x) for x in (3, -5, 7, 11)], [Fraction(x) for x in (2, -3, 13)], Fraction(1, 2)
    data = [operate("data", x) for x in (d[0] - d[2], d[1] + d[2], d[2] - d[1], d[1] - d[3])]
    ends = operate("filter", g[0] + g[2])
    sums = [operate("filter", ends + g[1]), operate("filter", ends - g[1])]
    filters = [g[0], *(operate("filter", x * half) for x in sums), g[2]]
    m = [x * y for x, y in zip(data, filters, strict=True)]
    first = operate("output", operate("output", m[0] + m[1]) + m[2])
    second = operate("output", operate("output", m[1] - m[2]) - m[3])
    assert [first, second] == [sum(x * y for x, y in zip(d[i : i + 3], g, strict=True)) for i in (0, 1)]
    found = winograd(analysed("net a { input 1×4; Conv(1, 3, bias=false) }").layers[0], 2)
    counted = [found.input_transform, found.filter_transform, found.output_transform]
    assert counted == [done.count(kind) for kind in ("data", "filter", "output")]


def test_the_numbers_of_the_paper() -> None:
    """F(2×2, 3×3) needs 16 multiplications for 36, F(4×4, 3×3) 36 for 144; the transforms are those of 4.1 and 4.3."""
    (layer,) = analysed("net a { input C×H×H; Conv(K, 3, padding=1, bias=false) }").layers
    two, four = winograd(layer, 2), winograd(layer, 4)
    assert (two.tile_multiplications, two.direct_tile_multiplications, two.tile_saving) == (16, 36, Fraction(9, 4))
    assert (four.tile_multiplications, four.direct_tile_multiplications, four.tile_saving) == (36, 144, 4)
    c, h, filters = symbols("C H K")
    half = 28
    assert two.multiplications.subs({h: 56}) == 16 * c * filters * half**2
    assert two.input_transform.subs({h: 56}) == 32 * c * half**2
    assert (two.filter_transform, two.output_transform.subs({h: 56})) == (28 * c * filters, 24 * filters * half**2)
    assert (four.filter_transform, four.input_transform.subs({h: 56})) == (72 * c * filters, 156 * c * 14**2)
    assert four.output_transform.subs({h: 56}) == 90 * filters * 14**2
    assert winograd(layer, 3).input_transform is None


@pytest.mark.parametrize(("shape", "kernel"), [("C×L", "5"), ("C×D×H×W", "3"), ("C×H×W", "3×5")])
def test_axes_and_symbolic_tiles(shape: str, kernel: str) -> None:
    (layer,) = analysed(f"net a {{ input {shape}, batch N; Conv(2C, {kernel}, bias=false) }}").layers
    m = symbols("m")
    found = winograd(layer, m)
    axes = shape.count("×")
    kernels = [int(k) for k in kernel.split("×")] * (1 if "×" in kernel else axes)
    values = {"C": 3, "N": 2} | dict.fromkeys(shape.split("×")[1:], 13)
    numeric = analysed(f"net a {{ input {shape}, batch N; Conv(2C, {kernel}, bias=false) }}").at(**values)
    for tile in (1, 2, 5):
        tiles = 2 * prod(ceil((14 - k) / tile) for k in kernels)
        done = winograd(numeric.layers[0], tile)
        assert done.tiles == tiles
        assert done.multiplications == tiles * prod(tile + k - 1 for k in kernels) * 3 * 6
        put = {symbols(name): value for name, value in values.items()} | {m: tile}
        assert found.multiplications.subs(put) == done.multiplications
        assert not done.is_stated or axes == 2 or (axes, tile, kernels) == (1, 2, [3])


def test_errors() -> None:
    text = "net a {{ input 4×H×H; Conv(4, 3, {}); ReLU }}"
    for argument in ("stride=2", "dilation=2"):
        layer = analysed(text.format(argument)).layers[0]
        assert error_of(lambda layer=layer: winograd(layer)).message == "conv1 has no F(m, r)"  # type: ignore[misc]
    undecided = error_of(lambda: winograd(analysed(text.format("stride=s")).layers[0]))
    assert undecided.hint is not None
    assert undecided.hint.endswith("so assume s == 1")
    assert winograd(analysed(text.format("stride=s"), assume=["s == 1"]).layers[0]).tile == 2
    layers = analysed(text.format("padding=1")).layers
    assert "relu1 (ReLU) is no convolution" in error_of(lambda: im2col(layers[1])).message
    assert "im2col takes a layer" in error_of(lambda: im2col("conv1")).message  # type: ignore[arg-type]
    for tile in (0, -2, 1.5, True, "2"):
        assert "the tile of F(m, r)" in error_of(lambda tile=tile: winograd(layers[0], tile)).message  # type: ignore[misc]
    own = "layer Conv(m) { channels = m }\nnet a { input 3×H×H; Conv(4) }"
    assert error_of(lambda: im2col(analysed(own).layers[0])).hint == "this Conv is a kind of your own"


def test_costs_of_a_network() -> None:
    found = memory(analysed("net a { input 3×H×H; Conv(8, 3, stride=2); Conv(8, 3); ReLU }"))
    first, second = convolution_costs(found).layers
    assert (first.winograd, first.refused) == ((), "its stride is 2")
    assert [way.tile for way in second.winograd] == [2, 4]
    (only,) = convolution_costs(found, ["conv2"], [3]).layers
    assert [way.tile for way in only.winograd] == [3]
    assert only.im2col_bytes == 4 * only.im2col.elements
    assert error_of(lambda: convolution_costs(found, ["conv1"], [3])).message == "conv1 has no F(m, r)"
    assert error_of(lambda: convolution_costs(found, ["conv3"])).hint == "did you mean 'conv2'?"
    assert "no convolution" in error_of(lambda: convolution_costs(found, ["relu1"])).message
    empty = memory(analysed("net a { input 3×H×H; ReLU }"))
    assert error_of(lambda: convolution_costs(empty)).message == "a has no convolution"


@pytest.mark.torch
def test_im2col_is_unfold() -> None:
    import torch

    for kernel, stride, padding, dilation in product((1, 3), (1, 2), (0, 1), (1, 2)):
        arguments = f"stride={stride}, padding={padding}, dilation={dilation}"
        analysis = analysed(f"net a {{ input 3×9×11, batch 2; Conv(5, {kernel}, {arguments}) }}")
        unfold = torch.nn.Unfold(kernel, dilation=dilation, padding=padding, stride=stride)
        made = unfold(torch.zeros(2, 3, 9, 11))
        found = im2col(analysis.layers[0])
        assert (found.depth, found.columns) == (made.shape[1], made.shape[0] * made.shape[2])
