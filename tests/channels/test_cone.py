"""Directions of growth through rows with two sides, against every subset of columns."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.compile.cone import directions

weights = st.sampled_from([-3, -2, -1, 0, 0, 1, 1, 2, 3])
matrices = st.integers(1, 3).flatmap(
    lambda m: st.integers(1, 5).flatmap(
        lambda n: st.lists(st.lists(weights, min_size=n, max_size=n), min_size=m, max_size=m).map(
            lambda rows: np.array(rows, dtype=float)
        )
    )
)


def grows(A: np.ndarray, j: int, support: tuple[int, ...]) -> bool:
    """Whether column j grows with these columns alone: some d >= 0, d[j] = 1, with A d <= 0."""
    free = [k for k in support if k != j]
    if not free:
        return bool((A[:, j] <= 0).all())
    # x >= 0 with A x <= b has a corner wherever it has anything: every corner tried
    k = len(free)
    left = np.vstack([A[:, free], -np.eye(k)])
    right = np.concatenate([-A[:, j], np.zeros(k)])
    for tight in combinations(range(len(left)), k):
        square = left[list(tight)]
        if abs(np.linalg.det(square)) > 1e-9:
            x = np.linalg.solve(square, right[list(tight)])
            if (left @ x <= right + 1e-9).all():
                return True
    return False


@settings(max_examples=150, deadline=None, derandomize=True)
@given(matrices)
def test_smallest_directions(A: np.ndarray) -> None:
    """A column has a direction exactly if some columns grow with it; none of them can be left out."""
    n = A.shape[1]
    for j, found in enumerate(directions(A)):
        if found is None:
            assert not grows(A, j, tuple(range(n)))
            continue
        shares = dict(found.shares)
        assert (found.column, shares[j]) == (j, Fraction(1))
        assert all(s > 0 for s in shares.values())
        for row in A:  # exactly
            assert sum(Fraction(int(row[k])) * s for k, s in shares.items()) <= 0
        for fewer in combinations(sorted(shares), len(shares) - 1):
            if j in fewer:
                assert not grows(A, j, fewer)


def test_nothing_to_grow() -> None:
    """No columns, no directions."""
    assert directions(np.zeros((2, 0))) == []
