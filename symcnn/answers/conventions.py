"""Other conventions by which the same quantity comes out differently, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from sympy import Expr

from symcnn.algebra.operations import product, total
from symcnn.algebra.polynomial import polynomial
from symcnn.algebra.symbols import Value, exact
from symcnn.answers.formula_conventions import BATCHES, BYTES, COSTS, conventions_of_formula, is_cost
from symcnn.answers.reference import Question, value_of
from symcnn.errors import SymcnnError
from symcnn.library.convention import known_conventions, standard_convention

_OPERATIONS = ("mul", "add", "cmp", "div", "exp")
UNIT_NAMES = ("KB", "MB", "GB", "TB", "PB", "KiB", "MiB", "GiB", "TiB", "PiB", "flops_per_second")
_STORED = ("weights", "biases", "params", "buffers", "keras")
_SIZES_OF = ("size", "channels", "height", "width", "length", "depth", "receptive_field", "jump", "centre")
_SAMPLED = ("activations", "neurons", "connections", "nonlinearities")


@dataclass(frozen=True)
class Convention:
    """What a quantity is under another convention; `texts` say in English and Chinese what it does differently."""

    name: str
    value: Any
    texts: tuple[str, str]


_TEXTS = {
    "macs": ("it counts one for each multiply–accumulate (MACs)", "每次乘加计一次（MACs）"),
    "flops": (
        "it counts multiplications and additions apart (FLOPs), two for each multiply–accumulate",
        "乘法与加法分开计数（FLOPs），每次乘加计两次",
    ),
    "two_macs": (
        "it counts two operations for each multiply–accumulate, and none for a bias",
        "每次乘加计两次运算，不计偏置的加法",
    ),
    "bias_mac": ("it counts a bias as one more multiply–accumulate", "把偏置也计为一次乘加"),
    "mul_add": ("it counts n − 1 additions for n products, 2n − 1 in all", "n 个乘积只需 n − 1 次加法，共 2n − 1 次"),
    "madd": ("it counts multiplications and additions one by one", "乘法与加法逐个计数"),
    "no_bias": ("it leaves the biases out", "没有计入偏置"),
    "bias": ("it counts the biases too", "把偏置也计入"),
    "running_statistics": (
        "it counts the running means and variances of batch normalisation, which are stored but not learned",
        "计入了批归一化的滑动均值与方差（它们被保存，但不是学习得到的）",
    ),
    "learned_only": (
        "it counts what is learned, without the running means and variances",
        "只计可学习的参数，不含滑动均值与方差",
    ),
    "one_sample": ("it is of one sample and not of the whole batch", "只计一个样本，而不是整个批次"),
    "training": (
        "it counts a training step, forward and backward, as three times the forward pass",
        "按训练一步计（前向加反向约为前向的三倍）",
    ),
    "bytes": ("it is in bytes, four for each number", "以字节为单位，每个数四字节"),
    "elements": ("it is the number of values and not of bytes", "给出的是元素个数，而不是字节数"),
    "ceil_mode": ("it rounds the sizes of poolings the other way (ceil_mode)", "池化尺寸按另一种方式取整（ceil_mode）"),
    "whole_batch": ("it counts the whole batch and not one sample", "计入了整个批次，而不是一个样本"),
    "channels_last": ("it has the channels last, as in TensorFlow", "通道写在最后（如 TensorFlow）"),
    "batch": ("it has the batch as its first axis", "第一维是批大小"),
    "no_batch": ("it leaves the batch axis out", "省略了批的一维"),
    "with_channels": ("it gives the channels beside the sizes", "除尺寸外还给出了通道数"),
    "sizes_only": ("it leaves the channels out", "省略了通道数"),
}
_TOOL = ("it counts as the convention {0} does", "按约定 {0} 计数")


def convention(name: str, value: Any) -> Convention:
    """Return a convention by its name; one of the library that needs no words of its own is called by its name."""
    texts = _TEXTS.get(name) or (_TOOL[0].format(name), _TOOL[1].format(name))
    return Convention(name, value, texts)


def conventions(asked: Question) -> Iterator[Convention]:
    """Yield other conventions for a question with their values, those that people mean most often first."""
    if asked.free:  # only the batch has a letter that the question need not have
        yield from _whole_batch(asked)
        return
    if asked.kind == "shape":
        yield from _of_shapes(asked)
    elif asked.layers:
        yield from _of_analysis(asked)
    else:
        for name, value in conventions_of_formula(asked):
            yield convention(name, value)
    yield from _whole_batch(asked)
    yield from _other_rounding(asked)


def _whole_batch(asked: Question) -> Iterator[Convention]:
    """Yield what has a batch too, where the answer has a letter for it that the right value has not."""
    parts = asked.value if isinstance(asked.value, tuple) else (asked.value,)
    own = {s.name for part in parts if isinstance(part, Expr) for s in part.free_symbols}
    batches = [s for name, s in asked.given.symbols.items() if name in BATCHES and name not in own]
    if asked.kind == "shape":
        if asked.quantity in ("", "output", "shape"):
            yield from (convention("batch", (batch, *asked.value)) for batch in batches)
    elif asked.quantity not in (*_STORED, *_SIZES_OF) and (asked.quantity or is_cost(polynomial(asked.value))):
        yield from (convention("whole_batch", product((asked.value, batch))) for batch in batches)


def _other_rounding(asked: Question) -> Iterator[Convention]:
    from symcnn.answers.ceil_mode import in_other_mode  # derives the network again

    if asked.analysis is None or (asked.path is not None and len(asked.layers) > 1):
        return
    path, quantity = None if asked.path is None else asked.layers[0].path, asked.quantity
    try:
        value = in_other_mode(asked.analysis, path, {"shape": "output"}.get(quantity, quantity))
    except SymcnnError:
        return
    if value is not None:
        parts = value if isinstance(value, tuple) else (value,)
        built = tuple(asked.given.rebuilt(exact(part)) for part in parts)
        yield convention("ceil_mode", built if asked.kind == "shape" else built[0])


def _of_shapes(asked: Question) -> Iterator[Convention]:
    shape = asked.value
    channelled = asked.quantity in ("output", "shape", "")
    if channelled and len(shape) > 2:
        yield convention("channels_last", (*shape[1:], shape[0]))
        if not asked.layers and len(shape) == 4:  # a batch comes first
            yield convention("channels_last", (shape[0], *shape[2:], shape[1]))
            yield convention("no_batch", shape[1:])
        elif asked.layers or len(shape) == 3:
            yield convention("sizes_only", shape[1:])
    batch = None if asked.analysis is None else asked.analysis.batch
    if asked.quantity in ("output", "shape"):
        yield convention("batch", (1 if batch is None else exact(batch), *shape))
    if asked.layers and asked.quantity == "size":
        yield convention("with_channels", tuple(exact(s) for s in asked.layers[-1].output))


def _of_analysis(asked: Question) -> Iterator[Convention]:
    if asked.quantity == "size":
        yield convention("with_channels", tuple(exact(s) for s in asked.layers[-1].output))
    name, batch = asked.quantity, asked.analysis.batch if asked.analysis is not None else None
    if asked.kind == "bytes":
        yield from _built(asked, "elements", lambda: _counted(asked, name))
    if name in ("params", "weights"):
        other = "weights" if name == "params" else "params"
        yield from _built(asked, "no_bias" if name == "params" else "bias", lambda: _counted(asked, other))
        with_buffers = ("running_statistics", lambda: total((_counted(asked, "params"), _counted(asked, "buffers"))))
        yield from _built(asked, *with_buffers)
    elif name not in (*_STORED, *_SAMPLED) and name in known_costs():
        yield from _costs(asked)
    if batch is not None and name not in _STORED:
        yield from _built(asked, "one_sample", lambda: product((asked.value, 1 / batch)))
    if asked.kind != "bytes" and (name in _STORED or name == "activations"):
        yield from _built(asked, "bytes", lambda: product((BYTES, asked.value)))


def known_costs() -> tuple[str, ...]:
    """Return the names of the conventions that count operations, `macs` and `flops` first."""
    found = (name for name in known_conventions() if name not in (*COSTS, *_OPERATIONS))
    return (*COSTS, *(name for name in found if not standard_convention(name).stored))


def known_names() -> tuple[str, ...]:
    """Return the names of all conventions that a question may accept."""
    return tuple(dict.fromkeys((*_TEXTS, *UNIT_NAMES, *known_conventions())))


def _costs(asked: Question) -> Iterator[Convention]:
    names = known_costs()
    for name in COSTS:
        yield from _built(asked, name, partial(_counted, asked, name))
    yield from _built(asked, "two_macs", lambda: product((2, _counted(asked, "macs"))))
    yield from _built(asked, "training", lambda: product((3, asked.value)))
    for name in names[len(COSTS) :]:
        yield from _built(asked, name, partial(_counted, asked, name))
    for name in COSTS:
        yield from _built(asked, "training", partial(_trained, asked, name))


def _trained(asked: Question, name: str) -> Value:
    return product((3, _counted(asked, name)))


def _counted(asked: Question, name: str) -> Value:
    value = value_of(asked.analysis, asked.layers, name, whole=asked.path is None and asked.analysis is not None)
    return asked.given.rebuilt(exact(value))


def _built(asked: Question, name: str, value: Callable[[], Value]) -> Iterator[Convention]:
    """Yield a convention, unless it says nothing of the layers or says the same."""
    try:
        found = value()
    except SymcnnError:
        return
    if found != asked.value:
        yield convention(name, exact(found))
