"""What `solve` finds against brute force: every value of the unknown from 0 to 40, with other symbols at random."""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Expr, Sum

from symcnn import Analysis, SymcnnError, analyse, check, compare, derive, load, parse, render, solve
from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.evaluate import evaluator, holds
from symcnn.algebra.symbols import NONNEGATIVE, symbol
from symcnn.errors import NotSupportedError
from symcnn.formula.style import Style
from symcnn.repetition.monotone import direction
from symcnn.solve import Answer, Bound
from symcnn.solve.prefixes import Valuer
from tests.helpers import draws, error_of
from tests.networks import Chain, chains

DEPTH = load("examples/depth.cnn")
RELATIONS: dict[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
    "==": operator.eq,
    "!=": operator.ne,
}
SMALL = {"C": 2, "H": 9, "W": 11, "T": 13, "k": 3, "s": 2, "c0": 3, "c": 2, "h": 2, "d": 5, "k0": 4, "w": 3}


@cache
def analysed(net: str, assume: tuple[str, ...] = ()) -> Analysis:
    return analyse(DEPTH[net], assume=assume)


def brute(a: Analysis, quantity: str, sign: str, bound: int, values: dict[str, int]) -> bool | None:
    """Tell whether the relation holds where every symbol has a value; None where the net is not defined."""
    evaluate = evaluator({a.symbols[name]: value for name, value in values.items()})
    if not all(claim.holds(evaluate) for claim in (*a.claims, *a.assumed)):
        return None
    return RELATIONS[sign](evaluate(value_of(a, quantity)), bound)


def value_of(a: Analysis, quantity: str) -> Any:
    match quantity:
        case "receptive_field":
            return a.receptive_field.size[0]
        case "height":
            return a.output[1]
        case "channels":
            return a.output[0]
    return a.count(quantity)


def within(answer: Answer) -> Callable[[int], bool]:
    assert answer.ranges is not None
    ranges = answer.ranges
    return lambda x: any(first <= x and (last is None or x <= last) for first, last in ranges)


ASKED = [
    ("stacked", "receptive_field", "n", 30),
    ("stacked", "macs", "n", 99_000),
    ("stacked", "params", "k", 9_000),
    ("halved", "receptive_field", "n", 300),
    ("halved", "height", "n", 9),
    ("halved", "macs", "n", 5_000),
    ("halved", "activations", "n", 300),
    ("unpadded", "height", "n", 9),
    ("unpadded", "macs", "n", 9_000),
    ("unpadded", "receptive_field", "k", 9),
    ("doubling", "receptive_field", "n", 600),
    ("causal", "receptive_field", "n", 900),
    ("causal", "receptive_field", "b", 900),
    ("temporal", "receptive_field", "n", 900),
    ("dense", "params", "L", 5_000),
    ("dense", "channels", "L", 60),
    ("bottleneck", "macs", "L", 900_000),
    ("densenet", "params", "n", 200_000),
    ("resnet", "params", "n", 999_999),
    ("stages", "receptive_field", "L", 900),
    ("stages", "params", "L", 99_000),
    ("stages", "macs", "L", 99_000),
    ("vdsr", "params", "L", 2_000),
]


@draws(200)
@given(st.sampled_from(ASKED), st.sampled_from([*RELATIONS]), st.floats(0, 1), st.data())
def test_values_against_brute_force(asked: Any, sign: str, part: float, data: Any) -> None:
    net, quantity, unknown, most = asked
    a = analysed(net)
    values = {name: SMALL.get(name, 3) for name in a.symbols if name != unknown}
    values = {name: data.draw(st.integers(1, value), label=name) for name, value in values.items()}
    bound = int(part * most)
    try:
        solution = solve(a, f"{quantity} {sign} {bound}", unknown, **values)
    except SymcnnError as error:
        assert "has nothing to do with" in error.message  # k = 1: the field does not grow
        return
    found = within(solution.answers[0])
    for x in range(41):
        right = brute(a, quantity, sign, bound, {**values, unknown: x})
        assert right is None or x < (a.symbols[unknown].is_positive is True) or found(x) == right, x


@pytest.mark.parametrize(
    ("net", "relation", "unknown", "values", "ranges"),
    [
        ("stacked", "receptive_field >= 224", "n", {"k": 3}, ((112, None),)),
        ("halved", "receptive_field >= 224", "n", {"k": 3}, ((7, None),)),
        ("halved", "height == 1", "n", {"H": 224}, ((8, None),)),
        ("halved", "macs <= 1e9", "n", {"k": 3, "C": 64, "H": 224, "W": 224}, ((0, 10404),)),
        ("unpadded", "height >= 7", "n", {"k": 3, "H": 224}, ((0, 108),)),
        ("resnet", "params <= 1e6", "n", {}, ((1, 10),)),  # ResNet-62
        ("densenet", "params >= 1e6", "n", {"k": 12}, ((12, None),)),  # DenseNet-40 is the first with a million
        ("causal", "receptive_field >= 16000", "b", {"n": 10}, ((16, None),)),
        ("causal", "receptive_field >= 16000", "n", {"b": 1}, ((14, None),)),
        ("stacked", "weight_layers == 16", "n", {}, ((16, 16),)),
        ("stacked", "macs < 0", "n", {"k": 3, "C": 64, "H": 224, "W": 224}, ()),
        ("stacked", "receptive_field >= R", "n", {"k": 3, "R": 224}, ((112, None),)),
        ("stacked", "params != 18", "n", {"k": 3, "C": 1}, ((0, 1), (3, None))),
        ("resnet", "fvcore >= 1e9", "n", {}, None),
        ("stacked", "macs/params <= 100", "H", {"W": 7, "n": 3}, None),
    ],
)
def test_known_answers(net: str, relation: str, unknown: str, values: dict[str, int], ranges: Any) -> None:
    solution = solve(analyse(DEPTH[net]), relation, unknown, **values)
    assert ranges is None or solution.ranges == ranges
    assert solution.least == (solution.ranges[0][0] if solution.ranges else None)
    for format_ in ("text", "markdown", "latex", "json"):
        assert render(solution, format_)


CLOSED = [
    ("stacked", "receptive_field {} R", "n", ()),
    ("stacked", "receptive_field {} R", "k", ()),
    ("stacked", "macs {} M", "n", ()),
    ("stacked", "R {} receptive_field", "n", ()),
    ("halved", "receptive_field {} R", "n", ()),
    ("strided", "receptive_field {} R", "n", ("s > 1",)),
    ("strided", "jump {} R", "n", ("s > 1",)),
    ("unpadded", "height {} R", "n", ()),
    ("causal", "receptive_field {} R", "b", ()),
    ("temporal", "receptive_field {} R", "n", ()),
    ("bottleneck", "receptive_field {} R", "L", ()),
    ("dense", "channels {} R", "L", ()),
    ("fsrcnn", "params {} M", "m", ()),
    ("vdsr", "params {} M", "L", ()),
    ("stacked", "params {} M", "k", ()),
    ("stacked", "macs {} M", "C", ("n > 0",)),
    ("dense", "params {} M", "L", ()),
    ("bottleneck", "params {} M", "L", ()),
    ("vdsr", "weights {} M", "w", ("L > 2",)),
]


@draws(200)
@given(st.sampled_from(CLOSED), st.sampled_from([*RELATIONS]), st.integers(1, 60), st.data())
def test_closed_forms_against_brute_force(asked: Any, sign: str, bound: int, data: Any) -> None:
    net, relation, unknown, assume = asked
    a = analysed(net, assume)
    solution = solve(a, relation.format(sign), unknown)
    (answer,) = solution.answers
    values = {name: data.draw(st.integers(1 + (name == "s"), 6), label=name) for name in a.symbols if name != unknown}
    known: dict[Any, Any] = {a.symbols[name]: value for name, value in values.items()}
    known |= {symbol("R"): bound, symbol("M"): 50 * bound}
    for x in range(41):
        evaluate = evaluator({**known, a.symbols[unknown]: x})
        if not all(claim.holds(evaluate) for claim in (*a.claims, *a.assumed)):
            continue
        if x == 0 and a.symbols[unknown].is_positive:
            continue
        right = RELATIONS[sign](evaluate(answer.left), evaluate(answer.right))
        if answer.ranges is not None:
            assert within(answer)(x) == right
            continue
        cases = [bound for bound in answer.bounds if bound.when is None or holds(bound.when, evaluate)]
        assert len(cases) == 1
        assert said(cases[0], evaluate) == right, (values, x)


def said(bound: Bound, evaluate: Any) -> bool:
    if bound.left is not None:
        return RELATIONS[bound.operator](evaluate(bound.left), evaluate(bound.value))
    return bound.holds if isinstance(bound.holds, bool) else holds(bound.holds, evaluate)


def test_the_closed_form_reads_like_a_textbook() -> None:
    shown = render(solve(analyse(DEPTH["stacked"]), "receptive_field >= R", "n"))
    assert "n ≥ ⌈(R − 1)/(k − 1)⌉ for k ≥ 2" in shown
    assert "2^n ≥ (R + k − 2)/(k − 1) for k ≥ 2" in render(solve(analyse(DEPTH["halved"]), "receptive_field >= R", "n"))


def test_a_quadratic_relation_is_one_of_a_square() -> None:
    shown = render(solve(analyse(DEPTH["dense"]), "weights <= B", "L"))
    assert "(2L·k + 2k0 − k)² ≤ (k − 2k0)² + 8B/9" in shown
    shown = render(solve(analyse(DEPTH["stacked"]), "params >= P", "k"))
    assert "k² ≥ P/(C²·n) for C²·n ≥ 1" in shown


OTHERS = """
net first { input 3×32×32; repeat n as i { if i == 0 { Conv(64, 7, padding=3) } else { Conv(16, 3, padding=1) } } }
net cheap { input 3×32×32; Conv(64, 7, padding=3, bias=false); repeat n { Conv(64, 1, groups=64) } }
"""


@pytest.mark.parametrize("sign", ["<=", ">=", "==", "!="])
@pytest.mark.parametrize("bound", [0, 1, 9_472, 10_000, 18_704, 20_000, 21_024])
def test_fewer_repetitions_than_the_formulas_are_of(sign: str, bound: int) -> None:
    a = analyse(parse(OTHERS)["first"])
    solution = solve(a, f"params {sign} {bound}", "n")
    assert solution.answer.fewer == (0, 1)
    inside, compared = within(solution.answer), {"<=": operator.le, ">=": operator.ge, "==": operator.eq}
    for n in range(8):
        params = analyse(parse(OTHERS.replace("repeat n", f"repeat {n}"))["first"]).params
        assert inside(n) == compared.get(sign, operator.ne)(int(params), bound)


def test_many_fewer_repetitions() -> None:
    """Depths that would have to be derived one by one, and are: n < 40; and too many of them, which is said."""
    text = OTHERS.replace("repeat n as i", "repeat floor(n/20) as i")
    found = solve(analyse(parse(text)["first"]), "params <= 10000", "n").answer
    assert (found.ranges, len(found.fewer)) == (((0, 39),), 40)
    error = error_of(lambda: solve(analyse(parse(text.replace("20", "50"))["first"]), "params <= 10000", "n"))
    assert error.message == "not supported yet: solving for n, of which closed forms want n >= 100"


def test_what_is_said_of_fewer_repetitions() -> None:
    first, cheap = (analyse(net) for net in parse(OTHERS).values())
    shown = render(solve(first, "params <= 10000", "n"))
    assert "with n = 0, 1 the network was derived by itself" in shown
    assert "formulas for  n ≥ 2" in shown
    shown = render(compare(first, cheap, growing=("n",)))
    assert "first has more params where these formulas hold" in shown
    assert "first has formulas for" in shown
    assert check("9472", first.at(n=1), quantity="params").verdict == "exact"
    assert "公式适用于" in render(derive(first), style=Style(language="zh"))


def test_each_axis_has_its_answer() -> None:
    net = parse("net a { input 1×H×W; repeat n { Conv(1, 3×5, padding=1×2) } }")["a"]
    solution = solve(analyse(net), "receptive_field >= 41", "n")
    assert [(answer.axis, answer.ranges) for answer in solution.answers] == [
        ("height", ((20, None),)),
        ("width", ((10, None),)),
    ]
    assert "each axis" in error_of(lambda: solution.ranges).message
    assert "asked of the width" in render(solution)


def test_few_legal_values_are_looked_at_one_by_one() -> None:
    net = parse("net a { assume n <= 9; input 1×H; repeat n { Conv(1, 3, padding=1) }; Conv(2^(n^2) % 7 + 1, 1) }")["a"]
    a = analyse(net)
    solution = solve(a, "channels >= 3", "n")
    assert [x for x in range(10) if within(solution.answer)(x)] == [x for x in range(10) if 2 ** (x * x) % 7 >= 2]
    assert "was looked at" in render(solution)


@pytest.mark.parametrize(
    ("relation", "unknown", "values", "message"),
    [
        ("receptive_field >= 5", "q", {}, "no symbol 'q'"),
        ("recptive_field >= 5", "n", {}, "no quantity"),
        ("receptive_field >= 5", "n", {"n": 3}, "to be found"),
        ("receptive_field >= 5", "n", {"zz": 3}, "no symbol 'zz'"),
        ("receptive_field >= 5", "k", {"n": 0}, "nothing to do with k"),
        ("receptive_field", "n", {}, "one relation"),
        ("3 <= receptive_field <= 7", "n", {}, "one relation"),
        ("receptive_field >=", "n", {}, ""),
        ("params >= 5", "H", {}, "nothing to do with H"),
    ],
)
def test_what_is_no_question(relation: str, unknown: str, values: dict[str, int], message: str) -> None:
    assert message in error_of(lambda: solve(analyse(DEPTH["stacked"]), relation, unknown, **values)).message


@pytest.mark.parametrize(
    ("net", "relation", "unknown", "values"),
    [
        ("dense", "params >= P", "k", {}),  # quadratic, with a factor that may be 0 beside a linear term
        ("strided", "receptive_field >= R", "n", {}),  # the stride may be 1
        ("unpadded", "macs >= M", "n", {}),
        ("halved", "macs >= M", "n", {}),
    ],
)
def test_what_is_not_solved_is_said(net: str, relation: str, unknown: str, values: dict[str, int]) -> None:
    with pytest.raises(NotSupportedError):
        solve(analyse(DEPTH[net]), relation, unknown, **values)


def test_no_solution_of_something_else() -> None:
    anything: Any = solve
    a = analyse(DEPTH["resnet"])
    assert "takes an analysis" in error_of(lambda: anything(DEPTH["resnet"], "macs >= 1", "n")).message
    assert "not its values" in error_of(lambda: anything(a.at(n=3), "macs >= 1", "n")).message
    assert "the relation is 5" in error_of(lambda: anything(a, 5, "n")).message


@draws(90)
@given(chains, st.sampled_from([*RELATIONS]), st.integers(0, 30_000), st.sampled_from(["macs", "activations"]))
def test_sizes_against_counting_by_hand(chain: Chain, sign: str, bound: int, quantity: str) -> None:
    try:
        answer = solve(analyse(parse(chain.text("a"))["a"]), f"{quantity} {sign} {bound}", "H").answer
    except SymcnnError as error:
        assert "nothing to do with H" in error.message  # pooling has no MACs
        return
    found = within(answer)
    for x in range(1, 80):
        costs = chain.costs(x)
        assert found(x) == (costs is not None and RELATIONS[sign](costs[quantity], bound)), x


i, n, H = symbol("i", NONNEGATIVE), symbol("n", NONNEGATIVE), symbol("H")


@pytest.mark.parametrize(
    ("value", "towards"),
    [
        (Sum(Arithmetic().ceiling(H / 2**i), (i, 0, n - 1)), 1),
        (5 - 3 * Sum(i**2, (i, 0, n)), -1),
        (Sum(i - 7, (i, 0, n)), None),  # falls, then rises
        (Sum(i * n, (i, 0, n)), None),  # of more than the last place
    ],
    ids=str,
)
def test_sums_go_where_their_last_place_goes(value: Expr, towards: int | None) -> None:
    assert direction(value, n, n + 2, Arithmetic()) == towards


def test_sums_are_carried_on() -> None:
    value = 3 * Sum(Arithmetic().ceiling(100 / 2**i) ** 2, (i, 0, n - 1)) - 2 * Sum(i, (i, 1, n)) + n
    valuer = Valuer(value, n)
    for x in (5, 0, 1, 9, 3, 40):
        assert valuer(x) == evaluator({n: x})(value)
