"""The words of a derivation, in the languages it is written in."""

from __future__ import annotations

from symcnn.errors import NotSupportedError, SymcnnError, did_you_mean
from symcnn.library.quantities import QUANTITIES

LANGUAGES = ("en", "zh")

# One row for each word: English, Chinese.
_WORDS: dict[str, tuple[str, str]] = {
    **QUANTITIES,
    "counters": ("counters", "计数器"),
    "height": ("height", "高"),
    "width": ("width", "宽"),
    "depth": ("depth", "深"),
    "length": ("length", "长"),
    "in_channels": ("input channels", "输入通道数"),
    "input_size": ("input size", "输入尺寸"),
    "on": (" on ", "，输入 "),
    "with": ("with ", "其中 "),
    "list": (", ", "，"),
    "copies": ("{} equal ones; the receptive field is that of the last", "共 {} 个相同的层；感受野为最后一个的"),
    "copies_by_index": (
        "one of {}, with the index of the repetition; the receptive field is that of the last",
        "共 {} 个，式中含重复的序号；感受野为最后一个的",
    ),
    "numbered": ("repetitions ", "重复 "),
    "from_one_to_next": ("from one repetition to the next", "由一次到下一次"),
    "first_one": ("into the first", "进入第一次"),
    "any_one": ("so into any", "于是进入任一次"),
    "after_last": ("out of the last", "最后一次的输出"),
    "same_size": ("the output of a repetition is as large as its input", "每次重复的输出与输入尺寸相同"),
    "repeated": (
        "×n: the layer or block, with all that is indented under it, n times, one after the other. Parameters are "
        "those of one layer.",
        "×n：该层或模块（连同其下缩进的各行）连续重复 n 次。参数量为其中一层的参数量。",
    ),
    "nothing": ("nothing to work out here", "此处无需计算"),
    "clash": (". In the formula ", "。公式中的 "),
    "meanings": (
        " is this layer's {}; in the values put in and in the result it is the network's own symbol ",
        " 指本层的 {}；代入的值与结果中则是网络自己的符号 ",
    ),
    "name n'": ("output size", "输出尺寸"),
    "name C'": ("output channels", "输出通道数"),
    "name macs": ("MACs", "乘加次数"),
    "name inputs": ("numbers in the input", "输入元素数"),
    "name branches": ("what is joined", "合并的分支数"),
    "others": ("with something before it that learns", "之前有可学习的层"),
    "firsts": ("the first: nothing before it learns", "第一个：之前没有可学习的层"),
    "name first_layer": ("1 if nothing before it learns", "之前没有可学习的层时为 1"),
    "taps": (
        " counts along an axis the pairs of one of n' windows and one of its k taps that fall on one of n inputs and "
        "not on padding; s: stride, p: padding before, d: dilation. In a transposed convolution n and n' "
        "change places.",
        " 为沿一轴 n' 个窗口的各 k 个核位置中，落在 n 个输入上而非填充上的个数；s 为步幅，p 为前侧填充，d 为膨胀率。"
        "转置卷积中 n 与 n' 互换。",
    ),
    "zero_in": ("0 in ", "以下各层为 0："),
    "name elements": ("numbers in the output", "输出元素数"),
    "name weights": ("weights", "权重数"),
    "name biases": ("biases", "偏置数"),
    "name weight_layers": ("1 for a layer with weights", "带权重的层为 1"),
    "name r_0": ("receptive field before", "之前的感受野"),
    "name j_0": ("jump before", "之前的步距"),
    "name batch": ("batch", "批大小"),
    "layer": ("layer", "层"),
    "output": ("output", "输出"),
    "input": ("input", "输入"),
    "total": ("total", "合计"),
    "totals": ("Totals", "合计"),
    "backward": ("Receptive field, from the output back", "感受野：由输出向输入推"),
    "phases": ("the largest: after upsampling, outputs see differently much", "取最大者：上采样之后各输出所见不同"),
    "sides": ("all branches together, which look to different sides", "各分支所见位置不同，取其并集"),
    "no_way_back": (
        "No one way back sees all that the branches see together: they look to different sides, or it is not known.",
        "任何单一路径都不能给出各分支所见的并集：各分支所见位置不同，或无法确定。",
    ),
    "no_steps_back": (
        "The way back cannot be written in steps here: what the outputs of some layers see depends on the symbols.",
        "此处无法逐步回推：某些层的输出所见取决于符号。",
    ),
    "finer_words": (
        "Back through a layer that makes u outputs for each step of its input, the largest over all outputs: ",
        "经过每个输入步产生 u 个输出的层回推（取最大者）：",
    ),
    "widest": ("At a join the way goes along the branch that sees most.", "在合并处，沿所见最大的分支回推。"),
    "backward_words": (
        "One output sees r = 1 of itself. Back through a layer of stride s whose window spans e inputs: ",
        "输出的一个值只看见自己，r = 1。由后向前逐层回推，层的步幅为 s、窗口跨度为 e：",
    ),
    "rational": (" is a positive rational number", " 为正有理数"),
    "assuming": ("assuming", "假设"),
    "formulas_for": ("formulas for", "公式适用于"),
    "defined_for": ("defined for", "成立条件"),
    "conditions": ("Conditions", "条件"),
    "at": (" at ", "，取 "),
}  # fmt: skip


def word(key: str, language: str) -> str:
    """Return a word in a language."""
    return _WORDS[key][LANGUAGES.index(language)]


def called(quantity: str, language: str) -> str:
    """Return what a quantity is called; a counting convention has its own name in every language."""
    return word(quantity, language) if quantity in _WORDS else quantity


def check_language(language: str) -> str:
    """Return the language, or raise `SymcnnError` for one that is not there."""
    if language not in LANGUAGES:
        hint = did_you_mean(language, LANGUAGES, f"languages are {', '.join(LANGUAGES)}")
        raise SymcnnError(f"unknown language '{language}'", hint=hint)
    return language


def only_english(language: str) -> None:
    """Raise `SymcnnError` for a document that is written in English only."""
    if check_language(language) != "en":
        raise NotSupportedError(f"this page in the language {language}", hint="the working is: symcnn explain")
