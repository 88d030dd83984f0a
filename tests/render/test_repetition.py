"""How a symbolic number of repetitions is shown: in tables, in workings, in formulas, and for programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from symcnn import derive, render
from symcnn.cli import main
from symcnn.formula.style import Style
from tests.helpers import analysed

DENSE = "net dense { input k0×H×W; repeat L { concat { skip; path { Conv(k, 3, padding=1, bias=false) } } } }"
PYRAMID = "net pyramid { input 3×H×W; repeat n as i { Conv(64*2^i, 3, stride=2, padding=1, bias=false) } }"


def lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines()]


def test_tables_have_the_number_and_say_what_the_index_is() -> None:
    shown = lines(render(analysed(DENSE), "text"))
    assert any(line.startswith("repeat1.concat1 ×L Concat (i·k + k + k0)×H×W") for line in shown)
    assert any("Conv k×H×W 9k·(i·k + k0)" in line for line in shown)
    assert "i = 0 … L − 1 numbers the repetitions of repeat1." in shown
    shown = lines(render(analysed(PYRAMID), "text"))
    assert any(line.startswith("repeat1[1..].conv1 ×(n − 1)") for line in shown)
    assert "j = 0 … n − 2 numbers the repetitions of repeat1[1..]." in shown


def test_an_index_that_nothing_speaks_of_is_not_explained() -> None:
    shown = render(analysed("net a { input c×H×W; repeat n { Conv(c, 3, padding=1) } }"), "text")
    assert "repeat1.conv1 ×n" in shown and "numbers the repetitions" not in shown


def test_the_working_has_the_recurrence_its_solution_and_the_sum() -> None:
    shown = lines(render(derive(analysed(DENSE)), "text"))
    assert "repetitions i = 0 … L − 1" in shown
    assert "channels C(i + 1) = C(i) + k (from one repetition to the next)" in shown
    assert "C(0) = k0 (into the first)" in shown
    assert "C(i) = i·k + k0 (so into any)" in shown
    assert "C(L) = L·k + k0 (out of the last)" in shown
    assert "parameters Σ_{i=0}^{L−1} 9k·(i·k + k0) = 9L·k·(k·(L − 1) + 2k0)/2" in shown
    assert "r = (1 − 1)·1 + (2L + 1) = 2L + 1 (repeat1 ×L)" in shown


def test_the_field_in_the_working_is_that_of_the_last_repetition() -> None:
    text = "net a { input C×L; repeat n as i { Conv(C, 3, dilation=2^i, padding=2^i) } }"
    shown = lines(render(derive(analysed(text), quantity="receptive_field"), "text"))
    assert any("r_0 = 2^n − 1 (receptive field before)" in line for line in shown)
    assert any(line.startswith("receptive field") and line.endswith("= 2^(n + 1) − 1") for line in shown)


def test_chinese_words() -> None:
    shown = render(derive(analysed(DENSE)), "text", Style(language="zh"))
    assert "由一次到下一次" in shown and "通道数" in shown


def test_latex_has_a_sum_sign() -> None:
    shown = render(derive(analysed(DENSE)), "latex")
    assert r"\sum_{i=0}^{L - 1}" in shown
    shown = render(analysed(PYRAMID), "latex")
    assert r"\sum_{j=0}^{n - 2}" in shown and r"\lceil H/2 \rceil" in shown


@pytest.mark.parametrize("text", [DENSE, PYRAMID])
def test_json_has_the_index_and_the_number(text: str) -> None:
    a = analysed(text)
    data = json.loads(render(a, "json"))
    looped = [layer for layer in data["layers"] if "loops" in layer]
    assert looped and all(layer["times"] == layer["loops"][0]["count"] for layer in looped)
    assert {layer["loops"][0]["index"] for layer in looped}.isdisjoint(data["symbols"])
    working = json.loads(render(derive(a), "json"))
    (body,) = working["repetitions"]
    assert body["recurrences"][0]["sizes"] == ["channels"]


def test_json_of_numbers_has_the_rows_of_these_numbers() -> None:
    data = json.loads(render(analysed(DENSE).at(L=3, k0=16, k=12, H=4, W=4), "json"))
    assert len(data["layers"]) == 2 and len(data["at"]["layers"]) == 6
    assert [layer["times"] for layer in data["at"]["layers"]] == ["1"] * 6
    assert data["at"]["totals"]["weights"] == str(108 * (16 + 28 + 40))


@pytest.mark.parametrize("format_", ["text", "markdown", "latex", "json"])
@pytest.mark.parametrize("command", ["derive", "explain"])
def test_the_zoo_of_any_depth(command: str, format_: str) -> None:
    for net in ("zoo/resnet_cifar", "zoo/tcn"):
        result = CliRunner().invoke(main, [command, net, "--set", "n=n", "--format", format_])
        assert result.exit_code == 0, result.stderr


def test_the_zoo_s_depths_with_a_symbol(tmp_path: Path) -> None:
    for net, name in (("zoo/densenet_k", "n"), ("zoo/densenet_bc_k", "n"), ("zoo/wrn", "N")):
        out = tmp_path / "out.json"
        result = CliRunner().invoke(
            main, ["derive", net, "--set", f"{name}={name}", "--format", "json", "-o", str(out)]
        )
        assert result.exit_code == 0, result.stderr
        assert name in json.loads(out.read_text())["symbols"]
