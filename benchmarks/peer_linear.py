"""Linear programs by scipy and linopy, run in an environment of their own; see solver.py.

    python peer_linear.py programs.npz

Prints one line of JSON: for each way its name and seconds a solve. Each solves as many of the programs
as it can in good time; the answers must be the expected ones.
"""

from __future__ import annotations

import json
import logging
import sys
import time
import warnings
from collections.abc import Callable
from importlib.metadata import version

import numpy as np

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)
DATA = np.load(sys.argv[1])
A, LOWER, UPPER, MOST, EXPECTED = (DATA[k] for k in ("A", "lower", "upper", "most", "expected"))
M, N = A.shape


def scipy_milp(i: int) -> float:
    """scipy's own interface to HiGHS."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    rows = LinearConstraint(A, LOWER, UPPER[i])
    return -milp(-np.ones(N), constraints=rows, bounds=Bounds(0, MOST), integrality=np.ones(N)).fun


def model(i: int) -> tuple[object, object]:
    """One linopy model; rows without a lower end have none."""
    import linopy
    import pandas as pd
    import xarray as xr

    m = linopy.Model()
    c, r = pd.RangeIndex(N, name="c"), pd.RangeIndex(M, name="r")
    x = m.add_variables(
        lower=0, upper=xr.DataArray(MOST, coords=[c]), coords=[c], name="x", integer=True
    )
    count = (xr.DataArray(A, coords=[r, c]) * x).sum("c")
    m.add_constraints(count <= xr.DataArray(UPPER[i], coords=[r]), name="rows")
    m.add_objective(x.sum(), sense="max")
    return m, r


def linopy_fresh(i: int) -> float:
    """A new model for each program."""
    m, _ = model(i)
    m.solve("highs", io_api="direct", output_flag=False, log_to_console=False, progress=False)
    return float(m.objective.value)


KEPT: dict[str, object] = {}


def linopy_kept(i: int) -> float:
    """One model whose bounds are changed, the solver kept."""
    import linopy
    import xarray as xr

    if not KEPT:
        m, r = model(i)
        options = {"output_flag": False}
        s = linopy.solvers.Solver.from_name(
            "highs", m, io_api="direct", track_updates=True, options=options
        )
        KEPT.update(m=m, r=r, s=s)
        m.assign_result(s.solve())
    else:
        m, s = KEPT["m"], KEPT["s"]
        m.constraints["rows"].update(rhs=xr.DataArray(UPPER[i], coords=[KEPT["r"]]))
        m.assign_result(s.solve(m))
    return float(m.objective.value)


def timed(way: Callable[[int], float], solves: int) -> float:
    """Seconds a solve; the first one, which imports, is left out."""
    way(0)
    start = time.perf_counter()
    found = [way(i) for i in range(solves)]
    seconds = (time.perf_counter() - start) / solves
    assert np.allclose(found, EXPECTED[:solves]), f"answers differ: {way.__name__}"
    return seconds


def main() -> None:
    """Time each way; one that this version of a library does not have is left out."""
    answers = []
    linopy_ = f"linopy {version('linopy')}"
    for who, way, solves in (
        (f"scipy {version('scipy')} milp", scipy_milp, len(UPPER)),
        (f"{linopy_}, a model each", linopy_fresh, 100),
        (f"{linopy_}, one kept", linopy_kept, 300),
    ):
        try:
            answers.append({"who": who, "seconds": timed(way, solves)})
        except (AttributeError, TypeError) as missing:
            print(f"{who}: {missing}", file=sys.stderr)
    print(json.dumps(answers))


if __name__ == "__main__":
    main()
