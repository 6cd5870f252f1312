"""One party's limits as numbers: `A x <= b`, with equal columns merged.

Rows are the party's linear limits on units at a date; columns are its elements, merged where every
row gives them the same weight. What a governing total changes is moved to the bound. Rows that
are not linear (types, each site, first-n-then-rest) are named, not silently dropped.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from detente.compile.compiler import Compiled, Row
from detente.compile.counts import Counter, Forces
from detente.compile.table import Bools, Floats
from detente.model.provisions import Average

BLOCK = 65_536


@dataclass(frozen=True)
class Matrix:
    """`A` (rows x columns), `b` (rows), the columns' elements and present numbers `x`."""

    party: str
    at: date
    rows: tuple[Row, ...]
    columns: tuple[tuple[str, ...], ...]
    A: Floats
    b: Floats
    x: Floats
    left_out: tuple[Row, ...]

    @property
    def counted(self) -> Floats:
        """The count of each row for the present numbers."""
        return self.A @ self.x


def linear(row: Row) -> bool:
    """Whether a row is a plain sum over units."""
    return (
        row.counting == "units"
        and not row.each
        and not row.exemptions
        and not row.menu
        and all(t.weight.linear for t in (*row.terms, *row.allowance))
    )


def matrix_of(compiled: Compiled, forces: Forces, party: str, at: date) -> Matrix:
    """The matrix of one party's limits at a date; bounds in A's own units (floats, whole values)."""
    counter = Counter(compiled, forces)
    rows: list[Row] = []
    weights: list[Floats] = []
    bounds: list[float] = []
    left: list[Row] = []
    n = len(forces.elements)
    for row in compiled.rows:
        if party != row.party:
            continue
        dated = row.bound_at(at)
        if dated.end and at > dated.end:
            continue  # lapsed: it binds no longer
        bound = dated.bound
        if not linear(row) or bound.value is None or bound.below or row.relation != "at most":
            left.append(row)
            continue
        mask = counter._mask(row)
        w = np.zeros(n)
        for term in row.terms:
            w += np.where(mask, counter.weights(term).best, 0.0)
        limit = float(bound.value)
        for term in row.allowance:
            share = np.where(mask, counter.weights(term).best, 0.0)
            w -= share * limit if isinstance(row.provision, Average) else share
        if isinstance(row.provision, Average):
            limit = 0.0
        adjusted = sum(a.change.best for c in counter.row(row) for a in c.adjustments)
        rows.append(row)
        weights.append(w)
        bounds.append(limit - float(adjusted))
    A = np.array(weights) if weights else np.zeros((0, n))
    members = {m for r in compiled.rows if r.party == party for m in r.members} | {party}
    mine: Bools = np.array([e.party in members for e in forces.elements], dtype=bool)
    groups: dict[bytes, list[int]] = {}
    for j in np.flatnonzero(mine):
        groups.setdefault(A[:, j].tobytes(), []).append(int(j))
    columns = list(groups.values())
    merged = np.array([A[:, c[0]] for c in columns]).T if columns else np.zeros((len(rows), 0))
    return Matrix(
        party,
        at,
        tuple(rows),
        tuple(tuple(forces.elements[j].holding.system for j in c) for c in columns),
        np.ascontiguousarray(merged),
        np.array(bounds),
        np.array([forces.best[c].sum() for c in columns]),
        tuple(left),
    )


@dataclass(frozen=True)
class _Sum:
    """How a row is summed: from an earlier row's sum (or none), by adding weighted columns."""

    row: int
    base: int
    terms: tuple[tuple[int, float], ...]


def _plan(A: Floats) -> list[_Sum]:
    """An order of rows in which each starts from the earlier sum it differs least from.

    Limits nest (a sublimit's weapons count in the wider limit too), so most rows are an earlier
    row and a few columns more.
    """
    plan: list[_Sum] = []
    for row in map(int, np.argsort(np.count_nonzero(A, axis=1), kind="stable")):
        best, rest = -1, A[row]
        for earlier in plan:
            difference = A[row] - A[earlier.row]
            if np.count_nonzero(difference) < np.count_nonzero(rest):
                best, rest = earlier.row, difference
        terms = tuple((int(j), float(rest[j])) for j in np.flatnonzero(rest))
        plan.append(_Sum(row, best, terms))
    return plan


@lru_cache(maxsize=64)
def _plan_of(values: bytes, shape: tuple[int, int]) -> list[_Sum]:
    """The plan of a matrix, made once for each."""
    return _plan(np.frombuffer(values).reshape(shape))


def violations(
    A: Floats, b: Floats, X: NDArray[np.generic], block: int = BLOCK
) -> NDArray[np.signedinteger]:
    """How many rows each scenario breaks.

    `X` is class-major: one row a column of `A`, one column a scenario. Scenarios are taken block by
    block, so that a block and its sums stay in the processor's cache; computed in X's own type.
    """
    n = X.shape[1]
    if np.issubdtype(X.dtype, np.integer) and (np.round(A) != A).any():
        X = X.astype(np.float64)  # weights that are no whole numbers need more than integers
    found: NDArray[np.signedinteger] = np.zeros(n, np.int8 if len(b) < 128 else np.int16)
    plan = _plan_of(np.ascontiguousarray(A, dtype=np.float64).tobytes(), A.shape)
    kind = X.dtype.type
    width = min(block, n)
    sums = np.empty((len(b), width), dtype=X.dtype)
    scaled = np.empty(width, dtype=X.dtype)
    over = np.empty(width, dtype=bool)
    flags = over.view(np.int8)
    bounds = [kind(v) for v in b]
    views: dict[int, NDArray[np.generic]] = {}
    for start in range(0, n, block):
        w = min(block, n - start)
        part = X[:, start : start + w]
        count = found[start : start + w]
        first = True
        for step in plan:
            total = sums[step.row, :w]
            terms = step.terms
            if step.base >= 0:
                current = views[step.base]
            elif terms and terms[0][1] == 1:
                current, terms = part[terms[0][0]], terms[1:]
            else:
                total[:] = 0
                current = total
            for column, weight in terms:
                if weight == 1:
                    np.add(current, part[column], out=total)
                elif weight == -1:
                    np.subtract(current, part[column], out=total)
                else:
                    np.multiply(part[column], kind(weight), out=scaled[:w])
                    np.add(current, scaled[:w], out=total)
                current = total
            views[step.row] = current
            if first and count.itemsize == 1:
                np.greater(current, bounds[step.row], out=count.view(bool))
                first = False
            else:
                np.greater(current, bounds[step.row], out=over[:w])
                np.add(count, flags[:w], out=count)
    return found
