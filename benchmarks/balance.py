"""Balance of the founding case in a warm process, and its sweep beside a walk over every ceiling.

The walk tries each whole ceiling from 2,400 down to 240 for every lens, as a spreadsheet would; where
the sides come even must be the same. Called from `run.py`, or by itself:

    python benchmarks/balance.py
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from run import ROOT, line

TEXT, FORCES = "vladivostok-1974", "1977-02-25"
BUDGET = 0.05


def best(job: Callable[[], Any], runs: int = 9) -> float:
    """The best processor time of several runs, in seconds: others may be at work on the machine."""
    times = []
    for _ in range(runs):
        start = time.process_time()
        job()
        times.append(time.process_time() - start)
    return min(times)


def walked(found: Any) -> dict[str, tuple[int, ...]]:
    """By lens, the whole ceilings at which the sides are even, by min(now, c) and what is added."""
    even = {}
    for lens in found.lenses:
        a, b = (
            (int(x.counted.value.best), int(x.added.value.best)) for x in lens.measures[0].sides
        )
        even[lens.lens.id] = tuple(
            c for c in range(2400, 239, -1) if min(a[0], c) + a[1] == min(b[0], c) + b[1]
        )
    return even


def balance_benchmarks(results: list[dict[str, Any]]) -> None:
    """The sweep within its budget, and its answers against the walk."""
    import detente

    case = detente.load(ROOT / "cases/vladivostok-1977")
    jobs: dict[str, Callable[[], Any]] = {
        "balance --sweep aggregate (12 lenses)": lambda: detente.balance(
            case, TEXT, FORCES, sweep="aggregate"
        ),
        "balance, 8 measures × 12 lenses": lambda: detente.balance(case, TEXT, FORCES),
    }
    print("Balance of the founding case, warm")
    for name, job in jobs.items():
        job()
        t = best(job)
        ok = t <= BUDGET or "sweep" not in name  # the whole table is shown, without a budget
        budget = "(budget 50 ms)" if "sweep" in name else ""
        print(f"  {'ok ' if ok else 'MISSED'} {name:<46} {t * 1e3:9.2f} ms  {budget}")
        results.append({"what": name, "ours_s": t, "budget_s": BUDGET, "ok": ok})
    found = detente.balance(case, TEXT, FORCES, sweep="aggregate")
    by_hand = walked(found)
    for sweep in found.swept:
        exact = [e for e in sweep.evenings if float(e.at).is_integer()]
        mine = {c for e in exact for c in range(int(e.at), int(e.to or e.at) - 1, -1)}
        assert mine == set(by_hand[sweep.lens.id]), sweep.lens.id
    ours = best(lambda: detente.balance(case, TEXT, FORCES, sweep="aggregate"))
    walk = best(lambda: walked(found))
    results.append(
        line("the sweep, all lenses", ours, walk, "walk over 2,161 ceilings", "same answer", True)
    )


if __name__ == "__main__":
    balance_benchmarks([])
