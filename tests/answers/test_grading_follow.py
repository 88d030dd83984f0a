"""Follow-through: what is right after a learner's own wrong value. The oracle is plain arithmetic on sizes."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from symcnn.answers import grade, parse_quiz
from symcnn.answers.grading.sheet import Sheet
from tests.helpers import draws


@dataclass(frozen=True)
class Window:
    """A layer of the oracle."""

    is_pool: bool
    kernel: int
    stride: int
    padding: int

    def size(self, n: int) -> int:
        return (n + 2 * self.padding - self.kernel) // self.stride + 1

    def text(self, name: str) -> str:
        if self.is_pool:
            return f"{name}: MaxPool({self.kernel}, stride={self.stride})"
        return f"{name}: Conv(4, {self.kernel}, stride={self.stride}, padding={self.padding})"


@st.composite
def windows(draw: st.DrawFn) -> Window:
    is_pool = draw(st.booleans())
    kernel = draw(st.integers(2, 5))
    return Window(is_pool, kernel, draw(st.integers(1, 3)), 0 if is_pool else draw(st.integers(0, kernel - 1)))


@draws(60)
@given(st.lists(windows(), min_size=2, max_size=6), st.integers(40, 300), st.integers(0, 5), st.integers(-3, 3))
def test_one_slip_in_a_table_costs_one_row(layers: list[Window], n: int, place: int, off: int) -> None:
    place %= len(layers)
    names = [f"l{i}" for i in range(len(layers))]
    right, own = [n], [n]
    for i, layer in enumerate(layers):
        right.append(layer.size(right[-1]))
        own.append(layer.size(own[-1]) + (off if i == place else 0))
    assume(min(right) > 1 and min(own) > 1 and off)
    net = "; ".join(window.text(name) for window, name in zip(layers, names, strict=True))
    quiz = parse_quiz(
        f'net = "net t {{ input 3×{n}×{n}; {net} }}"\n[[question]]\nid = "t"\nlayers = {names}\nquantity = "size"\n'
        "credit = { convention = 0 }\n"
    )
    sheet = grade(quiz, [("s", f"t.{name}", str(value)) for name, value in zip(names, own[1:], strict=True)])
    for i, row in enumerate(sheet.rows):
        assert row.credit == (0 if i == place else 1), (row, right, own)
        wanted = ("exact",) if own[i + 1] == right[i + 1] else ("wrong", "convention") if i == place else ("follow",)
        assert row.verdict in wanted


NET = """net q { input 1×28×28; conv1: Conv(32, 5); pool1: MaxPool(2); conv2: Conv(32, 3); pool2: MaxPool(2)
  flat: Flatten; fc1: Linear(256); fc2: Linear(10) }"""
HEAD = f"net = '''{NET}'''\n"


def marked(questions: str, *answers: tuple[str, str]) -> dict[str, str]:
    """Return the verdicts on the answers of one learner."""
    sheet = grade(parse_quiz(HEAD + questions), [("s", question, answer) for question, answer in answers])
    return {row.question: row.verdict for row in sheet.rows}


SHAPES = '[[question]]\nid = "s"\nlayers = ["conv1", "pool1", "conv2", "pool2"]\nquantity = "output"\n'
PARAMS = '[[question]]\nid = "p"\nlayers = ["conv1", "conv2", "fc1", "fc2"]\nquantity = "params"\nafter = "s"\n'
TOTAL = '[[question]]\nid = "t"\nquantity = "params"\nafter = ["p", "s"]\n'
BYTES = '[[question]]\nid = "b"\nreference = "4*t"\nafter = "t"\n'


def test_shapes_parameters_totals_and_what_is_made_of_them() -> None:
    own = 32 * (24 // 2 - 3) // 2 * 0 + 32 * 4 * 4  # conv2 is taken for 9×9, so that pool2 leaves 4×4
    fc1 = (own + 1) * 256
    total = 832 + 9248 + fc1 + 2570
    found = marked(
        SHAPES + PARAMS + TOTAL + BYTES,
        ("s.conv1", "32×24×24"), ("s.pool1", "32×12×12"), ("s.conv2", "32×9×9"), ("s.pool2", "32×4×4"),
        ("p.conv1", "832"), ("p.conv2", "9248"), ("p.fc1", str(fc1)), ("p.fc2", "2570"),
        ("t", str(total)), ("b", str(4 * total)),
    )  # fmt: skip
    assert found["s.conv2"] == "wrong"
    assert {found[name] for name in ("s.pool2", "p.fc1", "t", "b")} == {"follow"}
    assert {found[name] for name in ("s.conv1", "s.pool1", "p.conv1", "p.conv2", "p.fc2")} == {"exact"}


def test_a_total_of_ones_own_parts() -> None:
    parts = {"p.conv1": 800, "p.conv2": 320, "p.fc1": 204_800, "p.fc2": 2570}
    found = marked(
        SHAPES + PARAMS + TOTAL, *((name, str(value)) for name, value in parts.items()), ("t", str(sum(parts.values())))
    )
    assert (found["p.conv2"], found["t"]) == ("wrong", "follow")
    assert marked(SHAPES + PARAMS + TOTAL, ("p.conv2", "320"), ("t", str(217_706 - 9248 + 320)))["t"] == "follow"


def test_macs_with_ones_own_sizes() -> None:
    macs = '[[question]]\nid = "m"\nlayers = ["conv1", "conv2"]\nquantity = "macs"\nafter = "s"\n'
    own = 23 * 23 * 25 * 32
    assert marked(SHAPES + macs, ("s.conv1", "32×23×23"), ("m.conv1", str(own)))["m.conv1"] == "follow"
    inner = 9 * 9 * 9 * 32 * 32  # 23 → 11 → 9
    found = marked(SHAPES + macs, ("s.conv1", "32×23×23"), ("m.conv1", str(own)), ("m.conv2", str(inner)))
    assert found["m.conv2"] == "follow"


FIELD = '[[question]]\nid = "r"\nlayers = ["conv1", "pool1", "conv2", "pool2"]\nquantity = "receptive_field"\n'
JUMP = '[[question]]\nid = "j"\nlayers = ["conv1", "pool1", "conv2", "pool2"]\nquantity = "jump"\n'


def test_receptive_fields_go_on_from_ones_own() -> None:
    answers = (("r.conv1", "6"), ("r.pool1", "7"), ("r.conv2", "11"), ("r.pool2", "13"))  # 5 6 10 12 is right
    assert list(marked(FIELD, *answers).values()) == ["wrong", "follow", "follow", "follow"]
    slips = (("r.conv1", "5"), ("r.pool1", "6"), ("r.conv2", "8"), ("r.pool2", "9"))  # the jump is forgotten
    assert list(marked(FIELD, *slips).values()) == ["exact", "exact", "wrong", "wrong"]
    both = (("j.conv1", "1"), ("j.pool1", "3"), ("j.conv2", "3"), ("j.pool2", "6"), ("r.pool1", "6"), ("r.conv2", "12"))
    found = marked(JUMP + FIELD + 'after = "j"\n', *both)
    assert [found[name] for name in ("j.pool1", "j.conv2", "j.pool2", "r.pool1", "r.conv2")] == [
        "wrong", "follow", "follow", "exact", "follow",
    ]  # fmt: skip


BRANCHES = """net = '''net b { input 8×9×9
    concat { path { a: Conv(4, 1) } path { b: Conv(6, 3, padding=1) } path { p: MaxPool(3, stride=1, padding=1) } }
    c: Conv(10, 3); residual { d: Conv(10, 3, padding=1) }; e: Conv(2, 1) }'''
"""


def branched(after: str, quantity: str, layer: str, *answers: tuple[str, str]) -> str:
    questions = (
        f'[[question]]\nid = "x"\nlayers = {after}\nquantity = "{quantity}"\n'
        f'[[question]]\nid = "y"\nlayer = "{layer}"\nquantity = "params"\nafter = "x"\n'
        f'[[question]]\nid = "z"\nlayer = "{layer}"\nquantity = "output"\nafter = "x"\n'
    )
    sheet = grade(parse_quiz(BRANCHES + questions), [("s", name, answer) for name, answer in answers])
    return " ".join(row.verdict for row in sheet.rows)


def test_branches() -> None:
    paths = '["concat1.path1.a", "concat1.path2.b"]'
    own = (5 + 7 + 8) * 9 * 10 + 10  # both paths are thought to have one channel more
    first = (("x.concat1.path1.a", "5"), ("x.concat1.path2.b", "7"))
    assert branched(paths, "channels", "c", *first, ("y", str(own))) == "wrong wrong follow missing"
    one = (4 + 7 + 8) * 9 * 10 + 10
    assert (
        branched(paths, "channels", "c", ("x.concat1.path2.b", "7"), ("y", str(one))) == "wrong follow missing missing"
    )
    assert branched(paths, "size", "c", first[0], ("z", "10×3×3")) == "wrong wrong missing missing"  # they do not fit
    assert branched('["c"]', "size", "e", ("x.c", "6"), ("z", "2×6×6")) == "wrong follow missing"
    assert branched('["c"]', "size", "e", ("x.c", "8×6"), ("z", "2×8×6")) == "wrong follow missing"


def test_repetitions() -> None:
    questions = """
    net = "net r { input 4×64×64; repeat 3 { Conv(4, 3) }; Conv(8, 3, stride=2) }"
    [[question]]
    id = "x"
    layers = ["repeat1[0].conv1", "repeat1[1].conv1", "repeat1[2].conv1", "conv1"]
    quantity = "size"
    """
    sizes = (
        ("x.repeat1[0].conv1", "62"),
        ("x.repeat1[1].conv1", "61"),
        ("x.repeat1[2].conv1", "59"),
        ("x.conv1", "29"),
    )
    sheet = grade(parse_quiz(questions), [("s", *pair) for pair in sizes])
    assert [row.verdict for row in sheet.rows] == ["exact", "wrong", "follow", "follow"]


TRIVIAL = [
    "0",
    "1",
    "1×1×1",
    "32×1×1",
    "32×0×0",
    "-1×-1×-1",
    "32×1/2×1/2",
    "H",
    "",
    "?",
    "32",
    "32×23×23×23",
    "2^100000000",
]


@pytest.mark.parametrize("answer", TRIVIAL)
def test_nothing_follows_from_a_trivial_answer(answer: str) -> None:
    for later in ("32×1×1", "32×0×0", "0", "1", "32×11×11"):
        assert marked(SHAPES, ("s.conv1", answer), ("s.pool1", later))["s.pool1"] in ("wrong", "invalid", "convention")


def test_a_number_is_no_answer_others_follow_from_where_a_formula_is_right() -> None:
    questions = (
        '[[question]]\nid = "a"\nnet = "net s { input 3×H×H; conv: Conv(8, 5); pool: MaxPool(2) }"\n'
        'layers = ["conv", "pool"]\nquantity = "size"\n'
    )
    assert marked(questions, ("a.conv", "24"), ("a.pool", "12"))["a.pool"] == "wrong"
    assert marked(questions, ("a.conv", "H - 5"), ("a.pool", "floor((H-5)/2)"))["a.pool"] == "follow"
    assert marked(questions, ("a.conv", "H - 5"), ("a.pool", "(H-5)/2"))["a.pool"] != "follow"  # it needs a condition


def test_what_does_not_follow() -> None:
    assert marked(SHAPES, ("s.conv1", "32×23×23"), ("s.pool1", "32×10×10"))["s.pool1"] == "wrong"
    alone = '[[question]]\nid = "x"\nlayer = "pool1"\nquantity = "output"\n'
    assert marked(SHAPES + alone, ("s.conv1", "32×23×23"), ("x", "32×11×11"))["x"] == "wrong"  # it has no `after`
    found = marked(SHAPES, ("s.conv1", "24×24×32"), ("s.pool1", "32×12×12"))  # channels last is no other size
    assert found == {"s.conv1": "convention", "s.pool1": "exact", "s.conv2": "missing", "s.pool2": "missing"}


def test_the_credit_of_following() -> None:
    half = SHAPES + "credit = { follow = 0.5, M01 = 0.75 }\nmarks = 2\n"
    answers = [("s", "s.conv1", "32×23×23"), ("s", "s.pool1", "32×11×11")]
    sheet: Sheet = grade(parse_quiz(HEAD + half), answers)
    assert [str(row.credit) for row in sheet.rows[:2]] == ["3/4", "3/4"]  # the first slip explains the second row too
    assert [row.verdict for row in sheet.rows[:2]] == ["wrong", "wrong"]
    sheet = grade(
        parse_quiz(HEAD + half.replace(", M01 = 0.75", "")),
        [("s", "s.conv1", "32×23×23"), ("s", "s.pool1", "32×11×11")],
    )
    assert [(row.verdict, str(row.marks)) for row in sheet.rows[:2]] == [("wrong", "0"), ("follow", "1")]
    message = sheet.rows[1].marked.message
    assert message["en"] == "Right, given what you answered before (s.conv1: 32×23×23)."
    assert "s.conv1：32×23×23" in message["zh"] or "s.conv1: 32×23×23" in message["zh"]
