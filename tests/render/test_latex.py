"""LaTeX: special characters are escaped, and pdflatex accepts what is written."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from symcnn import analyse, compare, load, parse, render
from symcnn.document.reference import kind_document
from symcnn.library.standard import standard_kind, standard_library
from symcnn.render.latex import latex_text
from symcnn.report import Column, Document, Line, Listing, Paragraph, Section, Table, Words
from tests.helpers import analysed

NASTY = r"a_b & 50% of $x$ #1 {z} ~ ^ \cmd < > — – − × · ∞ ≤ ≥ ≠ → ² ᵏ γ ⌊⌋ ⌈⌉ …"


def document(words: str) -> Document:
    cell: Line = (Words(words),)
    table = Table((Column(words), Column("n", right=True)), ((cell, cell),), ((cell, ()),))
    return Document((Section(words, (table, Listing(((words, (cell, cell)),)), Paragraph(cell))),))


def compiled(folder: Path, *fragments: str) -> str:
    packages = [re.match(r"% needs (\\usepackage\{.*\})", fragment) for fragment in fragments]
    assert all(packages)
    preamble = "\n".join({found[1] for found in packages if found})
    text = (
        "\\documentclass{article}\n" + preamble + "\n\\begin{document}\n" + "\n".join(fragments) + "\\end{document}\n"
    )
    (folder / "page.tex").write_text(text, encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "page.tex"]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    log = done.stdout.decode("utf-8", "replace")
    assert done.returncode == 0, log[-2000:]
    return log


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


@pytest.mark.latex
@needs_pdflatex
def test_pdflatex_accepts_every_example(tmp_path: Path) -> None:
    fragments = []
    for file in sorted(Path("examples").glob("*.cnn")):
        analyses = [analyse(net) for net in load(file).values() if net.definition.input is not None]
        fragments += [render(analysis, "latex") for analysis in analyses]
        if file.stem != "output_size":  # nets that nobody compares
            fragments += [render(compare(a, analyses[-1]), "latex") for a in analyses[:-1]]
    assert "Overfull" not in compiled(tmp_path, *fragments)


@pytest.mark.latex
@needs_pdflatex
def test_pdflatex_accepts_the_reference(tmp_path: Path) -> None:
    library = standard_library()
    pages = [kind_document(standard_kind(name)) for name in library.layers]
    pages += [kind_document(net) for net in library.nets.values()]
    compiled(tmp_path, *(latex_text(page) for page in pages), latex_text(document(NASTY)))


def test_markdown_escapes_what_would_break_a_table() -> None:
    net = parse("net a_b { input C×H; x_1: Conv(m, 3) }")["a_b"]
    shown = render(analyse(net), "markdown")
    assert r"## a\_b" in shown
    assert r"| x\_1 | Conv |" in shown
