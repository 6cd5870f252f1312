"""A sweep: the balance as an equal ceiling falls to a tenth.

At a ceiling c a side's counted force is min(now, c); what the limit does not count, and what the lens
adds, stays as it is. By other measures than the count itself a side gives up what it can best spare by
the measure (what the measure cannot weigh last), or of everything in proportion. Between its corners
every curve is straight, so the ceilings at which the sides come even are found exactly, not read off a
grid.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from detente.compile.counts import Number, RowCount, Spread
from detente.compile.measures import Figure, Worth, whole
from detente.compile.membership import Truth
from detente.compile.table import Floats
from detente.model.lenses import Lens, Measure

STEPS = 10
ENDS = ("low", "best", "high")


@dataclass(frozen=True)
class Curve:
    """What one side has as a ceiling falls, without what the lens adds: straight between its corners.

    Attributes:
        count: the limit as counted now.
        swept: what the limit counts, by the measure.
        rest: what the lens counts of the text's forces and the limit does not.
        given_up: shares of the count that are given up, growing.
        lost: the share of the measure that goes with each.

    """

    count: float
    swept: float
    rest: float
    given_up: Floats
    lost: Floats

    def at(self, ceilings: Floats) -> Floats:
        """What the limit still counts at each ceiling, by the measure."""
        if self.count <= 0:
            return np.full(len(ceilings), self.swept)
        share = np.maximum(0.0, self.count - ceilings) / self.count
        kept: Floats = self.swept * (1 - np.interp(share, self.given_up, self.lost))
        return kept

    def corners(self) -> Floats:
        """The ceilings at which it bends."""
        return self.count * (1 - self.given_up)


@dataclass(frozen=True)
class SweptSide:
    """One side before the sweep: its curves by the low, best and high figures, and what is added."""

    side: str
    curves: tuple[Curve, ...]
    added: Spread


@dataclass(frozen=True)
class SideAt:
    """One side at one ceiling: what the limit still counts of it, and all that the lens counts."""

    side: str
    swept: Spread
    total: Spread

    @property
    def outside(self) -> float:
        """The share that the falling limit does not count."""
        return 1 - self.swept.best / self.total.best if self.total.best else 0.0


@dataclass(frozen=True)
class Step:
    """All sides at one ceiling."""

    ceiling: Number
    sides: tuple[SideAt, ...]
    difference: Spread
    ratio: float | None


@dataclass(frozen=True)
class Evening:
    """A ceiling at which the first two sides come even, and who was and is ahead.

    With `kept` they stay even from there down to `to`.
    """

    at: Number
    ahead_before: str
    ahead_after: str
    to: Number | None = None

    @property
    def kept(self) -> bool:
        """Whether they stay even for a while."""
        return self.to is not None


@dataclass(frozen=True)
class Sweep:
    """The balance through one lens, by one measure, as an equal limit falls.

    Attributes:
        steps: ten even steps, for reading.
        corners: every ceiling at which a curve bends, for drawing: exact between them.
        evenings: where the sides come even, by the best figures; empty: the balance never crosses
            equality.
        open: spans of the ceiling in which either side may be ahead, as the ranges allow.

    """

    lens: Lens
    measure: Measure
    limit: str
    start: Number
    end: Number
    cut: str
    steps: tuple[Step, ...]
    corners: tuple[Step, ...]
    evenings: tuple[Evening, ...]
    open: tuple[tuple[Number, Number], ...]

    @property
    def crosses(self) -> bool:
        """Whether the side that is ahead changes."""
        return any(
            e.ahead_before and e.ahead_after and e.ahead_before != e.ahead_after
            for e in self.evenings
        )

    def records(self) -> list[dict[str, Any]]:
        """One row a step and side."""
        return [
            {
                "lens": self.lens.id,
                "measure": self.measure.id,
                "limit": self.limit,
                "ceiling": step.ceiling,
                "side": x.side,
                "counted": x.swept.best,
                "not_counted_share": round(x.outside, 4),
                **_ends(x.total),
                "difference": step.difference.best,
                "ratio": step.ratio,
            }
            for step in self.steps
            for x in step.sides
        ]

    def as_data(self) -> dict[str, Any]:
        """As documented for JSON."""
        first = [x.side for x in self.steps[0].sides]
        return {
            "crosses": self.crosses,
            "even": [
                {
                    "at": e.at,
                    "to": e.to,
                    "ahead_before": e.ahead_before or None,
                    "ahead_after": e.ahead_after or None,
                }
                for e in self.evenings
            ],
            "open": [list(span) for span in self.open],
            "not_counted": {
                s: {
                    "from": round(self.steps[0].sides[k].outside, 4),
                    "to": round(self.steps[-1].sides[k].outside, 4),
                }
                for k, s in enumerate(first)
            },
            "steps": [
                {
                    "ceiling": step.ceiling,
                    "sides": {
                        x.side: {
                            "counted": _ends(x.swept),
                            "total": _ends(x.total),
                            "not_counted_share": round(x.outside, 4),
                        }
                        for x in step.sides
                    },
                    "difference": _ends(step.difference),
                    "ratio": step.ratio,
                }
                for step in self.steps
            ],
        }


def _ends(s: Spread) -> dict[str, Number]:
    return {"low": s.low, "best": s.best, "high": s.high}


def curves_of(
    count: RowCount,
    worth: Worth,
    place: Mapping[int, int],
    inside: Truth,
    swept: Figure,
    counted: Figure,
    cut: str,
) -> tuple[Curve, ...]:
    """The curves of one side by its low, best and high figures.

    Args:
        count: the swept limit as counted now.
        worth: what one unit of each element is worth by the measure.
        place: the place of each element (by its id) in `worth`.
        inside: what the lens counts of the text's forces.
        swept: what of that the limit counts, by the measure.
        counted: all that the lens counts of the text's forces, by the measure.
        cut: `least-loss` or `proportional`.

    """
    found = []
    for end, name in enumerate(ENDS):
        alike: dict[float, float] = {}
        unknown = 0.0
        for c in count.contributions if cut == "least-loss" else ():
            i = place[id(c.element)]
            n, weight = float(getattr(c.counted, name)), float(getattr(c.weight, name))
            if n <= 0 or weight <= 0:
                continue
            if not worth.known[i]:
                unknown += n
                continue
            member = inside.yes[i] or (end == 2 and not inside.no[i])
            value = float(worth.ends[end][i]) / weight if member else 0.0
            alike[value] = alike.get(value, 0.0) + n
        each = np.array([*sorted(alike), 0.0])  # what can best be spared first, the unknown last
        units = np.array([*(alike[v] for v in sorted(alike)), unknown])
        given_up, lost = np.array([0.0, 1.0]), np.array([0.0, 1.0])
        if total := float(each @ units):
            given_up = np.append(0.0, np.cumsum(units) / units.sum())
            lost = np.append(0.0, np.cumsum(each * units) / total)
        now, all_ = (float(getattr(f.value, name)) for f in (swept, counted))
        found.append(Curve(float(getattr(count.counted, name)), now, all_ - now, given_up, lost))
    return tuple(found)


def sweep_limit(
    lens: Lens, measure: Measure, limit: str, start: Number, sides: Sequence[SweptSide], cut: str
) -> Sweep:
    """The sweep of one limit from `start` to a tenth of it."""
    end = start / STEPS
    bends = [c.corners() for x in sides for c in x.curves]
    corners = np.concatenate([*bends, [start, end]])
    corners = np.unique(corners[(corners <= start) & (corners >= end)])[::-1]
    even = np.array([start * (STEPS - k) / STEPS for k in range(STEPS)])
    steps = _steps(sides, even)
    at = _steps(sides, corners)
    best = np.array([s.difference.best for s in at], dtype=np.float64)
    names = (sides[0].side, sides[1].side)
    low = np.array([s.difference.low for s in at], dtype=np.float64)
    high = np.array([s.difference.high for s in at], dtype=np.float64)
    return Sweep(
        lens,
        measure,
        limit,
        start,
        whole(float(end)),
        cut,
        steps,
        at,
        tuple(_evenings(corners, best, names)),
        tuple(_open(corners, low, high)),
    )


def _steps(sides: Sequence[SweptSide], ceilings: Floats) -> tuple[Step, ...]:
    found: list[list[SideAt]] = [[] for _ in ceilings]
    for x in sides:
        ends = (x.added.low, x.added.best, x.added.high)
        kept = np.array([c.at(ceilings) for c in x.curves])
        more = np.array([c.rest + a for c, a in zip(x.curves, ends, strict=True)])
        for k, (swept, total) in enumerate(zip(kept.T, (kept + more[:, None]).T, strict=True)):
            found[k].append(SideAt(x.side, _spread(swept), _spread(total)))
    steps = []
    for ceiling, at in zip(ceilings, found, strict=True):
        a, b = at[0].total, at[1].total
        gap = Spread(whole(a.low - b.high), whole(a.best - b.best), whole(a.high - b.low))
        steps.append(
            Step(whole(float(ceiling)), tuple(at), gap, a.best / b.best if b.best else None)
        )
    return tuple(steps)


def _spread(ends: Floats) -> Spread:
    """Low, best and high, in order; where it is least that is kept, more held may mean less kept."""
    low, best, high = ends
    return Spread(whole(min(low, best, high)), whole(best), whole(max(low, best, high)))


def _evenings(at: Floats, gap: Floats, names: tuple[str, str]) -> list[Evening]:
    """Where the difference is nothing, going down; it is straight between the corners."""

    def ahead(value: float) -> str:
        return "" if abs(value) < 1e-9 else names[0] if value > 0 else names[1]

    found: list[Evening] = []
    before = ""
    k = 0
    while k < len(at):
        now = ahead(gap[k])
        if now == "":
            last = k
            while last + 1 < len(at) and ahead(gap[last + 1]) == "":
                last += 1
            after = ahead(gap[last + 1]) if last + 1 < len(at) else ""
            to = whole(float(at[last])) if last > k else None
            found.append(Evening(whole(float(at[k])), before, after, to))
            before, k = after or before, last + 1
            continue
        if before and now != before and k and ahead(gap[k - 1]):
            share = gap[k - 1] / (gap[k - 1] - gap[k])
            c = at[k - 1] + share * (at[k] - at[k - 1])
            found.append(Evening(whole(float(c)), before, now))
        before = now
        k += 1
    return found


def _open(at: Floats, low: Floats, high: Floats) -> list[tuple[Number, Number]]:
    """Spans, going down, in which either side may be ahead: low below nothing, high above.

    Both ends of the range are straight between corners, so each span ends where one meets nothing.
    """
    cuts = {float(c) for c in at}
    for values in (low, high):
        for k in range(len(at) - 1):
            a, b = values[k], values[k + 1]
            if a * b < 0:
                cuts.add(float(at[k] + a / (a - b) * (at[k + 1] - at[k])))
    points = np.array(sorted(cuts, reverse=True))
    spans: list[tuple[Number, Number]] = []
    down = at[::-1]
    for a, b in pairwise(points):
        middle = (a + b) / 2
        least = float(np.interp(middle, down, low[::-1]))
        most = float(np.interp(middle, down, high[::-1]))
        if least < -1e-9 and most > 1e-9:
            if spans and spans[-1][1] == whole(float(a)):
                spans[-1] = (spans[-1][0], whole(float(b)))
            else:
                spans.append((whole(float(a)), whole(float(b))))
    return spans
