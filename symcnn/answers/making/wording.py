"""What a question says, in English and in Chinese: the network in words or as a program, and what is asked of it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from symcnn.algebra.symbols import is_number
from symcnn.analysis import Analysis
from symcnn.analysis.statements import statements
from symcnn.answers.making.layer_words import layer_words
from symcnn.answers.making.values import answer_text
from symcnn.answers.messages import LANGUAGES
from symcnn.answers.posing import Posed
from symcnn.answers.questions import Question
from symcnn.tree import File, From, Net, Step

_MOST_IN_WORDS = 12  # layers; longer networks are shown as programs
_AXES = {
    1: ("channels × length", "通道 × 长"),
    2: ("channels × height × width", "通道 × 高 × 宽"),
    3: ("channels × depth × height × width", "通道 × 深 × 高 × 宽"),
}
_INTRO = (
    "A network takes an input of {0} ({1}), and has these layers, one after the other:",
    "网络的输入为 {0}（{1}），依次经过以下各层：",
)
_ONE = ("An input of {0} ({1}) goes through one layer:", "大小为 {0}（{1}）的输入经过一层：")
_VECTOR = (
    "A network takes an input of {0} numbers, and has these layers, one after the other:",
    "网络的输入为 {0} 个数，依次经过以下各层：",
)
_PROGRAM = ("This is the network {0}:", "网络 {0} 如下：")
_VALUES = ("Its sizes are {0}.", "其中 {0}。")
_ROW = (" Here: {0}.", "这里问 {0}。")
_WHOLE, _LAYER = ("the whole network", "整个网络"), ("the layer {0}", "{0} 层")
_EACH = ("each of these layers", "下列各层")
_QUANTITIES = {
    "output": ("What is the shape of the output of {0}? Give {1}.", "{0}的输出形状是什么？按 {1} 给出。"),
    "shape": ("What is the shape of the output of {0}? Give {1}.", "{0}的输出形状是什么？按 {1} 给出。"),
    "size": ("How long is a side of the output of {0}?", "{0}的输出边长是多少？"),
    "sizes": (
        "What is the size of the output of {0} along each axis, without the channels?",
        "{0}的输出在各轴上的尺寸是多少（不含通道）？",
    ),
    "channels": ("How many channels does the output of {0} have?", "{0}的输出有多少个通道？"),
    "features": ("How many numbers does the output of {0} have?", "{0}的输出有多少个数？"),
    "height": ("What is the height of the output of {0}?", "{0}的输出高度是多少？"),
    "width": ("What is the width of the output of {0}?", "{0}的输出宽度是多少？"),
    "depth": ("What is the depth of the output of {0}?", "{0}的输出深度是多少？"),
    "length": ("What is the length of the output of {0}?", "{0}的输出长度是多少？"),
    "params": (
        "How many learned parameters does {0} have, weights and biases together?",
        "{0}共有多少个可学习的参数（权重与偏置合计）？",
    ),
    "weights": ("How many weights does {0} have, biases not counted?", "{0}有多少个权重（不计偏置）？"),
    "biases": ("How many biases does {0} have?", "{0}有多少个偏置？"),
    "buffers": ("How many numbers does {0} store that are not learned?", "{0}保存多少个不参与学习的数？"),
    "macs": (
        "How many multiply–accumulates (MACs) does {0} need for one sample? Biases are not counted.",
        "{0}处理一个样本需要多少次乘加（MACs）？不计偏置。",
    ),
    "flops": (
        "How many FLOPs does {0} need for one sample? Count two for each multiply–accumulate, and one addition for "
        "each output that has a bias.",
        "{0}处理一个样本需要多少 FLOPs？每次乘加计两次，带偏置的每个输出再计一次加法。",
    ),
    "activations": ("How many numbers are in the output of {0} for one sample?", "一个样本在{0}的输出中有多少个数？"),
    "activations of all": (
        "How many numbers are in the outputs of all layers together, for one sample?",
        "一个样本在各层输出中合计有多少个数？",
    ),
    "receptive_field": (
        "How large is the receptive field of {0}: how many inputs along an axis does one output see?",
        "{0}的感受野有多大：一个输出在每个轴上看到多少个输入？",
    ),
    "jump": (
        "How many inputs apart do neighbouring outputs of {0} look (the jump)?",
        "{0}的相邻输出在输入上相距多少（步距）？",
    ),
}  # fmt: skip
_OTHER = ("How large is the quantity {1} of {0}?", "{0}的 {1} 是多少？")
_FORMULA = ("Give the formula.", "请写出公式。")
_MADE_OF = ("Give {0}, where {1}.", "请给出 {0}，其中{1}。")
_PART = ("{0} is your answer to “{1}”", "{0} 是你对“{1}”的答案")
_TERMS = (" Answer in terms of {0}.", "用 {0} 表示。")


@dataclass(frozen=True)
class Wording:
    """The text of a question in one language: an introduction, layers in words or a program, and what is asked."""

    intro: str
    layers: tuple[tuple[str, str], ...]  # name and words
    program: str
    values: str  # of the symbols in the program
    ask: str

    @property
    def network(self) -> tuple[Any, ...]:
        """All that is said of the network; empty for a formula, whose words are what is asked."""
        return (self.intro, self.layers, self.program, self.values) if self.layers or self.program else ()

    def text(self) -> str:
        """Return it as lines of plain text."""
        listed = [f"  {name}: {words}" for name, words in self.layers]
        middle = listed or textwrap.indent(self.program, "  ").split("\n")
        return "\n".join(filter(None, (self.intro, *middle, self.values, self.ask)))


def wording(posed: Posed, language: str, of_table: bool = False) -> Wording:
    """Return what a question says in a language, en or zh; its own text stands for what is asked where it has one.

    `of_table`: for all rows of its table together, whose layers are listed below it.
    """
    place = LANGUAGES.index(language)
    asked, analysis = posed.question, posed.analysis
    if analysis is None:
        return Wording(asked.text or _made_of(posed, language, place), (), "", "", "")
    ask = (asked.text if of_table else _own_text(asked, place)) or _ask(posed, analysis, place, of_table)
    if not _is_in_words(analysis):
        return _as_program(analysis, ask, place)
    shape = answer_text(analysis.input)
    if len(analysis.input) == 1:
        intro = _VECTOR[place].format(shape)
    else:
        form = _ONE if len(analysis.layers) == 1 else _INTRO
        intro = form[place].format(shape, _AXES[len(analysis.input) - 1][place])
    layers = tuple((layer.path, layer_words(layer, language)) for layer in analysis.layers)
    return Wording(intro, layers, "", "", ask)


def _made_of(posed: Posed, language: str, place: int) -> str:
    """Return what is asked by a formula without a text: what it is made of, if it names earlier questions."""
    if not posed.parts:
        return _FORMULA[place]
    said = ((id_, wording(part, language)) for id_, part in posed.parts)
    listed = (_PART[place].format(id_, words.ask or words.intro) for id_, words in said)
    return _MADE_OF[place].format(posed.question.reference, (", ", "，")[place].join(listed))


def says_nothing(posed: Posed) -> bool:
    """Tell whether a question has a formula as its key, and nothing in it says which is asked for."""
    return posed.analysis is None and not posed.question.text and not posed.parts


def _own_text(asked: Question, place: int) -> str:
    """Return the text that a question brings; a row of a table, whose rows share one text, names its layer."""
    if asked.text and asked.table is not None and asked.layer is not None:
        return asked.text + _ROW[place].format(asked.layer)
    return asked.text


def _ask(posed: Posed, analysis: Analysis, place: int, of_table: bool) -> str:
    quantity, layer = str(posed.question.quantity), posed.question.layer
    subject = _EACH[place] if of_table else _WHOLE[place] if layer is None else _LAYER[place].format(layer)
    output = analysis.output if layer is None else posed.asked.layers[-1].output
    axes = _AXES.get(len(output) - 1, ("numbers", "个数"))[place]
    if quantity == "size" and isinstance(posed.asked.value, tuple):
        quantity = "sizes"
    elif quantity == "channels" and len(output) == 1:
        quantity = "features"
    elif quantity == "activations" and layer is None:
        quantity = "activations of all"
    text = _QUANTITIES.get(quantity, _OTHER)[place]
    return text.format(subject, quantity if text == _OTHER[place] else axes) + _terms(posed, analysis, place)


def _terms(posed: Posed, analysis: Analysis, place: int) -> str:
    """Return in which symbols an answer is given; nothing for a number."""
    values = posed.asked.value if isinstance(posed.asked.value, tuple) else (posed.asked.value,)
    if all(map(is_number, values)):
        return ""
    return _TERMS[place].format((", " if place == 0 else "、").join(analysis.symbols))


def _is_in_words(analysis: Analysis) -> bool:
    """Tell whether a network is a short chain of single layers."""
    layers = analysis.layers
    plain = all(len(layer.inputs) == 1 and layer.times == 1 for layer in layers)
    joined = all(one.output == after.input for one, after in pairwise(layers))
    return plain and joined and len(layers) <= _MOST_IN_WORDS and not _branches(analysis)


def _branches(analysis: Analysis) -> bool:
    file = _file(analysis)
    return any(isinstance(one, From) for net in program_nets(file, analysis.net) for one in statements(net.body))


def _as_program(analysis: Analysis, ask: str, place: int) -> Wording:
    program = "\n\n".join(_source(net) for net in program_nets(_file(analysis), analysis.net))
    values = ", ".join(f"{name} = {value}" for name, value in (analysis.values or {}).items())
    said = _VALUES[place].format(values) if values else ""
    return Wording(_PROGRAM[place].format(analysis.net), (), program, said, ask)


def _file(analysis: Analysis) -> File:
    assert analysis.counting is not None
    return analysis.counting.file


def program_nets(file: File, name: str) -> tuple[Net, ...]:
    """Return the nets that a network is made of, those that it uses first."""
    found: dict[str, Net] = {}

    def visit(net: Net) -> None:
        if net.name not in found:
            for used in _used(net):
                if used in file.nets and used != net.name:
                    visit(file.nets[used])
            found[net.name] = net

    visit(file.nets[name])
    return tuple(found.values())


def _used(net: Net) -> Iterable[str]:
    return (one.kind for one in statements(net.body) if isinstance(one, Step))


def _source(net: Net) -> str:
    """Return the text of a net, moved to the left."""
    text = net.span.source.text
    first, *others = text[text.rindex("net", 0, net.span.start) : net.body.span.end].split("\n")
    return "\n".join((first, *textwrap.dedent("\n".join(others)).split("\n"))) if others else first
