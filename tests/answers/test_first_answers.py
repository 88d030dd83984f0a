"""The first answer to a network: how much is worked out for it, and that shortcuts come to what the long way does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from symcnn import Analysis, analyse, check, load, parse
from symcnn.analysis.counting import Counting, counting_of
from symcnn.analysis.evaluated import folded
from symcnn.analysis.outcome import Outcome
from symcnn.analysis.tensor import Tensor
from symcnn.analysis.totals import network_total
from symcnn.answers import replay as replaying
from symcnn.answers.replay import Replay, replay_of
from symcnn.answers.resized import Resizing
from symcnn.answers.same import Same
from symcnn.answers.uses import Use
from symcnn.errors import SymcnnError
from symcnn.library.convention import known_conventions
from symcnn.library.rules import COUNTED
from symcnn.library.standard import standard_kind
from symcnn.source import Source
from symcnn.syntax import parse_formula
from symcnn.tree import Slip
from tests.helpers import analysed

INCEPTION = "zoo/inception_v3"
DEEP = """net deep(n) {
    input 3×H×H
    Conv(16, 3, padding=1, bias=false); BatchNorm; ReLU
    repeat n { residual { Conv(16, 3, padding=1); ReLU; Conv(16, 3, padding=1) }; ReLU }
    MaxPool(2)
    repeat n as i { Conv(16*2^i, 3, padding=1); ReLU }
    GlobalAvgPool; Flatten; Linear(10)
}"""


def fresh(name: str) -> Analysis:
    """Return a network of the zoo that nobody has asked anything about."""
    return analyse(load(name)[name.removeprefix("zoo/")])


def test_conventions_are_counted_once_for_layers_that_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sixteen conventions of 314 layers, of which 99 differ, are far fewer formulas than one for each."""
    counted: list[str] = []
    of_one = Counting.of_one

    def counting(self: Counting, convention: Any, *about: Any) -> Any:
        counted.append(convention.name)
        return of_one(self, convention, *about)

    monkeypatch.setattr(Counting, "of_one", counting)
    a = fresh(INCEPTION)
    assert check("12345", a, quantity="flops").verdict == "wrong"
    assert 0 < len(counted) < 2 * len(a.layers)


@pytest.mark.parametrize("quantity", ["output", "params", "macs", "flops", "receptive_field"])
def test_mistakes_are_made_in_numbers_first(quantity: str) -> None:
    """Where no mistake comes to the answer in numbers, nothing is worked out in symbols."""
    a = fresh("zoo/mobilenet")
    assert check("12345", a, quantity=quantity).verdict == "wrong"
    assert replay_of(Same(a)).uses.applied == 0


def test_few_layers_are_worked_out_by_all_their_rules() -> None:
    """Layers on other sizes are as the right ones but for sizes and counts."""
    a = fresh(INCEPTION)
    check("12345", a, quantity="macs")
    (place,) = vars(a)["_places"].values()
    assert replay_of(Same(place)).uses.applied < 50


def test_repetitions_are_not_solved_again_for_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """At a point the repetitions of a symbolic number are told apart, and what a mistake makes of them is followed."""
    a = analyse(load("zoo/resnet_cifar")["resnet_cifar"], n="n")

    def refused(*about: Any) -> Any:
        raise AssertionError("recurrences are solved")

    monkeypatch.setattr(replaying, "recurring", refused)
    for quantity in ("output", "params", "macs", "flops", "receptive_field"):
        assert check("12345", a, quantity=quantity).verdict == "wrong"


@pytest.mark.parametrize("name", ["zoo/mobilenet", "zoo/googlenet", "zoo/resnet18", "zoo/shufflenet_v2"])
def test_totals_in_numbers_are_the_sums_over_the_layers(name: str) -> None:
    """What adds up is counted once; layer by layer it comes to the same."""
    a = fresh(name)
    at = a.at(**dict.fromkeys(a.symbols, 225) | ({"α": 1} if "α" in a.symbols else {}))
    for convention in known_conventions():
        parts: list[Any] = [counting_of(layer).together(convention, layer) for layer in at.layers]
        total = network_total(at, convention)
        assert sum(parts) == total if all(isinstance(part, int) for part in parts) else not isinstance(total, int)


def test_totals_at_a_point_are_those_of_the_network_with_numbers() -> None:
    """Repetitions that are told apart count as those of the network that is derived with their number."""
    a = analysed(DEEP)
    values = {"n": 3, "H": 20}
    place = folded(a, values, spread=True)
    direct = analyse(parse(DEEP)["deep"], n=3).at(H=20)
    assert place is not None
    for name in (*COUNTED, "params", *known_conventions()):
        with suppress(SymcnnError):
            assert place.count(name) == direct.count(name), name


def resized(a: Analysis) -> Iterator[tuple[Replay, Use, Outcome]]:
    """Yield what the layers of a network in numbers use, with what is right."""
    replay = Replay(a)
    for leaf in replay.leaves:
        yield replay, replay.uses.of(leaf), leaf.outcome


NETWORKS = ("zoo/mobilenet_v3_small", "zoo/googlenet", "zoo/convnext_tiny", "zoo/unet_padded", "zoo/densenet121")


@pytest.mark.parametrize("name", NETWORKS)
def test_layers_on_other_sizes_are_what_all_their_rules_make_of_them(name: str) -> None:
    """Also by mistake of a size or of the channels, and where there are other channels."""
    a = fresh(name)
    at = a.at(**dict.fromkeys(a.symbols, 224))
    tried = set()
    for replay, use, right in resized(at):
        if use in tried:
            continue
        tried.add(use)
        wrong = [slip for slip in right.kind.slips if slip.quantity in ("size", "channels")]
        channels, sizes = right.values["C"], right.values["n"]
        for tensor in (Tensor(channels, tuple(size + 3 for size in sizes)), Tensor(2 * channels, sizes)):
            for slips in ((), *((slip,) for slip in wrong)):
                assert_alike(replay, use, right, slips, tensor)


def assert_alike(replay: Replay, use: Use, right: Outcome, slips: tuple[Slip, ...], tensor: Tensor) -> None:
    """Compare a layer taken over from the right one with the one that is worked out by all its rules."""
    found = _tried(lambda: Resizing(right, replay.arithmetic, {}).of(tensor, slips))
    if found is None:  # it is worked out by all its rules
        return
    expected = _tried(lambda: replay.uses._applied(use, slips, tensor))
    if isinstance(found, str) or isinstance(expected, str):
        assert found == expected
        return
    assert expected is not None
    assert (found.output, found.windows) == (expected.output, expected.windows)
    assert {n: found.counted[n] for n in COUNTED} == {n: expected.counted[n] for n in COUNTED}


def _tried(made: Callable[[], Outcome | None]) -> Outcome | str | None:
    try:
        return made()
    except SymcnnError:
        return "impossible"


def test_a_mistake_is_not_taken_for_an_earlier_one() -> None:
    """Mistakes are known by their identity, which a later one would get if the earlier one were gone."""
    kind = standard_kind("MaxPool")
    for size in range(1, 40):
        slip = Slip("size", "", parse_formula(Source("a size", str(size))))
        assert kind.mistake(slip)(None) == size  # type: ignore[arg-type]
        assert kind.mistaken((slip,)).constants["size"] == size
        del slip


@pytest.mark.parametrize("body", ["Conv(C, 3)", "Conv(C, 3, padding=1); MaxPool(2)"])
def test_an_answer_to_a_depth_with_numbers(body: str) -> None:
    """A network with numbers is itself at no more numbers; what learns first is asked of its own rows."""
    a = analysed(f"net a {{ input C×H; repeat n {{ {body} }} }}").at(C=5, H=224, n=3)
    assert a.at() is a
    assert check("3", a, quantity="macs").verdict == "wrong"
    assert check(str(a.count("training")), a, quantity="macs").convention == "training"


def test_an_answer_about_what_a_network_with_numbers_sees() -> None:
    """AlexNet's pooling to 6×6 sees what only numbers say."""
    a = fresh("zoo/alexnet").at(H=224, W=224)
    assert check("3", a, quantity="receptive_field").verdict == "wrong"
