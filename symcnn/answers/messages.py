"""What is said of an answer, in English and in Chinese: a sentence or two that a teacher would sign."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import floor, log10

from symcnn.algebra.conditions import FRACTIONAL, INTEGRAL, Condition, congruence
from symcnn.algebra.polynomial import ONE, Polynomial, add, as_expression
from symcnn.algebra.quotient import Quotient, quotient
from symcnn.algebra.symbols import Value, is_number
from symcnn.analysis.result import relation_text
from symcnn.answers.given import Stated
from symcnn.formula.express import shown
from symcnn.library.quantities import QUANTITIES

LANGUAGES = ("en", "zh")
_LONGEST_SHOWN = 80  # bits of a number, some 24 digits
_DIGITS, _IN_DIGITS = 6, range(-4, 6)  # of a long number so many are told, where with zeros it has few places
_ROUNDED = 6  # places of a logarithm: that of 10^4000 is 4000
_SIGNS = (("**", "^"), ("==", "="), ("!=", "≠"), (">=", "≥"), ("<=", "≤"), ("*", "·"))
Words = tuple[str, str]  # the same in English and in Chinese

_MESSAGES: dict[str, Words] = {
    "exact": ("Right.", "正确。"),
    "assume": ("Right if {condition}; in general it is not.", "当{condition}时正确；一般情况下不成立。"),
    "assume_case": ("Right, if {repair}: case matters in formulas.", "若{repair}，则正确：公式中区分大小写。"),
    "assume_slip": (
        "Right only if {condition}; in general it is not: {slip}.",
        "仅当{condition}时正确；一般情况下不成立：{slip}。",
    ),
    "convention": (
        "Right under another convention: {convention}.",
        "按另一种约定是正确的：{convention}。",
    ),
    "convention_slip": (
        "Right under another convention: {convention}. It also comes of a mistake: {slip}.",
        "按另一种约定是正确的：{convention}。但也可能出于错误：{slip}。",
    ),
    "convention_accepted": ("Right: {convention}.", "正确：{convention}。"),
    "convention_rounded": (
        "A rounding of the right value under another convention: {convention}.",
        "是另一种约定下正确值的近似：{convention}。",
    ),
    "unit_binary": (
        "Right if {unit} is meant as {other}: {unit} counts in powers of 1000, {other} in powers of 1024.",
        "若把 {unit} 理解为 {other} 则正确：{unit} 以 1000 进位，{other} 以 1024 进位。",
    ),
    "unit_decimal": (
        "Right if {unit} is meant as {other}: {unit} counts in powers of 1024, {other} in powers of 1000.",
        "若把 {unit} 理解为 {other} 则正确：{unit} 以 1024 进位，{other} 以 1000 进位。",
    ),
    "unit_rate": (
        "The number is right, but {unit} is a speed, operations per second; the operations are FLOPs.",
        "数值正确，但 {unit} 是速度（每秒运算次数）；运算次数应写作 FLOPs。",
    ),
    "unit_other": (
        "The number is right, but it counts {asked}, and not {given}.",
        "数值正确，但单位应是{asked}，而不是{given}。",
    ),
    "approx": (
        "This is the right value, rounded; the exact one was asked for.",
        "这是正确值的近似；题目要求精确值。",
    ),
    "approx_asked": ("Right, to the places given.", "在所给位数内正确。"),
    "asymp": ("The right order of growth.", "增长阶正确。"),
    "asymp_leading": ("The right leading term.", "主项正确。"),
    "asymp_unasked": (
        "The right order of growth, but the formula itself was asked for.",
        "增长阶正确，但题目要求的是公式本身。",
    ),
    "order_loose": (
        "It does not grow faster than this, but this is not its order: a smaller bound holds.",
        "增长确实不超过此阶，但这不是它的阶：还有更小的界。",
    ),
    "order_sign": (
        "An order is that of a positive function, and this is {answer} for {point}.",
        "阶应由正函数给出，而此式当{point}时为 {answer}。",
    ),
    "order_sign_number": (
        "An order is that of a positive function, and this is {answer}.",
        "阶应由正函数给出，而这是 {answer}。",
    ),
    "order_wrong": ("This is not how it grows.", "增长阶不对。"),
    "inconsistent": (
        "The step {left} {sign} {right} is false{values}.",
        "等式 {left} {sign} {right} 不成立{values}。",
    ),
    "inconsistent_right": (
        "The {end} is right, but the step {left} {sign} {right} is false{values}.",
        "{end}正确，但等式 {left} {sign} {right} 不成立{values}。",
    ),
    "truncated": (
        "The number was cut off and not rounded: the next digit is 5 or more.",
        "这是直接截断而不是四舍五入：下一位不小于 5。",
    ),
    "rounded_up": (
        "The number was rounded up: the next digit is less than 5.",
        "这里向上取了整：下一位小于 5，应舍去。",
    ),
    "not_whole": ("The right value is a whole number, and this is none.", "正确值是整数，而这个不是。"),
    "label_other": (
        "The number is right, but the question is about {asked}, and this says {given}.",
        "数值正确，但题目问的是{asked}，而这里写的是 {given}。",
    ),
    "biases_counted": (
        "The number counts the biases, and the note says that it does not.",
        "该数值计入了偏置，而说明写的是不含偏置。",
    ),
    "biases_left_out": (
        "The number leaves the biases out, and the note says that it counts them.",
        "该数值未计入偏置，而说明写的是含偏置。",
    ),
    "order_of_number": (
        "An order of growth says nothing of a number: the number itself was asked for.",
        "增长阶不能说明一个数值：题目要求写出数值本身。",
    ),
    "zeros": (
        "Not right to the places given, zeros included: write {number} to show that it is rounded.",
        "按所给的各位（包括末尾的零）不正确：若是近似值，请写作 {number}。",
    ),
    "wrong": ("Not right.", "不正确。"),
    "wrong_slip": ("Not right: {slip}.", "不正确：{slip}。"),
    "wrong_slip_rounded": ("Not right: {slip}; and round down.", "不正确：{slip}；并且要向下取整。"),
    "long_fraction": (
        "Not right as it stands: put brackets around what stands below the line; a/b·c is (a/b)·c.",
        "按所写的不正确：请给分母加括号；a/b·c 的意思是 (a/b)·c。",
    ),
    "wrong_unknown_of": (
        "Not right: the question has no symbol {names}; its symbols are {known}.",
        "不正确：题目中没有符号 {names}；题目中的符号是 {known}。",
    ),
    "wrong_unknown": (
        "Not right: the question has no symbol {names}.",
        "不正确：题目中没有符号 {names}。",
    ),
    "wrong_at": (
        "Not right: for {point} it gives {answer}, and {expected} is right.",
        "不正确：当{point}时得到 {answer}，而正确值是 {expected}。",
    ),
    "wrong_by": (
        "Not right: for {point} it is off by {answer}.",
        "不正确：当{point}时与正确值相差 {answer}。",
    ),
    "undefined_at": ("Not right: it is not defined for {point}.", "不正确：当{point}时没有意义。"),
    "elements": (
        "This is the number of values, and the shape was asked for.",
        "这是元素总数，而题目问的是形状。",
    ),
    "area": (
        "This is the number of positions in it, and its size along one axis was asked for.",
        "这是其中位置的总数，而题目问的是一条边的大小。",
    ),
    "wants_shape": ("A shape was asked for: its sizes one by one.", "题目问的是形状，应逐个写出各维大小。"),
    "wants_number": ("One value was asked for, and not several.", "题目问的是一个值，而不是几个。"),
    "axes": (
        "The number of sizes in the shape is {expected}, and here it is {given}.",
        "形状有 {expected} 个维度，而这里给出 {given} 个。",
    ),
    "ambiguous": (
        "This can be read in {count} ways: {readings}. Write it so that only one is left.",
        "这有 {count} 种读法：{readings}。请写得没有歧义。",
    ),
    "invalid": ("This cannot be read as an answer: {reason}.", "无法作为答案读取：{reason}。"),
    "tautology": (
        "This says that something equals itself, which is no answer.",
        "这只是说某个式子等于它自己，不是答案。",
    ),
    "undecided": (
        "Whether this is right could not be decided within bounds; please look at it yourself.",
        "在限定的计算量内无法判定是否正确，请人工查看。",
    ),
}


def quantity_words(quantity: str) -> Words:
    """Return what a quantity is called; a counting convention has its own name in every language."""
    return QUANTITIES.get(quantity, (quantity.replace("_", " "), quantity))


def message(key: str, **words: Words | str) -> dict[str, str]:
    """Return a message in all languages; a word is one text for all, or one for each."""
    return {
        language: text.format(**{n: w if isinstance(w, str) else w[place] for n, w in words.items()})
        for place, (language, text) in enumerate(zip(LANGUAGES, _MESSAGES[key], strict=True))
    }


def condition_words(claims: tuple[Stated, ...]) -> Words:
    """Return conditions in words: `H is even`, `H + 2·P − K is divisible by S`."""
    said = [_words(claim) for claim in claims]
    return " and ".join(en for en, _ in said), "且".join(zh for _, zh in said)


def _words(claim: Stated) -> Words:
    if isinstance(claim, Condition) and claim.claim == FRACTIONAL:
        return _words_of_none(claim)
    if isinstance(claim, Condition) and claim.claim == INTEGRAL:
        found = congruence(claim)
        if found is None:
            over = quotient(claim.polynomial)
            top, bottom = (shown(as_expression(p)) for p in (over.numerator, _denominator(over)))
            return f"{top} is divisible by {bottom}", f" {top} 能被 {bottom} 整除"
        name, modulus, residue = found[0].name, found[1], found[2]
        if modulus == 2:
            return f"{name} is {('even', 'odd')[residue]}", f" {name} 为{('偶数', '奇数')[residue]}"
        if residue == 0:
            return f"{name} is divisible by {modulus}", f" {name} 能被 {modulus} 整除"
        return f"{name} leaves the remainder {residue} by {modulus}", f" {name} 除以 {modulus} 余 {residue}"
    text = relation_text(claim)
    for written, sign in _SIGNS:
        text = text.replace(written, sign)
    return text, f" {text} "


def _words_of_none(claim: Condition) -> Words:
    """Return in words that something is not divisible: `H is odd`, `H is not divisible by 3`."""
    opposite = claim.negated()
    found = congruence(opposite)
    if found is not None and found[1] == 2:
        odd = add(claim.polynomial, {ONE: Fraction(1, 2)})
        return _words(Condition(frozenset(odd.items()), INTEGRAL))
    english, chinese = _words(opposite)
    if "is divisible" in english:
        return english.replace("is divisible", "is not divisible"), chinese.replace("能被", "不能被")
    return english.replace("leaves", "does not leave"), chinese.replace("余", "不余")


def _denominator(over: Quotient) -> Polynomial:
    return add({}, {over.monomial: over.number})


def point_words(values: Mapping[str, object]) -> Words:
    """Return values of symbols: `H = 7, K = 3`."""
    listed = [f"{name} = {value}" for name, value in values.items()]
    return ", ".join(listed), " " + "，".join(listed) + " "


def value_text(value: Value | tuple[Value, ...] | None) -> str:
    """Return a value, or a shape, as text; of a very long number how long it is."""
    if isinstance(value, tuple):
        return "×".join(map(value_text, value))
    if value is None:
        return ""
    if is_number(value) and max(value.numerator.bit_length(), value.denominator.bit_length()) > _LONGEST_SHOWN:
        return _about(value)
    return shown(value)


def _about(number: int | Fraction) -> str:
    """Return the magnitude of a number, or a few of its digits where that says more: ≈ 10^4000, ≈ 1.41421."""
    exponent = floor(round(log10(abs(number.numerator)) - log10(number.denominator), _ROUNDED))
    sign = "−" if number < 0 else ""
    if exponent not in _IN_DIGITS:
        return f"≈ {sign}10^{exponent}"
    return f"≈ {sign}{float(-number if number < 0 else number):.{_DIGITS}g}"
