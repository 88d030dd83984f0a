"""What stands around formulas: labels, units, repairs, names, locales; and where an error is."""

from __future__ import annotations

from fractions import Fraction

import pytest

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.answers.names import Names
from symcnn.answers.notation import latex
from symcnn.answers.read import read
from symcnn.answers.reading import Reading
from symcnn.answers.unreadable import Unreadable
from symcnn.answers.worth import measured, worth
from symcnn.errors import SymcnnError

NAMES = Names(["H", "W", "C", "K", "S", "P", "L", "C_in", "C_out", "N"])


def one(text: str, names: Names = NAMES, locale: str | None = None, form: str | None = "formula") -> Reading:
    (found,) = read(text, names, locale=locale, form=form)
    return found


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("params = 832", "params"),
        ("Answer: 832", "Answer"),
        ("The number of parameters is 832.", "The number of parameters"),
        ("H_out = 832", "H_out"),
        ("H_out = W_out = 832", "H_out = W_out"),
        ("f(H) = 832", "f(H)"),
        (r"\text{params} = 832", "params"),
        ("conv1 params: 832", "conv1 params"),
        ("832", ""),
        ("= 832", ""),
    ],
)
def test_labels_are_told_from_formulas(text: str, label: str) -> None:
    found = one(text)
    assert found.label == label
    assert len(found.members) == 1
    assert worth(found.members[0].items[0], Arithmetic()) == 832


def test_a_declared_symbol_on_the_left_is_a_member() -> None:
    found = one("H = 832")
    assert (found.label, found.relations, len(found.members)) == ("", ("=",), 2)


@pytest.mark.parametrize(
    ("text", "quantity", "value", "half"),
    [
        ("832 parameters", "params", 832, None),
        ("832个参数", "params", 832, None),
        ("Il y a 832 paramètres", "params", 832, None),
        ("832 weights and biases", "params", 832, None),
        ("4.1 GMACs", "macs", 4_100_000_000, 50_000_000),
        ("4.1 G MACs", "macs", 4_100_000_000, 50_000_000),
        ("1.8 GFLOPs", "flops", 1_800_000_000, 50_000_000),
        ("1.8 GFLOPS", "flops_per_second", 1_800_000_000, 50_000_000),
        ("1.8 GFLOP/s", "flops_per_second", 1_800_000_000, 50_000_000),
        ("302 M multiply-adds", "macs", 302_000_000, 500_000),
        ("300 M multiply-adds", "macs", 300_000_000, 50_000_000),
        ("60 kilobytes", "bytes", 60_000, 5_000),
        ("61.38 kb", "bytes", 61_380, 5),
        ("98 MiB", "bytes", 98 * 2**20, Fraction(2**19)),
        ("98 MB", "bytes", 98_000_000, Fraction(500_000)),
        ("98.5 kB", "bytes", 98_500, 50),
        ("98 Mo", "bytes", 98_000_000, Fraction(500_000)),
        ("98 Mebibytes", "bytes", 98 * 2**20, Fraction(2**19)),
        ("98兆字节", "bytes", 98_000_000, Fraction(500_000)),
        ("16 weight layers", "weight_layers", 16, None),
        ("four layers", "layers", 4, None),
        ("1.2 million parameters", "params", 1_200_000, 50_000),
        ("1.2B params", "params", 1_200_000_000, 50_000_000),
        ("no parameters", "params", 0, None),
        ("zero MACs", "macs", 0, None),
        (r"18 \text{ MACs}", "macs", 18, None),
    ],
)
def test_units_say_what_is_counted(text: str, quantity: str, value: int, half: int | None) -> None:
    (member,) = one(text, Names(())).members
    assert member.unit is not None
    assert member.unit.quantity == quantity
    assert measured(member, Arithmetic()) == (value, half)


@pytest.mark.parametrize(
    ("text", "value", "half"),
    [
        ("25.6M", 25_600_000, 50_000),
        ("25,6M", 25_600_000, 50_000),
        ("62K", 62_000, 500),
        ("236万", 2_360_000, 5_000),
        ("3亿4000万", 340_000_000, 5_000_000),
        ("3亿4001万", 340_010_000, 5_000),
        ("~920k", 920_000, 5_000),
        ("60k", 60_000, 5_000),
        ("1.00M", 1_000_000, 5_000),
        ("6900万", 69_000_000, 500_000),
        ("20e6", 20_000_000, 5_000_000),
        ("10^6", 1_000_000, 500_000),
        ("2B", 2_000_000_000, 500_000_000),
        ("2.36百万", 2_360_000, 5_000),
        ("1.8e9", 1_800_000_000, 50_000_000),
        ("2e6", 2_000_000, 500_000),
        (r"1.85\times10^3", 1850, 5),
        ("1.85×10³", 1850, 5),
        ("2*10^6", 2_000_000, 500_000),
        ("0.5%", Fraction(1, 200), Fraction(1, 2000)),
        ("831.9999", Fraction(8319999, 10000), Fraction(1, 20000)),
        ("½", Fraction(1, 2), None),
        ("2½", Fraction(5, 2), None),
        ("4x", 4, None),
        ("(5x5x3+1)x32", 2432, None),
        ("∴ 832 ✓", 832, None),
        ("# params: 832", 832, None),
        ('"832"', 832, None),
        ("×4", 4, None),
        ("about 832", 832, None),
        ("4 Mrd.", 4_000_000_000, 500_000_000),
        ("9{,}248", 9248, None),
        ("12,34,567", 1_234_567, None),
    ],
)
def test_numbers_with_what_scales_and_rounds_them(
    text: str, value: Fraction | int, half: Fraction | int | None
) -> None:
    (member,) = one(text, Names(()), form="number").members
    assert measured(member, Arithmetic()) == (value, half)


@pytest.mark.parametrize(
    "text",
    ["zero", "none", "零", "无", "keine", "null", "cero", "nothing", "ноль", "0"],
)
def test_words_for_nothing(text: str) -> None:
    assert worth(one(text, Names(())).members[0].items[0], Arithmetic()) == 0


@pytest.mark.parametrize(
    ("text", "locale", "value"),
    [
        ("9.248", "de", 9248),
        ("9.248", "en", Fraction(9248, 1000)),
        ("9,248", "de", Fraction(9248, 1000)),
        ("9,248", "en_GB", 9248),
        ("1.234,5", "fr_CA", Fraction(12345, 10)),
        ("1'234.5", "de-CH", Fraction(12345, 10)),
        ("9{,}248", "de", Fraction(9248, 1000)),
        ("9 248,5", "fr", Fraction(92485, 10)),
    ],
)
def test_a_locale_decides_what_points_and_commas_are(text: str, locale: str, value: Fraction | int) -> None:
    assert worth(one(text, Names(()), locale=locale).members[0].items[0], Arithmetic()) == value


def test_an_unknown_locale_is_the_teachers_error() -> None:
    with pytest.raises(SymcnnError, match="unknown locale 'xx'") as caught:
        read("832", NAMES, locale="xx")
    assert not isinstance(caught.value, Unreadable)


@pytest.mark.parametrize(
    ("text", "form", "shown"),
    [
        ("9.248", None, ["9.248", "9{,}248"]),
        ("H/2W", None, [r"\frac{H}{2 W}", r"\frac{H}{2} W"]),
        ("[H/2]", None, [r"\left(\frac{H}{2}\right)", r"\left\lfloor \frac{H}{2} \right\rfloor"]),
        ("(1,024, 7)", "shape", [r"\left(1, 24, 7\right)", r"\left(1{,}024, 7\right)"]),
        ("64, 32×32", "shape", [r"\left(64, 32 \cdot 32\right)", r"\left(64, 32, 32\right)"]),
    ],
)
def test_what_is_ambiguous_has_all_its_readings(text: str, form: str | None, shown: list[str]) -> None:
    assert [latex(reading) for reading in read(text, NAMES, form=form)] == shown


@pytest.mark.parametrize(
    "text",
    ["9.248 + 1.5", "9.248 + 9,248", "9.248 + 1,5", "9.248 + 1.234.567", "0.248", "9.248e3", "9.248 GMACs", "9.248%"],
)
def test_what_stands_beside_a_number_settles_it(text: str) -> None:
    assert len(read(text, Names(()))) == 1


@pytest.mark.parametrize(
    ("text", "repair", "chinese"),
    [
        ("５×５", "full-width characters read as plain ones", "全角字符按普通字符读"),
        ("K²", "superscripts read as powers", "上标按乘方读"),
        ("Cᵢₙ", "subscripts read as part of the name", "下标作为名称的一部分"),
        ("С", "Cyrillic С read as C", "С 按拉丁字母 C 读"),
        ("Η", "Greek Η read as H", "Η 按拉丁字母 H 读"),
        ("H·W", "· read as times", "· 按乘号读"),
        ("H − W", "− read as minus", "− 按减号读"),
        ("½", "½ read as 1/2", "½ 按 1/2 读"),
        ("8\u200b3", "invisible characters left out", "略去不可见字符"),
        ("18\u00a0H", "special spaces read as spaces", "特殊空格按空格读"),
        ("Cin", "Cin read as C_in", "Cin 按 C_in 读"),
        ("**832**", "marks around the answer left out", "略去答案外的标记"),
        ("832 (3.25 KB)", "the size in bytes behind the number left out", "略去数字后的字节数"),
        ("H + 1  # one more", "the comment left out", "略去注释"),
        ("H:2", ": read as divided by", ": 按除号读"),
        ("832 (= 26*32)", "the working in brackets read as a step", "括号中的算式按一步计算读"),
    ],
)
def test_each_repair_is_listed_once(text: str, repair: str, chinese: str) -> None:
    found = one(f"{text}")
    assert repair in found.repairs
    assert found.repairs_chinese[found.repairs.index(repair)] == chinese
    assert len(set(found.repairs)) == len(found.repairs)


def test_plain_text_needs_no_repair() -> None:
    assert one(r"18*H^2 + \frac{C_{in}}{2}").repairs == ()


def test_names_that_differ_in_case_are_assumed_and_said() -> None:
    assert one("k^2 h").assumed == (("k", "K"), ("h", "H"))
    assert one("k^2", Names(["k", "K"])).assumed == ()
    assert one("kh", Names(["k", "K", "H"])).assumed == (("h", "H"),)


def test_the_echo_of_a_product_is_no_mixed_number() -> None:
    assert latex(one(r"2 \cdot \frac{1}{2}")) == r"2 \left(\frac{1}{2}\right)"


def test_names_that_nothing_declares_are_free() -> None:
    assert one("18*H*Q + area*2").free == ("Q", "area")
    assert one(r"\sum_{i=1}^{L} i").free == ()
    assert one("cin*K", Names(["C_in", "K"], {"cin": "C_in"})).free == ()


@pytest.mark.parametrize(
    "text", [r"C_{\text{in}}", r"C_\mathrm{in}", "C_{in}", "C_in", "Cᵢₙ", r"\mathrm{C}_{in}", r"C_{\rm in}"]
)
def test_one_name_in_many_dresses(text: str) -> None:
    assert latex(one(text)) == r"C_{\mathrm{in}}"


@pytest.mark.parametrize(
    "name", ["N", "S", "E", "I", "O", "Q", "pi", "lambda", "beta", "gamma", "zeta", "in", "or", "x", "e", "M"]
)
def test_a_declared_name_is_a_symbol_whatever_it_means_elsewhere(name: str) -> None:
    found = one(f"3*{name}*H", Names([name, "H"]))
    assert found.free == ()
    assert str(worth(found.members[0].items[0], Arithmetic())) in (f"3*{name}*H", f"3*H*{name}")


def test_shapes_have_names_and_chains() -> None:
    (member,) = one("C=64, H=32, W=32", form="shape").members
    assert (member.names, len(member.items)) == (("C", "H", "W"), 3)
    found = one("3x224x224 → 64x112x112", form="shape")
    assert found.relations == ("→",)
    assert [len(member.items) for member in found.members] == [3, 3]


@pytest.mark.parametrize(
    "text", ["O(H^2)", r"\mathcal{O}(H^2)", "Θ(H²)", r"\Omega\left(H^2\right)", "o(H^2)", "~H^2", r"\sim H^2"]
)
def test_orders(text: str) -> None:
    (member,) = one(text, form="order").members
    assert member.form == "order"
    assert member.order in ("O", "Θ", "Ω", "o", "~")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r"\sum_{l=0}^{L-1} 2^l", "2**L - 1"),
        (r"\prod_{l=1}^{L} S", "S**L"),
        ("Sum(2**l, (l, 0, L-1))", "2**L - 1"),
        (r"\sum_{l=1}^{10} l^2", "385"),
        (r"\sum_{l=1}^{1000000000000} l", "500000000000500000000000"),
        (r"\sum_{l=5}^{4} l", "0"),
        (r"\prod_{l=5}^{4} l", "1"),
        (r"\sum_{a=1}^{3} \sum_{b=1}^{a} b", "10"),
        ("5!", "120"),
        (r"\sqrt[3]{27}", "3"),
        ("sqrt(H^2)", "H"),
        ("max(3, 5, 4)", "5"),
        ("int(7/2)", "3"),
        ("int(0-7/2)", "-3"),
        ("-7//2", "-4"),
        ("7 mod 4", "3"),
        (r"\binom{H}{2}", "H*(H - 1)/2"),
        (r"{5 \choose 2}", "10"),
        ("comb(5, 3)", "10"),
        (r"\binom{3}{5}", "0"),
        ("H!/(H-2)!", "H*(H - 1)"),
        ("H squared", "H**2"),
        ("2 hoch L", "2**L"),
        ("H mal W", "H*W"),
        ("6:2", "3"),
        (r"\sum_{i=0}^{L-1} (-1)^i", "L - 2*floor(L/2)"),
        ("sum_(i=1)^(L) i", "L*(L + 1)/2"),
    ],
)
def test_what_an_expression_is_worth(text: str, value: str) -> None:
    assert str(worth(one(text).members[0].items[0], Arithmetic())) == value


def test_symbols_of_the_question_are_used() -> None:
    from symcnn.algebra.symbols import NONNEGATIVE, symbol

    padding = symbol("P", NONNEGATIVE)
    assert worth(one("2P").members[0].items[0], Arithmetic(), {"P": padding}) == 2 * padding


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("8\x002", "characters"),
        ("9" * 5000, "size"),
        ("I don't know", "prose"),
        ("18H^2 or 1", "hedged"),
        ("832; 9248", "several"),
        (r"\boxed{832} \boxed{833}", "several"),
        ("3, 4, 8", "several"),
        ("H × × W", "syntax"),
        ("log(L)", "unknown"),
        ("nan", "undefined"),
        ("N/A", "prose"),
        (">832", "syntax"),
        (r"H \ 2", "unknown"),
        ("H(H+1) choose 2", "syntax"),
    ],
)
def test_a_refusal_has_its_reason_in_two_languages(text: str, reason: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read(text, NAMES, form="formula")
    assert caught.value.reason == reason
    assert caught.value.chinese


@pytest.mark.parametrize(
    ("text", "reason"),
    [(r"\binom{H}{W}", "size"), (r"\binom{H}{1/2}", "undefined"), (r"\binom{H}{40}", "size"), ("H!", "size")],
)
def test_what_is_not_worked_out_has_its_reason(text: str, reason: str) -> None:
    with pytest.raises(Unreadable) as caught:
        worth(one(text).members[0].items[0], Arithmetic())
    assert caught.value.reason == reason
    assert any("\u4e00" <= letter <= "\u9fff" for letter in caught.value.chinese)
