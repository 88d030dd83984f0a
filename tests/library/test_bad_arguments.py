"""Every argument of every kind out of its range, every requirement broken: the error names the argument and the rule."""

# ruff: noqa: E501 — one row of a table is one line
from __future__ import annotations

import re
from typing import Any

import pytest

from symcnn import SymcnnError
from symcnn.document.example import example
from symcnn.formula.nodes import Text, Truth
from symcnn.library.standard import standard_kind, standard_library
from symcnn.tree import LayerParameter
from tests.helpers import analysed, error_of

LIBRARY = standard_library()
KINDS = [name for name in LIBRARY.layers if not standard_kind(name).joint]
PARAMETERS = [(kind, parameter) for kind in KINDS for parameter in LIBRARY.layers[kind].parameters]
IDS = [f"{kind}.{parameter.name}" for kind, parameter in PARAMETERS]

# The least legal number of each argument; None: it has none.
LEAST: dict[str, int | None] = {
    "alpha": None, "beta": None, "cropping": 0, "dilation": 1, "downscale_factor": 1, "embedding_dim": 1, "groups": 1,
    "k": None, "kernel_size": 1, "label_smoothing": 0, "max_val": None, "min_val": None, "negative_slope": None,
    "num_embeddings": 1, "num_groups": 1, "num_heads": 1, "num_parameters": 1, "offset_groups": 1, "out_channels": 1,
    "out_features": 1, "output_padding": 0, "output_size": 1, "p": 0, "padding": 0, "scale_factor": 0, "size": 1,
    "start": 0, "stride": 1, "upscale_factor": 1,
}  # fmt: skip
# Where one kind differs: a negative Pad takes away; of an upsampling 0 is what is not given.
OWN_LEAST: dict[tuple[str, str], int | None] = {
    ("Pad", "padding"): None, ("Upsample", "size"): 0, ("SmoothL1", "beta"): 0,
}  # fmt: skip

# Steps on 4×5×5 that break a requirement between arguments, or between them and the input; guilty is what is marked.
BROKEN = """
Conv(6, 3, ‹groups=3›)                           the groups must divide the input channels
Conv(6, 3, ‹groups=4›)                           the groups must divide out_channels
ConvTranspose(6, 3, ‹groups=3›)                  the groups must divide the input channels
ConvTranspose(6, 3, ‹groups=4›)                  the groups must divide out_channels
ConvTranspose(6, 3, ‹output_padding=1›)          an output_padding is smaller than the stride or the dilation
DeformConv(6, 3, ‹groups=3›)                     the groups must divide the input channels
DeformConv(6, 3, ‹groups=4›)                     the groups must divide out_channels
DeformConv(6, 3, ‹offset_groups=3›)              the groups of offsets must divide the input channels
‹Linear(3)›                                      Flatten first, or say per_position=true
Linear(3, ‹per_position=false›)                  Flatten first, or say per_position=true
MultiheadAttention(‹3›)                          the heads must divide the channels
‹Embedding(9, embedding_dim=3)›                  an embedding wants one index for each position: input 1×L
MaxPool(3, ‹padding=2›)                          the padding of a pooling is at most half its kernel
MaxPool(3, ‹padding=((0, 3), 1)›)                a padding of a pooling is less than its kernel
AvgPool(3, ‹padding=2›)                          the padding of a pooling is at most half its kernel
AvgPool(3, ‹padding=((0, 3), 1)›)                a padding of a pooling is less than its kernel
MaxUnpool(3, ‹padding=2›)                        the padding of a pooling is at most half its kernel
Upsample(2, ‹mode="linear"›)  the mode linear is for one axis: bilinear is for two, trilinear for three
Conv(2, 5); Flatten; ‹Upsample(2)›               upsampling wants a tensor with axes, such as C×H×W
Upsample(2, ‹mode="trilinear"›)  the mode trilinear is for three axes: linear is for one, bilinear for two
Upsample(2, ‹align_corners=true›)                align_corners is of the modes that interpolate
Upsample(2, ‹size=7›)                            give a scale_factor or a size, not both
‹Upsample›                                       give a scale_factor or a size
PixelShuffle(‹3›)                                the square of upscale_factor must divide the channels
PixelUnshuffle(‹2›)                              downscale_factor must divide the sizes
Pad(‹-6›)                                        a negative padding takes away no more than there is
Pad(‹5›, mode="reflect")                         what is mirrored is less than the input
Pad(‹6›, mode="circular")                        what goes around is no more than the input
ChannelShuffle(‹3›)                              the groups must divide the channels
ChannelSplit(3, ‹start=2›)                       the split is larger than the channels
GroupNorm(‹3›)                                   the groups must divide the channels
Dropout(‹3/2›)                                   p is a probability
PReLU(‹3›)                                       num_parameters is 1 or the number of channels
CELU(‹0›)                                        alpha is not 0
Hardtanh(‹2›)                                    min_val is less than max_val
Hardtanh(min_val=1, ‹max_val=1›)                 min_val is less than max_val
ChannelSplit(3); ‹GLU›                           the channels are split in two
CrossEntropy(‹3/2›)                              label_smoothing is between 0 and 1
"""
ROWS = [re.split(r"\s{2,}", line) for line in BROKEN.strip().splitlines()]
# Modes that are for another number of axes than two.
OTHER_SHAPES = [
    ("4×5", 'Upsample(2, ‹mode="bilinear"›)', "the mode bilinear is for two axes: linear is for one, trilinear for three"),
    ("4×5", 'Upsample(2, ‹mode="bicubic"›)', "the mode bicubic is for two axes"),
    ("4×1×1", "‹InstanceNorm›", "a single position has no statistics: PyTorch refuses it, unless they are tracked"),
]  # fmt: skip


def program(kind: str, parameter: LayerParameter, value: str) -> str:
    """Return the example of a kind with this value of an argument, which is marked."""
    text = example(standard_kind(kind))
    head, _, step = text.removesuffix(" }").rpartition(";  ")
    given = [part for part in step.removeprefix(kind).strip("()").split(", ") if part]
    names = [p.name for p in LIBRARY.layers[kind].parameters]
    named = [part if "=" in part else f"{names[place]}={part}" for place, part in enumerate(given)]
    others = [part for part in named if not part.startswith(f"{parameter.name}=")]
    if (kind, parameter.name) == ("Upsample", "size"):
        others = []
    return f"{head}; {kind}({', '.join([*others, f'‹{parameter.name}={value}›'])}) }}"


def refusal(text: str) -> SymcnnError:
    """Return the error of a program, whose place must be what is marked."""
    start, end = text.index("‹"), text.index("›") - 1
    plain = text.replace("‹", "").replace("›", "")
    error = error_of(lambda: analysed(plain))
    assert error.span is not None
    place = (error.span.start, error.span.end)
    value = plain[start:end].partition("=")[2]
    assert place == (start, end) or plain[slice(*place)] == value, f"{error}"
    return error


def least(kind: str, parameter: LayerParameter) -> int | None:
    return OWN_LEAST.get((kind, parameter.name), LEAST[parameter.name])


def is_number(parameter: LayerParameter) -> bool:
    return not isinstance(parameter.default, (Truth, Text))


@pytest.mark.parametrize(("kind", "parameter"), PARAMETERS, ids=IDS)
def test_words_and_values_of_another_type(kind: str, parameter: LayerParameter) -> None:
    name, words = parameter.name, standard_kind(kind).words.get(parameter.name)
    if isinstance(parameter.default, Truth):
        for value in ("2", "-1", "1/2", "x"):
            assert f"{name} of {kind} is true or false, not " in refusal(program(kind, parameter, value)).message
        same = str(int(parameter.default.value))  # true is 1, false is 0
        analysed(program(kind, parameter, same).replace("‹", "").replace("›", ""))
        return
    message = refusal(program(kind, parameter, '"sane"')).message
    assert message == (
        f'{name} of {kind} cannot be "sane"' if words else 'a number is wanted here, not the word "sane"'
    )
    if isinstance(parameter.default, Text):
        assert refusal(program(kind, parameter, "2")).message == f"{name} of {kind} is a word, not 2"
        return
    for value in ("true", "2 > 3"):
        assert f"{name} of {kind} is a number, not " in refusal(program(kind, parameter, value)).message
    if not parameter.rational:
        error = refusal(program(kind, parameter, "7/2"))
        assert error.message == f"{name} of {kind} is 7/2, which is no integer"
    if not parameter.per_axis:
        assert refusal(program(kind, parameter, "(2, 2)")).message == "a number is wanted here, not a tuple of values"
        return
    assert refusal(program(kind, parameter, "(2, 2, 2)")).message == f"{name} has 3 values, the tensor has 2 axes"
    if name not in standard_kind(kind).sided:
        assert refusal(program(kind, parameter, "((1, 1), 1)")).message == f"{name} takes one number for each axis"


@pytest.mark.parametrize(("kind", "parameter"), PARAMETERS, ids=IDS)
def test_numbers_below_the_least(kind: str, parameter: LayerParameter) -> None:
    if not is_number(parameter) or (lowest := least(kind, parameter)) is None:
        return
    values = [lowest - 1, lowest - 8]
    for value in (*values, *(f"(1, {value})" for value in values if parameter.per_axis)):
        error = refusal(program(kind, parameter, str(value)))
        assert error.message.startswith(f"{kind}: ")
        assert error.message.removeprefix(f"{kind}: ") in hints(kind)
        assert error.hint and error.hint.startswith("it requires ")
        assert f"{parameter.symbol} ({parameter.name})" in error.hint or parameter.symbol == parameter.name
    if parameter.name in standard_kind(kind).sided:
        for pair in (f"(({lowest - 1}, 1), (0, 0))", f"((0, 0), (1, {lowest - 1}))"):
            assert refusal(program(kind, parameter, pair)).message.removeprefix(f"{kind}: ") in hints(kind)


def hints(kind: str) -> list[str]:
    return [requirement.hint or "" for requirement in LIBRARY.layers[kind].requirements]


@pytest.mark.parametrize(("shape", "step", "hint"), [*(("4×5×5", *row) for row in ROWS), *OTHER_SHAPES])
def test_broken_requirements(shape: str, step: str, hint: str) -> None:
    text = f"net a {{ input {shape}; {step} }}"
    assert refusal(text).message.partition(": ")[2] == hint


def test_no_argument_is_forgotten() -> None:
    numbers = {parameter.name for _, parameter in PARAMETERS if is_number(parameter)}
    assert numbers == set(LEAST)


def test_no_requirement_is_forgotten() -> None:
    """Each is broken by a row above, by a number below the least, or by a tensor with other axes."""
    broken: set[tuple[str, str]] = set()
    rows: list[Any] = [*(("4×5×5", *row) for row in ROWS), *OTHER_SHAPES]
    programs = [f"net a {{ input {shape}; {step} }}" for shape, step, _ in rows]
    for kind, parameter in PARAMETERS:
        if is_number(parameter) and (lowest := least(kind, parameter)) is not None:
            programs.append(program(kind, parameter, str(lowest - 1)))
    for kind in KINDS:
        step = example(standard_kind(kind)).rpartition(";  ")[2]
        programs += [f"net a {{ input {shape}; ‹{step}" for shape in ("64", "64×5")]
    for text in programs:
        try:
            analysed(text.replace("‹", "").replace("›", ""))
        except SymcnnError as error:
            kind, _, hint = error.message.partition(": ")
            broken.add((kind, hint))
    wanted = {(kind, hint) for kind in KINDS for hint in hints(kind) if hint != "an unknown mode"}
    assert not wanted - broken
