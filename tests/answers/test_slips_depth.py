"""Mistakes in a symbolic number of repetitions, held against the same mistakes in all of them unrolled."""

from __future__ import annotations

import pytest

from symcnn import analyse, check, load, parse
from symcnn.algebra.evaluate import evaluator
from symcnn.answers.slips import wrong_values

DEPTH = load("examples/depth.cnn")
NETS = {
    "unpadded": "net a { input C×H; repeat n { Conv(C, 3) } }",
    "pooled": "net a { input C×H; repeat n { Conv(C, 3, padding=1); MaxPool(2) } }",
    "dense": "net a { input C×H; repeat n { concat { skip; path { Conv(k, 3, padding=1) } } } }",
    "widened": "net a { input C×H; repeat n as i { Conv(C*2^i, 3, padding=1) } }",
}
SIZES = {"C": 3, "H": 1024, "k": 2}


@pytest.mark.parametrize("net", NETS)
@pytest.mark.parametrize("quantity", ["params", "macs", "output"])
def test_mistakes_of_a_depth_are_those_of_a_number(net: str, quantity: str) -> None:
    definition = parse(NETS[net])["a"]
    a = analyse(definition)
    for n in (1, 3, 4):
        numbers = {name: n if name == "n" else SIZES[name] for name in a.symbols}
        at = evaluator({a.symbols[name]: number for name, number in numbers.items()})
        direct = analyse(definition, assume=[f"{name} == {number}" for name, number in numbers.items()])
        known = {(wrong.slips[0].id, wrong.value) for wrong in wrong_values(direct, None, quantity)}
        found = 0
        for wrong in wrong_values(a, None, quantity):
            if len(wrong.slips) > 1:
                break
            (slip,), value = wrong.slips, wrong.value
            there = tuple(map(at, value)) if isinstance(value, tuple) else at(value)
            right = at(a.count(quantity)) if quantity != "output" else tuple(map(at, a.output))
            parts = there if isinstance(there, tuple) else (there,)
            throughout = len(slip.layers) == sum(layer.kind == slip.kind for layer in a.layers)
            # Not of some repetitions alone, nor where sizes are fractions, which those of a number are not.
            if there != right and throughout and all(isinstance(part, int) for part in parts):
                assert (slip.id, there) in known, (wrong, n)
                found += 1
        assert found


@pytest.mark.parametrize(
    ("net", "quantity", "answer", "slip"),
    [
        ("unpadded", "height", "H - n*k", "M01"),
        ("stacked", "macs", "n*k^2*C^2*H", "M33"),
        ("dense", "weights", "9L*k*k0", "concat.channels.add"),
    ],
)
def test_a_wrong_answer_about_a_depth_names_the_mistake(net: str, quantity: str, answer: str, slip: str) -> None:
    verdict = check(answer, analyse(DEPTH[net]), quantity=quantity)
    assert verdict.verdict == "wrong"
    assert slip in [made.id for made in verdict.slips]


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("9k(L*k0 + k*L(L+1)/2)", "wrong"), ("9k(L*k0 + k*L(L-1)/2)", "exact"), ("O(L^2 k^2)", "wrong"),
        ("O(L^2 k^2 + L k k0)", "asymp"),
    ],
)  # fmt: skip
def test_answers_about_a_dense_block(answer: str, verdict: str) -> None:
    assert check(answer, analyse(DEPTH["dense"]), quantity="weights").verdict == verdict


@pytest.mark.parametrize(
    ("reference", "answer", "verdict"),
    [
        ("2^{n+1}-1", "2 \\cdot 2^n - 1", "exact"), ("2^{n+1}-1", "2^n", "wrong"), ("2^{2^{n}}", "2^(2^n)", "exact"),
        ("2^{n+1}-1", "O(2^n)", "asymp"), ("O(n)", "O(n)", "asymp"), ("O(2^{n+1})", "Θ(2^n)", "asymp"),
        ("O(n)", "O(2^n)", "wrong"), ("Θ(n^{2})", "Θ(n²)", "asymp"), ("x^{n", "1", ""),
    ],
)  # fmt: skip
def test_references_with_powers_of_the_depth(reference: str, answer: str, verdict: str) -> None:
    from tests.helpers import error_of

    if not verdict:
        assert "is never closed" in error_of(lambda: check(answer, reference)).message
        return
    assert check(answer, reference).verdict == verdict
