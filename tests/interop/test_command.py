"""The command `verify`: what it prints, its exit codes, and that it needs PyTorch only when it runs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from symcnn import analyse, load, render
from symcnn.cli.against import size_sets
from symcnn.interop.sizes import chosen_sizes, sizes_outside
from symcnn.interop.torch import verify
from tests.cli.test_commands import refused, run, written
from tests.helpers import analysed

torch_needed = pytest.mark.torch
WRONG = """
layer Conv(out_channels: m, kernel_size: k per axis) {
    "A convolution by somebody else."  source "nobody"
    size = n - k
    channels = m
    weights = m*C*prod(k)
    biases = m
    macs = prod(n')*m*C*prod(k)
}
net a { input 3×H×H; Conv(8, 3); ReLU }
net b { input 3×H×W; MaxPool(2) }
"""


@pytest.fixture
def without_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    """PyTorch cannot be found."""

    class Blocker:
        def find_spec(self, name: str, path: object = None, target: object = None) -> None:
            if name.partition(".")[0] == "torch":
                raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    for name in [name for name in sys.modules if name.partition(".")[0] == "torch"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [Blocker(), *sys.meta_path])


# Without PyTorch.


@pytest.mark.usefixtures("without_torch")
def test_without_pytorch_one_error_says_how_to_get_it() -> None:
    message = refused("verify", "examples/lenet.cnn")
    assert message == "error: PyTorch is not installed\n  pip install 'symcnn[torch]'\n"


@pytest.mark.usefixtures("without_torch")
def test_a_mistake_in_the_file_does_not_need_pytorch(tmp_path: Path) -> None:
    assert "did you mean 'stride'" in refused("verify", written(tmp_path, "net a { input 3×8×8; Conv(4, 3, strid=2) }"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--against", "tosch"], "did you mean 'torch'"),
        (["--against", "keras"], "not supported yet: verification against keras"),
        (["--at", "H"], "--at wants NAME=VALUE"),
        (["--format", "yaml"], "unknown format 'yaml'"),
        (["--net", "lene"], "did you mean 'lenet'"),
    ],
)
def test_unusable_arguments(arguments: list[str], message: str) -> None:
    assert message in refused("verify", "examples/lenet.cnn", *arguments)


def test_a_symbol_given_again_begins_a_new_set() -> None:
    assert size_sets([]) == []
    assert size_sets(["H=1", "W=2"]) == [{"H": "1", "W": "2"}]
    assert size_sets(["C=3", "H=1", "H=2", "H=3"]) == [{"C": "3", "H": str(h)} for h in (1, 2, 3)]
    assert size_sets(["H=1", "W=2", "H=3"]) == [{"H": "1", "W": "2"}, {"H": "3", "W": "2"}]
    assert size_sets(["H=1", "W=2", "H=3", "W=4"]) == [{"H": "1", "W": "2"}, {"H": "3", "W": "4"}]


def test_chosen_sizes() -> None:
    unet = analyse(load("examples/unet.cnn")["unet"])
    assert chosen_sizes(unet) == [{"H": 220}, {"H": 236}, {"H": 188}, {"H": 204}]
    assert sizes_outside(unet, chosen_sizes(unet)) == [{"H": 189}, {"H": 172}]
    vgg = analyse(load("examples/vgg16.cnn")["vgg16"])
    assert chosen_sizes(vgg) == [{"H": h, "W": w} for h, w in ((224, 224), (225, 193), (193, 225), (32, 32))]


def test_chosen_sizes_fit_each_other() -> None:
    analysis = analysed(
        "net a { input C×H×H; assume k % 2 == 1; Conv(m, k, groups=g, padding=(k - 1)/2); Conv(C/4, 1) }"
    )
    for values in chosen_sizes(analysis):
        analysis.at(**values)


# With PyTorch.


@torch_needed
def test_a_summary_says_that_all_is_equal() -> None:
    result = run("verify", "examples/unet.cnn", "--net", "unet", "--at", "H=188", "--at", "H=572")
    assert result.exit_code == 0
    assert "53 layers compared with PyTorch" in result.stdout
    assert "at H = 188, 572: all equal" in result.stdout
    assert "Conv2d" not in result.stdout
    assert "H % 16 == 12; PyTorch fails too: Sizes of tensors must match" in result.stdout


@torch_needed
@pytest.mark.parametrize("option", ["-v", "--verbose"])
def test_every_layer_is_shown_on_request(option: str) -> None:
    result = run("verify", "examples/lenet.cnn", option)
    assert result.exit_code == 0
    rows = [line for line in result.stdout.splitlines() if line.endswith("equal")]
    assert len(rows) == 12  # a summary, ten layers, the network
    assert rows[1].split() == ["conv1", "Conv2d", "32×24×24", "832", "460,800", "equal"]


@torch_needed
@pytest.mark.parametrize("format_", ["text", "markdown", "json", "latex"])
def test_a_difference_is_exit_code_1(format_: str, tmp_path: Path) -> None:
    file = written(tmp_path, WRONG)
    result = run("verify", file, "--net", "a", "--at", "H=32", "--format", format_)
    assert result.exit_code == 1
    assert "Traceback" not in result.stderr
    assert ("different" if format_ == "json" else "1 layer differs") in result.stdout
    both = run("verify", file, "--at", "H=32", "--at", "H=33")
    assert both.exit_code == 1 and "2 layers" not in both.stdout
    target = tmp_path / "out"
    assert run("verify", file, "--net", "a", "-o", str(target), "--format", format_).exit_code == 1
    assert target.stat().st_size > 100


@torch_needed
def test_json_has_every_row(tmp_path: Path) -> None:
    data = json.loads(run("verify", written(tmp_path, WRONG), "--net", "a", "--at", "H=32", "--format", "json").stdout)
    assert data["equal"] is False and set(data["against"]) == {"torch"}
    (only,) = data["runs"]
    conv, relu = only["layers"]
    assert (conv["ours"]["output"], conv["theirs"]["output"]) == (["8", "29", "29"], ["8", "30", "30"])
    assert (conv["module"], conv["verdict"], relu["verdict"]) == ("Conv2d", "different", "after a difference")


@torch_needed
def test_nothing_to_compare_is_exit_code_2() -> None:
    result = run("verify", "examples/sharing.cnn", "--net", "local")
    assert result.exit_code == 2
    assert "nothing to compare" in result.stdout and "shares nothing" in result.stdout


@torch_needed
def test_sizes_outside_the_conditions_are_refused() -> None:
    assert "it needs H % 16 == 12" in refused("verify", "examples/unet.cnn", "--net", "unet", "--at", "H=570")
    assert "there is no symbol 'F'" in refused("verify", "examples/unet.cnn", "--at", "F=570")


@torch_needed
def test_settings_and_assumptions() -> None:
    result = run("verify", "examples/unet.cnn", "--net", "padded", "--set", "depth=1", "--assume", "H == W")
    assert result.exit_code == 0 and "17 layers" in result.stdout


@torch_needed
def test_a_verification_shows_itself() -> None:
    found = verify(analyse(load("examples/lenet.cnn")["lenet"]))
    assert "10 layers compared" in render(found)
    assert json.loads(render(found, "json"))["equal"] is True


@torch_needed
def test_its_help_has_an_example() -> None:
    shown = run("verify", "--help").stdout
    example = next(line.strip() for line in shown.splitlines() if line.strip().startswith("symcnn "))
    assert run(*example.removeprefix("symcnn ").split()).exit_code == 0


@torch_needed
def test_an_interruption_leaves_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    from symcnn.interop import torch_run

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(torch_run, "applied", interrupted)
    assert refused("verify", "examples/lenet.cnn").strip() == "error: interrupted"


MANY = "net a { input 3×8×8; repeat 100000 { ReLU } }"


def started(tmp_path: Path, errors: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "symcnn", "verify", written(tmp_path, MANY)]
    environment = os.environ | {"TERM": "xterm-256color"}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=errors)


@torch_needed
@pytest.mark.skipif(os.name != "posix", reason="needs signals")
def test_a_process_is_interrupted(tmp_path: Path) -> None:
    process = started(tmp_path, subprocess.PIPE)
    time.sleep(4)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert process.returncode in (2, -signal.SIGINT)  # Python's own where PyTorch's import is interrupted
    assert (output, errors.strip()) == (b"", b"error: interrupted")


@torch_needed
@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
@pytest.mark.parametrize("no_color", ["", "1"])
def test_a_long_run_shows_a_bar_to_a_terminal(tmp_path: Path, no_color: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import pty

    monkeypatch.setenv("NO_COLOR", no_color)
    reader, writer = pty.openpty()
    process = started(tmp_path, writer)
    os.close(writer)
    shown = b""
    while b"%" not in shown:
        shown += os.read(reader, 65536)
    process.send_signal(signal.SIGINT)
    while True:
        try:
            piece = os.read(reader, 65536)
        except OSError:
            break
        if not piece:
            break
        shown += piece
    assert process.wait(timeout=60) == 2
    assert b"error: interrupted" in shown
    assert (b"\x1b[38" in shown or b"\x1b[3" in shown) is not bool(no_color)
