"""The mistakes of the library: each has an id and says what to do; those of the table give its wrong values."""

from __future__ import annotations

import csv
import math
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symcnn import Analysis, SymcnnError, analyse, parse
from symcnn.answers.slips import Wrong, wrong_values
from symcnn.document.example import example
from symcnn.library.seeing import seeings
from symcnn.library.standard import standard_kind, standard_library
from tests.helpers import analysed, draws, error_of, marked

LIBRARY = standard_library()
SLIPS = [(kind, slip) for kind, layer in LIBRARY.layers.items() for slip in layer.slips]
SLIPS += [("", slip) for slip in LIBRARY.slips]
TABLE = Path(__file__).parent.parent / "data" / "misconceptions.tsv"
with TABLE.open(encoding="utf-8") as file:
    ROWS = list(csv.DictReader(file, delimiter="\t"))
# The formulas of the table are Python; fl and ce round exactly.
FUNCTIONS = {"fl": math.floor, "ce": math.ceil, "math": math, "sum": sum, "range": range, "len": len}


def worth(formula: str, names: dict[str, Any]) -> Fraction:
    """Return what a formula of the table is worth, by Python, whose fractions are exact."""
    exactly = {n: list(map(Fraction, v)) if isinstance(v, list) else Fraction(v) for n, v in names.items()}
    return Fraction(eval(formula, {"__builtins__": {}} | FUNCTIONS | exactly))


def single(a: Analysis, layer: str | None, quantity: str) -> Iterator[Wrong]:
    """Return what single mistakes lead to, which come first."""
    return takewhile(lambda wrong: len(wrong.slips) == 1, wrong_values(a, layer, quantity))


def convolution(names: dict[str, Any], bias: bool) -> str:
    step = "Conv({Co}, {K}, stride={S}, padding={P}, dilation={D}, groups={G}, bias={b})"
    return "input {Ci}×{H}×{H}; " + step.replace("{b}", str(bias).lower())


def chain(names: dict[str, Any], _: bool) -> str:
    steps = "; ".join(f"Conv(1, {k}, stride={s})" for k, s in zip(names["Ks"], names["Ss"], strict=True))
    return f"input 1×20000×20000; {steps}"


def fixed(text: str) -> Callable[[dict[str, Any], bool], str]:
    return lambda names, bias: text


# By the quantity of the table: the network, and what is asked of its last layer.
NETS: dict[str, tuple[Callable[[dict[str, Any], bool], str], str]] = {
    "conv_out": (convolution, "size"),
    "conv_par": (convolution, "params"),
    "flops": (convolution, "flops"),
    "fc_par": (fixed("input {C}×{H}×{H}; Flatten; Linear({F})"), "params"),
    "bn_par": (fixed("input {C}×{H}×{H}; BatchNorm"), "params"),
    "pool_par": (fixed("input {C}×{H}×{H}; MaxPool({K})"), "params"),
    "tconv_out": (
        fixed("input 2×{H}×{H}; ConvTranspose(3, {K}, stride={S}, padding={P}, dilation={D}, output_padding={OP})"),
        "size",
    ),
    "rf": (chain, "receptive_field"),
}


def drawn(draw: random.Random) -> dict[str, Any]:
    """Return numbers for the names of the table that are those of a possible layer."""
    k, s, d, g = draw.randint(1, 5), draw.randint(1, 3), draw.randint(1, 3), draw.choice([1, 2, 3])
    p, h = draw.randint(0, 3), draw.randint(16, 40)
    names: dict[str, Any] = {"K": k, "S": s, "D": d, "G": g, "P": p, "H": h}
    names |= {
        "Ci": g * draw.randint(1, 4),
        "Co": g * draw.randint(1, 4),
        "C": draw.randint(1, 5),
        "F": draw.randint(1, 9),
    }
    names["Ho"] = (h + 2 * p - d * (k - 1) - 1) // s + 1
    names["OP"] = draw.randint(0, max(s, d) - 1)
    depth = draw.randint(1, 4)
    names |= {"Ks": [draw.randint(1, 5) for _ in range(depth)], "Ss": [draw.randint(1, 3) for _ in range(depth)]}
    return names


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
@given(seed=st.integers(0, 10**9))
@draws(25)
def test_the_known_mistakes_give_the_wrong_values_of_the_table(row: dict[str, str], seed: int) -> None:
    names = drawn(random.Random(seed))
    body, asked = NETS[row["quantity"]]
    bias = row["id"] == "M34" or row["quantity"] != "flops"  # 2 × the parameters: with biases
    a = analysed("net a { " + body(names, bias).format(**names) + " }")
    layer = a.layers[-1].path
    right, wrong = worth(row["right formula"], names), worth(row["wrong formula"], names)
    if asked == "flops":
        assert a.layers[-1].flops == right + (names["Co"] * names["Ho"] ** 2 if bias else 0)
    found = {w.slips[0].id: w.value for w in single(a, layer, asked)}
    if wrong == (a.layers[-1].flops if asked == "flops" else right):
        assert row["id"] not in found
    else:
        assert found[row["id"]] == wrong


def test_ids_are_unique_and_all_of_the_table_are_there() -> None:
    counts = Counter(slip.id for _, slip in SLIPS)
    assert not [id_ for id_, times in counts.items() if times > 1]
    assert {row["id"] for row in ROWS} <= set(counts)
    assert [f"M{i:02}" for i in range(1, 44)] == sorted(id_ for id_ in counts if re.fullmatch(r"M\d\d", id_))


@pytest.mark.parametrize(("kind", "slip"), SLIPS, ids=[slip.id for _, slip in SLIPS])
def test_every_mistake_says_what_to_do_in_both_languages(kind: str, slip: Any) -> None:
    assert slip.id and slip.text and slip.zh
    assert re.search(r"[\u4e00-\u9fff]", slip.zh) and not re.search(r"[\u4e00-\u9fff]", slip.text)
    assert len(slip.text) <= 90 and len(slip.zh) <= 45  # a line
    assert slip.text[0].islower() and slip.text[-1] != "."
    if kind and not slip.id.startswith("M"):
        assert slip.id.split(".")[0] == kind.lower()
    if kind:
        assert callable(standard_kind(kind).mistake(slip))  # it knows its names


def test_the_mistakes_of_networks_are_compiled() -> None:
    assert [seeing.slip.id for seeing in seeings(LIBRARY)][:5] == ["M39", "M40", "M41", "M42", "M43"]


# the language

OWN = """
layer Half(kernel_size: k per axis) {
    "Takes every second position."
    size = floor(n/2)
    weights = C
    wrong size "rounded up" = ceil(n/2)
    wrong weights as half.w "count them once" = 2C
    wrong weights as half.x "count them once" zh "只算一次"
        = 3C
}
wrong receptive_field "one more" = r + reach*j + 1
net a { input 3×9×9; Half(2) }
"""


def own(quantity: str, layer: str | None = "half1") -> Iterator[tuple[str, Any, str]]:
    for wrong in single(analysed(OWN), layer, quantity):
        yield wrong.slips[0].id, wrong.value, wrong.slips[0].zh


def test_a_kind_of_ones_own_has_mistakes_with_and_without_ids() -> None:
    assert list(own("size")) == [("half.size.1", 5, "")]
    assert list(own("weights")) == [("half.w", 6, ""), ("half.x", 9, "只算一次")]
    assert list(own("params", None)) == [("half.w", 6, ""), ("half.x", 9, "只算一次")]


def test_words_of_mistakes_are_names_elsewhere() -> None:
    text = "let zh = 3\nnet a(as_ = zh) { input 3×9×9; first: Conv(zh, 3); from first; Conv(as_, 1) }"
    assert analyse(parse(text)["a"]).output == (3, 7, 7)


BROKEN = [
    ('layer L { wrong size as M1 "a" = n; wrong size as ‹M1› "b" = 2n }', "the mistake 'M1' is there twice"),
    ('wrong receptive_field as A "a" = r\nwrong receptive_field as ‹A› "b" = j', "the mistake 'A' is there twice"),
    ('layer L { wrong size as ‹"a"› = n }\nnet a { input 3; L }', "unexpected '\"a\"'"),
    ('layer L { wrong size "a" zh ‹=› n }\nnet a { input 3; L }', "unexpected '='"),
    ('layer L { wrong params "a" = ‹q› }\nnet a { input 3×4; L }', "unknown name 'q'"),
    ('wrong size "a" = ‹n›\nnet a { input 3×4; ReLU }', "a network has no rule 'size'"),
    ('wrong receptive_field "a" = r + ‹k›\nnet a { input 3×4; ReLU }', "unknown name 'k'"),
]  # fmt: skip


@pytest.mark.parametrize(("program", "message"), BROKEN)
def test_broken_mistakes_have_a_place(program: str, message: str) -> None:
    text, start, end = marked(program)

    def act() -> None:
        a = analysed(text)
        list(wrong_values(a, None, "receptive_field"))
        list(wrong_values(a, None, "params"))

    error = error_of(act)
    assert error.message == message
    assert error.span is not None and (error.span.start, error.span.end) == (start, end)


def test_what_is_asked_must_be_known() -> None:
    a = analysed("net a { input 3×9×9; Conv(8, 3) }")
    with pytest.raises(SymcnnError, match="no mistakes are known about 'parms'"):
        wrong_values(a, None, "parms")
    with pytest.raises(SymcnnError, match="there is no layer 'conv2'"):
        wrong_values(a, "conv2", "params")


@pytest.mark.parametrize("name", LIBRARY.layers)
def test_mistakes_can_be_made_in_the_example_of_every_kind(name: str) -> None:
    a = analyse(parse(example(standard_kind(name)))["example"])
    asked = [slip.quantity for slip in standard_kind(name).slips]
    made: set[str] = set()
    for quantity in dict.fromkeys([*asked, "params", "output"]):
        if quantity == "reach":
            quantity = "receptive_field"
        if quantity == "size" and len(a.output) == 1:
            quantity = "output"
        made |= {slip.id for wrong in single(a, None, quantity) for slip in wrong.slips}
    own = {slip.id for slip in standard_kind(name).slips}
    assert own & made, f"no mistake of {name} shows in its example"
