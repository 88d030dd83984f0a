"""Walking through a network, statement by statement; equal work is done once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.conditions import Condition, Either, Truth, every, single
from symcnn.algebra.symbols import exact
from symcnn.analysis.apply import Application, Outcome
from symcnn.analysis.arguments import Given, axes_text, match_arguments
from symcnn.analysis.domains import statements
from symcnn.analysis.derivation import Derivation, Leaf, Nest
from symcnn.analysis.scope import FileScope, Scope, define
from symcnn.analysis.tensor import Tensor
from symcnn.errors import NotSupportedError, SymcnnError
from symcnn.formula.meaning import Frame, Meaning, condition, meaning, number, undecided
from symcnn.formula.nodes import Formula, names
from symcnn.library.kind import Kind, positional
from symcnn.library.standard import Found, find, standard_library
from symcnn.tree import (
    Assume,
    Block,
    Conditional,
    Domain,
    File,
    Input,
    Labelled,
    Let,
    Net,
    Repeat,
    Statement,
    Step,
)

_DEEPEST = 60  # nets inside nets
_MOST_ITEMS = 200_000  # different layers of one network


@dataclass
class Body:
    """A body that is being derived: the tensor so far, its items, and the names that are taken."""

    scope: Scope
    items: list[Leaf | Nest] = field(default_factory=list)
    conditions: list[Condition | Either] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    labels: set[str] = field(default_factory=set)

    @property
    def tensor(self) -> Tensor | None:
        """The current tensor; None before the input."""
        return self.scope.tensor

    def name(self, kind: str) -> str:
        """Return the next free name for a step without a label: conv1, conv2, …"""
        while True:
            self.counts[kind] += 1
            name = f"{kind.lower()}{self.counts[kind]}"
            if name not in self.labels:
                return name

    def append(self, item: Leaf | Nest, output: Tensor) -> None:
        """Add an item; its output is the current tensor from now on."""
        self.items.append(item)
        self.scope.tensor = output


class Walk:
    """Derives the nets of a file under some facts."""

    def __init__(self, file: File, scope: FileScope, arithmetic: Arithmetic) -> None:
        self.file, self.scope, self.arithmetic = file, scope, arithmetic
        self._meanings: dict[int, Meaning] = {}
        self._found: dict[str, Found] = {}
        self._outcomes: dict[Any, Outcome] = {}
        self._bodies: dict[Any, Derivation] = {}
        self._active: list[Any] = []
        self._derived = 0

    def network(self, net: Net, scope: Scope) -> tuple[Derivation, Any]:
        """Derive a net with an input; returns the derivation and the batch (1 if none is written)."""
        assert net.input is not None
        if net.body.statements[0] is not net.input and any(
            not isinstance(s, (Let, Assume)) for s in net.body.statements[: net.body.statements.index(net.input)]
        ):
            raise SymcnnError("the input comes first", net.input.span, "move it before the first layer")
        body = Body(scope)
        self._statements(net.body, body, assumed=True)
        batch = 1 if net.input.batch is None else self._number(net.input.batch, scope)
        return self._finished(body, self._input_tensor(net.input, scope)), batch

    # statements

    def _statements(self, block: Block, body: Body, assumed: bool = False) -> None:
        for statement in block.statements:
            if not (assumed and isinstance(statement, Assume)):  # a network's own assumptions are facts already
                self._statement(statement, body, None)

    def _statement(self, statement: Statement, body: Body, label: str | None) -> None:
        match statement:
            case Step():
                self._step(statement, body, label)
            case Let():
                body.scope[statement.name] = define(statement, body.scope, self.arithmetic)
            case Input():
                self._input(statement, body)
            case Assume():
                self._assume(statement, body)
            case Repeat():
                self._repeat(statement, body, label)
            case Conditional():
                self._conditional(statement, body)
            case Labelled():
                self._labelled(statement, body)
            case _:
                raise NotSupportedError("branches and wiring", statement.span, "networks are chains in this version")

    def _labelled(self, labelled: Labelled, body: Body) -> None:
        if labelled.label in body.labels:
            raise SymcnnError(
                f"the label '{labelled.label}' is there twice", labelled.span, "labels are unique in a net"
            )
        body.labels.add(labelled.label)
        self._statement(labelled.statement, body, labelled.label)

    def _input(self, statement: Input, body: Body) -> None:
        wanted = self._input_tensor(statement, body.scope)
        if body.tensor is None:
            body.scope.tensor = wanted
            return
        if len(body.tensor.sizes) != len(wanted.sizes):
            raise self._other_input(statement, wanted, body.tensor)
        pairs = zip(body.tensor.shape, wanted.shape, strict=True)
        claim = every([self.arithmetic.compare("==", old, new) for old, new in pairs])
        self._demand(claim, body, lambda tensor=body.tensor: self._other_input(statement, wanted, tensor))
        body.scope.tensor = wanted

    def _other_input(self, statement: Input, wanted: Tensor, tensor: Tensor) -> SymcnnError:
        return SymcnnError(f"this net wants an input {wanted}, but is used on {tensor}", statement.span)

    def _input_tensor(self, statement: Input, scope: Scope) -> Tensor:
        if len(statement.dimensions) > 4:
            raise SymcnnError("an input has at most three axes besides its channels", statement.span)
        channels, *sizes = (self._number(dimension, scope) for dimension in statement.dimensions)
        for value, dimension in zip((channels, *sizes), statement.dimensions, strict=True):
            if self.arithmetic.compare(">=", value, 1) is False or self.arithmetic.integral(value) is False:
                raise SymcnnError(f"a size of the input is {value}", dimension.span, "sizes are positive integers")
        return Tensor(channels, tuple(sizes))

    def _assume(self, statement: Assume, body: Body) -> None:
        for formula in statement.conditions:
            if not isinstance(formula, Domain):
                claim = condition(self._value(formula, body.scope), formula.span)
                text = f"the assumption {formula.span.text} does not hold here"
                self._demand(claim, body, lambda f=formula, text=text: SymcnnError(text, f.span))

    def _demand(self, claim: Truth, body: Body, broken: Callable[[], SymcnnError]) -> None:
        for part in single(claim):
            if part is False:
                raise broken()
            if not isinstance(part, bool):
                body.conditions.append(part)

    def _conditional(self, statement: Conditional, body: Body) -> None:
        claim = condition(self._value(statement.condition, body.scope), statement.condition.span)
        if not isinstance(claim, bool):
            raise undecided(claim, statement.condition)
        chosen = statement.then if claim else statement.otherwise
        if chosen is not None:
            self._statements(chosen, body)

    # repetition

    def _repeat(self, statement: Repeat, body: Body, label: str | None) -> None:
        count = self._number(statement.count, body.scope)
        if not isinstance(count, int):
            if getattr(count, "free_symbols", None):
                hint = "give the count a value, as in --set n=4"
                raise NotSupportedError("a symbolic number of repetitions", statement.count.span, hint)
            raise SymcnnError(f"a repeat count is {count}, which is no integer", statement.count.span)
        if count < 0:
            raise SymcnnError(f"a repeat count is {count}", statement.count.span, "it is at least 0")
        name = label or body.name("Repeat")
        groups = self._iterations(statement, body, count)
        for first, times, derived in groups:
            last = first + times - 1
            index = "" if times == count else f"[{first}]" if times == 1 else f"[{first}..{last}]"
            body.append(Nest(f"{name}{index}", derived, times), derived.output)

    def _iterations(self, statement: Repeat, body: Body, count: int) -> list[tuple[int, int, Derivation]]:
        """Derive each different iteration once: (index of the first, how many are equal, the derivation)."""
        counted = statement.index is not None and statement.index in _names_in(statement.body)
        groups: list[tuple[int, int, Derivation]] = []
        tensor, done = self._tensor(body, statement.span), 0
        while done < count:
            scope = Scope(body.scope, tensor)
            if statement.index is not None:
                scope[statement.index] = done
            inner = Body(scope)
            self._statements(statement.body, inner)
            derived = self._finished(inner, tensor)
            # An iteration that gives back its input tensor, and does not look at the index, is all the rest too.
            times = 1 if counted or derived.output != tensor else count - done
            groups.append((done, times, derived))
            tensor, done = derived.output, done + times
        return groups

    # steps

    def _step(self, step: Step, body: Body, label: str | None) -> None:
        tensor = self._tensor(body, step.span)
        found = self._find(step)
        if isinstance(found.meaning, Kind):
            self._check_axes(step, found, tensor)
            outcome = self._outcome(found.meaning, step, body.scope, tensor)
            name = label or body.name(found.meaning.name)
            body.append(Leaf(name, found.meaning.name, tensor, outcome, step.span), outcome.output)
            self._count(step)
            return
        derived = self._net(found.meaning, found, step, body.scope, tensor)
        body.append(Nest(label or body.name(found.meaning.name), derived, 1), derived.output)

    def _find(self, step: Step) -> Found:
        if step.kind not in self._found:
            self._found[step.kind] = find(step.kind, self.file, step.kind_span)
        return self._found[step.kind]

    def _count(self, step: Step) -> None:
        self._derived += 1
        if self._derived > _MOST_ITEMS:
            raise NotSupportedError(f"more than {_MOST_ITEMS:,} different layers", step.span)

    def _check_axes(self, step: Step, found: Found, tensor: Tensor) -> None:
        assert isinstance(found.meaning, Kind)
        vector = found.axes == 1 and not tensor.sizes and not any(p.per_axis for p in found.meaning.parameters.values())
        if found.axes is not None and found.axes != len(tensor.sizes) and not vector:
            axes = len(tensor.sizes)
            hint = (
                f"write {found.meaning.name}, or {found.meaning.name}{axes}d"
                if axes
                else "Flatten has removed the axes"
            )
            message = f"{step.kind} wants {axes_text(found.axes)}, the tensor {tensor} has {axes_text(axes)}"
            raise SymcnnError(message, step.kind_span, hint)

    def _outcome(self, kind: Kind, step: Step, scope: Scope, tensor: Tensor) -> Outcome:
        given = match_arguments(step, list(kind.parameters), kind.positional, lambda f: self._value(f, scope))
        key = (kind.name, tuple(given.values.items()), tensor)
        if key not in self._outcomes:
            self._outcomes[key] = Application(kind, step, given, tensor, self.arithmetic).outcome()
        return self._outcomes[key]

    # nets as blocks

    def _net(self, net: Net, found: Found, step: Step, scope: Scope, tensor: Tensor) -> Derivation:
        from_library = found.file is standard_library()
        parameters = [p.name for p in net.parameters]
        limit = positional(parameters) if from_library else len(parameters)
        given = match_arguments(step, parameters, limit, lambda f: self._value(f, scope))
        key = (net.name, tuple(given.values.items()), tensor)
        if key in self._bodies:
            return self._bodies[key]
        if key in self._active or len(self._active) >= _DEEPEST:
            raise SymcnnError(f"the net '{net.name}' uses itself without end", step.span)
        self._active.append(key)
        try:
            self._bodies[key] = self._net_body(net, step, given, tensor, from_library)
        except SymcnnError as error:
            if error.span is not None and error.span.source is standard_library().source:
                raise SymcnnError(error.message, _place_in(step, given, error), error.hint) from None
            raise
        finally:
            self._active.pop()
        return self._bodies[key]

    def _net_body(self, net: Net, step: Step, given: Given, tensor: Tensor, required: bool) -> Derivation:
        body = Body(Scope(self.scope, tensor))
        self.bind(net, given.values, body.scope, step if required else None)
        self._statements(net.body, body)
        return self._finished(body, tensor)

    def bind(self, net: Net, given: Mapping[str, Any], scope: Scope, strict: Step | None = None) -> None:
        """Give a net's parameters their values, defaults or symbols of the same name.

        A net of the library, used by the step `strict`, wants values for parameters without a default.
        """
        for parameter in net.parameters:
            if parameter.name in given:
                scope[parameter.name] = given[parameter.name]
            elif parameter.default is not None:
                scope[parameter.name] = self._value(parameter.default, scope)
            elif strict is not None:
                raise SymcnnError(f"{strict.kind} needs {parameter.name}", strict.span)
            else:
                scope[parameter.name] = self.scope.symbols[parameter.name]

    # values

    def _finished(self, body: Body, tensor: Tensor) -> Derivation:
        return Derivation(tensor, tuple(body.items), self._tensor(body, None), tuple(body.conditions))

    def _tensor(self, body: Body, span: Any) -> Tensor:
        if body.tensor is None:
            raise SymcnnError("there is no input before this", span, "begin the net with, for example, input 3×H×W")
        return body.tensor

    def _value(self, formula: Formula, scope: Scope) -> Any:
        compiled = self._meanings.get(id(formula))
        if compiled is None:
            compiled = self._meanings[id(formula)] = meaning(formula)
        return compiled(Frame(self.arithmetic, scope))

    def _number(self, formula: Formula, scope: Scope) -> Any:
        return exact(number(self._value(formula, scope), formula.span))


def _place_in(step: Step, given: Given, error: SymcnnError) -> Any:
    """An error inside a net of the library is shown at the argument of the same name, or at the step."""
    assert error.span is not None
    word = error.span.text.partition("=")[0]
    return given.spans.get(word, step.span)


def _names_in(block: Block) -> set[str]:
    found: set[str] = set()
    for statement in statements(block):
        for formula in _formulas(statement):
            found |= {name.name for name in names(formula)}
    return found


def _formulas(statement: Statement) -> list[Formula]:
    match statement:
        case Step(_, arguments):
            return [argument.value for argument in arguments]
        case Let(_, _, value):
            return [value]
        case Repeat(count):
            return [count]
        case Conditional(test):
            return [test]
        case Assume(conditions):
            return [c for c in conditions if not isinstance(c, Domain)]
        case _:
            return []
