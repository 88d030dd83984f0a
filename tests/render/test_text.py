"""Text: nothing is cut off in a narrow terminal, nothing but text goes into a pipe; markdown tables hold."""

from __future__ import annotations

from collections import Counter

import pytest
from rich.cells import cell_len

from symcnn import analyse, derive, load, render
from symcnn.document.analysis import analysis_document
from symcnn.formula.notation import text
from symcnn.formula.style import Style
from symcnn.memory import memory, roofline
from symcnn.render import render_document
from symcnn.render.markdown import markdown_text
from symcnn.render.text import plain_text, terminal_text
from symcnn.report import (
    Block,
    Column,
    Document,
    Indent,
    Inline,
    Line,
    Listing,
    Math,
    Paragraph,
    Program,
    Rounded,
    Section,
    Table,
    Words,
    Working,
)
from tests.helpers import analysed, error_of


def cells(block: Block) -> list[Line]:
    match block:
        case Paragraph(line):
            return [line]
        case Table():
            return [cell for row in (*block.rows, *block.foot) for cell in row]
        case Listing(items):
            return [line for _, lines in items for line in lines]
        case Working(steps):
            return [(Math(side),) for _, equations in steps for e in equations for side in e.sides]
        case Program():
            return []


def formulas(document: Document) -> list[str]:
    found = []
    for section in document.sections:
        for block in section.blocks:
            found += [text(part.formula) for line in cells(block) for part in line if isinstance(part, Math)]
    return found


@pytest.mark.parametrize("columns", ["60", "40", "80", "200"])
@pytest.mark.parametrize(("file", "net"), [("stacked", "stacked"), ("output_size", "one"), ("seven", "three")])
def test_a_narrow_terminal_loses_nothing_but_the_columns_that_it_says_are_left_out(
    file: str, net: str, columns: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = analysis_document(analyse(load(f"examples/{file}.cnn")[net]))
    monkeypatch.setenv("COLUMNS", columns)
    for section in document.sections:
        for block in section.blocks:
            shown = plain_text(Document((Section("", (block,)),)))
            words = shown.replace("─", " ").split()
            drawn, _, note = " ".join(words).partition(" left out, as ")
            kept = _everything(block, note.partition("are too few: ")[2].split(", "))
            if int(columns) > 40:  # no word is broken
                assert Counter(" ".join(kept).split()) == Counter(drawn.split())
            assert Counter("".join(kept).replace(" ", "")) == Counter(drawn.replace(" ", ""))
            assert max(map(len, shown.splitlines())) <= int(columns)


def _everything(block: Block, left_out: list[str]) -> list[str]:
    """Return every text that should be there."""
    match block:
        case Table():
            kept = [place for place, c in enumerate(block.columns) if (c.called or c.title) not in left_out]
            rows = [[_plain(row[place]) for place in kept] for row in (*block.rows, *block.foot)]
            rows.append([block.columns[place].title for place in kept])
            return [cell for row in rows for cell in row]
        case Listing(items):
            return [text for label, lines in items for text in (label, *map(_plain, lines))]
        case _:
            return [_plain(line) for line in cells(block)]


def _plain(line: Line) -> str:
    return "".join(_part(part) for part in line)


def _part(part: Inline) -> str:
    match part:
        case Math(formula):
            return text(formula)
        case Rounded(value, places):
            return f"{float(value):.{places}f}"
        case Indent():
            return ""
    return part.text


def test_columns_of_one_title_are_told_apart_where_they_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert "% of params, jump" in " ".join(render(analyse(load("examples/lenet.cnn")["lenet"])).split())


def test_conditions_are_said_in_words() -> None:
    a = analysed("assume α rational, 0 < α <= 1\nnet a { input C×H; Conv(4, 1, groups=g); Conv(64α, 1) }")
    shown = render(a)
    assert "64α is an integer\n" in shown
    assert "4 % g == 0" in shown
    assert "assuming         α is a positive rational number\n                 α ≤ 1" in shown
    assert "64α 为整数" in render(derive(a), style=Style(language="zh"))
    assert r"64\alpha \in \mathbb{Z}" in render(a, "latex")


def test_no_escape_codes_and_no_trailing_spaces() -> None:
    shown = render(analysed("net a { input C×H×W; Conv(2C, 3) }"))
    assert "\x1b" not in shown
    assert all(line == line.rstrip() for line in shown.splitlines())
    assert shown.endswith("\n")


def test_the_terminal_gets_marks_unless_no_color_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    document = Document((Section("title", (Paragraph((Words("words"),)),)),))
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[1mtitle" in terminal_text(document)
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in terminal_text(document)


def test_markup_and_emoji_are_text() -> None:
    document = Document((Section("[bold]a[/bold] :smile:", (Listing((("[red]x", ((Words("[/] :cat:"),),)),)),)),))
    shown = plain_text(document)
    assert "[bold]a[/bold] :smile:" in shown
    assert "[red]x" in shown
    assert "[/] :cat:" in shown


def test_markdown_tables_hold_their_columns() -> None:
    cell: Line = (Words("a|b *c* _d_ `e` <f> [g] $h$"),)
    table = Table((Column("x|y"), Column("z", right=True)), ((cell, cell),), ((cell, ()),))
    lines = markdown_text(Document((Section("s", (table,)),))).splitlines()[2:]
    assert len(lines) == 4
    for line in lines:
        assert line.replace(r"\|", "").count("|") == 3
    assert lines[2].startswith(r"| a\|b \*c\* \_d\_ \`e\` \<f\> \[g\] \$h\$ |")


def test_unknown_formats() -> None:
    a = analysed("net a { input C×H×W; Conv(2C, 3) }")
    assert error_of(lambda: render(a, "latx")).hint == "did you mean 'latex'?"
    assert "not supported yet" in error_of(lambda: render(a, "html")).message
    error = error_of(lambda: render_document(Document(()), "pdf"))
    assert error.hint == "formats are text, markdown, latex, json"


def test_long_totals_stand_below_the_table() -> None:
    shown = render(analyse(load("examples/output_size.cnn")["twenty"]))
    assert "see below" in shown
    assert shown.count("⌈L/s²⌉ + ") == 3  # MACs, FLOPs, activations


@pytest.mark.parametrize("columns", [30, 40, 60, 80, 100])
def test_no_table_is_wider_than_the_terminal(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    a = analyse(load("zoo/resnet50")["resnet50"])
    small = analysed("net small { input 3×32×32; Conv(8, 3); ReLU; Conv(8, 3) }")
    found = memory(a)
    beside = small.beside("macs+bias+norm", "training", "exact_macs")
    for result in (found, roofline(memory(small), "312T", "2T"), roofline(found, "P", "B"), a, beside):
        lines = render(result).splitlines()
        assert max(map(cell_len, lines)) <= columns
    if columns == 60:
        shown = render(roofline(memory(small), "312T", "2T"))
        assert "FLOPs/byte" in shown and "time" in shown.splitlines()[2]
