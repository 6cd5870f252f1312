"""Directions in which arms may grow without end: the recession cone `{d >= 0 : A d <= 0}`.

Where all weights are at or above nothing, the cone is spanned by the columns that no row counts, and
needs no algorithm. Ratios, offsets and averages let one arm grow with another: each column is then
maximised in the normalised cone (one warm linear program each), and what the answer does not need is
taken out, so that a direction names no more arms than must move together (Avis and Fukuda, 1996, say
why the extreme rays themselves are too many to show).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from detente.compile.solver import INF, Solver
from detente.compile.table import Floats

NOTHING = 1e-9
FINEST = 10_000  # the largest denominator a share is read as


@dataclass(frozen=True)
class Direction:
    """How a column may grow: one of it for so much of each other column named."""

    column: int
    shares: tuple[tuple[int, Fraction], ...]

    def vector(self, n: int) -> Floats:
        """The direction as numbers."""
        found = np.zeros(n)
        for column, share in self.shares:
            found[column] = float(share)
        return found


def directions(A: Floats) -> list[Direction | None]:
    """For each column the smallest direction in which it grows without end; None where there is none.

    Smallest: taking any one column out of it leaves none. Each is verified against the rows, exactly
    where the weights are fractions of small numbers.
    """
    m, n = A.shape
    found: list[Direction | None] = []
    if n == 0:
        return found
    solver = Solver(
        np.vstack([A, np.ones((1, n))]),
        np.full(m + 1, -INF),
        np.concatenate([np.zeros(m), [1.0]]),
        np.zeros(n),
        np.full(n, INF),
    )
    for j in range(n):
        alone = Direction(j, ((j, Fraction(1)),))
        if (A[:, j] <= NOTHING).all():
            found.append(alone)
            continue
        found.append(_smallest(A, solver, j))
    return found


def _smallest(A: Floats, solver: Solver, j: int) -> Direction | None:
    """A direction of column j with as few others as can be, or none."""
    n = A.shape[1]
    upper = np.full(n, INF)
    cost = np.zeros(n)
    cost[j] = 1.0
    best = solver.solve(cost, maximise=True, column_upper=upper)
    if not best.found or best.objective <= NOTHING:
        return None
    x = best.x
    needed = {j}
    while rest := [k for k in np.flatnonzero(x > NOTHING).tolist() if k not in needed]:
        k = min(rest, key=lambda k: x[k])  # the least used first
        upper[k] = 0.0
        trial = solver.solve(column_upper=upper)
        if trial.found and trial.objective > NOTHING:
            x = trial.x
        else:
            upper[k] = INF
            needed.add(k)
    # the rest at nothing, the answer's own ratio to the column
    upper = np.where(x > NOTHING, upper, 0.0)
    x = solver.solve(column_upper=upper).x
    x = x / x[j]
    exact = {
        int(k): Fraction(float(v)).limit_denominator(FINEST) for k, v in enumerate(x) if v > NOTHING
    }
    if not _within(A, exact):
        exact = {k: Fraction(float(x[k])) for k in exact}
        if (A @ x > 1e-6 * np.abs(A).sum(axis=1)).any():
            raise AssertionError(f"not a direction of growth: {exact}")
    return Direction(j, tuple(sorted(exact.items())))


def _within(A: Floats, shares: dict[int, Fraction]) -> bool:
    """Whether a direction breaks no row, in exact arithmetic."""
    weights = ((Fraction(float(row[k])) * share for k, share in shares.items()) for row in A)
    return all(sum(w) <= 0 for w in weights)
