"""Benchmarks: ours beside the peer, in one run, as ratios; answers are checked equal first.

    python benchmarks/run.py            all that is installed
    python benchmarks/run.py --peers    build a throw-away environment with the peers first

Absolute times move with the machine; quote the ratios.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import numpy as np  # noqa: E402
import yaml  # noqa: E402

HERE = Path(__file__).parent
ROOT = HERE.parent
PEER = HERE / "peer_openfisca.py"
PEER_PINS = ("openfisca-core==46.0.1",)


def best(function: Callable[[], Any], runs: int = 5) -> float:
    """The best wall time of several runs, in seconds."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return min(times)


def alternating(
    ours: Callable[[], Any], peer: Callable[[], Any], runs: int = 7
) -> tuple[float, float]:
    """Best times of two functions run in turn, so that both see the same machine."""
    a, b = [], []
    for _ in range(runs):
        a.append(best(ours, 1))
        b.append(best(peer, 1))
    return min(a), min(b)


def line(what: str, ours: float, peer: float, who: str, goal: str, ok: bool) -> dict[str, Any]:
    """Print and return one comparison."""
    ratio = ours / peer
    words = f"{ratio:5.2f} x the time" if ratio >= 0.5 else f"{1 / ratio:5.1f} x faster"
    mark = "ok " if ok else "MISSED"
    print(
        f"  {mark} {what:<46} {ours * 1e3:9.2f} ms  {who} {peer * 1e3:9.2f} ms  {words}  (goal {goal})"
    )
    return {"what": what, "ours_s": ours, "peer": who, "peer_s": peer, "ratio": ratio, "ok": ok}


# --- counting scenarios -------------------------------------------------------------------------
def draw(mean: np.ndarray, n: int) -> np.ndarray:
    """Scenarios around the present force, class-major, whole numbers."""
    rng = np.random.default_rng(11)
    x = rng.normal(mean[:, None], np.maximum(mean * 0.05, 0.02)[:, None], (len(mean), n)).clip(0)
    rare = mean == 0
    x[rare] = rng.poisson(0.02, (int(rare.sum()), n))
    return np.ascontiguousarray(np.round(x).astype(np.float32))


def by_hand(c: dict[str, np.ndarray]) -> np.ndarray:
    """The eight limits written out column by column, as a careful analyst would."""
    mirved_icbm = c["icbm_heavy"] + c["icbm_mirv"]
    missiles = mirved_icbm + c["slbm_mirv"] + c["asbm"]
    vehicles = missiles + c["icbm_single"] + c["slbm_single"] + c["bomber_alcm"]
    vehicles = vehicles + c["bomber_heavy"] + c["icbm_mobile"]
    broken = (vehicles > 2250).astype(np.int8)
    broken += missiles + c["bomber_alcm"] > 1320
    broken += missiles > 1200
    broken += mirved_icbm > 820
    broken += c["icbm_heavy"] > 308
    broken += c["alcm"] > 28 * c["bomber_alcm"]
    broken += c["glcm"] + c["slcm"] > 0
    broken += c["icbm_mobile"] > 0
    return broken


def scenarios(results: list[dict[str, Any]], peer_python: str | None) -> None:
    """10^5 and 10^6 scenarios against hand-written numpy and openfisca-core."""
    import detente
    from detente.analyses.forces import choose_forces
    from detente.compile.compiler import compile_text
    from detente.compile.matrix import matrix_of

    print("Counting scenarios: twelve classes, eight limits, how many are broken")
    case = detente.load(HERE / "classes")
    text = case.texts["eight-limits"]
    chosen = choose_forces(case, text, "1981-01-01")
    matrix = matrix_of(compile_text(case, text), chosen.forces, "side", date(1981, 1, 1))
    names = [e.holding.system for e in chosen.forces.elements]
    mean = np.array([e.number.best for e in chosen.forces.elements], dtype=float)
    column_of = {s: j for j, c in enumerate(matrix.columns) for s in c}
    full = np.array([matrix.A[:, column_of[n]] for n in names]).T
    full = np.ascontiguousarray(full)
    for n in (100_000, 1_000_000):
        compare_scenarios(results, peer_python, full, matrix.b, names, draw(mean, n))
    if not peer_python:
        print("      (openfisca-core: not compared; run with --peers)")


def compare_scenarios(
    results: list[dict[str, Any]],
    peer_python: str | None,
    A: np.ndarray,
    b: np.ndarray,
    names: list[str],
    X: np.ndarray,
) -> None:
    """One size: the same scenarios counted by us, by hand, and by the peer."""
    from detente.compile.matrix import violations

    n = X.shape[1]
    columns = dict(zip(names, X, strict=True))
    ours = violations(A, b, X)
    hand = by_hand(columns)
    assert (ours == hand).all(), "answers differ"
    t, h = alternating(lambda: violations(A, b, X), lambda: by_hand(columns))
    results.append(line(f"{n:>9,} scenarios", t, h, "numpy by hand", "<= 1.2", t / h <= 1.2))
    if peer_python:
        with tempfile.TemporaryDirectory() as folder:
            data = Path(folder) / "x.npz"
            np.savez(data, X=X, A=A, b=b, names=np.array(names), expected=hand)
            done = subprocess.run(
                [peer_python, str(PEER), str(data)], capture_output=True, text=True, check=True
            )
        peer = json.loads(done.stdout.splitlines()[-1])
        t = best(lambda: violations(A, b, X))
        who = f"openfisca-core {peer['version']}, set-up and calculate"
        ratio = peer["seconds"] / t
        results.append(line(f"{n:>9,} scenarios", t, peer["seconds"], who, ">= 25 x", ratio >= 25))


# --- loading a case -----------------------------------------------------------------------------
def generated_case(folder: Path, systems: int) -> None:
    """A case with so many systems, each with eight attributes, written one key a line."""
    for name in ("sources", "bases", "attributes", "systems"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "case.yaml").write_text("case: big\ntitle: Big\nparties: {A: {title: A}}\n")
    (folder / "sources/s.yaml").write_text("sources: {doc: {title: A document}}\n")
    (folder / "bases/b.yaml").write_text("bases: {units: {counts: units}}\n")
    (folder / "attributes/a.yaml").write_text(
        "attributes:\n  kind: {type: choice, choices: [ICBM, SLBM]}\n  range_km: {type: number}\n"
        "  warheads: {type: number}\n  throw_weight_kg: {type: number}\n  mirved: {type: yes-no}\n"
    )
    out = ["systems:"]
    for i in range(systems):
        out += [
            f"  system_{i}:",
            f"    name: System {i}",
            "    party: A",
            "    facts:",
            f"      - source: doc {i}",
            "        kind: ICBM",
            f"        range_km: {5000 + i}",
            "        warheads: 1",
            "        throw_weight_kg: 3000",
            "        mirved: false",
        ]
    (folder / "systems/s.yaml").write_text("\n".join(out) + "\n")


def loading(results: list[dict[str, Any]]) -> None:
    """A generated case of 500 systems against bare PyYAML C loading."""
    from detente.reading.case_reader import load

    print("Loading and checking a case of 500 systems")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        generated_case(folder, 500)
        files = [p.read_text() for p in sorted(folder.rglob("*.yaml"))]

        def bare() -> int:
            return sum(len(yaml.load(f, yaml.CSafeLoader)) for f in files)

        loaded = load(folder)
        assert loaded.case is not None
        assert not loaded.problems
        assert len(loaded.case.systems) == 500
        a, b = alternating(lambda: load(folder), bare)
        results.append(line("500 systems", a, b, "PyYAML C, no checks", "<= 3", a / b <= 3))


# --- starting -----------------------------------------------------------------------------------
def starting(results: list[dict[str, Any]]) -> None:
    """`detente --help` against a bare interpreter."""
    print("Starting")
    detente = Path(sys.executable).parent / "detente"

    def run(*command: str) -> Callable[[], Any]:
        return lambda: subprocess.run(command, capture_output=True, check=True)

    a, b = alternating(run(str(detente), "--help"), run(sys.executable, "-c", "pass"), 15)
    results.append(line("detente --help", a, b, "python -c pass", "<= 3", a / b <= 3))


# --- the founding case --------------------------------------------------------------------------
def founding(results: list[dict[str, Any]]) -> None:
    """Answers of the founding case in a warm process (budget 50 ms a click)."""
    import detente
    from detente.compile.cells import classes_of
    from detente.compile.compiler import compile_text

    case = detente.load(ROOT / "cases/vladivostok-1977")
    if "salt-ii-1979" not in case.texts:
        return
    print("The founding case, warm")
    jobs: dict[str, Callable[[], Any]] = {
        "count": lambda: detente.count(case, "salt-ii-1979", "1978-11-01"),
        "count over 10,000 scenarios": lambda: detente.count_scenarios(
            case, "salt-ii-1979", "1977-02-25", at="1981-01-01"
        ),
        "explain": lambda: detente.explain(case, "su_ss19_m1", "salt-ii-1979"),
        "classes": lambda: classes_of(compile_text(case, case.texts["salt-ii-1979"])),
        "compare": lambda: detente.compare(case, "vladivostok-1974", "salt-ii-1979", "1978-11-01"),
        "standing": lambda: detente.standing(case, "1977-02-25"),
        "keystones": lambda: detente.keystones(case, "1977-02-25"),
    }
    for name, job in jobs.items():
        job()
        t = best(job)
        ok = t <= 0.05
        print(f"  {'ok ' if ok else 'MISSED'} {name:<46} {t * 1e3:9.2f} ms  (budget 50 ms)")
        results.append({"what": name, "ours_s": t, "budget_s": 0.05, "ok": ok})
    days = [date(1974, 12, 1) + timedelta(days=17 * i) for i in range(100)]
    t = best(lambda: [detente.standing(case, day) for day in days])
    print(f"      {'standing at 100 dates over the whole record':<46} {t * 1e3:9.2f} ms")


def peers(name: str = "peers", pins: Sequence[str] = PEER_PINS) -> str | None:
    """The interpreter of an environment with some peers, built on demand."""
    folder = ROOT / ".benchmarks" / name
    python = folder / "bin" / "python"
    if "--peers" in sys.argv and not python.exists():
        print("Building an environment for the peers …")
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        done = subprocess.run(
            [str(python), "-m", "pip", "install", "-q", *pins], capture_output=True, text=True
        )
        if done.returncode:
            print("  the peers could not be installed; they are left out")
            return None
    return str(python) if python.exists() else None


def main() -> int:
    """Run all benchmarks; exit 1 when a goal is missed."""
    if importlib.util.find_spec("detente") is None:
        print("detente is not installed in this environment; use `make bench`")
        return 2
    results: list[dict[str, Any]] = []
    scenarios(results, peers())
    loading(results)
    starting(results)
    founding(results)
    from solver import solver_benchmarks

    solver_benchmarks(results)
    from scenarios import scenario_benchmarks

    scenario_benchmarks(results)
    from balance import balance_benchmarks

    balance_benchmarks(results)
    from channels import channel_benchmarks

    channel_benchmarks(results)
    from packages import package_benchmarks

    package_benchmarks(results)
    from library import library_benchmarks

    library_benchmarks(results)
    out = HERE / "results"
    out.mkdir(exist_ok=True)
    (out / "latest.json").write_text(json.dumps(results, indent=2) + "\n")
    missed = [r for r in results if not r["ok"]]
    print(f"{len(results) - len(missed)} of {len(results)} goals met.")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
