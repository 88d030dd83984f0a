"""The layers of a network on other tensors, or by mistake; one with the same arguments and input is worked out once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.conditions import Truth
from symcnn.algebra.symbols import Value, is_number
from symcnn.analysis.apply import Application
from symcnn.analysis.arguments import SAME, Given
from symcnn.analysis.derivation import Leaf
from symcnn.analysis.fit import Known
from symcnn.analysis.outcome import Outcome
from symcnn.analysis.tensor import Tensor
from symcnn.answers.effects import is_counted, recounted
from symcnn.answers.resized import Resizing
from symcnn.errors import SymcnnError
from symcnn.formula.values import Sides
from symcnn.library.kind import Kind
from symcnn.library.rules import WINDOW
from symcnn.source import Span
from symcnn.tree import Slip, Step


class _Supposed(Application):
    """A layer by mistake: a size that some sizes of the input allow is taken, as its conditions are not asked for."""

    def _add(self, claim: Truth, broken: Callable[[], SymcnnError]) -> None:
        """Add a condition; why one never holds is told to nobody."""
        super()._add(claim, _impossible)

    def _check_size(self, size: Value, name: str, windowed: bool) -> None:
        if is_number(size):
            super()._check_size(size, name, windowed)


class Use:
    """A kind with its arguments, as layers of the network use it: one for all that are equal, and so its own key."""

    __slots__ = ("given", "kind", "span")

    def __init__(self, kind: Kind, given: Given, span: Span) -> None:
        self.kind, self.given, self.span = kind, given, span


class Uses:
    """What the layers of one network use, and what that makes of tensors."""

    def __init__(self, arithmetic: Arithmetic) -> None:
        self.arithmetic = arithmetic
        self.applied = 0  # how many layers had to be worked out by all their rules
        self._known = Known()
        self._uses: dict[tuple[Kind, Any], Use] = {}
        self._use_of: dict[int, Use] = {}  # by the identities of outcomes
        self._outcomes: dict[Any, Outcome | SymcnnError] = {}
        self._resizing: dict[Use | tuple[Use, Value], Resizing] = {}  # the last on as many channels
        self._sizes: dict[Any, Value] = {}

    def of(self, leaf: Leaf) -> Use:
        """Return what a right layer uses."""
        key = id(leaf.outcome)
        if key not in self._use_of:
            right = leaf.outcome
            use = self._use_of[key] = self.use(right.kind, _given(right.kind, right.values), leaf.span)
            self._outcomes.setdefault((use, (), _taken(right)), right)
            resizing = Resizing(right, self.arithmetic, self._sizes)
            for asked in (use, (use, right.values["C"])):
                self._resizing.setdefault(asked, resizing)
        return self._use_of[key]

    def use(self, kind: Kind, given: Given, span: Span) -> Use:
        """Return a kind with its arguments."""
        return self._uses.setdefault((kind, given.key), Use(kind, given, span))

    def outcome(self, use: Use, slips: tuple[Slip, ...], tensor: Tensor) -> Outcome:
        """Return what a layer makes of a tensor by mistake; raises `SymcnnError` where that is impossible."""
        key = (use, tuple(map(id, slips)) if slips else (), tensor)
        if key not in self._outcomes:
            try:
                self._outcomes[key] = self._outcome(use, slips, tensor)
            except (SymcnnError, ZeroDivisionError) as error:
                self._outcomes[key] = error if isinstance(error, SymcnnError) else SymcnnError("division by zero")
        found = self._outcomes[key]
        if isinstance(found, SymcnnError):
            raise found
        return found

    def _outcome(self, use: Use, slips: tuple[Slip, ...], tensor: Tensor) -> Outcome:
        """Work a layer out; a mistake about what is seen leaves its sizes, also where a padding is chosen by them."""
        resizing = self._resizing.get((use, tensor.channels)) or self._resizing.get(use)
        resized = None if resizing is None else resizing.of(tensor, slips)
        if resized is not None:
            return resized
        about_counts = tuple(filter(is_counted, slips))
        if about_counts:
            others = tuple(slip for slip in slips if not is_counted(slip))
            return recounted(self.outcome(use, others, tensor), about_counts, self.arithmetic)
        others = tuple(slip for slip in slips if slip.quantity not in WINDOW)
        outcome = self._applied(use, others, tensor)
        if len(others) < len(slips):
            outcome = outcome._replace(windows=self._applied(use, slips, tensor).windows)
        return outcome

    def _applied(self, use: Use, slips: tuple[Slip, ...], tensor: Tensor) -> Outcome:
        self.applied += 1
        mistaken = use.kind.mistaken(slips) if slips else use.kind
        step = Step(use.kind.name, (), use.span, use.span)
        return _Supposed(mistaken, step, use.given, tensor, self.arithmetic, self._known).outcome()


def _taken(outcome: Outcome) -> Tensor:
    """Return the tensor that a layer is applied to, of a join that of all its inputs."""
    return Tensor(outcome.values["C"], tuple(outcome.values["n"]))


def _impossible() -> SymcnnError:
    return SymcnnError("a layer is not possible")


def _given(kind: Kind, values: Mapping[str, Any]) -> Given:
    """Return the arguments of a layer as they can be given once more."""
    return Given({name: _argument(kind, name, values) for name in kind.parameters}, {})


def _argument(kind: Kind, name: str, values: Mapping[str, Any]) -> Any:
    value = values[kind.parameters[name].symbol]
    if SAME in kind.words.get(name, ()) and _is_same(values):
        return SAME
    if not isinstance(value, tuple):
        return value
    return tuple((item.before, item.after) if isinstance(item, Sides) else item for item in value)


def _is_same(values: Mapping[str, Any]) -> bool:
    try:
        return bool(values[SAME])
    except KeyError:
        return False
