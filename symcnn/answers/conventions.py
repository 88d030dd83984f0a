"""Other conventions by which the same quantity comes out differently, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from sympy import Expr

from symcnn.algebra.operations import product, total
from symcnn.algebra.polynomial import polynomial
from symcnn.algebra.symbols import Value, exact
from symcnn.analysis import Analysis
from symcnn.analysis.layers import last_with_positions
from symcnn.answers.formula_conventions import BATCHES, BYTES, COSTS, conventions_of_formula, is_cost
from symcnn.answers.reference import Question, value_of
from symcnn.errors import SymcnnError
from symcnn.library.convention import known_conventions, standard_convention

_BY_HAND = (*COSTS, "training", "exact_macs", "bias_mac", "mul_add", "madd")
_RARE = ("training", "exact_macs", "bias_mac", "madd")
_OPERATIONS = ("mul", "add", "cmp", "div", "exp")
_PARTS = ("bias", "norm", "activation", "pooling", "addition", "forward", "weight_gradient", "input_gradient")
UNIT_NAMES = ("KB", "MB", "GB", "TB", "PB", "KiB", "MiB", "GiB", "TiB", "PiB", "flops_per_second")
_STORED = ("weights", "biases", "params", "buffers", "keras")
_SIZES_OF = ("size", "channels", "height", "width", "length", "depth", "receptive_field", "jump", "centre")
_SAMPLED = ("activations", "neurons", "connections", "nonlinearities")


@dataclass(frozen=True)
class Convention:
    """Another convention by its name; `texts` say in English and Chinese what it does differently."""

    name: str
    texts: tuple[str, str]
    worth: Callable[[], Any]
    right: Any

    @property
    def is_rare(self) -> bool:
        """Whether few people mean it: a step of training, or what one tool counts."""
        return self.name not in _TEXTS or self.name in _RARE

    @cached_property
    def value(self) -> Any:
        """What the quantity is under it; None where it says nothing of the layers, or says the same."""
        try:
            found = self.worth()
        except SymcnnError:
            return None
        empty = found == 0 and self.right != 0  # what counts nothing is no way to count something
        return None if found is None or empty or found == self.right else found


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
        "it counts a training step: the forward pass, and the gradients of the weights and of the inputs",
        "按训练一步计：前向传播，加上对权重和对输入的梯度",
    ),
    "exact_macs": (
        "it leaves out the products with padding, as XLA counts",
        "不计与填充零相乘的运算（如 XLA 的计数）",
    ),
    "bytes": ("it is in bytes, four for each number", "以字节为单位，每个数四字节"),
    "elements": ("it is the number of values and not of bytes", "给出的是元素个数，而不是字节数"),
    "ceil_mode": ("it rounds the sizes of poolings the other way (ceil_mode)", "池化尺寸按另一种方式取整（ceil_mode）"),
    "whole_batch": ("it counts the whole batch and not one sample", "计入了整个批次，而不是一个样本"),
    "last_positions": (
        "it is that of the last layer with several positions, before the network looks at all of them together",
        "这是最后一个仍有多个位置的层的值，即在网络把所有位置合在一起之前",
    ),
    "channels_last": ("it has the channels last, as in TensorFlow", "通道写在最后（如 TensorFlow）"),
    "batch": ("it has the batch as its first axis", "第一维是批大小"),
    "no_batch": ("it leaves the batch axis out", "省略了批的一维"),
    "with_channels": ("it gives the channels beside the sizes", "除尺寸外还给出了通道数"),
    "sizes_only": ("it leaves the channels out", "省略了通道数"),
}
_THRICE = (
    "it counts a training step, forward and backward, as three times the forward pass",
    "按训练一步计（前向加反向约为前向的三倍）",
)
_LAST_AND_BATCH = (
    "it has the batch as its first axis and the channels as its last, as in TensorFlow",
    "第一维是批大小，通道写在最后（如 TensorFlow）",
)
_LAST_WITHOUT_BATCH = (
    "it leaves the batch axis out, and has the channels last, as in TensorFlow",
    "省略了批的一维，且通道写在最后（如 TensorFlow）",
)
_TOOL = ("it counts as the convention {0} does", "按约定 {0} 计数")


def conventions(asked: Question) -> Iterator[Convention]:
    """Yield other conventions for a question, those that people mean most often first; their values only when asked.

    Of the same question at some numbers they are the same ones.
    """
    for name, worth, *texts in _conventions(asked):
        known = texts[0] if texts else _TEXTS.get(name) or (_TOOL[0].format(name), _TOOL[1].format(name))
        yield Convention(name, known, worth, asked.value)


def _conventions(asked: Question) -> Iterator[tuple[Any, ...]]:
    """Yield names with what they come to, and the words for it where they are not those of the name."""
    if not asked.free:  # only the batch has a letter that the question need not have
        if asked.kind == "shape":
            yield from _of_shapes(asked)
        elif asked.layers:
            yield from _of_analysis(asked)
        else:
            yield from ((name, partial(exact, value)) for name, value in conventions_of_formula(asked))
    yield from _whole_batch(asked)
    if asked.quantity in ("receptive_field", "jump", "centre") and asked.path is None and asked.analysis is not None:
        yield "last_positions", partial(_before_one_position, asked, asked.analysis)
    if not asked.free and asked.analysis is not None and (asked.path is None or len(asked.layers) == 1):
        yield "ceil_mode", partial(_other_rounding, asked, asked.analysis)


def _whole_batch(asked: Question) -> Iterator[tuple[Any, ...]]:
    """Yield what has a batch too, where the answer has a letter for it that the right value has not."""
    parts = asked.value if isinstance(asked.value, tuple) else (asked.value,)
    own = {s.name for part in parts if isinstance(part, Expr) for s in part.free_symbols}
    batches = [s for name, s in asked.given.symbols.items() if name in BATCHES and name not in own]
    if asked.kind == "shape":
        if asked.quantity in ("", "output", "shape"):
            for batch in batches:
                yield from _with_batch(batch, asked.value)
    elif asked.quantity not in (*_STORED, *_SIZES_OF) and (asked.quantity or is_cost(polynomial(asked.value))):
        yield from (("whole_batch", partial(product, (asked.value, batch))) for batch in batches)


def _before_one_position(asked: Question, analysis: Analysis) -> Any:
    """Return what an output sees before a global pooling, or a layer like it, looks at all of them together."""
    last = last_with_positions(analysis.layers, analysis.output)
    if last is None:
        return None
    return asked.given.rebuilt(exact(value_of(analysis, (last,), asked.quantity, whole=False)))


def _other_rounding(asked: Question, analysis: Analysis) -> Any:
    from symcnn.answers.ceil_mode import in_other_mode  # derives the network again

    path, quantity = None if asked.path is None else asked.layers[0].path, asked.quantity
    value = in_other_mode(analysis, path, {"shape": "output"}.get(quantity, quantity))
    if value is None:
        return None
    parts = value if isinstance(value, tuple) else (value,)
    built = tuple(asked.given.rebuilt(exact(part)) for part in parts)
    return built if asked.kind == "shape" else built[0]


def _of_shapes(asked: Question) -> Iterator[tuple[Any, ...]]:
    shape = asked.value
    channelled = asked.quantity in ("output", "shape", "")
    if channelled and len(shape) > 2:
        yield _shape("channels_last", (*shape[1:], shape[0]))
        if not asked.layers and len(shape) == 4:  # a batch comes first
            yield _shape("channels_last", (shape[0], *shape[2:], shape[1]))
            yield _shape("no_batch", shape[1:])
            yield (*_shape("channels_last", (*shape[2:], shape[1])), _LAST_WITHOUT_BATCH)
        elif asked.layers or len(shape) == 3:
            yield _shape("sizes_only", shape[1:])
    batch = None if asked.analysis is None else asked.analysis.batch
    if asked.quantity in ("output", "shape"):
        yield from _with_batch(1 if batch is None else exact(batch), shape)
    if asked.layers and asked.quantity == "size":
        yield _shape("with_channels", tuple(exact(s) for s in asked.layers[-1].output))


def _with_batch(batch: Value, shape: tuple[Value, ...]) -> Iterator[tuple[Any, ...]]:
    yield _shape("batch", (batch, *shape))
    if len(shape) > 1:
        yield (*_shape("channels_last", (batch, *shape[1:], shape[0])), _LAST_AND_BATCH)


def _shape(name: str, shape: tuple[Value, ...]) -> tuple[Any, ...]:
    return name, partial(tuple, shape)


def _of_analysis(asked: Question) -> Iterator[tuple[Any, ...]]:
    if asked.quantity == "size":
        channels, *sizes = (exact(s) for s in asked.layers[-1].output)
        yield _shape("with_channels", (channels, *sizes))
        yield _shape("with_channels", (*sizes, channels))
    name, batch = asked.quantity, asked.analysis.batch if asked.analysis is not None else None
    if asked.kind == "bytes":
        yield "elements", partial(_counted, asked, name)
    if name in ("params", "weights"):
        other = "weights" if name == "params" else "params"
        yield "no_bias" if name == "params" else "bias", partial(_counted, asked, other)
        yield "running_statistics", lambda: total((_counted(asked, "params"), _counted(asked, "buffers")))
    elif name not in (*_STORED, *_SAMPLED) and name in known_costs():
        yield from _costs(asked)
    if batch is not None and name not in (*_STORED, *_SIZES_OF):
        yield "one_sample", lambda: product((asked.value, 1 / batch))
    if asked.kind != "bytes" and (name in _STORED or name == "activations"):
        yield "bytes", partial(product, (BYTES, asked.value))


def known_costs() -> tuple[str, ...]:
    """Return the names of the conventions that count operations, `macs` and `flops` first, those of tools last."""
    found = (name for name in known_conventions() if name not in (*_BY_HAND, *_OPERATIONS, *_PARTS))
    return (*_BY_HAND, *(name for name in found if not standard_convention(name).stored))


def known_names() -> tuple[str, ...]:
    """Return the names of all conventions that a question may accept."""
    return tuple(dict.fromkeys((*_TEXTS, *UNIT_NAMES, *known_conventions())))


def _costs(asked: Question) -> Iterator[tuple[Any, ...]]:
    names = known_costs()
    for name in COSTS:
        yield name, partial(_counted, asked, name)
    yield "two_macs", lambda: product((2, _counted(asked, "macs")))
    yield "training", partial(product, (3, asked.value)), _THRICE
    yield "mul_add", partial(_without_biases, asked)
    for name in names[len(COSTS) :]:
        yield name, partial(_counted, asked, name)
    for name in COSTS:
        yield "training", partial(_trained, asked, name), _THRICE


def _trained(asked: Question, name: str) -> Value:
    return product((3, _counted(asked, name)))


def _without_biases(asked: Question) -> Value:
    """Return 2n − 1 for n products where there is a bias as well, which is not counted."""
    return total((_counted(asked, "mul_add"), product((-1, _counted(asked, "bias")))))


def _counted(asked: Question, name: str) -> Value:
    value = value_of(asked.analysis, asked.layers, name, whole=asked.path is None and asked.analysis is not None)
    return asked.given.rebuilt(exact(value))
