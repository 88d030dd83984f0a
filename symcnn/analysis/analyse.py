"""The analysis of a network: assumptions become facts, the walk gives a derivation, its layers become rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import Any

from sympy import Expr, Pow, Rational, Symbol

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.assumptions import ContradictionError, facts_from, rewritten
from symcnn.algebra.conditions import ZERO, Condition, Either, single
from symcnn.algebra.quotient import has_rounding
from symcnn.algebra.symbols import POSITIVE, domain_of, exact, expression
from symcnn.analysis.counting import Counting
from symcnn.analysis.derivation import BY_NUMBER, Derivation, visits
from symcnn.analysis.domains import domains
from symcnn.analysis.fields import Fields, layer_fields, output_field
from symcnn.analysis.learning import first_times
from symcnn.analysis.merge import merged
from symcnn.analysis.repeated import Asked, NeverError, asked
from symcnn.analysis.result import Analysis, relation_text
from symcnn.analysis.rows import Claims, Rows, shape
from symcnn.analysis.scope import FileScope, Scope, Symbols, define
from symcnn.analysis.suspicion import shadows, suspicions
from symcnn.analysis.walk import Walk
from symcnn.errors import NotSupportedError, SymcnnError, bounded_nesting, did_you_mean
from symcnn.formula.express import shown
from symcnn.formula.meaning import BUILTINS, meaning
from symcnn.formula.nodes import Formula, names
from symcnn.formula.values import Frame, condition
from symcnn.source import Source, Span
from symcnn.syntax import parse_assumptions, parse_formula
from symcnn.tree import Assume, Domain, File, Let, Net, Network


def analyse(net: Network, /, *, assume: str | Iterable[str] = (), **parameters: Any) -> Analysis:
    """Return the closed forms of a network that has an input.

    `parameters` set the net's parameters, to numbers, formulas as text, or expressions of symcnn's own symbols;
    `assume` are conditions as text, one or several, such as "H % 32 == 0". Raises `SymcnnError` for what cannot be
    analysed.

    >>> from symcnn import parse
    >>> a = analyse(parse("net two(c) { input c×H×H; Conv(c, 3, bias=false); Conv(c, 3, bias=false) }")["two"])
    >>> a.macs
    9*c**2*(H - 4)**2 + 9*c**2*(H - 2)**2
    >>> a.output, a.receptive_field.size, a.conditions
    ((c, H - 4, H - 4), (5, 5), (H >= 5,))
    """
    if not isinstance(net, Network):
        hint = 'parse and load return nets by name: symcnn.load("file.cnn")["name"]'
        raise SymcnnError(f"analyse takes a net, not a {type(net).__name__}", hint=hint)
    file, definition = net.file, net.definition
    if definition.input is None:
        hint = f"use it inside a net: net main {{ input 3×H×W; {definition.name} }}"
        raise SymcnnError(f"'{definition.name}' is a block: it has no input", definition.span, hint)
    texts = (assume,) if isinstance(assume, str) else tuple(assume)
    extra = tuple(parse_assumptions(Source("assume", _text(text))) for text in texts)
    given = {name: _parameter(name, value, definition) for name, value in parameters.items()}
    with bounded_nesting(f"a formula of '{definition.name}'", definition.span):
        kinds = domains(file, extra)
        claims, replaced, arithmetic = _facts(net, given, extra, kinds)
        symbols = Symbols(kinds, replaced)
        walk, scope = _prepared(net, given, symbols, arithmetic)
        derivation, batch = walk.network(definition, scope)
        assumed, used = _relevant(claims, symbols.used)
        unused = _unused(extra, used, definition, net.file)
        wanted = _wanted(net, derivation, walk)
        defined = _defined(net, wanted, assumed, walk)
        claimed = partial(_claimed, derivation, wanted)  # before they are facts
        plain = tuple(filter(_is_plain, defined))
        if walk.conditional and plain:  # sizes that agree where the network is defined are the same: all once more
            facts, replaced = facts_from([*claims, *plain])
            arithmetic, formal = Arithmetic(facts), walk.formal  # which are known now, and not asked again
            walk, scope = _prepared(net, given, Symbols(kinds, replaced), arithmetic)
            walk.formal += formal
            derivation, batch = walk.network(definition, scope)
            wanted = _wanted(net, derivation, walk)
            defined = _defined(net, wanted, assumed, walk, tuple(_kept(plain, replaced)))
        found = _result(net, derivation, batch, assumed, defined, claimed, used, replaced, unused, walk)
    return replace(found, renewed=lambda values: analyse(net, assume=(*texts, *_equalities(values)), **parameters))


def _equalities(values: Mapping[str, Any]) -> Iterator[str]:
    """Yield the assumptions that symbols have these values."""
    for name, value in values.items():
        yield f"{name} == {value}"


def _claimed(derivation: Derivation, wanted: Iterable[Asked]) -> dict[tuple[str, ...], Claims]:
    """Return what the layers ask for, by their paths."""
    layers = (one for one in wanted if one.leaf is not None)
    return {visit.path: one.claims for visit, one in zip(visits(derivation), layers, strict=True) if one.claims}


def _wanted(net: Network, derivation: Derivation, walk: Walk) -> list[Asked]:
    """Return what all layers ask; raises `SymcnnError` where some repetition never gets it."""
    try:
        return asked(derivation, walk.arithmetic)
    except NeverError as error:
        raise _never(net, error, walk, error.span) from None


def _defined(net: Network, wanted: Iterable[Asked], assumed: Claims, walk: Walk, plain: Claims = ()) -> Claims:
    """Return the conditions under which a network is defined, those that are found already with them.

    Raises `SymcnnError` where it never is.
    """
    try:
        return merged((*plain, *(claim for one in wanted for claim in one.claims)), assumed)
    except SymcnnError as error:
        raise _never(net, error, walk, net.definition.span) from None


def _never(net: Network, error: SymcnnError, walk: Walk, span: Span | None) -> SymcnnError:
    """Return the error of a network that is defined for no input; with fewer repetitions it may be."""
    if walk.formal:
        forms = " and ".join(relation_text(claim) for claim in dict.fromkeys(walk.formal))
        what = f"a net that is defined only where its closed forms do not hold, which want {forms}: {error.message}"
        return NotSupportedError(what, span, BY_NUMBER)
    return SymcnnError(f"the net '{net.name}' is defined for no input", span, error.message)


def _kept(claims: Claims, replaced: dict[Symbol, Expr]) -> Iterator[Condition | Either]:
    """Yield what is to be said of conditions beside those that make symbols equal to something: k == 3 and H ≥ 3."""
    for claim in claims:
        solved = isinstance(claim, Condition) and claim.claim == ZERO
        for part in single(claim if solved else rewritten(claim, replaced)):
            if not isinstance(part, bool):
                yield part


def _is_plain(claim: Condition | Either) -> bool:
    """Tell whether a condition is as simple as it gets: those with floors may follow from the others."""
    return isinstance(claim, Condition) and not any(map(has_rounding, claim.polynomial))


def _text(assumption: Any) -> str:
    if not isinstance(assumption, str):
        hint = 'as in assume="H % 32 == 0"'
        raise SymcnnError(f"an assumption is a text, not a {type(assumption).__name__}", hint=hint)
    return assumption


def _parameter(name: str, value: Any, definition: Net) -> Any:
    known = [parameter.name for parameter in definition.parameters]
    if name not in known:
        listed = f"its parameters are {', '.join(known)}" if known else "it has no parameters"
        raise SymcnnError(f"{definition.name} has no parameter '{name}'", hint=did_you_mean(name, known, listed))
    if isinstance(value, str):
        return parse_formula(Source(f"--set {name}", value))
    if isinstance(value, Expr) and _is_rational_formula(value):
        foreign = [s for s in value.free_symbols if not isinstance(s, Symbol) or domain_of(s) is None]
        if foreign:
            message = f"the symbol {foreign[0]} in the value of {name} was not made by symcnn"
            raise SymcnnError(message, hint=f'use symcnn.symbols("{foreign[0]}")')
        return exact(value)
    if isinstance(value, (bool, int, Fraction)):
        return value
    raise SymcnnError(f"the value of {name} is {value!r}", hint="give an exact number, a formula as text or a symbol")


def _is_rational_formula(value: Expr) -> bool:
    atoms_known = all(isinstance(atom, (Symbol, Rational)) for atom in value.atoms())
    return atoms_known and all(power.exp.is_integer for power in value.atoms(Pow))


def _prepared(net: Network, given: Mapping[str, Any], symbols: Symbols, arithmetic: Arithmetic) -> tuple[Walk, Scope]:
    """Return a walk, and a scope with the net's parameters; formulas among them see the file's names."""
    file_scope = FileScope(net.file, symbols, arithmetic)
    walk, scope = Walk(net.file, file_scope, arithmetic), Scope(file_scope)
    values = {name: _evaluated(value, Frame(arithmetic, file_scope), symbols) for name, value in given.items()}
    walk.bind(net.definition, values, scope)
    return walk, scope


def _evaluated(value: Any, frame: Frame, symbols: Symbols) -> Any:
    if isinstance(value, Expr):
        for made in value.free_symbols:
            if domain_of(made) != symbols.domains.get(made.name, POSITIVE):
                kind = symbols.domains.get(made.name, POSITIVE)
                raise SymcnnError(f"in this file {made.name} is a {kind} symbol", hint="choose another name")
        return exact(value.xreplace({made: expression(symbols[made.name]) for made in value.free_symbols}))
    if isinstance(value, (bool, int, Fraction)):
        return value
    return meaning(value)(frame)


def _facts(
    net: Network, given: Mapping[str, Any], extra: tuple[Assume, ...], kinds: dict[str, str]
) -> tuple[Claims, dict[Symbol, Expr], Arithmetic]:
    """Turn assumptions into facts; they are read in a scope of their own, without facts and without a tensor."""
    bare, symbols = Arithmetic(), Symbols(kinds)
    _, scope = _prepared(net, given, symbols, bare)
    claims: list[Condition | Either] = []
    for assume in net.file.assumptions:
        claims += _claims(assume, scope.parent, bare)
        if assume.span.source is net.definition.span.source:
            _check_given(assume, given, scope, bare)
    for statement in net.definition.body.statements:
        if isinstance(statement, Let):
            _define_if_possible(statement, scope, bare)
        elif isinstance(statement, Assume):
            claims += _claims(statement, scope, bare)
    for assume in extra:
        claims += _claims(assume, scope, bare)
    try:
        facts, replaced = facts_from(claims)
    except ContradictionError:
        place = (extra or net.file.assumptions or (None,))[-1]
        raise SymcnnError("the assumptions contradict each other", place.span if place else None) from None
    return tuple(dict.fromkeys(claims)), replaced, Arithmetic(facts)


def _check_given(assume: Assume, given: Mapping[str, Any], scope: Scope, arithmetic: Arithmetic) -> None:
    """Raise `SymcnnError` where what is assumed of a symbol does not hold of what a parameter of its name is given."""
    for formula in assume.conditions:
        if isinstance(formula, Domain):
            continue
        spoken = [name for name in dict.fromkeys(n.name for n in names(formula)) if name in given]
        if spoken and condition(_value(formula, scope, arithmetic), formula.span) is False:
            values = ", ".join(f"{name} = {shown(scope[name])}" for name in spoken)
            hint = "a parameter without a value is the symbol of that name"
            raise SymcnnError(f"the assumption {formula.span.text} does not hold for {values}", formula.span, hint)


def _define_if_possible(let: Let, scope: Scope, arithmetic: Arithmetic) -> None:
    """Define a name, unless its value speaks of the current tensor: then no assumption can use it."""
    try:
        scope[let.name] = define(let, scope, arithmetic)
    except SymcnnError:
        return


def _claims(assume: Assume, scope: Any, arithmetic: Arithmetic) -> list[Condition | Either]:
    found: list[Condition | Either] = []
    for formula in assume.conditions:
        if not isinstance(formula, Domain):
            for claim in single(condition(_value(formula, scope, arithmetic), formula.span)):
                if claim is False:
                    raise SymcnnError(f"the assumption {formula.span.text} never holds", formula.span)
                if not isinstance(claim, bool):
                    found.append(claim)
    return found


def _value(formula: Formula, scope: Any, arithmetic: Arithmetic) -> Any:
    return meaning(formula)(Frame(arithmetic, scope))


def _relevant(claims: Claims, used: Mapping[str, Symbol]) -> tuple[Claims, dict[str, Symbol]]:
    """Keep the assumptions that a network's symbols have to do with, and add the symbols which these bring in."""
    about = {claim: claim.relation().free_symbols for claim in claims}
    known = set(used.values())
    while more := set().union(*(s for s in about.values() if s & known)) - known:
        known |= more
    return tuple(claim for claim in claims if about[claim] & known), {symbol.name: symbol for symbol in known}


def _unused(extra: tuple[Assume, ...], used: dict[str, Symbol], definition: Net, file: File) -> tuple[str, ...]:
    """Return a warning for each name that was assumed to be something and is nothing here."""
    bound = {*(p.name for p in definition.parameters), *file.lets, *BUILTINS}
    bound |= {s.name for s in definition.body.statements if isinstance(s, Let)}
    found = []
    for assume in extra:
        for formula in assume.conditions:
            for name in [] if isinstance(formula, Domain) else names(formula):
                if name.name not in used and name.name not in bound:
                    listed = f"the symbols are {', '.join(used)}" if used else "there are no symbols"
                    hint = did_you_mean(name.name, used, listed)
                    found.append(str(SymcnnError(f"{definition.name} has no symbol '{name.name}'", name.span, hint)))
    return tuple(dict.fromkeys(found))


def _result(
    net: Network,
    derivation: Derivation,
    batch: Any,
    assumed: Claims,
    defined: Claims,
    claimed: Callable[[], Mapping[tuple[str, ...], Claims]],
    used: dict[str, Symbol],
    replaced: dict[Symbol, Expr],
    unused: tuple[str, ...],
    walk: Walk,
) -> Analysis:
    arithmetic = walk.arithmetic
    receptive_fields = Fields(
        lambda: output_field(derivation, arithmetic), lambda: layer_fields(derivation, arithmetic), expression
    )
    learned = partial(first_times, derivation, arithmetic)
    counting = Counting(net.file, batch, arithmetic.facts, (*assumed, *defined), learned)
    return Analysis(
        net=net.name,
        input=shape(derivation.input.shape),
        batch=None if net.definition.input is None or net.definition.input.batch is None else expression(batch),
        output=shape(derivation.output.shape),
        layers=Rows(batch, receptive_fields, counting, claimed).of(derivation),
        fields=receptive_fields,
        claims=defined,
        assumed=assumed,
        symbols=dict(sorted(used.items())),
        suspect=lambda: (*suspicions(net, set(used)), *shadows(net), *dict.fromkeys(walk.misfits)),
        unused=unused,
        formal=tuple(dict.fromkeys(walk.formal)),
        derived=lambda: derivation,
        facts=arithmetic.facts,
        replaced=replaced,
        counting=counting,
    )
