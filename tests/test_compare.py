"""Comparisons: the classic ones, number by number; then random pairs against brute force over all sizes."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterable
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Expr, Rational, oo

from symcnn import Analysis, analyse, compare, load, parse, render, symbols
from symcnn.algebra.evaluate import evaluator
from symcnn.algebra.signs import Run
from symcnn.compare import Comparison, QuantityComparison
from symcnn.crossover import Crossover
from symcnn.document.comparison import saving_line
from symcnn.errors import SymcnnError
from symcnn.render.text import line_text
from tests.helpers import draws, error_of
from tests.networks import Chain, chains, smooth_chains

H, W, C = symbols("H W C")
QUANTITIES = ("macs", "params", "flops", "activations")


def compared(text: str, assume: Iterable[str] = (), growing: Iterable[str] = ()) -> Comparison:
    first, second = (analyse(net, assume=assume) for net in parse(text).values())
    return compare(first, second, growing=growing)


def example(file: str, first: str, second: str) -> Comparison:
    nets = load(f"examples/{file}.cnn")
    return compare(analyse(nets[first]), analyse(nets[second]))


def runs_of(q: QuantityComparison) -> list[tuple[int, int | None, int]]:
    assert q.crossover is not None
    return [(run.start, run.end, run.sign) for run in q.crossover.runs]


# The classic comparisons.


def test_two_stacked_against_one() -> None:
    found = example("stacked", "stacked", "single")
    macs = found["macs"]
    assert macs.first == 9 * (H - 2) ** 2 + 9 * (H - 4) ** 2
    assert macs.second == 25 * (H - 4) ** 2
    assert macs.leading == (18 * H**2, 25 * H**2)
    assert macs.limit == Rational(18, 25)
    assert line_text(saving_line(macs.limit_saving)) == "28 %"
    assert runs_of(macs) == [(5, 9, 1), (10, 10, 0), (11, None, -1)]
    assert found.same_receptive_field is True
    assert found.first.receptive_field.size == found.second.receptive_field.size == (5, 5)
    assert found["params"].ratio == Rational(18, 25)


def test_on_a_small_input_the_stack_costs_more() -> None:
    found = example("stacked", "stacked", "single")
    costs = [(found.first.at(H=h).macs, found.second.at(H=h).macs) for h in (5, 6, 9, 10, 11)]
    assert costs == [(90, 25), (180, 100), (666, 625), (900, 900), (1170, 1225)]
    error = error_of(lambda: found.first.at(H=4))
    assert "H >= 5" in (error.hint or "")


@pytest.mark.parametrize("channels", ["1", "C"])
def test_three_stacked_against_one(channels: str) -> None:
    body = f"Conv({channels}, 3, bias=false)"
    found = compared(
        f"""net three {{ input {channels}×H×H; repeat 3 {{ {body} }} }}
            net seven {{ input {channels}×H×H; Conv({channels}, 7, bias=false) }}"""
    )
    c = C if channels == "C" else 1
    assert found["params"].first == 27 * c**2
    assert found["params"].second == 49 * c**2
    assert found["params"].saving == Rational(22, 49)
    assert line_text(saving_line(found["params"].saving)) == "44.9 %"
    assert found["macs"].limit_saving == Rational(22, 49)
    assert runs_of(found["macs"]) == [(7, 12, 1), (13, None, -1)]
    assert found.same_receptive_field is True


def test_channels_do_not_change_the_ratio() -> None:
    found = compared(
        """net two { input C×H×H; Conv(C, 3, bias=false); Conv(C, 3, bias=false) }
           net one { input C×H×H; Conv(C, 5, bias=false) }"""
    )
    assert found["macs"].limit == found["params"].ratio == Rational(18, 25)
    assert runs_of(found["macs"]) == [(5, 9, 1), (10, 10, 0), (11, None, -1)]
    assert found["macs"].crossover is not None
    assert found["macs"].crossover.common == C**2


@pytest.mark.parametrize(("first", "second", "saved"), [("three", "seven", 22), ("two", "five", 7)])
def test_padding_makes_the_ratio_exact(first: str, second: str, saved: int) -> None:
    found = example("padded", first, second)
    macs = found["macs"]
    assert macs.difference == -saved * H * W  # L = H·W positions save 22·L and 7·L
    assert macs.ratio == macs.limit
    assert macs.saving == Rational(saved, {22: 49, 7: 25}[saved])
    assert macs.always == -1
    assert found.same_receptive_field is True


def test_a_pointwise_convolution_adds_a_nonlinearity_and_no_field() -> None:
    found = example("pointwise", "plain", "pointwise")
    assert found.same_receptive_field is True
    assert found.second.receptive_field.size == (3, 3)
    assert (found.first.nonlinearities, found.second.nonlinearities) == (1, 2)
    assert found["params"].difference.expand() == -(C**2) - C


# Random pairs, every size up to some hundreds.


def signs(first: Chain, second: Chain, quantity: str, sizes: Iterable[int]) -> dict[int, int]:
    found = {}
    for size in sizes:
        a, b = first.costs(size), second.costs(size)
        if a is not None and b is not None:
            found[size] = (a[quantity] > b[quantity]) - (a[quantity] < b[quantity])
    return found


def sign_at(runs: Iterable[Run], x: int) -> int | None:
    return next((r.sign for r in runs if r.start <= x and (r.end is None or x <= r.end)), None)


def check_signs(q: QuantityComparison, brute: dict[int, int]) -> None:
    if q.always is not None:
        assert set(brute.values()) <= {q.always}
    crossover = q.crossover
    if crossover is None:
        assert q.always is not None
        return
    assert crossover.least == min(brute, default=crossover.least)
    if crossover.runs:
        assert {x: sign_at(crossover.runs, x) for x in brute} == brute
        assert all(run.start in brute for run in crossover.runs if run.start <= max(brute))
        assert all(run.end in brute for run in crossover.runs if run.end and run.end <= max(brute))
    elif brute:
        last = [brute[x] for x in list(brute)[-60:]]
        assert len(set(last)) > 1
    check_proof(crossover, brute)


def check_proof(crossover: Crossover, brute: dict[int, int]) -> None:
    step = crossover.proof_step()
    if step is None:
        return
    start, change, since = step
    sign = crossover.runs[-1].sign
    at = [crossover.difference_at(x) for x in range(start, max(start, since) + 100)]
    assert all(value * sign > 0 for value in at)
    for x in range(since, max(start, since) + 100):
        by = evaluator({crossover.symbol: x})(change)
        assert by == crossover.difference_at(x + 1) - crossover.difference_at(x)
        assert by * sign > 0
    for x, expected in brute.items():
        value = crossover.difference_at(x)
        assert (value > 0) - (value < 0) == expected


def check_identities(q: QuantityComparison, first: int, second: int, values: dict[object, int]) -> None:
    at = evaluator(values)
    assert at(q.difference) == first - second
    if second:
        assert q.ratio is not None
        assert q.saving is not None
        assert at(q.ratio) == Fraction(first, second)
        assert at(q.saving) == 1 - Fraction(first, second)


pairs = st.one_of(st.tuples(chains, chains), st.tuples(smooth_chains, smooth_chains))


@draws(60)
@given(pairs)
def test_crossovers_against_brute_force(pair: tuple[Chain, Chain]) -> None:
    first, second = pair
    found = compared(first.text("a") + "\n" + second.text("b"))
    for quantity in QUANTITIES:
        q = found[quantity]
        brute = signs(first, second, quantity, range(1, 400))
        check_signs(q, brute)
        at = max(brute)
        a, b = first.costs(at), second.costs(at)
        assert a is not None
        assert b is not None
        check_identities(q, a[quantity], b[quantity], {H: at})


@draws(30)
@given(pairs, st.sampled_from([2, 3, 4, 6]), st.integers(0, 5), st.sampled_from([None, 50, 131]))
def test_crossovers_under_assumptions(pair: tuple[Chain, Chain], modulus: int, rest: int, most: int | None) -> None:
    first, second = pair
    assume = [f"H % {modulus} == {rest % modulus}"] + ([f"H <= {most}"] if most else [])
    text = first.text("a") + "\n" + second.text("b")
    sizes = [h for h in range(1, most + 1 if most else 400) if h % modulus == rest % modulus]
    found = compared(text, assume)
    for quantity in QUANTITIES:
        check_signs(found[quantity], signs(first, second, quantity, sizes))


@draws(40)
@given(pairs)
def test_limits_against_huge_sizes(pair: tuple[Chain, Chain]) -> None:
    first, second = pair
    found = compared(first.text("a") + "\n" + second.text("b"))
    huge = 10**30 + 7
    a, b = first.costs(huge), second.costs(huge)
    assert a is not None
    assert b is not None
    for quantity in QUANTITIES:
        limit = found[quantity].limit
        if b[quantity] == 0:
            assert limit is None or limit is oo
            continue
        ratio = Fraction(a[quantity], b[quantity])
        assert limit is not None
        if limit is oo:
            assert ratio > 10**20
        else:
            assert abs(ratio - Fraction(int(limit.p), int(limit.q))) < Fraction(1, 10**20)


ILLEGAL = """
net a { input 1×H; Conv(1, 3, bias=false); Conv(1, 3, bias=false) }
net b { input 1×H; Conv(1, 7, bias=false) }
net c { input 1×H; Conv(2, 3, bias=false) }
net d { input 1×H; MaxPool(2); Conv(2, 3, bias=false) }
"""


@pytest.mark.parametrize("names", [("a", "b"), ("c", "b"), ("d", "b"), ("a", "d")])
@pytest.mark.parametrize(
    "assumption",
    ["H == 12 or H >= 30", "H % 2 != 0", "H^2 >= 200", "H != 12", "H % 3 == 1 or H % 4 == 2", "H//4 != 6, H <= 90"],
)
def test_runs_among_values_that_claims_leave(names: tuple[str, str], assumption: str) -> None:
    nets = parse(ILLEGAL)
    first, second = (analyse(nets[name], assume=assumption) for name in names)
    crossover = compare(first, second)["macs"].crossover
    assert crossover is not None
    expected: list[tuple[int, int]] = []
    for height in range(1, 300):
        try:
            difference = first.at(H=height).macs - second.at(H=height).macs
        except SymcnnError:
            continue
        expected.append((height, (difference > 0) - (difference < 0)))
    found = [(h, run.sign) for run in crossover.runs for h in range(run.start, (run.end or 299) + 1)]
    assert [pair for pair in found if pair[0] in dict(expected)] == expected
    ends = {run.start for run in crossover.runs} | {run.end for run in crossover.runs if run.end}
    assert ends <= dict(expected).keys()


def test_signs_that_factors_prove() -> None:
    nets = parse("""
        assume α rational, 0 < α <= 1
        net two   { input C×H×H; Conv(C, 3, dilation=d, bias=false); Conv(C, 3, dilation=2d, bias=false) }
        net three { input C×H×H; repeat 3 { Conv(C, 3, dilation=d, bias=false) } }
        net slim  { input C×H×H; Conv(64α, 3, bias=false) }
        net full  { input C×H×H; Conv(64, 3, bias=false) }
    """)
    assert compare(analyse(nets["two"]), analyse(nets["three"]))["macs"].always == -1
    slim = compare(analyse(nets["slim"]), analyse(nets["full"]))["macs"]
    assert (slim.always, slim.never) == (None, 1)
    assert "slim never has more MACs" in render(compare(analyse(nets["slim"]), analyse(nets["full"])))


def test_assumptions_are_not_called_conditions() -> None:
    nets = parse("net a { input C×H; Conv(m, k) }\nnet b { input C×H; Conv(m, 3) }")
    first, second = (analyse(net, assume="k == 5, m >= 2") for net in nets.values())
    shown = render(compare(first, second))
    assert "a is defined for  H ≥ 5" in shown
    assert "assuming" in shown


def test_what_compare_does_not_take() -> None:
    a = analyse(parse("net a { input C×H; Conv(m, k) }")["a"])
    assert error_of(lambda: compare(a, a, [])).message == "compare takes at least one quantity"
    assert error_of(lambda: compare(a, None)).message == "compare takes analyses, not a NoneType"  # type: ignore[arg-type]
    assert compare(a, a, "params")["params"].always == 0
    assert "a has as many params as a\n" in render(compare(a, a, "params"))


def test_too_many_residues_are_not_decided() -> None:
    nets = parse("net a { input 1×H; Conv(1, 64, stride=64) }\nnet b { input 1×H; Conv(1, 63, stride=63) }")
    comparison = compare(analyse(nets["a"]), analyse(nets["b"]))
    assert comparison["macs"].crossover is None
    assert "not decided: the roundings leave too many residues" in render(comparison)


@draws(20)
@given(chains, chains)
def test_two_symbols_have_no_single_crossover(first: Chain, second: Chain) -> None:
    found = compared(first.text("a", "1×H×W") + "\n" + second.text("b", "1×H×W"))
    sizes = [(h, w) for h in range(1, 40, 3) for w in range(1, 60, 5)]
    for quantity in QUANTITIES:
        q = found[quantity]
        assert q.crossover is None or len(q.difference.free_symbols) == 1 or q.crossover.common != 1
        for h, w in sizes:
            a, b = first.costs(h, w), second.costs(h, w)
            if a is None or b is None:
                continue
            difference = a[quantity] - b[quantity]
            assert evaluator({H: h, W: w})(q.difference) == difference
            if q.always is not None:
                assert q.always == (difference > 0) - (difference < 0)


# Edges.


def macs_of(body_a: str, body_b: str, shape: str = "1×H×H", assume: Iterable[str] = ()) -> QuantityComparison:
    return compared(f"net a {{ input {shape}; {body_a} }}\nnet b {{ input {shape}; {body_b} }}", assume)["macs"]


def test_runs_begin_and_end_at_legal_values() -> None:
    stacked, single = "Conv(1, 3, bias=false); Conv(1, 3, bias=false)", "Conv(1, 5, bias=false)"
    assert runs_of(macs_of(stacked, single, assume=["H % 4 == 0"])) == [(8, 8, 1), (12, None, -1)]
    assert runs_of(macs_of(stacked, single, assume=["H % 4 == 2"])) == [(6, 6, 1), (10, 10, 0), (14, None, -1)]
    assert runs_of(macs_of(stacked, single, assume=["H <= 40", "H % 7 == 0"])) == [(7, 7, 1), (14, 35, -1)]
    assert macs_of(stacked, single, assume=["H >= 11"]).always == -1
    assert macs_of(stacked, single, assume=["H <= 9"]).always == 1


def test_a_sign_that_keeps_changing_has_no_runs() -> None:
    q = macs_of("Conv(1, 1, stride=2, bias=false)", "Conv(1, 2, stride=2, bias=false); Conv(4, 1, bias=false)")
    assert q.crossover is not None
    even = macs_of("Conv(1, 2, stride=2, bias=false)", "Conv(4, 1, stride=2, bias=false)")
    assert even.crossover is not None
    assert even.crossover.runs == ()  # ⌊H/2⌋ against ⌈H/2⌉: equal for even H, fewer for odd
    assert even.always is None
    assert {piece.residue for piece in even.crossover.pieces} == {0, 1}


def test_far_crossovers_with_roundings_need_no_listing() -> None:
    found = compared(
        """net a { input 1×L; Conv(1, 1, bias=false); GlobalAvgPool; Flatten; Linear(3000000, bias=false) }
           net b { input 1×L; Conv(7, 2, stride=2, bias=false) }"""
    )["macs"]
    assert found.crossover is not None
    runs = runs_of(found)
    assert runs[0][0] == 2
    assert runs[-1][2] == -1
    for start, end, sign in runs[:3] + runs[-3:]:
        for x in {start, end or start + 1000}:
            value = (x + 3_000_000) - 14 * (x // 2)
            assert (value > 0) - (value < 0) == sign


def test_several_symbols_are_not_guessed() -> None:
    q = macs_of("Conv(1, 3)", "Conv(1, 5, padding=3)", "1×H×W")
    assert q.crossover is None
    together = macs_of("Conv(m, 3, padding=1)", "Conv(1, 5, padding=2)", "1×H×W")
    assert together.crossover is not None  # H·W is a common factor: m decides
    assert together.crossover.symbol.name == "m"
    assert runs_of(together) == [(1, 2, -1), (3, None, 1)]


SEPARABLE = """
net separable { input M×D×D; Conv(M, K, padding="same", groups=M, bias=false); Conv(N, 1, bias=false) }
net standard  { input M×D×D; Conv(N, K, padding="same", bias=false) }
"""


def test_only_symbols_whose_factor_has_no_known_sign_decide() -> None:
    macs = compared(SEPARABLE)["macs"]
    assert [symbol.name for symbol in macs.deciding] == ["K", "N"]  # D²·M is a positive factor
    assert "depends on K and N together; assume more, as K == 3\n" in render(compared(SEPARABLE))
    assert compared(SEPARABLE, ["K == 3"])["macs"].crossover is not None
    assert compared(SEPARABLE, ["K >= 2", "N >= 2"])["macs"].always == -1
    assert "assume more, as K == 2\n" in render(compared(SEPARABLE, ["K % 4 == 2", "K < 5"]))


def test_a_crossover_is_found_behind_factors_of_other_symbols() -> None:
    valid = macs_of("Conv(m, 3)", "Conv(5, 3)", "C×H×W")
    assert [symbol.name for symbol in valid.deciding] == ["m"]
    assert runs_of(valid) == [(1, 4, -1), (5, 5, 0), (6, None, 1)]
    assert valid.crossover is not None
    assert valid.crossover.common == C * (H - 2) * (W - 2)
    stacked = macs_of("Conv(1, 3); Conv(1, 3)", "Conv(1, 5)")
    assert stacked.crossover is not None
    assert stacked.crossover.common == 1  # a factor in the same symbol stays where it is


def test_factors_of_one_symbol_are_found_beside_roundings() -> None:
    q = compared(
        """net a { input C×H×W; Conv(C, 3, padding=1) }
           net b { input C×H×W; Conv(C, 3, padding=1, stride=2) }"""
    )["flops"]
    assert [symbol.name for symbol in q.deciding] == ["H", "W"]
    assert q.difference.subs({C: -Rational(1, 18)}) == 0  # 18C + 1 is a factor


@draws(20)
@given(chains, chains, st.integers(1, 4), st.integers(1, 4))
def test_other_symbols_do_not_decide(first: Chain, second: Chain, m: int, n: int) -> None:
    bodies = (f"{first.body()}; Conv({m}c, 1)", f"{second.body()}; Conv({n}c, 1)")
    found = compared(
        "\n".join(f"net {name} {{ input 1×H×W; {body} }}" for name, body in zip("ab", bodies, strict=True))
    )
    sizes = itertools.product(range(5, 36, 5), range(5, 40, 7), (1, 2, 7))
    legal = [(h, w, c) for h, w, c in sizes if first.costs(h, w) and second.costs(h, w)]
    for quantity in QUANTITIES:
        q = found[quantity]
        signs_of: dict[tuple[int, ...], set[int]] = {}
        for values in legal:
            at = dict(zip(symbols("H W c"), values, strict=True))
            difference = evaluator(at)(q.first - q.second)
            deciding = tuple(at[symbol] for symbol in q.deciding)
            signs_of.setdefault(deciding, set()).add((difference > 0) - (difference < 0))
        assert all(len(seen) == 1 for seen in signs_of.values())


def test_symbolic_strides_are_left_undecided() -> None:
    q = macs_of("Conv(1, 3, stride=s)", "Conv(1, 5, stride=s)")
    assert q.crossover is None
    assert q.always is None


def test_limits_that_do_not_exist_are_not_given() -> None:
    grows = macs_of("Conv(1, 3, padding=1)", "GlobalAvgPool; Flatten; Linear(5)")
    assert grows.limit is oo
    assert grows.limit_saving is None
    assert macs_of("GlobalAvgPool; Flatten; Linear(5)", "Conv(1, 3, padding=1)").limit == 0
    nothing = macs_of("Conv(1, 3)", "ReLU")
    assert nothing.ratio is None
    assert nothing.limit is None
    assert macs_of("Linear(m)", "Linear(7)", "C").limit is not None


def test_what_grows_can_be_chosen() -> None:
    text = "net a { input C×H×H; Conv(2C, 1) }\nnet b { input C×H×H; Conv(C, 3, padding=1) }"
    found = compared(text, growing=["C"])
    assert found["params"].limit == Rational(2, 9)
    assert found["params"].growing == (C,)
    error = error_of(lambda: compared(text, growing=["D"]))
    assert error.message == "there is no symbol 'D'"


def test_errors_say_what_is_wrong() -> None:
    nets = parse("net a { input 1×H×H; Conv(1, 3) }\nnet b { input 1×H×H; Conv(1, 5) }")
    a, b = analyse(nets["a"]), analyse(nets["b"])
    assert "with symbols" in error_of(lambda: compare(a.at(H=7), b)).message
    assert error_of(lambda: compare(a, b, ["mac"])).hint == "did you mean 'macs'?"
    small = analyse(nets["a"], assume=["H <= 4"])
    assert "no input is legal for both" in error_of(lambda: compare(small, b)).message
    padded, strided = (
        parse("net a { input 1×H; Conv(1, 3, padding=t) }"),
        parse("net b { input 1×H; Conv(1, 3, stride=t) }"),
    )
    error = error_of(lambda: compare(analyse(padded["a"]), analyse(strided["b"])))
    assert error.message == "'t' is another kind of number in a than in b"
    with pytest.raises(SymcnnError, match="was not compared"):
        compare(a, b, ["macs"])["params"]


def test_receptive_fields_are_compared_where_they_are_known() -> None:
    assert compared("net a { input 1×H×H; Conv(1, k) }\nnet b { input 1×H×H; Conv(1, k) }").same_receptive_field is True
    text = "net a { input 1×H×H; Conv(1, k) }\nnet b { input 1×H×H; Conv(1, 3) }"
    assert compared(text).same_receptive_field is False
    assert compared(text, ["k == 3"]).same_receptive_field is True
    assert compared("net a { input 1×L; Conv(1, 3) }\nnet b { input 1×H×H; Conv(1, 3) }").same_receptive_field is False


def test_values_are_expressions() -> None:
    macs = example("stacked", "stacked", "single")["macs"]
    values = (macs.first, macs.second, macs.difference, macs.ratio, macs.saving, macs.limit, macs.limit_saving)
    assert all(isinstance(value, Expr) for value in values)
    same = macs_of("Conv(1, 3)", "Conv(1, 3)")
    assert same.always == 0
    assert same.ratio == 1


def test_of_many_roundings_no_factors_are_sought(monkeypatch: pytest.MonkeyPatch) -> None:
    def sought(expr: Expr) -> Expr:
        raise AssertionError(f"factors of {expr}")

    monkeypatch.setattr(sys.modules["symcnn.compare"], "factor", sought)
    strides = "; ".join("Conv(2, 3, stride=2, padding=1)" for _ in range(5))
    nets = parse(f"net a {{ input 1×H×W; {strides} }}\nnet b {{ input 1×H×W; Conv(2, 5); {strides} }}")
    macs = compare(analyse(nets["a"]), analyse(nets["b"]))["macs"]
    assert macs.difference == macs.first - macs.second
    assert macs.ratio is not None


DEEP = """
net stacked    { input C×H×W; repeat n { Conv(C, 3, padding="same", bias=false) } }
net single     { input C×H×W; Conv(C, 2n + 1, padding="same", bias=false) }
net narrow     { input C×H×W; repeat n { Conv(C/4, 1, bias=false); Conv(C/4, 3, padding=1); Conv(C, 1) } }
net pyramid    { input C×(2^n*h); repeat n { Conv(2*channels, 3, stride=2, padding="same", bias=false) } }
net dilated    { input C×(2^n*h); repeat n as i { Conv(C, 3, dilation=2^i, padding=2^i, bias=false) } }
net wide       { input C×(2^n*h); repeat n { Conv(C, 3, padding=1, bias=false) }; Conv(99C, 5, padding=2, bias=false) }
net third      { input C×(2^n*h); Conv(3*C, 3, padding="same", bias=false); Conv(C*(n // 3 + 1), 1, bias=false) }
"""
DEEP_PAIRS = [
    ("stacked", "single", 1),
    ("stacked", "narrow", 4),
    ("pyramid", "dilated", 1),
    ("pyramid", "wide", 1),
    ("dilated", "wide", 1),
    ("pyramid", "third", 1),
    ("dilated", "third", 1),
]


@pytest.mark.parametrize(("first", "second", "channels"), DEEP_PAIRS)
def test_crossovers_in_the_depth(first: str, second: str, channels: int) -> None:
    nets = parse(DEEP)
    a, b = analyse(nets[first]), analyse(nets[second])
    for q in compare(a, b, ("params", "macs", "activations"), ["n"]).quantities:
        if q.difference == 0 or (q.evident is None and q.crossover is None):
            assert q.difference == 0 or first == "stacked"  # biases bring in C
            continue
        runs = (Run(0, None, q.evident),) if q.evident is not None else q.crossover.runs if q.crossover else ()
        for n in range(41):
            x, y = (valued(net, channels, n).count(q.quantity) for net in (a, b))
            sign = next(run.sign for run in runs if run.start <= n and (run.end is None or n <= run.end))
            assert sign == (x > y) - (x < y), (q.quantity, n)
        if q.limit is not None:
            x, y = (valued(net, channels, 5000).count(q.quantity) for net in (a, b))
            limit = q.limit if q.limit is oo else evaluator({symbols("C"): channels})(q.limit)
            assert Fraction(x) / y > 9 if limit is oo else abs(Fraction(x) / y - limit) < Fraction(1, 9)


def valued(net: Analysis, channels: int, depth: int) -> Analysis:
    return net.at(**{name: {"n": depth, "C": channels}.get(name, 2) for name in net.symbols})


def test_the_proof_of_a_crossover_in_the_depth() -> None:
    nets = parse(DEEP)
    q = compare(analyse(nets["pyramid"]), analyse(nets["dilated"]), "macs", ["n"])["macs"]
    n = symbols("n")
    assert q.limit is oo
    assert q.crossover is not None
    assert q.crossover.runs == (Run(0, 1, 0), Run(2, None, 1))
    start, change, since = q.crossover.proof_step() or (None, None, None)
    assert (start, str(change), since) == (2, f"3*2**{n} - 3", 1)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("input 1×999; repeat n { Conv(1, 3, stride=2, padding=1) }", "a sum without a closed form"),
        ("input 1×9; repeat n { Conv(1, 3, padding=1) }; Conv(2^(n^2), 1)", "no powers of numbers"),
    ],
)
def test_why_a_depth_is_not_decided(body: str, reason: str) -> None:
    nets = parse(f"net a {{ {body} }} net b {{ input 1×9; repeat n {{ Conv(7, 3, padding=1); Conv(1, 1) }} }}")
    q = compare(analyse(nets["a"]), analyse(nets["b"]), "macs", ["n"])["macs"]
    assert q.crossover is None
    assert reason in q.obstacle
