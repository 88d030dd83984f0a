"""What a question may give a credit for: verdicts, conventions, and mistakes by their ids."""

from __future__ import annotations

from functools import cache

from symcnn.answers.conventions import known_names
from symcnn.answers.verdict import EXACT, VERDICTS
from symcnn.library.seeing import seeings
from symcnn.library.standard import standard_kind, standard_library


@cache
def creditable() -> tuple[str, ...]:
    """Return the names of all that may earn a part of the marks; what is right earns all of them."""
    verdicts = (name for name in VERDICTS if name != EXACT)
    return tuple(dict.fromkeys((*verdicts, *slip_ids(), *known_names())))


@cache
def slip_ids() -> tuple[str, ...]:
    """Return the ids of the known mistakes."""
    library = standard_library()
    in_kinds = (slip.id for name in library.layers for slip in standard_kind(name).slips)
    return tuple(dict.fromkeys((*in_kinds, *(seeing.slip.id for seeing in seeings(library)))))
