"""The command line with counting conventions."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from symcnn import analyse, conventions, load
from symcnn.cli import main

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
RESNET50, LENET = str(EXAMPLES / "resnet50.cnn"), str(EXAMPLES / "lenet.cnn")
AT = ["--at", "H=224,W=224"]
UNSAID = "convention part { Conv = macs }\nnet a { input 3×H×H; Conv(8, 3); MaxPool(2) }"


def run(*arguments: str, text: str | None = None) -> tuple[int, str, str]:
    done = CliRunner().invoke(main, list(arguments), input=text)
    return done.exit_code, done.stdout, done.stderr


def test_columns_beside_each_other() -> None:
    _, out, _ = run("derive", RESNET50, "--count", "fvcore,thop", "--count", "torch", *AT)
    symbolic, numeric = out.split("resnet50 at H = 224, W = 224")
    for part in (symbolic, numeric):
        header = next(line for line in part.splitlines() if line.startswith("layer"))
        assert re.search(r"MACs .*fvcore +thop +torch", header)
    assert re.search(r"^total .* 4,111,512,576 +4,133,742,592 +8,178,368,512$", numeric, re.MULTILINE)
    assert re.search(r"^thop +4,133,742,592$", numeric, re.MULTILINE)
    assert re.search(r"^fvcore +.*⌈H/32⌉", symbolic, re.MULTILINE)
    assert "four times too many" in " ".join(numeric.split())  # what a tool gets wrong is said


def test_the_columns_of_layers_add_up() -> None:
    _, out, _ = run("derive", RESNET50, "--count", "fvcore,keras", "--format", "json", *AT)
    for found in (json.loads(out), json.loads(out)["at"]):
        assert set(found["counts"]) == {"fvcore", "keras"}
        assert all(set(layer["counts"]) == {"fvcore", "keras"} for layer in found["layers"])
    at = json.loads(out)["at"]
    for name, total in at["counts"].items():
        assert int(total) == sum(int(x["times"]) * int(x["counts"][name]) for x in at["layers"])
    plain = json.loads(run("derive", RESNET50, "--format", "json")[1])
    assert "counts" not in plain


def test_what_is_unknown_is_said() -> None:
    _, out, _ = run("derive", "-", "--count", "part", "--at", "H=32", text=UNSAID)
    assert out.count("unknown, as maxpool1 (MaxPool) is: the convention part has no line for MaxPool") == 2
    assert re.search(r"^maxpool1 .* unknown", out, re.MULTILINE)
    assert re.search(r"^total .* unknown", out, re.MULTILINE)
    found = json.loads(run("derive", "-", "--count", "part", "--format", "json", text=UNSAID)[1])
    assert found["counts"] == {"part": "unknown"}
    assert [layer["counts"]["part"] for layer in found["layers"]] == ["216*(H - 2)**2", "unknown"]


@pytest.mark.parametrize("format_", ["text", "markdown", "latex"])
def test_why_two_differ(format_: str) -> None:
    code, out, _ = run("explain", RESNET50, "--count", "thop,fvcore", "--format", format_, *AT)
    assert code == 0
    out = out.replace("{,}", ",").replace("$", "")
    places = [out.index(x) for x in ("4,111,512,576", "BatchNorm 4 per element instead of 2", "GlobalAvgPool 1 per")]
    assert [*places, out.index("4,133,742,592")] == sorted([*places, out.index("4,133,742,592")])
    assert "+22,227,968" in out


def test_why_two_differ_as_data() -> None:
    found = json.loads(run("explain", RESNET50, "--count", "deepspeed,torchinfo", "--format", "json", *AT)[1])
    assert int(found["first"]["total"]) == 8_211_108_352
    assert int(found["second"]["total"]) + sum(int(line["amount"]) for line in found["lines"]) == 8_211_108_352
    assert found["values"] == {"H": "224", "W": "224"}


def test_one_convention_is_explained_by_macs() -> None:
    _, out, _ = run("explain", LENET, "--count", "flops")
    assert out.startswith("lenet: FLOPs against MACs")
    assert "Conv 2 per multiply–add instead of 1" in out
    assert "lenet: MACs against paper" in run("explain", LENET, "--count", "macs,paper")[1]
    assert "count the same here" in run("explain", LENET, "--count", "macs,paper")[1]


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (["derive", LENET, "--count", "fvcor"], "unknown convention 'fvcor'", "did you mean 'fvcore'?"),
        (["explain", LENET, "--count", "thop,fvcor"], "unknown convention 'fvcor'", "did you mean 'fvcore'?"),
        (["conventions", "thopp"], "unknown convention 'thopp'", "did you mean 'thop'?"),
        (["derive", LENET, "--count", "thop,"], "--count wants the names of conventions", "as in --count fvcore,thop"),
        (
            ["explain", LENET, "--count", "thop", "--layer", "conv1"],
            "--count explains the totals",
            "leave out --layer and --quantity",
        ),
        (
            ["explain", LENET, "--count", "thop,fvcore,macs", "--format", "json"],
            "JSON is of two conventions",
            "as in --count thop,macs",
        ),
    ],
)
def test_bad_arguments(arguments: list[str], message: str, hint: str) -> None:
    code, out, error = run(*arguments)
    assert (code, out) == (2, "")
    assert error == f"error: {message}\n  {hint}\n"


def test_the_reference_has_every_convention() -> None:
    _, out, _ = run("conventions")
    listed = {line.split()[0] for line in out.splitlines() if line and not line.startswith((" ", "─"))}
    assert set(conventions()) <= listed
    found = json.loads(run("conventions", "--format", "json")[1])["conventions"]
    assert [c["name"] for c in found] == list(conventions())
    assert all(c["doc"] and c["rows"] for c in found)


def test_the_reference_of_one() -> None:
    _, out, _ = run("conventions", "thop")
    assert re.search(r"^Conv, Linear +macs$", out, re.MULTILINE)
    assert "ConvTranspose  " in out
    for name in conventions():
        for format_ in ("text", "markdown", "latex"):
            assert run("conventions", name, "--format", format_)[0] == 0


def test_a_sum_beside() -> None:
    name = "macs+bias+norm+activation+pooling+addition"
    _, out, _ = run("derive", RESNET50, "--count", f"{name},exact_macs,training", *AT, "--format", "json")
    at = json.loads(out)["at"]
    a = analyse(load(RESNET50)["resnet50"]).at(H=224, W=224)
    assert at["counts"] == {x: str(a.count(x)) for x in (name, "exact_macs", "training")}
    for x, total in at["counts"].items():
        assert int(total) == sum(int(layer["times"]) * int(layer["counts"][x]) for layer in at["layers"])
    assert "Plus bias: One addition" in run("conventions", "macs+bias")[1]
    assert "flops has the bias already" in " ".join(run("conventions")[1].split())
    assert "BatchNorm 2 per element instead of 0" in run("explain", RESNET50, "--count", "macs+norm,macs", *AT)[1]


def test_the_ideal_time() -> None:
    _, out, _ = run("derive", RESNET50, "--rate", "312e12", *AT)
    symbolic, numeric = out.split("resnet50 at H = 224, W = 224")
    assert "ideal time       FLOPs: 8,178,369,512/312,000,000,000,000 s ≈ 26.2 µs" in numeric
    assert re.search(r"ideal time +FLOPs: \(.*⌈H/32⌉.*\)/312,000,000,000,000 s", " ".join(symbolic.split()))
    assert "FLOPs are a number of operations, the rate is in operations per second" in " ".join(numeric.split())
    assert "FLOPS" not in out
    _, out, _ = run("derive", LENET, "--rate", "R", "--count", "macs,params,training")
    assert re.search(
        r"ideal time +MACs: [\d,]+/R s, if the rate is in multiply–adds per second\n +training: \d[\d,]*/R s\n", out
    )
    _, out, _ = run("derive", LENET, "--rate", "1e6")
    assert "3,201,418/1,000,000 s ≈ 3.20 s" in out
    for format_ in ("markdown", "latex"):
        code, out, _ = run("derive", LENET, "--rate", "312e12", "--format", format_)
        assert (code, "FLOPS" in out) == (0, False)


def test_the_ideal_time_as_data() -> None:
    _, out, _ = run("derive", RESNET50, "--rate", "1e12", "--count", "flops,keras,part", "--format", "json", *AT)
    assert not out
    _, out, _ = run("derive", RESNET50, "--rate", "1e12", "--count", "flops,keras", "--format", "json", *AT)
    found = json.loads(out)
    assert found["at"]["ideal_time"] == {"rate": "1000000000000", "seconds": {"flops": "1022296189/125000000000"}}
    assert set(found["ideal_time"]["seconds"]) == {"flops"}
    assert "ceiling(H/32)" in found["ideal_time"]["seconds"]["flops"]
    _, out, _ = run("derive", "-", "--rate", "R", "--count", "part", "--format", "json", text=UNSAID)
    assert json.loads(out)["ideal_time"] == {"rate": "R", "seconds": {"part": "unknown"}}


def test_the_working_of_what_a_convention_counts() -> None:
    _, out, _ = run("explain", RESNET50, "--quantity", "exact_macs", "--layer", "conv1", *AT)
    assert "m·(C/g)·taps(n, n', k, s, p, d)·taps(n, n', k, s, p, d)" in out
    assert "= 64·(3/1)·taps(224, 112, 7, 2, 3, 1)·taps(224, 112, 7, 2, 3, 1) = 64·(3/1)·778·778 = 116,214,528" in out
    assert "that fall on one of n inputs and not on padding" in " ".join(out.split())
    code, out, _ = run("explain", LENET, "--quantity", "training", "--lang", "zh", "--format", "latex")
    assert code == 0
    assert "first" in out


def test_columns_from_python() -> None:
    a = analyse(load(LENET)["lenet"]).beside("torch", "torch")
    assert a.columns == a.at(**dict.fromkeys(a.symbols, 1)).columns == ("torch",)


OWN = """convention mine "twice" { Conv = 2macs; otherwise = 0 }
convention other { Conv = mine; otherwise = 0 }
net a { input 3×H×W; Conv(8, 3); Conv(8, 3) }
net b { input 3×H×W; Conv(8, 5) }
"""


@pytest.mark.parametrize("name", ["exact_macs", "training", "fvcore", "bias", "macs+bias", "mul", "mine"])
@pytest.mark.parametrize("format_", ["text", "markdown", "latex", "json"])
def test_conventions_compared(name: str, format_: str) -> None:
    code, out, _ = run("compare", "-", "--quantity", name, "--format", format_, text=OWN)
    assert (code, name.replace("_", "") in out.replace("\\", "").replace("_", "")) == (0, True)


def test_names_that_are_no_conventions() -> None:
    code, _, error = run("compare", "-", "--quantity", "nope", text=OWN)
    assert code == 2 and "conventions are mine, other, macs" in error
    code, _, error = run("derive", "-", "--count", "other", text=OWN)
    assert code == 2 and "a convention's formula cannot use the convention 'mine'" in error
    code, _, error = run("explain", LENET, "--count", "fvcore,fvcore")
    assert (code, error.splitlines()[0]) == (2, "error: --count compares fvcore with itself")
    code, _, error = run("derive", "-", text="convention thop { otherwise = macs }\nnet a { input 3×H×W; Conv(8, 3) }")
    assert error.splitlines()[0] == "warning: 'thop' takes the place of the library's convention of that name"
    assert code == 0


REPEATED = "net r7 { input 4×8×8; repeat 7 { Conv(4, 3, padding=1); ReLU } }"


def test_a_repeated_layer_counts_as_one_that_is_not_the_first() -> None:
    _, out, _ = run("derive", "-", "--count", "training", text=REPEATED)
    assert re.search(r"conv1 .* 55,296 ", out) and "repeat1.conv1 36,864" in out and "training         368,640" in out
    _, out, _ = run("derive", "-", "--count", "training", "--format", "json", text=REPEATED)
    (conv, relu), totals = json.loads(out)["layers"], json.loads(out)["counts"]
    assert conv["counts"] == {"training": "55296"} and "first" not in relu and totals == {"training": "368640"}
    assert conv["first"] == {"times": "1", "counts": {"training": "36864"}}
    asked = ("check", "-", "--layer", "repeat1.conv1", "--quantity", "training", "--answer")
    assert [run(*asked, answer, text=REPEATED)[0] for answer in ("55296", "368640/7")] == [0, 1]


def test_a_rate_in_flops_is_not_for_multiply_adds() -> None:
    _, out, error = run("derive", LENET, "--count", "exact_macs,training", "--rate", "312T")
    assert error.startswith("warning: exact_macs counts a multiply–add once: at a rate in FLOP/s its time is half")
    assert len([line for line in out.splitlines() if "if the rate is in multiply–adds per second" in line]) == 1
    assert run("derive", LENET, "--count", "flops,training", "--rate", "312e12")[2] == ""


def test_exact_macs_in_words() -> None:
    net = "net t { input 8×10; Conv(6, 3, stride=2, padding=1, bias=false); ConvTranspose(4, 3, stride=2, padding=1) }"
    _, out, _ = run("explain", "-", "--quantity", "exact_macs", text=net)
    assert "= 6·(8/1)·taps(10, 5, 3, 2, 1, 1) = 6·(8/1)·14 = 672" in out
    assert out.count("counts along an axis the pairs") == 1
    _, out, _ = run("explain", "-", "--count", "exact_macs+bias,macs", text=net)
    assert "Conv 1 per multiply–add that is no padding instead of 1 per multiply–add" in out
    assert "ConvTranspose 1 per multiply–add that is not cut off and 1 per output instead of 1 per multiply–add" in out
    _, out, _ = run("conventions", "exact_macs")
    assert all(re.search(rf"^{kind} .*taps", out, re.M) for kind in ("Conv", "ConvTranspose", "LocallyConnected"))
    _, out, _ = run("explain", LENET, "--quantity", "training")
    assert "first_layer = 0 (1 if nothing before it learns)" in " ".join(out.split())


def test_layers_that_count_nothing_stand_in_one_line() -> None:
    _, out, _ = run("explain", LENET, "--quantity", "training")
    assert "0 in relu1, maxpool1, relu2, maxpool2, flatten1, relu3" in out and "\nrelu1\n" not in out
    _, out, _ = run("explain", LENET, "--quantity", "training", "--layer", "relu1")
    assert "training  0" in out


def test_every_difference_has_a_sign() -> None:
    _, out, _ = run("explain", RESNET50, "--count", "thop,fvcore")
    lines = [line for line in out.splitlines() if " per element instead of " in line]
    assert lines and all(re.search(r"  [+−]\S", line) for line in lines)
    _, out, _ = run("explain", RESNET50, "--count", "thop,fvcore", "--format", "latex")
    assert "$+" in out and "+$" not in out


@pytest.mark.parametrize(
    ("rate", "shown"),
    [("1/1000", ": 3,201,418,000 s\n"), ("1e15", " s ≈ 3.20 ns\n"), ("3.201418e6", "3,201,418/3,201,418 s = 1.00 s\n")],
)
def test_times_have_three_digits(rate: str, shown: str) -> None:
    assert shown in run("derive", LENET, "--rate", rate)[1]
