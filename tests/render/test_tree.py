"""Tables of layers with blocks and joins: no layer is lost, every ×n is right, the columns add up."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symcnn import Analysis, analyse, derive, load, render, symbols
from symcnn.document.analysis import analysis_document
from symcnn.document.explanation import explanation_document
from symcnn.document.tree import Row, rows
from symcnn.render.text import line_text
from symcnn.report import Indent, Table
from tests.helpers import analysed, draws
from tests.render.branched import Block, Item, Join, arranged, deep, inception, residual_network

NETWORKS = {"residual": residual_network(), "inception": inception(), "deep": deep()}
EXAMPLES = [("vgg16", "vgg16", {"H": 224, "W": 224}), ("seven", "three", {"C": 4, "H": 9}), ("lenet", "lenet", {})]


def unrolled(items: Iterable[Item], start: str = "") -> Iterator[str]:
    """Yield the path of every layer as often as it occurs."""
    for item in items:
        match item:
            case str():
                yield start + item
            case Block(name, inside, times):
                for _ in range(times):
                    yield from unrolled(inside, f"{start}{name}.")
            case Join(name, inside):
                yield from unrolled(inside, f"{start}{name}.")
                yield start + name


def read(found: Iterable[tuple[int, str, int]]) -> Iterator[tuple[str, int]]:
    """Yield the path, and how often it occurs, of each row, as it is read: from the rows above."""
    names: list[str] = []
    repetitions: list[int] = []
    for level, name, times in found:
        assert level <= len(names)  # a row is indented by at most one level more than the one before
        names[level:], repetitions[level:] = [name], [times]
        yield ".".join(names), prod(repetitions)


def table_rows(analysis: Analysis) -> tuple[Row, ...]:
    return rows(analysis, analysis.layers)


def layers_read(found: tuple[Row, ...]) -> Counter[str]:
    seen = zip(found, read((row.level, row.name, row.times) for row in found), strict=True)
    paths = [(path, times) for row, (path, times) in seen if row.layer is not None]
    assert len({path for path, _ in paths}) == len(paths)
    return Counter(dict(paths))


Kind = str | tuple[str, int, tuple[Item, ...]]  # a layer's name, or a body's with its repetitions and items


def _arranged(kinds: list[Kind]) -> tuple[Item, ...]:
    """Return items whose names differ, from what they are."""
    items: list[Item] = []
    for place, found in enumerate(kinds):
        if isinstance(found, str):
            items.append(found.format(place))
            continue
        kind, times, inside = found
        name = f"{kind}{place}" if times == 1 else f"{kind}{place}[1..{times}]"
        items.append(Join(name, inside) if kind == "add" else Block(name, inside, times))
    return tuple(items)


layers: st.SearchStrategy[Kind] = st.sampled_from(("conv{}", "relu{}", "batchnorm{}"))


def _bodies(inside: st.SearchStrategy[tuple[Item, ...]]) -> st.SearchStrategy[tuple[Item, ...]]:
    blocks: st.SearchStrategy[Kind] = st.tuples(st.sampled_from(("add", "repeat", "path")), st.integers(1, 3), inside)
    return st.lists(layers | blocks, min_size=1, max_size=3).map(_arranged)


chains = st.lists(layers, min_size=1, max_size=3).map(_arranged)
bodies = st.recursive(chains, _bodies, max_leaves=12)


@draws(100)
@given(bodies)
def test_rows_read_together_are_the_unrolled_network(items: tuple[Item, ...]) -> None:
    found = table_rows(arranged(*items))
    assert layers_read(found) == Counter(unrolled(items))
    assert all(row.level <= 6 for row in found)


@draws(100)
@given(bodies)
def test_a_block_has_a_row_only_where_it_holds_several(items: tuple[Item, ...]) -> None:
    found = table_rows(arranged(*items))
    for place, row in enumerate(found):
        if row.layer is None:
            inside = [then.level for then in found[place + 1 :]]
            here = inside[: next((i for i, level in enumerate(inside) if level <= row.level), len(inside))]
            assert here.count(row.level + 1) > 1
            assert row.output == found[place + len(here)].output or row.output == ()


@draws(50)
@given(bodies)
def test_the_counts_hold_without_a_derivation(items: tuple[Item, ...]) -> None:
    found = table_rows(replace(arranged(*items), derived=None))
    assert layers_read(found) == Counter(unrolled(items))
    assert all(row.times == 1 and row.output == () for row in found if row.layer is None)


def drawn(analysis: Analysis, quantity: str) -> tuple[int, int]:
    """Return the sum of a printed column, each number as often as its row says, and the total under it."""
    printed = [line.strip("| ").split(" | ") for line in render(analysis, "markdown").splitlines() if line[:1] == "|"]
    head, _, _, *body, total = ([cell.strip() for cell in row] for row in printed)
    column = head.index(quantity)
    levels, values = [], []
    for row in body:
        found = re.fullmatch(r"((?:&emsp;)*)(\S+?)(?: ×(\d+))?", row[0])
        assert found
        levels.append((found[1].count("&"), found[2], int(found[3] or 1)))
        values.append(_number(row[column]) if len(row) > column else 0)
    counted = zip(read(levels), values, strict=True)
    return sum(times * value for (_, times), value in counted), _number(total[column])


def _number(cell: str) -> int:
    return int(cell.strip("*").replace(",", "") or 0)


@pytest.mark.parametrize("quantity", ["params", "MACs"])
@pytest.mark.parametrize(("file", "net", "values"), EXAMPLES)
def test_the_columns_of_examples_add_up(file: str, net: str, values: dict[str, int], quantity: str) -> None:
    analysis = replace(analyse(load(f"examples/{file}.cnn")[net]).at(**values), symbolic=None)
    total = analysis.count(quantity.lower())
    assert drawn(analysis, quantity) == (total, total)


@pytest.mark.parametrize("quantity", ["params", "MACs"])
@pytest.mark.parametrize("name", NETWORKS)
def test_the_columns_of_branches_add_up(name: str, quantity: str) -> None:
    analysis = replace(NETWORKS[name].at(C=16, H=32), symbolic=None)
    total = analysis.count(quantity.lower())
    assert drawn(analysis, quantity) == (total, total)


def names_of(found: Iterable[Row]) -> list[str]:
    return [line_text(row.cell) for row in found]


def test_joins_stand_above_their_paths_and_blocks_of_one_layer_in_one_row() -> None:
    assert names_of(table_rows(inception())) == [
        "conv1",
        "mixed",
        "  path1.conv1",
        "  path2",
        "    conv1",
        "    relu1",
        "    conv2",
        "  path3.repeat1.conv1 ×2",
        "  path4",
        "    relu1",
        "    concat1",
        "      path1.conv1",
        "      path2",
        "        conv1",
        "        relu1",
        "relu1",
    ]


def test_repetitions_of_blocks_in_blocks_multiply() -> None:
    nested = analysed("net a { input 4×H; repeat 2 { repeat 3 { Conv(4, 3, padding=1); ReLU }; BatchNorm } }")
    found = table_rows(nested)
    assert names_of(found) == ["repeat1 ×2", "  repeat1 ×3", "    conv1", "    relu1", "  batchnorm1"]
    alone = analysed("net a { input 4×H; repeat 2 { repeat 3 { Conv(4, 3, padding=1) } } }")
    assert names_of(table_rows(alone)) == ["repeat1.repeat1.conv1 ×6"]
    both = analysed("net a { input 4×H; repeat 2 { repeat 3 { Conv(4, 3, padding=1); ReLU } } }")
    assert names_of(table_rows(both)) == ["repeat1.repeat1 ×6", "  conv1", "  relu1"]


def test_an_output_is_that_of_the_block() -> None:
    found = table_rows(analysed("net a { input 3×H; pair(8) }\nnet pair(c) { Conv(c, 3); MaxPool(2) }", "a").at(H=12))
    assert [(row.name, row.output) for row in found] == [("pair1", (8, 5)), ("conv1", (8, 10)), ("maxpool1", (8, 5))]


def test_repetitions_may_be_symbols() -> None:
    n = symbols("n")
    assert line_text(Row("repeat1", 1, n - 1, None, ()).cell) == "  repeat1 ×(n − 1)"
    assert line_text(Row("repeat1", 0, 2 * n, None, ()).cell) == "repeat1 ×2n"
    assert line_text(Row("repeat1", 0, n / n, None, ()).cell) == "repeat1"


def note(analysis: Analysis) -> str:
    (section,) = analysis_document(analysis).sections
    return line_text(section.blocks[1].line) if hasattr(section.blocks[1], "line") else ""


def test_the_note_says_what_the_table_shows() -> None:
    layer = "×n: the layer n times, one after the other. params and MACs are those of one layer"
    field = "% is the part of all its repetitions together, receptive field and jump are those of the last."
    repeated = analysed("net a { input 3×H; repeat 3 { Conv(3, 3, padding=1) } }")
    assert note(repeated) == f"{layer}, {field}"
    assert note(analysed("net a { input 3; repeat 3 { ReLU } }")) == f"{layer}."
    assert note(analysed("net a { input 3×H; Conv(3, 3) }")) == ""
    heads = {"inception": "block or join", "residual": "block or join"}
    for name, head in heads.items():
        assert note(NETWORKS[name]).startswith(f"Rows are indented under the {head} that they are part of")
    assert "under the join that" in note(arranged(Join("add1", ("conv1", "relu1"))))
    assert "under the block that" in note(arranged(Block("block1", ("conv1", "relu1"))))


def test_the_working_has_the_same_rows_and_full_paths_as_titles() -> None:
    net = arranged("conv1", Join("add1", (Block("path1", ("conv1", "relu1", "conv2")),)), "relu1")
    document = explanation_document(derive(net))
    table = document.sections[0].blocks[0]
    assert isinstance(table, Table)
    assert [line_text(row[0]) for row in table.rows] == ["input", "conv1", "add1", "  path1", "    conv1", "    conv2"]
    assert [line_text(row[2])[-2:] for row in table.rows] == ["", " C", "0", "", " C", " C"]
    assert "add1.path1.conv2" in [section.title for section in document.sections]


def test_the_working_explains_its_repetitions_in_both_languages() -> None:
    explanation = derive(analysed("net a { input 3×H; Conv(3, 3); repeat 3 { Conv(3, 3, padding=1); ReLU } }"))
    for language, words in (("en", "Parameters are those of one layer"), ("zh", "其中一层的参数量")):
        blocks = explanation_document(explanation, language=language).sections[0].blocks
        assert words in line_text(blocks[1].line)  # type: ignore[union-attr]
    assert "\n\nrepeat1.conv1 ×3\n\n" in render(explanation)


@pytest.mark.parametrize("columns", [60, 80, 200])
@pytest.mark.parametrize("name", ["residual", "inception"])
def test_branches_fit_into_narrow_terminals(name: str, columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    shown = render(NETWORKS[name].at(C=16, H=32)).splitlines()
    assert max(map(len, shown)) <= columns


def test_a_broken_cell_stays_indented(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    items = Block("a_block_with_a_long_name", (Block("a_repeat_with_a_long_name", ("conv1", "relu1"), 12), "relu1"))
    shown = render(arranged(items)).splitlines()
    place = next(i for i, line in enumerate(shown) if line.startswith("  a_repeat_with_a_long"))
    assert shown[place + 1] == "  _name ×12"


def test_indentation_in_markdown_and_latex() -> None:
    markdown, latex = render(inception(), "markdown"), render(inception(), "latex")
    assert "\n| &emsp;path1.conv1 | Conv |" in markdown
    assert "\n| &emsp;&emsp;&emsp;&emsp;conv1 | Conv |" in markdown
    assert "\n  \\hspace{1em}path1.conv1 & Conv &" in latex
    assert "\n  \\hspace{4em}conv1 & Conv &" in latex
    ends = re.findall(r"^  (?:\\hspace\{.em\})?(\w+) &.* \\\\(\*?)$", latex, re.MULTILINE)
    heads = [name for name, star in ends if star and name not in ("layer", "total")]
    assert heads == ["mixed", "path2", "path4", "concat1", "path2"]


def test_no_row_is_indented_by_more_than_ten_levels() -> None:
    levels = [row.level for row in table_rows(deep(30))]
    assert max(levels) == 10
    document = analysis_document(deep(30))
    table = next(block for section in document.sections for block in section.blocks if isinstance(block, Table))
    parts = (part for row in table.rows for part in row[0] if isinstance(part, Indent))
    assert {part.level for part in parts} == set(range(1, 11))
