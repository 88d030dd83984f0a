"""The standard library: every kind is complete, says where it is from, and users' own kinds work like it."""

from __future__ import annotations

from fractions import Fraction
from functools import partial

import pytest

import symcnn
from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.symbols import symbol
from symcnn.analysis.apply import Application
from symcnn.analysis.arguments import Given
from symcnn.analysis.derivation import Leaf
from symcnn.analysis.tensor import Tensor
from symcnn.analysis.window import Window
from symcnn.formula.nodes import NOWHERE, Formula
from symcnn.library.defaults import default_formula
from symcnn.library.kind import counted_from_0
from symcnn.library.rules import COUNTED, QUANTITIES, RULES
from symcnn.library.standard import joint_kind, known_names, standard_kind, standard_library
from symcnn.tree import Step
from tests.helpers import analysed, chain, error_of

LIBRARY = standard_library()
PARAMETERS = {
    "out_channels": "6", "out_features": "6", "kernel_size": "3", "output_size": "3", "scale_factor": "2",
    "padding": "1", "cropping": "1", "groups": "3", "num_groups": "3", "size": "5", "num_heads": "3",
    "num_embeddings": "10", "embedding_dim": "4", "upscale_factor": "2", "downscale_factor": "3",
}  # fmt: skip
JOINTS = {"add": "Add", "concat": "Concat", "multiply": "Multiply"}
STEPS = [name for name in (*LIBRARY.layers, *LIBRARY.nets) if name not in JOINTS.values()]
SIDED = "Conv DeformConv ConvTranspose LocallyConnected MaxPool AvgPool Unfold Pad"
ON_TWO_AXES = ("DeformConv", "PixelShuffle", "PixelUnshuffle")
WANTED = """
Conv LocallyConnected Linear MaxPool AvgPool GlobalAvgPool Flatten BatchNorm Dropout Softmax Identity DepthwiseConv
SeparableConv ReLU ReLU6 LeakyReLU PReLU ELU GELU SiLU Sigmoid Tanh Hardswish Hardsigmoid ConvTranspose Upsample
Interpolate Pad Crop ChannelShuffle ChannelSplit AdaptiveAvgPool AdaptiveMaxPool LayerNorm GroupNorm InstanceNorm
LocalResponseNorm Scale Add Concat Multiply DeformConv PixelShuffle PixelUnshuffle Unfold Embedding MultiheadAttention
MaxUnpool CrossEntropy BCE BCEWithLogits L1 MSE SmoothL1 RMSNorm
"""


def example(name: str) -> str:
    """Return a step with the arguments that a kind or net of the library requires."""
    required = LIBRARY.layers[name].parameters if name in LIBRARY.layers else LIBRARY.nets[name].parameters
    wanted = [p.name for p in required if p.default is None or p.name == "scale_factor"]
    values = [f"{name}={PARAMETERS[name]}" for name in wanted]
    return f"{name}({', '.join([*values, *(['per_position=true'] if name == 'Linear' else [])])})"


def windows(step: str, shape: str = "6×H×W") -> tuple[Window, ...]:
    """Return what an output of a single layer sees, per axis."""
    derivation = analysed(chain(step, shape=shape)).derivation
    assert derivation is not None
    (item,) = derivation.items
    leaf = item if isinstance(item, Leaf) else item.body.items[0]
    assert isinstance(leaf, Leaf)
    return leaf.outcome.windows


def test_the_library_has_what_courses_need() -> None:
    assert set(WANTED.split()) <= set(symcnn.layers()) == set(known_names())


@pytest.mark.parametrize("name", LIBRARY.layers)
def test_every_kind_has_words_a_source_and_rules_that_compile(name: str) -> None:
    definition, kind = LIBRARY.layers[name], standard_kind(name)
    assert definition.doc.endswith((".", "…")) and definition.source
    assert set(kind.rules) == set(kind.formulas) == set(RULES)
    assert len(kind.demands) == len(definition.requirements)
    assert all(demand.hint for demand in kind.demands)
    assert {slip.quantity for slip in definition.slips} <= {*RULES, "params"}


@pytest.mark.parametrize("name", STEPS)
@pytest.mark.parametrize("axes", ["L", "H×W", "D×H×W"])
def test_every_kind_works_on_every_number_of_axes(name: str, axes: str) -> None:
    shape = f"{1 if name == 'Embedding' else 12}×{axes}"
    if name in ON_TWO_AXES and axes != "H×W":
        assert "wants a tensor with two axes" in error_of(lambda: analysed(chain(example(name), shape=shape))).message
        return
    a = analysed(chain(example(name), shape=shape))
    assert len(a.output) in (1, shape.count("×") + 1)
    at = a.at(**dict.fromkeys(a.symbols, 9))
    assert all(isinstance(at.count(quantity), int) and at.count(quantity) >= 0 for quantity in QUANTITIES)


@pytest.mark.parametrize(
    ("kind", "quantities"),
    [
        (
            "Conv(4, 3)",
            {"weights": 216, "biases": 4, "macs": 216 * 49, "flops": 2 * 216 * 49 + 196, "activations": 196},
        ),
        ("Conv(4, 3, bias=false)", {"weights": 216, "biases": 0, "flops": 2 * 216 * 49}),
        ("Conv(4, (3, 1), groups=2, dilation=(2, 1))", {"weights": 36, "macs": 36 * 5 * 9}),
        ("DepthwiseConv(3, multiplier=2)", {"weights": 108, "biases": 12, "macs": 108 * 49}),
        ("SeparableConv(4, 3)", {"weights": 54 + 24, "biases": 4, "macs": 78 * 49, "weight_layers": 2}),
        (
            "LocallyConnected(4, 3)",
            {"weights": 49 * 216, "biases": 49 * 4, "macs": 49 * 216, "flops": 2 * 49 * 216 + 196, "weight_layers": 1},
        ),
        (
            "LocallyConnected(2, (3, 2), stride=(2, 3), padding=((0, 1), (1, 0)), bias=false)",
            {"weights": 4 * 3 * 2 * 6 * 6, "biases": 0, "neurons": 24, "connections": 24 * 36},
        ),
        ("Conv(4, 3, groups=2)", {"neurons": 196, "connections": 196 * 27}),
        ("BatchNorm", {"neurons": 0, "connections": 0}),
        ("ReLU", {"neurons": 0, "connections": 0}),
        ("MaxPool(2)", {"neurons": 0, "connections": 0}),
        ("Linear(4, per_position=true)", {"neurons": 4 * 81, "connections": 4 * 81 * 6}),
        ("Linear(4, per_position=true)", {"weights": 24, "biases": 4, "macs": 24 * 81, "weight_layers": 1}),
        ("BatchNorm", {"weights": 6, "biases": 6, "buffers": 12, "counters": 1, "weight_layers": 0, "flops": 0}),
        ("BatchNorm(affine=false)", {"weights": 0, "biases": 0, "buffers": 12, "counters": 1}),
        ("BatchNorm(track_running_stats=false)", {"weights": 6, "biases": 6, "buffers": 0, "counters": 0}),
        ("PReLU", {"weights": 1, "biases": 0, "weight_layers": 0, "nonlinearities": 1}),
        ("PReLU(6)", {"weights": 6}),
        ("Flatten", {"activations": 0, "macs": 0}),
        ("Dropout(0.2)", {"activations": 0}),
        ("Identity", {"activations": 0}),
        ("ReLU", {"activations": 486, "nonlinearities": 1}),
        ("MaxPool(2)", {"activations": 6 * 16, "weights": 0, "nonlinearities": 0}),
        ("GlobalAvgPool", {"activations": 6, "macs": 0}),
        # every one of the 81 inputs meets the 9 taps of 4 outputs
        (
            "ConvTranspose(4, 3, stride=2)",
            {"weights": 216, "biases": 4, "macs": 216 * 81, "flops": 2 * 216 * 81 + 4 * 361, "activations": 4 * 361},
        ),
        ("ConvTranspose(4, 3, groups=2, bias=false)", {"weights": 108, "biases": 0, "macs": 108 * 81}),
        ("Upsample(2)", {"params": 0, "macs": 0, "flops": 0, "activations": 24 * 81}),
        ("Pad(1)", {"params": 0, "activations": 6 * 121}),
        ("Crop(1)", {"params": 0, "activations": 0}),
        ("ChannelSplit(2, start=4)", {"params": 0, "activations": 0}),
        ("ChannelShuffle(3)", {"params": 0, "macs": 0, "activations": 486}),
        ("AdaptiveAvgPool(2)", {"params": 0, "macs": 0, "activations": 24}),
        ("LayerNorm", {"weights": 6, "biases": 6, "buffers": 0, "flops": 0, "weight_layers": 0, "neurons": 0}),
        ("LayerNorm(bias=false)", {"weights": 6, "biases": 0}),
        ("LayerNorm(elementwise_affine=false)", {"params": 0}),
        ("GroupNorm(3)", {"weights": 6, "biases": 6, "buffers": 0, "flops": 0, "weight_layers": 0}),
        ("GroupNorm(3, affine=false)", {"params": 0}),
        ("InstanceNorm", {"params": 0, "buffers": 0, "counters": 0, "flops": 0}),
        ("InstanceNorm(affine=true, track_running_stats=true)", {"params": 12, "buffers": 12, "counters": 1}),
        ("LocalResponseNorm(5)", {"params": 0, "activations": 486}),
        ("Scale", {"weights": 6, "biases": 0, "weight_layers": 0, "activations": 486}),
        ("GLU", {"activations": 243, "nonlinearities": 1}),
        ("RMSNorm", {"weights": 6, "biases": 0, "weight_layers": 0}),
        # 18 numbers for the offsets of 9 taps, from 6 channels, and their biases
        (
            "DeformConv(4, 3)",
            {"weights": 216 + 18 * 54, "biases": 4 + 18, "macs": (216 + 18 * 54) * 49, "weight_layers": 1},
        ),
        ("DeformConv(4, 3, bias=false)", {"biases": 18, "flops": 2 * (216 + 18 * 54) * 49 + 18 * 49}),
        ("DeformConv(4, 3, groups=2, offset_groups=3)", {"weights": 108 + 54 * 54, "biases": 4 + 54}),
        ("DeformConv(4, (3, 1), modulated=true)", {"weights": 72 + 9 * 18, "biases": 4 + 9}),
        (
            "MultiheadAttention(2)",
            {
                "weights": 144,
                "biases": 24,
                "macs": 144 * 81 + 12 * 81**2,
                "flops": 2 * (144 * 81 + 12 * 81**2) + 24 * 81,
            },
        ),
        ("MultiheadAttention(2, bias=false)", {"params": 144, "flops": 2 * (144 * 81 + 12 * 81**2)}),
        ("PixelUnshuffle(3)", {"params": 0, "macs": 0, "activations": 486}),
        ("Unfold(3)", {"params": 0, "macs": 0, "activations": 54 * 49}),
        ("MaxUnpool(2)", {"params": 0, "macs": 0, "activations": 6 * 18 * 18}),
        ("CrossEntropy", {"params": 0, "macs": 0, "activations": 1}),
    ],
)
def test_what_kinds_count(kind: str, quantities: dict[str, int]) -> None:
    a = analysed(chain(kind, shape="6×9×9")).at()
    assert {name: a.count(name) for name in quantities} == quantities


@pytest.mark.parametrize(
    ("step", "output"),
    [
        # Dumoulin & Visin 2016, chapter 4: no padding (4.2), half padding (4.2), strides (4.5, 4.6, 4.7)
        ("ConvTranspose(1, 3)", (1, 11, 11)),
        ("ConvTranspose(1, 5, padding=2)", (1, 9, 9)),
        ("ConvTranspose(1, 3, stride=2)", (1, 19, 19)),
        ("ConvTranspose(1, 3, stride=2, padding=1)", (1, 17, 17)),
        ("ConvTranspose(1, 3, stride=2, padding=1, output_padding=1)", (1, 18, 18)),
        # the generator of DCGAN doubles: Radford, Metz & Chintala 2016, figure 1
        ("ConvTranspose(1, 4, stride=2, padding=1)", (1, 18, 18)),
        ("ConvTranspose(1, (3, 2), stride=(1, 3), dilation=(2, 4), output_padding=(1, 3))", (1, 14, 32)),
        ("ConvTranspose(1, 3, padding=((0, 1), (2, 0)))", (1, 10, 9)),
        ("Upsample((2, 3))", (6, 18, 27)),
        ('Interpolate(2, mode="bilinear", align_corners=true)', (6, 18, 18)),
        ("Pad(((1, 0), (-2, -3)))", (6, 10, 4)),
        ("Crop(((1, 0), (2, 3)))", (6, 8, 4)),
        ("ChannelSplit(4, start=2)", (4, 9, 9)),
        ("AdaptiveAvgPool(7)", (6, 7, 7)),
        ("AdaptiveMaxPool((1, 12))", (6, 1, 12)),
        ("GLU", (3, 9, 9)),
        ("Upsample(3/2)", (6, 13, 13)),
        ("Upsample((0.75, 4/3))", (6, 6, 12)),
        ("Interpolate(size=(20, 7))", (6, 20, 7)),
        ("PixelUnshuffle(3)", (54, 3, 3)),
        ("ChannelSplit(4); PixelShuffle(2)", (1, 18, 18)),
        ("Unfold((3, 2), stride=2, padding=1)", (36, 5, 5)),
        ("MaxUnpool(3, stride=2, padding=1)", (6, 17, 17)),
        ("DeformConv(4, 3, stride=2, padding=1)", (4, 5, 5)),
        ("MultiheadAttention(3)", (6, 9, 9)),
        ("MSE", (1,)),
        ('Pad(2, mode="reflect")', (6, 13, 13)),
    ],
)
def test_sizes(step: str, output: tuple[int, ...]) -> None:
    assert analysed(chain(step, shape="6×9×9")).at().output == output


def test_a_transposed_convolution_gives_back_the_size_of_its_convolution() -> None:
    a = analysed(chain("Conv(1, k, stride=s, padding=p)", "ConvTranspose(1, k, stride=s, padding=p)", shape="1×L"))
    for k, s, p in ((3, 2, 1), (4, 2, 1), (5, 3, 0)):
        for n in range(30, 40):  # but for the rows that the stride of the convolution leaves over
            assert a.at(L=n, k=k, s=s, p=p).output[1] == n - (n + 2 * p - k) % s


def test_the_output_padding_that_restores_a_size() -> None:
    """n comes back for output_padding = (n + 2p − k) mod s, whatever they are (Dumoulin & Visin 2016, section 4.6)."""
    down, up = (
        "Conv(1, k, stride=s, padding=p)",
        "ConvTranspose(1, k, stride=s, padding=p, output_padding=(L + 2p - k) % s)",
    )
    a = analysed(chain(down, up, shape="1×L"))
    assert a.output == (1, symbol("L"))
    for k, s, p in ((3, 2, 1), (4, 3, 0), (5, 4, 2), (1, 1, 0)):
        for n in range(8, 20):
            assert a.at(L=n, k=k, s=s, p=p).output == (1, n)
    joined = f"net a {{ input 1×L; x: Identity; {down}; {up}; add x }}"
    assert analysed(joined).output == (1, symbol("L"))  # the sizes agree without a condition
    assert not {str(c) for c in analysed(joined).conditions} - {str(c) for c in a.conditions}


def test_windows_times_a_matrix_are_a_convolution() -> None:
    window = "3, stride=2, padding=p, dilation=2"
    a = analysed(chain(f"Unfold({window})", "Linear(m, per_position=true)", shape="C×H×W"))
    b = analysed(chain(f"Conv(m, {window})", shape="C×H×W"))
    assert (a.output, a.weights, a.biases, a.macs) == (b.output, b.weights, b.biases, b.macs)
    assert a.receptive_field == b.receptive_field


def test_a_pixel_shuffle_is_undone() -> None:
    a = analysed(chain("PixelUnshuffle(r)", "PixelShuffle(r)", shape="C×H×W"))
    assert a.output == tuple(symbol(name) for name in "CHW")


def test_attention_of_symbols() -> None:
    a = analysed(chain("MultiheadAttention(h)", shape="C×L"))
    c, length = symbol("C"), symbol("L")
    assert (a.params, a.macs) == (4 * c**2 + 4 * c, 4 * c**2 * length + 2 * c * length**2)
    assert [str(condition) for condition in a.conditions] == ["Eq(Mod(C, h), 0)"]
    assert (a.receptive_field.size, a.receptive_field.jump) == ((length,), (0,))


def test_embeddings_are_of_one_index_for_each_position() -> None:
    a = analysed(chain("Embedding(v, embedding_dim=e)", "Conv(8, 3)", shape="1×L"))
    assert (a.layers[0].output, a.layers[0].params) == ((symbol("e"), symbol("L")), symbol("v") * symbol("e"))
    assert [str(c) for c in analysed(chain("Embedding(9, embedding_dim=2)", shape="C×H×W")).conditions] == ["Eq(C, 1)"]


@pytest.mark.parametrize("step", ["Upsample(3/2)", "Upsample(size=7)", "DeformConv(3, 3)", "AdaptiveAvgPool(5)"])
def test_of_what_is_not_known_nothing_is_said(step: str) -> None:
    field = analysed(chain("Conv(3, 3)", step, "Conv(3, 3)", shape="3×H×W")).receptive_field
    assert (field.size, field.jump, field.centre, field.aligned) == ((None, None), (None, None), (None, None), True)
    assert field.reason
    joined = analysed(f"net a {{ input 3×H×W; add {{ path {{ {step}; Upsample(size=(H, W)) }} skip }} }}")
    assert (joined.receptive_field.size, joined.receptive_field.aligned) == ((None, None), None)


@pytest.mark.parametrize(
    ("step", "names"),
    [("Pad(p)", "p"), ("Pad2d(((p, q), 1))", "p q"), ("Crop(c)", "c"), ("Pad(padding=p)", "p"), ("Own(p)", "p")],
)
def test_symbols_of_paddings_may_be_zero(step: str, names: str) -> None:
    own = "layer Own(padding: p) { size = n + p }\n"
    a = analysed(own + chain(step, "Conv(m, k)"))
    zero = {name for name, found in a.symbols.items() if not found.is_positive}
    assert zero == set(names.split())


@pytest.mark.parametrize(
    ("step", "window"),
    [
        ("ConvTranspose(1, 3, stride=2, padding=1)", Window(2, Fraction(1, 2), -1, upsampling=2)),
        ("ConvTranspose(1, 3, dilation=2)", Window(4, 1, -4, spacing=2)),
        ("ConvTranspose(1, 3)", Window(2, 1, -2)),
        ("Upsample(3)", Window(2, Fraction(1, 3), -2, upsampling=3)),
        ('Upsample(2, mode="bilinear")', Window(3, Fraction(1, 2), -2, upsampling=2)),
        ('Upsample(3, mode="bilinear")', Window(4, Fraction(1, 3), -3, upsampling=3)),
        ('Upsample(1, mode="bilinear")', Window()),
        ('Upsample(2, mode="bicubic")', Window(known=False)),
        ('Upsample(2, mode="bilinear", align_corners=true)', Window(known=False)),
        ("Pad(2)", Window(start=-2)),
        ("Crop(2)", Window(start=2)),
        ("AdaptiveAvgPool(1)", Window(8, 9, 0)),
        ("AdaptiveAvgPool(3)", Window(2, 3, 0)),
        ("AdaptiveMaxPool(9)", Window()),
        ("AdaptiveMaxPool(4)", Window(known=False)),
        ("AdaptiveAvgPool(18)", Window(known=False)),
        ("Upsample(3/2)", Window(known=False)),
        ("Upsample(size=18)", Window(1, Fraction(1, 2), -1, upsampling=2)),
        ("Upsample(size=12)", Window(known=False)),
        ("PixelUnshuffle(3)", Window(2, 3, 0)),
        ("Unfold(3, dilation=2, stride=2, padding=1)", Window(4, 2, -1, spacing=2)),
        ("MaxUnpool(2)", Window(1, Fraction(1, 2), -1, upsampling=2)),
        ("DeformConv(3, 3)", Window(known=False)),
        ("MultiheadAttention(2)", Window(8, 0, 0)),
        ("BCE", Window(8, 9, 0)),
    ],
)
def test_windows(step: str, window: Window) -> None:
    assert windows(step, "6×9×9") == (window, window)


def test_windows_of_symbols() -> None:
    s, h = symbol("s"), symbol("H")
    assert windows("Upsample(s)")[0] == Window(s - 1, 1 / s, 1 - s, upsampling=s)
    assert windows("AdaptiveAvgPool(1)")[0] == Window(h - 1, h, 0)
    assert windows("AdaptiveAvgPool((7, W))") == (Window(known=False), Window())
    known = analysed(chain("AdaptiveAvgPool(7)"), assume=["H % 7 == 0", "W % 7 == 0"])
    assert (known.layers[0].values["reach"][0], known.layers[0].values["jump"][0]) == (h / 7 - 1, h / 7)


@pytest.mark.parametrize(("word", "name"), JOINTS.items())
def test_joins_count_their_elements(word: str, name: str) -> None:
    kind = joint_kind(word)
    assert (kind.name, kind.joint) == (name, word)
    step = Step(word, (), NOWHERE, NOWHERE)
    outcome = Application(kind, step, Given({}, {}), Tensor(6, (4, symbol("W"))), Arithmetic()).outcome()
    assert (outcome.output, outcome.windows) == (Tensor(6, (4, symbol("W"))), (Window(), Window()))
    assert {n: v for n, v in outcome.counted.items() if v != 0} == {"activations": 24 * symbol("W")}


def test_only_joins_are_no_steps() -> None:
    assert {name for name in LIBRARY.layers if standard_kind(name).joint} == set(JOINTS.values())


def test_arguments_that_have_two_sides_and_those_that_are_words() -> None:
    sided = {name: standard_kind(name).sided for name in LIBRARY.layers if standard_kind(name).sided}
    assert sided.pop("Crop") == {"cropping"}
    assert set(sided) == set(SIDED.split())
    assert set(sided.values()) == {frozenset({"padding"})}
    words = {name: standard_kind(name).words for name in LIBRARY.layers if standard_kind(name).words}
    assert words.pop("Pad") == {"mode": ("constant", "reflect", "replicate", "circular")}
    assert words.pop("Upsample")["mode"][:2] == ("nearest", "nearest-exact")
    assert set(words) == {"Conv", "LocallyConnected", "MaxPool", "AvgPool"}
    assert all(found == {"padding": ("same", "valid")} for found in words.values())


@pytest.mark.parametrize("name", RULES)
def test_defaults_are_formulas(name: str) -> None:
    assert isinstance(default_formula(name), Formula)


OWN = """
layer Blur(kernel_size: k per axis = 3, keep: q rational = 0.5, mode = 2) {
    "A fixed filter on every channel."
    require k % 2 == 1 "a blur is centred", mode <= 2
    size     = n
    macs     = prod(n')*C*prod(k)
    buffers  = prod(k)
    flops    = macs + elements
    reach    = k - 1
    start    = -(k - 1)/2
    nonlinearities = mode - 1
}
layer Halve { axes = axes; size = n//2; channels = 2C; jump = 2; reach = 1 }
"""


def test_kinds_of_ones_own() -> None:
    a = analysed(OWN + chain("Blur(5×3)", "Halve", "Blur2d(keep=0.25)", "Conv(4, 1)", shape="3×H×W"))
    at = a.at(H=9, W=8)
    assert [layer.output for layer in at.layers] == [(3, 9, 8), (6, 4, 4), (6, 4, 4), (4, 4, 4)]
    assert [layer.macs for layer in at.layers[:3]] == [72 * 3 * 15, 0, 16 * 6 * 9]
    assert (at.layers[0].buffers, at.layers[0].flops) == (15, 72 * 3 * 15 + 72 * 3)
    assert (at.receptive_field.size, at.receptive_field.jump) == ((10, 8), (2, 2))
    assert at.receptive_field.centre == (Fraction(1, 2), Fraction(1, 2))


def test_requirements_of_ones_own_kind() -> None:
    error = error_of(lambda: analysed(OWN + chain("Blur(4)")))
    assert (error.message, error.hint) == (
        "Blur: a blur is centred", "it requires k % 2 == 1; here k (kernel_size) = 4",
    )  # fmt: skip
    error = error_of(lambda: analysed(OWN + chain("Blur(3, mode=7)")))
    assert error.message == "Blur: it requires mode <= 2; here mode = 7"
    a = analysed(OWN + chain("Blur(k, mode=m)"))
    assert {str(c) for c in a.conditions} == {"Eq(Mod(k, 2), 1)", "m <= 2"}


def test_a_default_may_use_the_arguments_before_it() -> None:
    kind = "layer L(a: q per axis, b: r per axis = q + 1, c: s = C) { size = n*r; channels = s }\n"
    assert str(analysed(kind + chain("L((2, 3))")).output) == "(3, 3*H, 4*W)"


def test_counted_rules_are_summed_and_the_others_are_not() -> None:
    assert set(COUNTED) == set(QUANTITIES) - {"params"}


def test_names_of_frameworks_stand_at_one_kind() -> None:
    layers = standard_library().layers.values()
    listed = [name for layer in layers for name in layer.elsewhere]
    assert len(set(listed)) == len(listed) and not set(listed) & set(known_names())
    for layer in layers:
        for name in layer.elsewhere:
            for called in (name, f"{name}2d", f"{name}Loss"):
                assert error_of(partial(analysed, chain(called))).hint == f"did you mean '{layer.name}'?"
    own = 'layer Hopfield { elsewhere "Memory", "Store" }\n'
    assert error_of(lambda: analysed(own + chain("Store1d"))).hint == "did you mean 'Hopfield'?"


def test_arguments_that_may_be_0_are_those_of_the_requirements() -> None:
    found = {(layer.name, name) for layer in standard_library().layers.values() for name in counted_from_0(layer)}
    assert {name for _, name in found} == {"padding", "output_padding", "cropping", "start"}
    own = "layer Shift(by: b, times: t) { require b >= 0, t >= 1; size = n + b; channels = t*C }\n"
    a = analysed(own + chain("Shift(x, times=y)", shape="C×H"))
    assert a.at(x=0, y=1, C=2, H=5).output == (2, 5)
    assert "at least 1" in error_of(lambda: a.at(x=0, y=0, C=2, H=5)).message
