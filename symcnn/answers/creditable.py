"""What a question may give a credit for: verdicts, conventions, and mistakes by their ids."""

from __future__ import annotations

from functools import cache

from symcnn.answers.conventions import known_names
from symcnn.answers.verdict import EXACT, VERDICTS
from symcnn.library.seeing import seeings
from symcnn.library.standard import standard_kind, standard_library
from symcnn.tree import Slip


@cache
def creditable() -> tuple[str, ...]:
    """Return the names of all that may earn a part of the marks; what is right earns all of them."""
    verdicts = (name for name in VERDICTS if name != EXACT)
    return tuple(dict.fromkeys((*verdicts, *(slip.id for slip in known_slips()), *known_names())))


@cache
def known_slips() -> tuple[Slip, ...]:
    """Return the known mistakes of the library, each id once."""
    library = standard_library()
    found = {slip.id: slip for name in library.layers for slip in standard_kind(name).slips}
    return tuple((found | {seeing.slip.id: seeing.slip for seeing in seeings(library)}).values())
