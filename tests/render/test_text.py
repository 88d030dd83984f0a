"""Text: nothing is cut off in a narrow terminal, nothing but text goes into a pipe; markdown tables hold."""

from __future__ import annotations

import pytest

from symcnn import analyse, load, render
from symcnn.document.analysis import analysis_document
from symcnn.formula.notation import text
from symcnn.render import render_document
from symcnn.render.markdown import markdown_text
from symcnn.render.text import plain_text, terminal_text
from symcnn.report import Block, Column, Document, Line, Listing, Math, Paragraph, Section, Table, Words
from tests.helpers import analysed, error_of


def cells(block: Block) -> list[Line]:
    match block:
        case Paragraph(line):
            return [line]
        case Table():
            return [cell for row in (*block.rows, *block.foot) for cell in row]
        case Listing(items):
            return [line for _, lines in items for line in lines]


def formulas(document: Document) -> list[str]:
    found = []
    for section in document.sections:
        for block in section.blocks:
            found += [text(part.formula) for line in cells(block) for part in line if isinstance(part, Math)]
    return found


@pytest.mark.parametrize("columns", ["60", "40", "80", "200"])
@pytest.mark.parametrize(("file", "net"), [("stacked", "stacked"), ("output_size", "one"), ("seven", "three")])
def test_a_narrow_terminal_keeps_every_character(
    file: str, net: str, columns: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = analysis_document(analyse(load(f"examples/{file}.cnn")[net]))
    monkeypatch.setenv("COLUMNS", columns)
    shown = plain_text(document)
    assert max(map(len, shown.splitlines())) <= int(columns)
    for section in document.sections:
        for block in section.blocks:
            alone = Document((Section("", (block,)),))
            written = sorted(c for c in plain_text(alone) if not c.isspace() and c != "─")
            expected = sorted(c for line in _everything(block) for c in line if not c.isspace())
            assert written == expected


def _everything(block: Block) -> list[str]:
    lines = ["".join(p.text if isinstance(p, Words) else text(p.formula) for p in line) for line in cells(block)]
    match block:
        case Table():
            return [*lines, *(column.title for column in block.columns)]
        case Listing(items):
            return [*lines, *(label for label, _ in items)]
        case _:
            return lines


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
