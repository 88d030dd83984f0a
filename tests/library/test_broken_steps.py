"""Steps that a kind of the library refuses: the guilty place marked ‹so›, the first line, and the hint."""

# ruff: noqa: E501 — one row of the table is one line
from __future__ import annotations

import pytest

from symcnn.errors import NotSupportedError, SymcnnError
from tests.analysis.test_bad_input import check
from tests.helpers import analysed, chain, error_of

MODES = 'mode is "nearest", "nearest-exact", "linear", "bilinear", "trilinear" or "bicubic"'

# Steps on a tensor 4×H×W.
STEPS = [
    # words
    ('Upsample(2, ‹mode="biliner"›)', 'mode of Upsample cannot be "biliner"', "did you mean 'bilinear'?"),
    ('Upsample(2, ‹mode="area"›)', 'mode of Upsample cannot be "area"', MODES),
    ("Upsample(2, ‹mode=bilinear›)", "mode of Upsample is a word, not bilinear", 'write mode="bilinear"'),
    ("Upsample(2, ‹mode=2›)", "mode of Upsample is a word, not 2", MODES),
    ("Upsample(2, ‹mode=(1, 2)›)", "mode of Upsample is a word, not (1, 2)", MODES),
    ('Upsample(‹"same"›)', 'a number is wanted here, not the word "same"', None),
    ('ConvTranspose(4, 3, ‹padding="same"›)', 'a number is wanted here, not the word "same"', None),
    ('Pad(‹"same"›)', 'a number is wanted here, not the word "same"', None),
    # transposed convolution
    ("ConvTranspose(4, 3, ‹output_padding=1›)", "ConvTranspose: an output_padding is smaller than the stride or the dilation", "it requires a < s or a < d; here a (output_padding) = 1, s (stride) = 1, d (dilation) = 1"),
    ("ConvTranspose(4, 3, stride=2, ‹output_padding=2›)", "ConvTranspose: an output_padding is smaller than the stride or the dilation", None),
    ("ConvTranspose(4, 3, stride=2, ‹output_padding=-1›)", "ConvTranspose: an output_padding is not negative", None),
    ("ConvTranspose(4, 3, ‹padding=-1›)", "ConvTranspose: a padding is not negative", "it requires before(p) >= 0 and after(p) >= 0; here p (padding) = −1"),
    ("ConvTranspose(6, 3, ‹groups=3›)", "ConvTranspose: the groups must divide the input channels", "it requires C % g == 0; here C (in_channels) = 4, g (groups) = 3"),
    ("ConvTranspose(6, 3, ‹groups=4›)", "ConvTranspose: the groups must divide out_channels", "it requires m % g == 0; here m (out_channels) = 6, g (groups) = 4"),
    ("ConvTranspose(4, 64, ‹3›)", "argument 3 of ConvTranspose needs a name", None),
    ("‹ConvTranspose(4)›", "ConvTranspose needs kernel_size", "for example ConvTranspose(64, 3)"),
    ("ConvTranspose(4, 3, stride=2, ‹output_pading›=1)", "unknown argument 'output_pading' of ConvTranspose", "did you mean 'output_padding'?"),
    ("Flatten; ‹ConvTranspose(4, 3)›", "ConvTranspose: a transposed convolution wants a tensor with axes, such as C×H×W", None),
    ("GlobalAvgPool; ConvTranspose(4, ‹2›, padding=1)", "the output height of ConvTranspose would be 0", None),
    # sizes and channels
    ("Upsample(‹0›)", "Upsample: give a scale_factor or a size", "it requires s > 0 or o > 0; here s (scale_factor) = 0, o (size) = 0"),
    ("‹Upsample›", "Upsample: give a scale_factor or a size", None),
    ("‹Interpolate›", "Upsample: give a scale_factor or a size", None),
    ("Upsample(2, ‹size=7›)", "Upsample: give a scale_factor or a size, not both", "it requires s == 0 or o == 0; here s (scale_factor) = 2, o (size) = 7"),
    ("Upsample(‹-1/2›)", "Upsample: a scale_factor is positive", None),
    ("Upsample(‹size=-1›)", "Upsample: an output has at least one position", None),
    ("Upsample(‹size=7/2›)", "size of Upsample is 7/2, which is no integer", None),
    ("AdaptiveAvgPool(3); Upsample(‹0.25›)", "the output height of Upsample would be 0", None),
    ("PixelShuffle(‹3›)", "PixelShuffle: the square of upscale_factor must divide the channels", "it requires C % r^2 == 0; here C (in_channels) = 4, r (upscale_factor) = 3"),
    ("AdaptiveAvgPool(5); PixelUnshuffle(‹2›)", "PixelUnshuffle: downscale_factor must divide the sizes", "it requires n % r == 0; here n (the input size) = 5, r (downscale_factor) = 2"),
    ("Flatten; ‹PixelShuffle(2)›", "PixelShuffle: a pixel shuffle wants a tensor with two axes: C×H×W", None),
    ('AdaptiveAvgPool(2); Pad(‹2›, mode="reflect")', "Pad: what is mirrored is less than the input", None),
    ('AdaptiveAvgPool(2); Pad(‹3›, mode="circular")', "Pad: what goes around is no more than the input", None),
    ('Pad(1, ‹mode="mirror"›)', 'mode of Pad cannot be "mirror"', 'mode is "constant", "reflect", "replicate" or "circular"'),
    ("MaxUnpool(2, ‹padding=2›)", "MaxUnpool: the padding of a pooling is at most half its kernel", None),
    # attention and embedding
    ("MultiheadAttention(‹3›)", "MultiheadAttention: the heads must divide the channels", "it requires C % h == 0; here C (in_channels) = 4, h (num_heads) = 3"),
    ("Flatten; ‹MultiheadAttention(1)›", "MultiheadAttention: attention wants a tensor with axes: C×L, or C×H×W, whose positions are H·W", None),
    ("‹Embedding(9, embedding_dim=5)›", "Embedding: an embedding wants one index for each position: input 1×L", "it requires C == 1; here C (in_channels) = 4"),
    ("Flatten; ‹Embedding(9, embedding_dim=5)›", "Embedding: an embedding wants one index for each position: input 1×L, not input L", None),
    ("Embedding(9, ‹5›)", "argument 2 of Embedding needs a name", "only num_embeddings may stand without a name; write embedding_dim=…"),
    ("DeformConv(6, 3, ‹offset_groups=3›)", "DeformConv: the groups of offsets must divide the input channels", None),
    ("CrossEntropy(‹2›)", "CrossEntropy: label_smoothing is between 0 and 1", None),
    ("MSE; ‹Conv(4, 3)›", "Conv: a convolution wants a tensor with axes, such as C×H×W", None),
    ("Upsample(‹(2, 2, 2)›)", "scale_factor has 3 values, the tensor has 2 axes", "give one value, or one for each of 2 axes"),
    ('Upsample(2, ‹mode="linear"›)', "Upsample: the mode linear is for one axis: bilinear is for two, trilinear for three", None),
    ('Upsample(2, ‹mode="trilinear"›)', "Upsample: the mode trilinear is for three axes: linear is for one, bilinear for two", None),
    ("Upsample(2, ‹align_corners=true›)", "Upsample: align_corners is of the modes that interpolate", None),
    ('Interpolate(2, ‹mode="nearst"›)', 'mode of Upsample cannot be "nearst"', "did you mean 'nearest'?"),
    ("assume H <= 4; Pad(‹-2›)", "the output height of Pad, H − 4, is never positive", "the input is 4×H×W"),
    ("Pad(‹(1, 1, 2, 2)›)", "padding has 4 values, the tensor has 2 axes", "give one value, or one for each of 2 axes"),
    ("Pad(‹((1, 1, 1), 2)›)", "padding takes one number, or a pair (before, after), for each axis", None),
    ("Upsample(‹((1, 1), 2)›)", "scale_factor takes one number for each axis", None),
    ("Crop(‹-1›)", "Crop: a cropping is not negative", None),
    ("GlobalAvgPool; Crop(‹1›)", "the output height of Crop would be −1", "the input is 4×1×1"),
    ("ChannelShuffle(‹3›)", "ChannelShuffle: the groups must divide the channels", "it requires C % g == 0; here C (in_channels) = 4, g (groups) = 3"),
    ("ChannelSplit(‹5›)", "ChannelSplit: the split is larger than the channels", "it requires i + m <= C; here i (start) = 0, m (out_channels) = 5, C (in_channels) = 4"),
    ("ChannelSplit(2, ‹start=3›)", "ChannelSplit: the split is larger than the channels", "it requires i + m <= C; here i (start) = 3, m (out_channels) = 2, C (in_channels) = 4"),
    ("ChannelSplit(2, ‹start=-1›)", "ChannelSplit: the channels are counted from 0", None),
    ("ChannelSplit(‹0›)", "ChannelSplit: a split keeps at least one channel", None),
    ("AdaptiveAvgPool(‹0›)", "AdaptiveAvgPool: an output has at least one position", None),
    ("Flatten; ‹AdaptiveMaxPool(1)›", "AdaptiveMaxPool: pooling wants a tensor with axes, such as C×H×W", None),
    # normalisation
    ("LayerNorm(‹64›)", "elementwise_affine of LayerNorm is true or false, not 64", "the number of channels is inferred from the input: leave it out"),
    ("InstanceNorm2d(‹64›)", "affine of InstanceNorm2d is true or false, not 64", "the number of channels is inferred from the input: leave it out"),
    ("GlobalAvgPool; ‹InstanceNorm›", "InstanceNorm: a single position has no statistics: PyTorch refuses it, unless they are tracked", "it requires t or prod(n) >= 2; here t (track_running_stats) = false, n (the input size) = 1"),
    ("‹GroupNorm›", "GroupNorm needs num_groups", "for example GroupNorm(2)"),
    ("GroupNorm(‹3›)", "GroupNorm: the groups must divide the channels", None),
    ("LocalResponseNorm(‹0›)", "LocalResponseNorm: a window has at least one channel", None),
    ("Hardtanh(min_val=1, ‹max_val=0›)", "Hardtanh: min_val is less than max_val", None),
    ("ChannelSplit(3); ‹GLU›", "GLU: the channels are split in two", None),
    # joins
    ("‹Add›", "Add is no step: it joins tensors", "write add { path { … } skip }"),
    ("‹Concat›", "Concat is no step: it joins tensors", "write concat { path { … } skip }"),
    ("‹Multiply2d›", "Multiply2d is no step: it joins tensors", "write multiply { path { … } skip }"),
]  # fmt: skip


@pytest.mark.parametrize(("step", "message", "hint"), STEPS)
def test_broken_steps(step: str, message: str, hint: str | None) -> None:
    check(f"net a {{ input 4×H×W; {step} }}", message, hint)


def test_what_is_not_built_says_so() -> None:
    kind = 'layer Half(n_out: o) {\n"…"\nsource "…"\nrequire o % 2 == 0 "not supported yet: an odd n_out" }\n'
    error = error_of(lambda: analysed(kind + chain("Half(3)")))
    assert isinstance(error, NotSupportedError)
    assert error.message == "not supported yet: Half with an odd n_out"


def test_a_word_of_ones_own_kind() -> None:
    kind = 'layer Pick(how: h = "first", p per axis = 0) { require h == "first" or h == "last", p == "free" or p >= 0\n'
    text = kind + 'channels = 1 if h == "first" else 2; size = n if p == "free" else n + p }\n'
    a = analysed(text + chain('Pick(how="last", p="free")', "Pick(p=2)", shape="3×5"))
    assert [layer.output for layer in a.layers] == [(2, 5), (1, 7)]
    error = error_of(lambda: analysed(text + chain('Pick(p="fre")', shape="3×5")))
    assert (error.message, error.hint) == ('p of Pick cannot be "fre"', "did you mean 'free'?")
    with pytest.raises(SymcnnError, match="how of Pick is a word, not 3"):
        analysed(text + chain("Pick(3)", shape="3×5"))


def test_a_rule_but_that_of_the_window_is_never_unknown() -> None:
    error = error_of(lambda: analysed("layer L { macs = unknown }\n" + chain("L")))
    assert error.message == "unknown name 'unknown'"
