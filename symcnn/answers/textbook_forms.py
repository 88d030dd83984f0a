"""The small networks whose formulas textbooks print, in the letters at hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from symcnn.answers.roles import Assignment

SIZED = "ConvTo"  # a convolution to a given size

_COUNTED = ("params", "weights", "biases", "macs", "flops", "activations")
_SHAPES = ("size", "output")
# Letters for what a formula does not speak of.
_SPARE = {"size": ("H", "h", "n_0"), "in": ("C", "c", "c_0"), "out": ("M", "m", "m_0")}
# Numbers for a first look: they fit each other, and no two roles have the same.
_NUMBERS: dict[str, tuple[int, ...]] = {
    "size": (45, 58, 67),
    "in": (12,),
    "out": (20,),
    "kernel": (5, 7, 11),
    "stride": (3, 2, 4),
    "padding": (2,),
    "dilation": (2,),
    "groups": (4,),
    "output_padding": (1,),
    "output": (14, 17),
    "batch": (6,),
}
_SPARE_NUMBERS = {"size": 53, "in": 28, "out": 44}
KERNELS = ("3", "1", "5")  # where the formula has a number for it
_FIXED = "fixed kernels"  # in the place of a role


class Form(NamedTuple):
    """A network as text, with its last layer, and the quantities by which it may be known."""

    body: str
    layer: str
    quantities: tuple[str, ...]


def names_of(roles: Assignment) -> tuple[str, ...]:
    """Return the letters of a network of these roles, with those for what nothing is said of."""
    return (*(name for names in roles.values() for name in names), *(spare(role, roles) for role in _SPARE))


def numbers_of(roles: Assignment) -> dict[str, int]:
    """Return numbers for these letters, the same for the same roles."""
    given = {name: n for role, names in roles.items() for name, n in zip(names, _NUMBERS[role], strict=False)}
    return given | {spare(role, roles): number for role, number in _SPARE_NUMBERS.items()}


def spare(role: str, roles: Assignment) -> str:
    """Return a letter for what a formula does not speak of."""
    taken = {name for names in roles.values() for name in names}
    return next(name for name in _SPARE[role] if name not in taken)


def pools(roles: Assignment) -> Iterator[Form]:
    """Yield the networks of which textbooks say that nothing is counted."""
    return _pools(roles)


def forms(roles: Assignment, kernels: tuple[str, ...] = KERNELS) -> Iterator[Form]:
    """Yield the networks that symbols of these roles can be of, the likeliest first.

    `kernels` are those that are tried where no letter is one.
    """
    for need, make in _FORMS:
        if set(roles) <= need:
            yield from make(roles if "kernel" in roles else {**roles, _FIXED: kernels})


def _input(roles: Assignment, axes: bool = True) -> str:
    channels = roles.get("in", (spare("in", roles),))[0]
    sizes = roles.get("size", (spare("size", roles),)) if axes else ()
    sizes = sizes * 2 if len(sizes) == 1 else sizes  # images, unless there are more letters
    batch = f", batch {roles['batch'][0]}" if "batch" in roles else ""
    return f"input ({', '.join((channels, *sizes))}{'' if sizes else ','}){batch}"


def _arguments(roles: Assignment, *names: str) -> str:
    return "".join(f", {name}={roles[name][0]}" for name in names if name in roles)


def _outs(roles: Assignment) -> tuple[str, ...]:
    """Return the output channels, which without a letter are the input's or do not matter."""
    return roles.get("out") or ((*roles["in"], spare("out", roles)) if "in" in roles else (spare("out", roles),))


def _kernels(roles: Assignment) -> tuple[str, ...]:
    return (roles["kernel"][0],) if "kernel" in roles else roles.get(_FIXED, KERNELS)


def _convolutions(roles: Assignment) -> Iterator[Form]:
    quantities = (*_SHAPES, *_COUNTED, *(("receptive_field",) if "dilation" in roles else ()))
    more = _arguments(roles, "stride", "dilation", "groups")
    paddings = (_arguments(roles, "padding"),) if "padding" in roles else ("", ', padding="same"')
    for out in _outs(roles):
        for kernel in _kernels(roles):
            for padding in paddings:
                for bias in ("true", "false"):
                    step = f"Conv({out}, {kernel}{more}{padding}, bias={bias})"
                    yield Form(f"{_input(roles)}; {step}", "conv1", quantities)


def _sized(roles: Assignment) -> Iterator[Form]:
    """Yield convolutions whose output has letters of its own."""
    if "output" in roles:
        sizes = "×".join(roles["output"] * (2 if len(roles["output"]) == 1 else 1))
        more = _arguments(roles, "stride", "groups")
        for out in _outs(roles):
            for kernel in _kernels(roles):
                for bias in ("true", "false"):
                    step = f"{SIZED}({out}, {kernel}{more}, bias={bias}, output_size={sizes})"
                    yield Form(f"{_input(roles)}; {step}", f"{SIZED.lower()}1", _COUNTED)


def _depthwise(roles: Assignment) -> Iterator[Form]:
    for kernel in roles.get("kernel") or [k for k in _kernels(roles) if k != "1"]:
        for padding in ("", ', padding="same"'):
            for bias in ("true", "false"):
                step = f"Conv(channels, {kernel}, groups=channels{_arguments(roles, 'stride')}{padding}, bias={bias})"
                yield Form(f"{_input(roles)}; {step}", "conv1", _COUNTED)


def _transposed(roles: Assignment) -> Iterator[Form]:
    more = _arguments(roles, "stride", "padding", "output_padding", "dilation", "groups")
    for out in _outs(roles):
        for kernel in _kernels(roles):
            step = f"ConvTranspose({out}, {kernel}{more})"
            yield Form(f"{_input(roles)}; {step}", "convtranspose1", (*_SHAPES, *_COUNTED))


def _pools(roles: Assignment) -> Iterator[Form]:
    for kernel in _kernels(roles):
        step = f"MaxPool({kernel}{_arguments(roles, 'stride', 'padding', 'dilation')})"
        yield Form(f"{_input(roles)}; {step}", "maxpool1", (*_SHAPES, "params"))


def _dense(roles: Assignment) -> Iterator[Form]:
    for flat in (True, False) if "size" in roles else (False,):
        for out in _outs(roles):
            for bias in ("true", "false"):
                body = f"{_input(roles, flat)}; {'Flatten; ' if flat else ''}Linear({out}, bias={bias})"
                yield Form(body, "linear1", _COUNTED)


def _normalised(roles: Assignment) -> Iterator[Form]:
    yield Form(f"{_input(roles)}; BatchNorm", "batchnorm1", ("params", "weights", "buffers"))


def _flattened(roles: Assignment) -> Iterator[Form]:
    yield Form(f"{_input(roles)}; Flatten", "flatten1", ("output",))


def _padded(roles: Assignment) -> Iterator[Form]:
    yield Form(f"{_input(roles)}; Pad({roles['padding'][0]})", "pad1", _SHAPES)


def _stacks(roles: Assignment) -> Iterator[Form]:
    """Yield convolutions one after the other: two and three alike, or one for each letter of a kernel."""
    kernels = roles.get("kernel") or KERNELS[:1]
    strides = roles.get("stride", ("1",))
    for depth in (len(kernels),) if len(kernels) > 1 else (2, 3):
        steps = (
            f"Conv(1, {_last(kernels, i)}, stride={_last(strides, i)}{_arguments(roles, 'dilation')})"
            for i in range(depth)
        )
        yield Form(f"input (1, 9999, 9999); {'; '.join(steps)}", f"conv{depth}", ("receptive_field",))


def _last(names: tuple[str, ...], place: int) -> str:
    return names[min(place, len(names) - 1)]


# What makes networks, and the roles that it has a use for.
_WINDOW = frozenset({"size", "in", "kernel", "stride", "padding", "dilation", "batch"})
_FORMS: tuple[tuple[frozenset[str], Callable[[Assignment], Iterator[Form]]], ...] = (
    (_WINDOW | {"out", "groups"}, _convolutions),
    (_WINDOW | {"out", "groups", "output"}, _sized),
    (_WINDOW | {"out", "groups", "output_padding"}, _transposed),
    (_WINDOW, _pools),
    (frozenset({"size", "in", "batch"}), _normalised),
    (frozenset({"size", "in", "kernel", "stride", "batch"}), _depthwise),
    (frozenset({"size", "in", "out", "batch"}), _dense),
    (frozenset({"size", "in"}), _flattened),
    (frozenset({"kernel", "stride", "dilation"}), _stacks),
)
