"""From where to where outputs see, along one axis and one set of paths: by one interval, by phases, or by grids."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.operations import product, total
from symcnn.algebra.symbols import Value
from symcnn.analysis import nested, phases
from symcnn.analysis.nested import Nested
from symcnn.analysis.phases import IRREGULAR, Interval, Phases
from symcnn.analysis.window import IDENTITY, Window

_MOST_PATHS = 16  # that may see least, with phases; branches that are aligned leave one


@dataclass(frozen=True, slots=True)
class Hull:
    """What outputs see, from the first to the last input.

    `affine` maps positions; without upsampling it says all (`plain`), and what is seen lies `spacing` apart. With
    upsampling `phases` and `nested` say the same in two ways, as far as each can: a hull with neither is not exact.
    `placed` is False of one that stands for the shortest of several, wherever they begin.
    """

    affine: Window = IDENTITY
    spacing: int = 1
    plain: bool = True
    phases: Phases | None = None
    nested: Nested | None = None
    placed: bool = True

    @property
    def exact(self) -> bool:
        """Whether it is known what is seen."""
        return self.plain or self.phases is not None or self.nested is not None

    @property
    def blind(self) -> bool:
        """Whether nothing at all is seen."""
        return self.phases is not None and self.phases.blind

    @property
    def interval(self) -> Interval:
        """What the first output sees, from where to where, without upsampling."""
        return self.affine.start, total((self.affine.start, self.affine.reach))

    def by_phase(self) -> Phases | None:
        """Return the phases, of which there is one without upsampling."""
        return phases.plain(self.affine, self.spacing) if self.plain else self.phases

    def at(self, output: int) -> Interval | None:
        """Return the first and the last input that an output sees; None if nothing or by phases not known."""
        known = self.by_phase()
        return known.at(output) if known else None

    def size(self, arithmetic: Arithmetic) -> Value:
        """Return the largest number of inputs from the first to the last that one output sees."""
        if self.plain:
            return self.affine.size
        lengths = self.phases.lengths() if self.phases else []
        if self.nested and not (lengths and all(isinstance(length, int) for length in lengths)):
            return self.nested.size(arithmetic)  # one form, where the phases give the largest of several
        return arithmetic.largest(lengths) if lengths else 0

    def then(self, later: Hull, arithmetic: Arithmetic) -> Hull:
        """Return what the outputs of a later part see through this one."""
        affine = self.affine.then(later.affine)
        placed = self.placed and later.placed
        if self.plain and later.plain:
            return Hull(affine, self._spacing(later), placed=placed)
        if not (self.exact and later.exact and (self.plain or later.placed)):  # where phases differ, places matter
            return Hull(affine, plain=False)
        first, second = self.by_phase(), later.by_phase()
        known = phases.composed(first, second) if first and second else None
        return Hull(affine, IRREGULAR, False, known, self._nested(later, arithmetic), placed)

    def _spacing(self, later: Hull) -> int:
        if later.affine.reach == 0:
            return self.spacing
        return phases.spacing_of(self.affine.reach, self.affine.jump, self.spacing, later.spacing)

    def _nested(self, later: Hull, arithmetic: Arithmetic) -> Nested | None:
        if self.plain:
            return later.nested and nested.below(self.affine, later.nested, self.spacing == 1)
        if self.nested is None:
            return None
        if later.plain:
            contiguous = later.spacing == 1 or later.affine.reach == 0
            return nested.on_top(self.nested, later.affine, contiguous, arithmetic)
        return later.nested and nested.stacked(self.nested, later.nested, arithmetic)


def of_layer(window: Window, arithmetic: Arithmetic) -> Hull:
    """Return what one layer's outputs see; not exact where that cannot be said."""
    if not window.known:
        return Hull(window.affine, plain=False)
    if window.upsampling == 1:
        spacing = 1 if window.reach == 0 else window.spacing  # of a single tap there is no next one
        return Hull(window.affine, spacing if isinstance(spacing, int) else IRREGULAR)
    return Hull(window.affine, IRREGULAR, False, phases.of_layer(window, arithmetic), nested.of_layer(window))


def united(hulls: Sequence[Hull], arithmetic: Arithmetic) -> Hull:
    """Return what is seen by any of several hulls with the same jump."""
    affine = _spanned([hull.affine for hull in hulls], arithmetic)
    if not all(hull.exact for hull in hulls):
        return Hull(affine, plain=False)
    if all(hull.plain for hull in hulls):
        return Hull(affine, _spacing_of_union(hulls))
    each = [by_phase for hull in hulls if (by_phase := hull.by_phase())]
    known = phases.united(each, arithmetic) if len(each) == len(hulls) else None
    grids = [grid for hull in hulls if (grid := hull.nested)]
    return Hull(affine, IRREGULAR, False, known, nested.united(grids, arithmetic) if len(grids) == len(hulls) else None)


def _spanned(windows: list[Window], arithmetic: Arithmetic) -> Window:
    """Return the window from the first start to the last end."""
    ends = [total((window.start, window.reach)) for window in windows]
    start, end = phases.spanned([window.start for window in windows], ends, arithmetic)
    return Window(total((end, product((-1, start)))), windows[0].jump, start)


def _spacing_of_union(hulls: Sequence[Hull]) -> int:
    seen = [(hull.affine.start, total((hull.affine.start, hull.affine.reach))) for hull in hulls]
    gapless = all(hull.spacing == 1 or hull.affine.reach == 0 for hull in hulls)
    return 1 if gapless and phases.touch(seen) else IRREGULAR


def least_of(paths: Iterable[Hull], arithmetic: Arithmetic) -> tuple[Hull, ...]:
    """Return the paths that may see least, here or through later parts; one that is not exact where that is lost.

    Of paths without upsampling one is kept. A path that sees nothing is none.
    """
    paths = list(dict.fromkeys(paths))
    paths = [path for path in paths if not path.blind] or paths[:1]
    unknown = [path for path in paths if not path.exact]
    if unknown:
        return (unknown[0],)
    kept: list[Hull] = []
    plain = [path for path in paths if path.plain]
    for path in [reduce(lambda a, b: _shorter(a, b, arithmetic), plain)] if plain else []:
        kept.append(path)
    for path in paths:
        if not (path.plain or any(_never_more(other, path, arithmetic) for other in kept)):
            kept = [other for other in kept if not _never_more(path, other, arithmetic)] + [path]
    return tuple(kept) if len(kept) <= _MOST_PATHS else (replace(kept[0], plain=False, phases=None, nested=None),)


def _shorter(one: Hull, other: Hull, arithmetic: Arithmetic) -> Hull:
    """Return the hull without upsampling that reaches less far, placed if the other contains it."""
    placed = one.placed and other.placed
    for less, more in ((one, other), (other, one)):
        if arithmetic.compare("<=", less.affine.reach, more.affine.reach) is True:
            placed = placed and _never_more(less, more, arithmetic)
            return less if less.placed == placed else replace(less, placed=placed)
    reach = arithmetic.smallest([one.affine.reach, other.affine.reach])
    return Hull(replace(one.affine, reach=reach), IRREGULAR, placed=False)


def _never_more(less: Hull, more: Hull, arithmetic: Arithmetic) -> bool:
    """Say whether provably one sees no more than another, and neither does it through earlier and later parts."""
    if less.plain and more.plain:
        return phases.inside(less.interval, more.interval, arithmetic)
    inner, outer = less.by_phase(), more.by_phase()
    if inner and outer:
        return phases.within(inner, outer, arithmetic)
    return bool(less.nested and more.nested and nested.within(less.nested, more.nested, arithmetic))
