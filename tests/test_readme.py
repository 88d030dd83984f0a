"""The README's commands are run; what it shows of their output is there."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^\$ symcnn (.+)$", README, re.MULTILINE)


def symcnn(arguments: str) -> subprocess.CompletedProcess[str]:
    command = f'"{sys.executable}" -m symcnn {arguments}'
    environment = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    return subprocess.run(command, shell=True, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("arguments", COMMANDS)
def test_every_command_runs(arguments: str) -> None:
    result = symcnn(arguments)
    assert result.returncode == 0, result.stderr
    assert result.stdout


def test_the_first_output_is_what_the_command_prints() -> None:
    shown = re.search(r"```\n(stacked against single\n.*?)```", README, re.DOTALL)
    assert shown is not None
    printed = symcnn("compare examples/stacked.cnn").stdout
    lines = [line for line in shown[1].splitlines() if line.strip() and line != "…"]
    assert len(lines) > 8
    for line in lines:
        assert line in printed


def test_the_working_shown_is_the_one_printed() -> None:
    shown = re.search(r"```\n(conv1\n.*?)```", README, re.DOTALL)
    assert shown is not None
    assert symcnn("explain examples/lenet.cnn --layer conv1").stdout == shown[1]


def test_the_error_shown_is_the_one_given(tmp_path: Path) -> None:
    shown = re.search(r"```\n(error: .*?)```", README, re.DOTALL)
    assert shown is not None
    exam = tmp_path / "exam.cnn"
    exam.write_text("net exam { input 3×32×32\n    Conv(64, 3, strid=2)\n}\n", encoding="utf-8")
    result = symcnn(f"derive {exam}")
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.replace(str(exam), "exam.cnn") == shown[1]


def test_the_examples_of_the_language_are_files() -> None:
    lenet = re.search(r"```\n# examples/lenet.cnn\n(.*?)```", README, re.DOTALL)
    assert lenet is not None
    assert lenet[1] in (ROOT / "examples" / "lenet.cnn").read_text(encoding="utf-8")
