"""The commands: what they print, their exit codes, and one clear message for every mistake."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from symcnn.cli import main

LENET, STACKED, VGG = "examples/lenet.cnn", "examples/stacked.cnn", "examples/vgg16.cnn"
OUTPUT_SIZE, SEVEN = "examples/output_size.cnn", "examples/seven.cnn"


def run(*arguments: str, text: str | None = None) -> Result:
    return CliRunner().invoke(main, list(arguments), input=text)


def printed(*arguments: str, text: str | None = None) -> str:
    result = run(*arguments, text=text)
    assert result.exit_code == 0, result.stderr
    assert result.stderr == ""
    return result.stdout


def refused(*arguments: str, text: str | None = None) -> str:
    result = run(*arguments, text=text)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    assert isinstance(result.exception, SystemExit)
    return result.stderr


def written(folder: Path, text: str, name: str = "net.cnn") -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


# What is printed.


@pytest.mark.parametrize("command", [[], ["derive"], ["compare"], ["layers"]])
@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_has_an_example(command: list[str], option: str) -> None:
    shown = printed(*command, option)
    example = next(line.strip() for line in shown.splitlines() if line.strip().startswith("symcnn "))
    assert printed(*example.removeprefix("symcnn ").split())


def test_version() -> None:
    from symcnn import __version__

    assert printed("--version").strip() == f"symcnn, version {__version__}"


def test_derive_prints_the_table_and_the_totals() -> None:
    shown = printed("derive", STACKED, "--net", "stacked")
    assert "9(H − 2)² + 9(H − 4)²" in shown
    assert "defined for      H ≥ 5" in shown
    assert "single" not in shown
    assert "single" in printed("derive", STACKED)


def test_derive_with_values() -> None:
    shown = printed("derive", VGG, "--at", "H=224", "--at", "W=224")
    assert "138,357,544" in shown
    assert "15,470,264,320" in shown
    assert shown == printed("derive", VGG, "--at", "H=224,W=224")


def test_derive_with_settings_and_assumptions() -> None:
    assert "128" in printed("derive", VGG, "--set", "width=128", "--set", "classes=10", "--at", "H=32,W=32")
    assert "H/32" in printed("derive", VGG, "--assume", "H % 32 == 0, W % 32 == 0")
    assert "⌊" not in printed("derive", VGG, "--assume", "H % 32 == 0", "--assume", "W % 32 == 0")
    assert "⌈H/8⌉" in printed("derive", OUTPUT_SIZE, "--net", "convolutions", "--set", "n=3")
    symbolic = printed("derive", LENET, "--set", "classes=2c+1")
    assert "2c + 1" in symbolic


def test_how_formulas_look_can_be_chosen() -> None:
    net = "net a { input C_in×H×H; Conv(64, 3) }"
    assert "Nᵢ₋₁" in printed("derive", "-", "--notation", "C_in=N_{i-1}", text=net)
    shown = printed("derive", "-", "--notation", "C_in=N_{i-1}", "--format", "latex", text=net)
    assert "576N_{i-1} + 64" in shown
    assert "C_{" not in shown
    assert "138.357.544" in printed("derive", VGG, "--at", "H=224,W=224", "--digits", "de")
    assert "≈ 138 M" in printed("derive", VGG, "--at", "H=224,W=224", "--si")
    assert "C_{" not in printed("explain", "-", "--notation", "C_in=N", "--format", "latex", text=net)
    assert "x" in printed("compare", STACKED, "--notation", "H=x")


def test_a_notation_that_a_formula_has_for_something_else() -> None:
    net = "net a { input C_in×H×H; Conv(C_out, 3) }"
    shown = refused("explain", "-", "--notation", "C_in=n", text=net)
    assert "the notation of 'C_in' is 'n' already" in shown
    assert "the letter of the layers' formulas for: input size" in shown
    assert "for: kernel_size" in refused("explain", "-", "--notation", "C_out=k", text=net)
    printed("explain", "-", "--notation", "C_in=n", "--notation", "n=h", text=net)
    printed("derive", "-", "--notation", "C_in=n", text=net)


def test_decimals_are_those_of_the_locale() -> None:
    shown = printed("derive", LENET, "--digits", "de")
    assert "460.800" in shown
    assert "94,2" in shown
    assert "94.2" not in shown
    assert "$94{,}2$" in printed("derive", LENET, "--digits", "fr", "--format", "latex")
    assert "| 94,2 |" in printed("derive", LENET, "--digits", "fr", "--format", "markdown")
    assert "a saving of 44,9 %" in printed("compare", SEVEN, "three", "seven", "--digits", "de")


@pytest.mark.parametrize(
    ("format_", "difference", "saving"),
    [("text", "≈ −89.9 M", "28 %"), ("markdown", "≈ −89.9 M", "28 %"), ("latex", r"$\approx -89.9\,", r"$28$ \%")],
)
def test_a_difference_that_stands_alone_is_rounded_too(format_: str, difference: str, saving: str) -> None:
    nets = """net two { input C×H×W; Conv(C, 3, padding=1); Conv(C, 3, padding=1) }
              net one { input C×H×W; Conv(C, 5, padding=2) }"""
    assume = ("--assume", "C == 64, H == 56, W == 56")
    shown = printed("compare", "-", "two", "one", "--si", *assume, "--format", format_, text=nets)
    assert f"difference {difference}" in shown
    assert f"a saving of {saving}" in shown  # of MACs, where it is exact, and of the others
    assert "28.0" not in shown


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--notation", "Cin=N", "did you mean 'C_in'?"),
        ("--notation", r"C_in=\input{x}", "--notation:1:6"),
        ("--notation", "C_in", "wants SYMBOL=LATEX"),
        ("--digits", "us", "they are en, de, fr, ch, si, none"),
    ],
)
def test_what_cannot_be_shown_so_is_an_error(option: str, value: str, message: str) -> None:
    assert message in refused("derive", "-", option, value, text="net a { input C_in×H×H; Conv(64, 3) }")
    assert "twice" in refused("derive", STACKED, "--notation", "H=a", "--notation", "H=b")


def test_a_setting_reaches_the_nets_that_have_it() -> None:
    shown = printed("derive", OUTPUT_SIZE, "--set", "n=2")
    assert "⌈H/4⌉" in shown
    assert "⌊H/4⌋" in shown
    assert "⌈H/8⌉" not in shown


def test_compare_prints_the_crossover() -> None:
    shown = printed("compare", STACKED)
    assert "stacked has more MACs for 5 ≤ H ≤ 9, equally many at H = 10, fewer from H = 11 on" in shown
    assert "28 %" in shown
    only = printed("compare", SEVEN, "seven", "three", "--quantity", "macs")
    assert only.startswith("seven against three")
    assert "params" not in only
    assert "fewer MACs for 7 ≤ H ≤ 12, more from H = 13 on" in only


def test_compare_says_where_a_sign_keeps_changing() -> None:
    text = """net a { input 1×L; Conv(1, 2, stride=2, bias=false) }
              net b { input 1×L; Conv(2, 1, stride=2, bias=false) }"""
    shown = printed("compare", "-", "--quantity", "macs", text=text)
    assert "which has fewer MACs keeps changing with L" in shown
    assert "L = 2q + 1" in shown


def test_compare_several_each_with_the_last() -> None:
    shown = printed("compare", "examples/padded.cnn", "three", "two", "seven", "--quantity", "macs")
    assert "three against seven" in shown
    assert "two against seven" in shown
    assert "three against two" not in shown


def test_compare_lets_a_chosen_symbol_grow() -> None:
    shown = printed("compare", "examples/own_layer.cnn", "--grow", "C", "--quantity", "params")
    assert "ratio for large C" in shown
    assert "1/9" in shown


def test_layers() -> None:
    shown = printed("layers")
    assert "MaxPool" in shown
    assert "SeparableConv" in shown
    conv = printed("layers", "Conv")
    assert "floor((n + 2p − d(k − 1) − 1)/s) + 1" in conv
    assert "known mistakes" in conv
    assert "A block" in printed("layers", "DepthwiseConv")
    assert {"name", "rules"} <= set(json.loads(printed("layers", "Conv", "--format", "json"))["layers"][0])
    assert json.loads(printed("layers", "--format", "json"))["blocks"]


@pytest.mark.parametrize("format_", ["text", "markdown", "latex", "json"])
@pytest.mark.parametrize("command", [["derive", LENET], ["compare", STACKED], ["layers"], ["layers", "Conv"]])
def test_every_command_in_every_format(command: list[str], format_: str) -> None:
    shown = printed(*command, "--format", format_)
    assert "\x1b" not in shown
    if format_ == "json":
        json.loads(shown)


def test_standard_input() -> None:
    assert "⌊L/2⌋" in printed("derive", "-", text="net a { input 1×L; MaxPool(2) }")
    assert "standard input:1:20" in refused("derive", "-", text="net a { input 1×L; Maxpool2(2) }")


def test_blocks_that_other_nets_use_are_not_derived_alone() -> None:
    text = "net inner { input 3×8×8; ReLU }\nnet outer { input 3×8×8; inner }"
    assert printed("derive", "-", text=text).startswith("outer\n")


def test_warnings_go_to_standard_error_once() -> None:
    text = "net a { input C×strid; Conv(C, 3) }\nnet b { input C×strid; Conv(C, 5) }"
    result = run("compare", "-", text=text)
    assert result.exit_code == 0
    assert result.stderr.count("warning: ") <= 1
    assert "warning" not in result.stdout


# Files.


def test_output_goes_whole_into_a_file(tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    assert printed("derive", LENET, "--format", "json", "-o", str(target)) == ""
    assert json.loads(target.read_text(encoding="utf-8"))["net"] == "lenet"
    assert [path.name for path in tmp_path.iterdir()] == ["out.json"]
    printed("derive", STACKED, "-o", str(target))
    assert target.read_text(encoding="utf-8") == printed("derive", STACKED)


def test_an_error_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "out.txt"
    target.write_text("old", encoding="utf-8")
    refused("derive", LENET, "--format", "pdf", "-o", str(target))
    refused("derive", "missing.cnn", "-o", str(target))
    refused("derive", STACKED, "--at", "H=4", "-o", str(target))
    assert target.read_text(encoding="utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["out.txt"]


def test_files_keep_their_mode_and_links_stay_links(tmp_path: Path) -> None:
    target, link = tmp_path / "out.txt", tmp_path / "link.txt"
    target.write_text("old", encoding="utf-8")
    target.chmod(0o640)
    link.symlink_to(target)
    printed("derive", LENET, "-o", str(link))
    assert link.is_symlink()
    assert "lenet" in target.read_text(encoding="utf-8")
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    fresh = tmp_path / "fresh.txt"
    printed("derive", LENET, "-o", str(fresh))
    assert stat.S_IMODE(fresh.stat().st_mode) & 0o400


def test_devices_are_not_replaced() -> None:
    printed("derive", LENET, "-o", os.devnull)
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    assert refused("derive", LENET, "-o", str(tmp_path)) == f"error: cannot write {tmp_path}: is a directory\n"
    missing = tmp_path / "no" / "out.txt"
    assert refused("derive", LENET, "-o", str(missing)).startswith(f"error: cannot write {missing}: no such file")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="permissions do not stop this user")
def test_a_folder_without_permission(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert "permission denied" in refused("derive", LENET, "-o", str(tmp_path / "out.txt"))
    tmp_path.chmod(0o700)


def test_unusable_files(tmp_path: Path) -> None:
    assert "no such file: missing.cnn" in refused("derive", "missing.cnn")
    empty = written(tmp_path, "  \n", "empty.cnn")
    assert f"error: {empty} is empty\n  write a network" in refused("derive", empty)
    assert "is a directory" in refused("derive", str(tmp_path))
    latin = tmp_path / "latin.cnn"
    latin.write_bytes("net a { input 3×8×8; ReLU }".encode("latin-1"))
    message = refused("derive", str(latin))
    assert f"{latin}:1:16: this is not UTF-8 (byte 0xd7)" in message
    assert "UTF-8" in message.splitlines()[-1]
    assert "as in net a { input 3×H×W; … }" in refused("derive", written(tmp_path, "net a { ReLU }"))
    assert "has no net" in refused("derive", written(tmp_path, "let a = 3"))


# Mistakes.


def test_a_mistake_in_the_text_is_marked(tmp_path: Path) -> None:
    path = written(tmp_path, "net a {\n    input 3×8×8\n    Conv(64, 3, strid=2)\n}\n", "exam.cnn")
    assert refused("derive", path) == (
        "error: unknown argument 'strid' of Conv\n"
        f"  {path}:3:17\n"
        "    Conv(64, 3, strid=2)\n"
        "                ^^^^^\n"
        "  did you mean 'stride'?\n"
    )
    broken = written(tmp_path, "net a { input 3×8×8; Conv(64, 3 }", "broken.cnn")
    assert f"{broken}:1:" in refused("derive", broken)
    assert "^" in refused("derive", broken)


# Files that use files.


def test_a_file_that_uses_others_derives_its_own_nets(tmp_path: Path) -> None:
    written(tmp_path, "net used { input 3×H×H; ReLU }\nnet block { Conv(8, 3) }", "b.cnn")
    path = written(tmp_path, 'use "b.cnn"\nnet a { input 3×H×H; block }\nnet c { input 3×H×H; used }')
    shown = printed("derive", path)
    assert [line for line in shown.splitlines() if line in ("a", "c", "used")] == ["a", "c"]
    assert printed("derive", path, "--net", "used").startswith("used\n")
    assert printed("explain", path, "--net", "a", "--layer", "block1")
    assert printed("compare", path).startswith("a against c")
    assert printed("compare", path, "a", "used").startswith("a against used")


def test_nets_of_used_files_are_named_where_one_is_wanted(tmp_path: Path) -> None:
    written(tmp_path, "net used { input 3×H×H; ReLU }", "b.cnn")
    path = written(tmp_path, 'use "b.cnn"\nnet a { input 3×H×H }')
    shown = refused("derive", path, "--net", "zzz")
    assert f"there is no net 'zzz' in {path}\n  the file has a; those it uses have used\n" in shown
    assert "did you mean 'used'?" in refused("derive", path, "--net", "usde")
    path = written(tmp_path, 'use "b.cnn"')
    assert refused("derive", path) == f"error: {path} has no net of its own\n  name one that it uses: used\n"
    assert "used" in printed("derive", path, "--net", "used")


def test_standard_input_uses_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path, "net used { ReLU }", "b.cnn")
    assert refused("derive", "-", text='use "b.cnn"\nnet a { input 3; used }') == (
        "error: standard input lies in no folder and can use no file\n"
        "  standard input:1:1\n"
        '    use "b.cnn"\n'
        "    ^^^^^^^^^^^\n"
        "  save this text as a file, and load that file\n"
    )


@pytest.mark.skipif(not Path("/dev/stdin").exists(), reason="standard input has no path here")
def test_a_pipe_uses_no_file() -> None:
    command = [sys.executable, "-m", "symcnn", "derive", "/dev/stdin"]
    result = subprocess.run(command, input='use "b.cnn"', capture_output=True, encoding="utf-8", check=False)
    assert result.returncode == 2
    assert result.stderr.startswith("error: /dev/stdin lies in no folder and can use no file\n")


DEPTH = "examples/depth.cnn"


def test_solve_prints_values_and_closed_forms() -> None:
    shown = printed("solve", DEPTH, "receptive_field >= 224", "--for", "n", "--net", "stacked", "--at", "k=3")
    assert "answer  n ≥ 112" in shown
    assert "223 against 224 at n = 111" in shown
    assert "each step changes it by 2" in shown
    shown = printed("solve", DEPTH, "receptive_field >= R", "--for", "n", "--net", "stacked")
    assert "n ≥ ⌈(R − 1)/(k − 1)⌉ for k ≥ 2" in shown
    assert "R: a positive integer" in shown


def test_solve_is_of_all_nets_that_have_the_symbol() -> None:
    shown = printed("solve", DEPTH, "receptive_field == 15", "--for", "n", "--net", "doubling", "--net", "resnet")
    assert "answer  n = 3" in shown
    assert "no value of n" in shown
    found = json.loads(printed("solve", DEPTH, "params <= 1e6", "--for", "n", "--net", "resnet", "--format", "json"))
    assert found["answers"][0]["ranges"] == [{"from": "1", "to": "10"}]
    assert found["conditions"] == ["n >= 1"]


def test_solve_names_the_nets_without_an_answer() -> None:
    result = run("solve", DEPTH, "receptive_field >= R", "--for", "n", "--net", "stacked", "--net", "strided")
    assert result.exit_code == 0
    assert result.stdout.startswith("stacked: ")
    assert "warning: strided: not supported yet: solving receptive_field >= R for n" in result.stderr


USES = [
    (["solve", DEPTH, "macs >= 5", "--for", "m", "--net", "stacked"], "no symbol 'm' to solve for", "the symbols are"),
    (["solve", DEPTH, "mac >= 5", "--for", "n", "--net", "stacked"], "speaks of no quantity", "did you mean 'macs'"),
    (["solve", DEPTH, "macs >=", "--for", "n", "--net", "stacked"], "the text ends too early", "relation:1"),
    (["solve", DEPTH, "macs >= P", "--for", "n", "--net", "unpadded"], "not supported yet: solving", "other symbols"),
    (["derive", LENET, "--format", "pdf"], "unknown format 'pdf'", "formats are text, markdown, latex, json"),
    (["derive", LENET, "--format", "jsn"], "unknown format 'jsn'", "did you mean 'json'?"),
    (["derive", LENET, "--format", "html"], "not supported yet: the format html", "formats are"),
    (["compare", STACKED, "--format", "csv"], "not supported yet: the format csv", "formats are"),
    (["layers", "--format", "yaml"], "unknown format 'yaml'", "formats are"),
    (["derive", STACKED, "--net", "stackd"], "there is no net 'stackd'", "did you mean 'stacked'?"),
    (["compare", STACKED, "stacked", "x"], "there is no net 'x'", "the file has stacked, single"),
    (["compare", STACKED, "stacked"], "at least two nets", "name two nets"),
    (["compare", LENET], "at least two nets", "the file needs two nets"),
    (["compare", STACKED, "--quantity", "mac"], "unknown quantity 'mac'", "did you mean 'macs'?"),
    (["compare", STACKED, "--grow", "C"], "there is no symbol 'C'", "the symbols are H"),
    (["derive", LENET, "--set", "class=3"], "lenet has no parameter 'class'", "did you mean 'classes'?"),
    (["derive", STACKED, "--set", "H=3"], "has no parameter 'H'", 'fixed by --assume "H == 3"'),
    (
        ["compare", STACKED, "--set", "foo=3"],
        "stacked or single has no parameter 'foo'",
        'fixed by --assume "foo == 3"',
    ),
    (["derive", LENET, "--set", "classes"], "--set wants NAME=VALUE", "as in --set"),
    (["derive", LENET, "--set", "classes=2", "--set", "classes=3"], "--set gives classes twice", ""),
    (["derive", STACKED, "--at", "H"], "--at wants NAME=VALUE", "as in --at H=224"),
    (["derive", STACKED, "--at", "H=4"], "the net 'stacked' is not defined for H = 4", "H ≥ 5|H >= 5"),
    (["derive", STACKED, "--at", "h=9"], "there is no symbol 'h'", "did you mean 'H'?"),
    (["derive", STACKED, "--at", "H=ten"], "the value of H is 'ten'", "exact number"),
    (["derive", STACKED, "--at", "H=7.5"], "H is an integer, not 7.5", ""),
    (["derive", STACKED, "--at", "H=0"], "H is at least 1, not 0", ""),
    (["derive", VGG, "--at", "H=224"], "no value for W", "W=64"),
    (["derive", LENET, "--at", "H=28"], "there is no symbol 'H'", "there are no symbols"),
    (["derive", STACKED, "--assume", "H % 4 == 0", "--at", "H=10"], "not defined for H = 10", "H % 4 == 0"),
    (["derive", STACKED, "--assume", "H <"], "", ""),
    (["derive", STACKED, "--format", "json"], "JSON is of one net", "choose with --net: stacked, single"),
    (["compare", "examples/padded.cnn", "--format", "json"], "JSON is of one comparison", "name two of"),
    (["explain", LENET, "--layer", "conv9"], "lenet has no layer 'conv9'", "did you mean 'conv2'?"),
    (["explain", LENET, "--quantity", "mac"], "unknown quantity 'mac'", "did you mean 'macs'?"),
    (["explain", LENET, "--lang", "fr"], "unknown language 'fr'", "languages are en, zh"),
    (["explain", STACKED, "--format", "json"], "JSON is of one net", "choose with --net: stacked, single"),
    (["layers", "Conw"], "unknown layer kind 'Conw'", "did you mean 'Conv'?"),
    (["layers", "BCELoss"], "unknown layer kind 'BCELoss'", "did you mean 'BCE'?"),
    (["layers", "NLLLoss"], "unknown layer kind 'NLLLoss'", "did you mean 'CrossEntropy'?"),
    (["layers", "MaxPooling2D"], "unknown layer kind 'MaxPooling2D'", "did you mean 'MaxPool'?"),
    (["layers", "Zebra"], "unknown layer kind 'Zebra'", "see symcnn layers"),
    (["deriv", STACKED], "unknown command 'deriv'", "did you mean 'derive'?"),
    (["plot"], "unknown command 'plot'", "commands are derive, explain, compare, layers"),
]


@pytest.mark.parametrize(("arguments", "message", "hint"), USES, ids=[" ".join(row[0]) for row in USES])
def test_every_wrong_use_has_one_message(arguments: list[str], message: str, hint: str) -> None:
    shown = refused(*arguments)
    assert shown.startswith("error: ")
    assert shown.count("error: ") == 1
    assert message in shown.splitlines()[0]
    assert any(part in shown for part in hint.split("|"))


@pytest.mark.parametrize("arguments", [["derive"], ["compare"], ["derive", STACKED, "--zap"], ["layers", "a", "b"]])
def test_wrong_arguments_name_the_help(arguments: list[str]) -> None:
    shown = refused(*arguments)
    assert shown.startswith("error: ")
    assert f"{arguments[0]} --help" in shown


def test_a_wrong_assumption_is_marked() -> None:
    shown = refused("derive", STACKED, "--assume", "H % 4 = = 0")
    assert "^" in shown
    assert ":1:" in shown
