"""What the papers print about their networks: parameters in millions, operations, sizes, receptive fields."""

from __future__ import annotations

import pytest

from tests.zoo.nets import last, zoo

# In millions, rounded as printed.
MILLIONS = [
    ("vgg11", {}, "133"),  # Simonyan & Zisserman 2015, table 2
    ("vgg13", {}, "133"),
    ("vgg16", {}, "138"),
    ("vgg19", {}, "144"),
    ("resnet20", {}, "0.27"),  # He et al. 2016, table 6
    ("resnet32", {}, "0.46"),
    ("resnet44", {}, "0.66"),
    ("resnet56", {}, "0.85"),
    ("resnet110", {}, "1.7"),
    ("resnet1202", {}, "19.4"),
    ("resnext50_32x4d", {}, "25.0"),  # Xie et al. 2017, table 1
    ("wrn", {"N": 6, "k": 1}, "0.6"),  # Zagoruyko & Komodakis 2016, table 4
    ("wrn", {"N": 6, "k": 2}, "2.2"),
    ("wrn40_4", {}, "8.9"),
    ("wrn", {"N": 6, "k": 8}, "35.7"),
    ("wrn28_10", {}, "36.5"),
    ("wrn", {"N": 4, "k": 12}, "52.5"),
    ("wrn", {"N": 3, "k": 8}, "17.2"),
    ("wrn", {"N": 3, "k": 10}, "26.8"),
    ("wrn16_8", {}, "11.0"),
    ("wrn", {"N": 2, "k": 10}, "17.1"),
    ("densenet40_k12", {}, "1.0"),  # Huang et al. 2017, table 2
    ("densenet100_k12", {}, "7.0"),
    ("densenet100_k24", {}, "27.2"),
    ("densenet_bc100_k12", {}, "0.8"),
    ("densenet_bc250_k24", {}, "15.3"),
    ("densenet_bc190_k40", {}, "25.6"),
    ("tcn_mnist", {}, "0.07"),  # Bai, Kolter & Koltun 2018, table 1
]


@pytest.mark.parametrize(("name", "parameters", "printed"), MILLIONS)
def test_parameters_in_millions(name: str, parameters: dict[str, int], printed: str) -> None:
    digits = len(printed.partition(".")[2])
    assert f"{int(zoo(name, **parameters).params) / 1e6:.{digits}f}" == printed


# In thousand millions of multiply-adds at 224×224. He et al. 2016, table 1; Xie et al. 2017, table 1.
OPERATIONS = [
    ("resnet18", {}, 1.8),
    ("resnet34", {}, 3.6),
    ("resnet50", {"original": True}, 3.8),
    ("resnet101", {"original": True}, 7.6),
    ("resnet152", {"original": True}, 11.3),
    ("resnext50_32x4d", {}, 4.2),
]


@pytest.mark.parametrize(("name", "parameters", "printed"), OPERATIONS)
def test_operations(name: str, parameters: dict[str, bool], printed: float) -> None:
    assert abs(zoo(name, **parameters).at(H=224, W=224).macs / 1e9 - printed) < 0.1


# Araujo, Norris & Sim 2019, Computing receptive fields of convolutional neural networks: size and effective stride of
# the last feature map, of those networks that are the same there; only the strides of its ResNets are in the last block
# of a stage, not in the first 1×1 of the next, which leads as far.
FIELDS = [
    ("alexnet", {}, "MaxPool", 195, 32),
    ("vgg16", {}, "MaxPool", 212, 32),
    ("resnet50", {"original": True}, "ReLU", 483, 32),
    ("resnet101", {"original": True}, "ReLU", 1027, 32),
    ("resnet152", {"original": True}, "ReLU", 1507, 32),
]


@pytest.mark.parametrize(("name", "parameters", "kind", "size", "jump"), FIELDS)
def test_receptive_fields(name: str, parameters: dict[str, bool], kind: str, size: int, jump: int) -> None:
    field = last(zoo(name, **parameters), kind).receptive_field
    assert (field.size, field.jump) == ((size, size), (jump, jump))


@pytest.mark.parametrize(("name", "size"), [("alexnet", 195), ("vgg16", 212)])
def test_receptive_fields_behind_the_pooling_that_torchvision_adds(name: str, size: int) -> None:
    a = zoo(name, assume="H == 224, W == 224")
    assert last(a, "AdaptiveAvgPool").receptive_field.size == (size, size)


def test_lenet5_has_60000_parameters_and_340908_connections() -> None:
    a = zoo("lenet5_1998")
    assert a.params == 60_000
    parts = {
        part: [x for x in a.layers if x.path.split(".")[0] == part] for part in ("c1", "s2", "c3", "s4", "c5", "f6")
    }
    assert [sum(x.params for x in layers) for layers in parts.values()] == [156, 12, 1516, 32, 48_120, 10_164]
    # The paper counts a connection for each bias of each neuron, too.
    connections = [sum(x.connections + (x.neurons if x.biases else 0) for x in layers) for layers in parts.values()]
    assert connections == [122_304, 5_880, 151_600, 2_000, 48_120, 10_164]
    assert sum(connections) + a.layers[-1].connections == 340_908
    assert zoo("lenet5").params == 61_706


def test_lenet5_c3_sees_what_table_1_says() -> None:
    seen = {0: "012", 1: "123", 2: "234", 3: "345", 4: "450", 5: "501", 6: "0123", 7: "1234", 8: "2345", 9: "3450"}
    seen |= {10: "4501", 11: "5012", 12: "0134", 13: "1245", 14: "0235", 15: "012345"}
    c3 = [x for x in zoo("lenet5_1998").layers if x.path.startswith("c3.")]
    maps = [[x for x in c3 if x.path.startswith(f"c3.concat1.path{i + 1}.")] for i in range(16)]
    assert [x[-1].input[0] for x in maps] == [len(seen[i]) for i in range(16)]
    splits = [[x.values for x in layers if x.kind == "ChannelSplit"] for layers in maps]
    kept = [[str(c) for split in of_map for c in range(split["i"], split["i"] + split["m"])] for of_map in splits]
    assert ["".join(channels) for channels in kept] == list(seen.values())


def test_alexnet_of_2012() -> None:
    a = zoo("alexnet2012")
    assert a.params == 60_965_224
    neurons = [x.neurons for x in a.layers if x.kind in ("Conv", "Linear")]
    # Section 3.5 prints these; its 253,440 of the first layer contradict its own 55×55×96.
    assert neurons[1:] == [186_624, 64_896, 64_896, 43_264, 4096, 4096, 1000]


def test_unet_tiles_are_those_of_figure_1() -> None:
    a = zoo("unet").at(H=572, W=572)
    sizes = [x.output[1] for x in a.layers if x.kind in ("Conv", "MaxPool", "ConvTranspose")]
    down = [570, 568, 284, 282, 280, 140, 138, 136, 68, 66, 64, 32, 30, 28]
    assert sizes == [*down, 56, 54, 52, 104, 102, 100, 200, 198, 196, 392, 390, 388, 388]
    assert a.params == 31_030_658
    assert [x.output[0] for x in a.layers if x.kind == "Concat"] == [1024, 512, 256, 128]


def test_padded_unet_keeps_the_size() -> None:
    a = zoo("unet_padded")
    assert a.params == 31_030_658
    assert a.at(H=512, W=256).output == (2, 512, 256)


def test_wavenet_stack_sees_1024_samples() -> None:
    """Section 2.1: a block 1, 2, 4, …, 512 sees 1024; the convolution before it adds 1, another block 1023."""
    assert zoo("wavenet", stacks=1).receptive_field.size == (1025,)
    assert zoo("wavenet").receptive_field.size == (3 * 1023 + 1 + 1,)
    assert zoo("wavenet").output[1] == zoo("wavenet").symbols["L"]


@pytest.mark.parametrize("stacks", [1, 2])
def test_wavenet_parameters(stacks: int) -> None:
    r, s, q = 32, 64, 256
    layer = 2 * (2 * r * r + r) + (r * s + s) + (r * r + r)
    total = (2 * q * r + r) + 10 * stacks * layer - (r * r + r)  # the last layer has nothing to hand on
    total += (s * s + s) + (s * q + q)
    assert zoo("wavenet", stacks=stacks, skip_channels=s).params == total


@pytest.mark.parametrize(("levels", "kernel"), [(1, 3), (4, 2), (8, 7)])
def test_tcn_receptive_field(levels: int, kernel: int) -> None:
    """Two convolutions of dilation 1, 2, 4, … in each level; that of a chain is 1 + the sum of d(k − 1)."""
    expected = 1 + sum(2 * 2**level * (kernel - 1) for level in range(levels))
    assert zoo("tcn", n=levels, k=kernel).receptive_field.size == (expected,)


@pytest.mark.parametrize("n", [1, 3, 18])
@pytest.mark.parametrize("projected", [False, True])
def test_cifar_resnet_by_plain_loops(n: int, projected: bool) -> None:
    params, macs, size, channels = 27 * 16 + 2 * 16, 27 * 16 * 32**2, 32, 16
    for stage in range(3):
        for _ in range(n):
            new = 16 * 2**stage
            if new != channels:
                size //= 2
                params += (channels * new + 2 * new) * projected
                macs += channels * new * size**2 * projected
            params += 9 * channels * new + 9 * new * new + 4 * new
            macs += 9 * (channels * new + new * new) * size**2
            channels = new
    a = zoo("resnet_cifar", n=n, width=16, projected=projected).at(H=32, W=32)
    assert (a.params, a.macs) == (params + 650, macs + 640)
    assert a.output == (10,)
