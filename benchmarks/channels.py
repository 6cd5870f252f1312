"""Channels of the founding case in a warm process, beside a walk over the real systems.

The walk asks `explain` of each system in which limits it counts, as an analyst would with a card index;
it sees no weapon that nobody has. The systems that count in none must be those that the channels name.
Called from `run.py`, or by itself:

    python benchmarks/channels.py
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from run import ROOT, line

BUDGET = 0.05
TEXT, VIEW = "vladivostok-1974", "us"
LETTERS = ("us-letter-1977-02-14", "ussr-letter-1977-02-25")


def best(job: Callable[[], Any], runs: int = 9) -> float:
    """The best processor time of several runs, in seconds: others may be at work on the machine."""
    times = []
    for _ in range(runs):
        start = time.process_time()
        job()
        times.append(time.process_time() - start)
    return min(times)


def walked(case: Any, parties: tuple[str, ...]) -> set[str]:
    """The systems that count in no limit of the text, each asked by itself."""
    import detente

    free = set()
    for s in case.systems.values():
        if s.party in parties:
            limits = detente.explain(case, s.id, TEXT, view=VIEW).as_data()["limits"]
            if all(x["counts"] == "no" or not x["weight_high"] for x in limits):
                free.add(s.id)
    return free


def channel_benchmarks(results: list[dict[str, Any]]) -> None:
    """What is open, what is opened, how far it could go; and the same systems as the walk."""
    import detente

    case = detente.load(ROOT / "cases/vladivostok-1977")
    jobs: dict[str, tuple[bool, Callable[[], Any]]] = {
        f"channels, {TEXT}": (True, lambda: detente.channels(case, TEXT)),
        "channels, one letter against the other": (
            True,
            lambda: detente.channels(case, LETTERS[0], against=LETTERS[1]),
        ),
        "channels, salt-ii-1979 (long, 24,000 cells)": (
            False,
            lambda: detente.channels(case, "salt-ii-1979"),
        ),
        "channels, salt-ii-package-1979 at 1982": (
            False,
            lambda: detente.channels(case, "salt-ii-package-1979", at="1982-01-01"),
        ),
        "channels and growth to 1985, both sides": (
            False,
            lambda: detente.channels(case, TEXT, horizon="1985"),
        ),
    }
    print("Channels of the founding case, warm")
    for name, (budgeted, job) in jobs.items():
        job()
        t = best(job)
        ok = t <= BUDGET or not budgeted
        budget = "(budget 50 ms)" if budgeted else ""
        print(f"  {'ok ' if ok else 'MISSED'} {name:<46} {t * 1e3:9.2f} ms  {budget}")
        results.append({"what": name, "ours_s": t, "budget_s": BUDGET, "ok": ok})
    found = detente.channels(case, TEXT, view=VIEW)
    named = {
        s
        for c in found.channels
        if c.kind in ("open kind", "open load")
        for _, systems in c.systems
        for s in systems
    }
    assert named == walked(case, found.parties)
    ours = best(lambda: detente.channels(case, TEXT, view=VIEW))
    walk = best(lambda: walked(case, found.parties), 3)
    results.append(
        line("which real systems are open", ours, walk, "walk by explain", "same systems", True)
    )


if __name__ == "__main__":
    channel_benchmarks([])
