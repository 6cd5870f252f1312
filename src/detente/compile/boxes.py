"""What a changed clause lets in or out: attribute cells under two predicates, merged into boxes.

A box says for each attribute which values it spans; attributes it leaves out do not matter. Cells
are cut at the points of both predicates, for each kind of weapon by itself.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.compile.cells import MAX_CELLS, Cutter, label, possible
from detente.compile.compiler import Compiled
from detente.compile.membership import Membership
from detente.model.predicate import Always, Named, Or, Tree

MOST_BOXES = 8
Cube = NDArray[np.bool_]


@dataclass(frozen=True)
class Box:
    """Weapons of a kind whose attributes lie in these stretches."""

    kind: str
    values: tuple[tuple[str, tuple[str, ...]], ...]
    cells: int

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
        names = [label(x.key) for x in axes]
        labels = [x.labels for x in axes]
        came = truth[1].yes & ~truth[0].yes & there
        went = truth[0].yes & ~truth[1].yes & there
        free = ~there
        enters += _boxes(kind, came.reshape(shape), free.reshape(shape), names, labels)
        leaves += _boxes(kind, went.reshape(shape), free.reshape(shape), names, labels)
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


def _boxes(
    kind: str, wanted: Cube, free: Cube, names: Sequence[str], labels: Sequence[Sequence[str]]
) -> list[Box]:
    """A cover of the wanted cells by few boxes; impossible cells (`free`) may be covered too."""
    allowed = wanted | free
    left = wanted.copy()
    found: list[Box] = []
    while left.any() and len(found) < MOST_BOXES:
        seed = np.unravel_index(int(np.argmax(left)), left.shape) if left.ndim else ()
        spans = [[int(i)] for i in seed]
        for axis in range(len(spans)):
            for i in range(left.shape[axis]):
                if i in spans[axis]:
                    continue
                trial = [*spans[:axis], [i], *spans[axis + 1 :]]
                if allowed[np.ix_(*trial)].all():
                    spans[axis].append(i)
        box = np.ix_(*spans) if spans else ()
        count = int(left[box].sum())
        left[box] = False
        values = tuple(
            (name, tuple(words[i] for i in sorted(span)))
            for name, words, span in zip(names, labels, spans, strict=True)
            if len(span) < len(words)
        )
        found.append(Box(kind, values, count))
    return found
