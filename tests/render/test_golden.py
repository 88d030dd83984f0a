"""Golden files that a person can read; `SYMCNN_GOLDEN=write pytest tests/render` writes them anew."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from symcnn import analyse, compare, derive, load, render, solve
from symcnn.analysis import Analysis
from symcnn.compare import Comparison
from symcnn.derive import Explanation
from symcnn.formula.style import PLAIN, Style
from symcnn.memory import ConvolutionCosts, Roofline, convolution_costs, memory, roofline
from symcnn.solve import Solution
from tests.render.branched import inception

ROOT = Path(__file__).parent.parent.parent
GOLDEN = ROOT / "tests" / "golden"
SUFFIXES = {"text": "txt", "markdown": "md", "latex": "tex", "json": "json"}


def analysed(file: str, net: str, **values: int) -> Analysis:
    analysis = analyse(load(ROOT / "examples" / f"{file}.cnn")[net])
    return analysis.at(**values) if values else analysis


def compared(file: str, first: str, second: str) -> Comparison:
    return compare(analysed(file, first), analysed(file, second))


def result(name: str) -> Analysis | Comparison | Explanation | Roofline | ConvolutionCosts | Solution:
    match name:
        case "memory_padded":
            return roofline(memory(analysed("unet", "padded", H=64, W=64), "float16", "adam", mixed=True), 312e12, 2e12)
        case "memory_layer":
            return convolution_costs(memory(analysed("stacked", "stacked", H=32)), ["conv1"])
        case "explain_lenet" | "explain_lenet_zh":
            return derive(analysed("lenet", "lenet"))
        case "explain_one":
            return derive(analysed("output_size", "one"))
        case "derive_stacked":
            return analysed("stacked", "stacked", H=32)
        case "derive_lenet":
            return analysed("lenet", "lenet")
        case "derive_one":
            return analysed("output_size", "one")
        case "derive_branches":
            return inception()
        case "explain_branches":
            return derive(inception())
        case "derive_blocks":
            return analysed("vgg16", "vgg16")
        case "compare_stacked":
            return compared("stacked", "stacked", "single")
        case "compare_seven":
            return compared("seven", "three", "seven")
        case "solve_depth":
            return solve(analysed("depth", "stacked"), "receptive_field >= 224", "n", k=3)
        case "solve_closed":
            return solve(analysed("depth", "halved"), "receptive_field >= R", "n")
        case _:
            return compared("pointwise", "plain", "pointwise")


NAMES = ["derive_stacked", "derive_lenet", "derive_one", "compare_stacked", "compare_seven", "compare_pointwise"]
NAMES += ["derive_blocks", "derive_branches", "explain_branches"]
NAMES += ["memory_padded", "memory_layer"]
NAMES += ["solve_depth", "solve_closed"]
NAMES += ["explain_lenet", "explain_lenet_zh", "explain_one"]


@pytest.mark.parametrize("format_", SUFFIXES)
@pytest.mark.parametrize("name", NAMES)
def test_output_is_as_it_was(name: str, format_: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    path = GOLDEN / f"{name}.{SUFFIXES[format_]}"
    shown = render(result(name), format_, Style(language="zh") if name.endswith("_zh") else PLAIN)
    if os.environ.get("SYMCNN_GOLDEN") == "write":
        path.write_text(shown, encoding="utf-8")
    assert shown == path.read_text(encoding="utf-8")


def test_every_golden_file_is_used() -> None:
    expected = {f"{name}.{suffix}" for name in NAMES for suffix in SUFFIXES.values()}
    assert {path.name for path in GOLDEN.iterdir()} == expected
