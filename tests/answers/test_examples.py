"""The worked examples of answers as people type them: reference, answer, assumptions, verdict."""

from __future__ import annotations

import re
from typing import Any

import pytest

import symcnn
from symcnn.answers.verdict import Verdict
from tests.answers.table import KNOWN_FAILURE, Row, rows

_BOUND = re.compile(r"([A-Z]\w*(?:\+2P)?)\s*>=\s*(\w+)")
_VALUE = re.compile(r"\b([A-Za-z]) = (\d+)")
_QUANTITY = re.compile(r"quantity: (\w+)")
ROWS = {row.id: row for row in rows() if not row.note.startswith(KNOWN_FAILURE)}


def about(row: Row) -> dict[str, Any]:
    """Return the arguments of `check` that a row's column of assumptions says."""
    text = row.assumptions
    bounds = [f"{a.replace('+2P', ' + 2*P')} >= {b}" for a, b in _BOUND.findall(text)]
    found: dict[str, Any] = {"assume": [*bounds, *(f"{name} == {n}" for name, n in _VALUE.findall(text))]}
    if quantity := _QUANTITY.search(text):
        found["quantity"] = quantity[1].lower()
    if "k and K both declared" in text:
        found["symbols"] = "k K"
    return found


def judged(row: Row) -> Verdict:
    return symcnn.check(row.answer, row.reference, locale=row.locale or None, **about(row))


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_verdicts_of_the_table(row: Row) -> None:
    found = judged(row)
    assert found.verdict == row.verdict
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
    assert words in judged(ROWS[row]).message["en"]


SLIPS = [("K02", "M02"), ("K05", "M06"), ("K08", "M16"), ("K11", "M19"), ("K14", "M28"), ("K17", "M36"), ("K20", "M41")]


@pytest.mark.parametrize(("row", "slip"), SLIPS)
def test_slips_of_formulas(row: str, slip: str) -> None:
    found = judged(ROWS[row])
    assert slip in {s.id for s in found.slips}
