"""What an analysis hands out: closed forms for the network and for each layer, and their values in integers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sympy import Add, Expr, Symbol
from sympy.logic.boolalg import Boolean

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.conditions import Condition, Either
from symcnn.algebra.evaluate import Evaluate, evaluator
from symcnn.algebra.facts import Facts
from symcnn.algebra.operations import product, sum_of
from symcnn.algebra.symbols import Value, exact, expression
from symcnn.analysis.counting import Counting, all_of_layer, of_layer
from symcnn.analysis.counts import Counts, Totals
from symcnn.analysis.derivation import Derivation, Loop
from symcnn.analysis.fields import Fields, ReceptiveField
from symcnn.analysis.layers import Layers
from symcnn.analysis.outcome import Evaluated
from symcnn.analysis.repeated import together
from symcnn.analysis.timing import checked_rate
from symcnn.analysis.totals import of_network
from symcnn.analysis.values import checked
from symcnn.errors import SymcnnError, bounded_nesting, did_you_mean
from symcnn.library.convention import known_conventions
from symcnn.library.kind import Kind
from symcnn.library.rules import QUANTITIES
from symcnn.source import Span

if TYPE_CHECKING:
    from symcnn.analysis.reconciliation import Reconciliation


class Quantities:
    """The counted quantities by name. Symbolic ones are SymPy expressions, evaluated ones Python integers.

    Units: weights, biases, params, buffers and counters are stored numbers; macs are multiply–accumulates, flops
    operations (2·macs, and one addition for each output where there is a bias); activations are numbers in the
    outputs of all steps but views; weight_layers and nonlinearities are layers; neurons are outputs of layers with
    weights and connections their edges, both for one sample.
    """

    counted: Mapping[str, Any]
    counting: Counting | None

    def count(self, quantity: str) -> Any:
        """Return a quantity by its name, or what a counting convention or a sum counts: "fvcore", "macs+bias".

        Raises `SymcnnError` for a name that is not known, and where the convention does not say what it counts.
        """
        if quantity in QUANTITIES:
            return self._learned if quantity == "params" else self.counted[quantity]
        known = () if self.counting is None else tuple(known_conventions(self.counting.file))
        if quantity not in known and not set(str(quantity)) & set("+-−"):
            listed = f"{known_quantities()}; conventions are {', '.join(known)}" if known else known_quantities()
            hint = did_you_mean(str(quantity), (*QUANTITIES, *known), listed)
            raise SymcnnError(f"unknown quantity '{quantity}'", hint=hint)
        return self._by_convention(quantity)

    def _by_convention(self, name: str) -> Any:
        raise NotImplementedError

    @cached_property
    def _learned(self) -> Any:
        parts = self.counted["weights"], self.counted["biases"]
        return sum(parts) if all(isinstance(part, int) for part in parts) else sum_of(parts)

    @property
    def weights(self) -> Any:
        """Learned factors, the scales of normalisations included."""
        return self.count("weights")

    @property
    def biases(self) -> Any:
        """Learned summands, the shifts of normalisations included."""
        return self.count("biases")

    @property
    def params(self) -> Any:
        """Everything that is learned: weights + biases."""
        return self.count("params")

    @property
    def buffers(self) -> Any:
        """What is stored but not learned: running means and variances."""
        return self.count("buffers")

    @property
    def counters(self) -> Any:
        """Stored counters of training steps (one per BatchNorm), which PyTorch keeps among the buffers."""
        return self.count("counters")

    @property
    def macs(self) -> Any:
        """Multiply–accumulates of dense arithmetic, products with padding included."""
        return self.count("macs")

    @property
    def flops(self) -> Any:
        """Operations: 2·macs, and one addition for each output where there is a bias."""
        return self.count("flops")

    @property
    def activations(self) -> Any:
        """Numbers in the outputs of all steps but views."""
        return self.count("activations")

    @property
    def weight_layers(self) -> Any:
        """How many layers have weights (normalisations not counted): the 16 of VGG-16."""
        return self.count("weight_layers")

    @property
    def nonlinearities(self) -> Any:
        """How many activation functions there are."""
        return self.count("nonlinearities")

    @property
    def neurons(self) -> Any:
        """Outputs of layers with weights, for one sample: the 659,272 of AlexNet."""
        return self.count("neurons")

    @property
    def connections(self) -> Any:
        """Edges from neurons to what they see, padding included, for one sample: weights, were none of them shared."""
        return self.count("connections")


def known_quantities() -> str:
    """Return the names of all quantities, for a hint."""
    return "known are " + ", ".join(QUANTITIES)


@dataclass(frozen=True)
class Layer(Quantities):
    """One row of the table: a layer, or the same layer in the repetitions of a body.

    Quantities are those of one layer, to be multiplied by `times`, of one with something that learns before it if there
    are both (see `total`); the receptive field is that of the last repetition.
    In a symbolic number of repetitions they may speak of the indices of the `loops` around: `together` sums them up.
    """

    name: str
    path: str
    kind: str
    times: Any
    input: tuple[Any, ...]  # of a join the first of its inputs
    output: tuple[Any, ...]
    counted: Counts
    inputs: tuple[tuple[Any, ...], ...] = field(repr=False)
    fields: Fields = field(repr=False, compare=False)
    place: int = field(repr=False)
    span: Span = field(repr=False, compare=False)  # of the step
    rules: Kind = field(repr=False, compare=False)
    values: Mapping[str, Any] = field(repr=False, compare=False)  # of every name that a rule of the kind may use
    claims: tuple[Condition | Either, ...] = field(default=(), repr=False)
    counting: Counting | None = field(default=None, repr=False, compare=False)
    loops: tuple[Loop, ...] = field(default=(), repr=False)  # around it, if one of them has a symbolic count
    # 1 or 0 where it is one of the repetitions before which nothing learns, or one of the others.
    first: int | None = field(default=None, repr=False)

    def _by_convention(self, name: str) -> Any:
        return of_layer(self, name)

    def total(self, quantity: str) -> Any:
        """Return what a quantity comes to in all repetitions of the layer together; see `count`.

        Of some quantities of training it is less than `times` times that of one: the first layer counts less.
        """
        one = self.count(quantity)
        if quantity in QUANTITIES or self.counting is None:
            return self.together(one)
        return all_of_layer(self, quantity)

    def together(self, value: Any) -> Any:
        """Return what a quantity of the layer comes to in all its repetitions together."""
        if self.loops:
            arithmetic = Arithmetic() if self.counting is None else self.counting.arithmetic
            return together(value, self.loops, arithmetic)
        return value if self.times == 1 else product((self.times, value))

    @cached_property
    def receptive_field(self) -> ReceptiveField:
        """What one output of the layer sees of the network's input."""
        return self.fields.after(self.place)

    @property
    def input_field(self) -> ReceptiveField:
        """What one input of the layer sees of the network's input; of a join what the first does."""
        return self.fields.branches(self.place)[0]

    @property
    def branch_fields(self) -> tuple[ReceptiveField, ...]:
        """What each input of a join sees of the network's input."""
        return self.fields.branches(self.place)

    @property
    def conditions(self) -> tuple[Boolean, ...]:
        """The conditions that the layer itself adds: relations of the symbols."""
        return tuple(claim.relation() for claim in self.claims)


@dataclass(frozen=True, repr=False)
class Analysis(Quantities):
    """Closed forms for a network: see `Quantities` for what is counted and in which unit."""

    net: str
    input: tuple[Any, ...]
    batch: Any
    output: tuple[Any, ...]
    layers: Layers
    fields: Fields = field(repr=False, compare=False)
    claims: tuple[Condition | Either, ...] = field(repr=False)
    assumed: tuple[Condition | Either, ...] = field(repr=False)
    formal: tuple[Condition | Either, ...] = field(default=(), repr=False, kw_only=True)  # what only closed forms ask
    symbols: Mapping[str, Symbol]
    suspect: Callable[[], tuple[str, ...]] = field(default=tuple, repr=False, compare=False)
    unused: tuple[str, ...] = field(default=(), repr=False)  # warnings of assumptions about other symbols
    derived: Callable[[], Derivation | None] | None = field(default=None, repr=False, compare=False)
    evaluate: Callable[[Value], Any] = field(default=expression, repr=False, compare=False)
    facts: Facts = field(default_factory=Facts, repr=False, compare=False)
    replaced: Mapping[Symbol, Expr] = field(default_factory=dict, repr=False)  # by assumed equalities
    renewed: Callable[[Mapping[str, Any]], Analysis] | None = field(default=None, repr=False, compare=False)
    values: Mapping[str, Any] | None = None
    symbolic: Analysis | None = field(default=None, repr=False)  # of an analysis with values: where they were put in
    anew: bool = False  # with values for which the closed forms do not hold: all is derived once more
    convention: str = "macs"
    counting: Counting | None = field(default=None, repr=False, compare=False)
    columns: tuple[str, ...] = ()  # conventions to be shown beside the quantities
    rate: Any = None  # operations per second, of which the ideal time is to be shown

    def _by_convention(self, name: str) -> Any:
        return of_network(self, name)

    @property
    def derivation(self) -> Derivation | None:
        """The graph of the layers."""
        return None if self.derived is None else self.derived()

    @property
    def is_deep(self) -> bool:
        """Whether values were put in for a symbolic number of repetitions: totals come from their closed forms."""
        return not self.anew and self.symbolic is not None and any(layer.loops for layer in self.symbolic.layers)

    def beside(self, *conventions: str) -> Analysis:
        """Return the same analysis, to be shown with what these conventions count beside the quantities."""
        for name in conventions:
            if self.counting is not None:
                self.counting.convention(name)
        return replace(self, columns=tuple(dict.fromkeys(conventions)))

    def timed(self, rate: Any) -> Analysis:
        """Return the same analysis, to be shown with its ideal time at a rate in operations per second."""
        known, before = checked_rate(self, rate), self.symbolic
        return replace(self, rate=known, symbolic=None if before is None else replace(before, rate=known))

    def reconcile(self, first: str, second: str) -> Reconciliation:
        """Return why two conventions count differently, line by line; see `Reconciliation`."""
        from symcnn.analysis.reconciliation import reconcile

        return reconcile(self, first, second)

    def __repr__(self) -> str:
        from symcnn.formula.express import express_shape, shown
        from symcnn.formula.notation import text

        shapes = f"{text(express_shape(self.input))} → {text(express_shape(self.output))}"
        return f"<Analysis of {self.net}: {shapes}, params {shown(self.params)}, MACs {shown(self.macs)}>"

    @cached_property
    def counted(self) -> Mapping[str, Any]:  # type: ignore[override]
        """The totals over all layers, by name; each is summed when it is asked for."""
        if self.is_deep:
            assert self.symbolic is not None
            return Evaluated(self.symbolic.counted, self.evaluate)
        exactly = expression if self.values is None else exact
        return Totals(self.layers.parts(), 1 if self.batch is None else exact(self.batch), exactly)

    @cached_property
    def receptive_field(self) -> ReceptiveField:
        """What one output of the network sees of its input."""
        return self.fields.network

    @cached_property
    def warnings(self) -> tuple[str, ...]:
        """Names that look like a slip of the pen, and definitions that take the place of the library's."""
        return self.suspect()

    @property
    def conditions(self) -> tuple[Boolean, ...]:
        """The conditions under which the network is defined, beyond what is assumed: relations of the symbols."""
        return tuple(claim.relation() for claim in self.claims)

    @property
    def assumptions(self) -> tuple[Boolean, ...]:
        """What was assumed, as relations of the symbols."""
        return tuple(claim.relation() for claim in self.assumed)

    def share(self, layer: Layer, quantity: str) -> Fraction | None:
        """Return a layer's part of the total, all its repetitions together; None where it is no number."""
        part, whole = layer.total(quantity), self.count(quantity)
        if whole == 0:
            return None
        (above, rest), (below, common) = (expression(value).as_coeff_Mul() for value in (part, whole))
        return Fraction(exact(above)) / Fraction(exact(below)) if rest == common or not above else None

    def at(self, **values: int | Fraction | str) -> Analysis:
        """Return the same analysis in exact integers; every symbol needs a value.

        Raises `SymcnnError` for a missing, unknown or illegal value, and where a condition does not hold. With fewer
        repetitions than the closed forms are of, the network with these numbers is derived.

        >>> from symcnn import analyse, parse
        >>> net = parse("net two { input C×H×H; Conv(C, 3, bias=false); Conv(C, 3, bias=false) }")["two"]
        >>> analyse(net).at(C=64, H=56).macs
        207175680
        """
        from symcnn.analysis.evaluated import derived_anew, evaluated

        if self.values is not None and not values:
            return self
        with bounded_nesting(f"a formula of '{self.net}'"):
            evaluate = self.evaluator_at(values)
            return derived_anew(self, values) if evaluate is None else evaluated(self, evaluate, values)

    def evaluator_at(self, values: Mapping[str, int | Fraction | str]) -> Evaluate | None:
        """Return what evaluates the closed forms at values; None where these are not those of the network there.

        Raises `SymcnnError` as `at` does.
        """
        known = checked(values, self.symbols, self.replaced)
        evaluate = evaluator(known)
        for claim in self.assumed:
            self._check(claim, evaluate, known)
        if not all(_holds(claim, evaluate) for claim in self.formal):
            return None
        for claim in self.claims:
            self._check(claim, evaluate, known)
        return evaluate

    def _check(self, claim: Condition | Either, evaluate: Any, known: Mapping[Symbol, Any]) -> None:
        if not _holds(claim, evaluate):
            shown = ", ".join(f"{s.name} = {known[s]}" for s in sorted(_free(claim), key=lambda s: s.name))
            broken = (x.span for x in self.layers if not all(_holds(c, evaluate) for c in x.claims))
            message = f"the net '{self.net}' is not defined for {shown}"
            raise SymcnnError(message, next(broken, None), f"it needs {relation_text(claim)}")


def _holds(claim: Condition | Either, evaluate: Any) -> bool:
    """Tell whether a condition is true; one that divides by zero is not."""
    try:
        return claim.holds(evaluate)
    except SymcnnError:
        return False


def relation_text(claim: Condition | Either) -> str:
    """Return a condition in the language's own spelling: `H >= 5`, `C % g == 0`."""
    return relation_string(claim.relation())


def relation_string(relation: Any) -> str:
    """Return a SymPy relation as the language spells it."""
    from sympy import And, Eq, Mod, Ne, Not, Or, Pow

    if isinstance(relation, (And, Or)):
        parts = sorted(relation_string(part) for part in relation.args)
        if isinstance(relation, Or):
            return " or ".join(parts)
        return " and ".join(f"({part})" if " or " in part else part for part in parts)
    if isinstance(relation, Not):
        return f"not {relation_string(relation.args[0])}"
    if isinstance(relation, (Eq, Ne)) and isinstance(relation.lhs, Mod):
        left, right = relation.lhs.args
        top = f"({left})" if isinstance(left, Add) or left.is_Mul else str(left)
        bottom = str(right) if right.is_Atom or isinstance(right, Pow) else f"({right})"
        return f"{top} % {bottom} {relation.rel_op} {relation.rhs}"
    return f"{relation.lhs} {relation.rel_op} {relation.rhs}"


def _free(claim: Condition | Either) -> set[Symbol]:
    return set(claim.relation().free_symbols)
