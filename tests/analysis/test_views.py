"""What outputs see through branches and upsampling, against the inputs they depend on, followed one by one."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sympy import Symbol

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.evaluate import evaluator
from symcnn.algebra.facts import Facts
from symcnn.algebra.floors import floor_of
from symcnn.algebra.symbols import NONNEGATIVE, Value, exact, expression, symbol
from symcnn.analysis.view import IDENTITY, View, joined, of_layer
from symcnn.analysis.window import Window, backward, forward
from symcnn.errors import NotSupportedError
from tests.analysis.dependencies import (
    Conv,
    Join,
    Layer,
    Part,
    Transposed,
    Upsample,
    all_layers,
    chains,
    factors,
    graphs,
    hulls,
    jump,
    orderly_layers,
    paths,
    plain_layers,
    run,
    whole,
)
from tests.analysis.intervals import Node, seen_from
from tests.helpers import draws


def seen(parts: Sequence[Part], view: View = IDENTITY) -> View:
    """Return the view after the parts, layer by layer."""
    for part in parts:
        if isinstance(part, Join):
            view = joined([seen(branch, view) for branch in part.branches])
        else:
            view = view.then(part.window())
    return view


def by_bodies(parts: Sequence[Part]) -> View:
    """Return the same view, of which every part is worked out on its own first."""
    view = IDENTITY
    for part in parts:
        if isinstance(part, Join):
            view = joined([by_bodies(branch) for branch in part.branches]).after(view)
        else:
            view = of_layer(part.window()).after(view)
    return view


def graph_of(parts: Sequence[Part]) -> list[Node]:
    nodes = [Node()]

    def add(parts: Sequence[Part], source: int) -> int:
        for part in parts:
            if isinstance(part, Join):
                sources = tuple(add(branch, source) for branch in part.branches)
                nodes.append(Node(sources))
            else:
                nodes.append(Node((source,), part.window()))
            source = len(nodes) - 1
        return source

    add(parts, 0)
    return nodes


def length_for(parts: Sequence[Part]) -> int:
    """Return a length at which not all outputs meet the border, or give up on this draw."""
    for length in (80, 240, 720):
        if len(hulls(run(parts, whole(length)))) >= 3 * factors(parts):
            return length
    assume(False)
    return 0


def middle(parts: Sequence[Part]) -> Fraction:
    """Follow the centre of the first output back, along the first branches."""
    at = Fraction(0)
    for layer in reversed(paths(parts)[0]):
        w = layer.window()
        at = (at * w.jump * w.upsampling + w.start + Fraction(w.reach, 2)) / w.upsampling
    return at


def check(parts: Sequence[Part], view: View) -> None:
    """Compare a view with all outputs that meet no border."""
    found = hulls(run(parts, whole(length_for(parts))))
    assert {y: view.at(y) for y in found} == found
    period = factors(parts)
    sizes = [b - a + 1 for x in found.values() if x for a, b in [x]]
    assert view.size == max(sizes, default=0)
    for y, x in found.items():
        later = found.get(y + period)
        if x and later:
            assert later[0] - x[0] == later[1] - x[1] == view.jump * period
    assert view.jump == jump(parts)


def least(parts: Sequence[Part]) -> int:
    sizes = []
    for chain in paths(parts):
        found = hulls(run(chain, whole(length_for(chain))))
        sizes += [max((b - a + 1 for x in found.values() if x for a, b in [x]), default=0)]
    return min([size for size in sizes if size] or [0])


@draws(300)
@given(chains(all_layers))
def test_chains_see_what_they_depend_on(layers: tuple[Layer, ...]) -> None:
    view = seen(layers)
    check(layers, view)
    assert view.least == view.size
    assert view.centre == middle(layers)
    assert view.aligned and not view.gated
    assert IDENTITY.through(layer.window() for layer in layers).size == view.size


@draws(300)
@given(graphs(all_layers))
def test_graphs_see_what_they_depend_on(parts: tuple[Part, ...]) -> None:
    view = seen(parts)
    check(parts, view)


@draws(120)
@given(graphs(orderly_layers))
def test_the_path_that_sees_least(parts: tuple[Part, ...]) -> None:
    assert seen(parts).least == least(parts)


@draws(200)
@given(graphs(all_layers))
def test_backward_agrees_for_every_phase(parts: tuple[Part, ...]) -> None:
    view, nodes = seen(parts), graph_of(parts)
    for output in range(-3, 2 * factors(parts)):
        try:
            back = seen_from(nodes, output)
        except NotSupportedError:
            continue  # gaps meet gaps
        assert back[0] == view.at(output)
        assert back[-1] == (output, output)


@draws(200)
@given(graphs(orderly_layers))
def test_backward_needs_no_more_than_intervals_without_gaps(parts: tuple[Part, ...]) -> None:
    view, nodes = seen(parts), graph_of(parts)
    assert [seen_from(nodes, y)[0] for y in range(20)] == [view.at(y) for y in range(20)]


def outlook(view: View) -> object:
    """Return what a view says of small outputs, and its numbers."""
    return [view.at(y) for y in range(40)], view.size, view.jump, view.centre, view.aligned, view.gated


@draws(120)
@given(graphs(orderly_layers), graphs(orderly_layers), graphs(orderly_layers, depth=1))
def test_composition_is_associative(a: tuple[Part, ...], b: tuple[Part, ...], c: tuple[Part, ...]) -> None:
    first, second, third = map(seen, (a, b, c))
    assert outlook(first.then(second).then(third)) == outlook(first.then(second.then(third)))
    assert outlook(third.after(second.after(first))) == outlook(seen(a + b + c)) == outlook(by_bodies(a + b + c))
    assert IDENTITY.then(first) == first.then(IDENTITY) == first


@draws(200)
@given(graphs(all_layers))
def test_bodies_see_the_same_or_say_that_they_do_not_know(parts: tuple[Part, ...]) -> None:
    view, composed = seen(parts), by_bodies(parts)
    if composed.known:
        assert outlook(composed) == outlook(view)
    assert (composed.jump, composed.centre) == (view.jump, view.centre)


@draws(150)
@given(graphs(orderly_layers, depth=1), st.integers(0, 5))
def test_a_repeated_view_is_composed_so_often(parts: tuple[Part, ...], times: int) -> None:
    body = seen(parts)
    assume(factors(parts) ** times <= 100)
    view = IDENTITY
    for _ in range(times):
        view = view.then(body)
    assert outlook(body.repeated(times)) == outlook(view) == outlook(seen(parts * times))
    least_known = {least_or_none(body.repeated(times)), least_or_none(seen(parts * times))} - {None}
    assert len(least_known) <= 1


def least_or_none(view: View) -> object:
    """Return what the path sees that sees least, or None where it is not known which that is."""
    try:
        return view.least
    except NotSupportedError:
        return None


@draws(100)
@given(chains(plain_layers, 12))
def test_without_upsampling_views_are_windows(layers: tuple[Layer, ...]) -> None:
    windows = [layer.window() for layer in layers]
    view, window = seen(layers), forward(windows)
    assert IDENTITY.through(windows) == view
    assert (view.size, view.jump, view.start, view.centre) == (window.size, window.jump, window.start, window.centre)


def at_numbers(value: Value, given: dict[Symbol, int]) -> Fraction:
    return Fraction(evaluator(given)(value))


def factor_window(k: Value, s: Value, p: Value) -> Window:
    """Return the window of a transposed convolution."""
    return Window(exact(k - 1), 1 / expression(s), exact(p - k + 1), s)


K, S, P = symbol("k"), symbol("s"), symbol("p", NONNEGATIVE)


@draws(60)
@given(st.integers(1, 6), st.integers(2, 4), st.integers(0, 2), st.integers(1, 5), st.integers(1, 4), st.integers(1, 3))
def test_symbolic_factors_give_the_largest_over_all_phases(k: int, s: int, p: int, e: int, t: int, stride: int) -> None:
    """r ← ⌊(r + k − 2)/s⌋ + 1, here twice, after a convolution and with another one above."""
    symbols = [Conv(3, stride).window(), factor_window(K, S, P), Window(symbol("e") - 1), factor_window(K, t, P)]
    view = IDENTITY.through(symbols) if t > 1 else IDENTITY.through(symbols[:3])
    last: list[Layer] = [Transposed(k, t, p)] if t > 1 else []
    numbers: list[Layer] = [Conv(3, stride), Transposed(k, s, p), Conv(e), *last]
    given = {K: k, S: s, P: p, symbol("e"): e}
    assert at_numbers(view.size, given) == at_numbers(view.least, given) == seen(numbers).size
    assert at_numbers(view.centre, given) == middle(numbers)
    assert at_numbers(view.jump, given) == jump(numbers)


@draws(300)
@given(graphs(all_layers))
def test_grids_and_phases_say_the_same(parts: tuple[Part, ...]) -> None:
    for hull in (seen(parts).hull, by_bodies(parts).hull):
        if hull and hull.phases and hull.nested:
            assert hull.nested.size(Arithmetic()) == max(hull.phases.lengths())


def test_the_formula_for_a_symbolic_factor() -> None:
    r = symbol("r")
    view = of_layer(factor_window(K, S, P)).then(Window(r - 1))
    assert view.size == floor_of((r + K - 2) / S, Facts()) + 1
    with pytest.raises(NotSupportedError, match="upsampling with these symbols"):
        view.at(0)
    assert not view.then(Window(jump=2)).known  # a stride may skip the phases that see most
    assert view.then(Window(jump=2)).jump == 2 / S


@draws(60)
@given(st.integers(0, 4), st.integers(2, 4), st.integers(0, 2), st.integers(1, 4), st.integers(1, 3))
def test_phases_with_symbols_join_what_is_beside_them(more: int, s: int, p: int, e: int, stride: int) -> None:
    kernel = K + s - 1  # s at least: every output sees something
    up, above = factor_window(kernel, s, P), Conv(e, 1, 1).window()
    view = joined([IDENTITY, of_layer(Window(S, s, -P)).then(up).then(above)])
    parts = Join(((), (Conv(3, s, p), Transposed(more + s, s, p), Conv(e, 1, 1))))
    numeric, given = seen([parts]), {K: more + 1, S: 2, P: p}
    for y in range(2 * s):
        assert [at_numbers(end, given) for end in view.at(y) or ()] == list(numeric.at(y) or ())
    assert at_numbers(view.size, given) == numeric.size
    assert view.least == numeric.least == 1 or not isinstance(view.least, int)
    assert view.then(Window(jump=stride)).known
    assert not view.then(Window(start=-P)).known  # which phases it meets depends on p


def test_a_symbolic_factor_joins_only_its_own_grid() -> None:
    up = of_layer(factor_window(S, S, 0))
    residual = joined([up, up.then(Window(K - 1, 1, -P))])
    assert residual.least == 1
    for k in range(2, 9):
        numeric = seen([Upsample(3), Join(((), (Conv(k, 1, 1),)))])
        assert at_numbers(residual.size, {K: k, S: 3, P: 1}) == numeric.size
    assert not joined([IDENTITY, IDENTITY.then(Window(S - 1, S)).then(factor_window(S, S, 0))]).known


def test_symbols_leave_alignment_open_until_they_are_known() -> None:
    branch = of_layer(Window(K - 1, 1, -P))
    assert joined([IDENTITY, branch]).aligned is None
    assert joined([IDENTITY, of_layer(Window(2 * P, 1, -P))]).aligned is True
    assert joined([IDENTITY, of_layer(Window(2 * P + 1, 1, -P))]).aligned is False
    both = joined([IDENTITY, branch])
    assert both.least == 1
    assert {k: at_numbers(both.size, {K: k, P: 2}) for k in (1, 2, 3, 5, 7)} == {1: 3, 2: 3, 3: 3, 5: 5, 7: 7}


def test_joins_that_drift_apart_are_not_known() -> None:
    view = joined([of_layer(Window(2, 2)), of_layer(Window(2, 1))], arithmetic=Arithmetic())
    assert view.aligned is False and not view.known and "different jumps" in view.reason
    for ask in ("size", "least", "jump", "centre", "start"):
        with pytest.raises(NotSupportedError, match="different jumps"):
            getattr(view.then(Window(2)), ask)
    open_jumps = joined([of_layer(Window(2, S)), of_layer(Window(2, K))])
    assert open_jumps.aligned is None and "depends on the symbols" in open_jumps.reason
    assert joined([view, of_layer(Window(2, 1))]).reason == view.reason


def test_gates_stand_beside_what_is_seen() -> None:
    local, gate = of_layer(Window(2, 1, -1)), of_layer(Window(symbol("H") - 1, symbol("H")))
    view = joined([local, gate], broadcast=[False, True])
    assert (view.size, view.least, view.jump, view.centre, view.aligned, view.gated) == (3, 3, 1, 0, True, True)
    assert view.then(Window(2)).gated and IDENTITY.then(view).gated and joined([IDENTITY, view]).gated
    with pytest.raises(ValueError, match="not broadcast"):
        joined([gate], broadcast=[True])


def test_a_layer_that_does_not_say_what_it_sees() -> None:
    view = IDENTITY.then(Window(4, 2, -1, known=False)).then(Window(2))
    assert not view.known and (view.jump, view.centre) == (2, 3)
    with pytest.raises(NotSupportedError, match="is not stated"):
        _ = view.size
    assert not joined([view, of_layer(Window(2, 2))]).known
    with pytest.raises(NotSupportedError):
        seen_from([Node(), Node((0,), Window(known=False))], 0)


def test_windows_alone_refuse_what_needs_a_view() -> None:
    up, unknown = Upsample(2).window(), Window(known=False)
    for window in (up, unknown):
        for act in (
            forward,
            backward,
            lambda windows: windows[0].then(windows[1]),
            lambda windows: windows[0].repeated(2),
        ):
            with pytest.raises(NotSupportedError):
                act([window, Window(2)])


def test_too_many_phases_keep_the_largest_size() -> None:
    up = Window(999, Fraction(1, 1000), -999, 1000)
    view = IDENTITY.through([up, Window(2), up, Window(2)])
    assert (view.size, view.jump) == (2, Fraction(1, 1_000_000))
    with pytest.raises(NotSupportedError):
        view.at(0)


def bottleneck(stride: int, project: bool) -> Join:
    """torchvision's: the stride is that of the 3×3."""
    shortcut: tuple[Part, ...] = (Conv(1, stride),) if project else ()
    return Join(((Conv(1), Conv(3, stride, 1), Conv(1)), shortcut))


VGG16 = [*([Conv(3, 1, 1)] * 2 + [Conv(2, 2)]) * 2, *([Conv(3, 1, 1)] * 3 + [Conv(2, 2)]) * 3]
RESNET50 = [Conv(7, 2, 3), Conv(3, 2, 1)] + [
    bottleneck(stride if block == 0 else 1, block == 0)
    for blocks, stride in ((3, 1), (4, 2), (6, 2), (3, 2))
    for block in range(blocks)
]
DOUBLE = (Conv(3, 1, 1), Conv(3, 1, 1))


def unet(depth: int, up: Layer) -> tuple[Part, ...]:
    """The U-Net with paddings: two convolutions at each scale, a pooling down, `up` and a skip back."""
    if depth == 0:
        return DOUBLE
    return (*DOUBLE, Join(((), (Conv(2, 2), *unet(depth - 1, up), up))), *DOUBLE)


def test_published_receptive_fields() -> None:
    """VGG16 as in Araujo, Norris & Sim 2019; ResNet-50 with its strides in the 3×3, as torchvision has it."""
    vgg, resnet = seen(VGG16), seen(RESNET50)
    assert (vgg.size, vgg.jump, vgg.centre, vgg.least) == (212, 32, Fraction(31, 2), 212)
    assert (resnet.size, resnet.jump, resnet.aligned, resnet.centre) == (427, 32, True, 0)
    assert resnet.least == 11  # the stem: every block can be passed by


@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize("up", [Transposed(2, 2), Transposed(4, 2, 1), Upsample(2), Upsample(2, "bilinear")])
def test_unets_meet_their_skips_at_equal_centres(depth: int, up: Layer) -> None:
    parts = unet(depth, up)
    view = seen(parts)
    check(parts, view)
    assert view.least == least(parts) == 9
    assert (view.jump, view.centre, view.aligned) == (1, 0, True)
    assert [view.at(y) for y in range(9)] == [seen_from(graph_of(parts), y)[0] for y in range(9)]


@pytest.mark.parametrize(
    ("up", "sizes"),
    [
        (Transposed(2, 2), [18, 44, 100, 204]),
        (Upsample(2), [18, 44, 100, 204]),
        (Upsample(2, "bilinear"), [20, 52, 116, 236]),
    ],
)
def test_unets_of_one_to_four_poolings(up: Layer, sizes: list[int]) -> None:
    assert [seen(unet(depth, up)).size for depth in range(1, 5)] == sizes


def test_a_skip_that_is_half_a_position_off_is_told() -> None:
    """A transposed convolution of kernel 3 and padding 1 keeps the places of inputs, a pooling of 2 moves them."""
    view = seen(unet(1, Transposed(3, 2, 1)))
    assert (view.size, view.aligned) == (20, False)
