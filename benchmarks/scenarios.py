"""A million scenarios of SALT II: the forces of February 1977 drawn and counted, beside numpy by hand.

By hand means what a careful analyst would write who knows which five limits vary: sums of the drawn
columns, comparisons, quantiles. Ours counts every limit of the treaty for both sides. Figures are
checked equal first. Drawing costs more than counting; both are shown. Called from `run.py`, or by
itself:

    python benchmarks/scenarios.py
"""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from run import alternating, best, line

ROOT = Path(__file__).parents[1]
N = 1_000_000
TEXT, FORCES, AT = "salt-ii-1979", "1977-02-25", "1981-01-01"


def scenario_benchmarks(results: list[dict[str, Any]]) -> None:
    """Drawing, counting, and the whole answer."""
    import detente
    from detente.analyses.hypotheses import judged
    from detente.analyses.scenario_run import Run
    from detente.analyses.scenarios import chances_of, sampling_of
    from detente.compile.scenarios import Draws, World
    from detente.compile.sums import NONE

    print("A million scenarios of SALT II, both sides")
    case = detente.load(ROOT / "cases/vladivostok-1977")
    base = detente.count(case, TEXT, FORCES, at=AT)
    sampling = sampling_of(case, N)
    run = Run(base, sampling)
    hypothesis = run.among.by({})
    world = hypothesis.world
    blocks = [
        hypothesis.held(lambda w, b=b: run.draws.held(w, b))  # type: ignore[misc]
        for b in sampling.blocks
    ]

    # the columns that vary, whole, as an analyst would have them
    columns = {}
    for k, key in enumerate(world.keys):
        if k in world.free:
            columns[key] = np.concatenate([b[id(world)].x[k] for b in blocks])
    for k, key in enumerate(world.total_keys):
        if k in world.free_totals:
            columns[key] = np.concatenate([b[id(world)].totals[k] for b in blocks])
    column = lambda *words: next(v for k, v in columns.items() if all(w in k for w in words))  # noqa: E731
    bombers = column("line us-1977-salt", "us_other_heavy_bomber")
    icbm, slbm, heavy = (
        column("total ussr-1977-salt", t) for t in (" icbm", " slbm", " heavy-bombers")
    )
    mirved = column("line ussr-1977-salt", "su_ssn18")
    of = {(x.limit, x.party): x for x in base.limits}
    fixed_us = of["aggregate", "US"].counted.best - 258  # all but the stored bombers
    fixed_mirv = of["mirv", "USSR"].counted.best
    bound = {k: x.at_most for k, x in of.items()}

    def sums() -> dict[tuple[str, str], np.ndarray]:
        aggregate = icbm + slbm + heavy
        mirv = mirved + fixed_mirv
        return {
            ("aggregate", "US"): bombers + fixed_us,
            ("aggregate", "USSR"): aggregate,
            ("fixed-icbm", "USSR"): icbm,
            ("mirv", "USSR"): mirv,
            ("mirv-missiles", "USSR"): mirv,
        }

    def by_hand() -> dict[tuple[str, str], int]:
        return {k: int(np.count_nonzero(v > bound[k])) for k, v in sums().items()}

    def ours() -> dict[tuple[str, str], int]:
        found: dict[tuple[str, str], int] = {}
        for r in hypothesis.rows.values():
            for held in blocks[:1] if r.constant else blocks:
                counted, value = hypothesis.values(r, held, NONE)
                over, _ = judged(r.x.row.relation, counted, value)
                n = np.count_nonzero(over) if np.ndim(over) else N * bool(over)
                key = (r.x.limit, r.x.party)
                found[key] = found.get(key, 0) + int(n)
        return found

    hand, mine = by_hand(), ours()
    assert all(mine[k] == n for k, n in hand.items()), "answers differ"
    assert len(mine) > 40
    t, h = alternating(ours, by_hand)
    results.append(
        line("counted: which limits are broken", t, h, "numpy by hand", "<= 1.2", t / h <= 1.2)
    )

    def answered_by_hand() -> dict[tuple[str, str], Any]:
        return {
            k: (
                int(np.count_nonzero(v > bound[k])),
                int(np.count_nonzero(v == bound[k])),
                float(v.mean()),
                np.percentile(v, (5, 50, 95), method="inverted_cdf").tolist(),
            )
            for k, v in sums().items()
        }

    whole = chances_of(base, sampling)
    for (limit, party), (over, reached, mean, quantiles) in answered_by_hand().items():
        c = whole.chance(limit, party)
        assert c.broken.count == over
        assert c.verdicts["exactly at"].count == reached
        assert abs(c.mean - mean) < 1e-6
        assert list(c.quantiles) == quantiles
    t, h = alternating(lambda: chances_of(base, sampling), answered_by_hand, 5)
    results.append(
        line(
            "the whole answer, with quantiles and tornado",
            t,
            h,
            "numpy by hand",
            "<= 1.2",
            t / h <= 1.2,
        )
    )

    def draw() -> None:
        draws = Draws(sampling)
        fresh = World(hypothesis.forces)
        for b in sampling.blocks:
            draws.held(fresh, b)

    def draw_by_hand() -> None:
        rng = np.random.default_rng(0)
        for i in world.inputs:
            a = i.amount
            np.round(rng.triangular(a.low, a.best, a.high, N)).astype(np.int32)

    t, h = alternating(draw, draw_by_hand, 3)
    results.append(
        line(
            f"drawn: {len(world.inputs)} ranges, totals made to add up",
            t,
            h,
            "numpy's triangular, rounded, no totals",
            "<= 2",
            t / h <= 2,
        )
    )
    for kind in ("triangular", "pert"):
        other = sampling_of(case, N, 1, kind)
        t = best(lambda s=other: _forgetting(case, lambda: chances_of(base, s)), 3)
        print(f"      {f'drawn and counted, {kind}':<46} {t * 1e3:9.2f} ms")
    _memory(case, lambda: chances_of(base, sampling))


def _forgetting(case: Any, ask: Callable[[], Any]) -> None:
    """Ask with nothing drawn yet."""
    for key in [k for k in case.kept if k[:1] == ("draws",)]:
        del case.kept[key]
    ask()


def _memory(case: Any, ask: Callable[[], Any]) -> None:
    """The most memory that the whole answer takes, with draws kept and not."""
    import detente.compile.scenarios as scenarios

    kept = scenarios.KEPT
    for most, words in ((kept, "draws kept"), (0, "none kept")):
        scenarios.KEPT = most
        tracemalloc.start()
        _forgetting(case, ask)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        print(f"      {f'memory of the whole answer, {words}':<46} {peak / 2**20:9.1f} MB")
    scenarios.KEPT = kept


if __name__ == "__main__":
    scenario_benchmarks([])
