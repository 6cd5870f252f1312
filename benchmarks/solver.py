"""The solver against its peers: the region of the founding case, again and again with other ceilings.

Each solve asks how many arms may stay, in whole numbers, under ceilings drawn anew: what an analyst
does who tries one proposal after another. The peers solve the same programs in an environment of their
own; the answers are checked equal. Called from `run.py`, or by itself:

    python benchmarks/solver.py [--peers]
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from run import ROOT, best, line, peers

PEER = Path(__file__).parent / "peer_linear.py"
PEER_PINS = ("linopy==0.10.1", "scipy==1.17.1", "highspy==1.16.0")
SOLVES = 1_000
GOALS = {"scipy": 1, "a model each": 100, "one kept": 50}  # how many times faster than each way


def programs() -> tuple[Any, np.ndarray]:
    """The solver of the region (SALT II, the Soviet side, 1981) and 1,000 upper ends of its rows."""
    import detente
    from detente.analyses.bounds import Bounds
    from detente.analyses.forces import choose_forces
    from detente.compile.compiler import compile_text
    from detente.compile.counts import Counter
    from detente.compile.region import region_of

    case = detente.load(ROOT / "cases/vladivostok-1977")
    day = date(1981, 1, 1)
    text = case.texts["salt-ii-1979"]
    chosen = choose_forces(case, text, "1978-11-01")
    compiled = compile_text(case, text, None, day)
    counter = Counter(compiled, chosen.forces)
    resolve = Bounds(counter, chosen).resolver()
    region = region_of(
        compiled, chosen.forces, "USSR", day, resolve=resolve, counter=counter,
        skip=lambda row: "not known" if row.limit == "silo-volume" else "",
    )  # fmt: skip
    solver = region.solver()
    rng = np.random.default_rng(5)
    shares = rng.uniform(0.3, 1.1, (SOLVES, solver.m))
    return solver, np.floor(np.maximum(solver.row_upper, 0) * shares)


def solve_all(solver: Any, ceilings: np.ndarray) -> np.ndarray:
    """The most that may stay under each set of ceilings; one object, changed in place."""
    ones = np.ones(solver.n)
    return np.array(
        [solver.solve(ones, maximise=True, row_upper=upper).objective for upper in ceilings]
    )


def against_peers(results: list[dict[str, Any]], python: str | None) -> None:
    """1,000 solves beside scipy's milp and linopy, both in their own best way."""
    print(
        f"The region of the founding case, {SOLVES:,} times with other ceilings, in whole numbers"
    )
    solver, ceilings = programs()
    lower = solver.row_lower.copy()
    found = solve_all(solver, ceilings)
    start = time.perf_counter()
    assert (solve_all(solver, ceilings) == found).all()
    ours = best(lambda: solve_all(solver, ceilings), 3) / SOLVES
    print(
        f"      {solver.n} columns, {solver.m} rows: {ours * 1e3:.3f} ms a solve, "
        f"{time.perf_counter() - start:.1f} s in all"
    )
    if not python:
        print("      (scipy and linopy: not compared; run with --peers)")
        return
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "programs.npz"
        np.savez(
            data, A=solver.A, lower=lower, upper=ceilings, most=solver.column_upper, expected=found
        )
        done = subprocess.run(
            [python, str(PEER), str(data)], capture_output=True, text=True, check=True
        )
    for peer in json.loads(done.stdout.splitlines()[-1]):
        least = next(goal for part, goal in GOALS.items() if part in peer["who"])
        goal = f">= {least} x" if least > 1 else "faster"
        ratio = peer["seconds"] / ours
        what = f"a solve of {SOLVES:,}"
        results.append(line(what, ours, peer["seconds"], peer["who"], goal, ratio >= least))


def computing(job: Callable[[], Any]) -> float:
    """The processor time of one run, in seconds: what else the machine does is left out."""
    start = time.process_time()
    job()
    return time.process_time() - start


def reductions(results: list[dict[str, Any]]) -> None:
    """`reduce` of the founding case in a warm process (budget 50 ms of computation a click)."""
    import detente

    case = detente.load(ROOT / "cases/vladivostok-1977")
    print("Reductions of the founding case, warm")
    asked: dict[str, Callable[[], Any]] = {
        "reduce, Vladivostok": lambda: detente.reduce(case, "vladivostok-1974", "1978-11-01"),
        "reduce, SALT II of 1981, at a rate": lambda: detente.reduce(
            case, "salt-ii-1979", "1978-11-01", at="1981-01-01", rate=100
        ),
        "reduce, comprehensive proposal": lambda: detente.reduce(
            case, "us-comprehensive-1977-03", "1978-11-01"
        ),
    }
    for name, job in asked.items():
        job()
        t = min(computing(job) for _ in range(7))
        ok = t <= 0.05
        print(f"  {'ok ' if ok else 'MISSED'} {name:<46} {t * 1e3:9.2f} ms  (budget 50 ms)")
        results.append({"what": name, "ours_s": t, "budget_s": 0.05, "ok": ok})


def solver_benchmarks(results: list[dict[str, Any]]) -> None:
    """Both."""
    against_peers(results, peers("peers-linear", PEER_PINS))
    reductions(results)


if __name__ == "__main__":
    found: list[dict[str, Any]] = []
    solver_benchmarks(found)
    sys.exit(not all(r["ok"] for r in found))
