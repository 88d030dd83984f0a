"""`repeat n { … }`: a number of iterations is unrolled by meaning, a symbolic one is derived as one with an index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sympy import Expr, Symbol

from symcnn.algebra.conditions import every, single
from symcnn.algebra.operations import total
from symcnn.algebra.symbols import NONNEGATIVE, Value, symbol
from symcnn.analysis.body import Body
from symcnn.analysis.derivation import Nest
from symcnn.analysis.divided import divides_by_zero_where_none
from symcnn.analysis.recurring import NotRecurringError, Recurring, recurring
from symcnn.analysis.statements import indices_in, names_in, unbound_names
from symcnn.analysis.tensor import Tensor
from symcnn.errors import NotSupportedError, SymcnnError
from symcnn.formula.express import shown
from symcnn.source import Span
from symcnn.tree import Repeat

if TYPE_CHECKING:
    from symcnn.analysis.walk import Walk

_MOST_FIRST = 3  # iterations that may differ from the others
_INDICES = ("i", "j", "l", "t", "u", "v", *(f"i_{number}" for number in range(1, 1000)))


class Repeats:
    """The repetitions of one walk."""

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self._indices: list[Symbol] = []  # of the repetitions around

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
        counted, done = statement.index is not None and statement.index in names_in(statement.body), 0
        while done < count:
            with inside(f"repetition {done + 1} of {count}", statement.count.span):
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
        self._walk.iteration(statement, inner)
        return inner

    # a symbolic number

    def _symbolic(self, statement: Repeat, body: Body, name: str, count: Expr, tensor: Tensor) -> None:
        span = statement.count.span
        self._demand_count(count, 0, body, span)
        if self._walk.arithmetic.compare(">=", count, 1) is False:  # it can only be 0
            return
        failed: NotRecurringError | None = None
        for first in range(_MOST_FIRST + 1):
            left = total((count, -first))
            try:
                found = self._all(statement, body, first, left, tensor)
            except NotRecurringError as error:
                failed = failed or error
            else:
                last = found.at(left)
                if divides_by_zero_where_none(found.body.derived(), last, count, self._walk.arithmetic):
                    self._demand_count(count, first + 1, body, span)
                nest = Nest(
                    f"{name}[{first}..]" if first else name,
                    found.body.derived(),
                    left,
                    found.body.sources,
                    found.index,
                    last,
                    found.recurrences,
                    found.generic,
                )
                body.append(nest, last)
                return
            tensor = self._first(statement, body, name, count, first, tensor, failed)
        raise _unsolved(failed, span)

    def _first(
        self,
        statement: Repeat,
        body: Body,
        name: str,
        count: Expr,
        number: int,
        tensor: Tensor,
        failed: NotRecurringError,
    ) -> Tensor:
        """Derive an iteration that differs from those that follow; return the tensor that leaves it."""
        self._demand_count(count, number + 1, body, statement.count.span)
        try:
            with inside(f"repetition {number + 1} of {shown(count)}", statement.count.span):
                inner = self._iteration(statement, body, number, tensor)
        except NotSupportedError:
            raise
        except SymcnnError:
            if number:
                raise _unsolved(failed, statement.count.span) from None
            raise
        derived = inner.derived()
        body.append(Nest(f"{name}[{number}]", derived, 1, inner.sources), derived.output)
        return derived.output

    def _all(self, statement: Repeat, body: Body, first: int, count: Value, tensor: Tensor) -> Recurring:
        """Return the iterations from the one with the number `first` on as one."""
        walk, index = self._walk, self._index(statement, first)
        number, conditional = total((index, first)), walk.conditional

        claims = [walk.arithmetic.compare(">=", least, 0) for least in (total((count, -1, -index)), total((count, -1)))]

        def derive(entering: Tensor) -> Body:
            walk.conditional = conditional  # what earlier guesses found is not said of the network
            with walk.knowing(claims):
                return self._iteration(statement, body, number, entering)

        self._indices.append(index)
        try:
            # What leaves the last iteration has the number `count`: of it less is known than of an iteration.
            with walk.knowing([walk.arithmetic.compare(">=", total((count, -index)), 0)]):
                arithmetic = walk.arithmetic
            return recurring(tensor, index, derive, arithmetic)
        except NotRecurringError:
            walk.conditional = conditional
            raise
        finally:
            self._indices.pop()

    def _demand_count(self, count: Value, least: int, body: Body, span: Span) -> None:
        """Add the condition that there are so many repetitions at least; it is known from here on."""
        arithmetic = self._walk.arithmetic
        claims = [arithmetic.integral(count), arithmetic.compare(">=", count, least)]
        for claim in single(every(claims)):
            if claim is False:
                whole = "which is no integer" if claims[0] is False else f"and must be at least {least}"
                raise SymcnnError(f"a repeat count is {shown(count)}, {whole}", span)
            if not isinstance(claim, bool):
                body.conditions.append(claim)
                self._walk.learn([claim])

    def _index(self, statement: Repeat, first: int) -> Symbol:
        """Return the symbol that counts the iterations: by the name after `as`, unless that means something else."""
        walk = self._walk
        taken = {*unbound_names(walk.file), *walk.scope.symbols.used, *(index.name for index in self._indices)}
        wanted = () if statement.index is None or first else (statement.index,)
        taken |= {statement.index} if statement.index is not None and first else set()
        others = (name for name in _INDICES if name not in indices_in(statement.body))  # those inside keep their own
        return symbol(next(name for name in (*wanted, *others) if name not in taken), NONNEGATIVE)


def _unsolved(error: NotRecurringError | None, span: Span) -> SymcnnError:
    assert error is not None
    hint = "give the number of repetitions a value"
    found = NotSupportedError(f"this symbolic number of repetitions: {error.message}", error.span or span, hint)
    found.context = error.context
    return found


class inside:  # noqa: N801 - it stands after `with`, as a function would
    """Let an error say in which use of a block, or repetition, it came up; without a word, what the span says."""

    __slots__ = ("_span", "_what")

    def __init__(self, what: str, span: Span) -> None:
        self._what, self._span = what, span

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, SymcnnError):
            error.inside(self._what or self._span.text, self._span)
