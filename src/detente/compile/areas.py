"""Areas: boxes of attribute cells that can be read, tested against real systems, and written down.

An area knows its words (attribute: stretches, neighbours merged), the predicate that says the same,
that predicate's text where the language has one, and a witness: one weapon that lies in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np

from detente.compile.boxes import Box, cover, label_words
from detente.compile.cells import OTHER, SPLIT, Against, Axis, Stretch, label
from detente.compile.openings import Ground, PartyCutter, any_of
from detente.compile.table import Bools
from detente.model.predicate import (
    Always,
    And,
    AnyOfType,
    Attr,
    Compare,
    DateValue,
    Member,
    Not,
    Or,
    Quantity,
    Tree,
)
from detente.model.predicate_text import written


@dataclass(frozen=True)
class Area:
    """Weapons of a kind whose attributes lie in these stretches.

    `asks` is what the area asks of each attribute, `tree` the whole as a predicate, `text` that in
    words of the language ("" where none say it). On the ground it was found on, `inside` are its
    cells and `cell` is where the witness lies.
    """

    kind: str
    box: Box
    asks: tuple[tuple[str, Tree], ...]
    tree: Tree
    text: str
    witness: dict[str, str]
    cell: int
    inside: Bools = field(compare=False, repr=False)
    cells: int = field(compare=False)

    def as_data(self) -> dict[str, Any]:
        """Plain data."""
        return self.box.as_data()


def all_of(trees: Sequence[Tree]) -> Tree:
    """All of some predicates."""
    if not trees:
        return Always(True)
    return trees[0] if len(trees) == 1 else And(tuple(trees))


def areas(ground: Ground, wanted: Bools, most: int | None = None) -> list[Area]:
    """The wanted cells of a ground as few areas; cells that no weapon can lie in may be covered."""
    shape = ground.shape
    mask = (wanted & ground.there).reshape(shape)
    free = (~ground.there).reshape(shape)
    found = []
    for spans, count in cover(mask, free, most):
        inside = np.zeros(shape, dtype=bool)
        inside[np.ix_(*spans) if spans else ()] = True
        here = inside.ravel() & ground.there
        cell = int(np.flatnonzero(here & mask.ravel())[0])
        found.append(_area(ground, spans, cell, here, count))
    return found


def _area(
    ground: Ground, spans: Sequence[Sequence[int]], cell: int, here: Bools, count: int
) -> Area:
    cutter = ground.cutter
    narrow = [
        (axis, span)
        for axis, span in zip(ground.axes, spans, strict=True)
        if len(span) < len(axis.labels)
    ]
    values = tuple((label(a.key), words_of(cutter, a, span)) for a, span in narrow)
    asks = tuple((label(a.key), tree_of(cutter, a, span)) for a, span in narrow)
    at = np.unravel_index(cell, ground.shape) if ground.shape else ()
    kind = ground.kind
    witness = {SPLIT: kind} if kind else {}
    witness |= cutter._witness(ground.axes, [int(i) for i in at])
    of_kind = (Member(SPLIT, (kind,)),) if kind else ()
    tree = all_of([*of_kind, *(t for _, t in asks)])
    text = written(tree, cutter.case.attributes)
    return Area(kind, Box(kind, values, count), asks, tree, text, witness, cell, here, count)


# --- one axis ---------------------------------------------------------------------------------------
def words_of(cutter: PartyCutter, axis: Axis, span: Sequence[int]) -> tuple[str, ...]:
    """The stretches of a span in words, neighbours merged."""
    if not isinstance(axis.key, str) or not axis.stretches:
        return label_words(axis, span)
    show, unit, dated = cutter._style(axis.key)
    return tuple(_stretch_words(s, show, unit, dated) for s in merged(axis, span))


def merged(axis: Axis, span: Sequence[int]) -> Iterator[Stretch]:
    """The stretches of a number's span, neighbours made one."""
    run: list[int] = []
    for i in [*span, -2]:
        if run and i != run[-1] + 1:
            first, last = axis.stretches[run[0]], axis.stretches[run[-1]]
            yield Stretch(first.low, last.high, first.with_low, last.with_high)
            run = []
        run.append(i)


def _stretch_words(s: Stretch, show: Any, unit: str, dated: bool) -> str:
    low_open = (s.low <= 0 and not dated) or s.low == -np.inf
    if s.low == s.high:
        return f"exactly {show(s.low)} {unit}".strip()
    if low_open and np.isinf(s.high):
        return "any"
    if low_open:
        return f"{'up to' if s.with_high else 'below'} {show(s.high)} {unit}".strip()
    if np.isinf(s.high):
        return f"{'from' if s.with_low else 'above'} {show(s.low)} {unit}".strip()
    low = f"{'from' if s.with_low else 'above'} {show(s.low)}"
    return f"{low} {'to' if s.with_high else 'to below'} {show(s.high)} {unit}".strip()


def tree_of(cutter: PartyCutter, axis: Axis, span: Sequence[int]) -> Tree:
    """The predicate that a span of an axis says."""
    if isinstance(axis.key, AnyOfType):
        return axis.key if list(span) == [0] else Not(axis.key)
    if isinstance(axis.key, Against):
        return any_of(
            [all_of([n if true[i] else Not(n) for n, true in axis.compared.items()]) for i in span]
        )
    if axis.stretches:
        dated = cutter._style(axis.key)[2]
        found = [_between(axis.key, s, dated) for s in merged(axis, span)]
        return found[0] if len(found) == 1 else Or(tuple(found))
    words = [axis.words[i] for i in span]
    attribute = cutter.case.attributes.get(axis.key)
    if attribute and attribute.type == "yes-no":
        return Member(axis.key, ("yes",), words == ["no"])
    if OTHER in words:
        rest = tuple(w for w in axis.words if w not in words)
        return Member(axis.key, rest, True)
    return Member(axis.key, tuple(words))


def _between(key: str, s: Stretch, dated: bool) -> Tree:
    def end(value: float) -> DateValue | Quantity:
        if dated:
            day = date.fromordinal(int(value))
            return DateValue(day, day)
        return Quantity(int(value) if float(value).is_integer() else value)

    if s.low == s.high:
        return Compare(Attr(key), "=", end(s.low))
    ends: list[Tree] = []
    if s.low > 0 or (dated and np.isfinite(s.low) and s.low >= 1):
        ends.append(Compare(Attr(key), ">=" if s.with_low else ">", end(s.low)))
    if np.isfinite(s.high):
        ends.append(Compare(Attr(key), "<=" if s.with_high else "<", end(s.high)))
    return all_of(ends)
