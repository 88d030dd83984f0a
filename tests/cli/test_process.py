"""The program as a process: what it imports, pipes, encodings, terminals."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


def python(*arguments: str, text: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    variables = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "PYTHONIOENCODING")}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=variables | environment,
        input=text,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def imported(*arguments: str, text: str = "") -> tuple[set[str], str]:
    """Return which of the heavy modules a command imports, and its messages."""
    result = python("-X", "importtime", "-m", "symcnn", *arguments, text=text)
    names = {line.rsplit("|", 1)[-1].strip() for line in result.stderr.splitlines() if line.startswith("import time:")}
    messages = "\n".join(line for line in result.stderr.splitlines() if not line.startswith("import time:"))
    return {name for name in names if name in ("sympy", "lark", "rich", "torch", "numpy")}, messages


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["derive", "--help"], ["zap"]])
def test_what_needs_nothing_imports_nothing(arguments: list[str]) -> None:
    assert imported(*arguments)[0] == set()


@pytest.mark.parametrize("text", ["net a { input 3×8×8; Conv(64, 3 }", "net a { input 3×8×8", "nett a {}", ""])
def test_a_syntax_error_does_not_wait_for_sympy(text: str) -> None:
    modules, messages = imported("derive", "-", text=text)
    assert "sympy" not in modules
    assert messages.startswith("error: ")


def test_derive_needs_no_extras() -> None:
    modules, _ = imported("derive", "examples/lenet.cnn")
    assert "sympy" in modules
    assert modules.isdisjoint({"torch", "numpy"})


def test_the_package_is_light() -> None:
    code = "import sys, symcnn; symcnn.parse('net a { input 3×8×8; ReLU }'); print('sympy' in sys.modules)"
    assert python("-c", code).stdout == "False\n"
    code = "import symcnn, symcnn.compare; print(callable(symcnn.compare), symcnn.__version__)"
    assert python("-c", code).stdout.startswith("True ")


@pytest.mark.skipif(os.name != "posix", reason="needs a shell with pipes")
def test_a_reader_that_goes_away_is_no_mistake() -> None:
    command = f'set -o pipefail; "{sys.executable}" -m symcnn derive examples/output_size.cnn | head -n 1'
    for _ in range(3):
        result = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, check=False)
        assert result.stderr == b""
        assert result.returncode == 0
        assert result.stdout == b"one\n"


def test_a_locale_without_unicode() -> None:
    result = python("-m", "symcnn", "derive", "examples/stacked.cnn", LC_ALL="C", PYTHONUTF8="0", LANG="C")
    assert result.returncode == 0
    assert "H ≥ 5" in result.stdout
    text = "net a { input 3×8×8; Kōnv(3) }"
    broken = python("-m", "symcnn", "derive", "-", text=text, LC_ALL="C", PYTHONUTF8="0", LANG="C")
    assert broken.returncode == 2
    assert "Traceback" not in broken.stderr


@pytest.mark.parametrize("columns", ["60", "80", "100"])
def test_columns_are_obeyed(columns: str) -> None:
    result = python("-m", "symcnn", "compare", "examples/stacked.cnn", COLUMNS=columns)
    assert max(map(len, result.stdout.splitlines())) <= int(columns)


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
@pytest.mark.parametrize(("no_color", "marked"), [("", True), ("1", False)])
def test_marks_are_for_terminals_only(no_color: str, marked: bool, tmp_path: Path) -> None:
    import pty

    def in_terminal(*arguments: str) -> str:
        reader, writer = pty.openpty()
        environment = os.environ | {"TERM": "xterm-256color", "NO_COLOR": no_color, "COLUMNS": "80"}
        command = [sys.executable, "-m", "symcnn", *arguments]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=writer, stderr=writer)
        os.close(writer)
        shown = b""
        while True:
            try:
                piece = os.read(reader, 65536)
            except OSError:
                break
            if not piece:
                break
            shown += piece
        os.close(reader)
        assert process.wait() == 0
        return shown.decode()

    assert ("\x1b[" in in_terminal("derive", "examples/lenet.cnn")) is marked
    target = tmp_path / "out.txt"
    in_terminal("derive", "examples/lenet.cnn", "-o", str(target))
    assert "\x1b" not in target.read_text(encoding="utf-8")
    assert "\x1b" not in in_terminal("derive", "examples/lenet.cnn", "--format", "latex")


@pytest.mark.skipif(os.name != "posix", reason="needs devices and closed streams")
@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("derive examples/lenet.cnn > /dev/full", "cannot write the output: no space left on device"),
        ("derive - <&-", "standard input is closed"),
        ("derive examples/lenet.cnn >&-", "standard output is closed"),
        ("derive /dev/zero", "/dev/zero has more than 5,000,000 characters"),
        ("derive - < /dev/zero", "standard input has more than 5,000,000 characters"),
    ],
)
def test_streams_that_cannot_be_used(command: str, message: str) -> None:
    done = subprocess.run(
        ["bash", "-c", f'"{sys.executable}" -m symcnn {command}'],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.splitlines()[0] == f"error: {message}"
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("missing", ["click", "lark"])
def test_a_missing_dependency_is_one_line(missing: str, tmp_path: Path) -> None:
    (tmp_path / f"{missing}.py").write_text(f"raise ModuleNotFoundError('none', name='{missing}')", "utf-8")
    result = python("-m", "symcnn", "quiz", "-n", "1", PYTHONPATH=f"{tmp_path}{os.pathsep}{ROOT}")
    assert result.returncode == 1
    assert result.stderr.startswith(f"error: symcnn needs '{missing}', which is not installed\n  pip install")
