"""Names that nothing binds are symbols; those that look like a slip of the pen are pointed out."""

from __future__ import annotations

from symcnn.analysis.statements import statements
from symcnn.analysis.tensor import TENSOR_NAMES
from symcnn.formula.meaning import BUILTINS
from symcnn.tree import Labelled, Let, Network

_SHORTEST = 4  # of shorter names, most pairs look alike
_ALIKE = 0.8


def suspicions(net: Network, symbols: set[str]) -> tuple[str, ...]:
    """Return a warning for each symbol whose name is nearly a parameter, a `let`, a label or a reserved name."""
    known = {*TENSOR_NAMES, *BUILTINS, *net.file.lets}
    for other in net.file.nets.values():
        known |= {parameter.name for parameter in other.parameters}
        known |= {s.name for s in statements(other.body) if isinstance(s, Let)}
        known |= {s.label for s in other.body.statements if isinstance(s, Labelled)}
    found = []
    for name in sorted(name for name in symbols - known if len(name) >= _SHORTEST):
        nearest = max(known, key=lambda other: (_likeness(name, other), other))
        if _likeness(name, nearest) >= _ALIKE:
            found.append(f"'{name}' is taken as a symbol; did you mean '{nearest}'?")
    return tuple(found)


def _likeness(name: str, other: str) -> float:
    from difflib import SequenceMatcher  # most networks have no such names

    return SequenceMatcher(None, name.casefold(), other.casefold()).ratio()
