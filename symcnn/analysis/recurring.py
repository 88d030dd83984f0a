"""The tensor of iteration i in closed form, where a body is repeated a symbolic number of times.

Guess and verify, the cheapest guess first: that the body gives back its input; else what it makes of sizes that are not
known says the recurrence, which is solved, and the body is derived once more on the solution.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sympy import Expr, Symbol

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.symbols import Value, symbol
from symcnn.analysis.derivation import Derivation, Recurrence
from symcnn.analysis.tensor import Tensor, axis_names
from symcnn.errors import SymcnnError
from symcnn.formula.express import shown
from symcnn.formula.values import UndecidedError
from symcnn.repetition.recurrence import Solution, solve
from symcnn.repetition.substitution import replaced

_Derive = Callable[[Tensor], Derivation]  # one iteration, whose number is the index
_States = dict[int, Symbol]  # by place in the shape


class NotRecurringError(SymcnnError):
    """No one form for all iterations was found: the first may differ from the others, or there is none.

    `undecided` where a condition has not the same answer in all of them.
    """

    undecided = False


@dataclass(frozen=True)
class Recurring:
    """The iteration with the index as its number, and the tensor that enters the iteration of any number."""

    index: Symbol
    body: Derivation
    recurrences: tuple[Recurrence, ...]
    at: Callable[[Value], Tensor]
    generic: Derivation | None = None  # on the states of the recurrences


def recurring(tensor: Tensor, index: Symbol, derive: _Derive, arithmetic: Arithmetic) -> Recurring:
    """Return all iterations as one, where `tensor` enters the first; raises `NotRecurringError` where that fails."""
    changing = set(range(len(tensor.shape)))
    failed = None
    try:
        body = derive(tensor)
        output = body.output
        if output == tensor:
            return Recurring(index, body, (), lambda number: tensor)
        if len(output.sizes) == len(tensor.sizes):
            changing = {place for place in changing if output.shape[place] != tensor.shape[place]}
    except SymcnnError as error:  # which another iteration may not have
        failed = error
    return _Recurrences(tensor, index, derive, arithmetic).solved(changing, failed)


class _Recurrences:
    """The recurrences of the sizes of one tensor."""

    def __init__(self, tensor: Tensor, index: Symbol, derive: _Derive, arithmetic: Arithmetic) -> None:
        self.tensor, self.index, self.derive, self.arithmetic = tensor, index, derive, arithmetic

    def solved(self, changing: set[int], failed: SymcnnError | None) -> Recurring:
        """Solve them, and derive the body once more on the solution."""
        states, generic = self._steps(changing, failed)
        output = generic.output
        found = self._solutions(states, output)

        def at(number: Value) -> Tensor:
            values = {place: found[state].at(number) for place, state in states.items()}
            return self._with(values)

        try:
            body = self.derive(at(self.index))
        except SymcnnError as error:
            raise _not_recurring(error) from None
        groups: dict[Symbol, list[int]] = {}
        for place, state in states.items():
            groups.setdefault(state, []).append(place)
        recurrences = tuple(
            Recurrence(
                tuple(places),
                len(self.tensor.sizes),
                state,
                output.shape[places[0]],
                self.tensor.shape[places[0]],
                found[state].at(self.index),
            )
            for state, places in groups.items()
        )
        return Recurring(self.index, body, recurrences, at, generic)

    def _with(self, values: Mapping[int, Value]) -> Tensor:
        channels, *sizes = (values.get(place, size) for place, size in enumerate(self.tensor.shape))
        return Tensor(channels, tuple(sizes))

    def _steps(self, changing: set[int], failed: SymcnnError | None) -> tuple[_States, Derivation]:
        """Return symbols for the sizes that change, and what the body makes of them."""
        apart: set[int] = set()
        while True:
            states = self._states(changing, apart)
            try:
                generic = self.derive(self._with(states))
            except SymcnnError as error:
                raise _not_recurring(failed or error) from None
            output = generic.output
            if len(output.sizes) != len(self.tensor.sizes):
                raise NotRecurringError(f"the tensor {self.tensor} becomes {output}")
            more = {place for place, size in enumerate(output.shape) if place not in states} - changing
            more = {place for place in more if output.shape[place] != self.tensor.shape[place]}
            split = {
                place
                for place, state in states.items()
                if output.shape[place] != output.shape[min(p for p, s in states.items() if s == state)]
            }
            if not (more or split):
                return states, generic
            changing, apart = changing | more, apart | split

    def _states(self, changing: set[int], apart: set[int]) -> _States:
        """Return a symbol for each size that changes, one for equal ones along axes; no user can type their names."""
        states: _States = {}
        for place in sorted(changing):
            twins = (p for p in states if p and place not in apart and self.tensor.shape[p] == self.tensor.shape[place])
            twin = next(twins, None)
            states[place] = symbol(f"(size {place} of {self.index.name})") if twin is None else states[twin]
        return states

    def _solutions(self, states: _States, output: Tensor) -> dict[Symbol, Solution]:
        """Solve one recurrence after the other: first those that speak of no other size that is not solved."""
        found: dict[Symbol, Solution] = {}
        places = {state: place for place, state in reversed(states.items())}
        while len(found) < len(places):
            known = {state: solution.at(self.index) for state, solution in found.items()}
            left = [state for state in places if state not in found]
            ready = [s for s in left if not _spoken(output.shape[places[s]]).intersection(left) - {s}]
            if not ready:
                raise self._unsolved(left[0], places, output)
            for state in ready:
                step = replaced(output.shape[places[state]], known, self.arithmetic)
                start = self.tensor.shape[places[state]]
                solution = solve(step, state, self.index, start, self.arithmetic)
                if solution is None:
                    raise self._unsolved(state, places, output)
                if solution.first_differs:
                    raise NotRecurringError(f"the tensor {self.tensor} of the first repetition is not like the others")
                found[state] = solution
        return found

    def _unsolved(self, state: Symbol, places: Mapping[Symbol, int], output: Tensor) -> NotRecurringError:
        names = ("channels", *axis_names(len(self.tensor.sizes)))
        letters = {s: symbol(names[place]) for s, place in places.items()}
        step = replaced(output.shape[places[state]], letters, self.arithmetic)
        name = names[places[state]]
        return NotRecurringError(f"no closed form is known where {name} becomes {shown(step)} in each repetition")


def _spoken(value: Value) -> set[Symbol]:
    return set(value.free_symbols) if isinstance(value, Expr) else set()


def _not_recurring(error: SymcnnError) -> NotRecurringError:
    found = NotRecurringError(error.message, error.span, error.hint, error.context)
    found.undecided = isinstance(error, UndecidedError)
    return found
