"""Walking through a network, statement by statement; equal work is done once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.assumptions import ContradictionError, informed
from symcnn.algebra.conditions import Condition, Either, Truth, every, single
from symcnn.algebra.symbols import Value, exact
from symcnn.analysis.arguments import Given, at_step, missing
from symcnn.analysis.body import Body
from symcnn.analysis.derivation import INPUT, Derivation, Leaf, Nest, Place
from symcnn.analysis.informed import Informed
from symcnn.analysis.joins import cropped, disagreement, joined
from symcnn.analysis.repeats import Inside, Repeats
from symcnn.analysis.scope import FileScope, Scope, define
from symcnn.analysis.statements import labels_in
from symcnn.analysis.steps import MOST_ITEMS, Steps
from symcnn.analysis.tensor import Tensor
from symcnn.errors import NotSupportedError, SymcnnError, misfit
from symcnn.formula.express import shown
from symcnn.formula.meaning import meaning
from symcnn.formula.nodes import Formula
from symcnn.formula.values import Frame, Meaning, condition, number, undecided
from symcnn.library.kind import Kind, positional
from symcnn.library.standard import Found, joint_kind, standard_kind, standard_library
from symcnn.source import Span
from symcnn.tree import (
    Assume,
    Block,
    Conditional,
    Domain,
    File,
    From,
    Input,
    Join,
    Labelled,
    Let,
    Net,
    Reference,
    Repeat,
    Statement,
    Step,
    Wired,
)

_DEEPEST_NETS = 60  # nets inside nets
_DEEPEST_BLOCKS = 120  # blocks inside blocks, those of nets included


class Walk:
    """Derives the nets of a file under some facts; `conditional` says whether branches agree only for some inputs."""

    def __init__(self, file: File, scope: FileScope, arithmetic: Arithmetic) -> None:
        self.file, self.scope, self.arithmetic = file, scope, arithmetic
        self.conditional = False
        self.formal: list[Condition | Either] = []  # conditions that only the closed forms of repetitions have
        self.misfits: list[str] = []  # why there are no repetitions
        self._steps = Steps(arithmetic)
        self._meanings: dict[int, Meaning] = {}
        self._labels: dict[int, tuple[str, ...]] = {}  # of blocks
        self._bodies: dict[Any, Derivation] = {}
        self._active: list[Any] = []
        self._depth = 0
        self._repeats = Repeats(self)

    def network(self, net: Net, scope: Scope) -> tuple[Derivation, Any]:
        """Derive a net with an input; returns the derivation and the batch (1 if none is written)."""
        body = Body(scope, self.file)
        self._statements(net.body, body, assumed=True)
        derivation = body.derived()
        if derivation.rows > MOST_ITEMS:
            raise NotSupportedError(f"more than {MOST_ITEMS:,} layers, equal repetitions aside", net.span)
        return derivation, body.batch

    # statements

    def _statements(self, block: Block, body: Body, assumed: bool = False) -> None:
        if self._depth > _DEEPEST_BLOCKS:
            raise SymcnnError(f"blocks are nested deeper than {_DEEPEST_BLOCKS}", block.span)
        self._depth += 1
        labels = self._labels_in(block)
        if labels:
            body.reserved.update(labels)
        try:
            for statement in block.statements:
                if type(statement) is Step:  # as most are
                    self._step(statement, body, None)
                elif not (assumed and isinstance(statement, Assume)):  # a network's own assumptions are facts already
                    self._statement(statement, body, None)
        finally:
            self._depth -= 1

    def _labels_in(self, block: Block) -> tuple[str, ...]:
        known = self._labels.get(id(block))
        if known is None:
            known = self._labels[id(block)] = tuple(labels_in(block))
        return known

    def _statement(self, statement: Statement, body: Body, label: str | None) -> None:
        match statement:
            case Step():
                self._step(statement, body, label)
            case Let():
                body.scope[statement.name] = define(statement, body.scope, self.arithmetic, self._meaning)
            case Input():
                self._input(statement, body)
            case Assume():
                self._assume(statement, body)
            case Repeat():
                self._repeat(statement, body, label)
            case Conditional():
                self._conditional(statement, body)
            case Labelled():
                self._statement(statement.statement, body, statement.label)
                body.set_label(statement.label, statement.span)
            case Join():
                self._join(statement, body, label)
            case Wired():
                self._wired(statement, body, label)
            case From():
                self._tensor(body, statement.span)
                body.go_to(body.labelled(statement.label, statement.span))

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
        body.begin(wanted)

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
                raise misfit(broken())
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
        count, tensor = self._number(statement.count, body.scope), self._tensor(body, statement.span)
        self._repeats.repeat(statement, body, label or body.name("Repeat"), count, tensor)

    def iteration(self, statement: Repeat, inner: Body) -> None:
        """Derive one iteration in a body of its own."""
        self._steps.count(statement.span)
        self._statements(statement.body, inner)

    @contextmanager
    def knowing(self, claims: Iterable[Truth]) -> Iterator[None]:
        """Derive what is inside under conditions that hold there; nothing of it is kept for what is outside."""
        before = self.arithmetic, self._steps, self._bodies
        try:
            self.learn(claims)
            yield
        finally:
            self.arithmetic, self._steps, self._bodies = before

    def learn(self, claims: Iterable[Truth]) -> None:
        """Take conditions of the network for granted from here on."""
        try:
            self.arithmetic = Arithmetic(informed(self.arithmetic.facts, claims))
        except ContradictionError:
            raise SymcnnError("the assumptions leave no repetition") from None
        self._steps, self._bodies = self._steps.under(self.arithmetic), {}

    def restorer(self, body: Body) -> Callable[[], None]:
        """Return what makes the walk, and the body that it is in, again what they are now."""
        before, again = (self.arithmetic, self._steps, self.conditional), body.restorer(self.formal, self.misfits)

        def restore() -> None:  # what bodies ask of the closed forms is not kept with them
            self.arithmetic, self._steps, self.conditional, self._bodies = *before, {}
            again()

        return restore

    # branches

    def _join(self, join: Join, body: Body, label: str | None) -> None:
        self._tensor(body, join.span)
        if not join.paths:
            raise SymcnnError(f"{join.joint} joins nothing", join.span, f"as in {join.joint} {{ path {{ … }} skip }}")
        name = label or body.name(join.joint.capitalize())
        numbered = sum(1 for path in join.paths if path.statements) > 1
        start, ends = body.place, []
        for place, path in enumerate(join.paths, 1):
            body.go_to(start)
            inner = body.inner()
            with Inside(f"path {place} of {join.joint}", path.span):
                self._statements(path, inner)
            ends.append(self._path_end(f"{name}.path{place}" if numbered else name, inner, body))
        body.go_to(start)
        self._joined(name, join.joint, tuple(ends), body, join.span)

    def _path_end(self, name: str, inner: Body, body: Body) -> Place:
        """Add a path to the body, unless it has no layers, and return the place of what comes out."""
        if not inner.items:  # it hands on its input, or an earlier tensor
            body.conditions += inner.conditions
            return inner.sources[INPUT - inner.place]
        derived = inner.derived()
        body.append(Nest(name, derived, 1, inner.sources), derived.output)
        return body.place

    def _wired(self, wired: Wired, body: Body, label: str | None) -> None:
        tensor, start = self._tensor(body, wired.span), body.place
        ends = [start]
        for reference in wired.references:
            place = body.labelled(reference.label, reference.span)
            ends.append(self._cropped(reference, place, tensor, body) if reference.crop else place)
        body.go_to(start)
        self._joined(label or body.name(wired.joint.capitalize()), wired.joint, tuple(ends), body, wired.span)

    def _joined(self, name: str, joint: str, places: tuple[Place, ...], body: Body, span: Span) -> None:
        tensors = tuple(map(body.tensor_at, places))
        kind = joint_kind(joint)
        claims: list[Condition | Either] = []

        def demand(claim: Truth, place: int) -> None:
            for part in single(claim):
                if self._never(part, tensors):
                    raise misfit(disagreement(joint, body, places, place, span))
                if not isinstance(part, bool):
                    claims.append(part)

        if len({len(tensor.sizes) for tensor in tensors}) > 1:
            different = next(i for i, t in enumerate(tensors) if len(t.sizes) != len(tensors[0].sizes))
            raise disagreement(joint, body, places, different, span)
        found = joined(joint, tensors, self.arithmetic, demand)
        outcome = self._steps.outcome(kind, Step(kind.name, (), span, span), Given({}, {}), found.tensor)
        outcome = outcome._replace(conditions=(*dict.fromkeys(claims), *outcome.conditions))
        self.conditional = self.conditional or bool(claims)
        self._steps.count(span)
        body.append(Leaf(name, kind.name, tensors, outcome, span, places, found.broadcast), outcome.output)

    def _never(self, claim: Truth, tensors: Sequence[Tensor]) -> bool:
        """Tell whether a condition never holds, as no size is 0."""
        if isinstance(claim, bool):
            return not claim
        return Informed(self.arithmetic, [tensor.shape for tensor in tensors], ()).settle(claim) is False

    def _cropped(self, reference: Reference, place: Place, wanted: Tensor, body: Body) -> Place:
        """Add the layer that cuts a labelled tensor to the sizes of the current one, from both sides alike."""
        tensor = body.tensor_at(place)
        if len(tensor.sizes) != len(wanted.sizes):
            message = f"crop({reference.label}): {tensor} cannot be cut to {wanted}"
            raise SymcnnError(message, reference.span, "both need the same number of axes")
        margins, claims = cropped(tensor, wanted, self.arithmetic)
        if any(self._never(claim, (tensor, wanted)) for claim in claims):
            message = f"crop({reference.label}): {tensor} cannot be cut to {wanted} from both sides alike"
            raise SymcnnError(message, reference.span, "their difference must be even and not negative")
        kind = standard_kind("Crop")
        step = Step(kind.name, (), reference.span, reference.span)
        outcome = self._steps.outcome(kind, step, Given({next(iter(kind.parameters)): margins}, {}), tensor)
        open_claims = [part for claim in claims for part in single(claim) if not isinstance(part, bool)]
        outcome = outcome._replace(conditions=tuple(dict.fromkeys((*open_claims, *outcome.conditions))))
        self.conditional = self.conditional or bool(open_claims)
        name = body.name(kind.name)
        body.append(Leaf(name, kind.name, (tensor,), outcome, reference.span, (place,)), outcome.output)
        return body.place

    # steps

    def _step(self, step: Step, body: Body, label: str | None) -> None:
        tensor = self._tensor(body, step.span)
        _, found, arguments = self._steps.read(step, body.file, tensor)
        given = arguments.constant or arguments.given(Frame(self.arithmetic, body.scope))
        name = label or body.name(found.meaning.name)
        if isinstance(found.meaning, Kind):
            outcome = self._steps.outcome(found.meaning, step, given, tensor)
            leaf = Leaf(name, found.meaning.name, (tensor,), outcome, step.span, (body.place,))
            body.append(leaf, outcome.output)
            self._steps.count(step.span)
        else:
            derived = self._net(found, step, given, tensor)
            body.append(Nest(name, derived, 1, (body.place,)), derived.output)

    # nets as blocks

    def _net(self, found: Found, step: Step, given: Given, tensor: Tensor) -> Derivation:
        net = found.meaning
        key = (net.name, found.file is standard_library(), given.key, tensor)
        known = self._bodies.get(key)
        if known is not None:
            return known
        if key in self._active:
            raise SymcnnError(f"the net '{net.name}' uses itself without end", step.span)
        if len(self._active) >= _DEEPEST_NETS:
            deep = f"more than {_DEEPEST_NETS} nets deep"
            raise SymcnnError(f"the net '{net.name}' uses itself without end, or {deep}", step.span)
        self._active.append(key)
        try:
            with Inside("", step.span):  # which says it, if it has to be said
                derived = self._bodies[key] = self._net_body(found, step, given, tensor)
        except SymcnnError as error:
            raise at_step(error, step, given) from None
        finally:
            self._active.pop()
        return derived

    def _net_body(self, found: Found, step: Step, given: Given, tensor: Tensor) -> Derivation:
        net = found.meaning
        assert isinstance(net, Net)
        body = Body(Scope(self.scope, tensor), found.file, step, inputs=[tensor])
        self.bind(net, given.values, body.scope, None if found.file is self.file else step)
        self._statements(net.body, body)
        return body.derived()

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

    def _tensor(self, body: Body, span: Any) -> Tensor:
        if body.tensor is None:
            raise SymcnnError("there is no input before this", span, "begin the net with, for example, input 3×H×W")
        return body.tensor

    def _value(self, formula: Formula, scope: Scope) -> Any:
        return self._meaning(formula)(Frame(self.arithmetic, scope))

    def _meaning(self, formula: Formula) -> Meaning:
        """Return a formula compiled; one that stands in a block may be asked for often."""
        compiled = self._meanings.get(id(formula))
        if compiled is None:
            compiled = self._meanings[id(formula)] = meaning(formula)
        return compiled

    def _number(self, formula: Formula, scope: Scope) -> Any:
        return exact(number(self._value(formula, scope), formula.span))


def _not_assumed(formula: Formula, step: Step | None) -> SymcnnError:
    user = f"{step.kind}: " if step else ""
    message = f"{user}the assumption {formula.span.text} does not hold here"
    return SymcnnError(message, step.span if step else formula.span)
