"""What the outputs at some place of a network see of an earlier tensor, along one axis and over all paths.

Layers in a chain compose their windows, branches unite what they see, upsampling divides the jump and makes phases. The
centre of what is seen moves as an affine map (Araujo, Norris & Sim 2019), under upsampling by fractions of a position,
so the two paths of an encoder and decoder meet at equal centres.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby
from operator import attrgetter

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.symbols import Value
from symcnn.analysis import hull as hulls
from symcnn.analysis.hull import Hull
from symcnn.analysis.phases import IRREGULAR, Interval, spacing_of
from symcnn.analysis.window import IDENTITY as NO_LAYER
from symcnn.analysis.window import UNSAID, Window, forward
from symcnn.errors import NotSupportedError

_BY_LAYER = "what an output of one of its layers sees is not stated"
_BY_PHASE = "upsampling with these symbols does not tell what each output sees"
_BY_JUMPS = "joined branches have different jumps, so what an output sees grows with its position"
_BY_OPEN_JUMPS = "whether joined branches have equal jumps depends on the symbols"

_ARITHMETIC = Arithmetic()  # without assumptions
_ITSELF = Hull()


@dataclass(frozen=True, slots=True)
class View:
    """What outputs see of an earlier tensor, far from its borders.

    `aligned` is False once joined paths had different jumps or centres, None where the symbols leave that open.
    `gated`: something that sees all of its input was multiplied in by broadcasting; the view is what is seen beside
    that. Where the view is not `known`, `reason` says why, and what is not known raises `NotSupportedError`.
    """

    hull: Hull | None = _ITSELF  # None where positions of branches drift apart
    paths: tuple[Hull, ...] = ()  # that may see least; without branches the hull is the only one
    aligned: bool | None = True
    gated: bool = False
    reason: str = ""

    @property
    def known(self) -> bool:
        """Whether it is known how many inputs an output sees."""
        return not self.reason

    @property
    def size(self) -> Value:
        """The number of inputs from the first to the last that one output sees, the largest over all outputs."""
        return self._seen().size(_ARITHMETIC)

    @property
    def least(self) -> Value:
        """The same of the path that sees least."""
        self._seen()
        if not all(path.exact for path in self.paths):
            raise NotSupportedError("the receptive field of the path that sees least")
        sizes = [path.size(_ARITHMETIC) for path in self.paths]
        return _ARITHMETIC.smallest(sizes) if sizes else self.size

    @property
    def jump(self) -> Value:
        """How many inputs further the next output sees; a fraction after upsampling."""
        return self._placed().affine.jump

    @property
    def start(self) -> Value:
        """Where the first output begins to see; under upsampling a fraction as far from the centre as the end."""
        return self._placed().affine.start

    @property
    def centre(self) -> Value:
        """The middle of what the first output sees, in input positions from 0."""
        return self._placed().affine.centre

    def at(self, output: int) -> Interval | None:
        """Return the first and the last input that an output sees, counted from 0; None if it sees nothing."""
        seen = self._seen()
        if seen.by_phase() is None:
            raise NotSupportedError(_BY_PHASE)
        return seen.at(output)

    def then(self, later: Window | View, arithmetic: Arithmetic | None = None) -> View:
        """Return the view of the outputs of a later layer or body whose input sees this."""
        if later is IDENTITY or later is NO_LAYER or later == IDENTITY:
            return self
        view = later if isinstance(later, View) else of_layer(later, arithmetic)
        return view if self == IDENTITY else _composed(self, view, arithmetic)

    def after(self, earlier: View, arithmetic: Arithmetic | None = None) -> View:
        """Return this view of a body's input as a view of what that input sees."""
        return earlier.then(self, arithmetic)

    def through(self, windows: Iterable[Window], arithmetic: Arithmetic | None = None) -> View:
        """Return the view after a chain of layers; those that do not upsample are summed at once."""
        view = self
        for plain, group in groupby((w for w in windows if w != NO_LAYER), attrgetter("is_plain")):
            run = list(group)
            summed = plain and (view.hull is None or view.hull.plain)
            for later in [_run(run)] if summed else run:
                view = view.then(later, arithmetic)
        return view

    def repeated(self, times: int, arithmetic: Arithmetic | None = None) -> View:
        """Return the view through `times` bodies that each have this view of their input, by repeated squaring."""
        if times == 1:
            return self
        result, square = IDENTITY, self
        while times:
            if times & 1:
                result = result.then(square, arithmetic)
            times >>= 1
            if times:
                square = square.then(square, arithmetic)
        return result

    def _seen(self) -> Hull:
        if self.hull is None or self.reason:
            raise NotSupportedError(f"the receptive field here: {self.reason}")
        return self.hull

    def _placed(self) -> Hull:
        if self.hull is None:
            raise NotSupportedError(f"the jump and the centre here: {self.reason}")
        return self.hull


IDENTITY = View()


def of_layer(window: Window, arithmetic: Arithmetic | None = None) -> View:
    """Return the view that one layer's outputs have of its input."""
    return _of_plain_layer(window) if window.is_plain else _of_layer(window, arithmetic or _ARITHMETIC)


def _of_plain_layer(window: Window) -> View:
    return View(hulls.of_layer(window, _ARITHMETIC))


@lru_cache(maxsize=1_000)
def _of_layer(window: Window, arithmetic: Arithmetic) -> View:
    if window == UNSAID:
        return View(None, reason=_BY_LAYER)
    hull = hulls.of_layer(window, arithmetic)
    return View(hull, reason="" if hull.exact else _BY_PHASE if window.known else _BY_LAYER)


def _run(windows: list[Window]) -> View:
    """Return the view of a chain without upsampling: its windows are summed, what lies between is counted along."""
    first, *later = windows
    reach, jump = first.reach, first.jump
    spacing = 1 if reach == 0 else first.spacing if isinstance(first.spacing, int) else IRREGULAR
    for window in later:
        if spacing == IRREGULAR or not (isinstance(window.reach, int) and isinstance(window.spacing, int)):
            spacing = IRREGULAR
            break
        if window.reach:
            spacing = spacing_of(reach, jump, spacing, window.spacing)
        reach, jump = reach + jump * window.reach, jump * window.jump
    return View(Hull(forward(windows), spacing))


def _composed(first: View, later: View, arithmetic: Arithmetic | None) -> View:
    if first.paths or later.paths or not (first.hull and later.hull and first.hull.plain and later.hull.plain):
        return _composed_once(first, later, arithmetic or _ARITHMETIC)
    return _joint(first, later, first.hull.then(later.hull, _ARITHMETIC), ())


@lru_cache(maxsize=10_000)  # equal axes, and equal blocks, are worked out once
def _composed_once(first: View, later: View, arithmetic: Arithmetic) -> View:
    if not (first.hull and later.hull):
        return _joint(first, later, None, ())
    hull = first.hull.then(later.hull, arithmetic)
    if not (first.paths or later.paths):
        return _joint(first, later, hull, ())
    firsts, laters = first.paths or (first.hull,), later.paths or (later.hull,)
    paths = [one.then(other, arithmetic) for one in firsts for other in laters]
    return _joint(first, later, hull, hulls.least_of(paths, arithmetic))


def _joint(first: View, later: View, hull: Hull | None, paths: tuple[Hull, ...]) -> View:
    aligned = _all_of((first.aligned, later.aligned))
    reason = first.reason or later.reason or ("" if hull and hull.exact else _BY_PHASE)
    return View(hull, paths, aligned, first.gated or later.gated, reason)


def _all_of(claims: Iterable[bool | None]) -> bool | None:
    """Return whether all are true; one that is open leaves that open, unless another is false."""
    claims = set(claims)
    return False if False in claims else None if None in claims else True


def joined(views: Sequence[View], broadcast: Sequence[bool] = (), arithmetic: Arithmetic | None = None) -> View:
    """Return the view of a join of branches, whose outputs at equal positions meet.

    `broadcast` says of each view whether its branch was broadcast along this axis, where its size is 1: such a branch
    gates the others. Raises `ValueError` if no other is left.
    """
    arithmetic = arithmetic or _ARITHMETIC
    wides = broadcast or (False,) * len(views)
    spread = [view for view, wide in zip(views, wides, strict=True) if not wide]
    gated = len(spread) < len(views) or any(view.gated for view in spread)
    local = list(dict.fromkeys(spread))
    if not local:
        raise ValueError("a join needs a branch that is not broadcast")
    if len(local) == 1:
        return replace(local[0], gated=gated)
    whole = next((view for view in local if view.known and view.hull and view.hull.affine.jump == 0), None)
    if whole is not None:  # an attention: its outputs see everything, wherever the other branches look
        known = [path for view in local if view.known and view.hull for path in view.paths or (view.hull,)]
        return replace(whole, paths=hulls.least_of(known, arithmetic), gated=gated)
    reason = next((view.reason for view in local if view.reason), "")
    seen = [view.hull for view in local if view.hull]
    equal = _all_equal([hull.affine.jump for hull in seen], arithmetic)
    if equal and len(seen) < len(local):
        equal = None  # one of them is not known
    if len(seen) < len(local) or equal is not True:
        reason = reason or (_BY_OPEN_JUMPS if equal is None else _BY_JUMPS)
        return View(None, (), _all_of([equal, *(view.aligned for view in local)]), gated, reason)
    centred = _all_equal([hull.affine.centre for hull in seen], arithmetic)
    hull = hulls.united(seen, arithmetic)
    paths = [path for view, own in zip(local, seen, strict=True) for path in view.paths or (own,)]
    aligned = _all_of([centred, *(view.aligned for view in local)])
    reason = reason or ("" if hull.exact else _BY_PHASE)
    return View(hull, hulls.least_of(paths, arithmetic), aligned, gated, reason)


def _all_equal(values: list[Value], arithmetic: Arithmetic) -> bool | None:
    """Say whether values are equal, or None where the symbols leave that open."""
    different = list(dict.fromkeys(values))
    claims = [arithmetic.compare("==", different[0], other) for other in different[1:]]
    return _all_of(claim if isinstance(claim, bool) else None for claim in claims)
