"""Two ways to compute a convolution, and what they cost: as a matrix product (im2col), and by Winograd's tiles."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sympy import Expr

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.symbols import Value, domain_of, exact, expression
from symcnn.analysis import Layer
from symcnn.errors import SymcnnError
from symcnn.library.standard import standard_kind

# Operations of the transforms of one tile by its number of axes, m and r: of the input, of the filter, of the output.
# Lavin & Gray 2016, Fast algorithms for convolutional neural networks, sections 4.1 and 4.3; multiplications by
# constants are operations too.
TRANSFORMS = {(1, 2, 3): (4, 5, 4), (2, 2, 3): (32, 28, 24), (2, 4, 3): (156, 72, 90)}


class NoTilesError(SymcnnError):
    """A convolution that minimal filtering is not for: its stride or dilation is not 1, or not known to be."""


@dataclass(frozen=True)
class Im2col:
    """A convolution as matrix products: the windows of the input are copied into the columns of a matrix.

    There are `groups` products of a `rows`×`depth` matrix of weights with a `depth`×`columns` matrix of windows.
    Chellapilla, Puri & Simard 2006, High performance convolutional neural networks for document processing.
    """

    groups: Any
    rows: Any  # output channels of a group
    depth: Any  # numbers in a window: C/g · ∏k
    columns: Any  # windows: output positions, the whole batch together
    inputs: Any  # numbers in the input

    @property
    def elements(self) -> Any:
        """Numbers in the matrices of windows, of all groups: what must be stored besides the input."""
        return _like(self.inputs, _product(self.groups, self.depth, self.columns))

    @property
    def expansion(self) -> Any:
        """How many times larger than the input the matrices of windows are."""
        return _like(self.inputs, _quotient(self.elements, self.inputs))

    @property
    def macs(self) -> Any:
        """Multiply–accumulates of the products: those of the convolution."""
        return _like(self.inputs, _product(self.groups, self.rows, self.depth, self.columns))


@dataclass(frozen=True)
class Winograd:
    """A convolution by minimal filtering F(m, r) along each axis: tiles of m outputs from m + r − 1 inputs.

    Lavin & Gray 2016, Fast algorithms for convolutional neural networks. The multiplications are those of elements of
    transformed tiles; the operations of the transforms are said where the paper states them, and are None elsewhere.
    """

    tile: Any  # m, outputs of a tile along an axis
    kernel: tuple[Any, ...]  # r, per axis
    tiles: Any  # ∏⌈n'/m⌉, the whole batch together
    channels: Any  # of the input
    filters: Any  # output channels
    groups: Any
    direct: Any  # multiplications of the convolution itself: its MACs

    @property
    def tile_multiplications(self) -> Any:
        """Multiplications of a tile, for one channel and one filter: ∏(m + r − 1)."""
        return _like(self.direct, _product(*(exact(self.tile) + exact(r) - 1 for r in self.kernel)))

    @property
    def direct_tile_multiplications(self) -> Any:
        """Multiplications of a tile by the convolution itself: ∏ m·r."""
        return _like(self.direct, _product(*(part for r in self.kernel for part in (self.tile, r))))

    @property
    def multiplications(self) -> Any:
        """All multiplications, those of tiles that hang over the edge too."""
        pairs = _product(self.filters, _quotient(self.channels, self.groups))
        return _like(self.direct, _product(self.tiles, pairs, self.tile_multiplications))

    @property
    def saving(self) -> Any:
        """How many times fewer multiplications there are: direct/multiplications."""
        return _like(self.direct, _quotient(self.direct, self.multiplications))

    @property
    def tile_saving(self) -> Any:
        """The same for a whole tile, which it tends to for large sizes: ∏ m·r/(m + r − 1)."""
        return _like(self.direct, _quotient(self.direct_tile_multiplications, self.tile_multiplications))

    @property
    def input_transform(self) -> Any:
        """Operations of the transforms of the input: one for each tile and channel."""
        return self._transform(0, self.tiles, self.channels)

    @property
    def filter_transform(self) -> Any:
        """Operations of the transforms of the filters, once for each filter and channel."""
        return self._transform(1, self.filters, _quotient(self.channels, self.groups))

    @property
    def output_transform(self) -> Any:
        """Operations of the transforms of the output: one for each tile and filter."""
        return self._transform(2, self.tiles, self.filters)

    @property
    def is_stated(self) -> bool:
        """Whether the paper states the operations of the transforms."""
        return self._stated is not None

    @property
    def _stated(self) -> tuple[int, int, int] | None:
        if any(size != self.kernel[0] for size in self.kernel):
            return None
        tile, kernel = exact(self.tile), exact(self.kernel[0])
        if not (isinstance(tile, int) and isinstance(kernel, int)):
            return None
        return TRANSFORMS.get((len(self.kernel), tile, kernel))

    def _transform(self, which: int, *times: Any) -> Any:
        stated = self._stated
        return None if stated is None else _like(self.direct, _product(stated[which], *times))


def im2col(layer: Layer) -> Im2col:
    """Return what a convolution costs as a matrix product. Raises `SymcnnError` for another layer.

    >>> from symcnn import analyse, parse
    >>> a = analyse(parse("net one { input 3×H×H; Conv(64, 3, padding=1) }")["one"])
    >>> found = im2col(a.layers[0])
    >>> found.rows, found.depth, found.columns, found.expansion
    (64, 27, H**2, 9)
    """
    _check(layer, "im2col")
    values, batch = layer.values, _batch(layer)
    kernel, groups = values["k"], values["g"]
    return Im2col(
        groups=_like(layer.macs, groups),
        rows=_like(layer.macs, _quotient(values["m"], groups)),
        depth=_like(layer.macs, _product(_quotient(values["C"], groups), *kernel)),
        columns=_like(layer.macs, _product(batch, *values["n'"])),
        inputs=_like(layer.macs, _product(batch, values["C"], *values["n"])),
    )


def winograd(layer: Layer, tile: int | Expr = 2) -> Winograd:
    """Return what a convolution of stride 1 and dilation 1 costs by minimal filtering with tiles of m = `tile` outputs.

    `tile` is a number or one of symcnn's own symbols. Raises `SymcnnError` for another layer, stride or dilation.

    >>> from symcnn import analyse, parse
    >>> a = analyse(parse("net one { input C×H×H; Conv(C, 3, padding=1, bias=false) }")["one"])
    >>> found = winograd(a.layers[0], 2)
    >>> found.multiplications, found.tile_saving
    (16*C**2*ceiling(H/2)**2, 9/4)
    """
    _check(layer, "Winograd")
    number = _tile(tile)
    values, arithmetic = layer.values, _arithmetic(layer)
    for symbol, name in (("s", "stride"), ("d", "dilation")):
        for value in values[symbol]:
            _require_one(arithmetic, exact(value), name, layer)
    counts = [arithmetic.ceiling(arithmetic.divide(exact(size), number)) for size in values["n'"]]
    return Winograd(
        tile=_like(layer.macs, number),
        kernel=tuple(_like(layer.macs, k) for k in values["k"]),
        tiles=_like(layer.macs, _product(_batch(layer), *counts)),
        channels=_like(layer.macs, values["C"]),
        filters=_like(layer.macs, values["m"]),
        groups=_like(layer.macs, values["g"]),
        direct=layer.macs,
    )


def _check(layer: Layer, what: str) -> None:
    if not isinstance(layer, Layer):
        raise SymcnnError(f"{what} takes a layer, not a {type(layer).__name__}", hint="as in analysis.layers[0]")
    if layer.rules is not standard_kind("Conv"):
        hint = "this Conv is a kind of your own" if layer.kind == "Conv" else None
        raise SymcnnError(f"{layer.path} ({layer.kind}) is no convolution, and {what} is of these", layer.span, hint)


def _require_one(arithmetic: Arithmetic, value: Value, name: str, layer: Layer) -> None:
    claim = arithmetic.compare("==", value, 1)
    if claim is True:
        return
    from symcnn.formula.express import shown

    hint = f"its {name} is {shown(value)}; minimal filtering is for stride 1 and dilation 1"
    if claim is not False:
        hint += f", so assume {value} == 1"
    raise NoTilesError(f"{layer.path} has no F(m, r)", layer.span, hint)


def _tile(tile: Any) -> Value:
    if isinstance(tile, Expr) and all(domain_of(s) is not None for s in tile.free_symbols) and tile.is_positive:
        return exact(tile)
    if isinstance(tile, bool) or not isinstance(tile, int) or tile < 1:
        raise SymcnnError(f"the tile of F(m, r) is {tile!r}", hint="it is a positive integer, such as 2 or 4")
    return tile


def _batch(layer: Layer) -> Value:
    return 1 if layer.counting is None else exact(layer.counting.batch)


def _arithmetic(layer: Layer) -> Arithmetic:
    return Arithmetic() if layer.counting is None else layer.counting.arithmetic


def _product(*values: Any) -> Value:
    return Arithmetic().product([exact(value) for value in values], [])


def _quotient(top: Any, bottom: Any) -> Any:
    top, bottom = exact(top), exact(bottom)
    if isinstance(top, Expr) or isinstance(bottom, Expr):
        return exact(Arithmetic().divide(top, bottom))
    return exact(Fraction(top) / Fraction(bottom))


def _like(model: Any, value: Any) -> Any:
    """Return a value as the numbers of its layer are: expressions, or integers where values were put in."""
    return expression(value) if isinstance(model, Expr) else exact(value)
