"""A quiz of twelve questions and classes of learners whose marks are known: each answer is made with its credit.

The numbers are worked out here by plain arithmetic, and share no code with what marks them.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from random import Random

HALF, QUARTER = Fraction(1, 2), Fraction(1, 4)

QUIZ = '''
title = "Twelve questions"
locale = "en"
net = """
net q { input 3×32×32; conv1: Conv(16, 5, padding=2); pool1: MaxPool(2)
        conv2: Conv(32, 3); Flatten; fc: Linear(10) }"""
credit = { convention = 0.5, M01 = 0.25, M15 = 0.25 }
[[question]]
id = "p1"
layer = "conv1"
quantity = "params"
[[question]]
id = "p2"
layer = "conv2"
quantity = "params"
marks = 2
[[question]]
id = "m1"
layer = "conv1"
quantity = "macs"
[[question]]
id = "s1"
layer = "conv1"
quantity = "size"
[[question]]
id = "s2"
layer = "pool1"
quantity = "size"
after = "s1"
[[question]]
id = "s3"
layer = "conv2"
quantity = "size"
after = ["s1", "s2"]
[[question]]
id = "o3"
layer = "conv2"
quantity = "output"
accept = ["channels_last"]
[[question]]
id = "fc"
layer = "fc"
quantity = "params"
marks = 3
[[question]]
id = "r"
layer = "conv2"
quantity = "receptive_field"
[[question]]
id = "f1"
reference = "9*C**2"
[[question]]
id = "f2"
reference = "floor((H + 2*P - K)/S) + 1"
[[question]]
id = "f3"
reference = "K**2*C_in*C_out + C_out"
'''

_P1, _P2 = (5 * 5 * 3 + 1) * 16, (3 * 3 * 16 + 1) * 32
_M1 = 32 * 32 * 5 * 5 * 3 * 16
_FC = (14 * 14 * 32 + 1) * 10

# For each question what is right, what earns a part, and what earns nothing.
_RIGHT: dict[str, tuple[str, ...]] = {
    "p1": (
        f"{_P1}",
        f"{_P1:,}",
        "(5·5·3+1)·16",
        "16*(75+1)",
        "１２１６",
        r"$16\cdot(5^2\cdot 3+1)$",
        "(75+1)*16 = 1216",
    ),
    "p2": (f"{_P2}", f"{_P2:,}", "32(9·16 + 1)", r"\left(3^2\cdot16+1\right)\cdot 32", "params = 4640"),
    "m1": (f"{_M1}", f"{_M1:,}", "32²·75·16", "32*32*5*5*3*16", "1228800 MACs", "1,228,800"),
    "s1": ("32", "32×32", "(32+4-5)/1+1", "32 x 32"),
    "s2": ("16", "16×16", "32/2"),
    "s3": ("14", "14×14", "16-3+1", "16-2 = 14"),
    "o3": ("32×14×14", "(32, 14, 14)", "[32,14,14]", "torch.Size([32, 14, 14])", "14×14×32"),
    "fc": (f"{_FC}", f"{_FC:,}", "(14·14·32 + 1)·10", "10*6272 + 10"),
    "r": ("10", "10×10", "5+1+2*2"),
    "f1": ("9C²", "9 C^2", "(3C)^2", "3·3·C·C", "9C^{2}", "10C² - C²"),
    "f2": ("⌊(H+2P-K)/S⌋+1", r"\left\lfloor\frac{H+2P-K}{S}\right\rfloor+1", "floor((H - K + 2P + S)/S)"),
    "f3": ("C_out(K²C_in + 1)", "K^2*C_in*C_out + C_out", r"C_{\text{out}}(C_{\text{in}}K^2+1)", "(K·K·C_in+1)·C_out"),
}
_PARTLY: dict[str, tuple[tuple[str, Fraction], ...]] = {
    "p1": ((f"{5 * 5 * 3 * 16}", HALF), ("75*16", HALF), (f"{(5 * 5 + 1) * 16}", QUARTER)),
    "p2": ((f"{9 * 16 * 32:,}", HALF), (f"{(9 + 1) * 32}", QUARTER)),
    "m1": ((f"{2 * _M1:,}", HALF),),
    "s1": (("31", QUARTER), ("31×31", QUARTER)),
    "s2": (),
    "s3": (),
    "o3": (("14×14", HALF),),
    "fc": ((f"{14 * 14 * 32 * 10}", HALF),),
    "r": (),
    "f1": (("9C", QUARTER),),
    "f2": (("floor((H+2P-K)/S)", QUARTER), ("(H+2P-K)/S + 1", HALF)),
    "f3": (("K²·C_in·C_out", HALF), ("(K²+1)·C_out", QUARTER)),
}
_WRONG: dict[str, tuple[str, ...]] = {
    "p1": ("1217", "77", "76·17"),
    "p2": ("4641", "146*32", "9999"),
    "m1": ("76,801", "12,345,678", "32*32*77"),
    "s1": ("40", "33×34"),
    "s2": ("5", "17"),
    "s3": ("99", "77×77"),
    "o3": ("32×140×140", "14", "7×7×77"),
    "fc": ("62731", "7·7·77", "11"),
    "r": ("77", "4"),
    "f1": ("9C³", "C²+9", "9x²"),
    "f2": ("H/S + P", "7", "H - K"),
    "f3": ("K + C_in + C_out", "K²", "2C_out"),
}
_NOISE = ("?", "I don't know", "x+", "=cmd|' /C calc'!A0", "<script>alert(1)</script>", "{{7*7}}", "1 or 2", "不会",
          "…", "9" * 3_000, "((((((", "\u202e8", "__import__('os')", "a\nb", "  ", "")  # fmt: skip

IDS = tuple(_RIGHT)
MARKS = {"p2": Fraction(2), "fc": Fraction(3)}
# s2 and s3 follow on from a wrong size: nothing that is wrong of them fits any size that is wrong before them.
Answer = tuple[str, str, str, Fraction]  # learner, question, text, marks


def school(learners: int, seed: int = 1) -> Iterator[Answer]:
    """Yield the answers of so many learners, each with the marks that it is made to earn."""
    random = Random(seed)
    for number in range(learners):
        for id_ in IDS:
            text, credit = _drawn(id_, random)
            yield f"s{number + 1:04}", id_, text, credit * MARKS.get(id_, 1)


def _drawn(id_: str, random: Random) -> tuple[str, Fraction]:
    chance = random.random()
    if chance < 0.6:
        return random.choice(_RIGHT[id_]), Fraction(1)
    if chance < 0.75 and _PARTLY[id_]:
        return random.choice(_PARTLY[id_])
    return random.choice(_WRONG[id_] if chance < 0.9 else _NOISE), Fraction(0)
