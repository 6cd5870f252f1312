"""Linear and whole-number programs through HiGHS: one kept object, changed in place, solved warm.

Rows are `lower <= A x <= upper`. Bounds and costs may change from solve to solve; the rows' weights
may not. An infeasible program is an answer: `clash` names a smallest set of rows that cannot stand
together. HiGHS: Huangfu and Hall (2018), Parallelizing the dual revised simplex method,
Mathematical Programming Computation 10.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import numpy as np

from detente.compile.table import Bools, Floats

INF = float("inf")
TOLERANCE = 1e-7
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
    `reduced` the same for the columns' bounds. Both are zero in whole-number programs.
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
        self._h = self._load()

    def _load(self) -> Any:
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
        rows, columns = np.nonzero(self.A.T)[::-1]
        order = np.lexsort((rows, columns))
        starts = np.zeros(self.n + 1, dtype=np.int32)
        np.add.at(starts, columns + 1, 1)
        lp.a_matrix_.format_ = hs.MatrixFormat.kColwise
        lp.a_matrix_.start_ = np.cumsum(starts).astype(np.int32)
        lp.a_matrix_.index_ = rows[order].astype(np.int32)
        lp.a_matrix_.value_ = self.A[rows[order], columns[order]]
        if self.whole is not None:
            kinds = (hs.HighsVarType.kContinuous, hs.HighsVarType.kInteger)
            lp.integrality_ = [kinds[int(w)] for w in self.whole]
        h.passModel(lp)
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
    ) -> Solution:
        """Solve with what is given changed; what is changed stays changed."""
        h, hs = self._h, _highspy()
        if cost is not None:
            self.cost = np.asarray(cost, dtype=np.float64)
            h.changeColsCost(self.n, np.arange(self.n, dtype=np.int32), self.cost)
        if maximise is not None and maximise != self.maximise:
            self.maximise = maximise
            h.changeObjectiveSense(hs.ObjSense.kMaximize if maximise else hs.ObjSense.kMinimize)
        if (row_lower is not None or row_upper is not None) and self.m:
            self.row_lower = self.row_lower if row_lower is None else np.asarray(row_lower, float)
            self.row_upper = self.row_upper if row_upper is None else np.asarray(row_upper, float)
            every = np.arange(self.m, dtype=np.int32)
            h.changeRowsBounds(self.m, every, self.row_lower, self.row_upper)
        if column_lower is not None or column_upper is not None:
            if column_lower is not None:
                self.column_lower = np.asarray(column_lower, dtype=np.float64)
            if column_upper is not None:
                self.column_upper = np.asarray(column_upper, dtype=np.float64)
            every = np.arange(self.n, dtype=np.int32)
            h.changeColsBounds(self.n, every, self.column_lower, self.column_upper)
        h.run()
        return self._answer(h.getModelStatus())

    def _answer(self, status: Any) -> Solution:
        h, kinds = self._h, _highspy().HighsModelStatus
        nothing = np.zeros(0)
        if status == kinds.kUnboundedOrInfeasible:
            status = self._which()
        if status == kinds.kInfeasible:
            return Solution("infeasible", float("nan"), nothing, nothing, nothing)
        if status == kinds.kUnbounded:
            return Solution("unbounded", INF if self.maximise else -INF, nothing, nothing, nothing)
        if status not in (kinds.kOptimal, kinds.kModelEmpty):
            raise RuntimeError(f"HiGHS stopped without an answer: {h.modelStatusToString(status)}")
        found = h.getSolution()
        x = np.array(found.col_value, dtype=np.float64)
        if self.whole is not None:
            x[self.whole] = np.round(x[self.whole])
            duals, reduced = np.zeros(self.m), np.zeros(self.n)
        else:
            duals = np.array(found.row_dual, dtype=np.float64)
            reduced = np.array(found.col_dual, dtype=np.float64)
        return Solution("optimal", float(self.cost @ x), x, duals, reduced)

    def _which(self) -> Any:
        """Whether a program without an optimum has any point at all."""
        h, kinds = self._h, _highspy().HighsModelStatus
        every = np.arange(self.n, dtype=np.int32)
        h.changeColsCost(self.n, every, np.zeros(self.n))
        h.run()
        found = h.getModelStatus()
        h.changeColsCost(self.n, every, self.cost)
        return kinds.kUnbounded if found == kinds.kOptimal else kinds.kInfeasible

    def feasible(self, rows: Bools) -> bool:
        """Whether the chosen rows can hold together, within the columns' bounds."""
        lower = np.where(rows, self.row_lower, -INF)
        upper = np.where(rows, self.row_upper, INF)
        probe = Solver(self.A, lower, upper, self.column_lower, self.column_upper, self.whole)
        return probe.solve().found

    def clash(self) -> tuple[int, ...]:
        """A smallest set of rows that cannot hold together: taking any one away lets the rest stand.

        Found by deletion (Chinneck, Feasibility and Infeasibility in Optimization, 2008); empty
        when all rows can hold.
        """
        kept = np.ones(self.m, dtype=bool)
        if self.feasible(kept):
            return ()
        for i in range(self.m):
            kept[i] = False
            if self.feasible(kept):
                kept[i] = True
        return tuple(map(int, np.flatnonzero(kept)))

    def slack_needed(self, row: int, among: Sequence[int]) -> float:
        """By how much one row of a clash would have to give way, the others kept as they are."""
        mask = np.zeros(self.m, dtype=bool)
        mask[list(among)] = True
        mask[row] = False
        lower = np.where(mask, self.row_lower, -INF)
        upper = np.where(mask, self.row_upper, INF)
        probe = Solver(self.A, lower, upper, self.column_lower, self.column_upper, self.whole)
        low = probe.solve(self.A[row], maximise=False)
        if low.found and low.objective > self.row_upper[row] + TOLERANCE:
            return float(low.objective - self.row_upper[row])
        high = probe.solve(self.A[row], maximise=True)
        if high.found and high.objective < self.row_lower[row] - TOLERANCE:
            return float(self.row_lower[row] - high.objective)
        return 0.0
