"""The least that must be dismantled of a force for what is left to lie in a region.

Only a limit that some part of the present force could break is *at work*; the others hold whatever
goes. Elements that all limits at work (and the costs) treat alike are one group: any of them may go
for any other, and the program has one column for all. What is least is least by the first cost,
among equals by the next, and so on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from detente.compile.region import Region, RegionRow
from detente.compile.solver import INF, NEAR, Solver
from detente.compile.table import Bools, Floats

Range = tuple[float, float]


@dataclass(frozen=True)
class Group:
    """Elements (by place in the region) that are alike, and how many there are of them now."""

    elements: tuple[int, ...]
    now: float


@dataclass(frozen=True)
class Reason:
    """What forces a cut: limits that cannot stand without it, and whether the least is one of them.

    With `least`, another way would keep all limits, but at more than the least; then those limits
    are named that count what is cut.
    """

    limits: tuple[RegionRow, ...]
    least: bool


class Reduction:
    """The cuts of one region by given costs, the first going before the next."""

    def __init__(
        self,
        region: Region,
        costs: Sequence[Floats] = (),
        apart: Collection[str] = (),
    ) -> None:
        """See the module.

        Args:
            region: what is permitted; its present numbers are what may be cut.
            costs: for each element what is lost with one of it; by default each costs one.
            apart: systems that are grouped with no other.

        """
        self.region = region
        ones = np.ones(region.n)
        self._costs = [np.asarray(c, dtype=np.float64) for c in costs] or [ones]
        self.A, lower, upper = region.matrix()
        self.limits = self._at_work(lower, upper)
        self.groups = self._groups(apart)
        self._lower, self._upper = lower[self._rows], upper[self._rows]
        self._seen: list[Floats] = []  # some least cuts

    # --- what is at work --------------------------------------------------------------------------
    def _at_work(self, lower: Floats, upper: Floats) -> list[RegionRow]:
        """Limits and physical rows that a part of the present force may break, and their helpers."""
        region, n = self.region, self.region.n
        ends = np.concatenate([region.now, np.array(region.helper_upper, dtype=np.float64)])
        most, least = np.maximum(self.A, 0) @ ends, np.minimum(self.A, 0) @ ends
        room = NEAR * (1 + np.abs(self.A) @ ends)
        idle = (most <= upper + room) & (least >= lower - room)
        of_helpers = np.array([r.row is None and not r.why for r in region.rows], dtype=bool)
        chosen: Bools = ~idle & ~of_helpers
        used = (self.A[chosen, n:] != 0).any(axis=0)
        grown = True
        while grown:  # a helper's rows belong to the limit that it serves
            touched = of_helpers & (self.A[:, n:] != 0)[:, used].any(axis=1)
            more = used | (self.A[touched, n:] != 0).any(axis=0)
            chosen = chosen | touched
            grown, used = bool((more != used).any()), more
        self._rows = np.flatnonzero(chosen)
        self._helpers = np.flatnonzero(used)
        return [region.rows[i] for i in self._rows]

    def asks_the_same(self, other: Reduction) -> bool:
        """Whether it is the same program as another, so that its answer is known."""
        mine, theirs = self._asked, other._asked
        return len(mine) == len(theirs) and all(
            np.array_equal(a, b) for a, b in zip(mine, theirs, strict=True)
        )

    @property
    def _asked(self) -> list[Any]:
        r = self.region
        bounds = self._lower, self._upper, r.helper_upper, r.whole
        return [self.A[self._rows], *bounds, r.now, *self._costs]

    def _groups(self, apart: Collection[str]) -> list[Group]:
        """Elements that some limit at work counts, together where they are alike.

        A system some of whose elements are not alike is kept to itself.
        """
        region = self.region
        A = self.A[self._rows][:, : region.n]
        alike: dict[tuple[str, tuple[float, ...], bytes], list[int]] = {}
        for k, element in enumerate(region.elements):
            if region.now[k] and A[:, k].any():
                cost = tuple(float(c[k]) for c in self._costs)
                key = (element.party, cost, A[:, k].tobytes())
                alike.setdefault(key, []).append(k)
        of_system: dict[str, set[object]] = {}
        for key, elements in alike.items():
            for k in elements:
                of_system.setdefault(region.elements[k].holding.system, set()).add(key)
        alone = {s for s, keys in of_system.items() if len(keys) > 1} | {*apart}
        found: dict[tuple[object, str], list[int]] = {}
        for key, elements in alike.items():
            for k in elements:
                system = region.elements[k].holding.system
                found.setdefault((key, system if system in alone else ""), []).append(k)
        return [Group(tuple(e), float(region.now[e].sum())) for e in found.values()]

    # --- the program ------------------------------------------------------------------------------
    @cached_property
    def _now(self) -> Floats:
        return np.array([g.now for g in self.groups], dtype=np.float64)

    @cached_property
    def _weights(self) -> Floats:
        """What one of each group counts in each row; helpers after the groups."""
        first = [g.elements[0] for g in self.groups]
        columns = [*first, *(self.region.n + self._helpers)]
        return self.A[np.ix_(self._rows, np.array(columns, dtype=np.int64))]

    @cached_property
    def _cost_of(self) -> Floats:
        """What one of each group costs, for each cost."""
        first = np.array([g.elements[0] for g in self.groups], dtype=np.int64)
        found = np.zeros((len(self._costs), len(self.groups) + len(self._helpers)))
        found[:, : len(first)] = [c[first] for c in self._costs]
        return found

    def _program(
        self,
        extra: Floats | None = None,
        at_most: Sequence[float] = (),
        lower: Floats | None = None,
        upper: Floats | None = None,
    ) -> Solver:
        """Rows of the limits (with other bounds, if given), of the costs, and extra ones, over cuts."""
        n = len(self.groups)
        limits = self._weights * np.concatenate([np.full(n, -1.0), np.ones(len(self._helpers))])
        counted = self._weights[:, :n] @ self._now
        rows = [limits, self._cost_of, *([extra] if extra is not None else [])]
        helpers = np.array(self.region.helper_upper, dtype=np.float64)[self._helpers]
        kinds = np.ones(n + len(helpers), dtype=bool)
        kinds[n:] = np.array(self.region.whole, dtype=bool)[self._helpers]
        least = self._lower if lower is None else lower
        most = self._upper if upper is None else upper
        free = np.full(len(self._costs), INF)
        return Solver(
            np.vstack(rows),
            np.concatenate([least - counted, -free, np.full(len(at_most), -INF)]),
            np.concatenate([most - counted, free, at_most]),
            np.zeros(n + len(helpers)),
            np.concatenate([self._now, helpers]),
            kinds,
        )

    @cached_property
    def _solver(self) -> Solver:
        return self._program()

    @cached_property
    def least(self) -> tuple[float, ...] | None:
        """The least of each cost, the first going before the next; None where no cut is enough."""
        return self._least(self._solver)

    def _least(self, solver: Solver, costs: int | None = None) -> tuple[float, ...] | None:
        """Least by each cost in turn (or the first so many), which then may not be exceeded."""
        found: list[float] = []
        upper = solver.row_upper.copy()
        first = len(self._rows)
        point = None
        for k, cost in enumerate(self._cost_of[:costs]):
            answer = solver.solve(cost, maximise=False, row_upper=upper, known=point)
            if not answer.found:
                return None
            point = answer.x
            found.append(_whole(answer.objective))
            upper[first + k] = _up(answer.objective)
        solver.row_upper = upper
        if solver is self._solver and point is not None:
            self._seen = [point]
        return tuple(found)

    def relaxed(
        self, limit: RegionRow, more: float = 1.0, costs: int | None = None
    ) -> tuple[float, ...] | None:
        """What the least (of the first so many costs) would be were one limit further by so much."""
        i = self.limits.index(limit)
        lower, upper = self._lower.copy(), self._upper.copy()
        lower[i] -= more
        upper[i] += more
        return self._least(self._program(lower=lower, upper=upper), costs)

    # --- what is left open ------------------------------------------------------------------------
    def span(self, objective: Floats) -> Range:
        """Least and most of an objective over the cuts, one value a group, among all least cuts."""
        assert self.least is not None
        every = np.zeros(self._solver.n)
        every[: len(objective)] = objective
        if not every.any():
            return 0.0, 0.0
        ends = []
        for most in (False, True):
            seen = (max if most else min)(self._seen, key=lambda x: float(every @ x))
            upper = self._solver.row_upper
            answer = self._solver.solve(every, maximise=most, row_upper=upper, known=seen)
            if not any((x == answer.x).all() for x in self._seen):
                self._seen.append(answer.x)
            ends.append(_whole(answer.objective))
        return ends[0], ends[1]

    @cached_property
    def spans(self) -> tuple[Range, ...]:
        """Of each group, how many must go at least and may go at most, among all least cuts."""
        if len(self.groups) == 1 and self.least is not None and (cost := self._cost_of[-1][0]):
            only = _whole(self.least[-1] / cost)
            return ((only, only),)
        return tuple(self.span(row) for row in np.eye(len(self.groups)))

    def of_limit(self, limit: RegionRow) -> tuple[Range, Range]:
        """How many of what a limit counts go, and what it then counts, among all least cuts."""
        i, n = self.limits.index(limit), len(self.groups)
        weights = self._weights[i]
        cut = self.span((weights[:n] > 0).astype(float))
        counts = np.zeros(self.A.shape[1])
        counts[: len(limit.counts)] = limit.counts
        every = np.concatenate([-weights[:n], counts[self.region.n + self._helpers]])
        counted = float(weights[:n] @ self._now) + limit.shift
        low, high = self.span(every)
        return cut, (_whole(counted + low), _whole(counted + high))

    def of_elements(self, elements: Iterable[int]) -> Range:
        """How many of some elements must go at least and may go at most, among all least cuts.

        The elements are all of a system, or all of a party: no other system's lie in a group with
        some of them but not all, or all of them lie in one group.
        """
        chosen = {*elements}
        low = high = 0.0
        whole = np.zeros(len(self.groups))
        for g, group in enumerate(self.groups):
            inside = chosen & {*group.elements}
            if not inside:
                continue
            if len(inside) == len(group.elements):
                whole[g] = 1.0
                continue
            mine = float(self.region.now[[*inside]].sum())
            a, b = self.spans[g]
            low += max(0.0, a - (group.now - mine))
            high += min(mine, b)
        if whole.any():
            only = np.flatnonzero(whole)
            a, b = self.spans[only[0]] if len(only) == 1 else self.span(whole)
            low, high = low + a, high + b
        return low, high

    # --- why --------------------------------------------------------------------------------------
    def reason(self, elements: Collection[int], forced: float) -> Reason:
        """What forces so many of a system's elements to go.

        First a limit that does so by itself, whatever else goes; else a smallest set of limits,
        perhaps with the least itself, that cannot stand if one fewer goes.
        """
        chosen = {*elements}
        alone = [r for i, r in enumerate(self.limits) if self._forces(i, chosen) >= forced]
        if alone:
            return Reason(tuple(alone), False)
        extra = np.zeros((1, len(self.groups) + len(self._helpers)))
        room = forced - 1
        for g, group in enumerate(self.groups):
            if inside := chosen & {*group.elements}:
                extra[0, g] = 1.0
                room += group.now - float(self.region.now[[*inside]].sum())
        solver = self._program(extra, [room])
        first = len(self._rows)
        assert self.least is not None
        solver.row_upper[first : first + len(self._costs)] = [_up(v) for v in self.least]
        limits, groups = self._by_limit()
        groups.append(list(range(first, first + len(self._costs))))
        found = solver.clash(groups)
        rows = [limits[i] for i in found if i < len(limits)]
        least = len(limits) in found
        if least:  # what other limits ask for is in the least already
            index = [*chosen]
            rows = [r for r in rows if r.weights[index].any()] or rows
        return Reason(tuple(rows), least)

    def _forces(self, i: int, chosen: Collection[int]) -> float:
        """How many of some elements one limit forces to go, were everything else gone."""
        row, n = self._weights[i], len(self.groups)
        if self.limits[i].row is None or row[n:].any() or (row < 0).any():
            return 0.0
        mine = [
            (row[g], float(self.region.now[[*inside]].sum()))
            for g, group in enumerate(self.groups)
            if (inside := {*chosen} & {*group.elements})
        ]
        if any(w == 0 for w, _ in mine) or self._upper[i] == INF:
            return 0.0
        lightest = min(w for w, _ in mine)
        return sum(n for _, n in mine) - float(np.floor(self._upper[i] / lightest + NEAR))

    def _by_limit(self) -> tuple[list[RegionRow], list[list[int]]]:
        """The limits at work and the rows of each; the rows of one provision stand or go as one."""
        rows: dict[int, list[int]] = {}
        for i, limit in enumerate(self.limits):
            if limit.row is not None:
                rows.setdefault(id(limit.row.provision), []).append(i)
        return [self.limits[r[0]] for r in rows.values()], list(rows.values())

    def clashes(self) -> list[list[tuple[RegionRow, float]]]:
        """Where no cut is enough: smallest sets of limits that clash, and how far each is off.

        How far one would have to move alone for the rest of its set to stand. The sets have no
        limit in common.
        """
        limits, groups = self._by_limit()
        rows = [i for g in groups for i in g]
        found: list[list[tuple[RegionRow, float]]] = []
        solver = self._program()
        left = list(range(len(groups)))
        while True:
            gone = [i for i in rows if not any(i in groups[g] for g in left)]
            solver.row_lower[gone], solver.row_upper[gone] = -INF, INF
            clash = [left[k] for k in solver.clash([groups[g] for g in left])]
            if not clash:
                return found
            among = [i for i in range(solver.m) if i not in rows]
            found.append(
                [
                    (
                        limits[g],
                        solver.slack_needed(
                            groups[g], [*among, *(i for h in clash if h != g for i in groups[h])]
                        ),
                    )
                    for g in clash
                ]
            )
            left = [g for g in left if g not in clash]

    # --- how long it takes ------------------------------------------------------------------------
    def years(self, rates: Sequence[tuple[Collection[int], float]]) -> float:
        """The years that the quickest least cut takes, when so many a year of some elements can go.

        INF where it cannot be done. Each set of elements is made up of whole groups; see `apart`.
        """
        n = len(self.groups)
        if self.least is None:
            return INF
        width = n + len(self._helpers)
        extra = np.zeros((len(rates), width))
        a_year = []
        for i, (elements, rate) in enumerate(rates):
            for g, group in enumerate(self.groups):
                extra[i, g] = float(set(group.elements) <= {*elements})
            a_year.append(rate)
        base = self._program(extra, [0.0] * len(rates))
        A = np.hstack([base.A, np.zeros((base.m, 1))])
        A[len(A) - len(rates) :, -1] = -np.array(a_year)
        upper = base.row_upper.copy()
        first = len(self._rows)
        upper[first : first + len(self._costs)] = [_up(v) for v in self.least]
        whole = base.whole if base.whole is not None else np.zeros(base.n, dtype=bool)
        timed = Solver(
            A,
            base.row_lower,
            upper,
            np.append(base.column_lower, 0.0),
            np.append(base.column_upper, INF),
            np.append(whole, False),
        )
        answer = timed.solve([*np.zeros(base.n), 1.0])
        return answer.objective if answer.found else INF


def _whole(value: float) -> float:
    """A value without what the solver is off by."""
    near = round(value)
    return float(near) if abs(value - near) <= 1e-6 * (1 + abs(value)) else float(value)


def _up(value: float) -> float:
    """A value that may just be reached."""
    return value + 1e-7 * (1 + abs(value))
