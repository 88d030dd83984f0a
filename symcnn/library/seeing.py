"""Known mistakes of what whole networks see: the step that somebody takes from layer to layer, for r + reach·j."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

from symcnn.errors import SymcnnError
from symcnn.formula.meaning import Vocabulary, meaning
from symcnn.formula.values import Meaning
from symcnn.library.standard import standard_library
from symcnn.tree import File, Slip

SEEN = "receptive_field"
# What an output of the layers before sees, how many inputs apart their outputs are, how many the last of them alone
# puts between its own; and the layer's rules.
NAMES = ("r", "j", "last", "reach", "jump")


@dataclass(frozen=True)
class Seeing:
    """A mistake, compiled: what is seen before the first layer, and the step of a layer."""

    slip: Slip
    start: Meaning
    step: Meaning


def seeings(file: File) -> tuple[Seeing, ...]:
    """Return the mistakes that the library and a file declare outside of kinds."""
    return (*_standard(), *_compiled(file)) if file is not standard_library() else _standard()


@cache
def _standard() -> tuple[Seeing, ...]:
    return _compiled(standard_library())


def _compiled(file: File) -> tuple[Seeing, ...]:
    numbered = enumerate(file.slips, 1)
    return tuple(_seeing(s if s.id else replace(s, id=f"{SEEN}.{i}")) for i, s in numbered)


def _seeing(slip: Slip) -> Seeing:
    if slip.quantity != SEEN:
        hint = f"outside of a kind a mistake is one of the {SEEN}; those of a layer stand in its kind"
        raise SymcnnError(f"a network has no rule '{slip.quantity}'", slip.value.span, hint)
    vocabulary = Vocabulary(frozenset(NAMES))
    start = meaning(slip.start, Vocabulary(frozenset())) if slip.start else lambda _: 1
    return Seeing(slip, start, meaning(slip.value, vocabulary))
