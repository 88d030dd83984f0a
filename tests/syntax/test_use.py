"""`use`: what a file sees of others, what it hands out, and one error with its place where that cannot be."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from symcnn import Analysis, SymcnnError, analyse, load, parse
from symcnn.source import Source
from symcnn.syntax import load_file, parse_file
from symcnn.syntax import used as used_files
from tests.helpers import error_of, marked, numbers

BLOCKS = """
let twice(v) = 2v
assume H % 4 == 0
layer Shift { "Moves."; reach = 2; start = -1 }
convention free "counts nothing" { otherwise = 0 }
net block(c) { Conv(twice(c), 3, padding=1); Shift }
"""
MAIN = "net main { input 3×H×H; block(w); MaxPool(2); MaxPool(2) }"
NEAR = "a used file lies in the folder of the file that is loaded, or further inside"
APART = "move what both need into a third file"


@pytest.fixture(autouse=True)
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(**files: str) -> None:
    """Write files of the language; of the names, `__` is the end of a folder."""
    for name, text in files.items():
        path = Path(f"{name.replace('__', '/')}.cnn")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def main(assume: str = "", **parameters: object) -> Analysis:
    return analyse(load("main.cnn")["main"], assume=assume or (), **parameters)


# What is seen.


def test_a_file_and_what_it_uses_are_as_one() -> None:
    write(main=f'use "blocks/basic.cnn"\n{MAIN}', blocks__basic=BLOCKS, whole=BLOCKS + MAIN)
    used, whole = main(), analyse(load("whole.cnn")["main"])
    assert used.output == whole.output
    assert used.conditions == whole.conditions
    assert used.assumptions == whole.assumptions != ()
    assert numbers(used.at(H=16, w=5)) == numbers(whole.at(H=16, w=5))
    assert used.warnings == used.unused == ()


def test_definitions_come_in_any_order_and_see_each_other() -> None:
    write(
        main='net main { input 3×H×H; outer }\nlet k = 3\nuse "b.cnn"\nnet inner { Conv(8, k) }',
        b="net outer { inner }",
    )
    assert main().params == 3 * 8 * 9 + 8


def test_every_kind_of_definition_is_taken_over() -> None:
    write(main=f'use "b.cnn"\n{MAIN}', b=BLOCKS)
    file, alone = load_file("main.cnn"), parse_file(Source("b.cnn", BLOCKS))
    assert file.layers == alone.layers
    assert file.conventions == alone.conventions
    assert file.lets == alone.lets
    assert file.assumptions == alone.assumptions
    assert list(file.nets) == ["block", "main"]
    assert file.uses == ()
    assert file.source.name == "main.cnn"


def test_uses_lead_on_relative_to_the_file_that_says_them() -> None:
    write(
        main='use "one/a.cnn"\nnet main { input 3×H×H; a }',
        one__a='use "two/b.cnn"; net a { b }',
        one__two__b='use "../../c.cnn"; net b { c }',
        c="net c { Conv(8, 1, bias=false) }",
    )
    assert main().params == 24


def test_a_file_that_is_used_in_two_ways_is_taken_once() -> None:
    write(
        main='use "b.cnn"; use "c.cnn"; use "./x/../d.cnn"; use "b.cnn"\nnet main { input 3×H×H; b; c }',
        b='use "d.cnn"; net b { d }',
        c='use "d.cnn"; net c { d }',
        d="let q = 4; assume H > 3\nnet d { Conv(q, 1, bias=false) }",
    )
    assert main().params == 3 * 4 + 4 * 4
    assert len(load_file("main.cnn").assumptions) == 1


def test_symbols_are_decided_once_for_the_whole() -> None:
    step = "net main { input 3×H×H; Conv(8, 3, padding=p) }"
    write(main=f'use "b.cnn"\n{step}', b="net b { Conv(p, 1) }", c="net c { Conv(q, 1) }", other=f'use "c.cnn"\n{step}')
    assert main().symbols["p"].is_positive
    assert not analyse(load("other.cnn")["main"]).symbols["p"].is_positive


def test_rationals_and_contradictions_come_with_the_file() -> None:
    write(main='use "b.cnn"\nnet main { input 3×H×H; Conv(32α, 1) }', b="assume α rational, 0 < α <= 1, H >= 5")
    assert main().symbols["α"].is_integer is None
    assert error_of(lambda: main("H < 5")).message == "the assumptions contradict each other"
    write(main='use "b.cnn"\nassume H < 5\nnet main { input 3×H×H }')
    error = error_of(main)
    assert error.message == "the assumptions contradict each other"
    assert error.span is not None
    assert (error.span.source.name, error.span.line) == ("main.cnn", 2)


def test_a_name_of_the_library_is_taken_as_in_one_file() -> None:
    write(main='use "b.cnn"\nnet main { input 3×8×8; ReLU }', b='layer ReLU { "Mine."; macs = prod(n)*C }')
    assert main().macs == 3 * 64
    (warning,) = main().warnings
    assert warning.startswith("'ReLU' takes the place of the library's kind of that name\n  b.cnn:1:7")


def test_names_of_used_files_are_no_slips() -> None:
    write(
        main='use "b.cnn"\nnet main { input 3×8×8; b(twice(wide)) }',
        b="let wide = 3; let twice(v) = 2v\nnet b(c) { Conv(c, 1) }",
    )
    assert main().warnings == ()
    write(main='use "b.cnn"\nnet main { input 3×8×8; b(2wied) }')
    (warning,) = main().warnings
    assert warning.startswith("'wied' is taken as a symbol\n  main.cnn:2:28\n")
    assert warning.endswith("did you mean 'wide'?")


def test_twins_in_two_files_are_pointed_out_once() -> None:
    write(main='use "b.cnn"\nnet main { input 3×8; b(C_out) }', b="net b(c) { Conv(c, 1); Conv(Cout, 1) }")
    (warning,) = main().warnings
    assert "'C_out' is taken as a symbol\n  main.cnn:2:" in warning
    assert "there is 'Cout' too" in warning


# What is handed out.


def test_only_the_files_own_nets_are_handed_out() -> None:
    write(main='use "b.cnn"\nnet z { input 3 }\nnet a { input 3 }', b="\nnet b { input 3 }")
    nets = load("main.cnn")
    assert list(nets) == ["z", "a"]
    error = error_of(lambda: nets["b"])
    assert error.message == "there is no net 'b'"
    assert error.hint == "it is in b.cnn:2, a file that is used: load that file"
    assert error_of(lambda: nets["c"]).hint == "there are z, a"


def test_loading_does_not_wait_for_sympy() -> None:
    write(main='use "b.cnn"\nnet main { input 3 }', b="net b { input 3 }")
    code = "import sys, symcnn; symcnn.load('main.cnn'); assert 'sympy' not in sys.modules"
    root = str(Path(used_files.__file__).parent.parent.parent)
    subprocess.run([sys.executable, "-c", code], check=True, env=os.environ | {"PYTHONPATH": root})


# What cannot be.

BROKEN = [
    # paths
    ({"main": '‹use ""›'}, "'' is a folder, not a file", "here are: main.cnn"),
    ({"main": '‹use "."›'}, "'.' is a folder, not a file", "here are: main.cnn"),
    ({"main": '‹use "b.cnn"›'}, "no such file: b.cnn", "it is looked for beside main.cnn"),
    ({"main": '‹use "x/b.cnn"›'}, "no such file: x/b.cnn", "it is looked for beside main.cnn"),
    ({"main": '‹use "main.cnn/b.cnn"›'}, "no such file: main.cnn/b.cnn", "it is looked for beside main.cnn"),
    ({"main": '‹use "blcks.cnn"›', "blocks": "let q = 1"}, "no such file: blcks.cnn", "did you mean 'blocks.cnn'?"),
    ({"main": '‹use "x/blcks.cnn"›', "x__blocks": ""}, "no such file: x/blcks.cnn", "did you mean 'x/blocks.cnn'?"),
    ({"main": '‹use "b"›', "b": "let q = 1"}, "no such file: b", "did you mean 'b.cnn'?"),
    ({"main": '‹use "zebra"›', "b": "let q = 1"}, "no such file: zebra", "here are: b.cnn"),
    ({"main": '‹use "x"›', "x__b": ""}, "'x' is a folder, not a file", "here are: b.cnn"),
    (
        {"main": 'use "x/b.cnn"', "x__b": '‹use "c.cnn"›', "c": ""},
        "no such file: x/c.cnn",
        "it is looked for beside b.cnn",
    ),
    ({"main": '‹use "/etc/b.cnn"›'}, "'/etc/b.cnn' is no relative path", 'as in use "blocks.cnn"'),
    ({"main": '‹use "C:/b.cnn"›'}, "'C:/b.cnn' is no relative path", 'as in use "blocks.cnn"'),
    ({"main": '‹use "x\\b.cnn"›', "x__b": ""}, "folders are separated by '/'", 'as in use "x/b.cnn"'),
    ({"main": '‹use "../b.cnn"›'}, "'../b.cnn' lies outside the folder of main.cnn", NEAR),
    ({"main": '‹use "x/../../b.cnn"›', "x__c": ""}, "'x/../../b.cnn' lies outside the folder of main.cnn", NEAR),
    (
        {"main": 'use "x/b.cnn"', "x__b": '‹use "../../b.cnn"›'},
        "'../../b.cnn' lies outside the folder of main.cnn",
        NEAR,
    ),
    ({"main": '‹use "b\0.cnn"›'}, "cannot read 'b\0.cnn': embedded null byte", None),
    # contents
    ({"main": '‹use "b.cnn"›', "b": " \n"}, "b.cnn is empty", "write a network: net a { input 3×H×W; Conv(64, 3) }"),
    ({"main": 'use "b.cnn"', "b": "let q ‹1›"}, "unexpected '1'", "a '=' is wanted here"),
    ({"main": 'use "b.cnn"', "b": "\nnet b { ‹)› }"}, "')' closes nothing", None),
    # circles
    ({"main": '‹use "main.cnn"›'}, "main.cnn uses itself", "remove this line: a file sees its own definitions"),
    (
        {"main": 'use "b.cnn"', "b": '‹use "main.cnn"›'},
        "the files use each other in a circle: main.cnn → b.cnn → main.cnn",
        APART,
    ),
    (
        {"main": 'use "x/b.cnn"', "x__b": 'use "c.cnn"', "x__c": 'let q = 1; ‹use "./b.cnn"›'},
        "the files use each other in a circle: x/b.cnn → x/c.cnn → x/b.cnn",
        APART,
    ),
    # names
    (
        {"main": 'net ‹a› { ReLU }\nuse "b.cnn"', "b": "\nnet a { ReLU }"},
        "the net 'a' is defined twice",
        "first in b.cnn:2",
    ),
    (
        {"main": 'use "b.cnn"; use "x/c.cnn"', "b": "let q = 1", "x__c": "let ‹q› = 1"},
        "the let 'q' is defined twice",
        "first in b.cnn:1",
    ),
    (
        {"main": 'use "b.cnn"\nlayer ‹a› { }', "b": 'use "c.cnn"', "c": "layer a { }"},
        "the layer 'a' is defined twice",
        "first in c.cnn:1",
    ),
    (
        {"main": 'use "b.cnn"\nconvention ‹a› { otherwise = 1 }', "b": "convention a { otherwise = 1 }"},
        "the convention 'a' is defined twice",
        "first in b.cnn:1",
    ),
    (
        {"main": 'use "b.cnn"\nlayer ‹a› { }', "b": "net a { ReLU }"},
        "'a' is defined twice, as a layer and as a net",
        "first in b.cnn:1",
    ),
]


def guilty(files: dict[str, str]) -> tuple[str, int, int]:
    """Write files, and return where the marks stood: in which file, from where to where."""
    (name,) = (name for name, text in files.items() if "‹" in text)
    text, start, end = marked(files[name])
    write(**files | {name: text})
    return f"{name.replace('__', '/')}.cnn", start, end


def place(error: SymcnnError) -> tuple[str, int, int]:
    assert error.span is not None
    return error.span.source.name, error.span.start, error.span.end


@pytest.mark.parametrize(("files", "message", "hint"), BROKEN)
def test_broken_uses(files: dict[str, str], message: str, hint: str | None) -> None:
    expected = guilty(files)
    error = error_of(lambda: load("main.cnn"))
    assert (error.message, place(error)) == (message, expected)
    assert hint is None or error.hint == hint


def test_an_error_inside_a_used_file_shows_that_file_and_the_way_there() -> None:
    write(main='\nuse "x/b.cnn"', x__b='use "c.cnn"', x__c="let q = 1\nlet r = )")
    assert str(error_of(lambda: load("main.cnn"))).splitlines() == [
        "')' closes nothing",
        "  x/c.cnn:2:9",
        "    let r = )",
        "            ^",
        "  remove it, or open the bracket before",
        '  in use "c.cnn", x/b.cnn:1:1',
        '  in use "x/b.cnn", main.cnn:2:1',
    ]


def test_errors_name_files_as_the_first_one_was_named(tmp_path: Path) -> None:
    write(deep__main='use "x/b.cnn"', deep__x__b="let q = )")
    assert place(error_of(lambda: load("deep/main.cnn")))[0] == str(Path("deep/x/b.cnn"))
    assert place(error_of(lambda: load(tmp_path / "deep/main.cnn")))[0] == str(tmp_path / "deep/x/b.cnn")


@pytest.mark.parametrize("step", ["Conv(8, 3, ‹strid›=2)", "Conv(8, ‹30›)", "Conv(8, ‹1/2›)"])
def test_errors_of_the_analysis_are_shown_in_the_used_file(step: str) -> None:
    expected = guilty({"main": 'use "b.cnn"\nnet main { input 3×20×20; b }', "b": f"# blocks\nnet b {{ {step} }}"})
    error = error_of(main)
    assert place(error) == expected
    assert error.context == ("in b, main.cnn:2:27",)


# Contents, links and other things that no text shows.


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"let q = \xff", "b.cnn:1:9: this is not UTF-8 (byte 0xff)"),
        (b"#" * 20_000_001, "b.cnn has more than 5,000,000 characters"),
        (b"#" * 5_000_000, "with b.cnn the files have more than 5,000,000 characters"),
    ],
)
def test_contents_that_cannot_be_read(content: bytes, message: str) -> None:
    expected = guilty({"main": '\n‹use "b.cnn"›'})
    Path("b.cnn").write_bytes(content)
    error = error_of(lambda: load("main.cnn"))
    assert (error.message, place(error)) == (message, expected)


def test_there_is_a_limit_on_the_number_of_files() -> None:
    write(main='use "f1.cnn"\nnet main { input 3×8; f99 }', f99="net f99 { ReLU }")
    write(**{f"f{i}": f'use "f{i + 1}.cnn"' for i in range(1, 99)})  # each a step deeper, too
    assert main().output == (3, 8)
    write(f99='use "f100.cnn"', f100="net f99 { ReLU }")
    error = error_of(main)
    assert error.message == "main.cnn uses more than 99 files"
    assert place(error) == ("f99.cnn", 0, 14)
    assert error.context[-1] == 'in use "f1.cnn", main.cnn:1:1'


def test_a_long_circle_is_cut() -> None:
    write(main='use "f1.cnn"', f90='use "f1.cnn"', **{f"f{i}": f'use "f{i + 1}.cnn"' for i in range(1, 90)})
    names = "f1.cnn → f2.cnn → f3.cnn → f4.cnn → … → f88.cnn → f89.cnn → f90.cnn → f1.cnn"
    assert error_of(lambda: load("main.cnn")).message == f"the files use each other in a circle: {names}"


def linked(link: str, target: str) -> None:
    try:
        Path(link).symlink_to(target)
    except OSError:
        pytest.skip("no links here")


def test_a_link_leads_out_of_no_folder() -> None:
    write(secret="let q = 1", deep__main='use "b.cnn"', deep__other='use "x/secret.cnn"')
    linked("deep/b.cnn", "../secret.cnn")
    linked("deep/x", "..")
    message = "'{}' lies outside the folder of deep/{}.cnn"
    assert error_of(lambda: load("deep/main.cnn")).message == message.format("b.cnn", "main")
    assert error_of(lambda: load("deep/other.cnn")).message == message.format("x/secret.cnn", "other")


def test_links_inside_the_folder_are_one_file() -> None:
    write(main='use "b.cnn"; use "link.cnn"\nnet main { input 3×H; b }', x__b="net b { ReLU }")
    linked("b.cnn", "x/b.cnn")
    linked("link.cnn", "b.cnn")
    assert main().output[0] == 3
    linked("again.cnn", "main.cnn")
    write(main='use "again.cnn"')
    assert error_of(lambda: load("main.cnn")).message == "main.cnn uses itself"


def test_a_file_that_is_loaded_by_a_link_lies_where_the_link_leads(tmp_path: Path) -> None:
    write(deep__main='use "b.cnn"\nnet main { input 3×H; b }', deep__b="net b { ReLU }")
    linked("main.cnn", "deep/main.cnn")
    assert main().output[0] == 3
    write(deep__b="net b { )")
    assert place(error_of(main))[0] == str(tmp_path.resolve() / "deep/b.cnn")


def test_links_in_a_circle() -> None:
    linked("b.cnn", "c.cnn")
    linked("c.cnn", "b.cnn")
    expected = guilty({"main": '‹use "b.cnn"›'})
    error = error_of(lambda: load("main.cnn"))
    assert error.message.startswith("cannot read ")
    assert place(error) == expected


def test_a_name_that_is_too_long() -> None:
    expected = guilty({"main": f'‹use "{"x" * 5000}"›'})
    error = error_of(lambda: load("main.cnn"))
    assert error.message.endswith("file name too long")
    assert place(error) == expected


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_nothing_waits_for_a_pipe() -> None:
    os.mkfifo("b.cnn")
    write(main='use "b.cnn"')
    assert error_of(lambda: load("main.cnn")).message == "cannot read b.cnn: it is no regular file"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="permissions do not stop this user")
def test_a_file_that_may_not_be_read() -> None:
    write(main='use "b.cnn"', b="let q = 1")
    Path("b.cnn").chmod(0)
    assert error_of(lambda: load("main.cnn")).message == "cannot read b.cnn: permission denied"


def test_a_text_uses_no_file() -> None:
    write(b="net b { ReLU }")
    text, start, end = marked('net a { input 3; b }\n‹use "b.cnn"›')
    error = error_of(lambda: parse(text))
    assert (error.message, error.hint) == (
        "text lies in no folder and can use no file",
        "save this text as a file, and load that file",
    )
    assert place(error) == ("text", start, end)
