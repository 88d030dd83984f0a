"""The zoo by its names: what is found, what a user's file may use of it, and that each of its files is in order."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import symcnn
from symcnn import analyse, load
from symcnn.cli import main
from symcnn.syntax import load_file
from symcnn.syntax.folders import zoo_folder
from symcnn.syntax.zoo import zoo_networks
from tests.helpers import error_of, marked

FILES = sorted(path.name for path in zoo_folder().glob("*.cnn"))
NETWORKS = sorted(zoo_networks())
ROOT = Path(symcnn.__file__).parent.parent


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, arguments)
    return result.exit_code, result.stdout, result.stderr


# Each of its files and networks.


@pytest.mark.parametrize("name", NETWORKS)
def test_every_network_is_derived_without_a_warning(name: str) -> None:
    code, out, warnings = run("derive", f"zoo/{name}")
    assert (code, warnings) == (0, "")
    assert out.startswith(f"{name}\n")
    assert "params" in out


@pytest.mark.parametrize("file", FILES)
def test_every_file_names_its_source(file: str) -> None:
    text = (zoo_folder() / file).read_text(encoding="utf-8")
    comments = "\n".join(line for line in text.splitlines() if line.startswith("#"))
    assert text.startswith("# ")
    assert any(f" {year}" in comments for year in range(1980, 2030))
    assert max(map(len, text.splitlines())) <= 120


def test_the_search_for_networks_finds_what_parsing_finds() -> None:
    parsed = {
        net.name: file for file in FILES for net in load(f"zoo/{file}").values() if net.definition.input is not None
    }
    assert {name: path.name for name, path in zoo_networks().items()} == parsed


def test_no_two_files_define_the_same_name() -> None:
    """Else a file could not use both."""
    found: dict[str, str] = {}
    for file in FILES:
        whole = load_file(f"zoo/{file}")
        places = {
            name: definition.span.source.name
            for names in (whole.nets, whole.layers, whole.lets)
            for name, definition in names.items()
        }
        assert {name: found.setdefault(name, place) for name, place in places.items()} == places


# What is found.


def test_a_file_has_all_its_networks_and_a_name_is_one() -> None:
    assert list(load("zoo/resnet50")) == ["resnet50"]
    assert {"resnet18", "resnet50", "resnet_bottleneck"} <= set(load("zoo/resnet.cnn"))
    assert load(Path("zoo") / "resnet50")["resnet50"].definition == load("zoo/resnet.cnn")["resnet50"].definition
    assert error_of(lambda: load("zoo/resnet50")["resnet51"]).hint == "did you mean 'resnet50'?"


def test_commands_take_the_zoo() -> None:
    code, out, _ = run("derive", "zoo/alexnet.cnn")
    assert code == 0
    assert "\nalexnet2012\n" in out
    assert "alexnet2012" not in run("derive", "zoo/alexnet")[1]
    code, out, _ = run("explain", "zoo/lenet5", "--layer", "c1", "--quantity", "params")
    assert code == 0
    assert "156" in out
    code, out, _ = run("compare", "zoo/resnet.cnn", "resnet50", "resnet101", "--quantity", "params")
    assert code == 0
    assert "resnet50 against resnet101" in out
    code, _, err = run("compare", "zoo/resnet50")
    assert (code, err) == (2, "error: compare takes at least two nets\n  name two nets of the file\n")
    assert run("derive", "zoo/resnet50", "--net", "resnet18")[1].startswith("resnet18\n")


def test_unknown_names() -> None:
    error = error_of(lambda: load("zoo/resnt50"))
    assert error.message == "there is no file zoo/resnt50, and no network 'resnt50' in the zoo"
    assert error.hint == "did you mean 'zoo/resnet50'?"
    assert error_of(lambda: load("zoo/alexnt.cnn")).hint == "did you mean 'zoo/alexnet.cnn'?"
    listed = f"the zoo has {', '.join(NETWORKS)}"
    few = error_of(lambda: load("zoo/xyz")).hint or ""
    assert few.startswith(f"the zoo has {len(NETWORKS)} names, nearest ")
    assert few.endswith("; 'symcnn derive zoo' lists its networks")
    assert 3 < few.count(",") < 8
    assert error_of(lambda: load("zoo/vgg_stage")).message.endswith("no network 'vgg_stage' in the zoo")
    assert error_of(lambda: load("zoo/../layers.cnn")).message.startswith("there is no file zoo/../layers.cnn")
    assert (error_of(lambda: load("zoo")).message, error_of(lambda: load("zoo/")).hint) == (
        "which network of the zoo?",
        listed,
    )


def test_a_file_of_ones_own_goes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write("zoo/resnet.cnn", "net mine { input 3 }")
    write("zoo/resnet50", "net own { input 3 }")
    assert (list(load("zoo/resnet.cnn")), list(load("zoo/resnet50"))) == (["mine"], ["own"])
    assert list(load("zoo/resnet18")) == ["resnet18"]
    assert error_of(lambda: load("zoo")).message.startswith("cannot read zoo: ")


# What a file may use.


def write(name: str, text: str) -> None:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text, encoding="utf-8")


USES = 'use "zoo/resnext.cnn"; use "zoo/vgg.cnn"\nnet mine { input 3×H×H; vgg_stage(8, 2, true); resnet_bottleneck(2) }'


def test_a_file_uses_the_zoo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write("deep/mine.cnn", USES)
    assert list(load("deep/mine.cnn")) == ["mine"]
    assert analyse(load("deep/mine.cnn")["mine"]).output[0] == 8
    assert run("derive", "deep/mine.cnn", "--net", "resnext50_32x4d")[1].startswith("resnext50_32x4d\n")
    write("deep/zoo/vgg.cnn", "net vgg_stage(c, n, bn) { Conv(4, 1) }")
    assert error_of(lambda: analyse(load("deep/mine.cnn")["mine"])) is not None  # 4 channels are not added to 8
    write("one.cnn", 'use "sub/two.cnn"\nnet one { input 3×H×H; two }')
    write("sub/two.cnn", 'use "zoo/unet.cnn"\nnet two { unet_double(4, 1) }')
    assert analyse(load("one.cnn")["one"]).output[0] == 4


BROKEN = [
    ('‹use "zoo/xyz.cnn"›', "no such file: zoo/xyz.cnn", "the zoo has "),
    ('‹use "zoo/resnt.cnn"›', "no such file: zoo/resnt.cnn", "did you mean 'zoo/resnet.cnn'?"),
    ('‹use "zoo/resnet50"›', "no such file: zoo/resnet50", "the network 'resnet50' is in 'zoo/resnet.cnn'"),
    ('‹use "zoo/../layers.cnn"›', "no such file: layers.cnn", "it is looked for beside mine.cnn"),
    ('‹use "../zoo/vgg.cnn"›', "'../zoo/vgg.cnn' lies outside the folder of mine.cnn", "a used file lies in"),
    ('use "zoo/vgg.cnn"\nnet ‹vgg› { ReLU }', "the net 'vgg' is defined twice", "first in zoo/vgg.cnn:"),
]


@pytest.mark.parametrize(("program", "message", "hint"), BROKEN)
def test_broken_uses(program: str, message: str, hint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text, start, end = marked(program)
    write("mine.cnn", text)
    error = error_of(lambda: load("mine.cnn"))
    assert error.message == message
    assert error.span is not None
    assert (error.span.start, error.span.end) == (start, end)
    assert error.hint is not None
    assert error.hint.startswith(hint)


def test_a_mistake_inside_the_zoo_is_shown_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write("mine.cnn", 'use "zoo/unet.cnn"\nnet mine { input 3×4×4; unet_double(4, 0); unet_double(4, 0) }')
    error = error_of(lambda: analyse(load("mine.cnn")["mine"]))
    assert error.span is not None
    assert error.span.source.name == str(Path("zoo/unet.cnn"))
    assert any("mine.cnn:2" in line for line in error.context)


def test_the_zoo_leads_nowhere_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    grammar = tmp_path / "grammar"
    shutil.copytree(zoo_folder().parent, grammar)
    monkeypatch.setattr("symcnn.syntax.folders.grammar_folder", lambda: grammar)
    (tmp_path / "user").mkdir()
    monkeypatch.chdir(tmp_path / "user")
    write(str(grammar / "zoo" / "bad.cnn"), 'use "../../user/own.cnn"\nnet bad { input 3 }')
    write("own.cnn", "net own { ReLU }")
    write("mine.cnn", 'use "zoo/bad.cnn"\nnet mine { input 3 }')
    message = "'../../user/own.cnn' lies outside the folder of "
    assert error_of(lambda: load("zoo/bad")).message.startswith(message)
    assert error_of(lambda: load("mine.cnn")).message.startswith(message)


def test_the_zoo_is_loaded_without_sympy_and_from_an_installation(tmp_path: Path) -> None:
    """As in the wheel, where the grammar lies inside the package."""
    shutil.copytree(ROOT / "symcnn", tmp_path / "symcnn", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(zoo_folder().parent, tmp_path / "symcnn" / "grammar", dirs_exist_ok=True)
    code = (
        "import sys, symcnn; symcnn.load('zoo/resnext50_32x4d'); assert 'sympy' not in sys.modules; "
        f"assert symcnn.__file__.startswith({str(tmp_path)!r})"
    )
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment, cwd=tmp_path)
