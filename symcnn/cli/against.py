"""What `verify` does, between its arguments and its output."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from symcnn.cli import work
from symcnn.errors import NotSupportedError, SymcnnError, did_you_mean
from symcnn.formula.style import PLAIN, Style

if TYPE_CHECKING:
    from symcnn.analysis import Analysis
    from symcnn.interop.verification import Verification

_FRAMEWORKS = ("torch",)
_PLANNED = ("keras", "onnx")


def verified(
    file: str,
    names: Sequence[str],
    against: str,
    settings: Iterable[str],
    values: Sequence[str],
    assume: tuple[str, ...],
    format_: str,
    verbose: bool,
    style: Style = PLAIN,
) -> tuple[str, int]:
    """Return the output of `verify` and its exit code: 0 all equal, 1 something differs, 2 nothing to compare."""
    _check_framework(against)
    sizes = size_sets(values)
    analyses = work.asked_for(file, names, settings, (), assume, format_)
    verifications = _verifications(analyses, sizes)
    from symcnn.document.verification import verification_document
    from symcnn.render import render_document
    from symcnn.render.json_verification import verification_json

    if format_ == "json":
        text = verification_json(verifications[0])
    else:
        text = render_document(verification_document(*verifications, verbose=verbose), format_, style)
    equal = all(verification.is_equal for verification in verifications)
    compared = any(verification.compared for verification in verifications)
    return text, (0 if compared else 2) if equal else 1


def _verifications(analyses: Sequence[Analysis], sizes: list[dict[str, str]]) -> list[Verification]:
    from symcnn.interop.torch import require_torch, verify
    from symcnn.render.progress import progress

    require_torch()
    known = {name for analysis in analyses for name in analysis.symbols}
    found = []
    for analysis in analyses:
        own = _own(analysis, sizes, known)
        with progress(analysis.net) as tick:
            found.append(verify(analysis, own or None, tick))
    return found


def _own(analysis: Analysis, sizes: list[dict[str, str]], known: set[str]) -> list[dict[str, str]]:
    """Return the sets of values with the symbols of one of several nets, each set once; what no net knows stays."""
    found: list[dict[str, str]] = []
    for values in sizes:
        own = {n: value for n, value in values.items() if n in analysis.symbols or n not in known}
        found += [own] if own and own not in found else []
    return found


def _check_framework(name: str) -> None:
    if name in _PLANNED:
        raise NotSupportedError(f"verification against {name}", hint=f"frameworks are {', '.join(_FRAMEWORKS)}")
    if name not in _FRAMEWORKS:
        listed = f"frameworks are {', '.join(_FRAMEWORKS)}"
        raise SymcnnError(f"unknown framework '{name}'", hint=did_you_mean(name, _FRAMEWORKS, listed))


def size_sets(texts: Iterable[str]) -> list[dict[str, str]]:
    """Read sets of values: one that gives a symbol again begins a new set, in which the others keep theirs.

    >>> size_sets(["C=3", "H=224,W=224", "H=225,W=193"])
    [{'C': '3', 'H': '224', 'W': '224'}, {'C': '3', 'H': '225', 'W': '193'}]
    """
    sets: list[dict[str, str]] = []
    fresh: set[str] = set()  # what the last set was given itself
    for text in texts:
        values = work.pairs([text], "--at")
        if not sets or fresh & values.keys():
            sets.append(dict(sets[-1]) if sets else {})
            fresh = set()
        sets[-1] |= values
        fresh |= values.keys()
    return sets
