"""What a changed clause lets in or out: attribute cells under two predicates, merged into boxes.

A box says for each attribute which values it spans; attributes it leaves out do not matter. Cells
are cut at the points of both predicates, for each kind of weapon by itself.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.compile.cells import MAX_CELLS, OTHER, Axis, Cutter, Key, label, possible
from detente.compile.compiler import Compiled
from detente.compile.membership import Membership
from detente.model.predicate import Always, Named, Or, Tree

MOST_BOXES = 8
Cube = NDArray[np.bool_]


@dataclass(frozen=True)
class Box:
    """Weapons of a kind whose attributes lie in these stretches.

    `keys` has for each of the values what its axis is cut by: an attribute, a history of types.
    """

    kind: str
    values: tuple[tuple[str, tuple[str, ...]], ...]
    cells: int
    keys: tuple[Key, ...] = field(default=(), compare=False)

    def as_data(self) -> dict[str, Any]:
        """Plain data."""
        return {"kind": self.kind, "values": {k: list(v) for k, v in self.values}}


@dataclass(frozen=True)
class Moved:
    """What enters and leaves a category or limit from one text to another."""

    name: str
    enters: tuple[Box, ...]
    leaves: tuple[Box, ...]
    systems_enter: tuple[str, ...]
    systems_leave: tuple[str, ...]
    not_cut: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.enters or self.leaves or self.systems_enter or self.systems_leave)


def any_of(names: Sequence[str]) -> Tree:
    """A weapon in any of these categories."""
    return Or(tuple(Named(n) for n in names)) if names else Always(False)


def moved(base: Compiled, option: Compiled, name: str, before: Tree, after: Tree) -> Moved:
    """The boxes and systems that satisfy `after` under the option and not `before` under the base."""
    old, new = Cutter(base), Cutter(option)
    enters: list[Box] = []
    leaves: list[Box] = []
    not_cut: list[str] = []
    for kind in old.kinds:
        a, b = old.simple(before, kind), new.simple(after, kind)
        if a == b:
            continue
        axes = old.axes((a, b), kind)
        shape = tuple(len(x.labels) for x in axes)
        if math.prod(shape) > MAX_CELLS:
            not_cut.append(kind)
            continue
        truth = []
        for tree, cutter in ((a, old), (b, new)):
            table = cutter.table(axes, math.prod(shape))
            membership = Membership(table, {}, cutter.compiled.attributions)
            membership._systems = cutter.reference
            truth.append(membership.of(tree))
        there = possible(axes, membership)
        came = truth[1].yes & ~truth[0].yes & there
        went = truth[0].yes & ~truth[1].yes & there
        free = ~there
        enters += _boxes(kind, came.reshape(shape), free.reshape(shape), axes)
        leaves += _boxes(kind, went.reshape(shape), free.reshape(shape), axes)
    real_old, real_new = old.reference.of(before), new.reference.of(after)
    bound = {m for r in (*base.rows, *option.rows) for m in r.members}
    theirs = [s is not None and s.party in bound for s in old.reference.table.system_of]
    came_in = real_new.yes & ~real_old.yes & theirs
    went_out = real_old.yes & ~real_new.yes & theirs
    systems = [s.id if s else "" for s in old.reference.table.system_of]
    return Moved(
        name,
        tuple(enters),
        tuple(leaves),
        tuple(s for s, x in zip(systems, came_in, strict=True) if x),
        tuple(s for s, x in zip(systems, went_out, strict=True) if x),
        tuple(not_cut),
    )


def cover(wanted: Cube, free: Cube, most: int | None = None) -> list[tuple[list[list[int]], int]]:
    """A cover of the wanted cells by few boxes; impossible cells (`free`) may be covered too.

    Each box is, axis by axis, the places it spans, with how many wanted cells it covers first. Of two
    ways to grow a box from a cell the wider is taken.
    """
    allowed = wanted | free
    left = wanted.copy()
    found: list[tuple[list[list[int]], int]] = []
    while left.any() and (most is None or len(found) < most):
        seed = np.unravel_index(int(np.argmax(left)), left.shape) if left.ndim else ()
        best: list[list[int]] = []
        count = 0
        orders = (range(len(seed)), range(len(seed) - 1, -1, -1))
        for order in orders[: max(1, min(2, len(seed)))]:
            spans = _grown(allowed, [int(i) for i in seed], order)
            size = int(left[np.ix_(*spans)].sum()) if spans else 1
            if size > count:
                best, count = spans, size
        left[np.ix_(*best) if best else ()] = False
        found.append((best, count))
    return found


def _grown(allowed: Cube, seed: Sequence[int], order: Sequence[int]) -> list[list[int]]:
    """A box around a cell, grown axis by axis as far as cells are allowed."""
    spans = [[i] for i in seed]
    left = list(range(len(seed)))  # axes not yet grown, which `within` still has
    within = allowed  # whether all cells of the spans so far are allowed
    for axis in order:
        at = left.index(axis)
        line = within[tuple(slice(None) if k == axis else seed[k] for k in left)]
        span = np.flatnonzero(line)
        spans[axis] = span.tolist()
        within = np.logical_and.reduce(within.take(span, at), axis=at)
        left.pop(at)
    return spans


def _boxes(kind: str, wanted: Cube, free: Cube, axes: Sequence[Axis]) -> list[Box]:
    """The boxes of a cover, in words."""
    found: list[Box] = []
    for spans, count in cover(wanted, free, MOST_BOXES):
        asked = [
            (axis, span)
            for axis, span in zip(axes, spans, strict=True)
            if len(span) < len(axis.labels)
        ]
        values = tuple((label(axis.key), label_words(axis, span)) for axis, span in asked)
        found.append(Box(kind, values, count, tuple(axis.key for axis, _ in asked)))
    return found


def label_words(axis: Axis, span: Sequence[int]) -> tuple[str, ...]:
    """The labels that a box spans; any word but some is said by those."""
    labels = [axis.labels[i] for i in span]
    if OTHER not in labels:
        return tuple(labels)
    return ("other than " + " or ".join(x for x in axis.labels if x not in labels),)
