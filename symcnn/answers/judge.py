"""`check`: a text that somebody typed, and the verdict on it. Nothing but a verdict comes out of an answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from typing import Any

from symcnn.algebra.symbols import is_number
from symcnn.answers import tree, verdicts
from symcnn.answers import verdict as v
from symcnn.answers.answered import Answered, Policy
from symcnn.answers.axes import in_order, with_axes, with_powers, with_squares
from symcnn.answers.chains import ABOUT, ARROW, bracketed, chain_verdict
from symcnn.answers.conventions import known_names
from symcnn.answers.deciding import decide
from symcnn.answers.given import BudgetError, Number, UndefinedError
from symcnn.answers.labels import other_label
from symcnn.answers.messages import message, quantity_words
from symcnn.answers.names import Names
from symcnn.answers.notation import latex, plain
from symcnn.answers.order_verdicts import LEADING
from symcnn.answers.precedence import with_long_fractions
from symcnn.answers.read import read
from symcnn.answers.reading import Member, Reading
from symcnn.answers.reference import Question, question
from symcnn.answers.roots import RootLeftError, counterexample
from symcnn.answers.rounding import half_place
from symcnn.answers.unit_verdicts import unit_verdict
from symcnn.answers.unreadable import Unreadable
from symcnn.answers.verdict import Verdict
from symcnn.answers.work import OutOfWorkError, limited
from symcnn.answers.worth import worth
from symcnn.errors import SymcnnError, did_you_mean, printable
from symcnn.formula import nodes as f

_BITS = 8  # of a byte
_PRODUCT = re.compile(r"[*·⋅∗]|\\cdot")
_WITH_BIASES = ("params", "flops")
_SQUARES = ("size", "receptive_field")  # which 19² names by its sides; a jump of 2² is the product of strides
_STEPS = ("=", ABOUT, ARROW)
_RIGHT = (v.EXACT, v.ASSUME, v.CONVENTION, v.APPROX, v.ASYMP)
_INEQUALITY = ("it compares, and says no value", "这是比较，没有给出数值")
_FACTOR = ("a number was asked for, and this is a factor", "题目问的是数值，而这是倍数")
_UNDEFINED = ("it divides by zero", "出现了除以零")
_NO_TEXT = ("it is no text", "它不是文本")


def check(
    answer: str,
    reference: Any,
    *,
    symbols: Any = None,
    aliases: Mapping[str, str] | None = None,
    assume: str | Iterable[str] = (),
    locale: str | None = None,
    kind: str | None = None,
    quantity: str | None = None,
    layer: str | None = None,
    accept: str | Iterable[str] = (),
) -> Verdict:
    """Return the verdict on an answer that somebody typed: whether it is right, under what, or which slip was made.

    `reference` is what is right: an analysis (with `quantity`, and `layer` by its path), a layer of one, an expression
    of symcnn's symbols, an exact number, a shape as a tuple, or a text in the formula language. `symbols` declares
    names that the reference does not have, `aliases` other spellings; `assume` holds conditions such as "H == 56";
    `locale` says how numbers are written. `accept` names conventions and verdicts that count as right, such as "macs",
    "assume", "approx" where a rounding is asked for, or "asymp".

    Whatever the answer is, a verdict comes back; raises `SymcnnError` for a reference that is unusable.

    >>> check("18 H²", "18*H**2").verdict
    'exact'
    >>> check("H/2", "floor(H/2)").condition
    'H % 2 == 0'
    """
    asked = question(reference, symbols, assume, kind, quantity, layer)
    return judged(answer, asked, names_of(asked, _pairs(aliases)), policy_of(accept), locale)


def judged(answer: Any, asked: Question, names: Names, policy: Policy, locale: str | None = None) -> Verdict:
    """Return the verdict on an answer to a question; no other thing comes out of a text."""
    if not isinstance(answer, str):
        return verdicts.invalid(_NO_TEXT)
    try:
        with limited():
            return _judged(answer, asked, names, policy, locale)
    except Unreadable as error:
        return _unreadable(error)
    except ZeroDivisionError:
        return verdicts.invalid(_UNDEFINED)
    except SymcnnError as error:
        return verdicts.invalid(_UNDEFINED) if error.message == "division by zero" else verdicts.UNDECIDED
    except (RecursionError, MemoryError, OverflowError, BudgetError, UndefinedError, OutOfWorkError):
        return verdicts.UNDECIDED


def values_of(answer: str, asked: Question, names: Names, locale: str | None = None) -> Answered | None:
    """Return what an answer comes to at its end, right or wrong; None for one that says nothing clear."""
    try:
        readings = read(answer, names, locale=locale, form=_form(asked))
        reading = _with_sizes(readings[0], _form(asked), asked)
        if len(readings) > 1 or reading.free:
            return None
        found = answered(reading.members[-1], asked)
    except (Unreadable, SymcnnError, ArithmeticError, RecursionError, MemoryError, BudgetError, UndefinedError):
        return None
    wrongly = unit_verdict(found, asked, Policy()) or other_label(reading.label, asked)
    return None if wrongly is not None or reading.is_factor else found


def _form(asked: Question) -> str:
    return "shape" if asked.axes > 1 else asked.kind


def _judged(answer: str, asked: Question, names: Names, policy: Policy, locale: str | None) -> Verdict:
    """Return the verdict; where one size is asked, 24×24 is a shape and 3·8 a product, and what is right counts."""
    if asked.axes < 2 or asked.kind == "shape":
        form = _form(asked)
        return _judged_as(_sized(read(answer, names, locale=locale, form=form), form, asked), asked, policy)
    found: dict[str, Verdict] = {}
    refused: Unreadable | None = None
    forms = "shape", asked.kind
    known: list[tuple[Reading, ...]] = []
    for form in forms if _PRODUCT.search(answer) is None else forms[::-1]:
        try:
            readings = _sized(read(answer, names, locale=locale, form=form), form, asked)
            if readings in known:
                continue
            known.append(readings)
            found[form] = _judged_as(readings, asked, policy)
        except Unreadable as error:
            refused = refused or error
        if form in found and found[form].right:
            others = form != "shape" and found.get("shape", found[form]).verdict == v.WRONG
            if others and _is_square(read(answer, names, locale=locale, form="shape")[0], asked):
                return _as_either(*found.values())
            return found[form]
    if refused is not None and not found:
        raise refused
    return min(found.values(), key=lambda one: (v.VERDICTS.index(one.verdict), not one.slips))


def _is_square(reading: Reading, asked: Question) -> bool:
    """Tell whether an answer may be the size of each axis, 3×3 and 3², and may be a number as well."""
    sizes = [member for member in _with_sizes(reading, "shape", asked).members if member.form == "shape"]
    return any(len(set(member.items)) == 1 for member in sizes)


def _as_either(*found: Verdict) -> Verdict:
    return verdicts.ambiguous(tuple(one.reading for one in found), tuple(one.reading_text for one in found))


def _judged_as(readings: tuple[Reading, ...], asked: Question, policy: Policy) -> Verdict:
    if len(readings) > 1:
        return verdicts.ambiguous(tuple(map(latex, readings)), tuple(map(plain, readings)))
    (reading,) = readings
    if any(sign not in _STEPS for sign in reading.relations):
        return verdicts.invalid(_INEQUALITY)
    if reading.is_factor and asked.quantity:
        return verdicts.invalid(_FACTOR)
    found = _of_reading(reading, _with_free_names(asked, reading.free), policy)
    if reading.assumed and found.verdict == v.EXACT:
        found = verdicts.assume_case(reading.assumed, policy)
    elif reading.free and found.verdict == v.WRONG and (pairs := _in_other_case(reading, asked, policy)):
        found = verdicts.assume_case(pairs, policy)
    elif found.verdict == v.WRONG and (called := _without_exclamation(reading)) is not None:
        if _of_reading(called, asked, policy).verdict == v.EXACT:
            return verdicts.ambiguous((latex(called), latex(reading)), (plain(called), plain(reading)))
    elif found.verdict == v.WRONG and not found.slips and _means_long_fraction(reading, asked, policy):
        found = replace(found, message=message("long_fraction"))
    elif reading.free and found.verdict == v.WRONG and not found.slips:
        last = {
            node.name for item in reading.members[-1].items for node in tree.walked(item) if isinstance(node, f.Name)
        }
        unknown = tuple(name for name in reading.free if name in last)  # others are those that something is put in for
        found = verdicts.unknown_names(unknown, sorted(asked.given.symbols), found) if unknown else found
    if found.verdict in _RIGHT and (other := other_label(reading.label, asked)) is not None:
        found = verdicts.wrong("label_other", asked=quantity_words(asked.quantity), given=other)
    found = _with_its_note(found, reading, asked)
    repairs, chinese = reading.repairs, reading.repairs_chinese
    found = replace(found, reading=latex(reading), reading_text=plain(reading))
    return replace(found, repairs=repairs, repairs_chinese=chinese)


def _with_its_note(found: Verdict, reading: Reading, asked: Question) -> Verdict:
    """Return a verdict on a number and the note behind it on biases, which must not say the opposite."""
    counted = asked.quantity in _WITH_BIASES and any(layer.count("biases") != 0 for layer in asked.layers)
    if reading.biases is False and found.verdict == v.EXACT and counted:
        return verdicts.wrong("biases_counted")
    if reading.biases is True and found.convention == "no_bias":
        return verdicts.wrong("biases_left_out")
    return found


def _sized(readings: tuple[Reading, ...], form: str, asked: Question) -> tuple[Reading, ...]:
    return readings if len(readings) > 1 else (_with_sizes(readings[0], form, asked),)


def _with_sizes(reading: Reading, form: str, asked: Question) -> Reading:
    """Return a reading with the names of its sizes, and as a shape where it is a power of the size of each axis."""
    reading = with_axes(reading)
    if asked.kind == "shape":
        return with_powers(reading, len(asked.value))
    powers = form == "shape" and asked.quantity in _SQUARES
    return with_squares(reading, asked.axes) if powers else reading


def _of_reading(reading: Reading, asked: Question, policy: Policy) -> Verdict:
    members = reading.members
    if _says_nothing(reading):
        return verdicts.invalid(("", ""), "tautology")
    try:
        worths = tuple(answered(member, asked) for member in members)
    except RootLeftError:
        found = None if len(members) > 1 or asked.kind == "shape" else _by_a_point(members[0], asked)
        if found is None:
            raise
        return found
    texts = tuple(printable(bracketed(member.span)) for member in members)
    return chain_verdict(worths, reading.relations, texts, asked, policy)


def _says_nothing(reading: Reading) -> bool:
    """Tell whether a chain is H = H or 832 = 832; of 9CM = 9·C·M each side is an answer by itself."""
    members = reading.members
    return (
        len(members) > 1
        and ARROW not in reading.relations
        and len({member.items for member in members}) == 1
        and all(isinstance(item, (f.Name, f.Number)) for item in members[0].items)
    )


def _by_a_point(member: Member, asked: Question) -> Verdict | None:
    """Return that an answer in which a root is left is wrong, with sizes at which it is rational and shows it."""
    if member.form != "formula" or member.unit is not None:
        return None
    found = counterexample(member.items[0], asked.value, asked.given)
    return None if found is None else verdicts.wrong(found=found)


def _in_other_case(reading: Reading, asked: Question, policy: Policy) -> tuple[tuple[str, str], ...]:
    """Return (as written, as meant) where an answer is right if names that nobody declared are in the other case."""
    symbols = asked.given.symbols
    same = {name: [s for s in symbols if s.casefold() == name.casefold()] for name in reading.free}
    if any(len(found) != 1 for found in same.values()):
        return ()
    pairs = tuple((name, found[0]) for name, found in same.items())
    verdict = _of_reading(reading, replace(asked, given=asked.given.with_spellings(dict(pairs))), policy).verdict
    return pairs if verdict == v.EXACT else ()


def _without_exclamation(reading: Reading) -> Reading | None:
    """Return a reading without the ! at its end, which may be a factorial or not, as in 832!."""
    *others, last = reading.members
    match last.items:
        case (tree.Factorial(inner),) if isinstance(inner, f.Number):
            return replace(reading, members=(*others, replace(last, items=(inner,))))
    return None


def _means_long_fraction(reading: Reading, asked: Question, policy: Policy) -> bool:
    """Tell whether an answer is right if brackets were forgotten below a fraction bar."""
    last = reading.members[-1]
    parts = (part for item in last.items for part in tree.walked(item))
    if not any(isinstance(part, f.Product) and "/" in part.operators for part in parts):
        return False
    items = tuple(map(with_long_fractions, last.items))
    if items == last.items:
        return False
    return decide(answered(replace(last, items=items), asked), asked, policy).verdict == v.EXACT


def answered(member: Member, asked: Question) -> Answered:
    """Return what a member of an answer is worth, in the quantity's own unit."""
    truncates = any(isinstance(part, tree.Truncated) for item in member.items for part in tree.walked(item))
    arithmetic = asked.given.arithmetic if truncates else asked.given.quick_arithmetic  # of what is not negative
    symbols = asked.given.meanings
    divisors: list[Any] = []
    values = tuple(worth(item, arithmetic, symbols, divisors) for item in member.items)
    values = in_order(values, member.names)
    factor: Number = 1 if member.unit is None else member.unit.factor
    half = member.half_unit
    if asked.kind == "bytes" and member.unit is not None and member.unit.quantity == "bits":
        factor = Fraction(factor, _BITS)
    if factor != 1:
        values = tuple(arithmetic.product([value, factor], []) for value in values)
        half = None if half is None else half * factor
    sign = member.order
    if member.approximate and member.form == "formula":
        if not is_number(values[0]):
            sign = sign or LEADING
        elif half is None:
            half = half_place(values[0])
    return Answered(
        values, member.form == "shape", sign, half, member.unit, tuple(dict.fromkeys(divisors)), bool(member.names)
    )


@lru_cache(maxsize=4096)
def _with_free_names(asked: Question, free: tuple[str, ...]) -> Question:
    """Return the question with more symbols: those of the answer that nobody declared may be anything."""
    return replace(asked, given=asked.given.with_symbols(free), free=free) if free else asked


def _unreadable(error: Unreadable) -> Verdict:
    english, chinese = map(printable, error.words)
    return verdicts.invalid((english, chinese))


def _pairs(aliases: Mapping[str, str] | None) -> tuple[tuple[str, str], ...]:
    return () if aliases is None else tuple(sorted((str(a), str(b)) for a, b in aliases.items()))


@lru_cache(maxsize=1024)
def names_of(asked: Question, aliases: tuple[tuple[str, str], ...] = ()) -> Names:
    """Return the names that an answer to a question may use."""
    return Names(sorted(asked.given.symbols), dict(aliases))


def policy_of(accept: str | Iterable[str]) -> Policy:
    """Return what is accepted; raises `SymcnnError` for a name that cannot be."""
    names = (accept,) if isinstance(accept, str) else tuple(accept)
    return _known_policy(names)


@lru_cache(maxsize=1024)
def _known_policy(names: tuple[str, ...]) -> Policy:
    known = (v.ASSUME, v.CONVENTION, v.APPROX, v.ASYMP, *known_names())
    for name in names:
        if name not in known:
            raise SymcnnError(f"'{name}' cannot be accepted", hint=did_you_mean(str(name), known, ", ".join(known)))
    return Policy(frozenset(names))
