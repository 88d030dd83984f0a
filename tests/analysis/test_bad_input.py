"""Programs that parse and cannot be analysed: the guilty place marked ‹so›, the first line, and the hint."""

# ruff: noqa: E501 — one row of the table is one line
from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
import sympy

import symcnn
from symcnn import SymcnnError, analyse, parse
from tests.helpers import analysed, chain, error_of, marked

PYTORCH = (
    "only out_channels and kernel_size may stand without a name; write stride=… "
    "(in_channels, which PyTorch writes first, is inferred here)"
)
LOCAL_TAKES = "it takes out_channels, kernel_size, stride, padding, bias"
CONV_TAKES = "it takes out_channels, kernel_size, stride, padding, dilation, groups, bias"

# Steps on a tensor 3×H×W.
STEPS = [
    # kinds
    ("‹Convv›(64, 3)", "unknown layer or net 'Convv'", "did you mean 'Conv'?"),
    ("‹Relu›", "unknown layer or net 'Relu'", "did you mean 'ReLU'?"),
    ("‹Zzz›", "unknown layer or net 'Zzz'", None),
    ("‹Conv4d›(64, 3)", "unknown layer or net 'Conv4d'", "did you mean 'Conv'?"),
    ("‹Conv1d›(64, 3)", "Conv1d wants 1 axis, the tensor 3×H×W has 2 axes", "write Conv, or Conv2d; a batch is no axis: input 3×H×W, batch N"),
    ("‹SeparableConv3d›(64, 3)", "SeparableConv3d wants 3 axes, the tensor 3×H×W has 2 axes", "write SeparableConv, or SeparableConv2d; an input begins with its channels: 1×28×28"),
    ("Flatten; ‹MaxPool2d›(2)", "MaxPool2d wants 2 axes, the tensor 3H·W has no axes", "a vector has no axes"),
    ("Flatten; ‹Conv1d›(64, 3)", "Conv1d wants 1 axis, the tensor 3H·W has no axes", "a vector has no axes"),
    # names and numbers of arguments
    ("Conv(64, 3, ‹strid›=2)", "unknown argument 'strid' of Conv", "did you mean 'stride'?"),
    ("Conv(64, 3, ‹qqq›=2)", "unknown argument 'qqq' of Conv", CONV_TAKES),
    ("Conv(64, 3, ‹in_channels›=3)", "unknown argument 'in_channels' of Conv", "in_channels is inferred from the input: leave it out"),
    ("ReLU(‹inplace›=true)", "unknown argument 'inplace' of ReLU", "it takes no arguments"),
    ("ReLU(‹3›)", "ReLU takes no arguments", None),
    ("Conv(3, 64, ‹3›)", "argument 3 of Conv needs a name", PYTORCH),
    ("MaxPool(3, ‹2›)", "argument 2 of MaxPool needs a name", "only kernel_size may stand without a name; write stride=…"),
    ("‹Conv(64)›", "Conv needs kernel_size", "for example Conv(64, 3)"),
    ("‹MaxPool›", "MaxPool needs kernel_size", "for example MaxPool(3)"),
    ("‹SeparableConv(8)›", "SeparableConv needs kernel_size", "for example SeparableConv(64, 3)"),
    ("Conv(64, 3, ‹kernel_size=5›)", "Conv is given 'kernel_size' twice", None),
    ("Conv(64, 3, stride=1, ‹stride=1›)", "Conv is given 'stride' twice", None),
    ("Conv(64, 3, ‹kernel_sise›=5)", "unknown argument 'kernel_sise' of Conv", "did you mean 'kernel_size'?"),
    ("MaxPool(2, ‹bias›=false)", "unknown argument 'bias' of MaxPool", "it takes kernel_size, stride, padding, dilation, ceil_mode"),
    ("‹LocalyConnected›(10, 5)", "unknown layer or net 'LocalyConnected'", "did you mean 'LocallyConnected'?"),
    ("LocallyConnected(10, 5, ‹dilation›=2)", "unknown argument 'dilation' of LocallyConnected", LOCAL_TAKES),
    ("LocallyConnected(10, 5, ‹2›)", "argument 3 of LocallyConnected needs a name", PYTORCH),
    # axes
    ("Conv(64, ‹(3, 3, 3)›)", "kernel_size has 3 values, the tensor has 2 axes", "give one value, or one for each of 2 axes"),
    ("Conv(64, ‹3×5×7›)", "kernel_size has 3 values, the tensor has 2 axes", "give one value, or one for each of 2 axes"),
    ("Conv(64, 3, ‹padding=(1,)›)", "padding has 1 value, the tensor has 2 axes", "give one value, or one for each of 2 axes"),
    ("Conv(64, 3, ‹padding=((1,0),(1,0),(1,0))›)", "padding has 3 values, the tensor has 2 axes", "give one value, or one for each of 2 axes"),
    ("Conv(64, ‹((3,3),(3,3))›)", "kernel_size takes one number for each axis", None),
    ("Conv(64, 3, ‹padding=((1,0,2),1)›)", "padding takes one number, or a pair (before, after), for each axis", None),
    # types
    ("Conv(‹(4, 4)›, 3)", "a number is wanted here, not a tuple of values", None),
    ('Conv(‹"many"›, 3)', 'a number is wanted here, not the word "many"', None),
    ('Conv(64, 3, ‹stride="same"›)', 'a number is wanted here, not the word "same"', None),
    ('Conv(64, 3, ‹padding="sane"›)', 'padding of Conv cannot be "sane"', "did you mean 'same'?"),
    ('Conv(64, 3, ‹padding="full"›)', 'padding of Conv cannot be "full"', 'padding is a number, "same" or "valid"'),
    ("Conv(64, 3, ‹bias=2›)", "bias of Conv is true or false, not 2", None),
    ("MaxPool(3, ‹ceil_mode=-1›)", "ceil_mode of MaxPool is true or false, not −1", None),
    ("Conv(‹w > 3›, 3)", "a number is wanted here, not a condition", None),
    ("Conv(2 + ‹(w > 3)›, 3)", "a number is wanted here, not a condition", None),
    ("Conv(2 + ‹(3, 4)›, 3)", "a number is wanted here, not a tuple of values", None),
    ("if ‹w› { ReLU }", "a condition is wanted here, such as 'k > 1'", None),
    ("if ‹2› { ReLU }", "a condition is wanted here, such as 'k > 1'", None),
    ("if not ‹w› { ReLU }", "a condition is wanted here, such as 'k > 1'", None),
    # values
    ("Conv(‹64.5›, 3)", "out_channels of Conv is 129/2, which is no integer", None),
    ("Conv(‹64/3›, 3)", "out_channels of Conv is 64/3, which is no integer", None),
    ("Conv(‹(2w + 1)/2›, 3)", "out_channels of Conv is w + 1/2, which is no integer", None),
    ("Conv(64, 3, ‹stride=3/2›)", "stride of Conv is 3/2, which is no integer", None),
    ("Conv(‹0›, 3)", "Conv: a layer has at least one output channel", "it requires m >= 1; here m (out_channels) = 0"),
    ("Conv(64, ‹0›)", "Conv: a kernel has at least one tap", "it requires k >= 1; here k (kernel_size) = 0"),
    ("Conv(64, 3, ‹stride=0›)", "Conv: a stride is at least 1", "it requires s >= 1; here s (stride) = 0"),
    ("Conv(64, 3, ‹padding=-1›)", "Conv: a padding is not negative", "it requires p == \"same\" or p == \"valid\" or before(p) >= 0 and after(p) >= 0; here p (padding) = −1"),
    ("Conv(64, 3, ‹padding=((1,-1),(0,0))›)", "Conv: a padding is not negative", "it requires p == \"same\" or p == \"valid\" or before(p) >= 0 and after(p) >= 0; here p (padding) = ((1, -1), (0, 0))"),
    ("Conv(64, 3, ‹groups=2›)", "Conv: the groups must divide the input channels", "it requires C % g == 0; here C (in_channels) = 3, g (groups) = 2"),
    ("Conv(64, 3, ‹groups=3›)", "Conv: the groups must divide out_channels", "it requires m % g == 0; here m (out_channels) = 64, g (groups) = 3"),
    ("MaxPool(3, ‹padding=2›)", "MaxPool: the padding of a pooling is at most half its kernel", "it requires 2p <= k or before(p) != after(p); here p (padding) = 2, k (kernel_size) = 3"),
    ("Dropout(‹1.5›)", "Dropout: p is a probability", "it requires r <= 1; here r (p) = 3/2"),
    ("‹Linear(10)›", "Linear: Flatten first, or say per_position=true", "it requires axes == 0 or q == true; here q (per_position) = false"),
    ("DepthwiseConv(‹0›)", "Conv: a kernel has at least one tap", "it requires k >= 1; here k (kernel_size) = 0"),
    ("Flatten; ‹MaxPool(2)›", "MaxPool: pooling wants a tensor with axes, such as C×H×W", "it requires axes >= 1"),
    ("LocallyConnected(10, ‹0›)", "LocallyConnected: a kernel has at least one tap", "it requires k >= 1; here k (kernel_size) = 0"),
    ("Flatten; ‹LocallyConnected(10, 5)›", "LocallyConnected: a locally connected layer wants a tensor with axes, such as C×H×W", "it requires axes >= 1"),
    ("Conv(64, 1/‹0›)", "division by zero", None),
    ("Conv(64, 7 // ‹(w - w)›)", "division by zero", None),
    ("Conv(64, 7 % ‹0›)", "division by zero", None),
    ("if w % ‹0› == 1 { ReLU }", "division by zero", None),
    ("Conv(64, ‹0^-1›)", "division by zero", None),
    ("Conv(64, ‹2^(1/2)›)", "the exponent 1/2 of 2 is no integer", None),
    ("Conv(‹9^9^9›, 3)", "the number is too large to be written out", None),
    # windows that do not fit
    ("assume H <= 6; Conv(64, ‹7›)", "the output height of Conv, H − 6, is never positive", "the window is larger than the padded input 3×H×W"),
    ("assume H <= 9; Conv(64, ‹3›, dilation=5)", "the output height of Conv, H − 10, is never positive", "the window is larger than the padded input 3×H×W"),
    ("assume H <= 4; LocallyConnected(10, ‹5›)", "the output height of LocallyConnected, H − 4, is never positive", "the window is larger than the padded input 3×H×W"),
    ("Conv(64, ‹H + 1›)", "the output height of Conv would be 0", "the window is larger than the padded input 3×H×W"),
    ("MaxPool(‹(1, W + 2)›)", "the output width of MaxPool would be 0", "the window is larger than the padded input 3×H×W"),
    # names, labels, scope
    ("let c = ‹depth›", "the current tensor 3×H×W has no depth", "it has channels, height, width"),
    ("Flatten; let c = ‹height›", "the current tensor 3H·W has no height", "it has channels"),
    ("let ‹height› = 3", "'height' is the current tensor's and cannot be redefined", None),
    ("concat ‹e›; e: ReLU", "the label 'e' is used before it is set", None),
    ("stem: ReLU; add ‹sten›", "there is no label 'sten'", "did you mean 'stem'?"),
    ("add ‹e›", "there is no label 'e'", "label a step so: e: Conv(64, 3)"),
    ("‹from e›", "there is no label 'e'", "label a step so: e: Conv(64, 3)"),
    ("concat ‹crop(e)›", "there is no label 'e'", "label a step so: e: Conv(64, 3)"),
    ("add { path { e: ReLU } skip }; concat ‹e›", "there is no label 'e'", "label a step so: e: Conv(64, 3)"),
    ("e: ReLU; add { path { ‹e›: Tanh } skip }", "the label 'e' is there twice", "labels are unique in a net"),
    ("‹add { path { Conv(3, 3) } skip }›", "add joins 3×(H − 2)×(W − 2) and 3×H×W, which never agree", "3×(H − 2)×(W − 2) comes from Conv(3, 3) (text:1:35), 3×H×W is the input"),
    ("‹add { path { Conv(4, 1) } skip }›", "add joins 4×H×W and 3×H×W, which never agree", "4×H×W comes from Conv(4, 1) (text:1:35), 3×H×W is the input"),
    ("‹concat { path { Flatten } skip }›", "concat joins 3H·W and 3×H×W, which never agree", "3H·W comes from Flatten (text:1:38), 3×H×W is the input"),
    ("e: ReLU; MaxPool(2); ‹add e›", "add joins 3×⌊H/2⌋×⌊W/2⌋ and 3×H×W, which never agree", "3×⌊H/2⌋×⌊W/2⌋ comes from MaxPool(2) (text:1:31), 3×H×W comes from ReLU (text:1:25)"),
    ("e: Conv(3, 3); ‹add { path { Conv(3, 1); from e } path { Conv(3, 3) } }›", "add joins 3×(H − 2)×(W − 2) and 3×(H − 4)×(W − 4), which never agree", "3×(H − 2)×(W − 2) comes from Conv(3, 3) (text:1:25), 3×(H − 4)×(W − 4) comes from Conv(3, 3) (text:1:78)"),
    ("‹multiply { }›", "multiply joins nothing", "as in multiply { path { … } skip }"),
    ("e: Conv(3, 3); Conv(3, 1, padding=2); concat ‹crop(e)›", "crop(e): 3×(H − 2)×(W − 2) cannot be cut to 3×(H + 2)×(W + 2) from both sides alike", "their difference must be even and not negative"),
    ("e: ReLU; Conv(3, 2); concat ‹crop(e)›", "crop(e): 3×H×W cannot be cut to 3×(H − 1)×(W − 1) from both sides alike", "their difference must be even and not negative"),
    ("s: MaxPool(2); Upsample(4); concat ‹crop(s)›", "crop(s): 3×⌊H/2⌋×⌊W/2⌋ cannot be cut to 3×4⌊H/2⌋×4⌊W/2⌋ from both sides alike", "their difference must be even and not negative"),
    ("if ‹H > 4› { ReLU }", "cannot decide 'H > 4': it depends on H", "give H a value, or assume what decides it"),
    ("‹Add›", "Add is no step: it joins tensors", None),
    ("x: ReLU; ‹x›: ReLU", "the label 'x' is there twice", "labels are unique in a net"),
    ("Conv(‹foo›(1, 2), 3)", "'foo' is no function", "did you mean 'floor'?"),
    ("Conv(‹floor(1, 2)›, 3)", "floor takes one argument, not 2", None),
    ("Conv(‹max(1)›, 3)", "max takes two or more arguments, not 1", None),
    ("Conv(‹prod(3)›, 3)", "prod(x) multiplies over the axes, inside the rule of a layer kind", None),
    ("Conv(‹before(3)›, 3)", "before(p) takes the symbol of a padding", None),
    ("let f(v) = v; Conv(‹f(1, 2)›, 3)", "f takes one argument, not 2", None),
    ("let f(v) = v; Conv(‹f›, 3)", "a number is wanted here, not a function", None),
    ("let f(v) = ‹f(v)›; Conv(f(1), 3)", "the function 'f' calls itself without end", None),
    ("BatchNorm2d(‹64›)", "affine of BatchNorm2d is true or false, not 64", "the number of channels is inferred from the input: leave it out"),
    ("Conv(8, 3, ‹bias=b›)", "bias of Conv is true or false, not b", None),
    ("Conv2d(3, 64, ‹kernel_size=3›)", "Conv2d is given 'kernel_size' twice", "in_channels, which PyTorch writes first, is inferred here"),
    ("Conv(kernel_size=3, ‹8›)", "an argument without a name stands before those with one", None),
    ("MaxPool(2, ‹padding=((0, 2), (1, 1))›)", "MaxPool: a padding of a pooling is less than its kernel", "it requires before(p) == after(p) or before(p) < k and after(p) < k; here p (padding) = ((0, 2), (1, 1)), k (kernel_size) = 2"),
    # conditions that must be decided
    ("Conv(64 if ‹w > 3› else 32, 3)", "cannot decide 'w > 3': it depends on w", "give w a value, or assume what decides it"),
    ("if ‹w > v› { ReLU }", "cannot decide 'w > v': it depends on v, w", "give v, w a value, or assume what decides it"),
    ("MaxPool(2, ‹ceil_mode=b›)", "ceil_mode of MaxPool is true or false, not b", None),
    # repetition
    ("repeat ‹-1› { ReLU }", "a repeat count is -1", "it is at least 0"),
    ("repeat ‹5/2› { ReLU }", "a repeat count is 5/2, which is no integer", None),
    ("repeat 2 { repeat 3 { Conv(64, 3) } Conv(64, 3, ‹strid›=2) }", "unknown argument 'strid' of Conv", "did you mean 'stride'?"),
]  # fmt: skip


@pytest.mark.parametrize(("step", "message", "hint"), STEPS)
def test_broken_steps(step: str, message: str, hint: str | None) -> None:
    check(f"net a {{ input 3×H×W; {step} }}", message, hint)


SELF = "the net 'b' uses itself without end"
TOO_DEEP = "the net 'b' uses itself without end, or more than 60 nets deep"
BLOCK = "use it inside a net: net main { input 3×H×W; a }"
PROGRAMS = [
    ("net ‹a› { Conv(64, 3) }", "'a' is a block: it has no input", BLOCK),
    ("net a { ‹input 3×C×D×H×W› }", "an input has at most three axes besides its channels", None),
    ("net a { input 3×‹0›×W }", "a size of the input is 0", "it is a positive integer"),
    ("net a { input (3, ‹7/2›) }", "a size of the input is 7/2", "it is a positive integer"),
    ("net a { input (3, ‹H - H›) }", "a size of the input is 0", "it is a positive integer"),
    ("net a { input 3×H×W, batch ‹0› }", "the batch is 0", "it is a positive integer"),
    ('net a { input 3×H×W, batch ‹"x"› }', 'a number is wanted here, not the word "x"', None),
    ("net a { input ‹height›×3 }", "there is no 'height' here", "it belongs to the current tensor, inside a net"),
    ("net b { ‹b› }\nnet a { input 3; b }", SELF, None),
    ("net b(n) { ‹b(n + 1)› }\nnet a { input 3; b(1) }", TOO_DEEP, None),
    ("net b { repeat 2 { Conv(channels + 1, 1); ‹b› } }\nnet a { input 3×H×W; b }", TOO_DEEP, None),
    ("net b { c }\nnet c { ‹b› }\nnet a { input 3; b }", SELF, None),
    ("net b(q) { }\nnet a { input 3; b(‹r›=2) }", "unknown argument 'r' of b", "it takes q"),
    ("net b(q) { }\nnet a { input 3; b(1, ‹2›) }", "argument 2 of b needs a name", "only q may stand without a name; write q=…"),
    ("net b { }\nnet a { input 3; b(‹2›) }", "b takes no arguments", None),
    ("net b { input 4×5 }\nnet a { input 3×H×W; ‹b› }", "b wants an input 4×5, but is used on 3×H×W", None),
    ("net b { input 4×h×w }\nnet a { input 3×H×W; ‹b› }", "b wants an input 4×h×w, but is used on 3×H×W", None),
    ("net b { assume channels >= 4 }\nnet a { input 3; ‹b› }", "b: the assumption channels >= 4 does not hold here", None),
    ("let ‹q› = q\nnet a { input q }", "'q' is defined by itself", None),
    ("let ‹q› = r\nlet r = q\nnet a { input q }", "'q' is defined by itself", None),
    ("let ‹channels› = 3\nnet a { input 3 }", "'channels' is the current tensor's and cannot be redefined", None),
    ("assume ‹1 > 2›\nnet a { input 3 }", "the assumption 1 > 2 never holds", None),
    ("assume ‹2H == 7›\nnet a { input 3×H }", "the assumption 2H == 7 never holds", None),
    ("assume ‹H < 1›\nnet a { input 3×H }", "the assumption H < 1 never holds", None),
    ("‹assume H % 4 == 1, H % 8 == 0›\nnet a { input 3×H }", "the assumptions contradict each other", None),
    ("assume H >= 5\n‹assume H < 5›\nnet a { input 3×H }", "the assumptions contradict each other", None),
    ("assume H >= ‹\"x\"›\nnet a { input 3×H }", 'a number is wanted here, not the word "x"', None),
    ("assume ‹H›\nnet a { input 3×H }", "a condition is wanted here, such as 'k > 1'", None),
    ('‹use "x.cnn"›\nnet a { input 3 }', "text lies in no folder and can use no file", "save this text as a file, and load that file"),
    # layer kinds
    ("layer L { sise = ‹n› }\nnet a { input 3×H; L }", "unknown rule 'sise' of L", "did you mean 'size'?"),
    ('layer L { wrong wieghts "forgot" = ‹2C› }\nnet a { input 3×H; L }', "unknown rule 'wieghts' of L", "did you mean 'weights'?"),
    ("layer L { size = ‹q› }\nnet a { input 3×H; L }", "unknown name 'q'", "here are known C, axes, inputs, n"),
    ("layer L(stride: s) { size = n/‹stride› }\nnet a { input 3×H; L(2) }", "unknown name 'stride'", None),
    ("layer L { macs = ‹n› }\nnet a { input 3×H; L }", "'n' has one value per axis", "fold it, as in prod(n)"),
    ("layer L { size = n/‹0› }\nnet a { input 3×H; L }", "division by zero", None),
    ('layer L { size = ‹"a"› }\nnet a { input 3×H; L }', 'a number is wanted here, not the word "a"', None),
    ("layer L { size = ‹n > 1› }\nnet a { input 3×H; L }", "a number is wanted here, not a condition", None),
    ("layer L { require ‹n› }\nnet a { input 3×H; L }", "a condition is wanted here, such as 'k > 1'", None),
    ("layer L(‹q›: n) { }\nnet a { input 3×H; L(2) }", "'n' has a meaning of its own in rules", "give it a symbol that rules do not use"),
    ("layer L { size = n/2 }\nnet a { input 3×5; ‹L› }", "the output length of L is 5/2, which is no integer", None),
    ("layer L { size = n - 5 }\nnet a { input 3×5; ‹L› }", "the output length of L would be 0", "the input is 3×5"),
    ("layer L { channels = C - 3 }\nnet a { input 3×5; ‹L› }", "the output number of channels of L would be 0", None),
    ("layer L { channels = C/2 }\nnet a { input 3×5; ‹L› }", "the output number of channels of L is 3/2, which is no integer", None),
    ("layer L { axes = 1 }\nnet a { input 3×5×5; ‹L› }", "L leaves 1 of 2 axes", "a layer keeps all or none"),
]  # fmt: skip


@pytest.mark.parametrize(("program", "message", "hint"), PROGRAMS)
def test_broken_programs(program: str, message: str, hint: str | None) -> None:
    check(program, message, hint)


def check(program: str, message: str, hint: str | None) -> None:
    """See that the analysis of the net `a` fails at the marked place with this message and hint."""
    text, start, end = marked(program)
    error = error_of(lambda: analysed(text, "a"))
    assert error.message == message
    if hint is not None:
        assert error.hint == hint
    assert error.span is not None
    assert error.span.source.text[error.span.start : error.span.end] == text[start:end]
    assert (error.span.start, error.span.end) == (start, end)


def test_the_whole_message() -> None:
    error = error_of(lambda: analyse(parse("net a {\n  input 3×H×W\n  Conv(64, 3, strid=2)\n}", "exam.cnn")["a"]))
    assert str(error).splitlines() == [
        "unknown argument 'strid' of Conv",
        "  exam.cnn:3:15",
        "    Conv(64, 3, strid=2)",
        "                ^^^^^",
        "  did you mean 'stride'?",
    ]


def test_a_kernel_larger_than_some_inputs_is_a_condition() -> None:
    assert [str(c) for c in analysed(chain("Conv(64, 7)")).conditions] == ["H >= 7", "W >= 7"]


@pytest.mark.parametrize(
    "name", ["M", "G", "K", "T", "k", "m", "px", "MB", "E", "I", "N", "S", "O", "Q", "pi", "oo", "lambda"]
)
def test_symbols_named_like_units_or_constants_are_symbols(name: str) -> None:
    a = analysed(chain("Conv(8, 1, bias=false)", shape=f"{name}×H×W"))
    assert a.weights == 8 * symcnn.symbols(name)
    assert a.at(**{name: 7, "H": 2, "W": 2}).weights == 56


# parameters and assumptions from outside


@pytest.mark.parametrize(
    ("parameters", "assume", "message", "hint"),
    [
        ({"x": 3}, [], "a has no parameter 'x'", "its parameters are width, n"),
        ({"widht": 3}, [], "a has no parameter 'widht'", "did you mean 'width'?"),
        ({"width": 1.5}, [], "the value of width is 1.5", "give an exact number, a formula as text or a symbol"),
        ({"width": None}, [], "the value of width is None", "give an exact number, a formula as text or a symbol"),
        ({"width": "2 +"}, [], "the text ends too early", None),
        ({"width": ""}, [], "--set width is empty", None),
        ({"width": "height"}, [], "there is no 'height' here", None),
        ({"width": '"x"'}, [], 'a number is wanted here, not the word "x"', None),
        ({"width": Fraction(1, 2)}, [], "out_channels of Conv is 1/2, which is no integer", None),
        ({"width": sympy.Symbol("H")}, [], "the symbol H in the value of width was not made by symcnn", 'use symcnn.symbols("H")'),
        ({"width": 2 * sympy.Symbol("w", integer=True) + 1}, [], "in this file w is a positive symbol", "choose another name"),
        ({"width": sympy.Float("1.5")}, [], "the value of width is 1.50000000000000", None),
        ({"width": sympy.pi}, [], "the value of width is pi", None),
        ({"width": sympy.oo}, [], "the value of width is oo", None),
        ({"width": symcnn.symbols("p")}, [], "in this file p is a nonnegative symbol", "choose another name"),
        ({}, ["H ="], "unexpected '='", None),
        ({}, ["H >= 5", "H <= 4"], "the assumptions contradict each other", None),
        ({"n": 3}, ["n == 4"], "the assumption n == 4 never holds", None),
        ({}, ["H <= 2"], "the output height of Conv, H + 2p − 2, is never positive", None),
    ],
)  # fmt: skip
def test_bad_parameters(parameters: dict[str, Any], assume: list[str], message: str, hint: str | None) -> None:
    network = "net a(width, n = 2) { input 3×H×W; Conv(width, 3, padding=p); repeat n { ReLU } }"
    if assume == ["H <= 2"]:
        parameters, network = {}, network.replace("padding=p", "padding=0")
        message = "the output height of Conv, H − 2, is never positive"
    error = error_of(lambda: analysed(network, assume=assume, **parameters))
    assert error.message == message
    assert hint is None or error.hint == hint


# values


@pytest.mark.parametrize(
    ("values", "message", "hint"),
    [
        ({}, "no value for C, H, α", "give it one, as in C=64, or assume C == 64"),
        ({"C": 4, "H": 8}, "no value for α", "give it one, as in α=64, or assume α == 64"),
        ({"c": 4, "H": 8, "α": 1}, "there is no symbol 'c'", "did you mean 'C'?"),
        ({"Q": 4}, "there is no symbol 'Q'", "the symbols are C, H, α"),
        ({"C": 0, "H": 8, "α": 1}, "C is at least 1, not 0", None),
        ({"C": -4, "H": 8, "α": 1}, "C is at least 1, not -4", None),
        ({"C": "4.5", "H": 8, "α": 1}, "C is an integer, not 4.5", None),
        ({"C": Fraction(1, 2), "H": 8, "α": 1}, "C is an integer, not 1/2", None),
        ({"C": 4.0, "H": 8, "α": 1}, "the value of C is 4.0", "give an exact number, such as 56 or Fraction(1, 2)"),
        ({"C": True, "H": 8, "α": 1}, "the value of C is True", "give an exact number, such as 56 or Fraction(1, 2)"),
        ({"C": None, "H": 8, "α": 1}, "the value of C is None", "give an exact number, such as 56 or Fraction(1, 2)"),
        ({"C": "four", "H": 8, "α": 1}, "the value of C is 'four'", "give an exact number, such as 56"),
        ({"C": "1/0", "H": 8, "α": 1}, "division by zero", None),
        ({"C": "1e999999999", "H": 8, "α": 1}, "a number may have 400 digits at most", None),
        ({"C": "nan", "H": 8, "α": 1}, "the value of C is 'nan'", "give an exact number, such as 56"),
        ({"C": sympy.Symbol("x"), "H": 8, "α": 1}, "the value of C is x", None),
        ({"C": 4, "H": 8, "α": 0}, "α is positive, not 0", None),
        ({"C": 4, "H": 8, "α": "3/2"}, "the net 'a' is not defined for α = 3/2", "it needs α <= 1"),
        ({"C": 4, "H": 9, "α": 1}, "the net 'a' is not defined for H = 9", "it needs H % 2 == 0"),
        ({"C": 4, "H": 4, "α": 1}, "the net 'a' is not defined for H = 4", "it needs H >= 5"),
        ({"C": 3, "H": 8, "α": 1}, "the net 'a' is not defined for C = 3", "it needs C % 2 == 0"),
        ({"C": 4, "H": 8, "α": "1/3"}, "the net 'a' is not defined for α = 1/3", "it needs (32*α) % 1 == 0"),
    ],
)
def test_bad_values(values: dict[str, Any], message: str, hint: str | None) -> None:
    text = "assume α rational, α <= 1, H % 2 == 0\nnet a { input C×H; Conv(2, 5, groups=2); Conv(32α, 1) }"
    error = error_of(lambda: analysed(text).at(**values))
    assert error.message == message
    assert hint is None or error.hint == hint


def test_unknown_quantities() -> None:
    error = error_of(lambda: analysed(chain("ReLU")).count("mac"))
    assert (error.message, error.hint) == ("unknown quantity 'mac'", "did you mean 'macs'?")


def test_errors_are_one_family() -> None:
    assert issubclass(symcnn.errors.NotSupportedError, SymcnnError)


def test_what_a_file_assumes_holds_for_what_a_parameter_is_given() -> None:
    text = "assume α rational, 0 < α <= 1\nnet a(α = 1, c = 4) { input c×H×H; Conv(32α, 3) }"
    error = error_of(lambda: analysed(text, α=2))
    assert error.message == "the assumption 0 < α <= 1 does not hold for α = 2"
    assert error.hint == "a parameter without a value is the symbol of that name"
    assert error.span is not None
    assert error.span.text == "0 < α <= 1"
    assert "α = −1" in error_of(lambda: analysed(text, α="-1")).message
    assert analysed(text, α="3/4", c=2).output[0] == 24
    assert analysed(text, α="C/64").output[0] == symcnn.symbols("C") / 2  # open: whether it holds depends on C
