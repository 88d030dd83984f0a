"""LaTeX: special characters are escaped, and pdflatex accepts what is written."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from symcnn import Analysis, analyse, compare, derive, load, parse, render
from symcnn.document.reference import kind_document, layers_document
from symcnn.formula.nodes import Formula
from symcnn.formula.style import PLAIN, Style
from symcnn.library.standard import standard_kind, standard_library
from symcnn.render import render_all
from symcnn.render.latex import latex_text
from symcnn.render.latex_width import broken_formula, formula_width
from symcnn.report import Column, Document, Equation, Line, Listing, Math, Paragraph, Section, Table, Words, Working
from symcnn.source import Source
from symcnn.syntax import parse_formula
from tests.helpers import analysed
from tests.render.branched import deep, inception, residual_network

NASTY = r'a_b & 50% of $x$ #1 {z} ~ ^ \cmd < > — – − × · ∞ ≤ ≥ ≠ → ² ᵏ γ ⌊⌋ ⌈⌉ … [ ] | "'
WIDEST = 10  # points that a box may stand out


def document(words: str) -> Document:
    cell: Line = (Words(words),)
    table = Table((Column(words), Column("n", right=True)), ((cell, cell),), ((cell, ()),))
    return Document((Section(words, (table, Listing(((words, (cell, cell)),)), Paragraph(cell))),))


def compiled(folder: Path, *fragments: str) -> list[float]:
    """Compile fragments in an article of its default width; return by how much boxes are too wide, in points."""
    packages = [re.match(r"% needs (\\usepackage\{.*\})", fragment) for fragment in fragments]
    assert all(packages)
    preamble = "\n".join({found[1] for found in packages if found})
    body = "\n".join(fragments)
    start = f"\\documentclass{{article}}\n{preamble}\n\\begin{{document}}\n"
    return compiled_page(folder, f"{start}{body}\\end{{document}}\n")


def compiled_page(folder: Path, page: str) -> list[float]:
    """Compile a whole document; return by how much boxes are too wide, in points."""
    (folder / "page.tex").write_text(page, encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "page.tex"]
    for _ in range(2):  # a long table knows its widths the second time
        done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
        log = done.stdout.decode("utf-8", "replace")
        assert done.returncode == 0, log[-2000:]
        assert not re.search(r"^! ", log, re.MULTILINE)
    return [float(points) for points in re.findall(r"Overfull \\hbox \(([\d.]+)pt too wide\)", log)]


needs_pdflatex = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")


def test_special_characters_are_escaped() -> None:
    shown = latex_text(document("a_b & 50% #1 {z} $x$ \\cmd"))
    assert r"a\_b \& 50\% \#1 \{z\} \$x\$ \textbackslash{}cmd" in shown


def test_names_with_underscores() -> None:
    shown = render(analysed("net my_net { input C_in×H; first_conv: Conv(c_out, 3) }"), "latex")
    assert r"my\_net}" in shown
    assert r"first\_conv & Conv" in shown
    assert r"3C_{\mathrm{in}} c_{\mathrm{out}}" in shown


def test_only_signs_that_pdflatex_knows() -> None:
    shown = latex_text(document(NASTY))
    assert shown.isascii()


def example_pages(style: Style) -> list[str]:
    pages = []
    for file in sorted(Path("examples").glob("*.cnn")):
        analyses = [analyse(net) for net in load(file).values() if net.definition.input is not None]
        pages.append(render_all(analyses, "latex", style))
        if len(analyses) > 1 and file.stem not in ("output_size", "depth"):  # nets that nobody compares
            pages.append(render_all([compare(a, analyses[-1]) for a in analyses[:-1]], "latex", style))
    return pages


def deep_chain() -> Analysis:
    """Return a chain of 160 different layers with symbolic sizes."""
    steps = [f"block_{i}: Conv({64 + i}*w, 3, stride={2 if i % 40 == 39 else 1}, padding=1)" for i in range(160)]
    return analysed(f"net deep {{ input C×H×W; {'; '.join(steps)} }}")


def units() -> list[Analysis]:
    """Return nets whose symbols are called like units and whose names LaTeX has other plans for."""
    long = "a_very_long_name_of_a_layer_that_nobody_would_like_to_read_in_a_table_but_somebody_will_write"
    texts = [
        "net kg { input kg×m×s; s_1: Conv(kg, 3, stride=s); Linear(Hz, per_position=true); ReLU }",
        f"net a__b_ {{ input C_in×H_0; {long}: Conv(c_out_max, k_1, padding=p_left, groups=g); b_: Conv(γ, 3) }}",
        "net input_ { input alpha×beta; Conv(max_, k', stride=σ); MaxPool(2) }",
    ]
    return [analysed(text) for text in texts]


def working() -> Document:
    """Return a working by hand: short chains, long sums, long products and fractions, a long note, a long left side."""
    long_sum = " + ".join(f"{n}*C*(H - {n})^2" for n in range(101, 120))
    long_product = "*".join(f"(H_{n} - {n})" for n in range(40))
    equations = (
        ("H'", "floor((H + 2*p - k)/s) + 1", "floor((32 + 2*0 - 5)/1) + 1", "28"),
        ("P", "(5*5*1 + 1)*32", "832"),
        ("M", long_sum, "12345678901"),
        ("M", f"C*({long_sum})^2", long_product),
        ("R", f"({long_sum})/({long_product})", f"floor(({long_sum})/2)"),
        (long_sum, long_product),
        ("N", "7^300", str(7**300)),
        ("H'",),
    )
    short = (Words("for the first "), Math(formula("H")), Words(" of them"))
    notes: list[Line] = [short, (), (), (Words("a note that goes on and on " * 8),), (), short, (), ()]
    steps = tuple(
        Equation(tuple(formula(side) for side in sides), note) for sides, note in zip(equations, notes, strict=True)
    )
    blocks = (Working((("conv1 (5_1 & 5)", steps[:2]), ("long", steps[2:]), ("", steps[:1]), ("empty", ()))),)
    return Document((Section("working", blocks),))


def formula(text: str) -> Formula:
    return parse_formula(Source("", text))


def explained_pages(style: Style) -> list[str]:
    """Return the working of every example, and of a net with all that makes formulas long."""
    long = analysed(
        "net e { input 8×H×W, batch N; Conv(16, 3×5, padding=((1,0),(2,2)), stride=2, groups=4); "
        'Conv(m, k, dilation=d, stride=s, padding=p, bias=false); Conv(8, 3, padding="same", dilation=d); '
        "MaxPool(3, stride=2, ceil_mode=true); BatchNorm; Flatten; Linear(classes) }"
    )
    nets = (
        net for path in sorted(Path("examples").glob("*.cnn")) for net in load(path).values() if net.definition.input
    )
    return [render_all([derive(found) for found in (long, *map(analyse, nets))], "latex", style)]


def branched_pages(style: Style) -> list[str]:
    """Return tables and workings of blocks and joins, symbolic and in numbers."""
    nets = [residual_network(), inception(), deep()]
    with_values = [found.at(C=512, H=224) for found in nets]
    return [
        *(render_all(found, "latex", style) for found in (nets, with_values)),
        render(derive(nets[0]), "latex", style),
    ]


PAGES: dict[str, Callable[[Style], list[str]]] = {
    "examples": example_pages,
    "deep": lambda style: [render(deep_chain(), "latex", style)],
    "branches": lambda style: branched_pages(style),
    "units": lambda style: [render_all(units(), "latex", style)],
    "working": lambda style: [latex_text(working(), style)],
    "explain": lambda style: explained_pages(style),
    "explain in Chinese": lambda style: explained_pages(replace(style, language="zh")),
    "nasty": lambda style: [latex_text(document(NASTY), style), latex_text(document(f"[{NASTY}]*"), style)],
}


@pytest.mark.parametrize("room", [80, 150, 345])
@pytest.mark.parametrize("text", ["a + b*(c + d) - 7^300*floor((H - 3)/2)", "a*b*c*(d + e)/(f*g*H)", str(7**300)])
def test_broken_formulas_are_whole_and_fit(text: str, room: float) -> None:
    written = Style().latex_inline.write(formula(text))
    lines = broken_formula(written, room)
    # A product that is broken has a dot more.
    whole, joined = (re.sub(r" |\{\} |\\cdot ", "", code) for code in (written, "".join(lines)))
    assert joined == whole
    assert all(formula_width(line) <= room for line in lines)
    assert all(line.count("{") == line.count("}") for line in lines)


BROKEN = [
    ("2C*H*W*(18C + 1)", 50, ["2C H W", r"{} \cdot (18C + 1)"]),
    ("C*(H - 2)^2*(W - 2)^2", 60, ["C (H - 2)^{2}", r"{} \cdot (W - 2)^{2}"]),
    ("alpha*gamma*(H + W)", 45, [r"\alpha \gamma", r"{} \cdot (H + W)"]),
    ("C*H + W*D", 32, ["C H", "{} + W D"]),
    ("H/(18C + 1)", 25, ["H/", "{} (18C", "{} + 1)"]),
    ("max(H + 2, 3 - W)", 60, [r"\max(H + 2, 3", "{} - W)"]),
    ("f(H + 2)", 20, ["f", "{} (H", "{} + 2)"]),
    ("H % 1234567890 == 0", 40, ["1{,}234{,}", "{} 567{,}890", r"{} \mid H"]),
    ("(a + b)*(H + W + k)", 40, ["(a + b)", r"{} \cdot (H", "{} + W", "{} + k)"]),
]


@pytest.mark.parametrize(("text", "room", "lines"), BROKEN, ids=[row[0] for row in BROKEN])
def test_a_broken_product_begins_its_next_line_with_a_dot(text: str, room: float, lines: list[str]) -> None:
    assert list(broken_formula(Style().latex_inline.write(formula(text)), room)) == lines


def test_a_working_has_its_dots_in_tables_too() -> None:
    found = derive(analysed("net a { input C×H×W; Conv(m, k, groups=g, bias=false); Conv(9, 1) }"))
    assert r"$k \cdot k \cdot (C/g) \cdot m$ = $C k^{2} m/g$ \\" in render(found, "latex")
    assert r"$k \cdot k \cdot \left(\frac{C}{g}\right) \cdot m$ = $\frac{C k^{2} m}{g}$ |" in render(found, "markdown")


def test_standalone_is_a_whole_document_of_several_nets() -> None:
    shown = render_all(units(), "latex", Style(standalone=True))
    assert shown.startswith("\\documentclass") and shown.endswith("\\end{document}\n")
    assert shown.count("\\begin{document}") == 1 and shown.count("\\section*") == len(units())


def test_a_long_table_repeats_its_head_and_begins_with_the_input() -> None:
    shown = render(deep_chain(), "latex")
    assert shown.count("\\endhead") == 1
    assert shown.split("\\endlastfoot\n")[1].startswith("  input & ")


def test_several_nets_stand_in_one_table_and_advice_stays_in_the_terminal() -> None:
    nets = "net a { input C×H×H; Conv(C, 3) } net b { input C×H×H; Conv(9, 5) } net c { input C×H×H; Conv(9, 1) }"
    first, second, third = (analyse(net) for net in parse(nets).values())
    comparisons = [compare(first, third, "macs"), compare(second, third, "macs")]
    shown = render_all(comparisons, "latex")
    assert re.search(r"& a & b & c \\\\", shown)
    assert shown.count("begin{tabular}") == 1
    assert "assume more" in render_all(comparisons) and "assume more" not in shown


def test_chinese_keeps_its_space_before_formulas() -> None:
    shown = render(derive(analysed("net a { input 1×H; Conv(m, k) }")), "latex", Style(language="zh"))
    assert r"其中\ $C$ = $1$" in shown
    assert r"，输入\ $1 \times H$" in shown


def test_what_symbols_stand_for() -> None:
    shown = render(analysed("net a { input C×H×H, batch N; Conv(m, k, stride=s, padding=p) }"))
    for words in ("C: channels of the input", "H: height and width of the input", "N: batch size of the input"):
        assert words in shown
    assert "k, m, s: positive integers" in shown and "p: a nonnegative integer" in shown


@pytest.mark.latex
@needs_pdflatex
@pytest.mark.parametrize("name", PAGES)
def test_pdflatex_accepts_every_page(name: str, tmp_path: Path) -> None:
    assert max(compiled(tmp_path, *PAGES[name](PLAIN)), default=0) < WIDEST
    for page in PAGES[name](Style(standalone=True)):
        assert max(compiled_page(tmp_path, page), default=0) < WIDEST, page


@pytest.mark.latex
@needs_pdflatex
def test_pdflatex_accepts_the_reference(tmp_path: Path) -> None:
    library = standard_library()
    pages = [kind_document(standard_kind(name)) for name in library.layers]
    pages += [kind_document(net) for net in library.nets.values()]
    compiled(tmp_path, *(latex_text(page) for page in pages))
    layers = layers_document([standard_kind(name) for name in library.layers], library.nets.values())
    assert max(compiled(tmp_path, latex_text(layers)), default=0) < WIDEST


def test_markdown_escapes_what_would_break_a_table() -> None:
    net = parse("net a_b { input C×H; x_1: Conv(m, 3) }")["a_b"]
    shown = render(analyse(net), "markdown")
    assert r"## a\_b" in shown
    assert r"| x\_1 | Conv |" in shown
