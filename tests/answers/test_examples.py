"""The worked examples of answers as people type them: reference, answer, assumptions, verdict."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import pytest

import symcnn
from symcnn.answers.verdict import Verdict

TABLE = Path(__file__).parent.parent / "data" / "answer_examples.tsv"
with TABLE.open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
_BOUND = re.compile(r"([A-Z]\w*(?:\+2P)?)\s*>=\s*(\w+)")


def about(row: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of `check` that a row's column of assumptions says."""
    text = row["assumptions"] or ""
    found: dict[str, Any] = {"assume": [f"{a.replace('+2P', ' + 2*P')} >= {b}" for a, b in _BOUND.findall(text)]}
    if "H = 56" in text:
        found["assume"].append("H == 56")
    if "quantity: MACs" in text:
        found["quantity"] = "macs"
    if "k and K both declared" in text:
        found["symbols"] = "k K"
    return found


def judged(row: dict[str, Any]) -> Verdict:
    return symcnn.check(row["answer"], row["reference"], **about(row))


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_verdicts_of_the_table(row: dict[str, Any]) -> None:
    found = judged(row)
    assert found.verdict == row["expected verdict"].lower()
    assert found.right == (found.verdict == "exact")
    assert set(found.message) == {"en", "zh"}


NOTES = [
    ("C01", "H + 2P − K is divisible by S"),
    ("D14", "cut off"),
    ("D29", "whole number"),
    ("E03", "800 is not 832"),
    ("F19", "D = 1 and O_p = 0"),
    ("G05", "running means and variances"),
    ("K20", "strides of all layers before"),
    ("A08", "brackets around what stands below the line"),
]


@pytest.mark.parametrize(("row", "words"), NOTES)
def test_what_the_verdicts_say(row: str, words: str) -> None:
    assert words in judged(next(r for r in ROWS if r["id"] == row)).message["en"]


SLIPS = [("K02", "M02"), ("K05", "M06"), ("K08", "M16"), ("K11", "M19"), ("K14", "M28"), ("K17", "M36"), ("K20", "M41")]


@pytest.mark.parametrize(("row", "slip"), SLIPS)
def test_slips_of_formulas(row: str, slip: str) -> None:
    found = judged(next(r for r in ROWS if r["id"] == row))
    assert slip in {s.id for s in found.slips}
