"""Linear and whole-number programs through HiGHS: one kept object, changed in place, solved warm.

Rows are `lower <= A x <= upper`. Bounds and costs may change from solve to solve; the rows' weights
may not. A whole-number program is first solved as a linear one: where that answer is whole, it is the
answer. An infeasible program is an answer too: `clash` names a smallest set of rows that cannot
stand together. HiGHS: Huangfu and Hall (2018), Parallelizing the dual revised simplex method,
Mathematical Programming Computation 10.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import numpy as np

from detente.compile.table import Bools, Floats

INF = float("inf")
NEAR = 1e-7  # what HiGHS may be off by
Status = Literal["optimal", "infeasible", "unbounded"]
_FIRST = threading.Lock()


@cache
def _highspy() -> Any:
    """The library, its banner kept off standard output (it prints one when first used)."""
    import highspy

    with _FIRST:
        kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, 1)
            highspy.Highs()  # type: ignore[no-untyped-call]
        finally:
            os.dup2(kept, 1)
            os.close(kept)
            os.close(nowhere)
    return highspy


@dataclass(frozen=True)
class Solution:
    """What a solve found: the value and the columns; for a linear program, what each row is worth.

    `duals[i]` is by how much the objective moves for one more unit of the row's binding bound;
    `reduced` the same for the columns' bounds. Both are zero in whole-number programs, where one
    unit more may be worth nothing and two units much: solve again to know.
    """

    status: Status
    objective: float
    x: Floats
    duals: Floats
    reduced: Floats

    @property
    def found(self) -> bool:
        """Whether there is an optimum."""
        return self.status == "optimal"


class Solver:
    """A program over fixed rows. Not for use by several threads at once."""

    def __init__(
        self,
        A: Floats,
        row_lower: Floats,
        row_upper: Floats,
        column_lower: Floats,
        column_upper: Floats,
        whole: Bools | None = None,
    ) -> None:
        """Raises ValueError where the shapes do not fit together."""
        self.m, self.n = A.shape
        sizes = (len(row_lower), len(row_upper), len(column_lower), len(column_upper))
        if sizes != (self.m, self.m, self.n, self.n):
            raise ValueError(f"rows and columns do not fit: {A.shape} and {sizes}")
        self.A = np.ascontiguousarray(A, dtype=np.float64)
        self.row_lower, self.row_upper = row_lower.astype(float), row_upper.astype(float)
        self.column_lower, self.column_upper = (
            column_lower.astype(float),
            column_upper.astype(float),
        )
        self.whole = whole if whole is not None and whole.any() else None
        self.cost = np.zeros(self.n)
        self.maximise = False
        self._none = np.zeros(self.m), np.zeros(self.n)
        self._rows = np.arange(self.m, dtype=np.int32)
        self._columns = np.arange(self.n, dtype=np.int32)
        self._linear = self._load(None)
        self._exact: Any = (
            None  # the whole-number program, loaded when a linear answer is not whole
        )
        self._probe: Solver | None = None

    def _load(self, whole: Bools | None) -> Any:
        hs = _highspy()
        h = hs.Highs()
        h.setOptionValue("output_flag", False)
        h.setOptionValue("threads", 1)
        h.setOptionValue("mip_rel_gap", 0.0)
        h.setOptionValue("mip_abs_gap", 1e-6)
        lp = hs.HighsLp()
        lp.num_col_, lp.num_row_ = self.n, self.m
        lp.col_cost_ = self.cost
        lp.col_lower_, lp.col_upper_ = self.column_lower, self.column_upper
        lp.row_lower_, lp.row_upper_ = self.row_lower, self.row_upper
        columns, rows = np.nonzero(self.A.T)  # column by column
        starts = np.searchsorted(columns, np.arange(self.n + 1))
        lp.a_matrix_.format_ = hs.MatrixFormat.kColwise
        lp.a_matrix_.start_ = starts.astype(np.int32)
        lp.a_matrix_.index_ = rows.astype(np.int32)
        lp.a_matrix_.value_ = self.A[rows, columns]
        if whole is not None:
            kinds = (hs.HighsVarType.kContinuous, hs.HighsVarType.kInteger)
            lp.integrality_ = [kinds[int(w)] for w in whole]
        h.passModel(lp)
        if self.maximise:
            h.changeObjectiveSense(hs.ObjSense.kMaximize)
        return h

    def solve(
        self,
        cost: Floats | Sequence[float] | None = None,
        *,
        maximise: bool | None = None,
        row_lower: Floats | None = None,
        row_upper: Floats | None = None,
        column_lower: Floats | None = None,
        column_upper: Floats | None = None,
        known: Floats | None = None,
    ) -> Solution:
        """Solve with what is given changed; what is changed stays changed.

        `known` is a point of the program that is at hand: it is the answer where the linear program
        shows that no whole one is better.
        """
        if cost is not None and not np.array_equal(cost, self.cost):
            self.cost = np.array(cost, dtype=np.float64)
            self._linear.changeColsCost(self.n, self._columns, self.cost)
        if maximise is not None and maximise != self.maximise:
            self.maximise = maximise
            self._sense(self._linear)
        if row_lower is not None or row_upper is not None:
            self.row_lower = self.row_lower if row_lower is None else np.asarray(row_lower, float)
            self.row_upper = self.row_upper if row_upper is None else np.asarray(row_upper, float)
            self._linear.changeRowsBounds(self.m, self._rows, self.row_lower, self.row_upper)
        if column_lower is not None or column_upper is not None:
            if column_lower is not None:
                self.column_lower = np.asarray(column_lower, dtype=np.float64)
            if column_upper is not None:
                self.column_upper = np.asarray(column_upper, dtype=np.float64)
            self._linear.changeColsBounds(
                self.n, self._columns, self.column_lower, self.column_upper
            )
        if not self.n:  # nothing to choose: the rows count nothing
            stands = (self.row_lower <= NEAR).all() and (self.row_upper >= -NEAR).all()
            nothing = np.zeros(0)
            return Solution(
                "optimal" if stands else "infeasible", 0.0, nothing, np.zeros(self.m), nothing
            )
        found = self._run(self._linear)
        if self.whole is None or found.status == "infeasible":
            return found
        if found.found and (whole := self._if_whole(found.x)) is not None:
            return self._whole_answer(whole)
        if found.found and known is not None and self._no_better(found.objective, known):
            return self._whole_answer(known)
        if self._exact is None:
            self._exact = self._load(self.whole)
        else:
            self._sense(self._exact)
            h = self._exact
            h.changeColsCost(self.n, self._columns, self.cost)
            h.changeRowsBounds(self.m, self._rows, self.row_lower, self.row_upper)
            h.changeColsBounds(self.n, self._columns, self.column_lower, self.column_upper)
        found = self._run(self._exact)
        if not found.found:
            return found
        x = found.x.copy()
        x[self.whole] = np.round(x[self.whole])
        return self._whole_answer(x)

    def _sense(self, h: Any) -> None:
        senses = _highspy().ObjSense
        h.changeObjectiveSense(senses.kMaximize if self.maximise else senses.kMinimize)

    def _no_better(self, bound: float, known: Floats) -> bool:
        """Whether a linear bound leaves no room for a whole point better than the one known."""
        assert self.whole is not None
        sign = -1.0 if self.maximise else 1.0
        value, bound = sign * float(self.cost @ known), sign * bound
        counts = self.cost != 0
        if self.whole[counts].all() and (np.round(self.cost[counts]) == self.cost[counts]).all():
            bound = float(np.ceil(bound - NEAR * (1 + abs(bound))))
        return bound >= value - NEAR * (1 + abs(value))

    def _if_whole(self, x: Floats) -> Floats | None:
        """The answer of the linear program with whole numbers for near ones, where that is allowed."""
        assert self.whole is not None
        near = np.where(self.whole, np.round(x), x)
        if (near == x).all():
            return near
        if np.abs(near - x).max() > NEAR:
            return None
        count = self.A @ near
        room = NEAR * (1 + np.abs(count))
        fits = (count >= self.row_lower - room) & (count <= self.row_upper + room)
        return near if fits.all() else None

    def _whole_answer(self, x: Floats) -> Solution:
        return Solution("optimal", float(self.cost @ x), x, *self._none)

    def _run(self, h: Any) -> Solution:
        kinds, nothing = _highspy().HighsModelStatus, np.zeros(0)
        h.run()
        status = h.getModelStatus()
        if status == kinds.kUnboundedOrInfeasible:
            status = self._which(h)
        if status == kinds.kInfeasible:
            return Solution("infeasible", float("nan"), nothing, nothing, nothing)
        if status == kinds.kUnbounded:
            return Solution("unbounded", INF if self.maximise else -INF, nothing, nothing, nothing)
        if status not in (kinds.kOptimal, kinds.kModelEmpty):
            raise RuntimeError(f"HiGHS stopped without an answer: {h.modelStatusToString(status)}")
        found = h.getSolution()
        x = np.array(found.col_value, dtype=np.float64)
        if self.whole is not None:
            return Solution("optimal", float(self.cost @ x), x, *self._none)
        duals = np.array(found.row_dual, dtype=np.float64)
        reduced = np.array(found.col_dual, dtype=np.float64)
        return Solution("optimal", float(self.cost @ x), x, duals, reduced)

    def _which(self, h: Any) -> Any:
        """Whether a program without an optimum has any point at all."""
        kinds = _highspy().HighsModelStatus
        h.changeColsCost(self.n, self._columns, np.zeros(self.n))
        h.run()
        found = h.getModelStatus()
        h.changeColsCost(self.n, self._columns, self.cost)
        return kinds.kUnbounded if found == kinds.kOptimal else kinds.kInfeasible

    # --- what cannot stand together -----------------------------------------------------------------
    def feasible(self, rows: Bools) -> bool:
        """Whether the chosen rows can hold together, within the columns' bounds."""
        return self._point(rows) is not None

    def _point(self, rows: Bools) -> Floats | None:
        """A point at which the chosen rows hold, within the columns' bounds; None where none is."""
        if self._probe is None:
            bounds = self.row_lower, self.row_upper, self.column_lower, self.column_upper
            self._probe = Solver(self.A, *bounds, self.whole)
        found = self._probe.solve(
            row_lower=np.where(rows, self.row_lower, -INF),
            row_upper=np.where(rows, self.row_upper, INF),
            column_lower=self.column_lower,
            column_upper=self.column_upper,
        )
        return found.x if found.found else None

    def clash(self, groups: Sequence[Sequence[int]] | None = None) -> tuple[int, ...]:
        """The fewest groups of rows that cannot hold together; empty when all can.

        A group is what stands or goes as one (each row by itself by default); rows of no group
        always hold. Of several sets of one size it is always the same that is found. By the duality
        of clashes and corrections (Ignatiev, Previti, Liffiton and Marques-Silva 2015, Smallest MUS
        extraction with minimal hitting set dualization).

        Raises:
            ValueError: the rows that always hold cannot hold together.

        """
        given = [[i] for i in range(self.m)] if groups is None else [list(g) for g in groups]
        every = range(len(given))
        always = np.ones(self.m, dtype=bool)
        for group in given:
            always[group] = False

        def stand(chosen: Iterable[int]) -> set[int] | None:
            """All groups that hold at a point at which the chosen ones do; None where none is."""
            rows = always.copy()
            for g in chosen:
                rows[given[g]] = True
            point = self._point(rows)
            if point is None:
                return None
            count = self.A @ point
            room = NEAR * (1 + np.abs(count))
            fits = (count >= self.row_lower - room) & (count <= self.row_upper + room)
            return {*chosen, *(g for g in every if fits[given[g]].all())}

        if stand(every) is not None:
            return ()
        if stand(()) is None:
            raise ValueError("the rows that always hold cannot hold together")
        corrections: list[set[int]] = []
        while True:
            found = _fewest_hits(corrections, len(given))
            kept = stand(found)
            if kept is None:
                return tuple(found)
            for g in every:
                if g not in kept and (more := stand(kept | {g})) is not None:
                    kept = more
            corrections.append(set(every) - kept)

    def slack_needed(self, rows: Sequence[int], among: Sequence[int]) -> float:
        """By how much some rows would have to give way for the rows `among` to stand with them.

        The most that any one of them has to; all rows that stand in neither are left aside. INF
        where the others cannot stand by themselves.
        """
        mine = np.zeros(self.m, dtype=bool)
        mine[list(rows)] = True
        held = mine.copy()
        held[list(among)] = True
        give = np.where(mine, 1.0, 0.0)[:, None]
        upper = np.where(held, self.row_upper, INF)
        lower = np.where(held, self.row_lower, -INF)
        probe = Solver(
            np.vstack([np.hstack([self.A, -give]), np.hstack([self.A, give])]),
            np.concatenate([np.full(self.m, -INF), lower]),
            np.concatenate([upper, np.full(self.m, INF)]),
            np.append(self.column_lower, 0.0),
            np.append(self.column_upper, INF),
            None if self.whole is None else np.append(self.whole, False),
        )
        found = probe.solve([*np.zeros(self.n), 1.0])
        return max(found.objective, 0.0) if found.found else INF


def _fewest_hits(sets: Sequence[set[int]], n: int) -> list[int]:
    """The fewest of n things of which each set has one."""
    if not sets:
        return []
    A = np.zeros((len(sets), n))
    for i, one in enumerate(sets):
        A[i, list(one)] = 1.0
    ends = np.zeros(n), np.ones(n)
    hits = Solver(A, np.ones(len(sets)), np.full(len(sets), INF), *ends, np.ones(n, dtype=bool))
    early = 1.0 + np.arange(n) / (n * n + 1.0)  # of equal size, what comes first
    return [int(i) for i in np.flatnonzero(hits.solve(early).x > 0.5)]
