"""The command `memory`: what it prints, in every format, and one clear message for every mistake."""

from __future__ import annotations

import json
import re

import pytest

from tests.cli.test_commands import printed, refused, run

LENET, VGG, UNET, RESNET = (f"examples/{name}.cnn" for name in ("lenet", "vgg16", "unet", "resnet50"))
AT = ["--at", "H=224,W=224"]
MACHINE = ["--peak", "312e12", "--bandwidth", "2e12"]


def squeezed(text: str) -> str:
    return " ".join(text.split())


def test_help_has_examples_that_work() -> None:
    shown = printed("memory", "--help")
    examples = [line.strip() for line in shown.splitlines() if line.strip().startswith("symcnn memory")]
    assert len(examples) >= 3
    for example in examples:
        assert printed(*example.removeprefix("symcnn ").split())


def test_numbers_and_bytes() -> None:
    shown = printed("memory", LENET, "--optimizer", "adam")
    assert re.search(r"^relu1 +ReLU +32×24×24 +18,432 +36,864 +147,456 +0$", shown, re.MULTILINE)
    assert re.search(r"^flatten1 +Flatten +800 +view +800$", shown, re.MULTILINE)
    assert "peak         36,864 numbers, 147,456 bytes (144 KiB), at relu1" in shown
    assert "optimiser    1,741,648 bytes (≈ 1.66 MiB): adam" in shown


def test_symbols_and_then_values() -> None:
    shown = squeezed(printed("memory", VGG, "--dtype", "float16", *AT))
    assert "peak 128H·W numbers, 256H·W bytes, at stage1.repeat1[0].relu1" in shown
    assert "peak 6,422,528 numbers, 12,845,056 bytes (12.2 MiB), at stage1" in shown.replace("≈ 12.2", "12.2")
    assert "parameters 138,357,544 numbers, 276,715,088 bytes (≈ 264 MiB)" in shown


def test_a_peak_that_depends_says_on_what() -> None:
    shown = squeezed(printed("memory", RESNET))
    assert "the largest of these numbers, which depends on the symbols; assume more, as H >= 64" in shown
    decided = squeezed(printed("memory", RESNET, "--assume", "H >= 64", "--assume", "W >= 64"))
    assert "peak 768⌈H/4⌉·⌈W/4⌉ numbers" in decided
    assert "the largest of these" not in decided


def test_the_bound_of_a_machine() -> None:
    shown = printed("memory", UNET, "--net", "padded", "--at", "H=64,W=64", *MACHINE)
    assert "memory if H·W ≤ 6,636" in shown
    assert re.search(r"conv2 .* 184 +compute +≈ 968 ns$", shown, re.MULTILINE)
    assert "156 FLOPs/byte: below it, memory bounds the time" in squeezed(shown)
    assert "memory-bound 23 of 27 layers" in squeezed(shown)


def test_symbols_of_the_machine() -> None:
    shown = squeezed(printed("memory", LENET, "--peak", "P", "--bandwidth", "β"))
    assert "ridge point P/β FLOPs/byte" in shown
    assert "memory if" in shown
    found = json.loads(
        printed("memory", LENET, "--peak", "P", "--bandwidth", "β", "--at", "P=312e12,β=2e12", "--format", "json")
    )
    assert found["layers"][0]["bound"] == "depends"
    assert found["at"]["layers"][0]["bound"] == "memory"
    assert found["at"]["roofline"]["ridge"] == "156"


def test_json_is_exact_and_adds_up() -> None:
    found = json.loads(printed("memory", RESNET, *AT, *MACHINE, "--optimizer", "adamw", "--format", "json"))
    at = found["at"]
    size = {name: int(value) for name, value in at["bytes"].items()}
    assert size["params"] == size["gradients"] == 4 * 25_557_032
    assert size["optimizer"] == 2 * size["params"]
    assert size["inference"] == size["params"] + size["buffers"] + size["peak"]
    assert size["access"] == sum(int(x["times"]) * int(x["access_bytes"]) for x in at["layers"])
    assert at["peak"] == [{"value": str(size["peak"] // 4), "layer": at["peak"][0]["layer"]}]
    assert size["peak"] // 4 == max(int(x["live"]) for x in at["layers"])
    assert len(found["peak"]) > 1


def test_what_a_convention_does_not_say() -> None:
    text = "convention part { Conv = macs }\nnet a { input 3×8×8; Conv(8, 3); MaxPool(2) }"
    shown = squeezed(printed("memory", "-", "--count", "part", *MACHINE, text=text))
    assert "part/byte unknown, as maxpool1 (MaxPool) is: the convention part has no line for MaxPool" in shown
    found = json.loads(printed("memory", "-", "--count", "part", *MACHINE, "--format", "json", text=text))
    assert [x["bound"] for x in found["layers"]] == ["memory", "unknown"]
    assert found["roofline"]["time"] == found["intensity"] == "unknown"


@pytest.mark.parametrize("format_", ["text", "markdown", "latex"])
def test_a_convolution(format_: str) -> None:
    shown = printed("memory", LENET, "--layer", "conv1", "--winograd", "2", "--format", format_)
    assert "165" in shown
    assert "900" not in shown
    assert "18.4" in shown
    assert "no F(m, r): its stride is 2" in squeezed(printed("memory", RESNET, "--layer", "conv1"))


def test_whole_numbers_without_gradients_have_no_training() -> None:
    shown = printed("memory", LENET, "--dtype", "int4")
    assert "108,853 bytes" in shown
    assert "training" not in shown


@pytest.mark.parametrize("columns", [80, 100, 120])
def test_it_fits(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    shown = printed("memory", LENET, *MACHINE)
    assert max(map(len, shown.splitlines())) <= columns


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--dtype", "float31"], "unknown data type 'float31'"),
        (["--optimizer", "adamm"], "did you mean 'adam'?"),
        (["--optimizer", "adam", "--dtype", "int8"], "int8 has no gradients, and adam nothing to keep"),
        (["--peak", "312 TFLOPS", "--bandwidth", "2T"], "a rate has no spaces and no unit"),
        (["--peak", "nan", "--bandwidth", "2T"], "'nan' is no number"),
        (["--mixed"], "mixed precision is not for float32"),
        (["--peak", "3"], "a machine has a peak and a bandwidth"),
        (["--peak", "0", "--bandwidth", "1"], "peak is not known to be positive: 0"),
        (["--peak", "3 +", "--bandwidth", "1"], "--peak"),
        (["--layer", "conv3"], "did you mean 'conv2'?"),
        (["--layer", "relu1"], "relu1 (ReLU) is no convolution"),
        (["--layer", "conv1", "--winograd", "0"], "the tile of F(m, r) is 0"),
        (["--count", "flop"], "flop"),
        (["--at", "Q=3"], "there is no symbol 'Q'"),
        (["--format", "csv"], "not supported yet: the format csv"),
        (["--net", "lent"], "did you mean 'lenet'?"),
    ],
)
def test_mistakes(arguments: list[str], message: str) -> None:
    assert message in refused("memory", LENET, *arguments)


def test_several_nets_get_their_own_values() -> None:
    result = run("memory", UNET, "--at", "H=188,W=188")
    assert result.exit_code == 0
    assert "unet: memory in float32 at H = 188\n" in result.stdout
    assert "padded: memory in float32 at H = 188, W = 188\n" in result.stdout


def test_bounds_count_repetitions(tmp_path: Path) -> None:
    file = tmp_path / "r7.cnn"
    file.write_text("net r7 { input 4×8×8; repeat 7 { Conv(4, 3, padding=1); ReLU } }", encoding="utf-8")
    shown = printed("memory", str(file), "--peak", "312T", "--bandwidth", "2T")
    assert "memory-bound  14 of 14 layers" in shown and "FLOP/s, 2,000,000,000,000 bytes/s" in shown
    shown = printed("memory", str(file), "--peak", "P", "--bandwidth", "B")
    assert "7 of 14 layers: repeat1.relu1; of 7 it depends on the symbols" in shown
