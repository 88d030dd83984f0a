"""What convolutions cost as matrix products and by Winograd's tiles, as a document."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from symcnn.algebra.symbols import exact
from symcnn.document.amounts import bytes_line, decimal
from symcnn.document.lines import alone, line, shape
from symcnn.document.words import only_english
from symcnn.formula import nodes as f
from symcnn.formula.express import express, express_shape
from symcnn.memory import ConvolutionCost, ConvolutionCosts, Winograd
from symcnn.report import Block, Document, Line, Listing, Math, Paragraph, Section

_Item = tuple[str, tuple[Line, ...]]
_NOTE = (
    "im2col copies every window into a column of a matrix. Winograd's F(m, r) makes tiles of m outputs from m + r − 1 "
    "inputs along each axis; tiles that hang over the edge are counted whole."
)


def convolution_document(*results: ConvolutionCosts, language: str = "en") -> Document:
    """Return the document of the costs of some convolutions; of one with values, the symbolic part comes first."""
    only_english(language)
    found = (part for result in results for part in (result.symbolic, result) if part is not None)
    return Document(tuple(section for part in found for section in _sections(part)))


def _sections(found: ConvolutionCosts) -> Iterator[Section]:
    for cost in found.layers:
        blocks: list[Block] = [Listing(tuple(_layer(cost))), Listing(tuple(_im2col(cost)))]
        blocks += [Listing(tuple(_winograd(way))) for way in cost.winograd]
        if cost.refused:
            blocks.append(Listing((("Winograd", (line(f"no F(m, r): {cost.refused}"),)),)))
        if cost is found.layers[-1]:
            blocks.append(Paragraph(line(_NOTE), note=True))
        net = found.memory.analysis
        values = [
            part for name, value in (net.values or {}).items() for part in (", ", Math(f.Name(name)), f" = {value}")
        ]
        yield Section(f"{net.net}: {cost.layer.path}", tuple(blocks), more=line(" at ", *values[1:]) if values else ())


def _layer(cost: ConvolutionCost) -> Iterator[_Item]:
    layer = cost.layer
    yield "input", (shape(layer.input),)
    yield "output", (shape(layer.output),)
    yield "MACs", (line(layer.macs),)


def _im2col(cost: ConvolutionCost) -> Iterator[_Item]:
    found = cost.im2col
    several = () if found.groups == 1 else line(found.groups, " times ")
    yield "im2col", ((*several, *line(_sizes(found.rows, found.depth), " by ", _sizes(found.depth, found.columns))),)
    yield "windows", ((*line(found.elements, " numbers, "), *bytes_line(cost.im2col_bytes)),)
    yield "expansion", ((*decimal(found.expansion), *line(" times the input")),)


def _times_fewer(saving: Any) -> Line:
    """Return `2.25 times fewer`, `4 times more`, or that there are as many, `no fewer`."""
    number = exact(saving)
    if number == 1:
        return line("no fewer")
    if isinstance(number, (int, Fraction)) and 0 < number < 1:
        return (*decimal(1 / Fraction(number)), *line(" times more"))
    return (*decimal(saving), *line(" times fewer"))


def _sizes(*values: Any) -> Math:
    return Math(express_shape(values))


def _winograd(found: Winograd) -> Iterator[_Item]:
    arguments = tuple(
        f.Shape(tuple(map(express, sizes))) if len(sizes) > 1 else express(sizes[0])
        for sizes in ((found.tile,) * len(found.kernel), found.kernel)
    )
    called = Math(f.Apply(f.Name("F"), arguments))
    tile = line(called, ": ", found.tile_multiplications, " multiplications of a tile, not ")
    yield (
        "Winograd",
        ((*tile, *line(found.direct_tile_multiplications, ", ", *_times_fewer(found.tile_saving))),),
    )
    yield "tiles", (line(alone(found.tiles)),)
    yield "multiplications", (line(alone(found.multiplications)),)
    yield "saving", ((*_times_fewer(found.saving), *line(" than the MACs")),)
    if found.is_stated:
        parts = (("input ", found.input_transform), (", filters ", found.filter_transform))
        words = [part for words, value in parts for part in (words, value)]
        yield "transforms", (line(*words, ", output ", found.output_transform, " operations"),)
    else:
        yield "transforms", (line("their operations are not counted here"),)
