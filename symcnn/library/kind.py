"""A layer kind with its rules compiled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any, TypeGuard

from symcnn.errors import SymcnnError, did_you_mean
from symcnn.formula.meaning import FOLDS, Vocabulary, meaning
from symcnn.formula.nodes import (
    PLAIN,
    Apply,
    Choice,
    Comparison,
    Formula,
    Logic,
    Name,
    Not,
    Number,
    Text,
    Truth,
    children,
    names,
)
from symcnn.formula.values import Frame, Meaning
from symcnn.library.defaults import default_formula, default_rule
from symcnn.library.rules import ASKED, COUNTED, INPUT_NAMES, OUTPUT_NAMES, PER_AXIS_NAMES, RULES, UNKNOWN, WINDOW
from symcnn.tree import Called, Layer, LayerParameter, Slip

# A rule may use the names that are known when it is worked out.
_BEFORE_SIZE = (*WINDOW, "size", "joins", "gates", "axes", "channels")
_UNMISTAKABLE = ("demands", "called", "defaults", "words", "sided", "slips")  # what no mistake changes is compiled once


@dataclass(frozen=True)
class Demand:
    """A requirement, compiled; `symbols` are the arguments it speaks of, `spoken` what stands for them in formulas.

    `fixed`: else it asks at most for the number of axes.
    """

    test: Meaning
    formula: Formula
    hint: str | None
    per_axis: bool
    symbols: tuple[str, ...]
    spoken: tuple[str, ...]
    fixed: bool


class Kind:
    """What a `layer` definition means. Raises `SymcnnError` for a rule that cannot be understood."""

    def __init__(self, definition: Layer) -> None:
        self.definition = definition
        self.name = definition.name
        self.parameters = {parameter.name: parameter for parameter in definition.parameters}
        # By the identities of slips, which are kept with them: no other gets the same.
        self._mistaken: dict[tuple[int, ...], tuple[tuple[Slip, ...], Kind]] = {}
        self._mistakes: dict[int, tuple[Slip, Meaning]] = {}
        self._spoken_by: dict[int, tuple[Slip, tuple[str, ...]]] = {}
        self._plain_defaults: dict[int, dict[str, Any]] = {}  # by the number of axes
        self.symbols = tuple(parameter.symbol for parameter in definition.parameters)
        self._check_names()

    @cached_property
    def rules(self) -> dict[str, Meaning]:
        """The rules by name, in the order in which they are worked out."""
        written = dict(self.definition.rules)
        return {name: self._rule(name, written.get(name)) for name in RULES}

    @cached_property
    def constants(self) -> dict[str, int]:
        """The rules that are a number whatever the arguments are, such as no parameters of an activation."""
        values = ((name, formula.value) for name, formula in self.formulas.items() if isinstance(formula, Number))
        return {name: value for name, value in values if isinstance(value, int)}

    @cached_property
    def spoken(self) -> dict[str, tuple[str, ...]]:
        """The names that each rule speaks of, `prod` and `first` among them, with which it speaks of all axes."""
        return {name: self.spoken_in(formula) for name, formula in self.formulas.items()}

    @cached_property
    def folding(self) -> frozenset[str]:
        """The rules that speak of all axes at once."""
        return frozenset(name for name, spoken in self.spoken.items() if not set(spoken).isdisjoint(FOLDS))

    @cached_property
    def settles(self) -> bool:
        """Whether the arguments say what all parameters are, whatever the input is."""
        defaults = (parameter.default for parameter in self.definition.parameters if parameter.default is not None)
        return not any(node.name in INPUT_NAMES for default in defaults for node in names(default))

    @cached_property
    def keeps_size(self) -> bool:
        """Whether the output is as large as the input."""
        return self.formulas["size"] == Name("n")

    @cached_property
    def shaped_by(self) -> tuple[str, ...] | None:
        """The arguments, by symbol, that say with the sizes what becomes of axes; None where channels do so too."""
        spoken = {symbol for name in (*WINDOW, "size", "axes") for symbol in self.spoken[name]}
        return None if spoken & {"C", "inputs"} else tuple(symbol for symbol in self.symbols if symbol in spoken)

    @cached_property
    def keeps_channels(self) -> bool:
        """Whether the output has as many channels as the input."""
        return self.formulas["channels"] == Name("C")

    @cached_property
    def sure(self) -> bool:
        """Whether what is counted is decided wherever the arguments and the channels are numbers."""
        settled = {*self.symbols, "C", "axes", "prod", "first"}
        for name in COUNTED:
            if name in self.counted_constants or settled.issuperset(self.spoken[name]):
                settled.add(name)
        asked = (self.spoken_in(test) for name in self.open_counts for test in _tests(self.formulas[name]))
        return all(settled.issuperset(spoken) for spoken in asked)

    @cached_property
    def free_windows(self) -> bool:
        """Whether the arguments say what an output sees, whatever the input is."""
        return not any({*INPUT_NAMES, *OUTPUT_NAMES} & {*self.spoken[name]} for name in WINDOW)

    @cached_property
    def counted_constants(self) -> dict[str, int]:
        """Those of them that are counted, and what follows from them: without weights and MACs there are no FLOPs."""
        from symcnn.algebra.arithmetic import Arithmetic

        known: dict[str, Any] = dict(self.constants)
        for name in COUNTED:
            if name not in known:
                try:
                    value = self.rules[name](Frame(Arithmetic(), known))
                except (KeyError, SymcnnError):  # it depends on the arguments or on the input
                    continue
                known |= {name: value} if type(value) is int else {}
        return {name: known[name] for name in COUNTED if name in known}

    @cached_property
    def open_counts(self) -> tuple[str, ...]:
        """The counted rules that depend on the arguments, in their order."""
        return tuple(name for name in COUNTED if name not in self.counted_constants)

    @cached_property
    def formulas(self) -> dict[str, Formula]:
        """The rules as they were written, defaults included."""
        written = dict(self.definition.rules)
        return {name: written.get(name) or default_formula(name) for name in RULES}

    @cached_property
    def demands(self) -> tuple[Demand, ...]:
        """What must hold for the arguments and the input."""
        return tuple(self._demand(r.condition, r.hint) for r in self.definition.requirements)

    @cached_property
    def input_demands(self) -> tuple[Demand, ...]:
        """Those that speak of the input too."""
        return tuple(demand for demand in self.demands if not demand.fixed)

    @cached_property
    def argument_demands(self) -> tuple[Demand, ...]:
        """Those that speak of arguments alone."""
        return tuple(demand for demand in self.demands if demand.fixed)

    @cached_property
    def channel_demands(self) -> tuple[Demand, ...]:
        """Those of them that speak of others than say what becomes of axes, such as of the channels."""
        shape = {*(self.shaped_by or ()), "axes"}
        return tuple(demand for demand in self.argument_demands if not shape.issuperset(demand.spoken))

    @cached_property
    def forms(self) -> dict[str, tuple[tuple[Meaning | None, Formula], ...]]:
        """How textbooks write the quantities: by quantity, each form with the condition under which it is the one."""
        vocabulary = self._vocabulary((*OUTPUT_NAMES, *RULES), self.definition.parameters, True)
        found: dict[str, tuple[tuple[Meaning | None, Formula], ...]] = {}
        for form in self.definition.shown:
            meaning(form.value, vocabulary)  # so that an unknown name is an error at once
            test = None if form.condition is None else meaning(form.condition, vocabulary)
            found[form.quantity] = (*found.get(form.quantity, ()), (test, form.value))
        return found

    @cached_property
    def called(self) -> dict[str | None, tuple[tuple[Meaning | None, Called], ...]]:
        """What the kind (None) and its arguments are in words, each with the condition under which it is so."""
        found: dict[str | None, tuple[tuple[Meaning | None, Called], ...]] = {}
        for words in self.definition.called:
            if words.argument is not None and words.argument not in self.parameters:
                hint = did_you_mean(words.argument, self.parameters, f"they are {', '.join(self.parameters)}")
                raise SymcnnError(f"{self.name} has no argument '{words.argument}'", words.span, hint)
            test = None if words.condition is None else self.condition(words.condition)
            found[words.argument] = (*found.get(words.argument, ()), (test, words))
        return found

    def condition(self, node: Formula) -> Meaning:
        """Return the meaning of a condition inside a rule, which knows the names that rules know."""
        return meaning(node, self._vocabulary((*OUTPUT_NAMES, *RULES), self.definition.parameters, True))

    @cached_property
    def defaults(self) -> dict[str, Meaning]:
        """The default values: each may use the symbols of the parameters before it."""
        known: list[LayerParameter] = []
        found = {}
        for parameter in self.definition.parameters:
            if parameter.default is not None:
                found[parameter.name] = meaning(parameter.default, self._vocabulary((), known, parameter.per_axis))
            known.append(parameter)
        return found

    def plain_defaults(self, axes: int) -> dict[str, Any]:
        """Return the defaults that are as they stand, by symbol, per axis where they have one value per axis."""
        if axes not in self._plain_defaults:
            plain = ((p, p.default.value) for p in self.definition.parameters if _is_plain(p.default))
            values = {p.symbol: (value,) * axes if p.per_axis else value for p, value in plain}
            self._plain_defaults[axes] = values
        return self._plain_defaults[axes]

    @cached_property
    def unsettled(self) -> dict[str, LayerParameter]:
        """The parameters without such a default, by name: a value is given, or their default is worked out."""
        return {p.name: p for p in self.definition.parameters if not _is_plain(p.default)}

    @cached_property
    def words(self) -> dict[str, tuple[str, ...]]:
        """The words that an argument may be, by its name: those that a requirement compares its symbol with."""
        found: dict[str, tuple[str, ...]] = {}
        by_symbol = {p.symbol: p.name for p in self.definition.parameters}
        for node in _nodes(r.condition for r in self.definition.requirements):
            match node:
                case Comparison((Name(symbol), Text(word)), ("==",)) if symbol in by_symbol:
                    name = by_symbol[symbol]
                    found[name] = (*found.get(name, ()), word)
        return found

    @cached_property
    def sided(self) -> frozenset[str]:
        """The arguments that may be a pair (before, after) on each axis: the kind asks for a side of their symbols."""
        everything = (*(r.condition for r in self.definition.requirements), *dict(self.definition.rules).values())
        asked = [node.arguments for node in _nodes(everything) if _is_side(node)]
        symbols = {argument.name for arguments in asked for argument in arguments if isinstance(argument, Name)}
        return frozenset(p.name for p in self.definition.parameters if p.symbol in symbols)

    @cached_property
    def slips(self) -> tuple[Slip, ...]:
        """The known mistakes, each with an id: one without is known by its kind, quantity and place."""
        numbered = enumerate(self.definition.slips, 1)
        return tuple(s if s.id else replace(s, id=f"{self.name.lower()}.{s.quantity}.{i}") for i, s in numbered)

    def mistaken(self, slips: tuple[Slip, ...]) -> Kind:
        """Return the kind with the rules of who makes these of its mistakes; `params` is no rule, and is left."""
        key = tuple(map(id, slips))
        if key not in self._mistaken:
            self._mistaken[key] = slips, self._with_rules_of(slips)
        return self._mistaken[key][1]

    def mistake(self, slip: Slip) -> Meaning:
        """Return what a mistake of this kind makes of its quantity."""
        if id(slip) not in self._mistakes:
            known = slip.quantity in RULES
            rule = self._rule(slip.quantity, slip.value) if known else self.condition(slip.value)
            self._mistakes[id(slip)] = slip, rule
        return self._mistakes[id(slip)][1]

    def spoken_by(self, slip: Slip) -> tuple[str, ...]:
        """Return the names that a mistake of this kind speaks of, as `spoken` has them of rules."""
        if id(slip) not in self._spoken_by:
            self._spoken_by[id(slip)] = slip, self.spoken_in(slip.value)
        return self._spoken_by[id(slip)][1]

    def _with_rules_of(self, slips: tuple[Slip, ...]) -> Kind:
        wrong = {slip.quantity: slip.value for slip in slips if slip.quantity in RULES}
        rules = tuple(rule for rule in self.definition.rules if rule[0] not in wrong)
        made = Kind(replace(self.definition, rules=(*rules, *wrong.items())))
        compiled = {slip.quantity: self.mistake(slip) for slip in slips if slip.quantity in RULES}
        made.__dict__ |= {name: getattr(self, name) for name in _UNMISTAKABLE}
        spoken = {name: self.spoken_in(value) for name, value in wrong.items()}
        made.__dict__ |= {"rules": self.rules | compiled, "formulas": self.formulas | wrong}
        made.__dict__["spoken"] = self.spoken | spoken
        return made

    @property
    def joint(self) -> str | None:
        """The word of the statement that makes it, such as `add` of Add; None for a kind that is used as a step."""
        return self.name.lower() if self.formulas["joins"] == Truth(True) else None

    @cached_property
    def gates(self) -> bool:
        """Whether a factor of every output depends on all positions, beside the window."""
        return self.formulas["gates"] == Truth(True)

    @property
    def windowed(self) -> bool:
        """Whether an argument has one value per axis, so that there must be axes."""
        return any(parameter.per_axis for parameter in self.parameters.values())

    @cached_property
    def positional(self) -> int:
        """How many arguments may stand without a name."""
        return positional(self.parameters)

    def spoken_in(self, formula: Formula) -> tuple[str, ...]:
        """Return the names that a formula speaks of, of those that rules may know."""
        known = {*FOLDS, *INPUT_NAMES, *OUTPUT_NAMES, *RULES, *(p.symbol for p in self.definition.parameters)}
        return tuple(sorted({node.name for node in names(formula)} & known))

    def _rule(self, name: str, written: Formula | None) -> Meaning:
        if written is None:
            return default_rule(name)
        order = list(RULES)
        before = tuple(order[: order.index(name)])
        outputs = () if name in _BEFORE_SIZE else OUTPUT_NAMES
        unknown = (UNKNOWN,) if name in WINDOW else ()
        known = (*outputs, *unknown, *(b for b in before if RULES[b].counted or b == "channels"))
        return meaning(written, self._vocabulary(known, self.definition.parameters, RULES[name].per_axis))

    def _demand(self, formula: Formula, hint: str | None) -> Demand:
        vocabulary = self._vocabulary((), self.definition.parameters, True)
        mentioned = {name.name for name in names(formula)}
        arguments = tuple(p.name for p in self.definition.parameters if p.symbol in mentioned)
        per_axis = bool(mentioned & vocabulary.per_axis)
        fixed = not mentioned & {*INPUT_NAMES} - {"axes"}
        spoken = tuple(self.parameters[name].symbol for name in arguments)
        return Demand(meaning(formula, vocabulary), formula, hint, per_axis, arguments, spoken, fixed)

    def _vocabulary(self, more: Iterable[str], parameters: Iterable[LayerParameter], folding: bool) -> Vocabulary:
        parameters = tuple(parameters)
        known = frozenset((*INPUT_NAMES, *more, *(p.symbol for p in parameters)))
        per_axis = frozenset((*PER_AXIS_NAMES, *(p.symbol for p in parameters if p.per_axis)))
        return Vocabulary(known, per_axis, folding)

    def _check_names(self) -> None:
        slips = ((slip.quantity, slip.value) for slip in self.definition.slips)
        shown = ((form.quantity, form.value) for form in self.definition.shown if form.quantity != "params")
        slips = ((quantity, value) for quantity, value in slips if quantity != "params")
        for name, formula in (*self.definition.rules, *slips, *shown):
            if name not in RULES and name not in ASKED:
                hint = did_you_mean(name, RULES, f"the rules are {', '.join(RULES)}")
                raise SymcnnError(f"unknown rule '{name}' of {self.name}", formula.span, hint)
        taken = {*INPUT_NAMES, *OUTPUT_NAMES, *RULES, UNKNOWN}
        for parameter in self.definition.parameters:
            if parameter.symbol in taken:
                hint = "give it a symbol that rules do not use"
                raise SymcnnError(f"'{parameter.symbol}' has a meaning of its own in rules", parameter.span, hint)


def _nodes(formulas: Iterable[Formula]) -> Iterator[Formula]:
    """Yield formulas and all that is inside them, in the written order."""
    for formula in formulas:
        yield formula
        yield from _nodes(children(formula))


def _tests(formula: Formula) -> Iterator[Formula]:
    """Yield the conditions inside a formula."""
    for node in _nodes([formula]):
        if isinstance(node, Choice):
            yield node.condition
        elif isinstance(node, (Comparison, Logic, Not)):
            yield node


def _is_plain(default: Formula | None) -> TypeGuard[Number | Text | Truth]:
    """Tell whether a default is a value of which nothing has to be asked: an integer, a word, `true` or `false`."""
    return isinstance(default, PLAIN) and not isinstance(default.value, Fraction)


def _is_side(node: Formula) -> TypeGuard[Apply]:
    return isinstance(node, Apply) and node.head in (Name("before"), Name("after"))


def counted_from_0(layer: Layer) -> set[str]:
    """Return the integer arguments that may be 0: required to be at least 0, they or their sides, and never more."""
    at_least, more = set[str](), set[str]()
    for node in _nodes(requirement.condition for requirement in layer.requirements):
        match node:
            case Comparison((Name(symbol) | Apply(_, (Name(symbol),)), Number(0)), (">=",)):
                at_least.add(symbol)
            case Comparison((Name(symbol), Number(0)), (">",)):
                more.add(symbol)
    return {p.name for p in layer.parameters if p.symbol in at_least - more and not p.rational}


def positional(parameters: Iterable[str]) -> int:
    """Return how many arguments may stand without a name: out_channels and kernel_size of a convolution, else one."""
    first = tuple(parameters)[:2]
    return 2 if first == ("out_channels", "kernel_size") else min(1, len(first))
