"""What outputs see through a body that is repeated a symbolic number of times, in closed form.

With the windows (reach rᵢ, jump sᵢ, start tᵢ) of iteration i, m of them have the jump ∏ sᵢ and, with Jᵢ = s₀·…·sᵢ₋₁, a
reach Σ rᵢ·Jᵢ and a start Σ tᵢ·Jᵢ. That is exact where a body moves all positions alike, which is without upsampling;
with upsampling, where each iteration does the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sympy import Expr, Piecewise, Symbol

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.operations import product
from symcnn.algebra.polynomial import as_expression, polynomial
from symcnn.algebra.symbols import Value, exact
from symcnn.analysis import nested
from symcnn.analysis.derivation import Loop
from symcnn.analysis.hull import Hull
from symcnn.analysis.phases import IRREGULAR
from symcnn.analysis.view import IDENTITY, View
from symcnn.analysis.window import Window
from symcnn.repetition.substitution import replaced
from symcnn.repetition.sums import closed_product, closed_sum

_BY_REPETITION = "no closed form is known of what is seen through a symbolic number of repetitions"
_BY_NUMBER = "all that is before, if there is a repetition, which the symbols leave open"


def iterated(view: View, loop: Loop, arithmetic: Arithmetic) -> View:
    """Return the view through all iterations of a body, whose iteration with the index has this view of its input."""
    assert loop.index is not None
    if view == IDENTITY:
        return view
    some = arithmetic.compare(">=", loop.count, 1) is True
    if view.known and view.hull is not None and view.hull.affine.jump == 0 and some:
        return _held(view, loop, arithmetic)
    plain = view.known and view.hull is not None and view.hull.plain
    if (finer := _of_grids(view, loop, arithmetic)) is not None:
        return finer
    if view.hull is None or not plain or view.hull.affine.jump == 0:
        reason = view.reason or (_BY_NUMBER if plain else _BY_REPETITION)
        return View(None, aligned=view.aligned if some or view.aligned else None, gated=view.gated, reason=reason)
    hull = _iterated(view.hull, loop, arithmetic)
    paths = tuple(_iterated(path, loop, arithmetic) for path in view.paths)
    if not all(path.plain for path in view.paths) or len(paths) > 1:
        paths = (replace(hull, plain=False),)
    aligned = view.aligned if some or view.aligned else None
    return View(hull, paths, aligned, view.gated)


def _of_grids(view: View, loop: Loop, arithmetic: Arithmetic) -> View | None:
    """Return the view through iterations that all upsample alike; None where they do not, or have branches."""
    hull, index = view.hull, loop.index
    if hull is None or hull.nested is None or hull.plain or view.paths or not view.known or index in spoken(view):
        return None
    grid = nested.iterated(hull.nested, loop.count, arithmetic)
    if grid is None:
        return None
    return replace(view, hull=replace(_iterated(hull, loop, arithmetic), plain=False, spacing=IRREGULAR, nested=grid))


def _held(view: View, loop: Loop, arithmetic: Arithmetic) -> View:
    """Return the view of iteration 0, after which everything sees all there is."""
    assert loop.index is not None
    return put_in(view, {loop.index: 0}, arithmetic)


def _iterated(hull: Hull, loop: Loop, arithmetic: Arithmetic) -> Hull:
    index, window = loop.index, hull.affine
    assert index is not None
    jump: Value = 1 if window.jump == 1 else closed_product(window.jump, index, index, arithmetic)

    def summed(part: Value) -> Value:
        return closed_sum(product((part, jump)), index, loop.count, arithmetic)

    whole = 1 if window.jump == 1 else closed_product(window.jump, index, loop.count, arithmetic)
    gapless = hull.spacing == 1 and window.jump == 1
    return Hull(
        Window(summed(window.reach), whole, summed(window.start)),
        1 if gapless or window.reach == 0 else IRREGULAR,
        placed=hull.placed,
    )


def put_in(view: View, values: Mapping[Symbol, Value], arithmetic: Arithmetic) -> View:
    """Return a view with values in the place of symbols; what is known by phases only is not known any more."""
    if view.hull is None or not spoken(view) & values.keys():
        return view
    if not view.hull.plain and view.hull.nested is None:
        return View(None, aligned=view.aligned, gated=view.gated, reason=_BY_REPETITION)
    hull, *paths = (_hull_with(hull, values, arithmetic) for hull in (view.hull, *view.paths))
    return replace(view, hull=hull, paths=tuple(paths))


def _hull_with(hull: Hull, values: Mapping[Symbol, Value], arithmetic: Arithmetic) -> Hull:
    grid = hull.nested and nested.with_values(hull.nested, lambda part: replaced(part, values, arithmetic))
    return replace(hull, affine=window_with(hull.affine, values, arithmetic), phases=None, nested=grid)


def without_least(view: View, aligned: bool | None) -> View:
    """Return a view of which it is not known which path sees least."""
    assert view.hull is not None
    return replace(view, paths=(replace(view.hull, plain=False),), aligned=aligned)


def has_cases(view: View) -> bool:
    """Tell whether there are cases in how much is seen."""
    reach = None if view.hull is None else view.hull.affine.reach
    return isinstance(reach, Expr) and bool(reach.has(Piecewise))


def window_with(window: Window, values: Mapping[Symbol, Value], arithmetic: Arithmetic) -> Window:
    """Return a window with values in the place of symbols."""
    if not values:
        return window
    parts = (replaced(part, values, arithmetic) for part in (window.reach, window.jump, window.start))
    reach, jump, start = (exact(as_expression(polynomial(part))) for part in parts)  # 4·2ⁿ⁻¹ is 2·2ⁿ
    return replace(window, reach=reach, jump=jump, start=start)


def spoken(view: View) -> set[Symbol]:
    """Return the symbols in what is seen."""
    hulls = [hull for hull in (view.hull, *view.paths) if hull is not None]
    grids = [hull.nested for hull in hulls if hull.nested is not None]
    windows = [*(hull.affine for hull in hulls), *(grid.base for grid in grids)]
    parts = [part for window in windows for part in (window.reach, window.jump, window.start)]
    parts += [part for grid in grids for level in grid.levels for part in (level.factor, level.low, level.high)]
    return {symbol for part in parts if isinstance(part, Expr) for symbol in part.free_symbols}
