"""Formulas that are known as a layer's, and the mistakes in answers to them."""

from __future__ import annotations

from typing import Any

import pytest

import symcnn
from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.proof import equal
from symcnn.algebra.symbols import symbol
from symcnn.answers.roles import ROLES, assignments
from symcnn.answers.slips import explain_answer
from symcnn.answers.textbook import textbook
from symcnn.formula.meaning import meaning
from symcnn.formula.values import Frame
from symcnn.source import Source
from symcnn.syntax import parse_formula

Found = list[tuple[str, str]]


class Names(dict[str, Any]):
    def __missing__(self, name: str) -> Any:
        self[name] = symbol(name)
        return self[name]


def read(text: str) -> tuple[Any, Names]:
    """Return the value of a formula and its symbols."""
    names = Names()
    return meaning(parse_formula(Source("test", text)))(Frame(Arithmetic(), names)), names


# The rows about mistakes of the examples of answers: reference, answer (as formulas), the mistake.
ROWS = {
    "K02": ("floor((H + 2*P - K)/S) + 1", "floor((H+P-K)/S)+1", "M02"),
    "K05": ("floor((H+2*P-D*(K-1)-1)/S) + 1", "floor((H+2P-D*K)/S)+1", "M06"),
    "K08": ("K**2*C_in*C_out + C_out", "K*C_in*C_out + C_out", "M16"),
    "K11": ("K**2*C_in*C_out/G", "K^2*C_in*C_out/G^2", "M19"),
    "K14": ("0", "K^2*C", "M28"),
    "K17": ("(H-1)*S - 2*P + K", "S*H + K - 2P", "M36"),
    "K20": ("1 + (K-1)*(1+S)", "1 + 2(K-1)", "M41"),
    "K23": ("(C_out, H, W)", "(C_in, H, W)", "conv.channels.kept"),
    "bias": ("(K**2*C_in + 1)*C_out", "K**2*C_in*C_out", "M11"),
    "flops": ("2*K**2*C_in*C_out*H*W", "2*K**2*C_out*H*W", "M32"),
    "one side": ("K**2*C_in*C_out*H*W", "K**2*C_in*C_out*H", "M33"),
    "norm": ("2*C", "2*C*H*W", "M25"),
    "dense": ("(C*H*W + 1)*F", "(C + 1)*F", "M21"),
    "dense bias": ("C_in*C_out + C_out", "C_in*C_out + 1", "linear.biases.one"),
    "two kernels": ("1 + (K_1 - 1) + (K_2 - 1)*S_1", "K_1 + K_2", "M39"),
    "small letters": ("floor((n + 2p - k)/s) + 1", "floor((n + 2p - k)/s)", "M01"),
}


@pytest.mark.parametrize("row", ROWS)
def test_the_mistake_is_found_by_the_formulas_alone(row: str) -> None:
    (reference, known), (answer, given) = map(read, ROWS[row][:2])
    explained = [
        [slip.id for slip in slips]
        for analysis, layer, quantity in textbook(reference, (known | given).values())
        for slips in explain_answer(answer, analysis, layer, quantity, equal)
    ]
    assert [ROWS[row][2]] in explained


NETWORKS: list[tuple[str, Found]] = [
    ("floor((H + 2*P - K)/S) + 1", [("conv1", "size"), ("maxpool1", "size")]),
    ("(H-1)*S - 2*P + K", [("convtranspose1", "size")]),
    ("(H-1)*S - 2*P + D*(K-1) + O_p + 1", [("convtranspose1", "size")]),
    ("2*C", [("batchnorm1", "params"), ("batchnorm1", "buffers")]),
    ("1 + (K-1)*(1 + S + S^2)", [("conv3", "receptive_field")]),
    ("(C*H*W + 1)*F", [("linear1", "params")]),
    ("2*K**2*C_in*C_out*H*W", [("conv1", "flops")]),
    ("C*H*W/(H + 7)", []),
    ("K**5*C_in", []),
    ("q*z", []),
    ("42", []),
]


@pytest.mark.parametrize(("formula", "expected"), NETWORKS)
def test_formulas_are_known_by_their_letters(formula: str, expected: Found) -> None:
    value, names = read(formula)
    assert [match[1:] for match in textbook(value, names.values())] == expected


def test_what_is_found_is_equal() -> None:
    value, names = read("K**2*C_in*C_out/G")
    for analysis, path, quantity in textbook(value, names.values()):
        layer = next(layer for layer in analysis.layers if layer.path == path)
        assert equal(layer.count(quantity), value) is True


def test_symbols_that_are_not_spoken_of_may_be_anything() -> None:
    value, _ = read("K**2*C_in*C_out")
    known = [symbol(name) for name in ("K", "C_in", "C_out", "θ", "zz")]
    assert next(textbook(value, known))[1:] == ("conv1", "weights")


def test_letters_have_several_roles() -> None:
    assert {tuple(roles) for roles in assignments(["H", "N"])} >= {("size", "batch"), ("size", "out"), ("size",)}
    assert list(assignments(["H", "?"])) == []
    assert all(len(set(letters)) == len(letters) for letters, _ in ROLES.values())


@pytest.mark.parametrize(("answer", "reference"), [("n + 1", "n"), ("n - 1", "n"), ("C^2", "C")])
def test_a_symbol_alone_is_no_layer(answer: str, reference: str) -> None:
    found = symcnn.check(answer, reference)
    assert (found.verdict, found.slips) == ("wrong", ())
    assert found.counterexample is not None
