"""The domain of every symbol of a file, decided once, from how its name is used."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, partial

from symcnn.algebra.symbols import NONNEGATIVE, RATIONAL
from symcnn.analysis.statements import statements
from symcnn.formula import nodes as f
from symcnn.library.kind import Kind, counted_from_0
from symcnn.library.standard import lookup, standard_library
from symcnn.tree import Assume, Domain, File, Repeat, Statement, Step


def domains(file: File, assumed: tuple[Assume, ...] = ()) -> dict[str, str]:
    """Return the domains that are not the usual one, positive integers.

    Nonnegative is what is used as a repeat count or an argument that kinds count from 0, such as a padding, and never
    stands alone as another argument or a size; rational is what is assumed to be.
    """
    written = [statement for net in file.nets.values() for statement in statements(net.body)]
    zero, positive = _uses(file, written)
    found = dict.fromkeys(zero - positive, NONNEGATIVE)
    inside = (statement for statement in written if isinstance(statement, Assume))
    for assume in (*file.assumptions, *inside, *assumed):
        found |= {d.name: RATIONAL for d in assume.conditions if isinstance(d, Domain)}
    return found


def _uses(file: File, written: Sequence[Statement]) -> tuple[set[str], set[str]]:
    """Return the names used where 0 is legal, and those standing alone where it is not, through nets' parameters."""
    arguments = [(name, value, {n.name for n in f.names(value)}) for name, value in _arguments(file, written)]
    parameters = {p.name for net in file.nets.values() for p in net.parameters}
    zero, alone = _direct_uses(file, written)
    roles, grown = set[str](), _counted_from_0(file)
    while grown:
        roles |= grown
        zero = zero.union(*(names for name, _, names in arguments if name in roles))
        grown = (zero & parameters) - roles
    while True:
        positive = alone | {v.name for name, v, _ in arguments if name not in roles and isinstance(v, f.Name)}
        if not roles & positive:
            return zero, positive
        roles -= positive


def _counted_from_0(file: File) -> set[str]:
    """Return the names of arguments that may be 0, of the kinds of the file and of the library."""
    return _standard_from_0().union(*map(counted_from_0, file.layers.values()))


@cache
def _standard_from_0() -> set[str]:
    return {name for layer in standard_library().layers.values() for name in counted_from_0(layer)}


def _direct_uses(file: File, written: Sequence[Statement]) -> tuple[set[str], set[str]]:
    counts = (statement.count for statement in written if isinstance(statement, Repeat))
    sizes = (size for net in file.nets.values() if net.input for size in net.input.dimensions)
    return {n.name for count in counts for n in f.names(count)}, {s.name for s in sizes if isinstance(s, f.Name)}


def _arguments(file: File, written: Sequence[Statement]) -> Iterator[tuple[str, f.Formula]]:
    """Yield the arguments of all steps that are no numbers, named; positional ones get their parameters' names."""
    parameters = cache(partial(_parameters, file=file))
    for step in (statement for statement in written if isinstance(statement, Step)):
        for position, argument in enumerate(step.arguments):
            if not isinstance(argument.value, f.Number):
                known = () if argument.name else parameters(step.kind)
                yield argument.name or (known[position] if position < len(known) else ""), argument.value


def _parameters(name: str, file: File) -> Sequence[str]:
    """Return the names of the parameters of a net or kind, of the file or of the library; none if there is none."""
    found = lookup(name, file)
    if found is None:
        return []
    definition = found.meaning.definition if isinstance(found.meaning, Kind) else found.meaning
    return [parameter.name for parameter in definition.parameters]
