"""Frontiers by negmas and OR-tools' CP-SAT, run in an environment of their own; see packages.py.

    python peer_packages.py spaces.json

Prints one line of JSON: for each space the points of its frontier, the seconds and the version.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

Scores = list[list[list[int]]]


def timed(function: Callable[[], list[tuple[int, int]]], runs: int) -> dict[str, Any]:
    """The best of some runs."""
    times, points = [], []
    for _ in range(runs):
        start = time.perf_counter()
        points = function()
        times.append(time.perf_counter() - start)
    return {"seconds": min(times), "points": sorted(set(points))}


def negmas(scores: Scores) -> dict[str, Any]:
    """List, evaluate, filter."""
    from negmas import make_issue
    from negmas.preferences import LinearAdditiveUtilityFunction as Additive
    from negmas.preferences.ops import pareto_frontier

    n = len(scores[0])
    issues = [
        make_issue([f"o{o}" for o in range(len(scores[0][i]))], name=f"i{i}") for i in range(n)
    ]
    sides = [
        Additive(
            values=[{f"o{o}": float(x) for o, x in enumerate(side[i])} for i in range(n)],
            weights=[1.0] * n,
            issues=issues,
            reserved_value=0.0,
        )
        for side in scores
    ]

    def run() -> list[tuple[int, int]]:
        points, _ = pareto_frontier(sides, issues=issues)
        return [(round(p[0]), round(p[1])) for p in points]

    return timed(run, 3 if n < 6 else 1) | {"version": version("negmas")}


def cp_sat(scores: Scores, links: list[list[int]]) -> dict[str, Any]:
    """Walk along the frontier: the most for one side, then for the other, then on."""
    from ortools.sat.python import cp_model

    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 2

    def build() -> tuple[Any, Any, Any]:
        model = cp_model.CpModel()
        x = [[model.new_bool_var("") for _ in row] for row in scores[0]]
        for row in x:
            model.add_exactly_one(row)
        for i, a, k, c in links:
            model.add_implication(x[i][a], x[k][c])
        sums = [
            sum(s * x[i][o] for i, row in enumerate(side) for o, s in enumerate(row))
            for side in scores
        ]
        return model, *sums

    def run() -> list[tuple[int, int]]:
        points: list[tuple[int, int]] = []
        lowest = None
        while True:
            model, u, v = build()
            if lowest is not None:
                model.add(v >= lowest)
            model.maximize(u)
            if solver.solve(model) != cp_model.OPTIMAL:
                return points
            most = round(solver.objective_value)
            model, u, v = build()
            model.add(u >= most)
            model.maximize(v)
            solver.solve(model)
            points.append((most, round(solver.objective_value)))
            lowest = points[-1][1] + 1

    return timed(run, 1) | {"version": version("ortools")}


if __name__ == "__main__":
    spaces = json.loads(Path(sys.argv[1]).read_text())
    answers = {
        "negmas": [negmas(s) for s in spaces["negmas"]],
        "cp-sat": [cp_sat(s, links) for s, links in spaces["cp-sat"]],
    }
    print(json.dumps(answers))
