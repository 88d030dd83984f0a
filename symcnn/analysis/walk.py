"""Walking through a network, statement by statement; equal work is done once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.conditions import Condition, Either, Truth, every, single
from symcnn.algebra.symbols import Value, exact
from symcnn.analysis.apply import Application, Outcome
from symcnn.analysis.arguments import Given, axes_text, match_arguments, missing
from symcnn.analysis.derivation import Derivation, Leaf, Nest
from symcnn.analysis.scope import FileScope, Scope, define
from symcnn.analysis.statements import labels_in, names_in
from symcnn.analysis.tensor import Tensor
from symcnn.errors import NotSupportedError, SymcnnError
from symcnn.formula.express import shown
from symcnn.formula.meaning import meaning
from symcnn.formula.nodes import Formula
from symcnn.formula.values import Frame, Meaning, condition, number, undecided
from symcnn.library.kind import Kind, positional
from symcnn.library.standard import Found, find, standard_library
from symcnn.source import Span
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

_DEEPEST_NETS = 60  # nets inside nets
_DEEPEST_BLOCKS = 120  # blocks inside blocks, those of nets included
_MOST_ITEMS = 200_000  # different layers of one network, and rows of its table


@dataclass
class Body:
    """A body that is being derived: the tensor so far, its items, and the names that are taken."""

    scope: Scope
    file: File  # where the names of kinds and nets are looked up
    step: Step | None = None  # by which the net is used
    input: Tensor | None = None
    batch: Value = 1
    items: list[Leaf | Nest] = field(default_factory=list)
    conditions: list[Condition | Either] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    labels: set[str] = field(default_factory=set)  # so far
    reserved: set[str] = field(default_factory=set)  # labels, later ones too

    @property
    def tensor(self) -> Tensor | None:
        """The current tensor; None before the input."""
        return self.scope.tensor

    def name(self, kind: str) -> str:
        """Return the next free name, such as conv1, for a step without a label."""
        while True:
            self.counts[kind] += 1
            between = "_" if kind[-1].isdigit() else ""  # the first ReLU6 is no relu61
            name = f"{kind.lower()}{between}{self.counts[kind]}"
            if name not in self.reserved:
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
        self._found: dict[tuple[bool, str], Found] = {}
        self._outcomes: dict[Any, Outcome] = {}
        self._settled: set[Any] = set()  # kinds and arguments that fit each other, whatever the input is
        self._bodies: dict[Any, Derivation] = {}
        self._active: list[Any] = []
        self._depth = 0
        self._derived = 0

    def network(self, net: Net, scope: Scope) -> tuple[Derivation, Any]:
        """Derive a net with an input; returns the derivation and the batch (1 if none is written)."""
        body = Body(scope, self.file)
        self._statements(net.body, body, assumed=True)
        assert body.input is not None
        derivation = self._finished(body, body.input)
        if derivation.rows > _MOST_ITEMS:
            raise NotSupportedError(f"more than {_MOST_ITEMS:,} layers, equal repetitions aside", net.span)
        return derivation, body.batch

    # statements

    def _statements(self, block: Block, body: Body, assumed: bool = False) -> None:
        if self._depth > _DEEPEST_BLOCKS:
            raise SymcnnError(f"blocks are nested deeper than {_DEEPEST_BLOCKS}", block.span)
        self._depth += 1
        body.reserved.update(labels_in(block))
        for statement in block.statements:
            if not (assumed and isinstance(statement, Assume)):  # a network's own assumptions are facts already
                self._statement(statement, body, None)
        self._depth -= 1

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
        if len(statement.dimensions) > 4:
            raise SymcnnError("an input has at most three axes besides its channels", statement.span)
        channels, *sizes = (self._size(dimension, body, "a size of the input") for dimension in statement.dimensions)
        wanted = Tensor(channels, tuple(sizes))
        if statement.batch is not None:
            body.batch = self._size(statement.batch, body, "the batch")
        if body.tensor is not None:
            assert body.step is not None
            step, used = body.step, body.tensor

            def broken() -> SymcnnError:
                return SymcnnError(f"{step.kind} wants an input {wanted}, but is used on {used}", step.span)

            self._demand(self._same_shape(used, wanted), body, broken)
        body.input = body.scope.tensor = wanted

    def _same_shape(self, tensor: Tensor, wanted: Tensor) -> Truth:
        if len(tensor.sizes) != len(wanted.sizes):
            return False
        pairs = zip(tensor.shape, wanted.shape, strict=True)
        return every([self.arithmetic.compare("==", old, new) for old, new in pairs])

    def _size(self, formula: Formula, body: Body, what: str) -> Value:
        """Return the value of a formula, a positive integer, under a condition where it is one only sometimes."""
        value = self._number(formula, body.scope)
        claims = [self.arithmetic.integral(value), self.arithmetic.compare(">=", value, 1)]
        hint = "it is a positive integer"
        self._demand(every(claims), body, lambda: SymcnnError(f"{what} is {shown(value)}", formula.span, hint))
        return value

    def _assume(self, statement: Assume, body: Body) -> None:
        for formula in statement.conditions:
            if not isinstance(formula, Domain):
                claim = condition(self._value(formula, body.scope), formula.span)
                self._demand(claim, body, partial(_not_assumed, formula, body.step))

    def _demand(self, claim: Truth, body: Body, broken: Callable[[], SymcnnError]) -> None:
        """Add a condition; one that never holds is an error, which is put into words only then."""
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
                name = next(iter(sorted(str(s) for s in count.free_symbols)))
                hint = f"give it a value: assume {name} == 4"
                raise NotSupportedError("a symbolic number of repetitions", statement.count.span, hint)
            raise SymcnnError(f"a repeat count is {shown(count)}, which is no integer", statement.count.span)
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
        counted = statement.index is not None and statement.index in names_in(statement.body)
        groups: list[tuple[int, int, Derivation]] = []
        tensor, done = self._tensor(body, statement.span), 0
        while done < count:
            self._count(statement)
            scope = Scope(body.scope, tensor)
            if statement.index is not None:
                scope[statement.index] = done
            inner = Body(scope, body.file, body.step)
            with _inside(f"repetition {done + 1} of {count}", statement.count.span):
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
        found = self._find(step, body.file)
        self._check_axes(step, found, tensor)
        if isinstance(found.meaning, Kind):
            outcome = self._outcome(found.meaning, step, body.scope, tensor)
            name = label or body.name(found.meaning.name)
            body.append(Leaf(name, found.meaning.name, tensor, outcome, step.span), outcome.output)
            self._count(step)
            return
        derived = self._net(found.meaning, found, step, body.scope, tensor)
        body.append(Nest(label or body.name(found.meaning.name), derived, 1), derived.output)

    def _find(self, step: Step, file: File) -> Found:
        key = (file is self.file, step.kind)
        if key not in self._found:
            self._found[key] = find(step.kind, file, step.kind_span)
        return self._found[key]

    def _count(self, statement: Step | Repeat) -> None:
        self._derived += 1
        if self._derived > _MOST_ITEMS:
            raise NotSupportedError(f"more than {_MOST_ITEMS:,} different layers", statement.span)

    def _check_axes(self, step: Step, found: Found, tensor: Tensor) -> None:
        name, axes = found.meaning.name, len(tensor.sizes)
        vector = found.axes == 1 and not axes and isinstance(found.meaning, Kind) and not found.meaning.windowed
        if found.axes not in (None, axes) and not vector:
            hint = f"write {name}, or {name}{axes}d" if axes else "a vector has no axes"
            if axes and found.axes == axes + 1:
                hint += "; an input begins with its channels: 1×28×28"
            elif axes == (found.axes or 0) + 1:
                hint += "; a batch is no axis: input 3×H×W, batch N"
            message = f"{step.kind} wants {axes_text(found.axes or 0)}, the tensor {tensor} has {axes_text(axes)}"
            raise SymcnnError(message, step.kind_span, hint)

    def _outcome(self, kind: Kind, step: Step, scope: Scope, tensor: Tensor) -> Outcome:
        given = match_arguments(step, list(kind.parameters), kind.positional, lambda f: self._value(f, scope))
        key = (kind, tuple(given.values.items()), tensor)
        if key not in self._outcomes:
            known = (kind, tuple(given.values.items()), len(tensor.sizes))
            try:
                application = Application(kind, step, given, tensor, self.arithmetic, known in self._settled)
                self._outcomes[key] = application.outcome()
            except SymcnnError as error:
                raise _at_step(error, step, given) from None
            if application.settled:
                self._settled.add(known)
        return self._outcomes[key]

    # nets as blocks

    def _net(self, net: Net, found: Found, step: Step, scope: Scope, tensor: Tensor) -> Derivation:
        from_library = found.file is standard_library()
        parameters = [p.name for p in net.parameters]
        limit = positional(parameters) if from_library else len(parameters)
        given = match_arguments(step, parameters, limit, lambda f: self._value(f, scope))
        key = (net.name, from_library, tuple(given.values.items()), tensor)
        if key in self._bodies:
            return self._bodies[key]
        if key in self._active or len(self._active) >= _DEEPEST_NETS:
            raise SymcnnError(f"the net '{net.name}' uses itself without end", step.span)
        self._active.append(key)
        try:
            with _inside(step.span.text, step.span):
                self._bodies[key] = self._net_body(found, step, given, tensor)
        except SymcnnError as error:
            raise _at_step(error, step, given) from None
        self._active.pop()
        return self._bodies[key]

    def _net_body(self, found: Found, step: Step, given: Given, tensor: Tensor) -> Derivation:
        net = found.meaning
        assert isinstance(net, Net)
        body = Body(Scope(self.scope, tensor), found.file, step)
        self.bind(net, given.values, body.scope, None if found.file is self.file else step)
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
                required = [p.name for p in net.parameters if p.default is None]
                raise missing(strict, parameter.name, required, positional(required))
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


def _not_assumed(formula: Formula, step: Step | None) -> SymcnnError:
    user = f"{step.kind}: " if step else ""
    message = f"{user}the assumption {formula.span.text} does not hold here"
    return SymcnnError(message, step.span if step else formula.span)


@contextmanager
def _inside(what: str, span: Span) -> Iterator[None]:
    """Let an error say in which use of a block, or in which repetition, it came up."""
    try:
        yield
    except SymcnnError as error:
        error.inside(what, span)
        raise


def _at_step(error: SymcnnError, step: Step, given: Given) -> SymcnnError:
    """Return the error to show: one inside the library is shown at the argument of the same name, or at the step."""
    if error.span is None or not error.span.source.internal or step.span.source is error.span.source:
        return error
    word = error.span.text.partition("=")[0]
    return SymcnnError(error.message, given.spans.get(word, step.span), error.hint)
