"""The solver against brute force: optima, whole numbers, what a bound is worth, clashes."""

from __future__ import annotations

import itertools
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.compile.solver import INF, Solver

few = settings(max_examples=80, deadline=None, derandomize=True)
MOST = 4


@st.composite
def systems(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Weights, lower and upper bounds of rows, costs; up to three columns of 0 to `MOST`."""
    n, m = draw(st.integers(1, 3)), draw(st.integers(0, 4))
    A = np.array(
        draw(st.lists(st.lists(st.integers(-2, 3), min_size=n, max_size=n), min_size=m, max_size=m))
    )
    bounds = st.one_of(st.just(INF), st.integers(-4, 12).map(float))
    upper = np.array(draw(st.lists(bounds, min_size=m, max_size=m)), dtype=float)
    lower = -np.array(draw(st.lists(bounds, min_size=m, max_size=m)), dtype=float)
    cost = np.array(draw(st.lists(st.integers(-3, 3), min_size=n, max_size=n)), dtype=float)
    return A.reshape(m, n).astype(float), np.minimum(lower, upper), upper, cost


def solver(A: np.ndarray, lower: np.ndarray, upper: np.ndarray, whole: bool) -> Solver:
    """A solver over columns of 0 to `MOST`."""
    n = A.shape[1]
    kinds = np.full(n, whole)
    return Solver(A, lower, upper, np.zeros(n), np.full(n, float(MOST)), kinds)


def points(A: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> list[tuple[int, ...]]:
    """Every whole point of the system."""
    return [
        x
        for x in itertools.product(range(MOST + 1), repeat=A.shape[1])
        if (A @ x <= upper).all() and (A @ x >= lower).all()
    ]


@few
@given(systems(), st.booleans())
def test_whole_optima_are_the_best_of_all_points(system: Any, maximise: bool) -> None:
    """The answer is one of the points, and none is better; nothing is found where there is none."""
    A, lower, upper, cost = system
    found = solver(A, lower, upper, True).solve(cost, maximise=maximise)
    every = points(A, lower, upper)
    assert found.found == bool(every)
    if every:
        best = (max if maximise else min)(float(cost @ x) for x in every)
        assert found.objective == pytest.approx(best)
        assert tuple(found.x) in every


@few
@given(systems(), st.lists(st.lists(st.integers(0, 12), min_size=4, max_size=4), max_size=4))
def test_a_kept_solver_answers_like_a_new_one(system: Any, changes: Any) -> None:
    """Bounds, costs and direction changed in place, over and over, whole or not."""
    A, lower, upper, cost = system
    for whole in (False, True):
        kept = solver(A, lower, upper, whole)
        for k, change in enumerate(changes):
            upper = np.maximum(np.array(change[: len(upper)], dtype=float), lower)
            again = kept.solve(cost * (-1) ** k, maximise=bool(k % 3), row_upper=upper)
            new = solver(A, lower, upper, whole).solve(cost * (-1) ** k, maximise=bool(k % 3))
            assert again.status == new.status
            if new.found:
                assert again.objective == pytest.approx(new.objective)


@few
@given(systems(), st.booleans())
def test_what_a_bound_is_worth_agrees_with_solving_again(system: Any, maximise: bool) -> None:
    """A dual price is the change of the optimum for a little more of the bound, one way or the other.

    At a corner where several bounds meet, more and less differ; the price lies between the two.
    """
    A, lower, upper, cost = system
    lower = np.full_like(lower, -INF)
    found = solver(A, lower, upper, False).solve(cost, maximise=maximise)
    step = 1e-3
    for i in range(len(upper)) if found.found else ():
        moved = []
        for sign in (1, -1):
            bound = upper.copy()
            bound[i] += sign * step
            again = solver(A, lower, bound, False).solve(cost, maximise=maximise)
            if again.found:
                moved.append(sign * (again.objective - found.objective) / step)
        assert min(moved) - 1e-6 <= found.duals[i]
        if len(moved) == 2:
            assert found.duals[i] <= max(moved) + 1e-6


@few
@given(systems())
def test_a_clash_is_a_smallest_set_that_cannot_stand(system: Any) -> None:
    """No smaller set of rows clashes; each row that gives way as far as said lets the rest stand."""
    A, lower, upper, _ = system
    program = solver(A, lower, upper, True)
    found = program.clash()

    def stands(rows: tuple[int, ...]) -> bool:
        picked = list(rows)
        return bool(points(A[picked], lower[picked], upper[picked]))

    rows = range(len(upper))
    clashes = [r for k in rows for r in itertools.combinations(rows, k + 1) if not stands(r)]
    assert bool(found) == bool(clashes)
    if not found:
        return
    assert not stands(found)
    assert len(found) == min(map(len, clashes))
    for row in found:
        others = [r for r in found if r != row]
        give = program.slack_needed([row], others)
        assert give > 0
        far = points(A[others], lower[others], upper[others])
        needed = [max(A[row] @ x - upper[row], lower[row] - A[row] @ x) for x in far]
        assert give == pytest.approx(min(needed))


def test_groups_clash_as_one_and_others_always_hold() -> None:
    """Rows of no group are facts: they are never named."""
    A = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    program = solver(A, np.array([-INF, -INF, 5.0]), np.array([1.0, 2.0, INF]), True)
    assert program.clash() == (0, 1, 2)
    assert program.clash([[0, 1], [2]]) == (0, 1)
    assert program.clash([[2]]) == (0,)
    assert program.slack_needed([0, 1], [2]) == 1  # x = 2, y = 3
    with pytest.raises(ValueError, match="always hold"):
        program.clash([])


def test_without_an_end() -> None:
    """What can grow for ever is told from what cannot be, in whole numbers too."""
    for whole in (False, True):
        free = Solver(
            np.array([[1.0, -1.0]]), np.array([-INF]), np.array([0.0]), np.zeros(2),
            np.full(2, INF), np.full(2, whole),
        )  # fmt: skip
        assert free.solve([1.0, 0.0], maximise=True).status == "unbounded"
        assert free.solve([1.0, 0.0], maximise=False).objective == 0
        assert free.solve(row_upper=np.array([-1.0])).x == pytest.approx([0, 1])
        never = free.solve(row_upper=np.array([-2.0]), column_upper=np.array([5.0, 1.0]))
        assert never.status == "infeasible"


def test_no_rows_and_no_columns() -> None:
    """An empty system stands; shapes that do not fit are refused."""
    none = np.zeros(0)
    assert Solver(np.zeros((0, 0)), none, none, none, none).solve([]).objective == 0
    two = Solver(np.zeros((0, 2)), none, none, np.zeros(2), np.full(2, 3.0))
    assert two.solve([1.0, 2.0], maximise=True).objective == 9
    assert two.clash() == ()
    with pytest.raises(ValueError, match="do not fit"):
        Solver(np.zeros((1, 2)), none, none, np.zeros(2), np.zeros(2))


def test_the_library_prints_nothing() -> None:
    """Its banner stays off standard output, where answers go."""
    program = (
        "import numpy as np; from detente.compile.solver import Solver; o = np.ones(1);"
        "Solver(np.ones((1, 1)), o, o, o * 0, o, o > 0).solve(o); print('done')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("done\n", "")
