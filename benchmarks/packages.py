"""Package spaces too large to list, against peers: the frontier of two sides' scores, exact.

Spaces of issues with ten options each, whole-number scores of two sides, and as many linkages ("option
a of issue i needs option c of issue k") as issues. The peers work in an environment of their own:
negmas lists and filters the packages of spaces without linkages, CP-SAT walks along the frontier of
those with them. negmas evaluates Python functions and serves any utility, CP-SAT builds its model anew
at each step; ours uses that scores add up. The frontiers are checked equal. Called from `run.py`, or by
itself:

    python benchmarks/packages.py [--peers]
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from run import best, line, peers

PEER = Path(__file__).parent / "peer_packages.py"
PEER_PINS = ("negmas==0.16.0", "ortools==9.15.6755")
OPTIONS = 10
FREE, LINKED, LARGE = (5, 6), (6, 8), 20  # issues: against negmas, against CP-SAT, alone
Link = tuple[int, int, int, int]


def space(issues: int, seed: int = 2) -> tuple[np.ndarray, list[Link]]:
    """Scores (side, issue, option), partly opposed, and linkages."""
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, 41, (2, issues, OPTIONS))
    scores[1] = (0.55 * (40 - scores[0]) + 0.45 * scores[1]).round().astype(int)
    links = []
    for _ in range(issues):
        i, k = rng.choice(issues, 2, replace=False)
        links.append((int(i), int(rng.integers(OPTIONS)), int(k), int(rng.integers(OPTIONS))))
    return scores, links


def factors(
    issues: int, links: Sequence[Link], one: Any, worth: Callable[[int, int], Any]
) -> tuple[dict[str, int], list[Any]]:
    """The space for the elimination: `worth(issue, option)` is what each option is worth."""
    from detente.compile.elimination import Factor

    every = tuple(range(OPTIONS))
    sizes = {f"i{i}": OPTIONS for i in range(issues)}
    found = [
        Factor((f"i{i}",), (every,), {(o,): worth(i, o) for o in every}) for i in range(issues)
    ]
    for i, a, k, c in links:
        tests = (tuple(int(o == a) for o in every), tuple(int(o == c) for o in every))
        table = {(x, y): one for x in (0, 1) for y in (0, 1) if not x or y}
        found.append(Factor((f"i{i}", f"i{k}"), tests, table))
    return sizes, found


def frontier(scores: np.ndarray, links: Sequence[Link]) -> Any:
    """The frontier by elimination: scores, and how many packages have each."""
    from detente.compile.elimination import Edge, Frontier, eliminate

    semiring = Frontier(2)

    def worth(i: int, o: int) -> Edge:
        return Edge.of(int(scores[0, i, o]), int(scores[1, i, o]))

    return eliminate(*factors(scores.shape[1], links, semiring.one, worth), semiring).value


def count(issues: int, links: Sequence[Link]) -> int:
    """How many packages the linkages leave."""
    from detente.compile.elimination import Counting, eliminate

    return eliminate(*factors(issues, links, 1, lambda *_: 1), Counting()).value or 0


def listed(scores: np.ndarray, links: Sequence[Link]) -> tuple[set[tuple[int, ...]], int, int]:
    """By hand: all packages in numpy; the frontier, how many are on it, and how many are possible."""
    issues = scores.shape[1]
    u, v = (np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64))
    for i in range(issues):
        u = (u[:, None] + scores[0, i]).ravel()
        v = (v[:, None] + scores[1, i]).ravel()
    possible = np.ones((OPTIONS,) * issues, dtype=bool)
    for i, a, k, c in links:
        bad = np.zeros_like(possible)
        at: list[Any] = [slice(None)] * issues
        at[i] = a
        bad[tuple(at)] = True
        at[k] = c
        bad[tuple(at)] = False
        possible &= ~bad
    chosen = np.flatnonzero(possible.ravel())
    u, v = u[chosen], v[chosen]
    top = np.full(int(u.max()) + 1, -1, dtype=np.int64)
    np.maximum.at(top, u, v)
    best_above = np.maximum.accumulate(top[::-1])[::-1]
    edge = (top >= 0) & (top == best_above) & np.r_[top[:-1] > best_above[1:], True]
    points = {(int(x), int(top[x])) for x in np.flatnonzero(edge)}
    return points, int(((top[u] == v) & edge[u]).sum()), len(chosen)


def as_points(edge: Any) -> set[tuple[int, ...]]:
    """The scores on a frontier."""
    return {tuple(map(int, s)) for s in edge.scores}


def package_benchmarks(results: list[dict[str, Any]]) -> None:
    """Ours, by hand, and the peers if they are there."""
    print("Packages: ten options an issue, the frontier of two sides' scores with all ties")
    scores, links = space(6)
    points, ties, possible = listed(scores, links)
    edge = frontier(scores, links)
    assert as_points(edge) == points
    assert sum(edge.counts) == ties
    assert count(6, links) == possible
    by_hand = best(lambda: listed(scores, links))
    t = best(lambda: frontier(scores, links))
    what = "10^6 packages, 6 linkages"
    results.append(line(what, t, by_hand, "numpy lists them", "<= 1", t <= by_hand))
    large, more = space(LARGE)
    t = best(lambda: frontier(large, more))
    what = f"10^{LARGE} packages, {LARGE} linkages"
    results.append(line(what, t, by_hand, "numpy, 10^6 of them", "<= 3", t <= 3 * by_hand))
    t = best(lambda: count(LARGE, more))
    what = f"counted: {count(LARGE, more):,}"
    results.append(line(what, t, by_hand, "numpy, 10^6 of them", "<= 0.5", t <= 0.5 * by_hand))
    python = peers("packages", PEER_PINS)
    if python is None:
        print("      (negmas and CP-SAT: not compared; run with --peers)")
        return
    against_peers(results, python)


def against_peers(results: list[dict[str, Any]], python: str) -> None:
    """The same spaces by negmas (without linkages) and CP-SAT (with them)."""
    jobs = {n: space(n) for n in (*FREE, *LINKED)}
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "spaces.json"
        data.write_text(
            json.dumps(
                {
                    "negmas": [jobs[n][0].tolist() for n in FREE],
                    "cp-sat": [[jobs[n][0].tolist(), jobs[n][1]] for n in LINKED],
                }
            )
        )
        done = subprocess.run(
            [python, str(PEER), str(data)], capture_output=True, text=True, check=True
        )
    answers = json.loads(done.stdout.splitlines()[-1])
    for who, sizes, goal in (("negmas", FREE, 250), ("cp-sat", LINKED, 100)):
        for n, found in zip(sizes, answers[who], strict=True):
            scores, links = jobs[n]
            links = [] if who == "negmas" else links
            mine = frontier(scores, links)
            assert as_points(mine) == {tuple(p) for p in found["points"]}, "answers differ"
            t = best(lambda s=scores, k=links: frontier(s, k))
            what = f"10^{n} packages, {len(links)} linkages"
            name = f"{who} {found['version']}"
            ok = found["seconds"] / t >= goal
            results.append(line(what, t, found["seconds"], name, f">= {goal} x", ok))


if __name__ == "__main__":
    found: list[dict[str, Any]] = []
    package_benchmarks(found)
    sys.exit(any(not r["ok"] for r in found))
