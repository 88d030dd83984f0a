"""`repeat n { … }`: a number of iterations is unrolled by meaning, a symbolic one is derived as one with an index."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from sympy import Expr, Symbol

from symcnn.algebra.conditions import Condition, Either, Every, Truth, every, single
from symcnn.algebra.operations import total
from symcnn.algebra.symbols import NONNEGATIVE, Value, symbol
from symcnn.analysis.body import Body
from symcnn.analysis.derivation import BY_NUMBER, Derivation, Nest, Place
from symcnn.analysis.divided import divides_by_zero_where_none
from symcnn.analysis.everywhere import everywhere
from symcnn.analysis.recurring import NotRecurringError, Recurring, recurring
from symcnn.analysis.result import relation_text
from symcnn.analysis.statements import indices_in, names_in, unbound_names
from symcnn.analysis.tensor import Tensor
from symcnn.errors import MisfitError, NotSupportedError, SymcnnError
from symcnn.formula.express import shown
from symcnn.formula.values import UndecidedError
from symcnn.source import Span
from symcnn.tree import Repeat

if TYPE_CHECKING:
    from symcnn.analysis.walk import Walk

_MOST_FIRST, _MOST_LAST = 3, 2  # iterations that may differ from the others
_WHAT = "this symbolic number of repetitions"
_INDICES = ("i", "j", "l", "t", "u", "v", *(f"i_{number}" for number in range(1, 1000)))


class _Repetition(NamedTuple):
    """A statement with a symbolic count, the body that it stands in, and the name of its iterations."""

    statement: Repeat
    body: Body
    name: str
    count: Expr


class Repeats:
    """The repetitions of one walk."""

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self._indices: list[Symbol] = []  # of the repetitions around
        self._undecided: set[Symbol] = set()  # on which conditions in the current iterations depend

    def repeat(self, statement: Repeat, body: Body, name: str, count: Any, tensor: Tensor) -> None:
        """Derive the iterations of a body and add them to the body around it."""
        if isinstance(count, Expr):
            self._symbolic(statement, body, name, count, tensor)
            return
        if not isinstance(count, int):
            raise SymcnnError(f"a repeat count is {shown(count)}, which is no integer", statement.count.span)
        if count < 0:
            raise SymcnnError(f"a repeat count is {count}", statement.count.span, "it is at least 0")
        self._unrolled(statement, body, name, count, tensor)

    def _unrolled(self, statement: Repeat, body: Body, name: str, count: int, tensor: Tensor) -> None:
        counted, done = _is_numbered(statement), 0
        while done < count:
            with Inside(f"repetition {done + 1} of {count}", statement.count.span):
                inner = self._iteration(statement, body, done, tensor)
            derived = inner.derived()
            # An iteration that gives back its input tensor, and does not look at the index, is all the rest too.
            times = 1 if counted or derived.output != tensor else count - done
            last = done + times - 1
            index = "" if times == count else f"[{done}]" if times == 1 else f"[{done}..{last}]"
            body.append(Nest(f"{name}{index}", derived, times, inner.sources), derived.output)
            tensor, done = derived.output, done + times

    def _iteration(self, statement: Repeat, body: Body, number: Value, tensor: Tensor) -> Body:
        """Derive the iteration of a number, or of an index, on the tensor that enters it."""
        inner = body.inner()
        inner.begin(tensor)
        if statement.index is not None:
            inner.scope[statement.index] = number
        undecided = self._undecided
        try:
            self._walk.iteration(statement, inner)
        except UndecidedError as error:
            undecided |= error.symbols
            raise
        finally:
            self._undecided = undecided
        return inner

    # a symbolic number

    def _symbolic(self, statement: Repeat, body: Body, name: str, count: Expr, tensor: Tensor) -> None:
        span = statement.count.span
        self._demand_count(count, 0, body, span)
        if self._walk.arithmetic.compare(">=", count, 1) is False:  # it can only be 0
            return
        repetition = _Repetition(statement, body, name, count)
        failed: SymcnnError | None = None
        for last in range(_MOST_LAST + 1):
            restore, self._undecided, known = self._walk.restorer(body), set(), len(self._walk.formal)
            try:
                self._apart(repetition, tensor, last)
                return
            except SymcnnError as error:
                formal = self._walk.formal[known:]
                restore()
                if isinstance(error, MisfitError) and formal:  # with fewer repetitions it may fit
                    raise _unformed(error, formal, span) from None
                failed = failed or error
                if not self._undecided & count.free_symbols:  # it is not because of the last ones
                    failed = error
                    break
        assert failed is not None
        raise failed

    def _apart(self, repetition: _Repetition, tensor: Tensor, last: int) -> None:
        """Derive the first iterations one by one, as many as needed, the others as one, and the `last` one by one."""
        _, body, _, count = repetition
        span = repetition.statement.count.span
        failed: NotRecurringError | None = None
        for first in range(_MOST_FIRST + 1):
            if first + last:
                self._demand_count(count, first + last, body, span, formal=True)
            left = total((count, -first - last))
            if self._walk.arithmetic.compare(">=", left, 1) is False:  # there are no others
                self._last(repetition, last, tensor)
                return
            try:
                tensor = self._between(repetition, first, last, tensor)
                self._last(repetition, last, tensor)
                return
            except NotRecurringError as error:
                failed = error if failed is None or (failed.undecided and not error.undecided) else failed
            if first == _MOST_FIRST:
                break
            restore = self._walk.restorer(body)
            try:
                tensor = self._first(repetition, first, last, tensor)
            except MisfitError as error:
                restore()
                self._none(left, body, error)
                self._last(repetition, last, tensor)
                return
            except SymcnnError as error:
                if first and not isinstance(error, NotSupportedError):  # fewer repetitions may do without this one
                    raise _unsolved(failed, span) from None
                raise
        raise _unsolved(failed, span)

    def _between(self, repetition: _Repetition, first: int, last: int, tensor: Tensor) -> Tensor:
        """Derive all iterations but the first and the last ones as one and add it; return the tensor that leaves it."""
        statement, body, name, count = repetition
        left = total((count, -first - last))
        found, sources = self._all(statement, body, first, left, tensor)
        leaving, derived, index = found.at(left), found.body, found.index
        if divides_by_zero_where_none(derived, leaving, count, self._walk.arithmetic):
            self._demand_count(count, first + last + 1, body, statement.count.span, formal=True)
        ranged, alike = _ranged(name, first, last), not (found.recurrences or _is_numbered(statement))
        nest = Nest(ranged, derived, left, sources, index, leaving, found.recurrences, found.generic, alike)
        body.append(nest, leaving)
        return leaving

    def _first(self, repetition: _Repetition, number: int, last: int, tensor: Tensor) -> Tensor:
        """Derive an iteration that differs from those that follow; return the tensor that leaves it."""
        span = repetition.statement.count.span
        self._demand_count(repetition.count, number + last + 1, repetition.body, span, formal=True)
        return self._alone(repetition, number, number + 1, f"{repetition.name}[{number}]", tensor)

    def _none(self, left: Value, body: Body, error: SymcnnError) -> None:
        """Add the condition that there are no more repetitions, of which none fits; raises the error if there are."""
        arithmetic = self._walk.arithmetic
        claims = [part for part in single(arithmetic.compare("==", left, 0)) if not isinstance(part, (bool, Every))]
        if not claims:
            raise error
        body.conditions += claims
        self._walk.learn([*claims, arithmetic.compare("<=", left, 0)])
        hint = f"none or no more repetitions fit: {relation_text(claims[0])}"
        self._walk.misfits.append(str(SymcnnError(error.message, error.span, hint, error.context)))

    def _last(self, repetition: _Repetition, last: int, tensor: Tensor) -> None:
        """Derive the last iterations, which differ from those before."""
        for place in range(-last, 0):
            number = total((repetition.count, place))
            tensor = self._alone(repetition, number, total((number, 1)), f"{repetition.name}[{place}]", tensor)

    def _alone(self, repetition: _Repetition, number: Value, ordinal: Value, name: str, tensor: Tensor) -> Tensor:
        """Derive one iteration and add it; return the tensor that leaves it."""
        statement, body, _, count = repetition
        with Inside(f"repetition {shown(ordinal)} of {shown(count)}", statement.count.span):
            inner = self._iteration(statement, body, number, tensor)
        derived = inner.derived()
        body.append(Nest(name, derived, 1, inner.sources), derived.output)
        return derived.output

    def _all(
        self, statement: Repeat, body: Body, first: int, count: Value, tensor: Tensor
    ) -> tuple[Recurring, tuple[Place, ...]]:
        """Return the iterations from the one with the number `first` on as one, and where their inputs come from."""
        walk, index = self._walk, self._index(statement, first)
        number, conditional, formal = total((index, first)), walk.conditional, len(walk.formal)

        claims = [walk.arithmetic.compare(">=", least, 0) for least in (total((count, -1, -index)), total((count, -1)))]

        sources: tuple[Place, ...] = ()

        def derive(entering: Tensor) -> Derivation:
            nonlocal sources
            walk.conditional = conditional  # what earlier guesses found is not said of the network
            del walk.formal[formal:]
            with walk.knowing(claims):
                inner = self._iteration(statement, body, number, entering)
            sources = inner.sources
            return inner.derived()

        self._indices.append(index)
        try:
            # What leaves the last iteration has the number `count`: of it less is known than of an iteration.
            with walk.knowing([walk.arithmetic.compare(">=", total((count, -index)), 0)]):
                arithmetic = walk.arithmetic
            found = recurring(tensor, index, derive, arithmetic)
            walk.formal[formal:] = self._for_all(walk.formal[formal:], index, count)
            return found, sources
        except NotRecurringError:
            walk.conditional = conditional
            raise
        finally:
            self._indices.pop()

    def _for_all(self, claims: list[Condition | Either], index: Symbol, count: Value) -> list[Condition | Either]:
        """Say what inner closed forms ask of each iteration, of all; raises `NotRecurringError` where that fails."""
        found: list[Truth] = []
        for claim in claims:
            parts = everywhere(claim, index, count, self._walk.arithmetic)
            if parts is not None and False in parts:
                self._undecided |= claim.symbols()
                raise NotRecurringError(f"its repetitions are not alike for all {index} below {shown(count)}")
            found += parts or ()
        return [part for claim in found for part in single(claim) if not isinstance(part, (bool, Every))]

    def _demand_count(self, count: Value, least: int, body: Body, span: Span, formal: bool = False) -> None:
        """Add the condition that there are so many repetitions at least; it is known from here on.

        A `formal` one is asked only by the closed forms: with fewer, the network is another one.
        """
        arithmetic = self._walk.arithmetic
        claims = [arithmetic.integral(count), arithmetic.compare(">=", count, least)]
        for claim in single(every(claims)):
            if claim is False:
                whole = "which is no integer" if claims[0] is False else f"and must be at least {least}"
                raise SymcnnError(f"a repeat count is {shown(count)}, {whole}", span)
            if not isinstance(claim, bool):
                body.conditions.append(claim)
                self._walk.formal += [claim] if formal else []
                self._walk.learn([claim])

    def _index(self, statement: Repeat, first: int) -> Symbol:
        """Return the symbol that counts the iterations: by the name after `as`, unless that means something else."""
        walk = self._walk
        taken = {*unbound_names(walk.file), *walk.scope.symbols.used, *(index.name for index in self._indices)}
        wanted = () if statement.index is None or first else (statement.index,)
        taken |= {statement.index} if statement.index is not None and first else set()
        others = (name for name in _INDICES if name not in indices_in(statement.body))  # those inside keep their own
        return symbol(next(name for name in (*wanted, *others) if name not in taken), NONNEGATIVE)


def _is_numbered(statement: Repeat) -> bool:
    """Tell whether the iterations look at their index."""
    return statement.index is not None and statement.index in names_in(statement.body)


def _ranged(name: str, first: int, last: int) -> str:
    """Return the name of iterations between some that stand alone: `repeat1[1..]`, `repeat1[0..-2]`."""
    if last:
        return f"{name}[{first}..{-last - 1}]"
    return f"{name}[{first}..]" if first else name


def _unsolved(error: NotRecurringError | None, span: Span) -> SymcnnError:
    assert error is not None
    reason = error.message.removeprefix(f"not supported yet: {_WHAT}: ")  # of one inside
    found = NotSupportedError(f"{_WHAT}: {reason}", error.span or span, BY_NUMBER)
    found.context = error.context
    return found


def _unformed(error: SymcnnError, formal: Iterable[Condition | Either], span: Span) -> SymcnnError:
    forms = " and ".join(map(relation_text, formal))
    found = NotSupportedError(f"closed forms, which want {forms}: {error.message}", error.span or span, BY_NUMBER)
    found.context = error.context
    return found


class Inside:
    """Let an error say in which use of a block, or repetition, it came up; without a word, what the span says."""

    __slots__ = ("_span", "_what")

    def __init__(self, what: str, span: Span) -> None:
        self._what, self._span = what, span

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, SymcnnError):
            error.inside(self._what or self._span.text, self._span)
